package cache_test

import (
	"database/sql"
	"fmt"
	"path/filepath"
	"testing"
	"time"

	"github.com/shopspring/decimal"

	"storefront/internal/buyer"
	"storefront/internal/catalog"
	"storefront/store/cache"
	"storefront/store/storetest"
)

// The figures here are those of the real assortment: items, the categories they stand in, and buyers spread over price levels.
const (
	assortedItems = 13_000
	inCategories  = 100
	manyBuyers    = 1_000
	priceLevels   = 20
)

// levelOf is the list of a price level, read at a moment: every price is the level's own.
func levelOf(level, items, categories int, readAt time.Time) []catalog.PriceChunk {
	chunks := make([]catalog.PriceChunk, categories)
	for c := range chunks {
		chunks[c] = catalog.PriceChunk{Category: catalog.CategoryID(fmt.Sprintf("CATEGORY_%03d", c)), ReadAt: readAt}
	}
	for i := range items {
		price := decimal.New(int64(100_000+i*37+level), -2)
		local := price.Mul(decimal.New(784321, -4)).Round(2)
		chunk := &chunks[i%categories]
		chunk.Offers = append(chunk.Offers, catalog.Offer{
			ItemID: catalog.ItemID(fmt.Sprintf("%09d", i*7919)), Price: &price, PriceLocal: &local,
			Available: decimal.NewFromInt(int64(i % 50)), MainOffice: decimal.NewFromInt(int64(i % 400)), Transit: decimal.NewFromInt(int64(i % 3)),
		})
	}
	return chunks
}

// measured is a cache whose file can be counted.
type measured struct {
	*cache.Store
	path string
}

func newMeasured(t testing.TB) measured {
	t.Helper()
	m := measured{path: filepath.Join(t.TempDir(), "cache.db")}
	var err error
	if m.Store, err = cache.Open(t.Context(), m.path, time.Now); err != nil {
		t.Fatal(err)
	}
	t.Cleanup(func() { _ = m.Close() })
	return m
}

// count asks the file for one number.
func (m measured) count(t testing.TB, query string) (n int) {
	t.Helper()
	db, err := sql.Open("sqlite", m.path)
	if err != nil {
		t.Fatal(err)
	}
	defer db.Close()
	if err := db.QueryRowContext(t.Context(), query).Scan(&n); err != nil {
		t.Fatalf("%s: %v", query, err)
	}
	return n
}

// bytes is what of the file is used: pages set free are not counted.
func (m measured) bytes(t testing.TB) int {
	return m.count(t, `SELECT (p.page_count - f.freelist_count) * s.page_size FROM pragma_page_count p, pragma_freelist_count f, pragma_page_size s`)
}

func (m measured) bodies(t testing.TB) int { return m.count(t, `SELECT COUNT(*) FROM price_bodies`) }

func TestAThousandBuyersOnTwentyLevelsTakeTwentyLists(t *testing.T) {
	const items, categories = 400, 10 // the proportions are the same with all of the assortment: see BenchmarkThousandBuyers
	m := newMeasured(t)
	lists := func(buyers int) (bodies, bodyBytes int) {
		for n := range buyers {
			put(t, m.Store, buyer.ID(fmt.Sprint("buyer", n)), levelOf(n%priceLevels, items, categories, storetest.Start.Add(time.Duration(n)*time.Second))...)
		}
		return m.bodies(t), m.count(t, `SELECT SUM(LENGTH(body)) FROM price_bodies`)
	}
	levels, levelBytes := lists(priceLevels)
	if levels != priceLevels*categories {
		t.Errorf("%d lists have %d bodies, want %d", priceLevels, levels, priceLevels*categories)
	}
	bodies, bytes := lists(manyBuyers / 5)
	if bodies != levels || bytes != levelBytes {
		t.Errorf("many buyers have %d bodies of %d bytes, %d lists alone %d of %d", bodies, bytes, priceLevels, levels, levelBytes)
	}
	if chunks := m.count(t, `SELECT COUNT(*) FROM price_chunks`); chunks != manyBuyers/5*categories {
		t.Errorf("%d ages, want one for each buyer and category", chunks)
	}
}

