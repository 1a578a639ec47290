package search_test

import (
	"context"
	"fmt"
	"runtime"
	"sync"
	"testing"

	"storefront/internal/buyer"
	"storefront/internal/catalog"
	"storefront/internal/search"
)

// shop is a catalogue of a size with an engine that serves one buyer.
type shop struct {
	corpus search.Corpus
	engine *search.Engine
}

var shops = map[int]func() shop{
	13_000:  sync.OnceValue(func() shop { return open(13_000) }),
	100_000: sync.OnceValue(func() shop { return open(100_000) }),
}

func open(n int) shop {
	corpus := generate(n)
	engine := search.NewEngine(search.Options{})
	engine.Publish(search.Build(corpus))
	engine.Replace("dealer", pricesFor(corpus, 1))
	return shop{corpus, engine}
}

func (s shop) view(b *testing.B) *search.View {
	view, err := s.engine.View(context.Background(), buyer.ID("dealer"))
	if err != nil {
		b.Fatal(err)
	}
	return view
}

func benchmarkBuild(b *testing.B, n int) {
	corpus := generate(n)
	var before, after runtime.MemStats
	b.ResetTimer()
	for b.Loop() {
		search.Build(corpus)
	}
	b.StopTimer()
	runtime.GC()
	runtime.ReadMemStats(&before)
	index := search.Build(corpus)
	runtime.GC()
	runtime.ReadMemStats(&after)
	b.ReportMetric(float64(after.HeapAlloc-before.HeapAlloc)/float64(n), "resident-B/item")
	runtime.KeepAlive(index)
	runtime.KeepAlive(corpus)
}

func BenchmarkBuild13k(b *testing.B)  { benchmarkBuild(b, 13_000) }
func BenchmarkBuild100k(b *testing.B) { benchmarkBuild(b, 100_000) }

func benchmarkSizes(b *testing.B, run func(b *testing.B, s shop)) {
	for _, n := range []int{13_000, 100_000} {
		b.Run(fmt.Sprintf("%dk", n/1000), func(b *testing.B) { run(b, shops[n]()) })
	}
}

func BenchmarkSearch(b *testing.B) {
	benchmarkSizes(b, func(b *testing.B, s shop) {
		view := s.view(b)
		for _, c := range []struct{ name, text string }{
			{"article", string(s.corpus.Items[4711].ID)}, {"letter", "к"}, {"1word", "м1125"}, {"1common", "картридж"},
			{"2words", "картридж cf242a"}, {"3words", "тонер hi-black phaser"}, {"hostile", "а б в г д е 1 2 3 4 5 6"},
		} {
			b.Run(c.name, func(b *testing.B) {
				b.ReportAllocs()
				total := 0
				for b.Loop() {
					total = view.Search(search.Query{Text: c.text}).Total
				}
				b.ReportMetric(float64(total), "hits")
			})
		}
	})
}

func BenchmarkSuggest(b *testing.B) {
	benchmarkSizes(b, func(b *testing.B, s shop) {
		view := s.view(b)
		for b.Loop() {
			view.Suggest("cf24", 8, true)
		}
	})
}

func BenchmarkCategoryPage(b *testing.B) {
	benchmarkSizes(b, func(b *testing.B, s shop) {
		view := s.view(b)
		for _, c := range []struct {
			name  string
			query search.Query
		}{
			{"all", search.Query{}},
			{"root", search.Query{Category: "ROOT1"}},
			{"leaf", search.Query{Category: "ROOT1_3"}},
			{"filtered", search.Query{Category: "ROOT1", Brands: []string{"Hi-Black"}, Availability: []string{search.AvailableBranch}, Sort: search.SortPrice}},
		} {
			b.Run(c.name, func(b *testing.B) {
				b.ReportAllocs()
				for b.Loop() {
					view.Search(c.query)
				}
			})
		}
	})
}

// A view is laid out anew whenever an index is published or a price list replaced.
func BenchmarkView(b *testing.B) {
	benchmarkSizes(b, func(b *testing.B, s shop) {
		index, prices := s.engine.Index(), pricesFor(s.corpus, 2)
		for b.Loop() {
			s.engine.Replace("other", prices)
			if _, err := s.engine.View(context.Background(), "other"); err != nil {
				b.Fatal(err)
			}
		}
		runtime.KeepAlive(index)
	})
}

func BenchmarkPriceList(b *testing.B) {
	benchmarkSizes(b, func(b *testing.B, s shop) {
		var before, after runtime.MemStats
		runtime.GC()
		runtime.ReadMemStats(&before)
		list := pricesFor(s.corpus, 3)
		runtime.GC()
		runtime.ReadMemStats(&after)
		chunk := catalog.PriceChunk{Category: "ROOT1_3", ReadAt: readAt}
		for b.Loop() {
			list.With(chunk)
		}
		b.ReportMetric(float64(after.HeapAlloc-before.HeapAlloc)/float64(list.Len()), "resident-B/offer")
	})
}
