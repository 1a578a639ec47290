package app_test

import (
	"bytes"
	"database/sql"
	"encoding/json"
	"fmt"
	"net/http"
	"net/url"
	"os"
	"path/filepath"
	"slices"
	"strings"
	"sync"
	"testing"

	"github.com/google/go-cmp/cmp"

	"storefront/internal/app"
	"storefront/internal/seal"
)

func TestFaultsOfStorage(t *testing.T) {
	matrix(t, []faultRow{
		{33, "cache.db is deleted while serving", func(t *testing.T, h *troubled) {
			h.losesCache(t, func() {
				for _, suffix := range []string{"", "-wal", "-shm"} {
					if err := os.Remove(h.file("cache.db" + suffix)); err != nil && !os.IsNotExist(err) {
						t.Fatal(err)
					}
				}
			})
		}},
		{33, "cache.db is corrupted while serving", func(t *testing.T, h *troubled) {
			h.losesCache(t, func() { h.spoil(t, "cache.db") })
			h.close()
			h.spoil(t, "cache.db") // and once more while nobody looks
			h.open()
			h.eventually("everything read anew", func() bool { return h.complete() })
			if _, err := os.Stat(h.file("cache.db.damaged")); err != nil {
				t.Errorf("the damaged file was not set aside: %v", err)
			}
		}},
		{34, "everybody writes at once", func(t *testing.T, h *troubled) {
			const tabs, presses = 50, 4
			before := h.v.read("/cart").item("cart-line", lookAlike).Length()
			if before != 0 {
				t.Fatal("the cart is not what it should be")
			}
			var all sync.WaitGroup
			for range tabs {
				all.Go(func() {
					v := h.visitor(t)
					v.http.Jar = h.v.http.Jar
					for range presses {
						p := v.post("/cart/items", url.Values{"itemId": {lookAlike}, "quantity": {"1"}})
						if p.status != http.StatusOK {
							t.Errorf("%d: %s", p.status, p.complaint())
						}
					}
				})
			}
			for range 3 { // the background writes, too
				h.expire()
				h.v.get("/catalog")
			}
			all.Wait()
			if got := h.v.read("/cart").item("cart-line", lookAlike).Find("[name=quantity]").AttrOr("value", ""); got != fmt.Sprint(tabs*presses) {
				t.Errorf("of %d pieces %s are in the cart", tabs*presses, got)
			}
			if h.logged("SQLITE_BUSY") || h.logged("database is locked") {
				t.Error("somebody was told to come back later")
			}
		}},
		{35, "a session is damaged", func(t *testing.T, h *troubled) {
			h.losesSession(t, func() { h.change(t, "sessions.db", `UPDATE sessions SET data = zeroblob(length(data))`) })
			h.losesSession(t, func() { h.change(t, "sessions.db", `UPDATE sessions SET data = X''`) })
			if !h.logged("crypt_decrypt_fail") {
				t.Error("nobody is told")
			}
		}},
		{35, "the sealing key is another one", func(t *testing.T, h *troubled) {
			h.losesSession(t, func() {
				h.close()
				if err := os.Rename(h.settings.KeyFile, h.settings.KeyFile+".old"); err != nil {
					t.Fatal(err)
				}
				if _, err := seal.Create(h.settings.KeyFile); err != nil {
					t.Fatal(err)
				}
				h.open()
			})
		}},
		{35, "the sealing key is rotated", func(t *testing.T, h *troubled) {
			restarted := func(keys map[string]any) {
				h.close()
				h.writeKeys(t, keys)
				h.open()
			}
			old := h.readKeys(t, h.settings.KeyFile)
			next := h.newKeys(t)
			restarted(map[string]any{"primaryKeyId": next["primaryKeyId"], "key": append(keysOf(t, next), keysOf(t, old)...)})
			if p := h.v.get("/cart"); p.url.Path != "/cart" || p.item("cart-line", plain).Length() != 1 {
				t.Errorf("with the old key still in the set he is at %s: %s", p.url, p.complaint())
			}
			fresh := h.signedIn(t, h.stranger()) // sealed with the new key
			h.losesSession(t, func() { restarted(next) })
			if p := fresh.get("/cart"); p.url.Path != "/cart" {
				t.Errorf("whoever signed in after the rotation is at %s", p.url)
			}
		}},
		{35, "the sealing key is missing", func(t *testing.T, h *troubled) {
			h.close()
			if err := os.Rename(h.settings.KeyFile, h.settings.KeyFile+".away"); err != nil {
				t.Fatal(err)
			}
			h.refusesToStart(t, "keys.json")
			if err := os.Rename(h.settings.KeyFile+".away", h.settings.KeyFile); err != nil {
				t.Fatal(err)
			}
			h.open()
			if p := h.v.get("/cart"); p.url.Path != "/cart" {
				t.Errorf("with the key back he is at %s", p.url)
			}
		}},
	})
}

// readKeys reads a key file as what it is: a set of keys, one of which seals.
func (h *house) readKeys(t *testing.T, path string) (set map[string]any) {
	t.Helper()
	content, err := os.ReadFile(path)
	if err != nil {
		t.Fatal(err)
	}
	in := json.NewDecoder(bytes.NewReader(content))
	in.UseNumber()
	if err := in.Decode(&set); err != nil {
		t.Fatal(err)
	}
	return set
}

