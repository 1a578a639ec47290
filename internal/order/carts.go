package order

import (
	"context"
	"strings"

	"github.com/shopspring/decimal"

	"storefront/internal/buyer"
	"storefront/internal/catalog"
	"storefront/internal/errkind"
)

// ErrQuantity: a quantity is not a whole number from 1 to MaxQuantity.
var ErrQuantity = errkind.New(errkind.Invalid, "cart.quantity")

// Carts lets a buyer gather lines. Quantities reach the store only after they were found whole and within bounds.
type Carts struct{ Store CartStore }

// Cart returns the buyer's cart.
func (c Carts) Cart(ctx context.Context, b buyer.ID) (Cart, error) { return c.Store.Cart(ctx, b) }

// Add adds to the quantity of a line. ErrQuantity, ErrFrozen, ErrCartFull.
func (c Carts) Add(ctx context.Context, b buyer.ID, item catalog.ItemID, quantity decimal.Decimal) (Cart, error) {
	if !validQuantity(quantity) {
		return Cart{}, ErrQuantity
	}
	return c.Store.AddLine(ctx, b, item, quantity)
}

// AddAll adds to the quantities of lines, all of them or none. ErrQuantity, ErrFrozen, ErrCartFull.
func (c Carts) AddAll(ctx context.Context, b buyer.ID, lines []NewLine) (Cart, error) {
	for _, line := range lines {
		if !validQuantity(line.Quantity) {
			return Cart{}, ErrQuantity
		}
	}
	return c.Store.AddLines(ctx, b, lines)
}

// Set sets the quantity of a line; zero removes it. ErrQuantity, ErrFrozen.
func (c Carts) Set(ctx context.Context, b buyer.ID, item catalog.ItemID, quantity decimal.Decimal) (Cart, error) {
	if !quantity.IsZero() && !validQuantity(quantity) {
		return Cart{}, ErrQuantity
	}
	return c.Store.SetLine(ctx, b, item, quantity)
}

// SetNote keeps the note that goes with the order. ErrNoteTooLong, ErrNoteCharacters, ErrFrozen.
func (c Carts) SetNote(ctx context.Context, b buyer.ID, note string) (Cart, error) {
	note, err := cleanNote(note)
	if err != nil {
		return Cart{}, err
	}
	return c.Store.SetCartNote(ctx, b, note)
}

// maxQuantityDigits is enough for MaxQuantity with leading zeros, and keeps long input out of arithmetic.
const maxQuantityDigits = 12

// ParseQuantity reads what a person typed as a quantity: digits only, spaces between them as in «1 000». Zero is allowed: it
// removes. ErrQuantity otherwise, and above MaxQuantity.
func ParseQuantity(s string) (decimal.Decimal, error) {
	s = strings.Join(strings.Fields(s), "") // Fields knows the non-breaking space
	if s == "" || len(s) > maxQuantityDigits || strings.Trim(s, "0123456789") != "" {
		return decimal.Zero, ErrQuantity
	}
	quantity, err := decimal.NewFromString(s)
	if err != nil || quantity.GreaterThan(decimal.NewFromInt(MaxQuantity)) {
		return decimal.Zero, ErrQuantity
	}
	return quantity, nil
}

func validQuantity(quantity decimal.Decimal) bool {
	return quantity.IsInteger() && quantity.IsPositive() && quantity.LessThanOrEqual(decimal.NewFromInt(MaxQuantity))
}
