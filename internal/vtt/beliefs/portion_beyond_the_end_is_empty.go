package beliefs

import (
	"context"
)

// beyond is an index that no catalogue reaches.
const beyond = 100_000_000

func portionBeyondTheEndIsEmpty() Belief {
	return Belief{
		Number: 26, Name: "portion-beyond-the-end-is-empty",
		Question:  "Is a portion that begins beyond the end an empty list, and not a fault?",
		Believed:  "empty",
		Otherwise: "A fault there ends the list too, once it was confirmed and the service is seen to work.",
		Ask: func(ctx context.Context, s *Service) (string, error) {
			p, err := s.Client.GetItemPortion(ctx, s.Login, beyond, beyond+10)
			if err == nil {
				return either(len(p.Items) == 0, "empty", "rows"), nil
			}
			if _, err := faultWord(err); err != nil {
				return "", err
			}
			return "fault", nil
		},
	}
}
