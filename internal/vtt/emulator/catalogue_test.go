package emulator_test

import (
	"os"
	"path/filepath"
	"slices"
	"strings"
	"testing"

	"github.com/google/go-cmp/cmp"
	"github.com/shopspring/decimal"

	"storefront/internal/vtt/emulator"
	"storefront/internal/vtt/emulator/emulatortest"
)

func ids(items []node) []string {
	list := make([]string, len(items))
	for i, n := range items {
		list[i] = n.get("Id")
	}
	return list
}

// A window of items under both semantics; the row that stands at index i is written i.
func TestPortions(t *testing.T) {
	const size = 30
	documented, observed := emulator.PortionsDocumented, emulator.PortionsObserved
	for _, c := range []struct {
		portions        string
		from, to        string
		first, end      int // rows first..end-1
		total           string
		beyondEndFaults bool
		code            string
	}{
		{documented, "0", "9", 0, 10, "30", false, ""},
		{documented, "9", "19", 9, 20, "30", false, ""},
		{documented, "25", "99", 25, 30, "30", false, ""},
		{documented, "29", "29", 29, 30, "30", false, ""},
		{documented, "30", "39", 30, 30, "30", false, ""},
		{documented, "30", "39", 0, 0, "", true, "BUSINESS_LOGIC_ERROR"},
		{documented, "0", "0", 0, 1, "30", false, ""},
		{documented, "0", "2147483647", 0, 30, "30", false, ""},
		{observed, "0", "10", 0, 10, "9", false, ""},
		{observed, "10", "20", 9, 20, "19", false, ""},
		{observed, "20", "40", 19, 30, "29", false, ""},
		{observed, "40", "50", 30, 30, "29", false, ""},
		{observed, "0", "0", 0, 0, "0", false, ""},
	} {
		t.Run(c.portions+" "+c.from+".."+c.to, func(t *testing.T) {
			server := emulatortest.Start(t, func(o *emulator.Options) {
				o.Items, o.Portions, o.Answers.BeyondEndFaults = size, c.portions, c.beyondEndFaults
			})
			buyer := as(t, server, "buyer")
			all := ids(buyer.call("GetItems", "").result.list("ItemDto"))
			for operation, row := range map[string]string{"GetItemPortion": "ItemDto", "GetRuntimeItemsPortion": "ItemRuntimeDto"} {
				a := buyer.call(operation, param("from", c.from)+param("to", c.to))
				if a.code != c.code {
					t.Fatalf("%s: code %q, want %q", operation, a.code, c.code)
				}
				got := ids(a.result.child("Items").list(row))
				if !slices.Equal(got, all[c.first:c.end]) || a.result.get("TotalCount") != c.total {
					t.Errorf("%s: rows %v of %v, total %s, want %d..%d, %s", operation, got, all, a.result.get("TotalCount"), c.first, c.end-1, c.total)
				}
			}
		})
	}
}

func TestCategories(t *testing.T) {
	server := emulatortest.Start(t)
	buyer := as(t, server, "buyer")
	children := make(map[string][]string)
	for _, n := range buyer.call("GetCategories", "").result.list("CategoryDto") {
		if n.get("Name") == "" {
			t.Errorf("category %q has no name", n.get("Id"))
		}
		children[n.get("ParentId")] = append(children[n.get("ParentId")], n.get("Id"))
		if parent := n.child("ParentId"); parent.missing() != "" && parent.missing() != "nil" {
			t.Errorf("%s: parent is %s", n.get("Id"), parent.missing())
		}
	}
	total := 0
	for _, root := range children[""] {
		whole := ids(buyer.call("GetCategoryItems", param("categoryId", root)).result.list("ItemDto"))
		var parts []string
		for _, child := range children[root] {
			items := ids(buyer.call("GetCategoryItems", param("categoryId", child)).result.list("ItemDto"))
			runtime := ids(buyer.call("GetCategoryRuntimeItems", param("categoryId", child)).result.list("ItemRuntimeDto"))
			if diff := cmp.Diff(items, runtime); diff != "" {
				t.Errorf("%s: items and runtime items differ: %s", child, diff)
			}
			parts = append(parts, items...)
		}
		slices.Sort(whole)
		slices.Sort(parts)
		if !slices.Equal(whole, parts) {
			t.Errorf("%s: %d items, %d in its children", root, len(whole), len(parts))
		}
		total += len(whole)
	}
	if len(children[""]) < 12 || total != emulatortest.Items {
		t.Errorf("%d roots, %d items", len(children[""]), total)
	}
}

