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
	// EditingNote opens the note's form; a refused note stays in it as NoteDraft.
	EditingNote bool
	NoteDraft   string
	NoteProblem *Problem
	// Draft is what was typed into the form that adds a line, kept when it was refused.
	Draft       LineDraft
	LineProblem *Problem
	LineOutcome *LineOutcome
	// Refreshing is true while the order is being read again.
	Refreshing bool
	Now        time.Time
}

// LineDraft is a line as typed.
type LineDraft struct{ ItemID, Quantity string }

// LineOutcome is what became of a change to the order's lines.
type LineOutcome struct {
	ItemID string
	// Asked is the quantity that the line should have now; Found is what the order says, nil where it could not be read.
	Asked decimal.Decimal
	Found *decimal.Decimal
	// Reserved is what the service reserved of it.
	Reserved *decimal.Decimal
	// Unconfirmed means that the service's answer was lost and the order has not shown the change: it may still come.
	Unconfirmed bool
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
}

// TimelineStep is a status seen at a moment. What happened between two of them is not known.
type TimelineStep struct {
	Status StatusBadge
	At     Moment
	Last   bool
}

// OrderEdit tells what may be done with the lines.
type OrderEdit struct {
	Allowed bool
	Reason  string // why not, when it is not
	Action  string // where a new line is posted
	Draft   LineDraft
	Problem *Problem
	Outcome string // what the last change led to
	Tone    ui.Tone
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
	if page.LinesLoading || s.Refreshing {
		page.Poll = "3s"
	}
	for _, l := range o.Lines {
		page.Lines = append(page.Lines, newOrderLine(ctx, o, l))
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
	edit := OrderEdit{Action: OrderLinesURL(s.Order.ID), Draft: s.Draft, Problem: s.LineProblem}
	switch {
	case s.Right == buyer.RightNone:
		edit.Reason = i18n.T(ctx, "order.edit.no_right")
	case !s.Order.Editable():
		edit.Reason = i18n.T(ctx, "order.edit.closed", "Status", i18n.T(ctx, "order.status."+s.Order.Status.Code()))
	default:
		edit.Allowed = true
	}
	if s.LineOutcome != nil {
		edit.Outcome, edit.Tone = lineOutcomeWords(ctx, *s.LineOutcome)
	}
	return edit
}

// lineOutcomeWords says what the order shows after a change, and never that something happened which it does not show.
func lineOutcomeWords(ctx context.Context, o LineOutcome) (string, ui.Tone) {
	asked := count(ctx, o.Asked)
	switch {
	case o.Unconfirmed && o.Found == nil:
		return i18n.T(ctx, "order.line.lost", "Item", o.ItemID, "Asked", asked), ui.Warning
	case o.Unconfirmed:
		return i18n.T(ctx, "order.line.unseen", "Item", o.ItemID, "Asked", asked, "Found", count(ctx, *o.Found)), ui.Warning
	case o.Found != nil && !o.Found.Equal(o.Asked):
		return i18n.T(ctx, "order.line.differs", "Item", o.ItemID, "Asked", asked, "Found", count(ctx, *o.Found)), ui.Warning
	case o.Asked.IsZero():
		return i18n.T(ctx, "order.line.removed", "Item", o.ItemID), ui.Success
	case o.Reserved != nil:
		return i18n.T(ctx, "order.line.saved_reserved", "Item", o.ItemID, "Asked", asked, "Reserved", count(ctx, *o.Reserved)), ui.Success
	}
	return i18n.T(ctx, "order.line.saved", "Item", o.ItemID, "Asked", asked), ui.Success
}

// quantity is what the form that adds a line holds: one piece unless something was typed.
func (e OrderEdit) quantity() string {
	if e.Draft.Quantity == "" {
		return "1"
	}
	return e.Draft.Quantity
}
