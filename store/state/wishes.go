package state

import (
	"context"
	"database/sql"
	"errors"

	"storefront/internal/buyer"
	"storefront/internal/order"
	"storefront/store/sqlite"
)

// ofOrder is a buyer's wishes beside one of his orders: those of the submissions that became it, the latest first.
const ofOrder = ` FROM submissions AS s JOIN wishes AS w ON w.buyer_id = s.buyer_id AND w.submission_id = s.id
	WHERE s.buyer_id = $1 AND s.order_id = orders.id AND s.order_id <> '' ORDER BY s.created_at DESC LIMIT 1`

// SetWishes keeps the wishes of a submission that is about to be prepared, in the place of those of an earlier try.
func (s *Store) SetWishes(ctx context.Context, b buyer.ID, id order.SubmissionID, w order.Wishes) error {
	if w.None() {
		_, err := s.db.Exec(ctx, `DELETE FROM wishes WHERE buyer_id = $1 AND submission_id = $2`, b, id)
		return err
	}
	_, err := s.db.Exec(ctx, `INSERT INTO wishes (buyer_id, submission_id, number, day, search) VALUES ($1, $2, $3, $4, $5)
		ON CONFLICT (buyer_id, submission_id) DO UPDATE SET number = excluded.number, day = excluded.day, search = excluded.search`,
		b, id, w.Number, sqlite.Micros(w.Date), searchText(w.Number, wishDay(w)))
	return err
}

func wishDay(w order.Wishes) string {
	if w.Date.IsZero() {
		return ""
	}
	return w.Date.Format(order.NoteDay)
}

// CartWishes returns what was wished when a generation of the cart was last sent.
func (s *Store) CartWishes(ctx context.Context, b buyer.ID, cart order.CartID) (w order.Wishes, err error) {
	err = s.db.Ask(ctx, func(ctx context.Context, q sqlite.Querier) error {
		return q.QueryRowContext(ctx, `SELECT COALESCE(w.number, ''), COALESCE(w.day, 0)
			FROM submissions AS s LEFT JOIN wishes AS w ON w.buyer_id = s.buyer_id AND w.submission_id = s.id
			WHERE s.buyer_id = $1 AND s.cart_id = $2 ORDER BY s.cart_version DESC LIMIT 1`, b, cart).Scan(&w.Number, sqlite.At(&w.Date))
	})
	if errors.Is(err, sql.ErrNoRows) {
		return order.Wishes{}, nil
	}
	return w, err
}
