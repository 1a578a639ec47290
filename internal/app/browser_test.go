//go:build browser

package app_test

import (
	"net/url"
	"strings"
	"testing"

	"github.com/chromedp/chromedp"
	"github.com/chromedp/chromedp/kb"
	"github.com/shopspring/decimal"
)

func TestBrowserBuyersDay(t *testing.T) {
	d := startDemo(t, stocked(t, goods()))
	b := d.openTab(t)
	b.open("/catalog")
	b.arrives("/login")
	b.fill("[name=login]", d.buyer().login)
	b.fill("[name=password]", d.buyer().password)
	b.click("form[action='/login'] button[type=submit]")
	b.arrives("/catalog")
	b.catalogueArrives()

	b.enter(consumables)
	b.enter(cartridges)
	b.until("the category's rows", "document.querySelectorAll(%s).length === 50", named("item-row"))
	b.click(row("item-row", plain, "a[href^='/items/']"))
	b.arrives("/items/" + plain)
	b.sees("main " + named("price"))

	b.press("/") // focuses the search box
	b.until("the search box focused", "document.activeElement?.name === 'q'")
	b.press("СЕ285А") // in Cyrillic
	b.sees("[data-item-id='" + lookAlike + "']")
	b.press(kb.Enter)
	b.arrives("/search")
	b.reads(named("understood"), "CE285A")

	// Adding happens in place: the page stays, the badge counts, the focus is not lost.
	eval[bool](b, "window.stayed = true")
	b.fill(row("item-row", lookAlike, "[name=quantity]"), "3")
	b.press(kb.Enter)
	b.reads(named("cart-badge"), "1")
	if !eval[bool](b, "window.stayed === true") {
		t.Error("adding to the cart loaded a new page")
	}
	b.until("the focus kept in the row", "document.activeElement?.closest(%s)", row("item-row", lookAlike, ""))

	// So does watching: the star lights up and goes out where it is.
	star := row("item-row", lookAlike, named("star"))
	for _, lit := range []string{"true", "false", "true"} {
		b.click(star)
		b.until("the star "+lit, "document.querySelector(%s)?.ariaPressed === %s", star, lit)
	}
	if !eval[bool](b, "window.stayed === true") {
		t.Error("watching loaded a new page")
	}
	b.open("/lists/watch")
	b.sees(row("item-row", lookAlike, ""))

	b.open("/cart")
	b.sees(row("cart-line", lookAlike, ""))
	b.fill(row("cart-line", lookAlike, "[name=quantity]"), "5")
	b.press(kb.Tab)
	want := priceOf(t, lookAlike).Mul(decimal.NewFromInt(5)).String()
	b.until("the total of five", "Number(document.querySelector(%s)?.dataset.amount) === Number(%s)", named("cart-total"), want)

	b.open("/checkout")
	b.click("form[action='/checkout'] button[type=submit]")
	b.arrives("/submissions/")
	b.until("the order confirmed", "document.querySelector(%s)?.dataset.state === 'CONFIRMED'", named("submission-state"))
	number := eval[string](b, "document.querySelector('main a[href^=\"/orders/\"]').getAttribute('href').split('/').pop()")
	if !strings.Contains(b.text("main"), number) {
		t.Errorf("the page does not show the order's number %s: %s", number, b.text("main"))
	}
	b.click("main a[href^='/orders/" + number + "']")
	b.arrives("/orders/")
	b.sees(row("order-line", lookAlike, ""))
	b.reads(named("order-status"), "Резервирование")

	b.open("/documents")
	b.sees(named("document-link"))
}

