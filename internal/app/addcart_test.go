package app_test

import (
	"net/url"
	"path"
	"strings"
	"testing"
)

// Who may change orders is asked whether his cart becomes a new order or part of one that is still being reserved.
func TestACartJoinsAReservedOrder(t *testing.T) {
	h, _ := furnished(t)
	v := h.signedIn(t, h.manager())
	h.catalogueArrives(v)
	v.addToCart(plain, 1)
	order := h.order(v).url.Path
	orders := h.executions("CreateOrder")

	v.addToCart(plain, 2)
	v.addToCart(lookAlike, 1)
	review := v.read("/checkout")
	choice := review.Find("select[name=into] option[value=\"" + path.Base(order) + "\"]")
	if choice.Length() != 1 || !strings.Contains(choice.Text(), "Добавить в заказ № "+path.Base(order)) {
		t.Fatalf("the review offers %s", review.Find("select[name=into]").Text())
	}
	p := v.submit(review.Find("form.checkout"), url.Values{"into": {path.Base(order)}})
	if p.url.Path != order {
		t.Fatalf("it leads to %s: %s", p.url, p.complaint())
	}
	h.eventually("both lines there", func() bool { return len(v.get(order).edits()) == 2 && v.get("/cart").named("cart-line").Length() == 0 })
	if h.quantity(order, plain) != 3 || h.quantity(order, lookAlike) != 1 {
		t.Errorf("the distributor has %d and %d", h.quantity(order, plain), h.quantity(order, lookAlike))
	}
	if h.executions("AddItem") != 2 || h.executions("CreateOrder") != orders {
		t.Errorf("added %d times, %d new orders", h.executions("AddItem"), h.executions("CreateOrder")-orders)
	}

	buyer := h.signedIn(t, h.buyer())
	buyer.addToCart(plain, 1)
	if p := buyer.read("/checkout"); p.Find("select[name=into]").Length() != 0 {
		t.Error("it is offered to somebody without the right")
	}
}

// While an answer is lost the cart is held, says by what, and is not to be sent.
func TestACartThatIsBeingAddedIsHeld(t *testing.T) {
	h, _ := furnished(t)
	v := h.signedIn(t, h.manager())
	h.catalogueArrives(v)
	v.addToCart(plain, 1)
	order := h.order(v).url.Path
	v.addToCart(lookAlike, 1)
	h.misbehave(fault{Operation: "AddItem", Effect: "drop"})
	v.submit(v.read("/checkout").Find("form.checkout"), url.Values{"into": {path.Base(order)}})
	h.eventually("the outcome unknown", func() bool { got := v.get(order).edits(); return len(got) == 1 && got[0] == "UNKNOWN" })
	cart := v.read("/cart")
	if words := cart.Find(".banner").Text(); !strings.Contains(words, "добавляются в заказ № "+path.Base(order)) {
		t.Errorf("the cart says %q", words)
	}
	if p := v.post("/cart/items", url.Values{"itemId": {plain}, "quantity": {"1"}}); p.status != 409 {
		t.Errorf("it can be changed: %d", p.status)
	}
	h.behave()
	h.clock.pass(20 * 60e9)
	h.eventually("the cart free", func() bool { return !strings.Contains(v.get("/cart").Find(".banner").Text(), "добавляются") })
	if got := v.read("/cart").named("cart-line").Length(); got != 1 {
		t.Errorf("the cart has %d lines: nothing of it was added", got)
	}
}

// An order that is one too many is emptied once that is confirmed.
func TestAnOrderIsEmptiedWhenConfirmed(t *testing.T) {
	h, _ := furnished(t)
	v := h.signedIn(t, h.manager())
	h.catalogueArrives(v)
	v.addToCart(plain, 1)
	v.addToCart(lookAlike, 2)
	order := h.order(v).url.Path
	if v.post(order+"/empty", nil); h.executions("RemoveItem") != 0 {
		t.Fatal("it is emptied without a word")
	}
	v.post(order+"/empty", url.Values{"confirm": {"yes"}})
	h.eventually("the order empty", func() bool { return h.quantity(order, plain) == 0 && h.quantity(order, lookAlike) == 0 })
	if h.executions("RemoveItem") != 2 {
		t.Errorf("removed %d times", h.executions("RemoveItem"))
	}
}
