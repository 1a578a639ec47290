package web

import (
	"context"
	"errors"
	"log/slog"
	"net/http"
	"net/http/httptest"
	"net/url"
	"path/filepath"
	"strings"
	"sync"
	"testing"
	"time"

	"github.com/labstack/echo/v4"

	"storefront/internal/buyer"
	"storefront/internal/catalog"
	"storefront/internal/errkind"
	"storefront/internal/i18n"
	"storefront/internal/order"
	"storefront/internal/seal"
	"storefront/internal/search"
	"storefront/internal/secret"
	"storefront/store/cache"
	"storefront/store/state"
)

// counter is a shop reduced to its sessions: real store, real sealing, three routes.
type counter struct {
	*Server
	http.Handler
}

type everybody struct{}

func (everybody) Account(_ context.Context, id buyer.ID) (buyer.Account, error) {
	return buyer.Account{ID: id}, nil
}
func (everybody) SaveAccount(context.Context, buyer.Account) error { return nil }

// idle is a background that does nothing.
type idle struct{}

func (idle) SignedIn(buyer.ID)                            {}
func (idle) RefreshCategory(buyer.ID, catalog.CategoryID) {}
func (idle) RefreshItem(buyer.ID, catalog.ItemID)         {}
func (idle) RefreshOrders(buyer.ID)                       {}
func (idle) RefreshOrder(buyer.ID, order.ID)              {}
func (idle) Progress(buyer.ID) (catalogue, prices catalog.Progress) {
	return catalog.Progress{}, catalog.Progress{}
}

func openCounter(t *testing.T, base string) counter {
	t.Helper()
	dir := t.TempDir()
	keys, err := seal.Create(filepath.Join(dir, "keys.json"))
	if err != nil {
		t.Fatal(err)
	}
	sessions, err := state.OpenSessions(t.Context(), filepath.Join(dir, "sessions.db"), keys, time.Now)
	if err != nil {
		t.Fatal(err)
	}
	t.Cleanup(func() { _ = sessions.Close() })
	messages, err := i18n.Load()
	if err != nil {
		t.Fatal(err)
	}
	kept, err := cache.Open(t.Context(), filepath.Join(dir, "cache.db"), time.Now)
	if err != nil {
		t.Fatal(err)
	}
	t.Cleanup(func() { _ = kept.Close() })
	precious, err := state.Open(t.Context(), dir, time.Now)
	if err != nil {
		t.Fatal(err)
	}
	t.Cleanup(func() { _ = precious.Close() })
	u, _ := url.Parse(base)
	s := &Server{
		Cache: kept, Carts: &order.Carts{Store: precious}, History: precious, Watches: precious, Wishes: precious, NoteTemplates: &order.NoteTemplates{Store: precious}, Engine: search.NewEngine(search.Options{}), Jobs: idle{},
		Active:  precious.Active,
		Damage:  precious.Damage,
		Down:    func() time.Time { return time.Time{} },
		BaseURL: u, Sessions: sessions, Accounts: everybody{}, Register: buyer.NewRegister(time.Now), Messages: messages,
		Audit:   func(context.Context, state.Event) error { return nil },
		Observe: func(string, int, time.Duration) {}, Log: slog.New(slog.DiscardHandler), Now: time.Now,
	}
	s.sessions = s.newSessionManager()
	e := s.newEcho()
	e.Use(s.observe, s.secureHeaders, s.speak)
	shop := e.Group("", s.session)
	shop.POST("/in", func(c echo.Context) error {
		if err := s.startSession(c, buyer.Credentials{Login: "dealer", Password: secret.New("pw")}); err != nil {
			return err
		}
		return c.NoContent(http.StatusNoContent)
	})
	shop.POST("/logout", s.signOut)
	own := shop.Group("", s.signedIn)
	own.GET("/page", func(c echo.Context) error { return c.String(http.StatusOK, string(here(c).account.ID)) })
	own.GET("/change-and-fail", func(c echo.Context) error {
		s.sessions.Put(c.Request().Context(), "seen", "x")
		return errkind.New(errkind.Conflict, "")
	})
	own.GET("/panic", func(c echo.Context) error {
		s.sessions.Put(c.Request().Context(), "seen", "x")
		panic(errors.New("boom"))
	})
	return counter{s, e}
}

func (c counter) do(method, path, cookie string) *http.Response {
	r := httptest.NewRequest(method, path, nil)
	if cookie != "" {
		r.AddCookie(&http.Cookie{Name: c.sessions.Cookie.Name, Value: cookie})
	}
	rec := httptest.NewRecorder()
	c.ServeHTTP(rec, r)
	return rec.Result()
}

func (c counter) signedIn(t *testing.T) string {
	t.Helper()
	cookies := c.do(http.MethodPost, "/in", "").Cookies()
	if len(cookies) != 1 {
		t.Fatalf("sign-in sets %d cookies, want one", len(cookies))
	}
	return cookies[0].Value
}

func TestTheCookieIsAsStrictAsTheAddressAllows(t *testing.T) {
	for base, want := range map[string]string{"https://shop.example": "__Host-vtt", "http://127.0.0.1:8080": "vtt"} {
		t.Run(base, func(t *testing.T) {
			c := openCounter(t, base)
			cookie := c.do(http.MethodPost, "/in", "").Cookies()[0]
			if cookie.Name != want || !cookie.HttpOnly || cookie.SameSite != http.SameSiteLaxMode || cookie.Path != "/" || cookie.Domain != "" {
				t.Errorf("cookie = %v, want name %s, HttpOnly, Lax, Path=/, no Domain", cookie, want)
			}
			if cookie.Secure != strings.HasPrefix(base, "https") {
				t.Errorf("Secure = %v on %s", cookie.Secure, base)
			}
		})
	}
}

