package order

import (
	"context"
	"slices"
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
	// ErrOpenEdit: an earlier change of the order is not settled yet. Nothing was sent.
	ErrOpenEdit = errkind.New(errkind.Conflict, "edit.open")
	// ErrApart: the contract can't take a part of a line, and the buyer has not agreed to its being taken out whole and added
	// again. Nothing was sent.
	ErrApart = errkind.New(errkind.Conflict, "edit.apart")
	// ErrEditMoved: the change is not in the state it was found in.
	ErrEditMoved = errkind.New(errkind.Conflict, "edit.moved")
	// ErrNoEdit: there is none, or it is another buyer's.
	ErrNoEdit = errkind.New(errkind.NotFound, "edit.missing")
)

// EditID names one call that changes a line of an order.
type EditID string

// EditAct is what is sent.
type EditAct string

const (
	ActAdd        EditAct = "add"         // AddItem of Count pieces
	ActRemove     EditAct = "remove"      // RemoveItem of Count pieces
	ActRemoveLine EditAct = "remove-line" // RemoveItem of all there are
)

// EditState is where a change of an order's line stands. It is written down before anything is sent, and sent once.
//
//	wish --the order is read--> PLANNED --durable--> SENDING --the order shows what was wanted--> DONE
//	                               |                    |------it shows another quantity--------> DIFFERS
//	                               |                    |------as before, after a refusal-------> REFUSED
//	                               |                    |------as before, after an answer-------> UNCHANGED
//	                               +-----> NOT_SENT <---|------provably no byte left
//	                                                    +------no answer and as before, not read, a crash--> UNKNOWN
//	UNKNOWN --the order shows what was wanted--> DONE    UNKNOWN --another quantity--> DIFFERS
//	UNKNOWN --as before: the service answered, the order may not be changed any more, or the quiet period is over--> REFUSED | UNCHANGED
//
// A wish may take several steps: a line is taken out and added again where the contract can't take a part of it, an equivalent
// takes the place of what is missing. All are written down before the first is sent; those that follow are WAITING:
//
//	WAITING --the step before is DONE, or the buyer says so after a crash--> SENDING
//	WAITING --the step before came to nothing, the buyer gives it up, or the order is closed--> NOT_SENT
//	WAITING --the order shows it already--> DONE    WAITING --the item is not as the step before left it--> DIFFERS
//
// At most one change of an order is PLANNED, SENDING or UNKNOWN. Every move is a compare-and-set on (state, epoch) in storage
// and leaves a row in an append-only history.
type EditState string

const (
	EditWaiting   EditState = "WAITING"
	EditPlanned   EditState = "PLANNED"
	EditSending   EditState = "SENDING"
	EditDone      EditState = "DONE"
	EditDiffers   EditState = "DIFFERS"
	EditUnchanged EditState = "UNCHANGED"
	EditRefused   EditState = "REFUSED"
	EditNotSent   EditState = "NOT_SENT"
	EditUnknown   EditState = "UNKNOWN"
)

// EditStates lists every state.
var EditStates = [...]EditState{
	EditWaiting, EditPlanned, EditSending, EditDone, EditDiffers, EditUnchanged, EditRefused, EditNotSent, EditUnknown,
}

// Open tells whether the change keeps others away from the order.
func (s EditState) Open() bool { return s == EditPlanned || s == EditSending || s == EditUnknown }

// Next lists the states that may follow s; none follow a state without an entry. It is the drawing at EditState as data.
func (s EditState) Next() []EditState {
	switch s {
	case EditWaiting:
		return []EditState{EditSending, EditDone, EditDiffers, EditNotSent}
	case EditPlanned:
		return []EditState{EditSending, EditNotSent}
	case EditSending:
		return []EditState{EditDone, EditDiffers, EditRefused, EditUnchanged, EditNotSent, EditUnknown}
	case EditUnknown:
		return []EditState{EditDone, EditDiffers, EditRefused, EditUnchanged}
	}
	return nil
}

