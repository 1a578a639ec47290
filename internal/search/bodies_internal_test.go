package search

import (
	"context"
	"fmt"
	"runtime"
	"slices"
	"testing"
	"time"

	"github.com/shopspring/decimal"

	"storefront/internal/buyer"
	"storefront/internal/catalog"
)

var noon = time.Date(2026, 3, 1, 12, 0, 0, 0, time.UTC)

// levelList is the list of a price level: some categories of items, each with a price of the level's own.
func levelList(level, categories, items int, readAt time.Time) *PriceList {
	return NewPriceList(levelChunks(level, categories, items, readAt), true)
}

func levelChunks(level, categories, items int, readAt time.Time) []catalog.PriceChunk {
	var chunks []catalog.PriceChunk
	for c := range categories {
		chunk := catalog.PriceChunk{Category: catalog.CategoryID(fmt.Sprint("C", c)), ReadAt: readAt}
		for i := range items {
			price := decimal.New(int64(100*i+level), -2)
			chunk.Offers = append(chunk.Offers, catalog.Offer{ItemID: catalog.ItemID(fmt.Sprintf("%d-%05d", c, i)), Price: &price, Available: decimal.NewFromInt(int64(i % 7))})
		}
		chunks = append(chunks, chunk)
	}
	return chunks
}

// kept counts the different bodies that an engine's buyers hold, and how many references to them there are.
func (e *Engine) kept() (different, references int) {
	e.mu.Lock()
	defer e.mu.Unlock()
	seen := map[*body]bool{}
	for at := e.recent.Front(); at != nil; at = at.Next() {
		for _, c := range at.Value.(*desk).list.chunks {
			seen[c.body] = true
			references++
		}
	}
	return len(seen), references
}

func mustHold(t *testing.T, e *Engine, different, references int) {
	t.Helper()
	d, r := e.kept()
	if d != different || r != references {
		t.Errorf("%d references to %d bodies, want %d to %d", r, d, references, different)
	}
	if len(e.bodies.held) != d {
		t.Errorf("%d bodies are held, %d are used", len(e.bodies.held), d)
	}
	bytes := 0
	for _, h := range e.bodies.held {
		bytes += h.body.size()
	}
	if bytes != e.bodies.bytes {
		t.Errorf("%d bytes are counted, the bodies have %d", e.bodies.bytes, bytes)
	}
}

func TestFiveHundredBuyersHoldTwentyLists(t *testing.T) {
	const buyers, levels, categories, items = 500, 20, 10, 30
	e := NewEngine(Options{})
	for n := range buyers {
		e.Replace(buyer.ID(fmt.Sprint(n)), levelList(n%levels, categories, items, noon))
	}
	mustHold(t, e, levels*categories, buyers*categories)
	one := NewEngine(Options{})
	for n := range levels {
		one.Replace(buyer.ID(fmt.Sprint(n)), levelList(n, categories, items, noon))
	}
	if e.bodies.bytes != one.bodies.bytes {
		t.Errorf("%d buyers on %d lists hold %d bytes, the lists alone %d", buyers, levels, e.bodies.bytes, one.bodies.bytes)
	}
}

// Lists loaded, refreshed, forgotten and dropped in any order leave nothing behind and take nothing away.
func TestBodiesGoWithTheLastList(t *testing.T) {
	e := NewEngine(Options{Load: func(_ context.Context, id buyer.ID) (*PriceList, error) { return levelList(1, 3, 5, noon), nil }})
	e.Replace("a", levelList(1, 3, 5, noon))
	if _, err := e.View(t.Context(), "b"); err != nil {
		t.Fatal(err)
	}
	mustHold(t, e, 3, 6)
	one := catalog.PriceChunk{Category: "C1", ReadAt: noon.Add(time.Minute), Offers: []catalog.Offer{{ItemID: "1-00001"}}}
	e.Refresh("a", one)
	mustHold(t, e, 4, 6) // one category of one buyer differs, the others are shared as before
	e.Refresh("b", one)
	mustHold(t, e, 3, 6)
	e.Replace("a", levelList(1, 3, 5, noon))
	mustHold(t, e, 4, 6)
	e.Forget("b")
	mustHold(t, e, 3, 3)
	e.Forget("a")
	mustHold(t, e, 0, 0)
}

// The age is the buyer's own, whoever else is offered the same.
func TestSharedBodiesHaveNoAge(t *testing.T) {
	e := NewEngine(Options{})
	e.Publish(Build(Corpus{Items: []catalog.Item{{ID: "0-00001"}}}))
	e.Replace("early", levelList(1, 1, 5, noon))
	e.Replace("late", levelList(1, 1, 5, noon.Add(time.Hour)))
	mustHold(t, e, 1, 2)
	for id, want := range map[buyer.ID]time.Time{"early": noon, "late": noon.Add(time.Hour)} {
		view, err := e.View(t.Context(), id)
		if err != nil {
			t.Fatal(err)
		}
		if _, at, _ := view.Offer("0-00001"); !at.Equal(want) || !view.ReadAt().Equal(want) {
			t.Errorf("%s: offer read %s, list %s, want %s", id, at, view.ReadAt(), want)
		}
	}
}

