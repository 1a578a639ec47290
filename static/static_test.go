package static_test

import (
	"bytes"
	"compress/gzip"
	"crypto/sha256"
	"encoding/hex"
	"io"
	"net/http"
	"net/http/httptest"
	"os"
	"path"
	"regexp"
	"slices"
	"strings"
	"testing"

	"storefront/static"
)

// checksums pin what others wrote, as published: htmx 4.0.1 and its extension for event streams.
var checksums = map[string]string{
	"thirdparty/hx-sse.min.js": "18ef2761356ec1fe0bb6d92612315b37517a7c1e9856b661c5ae81fef239d103",
	"thirdparty/htmx.min.js":   "a0abb04f2f45a1f89d1d4844023245537e5e6014c87b144553e0607b4cc32130",
}

func TestThirdPartiesAreWhatTheyWere(t *testing.T) {
	entries, err := os.ReadDir("thirdparty")
	if err != nil {
		t.Fatal(err)
	}
	for _, e := range entries {
		name := "thirdparty/" + e.Name()
		body, err := os.ReadFile(name)
		if err != nil {
			t.Fatal(err)
		}
		sum := sha256.Sum256(body)
		if got := hex.EncodeToString(sum[:]); got != checksums[name] {
			t.Errorf("%s has the checksum %s", name, got)
		}
	}
	if len(entries) != len(checksums) {
		t.Errorf("%d files, %d checksums", len(entries), len(checksums))
	}
}

func get(t *testing.T, address, encoding string) *http.Response {
	t.Helper()
	r := httptest.NewRequest(http.MethodGet, address, nil)
	if encoding != "" {
		r.Header.Set("Accept-Encoding", encoding)
	}
	w := httptest.NewRecorder()
	static.Handler().ServeHTTP(w, r)
	return w.Result()
}

func body(t *testing.T, r io.Reader) []byte {
	t.Helper()
	b, err := io.ReadAll(r)
	if err != nil {
		t.Fatal(err)
	}
	return b
}

func TestEveryAssetIsServedForEver(t *testing.T) {
	types := map[string]string{".css": "text/css; charset=utf-8", ".js": "text/javascript; charset=utf-8", ".svg": "image/svg+xml", ".woff2": "font/woff2"}
	for _, name := range static.Names() {
		want, err := os.ReadFile(name)
		if err != nil {
			t.Fatal(err)
		}
		answer := get(t, static.URL(name), "")
		if got := body(t, answer.Body); answer.StatusCode != http.StatusOK || !bytes.Equal(got, want) {
			t.Errorf("%s: status %d, %d bytes, want %d", name, answer.StatusCode, len(got), len(want))
		}
		h := answer.Header
		if h.Get("Content-Type") != types[path.Ext(name)] || h.Get("Cache-Control") != "public, max-age=31536000, immutable" || h.Get("X-Content-Type-Options") != "nosniff" {
			t.Errorf("%s: %v", name, h)
		}
		squeezed := get(t, static.URL(name), "br, gzip")
		if squeezed.Header.Get("Content-Encoding") != "gzip" {
			if path.Ext(name) != ".woff2" && len(want) > 1000 {
				t.Errorf("%s is not compressed", name)
			}
			continue
		}
		zip, err := gzip.NewReader(squeezed.Body)
		if err != nil {
			t.Fatal(err)
		}
		if !bytes.Equal(body(t, zip), want) || squeezed.Header.Get("Vary") != "Accept-Encoding" {
			t.Errorf("%s differs when compressed", name)
		}
	}
}

func TestGzipIsSentOnlyWhereWanted(t *testing.T) {
	for header, want := range map[string]string{"gzip": "gzip", "br;q=1.0, GZIP;q=0.5": "gzip", "gzip;q=0": "", "gzip; q=0.000": "", "br": "", "identity": "", "xgzip": ""} {
		if got := get(t, static.URL("app.css"), header).Header.Get("Content-Encoding"); got != want {
			t.Errorf("%q answers with %q", header, got)
		}
	}
}

func TestOnlyTheirOwnAddressesAreServed(t *testing.T) {
	good := static.URL("app.css")
	hash := strings.Split(good, "/")[2]
	for _, address := range []string{
		"/static/app.css", "/static/000000000000/app.css", "/static/" + hash + "/", "/static/" + hash + "/static.go", "/static/" + hash + "/src/app.css",
		"/static/" + hash + "/../static.go", "/static/" + hash + "/fonts", "/static/",
	} {
		if answer := get(t, address, ""); answer.StatusCode != http.StatusNotFound || answer.Header.Get("Cache-Control") != "" {
			t.Errorf("%s: status %d", address, answer.StatusCode)
		}
	}
}

func TestAnUnknownNameIsAMistake(t *testing.T) {
	defer func() {
		if recover() == nil {
			t.Error("no panic")
		}
	}()
	static.URL("no-such.css")
}

// The style sheet is built: it needs nothing from elsewhere, and its fonts are here.
func TestTheStyleSheetIsWhole(t *testing.T) {
	css := string(body(t, get(t, static.URL("app.css"), "").Body))
	for _, m := range regexp.MustCompile(`url\(([^)]*)\)`).FindAllStringSubmatch(css, -1) {
		link := strings.Trim(m[1], `"'`)
		if !strings.HasPrefix(link, "data:") && !slices.Contains(static.Names(), link) {
			t.Errorf("the style sheet wants %s", link)
		}
	}
	for _, wanted := range []string{".item-row", ".btn", "@media print", "shop-dark", "prefers-color-scheme:dark"} {
		if !strings.Contains(css, wanted) {
			t.Errorf("the style sheet lacks %s", wanted)
		}
	}
	for _, unwanted := range []string{"@import", "@apply", "@plugin", "http:", "https:"} {
		if strings.Contains(strings.ReplaceAll(strings.ReplaceAll(css, "http://www.w3.org", ""), "https://tailwindcss.com", ""), unwanted) {
			t.Errorf("the style sheet holds %s", unwanted)
		}
	}
	if zipped := get(t, static.URL("app.css"), "gzip"); zipped.ContentLength > 20_000 {
		t.Errorf("compressed it takes %d bytes", zipped.ContentLength)
	}
}
