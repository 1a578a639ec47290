package app_test

import (
	"database/sql"
	"errors"
	"fmt"
	"net/http"
	"net/http/cookiejar"
	"net/url"
	"os/exec"
	"path/filepath"
	"strings"
	"sync"
	"testing"

	"github.com/google/go-cmp/cmp"
	_ "modernc.org/sqlite"
)

const contentSecurityPolicy = "default-src 'none'; script-src 'self'; style-src 'self'; img-src 'self' data:; font-src 'self'; " +
	"connect-src 'self'; form-action 'self'; base-uri 'none'; object-src 'none'; frame-ancestors 'none'"

// Every answer, whatever its status, carries the same fences.
func TestEveryAnswerIsFenced(t *testing.T) {
	d := startDemo(t, stocked(t, goods()))
	v := d.signedIn(t, d.buyer())
	d.catalogueArrives(v)
	v.addToCart(plain, 1)
	fenced := func(p *page) {
		t.Helper()
		for name, want := range map[string]string{
			"X-Content-Type-Options": "nosniff", "Cross-Origin-Opener-Policy": "same-origin", "Referrer-Policy": "same-origin",
		} {
			if got := p.header.Values(name); len(got) != 1 || got[0] != want {
				t.Errorf("%s (%d): %s is %q, want %q once", p.url, p.status, name, got, want)
			}
		}
		if p.header.Get("Permissions-Policy") == "" {
			t.Errorf("%s (%d) has no Permissions-Policy", p.url, p.status)
		}
		for _, name := range []string{"Server", "X-Powered-By", "Strict-Transport-Security"} {
			if got := p.header.Get(name); got != "" {
				t.Errorf("%s (%d) says %s: %s over http", p.url, p.status, name, got)
			}
		}
		if n := len(p.header.Values("Set-Cookie")); n > 0 {
			t.Errorf("%s (%d) sets %d cookies without need", p.url, p.status, n)
		}
		if strings.Contains(p.body, "goroutine ") || strings.Contains(p.body, ".go:") {
			t.Errorf("%s (%d) shows our insides", p.url, p.status)
		}
	}
	personal := func(p *page) {
		t.Helper()
		fenced(p)
		if got := p.header.Values("Content-Security-Policy"); len(got) != 1 || got[0] != contentSecurityPolicy {
			t.Errorf("%s (%d): Content-Security-Policy is %q", p.url, p.status, got)
		}
		if got := p.header.Values("Cache-Control"); len(got) != 1 || got[0] != "private, no-store" {
			t.Errorf("%s (%d): Cache-Control is %q, want private, no-store once", p.url, p.status, got)
		}
		if got := p.header.Get("Content-Type"); got != "text/html; charset=utf-8" {
			t.Errorf("%s (%d): Content-Type is %q", p.url, p.status, got)
		}
		for _, name := range []string{"HX-Request", "HX-Request-Type"} {
			if !listsToken(p.header.Get("Vary"), name) {
				t.Errorf("%s (%d): Vary is %q, without %s", p.url, p.status, p.header.Get("Vary"), name)
			}
		}
	}

	for _, path := range append(d.pages(v), "/suggest?q=CE285A", "/progress", "/login") {
		personal(v.get(path))
	}
	for _, wrong := range []struct {
		method, path string
		status       int
	}{
		{"GET", "/nothing/here", http.StatusNotFound},
		{"GET", "/items/nothing", http.StatusNotFound},
		{"GET", "/orders/nothing", http.StatusNotFound},
		{"GET", "/submissions/nothing", http.StatusNotFound},
		{"GET", "/catalog/nothing", http.StatusNotFound},
		{"POST", "/catalog", http.StatusMethodNotAllowed},
		{"PUT", "/cart", http.StatusMethodNotAllowed},
	} {
		p := v.do(wrong.method, wrong.path, nil)
		if p.status != wrong.status {
			t.Errorf("%s %s: %d, want %d", wrong.method, wrong.path, p.status, wrong.status)
		}
		personal(p)
	}
	huge := v.post("/cart/items", url.Values{"itemId": {strings.Repeat("x", 4<<20)}})
	if huge.status != http.StatusRequestEntityTooLarge {
		t.Errorf("a form of 4 MB: %d, want %d", huge.status, http.StatusRequestEntityTooLarge)
	}
	personal(huge)
	for _, path := range assets(v.read("/")) {
		p := v.read(path)
		fenced(p)
		if got := p.header.Get("Cache-Control"); got != "public, max-age=31536000, immutable" {
			t.Errorf("%s: Cache-Control is %q", path, got)
		}
	}
	fenced(v.read("/photos/" + plain))
	operator := d.visitor(t)
	operator.shop = strings.TrimSuffix(d.operator, "/operator")
	personal(operator.read("/operator"))
}

