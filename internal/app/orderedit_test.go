package app_test

import (
	"fmt"
	"net/http"
	"net/url"
	"strings"
	"testing"
	"time"
)

// reserved gives the manager an order of ten pieces that are all reserved.
func (h *house) reserved(v *visitor) (order, line string) {
	h.t.Helper()
	v.addToCart(plain, 10)
	order = h.order(v).url.Path
	return order, order + "/lines/" + plain
}

// quantity is what the distributor has of an item in an order.
func (d *demo) quantity(order, item string) (n int64) {
	d.t.Helper()
	type line struct {
		ItemId   string
		Quantity int64
	}
	for _, o := range ask[[]struct {
		Id    string
		Lines []line
	}](d, "orders") {
		for _, l := range o.Lines {
			if o.Id == strings.TrimPrefix(order, "/orders/") && l.ItemId == item {
				n += l.Quantity
			}
		}
	}
	return n
}

// edits lists the states of an order's changes, the newest first.
func (p *page) edits() (states []string) {
	for i := range p.named("edit").Length() {
		states = append(states, attr(p.t, p.named("edit").Eq(i), "data-state"))
	}
	return states
}

// Whatever becomes of the answer to a change, the order's page says what the order shows, and the change is made once at most.
func TestAnswersToChangesAreLost(t *testing.T) {
	h, _ := furnished(t)
	v := h.signedIn(t, h.manager())
	h.catalogueArrives(v)
	for _, c := range []struct {
		operation, effect, code string
		state                   string
		done                    bool
		says                    string
	}{
		{"AddItem", "perform-and-drop", "", "DONE", true, "теперь в заказе 14"},
		{"AddItem", "perform-and-fault", "TECHNICAL_ERROR", "DONE", true, "теперь в заказе 14"},
		{"AddItem", "truncate", "", "DONE", true, "теперь в заказе 14"},
		{"AddItem", "drop", "", "UNKNOWN", false, "Просили 14, в заказе пока 10"},
		{"AddItem", "refuse", "502", "UNKNOWN", false, "Просили 14, в заказе пока 10"},
		{"AddItem", "refuse", "BUSINESS_LOGIC_ERROR", "REFUSED", false, "по-прежнему 10"},
		{"AddItem", "refuse", "TECHNICAL_ERROR", "REFUSED", false, "по-прежнему 10"},
		{"RemoveItem", "perform-and-drop", "", "DONE", true, "теперь в заказе 6"},
		{"RemoveItem", "perform-and-fault", "TECHNICAL_ERROR", "DONE", true, "теперь в заказе 6"},
		{"RemoveItem", "garble", "", "DONE", true, "теперь в заказе 6"},
		{"RemoveItem", "drop", "", "UNKNOWN", false, "Просили 6, в заказе пока 10"},
		{"RemoveItem", "refuse", "TECHNICAL_ERROR", "REFUSED", false, "по-прежнему 10"},
	} {
		t.Run(fmt.Sprintf("%s %s %s", c.operation, c.effect, c.code), func(t *testing.T) {
			whole := h.t
			h.t, v.t = t, t
			defer func() { h.t, v.t = whole, whole }()
			defer h.behave()
			order, line := h.reserved(v)
			wanted := int64(14)
			if c.operation == "RemoveItem" {
				wanted = 6
			}
			performed := h.executions(c.operation)
			h.misbehave(fault{Operation: c.operation, Effect: c.effect, Code: c.code})
			v.post(line, url.Values{"quantity": {fmt.Sprint(wanted)}})
			p := v.read(order)
			if got := p.edits(); len(got) != 1 || got[0] != c.state || !strings.Contains(p.the("edit").Text(), c.says) {
				t.Fatalf("the changes are %v: %s", got, p.the("edits").Text())
			}
			shows := p.item("order-line", plain).Find(`td[data-label="Заказано"]`)
			if has := h.quantity(order, plain); (has == wanted) != c.done || !strings.Contains(shows.Text()+shows.Find("input").AttrOr("value", ""), fmt.Sprint(has)) {
				t.Errorf("the distributor has %d, the page shows %q", has, shows.Text())
			}
			h.behave()
			if c.state == "UNKNOWN" {
				h.staysUnknown(t, v, order, line)
			}
			want := performed
			if c.done {
				want++
			}
			if got := h.executions(c.operation); got != want {
				t.Errorf("%s was performed %d times", c.operation, got-performed)
			}
		})
	}
}

