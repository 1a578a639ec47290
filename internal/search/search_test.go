package search_test

import (
	"strings"
	"testing"
	"time"

	"github.com/google/go-cmp/cmp"
	"github.com/google/go-cmp/cmp/cmpopts"
	"github.com/shopspring/decimal"

	"storefront/internal/catalog"
	"storefront/internal/search"
)

// A shelf of items as the distributor writes them.
var goods = search.Corpus{
	Categories: []catalog.Category{
		{ID: "CARTLAS", Name: "Картриджи лазерные"}, {ID: "CARTLAS_ORIG", Parent: "CARTLAS", Name: "Оригинальные"}, {ID: "CARTLAS_CMPT", Parent: "CARTLAS", Name: "Совместимые"},
		{ID: "PARTS", Name: "Запчасти"}, {ID: "EMPTY", Name: "Пустая"},
	},
	Items: []catalog.Item{
		{ID: "209082016", Name: "Картридж HP LJ Pro M125/M127/M201 (Hi-Black) CF283A, 1,5K", OriginalNumber: "CF283A", Brand: "Hi-Black", Vendor: "HP", Category: "CARTLAS_CMPT", Description: "Товары TOP80", ColorName: "Чёрный"},
		{ID: "A21101", Name: "Картридж HP LJ P1102/M1132 (O) СЕ285А, 1,6К", OriginalNumber: "CE285A", Brand: "HP", Vendor: "HP", Category: "CARTLAS_ORIG", ColorName: "Черный"},
		{ID: "A21102", Name: "Картридж HP LJ P1102 (NetProduct) CE285A, 1,6K", OriginalNumber: "CE-285-A", Brand: "NetProduct", Vendor: "HP", Category: "CARTLAS_CMPT", ColorName: "чёрный", Description: "Снят с производства"},
		{ID: "0609-001174", Name: "Ролик захвата Samsung ML-1210", Brand: "China", Vendor: "Samsung", Category: "PARTS", Alias: "JC72-00124A"},
		{ID: "023-28422-401", Name: "Вал магнитный Brother HL-L5000D/5100DN/5200DW", Brand: "China", Vendor: "Brother", Category: "PARTS", Barcode: "4600000000017"},
		{ID: "2C918150", Name: "Термоплёнка Рhaser 3020 (Content)", Brand: "Content", Vendor: "Xerox", GroupID: "UNKNOWN", Compatibility: "Xerox Phaser 3020, WC 3025; с чипом. Поврежденная упаковка"},
		{ID: "CF283", Name: "Чип к картриджу Kyocera TK-1170 (Нi-Black), 7,2K", Brand: "Нi-Black", Vendor: "Kyocera-Mita", Category: "PARTS"},
	},
	Fits: []catalog.Fit{
		{ItemID: "CF283", Brand: "Kyocera", Category: "МФУ", Model: "ECOSYS M2040dn"},
		{ItemID: "unknown", Brand: "Kyocera", Model: "ECOSYS M2040dn"},
	},
}

func usd(s string) *decimal.Decimal {
	d := decimal.RequireFromString(s)
	return &d
}

func units(n int64) decimal.Decimal { return decimal.NewFromInt(n) }

// prices of one buyer; everything is offered.
var prices = search.NewPriceList([]catalog.PriceChunk{
	{Category: "CARTLAS_CMPT", ReadAt: readAt, Offers: []catalog.Offer{
		{ItemID: "209082016", Price: usd("4.50"), Available: units(12), MainOffice: units(300)},
		{ItemID: "A21102", Price: usd("3.99"), Transit: units(40)},
	}},
	{Category: "CARTLAS_ORIG", ReadAt: readAt.Add(time.Minute), Offers: []catalog.Offer{{ItemID: "A21101", Price: usd("61.20"), MainOffice: units(5)}}},
	{Category: "PARTS", ReadAt: readAt.Add(2 * time.Minute), Offers: []catalog.Offer{
		{ItemID: "0609-001174", Price: usd("-1"), Available: units(2)},
		{ItemID: "023-28422-401", Price: usd("17"), Available: units(1)},
		{ItemID: "CF283", Price: usd("0.85"), Available: units(100)},
	}},
	{Category: "", ReadAt: readAt.Add(3 * time.Minute), Offers: []catalog.Offer{{ItemID: "2C918150"}}},
}, true)

