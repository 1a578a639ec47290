package beliefs

import (
	"context"
	"slices"
	"strings"

	"storefront/internal/vtt/portal"
)

func nothingHasThreeForms() Belief {
	return Belief{
		Number: 32, Name: "nothing-has-three-forms",
		Question:  "In which forms do members of an item say nothing: absent, empty and xsi:nil?",
		Believed:  "absent,empty,nil",
		Otherwise: "All three are one and the same: nothing.",
		Ask: func(ctx context.Context, s *Service) (string, error) {
			items, err := s.items(ctx)
			if err != nil {
				return "", err
			}
			var forms []string
			for _, i := range items {
				for _, v := range []portal.Value{
					i.BarCode, i.Brand, i.ColorName, i.Compatibility, i.Description, i.ItemLifeTime, i.NameAlias, i.OriginalNumber, i.TransitDate, i.Vendor,
				} {
					if form := nothing(v); form != "" && !slices.Contains(forms, form) {
						forms = append(forms, form)
					}
				}
			}
			if len(forms) == 0 {
				return "", notAsked("every item has everything")
			}
			slices.Sort(forms)
			return strings.Join(forms, ","), nil
		},
	}
}

// nothing names the form of a value that says nothing, "" where it says something.
func nothing(v portal.Value) string {
	switch {
	case v.Filled():
		return ""
	case v.Form == portal.Absent:
		return "absent"
	case v.Form == portal.Nil:
		return "nil"
	}
	return "empty"
}
