package views

import (
	"context"
	"time"

	"github.com/shopspring/decimal"

	"storefront/internal/buyer"
	"storefront/internal/catalog"
	"storefront/internal/i18n"
	"storefront/internal/money"
	"storefront/internal/order"
	"storefront/views/ui"
)

// SubmissionSource is what a submission's page is made from.
type SubmissionSource struct {
	Submission order.Submission
	// Order is the order it became, where it is known here already.
	Order *order.Order
	// Candidates are the orders it may have become (NEEDS_BUYER).
	Candidates []order.Order
	// Answered is the number that the service answered with and that could not be written down yet; empty otherwise.
	Answered order.ID
	// Parent is the submission that this one repeats, Child the latest that repeats this one; nil if none.
	Parent, Child *order.Submission
	History       []order.Step
	Right         buyer.Right
	Now           time.Time
}

// repeat is the order that the repeated submission became, where it did.
func (s SubmissionSource) repeat() order.ID {
	if s.Child == nil {
		return ""
	}
	return s.Child.OrderID
}

// Submission is the page that follows one attempt to order, in words that never claim more than is known.
type Submission struct {
	ID    string
	URL   string
	State string // order.State, as data-state
	Tone  ui.Tone
	Title string
	Words []Span
	// Poll is the pause before the page asks again («2s»); empty once nothing can change by itself.
	Poll        string
	OrderURL    string
	OrderNumber string
	Lines       []SubmissionLine
	// Reserved is false while the order's lines have not been read: only what was asked for is shown.
	Reserved bool
	// Reservation says whether all that was ordered is reserved; empty before there is an order.
	Reservation string
	Candidates  []Candidate
	SettleURL   string // takes the buyer's word on which order it became
	Note        string
	NoteWords   string // what became of the note; empty without one
	CartBack    bool   // the cart is the buyer's again
	MayRepeat   bool   // sending again is a risk the buyer may take
	GiveUpURL   string // takes the buyer's word that he does not wait any more; empty where there is nothing to wait for
	Twin        *Link  // an order with the same lines, for the sake of which nothing was sent
	Rest        string // what stayed in the cart; empty if nothing did
	Seen        string // the candidates, for the form that says it is none of them
	Relatives   []Relative
	// Empty are orders of which one may be too many, and where each can be emptied; only with the right to.
	Empty []Emptying
	Steps []SubmissionStep
}

// Relative is the submission that this one repeats, or that repeats it.
type Relative struct {
	Words string
	Link
}

// Emptying is an order that can be emptied, in words.
type Emptying struct{ Words, Confirm, Button, Number, URL string }

// SubmissionLine is what was asked for and what the order holds.
type SubmissionLine struct {
	ItemID, Name, URL          string
	Ordered, Reserved, Missing string
	Short                      bool
	Price                      Amount // agreed to, a piece
	RescueURL                  string // what can be done about what is missing; empty before the order is read, and without any
}

// Candidate is an order that may be the one, beside what was sent.
type Candidate struct {
	Number, URL string
	Created     Moment
	Status      StatusBadge
	Differences []string // empty: exactly the same lines
}

// SubmissionStep is a move in the submission's history.
type SubmissionStep struct {
	Text string
	At   Moment
}

