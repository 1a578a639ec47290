package views

import (
	"context"

	"storefront/internal/buyer"
	"storefront/internal/i18n"
	"storefront/internal/order"
	"storefront/views/ui"
)

// NoteForm is what the note's form was used for last.
type NoteForm struct {
	Open    bool               // the form is shown
	Text    string             // as typed, kept while it is not the order's note
	Filled  bool               // Text is not posted yet: a text of the buyer's list was put into it
	Seen    order.NoteMark     // of the note that was shown when Text was begun
	Outcome *order.NoteOutcome // what became of it
	Problem *Problem           // why nothing was tried
}

// OrderNote is the region of the manager's note.
type OrderNote struct {
	Order, OrderURL string
	Action          string // where the form is posted, and where the region is read
	EditURL         string // the region with its form open
	Text            string // the order's note
	Draft           string // what the form holds
	Seen            string // the mark of the note that the draft is begun on
	Texts           NoteTexts
	Editing         bool
	// Private means that a note is kept here and only this buyer sees it: his account may not edit orders.
	Private bool
	History []NoteEntry
	Outcome string // what became of the note written last
	Tone    ui.Tone
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
		Text: s.Order.Note, Draft: s.Order.Note, Editing: s.NoteForm.Open, Private: s.Right == buyer.RightNone, Problem: s.NoteForm.Problem,
		Texts: NoteTexts{Texts: s.NoteTexts},
	}
	for _, n := range s.Notes {
		note.History = append(note.History, NoteEntry{Text: n.Text, At: dateAndHour(ctx, n.At, s.Now), Sent: n.Sent, Outcome: noteOutcome(ctx, n)})
	}
	if note.Private {
		note.Draft = ""
	}
	note.show(ctx, s.NoteForm)
	if note.Seen == "" {
		note.Seen = string(order.MarkNote(note.Text))
	}
	return note
}

// show tells what became of the note written last. Text that the order does not have stays in the form, begun on the note that is shown
// with its outcome; where nothing was tried, on the one it was begun on.
func (n *OrderNote) show(ctx context.Context, form NoteForm) {
	switch {
	case form.Problem != nil || form.Filled:
		n.Editing, n.Draft, n.Seen = true, form.Text, string(form.Seen)
		return
	case form.Outcome == nil:
		return
	}
	n.Text = form.Outcome.Shows
	n.Outcome, n.Tone = noteOutcomeWords(ctx, *form.Outcome)
	switch form.Outcome.State {
	case order.NoteDiffers, order.NoteChanged, order.NoteUnclear, order.NoteRefused:
		n.Editing, n.Draft = true, form.Text
	}
}

func noteOutcomeWords(ctx context.Context, o order.NoteOutcome) (string, ui.Tone) {
	switch o.State {
	case order.NoteSent:
		return i18n.T(ctx, "order.note.is_sent") + remark(ctx, o), ui.Success
	case order.NoteDiffers:
		return i18n.T(ctx, "order.note.is_different") + remark(ctx, o), ui.Warning
	case order.NoteKept:
		return i18n.T(ctx, "order.note.is_kept"), ui.Success
	case order.NoteChanged:
		return i18n.T(ctx, "order.note.is_changed"), ui.Warning
	case order.NoteUnclear:
		return i18n.T(ctx, "order.note.is_unclear"), ui.Warning
	}
	if o.Error == "" {
		return i18n.T(ctx, "order.note.is_refused"), ui.Danger
	}
	return i18n.T(ctx, "order.note.is_refused_because", "Reason", quoted(ctx, o.Error)), ui.Danger
}

// remark is what the service said to a note it took.
func remark(ctx context.Context, o order.NoteOutcome) string {
	if o.Error == "" {
		return ""
	}
	return " " + i18n.T(ctx, "order.note.remark", "Remark", quoted(ctx, o.Error))
}

func noteOutcome(ctx context.Context, n order.NoteRecord) string {
	switch {
	case n.Sent && n.Error != "":
		return i18n.T(ctx, "order.note.sent_with", "Remark", quoted(ctx, n.Error))
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
	return i18n.T(ctx, "order.note.hint", "Limit", order.MaxNote)
}
