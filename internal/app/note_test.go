package app_test

import (
	"net/http"
	"net/url"
	"strings"
	"testing"

	"github.com/PuerkitoBio/goquery"
)

// noteText adds a text to the visitor's list and returns its path.
func (v *visitor) noteText(text string) string {
	v.t.Helper()
	rows := v.post("/settings/notes", url.Values{"text": {text}}).named("note-text")
	row := rows.FilterFunction(func(_ int, row *goquery.Selection) bool {
		return strings.TrimSpace(row.Find(".note-text").Text()) == text
	})
	if row.Length() != 1 {
		v.t.Fatalf("the text %q is on the list %d times", text, row.Length())
	}
	return attr(v.t, row.Find("form"), "action")
}

// pressText sends a form by the button that puts a text in.
func (v *visitor) pressText(form *goquery.Selection, text string, given url.Values) *page {
	v.t.Helper()
	button := form.Find("button[name=template]").FilterFunction(func(_ int, b *goquery.Selection) bool { return strings.Contains(b.Text(), text) })
	if button.Length() != 1 {
		v.t.Fatalf("%q is offered %d times", text, button.Length())
	}
	given["template"] = []string{attr(v.t, button, "value")}
	if action, ok := button.Attr("formaction"); ok {
		form = form.Clone().SetAttr("action", action)
	}
	return v.submit(form, given)
}

// Two managers have the same order open. What one wrote is not overwritten by the other, though the storefront has read it
// meanwhile for somebody else's page: he is shown it, and may then replace it knowingly.
func TestANoteNobodySawIsNotOverwritten(t *testing.T) {
	d := startDemo(t, stocked(t, goods()))
	v := d.signedIn(t, d.manager())
	d.catalogueArrives(v)
	v.addToCart(plain, 4)
	note := d.order(v).url.Path + "/note"

	open := v.read(note + "?edit=1")
	colleague := d.signedIn(t, d.manager())
	colleague.post(note, url.Values{"note": {"Самовывоз"}})
	if got := v.read(note).the("note").Text(); got != "Самовывоз" {
		t.Fatalf("the storefront has not read the colleague's note: %q", got)
	}
	told := v.press(open, note, url.Values{"note": {"Доставка"}})
	if got := told.the("note").Text(); got != "Самовывоз" {
		t.Errorf("the note reads %q, and nobody saw the one before", got)
	}
	if !strings.Contains(told.Text(), "изменил кто-то другой") || told.Find("textarea[name=note]").Text() != "Доставка" {
		t.Errorf("he is not told, or his text is lost: %s", told.complaint())
	}
	if n := d.executions("SetOrderNote"); n != 1 {
		t.Errorf("SetOrderNote was performed %d times", n)
	}
	if got := v.press(told, note, nil).the("note").Text(); got != "Доставка" {
		t.Errorf("replaced knowingly, the note reads %q", got)
	}
}

// A manager's number and date become lines of the note, stay with the order here, and find it.
func TestWishesOfAManager(t *testing.T) {
	d := startDemo(t, stocked(t, goods()))
	v := d.signedIn(t, d.manager())
	d.catalogueArrives(v)
	v.addToCart(plain, 4)
	path := d.orderWith(v, url.Values{"po": {"ЗК-17/2"}, "wish_date": {"2100-01-31"}, "note": {"Самовывоз"}})
	composed := "Номер заказа покупателя: ЗК-17/2\nЖелаемая дата: 31.01.2100\nСамовывоз"
	d.eventually("the note at the distributor", func() bool { return v.get(path).the("note").Text() == composed })
	d.wished(v, path)
	if n := v.read("/orders?no_note=1").Find(`[data-order-id="` + strings.TrimPrefix(path, "/orders/") + `"]`).Length(); n != 0 {
		t.Error("the order is among those without a note")
	}
}

// Without the right they are kept here alone; what was typed is not lost when something is wrong with it.
func TestWishesOfABuyer(t *testing.T) {
	d := startDemo(t, stocked(t, goods()))
	v := d.signedIn(t, d.buyer())
	d.catalogueArrives(v)
	v.addToCart(plain, 4)
	for _, wrong := range []url.Values{
		{"po": {strings.Repeat("я", 51)}, "wish_date": {"2100-01-31"}, "note": {"Моё"}},
		{"po": {"ЗК-17/2"}, "wish_date": {"2020-01-31"}, "note": {"Моё"}},
		{"po": {"ЗК-17/2"}, "wish_date": {"завтра"}, "note": {"Моё"}},
	} {
		refused := v.press(v.read("/checkout"), "/checkout", wrong)
		if refused.status != http.StatusUnprocessableEntity || refused.code() != "INVALID" {
			t.Errorf("%v: %d %s", wrong, refused.status, refused.code())
		}
		for name, want := range wrong {
			field := refused.Find(`form[action="/checkout"] [name="` + name + `"]`)
			if got := field.AttrOr("value", field.Text()); got != want[0] {
				t.Errorf("%v: %s holds %q after it was refused", wrong, name, got)
			}
		}
	}
	path := d.orderWith(v, url.Values{"po": {"ЗК-17/2"}, "wish_date": {"2100-01-31"}, "note": {"Моё"}})
	d.wished(v, path)
	if got := strings.TrimSpace(v.read(path).the("note").Text()); got != "Примечания нет." {
		t.Errorf("the note at the distributor is %q", got)
	}
	if n := d.executions("SetOrderNote"); n != 0 {
		t.Errorf("SetOrderNote was performed %d times", n)
	}
	if n := v.read("/orders?no_note=1").Find(`[data-order-id="` + strings.TrimPrefix(path, "/orders/") + `"]`).Length(); n != 1 {
		t.Error("the order is not among those without a note")
	}
	manager := d.signedIn(t, d.manager()) // of the same dealer: he sees the order
	d.eventually("the manager's copy", func() bool { return manager.get(path).named("order-line").Length() == 1 })
	if manager.read(path).named("wish-number").Length() != 0 || strings.Contains(manager.read("/orders?q="+url.QueryEscape("ЗК-17/2")).body, path) {
		t.Error("another login is shown what was wished")
	}
}

