package state

import (
	"context"
	"database/sql"
	"errors"
	"slices"
	"strconv"
	"strings"
	"time"

	"storefront/internal/buyer"
	"storefront/internal/catalog"
	"storefront/internal/order"
	"storefront/store/sqlite"
)

const orderColumns = `id, created_at, status, currency, type, line_count, goods_count, sum, invoice_number, invoice_date,
	payment_number, payment_date, transfer, note, read_at, lines_read_at,
	COALESCE((SELECT w.number` + ofOrder + `), ''), COALESCE((SELECT w.day` + ofOrder + `), 0)`

func orderFields(o *order.Order) []any {
	return []any{&o.ID, sqlite.At(&o.CreatedAt), &o.Status, &o.Currency, &o.Type, &o.LineCount, &o.GoodsCount, &o.Sum,
		&o.Invoice.Number, sqlite.At(&o.Invoice.Date), &o.PaymentInvoice.Number, sqlite.At(&o.PaymentInvoice.Date),
		sqlite.JSON(&o.Transfer), &o.Note, sqlite.At(&o.ReadAt), sqlite.At(&o.LinesReadAt),
		&o.Wishes.Number, sqlite.At(&o.Wishes.Date)}
}

// orderHead returns a copy without its lines. order.ErrNoOrder.
func orderHead(ctx context.Context, tx *sql.Tx, b buyer.ID, id order.ID) (o order.Order, err error) {
	err = tx.QueryRowContext(ctx, `SELECT `+orderColumns+` FROM orders WHERE buyer_id = $1 AND id = $2`, b, id).Scan(orderFields(&o)...)
	if errors.Is(err, sql.ErrNoRows) {
		return order.Order{}, order.ErrNoOrder
	}
	return o, err
}

// Order returns a copy with its lines. order.ErrNoOrder.
func (s *Store) Order(ctx context.Context, b buyer.ID, id order.ID) (o order.Order, err error) {
	err = s.db.View(ctx, func(tx *sql.Tx) error {
		if o, err = orderHead(ctx, tx, b, id); err != nil {
			return err
		}
		o.Lines, err = orderLines(ctx, tx, b, id)
		return err
	})
	return o, err
}

func orderLines(ctx context.Context, tx *sql.Tx, b buyer.ID, id order.ID) ([]order.Line, error) {
	rows, err := tx.QueryContext(ctx, `SELECT item_id, name, quantity, reserved, unit_price, total_price, customs FROM order_lines
		WHERE buyer_id = $1 AND order_id = $2 ORDER BY position`, b, id)
	return sqlite.Collect(rows, err, func(l *order.Line) []any {
		return []any{&l.ItemID, &l.Name, &l.Quantity, &l.Reserved, &l.UnitPrice, &l.TotalPrice, sqlite.JSON(&l.Customs)}
	})
}

// Orders lists copies newest first, without lines, and the number of all that match.
func (s *Store) Orders(ctx context.Context, b buyer.ID, f order.Filter) (orders []order.Order, total int, err error) {
	where, args := conditions(b, f)
	err = s.db.View(ctx, func(tx *sql.Tx) error {
		if err := tx.QueryRowContext(ctx, `SELECT COUNT(*) FROM orders WHERE `+where, args...).Scan(&total); err != nil {
			return err
		}
		orders, err = orderPage(ctx, tx, where, args, f)
		return err
	})
	return orders, total, err
}

func orderPage(ctx context.Context, tx *sql.Tx, where string, args []any, f order.Filter) ([]order.Order, error) {
	query := `SELECT ` + orderColumns + ` FROM orders WHERE ` + where + ` ORDER BY created_at DESC, id DESC`
	if f.Limit > 0 {
		query += ` LIMIT ` + strconv.Itoa(f.Limit) + ` OFFSET ` + strconv.Itoa(max(f.Offset, 0))
	}
	rows, err := tx.QueryContext(ctx, query, args...)
	return sqlite.Collect(rows, err, orderFields)
}

