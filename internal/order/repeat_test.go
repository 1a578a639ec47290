package order_test

import (
	"slices"
	"testing"

	"github.com/shopspring/decimal"

	"storefront/internal/catalog"
	"storefront/internal/money"
	"storefront/internal/order"
)

func TestWhatDiffersFromAnOldOrder(t *testing.T) {
	price := func(text string) *decimal.Decimal { d := decimal.RequireFromString(text); return &d }
	offered := func(p, branch string) *catalog.Offer {
		o := &catalog.Offer{Available: decimal.RequireFromString(branch)}
		if p != "" {
			o.Price = price(p)
		}
		return o
	}
	for name, c := range map[string]struct {
		currency money.Currency
		offer    *catalog.Offer
		loading  bool
		want     []order.Difference
	}{
		"the same":                   {money.USD, offered("6.25", "10"), false, nil},
		"just enough":                {money.USD, offered("6.250", "4"), false, nil},
		"gone":                       {money.USD, nil, false, []order.Difference{order.DiffersGone}},
		"not read yet":               {money.USD, nil, true, []order.Difference{order.DiffersUnread}},
		"on request":                 {money.USD, offered("", "10"), false, []order.Difference{order.DiffersOnRequest}},
		"on request by minus one":    {money.USD, offered("-1", "10"), false, []order.Difference{order.DiffersOnRequest}},
		"dearer":                     {money.USD, offered("6.26", "10"), false, []order.Difference{order.DiffersDearer}},
		"cheaper":                    {money.USD, offered("6.24", "10"), false, []order.Difference{order.DiffersCheaper}},
		"dearer and short":           {money.USD, offered("7", "3"), false, []order.Difference{order.DiffersDearer, order.DiffersShort}},
		"on request and short":       {money.USD, offered("", "0"), false, []order.Difference{order.DiffersOnRequest, order.DiffersShort}},
		"roubles, cheaper by rate":   {money.RUB, offered("0.06", "10"), false, []order.Difference{order.DiffersCheaper}},
		"roubles, the same by rate":  {money.RUB, offered("0.0625", "10"), false, nil},
		"tenge can't be compared":    {money.KZN, offered("6.25", "10"), false, []order.Difference{order.DiffersCurrency}},
		"known while others are not": {money.USD, offered("6.25", "10"), true, nil},
	} {
		o := order.Order{Currency: c.currency, Lines: []order.Line{{ItemID: "A", Quantity: decimal.NewFromInt(4), UnitPrice: *price("6.25")}}}
		offer := func(catalog.ItemID) (catalog.Offer, bool) {
			if c.offer == nil {
				return catalog.Offer{}, false
			}
			return *c.offer, true
		}
		lines := order.Repeat(o, offer, c.loading, money.USD, money.Rate{RUB: decimal.NewFromInt(100)})
		if len(lines) != 1 || !slices.Equal(lines[0].Differences, c.want) {
			t.Errorf("%s: %+v, want %v", name, lines, c.want)
		}
	}
}

// A cart has a line an item, of whole pieces: lines of an item come together, whatever they were in the order.
func TestLinesOfAnItemAreRepeatedTogether(t *testing.T) {
	line := func(id catalog.ItemID, quantity, price string) order.Line {
		return order.Line{ItemID: id, Quantity: decimal.RequireFromString(quantity), UnitPrice: decimal.RequireFromString(price)}
	}
	o := order.Order{Currency: money.USD, Lines: []order.Line{
		line("A", "1", "10"), line("B", "2.5", "1"), line("A", "3", "12"), line("C", "-2", "1"), line("D", "0", "7"), line("E", "250000", "1"),
	}}
	lines := order.Repeat(o, func(catalog.ItemID) (catalog.Offer, bool) { return catalog.Offer{}, false }, true, money.USD, money.Rate{})
	var got []string
	for _, l := range lines {
		got = append(got, string(l.ItemID)+" "+l.Ordered.String()+" "+l.Quantity.String()+" "+l.Was.String())
	}
	want := []string{"A 4 4 11.5", "B 2.5 3 1", "C -2 2 1", "D 0 1 7", "E 250000 100000 1"}
	if !slices.Equal(got, want) {
		t.Errorf("%q, want %q", got, want)
	}
}
