package beliefs

import (
	"context"
	"errors"
	"regexp"
	"strings"

	"storefront/internal/soap"
	"storefront/internal/vtt/portal"
)

// faultCode is the code of a fault as it stands in the answer, with its prefix.
var faultCode = regexp.MustCompile(`<(?:\w+:)?faultcode[^>]*>\s*([^<\s]*)\s*<`)

func faultCodesHavePrefixS() Belief {
	return Belief{
		Number: 14, Name: "fault-codes-have-prefix-s",
		Question:  "Are codes of faults written with the prefix s?",
		Believed:  "s",
		Otherwise: "Prefixes are left out of account, whatever they are.",
		Ask: func(ctx context.Context, s *Service) (string, error) {
			body, err := s.raw(ctx, portal.GetOrderStatus, s.Login, portal.Args{OrderId: nowhere}, skip)
			var fault *soap.Fault
			if !errors.As(err, &fault) {
				return either(err == nil, "answered", ""), err
			}
			code := faultCode.FindSubmatch(body)
			if code == nil {
				return "", err
			}
			prefix, _, prefixed := strings.Cut(string(code[1]), ":")
			return either(prefixed, prefix, "none"), nil
		},
	}
}
