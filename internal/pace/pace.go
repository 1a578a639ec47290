// Package pace lets background work step aside for people. One core is enough for a shop, and then a synchronisation that
// computes for seconds would make everybody wait who asks for a page meanwhile.
//
// Requests pass through a Gate. Background work carries it in its context and calls Step between small pieces of work: after
// each quantum of work it rests, a moment when nobody is there, longer while people come and go. So it takes a small part of
// a core from them and all of it when they are away.
package pace

import (
	"context"
	"io"
	"sync/atomic"
	"time"
)

const (
	quantum = time.Millisecond // of work between two rests
	// breath is the rest when nobody is there. A runtime with one core looks for requests that have arrived only when nothing runs.
	breath = 50 * time.Microsecond
	// pause is the rest while people come and go: a sixth of the speed remains.
	pause = 5 * time.Millisecond
	// calm is how long after the last request nobody is there any more.
	calm = 100 * time.Millisecond
)

// Gate knows of the requests under way. The nil Gate makes nobody wait.
type Gate struct {
	now    func() time.Time
	inside atomic.Int64
	left   atomic.Int64 // when a request was last answered, in nanoseconds
}

// New returns a gate that nobody has entered. now is the clock that work and calm are measured by.
func New(now func() time.Time) *Gate { return &Gate{now: now} }

// Enter is called when a request begins, what it returns when it has been answered.
func (g *Gate) Enter() (leave func()) {
	if g == nil {
		return func() {}
	}
	g.inside.Add(1)
	return func() {
		g.left.Store(g.now().UnixNano())
		g.inside.Add(-1)
	}
}

// busy tells whether somebody is there.
func (g *Gate) busy() bool {
	return g.inside.Load() > 0 || g.now().UnixNano()-g.left.Load() < int64(calm)
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

func (g *Gate) rest(ctx context.Context) {
	length := breath
	if g.busy() {
		length = pause
	}
	timer := time.NewTimer(length)
	defer timer.Stop()
	select {
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
