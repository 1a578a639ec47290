package views

import (
	"context"
	"strings"
	"time"

	"github.com/shopspring/decimal"

	"storefront/internal/buyer"
	"storefront/internal/catalog"
	"storefront/internal/i18n"
	"storefront/internal/order"
	"storefront/views/ui"
)

// OrderSource is what an order's page is made from.
type OrderSource struct {
	Order    order.Order
	Right    buyer.Right
	Timeline []order.Observation // oldest first
	Notes    []order.NoteRecord  // newest first
	// Items are the descriptions of the lines, in any order; an item may be missing.
	Items    []catalog.Item
	NoteForm NoteForm
	// NoteTexts are the buyer's texts for notes, where a note is being written.
	NoteTexts []order.NoteTemplate
	LineForm  LineForm
	Edits     []order.Edit   // changes of the lines, newest first
	Rescues   []order.Rescue // newest first
	// Arrived tells whether the buyer's branch has got some of what is waited for; nil where that is not known.
	Arrived func(order.Rescue) bool
	Quiet   time.Duration // at most so long a change stays unknown
	// InvoiceXML is true where the distributor gives invoices as XML.
	InvoiceXML bool
	// Refreshing is true while the order is being read again.
	Refreshing bool
	Now        time.Time
}

// LineForm is what the forms that change lines were used for last.
type LineForm struct {
	ItemID, Quantity string   // as typed, kept when the addition was refused
	Problem          *Problem // why there was no change
	Apart            *Apart   // the buyer's word is needed first
}

// Order is an order's page.
type Order struct {
	ID, URL      string
	Created      Moment
	Status       StatusBadge
	Contents     string
	Sum          Amount
	Wishes       OrderWishes
	Currency     string
	Type         string
	ReadAt       Moment
	Lines        []OrderLine
	LinesReadAt  Moment
	LinesLoading bool // the lines have never been read
	Poll         string
	Totals       OrderTotals
	Weight       string // of the lines, as far as known; empty without lines
	Boxes        string
	RepeatURL    string
	Documents    []Document
	Timeline     []TimelineStep
	Note         OrderNote
	Edit         OrderEdit
	Edits        []EditEntry // newest first
	Apart        *Apart
}

// OrderTotals adds up the lines.
type OrderTotals struct {
	Ordered, Reserved, Missing string
	Short                      bool
}

// OrderLine is a position of an order.
type OrderLine struct {
	ItemID, Name, URL          string
	Action                     string // where a new quantity is posted
	Quantity                   string // plain, as in the field
	Ordered, Reserved, Missing string
	Short                      bool
	Price, Sum                 Amount
	Customs                    []string // «10702070/160424/3107898, Китай»
	Rescue                     Rescue
}

// TimelineStep is a status seen at a moment for the first time. Gap says what is not known of when it came about.
type TimelineStep struct {
	Status StatusBadge
	At     Moment
	Gap    string
	Last   bool
}

// OrderEdit tells what may be done with the lines.
type OrderEdit struct {
	Allowed  bool
	Reason   string // why not, when it is not
	Action   string // where a new line is posted
	ItemID   string // what the form that adds a line holds
	Quantity string
	Problem  *Problem
	Outcome  string // what became of the newest change
	Tone     ui.Tone
}

// NewOrder makes an order's page.
func NewOrder(ctx context.Context, s OrderSource) Order {
	o := s.Order
	page := Order{
		ID: string(o.ID), URL: OrderURL(o.ID), Created: dateAndHour(ctx, o.CreatedAt, s.Now), Status: newStatusBadge(ctx, o.Status),
		Contents: contents(ctx, o), Sum: amount(ctx, o.Sum, o.Currency), Wishes: newOrderWishes(ctx, o.Wishes), Currency: string(o.Currency), Type: o.Type,
		ReadAt: clock(ctx, o.ReadAt, s.Now), LinesReadAt: clock(ctx, o.LinesReadAt, s.Now), LinesLoading: o.LinesReadAt.IsZero(),
		Totals: newOrderTotals(ctx, o.Lines), Documents: newDocuments(ctx, o, s.Now),
		Timeline: newTimeline(ctx, s), RepeatURL: RepeatURL(o.ID), Note: newOrderNote(ctx, s), Edit: newOrderEdit(ctx, s),
	}
	page.Edits, page.Apart = newEdits(ctx, s, page.Edit.Allowed), s.LineForm.Apart
	if e, told := newest(s, page.Edits); told && page.Apart == nil && !refusedJustNow(s.LineForm.Problem, e) {
		page.Edit.Outcome, page.Edit.Tone = e.Words, e.Tone
	}
	if page.LinesLoading || s.Refreshing || openEdit(s.Edits) {
		page.Poll = "3s"
	}
	if s.InvoiceXML && o.Invoice.Exists() {
		page.Documents = append(page.Documents, Document{Kind: i18n.T(ctx, "document.invoice_xml"), URL: OrderURL(o.ID) + "/invoice.xml", File: true})
	}
	for _, l := range o.Lines {
		line := newOrderLine(ctx, o, l)
		line.Rescue = newRescue(ctx, s, l)
		page.Lines = append(page.Lines, line)
	}
	page.Weight, page.Boxes = load(ctx, o.Lines, s.Items)
	return page
}