// What an account sees of an item is the same by every operation, and prices of another level differ on every item.
func TestPricesArePersonal(t *testing.T) {
	server := emulatortest.Start(t)
	prices := make(map[string]map[string]string)
	for _, a := range server.Accounts() {
		who := as(t, server, a.Login)
		prices[a.Login] = make(map[string]string)
		for _, n := range who.call("GetItems", "").result.list("ItemDto") {
			prices[a.Login][n.get("Id")] = n.get("Price")
		}
		for _, n := range who.call("GetRuntimeItems", "").result.list("ItemRuntimeDto") {
			if n.get("Price") != prices[a.Login][n.get("Id")] {
				t.Errorf("%s %s: runtime price %s, price %s", a.Login, n.get("Id"), n.get("Price"), prices[a.Login][n.get("Id")])
			}
		}
	}
	if diff := cmp.Diff(prices["buyer"], prices["manager"]); diff != "" {
		t.Errorf("buyer and manager of one dealer: %s", diff)
	}
	for id, price := range prices["buyer"] {
		for _, other := range []string{"neighbour", "ural", "almaty"} {
			if same := prices[other][id] == price; same != (price == "-1") {
				t.Errorf("%s: %s for the buyer, %s for %s", id, price, prices[other][id], other)
			}
		}
	}
}

// PriceLocal ÷ Price is one constant, the rate that GetUsdRubRate tells.
func TestRoublesFollowTheRate(t *testing.T) {
	server := emulatortest.Start(t)
	buyer := as(t, server, "neighbour")
	told := buyer.call("GetUsdRubRate", "").result
	rate := decimal.RequireFromString(told.get("Rate"))
	if !strings.HasSuffix(told.get("Date"), "T00:00:00+03:00") {
		t.Errorf("date %q", told.get("Date"))
	}
	for _, n := range buyer.call("GetItems", "").result.list("ItemDto") {
		if n.get("Price") == "-1" {
			if n.child("PriceLocal").missing() != "nil" {
				t.Errorf("%s has roubles and no price", n.get("Id"))
			}
			continue
		}
		if want := decimal.RequireFromString(n.get("Price")).Mul(rate).Round(2); !want.Equal(decimal.RequireFromString(n.get("PriceLocal"))) {
			t.Errorf("%s: %s, want %s", n.get("Id"), n.get("PriceLocal"), want)
		}
	}
}

func TestBranchesHaveStockOfTheirOwn(t *testing.T) {
	server := emulatortest.Start(t)
	moscow, petersburg := as(t, server, "buyer"), as(t, server, "neighbour")
	item := moscow.stocked(2)[0].get("Id")
	see := func(c caller) [3]string {
		n := c.call("GetItem", param("itemId", item)).result
		return [3]string{n.get("AvailableQuantity"), n.get("MainOfficeQuantity"), n.get("TransitQuantity")}
	}
	here, there := see(moscow), see(petersburg)
	if here[1] != there[1] || here[2] != there[2] {
		t.Errorf("head office and transit differ: %v, %v", here, there)
	}
	moscow.order(item, here[0])
	if got := see(moscow); got[0] != "0" || got[1] != here[1] {
		t.Errorf("after ordering all: %v", got)
	}
	if got := see(petersburg); got != there {
		t.Errorf("another branch: %v, before %v", got, there)
	}
}

func TestCompatibilityRowsAreOfRealItems(t *testing.T) {
	server := emulatortest.Start(t)
	manager := as(t, server, "manager")
	known := ids(manager.call("GetItems", "").result.list("ItemDto"))
	rows := manager.call("GetGoodsCompatibilityInformation", "").result.list("CompatibilityDto")
	found := false
	for _, row := range rows {
		if !slices.Contains(known, row.get("ItemId")) || row.get("ModelBrand") == "" || row.get("ModelName") == "" || row.get("ModelCategoryName") == "" {
			t.Fatalf("row %+v", row)
		}
		found = found || row.get("ItemId") == "209082016" && row.get("ModelBrand") == "HP" && row.get("ModelName") == "LaserJet Pro M125" && row.get("ModelCategoryName") == "МФУ лазерное"
	}
	if !found || len(rows) < emulatortest.Items {
		t.Errorf("%d rows, CF283A for LaserJet Pro M125 among them: %v", len(rows), found)
	}
}

