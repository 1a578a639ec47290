package jobs_test

import (
	"testing"
	"time"

	"storefront/internal/buyer"
)

// While a first catalogue comes in, all that is shown of it on the way costs a few times what the whole costs, however many
// portions it comes in; and what comes first is shown at once.
func TestShowingAFirstLoadCostsInProportionToIt(t *testing.T) {
	in(t, func(h *house) {
		const size = 2_400
		h.set(func() { h.size, h.portion = size, 20 })
		h.comes(anna)
		indexed, stored := 0, 0 // rows of all indexes and price lists that were shown, each as large as what had come
		index, offers := h.engine.Index(), 0
		first := time.Duration(0)
		began := time.Now()
		for time.Since(began) < 3*time.Minute {
			h.after(time.Second)
			if now := h.engine.Index(); now != index {
				index, indexed = now, indexed+now.Len()
			}
			if first == 0 && index.Len() > 0 {
				first = time.Since(began)
			}
			if now := h.stored("anna"); now != offers {
				offers, stored = now, stored+now
			}
		}
		if index.Len() != size || offers != size {
			h.Fatalf("%d items and %d offers of %d are shown", index.Len(), offers, size)
		}
		if first == 0 || first > 5*time.Second {
			h.Errorf("the first items are shown after %s", first)
		}
		t.Logf("%d rows were indexed and %d stored for %d, the first after %s", indexed, stored, size, first)
		if limit := 5 * size; indexed > limit || stored > limit {
			h.Errorf("%d rows were indexed and %d stored to show %d, want at most %d", indexed, stored, size, limit)
		}
	})
}

// stored counts the offers that are stored of a buyer's list.
func (h *house) stored(b buyer.ID) (n int) {
	h.Helper()
	chunks, _, err := h.cache.Prices(h.Context(), b)
	h.must(err)
	for _, chunk := range chunks {
		n += len(chunk.Offers)
	}
	return n
}
