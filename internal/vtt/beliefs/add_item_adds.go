package beliefs

import (
	"context"
	"errors"
)

// addItemAdds adds one piece to the smallest line that may be changed, and takes it out again.
func addItemAdds() Belief {
	return Belief{
		Number: 22, Name: "add-item-adds",
		Question:  "Does AddItem add to the quantity of an item that the order has already?",
		Believed:  "adds",
		Otherwise: "The order is read before and after: the quantity that it shows is told beside the one that was wanted, and nothing is repeated.",
		Writes:    true,
		Ask: func(ctx context.Context, s *Service) (string, error) {
			p, err := s.editable(ctx, 2)
			if err != nil {
				return "", err
			}
			now := int64(0)
			if err = s.add(ctx, p, 1); err == nil {
				now, err = s.shows(ctx, p)
			}
			if err != nil {
				return "", errors.Join(err, s.restore(ctx, p))
			}
			answer := either(now == 1, "sets", "other")
			return either(now == p.pieces+1, "adds", answer), s.restore(ctx, p)
		},
	}
}
