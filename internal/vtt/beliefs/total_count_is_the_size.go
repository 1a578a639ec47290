package beliefs

import (
	"context"
)

func totalCountIsTheSize() Belief {
	return Belief{
		Number: 28, Name: "total-count-is-the-size",
		Question:  "Is TotalCount of a portion the size of the whole list?",
		Believed:  "size",
		Otherwise: "TotalCount ends nothing: it shows progress where it exceeds what was read, else the size of the previous generation does.",
		Ask: func(ctx context.Context, s *Service) (string, error) {
			p, err := s.Client.GetItemPortion(ctx, s.Login, 0, 5)
			if err != nil {
				return "", err
			}
			total, rows := pieces(p.TotalCount), int64(len(p.Items))
			switch {
			case rows < 5:
				return "", notAsked("the catalogue has fewer than six items")
			case !p.TotalCount.Filled():
				return "missing", nil
			case total > rows:
				return "size", nil
			}
			return either(total == rows, "rows", "last"), nil
		},
	}
}
