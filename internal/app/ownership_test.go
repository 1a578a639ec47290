package app_test

import (
	"fmt"
	"net/http"
	"net/url"
	"path"
	"regexp"
	"strings"
	"testing"

	"github.com/PuerkitoBio/goquery"

	"storefront/internal/vtt/emulator"
)

// owned says what stands for the ids in an address: one's own, somebody else's, one that does not exist and one that can't.
// What is common to all buyers has nobody else's.
type owned struct{ own, foreign, missing, malformed string }

// The texts that no id can be.
const malformed = "%2F..%2F%00'%22%3C"

// Whatever somebody asks for by its id: what is another buyer's answers exactly as what does not exist. Every address with an
// id is tried, in every way it can be called.
func TestForeignIsLikeMissing(t *testing.T) {
	h, _ := furnished(t, func(o *emulator.Options) { o.Answers.OptionalOperations = true })
	manager, ural := h.manager(), h.login("ural") // both may edit orders, of different dealers
	mine, theirs := h.world(t, manager), h.world(t, ural)
	v, stranger := mine.jars[0], theirs.jars[0]
	stranger.addToCart("T-0020", 3) // not in the manager's cart
	v.post("/lists/watch/items", url.Values{"itemId": {plain}})
	mine.halfDone(h, v)
	theirs.halfDone(h, stranger)
	number := func(path string) string { return strings.TrimPrefix(path, "/orders/") }
	orders := owned{number(mine.order), number(theirs.order), "00000001", malformed}
	kinds := map[string]owned{
		"/orders/":      orders,
		"/submissions/": {strings.TrimPrefix(mine.submission, "/submissions/"), strings.TrimPrefix(theirs.submission, "/submissions/"), strings.Repeat("a", 26), malformed},
		"/items/":       {plain, "", "nothing", malformed},
		"/photos/":      {plain, "", "nothing", malformed},
		"/catalog/":     {strings.TrimPrefix(mine.category, "/catalog/"), "", "nothing", malformed},
		"/settings/":    {path.Base(mine.text), path.Base(theirs.text), strings.Repeat("A", 26), malformed},
		"/lists/":       {plain, "", "nothing", malformed},
		"/cart/items/":  {plain, "", "nothing", malformed}, // a line is named by its item, which is everybody's
	}
	tried := 0
	for _, route := range addresses() {
		method, template, _ := strings.Cut(route, " ")
		if !strings.Contains(template, ":") {
			continue
		}
		kind, ok := kindOf(kinds, template)
		if !ok {
			t.Errorf("%s has ids of a kind that this test does not know", route)
			continue
		}
		tried++
		ask := func(id string) (status int, body string) {
			path := regexp.MustCompile(`:item\b`).ReplaceAllString(template, plain)
			path = regexp.MustCompile(`:edit\b`).ReplaceAllString(path, mine.edit)
			path = regexp.MustCompile(`:\w+`).ReplaceAllString(path, id)
			p := v.do(method, path, url.Values{"quantity": {"200"}, "itemId": {plain}, "note": {mine.note()}, "order": {""}, "choice": {"wait"}, "take:" + plain: {"1"}, "quantity:" + plain: {"2"}})
			return p.status, told(p, path, id)
		}
		acts := h.acts()
		missing, words := ask(kind.missing)
		if kind.foreign != "" {
			foreign, said := ask(kind.foreign)
			if foreign != missing || said != words {
				t.Errorf("%s: somebody else's is %d and what does not exist %d:\n%s", route, foreign, missing, firstDifference(said, words))
			}
		}
		if status, _ := ask(kind.malformed); status >= http.StatusInternalServerError || status < http.StatusBadRequest && !strings.HasPrefix(template, "/cart/") {
			t.Errorf("%s: what can't be an id answers %d", route, status)
		}
		if h.acts() != acts {
			t.Errorf("%s: the distributor was asked for something with an order that is not his", route)
		}
		if status, _ := ask(kind.own); status >= http.StatusBadRequest && !strings.HasSuffix(route, "invoice.xml") {
			t.Errorf("%s: his own answers %d: the comparison proves nothing", route, status)
		}
	}
	if tried < 12 {
		t.Errorf("only %d addresses have ids", tried)
	}
	foreign, missing := v.post(mine.order+"/edits/"+theirs.edit, nil), v.post(mine.order+"/edits/nothing", nil)
	if foreign.status != http.StatusNotFound || missing.status != http.StatusNotFound || told(foreign, "", theirs.edit) != told(missing, "", "nothing") {
		t.Errorf("somebody else's change answers %d, one that does not exist %d", foreign.status, missing.status)
	}
	for _, path := range []string{theirs.order, theirs.submission, "/settings/notes"} {
		if p := stranger.get(path); p.status != http.StatusOK {
			t.Errorf("%s is %d for its own buyer", path, p.status)
		}
	}
	if got := stranger.read(theirs.order).item("order-line", plain); got.Length() != 1 || strings.Contains(stranger.read(theirs.order).body, mine.note()) {
		t.Error("the other buyer's order was changed")
	}
	if stranger.read("/settings/notes").named("note-text").Length() != 1 {
		t.Error("the other buyer's text was removed")
	}
	if stranger.read("/cart").item("cart-line", "T-0020").Find("[name=quantity]").AttrOr("value", "") != "3" {
		t.Error("the other buyer's cart was changed")
	}
}

