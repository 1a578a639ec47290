// Package catalog holds the words of the assortment: items, offers, categories, and what the names and texts of items mean.
// It does no input or output. An item's description is shared by all buyers; an offer (price and stock) belongs to one buyer.
package catalog

import (
	"time"

	"github.com/shopspring/decimal"
)

// ItemID is the distributor's article number: opaque text, never a number («2C918150», «0609-001174», «A/1»).
type ItemID string

// CategoryID is the distributor's symbolic category («CARTLAS_ORIG»): opaque text.
type CategoryID string

// Item is the shared description of an item: ItemDto without what depends on the buyer. Empty text and nil decimals mean
// that the distributor said nothing.
type Item struct {
	ID             ItemID     `json:"id"`
	Name           string     `json:"name"`
	Alias          string     `json:"alias,omitempty"`    // NameAlias
	Brand          string     `json:"brand,omitempty"`    // producer of the item: Hi-Black, …
	Vendor         string     `json:"vendor,omitempty"`   // make of the printer: HP, …
	OriginalNumber string     `json:"original,omitempty"` // OEM number
	Barcode        string     `json:"barcode,omitempty"`
	Description    string     `json:"description,omitempty"`
	Compatibility  string     `json:"compatibility,omitempty"` // free text, never cut into models
	Category       CategoryID `json:"category,omitempty"`      // resolved by Tree.Resolve; "" stands under «без категории»
	GroupID        string     `json:"group_id,omitempty"`
	Group          string     `json:"group,omitempty"`
	RootGroup      string     `json:"root_group,omitempty"`
	LifeTime       string     `json:"life_time,omitempty"` // ItemLifeTime as written; see ParseYield
	ColorName      string     `json:"color,omitempty"`
	ColorID        string     `json:"color_id,omitempty"`
	TnvedCode      string     `json:"tnved,omitempty"`
	PhotoURLs      []string   `json:"photos,omitempty"` // dummies removed; fetched by the server only
	TransitDate    time.Time  `json:"transit_date,omitzero"`

	NumberInPackage *decimal.Decimal `json:"in_package,omitempty"`
	Package         Size             `json:"package,omitzero"` // of NumberInPackage pieces; units of length are not published
	Gross           Size             `json:"gross,omitzero"`   // of one piece
	Weight          *decimal.Decimal `json:"weight,omitempty"` // kilograms, of the package
	GrossWeight     *decimal.Decimal `json:"gross_weight,omitempty"`
	NetWeight       *decimal.Decimal `json:"net_weight,omitempty"`
	GrossVolume     *decimal.Decimal `json:"gross_volume,omitempty"`
}

// Size holds three lengths in the distributor's unpublished unit.
type Size struct {
	Width  *decimal.Decimal `json:"w,omitempty"`
	Height *decimal.Decimal `json:"h,omitempty"`
	Depth  *decimal.Decimal `json:"d,omitempty"`
}

// Offer is what one buyer is offered for an item. It never leaves that buyer.
type Offer struct {
	ItemID ItemID
	// Price is in conventional units (US dollars). Nil or negative: on request, cannot be ordered. See Orderable.
	Price       *decimal.Decimal
	PriceLocal  *decimal.Decimal // roubles, where the service gives it
	PriceRetail *decimal.Decimal
	Available   decimal.Decimal // the buyer's branch
	MainOffice  decimal.Decimal // the head office in Moscow
	Transit     decimal.Decimal // on its way; three different promises, never added up
}

// Orderable tells whether the offer has a price to order at.
func (o Offer) Orderable() bool { return o.Price != nil && !o.Price.IsNegative() }

// Listing is an item and one buyer's offer for it: a whole ItemDto.
type Listing struct {
	Item  Item
	Offer Offer
}

// Category is a node of the two-level tree. Parent is empty at the top.
type Category struct {
	ID     CategoryID
	Parent CategoryID
	Name   string
}

// Fit says that an item fits a device: a row of GetGoodsCompatibilityInformation. Rows are shown only to accounts with the
// right to edit orders.
type Fit struct {
	ItemID   ItemID
	Brand    string // ModelBrand
	Category string // ModelCategoryName
	Model    string // ModelName
}
