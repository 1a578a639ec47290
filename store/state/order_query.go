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
	err = s.db.View(ctx, func(tx *sql.Tx) error {
		where, err := conditions(ctx, tx, b, f)
		if err != nil {
			return err
		}
		if f.Text == "" && f.Number == "" {
			if total, err = where.count(ctx, tx); err == nil {
				orders, err = where.page(ctx, tx, f)
			}
			return err
		}
		if orders, total, err = where.searchPage(ctx, tx, f); err == nil && len(orders) == 0 {
			total, err = where.count(ctx, tx) // there may be some before this page
		}
		return err
	})
	return orders, total, err
}

// filter is a part of orders as SQL.
type filter struct {
	parts []string
	args  []any
}

// add narrows the filter; $? stands for the values.
func (w *filter) add(condition string, values ...any) {
	w.parts = append(w.parts, strings.ReplaceAll(condition, "$?", sqlite.Placeholders(len(w.args)+1, len(values))))
	w.args = append(w.args, values...)
}

func (w *filter) sql() string { return strings.Join(w.parts, ` AND `) }

func (w *filter) count(ctx context.Context, tx *sql.Tx) (total int, err error) {
	err = tx.QueryRowContext(ctx, `SELECT COUNT(*) FROM orders WHERE `+w.sql(), w.args...).Scan(&total)
	return total, err
}

// newest orders what a filter leaves, and takes a page of it.
func newest(f order.Filter) string {
	if f.Limit <= 0 {
		return ` ORDER BY created_at DESC, id DESC`
	}
	return ` ORDER BY created_at DESC, id DESC LIMIT ` + strconv.Itoa(f.Limit) + ` OFFSET ` + strconv.Itoa(max(f.Offset, 0))
}

func (w *filter) page(ctx context.Context, tx *sql.Tx, f order.Filter) ([]order.Order, error) {
	rows, err := tx.QueryContext(ctx, `SELECT `+orderColumns+` FROM orders WHERE `+w.sql()+newest(f), w.args...)
	return sqlite.Collect(rows, err, orderFields)
}

// searchPage looks through texts once, not once for the page and once for the number.
func (w *filter) searchPage(ctx context.Context, tx *sql.Tx, f order.Filter) (orders []order.Order, total int, err error) {
	rows, err := tx.QueryContext(ctx, `SELECT `+orderColumns+`, found.total
		FROM (SELECT id AS found_id, COUNT(*) OVER () AS total FROM orders WHERE `+w.sql()+newest(f)+`) AS found
		JOIN orders ON buyer_id = $1 AND id = found.found_id ORDER BY created_at DESC, id DESC`, w.args...)
	orders, err = sqlite.Collect(rows, err, func(o *order.Order) []any { return append(orderFields(o), &total) })
	return orders, total, err
}

// conditions writes a filter as SQL over orders. Every word of the text has to occur somewhere in the order.
func conditions(ctx context.Context, tx *sql.Tx, b buyer.ID, f order.Filter) (*filter, error) {
	w := &filter{[]string{`buyer_id = $1`}, []any{b}}
	if len(f.Statuses) > 0 {
		values := make([]any, len(f.Statuses))
		for i, status := range f.Statuses {
			values[i] = status
		}
		w.add(`status IN ($?)`, values...)
	}
	if !f.From.IsZero() {
		w.add(`created_at >= $?`, sqlite.Micros(f.From))
	}
	if !f.To.IsZero() {
		w.add(`created_at < $?`, sqlite.Micros(f.To))
	}
	if f.Item != "" {
		w.add(`id IN (SELECT order_id FROM order_lines WHERE buyer_id = $1 AND item_id = $?)`, f.Item)
	}
	switch f.Documents {
	case order.AnyDocument:
		w.add(`(invoice_number <> '' OR payment_number <> '' OR transfer NOT IN ('null', '[]'))`)
	case order.PaymentDocument:
		w.add(`payment_number <> ''`)
	case order.InvoiceDocument:
		w.add(`invoice_number <> ''`)
	case order.TransferDocument:
		w.add(`transfer NOT IN ('null', '[]')`)
	}
	for _, word := range searched(f.Number) { // a line ends after each number, and none after the note
		w.add(`search LIKE $? ESCAPE '\'`, sqlite.Contains(word)+"\n%")
	}
	if f.WithoutNote {
		w.add(`TRIM(note, char(9, 10, 13, 32)) = ''`)
	}
	for _, word := range searched(f.Text) {
		if err := w.addWord(ctx, tx, b, word); err != nil {
			return nil, err
		}
	}
	return w, nil
}

