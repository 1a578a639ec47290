package order

import (
	"context"
	"slices"
	"time"

	"github.com/shopspring/decimal"

	"storefront/internal/buyer"
	"storefront/internal/catalog"
	"storefront/internal/errkind"
)

// twinAge is how old an order with the same lines may be to be asked about: a second click, a colleague, the distributor's
// own site, or a cart that came back with a restored copy of the data.
const twinAge = 24 * time.Hour

// errTwin: an order with the same lines is there already, and the buyer does not know of it. Nothing was sent.
var errTwin = errkind.New(errkind.Conflict, "submission.twin")

// mayEqual tells whether an order, seen without its lines, can hold exactly these quantities. A merged or unreadable count
// proves nothing.
func mayEqual(o Order, wanted map[catalog.ItemID]decimal.Decimal) bool {
	var pieces decimal.Decimal
	for _, quantity := range wanted {
		pieces = pieces.Add(quantity)
	}
	return o.LineCount <= 0 || o.LineCount == len(wanted) || o.GoodsCount.Equal(pieces)
}

// recent tells whether an order may be a twin by its age and kind. An order without a date may.
func recent(o Order, now time.Time) bool {
	return (o.CreatedAt.IsZero() || now.Sub(o.CreatedAt) < twinAge) &&
		o.Status != Cancelled && !o.GoodsCount.IsNegative() && !o.Sum.IsNegative()
}

// unknownTwin returns an order in the service's list that has exactly the lines of s and that the buyer has not allowed for;
// empty where there is none.
func (d *Desk) unknownTwin(ctx context.Context, s Submission, c buyer.Credentials, orders []Order) (ID, error) {
	ours := s.quantities()
	var suspects []Order
	for _, o := range orders {
		if recent(o, d.Now()) && mayEqual(o, ours) && !slices.Contains(s.Allowed, o.ID) {
			suspects = append(suspects, o)
		}
	}
	full, err := d.withLines(ctx, c, suspects)
	if err != nil {
		return "", err
	}
	for _, o := range full {
		if compare(ours, quantities(o.Lines)) == exact {
			return o.ID, nil
		}
	}
	return "", nil
}

// Twins returns the buyer's recent orders that hold exactly one of the sets of lines, newest first, as far as is known here: it
// does not ask the service, which is asked again before anything is sent.
func (d *Desk) Twins(ctx context.Context, b buyer.ID, sets ...[]NewLine) ([]Order, error) {
	copies, _, err := d.Orders.Orders(ctx, b, Filter{From: d.Now().Add(-twinAge), Limit: candidatesShown})
	if err != nil {
		return nil, err
	}
	wanted := wantedOf(sets)
	var twins []Order
	for _, o := range copies {
		alike := func(ours map[catalog.ItemID]decimal.Decimal) bool { return len(ours) > 0 && mayEqual(o, ours) }
		if !recent(o, d.Now()) || !slices.ContainsFunc(wanted, alike) {
			continue
		}
		full, err := d.Orders.Order(ctx, b, o.ID)
		if err != nil {
			return nil, err
		}
		got := quantities(full.Lines)
		if slices.ContainsFunc(wanted, func(ours map[catalog.ItemID]decimal.Decimal) bool { return compare(ours, got) == exact }) {
			twins = append(twins, full)
		}
	}
	return twins, nil
}

// wantedOf merges the lines of each set by item.
func wantedOf(sets [][]NewLine) []map[catalog.ItemID]decimal.Decimal {
	all := make([]map[catalog.ItemID]decimal.Decimal, len(sets))
	for i, lines := range sets {
		all[i] = make(map[catalog.ItemID]decimal.Decimal, len(lines))
		for _, l := range lines {
			all[i][l.ItemID] = all[i][l.ItemID].Add(l.Quantity)
		}
	}
	return all
}
