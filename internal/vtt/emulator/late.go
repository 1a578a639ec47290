package emulator

import (
	"net/http"
	"slices"
	"sync"
	"time"

	"storefront/internal/vtt/portal"
)

// late are the calls that are still to be performed though nobody waits for them. A restart forgets them.
type late struct {
	mu    sync.Mutex
	calls []lateCall
}

type lateCall struct {
	due  time.Time // emulated
	op   portal.Operation
	args *arguments
	host string
}

func (l *late) add(c lateCall) {
	l.mu.Lock()
	defer l.mu.Unlock()
	l.calls = append(l.calls, c)
}

// take returns the calls that are due, in the order they came in.
func (l *late) take(now time.Time) (due []lateCall) {
	l.mu.Lock()
	defer l.mu.Unlock()
	l.calls = slices.DeleteFunc(l.calls, func(c lateCall) bool {
		ready := !c.due.After(now)
		if ready {
			due = append(due, c)
		}
		return ready
	})
	return due
}

func (l *late) clear() {
	l.mu.Lock()
	defer l.mu.Unlock()
	l.calls = nil
}

// Pending tells how many calls are still to be performed though nobody waits for them.
func (s *Server) Pending() int {
	s.catchUp()
	s.late.mu.Lock()
	defer s.late.mu.Unlock()
	return len(s.late.calls)
}

// catchUp performs what has become due. It is asked before anybody looks: nothing else can tell when it was done.
func (s *Server) catchUp() {
	for _, c := range s.late.take(s.clock.Now()) {
		_, _ = s.perform(c.op, c.args, c.host, Rule{}) // whoever could be told of a refusal has gone
	}
}

// evade does what a rule wants instead of performing a call, where the caller hears nothing of it.
func (s *Server) evade(r *http.Request, rule Rule, op portal.Operation, args *arguments) {
	switch rule.Effect {
	case Hang:
		s.hang(r)
	case PerformLater:
		s.late.add(lateCall{s.clock.Now().Add(time.Duration(rule.Delay)), op, args, r.Host})
		panic(http.ErrAbortHandler)
	case Twin:
		s.placeTwin(args)
		panic(http.ErrAbortHandler)
	}
}

// evadeAfter does what a rule wants after a call was performed, where the caller hears nothing of it.
func (s *Server) evadeAfter(r *http.Request, rule Rule, args *arguments) {
	switch rule.Effect {
	case PerformAndHang:
		s.hang(r)
	case PerformAndTwin:
		s.placeTwin(args)
		panic(http.ErrAbortHandler)
	}
}

// hang keeps the caller waiting until he or the emulator leaves.
func (s *Server) hang(r *http.Request) {
	select {
	case <-r.Context().Done():
	case <-s.closing:
	}
	panic(http.ErrAbortHandler)
}

// placeTwin has a colleague of the caller order the same; where there is none, the caller himself does, by other means. Lines
// that can't be ordered make no twin. It is nobody's call: no count tells of it.
func (s *Server) placeTwin(args *arguments) {
	caller, known := s.authenticate(args.text("login"), args.text("password"))
	if !known {
		return
	}
	who := caller
	if i := slices.IndexFunc(s.accounts, func(a Account) bool { return a.Dealer == caller.Dealer && a.Login != caller.Login }); i >= 0 {
		who = s.accounts[i]
	}
	_, _ = s.createOrder(call{account: who, args: args})
}

// listed leaves out of a list of orders, oldest first, what the rule wants left out.
func (r Rule) listed(orders []order, now time.Time) []order {
	age := func(o order) time.Duration { return now.Sub(o.CreatedAt) }
	switch r.Effect {
	case Lag:
		return slices.DeleteFunc(orders, func(o order) bool { return age(o) < time.Duration(r.Delay) })
	case Forget:
		return slices.DeleteFunc(orders, func(o order) bool { return age(o) > time.Duration(r.Delay) })
	case Halve:
		half := make([]order, 0, len(orders))
		for i, o := range orders {
			if (len(orders)-i)%2 == 1 { // the newest stays
				half = append(half, o)
			}
		}
		return half
	}
	return orders
}

// rearranged returns the same goods in other lines: in reverse, those of several pieces in two parts.
func rearranged(lines []line) []line {
	var other []line
	for _, l := range slices.Backward(lines) {
		if l.Quantity > 1 {
			first := l
			first.Quantity, first.Reserved = 1, min(l.Reserved, 1)
			l.Quantity, l.Reserved = l.Quantity-1, l.Reserved-first.Reserved
			other = append(other, first)
		}
		other = append(other, l)
	}
	return other
}
