package jobs_test

import (
	"os"
	"path/filepath"
	"slices"
	"testing"
	"time"

	"storefront/internal/buyer"
	"storefront/internal/catalog"
	"storefront/internal/errkind"
	"storefront/internal/jobs"
	"storefront/internal/secret"
	"storefront/store/storetest"
)

func TestTheFirstBuyerFillsTheShop(t *testing.T) {
	in(t, func(h *house) {
		h.comes(anna)
		h.after(2500 * time.Millisecond) // the tree, and one portion of four
		if got := len(h.engine.Index().Categories().Roots()); got != 1 {
			h.Errorf("%d roots are shown before the items, want 1", got)
		}
		h.after(2 * time.Second)
		catalogue, prices := h.jobs.Progress("anna")
		if !catalogue.Running || catalogue.Done == 0 || catalogue.Total != items || !prices.Running {
			h.Errorf("progress: catalogue %+v, prices %+v", catalogue, prices)
		}
		if shown := h.engine.Index().Len(); shown == 0 || shown >= items {
			h.Errorf("%d items are shown half-way", shown)
		}
		if !h.view(anna).Loading() {
			h.Error("the prices are not marked as still loading")
		}
		h.wantPrice(anna, 101)

		h.after(time.Minute)
		catalogue, prices = h.jobs.Progress("anna")
		if catalogue.Running || prices.Running || catalogue.Failed+prices.Failed != "" {
			h.Errorf("progress: catalogue %+v, prices %+v", catalogue, prices)
		}
		if h.engine.Index().Len() != items || h.view(anna).Loading() {
			h.Errorf("%d items are shown, loading %v", h.engine.Index().Len(), h.view(anna).Loading())
		}
		h.wantPrice(anna, 399)
		h.wantCalls("EachListing whole", 1)
		h.wantCalls("EachOffer", 0) // the prices came with the catalogue
		if run := h.lastRun("catalogue"); run.Done != items || run.Detail != "added 400, changed 0, gone 0, total 400" {
			h.Errorf("the operator sees %+v", run)
		}
		if rate, err := h.cache.Rate(h.Context()); err != nil || !rate.Known() {
			h.Errorf("rate %+v, %v", rate, err)
		}
	})
}

func TestAShrunkCatalogueIsNotBelievedAtOnce(t *testing.T) {
	in(t, func(h *house) {
		h.reopen(jobs.Ages{Catalogue: 2 * time.Hour})
		h.comes(anna)
		h.after(time.Minute)
		h.set(func() { h.hidden = func(n int) bool { return n >= items/2 } })
		for range 15 { // until it has been read again, which is between two hours and a tenth more
			if h.lastRun("catalogue").Failed == "" {
				h.after(10*time.Minute, anna)
			}
		}
		if got := h.engine.Index().Len(); got != items {
			h.Errorf("%d items are left of %d", got, items)
		}
		if run := h.lastRun("catalogue"); run.Failed != errkind.NotSOAP {
			h.Errorf("the operator sees %+v", run)
		}
		if catalogue, _ := h.jobs.Progress("anna"); catalogue.Failed != string(errkind.NotSOAP) {
			h.Errorf("progress %+v", catalogue)
		}
		h.after(2*time.Hour, anna) // read alike for the third time, it is the assortment
		if got := h.engine.Index().Len(); got != items/2 {
			h.Errorf("%d items are shown, want %d", got, items/2)
		}
	})
}

func TestTheServiceAccountKeepsTheCatalogueWarm(t *testing.T) {
	in(t, func(h *house) {
		h.deps.ServiceAccount = &buyer.Credentials{Login: "service", Password: secret.New("с")}
		h.set(func() { h.fits = []catalog.Fit{{ItemID: storetest.ItemID(1), Brand: "HP", Model: "M125"}} })
		h.reopen(jobs.Ages{Catalogue: 2 * time.Hour})
		h.after(time.Minute)
		if h.engine.Index().Len() != items {
			h.Errorf("%d items are shown", h.engine.Index().Len())
		}
		h.wantCalls("Orders", 0)
		h.wantCalls("EachFit", 1)
		h.after(135 * time.Minute)
		h.wantCalls("EachListing whole", 2)
	})
}

func TestCompatibilityIsReadByThoseWhoMay(t *testing.T) {
	in(t, func(h *house) {
		h.must(h.state.SaveAccount(h.Context(), buyer.Account{ID: "anna", Right: buyer.RightNone}))
		h.must(h.state.SaveAccount(h.Context(), buyer.Account{ID: "boris", Right: buyer.RightEdit}))
		h.set(func() { h.fits = []catalog.Fit{{ItemID: storetest.ItemID(1), Brand: "HP", Model: "M125"}} })
		h.comes(anna)
		h.after(10*time.Minute, anna)
		h.wantCalls("EachFit", 0)
		h.comes(boris)
		h.after(time.Minute)
		h.wantCalls("EachFit", 1)
		fits, err := h.cache.Fits(h.Context(), storetest.ItemID(1))
		if err != nil || len(fits) != 1 {
			h.Errorf("%d fits, %v", len(fits), err)
		}
		if !slices.Contains(h.asked, "EachFit boris") {
			h.Errorf("asked: %v", h.asked)
		}
	})
}

func TestALostCacheIsFilledAgain(t *testing.T) {
	in(t, func(h *house) {
		h.comes(anna)
		h.comes(boris)
		h.after(time.Minute)
		for _, suffix := range []string{"", "-wal", "-shm"} {
			h.must(os.RemoveAll(filepath.Join(h.dir, "cache.db"+suffix)))
		}
		_, err := h.cache.Categories(h.Context()) // a page notices
		h.must(err)
		h.after(time.Minute, anna, boris)
		if h.engine.Index().Len() != items {
			h.Errorf("%d items are shown", h.engine.Index().Len())
		}
		for _, c := range []buyer.Credentials{anna, boris} {
			chunks, complete, err := h.cache.Prices(h.Context(), c.Buyer())
			chunks = slices.DeleteFunc(chunks, func(chunk catalog.PriceChunk) bool { return len(chunk.Offers) != items/20 })
			if err != nil || !complete || len(chunks) != 20 {
				h.Errorf("%s: %d chunks as they should be, complete %v, %v", c.Login, len(chunks), complete, err)
			}
			h.wantPrice(c, 101)
		}
	})
}
