package app_test

import (
	"net/http"
	"net/url"
	"regexp"
	"strings"
	"testing"

	"github.com/PuerkitoBio/goquery"
	"github.com/shopspring/decimal"
)

// A buyer's day without scripts: sign in, find, order, follow.
func TestBuyersDay(t *testing.T) {
	d := startDemo(t, stocked(t, goods()))
	v := d.visitor(t)

	if p := v.get("/catalog?sort=price"); p.url.Path != "/login" {
		t.Fatalf("a visitor who has not signed in is at %s", p.url)
	}
	signIn := v.get("/catalog?sort=price")
	if p := v.press(signIn, "/login", url.Values{"login": {d.buyer().login}, "password": {d.buyer().password}}); p.url.RequestURI() != "/catalog?sort=price" {
		t.Errorf("after signing in at %s, want where one was going", p.url)
	}
	d.catalogueArrives(v)

	category := v.enter(v.enter(v.read("/catalog"), consumables), cartridges)
	if n := category.named("item-row").Length(); n != 50 {
		t.Errorf("the category shows %d rows, want a page of 50", n)
	}
	if n := v.read(category.url.Path + "?page=2").named("item-row").Length(); n != 10 {
		t.Errorf("its second page shows %d rows, want 10", n)
	}
	item := v.read("/items/" + plain)
	if got := amount(t, item.named("price").First()); !got.Equal(priceOf(t, plain)) {
		t.Errorf("the item costs %s, want %s", got, priceOf(t, plain))
	}

	found := v.read("/search?q=" + url.QueryEscape("СЕ285А")) // all letters but digits are Cyrillic
	row := found.item("item-row", lookAlike)
	if row.Length() != 1 {
		t.Fatalf("the item is not found by its article in look-alike letters: %s", found.complaint())
	}
	if understood := found.the("understood").Text(); !strings.Contains(understood, "CE285A") {
		t.Errorf("the search understood %q, want CE285A", understood)
	}

	v.submit(row.Find(`form[action="/cart/items"]`), url.Values{"quantity": {"3"}})
	v.submit(v.read("/items/"+scarce).Find(`form[action="/cart/items"]`).First(), url.Values{"quantity": {"5"}})
	cart := v.read("/cart")
	if n := cart.named("cart-line").Length(); n != 2 {
		t.Fatalf("the cart has %d lines, want 2: %s", n, cart.complaint())
	}
	three, five := decimal.NewFromInt(3), decimal.NewFromInt(5)
	total := priceOf(t, lookAlike).Mul(three).Add(priceOf(t, scarce).Mul(five))
	if got := amount(t, cart.named("cart-total").First()); !got.Equal(total) {
		t.Errorf("the cart's total is %s, want %s", got, total)
	}
	if badge := strings.TrimSpace(cart.the("cart-badge").Text()); !strings.Contains(badge, "2") {
		t.Errorf("the badge says %q, want 2", badge)
	}

	created := d.order(v)
	line := created.item("order-line", scarce)
	if line.Length() != 1 || created.named("order-line").Length() != 2 {
		t.Fatalf("the order has other lines than the cart: %s", created.complaint())
	}
	wantNumbers(t, "ordered, reserved and missing of the scarce item", line, "5", "2", "3")
	if n := v.read("/cart").named("cart-line").Length(); n != 0 {
		t.Errorf("the cart still has %d lines", n)
	}
	if got := d.executions("CreateOrder"); got != 1 {
		t.Errorf("CreateOrder was performed %d times", got)
	}
	if rows := v.read("/orders").named("order-row"); rows.Length() < 2 {
		t.Errorf("the list has %d orders, want the new one and those of the demo", rows.Length())
	}

	documents := v.read("/documents").named("document-link")
	if documents.Length() == 0 {
		t.Fatal("no documents")
	}
	if code := status(attr(t, documents.First(), "href")); code != http.StatusOK {
		t.Errorf("the first document answers %d", code)
	}
}

