package web

import (
	"net/http"
	"net/http/httptest"
	"net/url"
	"strings"
	"testing"

	"github.com/labstack/echo/v4"

	"storefront/internal/errkind"
)

func TestLocalPathLeadsNowhereElse(t *testing.T) {
	for next, want := range map[string]string{
		"":                       "/",
		"/orders?page=2":         "/orders?page=2",
		"/items/A%2FB":           "/items/A%2FB",
		"https://evil.example/":  "/",
		"//evil.example":         "/",
		`/\evil.example`:         "/",
		"/\tevil":                "/",
		"/%09/evil.example":      "/",
		"/%5C/evil.example":      "/",
		"/%2F/evil.example":      "/",
		"https:evil.example":     "/",
		"javascript:alert(1)":    "/",
		"orders":                 "/",
		"/a\r\nSet-Cookie: x=1":  "/",
		"http://user@127.0.0.1/": "/",
	} {
		if got := localPath(next); got != want {
			t.Errorf("localPath(%q) = %q, want %q", next, got, want)
		}
	}
}

// Whatever is asked for, the result stays on this site.
func FuzzLocalPath(f *testing.F) {
	for _, seed := range []string{"/", "//e", `/\e`, "/%09/evil", "https:e", "/a?b=//c", "/%2f%2fe", "\x00"} {
		f.Add(seed)
	}
	base := &url.URL{Scheme: "https", Host: "shop.example", Path: "/login"}
	f.Fuzz(func(t *testing.T, next string) {
		to := localPath(next)
		u, err := url.Parse(to)
		if err != nil {
			t.Fatalf("localPath(%q) = %q, which is no address", next, to)
		}
		if at := base.ResolveReference(u); at.Host != base.Host || at.Scheme != base.Scheme {
			t.Fatalf("localPath(%q) = %q leads to %s", next, to, at)
		}
		if strings.HasPrefix(to, "//") || strings.ContainsAny(to, "\\\r\n") {
			t.Fatalf("localPath(%q) = %q", next, to)
		}
	})
}

// Ids from outside may hold slashes, percent signs and letters of any alphabet; they arrive as they were.
func TestParamIsDecodedOnce(t *testing.T) {
	for _, id := range []string{"A21101", "0609-001174", "A/B", "100%", "a%2Fb", "СF283А", "a b", "a+b", "?#"} {
		e := echo.New()
		got := ""
		e.GET("/items/:id", func(c echo.Context) error {
			got = param(c, "id")
			return c.NoContent(http.StatusOK)
		})
		e.ServeHTTP(httptest.NewRecorder(), httptest.NewRequest(http.MethodGet, "/items/"+url.PathEscape(id), nil))
		if got != id {
			t.Errorf("%q arrives as %q", id, got)
		}
	}
}

func TestFormRefusesWhatItCantUnderstand(t *testing.T) {
	for name, c := range map[string]struct {
		body string
		want errkind.Kind
	}{
		"one of each":       {"itemId=A1&quantity=2", ""},
		"an unknown field":  {"itemId=A1&price=0.01", ""},
		"a repeated field":  {"itemId=A1&itemId=B2", errkind.Invalid},
		"a broken escape":   {"itemId=%zz", errkind.Invalid},
		"more than is read": {"itemId=" + strings.Repeat("x", maxForm), errkind.TooLarge},
	} {
		t.Run(name, func(t *testing.T) {
			r := httptest.NewRequest(http.MethodPost, "/cart/items", strings.NewReader(c.body))
			r.Header.Set("Content-Type", "application/x-www-form-urlencoded")
			fields, err := form(echo.New().NewContext(r, httptest.NewRecorder()), "itemId", "quantity")
			if got := errkind.Of(err); got != c.want {
				t.Fatalf("form() fails with %q (%v), want %q", got, err, c.want)
			}
			if err == nil && (fields["itemId"] != "A1" || fields["price"] != "") {
				t.Errorf("fields = %v", fields)
			}
		})
	}
}

func TestPageNumber(t *testing.T) {
	for query, want := range map[string]int{"": 1, "page=3": 3, "page=0": 1, "page=-1": 1, "page=x": 1, "page=99999999999999999999": 1} {
		c := echo.New().NewContext(httptest.NewRequest(http.MethodGet, "/orders?"+query, nil), httptest.NewRecorder())
		if got := pageNumber(c); got != want {
			t.Errorf("?%s is page %d, want %d", query, got, want)
		}
	}
}
