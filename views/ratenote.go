package views

import (
	"context"
	"time"

	"storefront/internal/i18n"
	"storefront/internal/money"
)

// RateNote says by which rate roubles are shown and since when it is valid. The zero RateNote: no rate is known.
type RateNote struct {
	Text  string // «92,4567 ₽ за 1 $»
	SetAt Moment
}

// Known tells whether there is a rate to show.
func (r RateNote) Known() bool { return r.Text != "" }

func newRateNote(ctx context.Context, rate money.Rate, now time.Time) RateNote {
	if !rate.Known() {
		return RateNote{}
	}
	return RateNote{
		Text:  i18n.T(ctx, "cart.rate", "Rate", money.Quantity(rate.RUB, i18n.Lang(ctx))),
		SetAt: date(ctx, rate.SetAt, now),
	}
}
