package views_test

import (
	"errors"
	"fmt"
	"strings"
	"testing"
	"time"

	"github.com/PuerkitoBio/goquery"
	"github.com/google/go-cmp/cmp"

	"storefront/internal/buyer"
	"storefront/internal/catalog"
	"storefront/internal/errkind"
	"storefront/internal/i18n"
	"storefront/internal/search"
	"storefront/views"
)

func TestARowShowsThreeStocksAndBothCurrencies(t *testing.T) {
	ctx := russian(t)
	row := views.NewCatalog(ctx, list(3, nil)).Rows[2]
	if diff := cmp.Diff(views.LineOffer{
		Known: true,
		Price: views.Amount{Text: "17,26\u00a0$", Plain: "17.26"}, PriceRUB: views.Amount{Text: "1\u00a0595,80\u00a0₽", Plain: "1595.8"},
		Branch: views.Stock{Text: "14"}, Main: views.Stock{Text: "262"},
		Transit: views.Stock{Text: "300", Due: views.Moment{Text: "26.11.2026", Machine: "2026-11-26T14:32:20+03:00"}},
	}, row.Offer); diff != "" {
		t.Errorf("(-want +got):\n%s", diff)
	}
	if row.Detail != "NetProduct · 054H · 2,3K" || row.Labels[0].Text != "Новинка" || !row.Add.Orderable || row.Add.Pack != "в упаковке 10" {
		t.Errorf("row = %+v", row)
	}
}

func TestAnItemWithoutAPriceCannotBeAdded(t *testing.T) {
	ctx := russian(t)
	for name, s := range map[string]views.CatalogSource{
		"price -1": list(8, func(s *views.CatalogSource) { s.Items = s.Items[7:] }),
		"no price": list(1, func(s *views.CatalogSource) {
			s.Shelf = shelf([]catalog.Listing{{Offer: catalog.Offer{ItemID: s.Items[0].ID}}})
		}),
		"not offered":  list(1, func(s *views.CatalogSource) { s.Offer = noOffer }),
		"being loaded": list(1, func(s *views.CatalogSource) { s.Offer, s.Loading = noOffer, true }),
	} {
		t.Run(name, func(t *testing.T) {
			row := document(t, ctx, views.CatalogResults(views.NewCatalog(ctx, s))).Find("[data-testid=item-row]")
			if row.Length() != 1 || row.Find("form.add").Length() != 0 || row.Find("[data-testid=price]").Length() != 0 {
				t.Errorf("the row offers something: %s", text(row))
			}
			if want := map[bool]string{true: "загружается", false: "по запросу"}[s.Loading]; !strings.Contains(text(row), want) {
				t.Errorf("%q does not say %q", text(row), want)
			}
		})
	}
}

// Numbers for tests and scripts are plain decimals, in both languages.
func TestRowsCarryPlainDecimals(t *testing.T) {
	for _, lang := range []string{"ru", "en"} {
		ctx := inLanguage(t, lang)
		rows := document(t, ctx, views.CatalogResults(views.NewCatalog(ctx, list(50, nil)))).Find("[data-testid=item-row]")
		if rows.Length() != 50 {
			t.Fatalf("%d rows", rows.Length())
		}
		rows.Each(func(i int, row *goquery.Selection) {
			l := listing(i)
			if id, _ := row.Attr("data-item-id"); id != string(l.Item.ID) {
				t.Errorf("row %d is of %q", i, id)
			}
			got := row.Find("[data-testid=price]").AttrOr("data-amount", "-1")
			if !dec(got).Equal(*l.Offer.Price) {
				t.Errorf("%s: row %d costs %s, want %s", lang, i, got, l.Offer.Price)
			}
			for _, stock := range []string{"stock-branch", "stock-main", "stock-transit"} {
				if row.Find("[data-testid="+stock+"]").Length() != 1 {
					t.Errorf("row %d has no %s", i, stock)
				}
			}
		})
	}
}

func TestChipsNameEveryFilterAndRemoveOnlyIt(t *testing.T) {
	ctx := russian(t)
	p := views.NewCatalog(ctx, list(1, func(s *views.CatalogSource) {
		s.Query = search.Query{Category: "CHIP", Brands: []string{"O", "Hi-Black"}, Labels: []string{"new"}, PriceTo: known("7"), Page: 4}
	}))
	want := []views.Chip{
		{Text: "O", RemoveURL: "/catalog/CHIP?brand=Hi-Black&label=new&to=7"}, {Text: "Hi-Black", RemoveURL: "/catalog/CHIP?brand=O&label=new&to=7"},
		{Text: "Новинка", RemoveURL: "/catalog/CHIP?brand=O&brand=Hi-Black&to=7"}, {Text: "до 7,00\u00a0$", RemoveURL: "/catalog/CHIP?brand=O&brand=Hi-Black&label=new"},
	}
	if diff := cmp.Diff(want, p.Chips); diff != "" {
		t.Errorf("(-want +got):\n%s", diff)
	}
	if p.ClearURL != "/catalog/CHIP" || p.Form.Active != 4 {
		t.Errorf("clear %s, active %d", p.ClearURL, p.Form.Active)
	}
}

