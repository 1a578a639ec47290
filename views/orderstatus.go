package views

import (
	"context"

	"storefront/internal/i18n"
	"storefront/internal/order"
	"storefront/views/ui"
)

// StatusBadge is an order's status: a code that picks the colour, and a word.
type StatusBadge struct{ Code, Text string }

func newStatusBadge(ctx context.Context, s order.Status) StatusBadge {
	return StatusBadge{Code: s.Code(), Text: i18n.T(ctx, "order.status."+s.Code())}
}

// tone gives every status a colour of its own.
func (s StatusBadge) tone() ui.Tone {
	switch s.Code {
	case "reserving":
		return ui.Info
	case "assembly":
		return ui.Warning
	case "shipped":
		return ui.Success
	case "cancelled":
		return ui.Danger
	}
	return ui.Neutral
}
