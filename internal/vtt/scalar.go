package vtt

import (
	"strings"
	"time"

	"github.com/shopspring/decimal"

	"storefront/internal/money"
	"storefront/internal/vtt/portal"
)

// moscow is the time that the service means where it names no offset (belief 29).
var moscow = time.FixedZone("MSK", 3*60*60)

// text returns what a value says, without white space around it.
func text(v portal.Value) string { return strings.TrimSpace(v.Text) }

// number reads a decimal exactly; nil where there is none or it cannot be read.
func number(v portal.Value) *decimal.Decimal {
	d, err := money.Parse(v.Text)
	if !v.Filled() || err != nil {
		return nil
	}
	return &d
}

// quantity reads a decimal that is zero where there is none.
func quantity(v portal.Value) decimal.Decimal {
	if d := number(v); d != nil {
		return *d
	}
	return decimal.Zero
}

// whole reads a count; 0 where there is none. Older WSDLs have ints where newer ones have decimals.
func whole(v portal.Value) int {
	d := number(v)
	if d == nil || d.IsNegative() || !d.IsInteger() {
		return 0
	}
	return int(d.IntPart())
}

func yes(v portal.Value) bool {
	t := text(v)
	return t == "1" || strings.EqualFold(t, "true")
}

// moments are the forms of xs:dateTime and xs:date, those with an offset first. Fractions of a second are read with any.
var moments = [...]string{"2006-01-02T15:04:05Z07:00", "2006-01-02T15:04:05", "2006-01-02Z07:00", "2006-01-02"}

// moment reads a date, zero where there is none. The platform writes year 1 for "never".
func moment(v portal.Value) time.Time {
	for _, layout := range moments {
		t, err := time.ParseInLocation(layout, text(v), moscow)
		if err != nil {
			continue
		}
		if t.Year() <= 1 {
			return time.Time{}
		}
		return t
	}
	return time.Time{}
}
