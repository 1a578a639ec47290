package order

import (
	"context"
	"time"

	"github.com/shopspring/decimal"

	"storefront/internal/buyer"
	"storefront/internal/catalog"
	"storefront/internal/errkind"
)

var (
	// ErrNoRight: the account may not change orders. Nothing was sent.
	ErrNoRight = errkind.New(errkind.NonAuthorized, "order.no_right")
	// ErrNotEditable: the order is not in «Резервирование» any more. Nothing was sent.
	ErrNotEditable = errkind.New(errkind.Conflict, "order.not_editable")
	// ErrNoPrice: the item is on request and can't be ordered.
	ErrNoPrice = errkind.New(errkind.Invalid, "order.no_price")
)

// editTimeout bounds one act on an existing order.
const editTimeout = time.Minute

// EditState says what became of a change to an order's line.
type EditState string

const (
	EditDone    EditState = "done"    // the order shows what was wanted
	EditDiffers EditState = "differs" // the order shows another quantity than was wanted, and than before
	EditUnclear EditState = "unclear" // no answer, and the order shows the quantity from before: it may still change
	EditUnread  EditState = "unread"  // the change was sent, and the order could not be read after it
)

// Edit tells what became of a change to a line. Lost answers are read back and never repeated.
type Edit struct {
	State          EditState
	Item           catalog.ItemID
	Before, Wanted decimal.Decimal // quantities; Before was read just before the change
	Order          Order           // as last read
}

// Shows is the quantity of the item that the order shows, as last read.
func (e Edit) Shows() decimal.Decimal { return quantities(e.Order.Lines)[e.Item] }

// Reserved is how much of the item is reserved, as last read.
func (e Edit) Reserved() decimal.Decimal {
	var sum decimal.Decimal
	for _, l := range e.Order.Lines {
		if l.ItemID == e.Item {
			sum = sum.Add(l.Reserved)
		}
	}
	return sum
}

// AddLine adds to the quantity of an item in a reserved order.
//
// Like SetQuantity it answers ErrNoRight, ErrNoOrder, ErrNotEditable and ErrQuantity before anything was sent. Another error
// means that the order is as it was: the change was not sent, or the service refused it and the order shows so.
func (d *Desk) AddLine(ctx context.Context, a buyer.Account, c buyer.Credentials, id ID, line NewLine) (Edit, error) {
	if !validQuantity(line.Quantity) {
		return Edit{}, ErrQuantity
	}
	return d.edit(ctx, a, c, id, line.ItemID, line.Quantity.Add)
}

// SetQuantity makes the quantity of an item in a reserved order what is wanted; zero removes the item.
func (d *Desk) SetQuantity(ctx context.Context, a buyer.Account, c buyer.Credentials, id ID, item catalog.ItemID, quantity decimal.Decimal) (Edit, error) {
	if !quantity.IsZero() && !validQuantity(quantity) {
		return Edit{}, ErrQuantity
	}
	return d.edit(ctx, a, c, id, item, func(decimal.Decimal) decimal.Decimal { return quantity })
}

// edit brings an item's quantity to what want makes of the one the order has now.
func (d *Desk) edit(ctx context.Context, a buyer.Account, c buyer.Credentials, id ID, item catalog.ItemID, want func(decimal.Decimal) decimal.Decimal) (Edit, error) {
	if a.Right == buyer.RightNone {
		return Edit{}, ErrNoRight
	}
	if _, err := d.Orders.Order(ctx, a.ID, id); err != nil {
		return Edit{}, err
	}
	ctx, end, err := d.editing(ctx, a.ID, id)
	if err != nil {
		return Edit{}, err
	}
	defer end()
	before, err := d.readOrder(ctx, c, id, false)
	if err != nil {
		return Edit{}, err
	}
	e := Edit{Item: item, Before: quantities(before.Lines)[item], Order: before}
	e.Wanted = want(e.Before)
	switch {
	case !before.Editable():
		return e, ErrNotEditable
	case e.Wanted.Equal(e.Before):
		e.State = EditDone
		return e, nil
	}
	if err := d.mayWant(ctx, a.ID, e); err != nil {
		return e, err
	}
	answer := d.act(ctx, c, e)
	d.learn(ctx, a, answer)
	return d.readBack(ctx, c, e, answer)
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

// mayWant refuses to increase beyond the bounds of a line, and an item that was shown to be on request.
func (d *Desk) mayWant(ctx context.Context, b buyer.ID, e Edit) error {
	if e.Wanted.LessThan(e.Before) {
		return nil
	}
	if !validQuantity(e.Wanted) {
		return ErrQuantity
	}
	shown, err := d.Shown(ctx, b, []catalog.ItemID{e.Item})
	if err != nil {
		return err
	}
	if price := shown[e.Item].Price; price != nil && price.IsNegative() {
		return ErrNoPrice
	}
	return nil
}

// act sends the difference, once. Where AddItem sets a quantity, or RemoveItem's count is what stays (beliefs 22 and 23), the
// order shows so after it.
func (d *Desk) act(ctx context.Context, c buyer.Credentials, e Edit) error {
	ctx, cancel := context.WithTimeout(ctx, editTimeout)
	defer cancel()
	if e.Wanted.GreaterThan(e.Before) {
		_, err := d.Distributor.AddLine(ctx, c, e.Order.ID, NewLine{ItemID: e.Item, Quantity: e.Wanted.Sub(e.Before)})
		return err
	}
	count := e.Before.Sub(e.Wanted)
	if e.Wanted.IsZero() {
		count = decimal.Zero // the whole line, also where the contract has no count
	}
	return d.Distributor.RemoveLine(ctx, c, e.Order.ID, e.Item, count)
}

// readBack lets the order say what the act did.
func (d *Desk) readBack(ctx context.Context, c buyer.Credentials, e Edit, answer error) (Edit, error) {
	if answer != nil && classOf(answer) == ClassNotSent {
		return e, answer
	}
	after, err := d.readOrder(ctx, c, e.Order.ID, true)
	if err != nil {
		if answer != nil && classOf(answer) == ClassRefused {
			return e, answer
		}
		e.State = EditUnread
		return e, nil
	}
	e.Order = after
	switch now := e.Shows(); {
	case now.Equal(e.Wanted):
		e.State = EditDone
	case answer == nil || !now.Equal(e.Before):
		e.State = EditDiffers
	case classOf(answer) == ClassUnanswered:
		e.State = EditUnclear
	default:
		return e, answer // the service answered, and the order is as it was
	}
	return e, nil
}
