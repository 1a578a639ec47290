package cache

import (
	"context"
	"database/sql"
	"errors"

	"storefront/internal/money"
	"storefront/store/sqlite"
)

// PutRate keeps the distributor's latest rate.
func (s *Store) PutRate(ctx context.Context, rate money.Rate) error {
	return s.use(ctx, func(db *sqlite.DB) error {
		return db.Tx(ctx, func(tx *sql.Tx) error {
			_, err := tx.ExecContext(ctx, `INSERT INTO rate (only, rub, set_at) VALUES (1, $1, $2)
				ON CONFLICT (only) DO UPDATE SET rub = excluded.rub, set_at = excluded.set_at`, rate.RUB, sqlite.Micros(rate.SetAt))
			return err
		})
	})
}

// Rate returns the latest rate, an unknown one where none was read.
func (s *Store) Rate(ctx context.Context) (rate money.Rate, err error) {
	err = s.use(ctx, func(db *sqlite.DB) error {
		var setAt int64
		err := db.Read.QueryRowContext(ctx, `SELECT rub, set_at FROM rate`).Scan(&rate.RUB, &setAt)
		if errors.Is(err, sql.ErrNoRows) {
			return nil
		}
		rate.SetAt = sqlite.Time(setAt)
		return err
	})
	return rate, err
}
