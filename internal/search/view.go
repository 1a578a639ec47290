package search

import (
	"cmp"
	"sync"
	"time"

	"github.com/shopspring/decimal"

	"storefront/internal/catalog"
)

// View is the catalogue as one buyer sees it. It is safe for concurrent use, and nothing in it comes from another buyer.
type View struct {
	index   *Index
	list    *PriceList
	loading bool

	row   []uint32 // by item: number of its offer in the list plus one, 0 without an offer
	price []int64  // by item, as in body.amounts; noAmount where it can't be ordered or is not known
	stock []marks  // by item: availability marks, and offered

	byPrice, byPriceDown, byStock func() ordering // sorted at first use
	tree                          func() []Branch
}

// offered marks an item that the list has an offer of.
const offered marks = 1 << 7

// newView lays a price list beside an index.
func newView(x *Index, list *PriceList) *View {
	v := &View{index: x, list: list, loading: !list.Complete(), row: make([]uint32, x.Len()), price: make([]int64, x.Len()), stock: make([]marks, x.Len())}
	for doc := range v.price {
		v.price[doc] = noAmount
	}
	if list != nil {
		v.fill()
	}
	v.byPrice = sync.OnceValue(func() ordering { return newOrdering(x.Len(), v.cheaperFirst) })
	v.byPriceDown = sync.OnceValue(func() ordering { return newOrdering(x.Len(), v.dearerFirst) })
	v.byStock = sync.OnceValue(func() ordering { return newOrdering(x.Len(), v.fullerFirst) })
	v.tree = sync.OnceValue(v.countTree)
	return v
}

// fill finds the item of every offer.
func (v *View) fill() {
	for k, c := range v.list.chunks {
		for i, doc := range v.index.docsOf(c.body) {
			if doc == noDoc || v.hasLater(doc, c.readAt) {
				continue
			}
			v.row[doc] = v.list.starts[k] + uint32(i) + 1
			v.price[doc], v.stock[doc] = c.standing(i)
		}
	}
}

// hasLater tells whether an item, standing in two categories, already has an offer not older than t.
func (v *View) hasLater(doc uint32, t time.Time) bool {
	if v.row[doc] == 0 {
		return false
	}
	c, _ := v.list.row(v.row[doc] - 1)
	return !t.After(c.readAt)
}

// standing returns what filters and orders need of an offer: its price, noAmount when it can't be ordered, and its marks.
func (b *body) standing(i int) (price int64, m marks) {
	price = b.amounts[0][i]
	if price == inexact {
		offer := b.exact[i]
		m = standingMarks(offer.Orderable(), offer.Available.Sign(), offer.MainOffice.Sign(), offer.Transit.Sign())
	} else {
		m = standingMarks(price >= 0, int(b.counts[0][i]), int(b.counts[1][i]), int(b.counts[2][i]))
	}
	if m&onRequest != 0 {
		price = noAmount
	}
	return price, m
}

func standingMarks(orderable bool, branch, main, transit int) marks {
	m := offered
	if !orderable {
		m |= onRequest
	}
	if branch > 0 {
		m |= atBranch
	}
	if main > 0 {
		m |= atMain
	}
	if transit > 0 {
		m |= inTransit
	}
	return m
}

// Loading tells that the price list is not complete: all items are shown, and prices not read yet are unknown.
func (v *View) Loading() bool { return v.loading }

// shows tells whether the buyer sees an item.
func (v *View) shows(doc uint32) bool { return v.loading || v.stock[doc]&offered != 0 }

// Offer returns the buyer's offer for an item and when it was read, false if none is known.
func (v *View) Offer(id catalog.ItemID) (catalog.Offer, time.Time, bool) {
	doc, known := v.index.doc(id)
	if !known {
		return v.list.Offer(id)
	}
	return v.offerOf(doc)
}

func (v *View) offerOf(doc uint32) (catalog.Offer, time.Time, bool) {
	if v.row[doc] == 0 {
		return catalog.Offer{}, time.Time{}, false
	}
	c, i := v.list.row(v.row[doc] - 1)
	return c.offer(i), c.readAt, true
}

