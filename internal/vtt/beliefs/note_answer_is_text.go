package beliefs

import (
	"context"
	"strings"

	"github.com/shopspring/decimal"
)

// noteAnswerIsText writes the note that an order has already.
func noteAnswerIsText() Belief {
	return Belief{
		Number: 8, Name: "note-answer-is-text",
		Question:  "Is the Error that SetOrderNote answers a text, missing where all went well?",
		Believed:  "text",
		Otherwise: "An Error of zero counts as none, another number is shown as the service's words; NoteUpdated may be 1 or true.",
		Writes:    true,
		Ask: func(ctx context.Context, s *Service) (string, error) {
			o, err := s.noted(ctx, false)
			if err != nil {
				return "", err
			}
			answer, err := s.Client.SetOrderNote(ctx, s.editor(), o.Id.Text, o.Note.Text)
			if err != nil {
				return "", err
			}
			_, err = decimal.NewFromString(strings.TrimSpace(answer.Error.Text))
			return either(err == nil, "code", "text"), s.clearAndRestoreNote(ctx, o)
		},
	}
}
