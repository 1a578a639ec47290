package emulator_test

import (
	"math"
	"regexp"
	"slices"
	"strings"
	"testing"
	"unicode"

	"github.com/google/go-cmp/cmp"

	"storefront/internal/vtt/emulator"
	"storefront/internal/vtt/emulator/emulatortest"
)

// The generated catalogue of the usual size is read once and looked at from three sides.
func TestGeneratedCatalogue(t *testing.T) {
	server := emulatortest.Start(t, func(o *emulator.Options) { o.Items = emulator.DefaultItems })
	buyer := as(t, server, "buyer")
	items, categories := buyer.call("GetItems", "").result.list("ItemDto"), buyer.call("GetCategories", "").result.list("CategoryDto")
	for about, test := range map[string]func(*testing.T, []node, []node){
		"looks real": looksReal, "has every oddity": hasEveryOddity, "is well formed": isWellFormed,
	} {
		t.Run(about, func(t *testing.T) { test(t, items, categories) })
	}
}

func share(items []node, of func(node) bool) float64 {
	n := 0
	for _, item := range items {
		if of(item) {
			n++
		}
	}
	return float64(n) / float64(len(items))
}

func where(items []node, of func(node) bool) []node {
	return slices.DeleteFunc(slices.Clone(items), func(n node) bool { return !of(n) })
}

var (
	yields   = regexp.MustCompile(`\d[KК]$`)
	original = regexp.MustCompile(`\([OО]\)`)
	volume   = regexp.MustCompile(`^\d+мл$`)
	pages    = regexp.MustCompile(`^\d+$`)
)

// mixed tells whether a word is of two alphabets.
func mixed(name string) bool {
	for _, word := range strings.FieldsFunc(name, func(r rune) bool { return !unicode.IsLetter(r) && !unicode.IsDigit(r) }) {
		latin, cyrillic := false, false
		for _, r := range word {
			latin = latin || unicode.Is(unicode.Latin, r)
			cyrillic = cyrillic || unicode.Is(unicode.Cyrillic, r)
		}
		if latin && cyrillic {
			return true
		}
	}
	return false
}

// looksReal compares proportions with the real catalogue's.
func looksReal(t *testing.T, items, categories []node) {
	if len(items) != 13000 {
		t.Fatalf("%d items", len(items))
	}
	name := func(n node) string { return n.get("Name") }
	withYield := where(items, func(n node) bool { return yields.MatchString(name(n)) })
	originals := where(items, func(n node) bool { return original.MatchString(name(n)) })
	for _, c := range []struct {
		about           string
		got, want, give float64
	}{
		{"made by Hi-Black", share(items, func(n node) bool { return n.get("Brand") == "Hi-Black" }), 0.44, 0.04},
		{"marked (O)", float64(len(originals)) / float64(len(items)), 0.19, 0.04},
		{"Cyrillic О among (O)", share(originals, func(n node) bool { return strings.Contains(name(n), "(О)") }), 106.0 / 736, 0.03},
		{"Cyrillic К among yields", share(withYield, func(n node) bool { return strings.HasSuffix(name(n), "К") }), 430.0 / 2301, 0.03},
		{"words of two alphabets", share(items, func(n node) bool { return mixed(name(n)) }), 94.0 / 3818, 0.008},
		{"without a price", share(items, func(n node) bool { return n.get("Price") == "-1" }), 0.10, 0.02},
		{"without a photo", share(items, func(n node) bool { return strings.HasSuffix(n.get("PhotoUrl"), "dummy.jpg") }), 0.35, 0.03},
		{"damaged packaging", share(items, func(n node) bool {
			return strings.Contains(n.get("Description"), "Поврежденная упаковка")
		}), 0.16, 0.02},
		{"with an OEM number", share(items, func(n node) bool { return n.get("OriginalNumber") != "" }), 0.80, 0.04},
	} {
		if math.Abs(c.got-c.want) > c.give {
			t.Errorf("%s: %.3f, want %.3f ± %.3f", c.about, c.got, c.want, c.give)
		}
	}
	sizes := make(map[string]int)
	vendors := make(map[string]bool)
	for _, n := range items {
		sizes[n.get("RootGroup")+"/"+n.get("Group")]++
		if v := n.get("Vendor"); v != "" {
			vendors[v] = true
		}
	}
	if len(vendors) != 33 {
		t.Errorf("%d makes of printers, want 33", len(vendors))
	}
	if len(sizes) < 70 || len(categories) < len(sizes)+12 || slices.Min(values(sizes)) != 1 || slices.Max(values(sizes)) < 700 {
		t.Errorf("%d groups of %d to %d items, %d categories", len(sizes), slices.Min(values(sizes)), slices.Max(values(sizes)), len(categories))
	}
}

