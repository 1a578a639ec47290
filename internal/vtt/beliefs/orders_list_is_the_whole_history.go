package beliefs

import (
	"context"
	"time"
)

// window is longer than any list of "recent" orders is likely to reach.
const window = 31 * 24 * time.Hour

// ordersListIsTheWholeHistory can't tell an account that is young from a list that is short: both are "recent".
func ordersListIsTheWholeHistory() Belief {
	return Belief{
		Number: 16, Name: "orders-list-is-the-whole-history",
		Question:  "Do the orders of GetOrders reach back further than a month?",
		Believed:  "whole",
		Otherwise: "Copies of orders that left the list stay here, and an old order that is missing is no sign of an incomplete list.",
		Ask: func(ctx context.Context, s *Service) (string, error) {
			orders, err := s.orders(ctx, s.Login)
			if err != nil {
				return "", err
			}
			newest, err := time.Parse("2006-01-02T15:04:05", second(orders[0]))
			if err != nil {
				return "", err
			}
			oldest, err := time.Parse("2006-01-02T15:04:05", second(orders[len(orders)-1]))
			if err != nil {
				return "", err
			}
			if len(orders) == 1 {
				return "", notAsked("the account has one order only")
			}
			return either(newest.Sub(oldest) > window, "whole", "recent"), nil
		},
	}
}
