package views

import (
	"context"
	"strings"
	"time"

	"github.com/shopspring/decimal"

	"storefront/internal/buyer"
	"storefront/internal/catalog"
	"storefront/internal/i18n"
	"storefront/internal/money"
	"storefront/views/ui"
)

// Shelf is what rows of items are made from: one buyer's offers, cart, watch list and rate. It never outlives a request.
type Shelf struct {
	// Offer tells this buyer's price and stock and when they were read.
	Offer func(catalog.ItemID) (catalog.Offer, time.Time, bool)
	// Loading is true while this buyer's price list is not complete: a missing offer then means "not read yet".
	Loading bool
	// InCart are the quantities in the cart.
	InCart map[catalog.ItemID]decimal.Decimal
	// Watched is this buyer's watch list.
	Watched map[catalog.ItemID]buyer.Watch
	Rate    money.Rate
	Now     time.Time
}

// ItemRow is an item in a list.
type ItemRow struct {
	ID       string
	Name     string
	URL      string
	PhotoURL string // empty: no photo, a drawing stands for it
	Detail   string // «Hi-Black · CF283A»: what is known beside the name
	Labels   []Label
	Marks    []Label // what of the mark put on it holds
	Star     Star
	Offer    LineOffer
	Add      AddControl
}

// Label is a word on an item: «Новинка».
type Label struct {
	Code, Text string
	Tone       ui.Tone
}

// AddControl is the quantity and the button that put an item into the cart: a region that pressing replaces.
type AddControl struct {
	ItemID string
	Name   string // for assistive technology: which row the button belongs to
	InCart string // «3»; empty when there are none
	// Orderable is false while the price is loading and for items on request.
	Orderable bool
	Pack      string // «в упаковке 10»; empty where packing is not known or is one piece
}

// newItemRow describes an item as this buyer may buy it.
func newItemRow(ctx context.Context, item catalog.Item, s Shelf) ItemRow {
	offer, _, known := s.Offer(item.ID)
	row := ItemRow{
		ID: string(item.ID), Name: item.Name, URL: ItemURL(item.ID), Detail: rowDetail(item), Labels: newLabels(ctx, item),
		Offer: newShelfOffer(ctx, item, offer, known, s), Add: newAddControl(ctx, item, offer, known, s.InCart[item.ID]),
	}
	watch, watched := s.Watched[item.ID]
	row.Star = NewStar(item.ID, item.Name, watched, false)
	if known {
		row.Marks = marks(ctx, watch, offer)
	}
	if len(item.PhotoURLs) > 0 {
		row.PhotoURL = PhotoURL(item.ID)
	}
	return row
}

// newShelfOffer is a line's offer, known also when the list is complete and holds nothing for the item.
func newShelfOffer(ctx context.Context, item catalog.Item, offer catalog.Offer, known bool, s Shelf) LineOffer {
	return newLineOffer(ctx, item, offer, known || !s.Loading, s.Rate, s.Now)
}

// NewAddControl describes the control after quantity has been put into the cart.
func NewAddControl(ctx context.Context, item catalog.Item, offer catalog.Offer, inCart decimal.Decimal) AddControl {
	return newAddControl(ctx, item, offer, true, inCart)
}

func newAddControl(ctx context.Context, item catalog.Item, offer catalog.Offer, known bool, inCart decimal.Decimal) AddControl {
	c := AddControl{
		ItemID: string(item.ID), Name: item.Name, Orderable: known && offer.Orderable(),
		Pack: packText(ctx, item.NumberInPackage),
	}
	if inCart.IsPositive() {
		c.InCart = count(ctx, inCart)
	}
	return c
}

// rowDetail is what helps to tell items of one name apart, without what the article says already.
func rowDetail(item catalog.Item) string {
	var parts []string
	for _, part := range []string{item.Brand, item.OriginalNumber, item.ColorName, item.LifeTime} {
		if part != "" && part != string(item.ID) {
			parts = append(parts, part)
		}
	}
	return strings.Join(parts, " · ")
}

func newLabels(ctx context.Context, item catalog.Item) []Label {
	var out []Label
	for _, l := range catalog.Labels(item) {
		out = append(out, newLabel(ctx, string(l)))
	}
	return out
}

func newLabel(ctx context.Context, code string) Label {
	return Label{Code: code, Text: i18n.T(ctx, "label."+code), Tone: labelTones[code]}
}

// labelTones colour the labels by what they mean for buying; a code not listed here is neutral.
var labelTones = map[string]ui.Tone{
	"top80": ui.Info, "new": ui.Success, "on_order": ui.Warning, "sale": ui.Accent, "damaged": ui.Warning, "discontinued": ui.Danger,
}

// AddedText says what was put into the cart.
func AddedText(ctx context.Context, id catalog.ItemID, added, inCart decimal.Decimal) string {
	return i18n.T(ctx, "row.added", "Article", string(id), "Added", count(ctx, added), "Count", count(ctx, inCart))
}
