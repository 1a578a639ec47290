package order

import (
	"context"
	"crypto/sha256"
	"encoding/hex"
	"strings"
	"unicode/utf8"

	"storefront/internal/buyer"
	"storefront/internal/errkind"
)

// MaxNote is how many characters a note may have; the service takes about as many.
const MaxNote = 1_000

var (
	ErrNoteTooLong    = errkind.New(errkind.Invalid, "order.note_too_long")
	ErrNoteCharacters = errkind.New(errkind.Invalid, "order.note_characters")
)

// NoteState says what became of a note.
type NoteState string

const (
	NoteSent    NoteState = "sent"    // the service took it
	NoteDiffers NoteState = "differs" // the service took it, and the order shows another: joined to the old one, cut, or not yet there
	NoteKept    NoteState = "kept"    // kept here, only this buyer sees it: the account may not write notes
	NoteRefused NoteState = "refused" // the service did not take it; Error has its words, if it gave any
	NoteChanged NoteState = "changed" // not sent: the order's note is not the one the buyer saw
	NoteUnclear NoteState = "unclear" // no clear answer, and the order does not show it
)

// NoteMark stands for a note's text as somebody was shown it. It is a hash: a form carries it, and says nothing of the text.
type NoteMark string

// MarkNote returns the mark of a note. Notes that people take for the same have the same.
func MarkNote(note string) NoteMark {
	sum := sha256.Sum256([]byte(lineFeeds(note)))
	return NoteMark(hex.EncodeToString(sum[:16]))
}

// NoteOutcome tells what became of a note. Whatever it is, the text was kept here, but for NoteChanged.
type NoteOutcome struct {
	State NoteState
	Error string // the service's text, which may come with a note it took as well
	Shows string // the note the order shows now, as last read
}

// Passed tells whether the service has the note, in whatever form.
func (o NoteOutcome) Passed() bool { return o.State == NoteSent || o.State == NoteDiffers }

// SaveNote replaces an order's note, or adds to it (belief 9). seen is the mark of the note that the buyer was shown when he began to write; the copy
// kept here may have been refreshed since. It reads the order before: a note that is not the one seen was changed meanwhile and is shown, not
// overwritten. It reads it after: what the service shows decides where its answer does not. An empty seen stands for the copy kept here.
//
// SetOrderNote takes no condition, so a change that falls between the reading before and the call can't be noticed.
func (d *Desk) SaveNote(ctx context.Context, a buyer.Account, c buyer.Credentials, id ID, text string, seen NoteMark) (NoteOutcome, error) {
	text, err := cleanNote(text)
	if err != nil {
		return NoteOutcome{}, err
	}
	kept, err := d.Orders.Order(ctx, a.ID, id)
	if err != nil {
		return NoteOutcome{}, err
	}
	if seen == "" {
		seen = MarkNote(kept.Note)
	}
	ctx, end, err := d.editing(ctx, a.ID, id)
	if err != nil {
		return NoteOutcome{}, err
	}
	defer end()
	if a.Right == buyer.RightNone {
		return d.keepNote(ctx, a.ID, NoteRecord{Order: id, Text: text}, NoteOutcome{State: NoteKept, Shows: kept.Note})
	}
	before, err := d.readOrder(ctx, c, id, false)
	switch {
	case err != nil:
		return NoteOutcome{}, err
	case sameNote(before.Note, text):
		return NoteOutcome{State: NoteSent, Shows: before.Note}, nil
	case MarkNote(before.Note) != seen:
		return NoteOutcome{State: NoteChanged, Shows: before.Note}, nil
	}
	return d.sendNote(ctx, a, c, before, text)
}

// DraftNote keeps a text for whoever may change the order: only this buyer sees it, and it is never sent. ErrNoOrder,
// ErrNoteTooLong, ErrNoteCharacters.
func (d *Desk) DraftNote(ctx context.Context, b buyer.ID, id ID, text string) error {
	text, err := cleanNote(text)
	if err != nil {
		return err
	}
	if _, err := d.Orders.Order(ctx, b, id); err != nil {
		return err
	}
	_, err = d.keepNote(ctx, b, NoteRecord{Order: id, Text: text}, NoteOutcome{})
	return err
}