// The manager of the same dealer writes a note and changes a reserved order.
func TestManagersDay(t *testing.T) {
	d := startDemo(t, stocked(t, goods()))
	v := d.signedIn(t, d.manager())
	d.catalogueArrives(v)
	v.addToCart(plain, 4)
	path := d.order(v).url.Path

	noted := v.post(path+"/note", url.Values{"note": {"Отгрузить до пятницы, & позвонить"}})
	if got := noted.the("note").Text(); !strings.Contains(got, "Отгрузить до пятницы, & позвонить") {
		t.Errorf("the note reads %q", got)
	}
	if d.executions("SetOrderNote") != 1 {
		t.Errorf("SetOrderNote was performed %d times", d.executions("SetOrderNote"))
	}

	v.submit(v.read(path).Find(`form[action="`+path+`/lines"]`), url.Values{"itemId": {lookAlike}, "quantity": {"6"}})
	wantNumbers(t, "the added line", v.read(path).item("order-line", lookAlike), "6")
	v.submit(v.read(path).Find(`form[action="`+path+`/lines/`+lookAlike+`"]`).First(), url.Values{"quantity": {"2"}})
	wantNumbers(t, "the changed line", v.read(path).item("order-line", lookAlike), "2")
	v.post(path+"/lines/"+lookAlike, url.Values{"quantity": {"0"}})
	if v.read(path).item("order-line", lookAlike).Length() != 0 {
		t.Error("the removed line is still there")
	}
	if v.read(path).item("order-line", plain).Length() != 1 {
		t.Error("the other line went with it")
	}
}

// A buyer without the right is refused clearly, and nothing is tried for him.
func TestNoRightToEdit(t *testing.T) {
	d := startDemo(t, stocked(t, goods()))
	v := d.signedIn(t, d.buyer())
	d.catalogueArrives(v)
	v.addToCart(plain, 4)
	order := d.order(v)
	if order.Find(`form[action$="/lines"]`).Length() != 0 {
		t.Error("the page offers what may not be done")
	}
	for _, refused := range []*page{
		v.post(order.url.Path+"/lines", url.Values{"itemId": {lookAlike}, "quantity": {"1"}}),
		v.post(order.url.Path+"/lines/"+plain, url.Values{"quantity": {"1"}}),
	} {
		if refused.code() != "NON_AUTHORIZED" || refused.status != http.StatusForbidden {
			t.Errorf("%s: %d, code %q, want a refusal: %s", refused.url, refused.status, refused.code(), refused.complaint())
		}
	}
	if n := d.executions("AddItem") + d.executions("RemoveItem"); n != 0 {
		t.Errorf("the order was changed %d times", n)
	}
	private := v.post(order.url.Path+"/note", url.Values{"note": {"Только для меня"}})
	if !strings.Contains(private.Text(), "Только для меня") || !strings.Contains(private.Text(), "видна только вам") {
		t.Errorf("his note is not kept as his own: %s", private.complaint())
	}
	if d.executions("SetOrderNote") != 0 {
		t.Error("the note was sent")
	}
}