// staysUnknown checks that nothing else is changed while a change is unknown, that it is over after the quiet period, and that
// the same may be asked for then.
func (h *house) staysUnknown(t *testing.T, v *visitor, order, line string) {
	t.Helper()
	if p := v.post(line, url.Values{"quantity": {"3"}}); p.status != http.StatusConflict || p.code() != "CONFLICT" {
		t.Errorf("a second change: %d %q", p.status, p.code())
	}
	if forms := v.read(order).Find(`form[action^="` + order + `/lines"]`).Length(); forms != 0 {
		t.Errorf("the page offers %d changes", forms)
	}
	h.clock.pass(16 * time.Minute)
	h.eventually("the change given up", func() bool {
		states := v.get(order).edits()
		return len(states) == 1 && states[0] == "UNCHANGED"
	})
	if v.read(order).Find(`form[action="`+line+`"] [id^="again-"]`).Length() != 1 {
		t.Error("it can't be asked for again")
	}
}

// The order has left «Резервирование», and here it is not known yet: nothing is sent, and it is said why.
func TestTheOrderMovedOnBeforeAChange(t *testing.T) {
	h, _ := furnished(t)
	v := h.signedIn(t, h.manager())
	h.catalogueArrives(v)
	order, line := h.reserved(v)
	acts := h.acts()
	h.control(http.MethodPost, "clock", `{"advance":"3h"}`)
	p := v.post(line, url.Values{"quantity": {"4"}})
	if p.status != http.StatusConflict || !strings.Contains(p.complaint(), "вышел из «Резервирования»") {
		t.Errorf("%d: %s", p.status, p.complaint())
	}
	if h.acts() != acts || h.quantity(order, plain) != 10 {
		t.Error("something was sent")
	}
	if p := v.read(order); p.Find(`form[action="`+line+`"]`).Length() != 0 || p.the("edit-reason").Length() != 1 {
		t.Error("the page still offers changes")
	}
}

// In the contract of 2016 a line is reduced by taking it out and adding it again, after a warning that has to be agreed to.
func TestReducingInTheContractOf2016(t *testing.T) {
	d := startDemo(t, stocked(t, goods()), "PORTAL_AGE=2016")
	v := d.signedIn(t, d.manager())
	d.catalogueArrives(v)
	v.addToCart(plain, 10)
	order := d.order(v).url.Path
	line := order + "/lines/" + plain
	asked := v.post(line, url.Values{"quantity": {"6"}})
	if asked.status != http.StatusConflict || !strings.Contains(asked.the("apart").Text(), "резерв может достаться другому") {
		t.Fatalf("%d: %s", asked.status, asked.complaint())
	}
	if d.executions("RemoveItem") != 0 || d.quantity(order, plain) != 10 {
		t.Error("it was not waited for the buyer's word")
	}
	if asked.the("apart").Find("input[type=checkbox][required]").Length() != 1 {
		t.Error("the warning need not be agreed to")
	}
	v.submit(asked.the("apart").Find("form"), nil)
	p := v.read(order)
	if got := p.edits(); len(got) != 2 || got[0] != "DONE" || got[1] != "DONE" {
		t.Errorf("the steps are %v: %s", got, p.complaint())
	}
	wantNumbers(t, "the reduced line", p.item("order-line", plain), "6")
	if d.executions("RemoveItem") != 1 || d.executions("AddItem") != 1 || d.quantity(order, plain) != 6 {
		t.Errorf("removed %d times, added %d, the distributor has %d", d.executions("RemoveItem"), d.executions("AddItem"), d.quantity(order, plain))
	}
	v.post(line, url.Values{"quantity": {"0"}})
	if v.read(order).item("order-line", plain).Length() != 0 {
		t.Error("a whole line is not taken out at once")
	}
}

