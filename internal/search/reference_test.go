package search_test

import (
	"cmp"
	"regexp"
	"slices"
	"strings"
	"time"

	"github.com/shopspring/decimal"

	"storefront/internal/catalog"
	"storefront/internal/search"
)

// reference answers queries by going through everything for every question. It says what the index has to answer, and shares
// nothing with it but the helpers of package catalog.
type reference struct {
	corpus search.Corpus
	chunks []catalog.PriceChunk
	whole  bool // the price list is complete
}

// candidate is an item that the buyer sees.
type candidate struct {
	item     catalog.Item
	words    []foundWord
	fits     []foundWord
	category catalog.CategoryID
	offer    *catalog.Offer
	score    int
	asTyped  bool
}

// foundWord is a word of an item and what it is worth to a term that is the word, or begins it.
type foundWord struct {
	text        string
	exact, part int
	number      bool // may be matched blind to punctuation
	tail        bool // terms shorter than four do not count
}

func (r reference) candidates() []*candidate {
	last := make(map[catalog.ItemID]catalog.Item)
	for _, item := range r.corpus.Items {
		last[item.ID] = item
	}
	tree := catalog.NewTree(r.corpus.Categories)
	var all []*candidate
	for _, item := range last {
		c := &candidate{item: item, category: item.Category, offer: r.offer(item.ID), words: wordsOf(item)}
		if _, known := tree.Category(c.category); !known {
			c.category = tree.Resolve(item)
		}
		for _, fit := range r.corpus.Fits {
			if fit.ItemID == item.ID {
				for _, text := range []string{fit.Brand, fit.Category, fit.Model} {
					c.fits = append(c.fits, textWords(text, 3, 2)...)
				}
			}
		}
		if c.offer != nil || !r.whole {
			all = append(all, c)
		}
	}
	return all
}

// offer finds the offer that counts: of the chunks of a category the one read last, of categories that read last.
func (r reference) offer(id catalog.ItemID) *catalog.Offer {
	newest := make(map[catalog.CategoryID]catalog.PriceChunk)
	for _, chunk := range r.chunks {
		if have, ok := newest[chunk.Category]; !ok || !chunk.ReadAt.Before(have.ReadAt) {
			newest[chunk.Category] = chunk
		}
	}
	var found *catalog.Offer
	var readAt time.Time
	for _, chunk := range newest {
		for _, offer := range chunk.Offers {
			if offer.ItemID == id && !chunk.ReadAt.Before(readAt) {
				found, readAt = &offer, chunk.ReadAt
			}
		}
	}
	return found
}

var (
	run      = regexp.MustCompile(`[\pL\p{Nd}]+`)
	dashed   = regexp.MustCompile(`[\pL\p{Nd}]+([-_]+[\pL\p{Nd}]+)+`)
	decimals = regexp.MustCompile(`^(\d{1,3}[.,]\d{1,2})([^\d].*)?$`)
	number   = regexp.MustCompile(`^[\x00-\x7f]*\d[\x00-\x7f]*$`)
)

// cut cuts a text into words; a decimal number with what is glued to it is one.
func cut(text string) []string {
	var found []string
	for text = catalog.Fold(text); ; {
		at := run.FindStringIndex(text)
		if at == nil {
			return found
		}
		text = text[at[0]:]
		end := at[1] - at[0]
		if d := decimals.FindStringSubmatch(text); d != nil {
			end = len(d[1])
			if glued := run.FindStringIndex(text[end:]); glued != nil && glued[0] == 0 {
				end += glued[1]
			}
		}
		found = append(found, strings.ReplaceAll(text[:end], ",", "."))
		text = text[end:]
	}
}

func textWords(text string, exact, part int) []foundWord {
	var found []foundWord
	for _, word := range cut(text) {
		found = append(found, foundWord{text: word, exact: exact, part: part})
	}
	for _, word := range dashed.FindAllString(catalog.Fold(text), -1) {
		found = append(found, foundWord{text: catalog.Compact(word), exact: exact, part: part})
	}
	return found
}

func numberWords(text string, exact, part int) []foundWord {
	found := []foundWord{{text: catalog.Compact(text), exact: exact, part: part, number: true}}
	for _, piece := range strings.FieldsFunc(text, func(r rune) bool { return strings.ContainsRune(" ,;/|", r) }) {
		found = append(found, foundWord{text: catalog.Compact(piece), exact: exact, part: part, number: true})
	}
	return found
}

