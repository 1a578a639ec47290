package state

import (
	"context"
	"database/sql"
	"time"

	"storefront/internal/buyer"
	"storefront/internal/catalog"
	"storefront/internal/order"
	"storefront/store/sqlite"
)

// Changes lists the items that a buyer bought, has in his cart or watches, and that are not as they were at a moment: how they
// were then (how they were first seen, if that was later), and how they are now. The latest changed come first.
func (s *Store) Changes(ctx context.Context, b buyer.ID, since time.Time) ([]catalog.Change, error) {
	seen, err := collect(ctx, s.db, ask(`WITH base AS (
			SELECT c.item_id, COALESCE((SELECT MAX(p.at) FROM sightings AS p WHERE p.buyer_id = $1 AND p.item_id = c.item_id AND p.at <= $2), 0) AS at
			FROM (SELECT DISTINCT item_id FROM sightings WHERE buyer_id = $1 AND at > $2) AS c
			WHERE c.item_id IN (`+ofInterest+`))
		SELECT `+sightingColumns+` FROM base JOIN sightings AS h ON h.buyer_id = $1 AND h.item_id = base.item_id AND h.at >= base.at
		ORDER BY h.item_id, h.at`, b, sqlite.Micros(since)), sightingFields)
	if err != nil {
		return nil, err
	}
	return pair(seen), nil
}

// pair makes changes of the sightings of items: of the first and the last of each.
func pair(seen []catalog.Sighting) []catalog.Change {
	var changes []catalog.Change
	for _, one := range seen {
		if n := len(changes); n > 0 && changes[n-1].Now.ItemID == one.ItemID {
			changes[n-1].Now = one
			continue
		}
		changes = append(changes, catalog.Change{Before: one, Now: one})
	}
	return changes
}

// StatusChanges lists a buyer's orders whose status is not what it was at a moment, the latest changed first.
func (s *Store) StatusChanges(ctx context.Context, b buyer.ID, since time.Time) ([]order.StatusChange, error) {
	type observed struct {
		order order.ID
		order.Observation
	}
	all, err := collect(ctx, s.db, ask(`SELECT h.order_id, h.status, h.at FROM order_observations AS h
		WHERE h.buyer_id = $1 AND h.order_id IN (SELECT order_id FROM order_observations WHERE buyer_id = $1 AND at > $2)
		ORDER BY h.order_id, h.id`, b, sqlite.Micros(since)), func(o *observed) []any { return []any{&o.order, &o.Status, sqlite.At(&o.At)} })
	if err != nil {
		return nil, err
	}
	var changes []order.StatusChange
	for _, o := range all {
		n := len(changes)
		switch {
		case n == 0 || changes[n-1].Order != o.order:
			changes = append(changes, order.StatusChange{Order: o.order, Before: o.Status, Now: o.Status, At: o.At})
		case o.At.After(since):
			changes[n-1].Now, changes[n-1].At = o.Status, o.At
		default:
			changes[n-1].Before, changes[n-1].Now = o.Status, o.Status
		}
	}
	return realChanges(changes), nil
}

// realChanges leaves out orders that are new here, and those that are again what they were.
func realChanges(changes []order.StatusChange) []order.StatusChange {
	var found []order.StatusChange
	for _, c := range changes {
		if c.Before != c.Now {
			found = append(found, c)
		}
	}
	return found
}

// CutsSince lists what was cut in a buyer's orders since a moment, the latest first.
func (s *Store) CutsSince(ctx context.Context, b buyer.ID, since time.Time) ([]order.Cut, error) {
	return collect(ctx, s.db, ask(`SELECT order_id, item_id, name, at, quantity_before, quantity_after, reserved_before, reserved_after
		FROM order_cuts WHERE buyer_id = $1 AND at > $2 ORDER BY id DESC`, b, sqlite.Micros(since)), func(c *order.Cut) []any {
		return []any{&c.Order, &c.Item, &c.Name, sqlite.At(&c.At), &c.Before.Quantity, &c.Now.Quantity, &c.Before.Reserved, &c.Now.Reserved}
	})
}

// keepCuts compares the lines of an order with its copy's, before they take their place.
func keepCuts(ctx context.Context, tx *sql.Tx, b buyer.ID, fresh order.Order) error {
	before, err := orderLines(ctx, tx, b, fresh.ID)
	if err != nil {
		return err
	}
	for _, c := range order.Cuts(fresh.ID, before, fresh.Lines, fresh.LinesReadAt) {
		_, err := tx.ExecContext(ctx, `INSERT INTO order_cuts (buyer_id, order_id, item_id, name, at,
				quantity_before, quantity_after, reserved_before, reserved_after) VALUES ($1, $2, $3, $4, $5, $6, $7, $8, $9)`,
			b, c.Order, c.Item, c.Name, sqlite.Micros(c.At), c.Before.Quantity, c.Now.Quantity, c.Before.Reserved, c.Now.Reserved)
		if err != nil {
			return err
		}
	}
	return nil
}
