package web

import (
	"io"
	"log/slog"
	"net/http"
	"net/http/httptest"
	"testing"

	"github.com/labstack/echo/v4"

	"storefront/internal/errkind"
)

// admitted tells whether a request is answered while so many others are being answered.
func admitted(t *testing.T, others int64, method, route string) bool {
	t.Helper()
	s := &Server{admission: new(admission), Log: slog.New(slog.NewTextHandler(io.Discard, nil))}
	s.admission.answers.Store(others)
	s.admission.streams.Store(others)
	rec := httptest.NewRecorder()
	c := echo.New().NewContext(httptest.NewRequest(method, "/", nil), rec)
	c.SetPath(route)
	answered := false
	err := s.admit(func(echo.Context) error { answered = true; return nil })(c)
	if answered == errkind.Is(err, errkind.Busy) || answered == (rec.Header().Get("Retry-After") != "") {
		t.Errorf("%s %s: answered %v, and yet %v", method, route, answered, err)
	}
	if s.admission.answers.Load() != others || s.admission.streams.Load() != others {
		t.Errorf("%s %s is still counted", method, route)
	}
	return answered
}

// With too much to do, what matters least is turned away first: photos, then pages, then carts; there is always room for an
// order, up to the whole capacity.
func TestOrdersAreTurnedAwayLast(t *testing.T) {
	for _, c := range []struct {
		others  int64
		refused []string
	}{
		{0, nil},
		{capacity * 5 / 10, []string{"photo"}},
		{capacity * 8 / 10, []string{"photo", "page", "export"}},
		{capacity * 95 / 100, []string{"photo", "page", "export", "cart", "sign-in"}},
		{capacity, []string{"photo", "page", "export", "cart", "sign-in", "order", "submission", "line"}},
	} {
		refused := map[string]bool{}
		for _, name := range c.refused {
			refused[name] = true
		}
		for name, r := range map[string]struct{ method, route string }{
			"photo": {http.MethodGet, "/photos/:id"}, "page": {http.MethodGet, "/catalog/:category"},
			"export": {http.MethodGet, "/orders/:id/invoice.xml"}, "cart": {http.MethodPost, "/cart/items"}, "sign-in": {http.MethodPost, "/login"},
			"order": {http.MethodPost, "/checkout"}, "submission": {http.MethodGet, "/submissions/:id"}, "line": {http.MethodPost, "/orders/:id/lines"},
			"health": {http.MethodGet, "/healthz"}, "style": {http.MethodGet, "/static/*"}, "stream": {http.MethodGet, "/freshness"},
		} {
			if got := admitted(t, c.others, r.method, r.route); got == refused[name] {
				t.Errorf("%s beside %d others: answered %v", name, c.others, got)
			}
		}
	}
	if admitted(t, int64(forStreams), http.MethodGet, "/freshness") {
		t.Error("streams have no bound")
	}
}
