package views

import (
	"cmp"
	"context"
	"encoding/hex"
	"slices"

	"storefront/internal/i18n"
	"storefront/internal/search"
)

// openChoices is how many values of a facet are shown before the rest is folded away.
const openChoices = 8

func newFilterForm(ctx context.Context, s CatalogSource) FilterForm {
	q := s.Query
	form := FilterForm{
		Action: CatalogURL(q.Category), Text: q.Text, Active: len(newChips(ctx, q)),
		Show: i18n.N(ctx, "catalog.show", s.Result.Total, "Count", whole(ctx, s.Result.Total)),
	}
	if q.Text != "" {
		form.Action, form.Category = SearchURL, string(q.Category)
	}
	for _, name := range facetNames {
		if i := slices.IndexFunc(s.Result.Facets, func(f search.Facet) bool { return f.Name == name }); i >= 0 {
			form.addFacet(ctx, s.Result.Facets[i])
		}
	}
	if q.PriceFrom != nil {
		form.From = q.PriceFrom.String()
	}
	if q.PriceTo != nil {
		form.To = q.PriceTo.String()
	}
	order := cmp.Or(q.Sort, defaultSort(q))
	for _, name := range sorts {
		if name == search.SortRelevance && q.Text == "" {
			continue
		}
		choice := Choice{Value: name, Text: i18n.T(ctx, "catalog.sort."+sortKey(name)), Selected: name == order}
		if name == defaultSort(q) {
			choice.Value = "" // as in addresses
		}
		form.Sorts = append(form.Sorts, choice)
	}
	return form
}

// addFacet takes a facet that offers something: selected values first, then the search's order.
func (form *FilterForm) addFacet(ctx context.Context, f search.Facet) {
	var selected, others []Choice
	for _, v := range f.Values {
		c := Choice{Value: v.Value, Text: facetText(ctx, f.Name, v.Value), Count: whole(ctx, v.Count), Selected: v.Selected}
		if v.Selected {
			selected = append(selected, c)
		} else {
			others = append(others, c)
		}
	}
	all := append(selected, others...)
	if len(all) == 0 {
		return
	}
	facet := Facet{Name: f.Name, Title: i18n.T(ctx, "catalog.facet."+f.Name), Top: all}
	if n := max(openChoices, len(selected)); len(all) > n+1 { // folding a single value away saves nothing
		facet.Top, facet.Rest = all[:n], all[n:]
	}
	form.Facets = append(form.Facets, facet)
}

// facetText is a value in words: labels and availability are codes, the rest are the distributor's own words.
func facetText(ctx context.Context, facet, value string) string {
	switch facet {
	case search.FacetLabel:
		return i18n.T(ctx, "label."+value)
	case search.FacetAvailability:
		return i18n.T(ctx, "catalog.availability."+value)
	}
	return value
}

// sortKey is a sort's name without the sign that turns it round.
func sortKey(name string) string {
	if name == search.SortPriceDown {
		return "price_down"
	}
	return name
}

// choiceID is the element id of a choice. It stays the same whatever the counts are, so that a swap keeps the focus on it.
func choiceID(facet, value string) string {
	return "f-" + facet + "-" + hex.EncodeToString([]byte(value))
}
