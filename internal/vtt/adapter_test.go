package vtt_test

import (
	"net/http"
	"os"
	"path/filepath"
	"strings"
	"testing"
	"time"

	"github.com/google/go-cmp/cmp"
	"github.com/shopspring/decimal"

	"storefront/internal/catalog"
	"storefront/internal/errkind"
	"storefront/internal/money"
	"storefront/internal/order"
	"storefront/internal/vtt"
)

// golden is a service that gives the answers typed by hand for the contract, in both styles.
func golden(t *testing.T, check func(t *testing.T, d *vtt.Distributor, u *upstream)) {
	for _, style := range []string{"prefixed", "default"} {
		t.Run(style, func(t *testing.T) {
			u := newUpstream(t, func(w http.ResponseWriter, r request) {
				answer, err := os.ReadFile(filepath.Join("portal", "testdata", "answers", style, r.operation+".xml"))
				if err != nil {
					t.Error(err)
				}
				w.Header().Set("Content-Type", "text/xml; charset=utf-8")
				_, _ = w.Write(answer)
			})
			check(t, u.distributor(t), u)
		})
	}
}

func dec(s string) decimal.Decimal   { return decimal.RequireFromString(s) }
func some(s string) *decimal.Decimal { d := dec(s); return &d }

func same(t *testing.T, err error, want, got any) {
	t.Helper()
	if err != nil {
		t.Error(err)
	}
	if diff := cmp.Diff(want, got); diff != "" {
		t.Error(diff)
	}
}

var msk = time.FixedZone("MSK", 3*60*60)

var (
	fullListing = catalog.Listing{
		Item: catalog.Item{
			ID: "2C918150", Name: "Картридж HP LJ Pro M125/M127/M201 (Hi-Black) CF283A, 1,5K", Alias: "HB-CF283A", Brand: "Hi-Black",
			Vendor: "HP", OriginalNumber: "CF283A", Barcode: "4690000000024", Description: "Товары TOP80",
			Compatibility: "HP LaserJet Pro M125/M127/M201, с чипом", GroupID: "CARTLAS_COMP", Group: "Картриджи лазерные совместимые",
			RootGroup: "Картриджи & тонеры", LifeTime: "1,52К", ColorName: "Чёрный", ColorID: "1", TnvedCode: "8443999009",
			PhotoURLs:   []string{"http://photos.vtt.ru/2C918150.jpg", "http://photos.vtt.ru/2C918150_2.jpg"},
			TransitDate: time.Date(2026, 11, 30, 0, 0, 0, 0, msk), NumberInPackage: some("1"),
			Package: catalog.Size{Width: some("32"), Height: some("10"), Depth: some("11.5")},
			Gross:   catalog.Size{Width: some("31"), Height: some("9.25"), Depth: some("10.5")},
			Weight:  some("0.8"), GrossWeight: some("0.72"), NetWeight: some("0.65"), GrossVolume: some("0.0031"),
		},
		Offer: catalog.Offer{ItemID: "2C918150", Price: some("7.35"), PriceLocal: some("679.88"), PriceRetail: some("990"),
			Available: dec("12"), MainOffice: dec("340"), Transit: dec("200")},
	}
	poorListing = catalog.Listing{
		Item:  catalog.Item{ID: "0609-001174", Name: "Барабан"},
		Offer: catalog.Offer{ItemID: "0609-001174", Price: some("-1")},
	}
	offers = []catalog.Offer{
		{ItemID: "2C918150", Price: some("7.35"), Available: dec("12"), MainOffice: dec("340")},
		{ItemID: "0609-001174", Price: some("-1")},
	}
	shipped = order.Order{
		ID: "ЗК-004711", CreatedAt: time.Date(2026, 11, 2, 10, 15, 30, 500_000_000, msk), Status: order.Shipped, Currency: money.KZN,
		Type: "0", LineCount: 2, GoodsCount: dec("1002"), Sum: dec("12345.67"),
		Invoice:        order.Document{Number: "УТ-99", Date: time.Date(2026, 11, 5, 0, 0, 0, 0, msk)},
		PaymentInvoice: order.Document{Number: "СЧ-17", Date: time.Date(2026, 11, 3, 12, 0, 0, 0, time.UTC)},
		Transfer:       []string{"https://utd.vtt.ru/1", "https://utd.vtt.ru/2"}, Note: "Пропуск & звонок", ReadAt: readAt,
	}
	fresh = order.Order{
		ID: "ЗК-004712", CreatedAt: time.Date(2026, 11, 20, 9, 0, 0, 0, msk), Status: order.Reserving, Currency: money.USD,
		Type: "0", LineCount: 1, GoodsCount: dec("1"), Sum: dec("7.35"), ReadAt: readAt,
	}
)