// The program ends between the two steps of a reduction: it is said that the line is out and not back, and the second step is
// taken when the buyer says so, never before.
func TestAProgramThatEndsBetweenTwoSteps(t *testing.T) {
	h, _ := furnished(t)
	v := h.signedIn(t, h.manager())
	h.catalogueArrives(v)
	v.addToCart(plain, short)
	order := h.order(v).url.Path
	has := h.quantity(order, plain)
	h.misbehave(fault{Operation: "RemoveItem", Effect: "perform-and-drop"})
	h.way.bend(http.HandlerFunc(func(w http.ResponseWriter, r *http.Request) {
		if strings.Contains(r.Header.Get("SOAPAction"), "GetOrderWithLines") && h.executions("RemoveItem") > 0 {
			panic(http.ErrAbortHandler) // what was sent can't be read back
		}
		h.emulator.ServeHTTP(w, r)
	}))
	v.post(order+"/lines/"+plain+"/rescue", url.Values{"choice": {"equivalent"}, "other": {lookAlike}})
	if got := v.read(order).edits(); len(got) != 2 || got[0] != "WAITING" || got[1] != "UNKNOWN" {
		t.Fatalf("the steps are %v", got)
	}
	h.close()
	h.behave()
	h.way.mend()
	h.open()
	v.shop = h.shop
	h.eventually("the first step settled by reading", func() bool {
		got := v.get(order).edits()
		return len(got) == 2 && got[1] == "DONE"
	})
	h.clock.pass(20 * time.Minute)
	p := v.read(order)
	if h.executions("AddItem") != 0 || h.executions("RemoveItem") != 1 {
		t.Error("something was sent without the buyer")
	}
	missing := int64(short) - h.quantity(order, plain)
	if missing <= 0 || has != short || !strings.Contains(p.Find(".banner").Text(), "без вас этот не отправится") {
		t.Errorf("%d of %d are missing; above the lines: %s", missing, has, p.Find(".banner").Text())
	}
	form := p.named("edit").First().Find("form")
	v.submit(form, url.Values{"do": {"finish"}})
	if got := h.quantity(order, lookAlike); got != missing || h.executions("AddItem") != 1 {
		t.Errorf("the distributor has %d of the equivalent, want %d; added %d times", got, missing, h.executions("AddItem"))
	}
	if again := v.submit(form, url.Values{"do": {"finish"}}); again.status != http.StatusConflict || h.executions("AddItem") != 1 {
		t.Errorf("finished twice: %d", again.status)
	}
}

// twin is an item of the same kind and original number as the scarce one, and there is enough of it; a cartridge has the number, too.
const twin = "T-0022"

func twins() []good {
	all := goods()
	for _, i := range []int{20, 22} {
		all[i].OriginalNumber, all[i].NameAlias = all[10].OriginalNumber, all[10].NameAlias
	}
	return all
}

