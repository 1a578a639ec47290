package photo_test

import (
	"bytes"
	"context"
	"encoding/binary"
	"errors"
	"hash/crc32"
	"image"
	"image/color"
	"image/gif"
	"image/jpeg"
	"image/png"
	"net/http"
	"net/http/httptest"
	"net/url"
	"os"
	"strings"
	"sync"
	"sync/atomic"
	"testing"
	"time"

	"go.uber.org/goleak"

	"storefront/internal/photo"
)

func TestMain(m *testing.M) { goleak.VerifyTestMain(m) }

// host is a server of pictures that counts who asks.
type host struct {
	*httptest.Server
	asked atomic.Int64
}

func newHost(t *testing.T, serve http.HandlerFunc) *host {
	t.Helper()
	h := &host{}
	h.Server = httptest.NewServer(http.HandlerFunc(func(w http.ResponseWriter, r *http.Request) {
		h.asked.Add(1)
		serve(w, r)
	}))
	t.Cleanup(h.Close)
	return h
}

func (h *host) port(t *testing.T) string {
	t.Helper()
	u, err := url.Parse(h.URL)
	if err != nil {
		t.Fatal(err)
	}
	return u.Port()
}

func (h *host) name(t *testing.T) string { return "127.0.0.1:" + h.port(t) }

type clock struct{ at atomic.Int64 }

func (c *clock) now() time.Time          { return time.Unix(0, c.at.Load()) }
func (c *clock) advance(d time.Duration) { c.at.Add(int64(d)) }

func open(t *testing.T, o photo.Options) *photo.Photos {
	t.Helper()
	if o.Dir == "" {
		o.Dir = t.TempDir()
	}
	if o.Now == nil {
		o.Now = time.Now
	}
	p := photo.New(o)
	t.Cleanup(p.Close)
	return p
}

func picture(w, h int, c color.Color) *image.NRGBA {
	m := image.NewNRGBA(image.Rect(0, 0, w, h))
	for i := range w * h {
		m.Set(i%w, i/w, c)
	}
	return m
}

func encoded(t *testing.T, encode func(*bytes.Buffer) error) []byte {
	t.Helper()
	var b bytes.Buffer
	if err := encode(&b); err != nil {
		t.Fatal(err)
	}
	return b.Bytes()
}

func jpegOf(t *testing.T, m image.Image) []byte {
	return encoded(t, func(b *bytes.Buffer) error { return jpeg.Encode(b, m, nil) })
}

func pngOf(t *testing.T, m image.Image) []byte {
	return encoded(t, func(b *bytes.Buffer) error { return png.Encode(b, m) })
}

func serving(content []byte) http.HandlerFunc {
	return func(w http.ResponseWriter, _ *http.Request) { _, _ = w.Write(content) }
}

func TestAPictureIsMadeSmallAndKept(t *testing.T) {
	tests := map[string]struct {
		content       []byte
		kind          string
		width, height int
	}{
		"a wide JPEG":         {jpegOf(t, picture(1000, 500, color.White)), "image/jpeg", 320, 160},
		"a tall PNG":          {pngOf(t, picture(300, 600, color.White)), "image/jpeg", 160, 320},
		"one that is smaller": {pngOf(t, picture(40, 30, color.White)), "image/jpeg", 40, 30},
		"a see-through one":   {pngOf(t, picture(640, 640, color.NRGBA{R: 200, A: 100})), "image/png", 320, 320},
		"a GIF": {encoded(t, func(b *bytes.Buffer) error { return gif.Encode(b, picture(640, 320, color.Black), nil) }),
			"image/jpeg", 320, 160},
	}
	for name, test := range tests {
		t.Run(name, func(t *testing.T) {
			h := newHost(t, serving(test.content))
			p := open(t, photo.Options{Upstream: h.name(t)})
			var etag string
			for range 3 {
				got, err := p.Get(t.Context(), "A1", []string{h.URL + "/1.jpg"}, 300)
				if err != nil {
					t.Fatal(err)
				}
				decoded, _, err := image.Decode(bytes.NewReader(got.Bytes))
				if err != nil {
					t.Fatal(err)
				}
				if size := decoded.Bounds().Size(); got.Type != test.kind || size != image.Pt(test.width, test.height) {
					t.Errorf("got %s of %v, want %s of %d × %d", got.Type, size, test.kind, test.width, test.height)
				}
				if etag != "" && got.ETag != etag {
					t.Errorf("the tag changed from %s to %s", etag, got.ETag)
				}
				etag = got.ETag
			}
			if n := h.asked.Load(); n != 1 {
				t.Errorf("the host was asked %d times, want once", n)
			}
		})
	}
}

func TestWidthsAreRoundedToAFew(t *testing.T) {
	dir := t.TempDir()
	h := newHost(t, serving(jpegOf(t, picture(20, 20, color.White))))
	p := open(t, photo.Options{Upstream: h.name(t), Dir: dir})
	for width := -5; width < 3000; width += 7 {
		if _, err := p.Get(t.Context(), "A1", []string{h.URL}, width); err != nil {
			t.Fatal(err)
		}
	}
	if n := h.asked.Load(); int(n) != len(photo.Widths) {
		t.Errorf("made %d sizes, want %d", n, len(photo.Widths))
	}
}

