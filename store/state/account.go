package state

import (
	"context"
	"database/sql"
	"errors"
	"time"

	"storefront/internal/buyer"
	"storefront/internal/errkind"
	"storefront/store/sqlite"
)

var _ buyer.AccountStore = (*Store)(nil)

// ErrNoAccount is returned for a buyer who never signed in here. It is compared with errors.Is.
var ErrNoAccount = errkind.New(errkind.NotFound, "account.missing")

// Account returns what is known of a buyer. ErrNoAccount. In a damaged file nobody is known to be missing: a buyer who is not
// found has an account of which nothing is known.
func (s *Store) Account(ctx context.Context, b buyer.ID) (a buyer.Account, err error) {
	err = s.db.Ask(ctx, func(ctx context.Context, q sqlite.Querier) error {
		a = buyer.Account{ID: b}
		return q.QueryRowContext(ctx, `SELECT edit_right, signed_in_at, active_at, last_seen_at FROM accounts WHERE buyer_id = $1`, b).
			Scan(&a.Right, sqlite.At(&a.SignedInAt), sqlite.At(&a.ActiveAt), sqlite.At(&a.LastSeen))
	})
	switch {
	case !errors.Is(err, sql.ErrNoRows):
		return a, err
	case s.Damage() != nil:
		return a, nil
	}
	return buyer.Account{}, ErrNoAccount
}

// SaveAccount writes what is known of a buyer.
func (s *Store) SaveAccount(ctx context.Context, a buyer.Account) error {
	_, err := s.db.Exec(ctx, `INSERT INTO accounts (buyer_id, edit_right, signed_in_at, active_at, last_seen_at) VALUES ($1, $2, $3, $4, $5)
		ON CONFLICT (buyer_id) DO UPDATE SET edit_right = excluded.edit_right, signed_in_at = excluded.signed_in_at,
			active_at = excluded.active_at, last_seen_at = excluded.last_seen_at`,
		a.ID, a.Right, sqlite.Micros(a.SignedInAt), sqlite.Micros(a.ActiveAt), sqlite.Micros(a.LastSeen))
	return err
}

// Active notes that a buyer did something. A clock that went back changes nothing.
func (s *Store) Active(ctx context.Context, b buyer.ID, at time.Time) error {
	_, err := s.db.Exec(ctx, `UPDATE accounts SET active_at = $2 WHERE buyer_id = $1 AND active_at < $2`, b, sqlite.Micros(at))
	return err
}