func TestBrowserManagersDay(t *testing.T) {
	d := startDemo(t, stocked(t, goods()))
	b := d.openTab(t)
	b.signIn(d.manager())
	b.arrives("/")
	b.open("/catalog")
	b.catalogueArrives()
	b.open("/items/" + plain)
	b.click("main form[action='/cart/items'] button[type=submit]")
	b.reads(named("cart-badge"), "1")
	b.open("/checkout")
	b.click("form[action='/checkout'] button[type=submit]")
	b.until("the order confirmed", "document.querySelector(%s)?.dataset.state === 'CONFIRMED'", named("submission-state"))
	b.click("main a[href^='/orders/']")
	b.sees(row("order-line", plain, ""))
	path := b.where()

	b.editNote("Отгрузить до пятницы")
	b.reads(named("note"), "Отгрузить до пятницы")

	b.fill("form[action='"+path+"/lines'] [name=itemId]", lookAlike)
	b.fill("form[action='"+path+"/lines'] [name=quantity]", "6")
	b.press(kb.Enter)
	b.sees(row("order-line", lookAlike, ""))

	quantity := row("order-line", lookAlike, "[name=quantity]")
	b.fill(quantity, "2")
	b.press(kb.Enter)
	b.until("two pieces in the order", "document.querySelector(%s)?.defaultValue === '2'", quantity)
	b.answerDialogs()
	b.click(row("order-line", lookAlike, "form:has([type=hidden][value='0']) button"))
	b.until("the line gone", "!document.querySelector(%s)", row("order-line", lookAlike, ""))
	b.sees(row("order-line", plain, ""))

	b.open(path) // and all of it is so after a reload
	b.reads(named("note"), "Отгрузить до пятницы")
	if n := b.count(named("order-line")); n != 1 {
		t.Errorf("the order has %d lines, want 1", n)
	}
}

// A manager's texts are put into the note at once, below what is typed, and he can go on typing; Enter in a field sends nothing.
func TestBrowserTextsForNotes(t *testing.T) {
	d := startDemo(t, stocked(t, goods()))
	b := d.openTab(t)
	b.signIn(d.manager())
	b.arrives("/")
	b.open("/catalog")
	b.catalogueArrives()
	b.open("/settings/notes")
	b.fill("#note-template", "Самовывоз")
	b.click("form[action='/settings/notes'] button")
	b.reads(named("note-text"), "Самовывоз")
	b.open("/items/" + plain)
	b.click("main form[action='/cart/items'] button[type=submit]")
	b.reads(named("cart-badge"), "1")

	b.open("/checkout")
	b.fill("#checkout-note", "До обеда")
	b.fill("#checkout-po", "ЗК-17")
	b.press(kb.Enter)
	b.click(".note-texts summary")
	b.click(".note-texts li button")
	b.until("the text in the note", "document.activeElement.id === 'checkout-note' && document.activeElement.value === %s", "До обеда\nСамовывоз")
	if at, number := b.where(), eval[string](b, "document.querySelector('#checkout-po').value"); at != "/checkout" || number != "ЗК-17" {
		t.Errorf("at %s, the number is %q", at, number)
	}
	if n := d.executions("CreateOrder"); n != 0 {
		t.Errorf("%d orders were created", n)
	}
	b.click("#send-order")
	b.until("the order confirmed", "document.querySelector(%s)?.dataset.state === 'CONFIRMED'", named("submission-state"))
	v, sent := d.signedIn(t, d.manager()), b.where()
	d.eventually("the note passed on", func() bool {
		return strings.Contains(v.get(sent).Text(), "Примечание передано поставщику")
	})
	b.click("main a[href^='/orders/']")
	b.reads(named("wish-number"), "ЗК-17")
	b.reads(named("note"), "Самовывоз")
	b.click("#order-note h2 + a")
	b.sees("#order-note textarea")
	b.fill("#note-text", "Завтра")
	b.click("#order-note summary")
	b.click("#order-note li button")
	b.until("the text in the note", "document.activeElement.id === 'note-text' && document.activeElement.value === %s", "Завтра\nСамовывоз")
	b.click("#note-save")
	b.until("the note", "document.querySelector(%s)?.textContent === 'Завтра\\nСамовывоз'", named("note"))
}

// After signing out nothing personal is left: not behind the back button, not in the browser's storage.
func TestBrowserForgets(t *testing.T) {
	d := startDemo(t, stocked(t, goods()))
	b := d.openTab(t)
	b.signIn(d.buyer())
	b.arrives("/")
	for _, path := range []string{"/catalog", "/items/" + plain, "/cart", "/orders"} {
		b.open(path)
		b.catalogueOrPage()
	}
	const kept = `JSON.stringify([Object.entries(localStorage), Object.entries(sessionStorage)]) + (await caches.keys()).join() + (await indexedDB.databases()).map(d => d.name).join()`
	if stored := eval[string](b, "(async () => "+kept+")()"); stored != "[[],[]]" {
		t.Errorf("the browser keeps %s", stored)
	}
	b.do(chromedp.Submit(chromedp.CSS("form[action='/logout']")))
	b.arrives("/login")
	for range 3 {
		eval[bool](b, "(history.back(), true)")
		b.arrives("/login")
		if n := b.count(named("price")); n != 0 {
			t.Errorf("back shows %d prices after signing out", n)
		}
	}
}

