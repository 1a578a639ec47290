package search

import (
	"strings"

	"github.com/shopspring/decimal"

	"storefront/internal/catalog"
)

// Sort orders of a Query. Anything else is the default: relevance where there is a text, else the name.
const (
	SortRelevance = "relevance" // best match first; equal ones: in stock first, sellable before on request, then by name
	SortName      = "name"
	SortArticle   = "article"
	SortPrice     = "price"  // cheapest first, without a price last
	SortPriceDown = "-price" // dearest first, without a price last
	SortStock     = "stock"  // branch, then head office, then in transit, most first
)

// Query asks for a page of items. The zero Query is the first page of the whole catalogue by name.
type Query struct {
	Text     string
	Category catalog.CategoryID // with all below it; "" the whole catalogue, catalog.Uncategorised what stands nowhere

	// Selected values of the facets: an item has to have one of each facet that has any.
	Brands, Vendors, Colors, Labels, Availability []string
	// Bounds of the buyer's own price, both included. Items without a price are outside of any.
	PriceFrom, PriceTo *decimal.Decimal

	Sort          string
	Page, PerPage int  // from 1; 0 items a page stands for DefaultPerPage
	Fits          bool // look into compatibility rows too: only for accounts with the right to see them
}

// DefaultPerPage is the length of a page if the query does not say.
const DefaultPerPage = 50

// Result is a page of items.
type Result struct {
	IDs         []catalog.ItemID
	Total       int    // items on all pages
	Page, Pages int    // Page is within 1..Pages, whatever was asked for
	Sort        string // the order it is in
	Facets      []Facet
	Understood  string         // the text as it was read, where that is not what was typed
	Exact       catalog.ItemID // the item whose article the text is, if nothing else matches the text
}

// Search answers a query.
func (v *View) Search(q Query) Result { return v.run(q, v.newCounts()) }

// Suggest returns the best n items for a text that is still being typed.
func (v *View) Suggest(text string, n int, fits bool) []catalog.ItemID {
	if strings.TrimSpace(text) == "" || n <= 0 {
		return nil
	}
	return v.run(Query{Text: text, PerPage: n, Fits: fits}, nil).IDs
}

// run answers a query, with facets if there is something to count them in.
func (v *View) run(q Query, c *counts) Result {
	memory := v.index.scratches.Get().(*scratch)
	defer v.index.scratches.Put(memory)
	memory.keys = memory.keys[:0]
	q.Text = shorten(q.Text)
	order := orderOf(q)
	s := &search{view: v, query: q, order: order, by: v.ordering(order), filter: v.newFilter(q), counts: c, scratch: memory}
	s.read()
	return s.result()
}

// search is one search under way.
type search struct {
	view    *View
	query   Query // its text shortened
	order   string
	by      ordering
	text    question
	filter  *filter
	counts  *counts // nil if facets are not asked for
	scratch *scratch

	matching int    // items the buyer sees that match the text, whatever the filters
	last     uint32 // one of them
	asTyped  bool   // some match the words as they were typed
	number   *code  // else the number that the words were read as
}

func orderOf(q Query) string {
	switch q.Sort {
	case SortRelevance, SortName, SortArticle, SortPrice, SortPriceDown, SortStock:
		return q.Sort
	}
	if q.Text != "" {
		return SortRelevance
	}
	return SortName
}

// read goes through everything that may be in the result.
func (s *search) read() {
	if s.query.Text == "" {
		for _, doc := range s.view.index.categories.items(s.query.Category) {
			if s.view.shows(doc) {
				s.consider(hit{doc: doc})
			}
		}
		return
	}
	s.text = understand(s.query.Text)
	m := s.view.index.newMatcher(&s.text, s.query.Fits)
	s.number = m.number()
	m.each(s.scratch, func(h hit) {
		if !s.view.shows(h.doc) {
			return
		}
		s.matching, s.last = s.matching+1, h.doc
		s.asTyped = s.asTyped || !h.asCode
		if s.view.index.categories.holds(s.query.Category, h.doc) {
			s.consider(h)
		}
	})
}

// consider counts an item that only the filters can still refuse, and keeps it if none does.
func (s *search) consider(h hit) {
	if s.filter.admitsPrice(h.doc) && s.counts.take(h.doc, s.filter.refusals(h.doc)) {
		s.scratch.keys = append(s.scratch.keys, s.key(h))
	}
}

// key is a number to sort hits by. Its lower half tells the item: see ordering.
func (s *search) key(h hit) uint64 {
	key := uint64(s.by.place[h.doc])
	if s.order == SortRelevance {
		key |= uint64(^h.score)<<40 | s.view.lag(h.doc)<<32
	}
	return key
}

func (s *search) result() Result {
	r := Result{Sort: s.order, Total: len(s.scratch.keys), Facets: s.facets()}
	perPage := s.query.PerPage
	if perPage <= 0 {
		perPage = DefaultPerPage
	}
	r.Pages = max(1, (r.Total+perPage-1)/perPage)
	r.Page = min(max(1, s.query.Page), r.Pages)
	from := (r.Page - 1) * perPage
	page := selectRange(s.scratch.keys, from, from+min(perPage, r.Total-from))
	r.IDs = make([]catalog.ItemID, len(page))
	for i, key := range page {
		r.IDs[i] = s.view.index.ids[s.by.docs[uint32(key)]]
	}
	r.Understood, r.Exact = s.understood(), s.exact()
	return r
}

// understood tells how the text was read, where that is not what was typed.
func (s *search) understood() string {
	if s.matching == 0 || s.asTyped {
		return s.text.spelled(nil)
	}
	return s.text.spelled(s.number)
}

// exact returns the item whose article the text is, if nothing else matches.
func (s *search) exact() catalog.ItemID {
	if s.matching != 1 {
		return ""
	}
	id := s.view.index.ids[s.last]
	if catalog.Compact(s.query.Text) != catalog.Compact(string(id)) {
		return ""
	}
	return id
}
