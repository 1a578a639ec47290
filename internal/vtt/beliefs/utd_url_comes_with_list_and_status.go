package beliefs

import (
	"context"

	"storefront/internal/vtt/portal"
)

// shippedOrders is how many orders with documents are looked at.
const shippedOrders = 10

func utdUrlComesWithListAndStatus() Belief {
	return Belief{
		Number: 4, Name: "utd-url-comes-with-list-and-status",
		Question:  "Do both GetOrders and GetOrderStatus tell the links to transfer documents?",
		Believed:  "both",
		Otherwise: "Links are kept from whichever answer had them; where only the status has them they appear once the order was on screen.",
		Ask: func(ctx context.Context, s *Service) (string, error) {
			orders, err := s.ordersIn(ctx, s.Login, shipped, shippedOrders)
			if err != nil {
				return "", err
			}
			list, status := false, false
			for _, o := range orders {
				alone, err := s.Client.GetOrderStatus(ctx, s.Login, o.Id.Text)
				if err != nil {
					return "", err
				}
				list, status = list || o.UtdUrl.Filled(), status || alone.UtdUrl.Filled()
				if list && status {
					return "both", nil
				}
			}
			if !list && !status {
				return "neither", nil
			}
			return either(list, "list", "status"), nil
		},
	}
}

// documented finds a shipped order that has links to documents in either of the two answers.
func (s *Service) documented(ctx context.Context) (portal.OrderDto, error) {
	orders, err := s.ordersIn(ctx, s.Login, shipped, shippedOrders)
	if err != nil {
		return portal.OrderDto{}, err
	}
	for _, o := range orders {
		if o.UtdUrl.Filled() {
			return o, nil
		}
		alone, err := s.Client.GetOrderStatus(ctx, s.Login, o.Id.Text)
		if err != nil || alone.UtdUrl.Filled() {
			return alone, err
		}
	}
	return portal.OrderDto{}, notAsked("no order has links to documents")
}
