package metrics_test

import (
	"net/http/httptest"
	"strings"
	"testing"
	"time"

	"storefront/internal/errkind"
	"storefront/internal/metrics"
)

func TestEverythingReportedIsServed(t *testing.T) {
	m := metrics.New()
	m.Request("/items/:id", 200, 3*time.Millisecond)
	m.Upstream("GetItems", time.Second, nil)
	m.Upstream("CreateOrder", time.Second, errkind.New(errkind.Timeout, ""))
	m.Gauge("storefront_items", "Items in the catalogue.", func() float64 { return 42 })

	answer := httptest.NewRecorder()
	m.Handler().ServeHTTP(answer, httptest.NewRequest("GET", "/metrics", nil))
	for _, want := range []string{
		`storefront_request_seconds_count{route="/items/:id",status="200"} 1`,
		`storefront_upstream_seconds_count{operation="GetItems",outcome="ok"} 1`,
		`storefront_upstream_seconds_count{operation="CreateOrder",outcome="TIMEOUT"} 1`,
		`storefront_items 42`,
	} {
		if !strings.Contains(answer.Body.String(), want) {
			t.Errorf("missing %s", want)
		}
	}
}