func TestCatalogueInOurWords(t *testing.T) {
	golden(t, func(t *testing.T, d *vtt.Distributor, _ *upstream) {
		ctx := t.Context()
		one, err := d.Listing(ctx, cred, "2C918150")
		same(t, err, fullListing, one)
		list, err := d.CategoryListings(ctx, cred, "CARTLAS_ORIG")
		same(t, err, []catalog.Listing{fullListing, poorListing}, list)
		offer, err := d.Offer(ctx, cred, "2C918150")
		same(t, err, offers[0], offer)
		prices, err := d.CategoryOffers(ctx, cred, "CARTLAS_ORIG")
		same(t, err, offers, prices)
		prices, err = d.AllOffers(ctx, cred)
		same(t, err, offers, prices)
		categories, err := d.Categories(ctx, cred)
		same(t, err, []catalog.Category{
			{ID: "CARTLAS", Name: "Картриджи лазерные"}, {ID: "CARTLAS_ORIG", Parent: "CARTLAS", Name: "Оригинальные"},
			{ID: "INK", Name: "Чернила"}, {ID: "TNR", Name: "Тонер"},
		}, categories)
		rate, err := d.Rate(ctx, cred)
		same(t, err, money.Rate{RUB: dec("92.5012"), SetAt: time.Date(2026, 11, 23, 0, 0, 0, 0, msk)}, rate)
		var fits []catalog.Fit
		err = d.EachFit(ctx, cred, func(f catalog.Fit) error { fits = append(fits, f); return nil })
		same(t, err, []catalog.Fit{
			{ItemID: "2C918150", Brand: "HP", Category: "Принтеры", Model: "LaserJet Pro M125a/nw"},
			{ItemID: "2C918150", Brand: "HP", Model: "LaserJet Pro M201dw"},
		}, fits)
	})
}

func TestOrdersInOurWords(t *testing.T) {
	golden(t, func(t *testing.T, d *vtt.Distributor, _ *upstream) {
		ctx := t.Context()
		list, err := d.Orders(ctx, cred)
		same(t, err, []order.Order{shipped, fresh}, list)
		one, err := d.OrderStatus(ctx, cred, "ЗК-004711")
		same(t, err, shipped, one)
		withLines := shipped
		withLines.LinesReadAt = readAt
		withLines.Lines = []order.Line{
			{ItemID: "2C918150", Name: "Картридж", Quantity: dec("1000"), Reserved: dec("990"), UnitPrice: dec("7.35"), TotalPrice: dec("7350"),
				Customs: []order.Customs{{Number: "10702030/010126/0001234", Country: "КИТАЙ"}, {Number: "10702030/020126/0005678", Country: "ЯПОНИЯ"}}},
			{ItemID: "0609-001174", Name: "Барабан", Quantity: dec("2"), UnitPrice: dec("2497.835"), TotalPrice: dec("4995.67")},
		}
		one, err = d.OrderWithLines(ctx, cred, "ЗК-004711")
		same(t, err, withLines, one)
	})
}

func TestChangesInOurWords(t *testing.T) {
	golden(t, func(t *testing.T, d *vtt.Distributor, u *upstream) {
		ctx := t.Context()
		id, err := d.CreateOrder(ctx, cred, twoPieces)
		same(t, err, order.ID("ЗК-004713"), id)
		result, err := d.AddLine(ctx, cred, "ЗК-004711", twoPieces[0])
		same(t, err, order.LineResult{Ordered: dec("5"), Reserved: dec("3")}, result)
		same(t, d.RemoveLine(ctx, cred, "ЗК-004711", "2C918150", decimal.NewFromInt(1)), nil, nil)
		note, err := d.SetNote(ctx, cred, "ЗК-004711", "звонок")
		same(t, err, order.NoteResult{Updated: true}, note)
		if n := u.times(); n != 4 {
			t.Errorf("%d calls, want four", n)
		}
	})
}

// Quantities go out as whole numbers however they are held; the wire has had xs:int for them.
func TestQuantitiesAreWrittenWithoutAFraction(t *testing.T) {
	for held, want := range map[string]string{"2": "2", "2.0": "2", "2.000": "2", "1e3": "1000", "100000": "100000"} {
		var body string
		u := newUpstream(t, func(w http.ResponseWriter, r request) { body = r.body; success(w, r.operation, "4711") })
		d := u.distributor(t)
		if _, err := d.CreateOrder(t.Context(), cred, []order.NewLine{{ItemID: "A", Quantity: dec(held)}}); err != nil {
			t.Fatal(err)
		}
		if !strings.Contains(body, "Quantity>"+want+"</") {
			t.Errorf("%s was written as %s", held, body)
		}
	}
}

