package views_test

import (
	"context"
	"errors"
	"fmt"
	"slices"
	"time"

	"github.com/a-h/templ"
	"github.com/shopspring/decimal"

	"storefront/internal/buyer"
	"storefront/internal/catalog"
	"storefront/internal/errkind"
	"storefront/internal/order"
	"storefront/internal/search"
	"storefront/views"
)

// tree is a catalogue of uneven branches, the second of which is open in these tests.
var tree = []search.Branch{
	branch("CARTINJ", "Картриджи струйные", 1402),
	branch("CARTLAS", "Картриджи лазерные", 2410,
		branch("CARTLAS_ORIG", "Оригинальные", 612), branch("CARTLAS_COMP", "Совместимые", 404),
		branch("CARTLAS_TNR", "Тонер-картриджи", 792), branch("CARTLAS_DRM", "Драм-картриджи и фотобарабаны", 602)),
	branch("CHIP", "Чипы", 874),
	branch("TNR_REFILL", "Тонер для заправки", 531),
	branch("INK_COMMON", "Чернила", 228),
	branch("PARTSPRINT", "Запчасти для принтеров и МФУ", 3120),
	branch("PARTSCART", "Запчасти для картриджей", 1977),
	branch("PAPER", "Бумага и плёнка", 96),
	{Category: catalog.Category{ID: catalog.Uncategorised}, Count: 1},
}

func branch(id catalog.CategoryID, name string, n int, children ...search.Branch) search.Branch {
	return search.Branch{Category: catalog.Category{ID: id, Name: name}, Count: n, Children: children}
}

// printers give the rows of these tests their names: make, models, OEM number, yield.
var printers = [...][4]string{
	{"HP", "LJ Pro M125/M127/M201", "CF283A", "1,5K"},
	{"HP", "LJ Pro M404n/M404dn/M428fdw", "CF259X", "10K"},
	{"Canon", "i-SENSYS MF641/MF643/MF645 голубой", "054H", "2,3K"},
	{"Kyocera-Mita", "ECOSYS M2040dn/M2540dn/M2640idw", "TK-1170", "7,2К"},
	{"Samsung", "ML-2160/SCX-3400/SL-M2020", "MLT-D101S", "1,5K"},
	{"Brother", "HL-L2300D/DCP-L2500D/MFC-L2700DW", "TN-2375", "2,6K"},
	{"Xerox", "Phaser 3020/WC 3025", "106R02773", "1,5K"},
	{"Pantum", "P2200/P2207/P2500W/M6500", "PC-211EV", "1,6K"},
	{"Epson", "L800/L805/L810 чёрные водные", "T6731", "70мл"},
	{"Lexmark", "MS310/MS410/MX310", "50F5H00", "5K"},
}

var openings = [...]string{"", "Товары TOP80. ", "Новинка. ", "", "Поврежденная упаковка. ", "", "Товар для распродажи. ", "", "Товары под заказ. ", "Снят с производства. "}

// listing makes the n-th row: every tenth has no price, every third no photo.
func listing(n int) catalog.Listing {
	p, makers := printers[n%len(printers)], []string{"Hi-Black", "O", "NetProduct"}
	maker := makers[n%len(makers)]
	id := catalog.ItemID(fmt.Sprintf("2C9%05d", 18150+n*37))
	l := catalog.Listing{
		Item: catalog.Item{
			ID: id, Name: fmt.Sprintf("Картридж %s %s (%s) %s, %s", p[0], p[1], maker, p[2], p[3]), Brand: maker, Vendor: p[0], OriginalNumber: p[2],
			LifeTime: p[3], Description: openings[n%len(openings)] + "Картридж для лазерных принтеров.", NumberInPackage: known("10"),
			Category: "CARTLAS_COMP", Group: "Совместимые", RootGroup: "Картриджи лазерные",
		},
		Offer: catalog.Offer{
			ItemID: id, Price: known(fmt.Sprintf("%d.%02d", 3+n*7%190, n*13%100)), Available: decimal.NewFromInt(int64(n * 7 % 60)),
			MainOffice: decimal.NewFromInt(int64(n * 131 % 2900)), Transit: decimal.NewFromInt(int64(n % 4 * 150)),
		},
	}
	if n%3 != 0 {
		l.Item.PhotoURLs = []string{"http://photos.example/" + string(id) + ".jpg"}
	}
	if n%4 == 2 {
		l.Item.TransitDate = now.AddDate(0, 0, n%20+1)
	}
	if n%10 == 7 {
		l.Offer.Price = known("-1")
	}
	return l
}