// A session is saved once an answer, whatever the answer is.
func TestErrorsAndPanicsSaveTheSessionOnce(t *testing.T) {
	c := openCounter(t, "http://127.0.0.1")
	cookie := c.signedIn(t)
	for path, want := range map[string]int{"/page": 200, "/change-and-fail": 409, "/panic": 500, "/no-such-page": 404} {
		answer := c.do(http.MethodGet, path, cookie)
		if answer.StatusCode != want {
			t.Errorf("%s answers %d, want %d", path, answer.StatusCode, want)
		}
		if n := len(answer.Header.Values("Set-Cookie")); n > 1 {
			t.Errorf("%s sets %d cookies", path, n)
		}
	}
}

func TestSignInRenewsTheToken(t *testing.T) {
	c := openCounter(t, "http://127.0.0.1")
	first := c.signedIn(t)
	second := c.do(http.MethodPost, "/in", first).Cookies()[0].Value
	if first == second {
		t.Error("the token from before sign-in is kept")
	}
	if answer := c.do(http.MethodGet, "/page", first); answer.StatusCode != http.StatusSeeOther {
		t.Errorf("the old token still answers %d", answer.StatusCode)
	}
	if answer := c.do(http.MethodGet, "/page", second); answer.StatusCode != http.StatusOK {
		t.Errorf("the new token answers %d", answer.StatusCode)
	}
}

// Requests under way while somebody signs out must not bring his session back.
func TestSignOutIsFinal(t *testing.T) {
	c := openCounter(t, "http://127.0.0.1")
	cookie := c.signedIn(t)
	var wg sync.WaitGroup
	for i := range 200 {
		wg.Go(func() {
			if i == 100 {
				if got := c.do(http.MethodPost, "/logout", cookie).Header.Get("Clear-Site-Data"); got != `"cache", "storage"` {
					t.Errorf("Clear-Site-Data = %q", got)
				}
				return
			}
			c.do(http.MethodGet, []string{"/page", "/change-and-fail"}[i%2], cookie)
		})
	}
	wg.Wait()
	answer := c.do(http.MethodGet, "/page", cookie)
	if answer.StatusCode != http.StatusSeeOther || answer.Header.Get("Location") != "/login?next=%2Fpage" {
		t.Errorf("the old cookie answers %d to %q", answer.StatusCode, answer.Header.Get("Location"))
	}
	if _, there := c.Register.Get("dealer"); there {
		t.Error("the credentials are still unlocked")
	}
}

// A session that can't be opened is no session: the cookie is cleared and nothing breaks.
func TestADamagedSessionIsAnonymous(t *testing.T) {
	c := openCounter(t, "http://127.0.0.1")
	for name, token := range map[string]string{"unknown": "no-such-token", "empty": "%20", "long": strings.Repeat("x", 4000)} {
		answer := c.do(http.MethodGet, "/page", token)
		if answer.StatusCode != http.StatusSeeOther {
			t.Errorf("%s: status %d, want the sign-in page", name, answer.StatusCode)
		}
		cookies := answer.Cookies()
		if len(cookies) != 1 || cookies[0].MaxAge >= 0 {
			t.Errorf("%s: the cookie is not cleared: %v", name, cookies)
		}
	}
}

// What unseals but is no session of ours is an empty session.
func TestAForeignSessionIsEmpty(t *testing.T) {
	for name, content := range map[string][]byte{"nothing": nil, "text": []byte("not a gob"), "half a gob": {0x7f, 0xff, 0x81}} {
		if _, values, err := (forgiving{}).Decode(content); err != nil || values == nil || len(values) != 0 {
			t.Errorf("%s: values %v, error %v", name, values, err)
		}
	}
	c := openCounter(t, "http://127.0.0.1")
	if err := c.Sessions.CommitCtx(state.WithBuyer(t.Context(), "dealer"), "token-of-a-foreign-session", []byte("not a gob"), time.Now().Add(time.Hour)); err != nil {
		t.Fatal(err)
	}
	if answer := c.do(http.MethodGet, "/page", "token-of-a-foreign-session"); answer.StatusCode != http.StatusSeeOther {
		t.Errorf("status %d, want the sign-in page", answer.StatusCode)
	}
}

// An expired session inside a region of a page leads the whole page to sign-in, and back to where one was.
func TestARegionNeverHoldsTheSignInForm(t *testing.T) {
	c := openCounter(t, "http://127.0.0.1")
	r := httptest.NewRequest(http.MethodGet, "/page", nil)
	r.Header.Set("HX-Request-Type", "partial")
	r.Header.Set("HX-Current-URL", "http://127.0.0.1/catalog/CHIPS?page=2")
	rec := httptest.NewRecorder()
	c.ServeHTTP(rec, r)
	if got := rec.Header().Get("HX-Redirect"); got != "/login?next=%2Fcatalog%2FCHIPS%3Fpage%3D2" {
		t.Errorf("HX-Redirect = %q", got)
	}
	if rec.Body.Len() != 0 {
		t.Errorf("body = %q", rec.Body)
	}
}
