package beliefs

import (
	"context"
)

// newOrderHasTheAccountsCurrency makes no order: it looks at those that are still being reserved, which were made as things
// are now.
func newOrderHasTheAccountsCurrency() Belief {
	return Belief{
		Number: 15, Name: "new-order-has-the-accounts-currency",
		Question:  "Have all new orders of an account the same currency?",
		Believed:  "one",
		Otherwise: "Every order is shown in its own currency, and sums of different ones are never added up.",
		Ask: func(ctx context.Context, s *Service) (string, error) {
			orders, err := s.ordersIn(ctx, s.Login, reserving, 20)
			if err != nil {
				return "", err
			}
			if len(orders) < 2 {
				return "", notAsked("fewer than two orders are being reserved")
			}
			currencies := map[string]bool{}
			for _, o := range orders {
				currencies[o.Currency.Text] = true
			}
			return either(len(currencies) == 1, "one", "several"), nil
		},
	}
}