// Edit is one call that changes a line of an order: what was wanted, what is sent for it, and what came of it.
type Edit struct {
	ID    EditID
	Buyer buyer.ID
	Order ID
	Item  catalog.ItemID
	// Plan is the ID of the first step of the wish that this is a step of, Step its place among them, from 0.
	Plan EditID
	Step int
	// Cart is the generation whose line this carries out; it leaves the cart when it is done. Empty for none.
	Cart CartID

	Before, Wanted decimal.Decimal // quantities in the order; Before was read just before
	Act            EditAct
	Count          decimal.Decimal // zero for ActRemoveLine

	State    EditState
	Epoch    int64
	Answered bool // the service itself answered: nothing is under way there
	// FaultKind and FaultText are those of a refusal or failure, the text where the service's own words may be shown.
	FaultKind, FaultText string
	// Shows and Reserved are the item's quantities that the order showed when it was last read after sending, Status its status
	// then; ReadAt is zero where it was not read.
	Shows, Reserved decimal.Decimal
	Status          Status
	ReadAt          time.Time
	NextReadAt      time.Time // when an unknown one is read again
	SentAt          time.Time // zero before SENDING

	CreatedAt, ChangedAt time.Time
}

// Grows tells whether the change adds.
func (e Edit) Grows() bool { return e.Act == ActAdd }

// Arrived tells whether the order shows at least what was wanted: what it carried out of a cart is there.
func (e Edit) Arrived() bool {
	return e.State == EditDone || e.State == EditDiffers && e.Grows() && e.Shows.GreaterThanOrEqual(e.Wanted)
}

// Again tells whether the same may be asked for again: the order shows that nothing of it was done.
func (e Edit) Again() bool {
	return e.State == EditUnchanged || e.State == EditRefused || e.State == EditNotSent
}

// seen keeps what the order shows of the item.
func (e *Edit) seen(o Order) {
	e.Shows, e.Reserved, e.Status, e.ReadAt = decimal.Zero, decimal.Zero, o.Status, o.LinesReadAt
	for _, l := range o.Lines {
		if l.ItemID == e.Item {
			e.Shows, e.Reserved = e.Shows.Add(l.Quantity), e.Reserved.Add(l.Reserved)
		}
	}
}

// EditStore keeps changes of orders and their append-only history.
type EditStore interface {
	// PlanEdits writes the steps of a wish in one durable transaction, the first PLANNED, the others WAITING, and gives them
	// their ids; with the rescue that they carry out, if there is one. Steps of a Cart freeze it until all are settled.
	// ErrOpenEdit; ErrCartChanged where the Cart is not the current one, ErrFrozen where it is being sent already.
	PlanEdits(ctx context.Context, steps []Edit, rescue *Rescue) ([]Edit, error)
	// MoveEdit changes e if it still is in e.State and e.Epoch, raises the epoch, and appends to the history, durably. change
	// sets the new state and fields. In the same transaction a step of a Cart that is Done there takes its pieces out of it.
	// ErrEditMoved; ErrOpenEdit where another of the order is open.
	MoveEdit(ctx context.Context, e Edit, change func(*Edit)) (Edit, error)
	// TouchEdit stores what a reading that concluded nothing has shown, without a move.
	TouchEdit(ctx context.Context, e Edit) error
	// Edit returns a buyer's own change. ErrNoEdit.
	Edit(ctx context.Context, b buyer.ID, id EditID) (Edit, error)
	// Edits lists the latest changes of an order, newest first, at most n.
	Edits(ctx context.Context, b buyer.ID, id ID, n int) ([]Edit, error)
	// EditSteps lists the steps of a wish in their order.
	EditSteps(ctx context.Context, b buyer.ID, plan EditID) ([]Edit, error)
	// CartEdit returns a step of a cart that is not settled, nil if there is none.
	CartEdit(ctx context.Context, b buyer.ID, cart CartID) (*Edit, error)
	// OpenEdits lists every buyer's changes in PLANNED, SENDING and UNKNOWN, for recovery only.
	OpenEdits(ctx context.Context) ([]Edit, error)
}

// moveEdit changes the state of e as it was read.
func (d *Desk) moveEdit(ctx context.Context, e Edit, to EditState, change func(*Edit)) (Edit, error) {
	if !slices.Contains(e.State.Next(), to) {
		return e, ErrEditMoved
	}
	moved, err := d.Edits.MoveEdit(ctx, e, func(next *Edit) {
		next.State, next.ChangedAt = to, d.Now()
		if change != nil {
			change(next)
		}
		if to != EditUnknown {
			next.NextReadAt = time.Time{}
		}
	})
	if err != nil {
		return e, err
	}
	d.Log.InfoContext(ctx, "edit moved", "edit", e.ID, "order", e.Order, "from", e.State, "to", to, "fault", moved.FaultKind)
	return moved, nil
}
