package app

import (
	"testing"
	"time"

	"storefront/internal/errkind"
)

func TestUpstreamHealth(t *testing.T) {
	at := time.Date(2026, 3, 1, 10, 0, 0, 0, time.UTC)
	u := newUpstream(func() time.Time { return at })
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
