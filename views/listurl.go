package views

import (
	"net/url"
	"strconv"
	"strings"

	"github.com/shopspring/decimal"

	"storefront/internal/catalog"
	"storefront/internal/money"
	"storefront/internal/search"
)

// Names of the query parameters of lists.
const (
	paramText     = "q"
	paramCategory = "category"
	paramFrom     = "from"
	paramTo       = "to"
	paramSort     = "sort"
	paramPage     = "page"
)

// Limits of what a query's address may ask for.
const (
	maxQueryText   = 200
	maxFacetValues = 50
	maxPage        = 10_000
)

// PerPage is how many rows a list shows.
const PerPage = 50

// The orderings of a list, as they stand in addresses and in search.Query.
var sorts = [...]string{search.SortRelevance, search.SortName, search.SortArticle, search.SortPrice, search.SortPriceDown, search.SortStock}

// facetNames are the facets in the order they are shown in, as search.Facet and addresses name them.
var facetNames = [...]string{search.FacetAvailability, search.FacetBrand, search.FacetVendor, search.FacetColor, search.FacetLabel}

// facetValues points at a facet's choices in a query.
func facetValues(q *search.Query, name string) *[]string {
	switch name {
	case search.FacetAvailability:
		return &q.Availability
	case search.FacetBrand:
		return &q.Brands
	case search.FacetVendor:
		return &q.Vendors
	case search.FacetColor:
		return &q.Colors
	case search.FacetLabel:
		return &q.Labels
	}
	return nil
}

// ListURL is the address of a list: /search for a text, /catalog else. It is canonical: nothing empty, nothing that is the
// default, so that equal queries have equal addresses. ParseList reads it.
func ListURL(q search.Query) string {
	v := url.Values{}
	address := CatalogURL(q.Category)
	if q.Text != "" {
		address = SearchURL
		v.Set(paramText, q.Text)
		if q.Category != "" {
			v.Set(paramCategory, string(q.Category))
		}
	}
	for _, name := range facetNames {
		if values := *facetValues(&q, name); len(values) > 0 {
			v[name] = values
		}
	}
	setPrice(v, paramFrom, q.PriceFrom)
	setPrice(v, paramTo, q.PriceTo)
	if q.Sort != "" && q.Sort != defaultSort(q) {
		v.Set(paramSort, q.Sort)
	}
	if q.Page > 1 {
		v.Set(paramPage, strconv.Itoa(q.Page))
	}
	if len(v) == 0 {
		return address
	}
	return address + "?" + v.Encode()
}

// ParseList reads a list's query: category is the path's, values the address's. What it cannot read it leaves out: an
// address edited by hand shows a list, not an error.
func ParseList(category catalog.CategoryID, values url.Values) search.Query {
	q := search.Query{Text: clipped(strings.TrimSpace(values.Get(paramText))), Category: category, Page: 1, PerPage: PerPage}
	if q.Text != "" && category == "" {
		q.Category = catalog.CategoryID(values.Get(paramCategory))
	}
	for _, name := range facetNames {
		*facetValues(&q, name) = chosen(values[name])
	}
	q.PriceFrom, q.PriceTo = priceBound(values.Get(paramFrom)), priceBound(values.Get(paramTo))
	q.Sort = defaultSort(q)
	for _, s := range sorts {
		if s == values.Get(paramSort) {
			q.Sort = s
		}
	}
	if n, err := strconv.Atoi(values.Get(paramPage)); err == nil && n >= 1 {
		q.Page = min(n, maxPage)
	}
	return q
}

// defaultSort is by relevance where something was typed, by name where one browses.
func defaultSort(q search.Query) string {
	if q.Text != "" {
		return search.SortRelevance
	}
	return search.SortName
}

// chosen drops empty and repeated values.
func chosen(values []string) []string {
	var out []string
	seen := map[string]bool{}
	for _, v := range values {
		if v != "" && !seen[v] && len(out) < maxFacetValues {
			seen[v] = true
			out = append(out, v)
		}
	}
	return out
}

// priceBound reads a bound as people type it: with a comma or a point, spaces between thousands.
func priceBound(text string) *decimal.Decimal {
	text = strings.NewReplacer(" ", "", "\u00a0", "", ",", ".").Replace(text)
	d, err := money.Parse(text)
	if err != nil || d.IsNegative() {
		return nil
	}
	return &d
}

func setPrice(v url.Values, name string, d *decimal.Decimal) {
	if d != nil {
		v.Set(name, d.String())
	}
}

// clipped cuts a text at maxQueryText characters.
func clipped(text string) string {
	if runes := []rune(text); len(runes) > maxQueryText {
		return strings.TrimSpace(string(runes[:maxQueryText]))
	}
	return text
}