func TestTheTreeOpensOnTheWayToTheCategory(t *testing.T) {
	ctx := russian(t)
	p := views.NewCatalog(ctx, list(1, func(s *views.CatalogSource) { s.Query.Category = "CARTLAS_TNR" }))
	root := p.Tree[1]
	if !root.Open || root.Current || len(root.Children) != 4 || !root.Children[2].Current || p.Tree[0].Open || p.Tree[0].Children != nil {
		t.Errorf("tree = %+v", p.Tree)
	}
	if p.Heading != "Тонер-картриджи" || len(p.Trail) != 2 || p.Trail[1].Text != "Картриджи лазерные" {
		t.Errorf("heading %q, trail %v", p.Heading, p.Trail)
	}
	if none := p.Tree[8]; none.Text != "Без категории" || none.URL != "/catalog/-" {
		t.Errorf("what stands in no category: %+v", none)
	}
}

// A long facet is folded, never what is selected, and never for the sake of one value.
func TestFacetsFoldWhatIsLong(t *testing.T) {
	ctx := russian(t)
	for n, rest := range map[int]int{3: 0, 8: 0, 9: 0, 10: 2, 30: 22} {
		p := views.NewCatalog(ctx, facetOf(n, 0))
		if got := len(p.Form.Facets[0].Rest); got != rest {
			t.Errorf("of %d values %d are folded, want %d", n, got, rest)
		}
	}
	p := views.NewCatalog(ctx, facetOf(30, 12))
	for _, c := range p.Form.Facets[0].Rest {
		if c.Selected {
			t.Errorf("%s is selected and folded", c.Text)
		}
	}
}

// facetOf is a list with one facet of n values, the last so many selected.
func facetOf(n, selected int) views.CatalogSource {
	s := list(1, nil)
	f := search.Facet{Name: search.FacetVendor}
	for i := range n {
		f.Values = append(f.Values, search.FacetValue{Value: fmt.Sprint("V", i), Count: n - i, Selected: i >= n-selected})
	}
	s.Result.Facets = []search.Facet{f}
	return s
}

func TestSortOffersRelevanceOnlyForASearch(t *testing.T) {
	ctx := russian(t)
	browse := views.NewCatalog(ctx, list(1, nil)).Form.Sorts
	found := views.NewCatalog(ctx, list(1, func(s *views.CatalogSource) { s.Query = search.Query{Text: "a"} })).Form.Sorts
	if len(browse) != 5 || !browse[0].Selected || browse[0].Value != "" || len(found) != 6 || !found[0].Selected {
		t.Errorf("browsing %+v, searching %+v", browse, found)
	}
}

func TestAnItemTellsEverythingAndNothingUnknown(t *testing.T) {
	ctx := russian(t)
	p := views.NewItem(ctx, itemSource(richItem(), nil))
	got := map[string]string{}
	for _, f := range append(p.Facts, p.Packing...) {
		got[f.Name] = strings.ReplaceAll(f.Value, "\u00a0", " ")
	}
	if diff := cmp.Diff(map[string]string{
		"OEM-номер": "CF259X", "Краткое имя": "CF259X", "Производитель": "O", "Марка принтера": "HP", "Цвет": "чёрный", "Ресурс": "10 000 страниц",
		"Штрихкод": "4607176543210", "ТН ВЭД": "8443999009", "Раздел": "Картриджи лазерные", "Группа": "Совместимые", "В упаковке, шт.": "10",
		"Размер упаковки": "40 × 21,5 × 33", "Вес упаковки": "9,8 кг", "Размер штуки с упаковкой": "35 × 10 × 12", "Вес штуки брутто": "0,95 кг",
		"Вес штуки нетто": "0,81 кг", "Объём штуки": "0,0042",
	}, got); diff != "" {
		t.Errorf("(-want +got):\n%s", diff)
	}
	bare := views.NewItem(ctx, itemSource(catalog.Listing{Item: catalog.Item{ID: "X", Name: "X", LifeTime: "100мл"}}, nil))
	if len(bare.Facts) != 1 || bare.Facts[0].Value != "100мл" || bare.Packing != nil || bare.Photos != nil {
		t.Errorf("a bare item shows %+v %+v", bare.Facts, bare.Packing)
	}
}

