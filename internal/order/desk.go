package order

import (
	"context"
	"log/slog"
	"math/rand/v2"
	"sync"
	"sync/atomic"
	"time"

	"github.com/shopspring/decimal"

	"storefront/internal/buyer"
	"storefront/internal/catalog"
	"storefront/internal/errkind"
)

// Distributor is what the desk asks of the distributor. The operations that write return a *SendError, which says what is
// certain about them, and are never repeated by anybody.
type Distributor interface {
	Offer(ctx context.Context, c buyer.Credentials, item catalog.ItemID) (catalog.Offer, error)
	AllOffers(ctx context.Context, c buyer.Credentials) ([]catalog.Offer, error)
	Orders(ctx context.Context, c buyer.Credentials) ([]Order, error)
	OrderWithLines(ctx context.Context, c buyer.Credentials, id ID) (Order, error)
	CreateOrder(ctx context.Context, c buyer.Credentials, lines []NewLine) (ID, error)
	AddLine(ctx context.Context, c buyer.Credentials, id ID, line NewLine) (LineResult, error)
	// RemoveLine takes count pieces out of a line; zero removes the line.
	RemoveLine(ctx context.Context, c buyer.Credentials, id ID, item catalog.ItemID, count decimal.Decimal) error
	// CountsRemovals tells whether the contract has RemoveLine take a part of a line.
	CountsRemovals(ctx context.Context) bool
	SetNote(ctx context.Context, c buyer.Credentials, id ID, note string) (NoteResult, error)
}

// Sealer seals a buyer's credentials to one submission: they open with its id and no other.
type Sealer interface {
	SealFor(id SubmissionID, c buyer.Credentials) ([]byte, error)
	OpenFor(id SubmissionID, sealed []byte) (buyer.Credentials, error)
}

// Shown is what the shop has shown a buyer for an item. Price is nil where none was shown.
type Shown struct {
	Name  string
	Price *decimal.Decimal
}

// DeskOptions are what a desk works with. Every field is needed, but for Deviation and Jitter.
type DeskOptions struct {
	Carts       CartStore
	Submissions SubmissionStore
	Orders      OrderStore
	Wishes      WishStore
	Edits       EditStore
	Rescues     RescueStore
	Accounts    buyer.AccountStore
	Distributor Distributor
	Sealer      Sealer
	Register    *buyer.Register
	// Shown answers from here, never from the distributor. Items it does not know are left out.
	Shown func(ctx context.Context, b buyer.ID, items []catalog.ItemID) (map[catalog.ItemID]Shown, error)
	// Deviation is the difference of price, in percent, that a buyer need not agree to.
	Deviation decimal.Decimal
	// Quiet is how long after an unanswered CreateOrder the order may still appear in the list.
	Quiet time.Duration
	// Jitter returns a duration from zero up to what it is given, so that readings do not come in step. Nil stands for chance.
	Jitter func(time.Duration) time.Duration
	Now    func() time.Time
	Log    *slog.Logger
}

// Desk turns carts into orders, and changes orders while they are reserved.
//
// A submission outlives the request that asked for it: it goes on until it is settled or left to Recover, and Close waits
// for it. Whatever the desk believes about a submission is in the store before it acts on it.
type Desk struct {
	DeskOptions

	detached sync.WaitGroup // submissions and edits under way
	turns    turns          // one at a time: placing for a buyer, editing an order
	wake     chan struct{}  // a reading has become due sooner
	hurried  atomic.Bool    // every unknown submission is due

	editsHurried atomic.Bool // so is every unknown change of an order

	mu       sync.Mutex
	working  map[SubmissionID]bool   // somebody here works on it: not for Recover
	answered map[SubmissionID]answer // numbers that may not be written down yet
}

// NewDesk returns a desk. Run must be running for unknown submissions to be settled.
func NewDesk(o DeskOptions) *Desk {
	if o.Jitter == nil {
		o.Jitter = rand.N[time.Duration]
	}
	return &Desk{
		DeskOptions: o,
		wake:        make(chan struct{}, 1),
		working:     map[SubmissionID]bool{},
		answered:    map[SubmissionID]answer{},
	}
}

// Close waits until nothing is under way at the distributor, or ctx ends.
func (d *Desk) Close(ctx context.Context) error {
	done := make(chan struct{})
	go func() {
		d.detached.Wait()
		close(done)
	}()
	select {
	case <-done:
		return nil
	case <-ctx.Done():
		return ctx.Err()
	}
}

// claim takes a submission for the caller; false if somebody here has it.
func (d *Desk) claim(id SubmissionID) bool {
	d.mu.Lock()
	defer d.mu.Unlock()
	if d.working[id] {
		return false
	}
	d.working[id] = true
	return true
}

func (d *Desk) release(id SubmissionID) {
	d.mu.Lock()
	defer d.mu.Unlock()
	delete(d.working, id)
}

// learn keeps what an act's answer says about the right to edit. Failing to keep it costs a needless try later.
func (d *Desk) learn(ctx context.Context, a buyer.Account, answer error) {
	right := buyer.RightEdit
	switch {
	case errkind.Is(answer, errkind.NonAuthorized):
		right = buyer.RightNone
	case answer != nil:
		return
	}
	if right == a.Right {
		return
	}
	if err := buyer.LearnRight(ctx, d.Accounts, a.ID, right); err != nil {
		d.Log.WarnContext(ctx, "the right to edit was not kept", "error", err)
	}
}

// readOrder reads an order with its lines and keeps the copy. A copy that could not be kept is only logged: what was read
// is still true. edited says that the buyer has just changed it himself.
func (d *Desk) readOrder(ctx context.Context, c buyer.Credentials, id ID, edited bool) (Order, error) {
	ctx, cancel := context.WithTimeout(ctx, readTimeout)
	defer cancel()
	asked := d.Now() // not when it was answered: a reading that began before a change must not hide what was read after it
	o, err := d.Distributor.OrderWithLines(ctx, c, id)
	if err != nil {
		return Order{}, err
	}
	o.ReadAt, o.LinesReadAt, o.Edited = asked, asked, edited
	if err := d.Orders.SaveOrder(ctx, c.Buyer(), o); err != nil {
		d.Log.WarnContext(ctx, "the order's copy was not kept", "order", o.ID, "error", err)
	}
	return o, nil
}

// readOrders reads the buyer's list of orders.
func (d *Desk) readOrders(ctx context.Context, c buyer.Credentials) ([]Order, error) {
	ctx, cancel := context.WithTimeout(ctx, readTimeout)
	defer cancel()
	orders, err := d.Distributor.Orders(ctx, c)
	if err != nil {
		return nil, err
	}
	for i := range orders {
		orders[i].ReadAt = d.Now()
	}
	return orders, nil
}

// keepOrders copies a list that was read whole.
func (d *Desk) keepOrders(ctx context.Context, b buyer.ID, orders []Order) {
	if err := d.Orders.SaveOrders(ctx, b, orders); err != nil {
		d.Log.WarnContext(ctx, "copies of orders were not kept", "error", err)
	}
}
