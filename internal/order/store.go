package order

import (
	"context"
	"time"

	"github.com/shopspring/decimal"

	"storefront/internal/buyer"
	"storefront/internal/catalog"
	"storefront/internal/errkind"
)

// What a store answers when a rule of ordering stands in the way. They are compared with errors.Is.
var (
	// ErrFrozen: the cart belongs to an open submission and can't be changed.
	ErrFrozen = errkind.New(errkind.Conflict, "cart.frozen")
	// ErrCartChanged: the cart is not the one that was agreed to.
	ErrCartChanged = errkind.New(errkind.Conflict, "cart.changed")
	// ErrCartFull: the cart has MaxLines lines.
	ErrCartFull = errkind.New(errkind.Invalid, "cart.full")
	// ErrOpenSubmission: another submission of this buyer is open.
	ErrOpenSubmission = errkind.New(errkind.Conflict, "submission.open")
	// ErrMoved: somebody else moved the submission first.
	ErrMoved = errkind.New(errkind.Conflict, "submission.moved")
	// ErrNoSubmission: there is none, or it is another buyer's.
	ErrNoSubmission = errkind.New(errkind.NotFound, "submission.missing")
	// ErrNoOrder: there is none, or it is another buyer's.
	ErrNoOrder = errkind.New(errkind.NotFound, "order.missing")
)

// CartStore keeps each buyer's cart as rows, so that edits of different lines never lose each other.
type CartStore interface {
	// Cart returns the current generation, empty where nothing was added yet.
	Cart(ctx context.Context, b buyer.ID) (Cart, error)
	// AddLine adds to the quantity of a line in one transaction. ErrFrozen, ErrCartFull, or errkind.Invalid above MaxQuantity.
	AddLine(ctx context.Context, b buyer.ID, item catalog.ItemID, quantity decimal.Decimal) (Cart, error)
	// AddLines adds to the quantities of lines, all of them or none. ErrFrozen, ErrCartFull, or errkind.Invalid above MaxQuantity.
	AddLines(ctx context.Context, b buyer.ID, lines []NewLine) (Cart, error)
	// SetLine sets the quantity of a line; zero removes it. ErrFrozen.
	SetLine(ctx context.Context, b buyer.ID, item catalog.ItemID, quantity decimal.Decimal) (Cart, error)
	// SetCartNote keeps the note that goes with the order. ErrFrozen.
	SetCartNote(ctx context.Context, b buyer.ID, note string) (Cart, error)
}

// SubmissionStore keeps submissions and their append-only history.
type SubmissionStore interface {
	// Prepare writes a PREPARED submission and freezes its cart in one durable transaction.
	// ErrCartChanged if (Cart, CartVersion) is not current, ErrOpenSubmission if another is open.
	Prepare(ctx context.Context, s Submission) error
	// Move changes a submission found in state and epoch, raises the epoch, and appends to the history, durably. change sets
	// the new state and fields. In the same transaction CONFIRMED ends the cart's generation; NOT_SENT, REJECTED
	// and PROBABLY_NOT_CREATED return the cart as a new version. ErrMoved if state or epoch are no longer so. CONFIRMED with a
	// Rest ends the generation and begins the next with the rest.
	Move(ctx context.Context, id SubmissionID, state State, epoch int64, change func(*Submission)) (Submission, error)
	// Touch stores the fields that reading changes (ReadsOK, LastReadAt, NextReadAt, NoteSent, NoteError) without a move.
	// ErrMoved if s has moved since it was read.
	Touch(ctx context.Context, s Submission) error
	// Submission returns a buyer's own submission. ErrNoSubmission.
	Submission(ctx context.Context, b buyer.ID, id SubmissionID) (Submission, error)
	// OpenSubmission returns the buyer's open submission, if any.
	OpenSubmission(ctx context.Context, b buyer.ID) (Submission, bool, error)
	// Unsettled lists the buyer's submissions that are open, and those of which an order turned up late or still may that were
	// sent after a moment; newest first.
	Unsettled(ctx context.Context, b buyer.ID, sentAfter time.Time) ([]Submission, error)
	// Children lists the buyer's submissions that repeat one of his, oldest first.
	Children(ctx context.Context, b buyer.ID, parent SubmissionID) ([]Submission, error)
	// Explained lists the orders that the buyer's submissions have become.
	Explained(ctx context.Context, b buyer.ID) ([]ID, error)
	// Unfinished lists every buyer's submissions in PREPARED, BASELINED, SENDING and UNKNOWN, and those on the late watch that
	// were sent after a moment; for recovery only.
	Unfinished(ctx context.Context, sentAfter time.Time) ([]Submission, error)
	// History returns the moves of a buyer's submission, oldest first.
	History(ctx context.Context, b buyer.ID, id SubmissionID) ([]Step, error)
}

