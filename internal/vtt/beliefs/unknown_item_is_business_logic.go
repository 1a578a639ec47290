package beliefs

import (
	"context"
)

// nowhere is the article and the number of nothing.
const nowhere = "no-such-thing"

func unknownItemIsBusinessLogic() Belief {
	return Belief{
		Number: 11, Name: "unknown-item-is-business-logic",
		Question:  "Is asking for an item that does not exist a BUSINESS_LOGIC_ERROR?",
		Believed:  "business",
		Otherwise: "A CONTRACT_ERROR is taken for the same: there is no such item.",
		Ask: func(ctx context.Context, s *Service) (string, error) {
			_, err := s.Client.GetItem(ctx, s.Login, nowhere)
			if err == nil {
				return "answered", nil
			}
			return faultWord(err)
		},
	}
}
