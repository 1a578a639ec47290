package views

import (
	"context"
	"strings"
	"time"

	"github.com/shopspring/decimal"

	"storefront/internal/buyer"
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
	NoteForm NoteForm
	LineForm LineForm
	Edits    []order.Edit   // changes of the lines, newest first
	Rescues  []order.Rescue // newest first
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
	Currency     string
	Type         string
	ReadAt       Moment
	Lines        []OrderLine
	LinesReadAt  Moment
	LinesLoading bool // the lines have never been read
	Poll         string
	Totals       OrderTotals
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

// TimelineStep is a status seen at a moment. What happened between two of them is not known.
type TimelineStep struct {
	Status StatusBadge
	At     Moment
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
		Contents: contents(ctx, o), Sum: amount(ctx, o.Sum, o.Currency), Currency: string(o.Currency), Type: o.Type,
		ReadAt: clock(ctx, o.ReadAt, s.Now), LinesReadAt: clock(ctx, o.LinesReadAt, s.Now), LinesLoading: o.LinesReadAt.IsZero(),
		Totals: newOrderTotals(ctx, o.Lines), Documents: newDocuments(ctx, o, s.Now),
		Timeline: newTimeline(ctx, s.Timeline, s.Now), Note: newOrderNote(ctx, s), Edit: newOrderEdit(ctx, s),
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
	return page
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

func newTimeline(ctx context.Context, seen []order.Observation, now time.Time) []TimelineStep {
	steps := make([]TimelineStep, 0, len(seen))
	for i, o := range seen {
		steps = append(steps, TimelineStep{Status: newStatusBadge(ctx, o.Status), At: dateAndHour(ctx, o.At, now), Last: i == len(seen)-1})
	}
	return steps
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
		edit.Reason = i18n.T(ctx, "edit.busy", "Minutes", minutes(s.Quiet))
	default:
		edit.Allowed = true
	}
	return edit
}
