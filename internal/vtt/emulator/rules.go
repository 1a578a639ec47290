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
	Hang            Effect = "hang"              // take the call in and never answer, without performing
	PerformAndHang  Effect = "perform-and-hang"  // perform, then never answer
	PerformLater    Effect = "perform-later"     // close the connection, and perform when the emulated clock has gone on by Delay
	Blank           Effect = "blank"             // perform, then answer with an empty result
	Omit            Effect = "omit"              // perform, then answer without a result
	Double          Effect = "double"            // perform, then answer with the result twice
	Twin            Effect = "twin"              // CreateOrder: a colleague orders the same, then close the connection without performing
	PerformAndTwin  Effect = "perform-and-twin"  // CreateOrder: perform, a colleague orders the same, then close the connection
	Lag             Effect = "lag"               // GetOrders: leave out orders younger than Delay
	Forget          Effect = "forget"            // GetOrders: leave out orders older than Delay
	Halve           Effect = "halve"             // GetOrders: leave out every other order, the newest stays
	Rearrange       Effect = "rearrange"         // GetOrderWithLines: lines in reverse, those of several pieces in two parts
)

func effects() []Effect {
	return []Effect{
		Refuse, Delay, Slow, Truncate, Garble, Drop, PerformAndDrop, PerformAndFault, Hang, PerformAndHang, PerformLater,
		Blank, Omit, Double, Twin, PerformAndTwin, Lag, Forget, Halve, Rearrange,
	}
}

// only is the operation that an effect is about; empty where it suits any.
func (e Effect) only() string {
	switch e {
	case Twin, PerformAndTwin:
		return "CreateOrder"
	case Lag, Forget, Halve:
		return "GetOrders"
	case Rearrange:
		return "GetOrderWithLines"
	}
	return ""
}

// takesTime tells whether an effect means nothing without a Delay.
func (e Effect) takesTime() bool {
	return slices.Contains([]Effect{Delay, Slow, PerformLater, Lag, Forget}, e)
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
	case r.Effect.takesTime() && r.Delay == 0:
		return fmt.Errorf("effect %q needs a delay", r.Effect)
	case r.Effect.only() != "" && r.Operation != r.Effect.only():
		return fmt.Errorf("effect %q is about %s", r.Effect, r.Effect.only())
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
