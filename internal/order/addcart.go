package order

import (
	"cmp"
	"context"
	"errors"
	"slices"

	"storefront/internal/buyer"
)

// Joinable lists the orders that a buyer may add his cart to, newest first, as far as is known here: none without the right.
func (d *Desk) Joinable(ctx context.Context, a buyer.Account) ([]Order, error) {
	if a.Right != buyer.RightEdit {
		return nil, nil
	}
	orders, _, err := d.Orders.Orders(ctx, a.ID, Filter{Statuses: []Status{Reserving}, Limit: candidatesShown})
	return orders, err
}

// AddCart adds what is in the cart to an order that is still reserved, in the place of a new one: each line is a change of the
// order, written down before the first is sent, sent once, and out of the cart when the order shows it. It does not wait for
// them: the order's page tells how they go.
//
// ErrNotAgreed, ErrCartChanged, ErrNothingToOrder, and what AddLine answers, mean that nothing was sent and the cart is as it
// was.
func (d *Desk) AddCart(ctx context.Context, a buyer.Account, c buyer.Credentials, id ID, agreed Agreement) error {
	endTurn, err := d.turns.take(ctx, "place/"+string(a.ID))
	if err != nil {
		return err
	}
	defer endTurn()
	cart, err := d.Carts.Cart(ctx, a.ID)
	switch {
	case err != nil:
		return err
	case cart.Frozen:
		return ErrFrozen
	case cart.Version != agreed.CartVersion:
		return ErrCartChanged
	}
	lines, err := d.agreedTo(ctx, a, c, cart, agreed)
	if err != nil {
		return err
	}
	ctx, now, end, err := d.mayEdit(ctx, a, c, id)
	if err != nil {
		return err
	}
	steps, err := d.cartSteps(ctx, a.ID, now, lines, cart.ID)
	if err != nil {
		end()
		return err
	}
	d.carryOn(ctx, a, c, now, steps, end)
	return nil
}

// carryOn carries steps out without waiting, and ends the turn after them.
func (d *Desk) carryOn(ctx context.Context, a buyer.Account, c buyer.Credentials, now Order, steps []Edit, end func()) {
	d.detached.Go(func() {
		defer end()
		if err := d.carry(ctx, a, c, now, steps); err != nil {
			d.Log.WarnContext(ctx, "an order was not changed as a whole", "order", now.ID, "error", err)
		}
	})
}

// carry takes steps that do not hang on each other one after another. A line that is refused keeps none of the others back; one of which the
// outcome is not known does, and so does a service that can't be reached.
func (d *Desk) carry(ctx context.Context, a buyer.Account, c buyer.Credentials, now Order, steps []Edit) error {
	var failures []error
	for i, step := range steps {
		e, after, err := d.step(ctx, a, c, now, step)
		failures, now = append(failures, err), after
		switch {
		case e.State.Open():
			return errors.Join(failures...)
		case e.State == EditNotSent:
			return errors.Join(append(failures, d.giveUp(ctx, steps[i+1:]))...)
		}
	}
	return errors.Join(failures...)
}

// cartSteps writes the changes down that add lines of a cart to an order.
func (d *Desk) cartSteps(ctx context.Context, b buyer.ID, now Order, lines Submission, cart CartID) ([]Edit, error) {
	has := quantities(now.Lines)
	goals := make([]Wish, len(lines.Lines))
	for i, l := range lines.Lines {
		goals[i] = Wish{Item: l.ItemID, Quantity: has[l.ItemID].Add(l.Quantity)}
	}
	steps, err := d.steps(ctx, b, now, goals, false)
	if err != nil {
		return nil, err
	}
	for i := range steps {
		steps[i].Cart = cart
	}
	return d.Edits.PlanEdits(ctx, steps, nil)
}

// Empty takes every line out of an order that is still reserved: the way out of an order that is there twice, for none can be
// cancelled. Each line is a change of the order, written down before the first is sent. It does not wait for them. What
// AddLine answers means that nothing was sent.
func (d *Desk) Empty(ctx context.Context, a buyer.Account, c buyer.Credentials, id ID) error {
	ctx, now, end, err := d.mayEdit(ctx, a, c, id)
	if err != nil {
		return err
	}
	var goals []Wish
	for item := range quantities(now.Lines) {
		goals = append(goals, Wish{Item: item})
	}
	slices.SortFunc(goals, func(a, b Wish) int { return cmp.Compare(a.Item, b.Item) })
	steps, err := d.steps(ctx, a.ID, now, goals, false)
	if err == nil && len(steps) > 0 {
		steps, err = d.Edits.PlanEdits(ctx, steps, nil)
	}
	if err != nil || len(steps) == 0 {
		end()
		return err
	}
	d.carryOn(ctx, a, c, now, steps, end)
	return nil
}
