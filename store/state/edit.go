package state

import (
	"context"
	"database/sql"
	"time"

	"storefront/internal/buyer"
	"storefront/internal/order"
	"storefront/store/sqlite"
)

var _ order.EditStore = (*Store)(nil)

// PlanEdits writes the steps of a wish, the first PLANNED, the others WAITING, and the rescue that they carry out.
// order.ErrOpenEdit.
func (s *Store) PlanEdits(ctx context.Context, steps []order.Edit, rescue *order.Rescue) ([]order.Edit, error) {
	planned := append([]order.Edit(nil), steps...)
	err := s.db.Tx(ctx, func(tx *sql.Tx) error {
		if err := mayCarry(ctx, tx, planned[0]); err != nil {
			return err
		}
		for i := range planned {
			e := &planned[i]
			e.ID, e.Step, e.State = order.EditID(newID()), i, order.EditWaiting
			if i == 0 {
				e.State = order.EditPlanned
			}
			e.Plan = planned[0].ID
			e.CreatedAt, e.ChangedAt = wire(e.CreatedAt), wire(e.ChangedAt)
			if err := insertEdit(ctx, tx, *e); err != nil {
				return openEdit(err)
			}
			if err := s.recordEdit(ctx, tx, *e); err != nil {
				return err
			}
		}
		if rescue == nil {
			return nil
		}
		rescue.Plan = planned[0].ID
		return insertRescue(ctx, tx, *rescue)
	})
	if err != nil {
		return nil, err
	}
	return planned, nil
}

// mayCarry tells whether an edit's cart, if it has one, is the buyer's current and not being sent.
func mayCarry(ctx context.Context, tx *sql.Tx, e order.Edit) error {
	if e.Cart == "" {
		return nil
	}
	cart, err := cartHead(ctx, tx, e.Buyer)
	switch {
	case err != nil:
		return err
	case cart.ID != e.Cart:
		return order.ErrCartChanged
	case cart.Frozen:
		return order.ErrFrozen
	}
	return nil
}

// carried takes what an edit has brought into its order out of the cart it came from.
func (s *Store) carried(ctx context.Context, tx *sql.Tx, e order.Edit) error {
	if e.Cart == "" || !e.Arrived() {
		return nil
	}
	mine, err := exec(ctx, tx, `UPDATE carts SET version = version + 1 WHERE buyer_id = $1 AND id = $2`, e.Buyer, e.Cart)
	if err != nil || !mine {
		return err
	}
	left, err := exec(ctx, tx, `UPDATE cart_lines SET quantity = quantity - $3 WHERE buyer_id = $1 AND item_id = $2 AND quantity > $3`,
		e.Buyer, e.Item, e.Count.IntPart())
	if err == nil && !left {
		_, err = tx.ExecContext(ctx, `DELETE FROM cart_lines WHERE buyer_id = $1 AND item_id = $2`, e.Buyer, e.Item)
	}
	return err
}

// CartEdit returns an edit of a cart that is not settled, nil if there is none.
func (s *Store) CartEdit(ctx context.Context, b buyer.ID, cart order.CartID) (*order.Edit, error) {
	list, err := s.edits(ctx, `WHERE buyer_id = $1 AND cart_id = $2 AND cart_id <> '' AND state IN ('WAITING', 'PLANNED', 'SENDING', 'UNKNOWN')
		ORDER BY step LIMIT 1`, b, cart)
	if err != nil || len(list) == 0 {
		return nil, err
	}
	return &list[0], nil
}

// MoveEdit changes an edit found in the state and epoch it was read in. order.ErrEditMoved, order.ErrOpenEdit.
func (s *Store) MoveEdit(ctx context.Context, e order.Edit, change func(*order.Edit)) (moved order.Edit, err error) {
	err = s.db.Tx(ctx, func(tx *sql.Tx) error {
		rows, err := tx.QueryContext(ctx, `SELECT `+editColumns+` FROM order_edits WHERE buyer_id = $1 AND id = $2 AND state = $3 AND epoch = $4`,
			e.Buyer, e.ID, e.State, e.Epoch)
		list, err := sqlite.Collect(rows, err, editFields)
		if err != nil {
			return err
		}
		if len(list) == 0 {
			return order.ErrEditMoved
		}
		moved = list[0]
		change(&moved)
		moved.Epoch, moved.ChangedAt = e.Epoch+1, wire(s.now())
		_, err = tx.ExecContext(ctx, `UPDATE order_edits SET state = $3, epoch = $4, answered = $5, fault_kind = $6, fault_text = $7,
				shows = $8, reserved = $9, status = $10, read_at = $11, next_read_at = $12, sent_at = $13, changed_at = $14
			WHERE buyer_id = $1 AND id = $2`, e.Buyer, e.ID, moved.State, moved.Epoch, moved.Answered, moved.FaultKind, moved.FaultText,
			moved.Shows, moved.Reserved, moved.Status, sqlite.Micros(moved.ReadAt), sqlite.Micros(moved.NextReadAt), sqlite.Micros(moved.SentAt),
			sqlite.Micros(moved.ChangedAt))
		if err != nil {
			return openEdit(err)
		}
		if err := s.recordEdit(ctx, tx, moved); err != nil {
			return err
		}
		return s.carried(ctx, tx, moved)
	})
	if err != nil {
		return order.Edit{}, err
	}
	return moved, nil
}

