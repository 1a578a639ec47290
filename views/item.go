package views

import (
	"cmp"
	"context"
	"slices"

	"github.com/shopspring/decimal"

	"storefront/internal/catalog"
	"storefront/internal/i18n"
	"storefront/internal/money"
	"storefront/internal/search"
)

// ItemSource is what an item's page is made from.
type ItemSource struct {
	Item catalog.Item
	Tree []search.Branch
	// Fits are shown to accounts with the right to edit orders only: nil without it, empty where nothing is known.
	Fits []catalog.Fit
	// Related are recommended beside the item, and offered to this buyer.
	Related []catalog.Item
	History HistorySource
	Shelf
}

// Item is everything that is known of an item.
type Item struct {
	ItemRow
	Trail         []Link
	Photos        []Photo
	OnRequest     bool // it has no price and cannot be ordered
	Loading       bool // its price is being read
	Retail        Amount
	ReadAt        Moment // when price and stock were read
	Rate          RateNote
	Facts         []Fact
	Packing       []Fact
	Description   string
	Compatibility string // free text
	ShowFits      bool
	Fits          []FitGroup
	FitsCount     string
	Related       []ItemRow
	History       History
	WideStar      Star
}

// Photo is a picture of an item.
type Photo struct{ Small, Large, Alt string }

// Fact is a name and a value.
type Fact struct {
	Name, Value string
	Code        bool // an article or a code: shown in fixed width, copied with one press
}

// FitGroup are the devices of one make that an item fits.
type FitGroup struct {
	Brand  string
	Models []string
}

// NewItem makes an item's page.
func NewItem(ctx context.Context, s ItemSource) Item {
	offer, readAt, known := s.Offer(s.Item.ID)
	page := Item{
		ItemRow: newItemRow(ctx, s.Item, s.Shelf), Trail: itemTrail(ctx, s), Photos: photos(ctx, s.Item),
		Loading: !known && s.Loading, OnRequest: known && !offer.Orderable() || !known && !s.Loading,
		Rate: newRateNote(ctx, s.Rate, s.Now), Facts: facts(ctx, s.Item), Packing: packing(ctx, s.Item),
		Description: s.Item.Description, Compatibility: s.Item.Compatibility,
		ShowFits: s.Fits != nil, Fits: groupFits(s.Fits),
	}
	for _, related := range s.Related {
		page.Related = append(page.Related, newItemRow(ctx, related, s.Shelf))
	}
	page.History = NewHistory(ctx, s.History, s.Now)
	page.WideStar = page.Star
	page.WideStar.Wide = true
	page.FitsCount = i18n.N(ctx, "item.models", countModels(page.Fits))
	if known {
		page.ReadAt = clock(ctx, readAt, s.Now)
	}
	if p := offer.PriceRetail; p != nil && p.IsPositive() {
		page.Retail = amount(ctx, *p, money.Units(ctx))
	}
	return page
}

func itemTrail(ctx context.Context, s ItemSource) []Link {
	links := []Link{{i18n.T(ctx, "catalog.title"), catalogURL}}
	for _, b := range branchPath(s.Tree, s.Item.Category) {
		links = append(links, Link{categoryName(ctx, b), CatalogURL(b.Category.ID)})
	}
	return links
}

// maxPhotos bounds how many photos a page asks for.
const maxPhotos = 8

func photos(ctx context.Context, item catalog.Item) []Photo {
	var out []Photo
	for n := range min(len(item.PhotoURLs), maxPhotos) {
		out = append(out, Photo{
			Small: PhotoAt(item.ID, n, PhotoSmall), Large: PhotoAt(item.ID, n, PhotoLarge),
			Alt: i18n.T(ctx, "item.photo", "Number", n+1, "Name", item.Name),
		})
	}
	return out
}

// facts lists what identifies and describes an item; what is not known is left out.
func facts(ctx context.Context, item catalog.Item) []Fact {
	var out []Fact
	for _, f := range []struct {
		key, value string
		code       bool
	}{
		{"item.original", item.OriginalNumber, true},
		{"item.alias", item.Alias, false},
		{"item.brand", item.Brand, false},
		{"item.vendor", item.Vendor, false},
		{"item.color", item.ColorName, false},
		{"item.yield", yield(ctx, item.LifeTime), false},
		{"item.barcode", item.Barcode, true},
		{"item.tnved", item.TnvedCode, true},
		{"item.root_group", item.RootGroup, false},
		{"item.group", item.Group, false},
	} {
		if f.value != "" {
			out = append(out, Fact{i18n.T(ctx, f.key), f.value, f.code})
		}
	}
	return out
}

// yield reads «1,5К» as pages; a volume, and what cannot be read, stays as the distributor wrote it.
func yield(ctx context.Context, written string) string {
	y, ok := catalog.ParseYield(written)
	if !ok || y.Pages == 0 {
		return written
	}
	return i18n.N(ctx, "item.pages", y.Pages, "Count", whole(ctx, y.Pages))
}

// packing lists sizes and weights: first of the package, then of one piece. Units of length are not published: none is shown.
func packing(ctx context.Context, item catalog.Item) []Fact {
	var out []Fact
	add := func(key, value string) {
		if value != "" {
			out = append(out, Fact{Name: i18n.T(ctx, key), Value: value})
		}
	}
	add("item.in_package", positive(ctx, item.NumberInPackage))
	add("item.package_size", size(ctx, item.Package))
	add("item.package_weight", kilograms(ctx, item.Weight))
	add("item.gross_size", size(ctx, item.Gross))
	add("item.gross_weight", kilograms(ctx, item.GrossWeight))
	add("item.net_weight", kilograms(ctx, item.NetWeight))
	add("item.gross_volume", positive(ctx, item.GrossVolume))
	return out
}

func positive(ctx context.Context, d *decimal.Decimal) string {
	if d == nil || !d.IsPositive() {
		return ""
	}
	return count(ctx, *d)
}

func kilograms(ctx context.Context, d *decimal.Decimal) string {
	text := positive(ctx, d)
	if text == "" {
		return ""
	}
	return i18n.T(ctx, "item.kilograms", "Count", text)
}

// size writes width × height × depth where all three are known.
func size(ctx context.Context, s catalog.Size) string {
	w, h, d := positive(ctx, s.Width), positive(ctx, s.Height), positive(ctx, s.Depth)
	if w == "" || h == "" || d == "" {
		return ""
	}
	return w + " × " + h + " × " + d
}

// groupFits gathers models by make, both in order of the alphabet.
func groupFits(fits []catalog.Fit) []FitGroup {
	models := map[string][]string{}
	for _, f := range fits {
		models[f.Brand] = append(models[f.Brand], f.Model)
	}
	var groups []FitGroup
	for brand, names := range models {
		slices.Sort(names)
		groups = append(groups, FitGroup{brand, slices.Compact(names)})
	}
	slices.SortFunc(groups, func(a, b FitGroup) int { return cmp.Compare(a.Brand, b.Brand) })
	return groups
}

func countModels(groups []FitGroup) int {
	n := 0
	for _, g := range groups {
		n += len(g.Models)
	}
	return n
}