func listings(n int) []catalog.Listing {
	var out []catalog.Listing
	for i := range n {
		out = append(out, listing(i))
	}
	return out
}

// shelf offers the listings at their prices; three of the second are in the cart.
func shelf(rows []catalog.Listing) views.Shelf {
	offers := map[catalog.ItemID]catalog.Offer{}
	for _, l := range rows {
		offers[l.Item.ID] = l.Offer
	}
	return views.Shelf{
		Offer: func(id catalog.ItemID) (catalog.Offer, time.Time, bool) {
			o, ok := offers[id]
			return o, ago(4 * time.Hour), ok
		},
		InCart: map[catalog.ItemID]decimal.Decimal{listing(1).Item.ID: dec("3")}, Rate: rate, Now: now,
	}
}

func itemsOf(rows []catalog.Listing) []catalog.Item {
	var out []catalog.Item
	for _, l := range rows {
		out = append(out, l.Item)
	}
	return out
}

func facet(name string, selected []string, values ...search.FacetValue) search.Facet {
	for i := range values {
		values[i].Selected = slices.Contains(selected, values[i].Value)
	}
	return search.Facet{Name: name, Values: values}
}

func facets(q search.Query) []search.Facet {
	return []search.Facet{
		facet(search.FacetBrand, q.Brands, search.FacetValue{Value: "Hi-Black", Count: 1058}, search.FacetValue{Value: "O", Count: 612},
			search.FacetValue{Value: "NetProduct", Count: 301}, search.FacetValue{Value: "Hi-Color", Count: 112}, search.FacetValue{Value: "China", Count: 96}),
		facet(search.FacetVendor, q.Vendors, search.FacetValue{Value: "HP", Count: 820}, search.FacetValue{Value: "Canon", Count: 377}, search.FacetValue{Value: "Kyocera-Mita", Count: 290},
			search.FacetValue{Value: "Samsung", Count: 244}, search.FacetValue{Value: "Xerox", Count: 201}, search.FacetValue{Value: "Brother", Count: 160},
			search.FacetValue{Value: "Ricoh", Count: 121}, search.FacetValue{Value: "Lexmark", Count: 64}, search.FacetValue{Value: "Epson", Count: 51},
			search.FacetValue{Value: "Pantum", Count: 40}, search.FacetValue{Value: "OKI", Count: 31}),
		facet(search.FacetColor, q.Colors, search.FacetValue{Value: "чёрный", Count: 1400}, search.FacetValue{Value: "голубой", Count: 240}),
		facet(search.FacetLabel, q.Labels, search.FacetValue{Value: "top80", Count: 380}, search.FacetValue{Value: "new", Count: 44}, search.FacetValue{Value: "damaged", Count: 386}),
		facet(search.FacetAvailability, q.Availability, search.FacetValue{Value: search.AvailableBranch, Count: 1204}, search.FacetValue{Value: search.AvailableMain, Count: 2010},
			search.FacetValue{Value: search.AvailableTransit, Count: 333}, search.FacetValue{Value: search.AvailableRequest, Count: 241}),
	}
}

// list is a category's first page of n rows, with a change.
func list(n int, change func(*views.CatalogSource)) views.CatalogSource {
	rows := listings(n)
	s := views.CatalogSource{
		Query: search.Query{Category: "CARTLAS", Page: 1}, Result: search.Result{Total: 2410, Page: 1, Pages: 49},
		Items: itemsOf(rows), Tree: tree, Shelf: shelf(rows),
	}
	if change != nil {
		change(&s)
	}
	s.Result.Facets = facets(s.Query)
	return s
}

