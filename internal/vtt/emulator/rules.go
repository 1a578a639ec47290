package emulator

import (
	"encoding/json"
	"fmt"
	"slices"
	"sync"
	"time"
)

// Effect is what a rule does to a call.
type Effect string

const (
	Refuse          Effect = "refuse"            // a fault with Code instead of performing
	Delay           Effect = "delay"             // wait, then perform and answer; a write is performed even when the caller has gone
	Slow            Effect = "slow"              // perform, then answer in small pieces that take Delay together
	Truncate        Effect = "truncate"          // perform, then answer with the first half, as if it were all
	Garble          Effect = "garble"            // perform, then answer with damaged bytes in the middle
	Drop            Effect = "drop"              // close the connection without performing
	PerformAndDrop  Effect = "perform-and-drop"  // perform, then close the connection without an answer
	PerformAndFault Effect = "perform-and-fault" // perform, then answer with a fault with Code
)

func effects() []Effect {
	return []Effect{Refuse, Delay, Slow, Truncate, Garble, Drop, PerformAndDrop, PerformAndFault}
}

// Rule makes calls fail on purpose. The first rule that applies to a call decides.
type Rule struct {
	Operation string   `json:"operation,omitempty"` // name on the wire; empty is any
	Login     string   `json:"login,omitempty"`     // empty is any
	Nth       int      `json:"nth,omitempty"`       // the first matching call that is hit, counted from one; 0 is the first
	Count     int      `json:"count,omitempty"`     // how many calls are hit; 0 is one where Nth is given, all otherwise
	Effect    Effect   `json:"effect"`
	Delay     Duration `json:"delay,omitzero"`
	// Code of the fault; empty is TECHNICAL_ERROR. An HTTP status ("502") answers with a proxy's HTML page instead.
	Code string `json:"code,omitempty"`

	Seen    int `json:"seen"`    // matching calls so far
	Applied int `json:"applied"` // calls hit so far
}

func (r *Rule) check() error {
	switch {
	case !slices.Contains(effects(), r.Effect):
		return fmt.Errorf("effect %q is none of %v", r.Effect, effects())
	case r.Nth < 0 || r.Count < 0 || r.Delay < 0:
		return fmt.Errorf("nth, count and delay can't be negative")
	case (r.Effect == Delay || r.Effect == Slow) && r.Delay == 0:
		return fmt.Errorf("effect %q needs a delay", r.Effect)
	}
	return nil
}

// hits counts a call and tells whether the rule applies to it.
func (r *Rule) hits(operation, login string) bool {
	if (r.Operation != "" && r.Operation != operation) || (r.Login != "" && r.Login != login) {
		return false
	}
	r.Seen++
	limit := r.Count
	if limit == 0 && r.Nth > 0 {
		limit = 1
	}
	if r.Seen < r.Nth || (limit > 0 && r.Applied >= limit) {
		return false
	}
	r.Applied++
	return true
}

// rules is the list of rules in force.
type rules struct {
	mu   sync.Mutex
	list []*Rule
}

// match returns the rule for a call; its Effect is empty where none applies.
func (r *rules) match(operation, login string) Rule {
	r.mu.Lock()
	defer r.mu.Unlock()
	for _, rule := range r.list {
		if rule.hits(operation, login) {
			return *rule
		}
	}
	return Rule{}
}

func (r *rules) add(rules ...Rule) {
	r.mu.Lock()
	defer r.mu.Unlock()
	for _, rule := range rules {
		rule.Seen, rule.Applied = 0, 0
		r.list = append(r.list, &rule)
	}
}

func (r *rules) clear() {
	r.mu.Lock()
	defer r.mu.Unlock()
	r.list = nil
}

func (r *rules) all() []Rule {
	r.mu.Lock()
	defer r.mu.Unlock()
	list := make([]Rule, 0, len(r.list))
	for _, rule := range r.list {
		list = append(list, *rule)
	}
	return list
}

// AddRules puts rules in force, after those that already are.
func (s *Server) AddRules(rules ...Rule) error {
	for i := range rules {
		if err := rules[i].check(); err != nil {
			return fmt.Errorf("emulator: rule %d: %w", i+1, err)
		}
	}
	s.rules.add(rules...)
	return nil
}

// ClearRules ends all misbehaviour.
func (s *Server) ClearRules() { s.rules.clear() }

// Duration is a time.Duration that JSON writes as "1m30s" and reads so, or as a number of seconds.
type Duration time.Duration

func (d Duration) String() string               { return time.Duration(d).String() }
func (d Duration) MarshalText() ([]byte, error) { return []byte(d.String()), nil }

// UnmarshalJSON reads "1m30s", "90", or 90.
func (d *Duration) UnmarshalJSON(raw []byte) error {
	text := string(raw)
	if err := json.Unmarshal(raw, &text); err != nil {
		text = string(raw)
	}
	parsed, err := parseDuration(text)
	*d = Duration(parsed)
	return err
}

func parseDuration(text string) (time.Duration, error) {
	if d, err := time.ParseDuration(text); err == nil {
		return d, nil
	}
	d, err := time.ParseDuration(text + "s")
	if err != nil {
		return 0, fmt.Errorf("%q is neither a duration (1m30s) nor a number of seconds", text)
	}
	return d, nil
}
