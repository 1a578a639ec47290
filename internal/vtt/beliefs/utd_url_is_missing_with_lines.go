package beliefs

import (
	"context"
)

func utdUrlIsMissingWithLines() Belief {
	return Belief{
		Number: 5, Name: "utd-url-is-missing-with-lines",
		Question:  "Does GetOrderWithLines leave out the links to transfer documents that the order has?",
		Believed:  "missing",
		Otherwise: "They are read from there too.",
		Ask: func(ctx context.Context, s *Service) (string, error) {
			o, err := s.documented(ctx)
			if err != nil {
				return "", err
			}
			full, err := s.Client.GetOrderWithLines(ctx, s.Login, o.Id.Text)
			if err != nil {
				return "", err
			}
			return either(full.UtdUrl.Filled(), "carried", "missing"), nil
		},
	}
}
