package order

import (
	"context"
	"errors"
	"time"

	"github.com/shopspring/decimal"

	"storefront/internal/buyer"
	"storefront/internal/catalog"
	"storefront/internal/errkind"
)

// editTimeout bounds one act on an existing order.
const editTimeout = time.Minute

// Wish is a quantity that an item is to have in a reserved order.
type Wish struct {
	Item     catalog.ItemID
	Quantity decimal.Decimal // zero removes the item
	// Apart says that the buyer agrees to a line's being taken out whole and added again where the contract can't take a part
	// of it. Its reservation can be lost in between.
	Apart bool
}

// AddLine adds to the quantity of an item in a reserved order.
//
// Like SetQuantity it answers ErrNoRight, ErrNoOrder, ErrNotEditable, ErrQuantity, ErrNoPrice, ErrOpenEdit and ErrApart before
// anything was sent or written down. With another error the order is as it was, and so does the Edit say: the change was not
// sent, or the service refused it.
func (d *Desk) AddLine(ctx context.Context, a buyer.Account, c buyer.Credentials, id ID, line NewLine) (Edit, error) {
	if !validQuantity(line.Quantity) {
		return Edit{}, ErrQuantity
	}
	return d.edit(ctx, a, c, id, wished{goals: func(o Order) ([]Wish, error) {
		return []Wish{{Item: line.ItemID, Quantity: line.Quantity.Add(quantities(o.Lines)[line.ItemID])}}, nil
	}})
}

// SetQuantity makes the quantity of an item in a reserved order what is wanted. The Edit is the step that tells what became of
// it; it has no ID where the order was so already.
func (d *Desk) SetQuantity(ctx context.Context, a buyer.Account, c buyer.Credentials, id ID, w Wish) (Edit, error) {
	if !w.Quantity.IsZero() && !validQuantity(w.Quantity) {
		return Edit{}, ErrQuantity
	}
	return d.edit(ctx, a, c, id, wished{apart: w.Apart, goals: func(Order) ([]Wish, error) { return []Wish{w}, nil }})
}

// wished is what an order is to become, given how it is now.
type wished struct {
	goals  func(Order) ([]Wish, error)
	apart  bool
	rescue *Rescue // that it carries out
}

// edit writes the steps of a wish down and takes them.
func (d *Desk) edit(ctx context.Context, a buyer.Account, c buyer.Credentials, id ID, w wished) (Edit, error) {
	ctx, now, end, err := d.mayEdit(ctx, a, c, id)
	if err != nil {
		return Edit{}, err
	}
	defer end()
	goals, err := w.goals(now)
	if err != nil {
		return Edit{}, err
	}
	steps, err := d.steps(ctx, a.ID, now, goals, w.apart)
	if err != nil {
		return Edit{}, err
	}
	if len(steps) == 0 {
		as := Edit{Order: id, Item: goals[0].Item, Wanted: goals[0].Quantity, Before: goals[0].Quantity, State: EditDone}
		as.seen(now)
		return as, nil
	}
	if steps, err = d.Edits.PlanEdits(ctx, steps, w.rescue); err != nil {
		return Edit{}, err
	}
	return d.take(ctx, a, c, now, steps)
}

// mayEdit takes the turn to change an order, reads it, and settles an unknown change by what it shows. end is nil with an error.
func (d *Desk) mayEdit(ctx context.Context, a buyer.Account, c buyer.Credentials, id ID) (_ context.Context, now Order, end func(), err error) {
	if a.Right == buyer.RightNone {
		return nil, Order{}, nil, ErrNoRight
	}
	if _, err := d.Orders.Order(ctx, a.ID, id); err != nil {
		return nil, Order{}, nil, err
	}
	ctx, end, err = d.editing(ctx, a.ID, id)
	if err != nil {
		return nil, Order{}, nil, err
	}
	defer func() {
		if err != nil {
			end()
			end = nil
		}
	}()
	unknown, err := d.unknownEdit(ctx, a.ID, id)
	if err != nil {
		return ctx, now, end, err
	}
	if now, err = d.readOrder(ctx, c, id, unknown != nil); err != nil {
		return ctx, now, end, err
	}
	if unknown != nil {
		_, err = d.concludeEdit(ctx, *unknown, now)
	}
	if err == nil && !now.Editable() {
		err = ErrNotEditable
	}
	return ctx, now, end, err
}

// unknownEdit returns the change of an order that is unknown, nil if there is none.
func (d *Desk) unknownEdit(ctx context.Context, b buyer.ID, id ID) (*Edit, error) {
	latest, err := d.Edits.Edits(ctx, b, id, 1)
	if err != nil || len(latest) == 0 {
		return nil, err
	}
	steps, err := d.Edits.EditSteps(ctx, b, latest[0].Plan)
	for _, e := range steps {
		if e.State == EditUnknown {
			return &e, nil
		}
	}
	return nil, err
}

