package views

import (
	"context"
	"strings"
	"time"

	"github.com/shopspring/decimal"

	"storefront/internal/catalog"
	"storefront/internal/i18n"
	"storefront/internal/money"
)

// cartTotals adds up what a cart costs, weighs and takes.
type cartTotals struct {
	sum, pieces  decimal.Decimal
	lines        int
	priced       int // lines with a price to order at
	weight       decimal.Decimal
	weighed      int // lines whose weight is known
	boxes, loose decimal.Decimal
	packed       int // lines whose packing is known
	oldest       time.Time
}

func (t *cartTotals) add(quantity decimal.Decimal, item catalog.Item, offer catalog.Offer, known bool, readAt time.Time) {
	t.lines++
	t.pieces = t.pieces.Add(quantity)
	if known && offer.Orderable() {
		t.priced++
		t.sum = t.sum.Add(offer.Price.Mul(quantity))
	}
	if known && (t.oldest.IsZero() || readAt.Before(t.oldest)) {
		t.oldest = readAt
	}
	if weight, ok := pieceWeight(item); ok {
		t.weighed++
		t.weight = t.weight.Add(weight.Mul(quantity))
	}
	if n := item.NumberInPackage; n != nil && n.IsPositive() && n.IsInteger() {
		t.packed++
		whole := quantity.Div(*n).Floor()
		t.boxes = t.boxes.Add(whole)
		t.loose = t.loose.Add(quantity.Sub(whole.Mul(*n)))
	}
}

// pieceWeight returns the gross weight of one piece in kilograms, taken from the package's where that is all there is.
func pieceWeight(item catalog.Item) (decimal.Decimal, bool) {
	if w := item.GrossWeight; w != nil && w.IsPositive() {
		return *w, true
	}
	if w, n := item.Weight, item.NumberInPackage; w != nil && w.IsPositive() && n != nil && n.IsPositive() {
		return w.Div(*n), true
	}
	return decimal.Zero, false
}

func (t *cartTotals) describe(ctx context.Context, page *Cart, s CartSource) {
	page.Total, page.TotalRUB = amount(ctx, t.sum, money.Units(ctx)), roubles(ctx, t.sum, s.Rate)
	page.Summary = i18n.N(ctx, "unit.lines", t.lines) + " · " + i18n.N(ctx, "unit.pieces", int(t.pieces.IntPart()))
	page.ReadAt = clock(ctx, t.oldest, s.Now)
	if t.weighed > 0 {
		page.Weight = i18n.T(ctx, "cart.weight", "Kilograms", count(ctx, t.weight.Round(1)))
		page.Weight += t.reservation(ctx, t.weighed)
	}
	if t.packed > 0 {
		page.Boxes = t.packing(ctx) + t.reservation(ctx, t.packed)
	}
}

// packing says how many packages are whole and how many pieces are left over.
func (t *cartTotals) packing(ctx context.Context) string {
	var parts []string
	if t.boxes.IsPositive() {
		parts = append(parts, i18n.N(ctx, "cart.boxes", int(t.boxes.IntPart())))
	}
	if t.loose.IsPositive() {
		parts = append(parts, i18n.N(ctx, "unit.pieces", int(t.loose.IntPart())))
	}
	return strings.Join(parts, " + ")
}

// reservation says how many lines a figure is about when it is not all of them.
func (t *cartTotals) reservation(ctx context.Context, known int) string {
	if known == t.lines {
		return ""
	}
	return " " + i18n.T(ctx, "cart.partly", "Known", known, "Lines", t.lines)
}
