//go:build browser

package app_test

import (
	"slices"
	"strings"
	"sync/atomic"
	"testing"
	"time"

	"github.com/chromedp/cdproto/emulation"
	"github.com/chromedp/chromedp"

	"storefront/internal/vtt/emulator"
)

// ordering is a buyer at a real browser in a house whose clock and way to the distributor the test holds.
type ordering struct {
	*troubled
	b *tab
}

// A buyer does with a real browser whatever people do while an order is on its way: there is one order, and one page that tells
// of it.
func TestBrowserOrders(t *testing.T) {
	var together atomic.Pointer[clock]
	h, v := furnished(t, func(o *emulator.Options) {
		o.Now = func() time.Time {
			if c := together.Load(); c != nil {
				return c.Now()
			}
			return time.Now()
		}
	})
	together.Store(h.clock)
	o := &ordering{troubled: &troubled{house: h, v: v}, b: h.openTab(t)}
	for _, tc := range []struct {
		name string
		do   func(*testing.T, *ordering)
	}{
		{"pressing twice", pressesTwice},
		{"sending twenty times at once", sendsTwenty},
		{"two tabs", twoTabs},
		{"back, and sent again", backAgain},
		{"reloading while it is sent", reloadsMeanwhile},
		{"closing the tab while it is sent", closesMeanwhile},
		{"the session ends while it is sent", expiresMeanwhile},
		{"the page goes on by itself", goesOnByItself},
		{"without scripts", withoutScripts},
		{"the same lines twice", sameLinesTwice},
		{"given up and found late", foundLate},
		{"only what there is", onlyWhatThereIs},
	} {
		t.Run(tc.name, func(t *testing.T) {
			whole := h.t
			h.t, v.t, o.b.t = t, t, t
			defer func() {
				h.behave()
				h.way.mend()
				h.t, v.t, o.b.t = whole, whole, whole
			}()
			o.nextDay(t)
			o.b.open("/")
			if strings.HasPrefix(o.b.where(), "/login") {
				o.b.signIn(h.buyer())
				o.b.arrives("/")
			}
			tc.do(t, o)
		})
	}
}

const sendButton = "#send-order"

// state is what the page of the submission shows.
func (b *tab) state() string {
	return eval[string](b, "document.querySelector(%s)?.dataset.state ?? ''", named("submission-state"))
}

// shows waits until the page of a submission shows a state, without being asked to.
func (b *tab) shows(state string) {
	b.t.Helper()
	b.until(state, "document.querySelector(%s)?.dataset.state === %s", named("submission-state"), state)
}

// confirmedOnce checks that the page ends in one order, and that no more than one was made.
func (o *ordering) confirmedOnce(t *testing.T, b *tab, before int) {
	t.Helper()
	b.arrives("/submissions/")
	b.shows("CONFIRMED")
	if got := o.executions("CreateOrder") - before; got != 1 {
		t.Errorf("CreateOrder was performed %d times", got)
	}
	b.reads(named("cart-badge"), "0")
}

func pressesTwice(t *testing.T, o *ordering) {
	before := o.executions("CreateOrder")
	o.b.open("/checkout")
	eval[bool](o.b, "(() => { const b = document.querySelector(%s); b.click(); b.click(); return true })()", sendButton)
	o.confirmedOnce(t, o.b, before)
}

func sendsTwenty(t *testing.T, o *ordering) {
	before := o.executions("CreateOrder")
	o.b.open("/checkout")
	led := eval[[]string](o.b, `(async () => {
		const form = new URLSearchParams(new FormData(document.querySelector('form.checkout')))
		return Promise.all(Array.from({length: 20}, () => fetch('/checkout', {method: 'POST', body: form}).then(r => r.url)))
	})()`)
	if same := slices.Compact(slices.Sorted(slices.Values(led))); len(same) != 1 || !strings.Contains(same[0], "/submissions/") {
		t.Fatalf("they lead to %q", same)
	}
	o.b.open(strings.TrimPrefix(led[0], o.shop))
	o.confirmedOnce(t, o.b, before)
}

