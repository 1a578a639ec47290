package state

import (
	"context"
	"database/sql"
	"errors"
	"strings"

	"storefront/internal/buyer"
	"storefront/internal/catalog"
	"storefront/internal/order"
	"storefront/store/sqlite"
)

// SaveOrders merges what GetOrders answered into the copies. Orders that the answer lacks stay: a list that lost old orders
// is no evidence against them.
func (s *Store) SaveOrders(ctx context.Context, b buyer.ID, orders []order.Order) error {
	return s.db.Tx(ctx, func(tx *sql.Tx) error {
		for _, o := range orders {
			if err := s.saveOrder(ctx, tx, b, o); err != nil {
				return err
			}
		}
		_, err := tx.ExecContext(ctx, `INSERT INTO order_reads (buyer_id, read_at) VALUES ($1, $2)
			ON CONFLICT (buyer_id) DO UPDATE SET read_at = excluded.read_at`, b, sqlite.Micros(s.now()))
		return err
	})
}

// SaveOrder merges one order; its lines replace the copy's where LinesReadAt is set.
func (s *Store) SaveOrder(ctx context.Context, b buyer.ID, o order.Order) error {
	return s.db.Tx(ctx, func(tx *sql.Tx) error { return s.saveOrder(ctx, tx, b, o) })
}

func (s *Store) saveOrder(ctx context.Context, tx *sql.Tx, b buyer.ID, fresh order.Order) error {
	if fresh.ReadAt.IsZero() {
		fresh.ReadAt = s.now()
	}
	known, err := orderHead(ctx, tx, b, fresh.ID)
	if err != nil && !errors.Is(err, order.ErrNoOrder) {
		return err
	}
	merged := merge(known, fresh)
	if err := writeHead(ctx, tx, b, merged); err != nil {
		return err
	}
	if !merged.LinesReadAt.Equal(known.LinesReadAt) {
		if merged.Status.Open() && !fresh.Edited && !known.LinesReadAt.IsZero() {
			if err := keepCuts(ctx, tx, b, merged); err != nil {
				return err
			}
		}
		if err := writeLines(ctx, tx, b, merged); err != nil {
			return err
		}
	}
	if merged.Status == known.Status {
		return nil
	}
	_, err = tx.ExecContext(ctx, `INSERT INTO order_observations (buyer_id, order_id, status, at, before_at) VALUES ($1, $2, $3, $4, $5)`,
		b, merged.ID, merged.Status, sqlite.Micros(merged.ReadAt), sqlite.Micros(known.ReadAt))
	return err
}

func writeHead(ctx context.Context, tx *sql.Tx, b buyer.ID, o order.Order) error {
	_, err := tx.ExecContext(ctx, `INSERT INTO orders (buyer_id, id, created_at, status, currency, type, line_count, goods_count, sum,
			invoice_number, invoice_date, payment_number, payment_date, transfer, note, read_at, lines_read_at, search)
		VALUES ($1, $2, $3, $4, $5, $6, $7, $8, $9, $10, $11, $12, $13, $14, $15, $16, $17, $18)
		ON CONFLICT (buyer_id, id) DO UPDATE SET created_at = excluded.created_at, status = excluded.status,
			currency = excluded.currency, type = excluded.type, line_count = excluded.line_count, goods_count = excluded.goods_count,
			sum = excluded.sum, invoice_number = excluded.invoice_number, invoice_date = excluded.invoice_date,
			payment_number = excluded.payment_number, payment_date = excluded.payment_date, transfer = excluded.transfer,
			note = excluded.note, read_at = excluded.read_at, lines_read_at = excluded.lines_read_at, search = excluded.search`,
		b, o.ID, sqlite.Micros(o.CreatedAt), o.Status, o.Currency, o.Type, o.LineCount, o.GoodsCount, o.Sum,
		o.Invoice.Number, sqlite.Micros(o.Invoice.Date), o.PaymentInvoice.Number, sqlite.Micros(o.PaymentInvoice.Date),
		sqlite.JSON(&o.Transfer), o.Note, sqlite.Micros(o.ReadAt), sqlite.Micros(o.LinesReadAt),
		searchText(string(o.ID), o.Invoice.Number, o.PaymentInvoice.Number, o.Note))
	return err
}

func writeLines(ctx context.Context, tx *sql.Tx, b buyer.ID, o order.Order) error {
	if _, err := tx.ExecContext(ctx, `DELETE FROM order_lines WHERE buyer_id = $1 AND order_id = $2`, b, o.ID); err != nil {
		return err
	}
	for i, line := range o.Lines {
		_, err := tx.ExecContext(ctx, `INSERT INTO order_lines (buyer_id, order_id, position, item_id, name, quantity, reserved,
				unit_price, total_price, customs)
			VALUES ($1, $2, $3, $4, $5, $6, $7, $8, $9, $10)`, b, o.ID, i, line.ItemID, line.Name, line.Quantity, line.Reserved,
			line.UnitPrice, line.TotalPrice, sqlite.JSON(&line.Customs))
		if err != nil {
			return err
		}
		_, err = tx.ExecContext(ctx, `INSERT INTO order_goods (buyer_id, item_id, search) VALUES ($1, $2, $3) ON CONFLICT DO NOTHING`,
			b, line.ItemID, searchText(string(line.ItemID), line.Name))
		if err != nil {
			return err
		}
	}
	return nil
}

// searchText folds texts into one that words are looked for in. A newline keeps a word from matching across two texts.
func searchText(texts ...string) string { return catalog.Fold(strings.Join(texts, "\n")) }

// AddNote appends to the history of notes written here. A zero At means now.
func (s *Store) AddNote(ctx context.Context, b buyer.ID, n order.NoteRecord) error {
	if n.At.IsZero() {
		n.At = s.now()
	}
	_, err := s.db.Exec(ctx, `INSERT INTO order_notes (buyer_id, order_id, text, at, sent, error, search) VALUES ($1, $2, $3, $4, $5, $6, $7)`,
		b, n.Order, n.Text, sqlite.Micros(n.At), n.Sent, n.Error, searchText(n.Text))
	return err
}
