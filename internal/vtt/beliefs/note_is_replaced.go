package beliefs

import (
	"context"
	"strings"
)

// noteIsReplaced writes the note that an order has already: only where notes are joined does that change anything.
func noteIsReplaced() Belief {
	return Belief{
		Number: 9, Name: "note-is-replaced",
		Question:  "Does SetOrderNote replace the note that is there?",
		Believed:  "replaced",
		Otherwise: "The order is read after every note: one that was joined to another is shown as it stands, and not sent again.",
		Writes:    true,
		Ask: func(ctx context.Context, s *Service) (string, error) {
			o, err := s.noted(ctx, true)
			if err != nil {
				return "", err
			}
			if _, err := s.Client.SetOrderNote(ctx, s.editor(), o.Id.Text, o.Note.Text); err != nil {
				return "", err
			}
			after, err := s.Client.GetOrderStatus(ctx, s.editor(), o.Id.Text)
			if err != nil {
				return "", err
			}
			joined := len(after.Note.Text) > len(o.Note.Text) && strings.Contains(after.Note.Text, strings.TrimSpace(o.Note.Text))
			return either(joined, "joined", "replaced"), s.clearAndRestoreNote(ctx, o)
		},
	}
}