func (h *house) newKeys(t *testing.T) map[string]any {
	t.Helper()
	path := filepath.Join(t.TempDir(), "keys.json")
	if _, err := seal.Create(path); err != nil {
		t.Fatal(err)
	}
	return h.readKeys(t, path)
}

func (h *house) writeKeys(t *testing.T, set map[string]any) {
	t.Helper()
	content, err := json.Marshal(set)
	if err == nil {
		err = os.WriteFile(h.settings.KeyFile, content, 0o600)
	}
	if err != nil {
		t.Fatal(err)
	}
}

func keysOf(t *testing.T, set map[string]any) []any {
	t.Helper()
	keys, ok := set["key"].([]any)
	if !ok || len(keys) == 0 {
		t.Fatalf("no keys in the set")
	}
	return slices.Clone(keys)
}

func (h *house) file(name string) string { return filepath.Join(h.settings.DataDir, name) }

// spoil overwrites the pages of a database, its log folded in, but for the first, and leaves its size.
func (h *house) spoil(t *testing.T, name string) {
	t.Helper()
	h.change(t, name, `PRAGMA wal_checkpoint(TRUNCATE)`)
	f, err := os.OpenFile(h.file(name), os.O_RDWR, 0)
	if err != nil {
		t.Fatal(err)
	}
	defer f.Close()
	info, err := f.Stat()
	if err != nil {
		t.Fatal(err)
	}
	const header = 4096
	if info.Size() < 4*header {
		t.Fatalf("%s has %d bytes: nothing to spoil", name, info.Size())
	}
	if _, err := f.WriteAt([]byte(strings.Repeat("\xa5", int(info.Size())-header)), header); err != nil {
		t.Fatal(err)
	}
}

// refusesToStart checks that the storefront says in one line why it does not start.
func (h *house) refusesToStart(t *testing.T, names string) {
	t.Helper()
	_, err := app.New(t.Context(), app.Options{Settings: h.settings, Log: discard(), Now: h.clock.Now})
	if err == nil || !strings.Contains(err.Error(), names) || strings.Contains(err.Error(), "\n") {
		t.Errorf("it says %q, want one line that names %s", err, names)
	}
}

// losesCache checks that whatever happens to the cache, no page fails, what is precious stays, and everything comes back.
func (h *troubled) losesCache(t *testing.T, lose func()) {
	t.Helper()
	h.order(h.v)
	h.v.addToCart(plain, 1)
	before := h.precious()
	lose()
	h.eventually("everything read anew", func() bool {
		h.expire()
		for _, path := range h.pages {
			if p := h.v.get(path); p.status >= http.StatusInternalServerError {
				t.Fatalf("%s: %d: %s", path, p.status, p.complaint())
			}
		}
		return h.complete()
	})
	if diff := cmp.Diff(before, h.precious()); diff != "" {
		t.Errorf("what is precious changed (-before +after):\n%s", diff)
	}
}

// complete tells whether the whole catalogue with prices is shown.
func (h *troubled) complete() bool {
	p := h.v.get("/catalog?page=3")
	item := h.v.get("/items/" + plain)
	price, _ := item.named("price").First().Attr("data-amount")
	return p.named("item-row").Length() == 20 && p.named("sync-progress").Length() == 0 && price == priceOf(h.t, plain).String()
}

// losesSession checks that somebody whose session can't be opened any more is a stranger, no more and no less: never a failure, his cookie is
// taken back, and he can sign in at once.
func (h *troubled) losesSession(t *testing.T, lose func()) {
	t.Helper()
	h.v.read("/cart")
	shop, _ := url.Parse(h.shop)
	old := h.v.http.Jar.Cookies(shop)
	lose()
	for _, path := range []string{"/", "/login"} {
		answer, err := h.withCookies(old, path)
		if err != nil {
			t.Fatal(err)
		}
		answer.Body.Close()
		if answer.StatusCode != http.StatusOK && answer.StatusCode != http.StatusSeeOther {
			t.Errorf("%s answers %s", path, answer.Status)
		}
		if taken := answer.Cookies(); len(taken) != 1 || taken[0].MaxAge >= 0 {
			t.Errorf("%s does not take the cookie back: %q", path, answer.Header.Values("Set-Cookie"))
		}
	}
	if p := h.v.signIn(h.buyer()); p.url.Path != "/" {
		t.Fatalf("he can't sign in again: %s", p.complaint())
	}
	h.eventually("his prices", func() bool { return h.complete() })
}

// change changes a database from outside.
func (h *house) change(t *testing.T, name, statement string) {
	t.Helper()
	db, err := sql.Open("sqlite", "file:"+h.file(name)+"?_pragma=busy_timeout(10000)")
	if err != nil {
		t.Fatal(err)
	}
	defer db.Close()
	if _, err := db.ExecContext(t.Context(), statement); err != nil {
		t.Fatal(err)
	}
}

// query asks a database from outside for one text.
func (h *house) query(t *testing.T, name, question string) (answer string) {
	t.Helper()
	db, err := sql.Open("sqlite", "file:"+h.file(name)+"?mode=ro&_pragma=busy_timeout(10000)")
	if err != nil {
		t.Fatal(err)
	}
	defer db.Close()
	if err := db.QueryRowContext(t.Context(), question).Scan(&answer); err != nil {
		t.Fatalf("%s: %s: %v", name, question, err)
	}
	return answer
}
