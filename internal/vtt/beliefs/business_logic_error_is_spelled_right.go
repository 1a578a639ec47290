package beliefs

import (
	"context"
	"errors"

	"storefront/internal/soap"
	"storefront/internal/vtt/portal"
)

func businessLogicErrorIsSpelledRight() Belief {
	return Belief{
		Number: 13, Name: "business-logic-error-is-spelled-right",
		Question:  "Is the code of a refusal BUSINESS_LOGIC_ERROR, and not with three R, as the documentation's table has it?",
		Believed:  portal.CodeBusinessLogic,
		Otherwise: "Both spellings are one code.",
		Ask: func(ctx context.Context, s *Service) (string, error) {
			_, err := s.raw(ctx, portal.GetOrderStatus, s.Login, portal.Args{OrderId: nowhere}, skip)
			var fault *soap.Fault
			switch {
			case err == nil:
				return "answered", nil
			case errors.As(err, &fault) && fault.Code != portal.CodeAccessDenied:
				return fault.Code, nil
			}
			return "", err
		},
	}
}
