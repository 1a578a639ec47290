package state

import (
	"context"
	"database/sql"

	"github.com/shopspring/decimal"

	"storefront/internal/buyer"
	"storefront/internal/order"
	"storefront/store/sqlite"
)

var _ order.RescueStore = (*Store)(nil)

// AddRescue keeps a rescue; one that waits takes the place of an earlier wait for the same line.
func (s *Store) AddRescue(ctx context.Context, r order.Rescue) error {
	return s.db.Tx(ctx, func(tx *sql.Tx) error { return insertRescue(ctx, tx, r) })
}

func insertRescue(ctx context.Context, tx *sql.Tx, r order.Rescue) error {
	_, err := tx.ExecContext(ctx, `UPDATE rescues SET state = 'CLOSED', changed_at = $4
		WHERE buyer_id = $1 AND order_id = $2 AND item_id = $3 AND state = 'WAITING'`, r.Buyer, r.Order, r.Item, sqlite.Micros(r.ChangedAt))
	if err != nil {
		return err
	}
	_, err = tx.ExecContext(ctx, `INSERT INTO rescues (buyer_id, order_id, item_id, choice, quantity, other_item, due, plan, state, created_at, changed_at)
		VALUES ($1, $2, $3, $4, $5, $6, $7, $8, $9, $10, $11)`, r.Buyer, r.Order, r.Item, r.Choice, r.Quantity, r.Other, sqlite.Micros(r.Due), r.Plan, r.State,
		sqlite.Micros(r.CreatedAt), sqlite.Micros(r.ChangedAt))
	return err
}

// Rescues lists the rescues of an order, newest first.
func (s *Store) Rescues(ctx context.Context, b buyer.ID, id order.ID) ([]order.Rescue, error) {
	return collect(ctx, s.db, ask(`SELECT id, buyer_id, order_id, item_id, choice, quantity, other_item, due, plan, state, created_at, changed_at
		FROM rescues WHERE buyer_id = $1 AND order_id = $2 ORDER BY created_at DESC, id DESC`, b, id), func(r *order.Rescue) []any {
		return []any{&r.ID, &r.Buyer, &r.Order, &r.Item, &r.Choice, &r.Quantity, &r.Other, sqlite.At(&r.Due), &r.Plan, &r.State,
			sqlite.At(&r.CreatedAt), sqlite.At(&r.ChangedAt)}
	})
}

// Waits lists what a buyer waits for in orders that are still being reserved and lack it still, the earliest due first. The
// quantity is what is missing now.
func (s *Store) Waits(ctx context.Context, b buyer.ID) ([]order.Rescue, error) {
	type row struct {
		order.Rescue
		line order.Line
	}
	found, err := collect(ctx, s.db, ask(`SELECT r.id, r.buyer_id, r.order_id, r.item_id, r.choice, r.other_item, r.due, r.state, r.created_at, r.changed_at,
			l.quantity, l.reserved
		FROM rescues r JOIN orders c ON c.buyer_id = r.buyer_id AND c.id = r.order_id
			JOIN order_lines l ON l.buyer_id = r.buyer_id AND l.order_id = r.order_id AND l.item_id = r.item_id
		WHERE r.buyer_id = $1 AND r.state = 'WAITING' AND c.status = $2 ORDER BY r.due, r.id`, b, order.Reserving), func(w *row) []any {
		return []any{&w.ID, &w.Buyer, &w.Order, &w.Item, &w.Choice, &w.Other, sqlite.At(&w.Due), &w.State, sqlite.At(&w.CreatedAt), sqlite.At(&w.ChangedAt),
			&w.line.Quantity, &w.line.Reserved}
	})
	if err != nil {
		return nil, err
	}
	missing := map[int64]decimal.Decimal{}
	for _, w := range found {
		missing[w.ID] = missing[w.ID].Add(w.line.Missing())
	}
	var waits []order.Rescue
	for _, w := range found {
		if w.Quantity = missing[w.ID]; w.Quantity.IsPositive() {
			waits = append(waits, w.Rescue)
			delete(missing, w.ID) // a second line of the item
		}
	}
	return waits, nil
}

// CloseRescue ends a wait. order.ErrNoRescue.
func (s *Store) CloseRescue(ctx context.Context, b buyer.ID, id order.ID, rescue int64) error {
	n, err := s.db.Exec(ctx, `UPDATE rescues SET state = 'CLOSED', changed_at = $4 WHERE buyer_id = $1 AND order_id = $2 AND id = $3 AND state = 'WAITING'`,
		b, id, rescue, sqlite.Micros(s.now()))
	if err == nil && n == 0 {
		return order.ErrNoRescue
	}
	return err
}
