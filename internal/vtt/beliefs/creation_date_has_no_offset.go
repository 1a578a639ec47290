package beliefs

import (
	"context"
	"strings"
)

func creationDateHasNoOffset() Belief {
	return Belief{
		Number: 29, Name: "creation-date-has-no-offset",
		Question:  "Is an order's CreationDate written without an offset, in Moscow time?",
		Believed:  "bare",
		Otherwise: "An offset that is there is obeyed.",
		Ask: func(ctx context.Context, s *Service) (string, error) {
			orders, err := s.orders(ctx, s.Login)
			if err != nil {
				return "", err
			}
			var forms []string
			for _, o := range orders {
				rest := strings.TrimSpace(o.CreationDate.Text)[len(second(o)):]
				forms = append(forms, either(strings.ContainsAny(rest, "Z+-"), "offset", "bare"))
			}
			return oneOf(forms), nil
		},
	}
}
