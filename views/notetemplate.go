package views

import (
	"context"

	"github.com/a-h/templ"

	"storefront/internal/i18n"
	"storefront/internal/order"
)

// NoteTemplatesSource is what the page of a buyer's texts is made from.
type NoteTemplatesSource struct {
	Texts   []order.NoteTemplate // as they were added
	Typed   string               // a text that was refused
	Problem *Problem
}

// NoteTemplates is the page of a buyer's texts for notes.
type NoteTemplates struct {
	Texts   []order.NoteTemplate
	Count   string // «3 из 30»
	Full    bool   // another is not taken
	Typed   string
	Problem *Problem
}

// NewNoteTemplates makes the page of a buyer's texts.
func NewNoteTemplates(ctx context.Context, s NoteTemplatesSource) NoteTemplates {
	return NoteTemplates{
		Texts: s.Texts, Typed: s.Typed, Problem: s.Problem, Full: len(s.Texts) >= order.MaxNoteTemplates,
		Count: i18n.T(ctx, "notetemplate.count", "Count", len(s.Texts), "Limit", order.MaxNoteTemplates),
	}
}

// NoteTexts are the texts of a buyer's list beside a note that is being written.
type NoteTexts struct {
	Texts []order.NoteTemplate
	// Attrs make a press put the text into the note; the form's own action does where they say nothing.
	Attrs templ.Attributes
}
