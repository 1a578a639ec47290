package app_test

import (
	"net/url"
	"testing"
	"time"
)

// The machine's clock is set: a day forward, an hour back. Nobody is signed out by it, an order of unknown fate is not called
// not created any sooner and is not sent again, and prices go on being read.
func TestTheClockIsSet(t *testing.T) {
	h, v := furnished(t)
	v.addToCart(plain, 3)
	review := v.read("/checkout")
	h.misbehave(fault{Operation: "CreateOrder", Effect: "drop"})
	sent := v.press(review, "/checkout", nil).url.Path
	h.reaches(v, sent, "UNKNOWN")
	h.behave()
	for _, jump := range []time.Duration{24 * time.Hour, time.Minute, -25 * time.Hour} {
		h.clock.jump(jump)
		reads := h.executions("GetOrders")
		v.get(sent)
		h.eventually("the list of orders read again", func() bool { return h.executions("GetOrders") > reads })
		if p := v.get(sent); p.named("submission-state").AttrOr("data-state", "") != "UNKNOWN" {
			t.Errorf("after %s: %s says %s", jump, p.url, p.complaint())
		}
		v.post("/settings", url.Values{"theme": {"dark"}})
		if p := v.get("/cart"); p.url.Path != "/cart" {
			t.Errorf("after %s he is at %s", jump, p.url)
		}
	}
	if n := h.executions("CreateOrder"); n != 0 {
		t.Errorf("the order was sent again %d times", n)
	}
	offers := h.executions("GetRuntimeItem") + h.executions("GetItem")
	h.eventually("prices read again", func() bool {
		h.expire()
		v.get("/items/" + plain)
		return h.executions("GetRuntimeItem")+h.executions("GetItem") > offers
	})
}

// A session ends after an hour without a request and after twelve in all, and not a minute before: what can be read with the
// distributor down can be read no longer than that. It is said that what is shown is old.
func TestWithoutTheDistributorASessionLastsTwelveHours(t *testing.T) {
	h, v := furnished(t)
	h.way.cut()
	h.nobodyNew(t, "UNREACHABLE")
	for range 15 {
		h.clock.pass(48 * time.Minute) // twelve hours with the last but one step
		if h.clock.passed() > 12*time.Hour-time.Minute {
			break
		}
		p := v.get("/catalog")
		if p.url.Path != "/catalog" || p.named("price").Length() == 0 {
			t.Fatalf("after %s he is at %s with %d prices", h.clock.passed(), p.url, p.named("price").Length())
		}
		h.eventually("a banner", func() bool { return v.get("/catalog").Find(".outage").Length() == 1 })
	}
	h.clock.pass(-2 * time.Minute)
	if p := v.get("/catalog"); p.url.Path != "/catalog" {
		t.Errorf("after %s he is at %s", h.clock.passed(), p.url)
	}
	h.clock.pass(2 * time.Minute)
	if p := v.get("/catalog"); p.url.Path != "/login" || len(h.markings(h.buyer()).in(p)) > 0 {
		t.Errorf("after %s he is at %s", h.clock.passed(), p.url)
	}
	if p := v.signIn(h.buyer()); p.code() != "UNREACHABLE" {
		t.Errorf("and gets in again: %s", p.url)
	}
}
