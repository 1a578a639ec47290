package web

import (
	"context"
	"log/slog"
	"net/http"
	"net/http/httptest"
	"testing"
	"time"

	"github.com/labstack/echo/v4"

	"storefront/internal/buyer"
)

// Only what is posted counts as done, and it is written down no more often than it has to be known.
func TestWhatCountsAsActivity(t *testing.T) {
	now := time.Date(2026, 11, 26, 12, 0, 0, 0, time.UTC)
	for name, c := range map[string]struct {
		method string
		since  time.Duration
		noted  bool
	}{
		"a page":               {http.MethodGet, time.Hour, false},
		"a head":               {http.MethodHead, time.Hour, false},
		"a post":               {http.MethodPost, time.Hour, true},
		"a post a moment ago":  {http.MethodPost, buyer.ActiveEvery - time.Second, false},
		"a post a while ago":   {http.MethodPost, buyer.ActiveEvery, true},
		"a clock that went on": {http.MethodPost, -time.Hour, false},
	} {
		t.Run(name, func(t *testing.T) {
			noted := false
			s := &Server{Log: slog.New(slog.DiscardHandler), Now: func() time.Time { return now }}
			s.Active = func(_ context.Context, b buyer.ID, at time.Time) error {
				noted = b == "ivan" && at.Equal(now)
				return nil
			}
			e := echo.New()
			s.noteActivity(e.NewContext(httptest.NewRequest(c.method, "/", nil), httptest.NewRecorder()), buyer.Account{ID: "ivan", ActiveAt: now.Add(-c.since)})
			if noted != c.noted {
				t.Errorf("noted: %v, want %v", noted, c.noted)
			}
		})
	}
}