func ids(list ...catalog.ItemID) []catalog.ItemID { return list }

func TestATextFinds(t *testing.T) {
	view := viewOf(t, goods, prices)
	for _, c := range []struct {
		what, text string
		want       []catalog.ItemID
	}{
		{"an article", "209082016", ids("209082016")},
		{"an article without its dashes", "0609001174", ids("0609-001174")},
		{"an article with other dashes", "02328-422401", ids("023-28422-401")},
		{"an article with spaces", "023 28422 401", ids("023-28422-401")},
		{"the end of an article", "28422-401", ids("023-28422-401")},
		{"the middle of an article", "8422", ids("023-28422-401")},
		{"less than four characters only from the beginning", "422", nil},
		{"the article before the OEM number that begins so", "CF283", ids("CF283", "209082016")},
		{"an OEM number, in stock first", "CE285A", ids("A21101", "A21102")},
		{"an OEM number typed in Cyrillic", "СЕ285А", ids("A21101", "A21102")},
		{"an OEM number in small Cyrillic letters", "се285а", ids("A21101", "A21102")},
		{"an OEM number with dashes where it has none", "CE-28-5A", ids("A21101", "A21102")},
		{"what dealers call it", "285a", ids("A21101", "A21102")},
		{"an alias", "jc72-00124", ids("0609-001174")},
		{"a barcode", "4600000000017", ids("023-28422-401")},
		{"a word of the name in any case; in stock first, then by name", "КАРТРИДЖ", ids("A21101", "209082016", "A21102", "CF283")},
		{"ё typed as е", "термопленка", ids("2C918150")},
		{"е typed as ё", "вал магнитный brothёr", ids("023-28422-401")},
		{"a word that mixes the alphabets", "Phaser", ids("2C918150")},
		{"one model of a list", "m127", ids("209082016")},
		{"a shortened model of a list", "hl-5200dw", ids("023-28422-401")},
		{"a brand with its dash", "hi-black m125", ids("209082016")},
		{"a brand without its dash", "hiblack", ids("209082016", "CF283")},
		{"a yield, comma or point, either K", "картридж 1.6к", ids("A21101", "A21102")},
		{"a yield is not the sum of its figures", "16k", nil},
		{"words that only begin", "карт netp", ids("A21102")},
		{"compatibility text", "wc 3025", ids("2C918150")},
		{"the same word twice", "m127 m127", ids("209082016")},
		{"nothing for nonsense", "йцукен", nil},
		{"nothing where one word is missing", "картридж m127 xerox", nil},
		{"nothing for punctuation", "«…»", nil},
	} {
		if diff := cmp.Diff(c.want, view.Search(search.Query{Text: c.text}).IDs, cmpopts.EquateEmpty()); diff != "" {
			t.Errorf("%s: %q (-want +got):\n%s", c.what, c.text, diff)
		}
	}
}

// Where a word is found decides first: whole article, its beginning, whole OEM number, its beginning, word of the name, its
// beginning, the rest.
func TestRanking(t *testing.T) {
	corpus := search.Corpus{Items: []catalog.Item{
		{ID: "X8", Name: "Товар", Compatibility: "CE285"},
		{ID: "X7", Name: "Товар", Barcode: "CE2850"},
		{ID: "X6", Name: "Товар ZCE285"},
		{ID: "X5", Name: "Товар CE285A"},
		{ID: "X4", Name: "Товар CE285"},
		{ID: "X3", Name: "Товар", OriginalNumber: "CE285A"},
		{ID: "X2", Name: "Товар", OriginalNumber: "CE-285"},
		{ID: "CE285A", Name: "Товар"},
		{ID: "CE-285", Name: "Товар"},
	}}
	got := viewOf(t, corpus, nil).Search(search.Query{Text: "ce285"}).IDs
	if diff := cmp.Diff(ids("CE-285", "CE285A", "X2", "X3", "X4", "X5", "X7", "X6", "X8"), got); diff != "" {
		t.Errorf("(-want +got):\n%s", diff)
	}
}