// Looking changes nothing: after every page and fragment what is precious is as it was.
func TestReadingChangesNothing(t *testing.T) {
	d := startDemo(t, stocked(t, goods()))
	v := d.signedIn(t, d.manager())
	d.catalogueArrives(v)
	v.addToCart(plain, 1)
	d.order(v)
	v.addToCart(plain, 2)
	v.post("/lists/watch/items", url.Values{"itemId": {plain}})
	pages := append(d.pages(v), "/suggest?q=HP", "/progress", "/photos/"+plain, "/logout", "/settings", "/cart/items", "/lists/watch/items", "/login")
	before := d.precious()
	for range 2 {
		for _, path := range pages {
			v.get(path)
			v.do(http.MethodHead, path, nil)
			v.do(http.MethodOptions, path, nil)
		}
	}
	if diff := cmp.Diff(before, d.precious()); diff != "" {
		t.Errorf("reading changed (-before +after):\n%s", diff)
	}
	if v.get("/cart").url.Path != "/cart" {
		t.Error("reading ended the session")
	}
}

// precious is everything in state.db but what the background reads by itself: the copies of orders, and the history of prices.
func (d *demo) precious() map[string][]string {
	d.t.Helper()
	db, err := sql.Open("sqlite", "file:"+filepath.Join(d.home, "data", "state.db")+"?mode=ro")
	if err != nil {
		d.t.Fatal(err)
	}
	defer db.Close()
	tables := map[string][]string{}
	for _, table := range []string{
		"accounts", "carts", "cart_lines", "submissions", "submission_lines", "submission_events", "order_notes", "audit", "watches", "wishes",
		"order_edits", "order_edit_events", "rescues", "note_templates",
	} {
		var rows []string
		found, err := db.QueryContext(d.t.Context(), "SELECT * FROM "+table+" ORDER BY 1, 2, 3")
		if err != nil {
			d.t.Fatal(err)
		}
		columns, err := found.Columns()
		if err != nil {
			d.t.Fatal(err)
		}
		for found.Next() {
			values, into := make([]any, len(columns)), make([]any, len(columns))
			for i := range values {
				into[i] = &values[i]
			}
			if err := found.Scan(into...); err != nil {
				d.t.Fatal(err)
			}
			rows = append(rows, fmt.Sprint(values))
		}
		if err := errors.Join(found.Err(), found.Close()); err != nil {
			d.t.Fatal(err)
		}
		tables[table] = rows
	}
	if len(tables["cart_lines"]) == 0 || len(tables["submissions"]) == 0 {
		d.t.Fatalf("nothing is there to be changed: %v", tables)
	}
	return tables
}

func listsToken(header, token string) bool {
	for part := range strings.SplitSeq(header, ",") {
		if strings.EqualFold(strings.TrimSpace(part), token) {
			return true
		}
	}
	return false
}

// assets lists what a page loads from /static/.
func assets(p *page) []string {
	var paths []string
	for _, name := range []string{"src", "href"} {
		for _, node := range p.Find(`script[src], link[href]`).Nodes {
			for _, a := range node.Attr {
				if a.Key == name && strings.HasPrefix(a.Val, "/static/") {
					paths = append(paths, a.Val)
				}
			}
		}
	}
	return paths
}

