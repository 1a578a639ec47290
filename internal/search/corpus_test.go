package search_test

import (
	"fmt"
	"math/rand/v2"
	"strings"
	"time"

	"github.com/shopspring/decimal"

	"storefront/internal/catalog"
	"storefront/internal/search"
)

var readAt = time.Date(2026, 11, 2, 10, 32, 0, 0, time.UTC)

// makes are printer makes with the beginnings of their OEM numbers and the series of their printers.
var makes = []struct{ vendor, oem, series string }{
	{"HP", "CF2", "LJ Pro M"}, {"HP", "CE2", "CLJ CP"}, {"Canon", "0609B", "i-SENSYS LBP"}, {"Kyocera-Mita", "TK-1", "ECOSYS P"},
	{"Brother", "TN-2", "HL-L"}, {"Samsung", "MLT-D1", "SCX-4"}, {"Xerox", "106R01", "Phaser 3"}, {"Ricoh", "SP2", "Aficio SP "},
}

var (
	kinds  = []string{"Картридж", "Тонер-картридж", "Барабан", "Чип", "Ролик захвата", "Термоплёнка", "Чернила", "Тонер"}
	brands = []string{"Hi-Black", "Нi-Black", "NetProduct", "InkTec", "O", "China", "Lomond", "Content"}
	colors = []string{"", "Чёрный", "Черный", "Голубой", "Пурпурный", "Жёлтый"}
	notes  = []string{"", "", "", "Товары TOP80", "Новинка", "Поврежденная упаковка", "Товары под заказ", "Снят с производства"}
)

// generate makes a catalogue of n items like the distributor's, the same for the same n.
func generate(n int) search.Corpus {
	r := rand.New(rand.NewPCG(1, uint64(n)))
	pick := func(from []string) string { return from[r.IntN(len(from))] }
	var c search.Corpus
	for root := range 10 {
		rootID := catalog.CategoryID(fmt.Sprintf("ROOT%d", root))
		c.Categories = append(c.Categories, catalog.Category{ID: rootID, Name: fmt.Sprint("Раздел ", root)})
		for child := range 8 {
			c.Categories = append(c.Categories, catalog.Category{ID: catalog.CategoryID(fmt.Sprintf("%s_%d", rootID, child)), Parent: rootID, Name: fmt.Sprint("Группа ", child)})
		}
	}
	for i := range n {
		make := makes[r.IntN(len(makes))]
		oem := fmt.Sprintf("%s%02d%c", make.oem, i%97, "AXK"[r.IntN(3)])
		models := make.series + fmt.Sprint(1000+i%400)
		for range r.IntN(4) {
			models += fmt.Sprintf("/%d", 1000+r.IntN(400))
		}
		kind, brand := pick(kinds), pick(brands)
		item := catalog.Item{
			ID:    catalog.ItemID(fmt.Sprintf("2%08d", i*7919%100_000_000)),
			Name:  fmt.Sprintf("%s %s %s (%s) %s, %d,%dK", kind, make.vendor, models, brand, oem, 1+r.IntN(20), r.IntN(9)),
			Brand: brand, Vendor: make.vendor, Alias: oem, ColorName: pick(colors), Description: pick(notes),
			Barcode:       fmt.Sprintf("46%011d", i),
			Compatibility: strings.Repeat(fmt.Sprintf("%s %s%d; ", make.vendor, make.series, 1000+r.IntN(400)), r.IntN(6)),
			Category:      catalog.CategoryID(fmt.Sprintf("ROOT%d_%d", r.IntN(10)*r.IntN(10)/10, r.IntN(8))),
		}
		if r.IntN(5) > 0 {
			item.OriginalNumber = oem
		}
		c.Items = append(c.Items, item)
		for range r.IntN(3) {
			c.Fits = append(c.Fits, catalog.Fit{ItemID: item.ID, Brand: make.vendor, Category: "Принтеры", Model: make.series + fmt.Sprint(1000+r.IntN(400))})
		}
	}
	return c
}

// priceOf makes a buyer's list for a catalogue: 10 % of the items are on request, all are offered.
func pricesFor(c search.Corpus, level int64) *search.PriceList {
	r := rand.New(rand.NewPCG(2, uint64(level)))
	byCategory := make(map[catalog.CategoryID][]catalog.Offer)
	for _, item := range c.Items {
		price := decimal.New(r.Int64N(50_000)+level, -2)
		if r.IntN(10) == 0 {
			price = decimal.NewFromInt(-1)
		}
		local := price.Mul(decimal.NewFromInt(92))
		byCategory[item.Category] = append(byCategory[item.Category], catalog.Offer{
			ItemID: item.ID, Price: &price, PriceLocal: &local,
			Available: decimal.NewFromInt(max(0, r.Int64N(60)-30)), MainOffice: decimal.NewFromInt(max(0, r.Int64N(200)-50)), Transit: decimal.NewFromInt(max(0, r.Int64N(40)-30)),
		})
	}
	var chunks []catalog.PriceChunk
	for id, offers := range byCategory {
		chunks = append(chunks, catalog.PriceChunk{Category: id, Offers: offers, ReadAt: readAt})
	}
	return search.NewPriceList(chunks, true)
}
