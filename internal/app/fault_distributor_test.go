package app_test

import (
	"bytes"
	"compress/gzip"
	"fmt"
	"io"
	"net/http"
	"net/http/httptest"
	"os"
	"runtime"
	"strings"
	"sync/atomic"
	"testing"
	"time"

	"github.com/shopspring/decimal"

	"storefront/internal/vtt/emulator"
	"storefront/store/cache"
)

// A faultRow is a row of the fault matrix (requirements.md, section 5): by its number, what goes wrong, and what must come of it.
type faultRow struct {
	number int
	fault  string
	check  func(*testing.T, *troubled)
}

// troubled is a house in trouble: a buyer at work in it, every page that he can see, and what the first of them costs.
type troubled struct {
	*house
	v     *visitor
	pages []string
}

// matrix runs rows one after another in one house, and looks after each of them whether anything of it has stayed.
func matrix(t *testing.T, rows []faultRow, set ...func(*emulator.Options)) {
	h, v := furnished(t, set...)
	v.addToCart(plain, 1)
	all := &troubled{house: h, v: v, pages: without(h.pages(v), "/checkout")}
	h.calm = h.measure()
	for _, r := range rows {
		t.Run(fmt.Sprintf("%d %s", r.number, r.fault), func(t *testing.T) {
			whole := h.t
			h.t, v.t = t, t // a row that can't go on leaves the others alone
			defer func() {
				h.behave()
				h.way.mend()
				h.settled(t)
				h.t, v.t = whole, whole
			}()
			r.check(t, all)
		})
	}
}

func without(paths []string, not string) (rest []string) {
	for _, path := range paths {
		if path != not {
			rest = append(rest, path)
		}
	}
	return rest
}

