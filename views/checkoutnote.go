package views

import (
	"context"

	"github.com/a-h/templ"

	"storefront/internal/buyer"
	"storefront/internal/i18n"
)

// CheckoutNote is the note that goes with an order, while it is written.
type CheckoutNote struct {
	Text, Hint string
	Texts      NoteTexts
	Filled     bool // a text of the buyer's list was just put into it
}

// NewCheckoutNote makes the field of the note at checkout.
func NewCheckoutNote(ctx context.Context, s CheckoutSource) CheckoutNote {
	note := CheckoutNote{Text: s.Note, Filled: s.NoteFilled, Hint: i18n.T(ctx, "checkout.note.private"), Texts: NoteTexts{
		Texts: s.NoteTexts,
		Attrs: templ.Attributes{
			"formaction": CheckoutNoteURL, "hx-post": CheckoutNoteURL, "hx-target": "#checkout-note-part", "hx-swap": "outerHTML",
		},
	}}
	if s.Right != buyer.RightNone {
		note.Hint = i18n.T(ctx, "checkout.note.sent")
	}
	return note
}

func (n CheckoutNote) attributes() templ.Attributes {
	attrs := noteAttributes()
	if n.Filled { // to go on writing
		attrs["autofocus"] = true
	}
	return attrs
}
