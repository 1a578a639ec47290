package state

import (
	"context"
	"database/sql"
	"errors"

	"github.com/shopspring/decimal"

	"storefront/internal/buyer"
	"storefront/internal/catalog"
	"storefront/internal/order"
	"storefront/store/sqlite"
)

// Cart returns the current generation, empty where nothing was added yet.
func (s *Store) Cart(ctx context.Context, b buyer.ID) (cart order.Cart, err error) {
	err = s.db.View(ctx, func(tx *sql.Tx) error {
		cart, err = cartOf(ctx, tx, b)
		return err
	})
	return cart, err
}

// AddLine adds to the quantity of a line. order.ErrFrozen, order.ErrCartFull, order.ErrQuantity.
func (s *Store) AddLine(ctx context.Context, b buyer.ID, item catalog.ItemID, quantity decimal.Decimal) (order.Cart, error) {
	return s.AddLines(ctx, b, []order.NewLine{{ItemID: item, Quantity: quantity}})
}

// AddLines adds to the quantities of lines, all of them or none. order.ErrFrozen, order.ErrCartFull, order.ErrQuantity.
func (s *Store) AddLines(ctx context.Context, b buyer.ID, lines []order.NewLine) (order.Cart, error) {
	return s.editCart(ctx, b, func(tx *sql.Tx, version int64) (changed bool, err error) {
		for _, line := range lines {
			added, err := s.addLine(ctx, tx, b, version, line)
			if err != nil {
				return false, err
			}
			changed = changed || added
		}
		return changed, nil
	})
}

func (s *Store) addLine(ctx context.Context, tx *sql.Tx, b buyer.ID, version int64, line order.NewLine) (changed bool, err error) {
	if !line.Quantity.IsPositive() {
		return false, order.ErrQuantity
	}
	var already decimal.Decimal
	err = tx.QueryRowContext(ctx, `SELECT quantity FROM cart_lines WHERE buyer_id = $1 AND item_id = $2`, b, line.ItemID).Scan(&already)
	if err != nil && !errors.Is(err, sql.ErrNoRows) {
		return false, err
	}
	return s.putLine(ctx, tx, b, version, line.ItemID, already.Add(line.Quantity))
}

// SetLine sets the quantity of a line; zero removes it. order.ErrFrozen, order.ErrCartFull, order.ErrQuantity.
func (s *Store) SetLine(ctx context.Context, b buyer.ID, item catalog.ItemID, quantity decimal.Decimal) (order.Cart, error) {
	return s.editCart(ctx, b, func(tx *sql.Tx, version int64) (changed bool, err error) {
		if quantity.IsZero() {
			return exec(ctx, tx, `DELETE FROM cart_lines WHERE buyer_id = $1 AND item_id = $2`, b, item)
		}
		return s.putLine(ctx, tx, b, version, item, quantity)
	})
}

// SetCartNote keeps the note that goes with the order. order.ErrFrozen.
func (s *Store) SetCartNote(ctx context.Context, b buyer.ID, note string) (order.Cart, error) {
	return s.editCart(ctx, b, func(tx *sql.Tx, _ int64) (changed bool, err error) {
		return exec(ctx, tx, `UPDATE carts SET note = $2 WHERE buyer_id = $1 AND note <> $2`, b, note)
	})
}

// editCart runs edit on a cart that is not frozen, telling it the version that an edit brings about. An edit that changed
// nothing leaves the version, so that an agreement to it still stands.
func (s *Store) editCart(ctx context.Context, b buyer.ID, edit func(tx *sql.Tx, version int64) (changed bool, err error)) (cart order.Cart, err error) {
	err = s.db.Tx(ctx, func(tx *sql.Tx) error {
		_, err := tx.ExecContext(ctx, `INSERT INTO carts (buyer_id, id, version) VALUES ($1, $2, 1) ON CONFLICT (buyer_id) DO NOTHING`, b, newID())
		if err != nil {
			return err
		}
		before, err := cartHead(ctx, tx, b)
		if err != nil {
			return err
		}
		if before.Frozen {
			return order.ErrFrozen
		}
		changed, err := edit(tx, before.Version+1)
		if err != nil {
			return err
		}
		if changed {
			if _, err := tx.ExecContext(ctx, `UPDATE carts SET version = version + 1 WHERE buyer_id = $1`, b); err != nil {
				return err
			}
		}
		if cart, err = cartOf(ctx, tx, b); err == nil && changed && len(cart.Lines) > order.MaxLines {
			return order.ErrCartFull
		}
		return err
	})
	if err != nil {
		return order.Cart{}, err
	}
	return cart, nil
}

