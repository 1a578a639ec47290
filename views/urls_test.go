package views_test

import (
	"net/url"
	"strings"
	"testing"

	"pgregory.net/rapid"

	"storefront/internal/catalog"
	"storefront/internal/order"
	"storefront/views"
)

func TestIdsAreOneSegmentOfAnAddress(t *testing.T) {
	for got, want := range map[string]string{
		views.ItemURL("2C918150"):                "/items/2C918150",
		views.ItemURL("A/1"):                     "/items/A%2F1",
		views.ItemURL("a?b#c%2F д"):              "/items/a%3Fb%23c%252F%20%D0%B4",
		views.CatalogURL(""):                     "/catalog",
		views.CatalogURL("DRM/CRT"):              "/catalog/DRM%2FCRT",
		views.CartLineURL("A/1"):                 "/cart/items/A%2F1",
		views.OrderURL("4590/Б"):                 "/orders/4590%2F%D0%91",
		views.OrderLineURL("1/2", "A/1"):         "/orders/1%2F2/lines/A%2F1",
		views.OrderNoteURL("1"):                  "/orders/1/note",
		views.NoteTemplateURL("a/b"):             "/settings/notes/a%2Fb",
		views.SubmissionURL("k7"):                "/submissions/k7",
		views.PhotoURL("A/1"):                    "/photos/A%2F1?w=96",
		views.PhotoAt("A1", 2, views.PhotoLarge): "/photos/A1?w=960&n=2",
	} {
		if got != want {
			t.Errorf("got %s, want %s", got, want)
		}
	}
}

// Whatever an id holds, the address leads to this site and gives the id back.
func TestAddressesOfIdsReadBack(t *testing.T) {
	rapid.Check(t, func(t *rapid.T) {
		id := rapid.String().Draw(t, "id")
		for prefix, address := range map[string]string{
			"/items/": views.ItemURL(catalog.ItemID(id)), "/orders/": views.OrderURL(order.ID(id)), "/cart/items/": views.CartLineURL(catalog.ItemID(id)),
		} {
			u, err := url.Parse("http://here" + address)
			if err != nil || u.Host != "here" || u.RawQuery != "" || u.Fragment != "" || strings.TrimPrefix(u.Path, prefix) != id {
				t.Fatalf("%q gives %q, read back as %+v (%v)", id, address, u, err)
			}
		}
	})
}

func TestSafeURL(t *testing.T) {
	for raw, safe := range map[string]bool{
		"https://docs.example/upd/1.pdf?a=b#c": true, "http://docs.example": true, "/documents/1.pdf": true, "/": true,
		"":                 false,
		"//evil.example/x": false, "/\\evil.example": false, "\\\\evil.example": false, "/\tevil": false, "\thttps://x.example": false,
		"javascript:alert(1)": false, "JaVaScRiPt:alert(1)": false, "java\nscript:alert(1)": false, "data:text/html,x": false, "vbscript:x": false,
		"ftp://x.example/": false, "mailto:a@b.example": false, "tel:1": false, "file:///etc/passwd": false, "https:evil.example": false,
		"https:///x": false, "https://user:pass@x.example/": false, "relative/path": false, "?q=1": false, "https://x.example/a b": false, "http://[::1": false,
	} {
		want := ""
		if safe {
			want = raw
		}
		if got := views.SafeURL(raw); got != want {
			t.Errorf("SafeURL(%q) = %q, want %q", raw, got, want)
		}
	}
}

func FuzzSafeURL(f *testing.F) {
	for _, seed := range []string{"https://a.example/b", "//a", "/a", "javascript:a", "/%09/a", "https:\\\\a", "h\x00ttp://a"} {
		f.Add(seed)
	}
	here := &url.URL{Scheme: "https", Host: "here.example", Path: "/page"}
	f.Fuzz(func(t *testing.T, raw string) {
		got := views.SafeURL(raw)
		if got == "" {
			return
		}
		u, err := here.Parse(got)
		if err != nil || got != raw || (u.Scheme != "http" && u.Scheme != "https") || u.Host == "" {
			t.Fatalf("SafeURL(%q) = %q, which leads to %v (%v)", raw, got, u, err)
		}
		if strings.HasPrefix(got, "/") && u.Host != here.Host {
			t.Fatalf("the local path %q leads to %s", got, u.Host)
		}
	})
}
