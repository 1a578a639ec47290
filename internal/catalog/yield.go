package catalog

import (
	"strings"

	"github.com/shopspring/decimal"
)

// Yield is what ItemLifeTime says: how many pages an item prints, or how much it holds. One of the two is zero, because
// millilitres are not pages.
type Yield struct {
	Pages       int
	Millilitres decimal.Decimal
}

// maxYield bounds both pages and millilitres: what is above is a slip of the keyboard.
var maxYield = decimal.New(100_000_000, 0)

// ParseYield reads ItemLifeTime: «6K» and «1,52К» with the K of either alphabet, «300000» pages, «100мл». It is strict:
// anything else is not a yield, because prices per page are ranked by it.
func ParseYield(s string) (Yield, bool) {
	number, unit := splitUnit(strings.Join(strings.Fields(Fold(s)), ""))
	amount, ok := positive(number)
	if !ok {
		return Yield{}, false
	}
	switch unit {
	case "k", "k" + Fold("стр"):
		return pages(amount.Shift(3))
	case "", Fold("стр"), Fold("страниц"):
		if strings.Contains(number, ".") { // «1.000» is either a page or a thousand of them
			return Yield{}, false
		}
		return pages(amount)
	case "ml", Fold("мл"):
		return millilitres(amount)
	case "l", Fold("л"):
		return millilitres(amount.Shift(3))
	}
	return Yield{}, false
}

// splitUnit cuts folded text behind its number, whose decimal comma becomes a point, and drops the point of an abbreviation.
func splitUnit(s string) (number, unit string) {
	end := len(s) - len(strings.TrimLeft(s, "0123456789.,"))
	return strings.ReplaceAll(s[:end], ",", "."), strings.TrimSuffix(s[end:], ".")
}

// positive reads digits with at most one point between them.
func positive(number string) (decimal.Decimal, bool) {
	const longest = 16
	whole, fraction, pointed := strings.Cut(number, ".")
	if whole == "" || len(number) > longest || pointed && fraction == "" || strings.Contains(fraction, ".") {
		return decimal.Zero, false
	}
	amount, err := decimal.NewFromString(number)
	return amount, err == nil && amount.IsPositive()
}

func pages(n decimal.Decimal) (Yield, bool) {
	if !n.IsInteger() || n.GreaterThan(maxYield) {
		return Yield{}, false
	}
	return Yield{Pages: int(n.IntPart())}, true
}

func millilitres(n decimal.Decimal) (Yield, bool) {
	if n.GreaterThan(maxYield) {
		return Yield{}, false
	}
	return Yield{Millilitres: n}, true
}