// nothing empties a list.
func nothing(s *views.CatalogSource) { s.Items, s.Result = nil, search.Result{Page: 1, Pages: 1} }

// richItem has everything that an item can have.
func richItem() catalog.Listing {
	l := listing(1)
	l.Item.PhotoURLs = []string{"http://photos.example/1.jpg", "http://photos.example/2.jpg", "http://photos.example/3.jpg"}
	l.Item.Alias, l.Item.Barcode, l.Item.TnvedCode, l.Item.ColorName = "CF259X", "4607176543210", "8443999009", "чёрный"
	l.Item.Description = "Товары TOP80. Новинка.\nСовместимый тонер-картридж повышенной ёмкости с чипом. Установите и печатайте: счётчик уровня тонера работает."
	l.Item.Compatibility = "HP LaserJet Pro M404n, M404dn, M404dw, MFP M428dw, M428fdn, M428fdw. С чипом. Не подходит для устройств с прошивкой новее 002_2310A."
	l.Item.TransitDate = now.AddDate(0, 0, 9)
	l.Item.Package = catalog.Size{Width: known("40"), Height: known("21.5"), Depth: known("33")}
	l.Item.Gross = catalog.Size{Width: known("35"), Height: known("10"), Depth: known("12")}
	l.Item.Weight, l.Item.GrossWeight, l.Item.NetWeight, l.Item.GrossVolume = known("9.8"), known("0.95"), known("0.81"), known("0.0042")
	l.Offer = catalog.Offer{
		ItemID: l.Item.ID, Price: known("12.4"), PriceRetail: known("18.9"), Available: dec("48"), MainOffice: dec("1240"), Transit: dec("500"),
	}
	return l
}

func fits(id catalog.ItemID) []catalog.Fit {
	var out []catalog.Fit
	for _, f := range [][2]string{
		{"HP", "LaserJet Pro M404n"}, {"HP", "LaserJet Pro M404dn"}, {"HP", "LaserJet Pro MFP M428fdw"}, {"HP", "LaserJet Pro MFP M428dw"}, {"Canon", "i-SENSYS LBP228x"}, {"HP", "LaserJet Pro M404n"},
	} {
		out = append(out, catalog.Fit{ItemID: id, Brand: f[0], Category: "Принтеры", Model: f[1]})
	}
	return out
}

func itemSource(l catalog.Listing, change func(*views.ItemSource)) views.ItemSource {
	s := views.ItemSource{Item: l.Item, Tree: tree, Shelf: shelf([]catalog.Listing{l})}
	if change != nil {
		change(&s)
	}
	return s
}

func today(change func(*views.HomeSource)) views.HomeSource {
	total := dec("1487.35")
	s := views.HomeSource{
		Orders: []order.Order{reservedOrder(), orderAs("4702", "Сборка", "RUB", "184320.5", 50*time.Hour)}, OrdersReadAt: ago(2 * time.Minute), Changes: changed(nil),
		CartLines: 3, CartTotal: &total, Fresh: views.FreshnessSource{PricesAt: ago(4 * time.Hour), Now: now}, Rate: rate, Roots: tree, Now: now,
	}
	if change != nil {
		change(&s)
	}
	return s
}

// around is the frame as web makes it.
func around(ctx context.Context, title string, section views.Section, fresh views.FreshnessSource) views.Frame {
	total := dec("1487.35")
	fresh.Now = now
	return views.Frame{
		Title: title, Path: "/catalog?brand=HP", Section: section, Login: "dealer-canary", Right: buyer.RightEdit, Cart: views.NewCartBadge(ctx, 3, &total),
		Rate: views.NewRateNote(ctx, rate, now), Fresh: views.NewFreshness(ctx, fresh),
	}
}

