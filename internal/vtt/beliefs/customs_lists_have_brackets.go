package beliefs

import (
	"context"
	"strings"
)

func customsListsHaveBrackets() Belief {
	return Belief{
		Number: 7, Name: "customs-lists-have-brackets",
		Question:  "Are the numbers of customs declarations written in brackets, as in (Gtd1,Gtd2)?",
		Believed:  "brackets",
		Otherwise: "They are read without brackets just as well.",
		Ask: func(ctx context.Context, s *Service) (string, error) {
			orders, err := s.ordersIn(ctx, s.Login, shipped, shippedOrders)
			if err != nil {
				return "", err
			}
			var forms []string
			for _, o := range orders {
				full, err := s.Client.GetOrderWithLines(ctx, s.Login, o.Id.Text)
				if err != nil {
					return "", err
				}
				for _, l := range full.Lines {
					if l.GtdNumber.Filled() {
						forms = append(forms, either(strings.HasPrefix(strings.TrimSpace(l.GtdNumber.Text), "("), "brackets", "bare"))
					}
				}
			}
			if len(forms) == 0 {
				return "", notAsked("no line of a shipped order has a customs declaration")
			}
			return oneOf(forms), nil
		},
	}
}