// conditions writes a filter as SQL over orders. Every word of the text has to occur somewhere in the order.
func conditions(b buyer.ID, f order.Filter) (where string, args []any) {
	parts, args := []string{`buyer_id = $1`}, []any{b}
	add := func(condition string, values ...any) {
		parts = append(parts, strings.ReplaceAll(condition, "$?", sqlite.Placeholders(len(args)+1, len(values))))
		args = append(args, values...)
	}
	if len(f.Statuses) > 0 {
		values := make([]any, len(f.Statuses))
		for i, status := range f.Statuses {
			values[i] = status
		}
		add(`status IN ($?)`, values...)
	}
	if !f.From.IsZero() {
		add(`created_at >= $?`, sqlite.Micros(f.From))
	}
	if !f.To.IsZero() {
		add(`created_at < $?`, sqlite.Micros(f.To))
	}
	if f.WithDocuments {
		add(`(invoice_number <> '' OR payment_number <> '' OR transfer NOT IN ('null', '[]'))`)
	}
	if f.WithoutNote {
		add(`TRIM(note, char(9, 10, 13, 32)) = ''`)
	}
	for _, word := range searched(f.Text) {
		add(`(search LIKE $? ESCAPE '\'
			OR EXISTS (SELECT 1 FROM order_lines AS l WHERE l.buyer_id = $1 AND l.order_id = orders.id AND l.search LIKE $? ESCAPE '\')
			OR EXISTS (SELECT 1 FROM order_notes AS n WHERE n.buyer_id = $1 AND n.order_id = orders.id AND n.search LIKE $? ESCAPE '\')
			OR EXISTS (SELECT 1 FROM submissions AS s JOIN wishes AS w ON w.buyer_id = s.buyer_id AND w.submission_id = s.id
				WHERE s.buyer_id = $1 AND s.order_id = orders.id AND s.order_id <> '' AND w.search LIKE $? ESCAPE '\'))`,
			sqlite.Contains(word))
	}
	return strings.Join(parts, ` AND `), args
}

// maxWords is how many words of a text are looked for: more than anybody types, fewer than a statement can hold.
const maxWords = 32

// searched are the words that a text has orders searched for.
func searched(text string) []string {
	words := slices.Sorted(strings.FieldsSeq(catalog.Fold(text)))
	words = slices.Compact(words)
	return words[:min(len(words), maxWords)]
}

// OrdersReadAt tells when GetOrders was last copied whole; zero if never.
func (s *Store) OrdersReadAt(ctx context.Context, b buyer.ID) (at time.Time, err error) {
	err = s.db.Ask(ctx, func(ctx context.Context, q sqlite.Querier) error {
		return q.QueryRowContext(ctx, `SELECT read_at FROM order_reads WHERE buyer_id = $1`, b).Scan(sqlite.At(&at))
	})
	if errors.Is(err, sql.ErrNoRows) {
		return time.Time{}, nil
	}
	return at, err
}

// LinesDue lists the newest orders whose lines were never read, and the open ones whose lines were last read before openBefore;
// at most n.
func (s *Store) LinesDue(ctx context.Context, b buyer.ID, openBefore time.Time, n int) ([]order.ID, error) {
	return collect(ctx, s.db, ask(`SELECT id FROM orders WHERE buyer_id = $1
			AND (lines_read_at = 0 OR lines_read_at < $2 AND status IN ($3, $4))
		ORDER BY created_at DESC, id DESC LIMIT $5`, b, sqlite.Micros(openBefore), order.Reserving, order.Assembly, n), func(id *order.ID) []any { return []any{id} })
}

// Timeline returns the observed statuses of an order, oldest first.
func (s *Store) Timeline(ctx context.Context, b buyer.ID, id order.ID) ([]order.Observation, error) {
	return collect(ctx, s.db, ask(`SELECT status, at FROM order_observations WHERE buyer_id = $1 AND order_id = $2 ORDER BY id`, b, id), func(o *order.Observation) []any { return []any{&o.Status, sqlite.At(&o.At)} })
}

// Notes returns the notes written here for an order, newest first.
func (s *Store) Notes(ctx context.Context, b buyer.ID, id order.ID) ([]order.NoteRecord, error) {
	return collect(ctx, s.db, ask(`SELECT order_id, text, at, sent, error FROM order_notes
		WHERE buyer_id = $1 AND order_id = $2 ORDER BY id DESC`, b, id), func(n *order.NoteRecord) []any {
		return []any{&n.Order, &n.Text, sqlite.At(&n.At), &n.Sent, &n.Error}
	})
}
