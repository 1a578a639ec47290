package cache_test

import (
	"slices"
	"testing"
	"time"

	"github.com/google/go-cmp/cmp"
	"github.com/shopspring/decimal"
	"pgregory.net/rapid"

	"storefront/internal/buyer"
	"storefront/internal/catalog"
	"storefront/store/cache"
	"storefront/store/storetest"
)

func prices(t testing.TB, s *cache.Store, b buyer.ID) ([]catalog.PriceChunk, bool) {
	t.Helper()
	chunks, complete, err := s.Prices(t.Context(), b)
	if err != nil {
		t.Fatal(err)
	}
	return chunks, complete
}

func put(t testing.TB, s *cache.Store, b buyer.ID, chunks ...catalog.PriceChunk) {
	t.Helper()
	if err := s.PutPrices(t.Context(), b, chunks); err != nil {
		t.Fatal(err)
	}
}

func sizes(t testing.TB, s *cache.Store) cache.Sizes {
	t.Helper()
	sizes, err := s.Sizes(t.Context())
	if err != nil {
		t.Fatal(err)
	}
	return sizes
}

func TestPricesBelongToOneBuyer(t *testing.T) {
	s := storetest.Cache(t, time.Now)
	// Logins that a careless comparison would take for one another.
	buyers := []buyer.ID{"ivan", "Ivan", "ivan ", "и\u0306ван", "йван", "iv_n", "iv%"}
	for level, b := range buyers {
		put(t, s, b, storetest.Chunks(100, int64(level+1), storetest.Start)...)
	}
	for level, b := range buyers {
		got, _ := prices(t, s, b)
		want := storetest.Chunks(100, int64(level+1), storetest.Start)
		slices.SortFunc(want, func(a, b catalog.PriceChunk) int { return cmpCategory(a, b) })
		if diff := cmp.Diff(want, got); diff != "" {
			t.Errorf("%q: %s", b, diff)
		}
	}
	if got, complete := prices(t, s, "nobody"); len(got) != 0 || complete {
		t.Errorf("somebody unknown gets %d chunks", len(got))
	}
}

func cmpCategory(a, b catalog.PriceChunk) int {
	switch {
	case a.Category < b.Category:
		return -1
	case a.Category > b.Category:
		return 1
	}
	return 0
}

func TestEqualListsAreStoredOnceAndTheAgeIsEachBuyersOwn(t *testing.T) {
	s := storetest.Cache(t, time.Now)
	later := storetest.Start.Add(time.Hour)
	put(t, s, "ivan", storetest.Chunks(100, 1, storetest.Start)...)
	alone := sizes(t, s)

	shuffled := storetest.Chunks(100, 1, later)
	for _, chunk := range shuffled {
		slices.Reverse(chunk.Offers)
	}
	put(t, s, "pyotr", shuffled...)
	if both := sizes(t, s); both.PriceBodies != alone.PriceBodies || both.PriceLists != 2 {
		t.Errorf("equal lists take %d bodies, one takes %d", both.PriceBodies, alone.PriceBodies)
	}
	for b, want := range map[buyer.ID]time.Time{"ivan": storetest.Start, "pyotr": later} {
		for _, chunk := range first(prices(t, s, b)) {
			if !chunk.ReadAt.Equal(want) {
				t.Errorf("%s: read at %v, want %v", b, chunk.ReadAt, want)
			}
		}
	}
}

func first[A, B any](a A, _ B) A { return a }

func TestBodiesNobodyRefersToAreSwept(t *testing.T) {
	s := storetest.Cache(t, time.Now)
	put(t, s, "ivan", storetest.Chunks(100, 1, storetest.Start)...)
	put(t, s, "ivan", storetest.Chunks(100, 2, storetest.Start)...)
	if got := sizes(t, s).PriceBodies; got != 20 {
		t.Errorf("%d bodies, want 20", got)
	}
	if err := s.ForgetPrices(t.Context(), "ivan"); err != nil {
		t.Fatal(err)
	}
	if got := sizes(t, s); got.PriceBodies != 0 || got.PriceLists != 0 {
		t.Errorf("after forgetting: %+v", got)
	}
}