// header writes the head of a PNG that says it is w by h.
func header(w, h uint32) []byte {
	head := binary.BigEndian.AppendUint32(nil, w)
	head = binary.BigEndian.AppendUint32(head, h)
	chunk := append([]byte("IHDR"), append(head, 8, 6, 0, 0, 0)...)
	b := binary.BigEndian.AppendUint32([]byte("\x89PNG\r\n\x1a\n"), 13)
	b = append(b, chunk...)
	return binary.BigEndian.AppendUint32(b, crc32.ChecksumIEEE(chunk))
}

func TestWhatIsNoDecentPictureIsNone(t *testing.T) {
	whole := jpegOf(t, picture(100, 100, color.White))
	tests := map[string]http.HandlerFunc{
		"50,000 × 50,000 pixels": serving(header(50_000, 50_000)),
		"no pixels":              serving(header(0, 10)),
		"a head without a body":  serving(header(10, 10)),
		"a cut-off JPEG":         serving(whole[:len(whole)/2]),
		"an SVG":                 serving([]byte(`<svg xmlns="http://www.w3.org/2000/svg"><script>alert(1)</script></svg>`)),
		"HTML with a picture's name": func(w http.ResponseWriter, _ *http.Request) {
			w.Header().Set("Content-Type", "image/png")
			_, _ = w.Write([]byte("<html><script>alert(1)</script>"))
		},
		"nothing":   serving(nil),
		"not found": func(w http.ResponseWriter, _ *http.Request) { w.WriteHeader(http.StatusNotFound) },
		"over 5 MB": serving(append(bytes.Clone(whole), make([]byte, 5<<20)...)),
		"a never-ending one": func(w http.ResponseWriter, r *http.Request) {
			for r.Context().Err() == nil {
				_, _ = w.Write(whole)
			}
		},
	}
	for name, serve := range tests {
		t.Run(name, func(t *testing.T) {
			h := newHost(t, serve)
			p := open(t, photo.Options{Upstream: h.name(t)})
			for range 2 {
				if _, err := p.Get(t.Context(), "A1", []string{h.URL + "/1.png"}, 64); !errors.Is(err, photo.ErrNone) {
					t.Errorf("got %v, want ErrNone", err)
				}
			}
			if n := h.asked.Load(); n != 1 {
				t.Errorf("asked %d times, want once: the failure is remembered", n)
			}
		})
	}
}

func TestNothingIsLeftOfTheOriginalFile(t *testing.T) {
	polyglot := append(jpegOf(t, picture(10, 10, color.White)), "<script>alert(1)</script>"...)
	h := newHost(t, serving(polyglot))
	p := open(t, photo.Options{Upstream: h.name(t)})
	got, err := p.Get(t.Context(), "A1", []string{h.URL}, 64)
	if err != nil || bytes.Contains(got.Bytes, []byte("script")) {
		t.Errorf("got %q, %v", got.Bytes, err)
	}
}

func TestOnlyAllowedHostsWithPublicAddressesAreConnectedTo(t *testing.T) {
	h := newHost(t, serving(jpegOf(t, picture(10, 10, color.White))))
	port := h.port(t)
	tests := map[string]struct {
		hosts []string
		url   string
	}{
		"a host that is not listed":     {nil, h.URL},
		"listed, but loopback":          {[]string{"127.0.0.1:" + port}, h.URL},
		"a name that means loopback":    {[]string{"localhost:" + port}, "http://localhost:" + port + "/1.jpg"},
		"loopback of version 6":         {[]string{"[::1]:" + port}, "http://[::1]:" + port + "/1.jpg"},
		"mapped into version 6":         {[]string{"[::ffff:127.0.0.1]:" + port}, "http://[::ffff:127.0.0.1]:" + port + "/"},
		"the unspecified address":       {[]string{"0.0.0.0:" + port}, "http://0.0.0.0:" + port + "/"},
		"decimal loopback":              {[]string{"2130706433:" + port}, "http://2130706433:" + port + "/"},
		"a cloud's metadata":            {[]string{"169.254.169.254"}, "http://169.254.169.254/latest/meta-data"},
		"another port of a listed host": {[]string{"127.0.0.1"}, h.URL},
		"with a user":                   {[]string{"127.0.0.1:" + port}, "http://a:b@127.0.0.1:" + port + "/"},
		"another scheme":                {[]string{"127.0.0.1:" + port}, "file://127.0.0.1:" + port + "/etc/passwd"},
		"no address at all":             {[]string{"127.0.0.1:" + port}, "dummy.jpg"},
	}
	for name, test := range tests {
		t.Run(name, func(t *testing.T) {
			p := open(t, photo.Options{Hosts: test.hosts, Upstream: "127.0.0.1:1"})
			if _, err := p.Get(t.Context(), "A1", []string{test.url}, 64); !errors.Is(err, photo.ErrNone) {
				t.Errorf("got %v, want ErrNone", err)
			}
		})
	}
	if n := h.asked.Load(); n != 0 {
		t.Errorf("%d requests arrived", n)
	}
}