// editing waits for the turn to change an order, and cuts the change loose from the request: a page that is closed does not
// leave it half done.
func (d *Desk) editing(ctx context.Context, b buyer.ID, id ID) (context.Context, func(), error) {
	endTurn, err := d.turns.take(ctx, "edit/"+string(b)+"/"+string(id))
	if err != nil {
		return nil, nil, err
	}
	d.detached.Add(1)
	return context.WithoutCancel(ctx), func() {
		endTurn()
		d.detached.Done()
	}, nil
}

// steps lists the calls that bring an order to its goals, none where it is there.
func (d *Desk) steps(ctx context.Context, b buyer.ID, now Order, goals []Wish, apart bool) (steps []Edit, err error) {
	has := quantities(now.Lines)
	add := func(item catalog.ItemID, wanted decimal.Decimal) {
		e := Edit{Buyer: b, Order: now.ID, Item: item, Before: has[item], Wanted: wanted, Step: len(steps), State: EditWaiting, CreatedAt: d.Now(), ChangedAt: d.Now()}
		switch {
		case wanted.GreaterThan(e.Before):
			e.Act, e.Count = ActAdd, wanted.Sub(e.Before)
		case wanted.IsZero():
			e.Act = ActRemoveLine
		default:
			e.Act, e.Count = ActRemove, e.Before.Sub(wanted)
		}
		steps, has[item] = append(steps, e), wanted
	}
	for _, w := range goals {
		switch before := has[w.Item]; {
		case w.Quantity.Equal(before):
			continue
		case w.Quantity.GreaterThan(before):
			if err := d.mayWant(ctx, b, w); err != nil {
				return nil, err
			}
		case !w.Quantity.IsZero() && !d.Distributor.CountsRemovals(ctx):
			if !apart {
				return nil, ErrApart
			}
			add(w.Item, decimal.Zero)
		}
		add(w.Item, w.Quantity)
	}
	if len(steps) > 0 {
		steps[0].State = EditPlanned
	}
	return steps, nil
}

// mayWant refuses to increase beyond the bounds of a line, and an item that was shown to be on request.
func (d *Desk) mayWant(ctx context.Context, b buyer.ID, w Wish) error {
	if !validQuantity(w.Quantity) {
		return ErrQuantity
	}
	shown, err := d.Shown(ctx, b, []catalog.ItemID{w.Item})
	if err != nil {
		return err
	}
	if price := shown[w.Item].Price; price != nil && price.IsNegative() {
		return ErrNoPrice
	}
	return nil
}

// take takes steps one after another, each only when the one before is done, and returns the one that tells what became of
// the wish. now is the order as it was read.
func (d *Desk) take(ctx context.Context, a buyer.Account, c buyer.Credentials, now Order, steps []Edit) (Edit, error) {
	var e Edit
	for i, step := range steps {
		var err error
		if e, now, err = d.step(ctx, a, c, now, step); e.State == EditDone && err == nil {
			continue
		}
		if !e.State.Open() {
			err = errors.Join(err, d.giveUp(ctx, steps[i+1:]))
		}
		return e, err
	}
	return e, nil
}

// giveUp ends the steps after one that came to nothing.
func (d *Desk) giveUp(ctx context.Context, steps []Edit) error {
	for _, e := range steps {
		if e.State != EditWaiting {
			continue
		}
		if _, err := d.moveEdit(ctx, e, EditNotSent, nil); err != nil && !errors.Is(err, ErrEditMoved) {
			return err
		}
	}
	return nil
}

// step sends one change, once, and lets the order say what it did.
func (d *Desk) step(ctx context.Context, a buyer.Account, c buyer.Credentials, now Order, e Edit) (Edit, Order, error) {
	if e.State == EditWaiting {
		shows := quantities(now.Lines)[e.Item]
		seen := func(next *Edit) { next.seen(now) }
		to := EditSending
		switch {
		case shows.Equal(e.Wanted):
			to = EditDone
		case !shows.Equal(e.Before):
			to = EditDiffers
		case !now.Editable():
			to = EditNotSent
		}
		if to != EditSending {
			e, err := d.moveEdit(ctx, e, to, seen)
			return e, now, err
		}
	}
	ctx = WithFence(ctx, d.Now)
	e, err := d.moveEdit(ctx, e, EditSending, func(next *Edit) { next.SentAt = d.Now() })
	if err != nil {
		return e, now, err // unclear whether it was written down: nothing is sent either way
	}
	answer := d.act(ctx, c, e)
	d.learn(ctx, a, answer)
	return d.readBack(ctx, c, e, now, answer)
}

// act sends the difference, once. Where AddItem sets a quantity, or RemoveItem's count is what stays (beliefs 22 and 23), the
// order shows so after it.
func (d *Desk) act(ctx context.Context, c buyer.Credentials, e Edit) error {
	ctx, cancel := context.WithTimeout(ctx, editTimeout)
	defer cancel()
	switch {
	case !MayStart(ctx):
		return errFenced
	case e.Grows():
		_, err := d.Distributor.AddLine(ctx, c, e.Order, NewLine{ItemID: e.Item, Quantity: e.Count})
		return err
	}
	return d.Distributor.RemoveLine(ctx, c, e.Order, e.Item, e.Count)
}