func values(m map[string]int) (list []int) {
	for _, v := range m {
		list = append(list, v)
	}
	return list
}

// hasEveryOddity: every spelling and every way to say nothing occurs, so that nobody can overlook one.
func hasEveryOddity(t *testing.T, items, categories []node) {
	oddities := map[string]func(node) bool{
		"yield with a Latin K":    func(n node) bool { return strings.HasSuffix(n.get("ItemLifeTime"), "K") },
		"yield with a Cyrillic К": func(n node) bool { return strings.HasSuffix(n.get("ItemLifeTime"), "К") },
		"yield with a comma":      func(n node) bool { return strings.Contains(n.get("ItemLifeTime"), ",") },
		"yield in pages":          func(n node) bool { return pages.MatchString(n.get("ItemLifeTime")) },
		"a volume for a yield":    func(n node) bool { return volume.MatchString(n.get("ItemLifeTime")) },
		"nil OEM number":          func(n node) bool { return n.child("OriginalNumber").missing() == "nil" },
		"empty OEM number":        func(n node) bool { return n.child("OriginalNumber").missing() == "empty" },
		"absent OEM number":       func(n node) bool { return n.child("OriginalNumber").missing() == "absent" },
		"nil GroupId":             func(n node) bool { return n.child("GroupId").missing() == "nil" },
		"dummy without a host":    func(n node) bool { return n.get("PhotoUrl") == "dummy.jpg" },
		"dummy with a host":       func(n node) bool { return strings.HasSuffix(n.get("PhotoUrl"), "/photos/dummy.jpg") },
		"several photos":          func(n node) bool { return len(n.child("PhotoUrls").Children) > 1 },
		"in transit":              func(n node) bool { return n.get("TransitDate") != "" && n.get("TransitQuantity") != "0" },
		"an id with a slash":      func(n node) bool { return strings.Contains(n.get("Id"), "/") },
		"an id with dashes":       func(n node) bool { return strings.Count(n.get("Id"), "-") == 2 },
		"damaged by Compatibility": func(n node) bool {
			return strings.Contains(n.get("Compatibility"), "Поврежденная упаковка")
		},
		"TOP80":            func(n node) bool { return strings.HasPrefix(n.get("Description"), "Товары TOP80") },
		"Новинка":          func(n node) bool { return strings.HasPrefix(n.get("Description"), "Новинка") },
		"Товары под заказ": func(n node) bool { return strings.HasPrefix(n.get("Description"), "Товары под заказ") },
		"Товар для распродажи": func(n node) bool {
			return strings.HasPrefix(n.get("Description"), "Товар для распродажи")
		},
		"Снят с производства": func(n node) bool {
			return strings.HasPrefix(n.get("Description"), "Снят с производства")
		},
		"with a chip":               func(n node) bool { return strings.Contains(n.get("Compatibility"), "с чипом") },
		"nil weight":                func(n node) bool { return n.child("Weight").missing() == "nil" },
		"several in a package":      func(n node) bool { return n.get("NumberInPackage") != "1" },
		"nothing in the branch":     func(n node) bool { return n.get("AvailableQuantity") == "0" },
		"nothing in head office":    func(n node) bool { return n.get("MainOfficeQuantity") == "0" },
		"CF283A by Hi-Black":        func(n node) bool { return n.get("OriginalNumber") == "CF283A" && n.get("Brand") == "Hi-Black" },
		"CF283A by NetProduct":      func(n node) bool { return n.get("OriginalNumber") == "CF283A" && n.get("Brand") == "NetProduct" },
		"CF283A by HP":              func(n node) bool { return n.get("OriginalNumber") == "CF283A" && n.get("Brand") == "HP" },
		"CF283A with a Cyrillic С":  func(n node) bool { return strings.Contains(n.get("Name"), "СF283A") },
		"CE285A with a Cyrillic С":  func(n node) bool { return strings.Contains(n.get("Name"), "СE285A") },
		"CE285A by several makers ": func(n node) bool { return n.get("OriginalNumber") == "CE285A" && n.get("Brand") == "NetProduct" },
	}
	for about, is := range oddities {
		if len(where(items, is)) == 0 {
			t.Errorf("no item: %s", about)
		}
	}
	others := where(categories, func(n node) bool { return n.get("Name") == "Прочее" })
	if len(others) < 2 {
		t.Error("no two roots have children of the same name")
	}
}