// The page does not run what is not ours, and says so to nobody.
func TestBrowserRunsNoInlineScript(t *testing.T) {
	d := startDemo(t, stocked(t, goods()))
	b := d.openTab(t)
	b.expect("Content Security Policy")
	b.open("/login")
	eval[bool](b, `(window.refused = 0, addEventListener('securitypolicyviolation', () => window.refused++), true)`)
	eval[bool](b, `(document.body.insertAdjacentHTML('beforeend', '<img src="data:,x" onerror="window.ran = 1">'), true)`)
	eval[bool](b, `(() => { const s = document.createElement('script'); s.textContent = 'window.ran = 2'; document.body.append(s); return true })()`)
	b.until("both refusals", "window.refused >= 2")
	if eval[bool](b, "'ran' in window") {
		t.Error("an inline script ran")
	}
}

// A catalogue whose every text tries to become markup or code is shown as text.
func TestBrowserHostileCatalogue(t *testing.T) {
	const hostile = `"><img src=x onerror=window.ran=1><script>window.ran=2</script></textarea><b hx-get=/x hx-trigger=load>{{7*7}}'javascript:window.ran=3`
	all := goods()
	for i := range all {
		g := &all[i]
		for _, text := range []*string{&g.Name, &g.NameAlias, &g.OriginalNumber, &g.Brand, &g.Vendor, &g.Group, &g.RootGroup, &g.Description, &g.ColorName, &g.ItemLifeTime, &g.PhotoUrl} {
			*text += hostile
		}
	}
	d := startDemo(t, stocked(t, all))
	b := d.openTab(t)    // whose console must stay clean: a refusal by the security policy counts, too
	b.expect("/photos/") // an address like that leads nowhere
	b.signIn(d.manager())
	b.arrives("/")
	v := d.signedIn(t, d.manager())
	d.catalogueArrives(v)
	v.addToCart(plain, 1)
	for _, path := range append(d.pages(v), "/search?q="+url.QueryEscape(hostile)) {
		b.open(path)
		if eval[bool](b, "'ran' in window || document.querySelector('img[src=\"x\"], b[hx-get]') !== null") {
			t.Errorf("%s lets data become markup", path)
		}
	}
	if text := b.text("main"); !strings.Contains(text, "<script>") {
		t.Errorf("the search does not show what was searched for as text: %s", text)
	}
}

// A buyer without the right is told so, and is not offered what he may not do.
func TestBrowserNoRight(t *testing.T) {
	d := startDemo(t, stocked(t, goods()))
	b := d.openTab(t)
	b.expect("403")
	b.signIn(d.buyer())
	b.arrives("/")
	b.open("/orders")
	b.sees(named("order-row"))
	b.click(named("order-row") + " a[href^='/orders/']")
	b.sees(named("order-line"))
	if n := b.count("form[action$='/lines'], " + named("order-line") + " form"); n != 0 {
		t.Errorf("the order offers %d ways to change it", n)
	}
	eval[bool](b, `(() => { const f = document.createElement('form'); f.method = 'post'; f.action = location.pathname + '/lines';
		f.innerHTML = '<input name="quantity" value="1"><input name="itemId">'; f.itemId.value = %s; document.body.append(f); f.submit(); return true })()`, plain)
	b.sees(named("error") + "[data-code=NON_AUTHORIZED]")
}

func (b *tab) catalogueArrives() {
	b.t.Helper()
	b.until("the catalogue with prices", "document.querySelector(%s) && !document.querySelector(%s)", named("price"), named("sync-progress"))
}

func (b *tab) catalogueOrPage() {
	b.t.Helper()
	b.until("the page", "document.readyState === 'complete'")
}

// enter clicks the link to a category.
func (b *tab) enter(category string) {
	b.t.Helper()
	b.until("the category "+category, `(() => { const a = [...document.querySelectorAll('main a[href^="/catalog/"]')]
		.find(a => a.textContent.includes(%s)); a?.click(); return a })()`, category)
}

// editNote writes the note of the order on show.
func (b *tab) editNote(text string) {
	b.t.Helper()
	b.click("#order-note h2 + a")
	b.sees("#order-note textarea")
	b.fill("#order-note textarea", text)
	b.click("#order-note button[type=submit]")
}
