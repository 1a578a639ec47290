package search

import (
	"cmp"
	"slices"
	"sort"
	"strings"
	"sync/atomic"
	"time"

	"github.com/shopspring/decimal"

	"storefront/internal/catalog"
)

// PriceList is one buyer's prices and stock, kept small and exact. It never changes: With makes another one, which shares
// with the first what is the same. Decimals are of the size that money.Parse reads. The nil PriceList is empty and incomplete.
type PriceList struct {
	chunks   []chunk  // one a category, in the order of their ids
	starts   []uint32 // number of the first offer of a chunk
	complete bool
}

// NewPriceList makes a list of chunks. Of two chunks of a category the later read one counts. A complete list has every
// item that the buyer is offered; until then missing items only have unknown prices.
func NewPriceList(chunks []catalog.PriceChunk, complete bool) *PriceList {
	return PriceListInSteps(chunks, complete, func() {})
}

// PriceListInSteps is NewPriceList for who has others to let pass: it calls step between chunks.
func PriceListInSteps(chunks []catalog.PriceChunk, complete bool, step func()) *PriceList {
	byAge := slices.Clone(chunks)
	slices.SortStableFunc(byAge, func(a, b catalog.PriceChunk) int {
		return cmp.Or(cmp.Compare(a.Category, b.Category), a.ReadAt.Compare(b.ReadAt))
	})
	l := &PriceList{complete: complete}
	for i, c := range byAge {
		if i+1 == len(byAge) || byAge[i+1].Category != c.Category {
			step()
			l.chunks = append(l.chunks, newChunk(c))
		}
	}
	l.number()
	return l
}

// With returns the list with one category's chunk put in or replaced.
func (l *PriceList) With(c catalog.PriceChunk) *PriceList {
	if l == nil {
		return NewPriceList([]catalog.PriceChunk{c}, false)
	}
	next := &PriceList{chunks: slices.Clone(l.chunks), complete: l.complete}
	at, found := slices.BinarySearchFunc(next.chunks, c.Category, func(have chunk, id catalog.CategoryID) int { return cmp.Compare(have.category, id) })
	if found {
		next.chunks[at] = newChunk(c)
	} else {
		next.chunks = slices.Insert(next.chunks, at, newChunk(c))
	}
	next.number()
	return next
}

func (l *PriceList) number() {
	l.starts = make([]uint32, len(l.chunks)+1)
	for i, c := range l.chunks {
		l.starts[i+1] = l.starts[i] + uint32(c.len())
	}
}

// Complete tells whether every item that the buyer is offered is in the list.
func (l *PriceList) Complete() bool { return l != nil && l.complete }

// Len is the number of offers. An item that has moved to another category counts in both until both have been read again.
func (l *PriceList) Len() int {
	if l == nil {
		return 0
	}
	return int(l.starts[len(l.chunks)])
}

// ReadAt tells how old the oldest part of the list is: the zero time for an empty list.
func (l *PriceList) ReadAt() time.Time {
	var oldest time.Time
	if l != nil {
		for _, c := range l.chunks {
			oldest = older(oldest, c.readAt)
		}
	}
	return oldest
}

// older returns the earlier of two times that are known.
func older(a, b time.Time) time.Time {
	if a.IsZero() || !b.IsZero() && b.Before(a) {
		return b
	}
	return a
}

// Offer finds an item's offer and when it was read. Of an item that stands in two categories the later read offer counts.
func (l *PriceList) Offer(id catalog.ItemID) (catalog.Offer, time.Time, bool) {
	if l == nil {
		return catalog.Offer{}, time.Time{}, false
	}
	var in *chunk
	at := 0
	for k := range l.chunks {
		c := &l.chunks[k]
		if i, found := c.find(id); found && (in == nil || c.readAt.After(in.readAt)) {
			in, at = c, i
		}
	}
	if in == nil {
		return catalog.Offer{}, time.Time{}, false
	}
	return in.offer(at), in.readAt, true
}

// row returns the chunk that holds the offer of a number, and where.
func (l *PriceList) row(number uint32) (*chunk, int) {
	i := sort.Search(len(l.chunks), func(i int) bool { return l.starts[i+1] > number })
	return &l.chunks[i], int(number - l.starts[i])
}

// chunk is a catalog.PriceChunk: whose and of when it is stands apart from what it says.
type chunk struct {
	category catalog.CategoryID
	readAt   time.Time
	*body
}

// body is the offers of a chunk in columns, by ascending item id: about fifty bytes an offer. What it says never changes.
type body struct {
	key     bodyKey
	ids     string
	idEnds  []uint32
	amounts [3][]int64 // price, local, retail: in 1/10,000; noAmount for nil, inexact for what does not fit
	counts  [3][]int32 // branch, main office, transit: whole numbers
	exact   map[int]catalog.Offer

	placed atomic.Pointer[placement] // in the index it was laid beside last
}

