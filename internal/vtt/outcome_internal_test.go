package vtt

import (
	"errors"
	"testing"

	"storefront/internal/errkind"
	"storefront/internal/soap"
)

// What failed on the way is told by the cause alone. That nothing was sent is said only where that is certain.
func TestWordsForLostCalls(t *testing.T) {
	for cause, c := range map[soap.Cause]struct {
		kind   errkind.Kind
		before string // the message where nothing was sent
	}{
		soap.CauseDNS:      {errkind.Unreachable, keyDNS},
		soap.CauseDial:     {errkind.Unreachable, keyDial},
		soap.CauseTLS:      {errkind.Unreachable, keyTLS},
		soap.CauseProxy:    {errkind.Unreachable, keyProxy},
		soap.CauseCut:      {errkind.Unreachable, ""},
		soap.CauseRequest:  {errkind.Unreachable, ""},
		soap.CauseTimeout:  {errkind.Timeout, ""},
		soap.CauseCanceled: {errkind.Timeout, ""},
	} {
		for started, key := range map[bool]string{false: c.before, true: ""} {
			var e *errkind.Error
			err := translate(&soap.TransportError{Started: started, Cause: cause, Err: errors.New("x")})
			if !errors.As(err, &e) || e.Kind != c.kind || e.Key != key {
				t.Errorf("%s, started %v: %v, want %s with the message %q", cause, started, err, c.kind, key)
			}
			if told := e.Cause != ""; told != (c.kind == errkind.Unreachable) {
				t.Errorf("%s: the cause told is %q", cause, e.Cause)
			}
		}
	}
}
