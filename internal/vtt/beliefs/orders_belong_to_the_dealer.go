package beliefs

import (
	"context"
	"slices"

	"storefront/internal/vtt/portal"
)

// ordersBelongToTheDealer reads the list of one login between two readings of the other's: an order made meanwhile is not
// taken for one that the other may not see.
func ordersBelongToTheDealer() Belief {
	return Belief{
		Number: 1, Name: "orders-belong-to-the-dealer",
		Question:  "Do all logins of a dealer see the same orders?",
		Believed:  "dealer",
		Otherwise: "Each login sees its own orders only, as it does now: copies are kept per login in any case.",
		Ask: func(ctx context.Context, s *Service) (string, error) {
			if s.Colleague == nil {
				return "", notAsked("it takes a second login of the same dealer")
			}
			before, err := s.orders(ctx, s.Login)
			if err != nil {
				return "", err
			}
			theirs, err := s.orders(ctx, *s.Colleague)
			if err != nil {
				return "", err
			}
			after, err := s.orders(ctx, s.Login)
			if err != nil {
				return "", err
			}
			return either(haveAll(theirs, before) && haveAll(after, theirs), "dealer", "login"), nil
		},
	}
}

func haveAll(list, wanted []portal.OrderDto) bool {
	return !slices.ContainsFunc(wanted, func(w portal.OrderDto) bool {
		return !slices.ContainsFunc(list, func(o portal.OrderDto) bool { return o.Id.Text == w.Id.Text })
	})
}