// A buyer keeps an eye on an item: with the star, without scripts. What he wants of it is told when it is so, wherever the item
// is seen and on today's page; and the item's page has its history and what he paid.
func TestWatching(t *testing.T) {
	d := startDemo(t, stocked(t, goods()))
	v := d.signedIn(t, d.buyer())
	d.catalogueArrives(v)
	if said := v.read("/changes").Text(); !strings.Contains(said, "первый визит") {
		t.Errorf("at the first visit changes say %q", said)
	}
	v.submit(v.read("/items/"+plain).Find(`form[action="/lists/watch/items"]`).First(), nil)
	row := v.read("/lists/watch").item("item-row", plain)
	if row.Length() != 1 {
		t.Fatal("the item is not on the watch list")
	}
	mark := row.Find(`details form[action="/lists/watch/items/` + plain + `"]`)
	if wrong := v.submit(mark, url.Values{"price": {"дёшево"}}); wrong.code() != "INVALID" || wrong.status != http.StatusUnprocessableEntity {
		t.Errorf("a price that is none: %d %s", wrong.status, wrong.code())
	}
	price := priceOf(t, plain)
	marked := v.submit(mark, url.Values{"price": {strings.ReplaceAll(price.String(), ".", ",")}})
	if held := marked.item("item-row", plain).Find(named("mark")); held.Length() != 1 {
		t.Errorf("the mark does not hold at its price: %s", marked.complaint())
	}
	if n := v.read("/").Find(named("change") + `[data-kind="marks"]`).Length(); n != 1 {
		t.Errorf("today's page leads to marks %d times", n)
	}
	if n := v.read("/changes?kind=marks").item("item-row", plain).Length(); n != 1 {
		t.Errorf("the mark is among the changes %d times", n)
	}
	d.eventually("a history", func() bool { return v.get("/items/"+plain).the("history").Find("svg[role=img]").Length() == 2 })

	v.addToCart(plain, 2)
	created := d.order(v)
	d.eventually("what was paid", func() bool {
		return v.get("/items/"+plain).the("paid").Find(`a[href="`+created.url.Path+`"]`).Length() == 1
	})
	v.submit(v.read("/lists/watch").item("item-row", plain).Find("form.star"), nil)
	if n := v.read("/lists/watch").named("item-row").Length(); n != 0 {
		t.Errorf("%d items are watched after the star was put out", n)
	}
	if n := v.do(http.MethodGet, "/changes?kind=nonsense&page=99", nil).status; n != http.StatusOK {
		t.Errorf("an unknown kind of changes: %d", n)
	}
	if missing := v.post("/lists/watch/items", url.Values{"itemId": {"nothing"}}); missing.status != http.StatusNotFound {
		t.Errorf("watching what does not exist: %d", missing.status)
	}
	if missing := v.post("/lists/watch/items/"+lookAlike, url.Values{"branch": {"1"}}); missing.status != http.StatusNotFound {
		t.Errorf("a mark on what is not watched: %d", missing.status)
	}
}

// A buyer orders again what he ordered before: without scripts. What has changed is named, what he chose goes into the cart, all
// of it or nothing, and nothing is ordered by it. The order is found by what is in it.
func TestRepeatingAnOrder(t *testing.T) {
	d := startDemo(t, stocked(t, goods()))
	v := d.signedIn(t, d.buyer())
	d.catalogueArrives(v)
	v.addToCart(plain, 2)
	v.addToCart(scarce, 5)
	path := d.order(v).url.Path
	d.eventually("the order's lines", func() bool { return v.get(path).named("order-line").Length() == 2 })
	if weight := v.read(path).the("order-weight").Text(); !strings.Contains(weight, "0,5") { // 7 pieces, 10 in 0.75 kg
		t.Errorf("the order weighs %q", weight)
	}
	for _, search := range []string{"/orders?item=" + scarce, "/orders?q=" + scarce, "/orders?item=" + scarce + "&page=99"} {
		if n := v.read(search).Find(`[data-testid="order-row"] a[href="` + path + `/repeat"]`).Length(); n != 1 {
			t.Errorf("%s finds the order %d times", search, n)
		}
	}
	if n := v.read("/orders?item=" + onRequest).named("order-row").Length(); n != 0 {
		t.Errorf("an item that was never ordered is in %d orders", n)
	}
	if !strings.Contains(v.read("/items/"+plain).body, "/orders?item="+plain) {
		t.Error("the item's page does not lead to its orders")
	}

	before, repeat := d.executions("CreateOrder"), v.read(path+"/repeat")
	if got := repeat.item("repeat-line", plain).Find(named("difference")).AttrOr("data-difference", ""); got != "same" {
		t.Errorf("%s differs by %q", plain, got)
	}
	if got := repeat.item("repeat-line", scarce).Find(named("difference")).AttrOr("data-difference", ""); got != "short" {
		t.Errorf("%s differs by %q, want short", scarce, got)
	}
	form := repeat.Find("form" + named("repeat"))
	for name, c := range map[string]struct {
		change url.Values
		want   string
	}{
		"half a piece":   {url.Values{"quantity:" + plain: {"0,5"}}, "целое число"},
		"no piece":       {url.Values{"quantity:" + plain: {"0"}}, "целое число"},
		"nothing chosen": {url.Values{"take:" + plain: {""}, "take:" + scarce: {""}}, "Ничего не отмечено"},
	} {
		if p := v.submit(form, c.change); p.status != http.StatusUnprocessableEntity || !strings.Contains(p.Text(), c.want) {
			t.Errorf("%s: %d, %s", name, p.status, p.complaint())
		}
	}
	if n := v.read("/cart").named("cart-line").Length(); n != 0 {
		t.Errorf("refused repetitions left %d lines in the cart", n)
	}

	put := v.submit(form, url.Values{"quantity:" + plain: {"7"}, "to": {"cart"}})
	if !strings.Contains(put.Text(), "Положено в корзину: 2 позиции, 12 штук") || put.url.Path != path+"/repeat" {
		t.Errorf("what was put is not said at %s: %s", put.url, put.complaint())
	}
	if again := v.read(path + "/repeat"); strings.Contains(again.Text(), "Положено в корзину") {
		t.Error("it is said twice")
	}
	cart := v.read("/cart")
	for id, want := range map[string]string{plain: "7", scarce: "5"} {
		if got := cart.item("cart-line", id).Find("[name=quantity]").AttrOr("value", ""); got != want {
			t.Errorf("the cart has %s of %s, want %s", got, id, want)
		}
	}
	v.submit(v.read(path+"/repeat").Find("form"+named("repeat")), url.Values{"take:" + scarce: {""}, "to": {"watch"}})
	if watched := v.read("/lists/watch"); watched.item("item-row", plain).Length() != 1 || watched.item("item-row", scarce).Length() != 0 {
		t.Error("the watch list has other items than were chosen")
	}
	if got := d.executions("CreateOrder"); got != before {
		t.Errorf("repeating placed %d orders", got-before)
	}
}

