package order

import (
	"time"

	"github.com/shopspring/decimal"

	"storefront/internal/buyer"
	"storefront/internal/catalog"
)

// SubmissionID is 128 bits in text, made of the generation of the cart: every tab and every repeated press names the same.
type SubmissionID string

// State is where a submission stands.
//
//	cart --Place--> PREPARED --GetOrders ok--> BASELINED --durable--> SENDING --id--> CONFIRMED
//	                   |                           |                     |--provably not executed--> NOT_SENT | REJECTED
//	                   |--GetOrders fails,         |                     |--fence closed-----------> NOT_SENT
//	                   |  the same lines there     |                     +--anything else----------> UNKNOWN
//	                   |  already--> NOT_SENT      +--stopped--> NOT_SENT
//
//	UNKNOWN --one exact new order, or a late answer--> CONFIRMED
//	UNKNOWN --several or similar--> NEEDS_BUYER --«it is this one», or a late answer--> CONFIRMED
//	                                            --«none of these»--> UNKNOWN, which looks at them no more
//	UNKNOWN --refused, and none in one complete read--> REJECTED
//	UNKNOWN --none for long enough--> PROBABLY_NOT_CREATED --closed by the buyer--> CLOSED
//	PROBABLY_NOT_CREATED | CLOSED --a match or an answer within the late watch--> LATE_FOUND
//
// Sending again makes a submission of its own with this one as its parent, which stays on the late watch. Every move is a
// compare-and-set on (state, epoch) in storage and leaves a row in an append-only history. The model in model_test.go walks
// all of this; the table at Next is checked against it.
type State string

const (
	Prepared           State = "PREPARED"
	Baselined          State = "BASELINED"
	Sending            State = "SENDING"
	Confirmed          State = "CONFIRMED"
	NotSent            State = "NOT_SENT"
	Rejected           State = "REJECTED"
	Uncertain          State = "UNKNOWN"
	NeedsBuyer         State = "NEEDS_BUYER"
	ProbablyNotCreated State = "PROBABLY_NOT_CREATED"
	Closed             State = "CLOSED"
	LateFound          State = "LATE_FOUND"
)

// Open tells whether the submission holds its cart: at most one of a buyer's submissions is open.
func (s State) Open() bool {
	switch s {
	case Prepared, Baselined, Sending, Uncertain, NeedsBuyer:
		return true
	}
	return false
}

// Watched tells whether an order of the submission may still turn up, though nothing is waited for: the late watch.
func (s State) Watched() bool { return s == ProbablyNotCreated || s == Closed }

// Evidence says how we know that an order exists.
type Evidence string

const (
	EvidenceAnswer Evidence = "answer" // the service answered with the number
	EvidenceList   Evidence = "list"   // new since the baseline, with the same lines
	EvidenceBuyer  Evidence = "buyer"  // the buyer chose it among several
)

// Submission is one attempt to turn a cart into an order. It is written down before anything is sent.
type Submission struct {
	ID          SubmissionID
	Buyer       buyer.ID
	Cart        CartID
	CartVersion int64
	Lines       []SubmissionLine
	Note        string
	State       State
	Epoch       int64

	// Parent is the earlier submission of the same cart that stayed without an answer: this one was sent again knowing that.
	Parent SubmissionID
	// Allowed are orders with the same lines that the buyer knew of when he sent this one.
	Allowed []ID
	// Twin is an order with the same lines that he did not know of: nothing was sent.
	Twin ID
	// Dismissed are orders that are not this one: by the buyer's word, or known before though the baseline lacked them.
	Dismissed []ID
	// Rest is what stays in the cart when this part of it has become an order.
	Rest []NewLine

	Baseline   []ID      // order numbers in GetOrders just before sending
	BaselineAt time.Time // zero before BASELINED
	SentAt     time.Time // zero before SENDING
	// Answered means that the service itself answered, so nothing is still under way there.
	Answered   bool
	OrderID    ID
	Evidence   Evidence
	FaultKind  string // errkind of the refusal or failure
	FaultText  string // the service's own words, where they may be shown
	ReadsOK    int
	LastReadAt time.Time
	NextReadAt time.Time
	NoteSent   bool // SetOrderNote took the note
	NoteError  string

	// Sealed is the buyer's credentials for finishing the submission without him; wiped when it is settled.
	Sealed []byte

	CreatedAt, ChangedAt time.Time
}

// SubmissionLine is what was agreed to: quantity and the price seen at that moment.
type SubmissionLine struct {
	ItemID   catalog.ItemID
	Name     string
	Quantity decimal.Decimal
	Price    decimal.Decimal // conventional units, a piece
}

// SendClass says what is certain about an order operation that did not answer with a result.
type SendClass string

const (
	ClassNotSent    SendClass = "not-sent"   // no byte reached the service
	ClassRefused    SendClass = "refused"    // refused before execution
	ClassAnswered   SendClass = "answered"   // the service answered, unclear what it did
	ClassUnanswered SendClass = "unanswered" // it may still be executing
)

// SendError is returned by the distributor's writing operations.
type SendError struct {
	Class SendClass
	Err   error
}

func (e *SendError) Error() string { return string(e.Class) + ": " + e.Err.Error() }
func (e *SendError) Unwrap() error { return e.Err }
