package search_test

import (
	"context"
	"errors"
	"fmt"
	"sync"
	"sync/atomic"
	"testing"

	"github.com/google/go-cmp/cmp"
	"github.com/shopspring/decimal"
	"go.uber.org/goleak"

	"storefront/internal/buyer"
	"storefront/internal/catalog"
	"storefront/internal/search"
)

func TestMain(m *testing.M) { goleak.VerifyTestMain(m) }

func mustView(t *testing.T, e *search.Engine, id buyer.ID) *search.View {
	t.Helper()
	view, err := e.View(context.Background(), id)
	if err != nil {
		t.Fatal(err)
	}
	return view
}

// listOf is a complete list of one item at a price.
func listOf(id catalog.ItemID, price string) *search.PriceList {
	return search.NewPriceList([]catalog.PriceChunk{chunkOf("A", 0, catalog.Offer{ItemID: id, Price: usd(price)})}, true)
}

// gate is a Load that waits to be let through.
type gate struct {
	arrived chan buyer.ID
	open    chan struct{}
	calls   atomic.Int32
	err     error
}

func newGate() *gate { return &gate{arrived: make(chan buyer.ID, 100), open: make(chan struct{})} }

func (g *gate) load(_ context.Context, id buyer.ID) (*search.PriceList, error) {
	g.calls.Add(1)
	g.arrived <- id
	<-g.open
	return listOf(catalog.ItemID("loaded for "+id), "1"), g.err
}

func TestAListIsLoadedOnceForAllWhoWait(t *testing.T) {
	g := newGate()
	e := search.NewEngine(search.Options{Load: g.load})
	views := make([]*search.View, 20)
	var all sync.WaitGroup
	for i := range views {
		all.Go(func() { views[i], _ = e.View(context.Background(), "dealer") })
	}
	<-g.arrived
	close(g.open)
	all.Wait()
	for _, view := range views {
		if view == nil || view != views[0] {
			t.Fatal("not all got the same view")
		}
	}
	if _, _, ok := views[0].Offer("loaded for dealer"); !ok || g.calls.Load() != 1 {
		t.Errorf("loaded %d times, offer %t", g.calls.Load(), ok)
	}
}

func TestWhoGivesUpDoesNotCancelTheLoad(t *testing.T) {
	g := newGate()
	e := search.NewEngine(search.Options{Load: g.load})
	ctx, cancel := context.WithCancel(context.Background())
	gone := make(chan error)
	go func() {
		_, err := e.View(ctx, "dealer")
		gone <- err
	}()
	<-g.arrived
	cancel()
	if err := <-gone; !errors.Is(err, context.Canceled) {
		t.Fatalf("gave up with %v", err)
	}
	close(g.open)
	if view := mustView(t, e, "dealer"); view.Loading() || g.calls.Load() != 1 {
		t.Errorf("loading %t after %d loads", view.Loading(), g.calls.Load())
	}
}

func TestAFailedLoadIsTriedAgain(t *testing.T) {
	g := newGate()
	close(g.open)
	g.err = errors.New("disk on fire")
	e := search.NewEngine(search.Options{Load: g.load})
	if _, err := e.View(context.Background(), "dealer"); !errors.Is(err, g.err) {
		t.Fatalf("error %v, want that of the load", err)
	}
	g.err = nil
	mustView(t, e, "dealer")
}

// What was read from the distributor while the stored list was being loaded is newer, and is kept.
func TestNewsDuringALoadAreKept(t *testing.T) {
	for name, c := range map[string]struct {
		news func(*search.Engine)
		want map[catalog.ItemID]bool
	}{
		"a list":  {func(e *search.Engine) { e.Replace("dealer", listOf("new", "2")) }, map[catalog.ItemID]bool{"new": true, "loaded for dealer": false}},
		"a chunk": {func(e *search.Engine) { e.Refresh("dealer", chunkOf("B", 1, catalog.Offer{ItemID: "new"})) }, map[catalog.ItemID]bool{"new": true, "loaded for dealer": true}},
	} {
		g := newGate()
		e := search.NewEngine(search.Options{Load: g.load})
		waiting := make(chan *search.View)
		go func() {
			view, _ := e.View(context.Background(), "dealer")
			waiting <- view
		}()
		<-g.arrived
		c.news(e)
		close(g.open)
		<-waiting
		got := make(map[catalog.ItemID]bool)
		for id := range c.want {
			_, _, got[id] = mustView(t, e, "dealer").Offer(id)
		}
		if diff := cmp.Diff(c.want, got); diff != "" {
			t.Errorf("%s (-want +got):\n%s", name, diff)
		}
	}
}

func TestViewsFollowIndexAndPrices(t *testing.T) {
	e := search.NewEngine(search.Options{})
	e.Replace("dealer", listOf("1", "1"))
	old := mustView(t, e, "dealer")
	if old != mustView(t, e, "dealer") {
		t.Error("the view is built anew though nothing has changed")
	}
	e.Publish(search.Build(search.Corpus{Items: []catalog.Item{{ID: "1"}}}))
	view := mustView(t, e, "dealer")
	if old.Search(search.Query{}).Total != 0 || view.Search(search.Query{}).Total != 1 || e.Index().Len() != 1 {
		t.Error("a published index changes the views to come, and only those")
	}
	e.Refresh("dealer", chunkOf("A", 1))
	if got := mustView(t, e, "dealer").Search(search.Query{}).Total; got != 0 || view.Search(search.Query{}).Total != 1 {
		t.Errorf("after the chunk was replaced by an empty one %d items are shown", got)
	}
	e.Refresh("stranger", chunkOf("A", 1, catalog.Offer{ItemID: "1"}))
	if !mustView(t, e, "stranger").Loading() {
		t.Error("a chunk alone makes no list")
	}
}

