package beliefs

import (
	"context"
	"errors"
	"strings"
)

// longNote is longer than a note is believed to be able to be, in characters.
const longNote = 1001

// noteLengthIsLimited writes a note of that length and puts the old one back.
func noteLengthIsLimited() Belief {
	return Belief{
		Number: 10, Name: "note-length-is-limited",
		Question:  "Is a note of more than 1,000 characters refused?",
		Believed:  "refused",
		Otherwise: "Longer notes are never sent from here; one that comes back cut is shown as it stands, beside what was typed.",
		Writes:    true,
		Ask: func(ctx context.Context, s *Service) (string, error) {
			o, err := s.noted(ctx, false)
			if err != nil {
				return "", err
			}
			long := strings.Repeat("ж", longNote)
			_, err = s.Client.SetOrderNote(ctx, s.editor(), o.Id.Text, long)
			if _, err := faultWord(err); err != nil { // a fault would be a refusal
				return "", errors.Join(err, s.clearAndRestoreNote(ctx, o))
			}
			after, err := s.Client.GetOrderStatus(ctx, s.editor(), o.Id.Text)
			if err != nil {
				return "", errors.Join(err, s.clearAndRestoreNote(ctx, o))
			}
			answer := "cut"
			switch {
			case after.Note.Text == o.Note.Text:
				return "refused", nil
			case strings.Contains(after.Note.Text, long):
				answer = "taken"
			}
			return answer, s.clearAndRestoreNote(ctx, o)
		},
	}
}