// NewSubmission makes a submission's page.
func NewSubmission(ctx context.Context, s SubmissionSource) Submission {
	sub := s.Submission
	page := Submission{
		ID: string(sub.ID), URL: SubmissionURL(sub.ID), SettleURL: SettleURL(sub.ID), State: string(sub.State), Tone: submissionTone(s),
		Title: submissionTitle(ctx, s), Words: spans(submissionWords(ctx, s)),
		Lines: newSubmissionLines(ctx, sub, s.Order), Note: sub.Note,
		CartBack:  sub.State == order.NotSent || sub.State == order.Rejected,
		MayRepeat: sub.State == order.ProbablyNotCreated,
	}
	page.Reserved = s.Order != nil && !s.Order.LinesReadAt.IsZero()
	page.Poll = pollAfter(s, page.Reserved)
	if sub.OrderID != "" {
		page.OrderNumber, page.OrderURL = string(sub.OrderID), OrderURL(sub.OrderID)
	}
	page.Reservation = reservation(ctx, sub, s.Order)
	if sub.Note != "" {
		page.NoteWords = noteWords(ctx, sub)
	}
	page.addChoices(ctx, s)
	page.addRelatives(ctx, s)
	page.addEmptying(ctx, s)
	for _, step := range s.History {
		page.Steps = append(page.Steps, SubmissionStep{Text: i18n.T(ctx, "submission.step."+string(step.State)), At: seconds(step.At, s.Now)})
	}
	return page
}

// addChoices adds what the buyer may say or do about it.
func (p *Submission) addChoices(ctx context.Context, s SubmissionSource) {
	sub := s.Submission
	if sub.State == order.ProbablyNotCreated {
		p.GiveUpURL = GiveUpURL(sub.ID)
	}
	if sub.Twin != "" {
		p.Twin = &Link{i18n.T(ctx, "submission.to_twin", "Number", string(sub.Twin)), OrderURL(sub.Twin)}
	}
	if sub.OrderID != "" && len(sub.Rest) > 0 {
		p.Rest = i18n.N(ctx, "submission.rest", len(sub.Rest))
	}
	seen := make([]order.ID, 0, len(s.Candidates))
	for _, c := range s.Candidates {
		p.Candidates = append(p.Candidates, newCandidate(ctx, sub, c, s.Now))
		seen = append(seen, c.ID)
	}
	p.Seen = JoinOrders(seen)
}

// addEmptying offers to empty either order, where there are two.
func (p *Submission) addEmptying(ctx context.Context, s SubmissionSource) {
	if s.Submission.State != order.LateFound || s.repeat() == "" || s.Right != buyer.RightEdit {
		return
	}
	for _, id := range []order.ID{s.Submission.OrderID, s.repeat()} {
		say := func(key string) string { return i18n.T(ctx, key, "Number", string(id)) }
		p.Empty = append(p.Empty, Emptying{
			say("submission.empty"), say("submission.empty.confirm"), say("submission.empty.button"), string(id), OrderEmptyURL(id),
		})
	}
}

func (p *Submission) addRelatives(ctx context.Context, s SubmissionSource) {
	if s.Parent != nil {
		p.Relatives = append(p.Relatives, Relative{
			i18n.T(ctx, "submission.parent", "At", clock(ctx, s.Parent.CreatedAt, s.Now).Text),
			Link{i18n.T(ctx, "submission.parent.link"), SubmissionURL(s.Parent.ID)},
		})
	}
	if s.Child != nil {
		p.Relatives = append(p.Relatives, Relative{
			i18n.T(ctx, "submission.child"), Link{i18n.T(ctx, "submission.child.link"), SubmissionURL(s.Child.ID)},
		})
	}
}

func submissionTone(source SubmissionSource) ui.Tone {
	s := source.Submission
	if source.Answered != "" {
		return ui.Success
	}
	switch s.State {
	case order.Confirmed:
		return ui.Success
	case order.Rejected, order.LateFound:
		return ui.Danger
	case order.NotSent, order.Uncertain, order.NeedsBuyer, order.ProbablyNotCreated:
		return ui.Warning
	}
	return ui.Info
}

const (
	watchClosely = time.Minute      // while answers usually come
	lineGrace    = 2 * time.Minute  // how long the page waits for a confirmed order's lines
	watchEasily  = 10 * time.Minute // after that only patience helps
)

