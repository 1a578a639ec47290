package jobs_test

import (
	"context"
	"fmt"
	"slices"
	"sync"
	"time"

	"github.com/shopspring/decimal"

	"storefront/internal/buyer"
	"storefront/internal/catalog"
	"storefront/internal/errkind"
	"storefront/internal/money"
	"storefront/internal/order"
	"storefront/store/storetest"
)

// fakeDistributor offers items 0 to size-1, each buyer at his own level of prices, and takes a while for everything.
type fakeDistributor struct {
	mu       sync.Mutex
	size     int
	portion  int
	takes    time.Duration      // a call, or a portion
	level    map[buyer.ID]int64 // of prices
	orders   map[buyer.ID][]order.Order
	fits     []catalog.Fit
	related  map[catalog.ItemID][]catalog.Listing // nil: not published
	hidden   func(n int) bool                     // items left out
	priced   bool                                 // false: every price is on request
	broken   map[string]error
	panics   map[string]bool
	calls    map[string]int
	asked    []string // operation and thing, in order
	atOnce   map[string]int
	mostOnce map[string]int
}

func newFake(size int) *fakeDistributor {
	return &fakeDistributor{
		size: size, portion: 100, takes: time.Second, level: map[buyer.ID]int64{}, orders: map[buyer.ID][]order.Order{},
		hidden: func(int) bool { return false }, priced: true, broken: map[string]error{}, panics: map[string]bool{},
		calls: map[string]int{}, atOnce: map[string]int{}, mostOnce: map[string]int{},
	}
}

// call counts a call and lets it take its time.
func (f *fakeDistributor) call(ctx context.Context, operation, what string) error {
	f.mu.Lock()
	f.calls[operation]++
	f.asked = append(f.asked, operation+" "+what)
	f.atOnce[operation]++
	f.mostOnce[operation] = max(f.mostOnce[operation], f.atOnce[operation])
	f.mu.Unlock()
	defer func() {
		f.mu.Lock()
		defer f.mu.Unlock()
		f.atOnce[operation]--
	}()
	select {
	case <-time.After(f.takes):
	case <-ctx.Done():
		return ctx.Err()
	}
	f.mu.Lock()
	defer f.mu.Unlock()
	if f.panics[operation] {
		panic("poisoned")
	}
	return f.broken[operation]
}

func (f *fakeDistributor) count(operation string) int {
	f.mu.Lock()
	defer f.mu.Unlock()
	return f.calls[operation]
}

func (f *fakeDistributor) set(change func()) {
	f.mu.Lock()
	defer f.mu.Unlock()
	change()
}

func (f *fakeDistributor) offer(c buyer.Credentials, n int) catalog.Offer {
	o := storetest.Offer(n, f.level[c.Buyer()])
	if !f.priced {
		o.Price = nil
	}
	return o
}

func (f *fakeDistributor) listing(c buyer.Credentials, n int) catalog.Listing {
	item := storetest.Item(n)
	item.GroupID, item.Category = string(item.Category), ""
	return catalog.Listing{Item: item, Offer: f.offer(c, n)}
}

// shown lists the numbers of the items offered.
func (f *fakeDistributor) shown() (list []int) {
	for n := range f.size {
		if !f.hidden(n) {
			list = append(list, n)
		}
	}
	return list
}

func (f *fakeDistributor) Rate(ctx context.Context, c buyer.Credentials) (money.Rate, error) {
	return money.Rate{RUB: storetest.Dec("95.5"), SetAt: storetest.Start}, f.call(ctx, "Rate", "")
}

func (f *fakeDistributor) Categories(ctx context.Context, c buyer.Credentials) ([]catalog.Category, error) {
	list := []catalog.Category{{ID: "CARTLAS", Name: "Картриджи"}}
	for n := range 20 {
		list = append(list, catalog.Category{ID: storetest.Category(n), Parent: "CARTLAS", Name: fmt.Sprint("Группа ", n)})
	}
	return list, f.call(ctx, "Categories", "")
}

func (f *fakeDistributor) EachListing(ctx context.Context, c buyer.Credentials, yield func([]catalog.Listing, catalog.Progress) error) error {
	return f.each(ctx, "EachListing", func(numbers []int, p catalog.Progress) error {
		var portion []catalog.Listing
		for _, n := range numbers {
			portion = append(portion, f.listing(c, n))
		}
		return yield(portion, p)
	})
}

func (f *fakeDistributor) EachOffer(ctx context.Context, c buyer.Credentials, yield func([]catalog.Offer, catalog.Progress) error) error {
	return f.each(ctx, "EachOffer", func(numbers []int, p catalog.Progress) error {
		var portion []catalog.Offer
		for _, n := range numbers {
			portion = append(portion, f.offer(c, n))
		}
		return yield(portion, p)
	})
}