func TestOnlyTheBuyersUsedLastAreKept(t *testing.T) {
	g := newGate()
	close(g.open)
	e := search.NewEngine(search.Options{MaxBytes: 3_000, Load: g.load})
	for _, step := range []struct { // there is room for two
		id    buyer.ID
		loads int32
	}{{"a", 1}, {"b", 2}, {"a", 2}, {"c", 3}, {"a", 3}, {"b", 4}} {
		mustView(t, e, step.id)
		if got := g.calls.Load(); got != step.loads {
			t.Fatalf("after %s there were %d loads, want %d", step.id, got, step.loads)
		}
	}
	e.Forget("b")
	mustView(t, e, "b")
	if got := g.calls.Load(); got != 5 {
		t.Errorf("a forgotten buyer's list was not loaded again: %d loads", got)
	}
}

// Two buyers with different lists over one index: nothing of one is in the other's items, order, facets or tree.
func TestBuyersAreApart(t *testing.T) {
	corpus := generate(400)
	half := func(odd int, level int64) *search.PriceList {
		var offers []catalog.Offer
		for i := range corpus.Items {
			item := &corpus.Items[i]
			if i%2 != odd {
				continue
			}
			item.Brand = fmt.Sprint("Только ", odd)
			price := decimal.New(int64(i*7919%1000)*100+level, -2) // .11 or .22: a canary in every price
			offers = append(offers, catalog.Offer{ItemID: item.ID, Price: &price, Available: units(int64(odd))})
		}
		return search.NewPriceList([]catalog.PriceChunk{{Category: "all", Offers: offers, ReadAt: readAt}}, true)
	}
	lists := map[buyer.ID]*search.PriceList{"even": half(0, 11), "odd": half(1, 22)}
	e := search.NewEngine(search.Options{})
	e.Publish(search.Build(corpus))
	for id, list := range lists {
		e.Replace(id, list)
	}
	for id, list := range lists {
		view, brand := mustView(t, e, id), map[buyer.ID]string{"even": "Только 0", "odd": "Только 1"}[id]
		for _, q := range []search.Query{{}, {Text: "картридж"}, {Sort: search.SortPrice, PriceFrom: usd("1")}, {Category: "ROOT1"}, {Brands: []string{brand}}} {
			q.PerPage = 1000
			got := view.Search(q)
			for _, item := range got.IDs {
				if _, _, his := list.Offer(item); !his {
					t.Errorf("%s sees %s, which is not offered to him", id, item)
				}
			}
			if values := facet(got, search.FacetBrand); got.Total == 0 || len(values) != 1 || values[0].Value != brand || values[0].Count != got.Total {
				t.Errorf("%s: %d items, brands %v", id, got.Total, values)
			}
		}
		offer, _, _ := view.Offer(view.Search(search.Query{Sort: search.SortPrice}).IDs[0])
		if canary := map[buyer.ID]string{"even": "0.11", "odd": "0.22"}[id]; offer.Price.Mod(decimal.NewFromInt(1)).String() != canary {
			t.Errorf("%s is shown the price %s, want one with %s", id, offer.Price, canary)
		}
		total := 0
		for _, branch := range view.Tree() {
			total += branch.Count
		}
		if total != 200 {
			t.Errorf("%s: the tree has %d items, want 200", id, total)
		}
	}
}

// Everything at once, for the race detector: a view is always of one index and one list, whole.
func TestEngineUnderLoad(t *testing.T) {
	corpora := []search.Corpus{generate(60), generate(90)}
	indexes := []*search.Index{search.Build(corpora[0]), search.Build(corpora[1])}
	e := search.NewEngine(search.Options{MaxBytes: 16_000, Load: func(context.Context, buyer.ID) (*search.PriceList, error) { return pricesFor(corpora[1], 1), nil }})
	e.Publish(indexes[0])
	var all sync.WaitGroup
	for worker := range 8 {
		all.Go(func() {
			for i := range 30 {
				id := buyer.ID(fmt.Sprint((worker + i) % 5))
				switch i % 10 {
				case 3:
					e.Publish(indexes[i/10%2])
				case 5:
					e.Replace(id, pricesFor(corpora[i/10%2], int64(i)))
				case 7:
					e.Forget(id)
				case 8:
					e.Refresh(id, chunkOf("ROOT1_1", i))
				}
				view, err := e.View(context.Background(), id)
				if err != nil {
					t.Error(err)
					return
				}
				r := view.Search(search.Query{Text: "к", Sort: []string{search.SortPrice, search.SortStock, ""}[i%3]})
				if len(r.IDs) != min(r.Total, search.DefaultPerPage) {
					t.Errorf("%d items on the page of %d", len(r.IDs), r.Total)
				}
				view.Tree()
			}
		})
	}
	all.Wait()
}