func wordsOf(item catalog.Item) []foundWord {
	found := []foundWord{{text: catalog.Compact(string(item.ID)), exact: 64, part: 48, number: true}}
	found = append(found, numberWords(item.OriginalNumber, 32, 24)...)
	found = append(found, textWords(item.Name, 16, 12)...)
	found = append(found, textWords(item.Alias, 10, 8)...)
	for _, word := range found {
		for i := 1; number.MatchString(word.text) && i+4 <= len(word.text); i++ {
			found = append(found, foundWord{text: word.text[i:], exact: 4, part: 4, number: true, tail: true})
		}
	}
	for _, code := range []string{string(item.ID), item.OriginalNumber} {
		if pieces := cut(code); len(pieces) > 1 {
			for _, piece := range pieces {
				found = append(found, foundWord{text: piece, exact: 4, part: 4, number: true})
			}
		}
	}
	found = append(found, textWords(item.Brand, 6, 5)...)
	found = append(found, textWords(item.Vendor, 6, 5)...)
	found = append(found, numberWords(item.Barcode, 6, 5)...)
	return append(found, textWords(item.Compatibility, 3, 2)...)
}

// match tells whether an item has all that a text asks for, and sets its score.
func (c *candidate) match(text string, fits bool) bool {
	var terms []string
	var ends []int // of every typed word
	var typed []string
	for _, word := range strings.Fields(text) {
		if cutWord := cut(word); len(cutWord) > 0 {
			terms, typed = append(terms, cutWord...), append(typed, word)
			ends = append(ends, len(terms))
		}
	}
	words := c.words
	if fits {
		words = append(slices.Clip(words), c.fits...)
	}
	worth, worthTyped := make([]int, len(terms)), make([]int, len(terms))
	for i, term := range terms {
		worthTyped[i] = best(words, term, false)
		worth[i] = worthTyped[i]
	}
	for i := range typed {
		from := 0
		if i > 0 {
			from = ends[i-1]
		}
		for k := i; k < min(i+4, len(typed)); k++ {
			joined := catalog.Compact(strings.Join(typed[i:k+1], ""))
			for t := from; ends[k]-from > 1 && t < ends[k]; t++ {
				worth[t] = max(worth[t], best(words, joined, true))
			}
		}
	}
	c.score, c.asTyped = 0, true
	for i, term := range terms {
		implied := slices.Contains(terms[:i], term) || slices.ContainsFunc(terms, func(other string) bool { return other != term && strings.HasPrefix(other, term) })
		switch {
		case implied:
		case worth[i] == 0:
			return false
		default:
			c.score += worth[i]
			c.asTyped = c.asTyped && worthTyped[i] > 0
		}
	}
	return len(terms) > 0
}

func best(words []foundWord, term string, asNumber bool) int {
	most := 0
	for _, word := range words {
		switch {
		case !strings.HasPrefix(word.text, term), asNumber && !word.number, word.tail && len(term) < 4:
		case word.text == term:
			most = max(most, word.exact)
		default:
			most = max(most, word.part)
		}
	}
	return most
}

func (c *candidate) price() *decimal.Decimal {
	if c.offer == nil || !c.offer.Orderable() {
		return nil
	}
	return c.offer.Price
}

func (c *candidate) priceWithin(from, to *decimal.Decimal) bool {
	if from == nil && to == nil {
		return true
	}
	price := c.price()
	return price != nil && (from == nil || price.Cmp(*from) >= 0) && (to == nil || price.Cmp(*to) <= 0)
}

// values returns what an item has of a facet.
func (c *candidate) values(facet string) []string {
	switch facet {
	case search.FacetBrand:
		return []string{c.item.Brand}
	case search.FacetVendor:
		return []string{c.item.Vendor}
	case search.FacetColor:
		return []string{c.item.ColorName}
	case search.FacetLabel:
		var labels []string
		for _, label := range catalog.Labels(c.item) {
			labels = append(labels, string(label))
		}
		return labels
	}
	if c.offer == nil {
		return nil
	}
	var available []string
	for value, is := range map[string]bool{
		search.AvailableBranch: c.offer.Available.IsPositive(), search.AvailableMain: c.offer.MainOffice.IsPositive(),
		search.AvailableTransit: c.offer.Transit.IsPositive(), search.AvailableRequest: !c.offer.Orderable(),
	} {
		if is {
			available = append(available, value)
		}
	}
	return available
}

func selectedOf(q search.Query, facet string) []string {
	return map[string][]string{
		search.FacetBrand: q.Brands, search.FacetVendor: q.Vendors, search.FacetColor: q.Colors,
		search.FacetLabel: q.Labels, search.FacetAvailability: q.Availability,
	}[facet]
}