// Equally relevant items: in stock before not, sellable before on request, then by name.
func TestRankingOfEquals(t *testing.T) {
	var corpus search.Corpus
	chunk := catalog.PriceChunk{ReadAt: readAt}
	for _, item := range []struct {
		id, name     string
		price        string
		branch, main int64
	}{
		{"1", "Чип Б", "-1", 0, 0},
		{"2", "Чип А", "5", 0, 0},
		{"3", "Чип Я", "5", 0, 7},
		{"4", "Чип ё", "5", 1, 0},
		{"5", "Чип Ж", "5", 3, 0},
		{"6", "Чип А", "-1", 9, 9},
	} {
		corpus.Items = append(corpus.Items, catalog.Item{ID: catalog.ItemID(item.id), Name: item.name})
		chunk.Offers = append(chunk.Offers, catalog.Offer{ItemID: catalog.ItemID(item.id), Price: usd(item.price), Available: units(item.branch), MainOffice: units(item.main), Transit: units(1)})
	}
	view := viewOf(t, corpus, search.NewPriceList([]catalog.PriceChunk{chunk}, true))
	if diff := cmp.Diff(ids("4", "5", "3", "6", "2", "1"), view.Search(search.Query{Text: "чип"}).IDs); diff != "" {
		t.Errorf("(-want +got):\n%s", diff)
	}
}

func TestSorts(t *testing.T) {
	view := viewOf(t, goods, prices)
	for sort, want := range map[string][]catalog.ItemID{
		search.SortArticle:   ids("023-28422-401", "0609-001174", "209082016", "2C918150", "A21101", "A21102", "CF283"),
		search.SortName:      ids("023-28422-401", "A21102", "A21101", "209082016", "0609-001174", "2C918150", "CF283"),
		search.SortPrice:     ids("CF283", "A21102", "209082016", "023-28422-401", "A21101", "0609-001174", "2C918150"),
		search.SortPriceDown: ids("A21101", "023-28422-401", "209082016", "A21102", "CF283", "0609-001174", "2C918150"),
		search.SortStock:     ids("CF283", "209082016", "0609-001174", "023-28422-401", "A21101", "A21102", "2C918150"),
	} {
		if diff := cmp.Diff(want, view.Search(search.Query{Sort: sort}).IDs); diff != "" {
			t.Errorf("%s (-want +got):\n%s", sort, diff)
		}
	}
	for _, c := range []struct{ text, sort, want string }{
		{"", "", search.SortName}, {"чип", "", search.SortRelevance}, {" ", "nonsense", search.SortName}, {"чип", search.SortPrice, search.SortPrice},
	} {
		if got := view.Search(search.Query{Text: c.text, Sort: c.sort}).Sort; got != c.want {
			t.Errorf("text %q, sort %q: in the order %q, want %q", c.text, c.sort, got, c.want)
		}
	}
}

func TestUnderstood(t *testing.T) {
	view := viewOf(t, goods, prices)
	for _, c := range []struct{ what, text, want string }{
		{"as typed", "CE285A", ""},
		{"case is nothing to speak of", "ce285a картридж", ""},
		{"Cyrillic look-alikes", "СЕ285А", "CE285A"},
		{"one Cyrillic letter among words", "картридж се285a чёрный", "картридж CE285A чёрный"},
		{"a word that mixes the alphabets", "Рhaser", "Phaser"},
		{"Russian words stay, though they have look-alikes only", "тонер мотор", ""},
		{"Russian letters that have no look-alike stay", "СЕ285Ф", ""},
		{"words read as one number", "a 211 01", "A21101"},
		{"words read as one number among others", "картридж a 211 01", "картридж A21101"},
		{"punctuation read over", "CE-28-5A", "CE285A"},
		{"an article as it is written", "023-28422-401", ""},
		{"nothing found", "НР 99999Х", "НР 99999X"},
		{"no text", "", ""},
	} {
		if got := view.Search(search.Query{Text: c.text}).Understood; got != c.want {
			t.Errorf("%s: %q is understood as %q, want %q", c.what, c.text, got, c.want)
		}
	}
}

