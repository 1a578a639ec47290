package views

import (
	"context"
	"time"

	"storefront/internal/i18n"
	"storefront/internal/order"
	"storefront/views/ui"
)

// Attention is a submission that the buyer should not forget: its outcome is not known, or an order of it turned up late.
type Attention struct {
	Tone ui.Tone
	// Cart says which cart it is: when it was sent, and what of it is known by now.
	Cart  string
	State string // order.State
	Link
}

// NewAttentions makes the list of submissions that a buyer should not forget.
func NewAttentions(ctx context.Context, list []order.Submission, now time.Time) []Attention {
	all := make([]Attention, len(list))
	for i, s := range list {
		source := SubmissionSource{Submission: s, Now: now}
		all[i] = Attention{
			Tone: submissionTone(source), State: string(s.State),
			Cart: i18n.T(ctx, "submission.attention.cart", "At", clock(ctx, s.CreatedAt, now).Text),
			Link: Link{submissionTitle(ctx, source), SubmissionURL(s.ID)},
		}
	}
	return all
}