var facetNames = []string{search.FacetBrand, search.FacetVendor, search.FacetColor, search.FacetLabel, search.FacetAvailability}

// passes tells whether an item has a selected value of every facet but one.
func (c *candidate) passes(q search.Query, except string) bool {
	for _, facet := range facetNames {
		selected := selectedOf(q, facet)
		if facet == except || len(selected) == 0 {
			continue
		}
		if !slices.ContainsFunc(c.values(facet), func(v string) bool {
			return slices.ContainsFunc(selected, func(s string) bool { return catalog.Fold(s) == catalog.Fold(v) })
		}) {
			return false
		}
	}
	return true
}

// search answers a query. Facet values are folded: which spelling is shown is not a matter of one result.
func (r reference) search(q search.Query) (search.Result, map[string]map[string]int) {
	tree := catalog.NewTree(r.corpus.Categories)
	var matching, base, passing []*candidate
	for _, c := range r.candidates() {
		if strings.TrimSpace(q.Text) == "" || c.match(q.Text, q.Fits) {
			matching = append(matching, c)
		}
	}
	for _, c := range matching {
		under := q.Category == "" || q.Category == catalog.Uncategorised && c.category == "" ||
			slices.ContainsFunc(tree.Path(c.category), func(step catalog.Category) bool { return step.ID == q.Category })
		if under && c.priceWithin(q.PriceFrom, q.PriceTo) {
			base = append(base, c)
		}
	}
	facets := make(map[string]map[string]int)
	for _, facet := range facetNames {
		facets[facet] = make(map[string]int)
		for _, c := range base {
			for _, value := range c.values(facet) {
				if value != "" && c.passes(q, facet) {
					facets[facet][catalog.Fold(value)]++
				}
			}
		}
		for _, value := range selectedOf(q, facet) {
			facets[facet][catalog.Fold(value)] += 0
		}
	}
	for _, c := range base {
		if c.passes(q, "") {
			passing = append(passing, c)
		}
	}
	result := r.page(q, passing)
	if len(matching) == 1 && strings.TrimSpace(q.Text) != "" && catalog.Compact(q.Text) == catalog.Compact(string(matching[0].item.ID)) {
		result.Exact = matching[0].item.ID
	}
	return result, facets
}

func (r reference) page(q search.Query, items []*candidate) search.Result {
	result := search.Result{Total: len(items), Page: q.Page, Pages: (len(items) + q.PerPage - 1) / q.PerPage, Sort: q.Sort}
	result.Pages = max(result.Pages, 1)
	result.Page = min(max(q.Page, 1), result.Pages)
	slices.SortFunc(items, func(a, b *candidate) int { return compareBy(q.Sort, a, b) })
	for i := (result.Page - 1) * q.PerPage; i < min(result.Page*q.PerPage, len(items)); i++ {
		result.IDs = append(result.IDs, items[i].item.ID)
	}
	return result
}

func compareBy(sort string, a, b *candidate) int {
	byName := cmp.Or(cmp.Compare(nameKey(a), nameKey(b)), cmp.Compare(a.item.ID, b.item.ID))
	switch sort {
	case search.SortArticle:
		return cmp.Compare(a.item.ID, b.item.ID)
	case search.SortPrice, search.SortPriceDown:
		x, y := a.price(), b.price()
		switch {
		case x == nil && y == nil:
			return byName
		case x == nil:
			return 1
		case y == nil:
			return -1
		case sort == search.SortPriceDown:
			return cmp.Or(y.Cmp(*x), byName)
		}
		return cmp.Or(x.Cmp(*y), byName)
	case search.SortStock:
		x, y := a.offer, b.offer
		switch {
		case x == nil && y == nil:
			return byName
		case x == nil:
			return 1
		case y == nil:
			return -1
		}
		return cmp.Or(y.Available.Cmp(x.Available), y.MainOffice.Cmp(x.MainOffice), y.Transit.Cmp(x.Transit), byName)
	case search.SortRelevance:
		return cmp.Or(cmp.Compare(b.score, a.score), cmp.Compare(a.lag(), b.lag()), byName)
	}
	return byName
}

func nameKey(c *candidate) string {
	return strings.ReplaceAll(strings.ToLower(c.item.Name), "ё", "е")
}

func (c *candidate) lag() int {
	lag := 0
	if c.offer == nil || !c.offer.Available.IsPositive() && !c.offer.MainOffice.IsPositive() {
		lag += 2
	}
	if c.price() == nil {
		lag++
	}
	return lag
}