// The cart belongs to the account: two browsers that change different lines at once lose nothing of each other, and it
// outlives signing out.
func TestCartBelongsToTheAccount(t *testing.T) {
	d := startDemo(t, stocked(t, goods()))
	desk, phone := d.signedIn(t, d.buyer()), d.signedIn(t, d.buyer())
	d.catalogueArrives(desk)
	t.Run("two browsers", func(t *testing.T) {
		for _, tab := range []struct {
			name string
			*visitor
			item string
		}{{"desk", desk, plain}, {"phone", phone, lookAlike}} {
			t.Run(tab.name, func(t *testing.T) {
				t.Parallel()
				for range 20 {
					tab.addToCart(tab.item, 1)
				}
			})
		}
	})
	desk.post("/logout", nil)
	cart := d.signedIn(t, d.buyer()).read("/cart")
	for _, id := range []string{plain, lookAlike} {
		if got := cart.item("cart-line", id).Find("[name=quantity]").AttrOr("value", "none"); got != "20" {
			t.Errorf("the cart has %s of %s, want 20", got, id)
		}
	}
}

// messageKey is what a missing message looks like on a page.
var messageKey = regexp.MustCompile(`^[a-z]+(\.[a-z_A-Z]+)+$`)

func TestBothLanguages(t *testing.T) {
	d := startDemo(t, stocked(t, goods()))
	v := d.signedIn(t, d.manager())
	d.catalogueArrives(v)
	v.addToCart(plain, 1)
	for _, lang := range []string{"ru", "en"} {
		v.headers.Set("Accept-Language", lang)
		for _, path := range d.pages(v) {
			p := v.read(path)
			if got := attr(t, p.Find("html"), "lang"); got != lang {
				t.Errorf("%s in %s is in %s", path, lang, got)
			}
			for _, text := range words(p) {
				if messageKey.MatchString(text) {
					t.Errorf("%s in %s has no words for %s", path, lang, text)
				}
			}
			if p.Find("title").Text() == "" || p.Find("h1").Length() != 1 {
				t.Errorf("%s needs a title and one heading", path)
			}
		}
	}
	login := d.visitor(t)
	login.headers.Set("Accept-Language", "en")
	p := login.read("/login")
	p.Find("[lang=ru], .brand-name").Remove() // the switch to Russian, and the distributor's name
	if russian := regexp.MustCompile(`\p{Cyrillic}+`).FindString(p.Text()); russian != "" {
		t.Errorf("the English sign-in page says %q", russian)
	}
}

