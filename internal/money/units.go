package money

import "context"

type unitsKey struct{}

// WithUnits puts the currency of the distributor's conventional units into a context: what a price without a currency is in.
func WithUnits(ctx context.Context, c Currency) context.Context {
	return context.WithValue(ctx, unitsKey{}, c)
}

// Units returns the currency of conventional units: dollars unless the context says otherwise.
func Units(ctx context.Context) Currency {
	if c, ok := ctx.Value(unitsKey{}).(Currency); ok && c != "" {
		return c
	}
	return USD
}
