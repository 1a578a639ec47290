package state

import (
	"context"
	"database/sql"

	"storefront/internal/buyer"
	"storefront/internal/catalog"
	"storefront/store/sqlite"
)

var _ buyer.WatchStore = (*Store)(nil)

// Watches lists a buyer's watch list, the latest added first.
func (s *Store) Watches(ctx context.Context, b buyer.ID) ([]buyer.Watch, error) {
	return collect(ctx, s.db, ask(`SELECT item_id, since, price, branch, main FROM watches
		WHERE buyer_id = $1 ORDER BY since DESC, item_id`, b), func(w *buyer.Watch) []any {
		return []any{&w.ItemID, sqlite.At(&w.Since), optional{&w.Price}, &w.Branch, &w.Main}
	})
}

// Watch puts items on a buyer's list, all of them or none; those that are there stay as they are. buyer.ErrWatchFull.
func (s *Store) Watch(ctx context.Context, b buyer.ID, items ...catalog.ItemID) error {
	return s.db.Tx(ctx, func(tx *sql.Tx) error {
		for _, item := range items {
			_, err := tx.ExecContext(ctx, `INSERT INTO watches (buyer_id, item_id, since, price, branch, main) VALUES ($1, $2, $3, '', 0, 0)
				ON CONFLICT (buyer_id, item_id) DO NOTHING`, b, item, sqlite.Micros(s.now()))
			if err != nil {
				return err
			}
		}
		var watched int
		if err := tx.QueryRowContext(ctx, `SELECT COUNT(*) FROM watches WHERE buyer_id = $1`, b).Scan(&watched); err != nil {
			return err
		}
		if watched > buyer.MaxWatches {
			return buyer.ErrWatchFull
		}
		return nil
	})
}

// Unwatch takes an item off a buyer's list.
func (s *Store) Unwatch(ctx context.Context, b buyer.ID, item catalog.ItemID) error {
	_, err := s.db.Exec(ctx, `DELETE FROM watches WHERE buyer_id = $1 AND item_id = $2`, b, item)
	return err
}

// SetMark changes the mark of an item on a buyer's list. buyer.ErrNotWatched.
func (s *Store) SetMark(ctx context.Context, b buyer.ID, item catalog.ItemID, m buyer.Mark) error {
	n, err := s.db.Exec(ctx, `UPDATE watches SET price = $3, branch = $4, main = $5 WHERE buyer_id = $1 AND item_id = $2`,
		b, item, priceText(m.Price), m.Branch, m.Main)
	if err == nil && n == 0 {
		return buyer.ErrNotWatched
	}
	return err
}
