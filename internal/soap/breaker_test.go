package soap_test

import (
	"context"
	"errors"
	"sync"
	"testing"
	"time"

	"storefront/internal/soap"
)

// service is one that answers what it is told to, and counts.
type service struct {
	mu     sync.Mutex
	now    time.Time
	err    error
	asked  int
	closed int
	hold   chan struct{} // calls wait for it; nil: they don't
}

var errDown, errGivenUp = errors.New("down"), errors.New("given up")

func (s *service) breaker() soap.RoundTripper {
	return soap.Break(soap.RoundTripFunc(func(context.Context, *soap.Call) error {
		s.mu.Lock()
		s.asked++
		err, hold := s.err, s.hold
		s.mu.Unlock()
		if hold != nil {
			<-hold
		}
		return err
	}), soap.BreakerOptions{
		Failures: 5, Pause: 5 * time.Second,
		Now:     func() time.Time { s.mu.Lock(); defer s.mu.Unlock(); return s.now },
		Failed:  func(err error) bool { return errors.Is(err, errDown) },
		Neutral: func(err error) bool { return errors.Is(err, errGivenUp) },
		Closed:  func(soap.Class) { s.mu.Lock(); defer s.mu.Unlock(); s.closed++ },
	})
}

func (s *service) set(change func()) {
	s.mu.Lock()
	defer s.mu.Unlock()
	change()
}

// ask makes n calls of a class and tells how many reached the service and how many were not made.
func (s *service) ask(t *testing.T, b soap.RoundTripper, class soap.Class, n int) (reached, refused int) {
	t.Helper()
	s.mu.Lock()
	before := s.asked
	s.mu.Unlock()
	for range n {
		var open *soap.OpenError
		if errors.As(b.RoundTrip(t.Context(), &soap.Call{Class: class}), &open) {
			refused++
		}
	}
	s.mu.Lock()
	defer s.mu.Unlock()
	return s.asked - before, refused
}

func wantAsked(t *testing.T, when string, reached, refused, wantReached, wantRefused int) {
	t.Helper()
	if reached != wantReached || refused != wantRefused {
		t.Errorf("%s: %d reached the service and %d were not made; want %d and %d", when, reached, refused, wantReached, wantRefused)
	}
}

// Five failures in a row open a class; then one call passes every five seconds, and the first success lets all pass again.
func TestABreakerOpensProbesAndCloses(t *testing.T) {
	s := &service{now: time.Unix(0, 0), err: errDown}
	b := s.breaker()
	check := func(when string, n, wantReached, wantRefused int) {
		t.Helper()
		reached, refused := s.ask(t, b, soap.Prompt, n)
		wantAsked(t, when, reached, refused, wantReached, wantRefused)
	}
	check("down", 20, 5, 15)
	s.set(func() { s.now = s.now.Add(4 * time.Second) })
	check("too soon", 5, 0, 5)
	s.set(func() { s.now = s.now.Add(2 * time.Second) })
	check("a probe", 5, 1, 4)
	s.set(func() { s.now, s.err = s.now.Add(6*time.Second), nil })
	check("back", 20, 20, 0)
	if s.closed != 1 {
		t.Errorf("told %d times that it is back", s.closed)
	}
	s.set(func() { s.err = errDown })
	check("down again", 20, 5, 15)
}

// What is no word of the service's counts neither way; what is one starts the count anew.
func TestOnlyFailuresInARowOpenABreaker(t *testing.T) {
	for name, c := range map[string]struct {
		between  error
		failures int // that reach the service, of four and four
	}{
		"a success":       {nil, 8},
		"a fault":         {&soap.Fault{Code: "TECHNICAL_ERROR"}, 8},
		"a call given up": {errGivenUp, 5},
	} {
		t.Run(name, func(t *testing.T) {
			s := &service{now: time.Unix(0, 0)}
			b := s.breaker()
			failures := 0
			for n := range 8 { // four failures, something else, four failures
				s.set(func() { s.err = errDown })
				if n == 4 {
					s.set(func() { s.err = c.between })
					s.ask(t, b, soap.Prompt, 1)
					s.set(func() { s.err = errDown })
				}
				reached, _ := s.ask(t, b, soap.Prompt, 1)
				failures += reached
			}
			if failures != c.failures {
				t.Errorf("%d failures reached the service, want %d", failures, c.failures)
			}
		})
	}
}

func TestABreakerOfOneClassStopsNoOther(t *testing.T) {
	s := &service{now: time.Unix(0, 0), err: errDown}
	b := s.breaker()
	s.ask(t, b, soap.Bulk, 5)
	s.set(func() { s.err = nil })
	reached, refused := s.ask(t, b, soap.Urgent, 3)
	wantAsked(t, "orders while the catalogue is down", reached, refused, 3, 0)
	reached, refused = s.ask(t, b, soap.Bulk, 3)
	wantAsked(t, "the catalogue", reached, refused, 0, 3)
}

// However long a probe takes and however many come meanwhile, it is the only one.
func TestOneProbeAtATime(t *testing.T) {
	s := &service{now: time.Unix(0, 0), err: errDown}
	b := s.breaker()
	s.ask(t, b, soap.Prompt, 5)
	release := make(chan struct{})
	s.set(func() { s.now, s.hold, s.err = s.now.Add(6*time.Second), release, nil })
	probe := make(chan error)
	go func() { probe <- b.RoundTrip(t.Context(), &soap.Call{Class: soap.Prompt}) }()
	for asked := 5; asked == 5; { // until the probe is under way
		s.set(func() { asked = s.asked })
	}
	s.set(func() { s.now = s.now.Add(time.Hour) })
	reached, refused := s.ask(t, b, soap.Prompt, 10)
	wantAsked(t, "while a probe is under way", reached, refused, 0, 10)
	close(release)
	if err := <-probe; err != nil {
		t.Errorf("the probe: %v", err)
	}
	reached, refused = s.ask(t, b, soap.Prompt, 3)
	wantAsked(t, "after it", reached, refused, 3, 0)
}

// A panic on the way does not keep the next probe from going.
func TestAProbeThatPanicsLetsTheNextGo(t *testing.T) {
	now, wild := time.Unix(0, 0), false
	b := soap.Break(soap.RoundTripFunc(func(context.Context, *soap.Call) error {
		if wild {
			panic("on the way")
		}
		return errDown
	}), soap.BreakerOptions{
		Failures: 1, Pause: time.Second, Now: func() time.Time { return now },
		Failed: func(error) bool { return true }, Neutral: func(error) bool { return false },
	})
	_ = b.RoundTrip(t.Context(), &soap.Call{})
	now, wild = now.Add(2*time.Second), true
	func() {
		defer func() { _ = recover() }()
		_ = b.RoundTrip(t.Context(), &soap.Call{})
	}()
	wild = false
	if err := b.RoundTrip(t.Context(), &soap.Call{}); !errors.Is(err, errDown) {
		t.Errorf("the next one: %v", err)
	}
}

// Somebody who waits for an answer and asks for it himself need not wait for the pause, only for another probe.
func TestWhoInsistsIsAProbe(t *testing.T) {
	s := &service{now: time.Unix(0, 0), err: errDown}
	b := s.breaker()
	s.ask(t, b, soap.Prompt, 5)
	s.set(func() { s.err = nil })
	if err := b.RoundTrip(t.Context(), &soap.Call{Class: soap.Prompt, Insist: true}); err != nil {
		t.Errorf("he was told %v", err)
	}
	reached, refused := s.ask(t, b, soap.Prompt, 3)
	wantAsked(t, "after him", reached, refused, 3, 0)
}
