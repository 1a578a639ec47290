package beliefs

import (
	"context"

	"storefront/internal/vtt/portal"
)

// wrongLinesAreContractErrors adds nothing of no item to no order: whatever the service makes of it, there is no order that it
// could change, and none is created. Where it looks for the order first, "business" is the answer although quantities alone
// might be a contract error.
func wrongLinesAreContractErrors() Belief {
	return Belief{
		Number: 12, Name: "wrong-lines-are-contract-errors",
		Question:  "Is a quantity of zero a CONTRACT_ERROR?",
		Believed:  "contract",
		Otherwise: "Business logic may have been refused after the deed: the list of orders is read before the order counts as not created.",
		Writes:    true,
		Ask: func(ctx context.Context, s *Service) (string, error) {
			line := portal.OrderLineCreationDto{ItemId: portal.Text(nowhere), Quantity: portal.Text("0")}
			_, err := s.Client.AddItem(ctx, s.editor(), nowhere, line)
			if err == nil {
				return "answered", nil
			}
			return faultWord(err)
		},
	}
}
