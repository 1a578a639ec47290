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
		s := &Server{Gate: gate, Now: time.Now, Observe: func(string, int, time.Duration) {}}
		during := time.Duration(0)
		answer := s.observe(func(c echo.Context) error {
			during = rest()
			return c.NoContent(http.StatusOK)
		})
		if err := answer(echo.New().NewContext(httptest.NewRequest(http.MethodGet, "/", nil), httptest.NewRecorder())); err != nil {
			t.Error(err)
		}
		if after := rest(); during <= after {
			t.Errorf("work rests %s while a request is under way, %s after it", during, after)
		}
	})
}