// browsingPages are the pages of finding things in all their states.
func browsingPages() []page {
	fresh := views.FreshnessSource{PricesAt: ago(4 * time.Hour)}
	loading := views.FreshnessSource{
		Catalogue: catalog.Progress{Running: true, Done: 4500, Total: 13000}, Prices: catalog.Progress{Running: true, Done: 2000},
	}
	outage := views.FreshnessSource{PricesAt: ago(27 * time.Hour), Prices: catalog.Progress{Failed: string(errkind.Unreachable)}}
	inCatalog := func(name string, about views.FreshnessSource, s views.CatalogSource) page {
		return page{name, func(ctx context.Context) templ.Component {
			p := views.NewCatalog(ctx, s)
			f := around(ctx, p.Heading, views.SectionCatalog, about)
			f.Query = s.Query.Text
			return views.CatalogPage(f, p)
		}}
	}
	inItem := func(name string, s views.ItemSource) page {
		return page{name, func(ctx context.Context) templ.Component {
			return views.ItemPage(around(ctx, s.Item.Name, views.SectionCatalog, fresh), views.NewItem(ctx, s))
		}}
	}
	home := func(name string, about views.FreshnessSource, s views.HomeSource) page {
		return page{name, func(ctx context.Context) templ.Component {
			s.Fresh = about
			s.Fresh.Now = now
			return views.HomePage(around(ctx, "Сегодня", views.SectionHome, about), views.NewHome(ctx, s))
		}}
	}
	login := func(name string, err error) page {
		return page{name, func(ctx context.Context) templ.Component {
			return views.LoginPage(views.Frame{Title: "Вход", Path: "/login?next=%2Fcart"}, views.NewLogin(ctx, map[bool]string{true: "dealer"}[err != nil], "/cart", err))
		}}
	}
	pages := []page{
		inCatalog("catalog", fresh, list(12, nil)),
		inCatalog("catalog-filtered", fresh, list(6, func(s *views.CatalogSource) {
			s.Query = search.Query{
				Category: "CARTLAS_COMP", Brands: []string{"Hi-Black"}, Vendors: []string{"HP", "Canon"}, Availability: []string{"branch"},
				PriceFrom: known("5"), PriceTo: known("80.5"), Sort: search.SortPrice, Page: 3,
			}
			s.Result.Total, s.Result.Page, s.Result.Pages = 213, 3, 5
		})),
		inCatalog("catalog-prices-loading", loading, list(5, func(s *views.CatalogSource) { s.Offer, s.Loading = noOffer, true })),
		inCatalog("catalog-loading", loading, list(0, func(s *views.CatalogSource) {
			nothing(s)
			s.Tree, s.Catalogue = nil, loading.Catalogue
		})),
		inCatalog("catalog-nothing-fits", fresh, list(0, func(s *views.CatalogSource) { nothing(s); s.Query.Brands = []string{"Lomond"} })),
		inCatalog("catalog-empty-category", fresh, list(0, nothing)),
		inCatalog("catalog-outage", outage, list(4, nil)),
		inCatalog("search", fresh, list(4, func(s *views.CatalogSource) {
			s.Query = search.Query{Text: "СЕ285А", Page: 1}
			s.Result = search.Result{Total: 4, Page: 1, Pages: 1, Understood: "CE285A"}
		})),
		inCatalog("search-nothing", fresh, list(0, func(s *views.CatalogSource) { nothing(s); s.Query = search.Query{Text: "<b>ничего</b>"} })),
		inItem("item", itemSource(richItem(), func(s *views.ItemSource) {
			s.Fits, s.History, s.Watched = fits(s.Item.ID), pastOf(s.Item.ID), watched(s.Item.ID)
		})),
		inItem("item-on-request", itemSource(listing(7), func(s *views.ItemSource) { s.Fits = []catalog.Fit{} })),
		inItem("item-price-loading", itemSource(listing(3), func(s *views.ItemSource) { s.Offer, s.Loading = noOffer, true })),
		home("home", fresh, today(nil)),
		home("home-quiet", outage, today(func(s *views.HomeSource) {
			s.Orders, s.CartLines, s.CartTotal = nil, 0, nil
			s.Changes = views.ChangesSource{Since: ago(20 * time.Hour), Now: now}
		})),
		home("home-loading", loading, today(func(s *views.HomeSource) {
			s.Orders, s.OrdersReadAt, s.CartTotal, s.Roots = nil, time.Time{}, nil, nil
			s.Changes = views.ChangesSource{Now: now}
		})),
		login("login", nil),
		login("login-denied", errkind.Wrap(errkind.AccessDenied, errors.New("secret detail"))),
		login("login-no-right", errkind.Wrap(errkind.NonAuthorized, errors.New("secret detail"))),
		login("login-down", errkind.Wrap(errkind.Timeout, errors.New("secret detail"))),
		login("login-throttled", errkind.New(errkind.Throttled, "")),
	}
	pages = append(pages, changePages()...)
	pages = append(pages, watchPages()...)
	for _, kind := range kinds {
		pages = append(pages, page{"error-" + string(kind), func(ctx context.Context) templ.Component {
			err := &errkind.Error{Kind: kind, Err: errors.New("secret detail")}
			if kind == errkind.BusinessLogic {
				err.Text = "Заказ с указанным номером не найден."
			}
			return views.FailurePage(around(ctx, "Ошибка", "", fresh), views.NewFailure(ctx, err, "r7f3k2", "/orders/1"))
		}})
	}
	return pages
}

