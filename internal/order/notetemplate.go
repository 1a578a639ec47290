package order

import (
	"context"

	"storefront/internal/buyer"
	"storefront/internal/errkind"
)

// MaxNoteTemplates bounds a buyer's list of texts: longer, it would be quicker to type.
const MaxNoteTemplates = 30

var (
	// ErrNoteTemplatesFull: the list has MaxNoteTemplates texts.
	ErrNoteTemplatesFull = errkind.New(errkind.Invalid, "notetemplate.full")
	// ErrNoteTemplateEmpty: there is no text to keep.
	ErrNoteTemplateEmpty = errkind.New(errkind.Invalid, "notetemplate.nothing")
	// ErrNoNoteTemplate: there is none, or it is another buyer's.
	ErrNoNoteTemplate = errkind.New(errkind.NotFound, "notetemplate.missing")
)

// NoteTemplateID names a text of a buyer's list.
type NoteTemplateID string

// NoteTemplate is a text that a buyer writes into notes again and again. It is a note by itself: at most MaxNote characters.
type NoteTemplate struct {
	ID   NoteTemplateID
	Text string
}

// NoteTemplateStore keeps each buyer's own list.
type NoteTemplateStore interface {
	// NoteTemplates lists them as they were added.
	NoteTemplates(ctx context.Context, b buyer.ID) ([]NoteTemplate, error)
	// NoteTemplate returns one. ErrNoNoteTemplate.
	NoteTemplate(ctx context.Context, b buyer.ID, id NoteTemplateID) (NoteTemplate, error)
	// AddNoteTemplate adds a text; one that is there stays where it is. ErrNoteTemplatesFull.
	AddNoteTemplate(ctx context.Context, b buyer.ID, text string) error
	// RemoveNoteTemplate takes one off the list. ErrNoNoteTemplate.
	RemoveNoteTemplate(ctx context.Context, b buyer.ID, id NoteTemplateID) error
}

// NoteTemplates lets a buyer keep texts. They reach the store only after they were found to be notes that can be sent.
type NoteTemplates struct{ Store NoteTemplateStore }

// List returns the buyer's texts as they were added.
func (t NoteTemplates) List(ctx context.Context, b buyer.ID) ([]NoteTemplate, error) {
	return t.Store.NoteTemplates(ctx, b)
}

// Add adds a text. ErrNoteTemplateEmpty, ErrNoteTemplatesFull, ErrNoteTooLong, ErrNoteCharacters.
func (t NoteTemplates) Add(ctx context.Context, b buyer.ID, text string) error {
	text, err := cleanNote(text)
	switch {
	case err != nil:
		return err
	case text == "":
		return ErrNoteTemplateEmpty
	}
	return t.Store.AddNoteTemplate(ctx, b, text)
}

// Remove takes a text off the list. ErrNoNoteTemplate.
func (t NoteTemplates) Remove(ctx context.Context, b buyer.ID, id NoteTemplateID) error {
	return t.Store.RemoveNoteTemplate(ctx, b, id)
}

// Insert returns a note that is being written with a text of the list below what it has. It may come out longer than MaxNote:
// nothing of what was typed is lost here, and saving refuses it. ErrNoNoteTemplate.
func (t NoteTemplates) Insert(ctx context.Context, b buyer.ID, note string, id NoteTemplateID) (string, error) {
	template, err := t.Store.NoteTemplate(ctx, b, id)
	if err != nil {
		return "", err
	}
	return lineFeeds(lineFeeds(note) + "\n" + template.Text), nil
}
