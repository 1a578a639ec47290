package views

import (
	"context"
	"slices"

	"github.com/a-h/templ"

	"storefront/internal/catalog"
	"storefront/internal/i18n"
	"storefront/internal/money"
	"storefront/internal/search"
	"storefront/views/ui"
)

// Regions of a list's page.
const (
	ResultsID = "results" // the list: what filters, sorting and paging replace
	sideID    = "side"    // what narrows it: a sheet on a phone
)

// CatalogSource is what a list of items is made from: a category's, or what a search found.
type CatalogSource struct {
	Query  search.Query
	Result search.Result
	Items  []catalog.Item  // of Result.IDs, in that order; one may be missing
	Tree   []search.Branch // the whole tree with this buyer's counts
	// Catalogue is the load of descriptions: while it runs an empty list means "not read yet".
	Catalogue catalog.Progress
	Shelf
}

// Catalog is a list of items with what narrows it.
type Catalog struct {
	Heading string
	Trail   []Link // from the top of the catalogue to above this list
	// Understood is what the search made of the text, where that differs from it.
	Understood string
	Searched   string // what was typed; empty when browsing
	Count      string // «2 410 товаров»
	Tree       []Branch
	Form       FilterForm
	Chips      []Chip
	ClearURL   string // the same list without filters
	Rows       []ItemRow
	Paging     ui.Paging
	Emptiness  Emptiness
	Load       *Load // of the catalogue, while it is empty
	// SelfURL is this list's own address, for reading itself again.
	SelfURL string
	// Loading is true while prices are being read: the list reads itself again when they are there.
	Loading bool
	// Pending is true while prices of rows on screen are: those are read first, and the list looks for them meanwhile.
	Pending bool
}

// Link is a word that leads somewhere.
type Link struct{ Text, URL string }

// Branch is a category in the tree.
type Branch struct {
	Link
	Count    string
	Current  bool
	Open     bool // it or something in it is current
	Children []Branch
}

// FilterForm is the form that narrows a list. Its address and fields are the list's own.
type FilterForm struct {
	Action   string
	Text     string // carried along
	Category string // carried along where the action does not say it
	Facets   []Facet
	From, To string // price, as typed
	Sorts    []Choice
	Active   int // how many filters are set
	Show     string
}

// Facet is a group of choices.
type Facet struct {
	Name, Title string
	Top, Rest   []Choice // Rest is folded away
}

// Choice is a value to choose.
type Choice struct {
	Value, Text, Count string
	Selected           bool
}

// Chip is an active filter and the address without it.
type Chip struct{ Text, RemoveURL string }

// Emptiness says why a list is empty.
type Emptiness string

// Why a list is empty.
const (
	NotEmpty      Emptiness = ""
	StillLoading  Emptiness = "loading"  // the catalogue is being read
	NothingFits   Emptiness = "filtered" // filters leave nothing
	NothingFound  Emptiness = "notfound" // the search found nothing
	EmptyCategory Emptiness = "category"
)

// NewCatalog makes a list of items.
func NewCatalog(ctx context.Context, s CatalogSource) Catalog {
	q := s.Query
	path := branchPath(s.Tree, q.Category)
	page := Catalog{
		Heading: heading(ctx, q, path), Trail: trail(ctx, q, path), Searched: q.Text, Understood: understood(q.Text, s.Result.Understood),
		Count: i18n.N(ctx, "catalog.count", s.Result.Total, "Count", whole(ctx, s.Result.Total)), Tree: newTree(ctx, s.Tree, path),
		Form: newFilterForm(ctx, s), Chips: newChips(ctx, q), ClearURL: ListURL(unfiltered(q)),
		SelfURL: ListURL(q), Loading: s.Loading,
	}
	for _, item := range s.Items {
		page.Rows = append(page.Rows, newItemRow(ctx, item, s.Shelf))
	}
	page.Paging = ui.Paging{Page: s.Result.Page, Pages: s.Result.Pages, Target: "#" + ResultsID, URL: func(n int) string {
		other := q
		other.Page = n
		return ListURL(other)
	}}
	page.Pending = page.Loading && slices.ContainsFunc(page.Rows, func(r ItemRow) bool { return !r.Offer.Known })
	page.explainEmptiness(ctx, s)
	return page
}