// fewGoods is up to how many items a word may be found in for their orders to be looked up. A word found in more is in most
// orders, where it is soon met.
const fewGoods = 64

// addWord narrows a filter to orders with a word in their numbers, notes or goods.
func (w *filter) addWord(ctx context.Context, tx *sql.Tx, b buyer.ID, word string) error {
	pattern := sqlite.Contains(word)
	rows, err := tx.QueryContext(ctx, `SELECT DISTINCT item_id FROM order_goods WHERE buyer_id = $1 AND search LIKE $2 ESCAPE '\' LIMIT $3`,
		b, pattern, fewGoods+1)
	goods, err := sqlite.Collect(rows, err, func(id *string) []any { return []any{id} })
	if err != nil {
		return err
	}
	const texts = `search LIKE $? ESCAPE '\' OR id IN (SELECT order_id FROM order_notes WHERE buyer_id = $1 AND search LIKE $? ESCAPE '\')
		OR id IN (SELECT s.order_id FROM submissions AS s JOIN wishes AS w ON w.buyer_id = s.buyer_id AND w.submission_id = s.id
			WHERE s.buyer_id = $1 AND s.order_id <> '' AND w.search LIKE $? ESCAPE '\')`
	switch {
	case len(goods) == 0:
		w.add(`(`+texts+`)`, pattern)
	case len(goods) > fewGoods:
		w.add(`(`+texts+` OR EXISTS (SELECT 1 FROM order_lines AS l WHERE l.buyer_id = $1 AND l.order_id = orders.id AND l.item_id || '' IN
			(SELECT item_id FROM order_goods WHERE buyer_id = $1 AND search LIKE $? ESCAPE '\')))`, pattern)
	default:
		marks := sqlite.Placeholders(len(w.args)+2, len(goods))
		w.add(`(`+texts+` OR id IN (SELECT order_id FROM order_lines WHERE buyer_id = $1 AND item_id IN (`+marks+`)))`, pattern)
		for _, id := range goods {
			w.args = append(w.args, id)
		}
	}
	return nil
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

// LinesReach tells from which moment on the lines of all orders are known; zero for all there are, and known is false while
// those of the newest are not.
func (s *Store) LinesReach(ctx context.Context, b buyer.ID) (since time.Time, known bool, err error) {
	var unread, reach sql.NullInt64
	err = s.db.View(ctx, func(tx *sql.Tx) error {
		err := tx.QueryRowContext(ctx, `SELECT MAX(created_at) FROM orders WHERE buyer_id = $1 AND lines_read_at = 0`, b).Scan(&unread)
		if err != nil || !unread.Valid {
			return err
		}
		return tx.QueryRowContext(ctx, `SELECT MIN(created_at) FROM orders WHERE buyer_id = $1 AND created_at > $2`, b, unread.Int64).Scan(&reach)
	})
	if err != nil || !reach.Valid {
		return time.Time{}, err == nil && !unread.Valid, err
	}
	return time.UnixMicro(reach.Int64), true, nil
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
	return collect(ctx, s.db, ask(`SELECT status, at, before_at FROM order_observations WHERE buyer_id = $1 AND order_id = $2 ORDER BY id`, b, id),
		func(o *order.Observation) []any { return []any{&o.Status, sqlite.At(&o.At), sqlite.At(&o.Before)} })
}

// Notes returns the notes written here for an order, newest first.
func (s *Store) Notes(ctx context.Context, b buyer.ID, id order.ID) ([]order.NoteRecord, error) {
	return collect(ctx, s.db, ask(`SELECT order_id, text, at, sent, error FROM order_notes
		WHERE buyer_id = $1 AND order_id = $2 ORDER BY id DESC`, b, id), func(n *order.NoteRecord) []any {
		return []any{&n.Order, &n.Text, sqlite.At(&n.At), &n.Sent, &n.Error}
	})
}