// ReadAt tells when the oldest of some items' offers was read, of the whole list's where no items are named: the zero time if
// there are no offers.
func (v *View) ReadAt(ids ...catalog.ItemID) time.Time {
	if len(ids) == 0 {
		return v.list.ReadAt()
	}
	var oldest time.Time
	for _, id := range ids {
		oldest = older(oldest, v.readAt(id))
	}
	return oldest
}

// readAt tells when the offer of an item was read; the zero time if there is none.
func (v *View) readAt(id catalog.ItemID) time.Time {
	doc, known := v.index.doc(id)
	if !known {
		_, at, _ := v.list.Offer(id)
		return at
	}
	if v.row[doc] == 0 {
		return time.Time{}
	}
	c, _ := v.list.row(v.row[doc] - 1)
	return c.readAt
}

// ordering returns the ordering that a sort order is in. For relevance it is that of equally relevant items.
func (v *View) ordering(order string) ordering {
	switch order {
	case SortArticle:
		return v.index.byArticle
	case SortPrice:
		return v.byPrice()
	case SortPriceDown:
		return v.byPriceDown()
	case SortStock:
		return v.byStock()
	}
	return v.index.byName
}

// cheaperFirst orders by price, then by name. Items without a price come last.
func (v *View) cheaperFirst(a, b uint32) int {
	return cmp.Or(v.pricedFirst(a, b), v.comparePrices(a, b), v.compareNames(a, b))
}

// dearerFirst is the reverse, but for items without a price and names.
func (v *View) dearerFirst(a, b uint32) int {
	return cmp.Or(v.pricedFirst(a, b), v.comparePrices(b, a), v.compareNames(a, b))
}

func (v *View) pricedFirst(a, b uint32) int {
	return cmp.Compare(bit(v.price[a] == noAmount), bit(v.price[b] == noAmount))
}

func (v *View) comparePrices(a, b uint32) int {
	if v.price[a] != inexact && v.price[b] != inexact {
		return cmp.Compare(v.price[a], v.price[b])
	}
	return v.priceOf(a).Cmp(v.priceOf(b))
}

// priceOf returns the price of an item that has one, else zero.
func (v *View) priceOf(doc uint32) decimal.Decimal {
	if offer, _, known := v.offerOf(doc); known && offer.Orderable() {
		return *offer.Price
	}
	return decimal.Zero
}

func (v *View) compareNames(a, b uint32) int {
	return cmp.Compare(v.index.byName.place[a], v.index.byName.place[b])
}

// fullerFirst orders by the stock of the branch, then of the head office, then in transit, most first, then by name.
func (v *View) fullerFirst(a, b uint32) int {
	return cmp.Or(v.compareStock(b, a), v.compareNames(a, b))
}

func (v *View) compareStock(a, b uint32) int {
	if v.row[a] == 0 || v.row[b] == 0 {
		return cmp.Compare(bit(v.row[a] != 0), bit(v.row[b] != 0))
	}
	in, i := v.list.row(v.row[a] - 1)
	other, k := v.list.row(v.row[b] - 1)
	if in.amounts[0][i] == inexact || other.amounts[0][k] == inexact {
		x, y := in.offer(i), other.offer(k)
		return cmp.Or(x.Available.Cmp(y.Available), x.MainOffice.Cmp(y.MainOffice), x.Transit.Cmp(y.Transit))
	}
	return cmp.Or(
		cmp.Compare(in.counts[0][i], other.counts[0][k]),
		cmp.Compare(in.counts[1][i], other.counts[1][k]),
		cmp.Compare(in.counts[2][i], other.counts[2][k]))
}

// lag is where an item stands among equally relevant ones: in stock before not, sellable before on request.
func (v *View) lag(doc uint32) uint64 {
	return uint64(bit(v.stock[doc]&(atBranch|atMain) == 0)<<1 | bit(v.price[doc] == noAmount))
}

func bit(b bool) int {
	if b {
		return 1
	}
	return 0
}
