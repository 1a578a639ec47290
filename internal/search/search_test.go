package search_test

import (
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
		{"a word of the name in any case; in stock first, then by name", "КАРТРИДЖ", ids("209082016", "A21101", "A21102", "CF283")},
		{"ё typed as е", "термопленка", ids("2C918150")},
		{"е typed as ё", "вал магнитный brothёr", ids("023-28422-401")},
		{"a word that mixes the alphabets", "Phaser", ids("2C918150")},
		{"one model of a list", "m127", ids("209082016")},
		{"a shortened model of a list", "hl-5200dw", ids("023-28422-401")},
		{"a brand with its dash", "hi-black m125", ids("209082016")},
		{"a brand without its dash", "hiblack", ids("CF283", "209082016")},
		{"a yield, comma or point, either K", "картридж 1.6к", ids("A21101", "A21102")},
		{"a yield is not the sum of its figures", "16k", nil},
		{"words that only begin", "карт нет", ids("A21102")},
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
