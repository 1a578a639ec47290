package beliefs

import (
	"context"
	"slices"
	"strings"

	"storefront/internal/vtt/portal"
)

func itemsCarryLocalPricePhotosAndGroup() Belief {
	return Belief{
		Number: 2, Name: "items-carry-local-price-photos-and-group",
		Question:  "Has ItemDto the members PriceLocal, PhotoUrls and GroupId, which no documentation names?",
		Believed:  "all",
		Otherwise: "Roubles come from GetUsdRubRate, PhotoUrl is the only picture, and an item finds its category by the names of its groups.",
		Ask: func(ctx context.Context, s *Service) (string, error) {
			return s.members(ctx, map[string]func(portal.ItemDto) bool{
				"GroupId":    func(i portal.ItemDto) bool { return i.GroupId.Form != portal.Absent },
				"PhotoUrls":  func(i portal.ItemDto) bool { return i.PhotoUrls != nil },
				"PriceLocal": func(i portal.ItemDto) bool { return i.PriceLocal.Form != portal.Absent },
			})
		},
	}
}

// members tells which members occur in some item, in whatever form: "all", "none", or their names with pluses between.
func (s *Service) members(ctx context.Context, wanted map[string]func(portal.ItemDto) bool) (string, error) {
	items, err := s.items(ctx)
	if err != nil {
		return "", err
	}
	var there []string
	for name, has := range wanted {
		if slices.ContainsFunc(items, has) {
			there = append(there, name)
		}
	}
	slices.Sort(there)
	switch len(there) {
	case 0:
		return "none", nil
	case len(wanted):
		return "all", nil
	}
	return strings.Join(there, "+"), nil
}
