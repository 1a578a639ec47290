package web

import (
	"context"
	"errors"
	"io"
	"net/http"
	"net/http/httptest"
	"strconv"
	"strings"
	"testing"

	"github.com/a-h/templ"
	"github.com/klauspost/compress/gzip"
	"github.com/labstack/echo/v4"
)

func page(text string) templ.Component {
	return templ.ComponentFunc(func(_ context.Context, w io.Writer) error {
		_, err := io.WriteString(w, text)
		return err
	})
}

func answer(t *testing.T, acceptEncoding string, component templ.Component) (*httptest.ResponseRecorder, error) {
	t.Helper()
	r := httptest.NewRequest(http.MethodGet, "/", nil)
	r.Header.Set("Accept-Encoding", acceptEncoding)
	rec := httptest.NewRecorder()
	return rec, new(Server).render(echo.New().NewContext(r, rec), http.StatusOK, component)
}

func TestRenderWritesOnceWithItsLength(t *testing.T) {
	long := strings.Repeat("картридж ", 1000)
	for name, c := range map[string]struct {
		accept, text string
		zipped       bool
	}{
		"a browser":            {"gzip, deflate, br", long, true},
		"a client without":     {"", long, false},
		"an answer too short":  {"gzip", "ok", false},
		"repeated for buffers": {"gzip", long + "!", true},
	} {
		t.Run(name, func(t *testing.T) {
			rec, err := answer(t, c.accept, page(c.text))
			if err != nil {
				t.Fatal(err)
			}
			if got := rec.Header().Get("Content-Length"); got != strconv.Itoa(rec.Body.Len()) {
				t.Errorf("Content-Length = %s for %d bytes", got, rec.Body.Len())
			}
			if cache := rec.Header().Values("Cache-Control"); len(cache) != 1 || cache[0] != "private, no-store" {
				t.Errorf("Cache-Control = %q", cache)
			}
			body := io.Reader(rec.Body)
			if zipped := rec.Header().Get("Content-Encoding") == "gzip"; zipped != c.zipped {
				t.Fatalf("compressed = %v, want %v", zipped, c.zipped)
			}
			if c.zipped {
				if body, err = gzip.NewReader(rec.Body); err != nil {
					t.Fatal(err)
				}
			}
			if got, _ := io.ReadAll(body); string(got) != c.text {
				t.Error("the text arrives changed")
			}
		})
	}
}

// A page that fails half-way leaves nothing written: the error page can still be.
func TestRenderThatFailsWritesNothing(t *testing.T) {
	broken := templ.ComponentFunc(func(_ context.Context, w io.Writer) error {
		_, _ = io.WriteString(w, "half a page")
		return errors.New("broken")
	})
	rec, err := answer(t, "gzip", broken)
	if err == nil || rec.Body.Len() != 0 || len(rec.Header()) != 0 {
		t.Errorf("error %v, body %q, headers %v", err, rec.Body, rec.Header())
	}
}

func TestSeeOtherSpeaksBothWays(t *testing.T) {
	for _, fragment := range []bool{false, true} {
		r := httptest.NewRequest(http.MethodPost, "/cart/items", nil)
		if fragment {
			r.Header.Set("HX-Request-Type", "partial")
		}
		rec := httptest.NewRecorder()
		if err := seeOther(echo.New().NewContext(r, rec), "/cart"); err != nil {
			t.Fatal(err)
		}
		plain := rec.Code == http.StatusSeeOther && rec.Header().Get("Location") == "/cart"
		htmx := rec.Code == http.StatusNoContent && rec.Header().Get("HX-Redirect") == "/cart"
		if plain == fragment || htmx != fragment {
			t.Errorf("fragment %v: status %d, headers %v", fragment, rec.Code, rec.Header())
		}
	}
}
