package beliefs

import (
	"context"
	"errors"
)

// removeItemCountIsRemoved takes one piece out of the smallest line of three or more, and puts it back.
func removeItemCountIsRemoved() Belief {
	return Belief{
		Number: 23, Name: "remove-item-count-is-removed",
		Question:  "Is RemoveItem's count the number of pieces that go, and not of those that stay?",
		Believed:  "removed",
		Otherwise: "The order is read before and after: the quantity that it shows is told beside the one that was wanted, and nothing is repeated.",
		Writes:    true,
		Ask: func(ctx context.Context, s *Service) (string, error) {
			p, err := s.editable(ctx, 3)
			if err != nil {
				return "", err
			}
			now := int64(0)
			if err = s.remove(ctx, p, 1); err == nil {
				now, err = s.shows(ctx, p)
			}
			if err != nil {
				return "", errors.Join(err, s.restore(ctx, p))
			}
			answer := either(now == 1, "stays", "other")
			return either(now == p.pieces-1, "removed", answer), s.restore(ctx, p)
		},
	}
}
