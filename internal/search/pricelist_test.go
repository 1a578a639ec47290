package search_test

import (
	"testing"
	"time"

	"github.com/google/go-cmp/cmp"
	"github.com/shopspring/decimal"
	"pgregory.net/rapid"

	"storefront/internal/catalog"
	"storefront/internal/search"
)

// What is put into a list comes out of it exactly, whatever it is.
func TestPriceListIsExact(t *testing.T) {
	anyAmount := rapid.Custom(func(t *rapid.T) decimal.Decimal {
		return decimal.New(rapid.Int64().Draw(t, "digits"), -rapid.Int32Range(-3, 10).Draw(t, "scale"))
	})
	rapid.Check(t, func(t *rapid.T) {
		maybe := func(label string) *decimal.Decimal {
			return rapid.Ptr(anyAmount, true).Draw(t, label)
		}
		want := catalog.Offer{
			ItemID: catalog.ItemID(rapid.String().Draw(t, "id")), Price: maybe("price"), PriceLocal: maybe("local"), PriceRetail: maybe("retail"),
			Available: anyAmount.Draw(t, "branch"), MainOffice: anyAmount.Draw(t, "main"), Transit: anyAmount.Draw(t, "transit"),
		}
		neighbour := catalog.Offer{ItemID: want.ItemID + "0"}
		list := search.NewPriceList([]catalog.PriceChunk{{Category: "C", ReadAt: readAt, Offers: []catalog.Offer{neighbour, {ItemID: want.ItemID}, want}}}, true)
		got, at, ok := list.Offer(want.ItemID)
		if diff := cmp.Diff(want, got); diff != "" || !ok || !at.Equal(readAt) || list.Len() != 2 {
			t.Fatalf("%t, read %s, %d offers (-want +got):\n%s", ok, at, list.Len(), diff)
		}
	})
}

func chunkOf(category catalog.CategoryID, minutes int, offers ...catalog.Offer) catalog.PriceChunk {
	return catalog.PriceChunk{Category: category, Offers: offers, ReadAt: readAt.Add(time.Duration(minutes) * time.Minute)}
}

func TestWithLeavesTheListAsItIs(t *testing.T) {
	before := search.NewPriceList([]catalog.PriceChunk{chunkOf("A", 1, catalog.Offer{ItemID: "1", Price: usd("1")}, catalog.Offer{ItemID: "2", Price: usd("2")}), chunkOf("B", 2)}, true)
	after := before.With(chunkOf("A", 5, catalog.Offer{ItemID: "1", Price: usd("1.5")})).With(chunkOf("C", 6, catalog.Offer{ItemID: "3", Price: usd("3")}))
	for _, c := range []struct {
		list *search.PriceList
		id   catalog.ItemID
		want string // "" for no offer
	}{
		{before, "1", "1"}, {before, "2", "2"}, {before, "3", ""}, {after, "1", "1.5"}, {after, "2", ""}, {after, "3", "3"},
	} {
		offer, _, ok := c.list.Offer(c.id)
		if ok != (c.want != "") || ok && offer.Price.String() != c.want {
			t.Errorf("offer of %s: %v, %t; want %q", c.id, offer.Price, ok, c.want)
		}
	}
	if !before.ReadAt().Equal(readAt.Add(time.Minute)) || !after.ReadAt().Equal(readAt.Add(2*time.Minute)) {
		t.Errorf("read at %s, then %s", before.ReadAt(), after.ReadAt())
	}
	if before.Len() != 2 || after.Len() != 2 || !after.Complete() {
		t.Errorf("%d offers, then %d, complete %t", before.Len(), after.Len(), after.Complete())
	}
}

func TestTheLaterReadOfferCounts(t *testing.T) {
	early, late := chunkOf("A", 1, catalog.Offer{ItemID: "1", Price: usd("1")}), chunkOf("B", 9, catalog.Offer{ItemID: "1", Price: usd("9")})
	again := chunkOf("A", 4, catalog.Offer{ItemID: "1", Price: usd("4")})
	for _, chunks := range [][]catalog.PriceChunk{{early, late}, {late, early}, {early, again, late}, {again, late, early}} {
		list := search.NewPriceList(chunks, true)
		view := viewOf(t, search.Corpus{Items: []catalog.Item{{ID: "1"}}}, list)
		offer, at, _ := list.Offer("1")
		shown, _, _ := view.Offer("1")
		if offer.Price.String() != "9" || shown.Price.String() != "9" || !at.Equal(late.ReadAt) {
			t.Errorf("offer at %s, shown at %s, read %s", offer.Price, shown.Price, at)
		}
	}
}

func TestNoPriceListIsEmpty(t *testing.T) {
	var none *search.PriceList
	if _, _, ok := none.Offer("1"); ok || none.Complete() || none.Len() != 0 || !none.ReadAt().IsZero() {
		t.Error("the nil list has something in it")
	}
	if list := none.With(chunkOf("A", 0, catalog.Offer{ItemID: "1"})); list.Len() != 1 || list.Complete() {
		t.Errorf("a chunk put into the nil list: %d offers, complete %t", list.Len(), list.Complete())
	}
}
