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
	rows, err := s.db.Read.QueryContext(ctx, `SELECT i.item_id, COALESCE(h.at, 0), COALESCE(h.price, ''), COALESCE(h.branch, '0'),
			COALESCE(h.main, '0'), COALESCE(h.transit, '0'), COALESCE(h.due, 0)
		FROM (`+ofInterest+` UNION SELECT item_id FROM looks WHERE buyer_id = $1) AS i
		LEFT JOIN sightings AS h ON h.buyer_id = $1 AND h.item_id = i.item_id
			AND h.at = (SELECT MAX(n.at) FROM sightings AS n WHERE n.buyer_id = $1 AND n.item_id = i.item_id)`, b)
	return sqlite.Collect(rows, err, sightingFields)
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
	rows, err := s.db.Read.QueryContext(ctx, `SELECT `+sightingColumns+` FROM sightings AS h
		WHERE h.buyer_id = $1 AND h.item_id = $2 ORDER BY h.at`, b, item)
	return sqlite.Collect(rows, err, sightingFields)
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
	rows, err := s.db.Read.QueryContext(ctx, `SELECT set_at, rub FROM rates ORDER BY set_at`)
	return sqlite.Collect(rows, err, func(r *money.Rate) []any { return []any{sqlite.At(&r.SetAt), &r.RUB} })
}

// Bought lists the items that a buyer ordered, the latest first, at most n.
func (s *Store) Bought(ctx context.Context, b buyer.ID, n int) ([]catalog.ItemID, error) {
	rows, err := s.db.Read.QueryContext(ctx, `SELECT l.item_id FROM order_lines AS l
		JOIN orders AS o ON o.buyer_id = $1 AND o.id = l.order_id
		WHERE l.buyer_id = $1 GROUP BY l.item_id ORDER BY MAX(o.created_at) DESC, l.item_id LIMIT $2`, b, n)
	return sqlite.Collect(rows, err, func(id *catalog.ItemID) []any { return []any{id} })
}

// Purchases lists a buyer's orders of an item, the latest first, at most n.
func (s *Store) Purchases(ctx context.Context, b buyer.ID, item catalog.ItemID, n int) ([]order.Purchase, error) {
	rows, err := s.db.Read.QueryContext(ctx, `SELECT o.id, o.created_at, o.status, o.currency, l.quantity, l.unit_price
		FROM order_lines AS l JOIN orders AS o ON o.buyer_id = $1 AND o.id = l.order_id
		WHERE l.buyer_id = $1 AND l.item_id = $2 ORDER BY o.created_at DESC, o.id DESC, l.position LIMIT $3`, b, item, n)
	return sqlite.Collect(rows, err, func(p *order.Purchase) []any {
		return []any{&p.Order, sqlite.At(&p.At), &p.Status, &p.Currency, &p.Quantity, &p.UnitPrice}
	})
}

// day in the database's moments.
const day = int64(24 * time.Hour / time.Microsecond)

// ThinHistory drops what has grown too old to be told apart, for every buyer: see catalog.EverySightingFor. The latest
// sighting of an item stays, and the one that held when its buyer was last here. Items that are of no interest any longer
// lose their history, and so do long-ago cuts of orders and rates.
func (s *Store) ThinHistory(ctx context.Context) error {
	now := s.now()
	ago := func(age time.Duration) int64 { return sqlite.Micros(now.Add(-age)) }
	return s.db.Tx(ctx, func(tx *sql.Tx) error {
		for _, statement := range []string{
			`DELETE FROM looks WHERE at < $1`,
			`DELETE FROM order_cuts WHERE at < $2`,
			`DELETE FROM rates WHERE set_at < $2 AND set_at < (SELECT MAX(set_at) FROM rates)`,
		} {
			if _, err := tx.ExecContext(ctx, statement, ago(catalog.LookFor), ago(catalog.SightingsFor)); err != nil {
				return err
			}
		}
		if err := dropUninteresting(ctx, tx); err != nil {
			return err
		}
		return thinSightings(ctx, tx, ago(catalog.EverySightingFor), ago(catalog.DailySightingFor), ago(catalog.SightingsFor))
	})
}

// dropUninteresting drops the history of items that their buyer has no longer to do with.
func dropUninteresting(ctx context.Context, tx *sql.Tx) error {
	_, err := tx.ExecContext(ctx, `DELETE FROM sightings WHERE NOT EXISTS (
		SELECT 1 FROM looks AS k WHERE k.buyer_id = sightings.buyer_id AND k.item_id = sightings.item_id
		UNION ALL SELECT 1 FROM watches AS w WHERE w.buyer_id = sightings.buyer_id AND w.item_id = sightings.item_id
		UNION ALL SELECT 1 FROM cart_lines AS c WHERE c.buyer_id = sightings.buyer_id AND c.item_id = sightings.item_id
		UNION ALL SELECT 1 FROM order_lines AS l WHERE l.buyer_id = sightings.buyer_id AND l.item_id = sightings.item_id)`)
	return err
}

// thinSightings keeps of sightings from before every the last of each day, of those from before daily the last of each week,
// and of those from before all none; but always the latest of an item, and the one that its buyer saw when he was last here.
func thinSightings(ctx context.Context, tx *sql.Tx, every, daily, all int64) error {
	_, err := tx.ExecContext(ctx, `DELETE FROM sightings WHERE (buyer_id, item_id, at) IN (
		SELECT buyer_id, item_id, at FROM (
			SELECT h.buyer_id, h.item_id, h.at, COALESCE(a.last_seen_at, 0) AS last_seen,
				LEAD(h.at) OVER (PARTITION BY h.buyer_id, h.item_id ORDER BY h.at) AS next
			FROM sightings AS h LEFT JOIN accounts AS a ON a.buyer_id = h.buyer_id) AS told
		WHERE next IS NOT NULL AND NOT (at <= last_seen AND next > last_seen)
			AND (at < $1 AND at / $4 = next / $4 OR at < $2 AND at / (7 * $4) = next / (7 * $4) OR at < $3))`, every, daily, all, day)
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