// What changes something is refused when another site makes the browser send it.
func TestOtherSitesAreRefused(t *testing.T) {
	d := startDemo(t, stocked(t, goods()))
	v := d.signedIn(t, d.buyer())
	d.catalogueArrives(v)
	v.addToCart(plain, 1)
	jar := v.http.Jar
	for _, path := range []string{
		"/login", "/logout", "/settings", "/cart/items", "/cart/items/" + plain, "/cart/note", "/checkout",
		"/orders/1/lines", "/orders/1/empty", "/orders/1/lines/" + plain, "/orders/1/note", "/orders/1/repeat", "/checkout/note", "/settings/notes", "/settings/notes/x", "/lists/watch/items", "/lists/watch/items/" + plain,
	} {
		for _, from := range []http.Header{
			{"Sec-Fetch-Site": {"cross-site"}, "Origin": {"https://evil.example"}},
			{"Sec-Fetch-Site": {"same-site"}, "Origin": {"http://evil.127.0.0.1.example"}},
			{"Origin": {"https://evil.example"}}, // an old browser
			{"Origin": {"null"}},
		} {
			request, err := http.NewRequest(http.MethodPost, d.shop+path, strings.NewReader("quantity=7&itemId="+plain))
			if err != nil {
				t.Fatal(err)
			}
			request.Header = from.Clone()
			request.Header.Set("Content-Type", "application/x-www-form-urlencoded")
			answer, err := (&http.Client{Jar: jar, CheckRedirect: stay}).Do(request)
			if err != nil {
				t.Fatal(err)
			}
			answer.Body.Close()
			if answer.StatusCode != http.StatusForbidden {
				t.Errorf("POST %s with %v: %d, want it refused", path, from, answer.StatusCode)
			}
		}
	}
	if got := v.read("/cart").item("cart-line", plain); got.Length() != 1 {
		t.Error("the cart was changed from outside")
	}
}

func stay(*http.Request, []*http.Request) error { return http.ErrUseLastResponse }

// Signing out is final: requests that were under way, and the old cookie, don't bring the session back.
func TestSigningOutIsFinal(t *testing.T) {
	d := startDemo(t, stocked(t, goods()))
	v := d.signedIn(t, d.buyer())
	shop, err := url.Parse(d.shop)
	if err != nil {
		t.Fatal(err)
	}
	before := v.http.Jar.Cookies(shop)

	var under sync.WaitGroup
	for range 40 {
		under.Go(func() {
			if answer, err := d.withCookies(before, "/"); err == nil {
				answer.Body.Close()
			}
		})
	}
	out := v.post("/logout", nil)
	under.Wait()

	if got := out.header.Get("Cache-Control"); got != "private, no-store" {
		t.Errorf("after signing out Cache-Control is %q", got)
	}
	for name, cookies := range map[string][]*http.Cookie{"the old cookie": before, "the browser": v.http.Jar.Cookies(shop)} {
		answer, err := d.withCookies(cookies, "/cart")
		if err != nil {
			t.Fatal(err)
		}
		answer.Body.Close()
		if answer.StatusCode != http.StatusSeeOther || !strings.HasPrefix(answer.Header.Get("Location"), "/login") {
			t.Errorf("%s gets %d %s after signing out, want the sign-in page", name, answer.StatusCode, answer.Header.Get("Location"))
		}
	}
}

// withCookies makes one request and follows nothing.
func (d *demo) withCookies(cookies []*http.Cookie, path string) (*http.Response, error) {
	request, err := http.NewRequest(http.MethodGet, d.shop+path, nil)
	if err != nil {
		return nil, err
	}
	for _, c := range cookies {
		request.AddCookie(c)
	}
	return (&http.Client{CheckRedirect: stay, Timeout: patience}).Do(request)
}