// Contents that differ in anything are not taken for each other.
func TestDifferentOffersAreDifferentBodies(t *testing.T) {
	price, same, huge := decimal.New(150, -2), decimal.New(15, -1), decimal.New(15, -9)
	keys := map[bodyKey]string{}
	for name, offers := range map[string][]catalog.Offer{
		"none":              nil,
		"an item":           {{ItemID: "1"}},
		"another":           {{ItemID: "2"}},
		"two":               {{ItemID: "1"}, {ItemID: "2"}},
		"one longer":        {{ItemID: "12"}},
		"a price":           {{ItemID: "1", Price: &price}},
		"roubles":           {{ItemID: "1", PriceLocal: &price}},
		"retail":            {{ItemID: "1", PriceRetail: &price}},
		"branch":            {{ItemID: "1", Available: decimal.NewFromInt(1)}},
		"main office":       {{ItemID: "1", MainOffice: decimal.NewFromInt(1)}},
		"transit":           {{ItemID: "1", Transit: decimal.NewFromInt(1)}},
		"inexact":           {{ItemID: "1", Price: &huge}},
		"inexact, retail":   {{ItemID: "1", PriceRetail: &huge}},
		"inexact, in stock": {{ItemID: "1", Price: &huge, Available: decimal.NewFromInt(1)}},
	} {
		key := newBody(offers).key
		if other, taken := keys[key]; taken {
			t.Errorf("%q is taken for %q", name, other)
		}
		keys[key] = name
	}
	if newBody([]catalog.Offer{{ItemID: "1", Price: &price}}).key != newBody([]catalog.Offer{{ItemID: "1", Price: &same}}).key {
		t.Error("the same price, written with another number of zeros, makes another body")
	}
}

// BenchmarkCrowd tells what 500 buyers on 20 lists of 13,000 items take with their views; the same with lists of their own
// would be 25 times the bytes of lists.
func BenchmarkCrowd(b *testing.B) {
	corpus := Corpus{}
	for c := range 100 {
		for i := range 130 {
			corpus.Items = append(corpus.Items, catalog.Item{ID: catalog.ItemID(fmt.Sprintf("%d-%05d", c, i)), Name: "Картридж"})
		}
	}
	index := Build(corpus)
	var levels [20][]catalog.PriceChunk
	for n := range levels {
		levels[n] = levelChunks(n, 100, 130, noon)
	}
	for b.Loop() {
		before := heap()
		e := NewEngine(Options{})
		e.Publish(index)
		for n := range 500 {
			id := buyer.ID(fmt.Sprint(n))
			e.Replace(id, NewPriceList(levels[n%len(levels)], true))
			if _, err := e.View(b.Context(), id); err != nil {
				b.Fatal(err)
			}
		}
		b.ReportMetric(float64(heap()-before)/(1<<20), "MB/500-buyers")
		b.ReportMetric(float64(e.bodies.bytes)/(1<<20), "MB/lists")
		runtime.KeepAlive(e)
	}
}

func heap() uint64 {
	runtime.GC()
	var m runtime.MemStats
	runtime.ReadMemStats(&m)
	return m.HeapAlloc
}

// Where the offers stand in an index is found once for all who share them, and anew in another index.
func TestSharedBodiesArePlacedOnce(t *testing.T) {
	x := Build(Corpus{Items: []catalog.Item{{ID: "0-00001"}, {ID: "0-00003"}}})
	e := NewEngine(Options{})
	e.Publish(x)
	for _, id := range []buyer.ID{"a", "b"} {
		e.Replace(id, levelList(1, 1, 5, noon))
		if _, err := e.View(t.Context(), id); err != nil {
			t.Fatal(err)
		}
	}
	shared := e.bodies.held[levelList(1, 1, 5, noon).chunks[0].key].body
	first := shared.placed.Load()
	if again := x.docsOf(shared); first == nil || &first.docs[0] != &again[0] {
		t.Error("the items are looked for again")
	}
	if want := []uint32{noDoc, 0, noDoc, 1, noDoc}; !slices.Equal(first.docs, want) {
		t.Errorf("offers stand at %v, want %v", first.docs, want)
	}
	other := Build(Corpus{Items: []catalog.Item{{ID: "0-00003"}}})
	if want := []uint32{noDoc, noDoc, noDoc, 0, noDoc}; !slices.Equal(other.docsOf(shared), want) {
		t.Errorf("in another index they stand at %v, want %v", other.docsOf(shared), want)
	}
}