// words lists the texts and labels of a page that people read.
func words(p *page) []string {
	var all []string
	p.Find("body *").Each(func(_ int, s *goquery.Selection) {
		for _, name := range []string{"aria-label", "title", "placeholder", "alt"} {
			if text, ok := s.Attr(name); ok {
				all = append(all, strings.TrimSpace(text))
			}
		}
		if s.Children().Length() == 0 {
			all = append(all, strings.TrimSpace(s.Text()))
		}
	})
	return all
}

// catalogueArrives waits until the whole catalogue with this buyer's prices can be browsed.
func (d *demo) catalogueArrives(v *visitor) {
	d.t.Helper()
	d.eventually("the catalogue with prices", func() bool {
		p := v.get("/catalog")
		return p.named("sync-progress").Length() == 0 && p.named("price").Length() > 0
	})
}

// order sends the visitor's cart and returns the page of the order it becomes.
func (d *demo) order(v *visitor) *page {
	d.t.Helper()
	sent := v.press(v.read("/checkout"), "/checkout", nil)
	if !strings.HasPrefix(sent.url.Path, "/submissions/") {
		d.t.Fatalf("after sending the order at %s: %s", sent.url, sent.complaint())
	}
	d.reaches(v, sent.url.Path, "CONFIRMED")
	link := v.read(sent.url.Path).Find(`a[href^="/orders/"]`).First()
	path := attr(d.t, link, "href")
	d.eventually("the order's lines", func() bool { return v.get(path).named("order-line").Length() > 0 })
	return v.read(path)
}

// reaches waits until a submission is in a state.
func (d *demo) reaches(v *visitor, path, state string) {
	d.t.Helper()
	d.eventually(path+" "+state, func() bool {
		got, _ := v.get(path).named("submission-state").Attr("data-state")
		return got == state
	})
}

// pages lists an address of every page that a signed-in visitor with a non-empty cart can see.
func (d *demo) pages(v *visitor) []string {
	d.t.Helper()
	var order string
	d.eventually("an order with lines", func() bool {
		order, _ = v.get("/orders").Find(`[data-testid="order-row"] a[href^="/orders/"], a[data-testid="order-row"]`).First().Attr("href")
		return order != "" && v.get(order).named("order-line").Length() > 0
	})
	category := attr(d.t, v.read("/catalog").Find(`a[href^="/catalog/"]`).First(), "href")
	return []string{
		"/", "/catalog", category, "/catalog?sort=price&page=2", "/search?q=CE285A", "/search?q=nothing+of+the+kind",
		"/items/" + lookAlike, "/items/" + onRequest, "/cart", "/checkout", "/orders", order, order + "/repeat", "/documents",
		"/changes", "/changes?kind=cheaper", "/lists", "/lists/watch", "/settings/notes",
	}
}

func (v *visitor) addToCart(id string, quantity int64) {
	v.t.Helper()
	p := v.post("/cart/items", url.Values{"itemId": {id}, "quantity": {decimal.NewFromInt(quantity).String()}})
	if p.status != http.StatusOK {
		v.t.Fatalf("%s can't be put into the cart: %d %s", id, p.status, p.complaint())
	}
}

// enter follows the link of a page to a category.
func (v *visitor) enter(p *page, category string) *page {
	v.t.Helper()
	link := p.Find(`main a[href^="/catalog/"]:contains("` + category + `")`).First()
	if link.Length() == 0 {
		v.t.Fatalf("%s has no link to %s", p.url, category)
	}
	return v.read(attr(v.t, link, "href"))
}

// wantNumbers checks that a row of a table has cells with these numbers, in this order; a field counts by its value.
func wantNumbers(t *testing.T, what string, row *goquery.Selection, numbers ...string) {
	t.Helper()
	cells := row.Find("td").Map(func(_ int, cell *goquery.Selection) string {
		if field := cell.Find("input:not([type=hidden])"); field.Length() > 0 {
			return field.AttrOr("value", "")
		}
		return strings.TrimSpace(cell.Text())
	})
	left := numbers
	for _, cell := range cells {
		if len(left) > 0 && cell == left[0] {
			left = left[1:]
		}
	}
	if len(left) > 0 {
		t.Errorf("%s: the cells %q do not show %v in this order", what, cells, numbers)
	}
}