// isWellFormed looks at every item.
func isWellFormed(t *testing.T, items, categories []node) {
	names := make(map[string]string)
	for _, n := range categories {
		names[n.get("Id")] = n.get("Name")
	}
	seen := make(map[string]bool)
	for _, n := range items {
		id := n.get("Id")
		if seen[id] || id == "" || len(id) > 13 {
			t.Errorf("id %q", id)
		}
		seen[id] = true
		if group := n.get("GroupId"); group != "" && names[group] != n.get("Group") {
			t.Errorf("%s: group %q is %q, not %q", id, group, names[group], n.get("Group"))
		}
		if !validEAN(n.get("Barcode")) {
			t.Errorf("%s: barcode %q", id, n.get("Barcode"))
		}
		if n.get("Name") == "" || strings.Contains(n.get("Name"), "  ") || strings.Contains(n.get("Name"), "%!") || strings.ContainsAny(n.get("Name"), "*!+|") && !strings.Contains(n.get("Name"), "F+") {
			t.Errorf("%s: name %q", id, n.get("Name"))
		}
	}
}

func validEAN(code string) bool {
	sum := 0
	for i, r := range code {
		sum += int(r-'0') * (1 + i%2*2)
	}
	return len(code) == 13 && sum%10 == 0
}

// The same seed makes the same catalogue and history, another seed another one.
func TestSeedDecides(t *testing.T) {
	everything := func(seed uint64, items int) [3]string {
		server := emulatortest.Start(t, func(o *emulator.Options) { o.Seed, o.Items, o.Now = seed, items, noon().Now })
		manager := as(t, server, "manager")
		host := strings.TrimPrefix(server.Base, "http://")
		without := func(a answer) string { return strings.ReplaceAll(a.body, host, "host") }
		return [3]string{without(manager.call("GetItems", "")), without(manager.call("GetGoodsCompatibilityInformation", "")), without(manager.call("GetOrders", ""))}
	}
	if diff := cmp.Diff(everything(7, 300), everything(7, 300)); diff != "" {
		t.Errorf("one seed, two catalogues: %s", diff)
	}
	if a, b := everything(7, 300), everything(8, 300); a[0] == b[0] || a[2] == b[2] {
		t.Error("two seeds, one catalogue")
	}
}

func TestCatalogueOfAnySize(t *testing.T) {
	for _, size := range []int{1, 5, 50, 104, 500, 5000} {
		server := emulatortest.Start(t, func(o *emulator.Options) { o.Items = size })
		if got := as(t, server, "buyer").call("GetItemPortion", param("from", "0")+param("to", "0")).result.get("TotalCount"); number(got) != size {
			t.Errorf("%s items, want %d", got, size)
		}
	}
}
