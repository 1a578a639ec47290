package vtt

import (
	"context"
	"errors"
	"math/rand/v2"
	"sync"
	"time"

	"storefront/internal/errkind"
	"storefront/internal/soap"
)

const (
	maxRepeats = 2                      // of one read
	firstPause = 300 * time.Millisecond // doubled for the second; full jitter
	repeatCost = 10                     // of the budget; a success earns 1, so that repeats are at most a tenth of the traffic
	budgetSize = 10 * repeatCost        // what a calm time saves up
)

// retrier repeats reads. The budget keeps repeats from adding to an outage: only successes refill it.
type retrier struct {
	pause func(context.Context, time.Duration) error

	mu      sync.Mutex
	budget  int
	repeats int // so far
}

func newRetrier(pause func(context.Context, time.Duration) error) *retrier {
	if pause == nil {
		pause = wait
	}
	return &retrier{pause: pause, budget: budgetSize}
}

// do calls attempt, and again after failures that may pass, until it succeeds, the tries or the budget are spent, or ctx ends.
// It returns the error of the last attempt that was made.
func (r *retrier) do(ctx context.Context, attempt func() error) error {
	var last error
	for repeats := 0; ; repeats++ {
		err := attempt()
		if err == nil {
			r.earn()
			return nil
		}
		if last != nil && isOpen(err) {
			return last // the breaker opened meanwhile: what opened it says more
		}
		last = err
		if repeats == maxRepeats || !transient(err) || !r.spend() {
			return err
		}
		if r.pause(ctx, rand.N(firstPause<<repeats)) != nil {
			return err
		}
	}
}

func (r *retrier) earn() {
	r.mu.Lock()
	defer r.mu.Unlock()
	r.budget = min(r.budget+1, budgetSize)
}

func (r *retrier) spend() bool {
	r.mu.Lock()
	defer r.mu.Unlock()
	if r.budget < repeatCost {
		return false
	}
	r.budget -= repeatCost
	r.repeats++
	return true
}

// count is how many repeats were granted so far.
func (r *retrier) count() int {
	r.mu.Lock()
	defer r.mu.Unlock()
	return r.repeats
}

// transient tells whether a failed read may succeed when repeated. A timeout may not: whoever is slow is not helped by more work.
func transient(err error) bool {
	var (
		lost   *soap.TransportError
		status *soap.StatusError
		bad    *soap.AnswerError
		fault  *soap.Fault
	)
	switch {
	case errors.Is(err, context.DeadlineExceeded), errors.Is(err, context.Canceled):
		return false
	case errors.As(err, &lost):
		return mayPass(lost.Cause)
	case errors.As(err, &status):
		return status.Status >= 500
	case errors.As(err, &bad):
		return bad.Flaw == soap.Truncated || bad.Flaw == soap.Empty || bad.Flaw == soap.HTML
	case errors.As(err, &fault):
		return faultKind(fault.Code) == errkind.Technical
	}
	return false
}

// mayPass tells whether what failed on the way may be well the next moment. A certificate and a proxy's refusal are not.
func mayPass(cause soap.Cause) bool {
	switch cause {
	case soap.CauseTLS, soap.CauseProxy, soap.CauseRequest, soap.CauseTimeout:
		return false
	}
	return true
}

func wait(ctx context.Context, d time.Duration) error {
	timer := time.NewTimer(d)
	defer timer.Stop()
	select {
	case <-timer.C:
		return nil
	case <-ctx.Done():
		return ctx.Err()
	}
}

// isOpen tells whether a call was not made because the last ones all failed.
func isOpen(err error) bool {
	var open *soap.OpenError
	return errors.As(err, &open)
}
