package app_test

import (
	"encoding/json"
	"fmt"
	"net/url"
	"strings"
	"testing"

	"github.com/shopspring/decimal"
)

// marketItems is what the emulator serves a program of the market: which way the price of an item went last.
type marketMoves struct {
	Last []struct{ ItemID, What, From, To string }
}

// cheaperThan moves the market until an item costs less than it did, and tells its price.
func (d *demo) cheaperThan(id string, price decimal.Decimal) decimal.Decimal {
	d.t.Helper()
	for range 3000 {
		var market marketMoves
		if err := json.Unmarshal(d.control("POST", "market", `{"steps":1}`), &market); err != nil {
			d.t.Fatal(err)
		}
		for _, m := range market.Last {
			if m.ItemID == id && m.What == "price" && m.To != "" {
				if to := decimal.RequireFromString(m.To); to.LessThan(price) {
					return to
				}
				break // older moves of it say nothing of now
			}
		}
	}
	d.t.Fatalf("%s never became cheaper", id)
	return price
}

// The distributor's market moves by itself: a buyer who watches an item is told that it is cheaper, on his list, among the changes
// since his last visit and by the mark he set.
func TestMarketMovesWhatIsWatched(t *testing.T) {
	d := startDemo(t, stocked(t, goods()), "PORTAL_MARKET=moving")
	v := d.signedIn(t, d.buyer())
	d.catalogueArrives(v)
	v.read("/changes") // the first visit, which has nothing to compare with
	watched := v.submit(v.read("/items/"+plain).Find(`form[action="/lists/watch/items"]`).First(), nil)
	if watched.status >= 400 {
		t.Fatalf("%d: %s", watched.status, watched.complaint())
	}
	began := priceOf(t, plain)
	mark := v.read("/lists/watch").item("item-row", plain).Find(`details form[action="/lists/watch/items/` + plain + `"]`)
	below := began.Sub(decimal.New(1, -2))
	if p := v.submit(mark, url.Values{"price": {strings.ReplaceAll(below.String(), ".", ",")}}); p.item("item-row", plain).Find(named("mark")).Length() != 0 {
		t.Error("the mark holds before the price fell")
	}
	cheaper := d.cheaperThan(plain, began)
	fmt.Println(began, cheaper)
	d.eventually("the lower price", func() bool {
		return amount(t, v.get("/items/"+plain).named("price").First()).LessThan(began)
	})
	if held := v.read("/lists/watch").item("item-row", plain).Find(named("mark")); held.Length() != 1 {
		t.Error("the watch list does not say that the price is reached")
	}
	fmt.Println(v.read("/changes").the("changes").Text(), v.read("/").the("changes").Text())
}