// putLine sets the quantity of a line, new or not.
func (s *Store) putLine(ctx context.Context, tx *sql.Tx, b buyer.ID, version int64, item catalog.ItemID, quantity decimal.Decimal) (changed bool, err error) {
	if !quantity.IsInteger() || !quantity.IsPositive() || quantity.GreaterThan(decimal.NewFromInt(order.MaxQuantity)) {
		return false, order.ErrQuantity
	}
	return exec(ctx, tx, `INSERT INTO cart_lines (buyer_id, item_id, quantity, added_in, added_at) VALUES ($1, $2, $3, $4, $5)
		ON CONFLICT (buyer_id, item_id) DO UPDATE SET quantity = excluded.quantity WHERE cart_lines.quantity <> excluded.quantity`,
		b, item, quantity.IntPart(), version, sqlite.Micros(s.now()))
}

// cartOf returns a buyer's cart with its lines in the order they were added.
func cartOf(ctx context.Context, tx *sql.Tx, b buyer.ID) (order.Cart, error) {
	cart, err := cartHead(ctx, tx, b)
	if err != nil || cart.ID == "" {
		return cart, err
	}
	rows, err := tx.QueryContext(ctx, `SELECT item_id, quantity, added_at FROM cart_lines WHERE buyer_id = $1 ORDER BY added_in, item_id`, b)
	cart.Lines, err = sqlite.Collect(rows, err, func(l *order.CartLine) []any {
		return []any{&l.ItemID, &l.Quantity, sqlite.At(&l.AddedAt)}
	})
	return cart, err
}

// cartHead returns a buyer's cart without lines. That it is frozen follows from its submission, or from what carries its lines
// into an order, and is kept nowhere else.
func cartHead(ctx context.Context, tx *sql.Tx, b buyer.ID) (order.Cart, error) {
	cart := order.Cart{Buyer: b}
	err := tx.QueryRowContext(ctx, `SELECT id, version, note,
			EXISTS (SELECT 1 FROM submissions AS s WHERE s.buyer_id = c.buyer_id AND s.cart_id = c.id AND s.is_open = 1)
			OR EXISTS (SELECT 1 FROM order_edits AS e WHERE e.buyer_id = c.buyer_id AND e.cart_id = c.id AND e.cart_id <> ''
				AND e.state IN ('WAITING', 'PLANNED', 'SENDING', 'UNKNOWN'))
		FROM carts AS c WHERE c.buyer_id = $1`, b).Scan(&cart.ID, &cart.Version, &cart.Note, &cart.Frozen)
	if errors.Is(err, sql.ErrNoRows) {
		return cart, nil
	}
	return cart, err
}

// endCart begins a fresh generation where a submission's cart is still the current one, untouched since it was sent; what the
// submission left behind is in it. A cart that was returned meanwhile (CartVersion + 1) and edited is the buyer's, not the
// submission's.
func endCart(ctx context.Context, tx *sql.Tx, s order.Submission) error {
	ended, err := exec(ctx, tx, `UPDATE carts SET id = $4, version = version + 1, note = ''
		WHERE buyer_id = $1 AND id = $2 AND version <= $3 + 1`, s.Buyer, s.Cart, s.CartVersion, newID())
	if err != nil || !ended {
		return err
	}
	if _, err := tx.ExecContext(ctx, `DELETE FROM cart_lines WHERE buyer_id = $1`, s.Buyer); err != nil {
		return err
	}
	for i, line := range s.Rest {
		_, err := tx.ExecContext(ctx, `INSERT INTO cart_lines (buyer_id, item_id, quantity, added_in, added_at) VALUES ($1, $2, $3, $4, $5)`,
			s.Buyer, line.ItemID, line.Quantity.IntPart(), i, sqlite.Micros(s.ChangedAt))
		if err != nil {
			return err
		}
	}
	return nil
}

// returnCart gives the same lines back as a new version, which can be sent again.
func returnCart(ctx context.Context, tx *sql.Tx, s order.Submission) error {
	_, err := tx.ExecContext(ctx, `UPDATE carts SET version = version + 1 WHERE buyer_id = $1 AND id = $2`, s.Buyer, s.Cart)
	return err
}

// exec runs a statement and tells whether it changed a row.
func exec(ctx context.Context, tx *sql.Tx, statement string, args ...any) (changed bool, err error) {
	result, err := tx.ExecContext(ctx, statement, args...)
	if err != nil {
		return false, err
	}
	n, err := result.RowsAffected()
	return n > 0, err
}