// load says what the lines of an order weigh and how many packages they take, and how many lines are left out of that.
func load(ctx context.Context, lines []order.Line, described []catalog.Item) (weight, boxes string) {
	if len(lines) == 0 {
		return "", ""
	}
	items, totals := itemsByID(described), cartTotals{}
	for _, l := range lines {
		totals.add(l.Quantity.Abs(), items[l.ItemID], catalog.Offer{}, false, time.Time{})
	}
	weight, boxes = i18n.T(ctx, "order.weight.unknown"), i18n.T(ctx, "order.boxes.unknown")
	if totals.weighed > 0 {
		weight = i18n.T(ctx, "item.kilograms", "Count", count(ctx, totals.weight.Round(1)))
		if left := totals.lines - totals.weighed; left > 0 {
			weight += " " + i18n.N(ctx, "order.weight.without", left)
		}
	}
	if totals.packed > 0 {
		boxes = totals.packing(ctx)
		if left := totals.lines - totals.packed; left > 0 {
			boxes += " " + i18n.N(ctx, "order.boxes.without", left)
		}
	}
	return weight, boxes
}

func newOrderLine(ctx context.Context, o order.Order, l order.Line) OrderLine {
	line := OrderLine{
		ItemID: string(l.ItemID), Name: l.Name, URL: ItemURL(l.ItemID), Action: OrderLineURL(o.ID, l.ItemID),
		Quantity: l.Quantity.String(), Ordered: count(ctx, l.Quantity), Reserved: count(ctx, l.Reserved), Missing: count(ctx, l.Missing()),
		Short: l.Missing().IsPositive(), Price: amount(ctx, l.UnitPrice, o.Currency), Sum: amount(ctx, l.TotalPrice, o.Currency),
	}
	for _, c := range l.Customs {
		line.Customs = append(line.Customs, strings.Trim(c.Number+", "+c.Country, ", "))
	}
	return line
}

func newOrderTotals(ctx context.Context, lines []order.Line) OrderTotals {
	var ordered, reserved, missing decimal.Decimal
	for _, l := range lines {
		ordered, reserved, missing = ordered.Add(l.Quantity), reserved.Add(l.Reserved), missing.Add(l.Missing())
	}
	return OrderTotals{Ordered: count(ctx, ordered), Reserved: count(ctx, reserved), Missing: count(ctx, missing), Short: missing.IsPositive()}
}

func newTimeline(ctx context.Context, s OrderSource) []TimelineStep {
	steps := make([]TimelineStep, 0, len(s.Timeline))
	for i, o := range s.Timeline {
		step := TimelineStep{Status: newStatusBadge(ctx, o.Status), At: dateAndHour(ctx, o.At, s.Now), Last: i == len(s.Timeline)-1}
		before := o.Before
		if i == 0 {
			before = s.Order.CreatedAt
		}
		step.Gap = gap(ctx, before, o.At, i == 0, s.Now)
		steps = append(steps, step)
	}
	return steps
}

// gap says between which moments a status came about; nothing where they are one to the minute.
func gap(ctx context.Context, before, at time.Time, first bool, now time.Time) string {
	at = at.In(now.Location())
	from, to := dateAndHour(ctx, before, now).Text, dateAndHour(ctx, at, now).Text
	switch {
	case before.IsZero():
		return i18n.T(ctx, "order.timeline.unknown")
	case from == to || before.After(at):
		return ""
	case sameDay(before.In(now.Location()), at):
		from, to = clock(ctx, before, at).Text, clock(ctx, at, at).Text
	}
	if first {
		return i18n.T(ctx, "order.timeline.first", "From", from)
	}
	return i18n.T(ctx, "order.timeline.between", "From", from, "To", to)
}

func newOrderEdit(ctx context.Context, s OrderSource) OrderEdit {
	edit := OrderEdit{Action: OrderLinesURL(s.Order.ID), Quantity: "1", Problem: s.LineForm.Problem}
	if s.LineForm.ItemID != "" {
		edit.ItemID, edit.Quantity = s.LineForm.ItemID, s.LineForm.Quantity
	}
	switch {
	case s.Right == buyer.RightNone:
		edit.Reason = i18n.T(ctx, "order.no_right")
	case !s.Order.Editable():
		edit.Reason = i18n.T(ctx, "order.edit.closed", "Status", i18n.T(ctx, "order.status."+s.Order.Status.Code()))
	case openEdit(s.Edits):
		edit.Reason = i18n.T(ctx, "edit.busy", "Minutes", int(s.Quiet.Round(time.Minute)/time.Minute))
	default:
		edit.Allowed = true
	}
	return edit
}
