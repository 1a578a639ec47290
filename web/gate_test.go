package web

import (
	"net/http"
	"net/http/httptest"
	"testing"
	"testing/synctest"
	"time"

	"github.com/labstack/echo/v4"

	"storefront/internal/pace"
)

// Work in the background knows of a request from its beginning until it has been answered.
func TestRequestsPassTheGate(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		gate := pace.New(time.Now)
		work := pace.With(t.Context(), gate)
		rest := func() time.Duration {
			time.Sleep(time.Second) // long enough to have forgotten whoever was here
			began := time.Now()
			pace.Step(work)
			return time.Since(began)
		}
		s := &Server{Gate: gate, admission: new(admission)}
		during := func(route string) (rested time.Duration) {
			answer := s.admit(func(c echo.Context) error {
				rested = rest()
				return c.NoContent(http.StatusOK)
			})
			c := echo.New().NewContext(httptest.NewRequest(http.MethodGet, "/", nil), httptest.NewRecorder())
			c.SetPath(route)
			if err := answer(c); err != nil {
				t.Error(err)
			}
			return rested
		}
		page, after := during("/catalog"), rest()
		if page <= after {
			t.Errorf("work rests %s while a request is under way, %s after it", page, after)
		}
		if stream := during("/freshness"); stream > after {
			t.Errorf("work rests %s while somebody follows its progress", stream)
		}
	})
}