// orderWith orders the cart with what is given at checkout, and returns the order's path.
func (d *demo) orderWith(v *visitor, given url.Values) string {
	d.t.Helper()
	sent := v.press(v.read("/checkout"), "/checkout", given)
	d.reaches(v, sent.url.Path, "CONFIRMED")
	path := attr(d.t, v.read(sent.url.Path).Find(`a[href^="/orders/"]`).First(), "href")
	d.eventually("the order's lines", func() bool { return v.get(path).named("order-line").Length() > 0 })
	return path
}

// wished checks that an order shows the wishes of these tests, on its page and in the list, and is found by them.
func (d *demo) wished(v *visitor, path string) {
	d.t.Helper()
	p := v.read(path)
	if number, day := p.the("wish-number").Text(), strings.TrimSpace(p.the("wish-date").Text()); number != "ЗК-17/2" || day != "31.01.2100" {
		d.t.Errorf("the order shows %q and %q", number, day)
	}
	for _, text := range []string{"зк-17/2", "31.01.2100"} {
		rows := v.read("/orders?q=" + url.QueryEscape(text)).named("order-row")
		if rows.Length() != 1 || !strings.Contains(rows.Text(), "ваш № ЗК-17/2") || !strings.Contains(rows.Text(), "31.01.2100") {
			d.t.Errorf("%q finds %d orders: %s", text, rows.Length(), strings.Join(strings.Fields(rows.Text()), " "))
		}
	}
}

// A buyer keeps texts and puts them into notes, at checkout and on an order, without scripts: nothing typed is lost, nothing is
// sent by it.
func TestTextsForNotes(t *testing.T) {
	d := startDemo(t, stocked(t, goods()))
	v := d.signedIn(t, d.manager())
	d.catalogueArrives(v)
	v.noteText("Самовывоз")
	v.noteText("Позвонить перед отгрузкой")
	if again := v.post("/settings/notes", url.Values{"text": {" Самовывоз "}}); again.named("note-text").Length() != 2 {
		t.Error("a text is on the list twice")
	}
	if empty := v.post("/settings/notes", url.Values{"text": {"  "}}); empty.status != http.StatusUnprocessableEntity || empty.code() != "INVALID" {
		t.Errorf("an empty text: %d %s", empty.status, empty.code())
	}

	v.addToCart(plain, 4)
	checkout := v.read("/checkout").Find(`form[action="/checkout"]`)
	filled := v.pressText(checkout, "Самовывоз", url.Values{"note": {"До обеда"}, "po": {"ЗК-1"}, "wish_date": {"2100-01-31"}})
	form := filled.Find(`form[action="/checkout"]`)
	if got := form.Find("textarea").Text(); got != "До обеда\nСамовывоз" {
		t.Errorf("the note at checkout is %q", got)
	}
	if form.Find("[name=po]").AttrOr("value", "") != "ЗК-1" || form.Find("[name=wish_date]").AttrOr("value", "") != "2100-01-31" {
		t.Error("what was wished is lost")
	}
	if n := d.executions("CreateOrder"); n != 0 {
		t.Errorf("%d orders were created by putting a text in", n)
	}

	path := d.orderWith(v, nil)
	note := v.read(path + "/note?edit=1").Find(`form[action="` + path + `/note"]`)
	on := v.pressText(note, "Позвонить", url.Values{"note": {"Ждём"}})
	if got := on.Find("textarea").Text(); got != "Ждём\nПозвонить перед отгрузкой" {
		t.Errorf("the note of the order is %q", got)
	}
	if n := d.executions("SetOrderNote"); n != 0 {
		t.Errorf("SetOrderNote was performed %d times by putting a text in", n)
	}
	if got := v.press(on, path+"/note", nil).the("note").Text(); got != "Ждём\nПозвонить перед отгрузкой" {
		t.Errorf("the note saved is %q", got)
	}
	stranger := d.signedIn(t, d.buyer())
	if n := stranger.read("/settings/notes").named("note-text").Length(); n != 0 {
		t.Errorf("another login has %d texts", n)
	}
}
