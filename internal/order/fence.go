package order

import (
	"context"
	"time"
)

// fenceAfter is how long after it was written down that something is sent the sending may still begin. After it no byte is
// sent any more, so the quiet period can be counted from it.
const fenceAfter = 20 * time.Second

// fence closes at a moment, on the wall's clock and on the one that only runs forward: a clock that was set back does not
// keep it open.
type fence struct {
	opened time.Time
	now    func() time.Time
}

type fenceKey struct{}

// WithFence returns a context whose writes to the distributor may begin for as long as a fence that opens now stands open.
func WithFence(ctx context.Context, now func() time.Time) context.Context {
	return context.WithValue(ctx, fenceKey{}, fence{opened: now(), now: now})
}

// MayStart tells whether a write may begin now. Whoever sends asks it right before the first byte. Without a fence it may.
func MayStart(ctx context.Context) bool {
	f, fenced := ctx.Value(fenceKey{}).(fence)
	if !fenced {
		return true
	}
	now := f.now()
	wall := now.Round(0).Sub(f.opened.Round(0))
	return now.Sub(f.opened) < fenceAfter && wall < fenceAfter
}
