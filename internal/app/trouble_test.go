package app_test

import (
	"net/http"
	"net/url"
	"os"
	"path/filepath"
	"strings"
	"testing"
)

// Each way of not getting in has its own code and its own words, and none of them is our fault.
func TestSignInSaysWhatIsWrong(t *testing.T) {
	d := startDemo(t, stocked(t, goods()))
	wrong := d.buyer()
	wrong.password += "x"
	words := map[string]string{}
	for _, tc := range []struct {
		name  string
		fault fault
		who   account
		code  string
	}{
		{"wrong password", fault{}, wrong, "ACCESS_DENIED"},
		{"not allowed", fault{Effect: "refuse", Code: "NON_AUTHORIZED"}, d.buyer(), "NON_AUTHORIZED"},
		{"out of order", fault{Effect: "refuse", Code: "TECHNICAL_ERROR"}, d.buyer(), "TECHNICAL_ERROR"},
		{"refused by a rule of theirs", fault{Effect: "refuse", Code: "BUSINESS_LOGIC_ERROR"}, d.buyer(), "BUSINESS_LOGIC_ERROR"},
		{"misunderstood", fault{Effect: "refuse", Code: "CONTRACT_ERROR"}, d.buyer(), "CONTRACT_ERROR"},
		{"cut off", fault{Effect: "drop"}, d.buyer(), "UNREACHABLE"},
		{"no answer in time", fault{Effect: "delay", Delay: "5m"}, d.buyer(), "TIMEOUT"},
		{"a proxy answers", fault{Effect: "refuse", Code: "502"}, d.buyer(), "NOT_SOAP"},
	} {
		t.Run(tc.name, func(t *testing.T) {
			if tc.fault.Effect != "" {
				tc.fault.Login = tc.who.login
				d.misbehave(tc.fault)
				defer d.behave()
			}
			v := d.visitor(t)
			p := v.signIn(tc.who)
			if p.code() != tc.code {
				t.Fatalf("code %q at %s (%d), want %s: %s", p.code(), p.url, p.status, tc.code, p.complaint())
			}
			said := strings.Join(strings.Fields(p.named("error").Text()), " ")
			if other, taken := words[said]; taken {
				t.Errorf("%q is also said when %s", said, other)
			}
			words[said] = tc.name
			if login, _ := p.Find("[name=login]").Attr("value"); login != tc.who.login {
				t.Errorf("the login has to be typed again: %q", login)
			}
			if strings.Contains(p.body, tc.who.password) {
				t.Error("the page holds the password")
			}
			if v.get("/cart").url.Path != "/login" {
				t.Error("he got in")
			}
		})
	}
}

// Upstream trouble after sign-in never takes the shop away.
func TestPagesOutliveTheDistributor(t *testing.T) {
	d := startDemo(t, stocked(t, goods()))
	v := d.signedIn(t, d.buyer())
	d.catalogueArrives(v)
	v.addToCart(plain, 1)
	pages := d.pages(v)
	d.misbehave(fault{Effect: "drop"})
	for _, path := range pages {
		if p := v.get(path); path != "/checkout" && p.status != http.StatusOK {
			t.Errorf("%s: %d with the distributor down: %s", path, p.status, p.complaint())
		}
	}
	checkout := v.get("/checkout")
	if checkout.status >= http.StatusInternalServerError && checkout.code() == "INTERNAL" || checkout.complaint() == "" {
		t.Errorf("checkout with the distributor down: %d %s", checkout.status, checkout.complaint())
	}
	sent := v.post("/checkout", nil)
	if d.behave(); d.executions("CreateOrder") != 0 {
		t.Errorf("an order was created while down: %s", sent.complaint())
	}
	if v.read("/cart").item("cart-line", plain).Length() != 1 {
		t.Error("the cart is lost")
	}
}

// The answer to CreateOrder is lost: the order is shown as unknown, found in the list, and never sent twice.
func TestLostAnswer(t *testing.T) {
	for _, effect := range []string{"perform-and-drop", "truncate"} {
		t.Run(effect, func(t *testing.T) {
			d := startDemo(t, stocked(t, goods()))
			v := d.signedIn(t, d.buyer())
			d.catalogueArrives(v)
			v.addToCart(plain, 7)
			review := v.read("/checkout")
			d.misbehave(fault{Operation: "CreateOrder", Effect: effect})
			d.misbehave(fault{Operation: "GetOrders", Nth: 2, Count: 3, Effect: "refuse", Code: "TECHNICAL_ERROR"}) // the first is the baseline
			sent := v.press(review, "/checkout", nil)
			d.reaches(v, sent.url.Path, "UNKNOWN")
			unknown := v.read(sent.url.Path)
			if !strings.Contains(unknown.Text(), "Не оформляйте его повторно") {
				t.Errorf("an unknown outcome reads: %s", unknown.complaint())
			}
			if again := v.post("/checkout", nil); d.executions("CreateOrder") != 1 {
				t.Errorf("sent twice; the second time: %s", again.complaint())
			}
			d.behave()
			d.reaches(v, sent.url.Path, "CONFIRMED")
			if got := d.executions("CreateOrder"); got != 1 {
				t.Errorf("CreateOrder was performed %d times", got)
			}
			if link := v.read(sent.url.Path).Find(`a[href^="/orders/"]`); link.Length() == 0 {
				t.Error("the found order is not linked")
			}
		})
	}
}

