package emulator

import (
	"fmt"
	"time"

	"github.com/shopspring/decimal"

	"storefront/internal/vtt/portal"
)

// Price levels by name. Any other level is a factor in digits.
const (
	levelBase   = "base"   // the catalogue's own prices, unchanged
	levelSmall  = "small"  // buys little, pays more
	levelLarge  = "large"  // buys much, pays less
	levelExport = "export" // without VAT, with delivery
)

// currencies lists the dictionary; KZN is the tenge.
func currencies() []string { return []string{"USD", "RUB", "KZN"} }

// rubRate and kznRate are roubles and tenge for a conventional unit, before the market moves the first. PriceLocal ÷ Price is the rate everywhere.
func rubRate() decimal.Decimal { return decimal.New(784321, -4) }
func kznRate() decimal.Decimal { return decimal.New(52316, -2) }

// rateDate is when the rate of the day was set.
func rateDate(now time.Time) time.Time {
	y, m, d := now.In(moscow()).Date()
	return time.Date(y, m, d, 0, 0, 0, 0, moscow())
}

// levelFactor returns what the catalogue's prices are multiplied by.
func levelFactor(level string) (decimal.Decimal, error) {
	text, named := map[string]string{
		levelBase: "1", levelSmall: "1.085", levelLarge: "0.94", levelExport: "1.0375",
	}[level]
	if !named {
		text = level
	}
	factor, err := decimal.NewFromString(text)
	if err != nil || !factor.IsPositive() {
		return decimal.Decimal{}, fmt.Errorf("price level %q is neither a name nor a positive factor", level)
	}
	return factor, nil
}

// mustFactor is levelFactor for accounts, which were checked when the emulator was made.
func mustFactor(level string) decimal.Decimal {
	factor, err := levelFactor(level)
	if err != nil {
		panic(err)
	}
	return factor
}

// offer is an item's price at one level.
type offer struct {
	amount decimal.Decimal // negative: no price
	price  portal.Value    // conventional units
	local  portal.Value    // roubles
}

// priceAt prices an item at a level. At the catalogue's own level the text stays as it was; at any other level a price always
// differs from the catalogue's, so that a mix-up can't go unnoticed.
func priceAt(it *item, factor, rate decimal.Decimal) offer {
	if it.price.IsNegative() {
		return offer{amount: it.price, price: it.dto.Price, local: portal.Null()}
	}
	if factor.Equal(decimal.NewFromInt(1)) {
		o := offer{amount: it.price, price: it.dto.Price, local: it.dto.PriceLocal}
		if !o.local.Filled() || !rate.Equal(rubRate()) {
			o.local = roubles(it.price, rate)
		}
		return o
	}
	amount := it.price.Mul(factor).Round(2)
	if amount.Equal(it.price) {
		amount = amount.Add(decimal.New(1, -2))
	}
	return offer{amount: amount, price: portal.Text(amount.StringFixed(2)), local: roubles(amount, rate)}
}

func roubles(units, rate decimal.Decimal) portal.Value {
	return portal.Text(units.Mul(rate).StringFixed(2))
}

// in turns conventional units into an order's currency, at the rate of the day.
func in(currency string, units, rate decimal.Decimal) decimal.Decimal {
	switch currency {
	case "RUB":
		return units.Mul(rate).Round(2)
	case "KZN":
		return units.Mul(kznRate()).Round(2)
	}
	return units
}
