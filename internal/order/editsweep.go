package order

import (
	"context"
	"errors"
	"math/rand/v2"
	"runtime/debug"
	"time"

	"golang.org/x/sync/errgroup"

	"storefront/internal/buyer"
	"storefront/internal/errkind"
)

// nextEditRead returns when e, unknown since ChangedAt, is read after now.
func nextEditRead(e Edit, now time.Time) time.Time {
	reads := quickReads
	if e.Answered {
		reads = answeredReads
	}
	for _, after := range reads {
		if at := e.ChangedAt.Add(after); at.After(now) {
			return at
		}
	}
	return now.Add(readEvery*4/5 + rand.N(readEvery*2/5))
}

// sweepEdits takes care of every open change that nobody here works on: one that was never sent becomes NOT_SENT, one that may
// have been sent UNKNOWN, and an UNKNOWN one is settled by reading the order while its buyer is here. It never sends anything.
// It returns next, or when the next reading is due if that is sooner.
func (d *Desk) sweepEdits(ctx context.Context, next time.Time) time.Time {
	hurried := d.editsHurried.Swap(false)
	open, err := d.Edits.OpenEdits(ctx)
	if err != nil && ctx.Err() == nil {
		d.Log.WarnContext(ctx, "changes of orders are not settled yet", "error", err)
	}
	after := make([]Edit, len(open))
	var group errgroup.Group
	group.SetLimit(sweepAtOnce)
	for i, e := range open {
		group.Go(func() error {
			after[i] = d.recoverEditSafely(ctx, e, hurried)
			return nil
		})
	}
	_ = group.Wait()
	for _, e := range after {
		if e.State == EditUnknown && e.NextReadAt.Before(next) && e.NextReadAt.After(d.Now()) {
			next = e.NextReadAt
		}
	}
	return next
}

// recoverEditSafely lets no change take the others with it.
func (d *Desk) recoverEditSafely(ctx context.Context, e Edit, hurried bool) (after Edit) {
	defer func() {
		if p := recover(); p != nil {
			d.Log.ErrorContext(ctx, "recovering panicked", "edit", e.ID, "panic", p, "stack", string(debug.Stack()))
			after = e
		}
	}()
	after, err := d.recoverEdit(ctx, e, hurried)
	if err != nil && ctx.Err() == nil && !errors.Is(err, ErrEditMoved) {
		d.Log.WarnContext(ctx, "a change of an order is not settled yet", "edit", e.ID, "order", e.Order, "error", err)
	}
	return after
}

func (d *Desk) recoverEdit(ctx context.Context, e Edit, hurried bool) (Edit, error) {
	end, free := d.turns.try("edit/" + string(e.Buyer) + "/" + string(e.Order))
	if !free {
		return e, nil
	}
	defer end()
	now, err := d.Now(), error(nil)
	stale := now.Sub(e.ChangedAt) >= staleAfter
	switch {
	case e.State == EditPlanned && stale:
		if e, err = d.moveEdit(ctx, e, EditNotSent, func(next *Edit) { next.FaultKind = string(errkind.Internal) }); err == nil {
			err = d.giveUpAfter(ctx, e)
		}
		return e, err
	case e.State == EditSending && stale:
		if e, err = d.moveEdit(ctx, e, EditUnknown, func(next *Edit) { next.NextReadAt = now }); err != nil {
			return e, err
		}
	case e.State != EditUnknown || !hurried && e.NextReadAt.After(now):
		return e, nil
	}
	c, here := d.Register.Get(e.Buyer)
	if !here {
		return e, nil // his next request brings his credentials
	}
	return d.readEdit(ctx, c, e)
}

// readEdit reads the order of an unknown change and concludes what can be concluded.
func (d *Desk) readEdit(ctx context.Context, c buyer.Credentials, e Edit) (Edit, error) {
	o, err := d.readOrder(ctx, c, e.Order, true)
	if errkind.Is(err, errkind.AccessDenied) {
		d.Register.Refuse(c)
	}
	if err != nil {
		e.NextReadAt = nextEditRead(e, d.Now())
		return e, errors.Join(err, d.Edits.TouchEdit(ctx, e))
	}
	return d.concludeEdit(ctx, e, o)
}

// concludeEdit moves an unknown change by what its order shows, or notes what was seen.
func (d *Desk) concludeEdit(ctx context.Context, e Edit, o Order) (Edit, error) {
	class := ClassUnanswered
	switch {
	case e.Answered && e.FaultKind != "":
		class = ClassAnswered
	case e.Answered:
		class = ""
	}
	to := shownState(e, o, class)
	if to == EditUnknown && !d.Now().Before(e.SentAt.Add(fenceAfter+d.Quiet)) {
		to = EditUnchanged
	}
	if to == EditUnknown {
		e.seen(o)
		e.NextReadAt = nextEditRead(e, d.Now())
		return e, d.Edits.TouchEdit(ctx, e)
	}
	e, err := d.moveEdit(ctx, e, to, func(next *Edit) { next.seen(o) })
	if err == nil && to != EditDone {
		err = d.giveUpAfter(ctx, e)
	}
	return e, err
}

// giveUpAfter ends the steps after e, which came to nothing.
func (d *Desk) giveUpAfter(ctx context.Context, e Edit) error {
	steps, err := d.Edits.EditSteps(ctx, e.Buyer, e.Plan)
	if err != nil {
		return err
	}
	return d.giveUp(ctx, steps[min(e.Step+1, len(steps)):])
}
