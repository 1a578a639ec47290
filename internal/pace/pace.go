// Package pace lets background work step aside for people. One core is enough for a shop, and then a synchronisation that
// computes for seconds would make everybody wait who asks for a page meanwhile.
//
// Requests pass through a Gate. Background work carries it in its context and calls Step between small pieces of work: after
// each quantum of work it rests, a moment when nobody is there, until the requests under way have been answered when somebody
// is. It never rests for long: under any load it goes on, only slower.
package pace

import (
	"context"
	"io"
	"sync"
	"sync/atomic"
	"time"
)

const (
	quantum = time.Millisecond // of work between two rests
	// breath is the least rest. A runtime with one core looks for requests that have arrived only when nothing runs.
	breath = 50 * time.Microsecond
	// longest is the most that work rests after a quantum, so that at least a sixth of its speed remains.
	longest = 5 * time.Millisecond
)

// Gate counts the requests under way. The nil Gate makes nobody wait.
type Gate struct {
	now func() time.Time

	mu     sync.Mutex
	inside int
	empty  chan struct{} // closed when the last one leaves; nil while nobody is inside
}

// New returns a gate that nobody has entered. now is the clock that work is measured by.
func New(now func() time.Time) *Gate { return &Gate{now: now} }

// Enter is called when a request begins, what it returns when it has been answered.
func (g *Gate) Enter() (leave func()) {
	if g == nil {
		return func() {}
	}
	g.mu.Lock()
	defer g.mu.Unlock()
	if g.inside == 0 {
		g.empty = make(chan struct{})
	}
	g.inside++
	return g.leave
}

func (g *Gate) leave() {
	g.mu.Lock()
	defer g.mu.Unlock()
	if g.inside--; g.inside == 0 {
		close(g.empty)
		g.empty = nil
	}
}

// emptied is closed when nobody is inside any more; nil while nobody is.
func (g *Gate) emptied() <-chan struct{} {
	g.mu.Lock()
	defer g.mu.Unlock()
	return g.empty
}

// walker is one piece of background work.
type walker struct {
	gate   *Gate
	rested atomic.Int64 // when it last rested, in nanoseconds
}

type contextKey struct{}

// With returns the context of a piece of background work that steps aside at a gate.
func With(ctx context.Context, g *Gate) context.Context {
	if g == nil {
		return ctx
	}
	w := &walker{gate: g}
	w.rested.Store(g.now().UnixNano())
	return context.WithValue(ctx, contextKey{}, w)
}

// Step is called between small pieces of work. Outside background work it does nothing.
func Step(ctx context.Context) {
	w, _ := ctx.Value(contextKey{}).(*walker)
	if w == nil || w.gate.now().UnixNano()-w.rested.Load() < int64(quantum) {
		return
	}
	w.gate.rest(ctx)
	w.rested.Store(w.gate.now().UnixNano())
}

// rest waits a breath, and then until the gate is empty, all in all not longer than longest.
func (g *Gate) rest(ctx context.Context) {
	timer := time.NewTimer(breath)
	defer timer.Stop()
	select {
	case <-timer.C:
	case <-ctx.Done():
		return
	}
	empty := g.emptied()
	if empty == nil {
		return
	}
	timer.Reset(longest - breath)
	select {
	case <-empty:
	case <-timer.C:
	case <-ctx.Done():
	}
}

// Reader returns r with a step before each reading: what reads much reads it in small pieces.
func Reader(ctx context.Context, r io.ReadCloser) io.ReadCloser {
	if ctx.Value(contextKey{}) == nil {
		return r
	}
	return reader{ctx, r}
}

type reader struct {
	ctx context.Context
	io.ReadCloser
}

func (r reader) Read(b []byte) (int, error) {
	Step(r.ctx)
	return r.ReadCloser.Read(b)
}
