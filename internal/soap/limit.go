package soap

import (
	"context"
	"sync"
)

// Limits bounds the calls under way. Urgent calls may use every slot; the others leave some free for them, so that an order
// never waits behind a catalogue.
type Limits struct {
	Total       int // all calls
	NotUrgent   int // Prompt and Bulk together
	Bulk        int
	Account     int // of one account, all calls
	AccountBulk int // of one account
}

// Limit lets through no more calls than the limits allow; the others wait, at most call.Wait, and then fail with *BusyError.
func Limit(next RoundTripper, limits Limits) RoundTripper {
	l := &limiter{
		limits:    limits,
		total:     make(gate, limits.Total),
		notUrgent: make(gate, limits.NotUrgent),
		bulk:      make(gate, limits.Bulk),
		accounts:  map[string]*account{},
	}
	return RoundTripFunc(func(ctx context.Context, call *Call) error {
		release, err := l.acquire(ctx, call)
		if err != nil {
			return &BusyError{Err: err}
		}
		defer release()
		return next.RoundTrip(ctx, call)
	})
}

// gate is a counting semaphore.
type gate chan struct{}

type limiter struct {
	limits                 Limits
	total, notUrgent, bulk gate

	mu       sync.Mutex
	accounts map[string]*account
}

// account holds the gates of one account while somebody uses them.
type account struct {
	all, notUrgent, bulk gate
	users                int
}

// acquire passes the gates of a call, the narrowest first, so that whoever waits holds only what is of no use to calls more
// urgent than his own.
func (l *limiter) acquire(ctx context.Context, call *Call) (release func(), err error) {
	if call.Wait > 0 {
		var cancel context.CancelFunc
		ctx, cancel = context.WithTimeout(ctx, call.Wait)
		defer cancel()
	}
	a := l.enter(call.Account)
	var passed []gate
	release = func() {
		for _, g := range passed {
			<-g
		}
		l.leave(call.Account, a)
	}
	for _, g := range l.gates(call.Class, a) {
		select {
		case g <- struct{}{}:
			passed = append(passed, g)
		case <-ctx.Done():
			release()
			return nil, ctx.Err()
		}
	}
	return release, nil
}

func (l *limiter) gates(class Class, a *account) []gate {
	switch class {
	case Urgent:
		return []gate{a.all, l.total}
	case Bulk:
		return []gate{a.bulk, l.bulk, a.notUrgent, l.notUrgent, a.all, l.total}
	}
	return []gate{a.notUrgent, l.notUrgent, a.all, l.total}
}

func (l *limiter) enter(name string) *account {
	l.mu.Lock()
	defer l.mu.Unlock()
	a := l.accounts[name]
	if a == nil {
		a = &account{
			all:       make(gate, l.limits.Account),
			notUrgent: make(gate, l.limits.Account),
			bulk:      make(gate, l.limits.AccountBulk),
		}
		l.accounts[name] = a
	}
	a.users++
	return a
}

func (l *limiter) leave(name string, a *account) {
	l.mu.Lock()
	defer l.mu.Unlock()
	if a.users--; a.users == 0 {
		delete(l.accounts, name)
	}
}
