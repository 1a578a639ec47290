package order

import (
	"context"
	"errors"
	"runtime/debug"
	"slices"
	"time"

	"golang.org/x/sync/errgroup"

	"storefront/internal/buyer"
	"storefront/internal/errkind"
)

const (
	// staleAfter is when a submission that nobody here works on is taken over. It is longer than a fence stands open, so a worker
	// elsewhere that has not begun to send can't any more; an answer it still receives is never lost to the takeover.
	staleAfter = fenceAfter + 10*time.Second
	// sweepEvery is how often unfinished submissions are looked at when no reading is due sooner.
	sweepEvery = 15 * time.Second
	// sweepPause is the least time between two looks: a submission that is due may be in somebody's hands for a moment.
	sweepPause = 250 * time.Millisecond
	// sweepAtOnce is how many submissions are read at a time.
	sweepAtOnce = 4
)

// errNoCredentials: reading waits for the buyer's next sign-in.
var errNoCredentials = errkind.New(errkind.SignedOut, "")

// Run recovers at once, and again whenever a reading is due, until ctx ends.
func (d *Desk) Run(ctx context.Context) {
	for ctx.Err() == nil {
		next, err := d.sweep(ctx)
		if err != nil && ctx.Err() == nil {
			d.Log.WarnContext(ctx, "submissions are not settled yet", "error", err)
		}
		next = d.sweepEdits(ctx, next)
		timer := time.NewTimer(max(next.Sub(d.Now()), sweepPause))
		select {
		case <-timer.C:
		case <-d.wake:
		case <-ctx.Done():
		}
		timer.Stop()
	}
}

// Recover takes care of every submission that nobody here works on: one that was never sent becomes NOT_SENT, one that may
// have been sent becomes UNKNOWN, one that is due to be looked for is looked for, and a number that was answered and could
// not be written down is written down. It never sends an order.
func (d *Desk) Recover(ctx context.Context) error {
	next, err := d.sweep(ctx)
	d.sweepEdits(ctx, next)
	return err
}

// Recovered has every unknown submission looked for at once: the distributor answers again. It does not block.
func (d *Desk) Recovered() {
	d.hurried.Store(true)
	d.editsHurried.Store(true)
	d.stir()
}

// stir makes Run look again.
func (d *Desk) stir() {
	select {
	case d.wake <- struct{}{}:
	default:
	}
}

// sweep recovers and returns when to do it again.
func (d *Desk) sweep(ctx context.Context) (next time.Time, err error) {
	next = d.Now().Add(sweepEvery)
	d.writeAnswered(ctx)
	unfinished, err := d.Submissions.Unfinished(ctx, d.Now().Add(-LateWatch))
	if err != nil {
		return next, err
	}
	hurried := d.hurried.Swap(false)
	settled := make([]Submission, len(unfinished))
	failures := make([]error, len(unfinished))
	var group errgroup.Group
	group.SetLimit(sweepAtOnce)
	for i, s := range unfinished {
		settled[i] = s
		if !d.claim(s.ID) {
			continue
		}
		group.Go(func() error {
			defer d.release(s.ID)
			settled[i], failures[i] = d.recoverOne(ctx, s, hurried)
			return nil
		})
	}
	_ = group.Wait()
	for _, s := range settled {
		if (s.State == Uncertain || s.State.Watched()) && !s.NextReadAt.IsZero() && s.NextReadAt.Before(next) {
			next = s.NextReadAt
		}
	}
	return next, errors.Join(failures...)
}

// recoverOne never fails for a submission that somebody else moved meanwhile, nor lets one take the others with it. hurried
// makes every unknown one due.
func (d *Desk) recoverOne(ctx context.Context, s Submission, hurried bool) (after Submission, err error) {
	defer func() {
		if p := recover(); p != nil {
			d.Log.ErrorContext(ctx, "recovering panicked", "submission", s.ID, "panic", p, "stack", string(debug.Stack()))
			after, err = s, nil
			after.NextReadAt = d.Now().Add(readEvery)
		}
	}()
	now := d.Now()
	stale := now.Sub(s.ChangedAt) >= staleAfter
	switch {
	case s.State == Uncertain && (hurried || !s.NextReadAt.After(now)), s.State.Watched() && !s.NextReadAt.IsZero() && !s.NextReadAt.After(now):
		after, err = d.Reconcile(ctx, s)
	case s.State == Sending && stale:
		after, err = d.move(ctx, s, Uncertain, func(next *Submission) { next.NextReadAt = d.nextRead(*next, now) })
	case (s.State == Prepared || s.State == Baselined) && stale:
		after, err = d.notSent(ctx, s, errInterrupted)
	default:
		return s, nil
	}
	if errors.Is(err, ErrMoved) || errors.Is(err, errNoCredentials) {
		err = nil
	}
	return after, err
}

// errInterrupted: the program stopped before anything was sent.
var errInterrupted = errkind.New(errkind.Internal, "submission.interrupted")

// credentials lists what the buyer's orders may be read with: those he is here with, then the submission's own copy.
func (d *Desk) credentials(s Submission) []buyer.Credentials {
	var list []buyer.Credentials
	if c, ok := d.Register.Get(s.Buyer); ok {
		list = append(list, c)
	}
	if len(s.Sealed) == 0 {
		return list
	}
	c, err := d.Sealer.OpenFor(s.ID, s.Sealed)
	if err != nil {
		d.Log.Error("crypt_decrypt_fail", "submission", s.ID, "error", err)
		return list
	}
	if d.Register.Refused(c) || slices.ContainsFunc(list, c.Equal) {
		return list
	}
	return append(list, c)
}