func TestAListOfOnesOwnIsSmallAndASharedOneNextToNothing(t *testing.T) {
	const own, shared = 1_500_000, 20_000
	m := newMeasured(t)
	empty := m.bytes(t)
	put(t, m.Store, "first", levelOf(1, assortedItems, inCategories, storetest.Start)...)
	first := m.bytes(t)
	put(t, m.Store, "alike", levelOf(1, assortedItems, inCategories, storetest.Start.Add(time.Hour))...)
	alike := m.bytes(t)
	t.Logf("a list of one's own takes %d bytes, one that another buyer has too %d", first-empty, alike-first)
	if first-empty > own {
		t.Errorf("a list of %d offers takes %d bytes, want at most %d", assortedItems, first-empty, own)
	}
	if alike-first > shared {
		t.Errorf("a list that another buyer has too takes %d bytes, want at most %d", alike-first, shared)
	}
}

// One category read anew, of one buyer, is one more body; the rest stays shared. Who reads it then, alike, shares it again.
func TestAPartReadAnewLeavesTheRestShared(t *testing.T) {
	const items, categories = 100, 10
	m := newMeasured(t)
	for _, b := range []buyer.ID{"ivan", "pyotr"} {
		put(t, m.Store, b, levelOf(1, items, categories, storetest.Start)...)
	}
	later := storetest.Start.Add(time.Hour)
	part := levelOf(2, items, categories, later)[3]
	put(t, m.Store, "ivan", part)
	if got := m.bodies(t); got != categories+1 {
		t.Errorf("after one of two read a category anew there are %d bodies, want %d", got, categories+1)
	}
	ages, _, err := m.PricesReadAt(t.Context(), "pyotr")
	if err != nil || !ages[part.Category].Equal(storetest.Start) {
		t.Errorf("the other's category was read %v (%v), want %v", ages[part.Category], err, storetest.Start)
	}
	put(t, m.Store, "pyotr", part)
	if got := m.bodies(t); got != categories {
		t.Errorf("after both did there are %d bodies, want %d: the old one is of no use", got, categories)
	}
}

func TestPartsOfAListCanBeReadAlone(t *testing.T) {
	m := newMeasured(t)
	list := levelOf(1, 100, 10, storetest.Start)
	put(t, m.Store, "ivan", list...)
	put(t, m.Store, "pyotr", levelOf(2, 100, 10, storetest.Start)...)
	got, err := m.PricesIn(t.Context(), "ivan", []catalog.CategoryID{list[2].Category, list[7].Category, "UNKNOWN"})
	if err != nil || len(got) != 2 || got[0].Category != list[2].Category || got[1].Category != list[7].Category {
		t.Fatalf("%d parts, %v", len(got), err)
	}
	if !got[0].Offers[0].Price.Equal(*list[2].Offers[0].Price) {
		t.Error("the price is another buyer's")
	}
	if none, err := m.PricesIn(t.Context(), "ivan", nil); err != nil || len(none) != 0 {
		t.Errorf("no category has %d parts, %v", len(none), err)
	}
	ages, complete, err := m.PricesReadAt(t.Context(), "ivan")
	if err != nil || complete || len(ages) != 10 || !ages[list[2].Category].Equal(storetest.Start) {
		t.Errorf("ages %v, complete %t, %v", ages, complete, err)
	}
}

// BenchmarkThousandBuyers writes the lists of 1,000 buyers on 20 levels and tells what they take on disk, beside what the 20
// lists alone take.
func BenchmarkThousandBuyers(b *testing.B) {
	var lists [priceLevels][]catalog.PriceChunk
	for level := range lists {
		lists[level] = levelOf(level, assortedItems, inCategories, storetest.Start)
	}
	for b.Loop() {
		m := newMeasured(b)
		empty := m.bytes(b)
		for n := range manyBuyers {
			put(b, m.Store, buyer.ID(fmt.Sprint("buyer", n)), lists[n%priceLevels]...)
			if n == priceLevels-1 {
				b.ReportMetric(float64(m.bytes(b)-empty)/1e6, "MB/20-buyers")
			}
		}
		b.ReportMetric(float64(m.bytes(b)-empty)/1e6, "MB/1000-buyers")
	}
}