func (f *fakeDistributor) each(ctx context.Context, operation string, yield func([]int, catalog.Progress) error) error {
	f.mu.Lock()
	numbers := f.shown()
	f.mu.Unlock()
	progress := catalog.Progress{Total: len(numbers)}
	for portion := range slices.Chunk(numbers, f.portion) {
		if err := f.call(ctx, operation, fmt.Sprint(portion[0])); err != nil {
			return err
		}
		progress.Done += len(portion)
		if err := yield(portion, progress); err != nil {
			return err
		}
	}
	f.set(func() { f.calls[operation+" whole"]++ })
	return nil
}

func (f *fakeDistributor) CategoryListings(ctx context.Context, c buyer.Credentials, id catalog.CategoryID) (list []catalog.Listing, err error) {
	err = f.call(ctx, "CategoryListings", string(id))
	for _, n := range f.shown() {
		if storetest.Category(n) == id || id == "CARTLAS" {
			list = append(list, f.listing(c, n))
		}
	}
	return list, err
}

func (f *fakeDistributor) CategoryOffers(ctx context.Context, c buyer.Credentials, id catalog.CategoryID) (list []catalog.Offer, err error) {
	err = f.call(ctx, "CategoryOffers", string(id))
	f.mu.Lock()
	defer f.mu.Unlock()
	for _, n := range f.shown() {
		if storetest.Category(n) == id || id == "CARTLAS" {
			list = append(list, f.offer(c, n))
		}
	}
	return list, err
}

func (f *fakeDistributor) Listing(ctx context.Context, c buyer.Credentials, id catalog.ItemID) (catalog.Listing, error) {
	n, err := f.number(ctx, "Listing", id)
	return f.listing(c, n), err
}

func (f *fakeDistributor) Related(_ context.Context, _ buyer.Credentials, id catalog.ItemID) ([]catalog.Listing, error) {
	f.mu.Lock()
	defer f.mu.Unlock()
	f.calls["Related"]++
	list, published := f.related[id]
	if !published {
		return nil, errkind.New(errkind.Unsupported, "")
	}
	return list, nil
}

func (f *fakeDistributor) Offer(ctx context.Context, c buyer.Credentials, id catalog.ItemID) (catalog.Offer, error) {
	n, err := f.number(ctx, "Offer", id)
	return f.offer(c, n), err
}

func (f *fakeDistributor) number(ctx context.Context, operation string, id catalog.ItemID) (int, error) {
	err := f.call(ctx, operation, string(id))
	for n := range f.size {
		if storetest.ItemID(n) == id {
			return n, err
		}
	}
	return 0, &errkind.Error{Kind: errkind.BusinessLogic, Text: "Товар не найден"}
}

func (f *fakeDistributor) EachFit(ctx context.Context, c buyer.Credentials, yield func(catalog.Fit) error) error {
	if err := f.call(ctx, "EachFit", c.Login); err != nil {
		return err
	}
	for _, fit := range f.fits {
		if err := yield(fit); err != nil {
			return err
		}
	}
	return nil
}

func (f *fakeDistributor) Orders(ctx context.Context, c buyer.Credentials) ([]order.Order, error) {
	err := f.call(ctx, "Orders", c.Login)
	f.mu.Lock()
	defer f.mu.Unlock()
	return slices.Clone(f.orders[c.Buyer()]), err
}

func (f *fakeDistributor) OrderStatus(ctx context.Context, c buyer.Credentials, id order.ID) (order.Order, error) {
	return f.order(ctx, "OrderStatus", c, id)
}

func (f *fakeDistributor) OrderWithLines(ctx context.Context, c buyer.Credentials, id order.ID) (order.Order, error) {
	o, err := f.order(ctx, "OrderWithLines", c, id)
	o.Lines = []order.Line{storetest.OrderLine(1, 2)}
	return o, err
}

func (f *fakeDistributor) order(ctx context.Context, operation string, c buyer.Credentials, id order.ID) (order.Order, error) {
	if err := f.call(ctx, operation, string(id)); err != nil {
		return order.Order{}, err
	}
	f.mu.Lock()
	defer f.mu.Unlock()
	for _, o := range f.orders[c.Buyer()] {
		if o.ID == id {
			return o, nil
		}
	}
	return order.Order{}, &errkind.Error{Kind: errkind.BusinessLogic, Text: "Заказ не найден"}
}

// price is what a buyer pays for an item.
func (f *fakeDistributor) price(b buyer.ID, n int) decimal.Decimal {
	return *storetest.Offer(n, f.level[b]).Price
}
