package search_test

import (
	"context"
	"math/rand/v2"
	"strings"
	"testing"
	"time"

	"github.com/google/go-cmp/cmp"
	"github.com/google/go-cmp/cmp/cmpopts"
	"github.com/shopspring/decimal"
	"pgregory.net/rapid"

	"storefront/internal/catalog"
	"storefront/internal/search"
)

// What small catalogues are made of. The pieces collide on purpose: look-alikes, numbers inside numbers, dashes, decimals.
var (
	someIDs        = []string{"A1", "A-1", "CE285A", "СЕ285А", "2C918150", "0609-001174", "023-28422-401", "285A", "A/1", "70001174", "AB-7-8-9"}
	someNumbers    = []string{"", "CE285A", "CE-285-A", "CF283A, CF283X", "0609 001174", "TN-2375", "сf283а"}
	someWords      = []string{"Картридж", "тонер", "Тонер-картридж", "HP", "НР", "LJ", "M125/M127", "M1005", "(Hi-Black)", "CE285A,", "1,5K", "1.5К", "15K", "чёрный", "черный", "(O)", "Phaser", "Рhaser", "№5", "12,345", "1010,101"}
	someNames      = []string{"", "HP", "НР", "Hi-Black", "Нi-Вlаck", "Xerox"}
	someCategories = []string{"", "A", "A1", "A2", "B", "B1", "NOWHERE"}
	someAmounts    = []string{"-1", "0", "0.01", "1.5", "1.50005", "12.34", "12.3400000001", "99999999999.99", "7"}
	someCounts     = []string{"0", "0", "1", "3", "-1", "0.5", "4000000000"}
	someTexts      = []string{"к", "карт", "hp", "нр", "ce285a", "СЕ285А", "285a", "85a", "1125", "m12", "1,5к", "15", "hi-bl", "hiblack", "0609-001174", "0609001174", "023 28422", "001174", "a1", "a-1", "ab 7 8 9", "черн", "!", "cf-283x", "phas", "xerox", "5", "028422", "0609 0011", "tn2375", "а", "117", "840", "023 28422 401", "345", "12,345", "1,5"}
	someLabels     = []string{"Товары TOP80", "Новинка. Снят с производства", "", "Поврежденная упаковка"}
)

// dice draws what is needed. It follows one number drawn by rapid, because rapid itself prefers small and empty values, of
// which most searches find nothing.
type dice struct{ *rand.Rand }

func newDice(t *rapid.T) dice { return dice{rand.New(rand.NewPCG(rapid.Uint64().Draw(t, "dice"), 0))} }

func (d dice) oneOf(from []string) string { return from[d.IntN(len(from))] }

func (d dice) someOf(from []string, most int) []string {
	var some []string
	for range d.IntN(most + 1) {
		some = append(some, d.oneOf(from))
	}
	return some
}

// rarely draws up to most values, mostly none.
func (d dice) rarely(from []string, most int) []string {
	if d.IntN(4) > 0 {
		return nil
	}
	return d.someOf(from, most)
}

func (d dice) amount() *decimal.Decimal {
	amount := decimal.RequireFromString(d.oneOf(someAmounts))
	return &amount
}

func (d dice) count() decimal.Decimal { return decimal.RequireFromString(d.oneOf(someCounts)) }

func (d dice) corpus(items int) search.Corpus {
	c := search.Corpus{Categories: []catalog.Category{
		{ID: "A", Name: "Картриджи"}, {ID: "A1", Parent: "A", Name: "Оригинальные"}, {ID: "A2", Parent: "A", Name: "Совместимые"},
		{ID: "B", Name: "Чипы"}, {ID: "B1", Parent: "B", Name: "Оригинальные"},
	}}
	for range items {
		c.Items = append(c.Items, catalog.Item{
			ID: catalog.ItemID(d.oneOf(someIDs)), OriginalNumber: d.oneOf(someNumbers), Barcode: d.oneOf([]string{"", "4600285"}),
			Name: strings.Join(d.someOf(someWords, 6), " "), Alias: d.oneOf(someWords),
			Brand: d.oneOf(someNames), Vendor: d.oneOf(someNames), ColorName: d.oneOf([]string{"", "чёрный", "Черный"}),
			Compatibility: strings.Join(d.someOf(someWords, 3), "; "), Description: d.oneOf(someLabels),
			Category: catalog.CategoryID(d.oneOf(someCategories)), RootGroup: d.oneOf([]string{"", "Чипы"}), Group: d.oneOf([]string{"", "Оригинальные"}),
		})
	}
	for range d.IntN(4) {
		c.Fits = append(c.Fits, catalog.Fit{ItemID: catalog.ItemID(d.oneOf(someIDs)), Brand: d.oneOf(someNames), Model: d.oneOf(someWords)})
	}
	return c
}

