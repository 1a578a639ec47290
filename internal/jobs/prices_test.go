package jobs_test

import (
	"testing"
	"time"

	"storefront/internal/errkind"
	"storefront/store/storetest"
)

func TestEachBuyerHasHisOwnPrices(t *testing.T) {
	in(t, func(h *house) {
		h.comes(anna)
		h.after(time.Second)
		h.comes(boris)
		h.after(time.Minute)
		for n := 1; n < items; n += 37 {
			if n%10 == 0 {
				continue // on request
			}
			h.wantPrice(anna, n)
			h.wantPrice(boris, n)
		}
		h.wantCalls("EachListing whole", 1)
		h.wantCalls("EachOffer whole", 1)
	})
}

func TestAShrunkPriceListIsNotBelievedAtOnce(t *testing.T) {
	for name, shrink := range map[string]func(h *house){
		"half the offers": func(h *house) { h.hidden = func(n int) bool { return n%2 == 0 } },
		"no offers":       func(h *house) { h.hidden = func(int) bool { return true } },
		"no prices":       func(h *house) { h.priced = false },
	} {
		t.Run(name, func(t *testing.T) {
			in(t, func(h *house) {
				h.comes(anna)
				h.after(time.Minute)
				h.set(func() { shrink(h) })
				h.after(90*time.Minute, anna)
				h.wantPrice(anna, 2)
				h.wantPrice(anna, 3)
				if _, prices := h.jobs.Progress("anna"); prices.Failed != string(errkind.NotSOAP) {
					h.Errorf("progress %+v", prices)
				}
			})
		})
	}
}

func TestPricesAreReadHourlyForThoseWhoAreHere(t *testing.T) {
	in(t, func(h *house) {
		h.comes(anna)
		h.comes(boris)
		h.after(30 * time.Second)
		h.after(30*time.Minute, anna, boris)
		before := h.count("EachOffer whole")
		h.set(func() { h.level["anna"], h.level["boris"] = 4, 8 })
		h.after(3*time.Hour, anna) // Boris has left
		if got := h.count("EachOffer whole") - before; got < 2 || got > 4 {
			h.Errorf("%d lists were read in three hours for one buyer", got)
		}
		h.wantPrice(anna, 101)
		if _, ok := h.register.Get("boris"); ok {
			h.Error("the credentials of a buyer who left are still in memory")
		}
	})
}

// A category that was read while the whole list was on its way is not set back by it.
func TestASlowListDoesNotSetBackAFreshCategory(t *testing.T) {
	in(t, func(h *house) {
		h.comes(anna)
		h.after(time.Minute)
		h.set(func() { h.takes = 5 * time.Minute }) // the next list takes long
		h.after(71*time.Minute, anna)
		if _, prices := h.jobs.Progress("anna"); !prices.Running {
			h.Fatalf("the list is not being read: %+v", prices)
		}
		h.set(func() { h.level["anna"], h.takes = 9, time.Second })
		h.jobs.RefreshCategory("anna", storetest.Category(3))
		h.after(3 * time.Second)
		h.wantPrice(anna, 3)
		h.set(func() { h.level["anna"] = 3 }) // what the rest of the list still says
		h.after(8*time.Minute, anna)
		if _, prices := h.jobs.Progress("anna"); prices.Running || prices.Failed != "" {
			h.Errorf("progress %+v", prices)
		}
		h.set(func() { h.level["anna"] = 9 })
		h.wantPrice(anna, 3)
	})
}