func TestExactIsOneArticleAndNothingElse(t *testing.T) {
	view := viewOf(t, goods, prices)
	for _, c := range []struct {
		what, text string
		want       catalog.ItemID
	}{
		{"an article", "209082016", "209082016"},
		{"in other letters, without dashes", " а21101 ", "A21101"},
		{"without its dashes", "0609001174", "0609-001174"},
		{"with spaces", "0609 001174", "0609-001174"},
		{"beginning of an article", "0609", ""},
		{"an article that is also the beginning of an OEM number", "CF283", ""},
		{"an OEM number of one item", "CF283A", ""},
		{"a word more", "209082016 картридж", ""},
		{"no text", "", ""},
	} {
		if got := view.Search(search.Query{Text: c.text}).Exact; got != c.want {
			t.Errorf("%s: %q opens %q, want %q", c.what, c.text, got, c.want)
		}
	}
	if got := view.Search(search.Query{Text: "209082016", Category: "PARTS", Brands: []string{"China"}}); got.Exact != "209082016" || got.Total != 0 {
		t.Errorf("filters have no part in it: %q, total %d", got.Exact, got.Total)
	}
}

func TestCompatibilityRowsAreForThoseWithTheRight(t *testing.T) {
	view := viewOf(t, goods, prices)
	for _, text := range []string{"ecosys m2040", "чип ecosys"} {
		if got := view.Search(search.Query{Text: text}); got.Total != 0 {
			t.Errorf("%q without the right finds %v", text, got.IDs)
		}
		if diff := cmp.Diff(ids("CF283"), view.Search(search.Query{Text: text, Fits: true}).IDs); diff != "" {
			t.Errorf("%q with the right (-want +got):\n%s", text, diff)
		}
	}
	if got := view.Suggest("ecosys", 5, false); len(got) != 0 {
		t.Errorf("suggested without the right: %v", got)
	}
	if diff := cmp.Diff(ids("CF283"), view.Suggest("ecosys", 5, true)); diff != "" {
		t.Errorf("suggested with the right (-want +got):\n%s", diff)
	}
}

func TestCategories(t *testing.T) {
	view := viewOf(t, goods, prices)
	want := []search.Branch{
		{Category: catalog.Category{ID: "CARTLAS", Name: "Картриджи лазерные"}, Count: 3, Children: []search.Branch{
			{Category: catalog.Category{ID: "CARTLAS_ORIG", Parent: "CARTLAS", Name: "Оригинальные"}, Count: 1},
			{Category: catalog.Category{ID: "CARTLAS_CMPT", Parent: "CARTLAS", Name: "Совместимые"}, Count: 2},
		}},
		{Category: catalog.Category{ID: "PARTS", Name: "Запчасти"}, Count: 3},
		{Category: catalog.Category{ID: catalog.Uncategorised}, Count: 1},
	}
	if diff := cmp.Diff(want, view.Tree()); diff != "" {
		t.Errorf("tree (-want +got):\n%s", diff)
	}
	for id, want := range map[catalog.CategoryID]int{"": 7, "CARTLAS": 3, "CARTLAS_ORIG": 1, "PARTS": 3, "EMPTY": 0, catalog.Uncategorised: 1, "NOWHERE": 0} {
		if got := view.Search(search.Query{Category: id}).Total; got != want {
			t.Errorf("category %q has %d items, want %d", id, got, want)
		}
		if got := view.Search(search.Query{Category: id, Text: "к"}).Total; id == "PARTS" && got != 1 {
			t.Errorf("category %q has %d items for «к», want 1", id, got)
		}
	}
}

