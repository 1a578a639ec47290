package beliefs

import (
	"context"
	"slices"

	"storefront/internal/vtt/portal"
)

func itemsCarryTwoBarcodes() Belief {
	return Belief{
		Number: 18, Name: "items-carry-two-barcodes",
		Question:  "Has ItemDto both Barcode and BarCode, as the documentation has?",
		Believed:  "both",
		Otherwise: "The one that is there counts; where both say something, the last does.",
		Ask: func(ctx context.Context, s *Service) (string, error) {
			items, err := s.items(ctx)
			if err != nil {
				return "", err
			}
			small := slices.ContainsFunc(items, func(i portal.ItemDto) bool { return i.Barcode.Form != portal.Absent })
			capital := slices.ContainsFunc(items, func(i portal.ItemDto) bool { return i.BarCode.Form != portal.Absent })
			switch {
			case small && capital:
				return "both", nil
			case !small && !capital:
				return "neither", nil
			}
			return either(small, "Barcode", "BarCode"), nil
		},
	}
}
