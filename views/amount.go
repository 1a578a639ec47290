package views

import (
	"context"

	"github.com/shopspring/decimal"

	"storefront/internal/i18n"
	"storefront/internal/money"
)

// Amount is a sum as people read it (Text) and as a plain decimal for data-amount (Plain). The zero Amount is unknown.
type Amount struct{ Text, Plain string }

// Known tells whether there is a sum to show.
func (a Amount) Known() bool { return a.Text != "" }

func amount(ctx context.Context, value decimal.Decimal, c money.Currency) Amount {
	return Amount{Text: money.Format(value, c, i18n.Lang(ctx)), Plain: value.String()}
}

// roubles converts dollars by the service's rate; unknown without a rate, and where prices are not in dollars.
func roubles(ctx context.Context, usd decimal.Decimal, rate money.Rate) Amount {
	if !rate.Known() || money.Units(ctx) != money.USD {
		return Amount{}
	}
	return amount(ctx, rate.Roubles(usd), money.RUB)
}

func count(ctx context.Context, q decimal.Decimal) string { return money.Quantity(q, i18n.Lang(ctx)) }
