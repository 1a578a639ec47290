// Package money holds amounts, quantities and the dollar rate as exact decimals, and writes them as people read them.
package money

import (
	"errors"
	"strings"
	"time"

	"github.com/shopspring/decimal"
)

// Currency is a code as it is on the wire.
type Currency string

// The distributor's currencies. KZN is the tenge: ISO 4217 says KZT, the wire says KZN, and the wire's code is kept.
const (
	USD Currency = "USD"
	RUB Currency = "RUB"
	KZN Currency = "KZN"
)

// Symbol returns the sign of the currency, or its code where there is none.
func (c Currency) Symbol() string {
	switch c {
	case USD:
		return "$"
	case RUB:
		return "₽"
	case KZN:
		return "₸"
	}
	return string(c)
}

const (
	nbsp  = "\u00a0"
	minus = "\u2212"
)

// Format writes an amount with two decimals and its currency, Russian style for "ru" («1 234,56 $»), English otherwise
// («$1,234.56» for dollars, «1,234.56 ₽» else). Spaces are non-breaking. Rounding is half away from zero.
func Format(amount decimal.Decimal, c Currency, lang string) string {
	text := number(amount.StringFixed(2), lang)
	if lang == "ru" || c != USD {
		return text + nbsp + c.Symbol()
	}
	if rest, ok := strings.CutPrefix(text, minus); ok {
		return minus + "$" + rest
	}
	return "$" + text
}

// Quantity writes a count with grouped thousands and without a needless fraction.
func Quantity(q decimal.Decimal, lang string) string { return number(q.String(), lang) }

// number groups the thousands of a plain decimal and puts the language's decimal mark.
func number(plain, lang string) string {
	group, mark := ",", "."
	if lang == "ru" {
		group, mark = nbsp, ","
	}
	negative := strings.HasPrefix(plain, "-")
	whole, fraction, hasFraction := strings.Cut(strings.TrimPrefix(plain, "-"), ".")
	var b strings.Builder
	if negative && strings.Trim(plain, "-0.") != "" {
		b.WriteString(minus)
	}
	for i, r := range whole {
		if i > 0 && (len(whole)-i)%3 == 0 {
			b.WriteString(group)
		}
		b.WriteRune(r)
	}
	if hasFraction {
		b.WriteString(mark + fraction)
	}
	return b.String()
}

// ErrNotANumber is returned by Parse for text that is not a plain decimal.
var ErrNotANumber = errors.New("not a plain decimal")

// MaxDigits bounds what Parse accepts: twelve digits before the decimal point.
const MaxDigits = 12

// maxScale bounds the digits behind the decimal point.
const maxScale = 10

// Parse reads a decimal as xs:decimal has it: an optional sign, digits, an optional fraction after a point. Commas,
// exponents, NaN and more than MaxDigits digits before the point are refused: such a price must not be ordered at.
func Parse(s string) (decimal.Decimal, error) {
	s = strings.TrimSpace(s)
	unsigned := strings.TrimPrefix(strings.TrimPrefix(s, "+"), "-")
	if len(s)-len(unsigned) > 1 {
		return decimal.Zero, ErrNotANumber
	}
	whole, fraction, _ := strings.Cut(unsigned, ".")
	if whole+fraction == "" || len(strings.TrimLeft(whole, "0")) > MaxDigits || len(strings.TrimRight(fraction, "0")) > maxScale {
		return decimal.Zero, ErrNotANumber
	}
	for _, r := range whole + fraction {
		if r < '0' || r > '9' {
			return decimal.Zero, ErrNotANumber
		}
	}
	d, err := decimal.NewFromString(strings.TrimPrefix(s, "+"))
	if err != nil {
		return decimal.Zero, ErrNotANumber
	}
	return d, nil
}

// Rate is the distributor's rouble price of one dollar and the time it was set at.
type Rate struct {
	RUB   decimal.Decimal
	SetAt time.Time
}

// Known tells whether there is a rate at all.
func (r Rate) Known() bool { return r.RUB.IsPositive() }

// Roubles converts dollars, rounded to kopecks.
func (r Rate) Roubles(usd decimal.Decimal) decimal.Decimal { return usd.Mul(r.RUB).Round(2) }
