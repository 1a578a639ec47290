package state

import (
	"context"
	"time"

	"storefront/internal/buyer"
	"storefront/store/sqlite"
)

// Event is a line of the audit trail.
type Event struct {
	At      time.Time
	Buyer   buyer.ID // empty where nobody was signed in
	Request string   // the request's id
	Name    string   // OWASP vocabulary: authn_login_success, …
	Detail  string   // never a secret
}

// Audit appends to the audit trail, which nobody can change afterwards. A zero At means now.
func (s *Store) Audit(ctx context.Context, e Event) error {
	if e.At.IsZero() {
		e.At = s.now()
	}
	_, err := s.db.Exec(ctx, `INSERT INTO audit (at, buyer_id, request, name, detail) VALUES ($1, $2, $3, $4, $5)`,
		sqlite.Micros(e.At), e.Buyer, e.Request, e.Name, e.Detail)
	return err
}

// AuditTrail returns the latest n events of all buyers, newest first, for the operator.
func (s *Store) AuditTrail(ctx context.Context, n int) ([]Event, error) {
	return collect(ctx, s.db, ask(`SELECT at, buyer_id, request, name, detail FROM audit ORDER BY id DESC LIMIT $1`, n), func(e *Event) []any {
		return []any{sqlite.At(&e.At), &e.Buyer, &e.Request, &e.Name, &e.Detail}
	})
}