// Sending a form twice, from two tabs or by a double press, makes one order.
func TestDoublePress(t *testing.T) {
	d := startDemo(t, stocked(t, goods()))
	v := d.signedIn(t, d.buyer())
	d.catalogueArrives(v)
	v.addToCart(plain, 2)
	review := v.read("/checkout")
	first := v.press(review, "/checkout", nil)
	second := v.press(review, "/checkout", nil)
	d.reaches(v, first.url.Path, "CONFIRMED")
	if d.executions("CreateOrder") != 1 {
		t.Errorf("CreateOrder was performed %d times; the second press led to %s", d.executions("CreateOrder"), second.url)
	}
}

// cache.db may go at any time: nothing is lost but time.
func TestCacheMayBeDeleted(t *testing.T) {
	d := startDemo(t, stocked(t, goods()))
	v := d.signedIn(t, d.buyer())
	d.catalogueArrives(v)
	v.addToCart(plain, 3)
	for _, suffix := range []string{"", "-wal", "-shm"} {
		if err := os.Remove(filepath.Join(d.home, "data", "cache.db"+suffix)); err != nil && !os.IsNotExist(err) {
			t.Fatal(err)
		}
	}
	worst := http.StatusOK
	d.eventually("the catalogue back in a new cache.db", func() bool {
		p := v.get("/catalog")
		worst = max(worst, p.status)
		_, err := os.Stat(filepath.Join(d.home, "data", "cache.db"))
		return err == nil && p.named("item-row").Length() == 50 && p.named("price").Length() >= 49
	})
	if worst >= http.StatusInternalServerError {
		t.Errorf("a page answered %d meanwhile", worst)
	}
	if got := v.read("/cart").item("cart-line", plain); got.Length() != 1 {
		t.Error("the cart went with the cache")
	}
	if p := v.read("/items/" + plain); !amount(t, p.named("price").First()).Equal(priceOf(t, plain)) {
		t.Error("the price is not what it was")
	}
}

// Everything that matters is there after a restart; sessions too.
func TestRestart(t *testing.T) {
	d := startDemo(t, stocked(t, goods()))
	listen := "LISTEN=" + strings.TrimPrefix(d.shop, "http://")
	catalogue := stocked(t, goods())
	v := d.signedIn(t, d.buyer())
	d.catalogueArrives(v)
	v.addToCart(plain, 3)
	order := d.order(v).url.Path
	v.addToCart(lookAlike, 2)
	d.stop()
	d.start(listen, catalogue)
	if got := v.read("/cart").item("cart-line", lookAlike); got.Length() != 1 {
		t.Error("the cart is gone")
	}
	if v.read(order).item("order-line", plain).Length() != 1 {
		t.Error("the order is gone")
	}
	if p := v.read("/items/" + plain); !amount(t, p.named("price").First()).Equal(priceOf(t, plain)) {
		t.Error("the price list is gone")
	}
}

// Bad input is answered with what to mend, never with a failure of ours.
func TestBadInput(t *testing.T) {
	d := startDemo(t, stocked(t, goods()))
	v := d.signedIn(t, d.buyer())
	d.catalogueArrives(v)
	for _, values := range []url.Values{
		{"itemId": {plain}, "quantity": {"0"}}, {"itemId": {plain}, "quantity": {"-1"}}, {"itemId": {plain}, "quantity": {"1.5"}},
		{"itemId": {plain}, "quantity": {"много"}}, {"itemId": {plain}, "quantity": {"1e9"}}, {"itemId": {plain}, "quantity": {"99999999999999999999"}},
		{"itemId": {plain}}, {"itemId": {"nothing"}, "quantity": {"1"}}, {"quantity": {"1"}}, {"itemId": {plain, lookAlike}, "quantity": {"1", "2"}},
	} {
		p := v.post("/cart/items", values)
		if p.status < 400 || p.status >= 500 || p.code() == "" {
			t.Errorf("%v: %d code %q, want it refused with words: %s", values, p.status, p.code(), p.complaint())
		}
	}
	if n := v.read("/cart").named("cart-line").Length(); n != 0 {
		t.Errorf("the cart has %d lines", n)
	}
	for _, path := range []string{
		"/catalog?page=0", "/catalog?page=-1", "/catalog?page=99999999999999999999", "/catalog?page=x", "/catalog?sort=nothing",
		"/catalog?price_from=x", "/search?q=%00", "/search?q=" + url.QueryEscape(strings.Repeat("я", 5000)), "/search?q=%FF%FE", "/search",
		"/suggest?q=%22%27%3C", "/items/%2F", "/items/%00", "/orders?from=tomorrow", "/photos/..%2F..%2Fetc%2Fpasswd", "/catalog/%2e%2e", "/static/../main.go",
	} {
		if p := v.get(path); p.status >= http.StatusInternalServerError {
			t.Errorf("%s: %d: %s", path, p.status, p.complaint())
		}
	}
}
