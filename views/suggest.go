package views

import (
	"context"

	"storefront/internal/catalog"
	"storefront/internal/search"
)

// SuggestSource is what the drop-down under the search box is made from.
type SuggestSource struct {
	Text  string
	Items []catalog.Item // best first
	Shelf
}

// Suggest is the drop-down under the search box.
type Suggest struct {
	Text   string
	Rows   []ItemRow
	AllURL string // everything that the text finds
}

// NewSuggest makes the drop-down.
func NewSuggest(ctx context.Context, s SuggestSource) Suggest {
	page := Suggest{Text: s.Text, AllURL: ListURL(search.Query{Text: s.Text})}
	for _, item := range s.Items {
		page.Rows = append(page.Rows, newItemRow(ctx, item, s.Shelf))
	}
	return page
}