func TestFitsAreShownOnlyWithTheRight(t *testing.T) {
	ctx := russian(t)
	without := document(t, ctx, views.ItemPage(views.Frame{}, views.NewItem(ctx, itemSource(richItem(), nil))))
	if without.Find("[data-testid=fits]").Length() != 0 {
		t.Error("fits are shown without the right")
	}
	with := views.NewItem(ctx, itemSource(richItem(), func(s *views.ItemSource) { s.Fits = fits(s.Item.ID) }))
	want := []views.FitGroup{
		{Brand: "Canon", Models: []string{"i-SENSYS LBP228x"}},
		{Brand: "HP", Models: []string{"LaserJet Pro M404dn", "LaserJet Pro M404n", "LaserJet Pro MFP M428dw", "LaserJet Pro MFP M428fdw"}},
	}
	if diff := cmp.Diff(want, with.Fits); diff != "" || with.FitsCount != "5 моделей" {
		t.Errorf("%s (-want +got):\n%s", with.FitsCount, diff)
	}
}

// Every failure has words of its own in both languages, and none of the error's.
func TestEveryKindOfFailureHasItsOwnWords(t *testing.T) {
	for _, lang := range []string{"ru", "en"} {
		ctx := inLanguage(t, lang)
		seen := map[string]errkind.Kind{}
		for _, kind := range kinds {
			p := views.NewProblem(ctx, errkind.Wrap(kind, errors.New("SELECT secret")))
			for _, words := range []string{p.Title, p.Text} {
				if words == "" || strings.HasPrefix(words, "error.") || strings.Contains(words, "secret") {
					t.Errorf("%s %s says %q", lang, kind, words)
				}
				if other, ok := seen[words]; ok {
					t.Errorf("%s: %s says the same as %s: %q", lang, kind, other, words)
				}
				seen[words] = kind
			}
		}
	}
}

func TestSignInTellsApartWhatWentWrong(t *testing.T) {
	ctx := russian(t)
	seen := map[string]errkind.Kind{}
	for _, kind := range []errkind.Kind{
		errkind.AccessDenied, errkind.NonAuthorized, errkind.Technical, errkind.Timeout, errkind.Unreachable, errkind.NotSOAP, errkind.Throttled,
	} {
		p := views.NewLogin(ctx, "dealer", "/cart", errkind.New(kind, "")).Problem
		if p == nil || p.Code != kind || p.Title == "" || strings.Contains(p.Title+p.Text, "login.") {
			t.Fatalf("%s: %+v", kind, p)
		}
		if other, ok := seen[p.Title]; ok {
			t.Errorf("%s and %s are both %q", kind, other, p.Title)
		}
		seen[p.Title] = kind
	}
	texts := map[string]string{"": i18n.T(ctx, "login.UNREACHABLE")}
	for _, key := range []string{"portal.dns", "portal.dial", "portal.tls", "portal.proxy", ""} { // why it can't be reached is told apart too
		p := views.NewLogin(ctx, "dealer", "/cart", errkind.New(errkind.Unreachable, key)).Problem
		if key != "" {
			texts[key] = i18n.T(ctx, key)
		}
		if p.Title != i18n.T(ctx, "login.UNREACHABLE.title") || p.Text != texts[key] {
			t.Errorf("%q: %+v", key, p)
		}
		if general := views.NewProblem(ctx, errkind.New(errkind.Unreachable, key)); general.Title != i18n.T(ctx, "error.UNREACHABLE.title") || key != "" && general.Text != texts[key] {
			t.Errorf("%q: %+v", key, general)
		}
	}
	page := document(t, ctx, views.LoginPage(views.Frame{}, views.NewLogin(ctx, "dealer", "/cart", nil)))
	if page.Find("[name=password]").AttrOr("value", "") != "" || page.Find("input[name=next]").AttrOr("value", "") != "/cart" {
		t.Error("the form keeps a password or loses where one was going")
	}
}

func TestFreshnessIsFollowedOnlyWhileSomethingLoads(t *testing.T) {
	ctx := russian(t)
	page := func(s views.FreshnessSource) *goquery.Document {
		f := views.Frame{Login: "buyer", Fresh: views.NewFreshness(ctx, s)}
		return document(t, ctx, views.FailurePage(f, views.NewFailure(ctx, errkind.New(errkind.NotFound, ""), "r1", "")))
	}
	const followed = "[hx-sse\\:connect='/freshness'][hx-sse\\:close='prices-ready']"
	still := views.FreshnessSource{PricesAt: ago(4 * 60 * 60 * 1e9), Now: now}
	if p := page(still); p.Find(followed).Length() != 0 || text(p.Find("#freshness")) != "Цены на 10:32" {
		t.Errorf("at rest: %q", text(p.Find("#freshness")))
	}
	still.Prices = catalog.Progress{Running: true, Done: 4500, Total: 13000, StartedAt: now.Add(-9 * time.Second)}
	p := page(still)
	if p.Find(followed).Length() != 1 || !strings.Contains(text(p.Find("[data-testid=sync-progress]")), "4 500 из 13 000 осталось около 20 секунд") {
		t.Errorf("loading: %q", text(p.Find("#freshness")))
	}
}