// halfDone leaves a change of the buyer's order half done, as a program does that ends in the middle.
func (w *world) halfDone(h *house, v *visitor) {
	h.t.Helper()
	h.misbehave(fault{Operation: "RemoveItem", Login: w.account.login, Effect: "perform-and-drop"})
	h.misbehave(fault{Operation: "GetOrderWithLines", Login: w.account.login, Nth: 2, Count: 5, Effect: "drop"})
	v.post(w.order+"/lines/"+plain+"/rescue", url.Values{"choice": {"equivalent"}, "other": {lookAlike}})
	h.behave()
	h.eventually("a change half done", func() bool {
		action, found := v.get(w.order).Find(`form[action*="/edits/"]`).First().Attr("action")
		w.edit = action[strings.LastIndex(action, "/")+1:]
		return found
	})
	v.post(w.order+"/lines/"+plain, url.Values{"quantity": {"200"}}) // short again
}

// acts counts the calls that nothing but a person's request makes: the background makes others at any time.
func (h *house) acts() (n int) {
	received := h.emulator.Received()
	for _, operation := range []string{"CreateOrder", "AddItem", "RemoveItem", "SetOrderNote", "ExportInvoiceXml"} {
		n += received[operation]
	}
	return n
}

func kindOf(kinds map[string]owned, template string) (found owned, ok bool) {
	for prefix, kind := range kinds {
		if strings.HasPrefix(template, prefix) {
			return kind, true
		}
	}
	return owned{}, false
}

var reference = regexp.MustCompile(`\b[A-Z2-7]{10}\b`) // that a person can read out

// told is what a page says, but for what was asked and the number of the request.
func told(p *page, path, id string) string {
	body := strings.NewReplacer(path, "", url.QueryEscape(path), "", id, "").Replace(p.body)
	return reference.ReplaceAllString(body, "")
}

func firstDifference(a, b string) string {
	i := 0
	for i < min(len(a), len(b)) && a[i] == b[i] {
		i++
	}
	from := max(0, i-80)
	return fmt.Sprintf("…%.200s\n…%.200s", a[min(from, len(a)):], b[min(from, len(b)):])
}