// A field that cannot be read never loses its item: without a price it cannot be ordered, and that is all.
func TestUnreadableFieldsKeepTheItem(t *testing.T) {
	for _, bad := range []string{"7,35", "1e3", "NaN", "1234567890123", "семь", "0x10", "--1", "1.2.3", "INF", " "} {
		u := newUpstream(t, func(w http.ResponseWriter, r request) {
			success(w, r.operation, "<a:ItemDto><a:AvailableQuantity>"+bad+"</a:AvailableQuantity><a:Id>A</a:Id><a:Name>Имя</a:Name><a:Price>"+bad+
				"</a:Price><a:TransitDate>"+bad+"</a:TransitDate><a:Width>"+bad+"</a:Width></a:ItemDto>")
		})
		list, err := u.distributor(t).CategoryListings(t.Context(), cred, "X")
		same(t, err, []catalog.Listing{{Item: catalog.Item{ID: "A", Name: "Имя"}, Offer: catalog.Offer{ItemID: "A"}}}, list)
		if len(list) == 1 && list[0].Offer.Orderable() {
			t.Errorf("an item at the price %q can be ordered", bad)
		}
	}
}

// An order list is evidence: it is whole, or it is nothing.
func TestAnOrderListWithAnUnreadableOrderIsRefused(t *testing.T) {
	u := newUpstream(t, func(w http.ResponseWriter, r request) {
		success(w, r.operation, "<a:OrderDto><a:Id>1</a:Id></a:OrderDto><a:OrderDto><a:Sum>5</a:Sum></a:OrderDto>")
	})
	list, err := u.distributor(t).Orders(t.Context(), cred)
	wantKind(t, err, errkind.NotSOAP)
	if list != nil {
		t.Errorf("%v was concluded from half a list", list)
	}
}

func TestRateUnderAnyNames(t *testing.T) {
	set := time.Date(2026, 11, 23, 9, 30, 0, 0, msk)
	for name, c := range map[string]struct {
		result string
		want   money.Rate
		kind   errkind.Kind
	}{
		"rate, then date":    {"<a:X>92.5</a:X><a:Y>2026-11-23T09:30:00</a:Y>", money.Rate{RUB: dec("92.5"), SetAt: set}, ""},
		"date, then rate":    {"<a:Y>2026-11-23T09:30:00</a:Y><a:X>92.5</a:X>", money.Rate{RUB: dec("92.5"), SetAt: set}, ""},
		"deeper":             {"<a:Z><a:X>92.5</a:X><a:Y>2026-11-23T09:30:00</a:Y></a:Z>", money.Rate{RUB: dec("92.5"), SetAt: set}, ""},
		"of no namespace":    {`<X xmlns="">92.5</X>`, money.Rate{RUB: dec("92.5")}, ""},
		"the result itself":  {"92.5", money.Rate{RUB: dec("92.5")}, ""},
		"several of each":    {"<a:X>92.5</a:X><a:X>1</a:X><a:Y>2026-11-23T09:30:00</a:Y><a:Y>2001-01-01</a:Y>", money.Rate{RUB: dec("92.5"), SetAt: set}, ""},
		"nothing":            {"", money.Rate{}, errkind.NotSOAP},
		"no rate":            {"<a:Y>2026-11-23T09:30:00</a:Y>", money.Rate{}, errkind.NotSOAP},
		"a rate of zero":     {"<a:X>0</a:X>", money.Rate{}, errkind.NotSOAP},
		"a rate below zero":  {"<a:X>-92.5</a:X>", money.Rate{}, errkind.NotSOAP},
		"a rate with commas": {"<a:X>92,5</a:X>", money.Rate{}, errkind.NotSOAP},
	} {
		t.Run(name, func(t *testing.T) {
			u := newUpstream(t, func(w http.ResponseWriter, r request) { success(w, r.operation, c.result) })
			got, err := u.distributor(t).Rate(t.Context(), cred)
			wantKind(t, err, c.kind)
			if diff := cmp.Diff(c.want, got); diff != "" {
				t.Error(diff)
			}
		})
	}
}

func TestNoteRefusedInTheAnswer(t *testing.T) {
	u := newUpstream(t, func(w http.ResponseWriter, r request) {
		success(w, r.operation, "<a:Error> Заказ закрыт </a:Error><a:NoteUpdated>false</a:NoteUpdated>")
	})
	got, err := u.distributor(t).SetNote(t.Context(), cred, "1", "x")
	same(t, err, order.NoteResult{Error: "Заказ закрыт"}, got)
}