func TestFaultsOfTheDistributor(t *testing.T) {
	matrix(t, []faultRow{
		{1, "connection refused: pages", func(t *testing.T, h *troubled) {
			h.way.cut()
			h.expire()
			h.pagesStand(t)
			h.eventually("a banner", func() bool { return h.v.get("/catalog").Find(".outage").Length() == 1 })
			h.nobodyNew(t, "UNREACHABLE")
			h.way.mend()
			h.eventually("the banner gone", func() bool { h.expire(); return h.v.get("/catalog").Find(".outage").Length() == 0 })
		}},
		{3, "down before an order is sent", func(t *testing.T, h *troubled) {
			review := h.v.read("/checkout")
			h.way.cut()
			h.notSent(t, review)
		}},
		{3, "the list of orders is refused before an order is sent", func(t *testing.T, h *troubled) {
			review := h.v.read("/checkout")
			h.misbehave(fault{Operation: "GetOrders", Effect: "drop"})
			h.notSent(t, review)
		}},
		{4, "the distributor's name is not known", func(t *testing.T, h *troubled) {
			review, right, calls := h.v.read("/checkout"), h.settings.VTTURL, h.received()
			h.close()
			h.settings.VTTURL = "https://portal.invalid/Portal.svc"
			h.open()
			h.pagesStand(t)
			h.nobodyNew(t, "UNREACHABLE")
			h.notSent(t, review)
			if now := h.received(); now != calls {
				t.Errorf("%d calls went elsewhere", now-calls)
			}
			h.close()
			h.settings.VTTURL = right
			h.open()
			h.v.read("/catalog")
		}},
		{6, "accepts and never answers", func(t *testing.T, h *troubled) {
			h.way.block()
			h.expire()
			for range 3 { // more work than there are slots for
				h.pagesStand(t)
			}
			began := time.Now()
			h.nobodyNew(t, "TIMEOUT")
			if took := time.Since(began); took > 20*time.Second {
				t.Errorf("signing in was given up after %s", took)
			}
			h.way.mend()
			h.eventually("the slots free", func() bool { h.expire(); return h.v.get("/checkout").code() == "" })
		}},
		{36, "the password was changed during a session", func(t *testing.T, h *troubled) {
			var calls atomic.Int32
			h.way.bend(http.HandlerFunc(func(w http.ResponseWriter, r *http.Request) {
				body, _ := io.ReadAll(r.Body)
				if bytes.Contains(body, []byte(">"+h.buyer().login+"<")) {
					calls.Add(1)
				}
				r.Body = io.NopCloser(bytes.NewReader(body))
				h.emulator.ServeHTTP(w, r)
			}))
			h.misbehave(fault{Login: h.buyer().login, Effect: "refuse", Code: "ACCESS_DENIED"})
			h.expire()
			h.eventually("the sign-in page", func() bool { return h.v.get("/orders").url.Path == "/login" })
			if n := calls.Load(); n < 1 || n > 2 {
				t.Errorf("the old password was tried %d times", n)
			}
			h.signedIn(t, h.stranger()).read("/catalog")
			h.behave()
			if p := h.v.signIn(h.buyer()); p.url.Path != "/" {
				t.Fatalf("with the new password he is at %s: %s", p.url, p.complaint())
			}
			if h.v.read("/cart").item("cart-line", plain).Length() != 1 {
				t.Error("his cart is lost")
			}
		}},
		{37, "answers that are none", func(t *testing.T, h *troubled) {
			for name, answer := range nonsense() {
				h.expire()
				h.way.bend(answer)
				var before, after runtime.MemStats
				runtime.ReadMemStats(&before)
				began := time.Now()
				p := h.visitor(t).signIn(h.stranger())
				h.pagesStand(t)
				runtime.ReadMemStats(&after)
				if p.url.Path != "/login" || p.code() != "NOT_SOAP" || p.status != http.StatusBadGateway {
					t.Errorf("%s: signing in leads to %s with %d %q", name, p.url, p.status, p.code())
				}
				if took := time.Since(began); took > 15*time.Second {
					t.Errorf("%s: it took %s to see", name, took)
				}
				if grown := int64(after.Sys) - int64(before.Sys); grown > 128<<20 {
					t.Errorf("%s: memory grew by %d MB", name, grown>>20)
				}
			}
		}},
		{38, "the catalogue comes back wrong", func(t *testing.T, h *troubled) {
			for i, wrong := range []struct {
				name string
				all  []good
			}{
				{"nothing at all", nil}, {"one group of it", goods()[:2]}, {"four items of it", goods()[:4]}, {"half of it", goods()[:60]},
				{"for nothing", priced(decimal.Zero)}, {"without prices", priced(goods()[12].Price)}, // last: a price that a page shows is believed when it is read by itself
			} {
				h.way.bend(changed(t, wrong.all))
				doubts := h.doubts(t)
				h.clock.pass(27 * time.Hour) // older than descriptions may get
				h.v.signIn(h.buyer())
				h.eventually("the operator told of doubts: "+wrong.name, func() bool { return h.doubts(t) > doubts })
				for _, path := range []string{"/catalog?page=3", "/items/" + goods()[100+i].Id} { // that nobody has looked at
					if p := h.v.get(path); p.status != http.StatusOK || p.named("price").Length() == 0 {
						t.Errorf("%s: %s is %d, with %d prices", wrong.name, path, p.status, p.named("price").Length())
					}
				}
			}
		}},
		{39, "sent on to another host", func(t *testing.T, h *troubled) {
			var strayed atomic.Int32
			elsewhere := httptest.NewServer(http.HandlerFunc(func(http.ResponseWriter, *http.Request) { strayed.Add(1) }))
			defer elsewhere.Close()
			for _, code := range []int{http.StatusTemporaryRedirect, http.StatusPermanentRedirect, http.StatusFound} {
				h.expire()
				h.way.bend(http.RedirectHandler(elsewhere.URL+"/Portal.svc", code))
				h.pagesStand(t)
				h.nobodyNew(t, "NOT_SOAP")
			}
			if n := strayed.Load(); n > 0 {
				t.Errorf("%d requests followed", n)
			}
		}},
	})
}

// expire lets everything that pages show grow old enough to be read again, but for whole lists.
func (h *house) expire() { h.clock.pass(11 * time.Minute) }

// received counts the calls that have reached the distributor.
func (h *house) received() (n int) {
	for _, calls := range h.emulator.Received() {
		n += calls
	}
	return n
}

// pagesStand checks that every page is there, at once and with the date of what it shows.
func (h *troubled) pagesStand(t *testing.T) {
	t.Helper()
	for _, path := range h.pages {
		began := time.Now()
		p := h.v.get(path)
		if p.status != http.StatusOK || p.url.Path == "/login" {
			t.Errorf("%s: %d at %s: %s", path, p.status, p.url, p.complaint())
		}
		if p.named("freshness").Length() == 0 {
			t.Errorf("%s does not say how old it is", path)
		}
		if took := time.Since(began); took > 5*time.Second {
			t.Errorf("%s waited %s for the distributor", path, took)
		}
	}
}

