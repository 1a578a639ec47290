package search_test

import (
	"slices"
	"strings"
	"testing"
	"unicode/utf8"

	"pgregory.net/rapid"

	"storefront/internal/catalog"
	"storefront/internal/search"
)

// disguise writes a text as someone may type it: other case, letters of the other alphabet that look the same.
func disguise(t *rapid.T, text string) string {
	const latin, cyrillic = "ABEKMHOPCTXaeopcyx", "АВЕКМНОРСТХаеорсух"
	alike := make(map[rune]rune)
	for i, r := range []rune(latin) {
		other := []rune(cyrillic)[i]
		alike[r], alike[other] = other, r
	}
	return strings.Map(func(r rune) rune {
		if other, has := alike[r]; has && rapid.Bool().Draw(t, "swap") {
			r = other
		}
		if rapid.Bool().Draw(t, "upper") {
			return []rune(strings.ToUpper(string(r)))[0]
		}
		return r
	}, text)
}

// Whatever an item is called, the beginnings of its words find it, and so does its article, however they are spelled.
func TestAnItemIsFoundByTheBeginningsOfItsWords(t *testing.T) {
	corpus := generate(300)
	view := viewOf(t, corpus, pricesFor(corpus, 1))
	rapid.Check(t, func(t *rapid.T) {
		item := rapid.SampledFrom(corpus.Items).Draw(t, "item")
		text := rapid.SampledFrom([]string{item.Name, item.Alias, string(item.ID), item.OriginalNumber, item.Compatibility, item.Vendor + " " + item.Brand, item.Barcode}).Draw(t, "text")
		typed := strings.Fields(text)
		if len(typed) == 0 {
			return
		}
		var query []string
		for _, word := range rapid.SliceOfN(rapid.SampledFrom(typed), 1, 4).Draw(t, "words") {
			end := rapid.IntRange(1, utf8.RuneCountInString(word)).Draw(t, "end")
			query = append(query, disguise(t, string([]rune(word)[:end])))
		}
		q := search.Query{Text: strings.Join(query, " "), PerPage: len(corpus.Items)}
		if catalog.Compact(q.Text) != "" && !slices.Contains(view.Search(q).IDs, item.ID) {
			t.Fatalf("%q does not find %s «%s» by %q", q.Text, item.ID, item.Name, text)
		}
	})
}

// The more is asked for, the fewer items there are; and a filter's count is what choosing it gives.
func TestFacetCountsTellWhatAChoiceGives(t *testing.T) {
	corpus := generate(500)
	view := viewOf(t, corpus, pricesFor(corpus, 1))
	choices := map[string]func(*search.Query) *[]string{
		search.FacetBrand:        func(q *search.Query) *[]string { return &q.Brands },
		search.FacetVendor:       func(q *search.Query) *[]string { return &q.Vendors },
		search.FacetColor:        func(q *search.Query) *[]string { return &q.Colors },
		search.FacetLabel:        func(q *search.Query) *[]string { return &q.Labels },
		search.FacetAvailability: func(q *search.Query) *[]string { return &q.Availability },
	}
	for _, text := range []string{"", "картридж", "hp m1", "тонер 5"} {
		q := search.Query{Text: text}
		whole := view.Search(q)
		for _, f := range whole.Facets {
			for _, value := range f.Values {
				chosen := q
				*choices[f.Name](&chosen) = []string{value.Value}
				if got := view.Search(chosen).Total; got != value.Count || got > whole.Total || got == 0 {
					t.Errorf("%q: %s %q is counted %d and gives %d of %d", text, f.Name, value.Value, value.Count, got, whole.Total)
				}
			}
		}
	}
}

func FuzzSearch(f *testing.F) {
	for _, seed := range []string{"", "CE285A", "СЕ285А", "картридж hp 1,5к", "0609-001174", `" OR 1=1 --`, "*", "NEAR(a b)", "\x00\xff", "а б в г д е 1 2 3 4 5 6 7 8 9", "-----", "1,5,5,5", strings.Repeat("Ж", 5000), strings.Repeat("\x80", 300), strings.Repeat(" ", 300) + "к", "ё\u0308\u0308", "ﷺ"} {
		f.Add(seed, "ROOT1", "Hi-Black", "branch", "price", 1, true)
	}
	corpus := generate(500)
	prices := pricesFor(search.Corpus{Items: corpus.Items[:250]}, 1)
	view := viewOf(f, corpus, prices)
	f.Fuzz(func(t *testing.T, text, category, brand, availability, sort string, page int, fits bool) {
		q := search.Query{Text: text, Category: catalog.CategoryID(category), Brands: []string{brand}, Availability: []string{availability}, Sort: sort, Page: page, Fits: fits}
		for _, q := range []search.Query{q, {Text: text, Page: page, Fits: fits}} {
			r := view.Search(q)
			if r.Page < 1 || r.Page > r.Pages || len(r.IDs) > search.DefaultPerPage || len(r.IDs) > r.Total || !utf8.ValidString(r.Understood) && utf8.ValidString(text) {
				t.Errorf("%+v: page %d of %d, %d of %d items, understood %q", q, r.Page, r.Pages, len(r.IDs), r.Total, r.Understood)
			}
			for _, id := range r.IDs {
				if _, _, his := prices.Offer(id); !his {
					t.Errorf("%+v finds %s, which is not in the buyer's list", q, id)
				}
			}
		}
	})
}
