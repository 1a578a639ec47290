package app

import (
	"bytes"
	"errors"
	"log/slog"
	"strings"
	"testing"
	"time"

	"storefront/internal/errkind"
)

func TestUpstreamHealth(t *testing.T) {
	at := time.Date(2026, 3, 1, 10, 0, 0, 0, time.UTC)
	u := newUpstream(func() time.Time { return at }, slog.New(slog.DiscardHandler))
	for i := range 100 {
		u.observe("GetOrders", time.Duration(i)*time.Millisecond, nil)
	}
	u.observe("CreateOrder", time.Second, errkind.New(errkind.BusinessLogic, ""))
	if !u.Down().IsZero() {
		t.Error("a refusal is an answer: the service is not down")
	}
	u.observe("GetOrders", time.Second, errkind.New(errkind.Timeout, ""))
	at = at.Add(time.Minute)
	u.observe("GetOrders", time.Second, errkind.New(errkind.Unreachable, ""))
	if want := at.Add(-time.Minute); !u.Down().Equal(want) {
		t.Errorf("down since %v, want the first failure at %v", u.Down(), want)
	}

	health := u.Health()
	if len(health) != 2 || health[0].Operation != "CreateOrder" || health[1].Operation != "GetOrders" {
		t.Fatalf("Health() = %+v, want both operations by name", health)
	}
	orders := health[1]
	if orders.Calls != 102 || orders.Failures != 2 || orders.LastFailure != errkind.Unreachable || !orders.LastFailureAt.Equal(at) {
		t.Errorf("GetOrders = %+v", orders)
	}
	if orders.Slowest != time.Second || orders.Median < 60*time.Millisecond || orders.Median > 80*time.Millisecond {
		t.Errorf("of the last %d calls the median is %v and the slowest %v", remembered, orders.Median, orders.Slowest)
	}

	u.observe("GetItems", time.Second, nil)
	if !u.Down().IsZero() {
		t.Error("an answer ends the outage")
	}
}

// A service that can't be reached is in the log by its cause: once for an outage, and again when it becomes another.
func TestUpstreamTroubleIsLogged(t *testing.T) {
	var log bytes.Buffer
	u := newUpstream(time.Now, slog.New(slog.NewTextHandler(&log, nil)))
	failing := func(cause string) error {
		return &errkind.Error{Kind: errkind.Unreachable, Cause: cause, Err: errors.New("x509: certificate has expired")}
	}
	refused := errkind.New(errkind.BusinessLogic, "")
	for i, c := range []struct {
		err  error
		want string // the line that is added
	}{
		{nil, ""},
		{failing("tls"), "backend_tls_failed operation=GetOrders cause=tls error=\"UNREACHABLE [tls]: x509: certificate has expired\""},
		{failing("tls"), ""},
		{errkind.New(errkind.Timeout, ""), ""},
		{failing("tls"), ""},
		{failing("dns"), "backend_unreachable operation=GetOrders cause=dns"},
		{failing("tls"), "backend_tls_failed"},
		{refused, ""},
		{failing("tls"), "backend_tls_failed"},
	} {
		log.Reset()
		u.observe("GetOrders", time.Second, c.err)
		if got := log.String(); !strings.Contains(got, c.want) || c.want == "" && got != "" {
			t.Errorf("%d: logged %q, want %q", i, got, c.want)
		}
	}
	if h := u.Health(); h[0].LastFailure != errkind.Unreachable || h[0].LastCause != "tls" {
		t.Errorf("the operator sees %+v", h)
	}
}
