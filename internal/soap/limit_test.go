package soap_test

import (
	"context"
	"errors"
	"sync"
	"testing"
	"testing/synctest"
	"time"

	"storefront/internal/soap"
)

// crowd sends calls through a Limit whose other side holds each until it is let go, and counts who got through.
type crowd struct {
	limited soap.RoundTripper
	letGo   chan struct{}

	mu      sync.Mutex
	through map[soap.Class]int
}

// inside tells how many calls of the classes got through so far.
func (c *crowd) inside(classes ...soap.Class) (n int) {
	c.mu.Lock()
	defer c.mu.Unlock()
	for _, class := range classes {
		n += c.through[class]
	}
	return n
}

func newCrowd(limits soap.Limits) *crowd {
	c := &crowd{through: map[soap.Class]int{}, letGo: make(chan struct{})}
	c.limited = soap.Limit(soap.RoundTripFunc(func(_ context.Context, call *soap.Call) error {
		c.mu.Lock()
		c.through[call.Class]++
		c.mu.Unlock()
		<-c.letGo
		return nil
	}), limits)
	return c
}

// send starts n calls and waits until all of them are inside or waiting.
func (c *crowd) send(n int, account string, class soap.Class) {
	for range n {
		go func() { _ = c.limited.RoundTrip(context.Background(), &soap.Call{Account: account, Class: class}) }()
		synctest.Wait()
	}
}

func TestUrgentCallsFindASlotBehindAnyCrowd(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		c := newCrowd(soap.Limits{Total: 8, NotUrgent: 6, Bulk: 4, Account: 2, AccountBulk: 1})
		for _, account := range []string{"a", "b", "c", "d", "e", "f"} {
			c.send(5, account, soap.Bulk)
		}
		if n := c.inside(soap.Bulk); n != 4 {
			t.Errorf("%d bulk calls inside, want 4", n)
		}
		for _, account := range []string{"a", "g", "h", "i"} {
			c.send(5, account, soap.Prompt)
		}
		if n := c.inside(soap.Prompt); n != 2 {
			t.Errorf("%d prompt calls inside, want 2", n)
		}
		c.send(1, "g", soap.Urgent)
		c.send(1, "z", soap.Urgent)
		if n := c.inside(soap.Urgent); n != 2 {
			t.Errorf("%d urgent calls inside, want 2: the free slots are theirs", n)
		}
		c.send(1, "y", soap.Urgent)
		if n := c.inside(soap.Urgent); n != 2 {
			t.Errorf("%d urgent calls inside, want 2: there are eight slots", n)
		}
		close(c.letGo)
		synctest.Wait()
		if total := c.inside(soap.Bulk, soap.Prompt, soap.Urgent); total != 30+20+3 {
			t.Errorf("%d calls went through in the end, want all", total)
		}
	})
}

func TestAnAccountHasTwoSlots(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		c := newCrowd(soap.Limits{Total: 8, NotUrgent: 6, Bulk: 4, Account: 2, AccountBulk: 1})
		c.send(3, "a", soap.Bulk)
		c.send(3, "a", soap.Prompt)
		c.send(1, "a", soap.Urgent)
		if c.inside(soap.Bulk) != 1 || c.inside(soap.Prompt) != 1 || c.inside(soap.Urgent) != 0 {
			t.Errorf("inside: %v, want one bulk and one prompt call", c.through)
		}
		c.letGo <- struct{}{}
		synctest.Wait()
		close(c.letGo)
		synctest.Wait()
		if total := c.inside(soap.Bulk, soap.Prompt, soap.Urgent); total != 7 {
			t.Errorf("%d calls went through in the end, want all", total)
		}
	})
}

func TestWaitingForASlotEnds(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		c := newCrowd(soap.Limits{Total: 1, NotUrgent: 1, Bulk: 1, Account: 1, AccountBulk: 1})
		c.send(1, "a", soap.Prompt)
		began := time.Now()
		err := c.limited.RoundTrip(context.Background(), &soap.Call{Account: "b", Wait: 5 * time.Second})
		var busy *soap.BusyError
		if !errors.As(err, &busy) || !errors.Is(err, context.DeadlineExceeded) {
			t.Errorf("error %v, want busy", err)
		}
		if took := time.Since(began); took != 5*time.Second {
			t.Errorf("gave up after %v, want 5 s", took)
		}
		close(c.letGo)
		synctest.Wait()
		if err := c.limited.RoundTrip(context.Background(), &soap.Call{Account: "b"}); err != nil {
			t.Errorf("a free slot: %v", err)
		}
	})
}

func TestObserveReportsEachCall(t *testing.T) {
	clock := time.Date(2026, 11, 1, 9, 0, 0, 0, time.UTC)
	failure := errors.New("lost")
	inner := soap.RoundTripFunc(func(context.Context, *soap.Call) error { clock = clock.Add(3 * time.Second); return failure })
	var operation string
	var took time.Duration
	var seen error
	observed := soap.Observe(inner, func() time.Time { return clock }, func(o string, d time.Duration, err error) { operation, took, seen = o, d, err })
	if err := observed.RoundTrip(t.Context(), &soap.Call{Operation: "Ask"}); err != failure {
		t.Errorf("error %v, want the call's own", err)
	}
	if operation != "Ask" || took != 3*time.Second || seen != failure {
		t.Errorf("reported %s, %v, %v", operation, took, seen)
	}
}