func facet(r search.Result, name string) []search.FacetValue {
	for _, f := range r.Facets {
		if f.Name == name {
			return f.Values
		}
	}
	return nil
}

func TestFacets(t *testing.T) {
	view := viewOf(t, goods, prices)
	type values = []search.FacetValue
	for _, c := range []struct {
		what  string
		query search.Query
		facet string
		want  values
	}{
		{"look-alikes are one brand, spelled as most items do or as comes first", search.Query{}, search.FacetBrand,
			values{{"China", 2, false}, {"Hi-Black", 2, false}, {"Content", 1, false}, {"HP", 1, false}, {"NetProduct", 1, false}}},
		{"ё, е and case are one colour", search.Query{}, search.FacetColor, values{{"Черный", 3, false}}},
		{"labels", search.Query{}, search.FacetLabel,
			values{{"damaged", 1, false}, {"discontinued", 1, false}, {"original", 1, false}, {"top80", 1, false}}},
		{"availability", search.Query{}, search.FacetAvailability, values{{"branch", 4, false}, {"main", 2, false}, {"request", 2, false}, {"transit", 1, false}}},
		{"a choice does not narrow its own facet", search.Query{Brands: []string{"нi-black"}}, search.FacetBrand,
			values{{"China", 2, false}, {"Hi-Black", 2, true}, {"Content", 1, false}, {"HP", 1, false}, {"NetProduct", 1, false}}},
		{"but the others", search.Query{Brands: []string{"Hi-Black"}}, search.FacetVendor, values{{"HP", 1, false}, {"Kyocera-Mita", 1, false}}},
		{"two choices of one facet add up", search.Query{Brands: []string{"Hi-Black", "HP"}}, search.FacetVendor, values{{"HP", 2, false}, {"Kyocera-Mita", 1, false}}},
		{"what is selected stays", search.Query{Text: "ролик", Brands: []string{"Content"}, Colors: []string{"Маджента"}}, search.FacetBrand,
			values{{"Content", 0, true}}},
		{"even if nothing has it", search.Query{Colors: []string{"Маджента", " ", "Маджента"}}, search.FacetColor, values{{"Черный", 3, false}, {"Маджента", 0, true}}},
		{"prices narrow all", search.Query{PriceFrom: usd("4.5"), PriceTo: usd("17.00")}, search.FacetBrand, values{{"China", 1, false}, {"Hi-Black", 1, false}}},
		{"text narrows all", search.Query{Text: "p1102"}, search.FacetLabel, values{{"discontinued", 1, false}, {"original", 1, false}}},
	} {
		if diff := cmp.Diff(c.want, facet(view.Search(c.query), c.facet)); diff != "" {
			t.Errorf("%s (-want +got):\n%s", c.what, diff)
		}
	}
}

// A pasted page costs no more than a long question, and what can't be read finds nothing, rather than everything.
func TestOnlyTheBeginningOfALongTextIsRead(t *testing.T) {
	view := viewOf(t, goods, prices)
	for _, c := range []struct {
		what, text string
		want       int
	}{
		{"a megabyte behind the words", "ролик захвата " + strings.Repeat(" ", 1<<20) + "нет", 1},
		{"a megabyte of one word", strings.Repeat("к", 1<<20), 0},
		{"a megabyte of spaces before the word", strings.Repeat(" ", 1<<20) + "ролик", 1},
		{"more words than are read", strings.Repeat("ролик ", 12) + "нетничего", 1},
		{"bytes that are no text", strings.Repeat("\x80", 1<<10), 0},
	} {
		if got := view.Search(search.Query{Text: c.text}); got.Total != c.want {
			t.Errorf("%s: %d items, want %d", c.what, got.Total, c.want)
		}
	}
}

