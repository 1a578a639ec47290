package app

import (
	"context"
	"log/slog"
	"time"

	"storefront/internal/buyer"
	"storefront/internal/order"
	"storefront/store/state"
)

const (
	cleaning = 15 * time.Minute
	// thinning is how often history is thinned.
	thinning = 24 * time.Hour
)

// housekeeping drops what has expired, now and again until the context ends: sessions, and credentials kept for submissions;
// once a day, what of history has grown too old to be told apart.
func (p *parts) housekeeping(ctx context.Context, log *slog.Logger, now, machine func() time.Time) error {
	ticker := time.NewTicker(cleaning)
	defer ticker.Stop()
	var thinned time.Time
	for {
		if err := p.sessions.Purge(ctx); err != nil && ctx.Err() == nil {
			log.Warn("expired sessions were not dropped", "error", err)
		}
		if _, err := p.state.WipeSealed(ctx, now().Add(-order.LateWatch)); err != nil && ctx.Err() == nil {
			log.Warn("old credentials were not wiped", "error", err)
		}
		if now().Sub(thinned) >= thinning && p.state.Damage() == nil {
			if err := p.state.ThinHistory(ctx); err != nil && ctx.Err() == nil {
				log.Warn("history was not thinned", "error", err)
			}
			thinned = now()
		}
		tellApart(log, now(), machine())
		select {
		case <-ticker.C:
		case <-ctx.Done():
			return nil
		}
	}
}

// damagedSession records that a session could not be opened: its row or the key was changed.
func (p *parts) damagedSession(log *slog.Logger) func(buyer.ID, error) {
	return func(b buyer.ID, cause error) {
		log.Warn("session can't be opened", "event", "crypt_decrypt_fail", "error", cause)
		event := state.Event{Buyer: b, Name: "crypt_decrypt_fail"}
		if err := p.state.Audit(context.Background(), event); err != nil {
			log.Error("audit event not recorded", "event", event.Name, "error", err)
		}
	}
}