// firstNote sends the note that came with a new order, or keeps it. There is nobody to tell an error to: the note is kept.
func (d *Desk) firstNote(ctx context.Context, b buyer.ID, c buyer.Credentials, o Order, text string) NoteOutcome {
	record := NoteRecord{Order: o.ID, Text: text}
	a, err := d.Accounts.Account(ctx, b)
	if err != nil {
		a.Right = buyer.RightUnknown // the service decides
	}
	a.ID = b
	outcome := NoteOutcome{State: NoteKept, Shows: o.Note}
	if a.Right != buyer.RightNone {
		if outcome, err = d.sendNote(ctx, a, c, o, text); err == nil {
			return outcome
		}
		d.Log.WarnContext(ctx, "the note of the new order was not sent", "order", o.ID, "error", err)
		outcome = NoteOutcome{State: NoteKept, Shows: o.Note}
	}
	if _, err := d.keepNote(ctx, b, record, outcome); err != nil {
		d.Log.ErrorContext(ctx, "the note of the new order was not kept", "order", o.ID, "error", err)
	}
	return outcome
}

// sendNote calls SetOrderNote once. An error means that nothing was sent, or that a note not taken was not kept either.
func (d *Desk) sendNote(ctx context.Context, a buyer.Account, c buyer.Credentials, before Order, text string) (NoteOutcome, error) {
	answer, err := d.setNote(ctx, c, before.ID, text)
	d.learn(ctx, a, err)
	record := NoteRecord{Order: before.ID, Text: text}
	switch {
	case errkind.Is(err, errkind.NonAuthorized), errkind.Is(err, errkind.Unsupported):
		return d.keepNote(ctx, a.ID, record, NoteOutcome{State: NoteKept, Shows: before.Note})
	case err != nil && classOf(err) == ClassNotSent:
		return NoteOutcome{}, err
	}
	outcome := NoteOutcome{Error: answer.Error, Shows: before.Note}
	after, unread := d.readOrder(ctx, c, before.ID, false)
	if unread == nil {
		outcome.Shows = after.Note
	}
	switch {
	case sameNote(outcome.Shows, text), err == nil && answer.Updated && unread != nil:
		outcome.State = NoteSent
	case err == nil && answer.Updated:
		outcome.State = NoteDiffers
	case classOf(err) == ClassUnanswered && err != nil:
		outcome.State = NoteUnclear
	default:
		outcome.State = NoteRefused
		if err != nil {
			outcome.Error = faultText(err)
		}
	}
	record.Sent, record.Error = outcome.Passed(), outcome.Error
	return d.keepNote(ctx, a.ID, record, outcome)
}

func (d *Desk) setNote(ctx context.Context, c buyer.Credentials, id ID, text string) (NoteResult, error) {
	ctx, cancel := context.WithTimeout(ctx, editTimeout)
	defer cancel()
	return d.Distributor.SetNote(ctx, c, id, text)
}

// keepNote adds to the history of notes written here. For a note that the service has, failing to is no failure.
func (d *Desk) keepNote(ctx context.Context, b buyer.ID, record NoteRecord, outcome NoteOutcome) (NoteOutcome, error) {
	record.At = d.Now()
	err := d.Orders.AddNote(ctx, b, record)
	if err != nil && record.Sent {
		d.Log.WarnContext(ctx, "the note sent was not kept", "order", record.Order, "error", err)
		return outcome, nil
	}
	return outcome, err
}

// cleanNote ends lines as the wire does, and refuses what it can't carry.
func cleanNote(text string) (string, error) {
	text = lineFeeds(text)
	switch {
	case utf8.RuneCountInString(text) > MaxNote:
		return "", ErrNoteTooLong
	case !utf8.ValidString(text), strings.ContainsFunc(text, unprintable):
		return "", ErrNoteCharacters
	}
	return text, nil
}

func lineFeeds(text string) string {
	return strings.TrimSpace(strings.NewReplacer("\r\n", "\n", "\r", "\n").Replace(text))
}

func unprintable(r rune) bool {
	return r < ' ' && r != '\t' && r != '\n' || r == '\uFFFE' || r == '\uFFFF'
}

// sameNote compares notes as people do: line endings and outer space are the wire's business.
func sameNote(a, b string) bool { return lineFeeds(a) == lineFeeds(b) }