func TestPagesAreWithinTheResult(t *testing.T) {
	view := viewOf(t, goods, prices)
	for _, c := range []struct{ page, perPage, wantPage, wantPages, wantItems int }{
		{0, 0, 1, 1, 7}, {-5, 3, 1, 3, 3}, {1, 3, 1, 3, 3}, {3, 3, 3, 3, 1}, {4, 3, 3, 3, 1}, {1 << 60, 7, 1, 1, 7}, {2, 1 << 60, 1, 1, 7},
	} {
		got := view.Search(search.Query{Page: c.page, PerPage: c.perPage})
		if got.Page != c.wantPage || got.Pages != c.wantPages || len(got.IDs) != c.wantItems || got.Total != 7 {
			t.Errorf("page %d by %d: page %d of %d, %d items of %d; want %d of %d, %d of 7", c.page, c.perPage, got.Page, got.Pages, len(got.IDs), got.Total, c.wantPage, c.wantPages, c.wantItems)
		}
	}
	if got := view.Search(search.Query{Text: "нетничего"}); got.Page != 1 || got.Pages != 1 || got.Total != 0 {
		t.Errorf("an empty result is page %d of %d", got.Page, got.Pages)
	}
}

// While a price list loads, everything can be browsed; prices that are not there are unknown, not "on request".
func TestAListThatIsStillLoading(t *testing.T) {
	partial := search.NewPriceList([]catalog.PriceChunk{{Category: "PARTS", ReadAt: readAt, Offers: []catalog.Offer{{ItemID: "CF283", Price: usd("0.85"), Available: units(1)}}}}, false)
	for name, list := range map[string]*search.PriceList{"nothing yet": nil, "a part": partial} {
		view := viewOf(t, goods, list)
		got := view.Search(search.Query{Sort: search.SortPrice})
		if !view.Loading() || got.Total != len(goods.Items) || len(view.Tree()) != 3 {
			t.Errorf("%s: loading %t, %d items, %d branches", name, view.Loading(), got.Total, len(view.Tree()))
		}
		if list != nil && (got.IDs[0] != "CF283" || len(facet(got, search.FacetAvailability)) != 1) {
			t.Errorf("%s: first %s, availability %v", name, got.IDs[0], facet(got, search.FacetAvailability))
		}
		if priced := view.Search(search.Query{PriceFrom: usd("0")}).Total; priced != list.Len() {
			t.Errorf("%s: %d items with a price, want %d", name, priced, list.Len())
		}
	}
}

// A complete list shows nothing that is not offered.
func TestACompleteListHidesTheRest(t *testing.T) {
	list := search.NewPriceList([]catalog.PriceChunk{{Category: "PARTS", ReadAt: readAt, Offers: []catalog.Offer{{ItemID: "CF283", Price: usd("0.85")}, {ItemID: "of another index", Price: usd("9")}}}}, true)
	view := viewOf(t, goods, list)
	if got := view.Search(search.Query{}); view.Loading() || got.Total != 1 || len(facet(got, search.FacetVendor)) != 1 || len(view.Tree()) != 1 {
		t.Errorf("loading %t, %d items, vendors %v, tree %v", view.Loading(), got.Total, facet(got, search.FacetVendor), view.Tree())
	}
	if got := view.Search(search.Query{Text: "hp"}); got.Total != 0 {
		t.Errorf("a text finds %v, which is not offered", got.IDs)
	}
	if offer, _, ok := view.Offer("of another index"); !ok || offer.Price.String() != "9" {
		t.Errorf("an offer of an item that the catalogue has not: %v, %t", offer, ok)
	}
}

func TestAgeOfWhatIsShown(t *testing.T) {
	view := viewOf(t, goods, prices)
	for _, c := range []struct {
		items []catalog.ItemID
		want  time.Time
	}{
		{ids("CF283", "A21101"), readAt.Add(time.Minute)},
		{ids("CF283"), readAt.Add(2 * time.Minute)},
		{ids("CF283", "unknown"), readAt.Add(2 * time.Minute)},
		{nil, readAt}, // of the whole list
		{ids("unknown"), time.Time{}},
	} {
		if got := view.ReadAt(c.items...); !got.Equal(c.want) {
			t.Errorf("%v read at %s, want %s", c.items, got, c.want)
		}
	}
}
