package app_test

import (
	"net/http"
	"net/url"
	"testing"
)

const unheardOf = "nothing"

// set asks for a quantity of an item in the cart.
func (v *visitor) set(id, quantity string) *page {
	return v.post("/cart/items/"+id, url.Values{"quantity": {quantity}})
}

// put adds one of an item to the cart.
func (v *visitor) put(id string) *page {
	return v.post("/cart/items", url.Values{"itemId": {id}, "quantity": {"1"}})
}

// What the catalogue does not know is refused once it was read whole: until then it may be on its way. A line that is in the
// cart can be changed and taken out whatever became of its item.
func TestTheCartTakesItemsThatTheCatalogueKnows(t *testing.T) {
	d := startDemo(t, stocked(t, goods()))
	d.misbehave(fault{Operation: "GetCategories", Effect: "refuse", Code: "502"}) // what a first load begins with
	v := d.signedIn(t, d.buyer())
	for what, p := range map[string]*page{"put": v.put(unheardOf), "set": v.set("another", "2")} {
		if p.status != http.StatusOK {
			t.Fatalf("%s before the catalogue has come: %d %s", what, p.status, p.complaint())
		}
	}
	if n := v.read("/cart").named("cart-line").Length(); n != 2 {
		t.Fatalf("the cart has %d lines, want 2", n)
	}

	d.behave()
	d.catalogueArrives(v)
	for what, p := range map[string]*page{"put": v.put(unheardOf), "set": v.set("yet-another", "2")} {
		if p.status != http.StatusNotFound || p.code() != "NOT_FOUND" {
			t.Errorf("%s of an item that does not exist: %d %q %s", what, p.status, p.code(), p.complaint())
		}
	}
	for _, quantity := range []string{"5", "0"} {
		if p := v.set(unheardOf, quantity); p.status != http.StatusOK {
			t.Errorf("a line of an item that has gone can't be set to %s: %d %s", quantity, p.status, p.complaint())
		}
	}
	if p := v.set("yet-another", "0"); p.status != http.StatusOK {
		t.Errorf("a line that is not there can't be taken out: %d", p.status)
	}
	if p := v.set(plain, "2"); p.status != http.StatusOK {
		t.Errorf("%s can't be set: %d %s", plain, p.status, p.complaint())
	}
	if n := v.read("/cart").named("cart-line").Length(); n != 2 {
		t.Errorf("the cart has %d lines, want those of another and of %s", n, plain)
	}
}
