package search

import (
	"slices"
	"strings"

	"github.com/shopspring/decimal"
)

// filter is what a query selects, in numbers.
type filter struct {
	view    *View
	active  bool // some facet has a choice
	columns [columnFacets]choice
	marks   [marksFacets]marksChoice

	priceFrom, priceTo *decimal.Decimal
	scaledFrom         int64 // the same bounds as chunk.amounts has prices
	scaledTo           int64
}

// choice is what is selected of one facet.
type choice struct {
	active  bool
	numbers []int    // of the values
	unknown []string // values that nothing has
}

func (c *choice) has(number int) bool { return slices.Contains(c.numbers, number) }

// marksChoice is a choice of marks.
type marksChoice struct {
	choice
	names []string
	any   marks
}

func (v *View) newFilter(q Query) *filter {
	f := &filter{view: v, priceFrom: q.PriceFrom, priceTo: q.PriceTo, scaledFrom: -maxAmount, scaledTo: maxAmount}
	columns := v.index.columns()
	for i, selected := range [columnFacets][]string{q.Brands, q.Vendors, q.Colors} {
		f.columns[i] = choose(selected, func(value string) (int, bool) {
			n, known := columns[i].number[foldName(value)]
			return int(n), known
		})
		f.active = f.active || f.columns[i].active
	}
	names := [marksFacets][]string{labelNames(), availabilityNames()}
	for i, selected := range [marksFacets][]string{q.Labels, q.Availability} {
		f.marks[i] = chooseMarks(selected, names[i])
		f.active = f.active || f.marks[i].active
	}
	if q.PriceFrom != nil {
		f.scaledFrom = bounded(q.PriceFrom.Shift(amountDigits).Ceil())
	}
	if q.PriceTo != nil {
		f.scaledTo = bounded(q.PriceTo.Shift(amountDigits).Floor())
	}
	return f
}

// choose finds the numbers of selected values. Blank ones select nothing.
func choose(selected []string, number func(value string) (int, bool)) choice {
	var c choice
	for _, value := range selected {
		value = strings.TrimSpace(value)
		if value == "" {
			continue
		}
		c.active = true
		if n, known := number(value); !known {
			if !slices.Contains(c.unknown, value) {
				c.unknown = append(c.unknown, value)
			}
		} else if !c.has(n) {
			c.numbers = append(c.numbers, n)
		}
	}
	return c
}

func chooseMarks(selected, names []string) marksChoice {
	c := marksChoice{names: names, choice: choose(selected, func(value string) (int, bool) {
		bit := slices.Index(names, value)
		return bit, bit >= 0
	})}
	for _, bit := range c.numbers {
		c.any |= 1 << bit
	}
	return c
}

// bounded brings a whole number into the range of amounts.
func bounded(d decimal.Decimal) int64 {
	limit := decimal.New(maxAmount, 0)
	return decimal.Min(decimal.Max(d, limit.Neg()), limit).IntPart()
}

// refusals tells which facets refuse an item.
func (f *filter) refusals(doc uint32) facetSet {
	if !f.active {
		return 0
	}
	var refusals facetSet
	columns, sets := f.view.index.columns(), f.view.marks()
	for i := range f.columns {
		if c := &f.columns[i]; c.active && !c.has(int(columns[i].of[doc])) {
			refusals |= 1 << i
		}
	}
	for i := range f.marks {
		if c := &f.marks[i]; c.active && c.any&sets[i][doc] == 0 {
			refusals |= 1 << (columnFacets + i)
		}
	}
	return refusals
}

// admitsPrice tells whether the buyer's price is within bounds.
func (f *filter) admitsPrice(doc uint32) bool {
	if f.priceFrom == nil && f.priceTo == nil {
		return true
	}
	switch price := f.view.price[doc]; price {
	case noAmount:
		return false
	case inexact:
		exact := f.view.priceOf(doc)
		return (f.priceFrom == nil || exact.GreaterThanOrEqual(*f.priceFrom)) && (f.priceTo == nil || exact.LessThanOrEqual(*f.priceTo))
	default:
		return f.scaledFrom <= price && price <= f.scaledTo
	}
}
