package errkind_test

import (
	"context"
	"errors"
	"fmt"
	"testing"

	"storefront/internal/errkind"
)

func TestOfFindsTheKindInTheChain(t *testing.T) {
	fault := &errkind.Error{Kind: errkind.BusinessLogic, Text: "нет такого заказа"}
	for name, c := range map[string]struct {
		err  error
		want errkind.Kind
	}{
		"no error":          {nil, ""},
		"a fault":           {fault, errkind.BusinessLogic},
		"a wrapped fault":   {fmt.Errorf("orders: %w", fault), errkind.BusinessLogic},
		"an expired call":   {fmt.Errorf("read: %w", context.DeadlineExceeded), errkind.Timeout},
		"anything else":     {errors.New("boom"), errkind.Internal},
		"the outermost one": {errkind.Wrap(errkind.Conflict, fault), errkind.Conflict},
	} {
		t.Run(name, func(t *testing.T) {
			if got := errkind.Of(c.err); got != c.want {
				t.Errorf("Of = %q, want %q", got, c.want)
			}
		})
	}
}

func TestUpstreamMeansNoAnswer(t *testing.T) {
	for kind, want := range map[errkind.Kind]bool{
		errkind.Timeout: true, errkind.Unreachable: true, errkind.NotSOAP: true, errkind.Technical: true,
		errkind.AccessDenied: false, errkind.BusinessLogic: false, errkind.Internal: false,
	} {
		if got := errkind.Upstream(errkind.New(kind, "")); got != want {
			t.Errorf("Upstream(%s) = %v, want %v", kind, got, want)
		}
	}
}

func TestCauseOf(t *testing.T) {
	untrusted := &errkind.Error{Kind: errkind.Unreachable, Cause: "tls", Key: "portal.tls"}
	for _, c := range []struct {
		err  error
		want string
	}{{nil, ""}, {untrusted, "tls"}, {fmt.Errorf("orders: %w", untrusted), "tls"}, {errors.New("boom"), ""}} {
		if got := errkind.CauseOf(c.err); got != c.want {
			t.Errorf("CauseOf(%v) = %q, want %q", c.err, got, c.want)
		}
	}
	if got := untrusted.Error(); got != "UNREACHABLE [tls] (portal.tls)" {
		t.Error(got)
	}
}
