package soap

import (
	"context"
	"sync"
	"time"
)

// BreakerOptions are the settings of a breaker.
type BreakerOptions struct {
	Failures int           // in a row that open it
	Pause    time.Duration // between probes while it is open
	Now      func() time.Time
	// Failed tells whether a call's error speaks against the service. nil is a success, and so is any answer of its own.
	Failed func(error) bool
	// Neutral tells whether a call's error says nothing of the service: it was given up, or never made.
	Neutral func(error) bool
	// Closed is told of a class whose calls pass again. It must not block. It may be nil.
	Closed func(Class)
}

// OpenError is a call that was not made: the last ones of its class all failed. Nothing was sent.
type OpenError struct{ Until time.Time }

func (e *OpenError) Error() string {
	return "the service does not answer; it is asked again at " + e.Until.Format(time.TimeOnly)
}

// Break lets no call through to a service that has not answered the last ones of the same class: whoever waits learns at once
// what he would learn late, and the service is not pressed while it is down. While it is open one call at a time passes after
// each pause, or because it insists; its success closes it.
//
//	closed --Failures in a row--> open --Pause--> one call passes --success--> closed
//	                               ^-----------------failure--------'
func Break(next RoundTripper, o BreakerOptions) RoundTripper {
	b := &breaker{BreakerOptions: o, classes: map[Class]*circuit{}}
	return RoundTripFunc(func(ctx context.Context, call *Call) error {
		probe, err := b.enter(call)
		if err != nil {
			return err
		}
		if probe {
			defer b.probed(call.Class) // also after a panic on the way
		}
		err = next.RoundTrip(ctx, call)
		if b.settle(call.Class, err) && b.Closed != nil {
			b.Closed(call.Class)
		}
		return err
	})
}

type breaker struct {
	BreakerOptions

	mu      sync.Mutex
	classes map[Class]*circuit
}

// circuit is the state of a class.
type circuit struct {
	failures int // in a row
	until    time.Time
	probing  bool
}

// enter lets a call pass, as a probe perhaps, or not.
func (b *breaker) enter(call *Call) (probe bool, err error) {
	b.mu.Lock()
	defer b.mu.Unlock()
	c := b.classes[call.Class]
	if c == nil {
		c = &circuit{}
		b.classes[call.Class] = c
	}
	switch {
	case c.failures < b.Failures:
		return false, nil
	case c.probing, !call.Insist && b.Now().Before(c.until):
		return false, &OpenError{Until: c.until}
	}
	c.probing = true
	return true, nil
}

// probed lets the next probe go, after a pause.
func (b *breaker) probed(class Class) {
	b.mu.Lock()
	defer b.mu.Unlock()
	b.classes[class].probing = false
}

// settle takes note of how a call went, and tells whether it has closed the circuit.
func (b *breaker) settle(class Class, err error) (closed bool) {
	b.mu.Lock()
	defer b.mu.Unlock()
	c := b.classes[class]
	switch {
	case err != nil && b.Neutral(err):
		return false
	case err != nil && b.Failed(err):
		if c.failures++; c.failures >= b.Failures {
			c.until = b.Now().Add(b.Pause)
		}
		return false
	}
	closed = c.failures >= b.Failures
	c.failures = 0
	return closed
}
