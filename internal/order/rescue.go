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
	// ErrNotShort: nothing is missing of the line.
	ErrNotShort = errkind.New(errkind.Conflict, "rescue.not_short")
	// ErrRescue: no such choice, or one without what it needs.
	ErrRescue = errkind.New(errkind.Invalid, "rescue.choose")
	// ErrNoRescue: there is none that waits, or it is another buyer's.
	ErrNoRescue = errkind.New(errkind.NotFound, "rescue.missing")
)

// RescueChoice is what a buyer does about a line that is not fully reserved.
type RescueChoice string

const (
	RescueEquivalent RescueChoice = "equivalent" // another item takes the place of what is missing
	RescueWait       RescueChoice = "wait"       // for goods in transit: nothing is sent
	RescueDrop       RescueChoice = "drop"       // what is missing leaves the order
	RescueCart       RescueChoice = "cart"       // what is missing, or an equivalent, is ordered by itself
	RescueNote       RescueChoice = "note"       // a text for whoever may change the order is kept here
)

// RescueState is where a rescue stands. Only waiting takes time here: what became of changes is told by their edits.
type RescueState string

const (
	RescueWaiting RescueState = "WAITING"
	RescueHanded  RescueState = "HANDED" // on to the edits of Plan, to the cart, or to a note
	RescueClosed  RescueState = "CLOSED" // the buyer has seen to it
)

// Rescue is what a buyer chose to do about the missing part of a line.
type Rescue struct {
	ID       int64
	Buyer    buyer.ID
	Order    ID
	Item     catalog.ItemID
	Choice   RescueChoice
	Quantity decimal.Decimal // that was missing
	Other    catalog.ItemID  // the equivalent, where one was taken
	Due      time.Time       // when goods in transit were promised for; zero where that is not known
	Plan     EditID          // of the edits that carry it out
	State    RescueState

	CreatedAt, ChangedAt time.Time
}

// RescueStore keeps each buyer's rescues.
type RescueStore interface {
	// AddRescue keeps a rescue; one that waits takes the place of an earlier wait for the same line.
	AddRescue(ctx context.Context, r Rescue) error
	// Rescues lists the rescues of an order, newest first.
	Rescues(ctx context.Context, b buyer.ID, id ID) ([]Rescue, error)
	// Waits lists what a buyer waits for in orders that are still being reserved and lack it still, the earliest due first.
	Waits(ctx context.Context, b buyer.ID) ([]Rescue, error)
	// CloseRescue ends a wait. ErrNoRescue.
	CloseRescue(ctx context.Context, b buyer.ID, id ID, rescue int64) error
}

// Missing is how much of an item was ordered and not reserved, all its lines together.
func (o Order) Missing(item catalog.ItemID) (missing decimal.Decimal) {
	for _, l := range o.Lines {
		if l.ItemID == item {
			missing = missing.Add(l.Missing())
		}
	}
	return missing
}

// Rescue carries out a choice that changes the order: what is missing of a line leaves it, and an equivalent takes its place
// where that was chosen. How much is missing is what the order shows just before. ErrNotShort, and what SetQuantity answers.
func (d *Desk) Rescue(ctx context.Context, a buyer.Account, c buyer.Credentials, r Rescue, apart bool) (Edit, error) {
	if r.Choice != RescueDrop && (r.Choice != RescueEquivalent || r.Other == "" || r.Other == r.Item) {
		return Edit{}, ErrRescue
	}
	r.Buyer, r.State, r.CreatedAt, r.ChangedAt = a.ID, RescueHanded, d.Now(), d.Now()
	return d.edit(ctx, a, c, r.Order, wished{apart: apart, rescue: &r, goals: func(o Order) ([]Wish, error) {
		r.Quantity = o.Missing(r.Item)
		if !r.Quantity.IsPositive() {
			return nil, ErrNotShort
		}
		has := quantities(o.Lines)
		goals := []Wish{{Item: r.Item, Quantity: has[r.Item].Sub(r.Quantity)}}
		if r.Choice == RescueEquivalent {
			goals = append(goals, Wish{Item: r.Other, Quantity: has[r.Other].Add(r.Quantity)})
		}
		return goals, nil
	}})
}

// KeepRescue keeps a choice that sends nothing to the distributor: waiting, or one that the cart or a note carries on. The
// order is as it is known here. ErrNoOrder, ErrNotShort.
func (d *Desk) KeepRescue(ctx context.Context, b buyer.ID, r Rescue) (Rescue, error) {
	o, err := d.Orders.Order(ctx, b, r.Order)
	if err != nil {
		return Rescue{}, err
	}
	r.Buyer, r.Quantity, r.State, r.CreatedAt, r.ChangedAt = b, o.Missing(r.Item), RescueHanded, d.Now(), d.Now()
	if r.Choice == RescueWait {
		r.State = RescueWaiting
	}
	if !r.Quantity.IsPositive() || r.Choice == RescueWait && !o.Editable() {
		return Rescue{}, ErrNotShort
	}
	return r, d.Rescues.AddRescue(ctx, r)
}
