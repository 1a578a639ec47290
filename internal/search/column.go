package search

import (
	"math"
	"strings"

	"storefront/internal/catalog"
)

// column holds one text of every item as the number of its value. Spellings that fold alike are one value, shown as most
// items spell it. Number 0 is "no value".
type column struct {
	of     []uint16
	names  []string
	number map[string]uint16 // by folded name
}

// maxValues bounds the values of a column; what comes after them is "no value". Real catalogues have a few hundred.
const maxValues = math.MaxUint16

func newColumn(items []*catalog.Item, text func(*catalog.Item) string) column {
	c := column{of: make([]uint16, len(items)), names: []string{""}, number: make(map[string]uint16)}
	spellings := []map[string]int{nil}
	for doc, item := range items {
		name := strings.TrimSpace(text(item))
		folded := foldName(name)
		if folded == "" {
			continue
		}
		n, known := c.number[folded]
		if !known {
			if len(spellings) > maxValues {
				continue
			}
			n = uint16(len(spellings))
			c.number[folded] = n
			spellings = append(spellings, make(map[string]int))
		}
		c.of[doc] = n
		spellings[n][name]++
	}
	for _, counts := range spellings[1:] {
		c.names = append(c.names, mostFrequent(counts))
	}
	return c
}

// mostFrequent returns the key with the highest count, the smallest of several.
func mostFrequent(counts map[string]int) string {
	best, most := "", 0
	for name, count := range counts {
		if count > most || count == most && name < best {
			best, most = name, count
		}
	}
	return best
}

// foldName folds text for comparing names as wholes.
func foldName(s string) string { return strings.Join(strings.Fields(catalog.Fold(s)), " ") }

// marks is a set of a few values that an item can have several of.
type marks uint8

// Availability values of a facet, as they stand in Query and Result.
const (
	AvailableBranch  = "branch"  // in stock at the buyer's branch
	AvailableMain    = "main"    // in stock at the head office
	AvailableTransit = "transit" // on its way
	AvailableRequest = "request" // no price: on request, whatever the stock
)

const (
	atBranch marks = 1 << iota
	atMain
	inTransit
	onRequest
)

// availabilityNames names the bits of availability marks, lowest first.
func availabilityNames() []string {
	return []string{AvailableBranch, AvailableMain, AvailableTransit, AvailableRequest}
}

// labelNames names the bits of label marks, lowest first.
func labelNames() []string {
	var names []string
	for _, label := range catalog.AllLabels() {
		names = append(names, string(label))
	}
	return names
}

func labelMarks(labels []catalog.Label) marks {
	var m marks
	for bit, label := range catalog.AllLabels() {
		for _, has := range labels {
			if has == label {
				m |= 1 << bit
			}
		}
	}
	return m
}
