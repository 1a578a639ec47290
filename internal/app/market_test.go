package app_test

import (
	"net/url"
	"slices"
	"strings"
	"testing"
	"time"

	"github.com/shopspring/decimal"

	"storefront/internal/buyer"
	"storefront/internal/vtt/emulator"
)

// cheapen moves the market, by the button's JSON, until the last move of an item's price leaves it cheaper than it was.
func (h *house) cheapen(id string, was decimal.Decimal) decimal.Decimal {
	h.t.Helper()
	for range 3000 {
		h.control("POST", "market", `{"steps":1}`)
		moves := h.emulator.Market().Last
		i := slices.IndexFunc(moves, func(m emulator.Move) bool { return m.ItemID == id && m.What == "price" })
		if i < 0 {
			continue
		}
		if now := decimal.RequireFromString(moves[i].To); now.LessThan(was) {
			return now
		}
	}
	h.t.Fatalf("%s never became cheaper", id)
	return was
}

// The distributor's market moves while a buyer is away: when he comes back, what he watches is cheaper on his list, the price he waits
// for is said to be reached, and it is among what changed since his last visit.
func TestMarketMovesWhatIsWatched(t *testing.T) {
	h, v := furnished(t, func(o *emulator.Options) { o.Moving = true })
	watched := v.submit(v.read("/items/"+plain).Find(`form[action="/lists/watch/items"]`).First(), nil)
	if watched.status >= 400 {
		t.Fatalf("%d: %s", watched.status, watched.complaint())
	}
	was := priceOf(t, plain)
	form := v.read("/lists/watch").item("item-row", plain).Find(`details form[action="/lists/watch/items/` + plain + `"]`)
	below := strings.ReplaceAll(was.Sub(decimal.New(1, -2)).String(), ".", ",")
	if p := v.submit(form, url.Values{"price": {below}}); p.item("item-row", plain).Find(named("mark")).Length() != 0 {
		t.Error("the price is said to be reached before it fell")
	}

	now := h.cheapen(plain, was)
	h.clock.pass(buyer.VisitPause + time.Minute) // longer than a price list is young
	v = h.signedIn(t, h.buyer())
	h.eventually("the lower price on the watch list", func() bool {
		return amount(t, v.read("/lists/watch").item("item-row", plain).Find(named("price")).First()).Equal(now)
	})
	if v.read("/lists/watch").item("item-row", plain).Find(named("mark")).Length() != 1 {
		t.Error("the watch list does not say that the price is reached")
	}
	h.eventually("the item among what became cheaper", func() bool { // history is kept after the list is shown
		return v.read("/changes?kind=cheaper").item("item-row", plain).Length() == 1
	})
}