// A session begins with sign-in, under a token of its own, and its cookie says as little as it can.
func TestCookie(t *testing.T) {
	d := startDemo(t, stocked(t, goods()))
	v := d.visitor(t)
	planted := &http.Cookie{Name: "vtt", Value: strings.Repeat("A", 43), Path: "/"}
	shop, _ := url.Parse(d.shop)
	v.http.Jar.SetCookies(shop, []*http.Cookie{planted})
	v.http.CheckRedirect = stay
	p := v.post("/login", url.Values{"login": {d.buyer().login}, "password": {d.buyer().password}})
	cookies := (&http.Response{Header: p.header}).Cookies()
	if len(cookies) != 1 {
		t.Fatalf("signing in set %d cookies, want one: %q", len(cookies), p.header.Values("Set-Cookie"))
	}
	c := cookies[0]
	if c.Name != "vtt" || c.Secure || !c.HttpOnly || c.SameSite != http.SameSiteLaxMode || c.Path != "/" || c.Domain != "" {
		t.Errorf("over http on loopback the cookie is %q", p.header.Get("Set-Cookie"))
	}
	if c.Value == planted.Value || len(c.Value) < 22 {
		t.Errorf("the token is %q: not its own, or shorter than 128 bits", c.Value)
	}
}

// Over https the cookie is bound to the host and Secure, and everything is said to be https only.
func TestCookieOverHTTPS(t *testing.T) {
	d := startDemo(t, stocked(t, goods()))
	home := t.TempDir()
	keys := filepath.Join(home, "keys.json")
	if out, err := exec.Command(binary, "keys", "create", keys).CombinedOutput(); err != nil {
		t.Fatalf("keys create: %v: %s", err, out)
	}
	listen := freePort(t)
	cmd := exec.Command(binary, "serve")
	cmd.Env = []string{
		"LISTEN=" + listen, "OPERATOR_LISTEN=127.0.0.1:0", "BASE_URL=https://shop.example", "DATA_DIR=" + filepath.Join(home, "data"),
		"KEY_FILE=" + keys, "VTT_URL=" + d.portal + "/Portal.svc",
	}
	startUntilEnd(t, cmd)
	d.eventually("serve ready", func() bool { return status("http://"+listen+"/readyz") == http.StatusOK })

	form := url.Values{"login": {d.buyer().login}, "password": {d.buyer().password}}
	request, err := http.NewRequest(http.MethodPost, "http://"+listen+"/login", strings.NewReader(form.Encode()))
	if err != nil {
		t.Fatal(err)
	}
	request.Host = "shop.example" // as the proxy in front passes it on
	request.Header = http.Header{
		"Content-Type": {"application/x-www-form-urlencoded"}, "Origin": {"https://shop.example"}, "Sec-Fetch-Site": {"same-origin"},
	}
	answer, err := (&http.Client{CheckRedirect: stay, Timeout: patience}).Do(request)
	if err != nil {
		t.Fatal(err)
	}
	answer.Body.Close()
	cookies := answer.Cookies()
	if len(cookies) != 1 || cookies[0].Name != "__Host-vtt" || !cookies[0].Secure || !cookies[0].HttpOnly || cookies[0].Path != "/" || cookies[0].Domain != "" {
		t.Errorf("over https the cookie is %q (%s)", answer.Header.Values("Set-Cookie"), answer.Status)
	}
	if answer.Header.Get("Strict-Transport-Security") == "" {
		t.Error("https without Strict-Transport-Security")
	}
	if location := answer.Header.Get("Location"); location != "/" {
		t.Errorf("after signing in to %q, want a path of the shop", location)
	}
}

// After sign-in one goes back to where one was going, and never to another site.
func TestReturnStaysHere(t *testing.T) {
	d := startDemo(t, stocked(t, goods()))
	for _, next := range []string{
		"//evil.example", `/\evil.example`, "https://evil.example", "https:evil.example", "/\t/evil.example", "\r\nevil", "javascript:alert(1)", "/%09/evil.example",
	} {
		jar, _ := cookiejar.New(nil)
		v := d.visitor(t)
		v.http = &http.Client{Jar: jar, CheckRedirect: stay, Timeout: patience}
		page := v.get("/login?next=" + url.QueryEscape(next))
		p := v.press(page, "/login", url.Values{"login": {d.buyer().login}, "password": {d.buyer().password}, "next": {next}})
		to, err := url.Parse(p.header.Get("Location"))
		if err != nil || to.Host != "" || to.Scheme != "" || !strings.HasPrefix(to.Path, "/") || strings.ContainsAny(to.Path, "\\\t\r\n") || strings.HasPrefix(to.Path, "//") {
			t.Errorf("next=%q leads to %q", next, p.header.Get("Location"))
		}
	}
}
