package order

import (
	"time"

	"github.com/shopspring/decimal"

	"storefront/internal/buyer"
	"storefront/internal/catalog"
)

// CartID names one generation of a buyer's cart. A generation ends when it becomes an order.
type CartID string

// Cart is what a buyer has gathered. It belongs to the account, not to a browser.
type Cart struct {
	ID    CartID
	Buyer buyer.ID
	// Version grows with every change and every new generation: a submission is keyed by (ID, Version).
	Version int64
	Lines   []CartLine
	Note    string
	Frozen  bool // a submission of this cart is open
}

// CartLine is an item in a cart. Quantity is a positive whole number.
type CartLine struct {
	ItemID   catalog.ItemID
	Quantity decimal.Decimal
	AddedAt  time.Time
}

// MaxQuantity bounds a line: above it a typing mistake is likelier than an order.
const MaxQuantity = 100_000

// MaxLines bounds a cart.
const MaxLines = 1_000