// Step is one move of a submission.
type Step struct {
	State State
	At    time.Time
}

// OrderStore keeps each buyer's own copies of his orders.
type OrderStore interface {
	// SaveOrders merges what GetOrders answered (without lines) into the copies and records observed changes of status.
	SaveOrders(ctx context.Context, b buyer.ID, orders []Order) error
	// SaveOrder merges one order; its lines replace the copy's where LinesReadAt is set.
	SaveOrder(ctx context.Context, b buyer.ID, o Order) error
	// Orders lists copies newest first, without lines, and the number of all that match.
	Orders(ctx context.Context, b buyer.ID, f Filter) (orders []Order, total int, err error)
	// Order returns a copy with its lines. ErrNoOrder.
	Order(ctx context.Context, b buyer.ID, id ID) (Order, error)
	// OrdersReadAt tells when GetOrders was last copied whole; zero if never.
	OrdersReadAt(ctx context.Context, b buyer.ID) (time.Time, error)
	// LinesDue lists the newest orders whose lines were never read, and those that can still change by themselves and whose
	// lines were last read before openBefore; at most n.
	LinesDue(ctx context.Context, b buyer.ID, openBefore time.Time, n int) ([]ID, error)
	// LinesReach tells from which moment on the lines of all orders are known; zero for all there are, and known is false while
	// those of the newest are not.
	LinesReach(ctx context.Context, b buyer.ID) (since time.Time, known bool, err error)
	// Timeline returns the observed statuses of an order, oldest first.
	Timeline(ctx context.Context, b buyer.ID, id ID) ([]Observation, error)
	// AddNote appends to the history of notes written here.
	AddNote(ctx context.Context, b buyer.ID, n NoteRecord) error
	// Notes returns the notes written here for an order, newest first.
	Notes(ctx context.Context, b buyer.ID, id ID) ([]NoteRecord, error)
}

// Filter selects orders. Zero fields select everything.
type Filter struct {
	Statuses      []Status
	From, To      time.Time // of CreatedAt: From inclusive, To exclusive
	Text          string    // in number, invoices, note, wishes, article or name of a line; case-insensitive
	Item          catalog.ItemID
	Documents     DocumentKind // orders that have such a document; empty: any order
	Number        string       // in the number of the order or of an invoice; case-insensitive
	WithoutNote   bool         // at the distributor: what is kept here alone is none
	Limit, Offset int          // Limit 0: no limit
}

// DocumentKind says which documents are asked for.
type DocumentKind string

// The kinds of documents.
const (
	AnyDocument      DocumentKind = "any"
	PaymentDocument  DocumentKind = "payment"  // счёт на оплату
	InvoiceDocument  DocumentKind = "torg12"   // ТОРГ-12
	TransferDocument DocumentKind = "transfer" // УПД or УКД
)

// DocumentKinds lists what documents can be asked for.
var DocumentKinds = [...]DocumentKind{AnyDocument, PaymentDocument, InvoiceDocument, TransferDocument}

// Observation is a status seen at a moment for the first time. It came about after Before, when the order was last read with
// another status; zero where it was not read before.
type Observation struct {
	Status     Status
	At, Before time.Time
}

// NoteRecord is a note written here.
type NoteRecord struct {
	Order ID
	Text  string
	At    time.Time
	// Sent is true when the service took it; otherwise it is kept here and only this buyer sees it.
	Sent bool
	// Error is the service's text where it refused.
	Error string
}
