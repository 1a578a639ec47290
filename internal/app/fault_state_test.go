package app_test

import (
	"bytes"
	"io"
	"maps"
	"net/http"
	"net/url"
	"os"
	"strconv"
	"strings"
	"sync"
	"testing"
)

// What is precious is never thrown away. With state.db damaged, found at the start or while running, the storefront shows what it
// can, refuses what it would have to write down, sends nothing, says so to everybody, and leaves the file as it is for whoever
// mends it. With a backup in its place all is as before.
func TestADamagedStateIsReadAndLeftAlone(t *testing.T) {
	h, v := furnished(t)
	h.signedIn(t, h.manager())
	v.addToCart(lookAlike, 2)
	h.order(v)
	v.addToCart(plain, 3)
	pages, submissions := h.pages(v), h.executions("CreateOrder")
	h.close()
	h.change(t, "state.db", `PRAGMA wal_checkpoint(TRUNCATE)`) // the log may outlive a program that still read while it ended
	backup := h.files(t)
	for damage, spoil := range map[string]func(t *testing.T){
		"the header": func(t *testing.T) {
			h.change(t, "state.db", `PRAGMA wal_checkpoint(TRUNCATE)`)
			h.overwrite(t, 0, 100)
		},
		"the root of the carts":     func(t *testing.T) { h.overwritePage(t, "carts") },
		"the root of the orders":    func(t *testing.T) { h.overwritePage(t, "orders") },
		"everything but the header": func(t *testing.T) { h.spoil(t, "state.db") },
		"the second half cut off": func(t *testing.T) {
			h.change(t, "state.db", `PRAGMA wal_checkpoint(TRUNCATE)`)
			if err := os.Truncate(h.file("state.db"), int64(len(backup["state.db"])/2/4096*4096)); err != nil {
				t.Fatal(err)
			}
		},
	} {
		for _, running := range []bool{false, true} {
			name := damage + ", at the start"
			if running {
				name = damage + ", while running"
			}
			t.Run(name, func(t *testing.T) {
				whole := h.t
				h.t, v.t = t, t
				defer func() { h.t, v.t = whole, whole }()
				if running {
					h.open()
					spoil(t)
					h.eventually("the damage is found", func() bool {
						v.get("/cart")
						v.get("/orders")
						v.post("/cart/items", url.Values{"itemId": {plain}, "quantity": {"1"}}) // what is in memory is sound for a while
						return status(h.shop+"/readyz") == http.StatusServiceUnavailable
					})
				} else {
					spoil(t)
					h.openUntil("/healthz")
				}
				damaged := h.files(t)
				h.readOnly(t, v, pages)
				if now := h.executions("CreateOrder"); now != submissions {
					t.Errorf("%d orders were made", now-submissions)
				}
				h.close()
				if after := h.files(t); !maps.Equal(after, damaged) {
					t.Error("the file was touched")
				}
				h.restore(t, backup)
			})
		}
	}
	h.open()
	if got := v.read("/cart").item("cart-line", plain).Find("[name=quantity]").AttrOr("value", ""); got != "3" {
		t.Errorf("with the backup restored %q pieces are in the cart", got)
	}
	v.addToCart(plain, 1)
	h.order(v)
}

// A change that was under way when the damage was found is not sent either.
func TestDamageStopsWhatIsUnderWay(t *testing.T) {
	h, _ := furnished(t)
	v := h.signedIn(t, h.manager())
	h.catalogueArrives(v)
	v.addToCart(lookAlike, 2)
	path := h.order(v).url.Path
	asked, answer := make(chan struct{}), make(chan struct{})
	var once sync.Once
	h.way.bend(http.HandlerFunc(func(w http.ResponseWriter, r *http.Request) {
		body, _ := io.ReadAll(r.Body)
		if bytes.Contains(body, []byte("GetOrderWithLines")) {
			once.Do(func() { close(asked) })
			<-answer
		}
		r.Body = io.NopCloser(bytes.NewReader(body))
		h.emulator.ServeHTTP(w, r)
	}))
	var changed *page
	var change sync.WaitGroup
	change.Go(func() { changed = v.post(path+"/lines", url.Values{"itemId": {plain}, "quantity": {"1"}}) })
	<-asked
	h.overwritePage(t, "carts")
	watcher := h.signedIn(t, h.buyer())
	h.eventually("the damage is found", func() bool {
		watcher.get("/cart")
		watcher.post("/cart/items", url.Values{"itemId": {plain}, "quantity": {"1"}})
		return status(h.shop+"/readyz") == http.StatusServiceUnavailable
	})
	close(answer)
	change.Wait()
	if changed.status != http.StatusServiceUnavailable || changed.code() != "STATE_DAMAGED" {
		t.Errorf("the change answers %d %q: %s", changed.status, changed.code(), changed.complaint())
	}
	if n := h.emulator.Received()["AddItem"]; n != 0 {
		t.Errorf("%d changes were sent", n)
	}
}

