package jobs_test

import (
	"testing"
	"time"

	"github.com/shopspring/decimal"

	"storefront/internal/buyer"
	"storefront/internal/catalog"
	"storefront/internal/order"
	"storefront/store/storetest"
)

// seen are the prices that a buyer saw of an item, oldest first.
func (h *house) seen(b buyer.ID, n int) (prices []decimal.Decimal) {
	h.Helper()
	list, err := h.state.Sightings(h.Context(), b, storetest.ItemID(n))
	h.must(err)
	for _, s := range list {
		prices = append(prices, *s.Price)
	}
	return prices
}

func (h *house) wantSeen(b buyer.ID, n int, levels ...int64) {
	h.Helper()
	got := h.seen(b, n)
	if len(got) != len(levels) {
		h.Fatalf("%s saw %v of item %d, want %d prices", b, got, n, len(levels))
	}
	for i, level := range levels {
		if want := *storetest.Offer(n, level).Price; !got[i].Equal(want) {
			h.Errorf("price %d that %s saw of item %d is %s, want %s", i, b, n, got[i], want)
		}
	}
}

// What a buyer bought, watches or looked at has a history from the first reading on, which grows only when something changed:
// with a whole list, a category or the item alone. What is nothing to him has none, and neither has anybody else.
func TestHistoryGrowsWithChangesAlone(t *testing.T) {
	in(t, func(h *house) {
		h.orders["anna"] = []order.Order{storetest.Order(1)} // of item 1
		h.must(h.state.Watch(h.Context(), "anna", storetest.ItemID(3)))
		h.comes(anna)
		h.comes(boris)
		h.after(time.Minute)
		h.jobs.RefreshItem("anna", storetest.ItemID(5))
		h.after(time.Minute, anna, boris)
		for _, n := range []int{1, 3, 5} {
			h.wantSeen("anna", n, 3)
		}
		h.after(3*time.Hour, anna, boris) // lists are read again, alike
		h.wantSeen("anna", 1, 3)

		h.set(func() { h.level["anna"] = 4 })
		h.after(90*time.Minute, anna, boris) // with the whole list
		h.wantSeen("anna", 1, 3, 4)
		h.after(11*time.Minute, anna, boris)
		h.set(func() { h.level["anna"] = 5 })
		h.jobs.RefreshItem("anna", storetest.ItemID(5)) // by itself
		h.after(5 * time.Second)
		h.wantSeen("anna", 5, 3, 4, 5)
		h.wantSeen("anna", 1, 3, 4)
		h.jobs.RefreshCategory("anna", storetest.Category(3)) // with its category
		h.after(5 * time.Second)
		h.wantSeen("anna", 3, 3, 4, 5)

		h.wantSeen("anna", 7)
		h.wantSeen("boris", 1)
		h.wantSeen("boris", 3)
	})
}

// When goods in transit were promised for is in the description, and belongs to what was seen.
func TestHistoryTellsWhenTransitWasDue(t *testing.T) {
	in(t, func(h *house) {
		for n := range 20 {
			h.must(h.state.Watch(h.Context(), "anna", storetest.ItemID(n)))
		}
		h.comes(anna)
		h.after(time.Minute)
		moving := 0
		for n := range 20 {
			list, err := h.state.Sightings(h.Context(), "anna", storetest.ItemID(n))
			h.must(err)
			if len(list) == 0 {
				h.Fatalf("item %d was not seen", n)
			}
			want := catalog.See(h.offer(anna, n), due, list[0].At)
			if last := list[len(list)-1]; !last.Same(want) {
				h.Errorf("item %d: saw %+v, want %+v", n, last, want)
			}
			if !want.Due.IsZero() {
				moving++
			}
		}
		if moving == 0 {
			h.Error("nothing is in transit: the test proves nothing")
		}
	})
}

// Lines of an open order are read again after a while, so that a cut is found though nobody opened the order.
func TestCutsAreFoundInTheBackground(t *testing.T) {
	in(t, func(h *house) {
		o := storetest.Order(1)
		o.Status = order.Reserving
		h.set(func() { h.orders["anna"] = []order.Order{o} })
		h.comes(anna)
		h.after(time.Minute)
		h.set(func() { h.cut = 1 })
		h.after(time.Hour, anna)
		cuts, err := h.state.CutsSince(h.Context(), "anna", time.Time{})
		if err != nil || len(cuts) != 1 || !cuts[0].Now.Quantity.Equal(storetest.Dec("1")) {
			h.Errorf("cuts %+v, %v", cuts, err)
		}
		if n := h.count("OrderWithLines"); n < 2 || n > 4 {
			h.Errorf("the order was read %d times in an hour", n)
		}
	})
}

func TestTheRateIsKept(t *testing.T) {
	in(t, func(h *house) {
		h.comes(anna)
		h.after(3*time.Hour, anna)
		rates, err := h.state.Rates(h.Context())
		if err != nil || len(rates) != 1 || !rates[0].RUB.Equal(storetest.Dec("95.5")) {
			h.Errorf("rates %v, %v", rates, err)
		}
	})
}