// renewal makes the list read itself again: often while something that is on screen is on its way, otherwise when all is there.
func (p Catalog) renewal() templ.Attributes {
	trigger := EventPricesReady + " from:body"
	switch {
	case p.Emptiness == StillLoading, p.Pending:
		trigger = "every 3s, " + trigger
	case !p.Loading:
		return nil
	}
	return templ.Attributes{"hx-get": p.SelfURL, "hx-trigger": trigger, "hx-swap": "outerMorph"}
}

func (p *Catalog) explainEmptiness(ctx context.Context, s CatalogSource) {
	switch {
	case s.Result.Total > 0:
		return
	case s.Catalogue.Running:
		p.Emptiness = StillLoading
		load := newLoad(ctx, i18n.T(ctx, "frame.load.catalogue"), s.Catalogue, s.Now)
		p.Load = &load
	case p.Form.Active > 0:
		p.Emptiness = NothingFits
	case s.Query.Text != "":
		p.Emptiness = NothingFound
	default:
		p.Emptiness = EmptyCategory
	}
}

// understood is shown only where the search read something else than what was typed.
func understood(typed, read string) string {
	if read == typed {
		return ""
	}
	return read
}

func heading(ctx context.Context, q search.Query, path []search.Branch) string {
	switch {
	case q.Text != "":
		return i18n.T(ctx, "catalog.found", "Text", q.Text)
	case len(path) > 0:
		return categoryName(ctx, path[len(path)-1])
	}
	return i18n.T(ctx, "catalog.title")
}

func trail(ctx context.Context, q search.Query, path []search.Branch) []Link {
	if q.Category == "" && q.Text == "" {
		return nil
	}
	links := []Link{{i18n.T(ctx, "catalog.title"), catalogURL}}
	for i, b := range path {
		if q.Text != "" || i < len(path)-1 {
			links = append(links, Link{categoryName(ctx, b), CatalogURL(b.Category.ID)})
		}
	}
	return links
}

// branchPath leads from a root of the tree to a category; empty where there is none.
func branchPath(tree []search.Branch, id catalog.CategoryID) []search.Branch {
	if id == "" {
		return nil
	}
	for _, b := range tree {
		if b.Category.ID == id {
			return []search.Branch{b}
		}
		if below := branchPath(b.Children, id); below != nil {
			return append([]search.Branch{b}, below...)
		}
	}
	return nil
}

func newTree(ctx context.Context, tree, path []search.Branch) []Branch {
	var out []Branch
	for _, b := range tree {
		branch := Branch{Link: Link{categoryName(ctx, b), CatalogURL(b.Category.ID)}, Count: whole(ctx, b.Count)}
		if len(path) > 0 && path[0].Category.ID == b.Category.ID {
			branch.Open, branch.Current = true, len(path) == 1
			branch.Children = newTree(ctx, b.Children, path[1:])
		}
		out = append(out, branch)
	}
	return out
}

// categoryName is the distributor's own word, ours for what stands in no category.
func categoryName(ctx context.Context, b search.Branch) string {
	if b.Category.ID == catalog.Uncategorised {
		return i18n.T(ctx, "catalog.uncategorised")
	}
	return b.Category.Name
}

// unfiltered keeps what the list is of and drops what narrows it.
func unfiltered(q search.Query) search.Query {
	return search.Query{Text: q.Text, Category: q.Category, Sort: q.Sort}
}

func newChips(ctx context.Context, q search.Query) []Chip {
	var chips []Chip
	q.Page = 1
	for _, name := range facetNames {
		for _, value := range *facetValues(&q, name) {
			without := q
			*facetValues(&without, name) = slices.DeleteFunc(slices.Clone(*facetValues(&q, name)), func(v string) bool { return v == value })
			chips = append(chips, Chip{facetText(ctx, name, value), ListURL(without)})
		}
	}
	if q.PriceFrom != nil {
		without := q
		without.PriceFrom = nil
		chips = append(chips, Chip{i18n.T(ctx, "catalog.price.chip_from", "Price", amount(ctx, *q.PriceFrom, money.Units(ctx)).Text), ListURL(without)})
	}
	if q.PriceTo != nil {
		without := q
		without.PriceTo = nil
		chips = append(chips, Chip{i18n.T(ctx, "catalog.price.chip_to", "Price", amount(ctx, *q.PriceTo, money.Units(ctx)).Text), ListURL(without)})
	}
	return chips
}