// TouchEdit stores what a reading has shown, without a move. Another move makes it too late, which is no error.
func (s *Store) TouchEdit(ctx context.Context, e order.Edit) error {
	_, err := s.db.Exec(ctx, `UPDATE order_edits SET shows = $4, reserved = $5, status = $6, read_at = $7, next_read_at = $8
		WHERE buyer_id = $1 AND id = $2 AND epoch = $3`, e.Buyer, e.ID, e.Epoch,
		e.Shows, e.Reserved, e.Status, sqlite.Micros(e.ReadAt), sqlite.Micros(e.NextReadAt))
	return err
}

// Edit returns a buyer's own edit. order.ErrNoEdit.
func (s *Store) Edit(ctx context.Context, b buyer.ID, id order.EditID) (order.Edit, error) {
	list, err := s.edits(ctx, `WHERE buyer_id = $1 AND id = $2`, b, id)
	if err != nil {
		return order.Edit{}, err
	}
	if len(list) == 0 {
		return order.Edit{}, order.ErrNoEdit
	}
	return list[0], nil
}

// Edits lists the latest edits of an order, newest first, at most n.
func (s *Store) Edits(ctx context.Context, b buyer.ID, id order.ID, n int) ([]order.Edit, error) {
	return s.edits(ctx, `WHERE buyer_id = $1 AND order_id = $2 ORDER BY created_at DESC, plan, step DESC LIMIT $3`, b, id, n)
}

// EditSteps lists the steps of a wish in their order.
func (s *Store) EditSteps(ctx context.Context, b buyer.ID, plan order.EditID) ([]order.Edit, error) {
	return s.edits(ctx, `WHERE buyer_id = $1 AND plan = $2 ORDER BY step`, b, plan)
}

// OpenEdits lists every buyer's edits in PLANNED, SENDING and UNKNOWN, oldest first, for recovery only.
func (s *Store) OpenEdits(ctx context.Context) ([]order.Edit, error) {
	return s.edits(ctx, `WHERE is_open = 1 ORDER BY created_at, id`)
}

func insertEdit(ctx context.Context, tx *sql.Tx, e order.Edit) error {
	_, err := tx.ExecContext(ctx, `INSERT INTO order_edits (buyer_id, id, order_id, item_id, plan, step, cart_id, before, wanted, act, count, state, epoch,
			answered, fault_kind, fault_text, shows, reserved, status, read_at, next_read_at, sent_at, created_at, changed_at)
		VALUES ($1, $2, $3, $4, $5, $6, $7, $8, $9, $10, $11, $12, 0, 0, '', '', '0', '0', '', 0, 0, 0, $13, $14)`,
		e.Buyer, e.ID, e.Order, e.Item, e.Plan, e.Step, e.Cart, e.Before, e.Wanted, e.Act, e.Count, e.State,
		sqlite.Micros(e.CreatedAt), sqlite.Micros(e.ChangedAt))
	return err
}

// recordEdit appends to the history.
func (s *Store) recordEdit(ctx context.Context, tx *sql.Tx, e order.Edit) error {
	_, err := tx.ExecContext(ctx, `INSERT INTO order_edit_events (edit_id, buyer_id, state, at) VALUES ($1, $2, $3, $4)`,
		e.ID, e.Buyer, e.State, sqlite.Micros(s.now()))
	return err
}

// edits returns what matches the rest of the query.
func (s *Store) edits(ctx context.Context, rest string, args ...any) ([]order.Edit, error) {
	return collect(ctx, s.db, ask(`SELECT `+editColumns+` FROM order_edits `+rest, args...), editFields)
}

const editColumns = `id, buyer_id, order_id, item_id, plan, step, cart_id, before, wanted, act, count, state, epoch, answered,
	fault_kind, fault_text, shows, reserved, status, read_at, next_read_at, sent_at, created_at, changed_at`

func editFields(e *order.Edit) []any {
	return []any{&e.ID, &e.Buyer, &e.Order, &e.Item, &e.Plan, &e.Step, &e.Cart, &e.Before, &e.Wanted, &e.Act, &e.Count, &e.State, &e.Epoch, &e.Answered,
		&e.FaultKind, &e.FaultText, &e.Shows, &e.Reserved, &e.Status, sqlite.At(&e.ReadAt), sqlite.At(&e.NextReadAt), sqlite.At(&e.SentAt),
		sqlite.At(&e.CreatedAt), sqlite.At(&e.ChangedAt)}
}

// openEdit names the conflict of a second open edit of an order.
func openEdit(err error) error {
	if sqlite.Duplicate(err) {
		return order.ErrOpenEdit
	}
	return err
}

// wire is a moment as it is read again.
func wire(t time.Time) time.Time { return sqlite.Time(sqlite.Micros(t)) }