// A line of which the branch has too little is rescued by whoever may change the order.
func TestRescueOfALine(t *testing.T) {
	h := openHouse(t, twins())
	v := h.signedIn(t, h.manager())
	h.catalogueArrives(v)
	v.addToCart(scarce, 5)
	order := h.order(v)
	link := order.item("order-line", scarce).Find(`[data-testid="line-rescue"] a`)
	choices := v.read(attr(t, link, "href"))
	if got := choices.the("equivalent"); attr(t, got, "data-item-id") != twin || !strings.Contains(got.Text(), "в филиале 62") {
		t.Fatalf("equivalents: %s", choices.complaint())
	}
	v.submit(choices.the("equivalent").Find("form"), nil)
	p := v.read(order.url.Path)
	wantNumbers(t, "the rest of the line", p.item("order-line", scarce), "2", "2", "0")
	wantNumbers(t, "the equivalent", p.item("order-line", twin), "3", "3", "0")
	if p.item("order-line", scarce).Find("a.link").Length() != 0 {
		t.Error("a full line can be rescued")
	}
	if said := p.item("order-line", scarce).Text(); !strings.Contains(said, "выбран аналог "+twin) {
		t.Errorf("the line says %s", said)
	}

	v.addToCart(scarce, 4)
	v.addToCart(plain, 1)
	second := h.order(v).url.Path
	rescue := second + "/lines/" + scarce + "/rescue"
	v.submit(v.read(rescue).Find(`form:has([value="wait"])`), nil)
	if said := v.read(second).item("order-line", scarce).Text(); !strings.Contains(said, "Ждёте 4") {
		t.Errorf("the line says %s", said)
	}
	if v.read("/").named("reminder").Length() != 0 {
		t.Error("today's page reminds at once")
	}
	v.post(order.url.Path+"/lines/"+scarce, url.Values{"quantity": {"0"}}) // the branch has two again
	h.eventually("a reminder on today's page", func() bool {
		h.expire()
		v.get("/items/" + scarce)
		return v.get("/").named("reminder").Length() == 1
	})
	if said := v.read(second).item("order-line", scarce).Text(); !strings.Contains(said, "Товар пришёл, проверьте резерв") {
		t.Errorf("the line says %s", said)
	}
	if p := v.post(rescue, url.Values{"choice": {"drop"}}); p.status != http.StatusOK {
		t.Errorf("dropping: %d %s", p.status, p.complaint())
	}
	if p := v.read(second); p.item("order-line", scarce).Length() != 0 || p.item("order-line", plain).Length() != 1 {
		t.Errorf("after dropping the page is %s: %s", p.url, p.named("order-line").Text())
	}
	if v.read("/").named("reminder").Length() != 0 {
		t.Error("what is not waited for any more is reminded of")
	}
	if p := v.post(rescue, url.Values{"choice": {"drop"}}); p.status != http.StatusConflict {
		t.Errorf("dropping nothing: %d", p.status)
	}
	if p := v.post(rescue, url.Values{"choice": {"pray"}}); p.status != http.StatusUnprocessableEntity {
		t.Errorf("an unknown choice: %d", p.status)
	}
}

// Who may not change the order puts what is missing into the cart, waits, or prepares a text; the order stays as it is.
func TestRescueWithoutTheRight(t *testing.T) {
	h := openHouse(t, twins())
	v := h.signedIn(t, h.buyer())
	h.catalogueArrives(v)
	v.addToCart(scarce, 5)
	order := h.order(v).url.Path
	rescue := order + "/lines/" + scarce + "/rescue"
	choices := v.read(rescue)
	if choices.Find(`[value="drop"]`).Length() != 0 || !strings.Contains(choices.the("rescue").Text(), "с правом редактирования") {
		t.Errorf("he is offered: %s", choices.the("rescue").Text())
	}
	if p := v.submit(choices.the("equivalent").Find("form"), nil); p.url.Path != "/cart" || p.item("cart-line", twin).Find("[name=quantity]").AttrOr("value", "") != "3" {
		t.Errorf("at %s: %s", p.url, p.complaint())
	}
	v.submit(v.read(rescue).Find(`form:has(textarea)`), nil)
	if p := v.read(order); !strings.Contains(p.Find("#order-note").Text(), "не хватает 3") || !strings.Contains(p.Find("#order-note").Text(), "видна только вам") {
		t.Errorf("the note is not kept: %s", p.Find("#order-note").Text())
	}
	for _, choice := range []string{"drop", "equivalent"} {
		if p := v.post(rescue, url.Values{"choice": {choice}, "other": {twin}}); p.status != http.StatusForbidden {
			t.Errorf("%s: %d", choice, p.status)
		}
	}
	if h.executions("AddItem")+h.executions("RemoveItem")+h.executions("SetOrderNote") != 0 || h.quantity(order, scarce) != 5 {
		t.Error("the order was changed")
	}
}