// nobodyNew checks that nobody gets in now, not even with the right password, and that it is said why.
func (h *house) nobodyNew(t *testing.T, code string) {
	t.Helper()
	v := h.visitor(t)
	if p := v.signIn(h.stranger()); p.code() != code || p.status < http.StatusInternalServerError {
		t.Errorf("signing in: %d, code %q, want %s: %s", p.status, p.code(), code, p.complaint())
	}
	if p := v.get("/catalog"); p.url.Path != "/login" {
		t.Errorf("without a session one is at %s", p.url)
	}
}

// notSent sends the order of a review and checks that it is not: soon, with the cart as it was, and no order made.
func (h *troubled) notSent(t *testing.T, review *page) {
	t.Helper()
	made, began := h.executions("CreateOrder"), time.Now()
	sent := h.v.press(review, "/checkout", nil)
	h.reaches(h.v, sent.url.Path, "NOT_SENT")
	if took := time.Since(began); took > 5*time.Second {
		t.Errorf("it took %s", took)
	}
	if h.executions("CreateOrder") != made {
		t.Error("an order was made")
	}
	if h.v.read("/cart").item("cart-line", plain).Length() != 1 {
		t.Error("the cart is lost")
	}
}

// nonsense lists answers that no service of the kind gives.
func nonsense() map[string]http.Handler {
	const begin = `<s:Envelope xmlns:s="http://schemas.xmlsoap.org/soap/envelope/"><s:Body>`
	text := func(contentType, body string) http.Handler {
		return http.HandlerFunc(func(w http.ResponseWriter, _ *http.Request) {
			w.Header().Set("Content-Type", contentType)
			_, _ = io.WriteString(w, body)
		})
	}
	bomb := packed(begin + strings.Repeat(" ", 32<<20))
	const soap = "text/xml; charset=utf-8"
	return map[string]http.Handler{
		"huge":          text(soap, begin+strings.Repeat("<x>tarragon</x>", 1<<20)),
		"deep":          text(soap, begin+strings.Repeat("<x>", 200_000)),
		"HTML":          text("text/html", "<!doctype html><title>502</title><p>Bad gateway"),
		"a DOCTYPE":     text(soap, `<!DOCTYPE x [<!ENTITY a "aaaa">]>`+begin+`<x>&a;</x></s:Body></s:Envelope>`),
		"wrong charset": text("text/xml; charset=koi8-r", `<?xml version="1.0" encoding="koi8-r"?>`+begin+"\xc1\xc2</s:Body></s:Envelope>"),
		"nothing":       text(soap, ""),
		"a gzip bomb": http.HandlerFunc(func(w http.ResponseWriter, _ *http.Request) {
			w.Header().Set("Content-Type", soap)
			w.Header().Set("Content-Encoding", "gzip")
			_, _ = w.Write(bomb)
		}),
	}
}

func packed(body string) []byte {
	var out bytes.Buffer
	z := gzip.NewWriter(&out)
	_, _ = io.WriteString(z, body) // into memory
	_ = z.Close()
	return out.Bytes()
}

// changed is the same distributor with other goods.
func changed(t *testing.T, all []good) *emulator.Server {
	t.Helper()
	other, err := emulator.New(emulator.Options{CatalogFile: strings.TrimPrefix(stocked(t, all), "PORTAL_CATALOG=")})
	if err != nil {
		t.Fatal(err)
	}
	t.Cleanup(func() { _ = other.Close() })
	return other
}

// priced is the same goods, all at one price; that of an item on request is none.
func priced(price decimal.Decimal) []good {
	all := goods()
	for i := range all {
		all[i].Price = price
	}
	return all
}

// doubts counts the runs of which the operator can see that what was read was not believed.
func (h *house) doubts(t *testing.T) int {
	t.Helper()
	content, err := os.ReadFile(h.logFile())
	if err != nil {
		t.Fatal(err)
	}
	return bytes.Count(content, []byte(cache.ErrShrunk.Error()))
}