// readBack lets the order say what the act did.
func (d *Desk) readBack(ctx context.Context, c buyer.Credentials, e Edit, now Order, answer error) (Edit, Order, error) {
	class := SendClass("")
	if answer != nil {
		class = classOf(answer)
	}
	outcome := func(next *Edit) {
		next.Answered = class != ClassUnanswered
		if answer != nil {
			next.FaultKind, next.FaultText = string(errkind.Of(answer)), faultText(answer)
		}
	}
	if class == ClassNotSent {
		e, err := d.settleEdit(ctx, e, EditNotSent, outcome)
		return e, now, errors.Join(answer, err)
	}
	after, err := d.readOrder(ctx, c, e.Order, true)
	switch {
	case err != nil && class == ClassRefused:
		e, err := d.settleEdit(ctx, e, EditRefused, outcome)
		return e, now, errors.Join(answer, err)
	case err != nil:
		e, err := d.settleEdit(ctx, e, EditUnknown, func(next *Edit) { outcome(next); next.NextReadAt = nextEditRead(*next, d.Now()) })
		d.stir()
		return e, now, err
	}
	to := shownState(e, after, class)
	e, err = d.settleEdit(ctx, e, to, func(next *Edit) {
		outcome(next)
		next.seen(after)
		if to == EditDone {
			next.FaultKind, next.FaultText = "", ""
		}
		next.NextReadAt = nextEditRead(*next, d.Now())
	})
	if to == EditUnknown {
		d.stir()
	}
	if to == EditRefused {
		err = errors.Join(answer, err)
	}
	return e, after, err
}

// shownState is where a change stands that was answered with class, nothing for success, given the order after it.
func shownState(e Edit, after Order, class SendClass) EditState {
	switch shows := quantities(after.Lines)[e.Item]; {
	case shows.Equal(e.Wanted):
		return EditDone
	case !shows.Equal(e.Before):
		return EditDiffers
	case class == "":
		return EditUnchanged
	case class != ClassUnanswered:
		return EditRefused
	case !after.Editable():
		return EditUnchanged // what is still under way will be refused
	}
	return EditUnknown
}

// settleEdit moves e, which was sent, to what is known of it. Recover may have called it unknown meanwhile: what an order shows
// is true for all that.
func (d *Desk) settleEdit(ctx context.Context, e Edit, to EditState, change func(*Edit)) (Edit, error) {
	moved, err := d.moveEdit(ctx, e, to, change)
	if !errors.Is(err, ErrEditMoved) {
		return moved, err
	}
	latest, err := d.Edits.Edit(ctx, e.Buyer, e.ID)
	if err != nil || latest.State != EditUnknown || to == EditUnknown || to == EditNotSent {
		return latest, err
	}
	return d.moveEdit(ctx, latest, to, change)
}

// FinishEdit takes a waiting step, and those after it, whose step before is done: what a crash left half done. ErrNoEdit,
// ErrEditMoved where it does not wait any more, and what AddLine answers.
func (d *Desk) FinishEdit(ctx context.Context, a buyer.Account, c buyer.Credentials, id ID, edit EditID) (Edit, error) {
	if _, err := d.waiting(ctx, a.ID, id, edit); err != nil {
		return Edit{}, err
	}
	ctx, now, end, err := d.mayEdit(ctx, a, c, id)
	if err != nil {
		return Edit{}, err
	}
	defer end()
	steps, err := d.waiting(ctx, a.ID, id, edit)
	if err != nil {
		return Edit{}, err
	}
	return d.take(ctx, a, c, now, steps)
}

// DropEdit gives a waiting step up, and those after it. Nothing is sent. ErrNoEdit, ErrEditMoved.
func (d *Desk) DropEdit(ctx context.Context, b buyer.ID, id ID, edit EditID) error {
	steps, err := d.waiting(ctx, b, id, edit)
	if err != nil {
		return err
	}
	return d.giveUp(ctx, steps)
}

// waiting returns a step that waits for the buyer, and those after it.
func (d *Desk) waiting(ctx context.Context, b buyer.ID, id ID, edit EditID) ([]Edit, error) {
	e, err := d.Edits.Edit(ctx, b, edit)
	switch {
	case err != nil:
		return nil, err
	case e.Order != id:
		return nil, ErrNoEdit
	}
	steps, err := d.Edits.EditSteps(ctx, b, e.Plan)
	if err != nil {
		return nil, err
	}
	if e.State != EditWaiting || e.Step == 0 || e.Step >= len(steps) {
		return nil, ErrEditMoved
	}
	if before := steps[e.Step-1]; before.State.Open() {
		return nil, ErrOpenEdit
	} else if before.State != EditDone {
		return nil, ErrEditMoved
	}
	return steps[e.Step:], nil
}