func TestAListIsCompleteOnceItWasReadWhole(t *testing.T) {
	s := storetest.Cache(t, time.Now)
	began := storetest.Start.Add(time.Hour)
	put(t, s, "ivan", storetest.Chunks(5, 1, storetest.Start)...)
	put(t, s, "ivan", storetest.Chunks(3, 2, began)...)
	if got, complete := prices(t, s, "ivan"); len(got) != 5 || complete {
		t.Errorf("while it is read: %d chunks, complete: %v", len(got), complete)
	}
	if err := s.MarkPricesComplete(t.Context(), "ivan", began); err != nil {
		t.Fatal(err)
	}
	got, complete := prices(t, s, "ivan")
	if len(got) != 3 || !complete {
		t.Errorf("read whole: %d chunks, want the 3 that were read; complete: %v", len(got), complete)
	}
	if _, complete := prices(t, s, "pyotr"); complete {
		t.Error("another buyer's list is complete, too")
	}
}

func TestOffersComeBackExactly(t *testing.T) {
	s := storetest.Cache(t, time.Now)
	amount := rapid.Custom(func(r *rapid.T) decimal.Decimal {
		return decimal.New(rapid.Int64().Draw(r, "coefficient"), rapid.Int32Range(-10, 3).Draw(r, "exponent"))
	})
	price := rapid.Ptr(amount, true)
	offer := rapid.Custom(func(r *rapid.T) catalog.Offer {
		return catalog.Offer{
			ItemID: catalog.ItemID(rapid.String().Draw(r, "id")),
			Price:  price.Draw(r, "price"), PriceLocal: price.Draw(r, "local"), PriceRetail: price.Draw(r, "retail"),
			Available: amount.Draw(r, "available"), MainOffice: amount.Draw(r, "office"), Transit: amount.Draw(r, "transit"),
		}
	})
	byID := func(o catalog.Offer) catalog.ItemID { return o.ItemID }
	rapid.Check(t, func(r *rapid.T) {
		want := rapid.SliceOfNDistinct(offer, 0, 20, byID).Draw(r, "offers")
		put(t, s, "ivan", catalog.PriceChunk{Category: "C", Offers: want, ReadAt: storetest.Start})
		got, _ := prices(t, s, "ivan")
		slices.SortFunc(want, func(a, b catalog.Offer) int {
			return cmpCategory(catalog.PriceChunk{Category: catalog.CategoryID(a.ItemID)}, catalog.PriceChunk{Category: catalog.CategoryID(b.ItemID)})
		})
		if diff := cmp.Diff(want, got[0].Offers, cmp.Transformer("len", func(o []catalog.Offer) map[int]catalog.Offer {
			m := map[int]catalog.Offer{}
			for i := range o {
				m[i] = o[i]
			}
			return m
		})); diff != "" {
			r.Fatal(diff)
		}
	})
}

func TestAnOfferIsSmall(t *testing.T) {
	s := storetest.Cache(t, time.Now)
	const n = 13_000
	put(t, s, "ivan", storetest.Chunks(n, 1, storetest.Start)...)
	if got := sizes(t, s).PriceBytes / n; got > 60 {
		t.Errorf("%d bytes an offer, want at most 60", got)
	}
}

func BenchmarkPutPrices(b *testing.B) {
	s := storetest.Cache(b, time.Now)
	lists := [][]catalog.PriceChunk{storetest.Chunks(13_000, 1, storetest.Start), storetest.Chunks(13_000, 2, storetest.Start)}
	for i := 0; b.Loop(); i++ {
		put(b, s, "ivan", lists[i%2]...)
	}
}

func BenchmarkPrices(b *testing.B) {
	s := storetest.Cache(b, time.Now)
	put(b, s, "ivan", storetest.Chunks(13_000, 1, storetest.Start)...)
	for b.Loop() {
		prices(b, s, "ivan")
	}
}
