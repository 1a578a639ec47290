package jobs_test

import (
	"testing"
	"time"

	"storefront/internal/buyer"
	"storefront/internal/catalog"
	"storefront/internal/errkind"
	"storefront/internal/jobs"
	"storefront/internal/secret"
	"storefront/store/storetest"
)

// An answer over its limit is as large the next minute: it is asked for about once a day, whatever else the distributor
// answers meanwhile, and what was known stays.
func TestAnAnswerOverItsLimitIsAskedForDaily(t *testing.T) {
	in(t, func(h *house) {
		h.deps.ServiceAccount = &buyer.Credentials{Login: "service", Password: secret.New("с")}
		h.set(func() { h.fits = []catalog.Fit{{ItemID: storetest.ItemID(1), Brand: "HP", Model: "M125"}} })
		h.reopen(jobs.Ages{Fits: 2 * time.Hour})
		h.after(time.Minute)
		h.wantCalls("EachFit", 1)
		h.set(func() {
			h.broken["EachFit"] = &errkind.Error{Kind: errkind.NotSOAP, Cause: errkind.Oversized}
		})
		h.after(3 * time.Hour)
		h.wantCalls("EachFit", 2)
		for range 24 {
			h.jobs.Recovered()
			h.after(time.Hour)
		}
		if asked := h.count("EachFit") - 2; asked > 1 {
			h.Errorf("it was asked for %d times more within a day", asked)
		}
		h.after(6 * time.Hour)
		h.wantCalls("EachFit", 3)
		if run := h.lastRun("compatibility"); run.Failed != errkind.NotSOAP || run.Detail != errkind.Oversized {
			h.Errorf("the operator sees %+v", run)
		}
		fits, err := h.cache.Fits(h.Context(), storetest.ItemID(1))
		h.must(err)
		if len(fits) != 1 {
			h.Errorf("%d rows are left of what was known", len(fits))
		}
	})
}
