package state

import (
	"context"
	"database/sql"
	"time"

	"github.com/shopspring/decimal"

	"storefront/internal/buyer"
	"storefront/internal/catalog"
	"storefront/internal/money"
	"storefront/internal/order"
	"storefront/store/sqlite"
)

// ofInterest selects the items that the buyer $1 bought, has in his cart or watches.
const ofInterest = `SELECT item_id FROM order_lines WHERE buyer_id = $1 UNION SELECT item_id FROM cart_lines WHERE buyer_id = $1
	UNION SELECT item_id FROM watches WHERE buyer_id = $1`

const sightingColumns = `h.item_id, h.at, h.price, h.branch, h.main, h.transit, h.due`

func sightingFields(s *catalog.Sighting) []any {
	return []any{&s.ItemID, sqlite.At(&s.At), optional{&s.Price}, &s.Branch, &s.Main, &s.Transit, sqlite.At(&s.Due)}
}

// Interests lists the items whose history is kept for a buyer: those in his orders, in his cart, on his watch list, and those
// he looked at; each with what was seen of it last, a sighting without a time where nothing was.
func (s *Store) Interests(ctx context.Context, b buyer.ID) ([]catalog.Sighting, error) {
	return collect(ctx, s.db, ask(`SELECT i.item_id, COALESCE(h.at, 0), COALESCE(h.price, ''), COALESCE(h.branch, '0'),
			COALESCE(h.main, '0'), COALESCE(h.transit, '0'), COALESCE(h.due, 0)
		FROM (`+ofInterest+` UNION SELECT item_id FROM looks WHERE buyer_id = $1) AS i
		LEFT JOIN sightings AS h ON h.buyer_id = $1 AND h.item_id = i.item_id
			AND h.at = (SELECT MAX(n.at) FROM sightings AS n WHERE n.buyer_id = $1 AND n.item_id = i.item_id)`, b), sightingFields)
}

// KeepSightings writes what changed, in one transaction.
func (s *Store) KeepSightings(ctx context.Context, b buyer.ID, seen []catalog.Sighting) error {
	return s.db.Tx(ctx, func(tx *sql.Tx) error {
		insert, err := tx.PrepareContext(ctx, `INSERT INTO sightings (buyer_id, item_id, at, price, branch, main, transit, due)
			VALUES ($1, $2, $3, $4, $5, $6, $7, $8)
			ON CONFLICT (buyer_id, item_id, at) DO UPDATE SET price = excluded.price, branch = excluded.branch, main = excluded.main,
				transit = excluded.transit, due = excluded.due`)
		if err != nil {
			return err
		}
		defer insert.Close()
		for _, one := range seen {
			_, err := insert.ExecContext(ctx, b, one.ItemID, sqlite.Micros(one.At), priceText(one.Price), one.Branch, one.Main, one.Transit, sqlite.Micros(one.Due))
			if err != nil {
				return err
			}
		}
		return nil
	})
}

// Look notes that a buyer looked at an item, so that its history begins.
func (s *Store) Look(ctx context.Context, b buyer.ID, item catalog.ItemID) error {
	_, err := s.db.Exec(ctx, `INSERT INTO looks (buyer_id, item_id, at) VALUES ($1, $2, $3)
		ON CONFLICT (buyer_id, item_id) DO UPDATE SET at = excluded.at`, b, item, sqlite.Micros(s.now()))
	return err
}

// Sightings returns the history of an item as a buyer saw it, oldest first.
func (s *Store) Sightings(ctx context.Context, b buyer.ID, item catalog.ItemID) ([]catalog.Sighting, error) {
	return collect(ctx, s.db, ask(`SELECT `+sightingColumns+` FROM sightings AS h
		WHERE h.buyer_id = $1 AND h.item_id = $2 ORDER BY h.at`, b, item), sightingFields)
}

// KeepRate appends a rate to the history that all buyers share, if it is another one than the latest.
func (s *Store) KeepRate(ctx context.Context, rate money.Rate) error {
	if rate.SetAt.IsZero() {
		rate.SetAt = s.now()
	}
	_, err := s.db.Exec(ctx, `INSERT INTO rates (set_at, rub) SELECT $1, $2
		WHERE NOT EXISTS (SELECT 1 FROM rates WHERE rub = $2 AND set_at = (SELECT MAX(set_at) FROM rates))
		ON CONFLICT (set_at) DO UPDATE SET rub = excluded.rub`, sqlite.Micros(rate.SetAt), rate.RUB)
	return err
}

// Rates returns the history of the rate, oldest first.
func (s *Store) Rates(ctx context.Context) ([]money.Rate, error) {
	return collect(ctx, s.db, ask(`SELECT set_at, rub FROM rates ORDER BY set_at`), func(r *money.Rate) []any { return []any{sqlite.At(&r.SetAt), &r.RUB} })
}

// Bought lists the items that a buyer ordered, the latest first, at most n.
func (s *Store) Bought(ctx context.Context, b buyer.ID, n int) ([]catalog.ItemID, error) {
	return collect(ctx, s.db, ask(`SELECT l.item_id FROM order_lines AS l
		JOIN orders AS o ON o.buyer_id = $1 AND o.id = l.order_id
		WHERE l.buyer_id = $1 GROUP BY l.item_id ORDER BY MAX(o.created_at) DESC, l.item_id LIMIT $2`, b, n), func(id *catalog.ItemID) []any { return []any{id} })
}

