// Package storetest opens stores in a temporary folder, for tests, and builds what goes into them. Everything it builds is a
// function of its arguments.
package storetest

import (
	"fmt"
	"path/filepath"
	"sync"
	"testing"
	"time"

	"github.com/shopspring/decimal"

	"storefront/internal/catalog"
	"storefront/internal/money"
	"storefront/internal/order"
	"storefront/store/cache"
	"storefront/store/state"
)

// Start is where every Clock starts: a Monday morning.
var Start = time.Date(2026, time.March, 2, 7, 0, 0, 0, time.UTC)

// Clock stands still until it is moved.
type Clock struct {
	mu  sync.Mutex
	now time.Time
}

// NewClock returns a clock at Start.
func NewClock() *Clock { return &Clock{now: Start} }

// Now tells the time.
func (c *Clock) Now() time.Time {
	c.mu.Lock()
	defer c.mu.Unlock()
	return c.now
}

// Advance moves the clock.
func (c *Clock) Advance(d time.Duration) {
	c.mu.Lock()
	defer c.mu.Unlock()
	c.now = c.now.Add(d)
}

// State opens an empty state store, closed with the test.
func State(t testing.TB, now func() time.Time) *state.Store {
	t.Helper()
	return StateIn(t, t.TempDir(), now)
}

// StateIn opens the state store in a folder, as a restarted process would.
func StateIn(t testing.TB, dir string, now func() time.Time) *state.Store {
	t.Helper()
	s, err := state.Open(t.Context(), dir, now)
	if err != nil {
		t.Fatal(err)
	}
	t.Cleanup(func() { closed(t, s.Close()) })
	return s
}

// Cache opens an empty cache, closed with the test.
func Cache(t testing.TB, now func() time.Time) *cache.Store {
	t.Helper()
	return CacheAt(t, filepath.Join(t.TempDir(), "cache.db"), now)
}

// CacheAt opens the cache in a file, as a restarted process would.
func CacheAt(t testing.TB, path string, now func() time.Time) *cache.Store {
	t.Helper()
	s, err := cache.Open(t.Context(), path, now)
	if err != nil {
		t.Fatal(err)
	}
	t.Cleanup(func() { closed(t, s.Close()) })
	return s
}

func closed(t testing.TB, err error) {
	if err != nil {
		t.Errorf("close: %v", err)
	}
}

// Dec reads a decimal that the test has written itself.
func Dec(text string) decimal.Decimal { return decimal.RequireFromString(text) }

// Item builds the n-th item, with the kinds of text that real ones have.
func Item(n int) catalog.Item {
	inPackage, weight := decimal.NewFromInt(int64(1+n%20)), decimal.New(int64(100+n), -3)
	return catalog.Item{
		ID:              ItemID(n),
		Name:            fmt.Sprintf("Картридж HP LJ Pro M%03d (Hi-Black) CF%03dA, 1,5К", n%900, n%1000),
		Alias:           fmt.Sprintf("CF%03dA", n%1000),
		Brand:           []string{"Hi-Black", "NetProduct", "InkTec"}[n%3],
		Vendor:          []string{"HP", "Canon", "Kyocera-Mita"}[n%3],
		OriginalNumber:  fmt.Sprintf("CF%03dA", n%1000),
		Description:     "Товары TOP80",
		Compatibility:   "LaserJet Pro M125, M127, M201, M225, с чипом",
		Category:        Category(n),
		Group:           "Картриджи лазерные",
		RootGroup:       "Картриджи",
		LifeTime:        "1,5К",
		PhotoURLs:       []string{fmt.Sprintf("http://photo.example/%d.jpg", n)},
		NumberInPackage: &inPackage,
		Weight:          &weight,
	}
}

// ItemID is the id of the n-th item.
func ItemID(n int) catalog.ItemID { return catalog.ItemID(fmt.Sprintf("0609-%06d", n)) }

// Category is the category of the n-th item: there are twenty.
func Category(n int) catalog.CategoryID { return catalog.CategoryID(fmt.Sprintf("CARTLAS_%02d", n%20)) }

// Items builds the items 0 to n-1.
func Items(n int) []catalog.Item {
	items := make([]catalog.Item, n)
	for i := range items {
		items[i] = Item(i)
	}
	return items
}

// Offer builds the offer of the n-th item at a price list's level; every tenth is without a price.
func Offer(n int, level int64) catalog.Offer {
	offer := catalog.Offer{
		ItemID:     ItemID(n),
		Available:  decimal.NewFromInt(int64(n % 50)),
		MainOffice: decimal.NewFromInt(int64(n % 500)),
		Transit:    decimal.NewFromInt(int64(n % 7)),
	}
	if n%10 != 0 {
		price := decimal.New(level*1000+int64(n), -2)
		local := price.Mul(decimal.NewFromInt(95))
		offer.Price, offer.PriceLocal = &price, &local
	}
	return offer
}

// Chunks builds a whole price list of the items 0 to n-1.
func Chunks(n int, level int64, readAt time.Time) []catalog.PriceChunk {
	offers := map[catalog.CategoryID][]catalog.Offer{}
	for i := range n {
		offers[Category(i)] = append(offers[Category(i)], Offer(i, level))
	}
	var chunks []catalog.PriceChunk
	for i := range min(n, 20) {
		chunks = append(chunks, catalog.PriceChunk{Category: Category(i), Offers: offers[Category(i)], ReadAt: readAt})
	}
	return chunks
}

// Order builds the n-th order as GetOrders tells it: later ones are younger.
func Order(n int) order.Order {
	at := Start.Add(time.Duration(n) * time.Hour)
	return order.Order{
		ID: order.ID(fmt.Sprintf("ЗК-%05d", n)), CreatedAt: at, Status: order.Reserving, Currency: money.USD, Type: "Заказ",
		LineCount: 1, GoodsCount: decimal.NewFromInt(2), Sum: Dec("12.5"), ReadAt: at,
	}
}

// OrderLine builds a line of the n-th item.
func OrderLine(n int, quantity int64) order.Line {
	price := decimal.New(int64(625+n), -2)
	return order.Line{
		ItemID: ItemID(n), Name: Item(n).Name, Quantity: decimal.NewFromInt(quantity), Reserved: decimal.NewFromInt(quantity),
		UnitPrice: price, TotalPrice: price.Mul(decimal.NewFromInt(quantity)),
		Customs: []order.Customs{{Number: "10702070/010125/0000001", Country: "КИТАЙ"}},
	}
}

// Submission builds a submission of a cart, ready to be prepared.
func Submission(id order.SubmissionID, cart order.Cart, at time.Time) order.Submission {
	s := order.Submission{
		ID: id, Buyer: cart.Buyer, Cart: cart.ID, CartVersion: cart.Version, Note: cart.Note, State: order.Prepared,
		Sealed: []byte("sealed"), CreatedAt: at, ChangedAt: at,
	}
	for _, line := range cart.Lines {
		s.Lines = append(s.Lines, order.SubmissionLine{ItemID: line.ItemID, Name: "Картридж", Quantity: line.Quantity, Price: Dec("6.25")})
	}
	return s
}