// How long a load will take is said in steps that people think in, once its pace means something.
func TestTimeLeft(t *testing.T) {
	ctx := russian(t)
	for _, c := range []struct {
		gone        time.Duration
		done, total int
		want        string
	}{
		{2 * time.Second, 100, 1000, ""}, {10 * time.Second, 0, 1000, ""}, {10 * time.Second, 100, 0, ""}, {10 * time.Second, 1000, 1000, ""},
		{10 * time.Second, 900, 1000, "осталось около 5 секунд"}, {30 * time.Second, 500, 1000, "осталось около 35 секунд"},
		{60 * time.Second, 500, 1000, "осталось около 2 минут"}, {10 * time.Second, 10, 300, "осталось около 5 минут"},
	} {
		s := views.FreshnessSource{Now: now, Catalogue: catalog.Progress{Running: true, Done: c.done, Total: c.total, StartedAt: now.Add(-c.gone)}}
		if got := views.NewFreshness(ctx, s).Loads[0].Left; got != c.want {
			t.Errorf("%d of %d after %s: %q, want %q", c.done, c.total, c.gone, got, c.want)
		}
	}
}

// The head of every page, for each kind of reader.
func TestTheFrame(t *testing.T) {
	ctx := english(t)
	out := document(t, ctx, views.FailurePage(views.Frame{Title: "T", Path: "/x?y=1", Theme: "dark"}, views.NewFailure(ctx, errkind.New(errkind.NotFound, ""), "r1", "")))
	if out.Find("html").AttrOr("lang", "") != "en" || out.Find("html").AttrOr("data-theme", "") != "shop-dark" || out.Find("#q, #cart-link, form[action='/logout']").Length() != 0 {
		t.Error("signed out: wrong language, theme, or something of a buyer")
	}
	if n := out.Find("form[action='/settings'] input[name=next][value='/x?y=1']").Length(); n != 2 {
		t.Errorf("%d switches come back to the page", n)
	}
	for right, words := range map[buyer.Right]string{
		buyer.RightEdit: "May change orders", buyer.RightNone: "May not change orders", buyer.RightUnknown: "Rights not known yet",
	} {
		in := document(t, ctx, views.HomePage(views.Frame{Login: "me", Right: right, Section: views.SectionHome}, views.NewHome(ctx, today(nil))))
		if !strings.Contains(text(in.Find("#account-menu")), words) || in.Find("form[action='/logout'][method=post]").Length() != 1 {
			t.Errorf("right %q: %q", right, text(in.Find("#account-menu")))
		}
		if current := in.Find(".menu-main [aria-current=page]"); current.AttrOr("href", "") != "/" || in.Find(".menu-main a").Length() != 5 {
			t.Errorf("menu: %q is current", text(current))
		}
	}
}

// Nothing of a page needs more than the strict content policy gives: no inline script, style or handler in any page, and every
// id at most once.
func TestPagesKeepTheContentPolicy(t *testing.T) {
	ctx := russian(t)
	for _, p := range append(browsingPages(), orderingPages()...) {
		page := document(t, ctx, p.make(ctx))
		page.Find("*").Each(func(_ int, s *goquery.Selection) {
			node := s.Get(0)
			if node.Data == "style" || node.Data == "script" && strings.TrimSpace(s.Text()) != "" {
				t.Errorf("%s has an inline %s", p.name, node.Data)
			}
			for _, a := range node.Attr {
				if a.Key == "style" || strings.HasPrefix(a.Key, "on") || strings.HasPrefix(a.Key, "hx-on") {
					t.Errorf("%s: <%s %s>", p.name, node.Data, a.Key)
				}
			}
		})
		seen := map[string]bool{}
		page.Find("[id]").Each(func(_ int, s *goquery.Selection) {
			id, _ := s.Attr("id")
			if seen[id] {
				t.Errorf("%s has the id %q twice", p.name, id)
			}
			seen[id] = true
		})
	}
}

func BenchmarkCatalogPage(b *testing.B) {
	ctx := russian(b)
	source := list(50, nil)
	f := around(ctx, "Картриджи лазерные", views.SectionCatalog, views.FreshnessSource{PricesAt: now})
	b.ReportMetric(float64(len(render(b, ctx, views.CatalogPage(f, views.NewCatalog(ctx, source))))), "bytes/page")
	b.ReportAllocs()
	for b.Loop() {
		render(b, ctx, views.CatalogPage(f, views.NewCatalog(ctx, source)))
	}
}