// readOnly checks everything that is to be seen of a storefront whose state.db is damaged.
func (h *house) readOnly(t *testing.T, v *visitor, pages []string) {
	t.Helper()
	if ready, alive := status(h.shop+"/readyz"), status(h.shop+"/healthz"); ready != http.StatusServiceUnavailable || alive != http.StatusOK {
		t.Errorf("/readyz answers %d, /healthz %d", ready, alive)
	}
	for _, path := range pages {
		p := v.get(path)
		gone := p.status == http.StatusNotFound && strings.HasPrefix(path, "/orders/") // its copy can't be read
		if p.status != http.StatusOK && !gone {
			t.Errorf("%s: %d: %s", path, p.status, p.complaint())
		}
		if p.named("read-only").Length() != 1 {
			t.Errorf("%s at %s does not say that nothing can be written", path, p.url)
		}
	}
	if p := v.read("/items/" + plain); !amount(t, p.named("price").First()).Equal(priceOf(t, plain)) {
		t.Error("the price is another one")
	}
	if p := h.visitor(t).get("/login"); p.named("read-only").Length() != 1 {
		t.Error("the sign-in page does not say that nothing can be written")
	}
	other := h.signedIn(t, h.stranger())
	if p := other.read("/catalog"); p.named("item-row").Length() == 0 {
		t.Errorf("who signs in sees nothing: %s", p.complaint())
	}
	h.refusesAll(t, v)
	operator := h.visitor(t)
	operator.shop = strings.TrimSuffix(h.operator, "/operator")
	if p := operator.read("/operator"); p.named("damage").Length() != 1 || p.named("unknown-submissions").Text() != "?" {
		t.Errorf("the operator reads: %s", p.Text())
	}
	if !h.logged(`"event":"state_damaged"`) {
		t.Error("the log says nothing")
	}
}

// refusesAll posts everything that there is to post, as a form and as a part of a page.
func (h *house) refusesAll(t *testing.T, v *visitor) {
	t.Helper()
	writes := func() (n int) {
		for _, operation := range []string{"CreateOrder", "AddItem", "RemoveItem", "SetOrderNote"} {
			n += h.emulator.Received()[operation]
		}
		return n
	}
	before := writes()
	for path, values := range map[string]url.Values{
		"/cart/items":                 {"itemId": {plain}, "quantity": {"1"}},
		"/cart/items/" + plain:        {"quantity": {"7"}},
		"/cart/note":                  {"note": {"tarragon"}},
		"/checkout":                   {"version": {"1"}},
		"/submissions/x/settle":       {"decision": {"close"}},
		"/orders/A1/lines":            {"itemId": {plain}, "quantity": {"1"}},
		"/orders/A1/lines/" + plain:   {"quantity": {"2"}},
		"/orders/A1/note":             {"note": {"tarragon"}},
		"/lists/watch/items":          {"itemId": {plain}},
		"/lists/watch/items/" + plain: {"remove": {"yes"}},
	} {
		p := v.post(path, values)
		if p.status != http.StatusServiceUnavailable || p.code() != "STATE_DAMAGED" || !strings.Contains(p.Text(), "state.db из резервной копии") {
			t.Errorf("POST %s answers %d %q: %s", path, p.status, p.code(), p.complaint())
		}
		v.headers.Set("HX-Request-Type", "partial")
		part := v.post(path, values)
		v.headers.Del("HX-Request-Type")
		if part.status != http.StatusServiceUnavailable || part.code() != "STATE_DAMAGED" || part.Find("main").Length() != 0 {
			t.Errorf("POST %s as a part of a page answers %d %q", path, part.status, part.code())
		}
	}
	if p := v.post("/settings", url.Values{"theme": {"dark"}}); p.status != http.StatusOK {
		t.Errorf("what is not written down is refused, too: %d", p.status)
	}
	if now := writes(); now != before {
		t.Errorf("%d calls that write reached the distributor", now-before)
	}
}

// files are state.db and its log, byte for byte.
func (h *house) files(t *testing.T) map[string]string {
	t.Helper()
	found := map[string]string{}
	for _, name := range []string{"state.db", "state.db-wal"} {
		content, err := os.ReadFile(h.file(name))
		if err != nil && !os.IsNotExist(err) {
			t.Fatal(err)
		}
		if len(content) > 0 {
			found[name] = string(content)
		}
	}
	return found
}

// restore puts a backup in the place of state.db, as the operator is told to.
func (h *house) restore(t *testing.T, backup map[string]string) {
	t.Helper()
	for _, suffix := range []string{"", "-wal", "-shm"} {
		if err := os.Remove(h.file("state.db" + suffix)); err != nil && !os.IsNotExist(err) {
			t.Fatal(err)
		}
	}
	if err := os.WriteFile(h.file("state.db"), []byte(backup["state.db"]), 0o600); err != nil {
		t.Fatal(err)
	}
}

// overwritePage makes the root of a table of state.db senseless.
func (h *house) overwritePage(t *testing.T, table string) {
	t.Helper()
	h.change(t, "state.db", `PRAGMA wal_checkpoint(TRUNCATE)`)
	root := h.query(t, "state.db", `SELECT (rootpage - 1) * 4096 FROM sqlite_schema WHERE name = '`+table+`'`)
	at, err := strconv.ParseInt(root, 10, 64)
	if err != nil {
		t.Fatal(err)
	}
	h.overwrite(t, at, 4096)
}

func (h *house) overwrite(t *testing.T, at int64, n int) {
	t.Helper()
	f, err := os.OpenFile(h.file("state.db"), os.O_RDWR, 0)
	if err != nil {
		t.Fatal(err)
	}
	defer f.Close()
	if _, err := f.WriteAt([]byte(strings.Repeat("\xa5", n)), at); err != nil {
		t.Fatal(err)
	}
}
