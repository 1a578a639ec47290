package order

import (
	"context"
	"strings"
	"time"
	"unicode"
	"unicode/utf8"

	"storefront/internal/buyer"
	"storefront/internal/errkind"
)

// MaxWishNumber is how many characters a buyer's own order number may have.
const MaxWishNumber = 50

var (
	ErrWishNumber = errkind.New(errkind.Invalid, "order.wish_number")
	ErrWishDate   = errkind.New(errkind.Invalid, "order.wish_date")
	ErrWishPast   = errkind.New(errkind.Invalid, "order.wish_past")
	// ErrWishesTooLong: a note is not too long by itself, but with the wishes above it.
	ErrWishesTooLong = errkind.New(errkind.Invalid, "order.wishes_too_long")
)

// Wishes are what a buyer gives with an order and CreateOrder has no place for. Either may be missing.
type Wishes struct {
	Number string    // his own number of the order, at most MaxWishNumber characters in one line
	Date   time.Time // a day, at midnight UTC wherever the buyer is; zero for none
}

// None tells whether nothing is wished.
func (w Wishes) None() bool { return w.Number == "" && w.Date.IsZero() }

// Labels of wishes in a note. They are the wire's language, as Status is: the distributor's staff read them, whatever language
// the buyer's pages are in.
const (
	noteNumber = "Номер заказа покупателя: "
	noteDate   = "Желаемая дата: "
)

// NoteDay is how a day is written in a note.
const NoteDay = "02.01.2006"

// ParseWishes reads what a person typed: a number, and a day as 2026-11-26, not before the day that now is in its zone. Both may
// be empty. ErrWishNumber, ErrWishDate, ErrWishPast.
func ParseWishes(number, day string, now time.Time) (Wishes, error) {
	w := Wishes{Number: strings.TrimSpace(number)}
	if utf8.RuneCountInString(w.Number) > MaxWishNumber || !utf8.ValidString(w.Number) || strings.ContainsFunc(w.Number, unlineable) {
		return Wishes{}, ErrWishNumber
	}
	if day = strings.TrimSpace(day); day == "" {
		return w, nil
	}
	var err error
	if w.Date, err = time.Parse(time.DateOnly, day); err != nil {
		return Wishes{}, ErrWishDate
	}
	if y, m, d := now.Date(); w.Date.Before(time.Date(y, m, d, 0, 0, 0, 0, time.UTC)) {
		return Wishes{}, ErrWishPast
	}
	return w, nil
}

// unlineable tells what would break a labelled line in two, or can't be sent.
func unlineable(r rune) bool {
	return unicode.IsControl(r) || unprintable(r) || r == '\u2028' || r == '\u2029'
}

// Compose writes the wishes as labelled lines above a note. ErrWishesTooLong where it all comes to more than MaxNote characters;
// ErrNoteTooLong and ErrNoteCharacters of the note alone.
func (w Wishes) Compose(note string) (string, error) {
	note, err := cleanNote(note)
	if err != nil {
		return "", err
	}
	var lines []string
	if w.Number != "" {
		lines = append(lines, noteNumber+w.Number)
	}
	if !w.Date.IsZero() {
		lines = append(lines, noteDate+w.Date.Format(NoteDay))
	}
	composed := lineFeeds(strings.Join(append(lines, note), "\n"))
	if utf8.RuneCountInString(composed) > MaxNote {
		return "", ErrWishesTooLong
	}
	return composed, nil
}

// note is what is to be written to the order: the buyer's text, with his wishes above it where he may write notes. Where he may
// not they are only kept here.
func (g Agreement) note(right buyer.Right) (string, error) {
	if right == buyer.RightNone {
		return cleanNote(g.Note)
	}
	return g.Wishes.Compose(g.Note)
}

// WishStore keeps each buyer's wishes with the submission they were typed for. What that submission becomes says whose order they
// are: they are part of its Order.
type WishStore interface {
	// SetWishes keeps the wishes of a submission that is about to be prepared, in the place of those of an earlier try.
	SetWishes(ctx context.Context, b buyer.ID, id SubmissionID, w Wishes) error
	// CartWishes returns what was wished when a generation of the cart was last sent, for the next try.
	CartWishes(ctx context.Context, b buyer.ID, cart CartID) (Wishes, error)
}