func TestTheEnvironmentsProxyIsNotAsked(t *testing.T) {
	proxy := newHost(t, serving(nil))
	t.Setenv("HTTP_PROXY", proxy.URL)
	p := open(t, photo.Options{Hosts: []string{"photo.invalid"}})
	if _, err := p.Get(t.Context(), "A1", []string{"http://photo.invalid/1.jpg"}, 64); !errors.Is(err, photo.ErrNone) {
		t.Errorf("got %v, want ErrNone", err)
	}
	if n := proxy.asked.Load(); n != 0 {
		t.Errorf("the proxy was asked %d times", n)
	}
}

func TestRedirectsAreNotFollowed(t *testing.T) {
	other := newHost(t, serving(jpegOf(t, picture(10, 10, color.White))))
	for _, status := range []int{301, 302, 303, 307, 308} {
		h := newHost(t, func(w http.ResponseWriter, r *http.Request) { http.Redirect(w, r, other.URL, status) })
		p := open(t, photo.Options{Upstream: h.name(t)})
		if _, err := p.Get(t.Context(), "A1", []string{h.URL}, 64); !errors.Is(err, photo.ErrNone) {
			t.Errorf("%d: got %v, want ErrNone", status, err)
		}
	}
	if n := other.asked.Load(); n != 0 {
		t.Errorf("the other host was asked %d times", n)
	}
}

func TestADeadHostIsLeftAlone(t *testing.T) {
	hanging := newHost(t, func(_ http.ResponseWriter, r *http.Request) { <-r.Context().Done() })
	var c clock
	p := open(t, photo.Options{Upstream: hanging.name(t), Within: 50 * time.Millisecond, Now: c.now})
	var wanting sync.WaitGroup
	for n := range 50 {
		wanting.Go(func() {
			_, err := p.Get(t.Context(), "A1", []string{hanging.URL + "/" + strings.Repeat("x", n)}, 64)
			if !errors.Is(err, photo.ErrNone) {
				t.Errorf("got %v, want ErrNone", err)
			}
		})
	}
	wanting.Wait()
	if n := hanging.asked.Load(); n > 4 {
		t.Errorf("asked for %d pictures, want no more than are fetched at a time", n)
	}
	before := hanging.asked.Load()
	c.advance(31 * time.Second)
	_, _ = p.Get(t.Context(), "A1", []string{hanging.URL + "/again"}, 64)
	if n := hanging.asked.Load(); n != before+1 {
		t.Errorf("asked %d times after half a minute, want once", n-before)
	}
}

func TestOneFetchServesAllWhoWait(t *testing.T) {
	release := make(chan struct{})
	content := jpegOf(t, picture(10, 10, color.White))
	h := newHost(t, func(w http.ResponseWriter, _ *http.Request) {
		<-release
		_, _ = w.Write(content)
	})
	p := open(t, photo.Options{Upstream: h.name(t)})

	leaving, leave := context.WithCancel(t.Context())
	gone := make(chan error)
	go func() {
		_, err := p.Get(leaving, "A1", []string{h.URL}, 64)
		gone <- err
	}()
	leave()
	if err := <-gone; !errors.Is(err, context.Canceled) {
		t.Errorf("who left got %v", err)
	}
	var waiting sync.WaitGroup
	for range 20 {
		waiting.Go(func() {
			if _, err := p.Get(t.Context(), "A1", []string{h.URL}, 64); err != nil {
				t.Error(err)
			}
		})
	}
	close(release)
	waiting.Wait()
	if n := h.asked.Load(); n != 1 {
		t.Errorf("fetched %d times, want once", n)
	}
}

func TestTheNextAddressIsTriedWhenOneFails(t *testing.T) {
	h := newHost(t, func(w http.ResponseWriter, r *http.Request) {
		if r.URL.Path == "/missing" {
			w.WriteHeader(http.StatusNotFound)
			return
		}
		_ = jpeg.Encode(w, picture(10, 10, color.White), nil)
	})
	p := open(t, photo.Options{Upstream: h.name(t)})
	if _, err := p.Get(t.Context(), "A1", []string{h.URL + "/missing", h.URL + "/there"}, 64); err != nil {
		t.Error(err)
	}
}

func TestAnEmptiedOrUnwritableFolderCostsFetchingAgain(t *testing.T) {
	dir := t.TempDir()
	h := newHost(t, serving(jpegOf(t, picture(10, 10, color.White))))
	p := open(t, photo.Options{Upstream: h.name(t), Dir: dir + "/photos"})
	for range 2 {
		if _, err := p.Get(t.Context(), "A1", []string{h.URL}, 64); err != nil {
			t.Error(err)
		}
		if err := os.RemoveAll(dir + "/photos"); err != nil {
			t.Fatal(err)
		}
	}
	if err := os.WriteFile(dir+"/photos", nil, 0o600); err != nil { // a file where the folder should be
		t.Fatal(err)
	}
	if _, err := p.Get(t.Context(), "A1", []string{h.URL}, 64); err != nil {
		t.Error(err)
	}
}
