package buyer

import (
	"context"
	"strings"
	"time"

	"github.com/shopspring/decimal"

	"storefront/internal/catalog"
	"storefront/internal/errkind"
	"storefront/internal/money"
)

// MaxWatches bounds a watch list.
const MaxWatches = 500

// What the watch list refuses.
var (
	// ErrWatchFull: the list has MaxWatches items.
	ErrWatchFull = errkind.New(errkind.Invalid, "watch.full")
	// ErrWatchPrice: a wanted price is not a positive amount.
	ErrWatchPrice = errkind.New(errkind.Invalid, "watch.price_wrong")
	// ErrNotWatched: a mark was put on an item that is not on the list.
	ErrNotWatched = errkind.New(errkind.NotFound, "watch.missing")
)

// Watch is an item that a buyer keeps an eye on, and the mark he put on it: what he wants to be told of.
type Watch struct {
	ItemID catalog.ItemID
	Since  time.Time
	Mark
}

// Mark is what is wanted of an item. The zero Mark wants nothing and never holds.
type Mark struct {
	Price  *decimal.Decimal // this or less, in conventional units; nil: any
	Branch bool             // in stock at the branch
	Main   bool             // in stock at the head office
}

// Wanted is one thing of a mark.
type Wanted string

// The things that a mark may want.
const (
	WantedPrice  Wanted = "price"
	WantedBranch Wanted = "branch"
	WantedMain   Wanted = "main"
)

// Holds lists what of the mark is so now. Each is told by itself: a price that is reached is news even while stock is out.
func (m Mark) Holds(o catalog.Offer) []Wanted {
	var held []Wanted
	if m.Price != nil && o.Orderable() && o.Price.LessThanOrEqual(*m.Price) {
		held = append(held, WantedPrice)
	}
	if m.Branch && o.Available.IsPositive() {
		held = append(held, WantedBranch)
	}
	if m.Main && o.MainOffice.IsPositive() {
		held = append(held, WantedMain)
	}
	return held
}

// ParseWantedPrice reads what a person typed as a wanted price, with a comma or a point, «1 234,50»; nil for nothing.
// ErrWatchPrice for what is no positive amount of at most two decimals.
func ParseWantedPrice(s string) (*decimal.Decimal, error) {
	s = strings.Replace(strings.Join(strings.Fields(s), ""), ",", ".", 1)
	if s == "" {
		return nil, nil
	}
	price, err := money.Parse(s)
	if err != nil || !price.IsPositive() || !price.Equal(price.Round(2)) {
		return nil, ErrWatchPrice
	}
	return &price, nil
}

// WatchStore keeps each buyer's watch list.
type WatchStore interface {
	// Watches lists a buyer's own, the latest added first.
	Watches(ctx context.Context, b ID) ([]Watch, error)
	// Watch puts items on the list, all of them or none; those that are there stay as they are. ErrWatchFull.
	Watch(ctx context.Context, b ID, items ...catalog.ItemID) error
	// Unwatch takes an item off the list, with its mark.
	Unwatch(ctx context.Context, b ID, item catalog.ItemID) error
	// SetMark changes the mark of an item on the list. ErrNotWatched.
	SetMark(ctx context.Context, b ID, item catalog.ItemID, m Mark) error
}
