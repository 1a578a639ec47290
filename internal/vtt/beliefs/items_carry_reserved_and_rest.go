package beliefs

import (
	"context"

	"storefront/internal/vtt/portal"
)

func itemsCarryReservedAndRest() Belief {
	return Belief{
		Number: 3, Name: "items-carry-reserved-and-rest",
		Question:  "Has ItemDto the members Reserved and RestQuantity, which no documentation names?",
		Believed:  "all",
		Otherwise: "Nothing changes: neither is used, stock is AvailableQuantity.",
		Ask: func(ctx context.Context, s *Service) (string, error) {
			return s.members(ctx, map[string]func(portal.ItemDto) bool{
				"Reserved":     func(i portal.ItemDto) bool { return i.Reserved.Form != portal.Absent },
				"RestQuantity": func(i portal.ItemDto) bool { return i.RestQuantity.Form != portal.Absent },
			})
		},
	}
}
