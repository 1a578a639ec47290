package beliefs

import (
	"context"
	"strings"

	"storefront/internal/soap"
	"storefront/internal/vtt/portal"
)

func rateIsDateThenRate() Belief {
	return Belief{
		Number: 25, Name: "rate-is-date-then-rate",
		Question:  "Are the elements of GetUsdRubRate's answer Date and Rate, in this order?",
		Believed:  "Date,Rate",
		Otherwise: "The first positive decimal is the rate and the first date its day, whatever they are called and whichever comes first.",
		Ask: func(ctx context.Context, s *Service) (string, error) {
			var names []string
			_, err := s.raw(ctx, portal.GetUsdRubRate, s.Login, portal.Args{}, func(d *soap.Decoder, _ soap.Element) error {
				return d.Children(func(e soap.Element) error {
					names = append(names, e.Local)
					return nil
				})
			})
			switch {
			case err != nil:
				return "", err
			case len(names) == 0:
				return "none", nil
			}
			return strings.Join(names, ","), nil
		},
	}
}
