package web

import (
	"context"
	"fmt"
	"log/slog"
	"net/http"
	"net/http/httptest"
	"path/filepath"
	"testing"
	"time"

	"github.com/labstack/echo/v4"
	"github.com/shopspring/decimal"

	"storefront/internal/buyer"
	"storefront/internal/catalog"
	"storefront/internal/i18n"
	"storefront/internal/money"
	"storefront/internal/order"
	"storefront/internal/search"
	"storefront/store/cache"
	"storefront/store/state"
)

const benchItems = 13_000

var benchTime = time.Date(2026, 3, 1, 10, 0, 0, 0, time.UTC)

// benchCorpus is a plain catalogue of the size the distributor has.
func benchCorpus() search.Corpus {
	corpus := search.Corpus{}
	for root := range 12 {
		id := catalog.CategoryID(fmt.Sprintf("ROOT%d", root))
		corpus.Categories = append(corpus.Categories, catalog.Category{ID: id, Name: "Картриджи " + string(id)})
		for child := range 6 {
			corpus.Categories = append(corpus.Categories, catalog.Category{ID: catalog.CategoryID(fmt.Sprintf("%s_%d", id, child)), Parent: id, Name: "Раздел"})
		}
	}
	for i := range benchItems {
		corpus.Items = append(corpus.Items, catalog.Item{
			ID: catalog.ItemID(fmt.Sprintf("%09d", i*7919)), Name: fmt.Sprintf("Картридж HP LJ Pro M%d (Hi-Black) CF%dA, 1,5K", i%900, i%700),
			Brand: []string{"Hi-Black", "O", "China", "NetProduct"}[i%4], Vendor: []string{"HP", "Canon", "Brother"}[i%3],
			OriginalNumber: fmt.Sprintf("CF%dA", i%700), ColorName: "Черный", LifeTime: "1,5K", Description: "Товары TOP80",
			Category: catalog.CategoryID(fmt.Sprintf("ROOT%d_%d", i%12, i%6)), PhotoURLs: []string{"http://photos.example/1.jpg"},
		})
	}
	return corpus
}

// memory answers descriptions from a map: what the catalogue page costs without a database.
type memory map[catalog.ItemID]catalog.Item

func (memory) CatalogueRead(context.Context) (bool, error) { return true, nil }

func (m memory) Item(_ context.Context, id catalog.ItemID) (catalog.Item, error) { return m[id], nil }
func (m memory) Items(_ context.Context, ids []catalog.ItemID) ([]catalog.Item, error) {
	items := make([]catalog.Item, len(ids))
	for i, id := range ids {
		items[i] = m[id]
	}
	return items, nil
}
func (memory) Fits(context.Context, catalog.ItemID) ([]catalog.Fit, error)          { return nil, nil }
func (memory) Related(context.Context, catalog.ItemID) ([]catalog.ItemID, error)    { return nil, nil }
func (memory) NewItems(context.Context, time.Time, int) ([]catalog.Newcomer, error) { return nil, nil }
func (memory) Rate(context.Context) (money.Rate, error) {
	return money.Rate{RUB: decimal.New(784321, -4), SetAt: benchTime}, nil
}

// benchServer is a shop with 13,000 items, a buyer with a complete price list, and real stores.
func benchServer(b *testing.B, corpus search.Corpus) *Server {
	b.Helper()
	ctx, dir := b.Context(), b.TempDir()
	kept, err := cache.Open(ctx, filepath.Join(dir, "cache.db"), time.Now)
	fatal(b, err)
	b.Cleanup(func() { _ = kept.Close() })
	fatal(b, kept.UpsertItems(ctx, corpus.Items))
	rate, _ := memory{}.Rate(ctx)
	fatal(b, kept.PutRate(ctx, rate))
	precious, err := state.Open(ctx, dir, time.Now)
	fatal(b, err)
	b.Cleanup(func() { _ = precious.Close() })
	messages, err := i18n.Load()
	fatal(b, err)
	engine := search.NewEngine(search.Options{})
	engine.Publish(search.Build(corpus))
	engine.Replace("bench", benchPrices(corpus.Items))
	return &Server{
		Cache: kept, Carts: &order.Carts{Store: precious}, History: precious, Watches: precious, Wishes: precious, NoteTemplates: &order.NoteTemplates{Store: precious}, Engine: engine, Jobs: idle{}, Messages: messages,
		Damage: precious.Damage, Down: func() time.Time { return time.Time{} }, Log: slog.New(slog.DiscardHandler), Now: func() time.Time { return benchTime },
	}
}

func benchPrices(items []catalog.Item) *search.PriceList {
	offers := make([]catalog.Offer, len(items))
	for i, item := range items {
		price := decimal.New(int64(100+i%9000), -2)
		offers[i] = catalog.Offer{ItemID: item.ID, Price: &price, Available: decimal.NewFromInt(int64(i % 50)), MainOffice: decimal.NewFromInt(int64(i % 400))}
	}
	return search.NewPriceList([]catalog.PriceChunk{{Category: "all", Offers: offers, ReadAt: benchTime}}, true)
}

func fatal(b *testing.B, err error) {
	b.Helper()
	if err != nil {
		b.Fatal(err)
	}
}

// serveCatalog answers one page of a category, compressed, as a browser asks for it.
func serveCatalog(b *testing.B, s *Server, e *echo.Echo) int {
	r := httptest.NewRequest(http.MethodGet, "/catalog/ROOT3?page=2", nil)
	r.Header.Set("Accept-Encoding", "gzip")
	r = r.WithContext(i18n.With(r.Context(), s.Messages.Printer("ru")))
	rec := httptest.NewRecorder()
	c := e.NewContext(r, rec)
	c.SetParamNames("category")
	c.SetParamValues("ROOT3")
	c.Set(visitKey, visit{account: buyer.Account{ID: "bench"}})
	if err := s.catalog(c); err != nil || rec.Code != http.StatusOK {
		b.Fatalf("status %d, error %v", rec.Code, err)
	}
	return rec.Body.Len()
}

// BenchmarkCatalogPage answers a category's page of 50 rows with facets: rows from SQLite, and the same page from memory. The
// two answers are equal to the byte.
func BenchmarkCatalogPage(b *testing.B) {
	corpus := benchCorpus()
	fromSQLite := benchServer(b, corpus)
	fromMemory := *fromSQLite
	held := memory{}
	for _, item := range corpus.Items {
		held[item.ID] = item
	}
	fromMemory.Cache = held
	e := echo.New()
	if one, two := serveCatalog(b, fromSQLite, e), serveCatalog(b, &fromMemory, e); one != two {
		b.Fatalf("the pages differ: %d and %d bytes", one, two)
	}
	for name, s := range map[string]*Server{"sqlite": fromSQLite, "memory": &fromMemory} {
		b.Run(name, func(b *testing.B) {
			b.ReportAllocs()
			size := 0
			for b.Loop() {
				size = serveCatalog(b, s, e)
			}
			b.ReportMetric(float64(size), "bytes/page")
		})
	}
}
