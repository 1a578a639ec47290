package order

import (
	"context"
	"sync"
)

// turns lets one at a time act under a key; the others wait. Its zero value is ready.
type turns struct {
	mu    sync.Mutex
	taken map[string]*turn
}

type turn struct {
	token  chan struct{} // holds one token while nobody acts
	people int           // who act or wait
}

// take waits for the turn and returns what ends it.
func (t *turns) take(ctx context.Context, key string) (end func(), err error) {
	mine := t.join(key)
	select {
	case <-mine.token:
		return func() {
			mine.token <- struct{}{}
			t.leave(key, mine)
		}, nil
	case <-ctx.Done():
		t.leave(key, mine)
		return nil, ctx.Err()
	}
}

// try takes the turn if nobody has it.
func (t *turns) try(key string) (end func(), free bool) {
	mine := t.join(key)
	select {
	case <-mine.token:
		return func() {
			mine.token <- struct{}{}
			t.leave(key, mine)
		}, true
	default:
		t.leave(key, mine)
		return nil, false
	}
}

func (t *turns) join(key string) *turn {
	t.mu.Lock()
	defer t.mu.Unlock()
	if t.taken == nil {
		t.taken = map[string]*turn{}
	}
	mine := t.taken[key]
	if mine == nil {
		mine = &turn{token: make(chan struct{}, 1)}
		mine.token <- struct{}{}
		t.taken[key] = mine
	}
	mine.people++
	return mine
}

func (t *turns) leave(key string, mine *turn) {
	t.mu.Lock()
	defer t.mu.Unlock()
	if mine.people--; mine.people == 0 {
		delete(t.taken, key)
	}
}
