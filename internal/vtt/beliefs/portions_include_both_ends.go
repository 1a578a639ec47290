package beliefs

import (
	"context"
)

// portionsIncludeBothEnds compares a portion from zero with one from two: the documented service gives the rows 0 to 5 and 2
// to 5, the observed one 0 to 4 and 1 to 4.
func portionsIncludeBothEnds() Belief {
	return Belief{
		Number: 27, Name: "portions-include-both-ends",
		Question:  "Are portions as documented: counted from zero, with both bounds included?",
		Believed:  "documented",
		Otherwise: "Portions overlap by a row and rows that come twice are dropped, so none is lost where bounds are as observed: counted from one.",
		Ask: func(ctx context.Context, s *Service) (string, error) {
			first, err := s.Client.GetItemPortion(ctx, s.Login, 0, 5)
			if err != nil {
				return "", err
			}
			second, err := s.Client.GetItemPortion(ctx, s.Login, 2, 5)
			if err != nil {
				return "", err
			}
			a, b := first.Items, second.Items
			switch {
			case len(a) < 5 || len(b) == 0:
				return "", notAsked("the catalogue has fewer than six items")
			case len(a) == 6 && len(b) == 4 && b[0].Id == a[2].Id:
				return "documented", nil
			case len(a) == 5 && len(b) == 4 && b[0].Id == a[1].Id:
				return "observed", nil
			}
			return "other", nil
		},
	}
}
