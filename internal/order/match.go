package order

import (
	"github.com/shopspring/decimal"

	"storefront/internal/catalog"
)

// quantities merges lines: how much of each item was ordered. Reserved is left out on purpose, an order that was reserved
// in part is still the order.
func quantities(lines []Line) map[catalog.ItemID]decimal.Decimal {
	sums := make(map[catalog.ItemID]decimal.Decimal, len(lines))
	for _, l := range lines {
		sums[l.ItemID] = sums[l.ItemID].Add(l.Quantity)
	}
	return sums
}

func (s Submission) quantities() map[catalog.ItemID]decimal.Decimal {
	sums := make(map[catalog.ItemID]decimal.Decimal, len(s.Lines))
	for _, l := range s.Lines {
		sums[l.ItemID] = sums[l.ItemID].Add(l.Quantity)
	}
	return sums
}

// likeness is how an order compares with what was asked for.
type likeness int

const (
	different likeness = iota
	near               // half of our items or more, or nothing but ours in no greater quantities
	exact              // the same items in the same quantities
)

// compare tells how got, an order with lines, compares with ours.
func compare(ours, got map[catalog.ItemID]decimal.Decimal) likeness {
	shared, equal, within := 0, 0, 0
	for item, quantity := range got {
		wanted, ok := ours[item]
		if !ok {
			continue
		}
		shared++
		if quantity.Equal(wanted) {
			equal++
		}
		if quantity.LessThanOrEqual(wanted) {
			within++
		}
	}
	switch {
	case equal == len(ours) && len(got) == len(ours):
		return exact
	case shared > 0 && (2*shared >= len(ours) || within == len(got)):
		return near
	}
	return different
}