// pollAfter is how long the page waits before it asks again: 2 seconds, slowing; never after a settled state.
func pollAfter(source SubmissionSource, reserved bool) string {
	s, now := source.Submission, source.Now
	age := now.Sub(s.CreatedAt)
	switch {
	case s.State.Watched() && now.Sub(s.SentAt) < order.LateWatch:
		return "60s"
	case s.State == order.Confirmed && !reserved && now.Sub(s.ChangedAt) < lineGrace:
		return "3s"
	case !s.State.Open() || s.State == order.NeedsBuyer:
		return ""
	case age < watchClosely:
		return "2s"
	case age < watchEasily:
		return "5s"
	}
	return "15s"
}

func newSubmissionLines(ctx context.Context, s order.Submission, o *order.Order) []SubmissionLine {
	reserved := map[catalog.ItemID]decimal.Decimal{}
	if o != nil {
		for _, l := range o.Lines {
			reserved[l.ItemID] = reserved[l.ItemID].Add(l.Reserved)
		}
	}
	lines := make([]SubmissionLine, 0, len(s.Lines))
	for _, l := range s.Lines {
		missing := decimal.Max(l.Quantity.Sub(reserved[l.ItemID]), decimal.Zero)
		rescue := ""
		if o != nil && o.Missing(l.ItemID).IsPositive() {
			rescue = RescueURL(o.ID, l.ItemID)
		}
		lines = append(lines, SubmissionLine{
			RescueURL: rescue,
			ItemID:    string(l.ItemID), Name: l.Name, URL: ItemURL(l.ItemID), Ordered: count(ctx, l.Quantity),
			Reserved: count(ctx, reserved[l.ItemID]), Missing: count(ctx, missing), Short: missing.IsPositive(),
			Price: amount(ctx, l.Price, money.Units(ctx)),
		})
	}
	return lines
}

// reservation says whether all that was ordered is reserved, once the order's lines have been read.
func reservation(ctx context.Context, s order.Submission, o *order.Order) string {
	switch {
	case s.State != order.Confirmed:
		return ""
	case o == nil || o.LinesReadAt.IsZero():
		return i18n.T(ctx, "submission.lines.pending")
	}
	missing := decimal.Zero
	for _, l := range o.Lines {
		missing = missing.Add(l.Missing())
	}
	if missing.IsZero() {
		return i18n.T(ctx, "submission.all_reserved")
	}
	return i18n.N(ctx, "submission.missing_total", int(missing.IntPart()))
}

func newCandidate(ctx context.Context, s order.Submission, o order.Order, now time.Time) Candidate {
	return Candidate{
		Number: string(o.ID), URL: OrderURL(o.ID), Created: dateAndHour(ctx, o.CreatedAt, now),
		Status: newStatusBadge(ctx, o.Status), Differences: differences(ctx, s.Lines, o.Lines),
	}
}

// differences says item by item where an order departs from what was sent: ordered quantities, both sides added up.
func differences(ctx context.Context, sent []order.SubmissionLine, found []order.Line) []string {
	want, have := map[catalog.ItemID]decimal.Decimal{}, map[catalog.ItemID]decimal.Decimal{}
	var ids []catalog.ItemID
	note := func(id catalog.ItemID) {
		if _, ok := want[id]; !ok {
			want[id], have[id] = decimal.Zero, decimal.Zero
			ids = append(ids, id)
		}
	}
	for _, l := range sent {
		note(l.ItemID)
		want[l.ItemID] = want[l.ItemID].Add(l.Quantity)
	}
	for _, l := range found {
		note(l.ItemID)
		have[l.ItemID] = have[l.ItemID].Add(l.Quantity)
	}
	var out []string
	for _, id := range ids {
		if !want[id].Equal(have[id]) {
			out = append(out, i18n.T(ctx, "submission.difference", "Item", string(id), "Sent", count(ctx, want[id]), "Found", count(ctx, have[id])))
		}
	}
	return out
}

// icon is the sign beside the words.
func (p Submission) icon() string {
	switch p.Tone {
	case ui.Success:
		return "check"
	case ui.Warning, ui.Danger:
		return "alert"
	}
	return "clock"
}
