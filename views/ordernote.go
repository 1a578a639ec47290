package views

import (
	"context"

	"storefront/internal/buyer"
	"storefront/internal/i18n"
	"storefront/internal/order"
	"storefront/views/ui"
)

// NoteLimit is how long a note may be: the service is believed to cut or refuse more.
const NoteLimit = 1000

// OrderNote is the region of the manager's note.
type OrderNote struct {
	Order, OrderURL string
	Action          string // where the form is posted, and where the region is read
	EditURL         string // the region with its form open
	Text            string // the order's note
	Draft           string // what the form holds
	Editing         bool
	// Private means that a note is kept here and only this buyer sees it: his account may not edit orders.
	Private bool
	History []NoteEntry
	Problem *Problem
}

// NoteEntry is a note written here.
type NoteEntry struct {
	Text    string
	At      Moment
	Outcome string // «передано поставщику», «видна только вам», or the service's refusal
	Sent    bool
}

// newOrderNote makes the region of an order's note.
func newOrderNote(ctx context.Context, s OrderSource) OrderNote {
	note := OrderNote{
		Order: string(s.Order.ID), OrderURL: OrderURL(s.Order.ID), Action: OrderNoteURL(s.Order.ID), EditURL: OrderNoteURL(s.Order.ID) + "?edit=1",
		Text: s.Order.Note, Draft: s.Order.Note, Editing: s.EditingNote, Private: s.Right == buyer.RightNone, Problem: s.NoteProblem,
	}
	for _, n := range s.Notes {
		note.History = append(note.History, NoteEntry{Text: n.Text, At: dateAndHour(ctx, n.At, s.Now), Sent: n.Sent, Outcome: noteOutcome(ctx, n)})
	}
	switch {
	case s.NoteProblem != nil:
		note.Editing, note.Draft = true, s.NoteDraft
	case note.Private:
		note.Draft = ""
	}
	return note
}

func noteOutcome(ctx context.Context, n order.NoteRecord) string {
	switch {
	case n.Sent:
		return i18n.T(ctx, "order.note.sent")
	case n.Error != "":
		return i18n.T(ctx, "order.note.refused", "Reason", quoted(ctx, n.Error))
	}
	return i18n.T(ctx, "order.note.private")
}

// tone sets apart what the distributor has from what only this buyer sees.
func (e NoteEntry) tone() ui.Tone {
	if e.Sent {
		return ui.Success
	}
	return ui.Neutral
}

func (n OrderNote) editLabel(ctx context.Context) string {
	if n.Private || n.Text == "" {
		return i18n.T(ctx, "order.note.add")
	}
	return i18n.T(ctx, "order.note.edit")
}

func (n OrderNote) fieldLabel(ctx context.Context) string {
	if n.Private {
		return i18n.T(ctx, "order.note.private_title")
	}
	return i18n.T(ctx, "order.note")
}

func (n OrderNote) hint(ctx context.Context) string {
	if n.Private {
		return i18n.T(ctx, "order.note.private_hint")
	}
	return i18n.T(ctx, "order.note.hint", "Limit", NoteLimit)
}
