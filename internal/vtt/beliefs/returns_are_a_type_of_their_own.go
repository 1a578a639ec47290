package beliefs

import (
	"context"
	"slices"
	"strings"
)

// returnsAreATypeOfTheirOwn answers the values that occur: no dictionary of them is published. 1 and 2 are guesses, and what
// the emulator writes.
func returnsAreATypeOfTheirOwn() Belief {
	return Belief{
		Number: 17, Name: "returns-are-a-type-of-their-own",
		Question:  "Which values has the Type of an order: 1 for orders and 2 for returns?",
		Believed:  "1,2",
		Otherwise: "A type is shown as it is and decides nothing; an order with sums or counts below zero is never taken for one of ours.",
		Ask: func(ctx context.Context, s *Service) (string, error) {
			orders, err := s.orders(ctx, s.Login)
			if err != nil {
				return "", err
			}
			var types []string
			for _, o := range orders {
				if t := strings.TrimSpace(o.Type.Text); !slices.Contains(types, t) {
					types = append(types, t)
				}
			}
			slices.Sort(types)
			return strings.Join(types, ","), nil
		},
	}
}