// Purchases lists a buyer's orders of an item, the latest first, at most n.
func (s *Store) Purchases(ctx context.Context, b buyer.ID, item catalog.ItemID, n int) ([]order.Purchase, error) {
	return collect(ctx, s.db, ask(`SELECT o.id, o.created_at, o.status, o.currency, l.quantity, l.unit_price
		FROM order_lines AS l JOIN orders AS o ON o.buyer_id = $1 AND o.id = l.order_id
		WHERE l.buyer_id = $1 AND l.item_id = $2 ORDER BY o.created_at DESC, o.id DESC, l.position LIMIT $3`, b, item, n), func(p *order.Purchase) []any {
		return []any{&p.Order, sqlite.At(&p.At), &p.Status, &p.Currency, &p.Quantity, &p.UnitPrice}
	})
}

// ThinHistory drops what has grown too old to be told apart, for every buyer: see catalog.EverySightingFor. Items that are of no
// interest any longer lose their history, and so do long-ago cuts of orders and rates. What is to go is found before the file
// is locked, and each buyer's turn is a transaction of its own: nobody's cart waits.
func (s *Store) ThinHistory(ctx context.Context) error {
	buyers, err := collect(ctx, s.db, ask(`SELECT buyer_id FROM sightings UNION SELECT buyer_id FROM looks UNION SELECT buyer_id FROM order_cuts`), func(b *buyer.ID) []any { return []any{b} })
	if err != nil {
		return err
	}
	now := s.now()
	for _, b := range buyers {
		old, err := s.tooMany(ctx, b, now)
		if err != nil {
			return err
		}
		if err := s.db.Tx(ctx, func(tx *sql.Tx) error { return thin(ctx, tx, b, now, old) }); err != nil {
			return err
		}
	}
	_, err = s.db.Exec(ctx, `DELETE FROM rates WHERE set_at < $1 AND set_at < (SELECT MAX(set_at) FROM rates)`, ago(now, catalog.SightingsFor))
	return err
}

func ago(now time.Time, age time.Duration) int64 { return sqlite.Micros(now.Add(-age)) }

// day in the database's moments.
const day = int64(24 * time.Hour / time.Microsecond)

// seenAt names a sighting of a buyer.
type seenAt struct {
	item catalog.ItemID
	at   int64
}

// tooMany lists a buyer's sightings that are to go: of those no longer told apart one by one, all but the last of each day; of
// older ones, all but the last of each week; and those too old. The latest of an item stays, and so does the one that held
// when the buyer was last here: changes are told from it.
func (s *Store) tooMany(ctx context.Context, b buyer.ID, now time.Time) ([]seenAt, error) {
	return collect(ctx, s.db, ask(`SELECT told.item_id, told.at FROM (
			SELECT item_id, at, LEAD(at) OVER (PARTITION BY item_id ORDER BY at) AS next FROM sightings WHERE buyer_id = $1) AS told
		CROSS JOIN (SELECT COALESCE(MAX(last_seen_at), 0) AS at FROM accounts WHERE buyer_id = $1) AS visit
		WHERE told.next IS NOT NULL AND NOT (told.at <= visit.at AND told.next > visit.at)
			AND (told.at < $2 AND told.at / $5 = told.next / $5 OR told.at < $3 AND told.at / (7 * $5) = told.next / (7 * $5) OR told.at < $4)`,
		b, ago(now, catalog.EverySightingFor), ago(now, catalog.DailySightingFor), ago(now, catalog.SightingsFor), day), func(k *seenAt) []any { return []any{&k.item, &k.at} })
}

// thin drops a buyer's sightings that are to go, and what else of his history is of no interest any longer.
func thin(ctx context.Context, tx *sql.Tx, b buyer.ID, now time.Time, old []seenAt) error {
	for _, k := range old {
		if _, err := tx.ExecContext(ctx, `DELETE FROM sightings WHERE buyer_id = $1 AND item_id = $2 AND at = $3`, b, k.item, k.at); err != nil {
			return err
		}
	}
	if _, err := tx.ExecContext(ctx, `DELETE FROM looks WHERE buyer_id = $1 AND at < $2`, b, ago(now, catalog.LookFor)); err != nil {
		return err
	}
	if _, err := tx.ExecContext(ctx, `DELETE FROM order_cuts WHERE buyer_id = $1 AND at < $2`, b, ago(now, catalog.SightingsFor)); err != nil {
		return err
	}
	_, err := tx.ExecContext(ctx, `DELETE FROM sightings WHERE buyer_id = $1
		AND item_id NOT IN (`+ofInterest+` UNION SELECT item_id FROM looks WHERE buyer_id = $1)`, b)
	return err
}

// optional scans a price that may be none.
type optional struct{ price **decimal.Decimal }

func (o optional) Scan(value any) error {
	if text, ok := value.(string); ok && text == "" {
		*o.price = nil
		return nil
	}
	var price decimal.Decimal
	if err := price.Scan(value); err != nil {
		return err
	}
	*o.price = &price
	return nil
}

// priceText writes a price for a column, nothing where there is none.
func priceText(price *decimal.Decimal) string {
	if price == nil {
		return ""
	}
	return price.String()
}