func twoTabs(t *testing.T, o *ordering) {
	before, other := o.executions("CreateOrder"), o.b.beside(t)
	o.b.open("/checkout")
	other.open("/checkout")
	o.b.click(sendButton)
	other.click(sendButton)
	o.confirmedOnce(t, o.b, before)
	o.confirmedOnce(t, other, before)
	if o.b.where() != other.where() {
		t.Errorf("one tab is at %s, the other at %s", o.b.where(), other.where())
	}
}

func backAgain(t *testing.T, o *ordering) {
	before := o.executions("CreateOrder")
	o.b.open("/checkout")
	o.b.click(sendButton)
	o.confirmedOnce(t, o.b, before)
	at := o.b.where()
	eval[bool](o.b, "(history.back(), true)")
	o.b.arrives("/checkout")
	if o.b.count(sendButton) > 0 { // a browser that shows the page as it was
		eval[bool](o.b, "(document.querySelector(%s).click(), true)", sendButton)
		o.b.arrives(at)
	} else if said := o.b.text("main"); !strings.Contains(said, "Заказывать нечего") {
		t.Errorf("back shows %s", said)
	}
	eval[bool](o.b, "(history.forward(), true)")
	o.b.arrives(at)
	o.confirmedOnce(t, o.b, before)
}

// pressesHeld presses the button; the call stands still on its way until it is let go.
func (o *ordering) pressesHeld(t *testing.T) (a *attempt, answer func()) {
	t.Helper()
	a = &attempt{troubled: o.troubled, t: t, made: o.executions("CreateOrder"), pieces: pieces}
	arrived, answer := o.holds(t)
	o.b.open("/checkout")
	o.b.click(sendButton)
	o.b.arrives("/submissions/")
	a.path = o.b.where()
	<-arrived
	o.b.shows("SENDING")
	return a, answer
}

func reloadsMeanwhile(t *testing.T, o *ordering) {
	a, answer := o.pressesHeld(t)
	for range 3 {
		o.b.do(chromedp.Reload())
		o.b.shows("SENDING")
	}
	answer()
	o.confirmedOnce(t, o.b, a.made)
}

func closesMeanwhile(t *testing.T, o *ordering) {
	other := &ordering{troubled: o.troubled, b: o.b.beside(t)}
	a, answer := other.pressesHeld(t)
	other.b.close()
	answer()
	o.b.open(a.path)
	o.confirmedOnce(t, o.b, a.made)
}

func expiresMeanwhile(t *testing.T, o *ordering) {
	a, answer := o.pressesHeld(t)
	o.b.expect("/submissions/") // what the page asks is refused
	o.clock.pass(13 * time.Hour)
	answer()
	o.b.open(a.path)
	o.b.arrives("/login")
	o.b.fill("[name=login]", o.buyer().login)
	o.b.fill("[name=password]", o.buyer().password)
	o.b.click("form[action='/login'] button[type=submit]")
	o.b.arrives(a.path) // where he was going
	o.confirmedOnce(t, o.b, a.made)
}

// pressesInto presses the button into trouble.
func (o *ordering) pressesInto(t *testing.T, create emulator.Rule, from ...emulator.Rule) *attempt {
	t.Helper()
	a := &attempt{troubled: o.troubled, t: t, made: o.executions("CreateOrder"), pieces: pieces}
	o.troubles(t, create, from...)
	o.b.open("/checkout")
	o.b.click(sendButton)
	o.b.arrives("/submissions/")
	a.path = o.b.where()
	return a
}

func goesOnByItself(t *testing.T, o *ordering) {
	a := o.pressesInto(t, emulator.Rule{Effect: emulator.PerformAndDrop}, blind())
	o.b.shows("UNKNOWN")
	eval[bool](o.b, "window.stayed = true")
	if said := o.b.text("main"); !strings.Contains(said, "Не оформляйте его повторно") {
		t.Errorf("it says %s", said)
	}
	o.behave()
	o.confirmedOnce(t, o.b, a.made)
	o.b.reads("h1", "Заказ найден у поставщика")
	if !eval[bool](o.b, "window.stayed === true") {
		t.Error("the page was loaded anew")
	}
}

