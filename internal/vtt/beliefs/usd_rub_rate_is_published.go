package beliefs

import (
	"context"
	"errors"

	"storefront/internal/soap"
	"storefront/internal/vtt/portal"
)

// usdRubRateIsPublished never tries a wrong password: that could lock the account.
func usdRubRateIsPublished() Belief {
	return Belief{
		Number: 24, Name: "usd-rub-rate-is-published",
		Question:  "Can GetUsdRubRate, the cheapest call there is, prove a login?",
		Believed:  "published",
		Otherwise: "GetCategories proves a login instead, and roubles come from PriceLocal alone.",
		Ask: func(ctx context.Context, s *Service) (string, error) {
			_, err := s.Client.GetUsdRubRate(ctx, s.Login)
			var fault *soap.Fault
			switch {
			case err == nil:
				return "published", nil
			case errors.Is(err, portal.ErrUnpublished), errors.As(err, &fault) && fault.Code == portal.CodeActionNotSupported:
				return "missing", nil
			}
			return "", err
		},
	}
}