// A catalogue file's values come out digit by digit for the first account, whatever floats would make of them.
func TestCatalogueFileIsExact(t *testing.T) {
	path := catalogueFile(t,
		`{"Id":"A/1","Name":"Картридж <1>","RootGroup":"Картриджи","Group":"Лазерные","Price":12.3400000000000000001,"AvailableQuantity":7,"MainOfficeQuantity":"9","Vendor":null,"Brand":"","Unknown":[1]}`,
		``,
		`{"Id":"A-2","Name":"Тонер","RootGroup":"Тонер","Group":"Прочее","Price":"0.10","AvailableQuantity":"3.0","PhotoUrls":["http://x/1.jpg","http://x/2.jpg"],"GroupId":"TNR_OTHER"}`,
		`{"Id":"A-3","Name":"Чернила","RootGroup":"Чернила","Group":"Прочее","Price":-1}`,
		`{"Id":"A-4","Name":"Бумага","RootGroup":"Тонер","Group":"Прочее","Price":1.5e2,"PriceLocal":"11764.82"}`,
	)
	server := emulatortest.Start(t, func(o *emulator.Options) { o.CatalogFile = path })
	buyer := as(t, server, "buyer")
	items := buyer.call("GetItems", "").result.list("ItemDto")
	got := make([][]string, len(items))
	for i, n := range items {
		got[i] = []string{n.get("Id"), n.get("Name"), n.get("Price"), n.get("PriceLocal"), n.get("AvailableQuantity"), n.get("MainOfficeQuantity"), n.child("Vendor").missing(), n.child("Brand").missing(), n.child("ColorName").missing()}
	}
	want := [][]string{
		{"A/1", "Картридж <1>", "12.3400000000000000001", "967.85", "7", "9", "nil", "empty", "absent"},
		{"A-2", "Тонер", "0.10", "7.84", "3", "0", "absent", "absent", "absent"},
		{"A-3", "Чернила", "-1", "", "0", "0", "absent", "absent", "absent"},
		{"A-4", "Бумага", "150", "11764.82", "0", "0", "absent", "absent", "absent"},
	}
	if diff := cmp.Diff(want, got); diff != "" {
		t.Error(diff)
	}
	if urls := items[1].child("PhotoUrls").list("string"); len(urls) != 2 || urls[1].Text != "http://x/2.jpg" {
		t.Errorf("PhotoUrls %+v", urls)
	}
	var tree [][]string
	for _, n := range buyer.call("GetCategories", "").result.list("CategoryDto") {
		count := len(buyer.call("GetCategoryItems", param("categoryId", n.get("Id"))).result.list("ItemDto"))
		tree = append(tree, []string{n.get("Id"), n.get("ParentId"), n.get("Name"), strings.Repeat("i", count)})
	}
	if diff := cmp.Diff([][]string{
		{"KARTRIDZ", "", "Картриджи", "i"}, {"KARTRIDZ_4374", "KARTRIDZ", "Лазерные", "i"},
		{"TONER", "", "Тонер", "ii"}, {"TNR_OTHER", "TONER", "Прочее", "ii"},
		{"CHERNILA", "", "Чернила", "i"}, {"CHERNILA_2FEA", "CHERNILA", "Прочее", "i"},
	}, tree); diff != "" {
		t.Error(diff)
	}
}

func TestCatalogueFileThatIsWrong(t *testing.T) {
	const good = `{"Id":"1","Name":"x"}`
	for about, c := range map[string]struct{ line, reason string }{
		"not JSON":         {`{"Id":`, "line 2"},
		"no Id":            {`{"Name":"x"}`, "no Id"},
		"repeated Id":      {good, "stands in line 1 already"},
		"price of words":   {`{"Id":"2","Price":"дорого"}`, "price"},
		"a list as a name": {`{"Id":"2","Name":["x"]}`, "Name"},
		"half a piece":     {`{"Id":"2","AvailableQuantity":0.5}`, "whole"},
	} {
		t.Run(about, func(t *testing.T) {
			_, err := emulator.New(emulator.Options{CatalogFile: catalogueFile(t, good, c.line)})
			if err == nil || !strings.Contains(err.Error(), c.reason) || !strings.Contains(err.Error(), "line 2") {
				t.Errorf("error %v, want one with %q and line 2", err, c.reason)
			}
		})
	}
	if _, err := emulator.New(emulator.Options{CatalogFile: filepath.Join(t.TempDir(), "none")}); err == nil {
		t.Error("a file that is not there was read")
	}
}

func catalogueFile(t *testing.T, lines ...string) string {
	t.Helper()
	path := filepath.Join(t.TempDir(), "catalogue.jsonl")
	if err := os.WriteFile(path, []byte(strings.Join(lines, "\n")), 0o600); err != nil {
		t.Fatal(err)
	}
	return path
}
