package views_test

import (
	"net/url"
	"strings"
	"testing"

	"github.com/google/go-cmp/cmp"
	"github.com/shopspring/decimal"
	"pgregory.net/rapid"

	"storefront/internal/catalog"
	"storefront/internal/search"
	"storefront/views"
)

func TestListURLIsCanonical(t *testing.T) {
	for want, q := range map[string]search.Query{
		"/catalog":                       {},
		"/catalog/CARTLAS":               {Category: "CARTLAS", Page: 1, Sort: search.SortName},
		"/catalog/CARTLAS?page=3":        {Category: "CARTLAS", Page: 3},
		"/catalog?sort=-price":           {Sort: search.SortPriceDown},
		"/search?q=CF283A":               {Text: "CF283A", Sort: search.SortRelevance},
		"/search?q=CF283A&sort=name":     {Text: "CF283A", Sort: search.SortName},
		"/search?category=CHIP&q=a+%26b": {Text: "a &b", Category: "CHIP"},
		"/catalog/A%2FB?availability=branch&brand=Hi-Black&brand=O&color=c&from=5&label=new&to=80.5&vendor=HP": {
			Category: "A/B", Brands: []string{"Hi-Black", "O"}, Vendors: []string{"HP"}, Colors: []string{"c"}, Labels: []string{"new"},
			Availability: []string{"branch"}, PriceFrom: known("5"), PriceTo: known("80.5"),
		},
	} {
		if got := views.ListURL(q); got != want {
			t.Errorf("ListURL = %s\nwant      %s", got, want)
		}
	}
}

// An address written by hand gives a list, whatever is in it.
func TestParseListLeavesOutWhatItCannotRead(t *testing.T) {
	for address, want := range map[string]search.Query{
		"":                                   {Sort: search.SortName, Page: 1},
		"q=+CF283A+":                         {Text: "CF283A", Sort: search.SortRelevance, Page: 1},
		"page=0&sort=; drop":                 {Sort: search.SortName, Page: 1},
		"page=-7&from=abc&to=":               {Sort: search.SortName, Page: 1},
		"page=99999999":                      {Sort: search.SortName, Page: 10_000},
		"from=1+234,5&to=-3":                 {Sort: search.SortName, Page: 1, PriceFrom: known("1234.5")},
		"from=1e9&to=NaN":                    {Sort: search.SortName, Page: 1},
		"brand=O&brand=&brand=O&brand=HP":    {Brands: []string{"O", "HP"}, Sort: search.SortName, Page: 1},
		"q=" + strings.Repeat("%D1%8F", 500): {Text: strings.Repeat("я", 200), Sort: search.SortRelevance, Page: 1},
	} {
		values, _ := url.ParseQuery(strings.ReplaceAll(address, ";", "%3B"))
		want.PerPage = views.PerPage
		if diff := cmp.Diff(want, views.ParseList("", values), compareDecimals); diff != "" {
			t.Errorf("%q (-want +got):\n%s", address, diff)
		}
	}
}

var compareDecimals = cmp.Comparer(func(a, b decimal.Decimal) bool { return a.Equal(b) })

// What ListURL writes ParseList reads.
func TestListURLReadsBack(t *testing.T) {
	rapid.Check(t, func(t *rapid.T) {
		values := rapid.SliceOfNDistinct(rapid.StringN(1, 10, -1), 0, 4, func(s string) string { return s })
		optional := func(s []string) []string {
			if len(s) == 0 {
				return nil
			}
			return s
		}
		bound := func(name string) *decimal.Decimal {
			cents := rapid.Int64Range(-1, 1_000_000).Draw(t, name)
			if cents < 0 {
				return nil
			}
			d := decimal.New(cents, -2)
			return &d
		}
		q := search.Query{
			Text: strings.TrimSpace(rapid.StringN(0, 20, -1).Draw(t, "text")), Category: catalog.CategoryID(rapid.String().Draw(t, "category")),
			Brands: optional(values.Draw(t, "brands")), Colors: optional(values.Draw(t, "colors")), Labels: optional(values.Draw(t, "labels")),
			PriceFrom: bound("from"), PriceTo: bound("to"), Page: rapid.IntRange(1, 500).Draw(t, "page"), PerPage: views.PerPage,
			Sort: rapid.SampledFrom([]string{search.SortName, search.SortArticle, search.SortPrice, search.SortPriceDown, search.SortStock}).Draw(t, "sort"),
		}
		u, err := url.Parse("http://here" + views.ListURL(q))
		if err != nil {
			t.Fatal(err)
		}
		category := catalog.CategoryID(strings.TrimPrefix(strings.TrimPrefix(u.Path, "/catalog"), "/"))
		if q.Text != "" {
			category = ""
		}
		if diff := cmp.Diff(q, views.ParseList(category, u.Query()), compareDecimals); diff != "" {
			t.Fatalf("%s (-want +got):\n%s", u, diff)
		}
	})
}