func withoutScripts(t *testing.T, o *ordering) {
	plainly := func(off bool) {
		if _, err := chromedp.Call(o.b.ctx, emulation.SetScriptExecutionDisabled, emulation.SetScriptExecutionDisabledParams{Value: off}); err != nil {
			t.Fatal(err)
		}
	}
	plainly(true)
	defer plainly(false)
	a := o.pressesInto(t, emulator.Rule{Effect: emulator.PerformAndDrop}, blind())
	o.b.until("UNKNOWN after reloading", `(document.querySelector('[data-state=UNKNOWN]') || (document.querySelector('#reload')?.click(), false))`)
	o.behave()
	a.after(5*time.Second, "CONFIRMED") // elsewhere
	if got := o.b.state(); got != "UNKNOWN" {
		t.Errorf("the page changed to %s by itself", got)
	}
	o.b.click("#reload")
	o.confirmedOnce(t, o.b, a.made)
}

func sameLinesTwice(t *testing.T, o *ordering) {
	first := o.sends(t, o.v.read("/checkout"))
	first.becomes("CONFIRMED")
	o.v.addToCart(plain, pieces)
	o.doubted()
	o.b.open("/checkout")
	o.b.sees(named("doubt"))
	o.b.reads("main", "У поставщика уже есть заказ № ")
	before := o.executions("CreateOrder")
	o.b.click(sendButton) // the browser holds it back: the box is not ticked
	if o.b.where() != "/checkout" || eval[bool](o.b, "document.querySelector('form.checkout').checkValidity()") {
		t.Errorf("without the tick at %s", o.b.where())
	}
	o.b.click("#agree")
	o.b.click(sendButton)
	o.confirmedOnce(t, o.b, before)

	o.nextDay(t) // and one that nobody here knows of yet: a colleague's, in the very moment
	o.b.signIn(o.buyer())
	o.b.arrives("/")
	o.b.open("/checkout")
	if n := o.b.count("#agree"); n != 0 {
		t.Fatalf("%d questions for no reason", n)
	}
	o.colleagueOrders(t, plain, pieces)
	before = o.executions("CreateOrder")
	o.b.click(sendButton)
	o.b.arrives("/submissions/")
	o.b.shows("NOT_SENT")
	o.b.reads(named("submission-state"), "у поставщика уже есть заказ № ")
	o.b.click("a[href='/checkout']")
	o.b.arrives("/checkout")
	o.b.click("#agree")
	o.b.click(sendButton)
	o.confirmedOnce(t, o.b, before)
}

func foundLate(t *testing.T, o *ordering) {
	a := o.pressesInto(t, emulator.Rule{Effect: emulator.PerformLater, Delay: emulator.Duration(30 * time.Minute)})
	a.stays("UNKNOWN", quiet15)
	a.probablyNot(0)
	o.b.open(a.path)
	o.b.reads("main", "полной уверенности нет")
	o.b.click("#give-up")
	o.b.shows("CLOSED")
	o.clock.pass(20 * time.Minute)
	a.after(0, "LATE_FOUND")
	a.executed(1)
	o.b.open("/")
	o.b.click(named("attention") + "[data-state=LATE_FOUND]")
	o.b.arrives(a.path)
	o.b.reads("h1", "Первый заказ всё же появился")
}

func onlyWhatThereIs(t *testing.T, o *ordering) {
	o.v.addToCart(scarce, 5)
	before := o.executions("CreateOrder")
	o.b.open("/checkout")
	o.b.click("#send-now")
	o.b.arrives("/submissions/")
	o.b.shows("CONFIRMED")
	o.b.reads("main", "1 позиция осталась в корзине")
	if got := o.executions("CreateOrder") - before; got != 1 {
		t.Errorf("CreateOrder was performed %d times", got)
	}
	o.b.open("/cart")
	o.b.until("three of five left", "document.querySelector(%s)?.value === '3' && document.querySelectorAll(%s).length === 1",
		row("cart-line", scarce, "[name=quantity]"), named("cart-line"))
}

// beside opens another tab of the same browser.
func (b *tab) beside(t *testing.T) *tab {
	t.Helper()
	ctx, closeTab := chromedp.NewContext(b.ctx)
	if err := chromedp.Do(ctx); err != nil {
		t.Fatal(err)
	}
	other := &tab{t: t, ctx: ctx, shop: b.shop, close: closeTab}
	other.listen()
	t.Cleanup(func() {
		closeTab()
		other.checkConsole()
	})
	return other
}
