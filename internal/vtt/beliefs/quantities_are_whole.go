package beliefs

import (
	"context"
	"strings"

	"storefront/internal/vtt/portal"
)

func quantitiesAreWhole() Belief {
	return Belief{
		Number: 30, Name: "quantities-are-whole",
		Question:  "Are quantities written as whole numbers, without decimals?",
		Believed:  "whole",
		Otherwise: "Decimals are read exactly; what is sent never has any.",
		Ask: func(ctx context.Context, s *Service) (string, error) {
			items, err := s.items(ctx)
			if err != nil {
				return "", err
			}
			for _, i := range items {
				for _, v := range []portal.Value{i.AvailableQuantity, i.MainOfficeQuantity, i.TransitQuantity} {
					if strings.ContainsAny(v.Text, ".,") {
						return "decimals", nil
					}
				}
			}
			return "whole", nil
		},
	}
}