// Logins that differ in case, or in how Unicode spells the same letter, are different people: at the distributor, and here.
func TestLoginsThatLookAlike(t *testing.T) {
	alike := []emulator.Account{
		{Login: "Buyer", Password: "fennel", Level: "1.31"},
		{Login: "андрей", Password: "ginger", Level: "1.37"},            // й in one piece
		{Login: "андре\u0438\u0306", Password: "hyssop", Level: "1.41"}, // и and a breve
		{Login: "АНДРЕЙ", Password: "juniper", Level: "1.43"},
	}
	for i := range alike {
		alike[i].Dealer, alike[i].Branch, alike[i].Currency, alike[i].Edit = fmt.Sprintf("ООО «Двойник %d»", i), "Москва", "USD", true
	}
	h, _ := furnished(t, func(o *emulator.Options) { o.ExtraAccounts = alike })
	type person struct {
		visitor     *visitor
		order, cost string
	}
	people := map[string]person{}
	costs, orders := map[string]string{}, map[string]string{}
	for _, a := range append(alike, emulator.Account{Login: "buyer", Password: h.buyer().password}) {
		v := h.signedIn(t, account{a.Login, a.Password})
		h.catalogueArrives(v)
		if n := v.read("/cart").named("cart-line").Length(); n != 0 {
			t.Errorf("%q finds %d lines of somebody else's in his cart", a.Login, n)
		}
		for _, id := range v.read("/orders").Find(`[data-order-id]`).Map(func(_ int, o *goquery.Selection) string { return attr(t, o, "data-order-id") }) {
			if other, taken := orders[id]; taken {
				t.Errorf("%q and %q both see order %s", a.Login, other, id)
			}
			orders[id] = a.Login
		}
		cost := attr(t, v.read("/items/"+plain).named("price").First(), "data-amount")
		if other, taken := costs[cost]; taken {
			t.Errorf("%q and %q have the same prices", a.Login, other)
		}
		costs[cost] = a.Login
		v.addToCart(plain, 1)
		order := h.order(v).url.Path
		v.addToCart(lookAlike, 1)
		people[a.Login] = person{v, order, cost}
	}
	for login, p := range people {
		for other, q := range people {
			want := http.StatusNotFound
			if login == other {
				want = http.StatusOK
			}
			if got := p.visitor.get(q.order); got.status != want {
				t.Errorf("%q gets the order of %q with %d", login, other, got.status)
			}
		}
		if n := p.visitor.read("/cart").named("cart-line").Length(); n != 1 {
			t.Errorf("%q has %d lines in his cart, want 1", login, n)
		}
		if cost := attr(t, p.visitor.read("/items/"+plain).named("price").First(), "data-amount"); cost != p.cost {
			t.Errorf("%q is shown %s after the others came, and %s before", login, cost, p.cost)
		}
	}
	if p := h.visitor(t).signIn(account{"BUYER", "fennel"}); p.code() != "ACCESS_DENIED" {
		t.Errorf("a login that nobody has gets in: %s", p.url)
	}
}

// What people type is never taken for a language that something behind the page speaks.
func TestHostileSearches(t *testing.T) {
	h, v := furnished(t)
	v.headers.Set("HX-Request", "true")
	v.headers.Set("HX-Request-Type", "partial") // less to read, and the same questions
	for _, text := range []string{
		`"`, `'`, `*`, `^`, `NEAR(a b)`, `a NEAR/2 b`, `AND`, `OR NOT`, `(`, `((((`, `)`, `-`, `--`, `a -b`, `{a b}:c`, `name:x`, `"a" *`, `a*b*`, `+`, `%`, `_`, `\`,
		`'; DROP TABLE items; --`, `1 OR 1=1`, `<script>`, `${x}`, `{{.}}`, "\x00", "\xff\xfe", "a\u0300\u0301", "\u202e", strings.Repeat("(", 2000),
		strings.Repeat("HP ", 1500), numbered(1500), strings.Repeat("9", 3000), "price:<1", "1e309", "NaN",
	} {
		for _, path := range []string{"/search?q=", "/suggest?q=", "/catalog?brand=", "/catalog?price_from=", "/orders?q=", "/orders?item=", "/orders?from=", "/documents?q=", "/documents?kind="} {
			if p := v.get(path + url.QueryEscape(text)); p.status >= http.StatusInternalServerError {
				t.Errorf("%s%.40q: %d: %s", path, text, p.status, p.complaint())
			}
		}
	}
	if h.logged("panic") {
		t.Error("something panicked")
	}
}

// numbered are n words, no two alike.
func numbered(n int) string {
	var text strings.Builder
	for i := range n {
		fmt.Fprintf(&text, "w%d ", i)
	}
	return text.String()
}
