package app_test

import (
	"encoding/json"
	"fmt"
	"os"
	"path/filepath"
	"testing"

	"github.com/shopspring/decimal"
)

// good is an item of the tests' own catalogue; fields are named as in ItemDto.
type good struct {
	Id, Name, NameAlias, OriginalNumber, Brand, Vendor, RootGroup, Group, Description, ColorName, ItemLifeTime, PhotoUrl string
	Price                                                                                                                decimal.Decimal
	AvailableQuantity, MainOfficeQuantity, TransitQuantity, NumberInPackage                                              int
	Weight                                                                                                               decimal.Decimal
}

// The groups of the tests' catalogue. The first is longer than a page.
const (
	consumables = "Расходные материалы"
	cartridges  = "Картриджи лазерные"
	toners      = "Тонеры"
	parts       = "Запчасти"
	drums       = "Фотобарабаны"
)

// lookAlike is an item whose name spells CE285A with a Cyrillic С; scarce has less stock than one may order; onRequest has no
// price.
const (
	lookAlike = "T-CE285A"
	scarce    = "T-0010"
	plain     = "T-0013"
	onRequest = "T-0012"
)

// goods is the tests' catalogue: prices of the first buyer lie between 1000 and 1060, so that nobody else's are among them.
func goods() []good {
	groups := [][2]string{{consumables, cartridges}, {consumables, cartridges}, {consumables, toners}, {parts, drums}}
	all := make([]good, 120)
	for i := range all {
		group := groups[i%len(groups)]
		all[i] = good{
			Id: fmt.Sprintf("T-%04d", i), Name: fmt.Sprintf("%s HP LaserJet %d (Hi-Black) Q%04dX, %dK", group[1], 4000+i, 2000+i, 1+i%9),
			NameAlias: fmt.Sprintf("Q%04dX", 2000+i), OriginalNumber: fmt.Sprintf("Q%04dX", 2000+i),
			Brand: []string{"Hi-Black", "NetProduct", "O"}[i%3], Vendor: []string{"HP", "Canon"}[i%2],
			RootGroup: group[0], Group: group[1], Description: "Товары TOP80", ColorName: "Чёрный", ItemLifeTime: fmt.Sprintf("%dK", 1+i%9),
			Price:             decimal.New(100011+50*int64(i), -2),
			AvailableQuantity: 40 + i, MainOfficeQuantity: 200, TransitQuantity: i % 3, NumberInPackage: 10, Weight: decimal.New(75, -2),
		}
	}
	all[0].Id, all[0].OriginalNumber, all[0].NameAlias = lookAlike, "CE285A", "CE285A"
	all[0].Name = "Картридж HP LJ P1102 (Hi-Black) СE285A, 1,6К"
	all[10].AvailableQuantity, all[10].MainOfficeQuantity = 2, 0
	all[13].PhotoUrl = "/photos/" + plain + ".png"
	all[12].Price = decimal.NewFromInt(-1)
	return all
}

// stocked writes a catalogue file and returns the setting that makes the demo serve it.
func stocked(t *testing.T, all []good) string {
	t.Helper()
	path := filepath.Join(t.TempDir(), "goods.jsonl")
	file, err := os.Create(path)
	if err != nil {
		t.Fatal(err)
	}
	defer file.Close()
	lines := json.NewEncoder(file)
	lines.SetEscapeHTML(false)
	for _, g := range all {
		if err := lines.Encode(g); err != nil {
			t.Fatal(err)
		}
	}
	return "PORTAL_CATALOG=" + path
}

// priceOf is what the first buyer pays for an item.
func priceOf(t *testing.T, id string) decimal.Decimal {
	t.Helper()
	for _, g := range goods() {
		if g.Id == id {
			return g.Price
		}
	}
	t.Fatalf("no item %s", id)
	return decimal.Decimal{}
}