// chunks draws a price list in parts. No two are read at the same time: then it would be open which one counts.
func (d dice) chunks() []catalog.PriceChunk {
	var chunks []catalog.PriceChunk
	for _, minutes := range d.Perm(5)[:d.IntN(6)] {
		chunk := catalog.PriceChunk{Category: catalog.CategoryID(d.oneOf(someCategories)), ReadAt: readAt.Add(time.Duration(minutes) * time.Minute)}
		for range d.IntN(9) {
			offer := catalog.Offer{ItemID: catalog.ItemID(d.oneOf(someIDs)), Available: d.count(), MainOffice: d.count(), Transit: d.count()}
			if d.IntN(5) > 0 {
				offer.Price = d.amount()
			}
			chunk.Offers = append(chunk.Offers, offer)
		}
		chunks = append(chunks, chunk)
	}
	return chunks
}

func (d dice) query() search.Query {
	q := search.Query{
		Text:   strings.Join(d.someOf(someTexts, 3), " "),
		Brands: d.rarely(someNames[1:], 2), Vendors: d.rarely(someNames[1:], 1), Colors: d.rarely([]string{"чёрный", "зелёный"}, 1),
		Labels: d.rarely([]string{"top80", "new", "original", "damaged", "nonsense"}, 2), Availability: d.rarely([]string{"branch", "main", "transit", "request"}, 2),
		Sort: d.oneOf([]string{search.SortRelevance, search.SortName, search.SortArticle, search.SortPrice, search.SortPriceDown, search.SortStock}),
		Page: d.IntN(5) - 1, PerPage: 1 + d.IntN(8), Fits: d.IntN(2) == 0,
	}
	if d.IntN(3) == 0 {
		q.Category = catalog.CategoryID(d.oneOf(append([]string{"-"}, someCategories...)))
	}
	if d.IntN(6) == 0 {
		q.PriceFrom = d.amount()
	}
	if d.IntN(6) == 0 {
		q.PriceTo = d.amount()
	}
	return q
}

// viewOf makes a view of a catalogue and a price list.
func viewOf(t interface{ Fatal(...any) }, corpus search.Corpus, prices *search.PriceList) *search.View {
	engine := search.NewEngine(search.Options{})
	engine.Publish(search.Build(corpus))
	engine.Replace("buyer", prices)
	view, err := engine.View(context.Background(), "buyer")
	if err != nil {
		t.Fatal(err)
	}
	return view
}

func foldFacets(facets []search.Facet) map[string]map[string]int {
	folded := make(map[string]map[string]int)
	for _, facet := range facets {
		folded[facet.Name] = make(map[string]int)
		for _, value := range facet.Values {
			folded[facet.Name][catalog.Fold(value.Value)] = value.Count
		}
	}
	return folded
}

// The index answers every query as going through everything would: items, order, pages, counts.
func TestSearchAgreesWithTheReference(t *testing.T) {
	rapid.Check(t, func(t *rapid.T) {
		d := newDice(t)
		r := reference{corpus: d.corpus(rapid.IntRange(0, 12).Draw(t, "items")), chunks: d.chunks(), whole: d.IntN(2) == 0}
		view := viewOf(t, r.corpus, search.NewPriceList(r.chunks, r.whole))
		for range 60 {
			q := d.query()
			want, wantFacets := r.search(q)
			got := view.Search(q)
			gotFacets := foldFacets(got.Facets)
			got.Facets, got.Understood = nil, ""
			if diff := cmp.Diff(want, got, cmpopts.EquateEmpty()); diff != "" {
				t.Fatalf("%+v of %+v (-want +got):\n%s", q, r, diff)
			}
			if diff := cmp.Diff(wantFacets, gotFacets); diff != "" {
				t.Fatalf("facets of %+v of %+v (-want +got):\n%s", q, r, diff)
			}
		}
	})
}

// The pages of a result, one after the other, are the whole of it, each item once.
func TestPagesMakeUpTheWhole(t *testing.T) {
	corpus := generate(700)
	view := viewOf(t, corpus, pricesFor(corpus, 1))
	for _, sort := range []string{search.SortRelevance, search.SortName, search.SortArticle, search.SortPrice, search.SortPriceDown, search.SortStock} {
		whole := view.Search(search.Query{Text: "к", Sort: sort, PerPage: 10_000})
		var pages []catalog.ItemID
		for page := 1; page <= (whole.Total+8)/9; page++ {
			pages = append(pages, view.Search(search.Query{Text: "к", Sort: sort, PerPage: 9, Page: page}).IDs...)
		}
		if diff := cmp.Diff(whole.IDs, pages); diff != "" || whole.Total < 100 {
			t.Errorf("%s, %d items (-whole +pages):\n%s", sort, whole.Total, diff)
		}
	}
}
