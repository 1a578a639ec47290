package order

import (
	"github.com/shopspring/decimal"

	"storefront/internal/catalog"
	"storefront/internal/money"
)

// Difference is one thing that is not as it was when an item was ordered.
type Difference string

// The differences between an old order and today's offer.
const (
	DiffersGone      Difference = "gone"       // not in the buyer's price list any more
	DiffersUnread    Difference = "unread"     // his price list is still being read
	DiffersOnRequest Difference = "on_request" // it has no price now
	DiffersDearer    Difference = "dearer"
	DiffersCheaper   Difference = "cheaper"
	DiffersCurrency  Difference = "currency" // then and now in currencies that can't be compared
	DiffersShort     Difference = "short"    // the buyer's branch has less than was ordered
)

// RepeatLine is an item of an old order, all its lines together, beside what its buyer is offered for it today.
type RepeatLine struct {
	ItemID   catalog.ItemID
	Name     string
	Ordered  decimal.Decimal // in the old order
	Quantity decimal.Decimal // to order again: a whole number from 1 to MaxQuantity
	Was      decimal.Decimal // price of a piece then, in the order's currency
	// Is is today's price in the order's currency, roubles by the service's rate; nil where there is none.
	Is          *decimal.Decimal
	Offer       catalog.Offer
	Offered     bool
	Differences []Difference // none: everything is as it was
}

// Orderable tells whether the item can be put into the cart.
func (l RepeatLine) Orderable() bool { return l.Offered && l.Offer.Orderable() }

// Repeat compares an order with what its buyer is offered today. Nothing is asked of the distributor. loading says that his
// price list is not complete: what is missing from it may still come. units is the currency of conventional units.
func Repeat(o Order, offer func(catalog.ItemID) (catalog.Offer, bool), loading bool, units money.Currency, rate money.Rate) []RepeatLine {
	var lines []RepeatLine
	at := map[catalog.ItemID]int{}
	costs := map[catalog.ItemID]decimal.Decimal{}
	for _, l := range o.Lines {
		i, listed := at[l.ItemID]
		if !listed {
			i, at[l.ItemID] = len(lines), len(lines)
			lines = append(lines, RepeatLine{ItemID: l.ItemID, Name: l.Name, Was: l.UnitPrice})
		}
		lines[i].Ordered = lines[i].Ordered.Add(l.Quantity)
		costs[l.ItemID] = costs[l.ItemID].Add(l.UnitPrice.Mul(l.Quantity))
	}
	for i := range lines {
		l := &lines[i]
		if !l.Ordered.IsZero() {
			l.Was = costs[l.ItemID].Div(l.Ordered).Round(2)
		}
		l.Quantity = decimal.Min(decimal.Max(l.Ordered.Abs().Ceil(), decimal.NewFromInt(1)), decimal.NewFromInt(MaxQuantity))
		l.Offer, l.Offered = offer(l.ItemID)
		l.compare(o.Currency, loading, units, rate)
	}
	return lines
}

func (l *RepeatLine) compare(was money.Currency, loading bool, units money.Currency, rate money.Rate) {
	differs := func(d Difference) { l.Differences = append(l.Differences, d) }
	switch {
	case !l.Offered && loading:
		differs(DiffersUnread)
		return
	case !l.Offered:
		differs(DiffersGone)
		return
	case !l.Offer.Orderable():
		differs(DiffersOnRequest)
	case was == units:
		l.Is = l.Offer.Price
	case was == money.RUB && units == money.USD && rate.Known():
		roubles := rate.Roubles(*l.Offer.Price)
		l.Is = &roubles
	default:
		differs(DiffersCurrency)
	}
	if l.Is != nil && l.Is.Round(2).GreaterThan(l.Was) {
		differs(DiffersDearer)
	}
	if l.Is != nil && l.Is.Round(2).LessThan(l.Was) {
		differs(DiffersCheaper)
	}
	if l.Offer.Available.LessThan(l.Quantity) {
		differs(DiffersShort)
	}
}
