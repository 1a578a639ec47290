package beliefs

import (
	"context"
	"errors"

	"storefront/internal/soap"
	"storefront/internal/vtt/portal"
)

// optionalOperationsAreMissing is answered by the platform where they are, before anybody is asked for a password.
func optionalOperationsAreMissing() Belief {
	return Belief{
		Number: 33, Name: "optional-operations-are-missing",
		Question:  "Are the operations that were published at times, such as GetRelatedItems, missing now?",
		Believed:  "missing",
		Otherwise: "They are used where the service's own contract has them, and nowhere else.",
		Ask: func(ctx context.Context, s *Service) (string, error) {
			_, err := s.raw(ctx, portal.GetRelatedItems, s.Login, portal.Args{ItemId: nowhere}, skip)
			var fault *soap.Fault
			switch {
			case err == nil:
				return "published", nil
			case !errors.As(err, &fault) || fault.Code == portal.CodeAccessDenied:
				return "", err
			}
			return either(fault.Code == portal.CodeActionNotSupported, "missing", "published"), nil
		},
	}
}