// fragments are the answers to requests for a part of a page.
func fragments() []page {
	rich := richItem()
	return []page{
		{"fragment-results", func(ctx context.Context) templ.Component {
			return views.CatalogResults(views.NewCatalog(ctx, list(2, func(s *views.CatalogSource) { s.Query.Brands = []string{"NetProduct"}; s.Result.Total = 2 })))
		}},
		{"fragment-added", func(ctx context.Context) templ.Component {
			total := dec("62")
			return views.CartAdded(views.NewAddControl(ctx, rich.Item, rich.Offer, dec("5")), views.NewCartBadge(ctx, 1, &total), views.AddedText(ctx, rich.Item.ID, dec("2"), dec("5")))
		}},
		{"fragment-starred", func(ctx context.Context) templ.Component {
			return views.Starred(views.NewStar(rich.Item.ID, rich.Item.Name, true, false), views.StarredText(ctx, rich.Item.ID, true))
		}},
		{"fragment-refused", func(ctx context.Context) templ.Component {
			return views.ProblemAnnouncement(views.NewProblem(ctx, &errkind.Error{Kind: errkind.BusinessLogic, Text: "Товар <снят>"}))
		}},
		{"fragment-suggest", func(ctx context.Context) templ.Component {
			rows := listings(8)
			return views.SuggestList(views.NewSuggest(ctx, views.SuggestSource{Text: "cf283", Items: itemsOf(rows), Shelf: shelf(rows)}))
		}},
		{"fragment-suggest-none", func(ctx context.Context) templ.Component {
			return views.SuggestList(views.NewSuggest(ctx, views.SuggestSource{Text: "<qq>", Shelf: shelf(nil)}))
		}},
		{"fragment-freshness", func(ctx context.Context) templ.Component {
			return views.FreshnessRegion(views.NewFreshness(ctx, views.FreshnessSource{PricesAt: ago(time.Minute), Now: now}))
		}},
		{"fragment-freshness-loading", func(ctx context.Context) templ.Component {
			return views.FreshnessRegion(views.NewFreshness(ctx, views.FreshnessSource{Prices: catalog.Progress{Running: true, Done: 600, Total: 13000}, Now: now}))
		}},
	}
}

// kinds are all the failures a page can report.
var kinds = [...]errkind.Kind{
	errkind.AccessDenied, errkind.NonAuthorized, errkind.BusinessLogic, errkind.Contract, errkind.Technical, errkind.Timeout, errkind.Unreachable, errkind.NotSOAP,
	errkind.Unsupported, errkind.Invalid, errkind.NotFound, errkind.Conflict, errkind.Throttled, errkind.SignedOut, errkind.Internal,
}