const (
	amountDigits = 4
	noAmount     = -1 << 63
	inexact      = noAmount + 1 // the whole offer is in body.exact
	maxAmount    = 999_999_999_999_999_999
	maxCount     = 1<<31 - 1
)

func newChunk(from catalog.PriceChunk) chunk {
	return chunk{category: from.Category, readAt: from.ReadAt, body: newBody(from.Offers)}
}

func newBody(offers []catalog.Offer) *body {
	offers = slices.Clone(offers)
	slices.SortStableFunc(offers, func(a, b catalog.Offer) int { return cmp.Compare(a.ItemID, b.ItemID) })
	offers = lastOfEach(offers)
	b := &body{idEnds: make([]uint32, len(offers)), exact: make(map[int]catalog.Offer)}
	for i := range b.amounts {
		b.amounts[i], b.counts[i] = make([]int64, len(offers)), make([]int32, len(offers))
	}
	var ids strings.Builder
	for i, offer := range offers {
		ids.WriteString(string(offer.ItemID))
		b.idEnds[i] = uint32(ids.Len())
		if !b.put(i, offer) {
			b.amounts[0][i] = inexact
			b.exact[i] = offer
		}
	}
	b.ids = ids.String()
	b.key = b.digest()
	return b
}

// lastOfEach keeps of offers sorted by item the last one of each.
func lastOfEach(offers []catalog.Offer) []catalog.Offer {
	kept := offers[:0]
	for i, offer := range offers {
		if i+1 == len(offers) || offers[i+1].ItemID != offer.ItemID {
			kept = append(kept, offer)
		}
	}
	return kept
}

// put writes an offer into the columns, if they can hold it exactly.
func (b *body) put(i int, offer catalog.Offer) bool {
	for k, amount := range []*decimal.Decimal{offer.Price, offer.PriceLocal, offer.PriceRetail} {
		b.amounts[k][i] = noAmount
		if amount == nil {
			continue
		}
		scaled, ok := scale(*amount, amountDigits, maxAmount)
		if !ok {
			return false
		}
		b.amounts[k][i] = scaled
	}
	for k, count := range []decimal.Decimal{offer.Available, offer.MainOffice, offer.Transit} {
		whole, ok := scale(count, 0, maxCount)
		if !ok {
			return false
		}
		b.counts[k][i] = int32(whole)
	}
	return true
}

// scale returns d with its point moved to the right, if that is a whole number not beyond limit.
func scale(d decimal.Decimal, digits int32, limit int64) (int64, bool) {
	const safe = 18 // digits that an int64 surely holds
	whole := d.CoefficientInt64()
	if whole == 0 && d.IsZero() {
		return 0, true
	}
	shift := int(d.Exponent()) + int(digits)
	switch length := d.NumDigits(); {
	case length > safe || length+shift > safe || shift < -safe:
		return 0, false
	case shift >= 0:
		whole *= power(shift)
	case whole%power(-shift) != 0:
		return 0, false
	default:
		whole /= power(-shift)
	}
	return whole, -limit <= whole && whole <= limit
}

// power is ten to the n, which is at most 18.
func power(n int) int64 {
	p := int64(1)
	for range n {
		p *= 10
	}
	return p
}

func (b *body) len() int { return len(b.idEnds) }

func (b *body) id(i int) catalog.ItemID {
	if i == 0 {
		return catalog.ItemID(b.ids[:b.idEnds[0]])
	}
	return catalog.ItemID(b.ids[b.idEnds[i-1]:b.idEnds[i]])
}

func (b *body) find(id catalog.ItemID) (int, bool) {
	return sort.Find(b.len(), func(i int) int { return cmp.Compare(id, b.id(i)) })
}

// offer writes an offer out again.
func (b *body) offer(i int) catalog.Offer {
	if b.amounts[0][i] == inexact {
		return b.exact[i]
	}
	return catalog.Offer{
		ItemID:      b.id(i),
		Price:       amount(b.amounts[0][i]),
		PriceLocal:  amount(b.amounts[1][i]),
		PriceRetail: amount(b.amounts[2][i]),
		Available:   decimal.NewFromInt32(b.counts[0][i]),
		MainOffice:  decimal.NewFromInt32(b.counts[1][i]),
		Transit:     decimal.NewFromInt32(b.counts[2][i]),
	}
}

func amount(scaled int64) *decimal.Decimal {
	if scaled == noAmount {
		return nil
	}
	d := decimal.New(scaled, -amountDigits)
	return &d
}
