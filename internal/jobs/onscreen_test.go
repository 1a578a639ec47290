package jobs_test

import (
	"testing"
	"time"

	"storefront/internal/catalog"
	"storefront/internal/errkind"
	"storefront/internal/jobs"
	"storefront/store/storetest"
)

func TestWhatIsOnScreenIsReadOnceAndNotTooOften(t *testing.T) {
	in(t, func(h *house) {
		h.comes(anna)
		h.after(time.Minute)
		h.jobs.RefreshCategory("anna", storetest.Category(3))
		h.after(time.Minute, anna)
		h.wantCalls("CategoryOffers", 0) // it came with the list a minute ago
		h.after(20*time.Minute, anna)
		h.set(func() { h.level["anna"] = 9 })
		look := func() {
			for range 50 {
				h.jobs.RefreshCategory("anna", storetest.Category(3))
				h.jobs.RefreshItem("anna", storetest.ItemID(5))
			}
			h.after(5 * time.Second)
		}
		look()
		h.wantCalls("CategoryOffers", 1)
		h.wantCalls("Offer", 1)
		h.wantPrice(anna, 3)
		h.wantPrice(anna, 23)
		h.wantPrice(anna, 5)
		if offer, _, _ := h.view(anna).Offer(storetest.ItemID(25)); offer.Price.Equal(h.price("anna", 25)) {
			h.Error("an item that nobody looked at has a new price")
		}
		h.after(9*time.Minute, anna)
		look()
		h.wantCalls("CategoryOffers", 1)
		h.after(3*time.Minute, anna)
		look()
		h.wantCalls("CategoryOffers", 2)
		h.wantCalls("Offer", 2)
		h.wantCalls("CategoryListings", 0) // descriptions are young
		h.wantCalls("Listing", 0)
	})
}

func TestARootIsReadWithAllBelowIt(t *testing.T) {
	in(t, func(h *house) {
		h.comes(anna)
		h.after(20 * time.Minute)
		h.set(func() { h.level["anna"] = 9 })
		h.jobs.RefreshCategory("anna", "CARTLAS")
		h.after(5 * time.Second)
		for n := 1; n < 20; n++ {
			if n != 10 {
				h.wantPrice(anna, n)
			}
		}
	})
}

// With the catalogue out of reach for longer than its age, what a page shows is described anew by itself.
func TestOldDescriptionsAreReadOnScreen(t *testing.T) {
	in(t, func(h *house) {
		h.reopen(jobs.Ages{Catalogue: 2 * time.Hour})
		h.comes(anna)
		h.after(time.Minute)
		down := errkind.New(errkind.Technical, "")
		h.set(func() { h.broken["EachListing"], h.broken["EachOffer"] = down, down })
		h.after(3*time.Hour, anna)
		h.jobs.RefreshCategory("anna", storetest.Category(3))
		h.jobs.RefreshItem("anna", storetest.ItemID(5))
		h.after(5 * time.Second)
		h.wantCalls("CategoryListings", 1)
		h.wantCalls("Listing", 1)
		h.after(11*time.Minute, anna)
		h.jobs.RefreshItem("anna", storetest.ItemID(5))
		h.after(5 * time.Second)
		h.wantCalls("Listing", 1)
		h.wantCalls("Offer", 1)
	})
}

func TestNobodyIsHereForAStranger(t *testing.T) {
	in(t, func(h *house) {
		h.jobs.RefreshCategory("stranger", storetest.Category(3))
		h.jobs.RefreshItem("stranger", storetest.ItemID(5))
		h.jobs.RefreshOrders("stranger")
		h.jobs.RefreshOrder("stranger", "4711")
		h.after(time.Hour)
		if len(h.calls) != 0 {
			h.Errorf("the distributor was asked: %v", h.calls)
		}
	})
}

// What the service recommends beside an item is read where it is published, as often as descriptions, and kept.
func TestRecommendationsAreReadWhereTheyArePublished(t *testing.T) {
	in(t, func(h *house) {
		item, beside := storetest.ItemID(5), storetest.ItemID(7)
		h.comes(anna)
		h.after(20*time.Minute, anna)
		h.jobs.RefreshItem("anna", item)
		h.after(5 * time.Second)
		h.wantCalls("Related", 1)
		if related, err := h.cache.Related(h.Context(), item); err != nil || len(related) != 0 {
			h.Errorf("not published, and yet %v, %v", related, err)
		}
		h.set(func() {
			h.related = map[catalog.ItemID][]catalog.Listing{item: {{Item: storetest.Items(8)[7]}}}
		})
		for range 3 {
			h.after(11*time.Minute, anna)
			h.jobs.RefreshItem("anna", item)
			h.after(5 * time.Second)
		}
		h.wantCalls("Related", 2) // the second was answered, and is good for a day
		related, err := h.cache.Related(h.Context(), item)
		if err != nil || len(related) != 1 || related[0] != beside {
			h.Errorf("recommended %v, %v; want %s", related, err, beside)
		}
	})
}
