package search

import (
	"cmp"
	"slices"
	"strings"
)

// Facet is a way to narrow a result down, with what each choice would leave. A facet is counted as if nothing of it were
// selected, so that its other values can be added to the choice.
type Facet struct {
	Name   string
	Values []FacetValue // most items first, then by value; those selected are there even without items
}

// FacetValue is a choice of a facet.
type FacetValue struct {
	Value    string // for labels catalog.Label, for availability the constants here, else as the distributor writes it
	Count    int
	Selected bool
}

// The facets of a Result, in its order.
const (
	FacetBrand        = "brand"
	FacetVendor       = "vendor"
	FacetColor        = "color"
	FacetLabel        = "label"
	FacetAvailability = "availability"
)

// Facets are counted over columns, where an item has one value, or over marks, where it can have several.
const (
	columnFacets = 3 // brand, vendor, color
	marksFacets  = 2 // label, availability
)

// facetSet is a set of facets: columns in the lower bits, marks above them.
type facetSet uint8

// columns returns the columns of the facets by number.
func (x *Index) columns() [columnFacets]*column {
	return [columnFacets]*column{&x.brand, &x.vendor, &x.color}
}

// marks returns the marks of the facets by number.
func (v *View) marks() [marksFacets][]marks { return [marksFacets][]marks{v.index.labels, v.stock} }

// counts gathers how many items there are under every value.
type counts struct {
	columns [columnFacets]*column
	values  [columnFacets][]int
	marks   [marksFacets][]marks
	sets    [marksFacets][1 << 8]int // by the whole set of marks: fewer steps than one for each
}

func (v *View) newCounts() *counts {
	c := &counts{columns: v.index.columns(), marks: v.marks()}
	for i, column := range c.columns {
		c.values[i] = make([]int, len(column.names))
	}
	return c
}

// take counts an item under the facets that would show it: all of them when no facet refuses it, else the one that alone
// does. It tells whether none does.
func (c *counts) take(doc uint32, refusals facetSet) bool {
	if c == nil || refusals&(refusals-1) != 0 {
		return refusals == 0
	}
	for i := range c.columns {
		if refusals == 0 || refusals == 1<<i {
			c.values[i][c.columns[i].of[doc]]++
		}
	}
	for i := range c.marks {
		if refusals == 0 || refusals == 1<<(columnFacets+i) {
			c.sets[i][c.marks[i][doc]]++
		}
	}
	return refusals == 0
}

// facets writes the counts out.
func (s *search) facets() []Facet {
	if s.counts == nil {
		return nil
	}
	var facets []Facet
	for i, name := range []string{FacetBrand, FacetVendor, FacetColor} {
		facets = append(facets, newFacet(name, s.counts.columns[i].names, s.counts.values[i], &s.filter.columns[i]))
	}
	for i, name := range []string{FacetLabel, FacetAvailability} {
		names := s.filter.marks[i].names
		facets = append(facets, newFacet(name, names, perMark(&s.counts.sets[i], len(names)), &s.filter.marks[i].choice))
	}
	return facets
}

// perMark adds up the counts of the sets that have a mark.
func perMark(sets *[1 << 8]int, n int) []int {
	counts := make([]int, n)
	for set, count := range sets {
		for bit := range n {
			if set&(1<<bit) != 0 {
				counts[bit] += count
			}
		}
	}
	return counts
}

func newFacet(name string, names []string, counts []int, chosen *choice) Facet {
	f := Facet{Name: name}
	for i, value := range names {
		if selected := chosen.has(i); value != "" && (counts[i] > 0 || selected) {
			f.Values = append(f.Values, FacetValue{value, counts[i], selected})
		}
	}
	for _, value := range chosen.unknown {
		f.Values = append(f.Values, FacetValue{value, 0, true})
	}
	slices.SortFunc(f.Values, func(a, b FacetValue) int {
		return cmp.Or(cmp.Compare(b.Count, a.Count), strings.Compare(a.Value, b.Value))
	})
	return f
}
