package cache

import (
	"context"
	"crypto/sha256"
	"database/sql"
	"encoding/json"
	"errors"
	"fmt"
	"maps"
	"time"

	"storefront/internal/catalog"
	"storefront/internal/errkind"
	"storefront/internal/pace"
	"storefront/store/sqlite"
)

// ErrNoItem is returned for an item that was never seen. It is compared with errors.Is.
var ErrNoItem = errkind.New(errkind.NotFound, "item.missing")

// Item returns one item, also one that has left the assortment. ErrNoItem.
func (s *Store) Item(ctx context.Context, id catalog.ItemID) (catalog.Item, error) {
	items, err := s.Items(ctx, []catalog.ItemID{id})
	if err != nil {
		return catalog.Item{}, err
	}
	if len(items) == 0 {
		return catalog.Item{}, ErrNoItem
	}
	return items[0], nil
}

// Items returns the items in the order asked for, also those that have left the assortment, because carts and orders still
// name them. Ids that were never seen are left out. What the items point at is shared: it must not be changed.
func (s *Store) Items(ctx context.Context, ids []catalog.ItemID) (items []catalog.Item, err error) {
	if len(ids) == 0 {
		return nil, nil
	}
	err = s.use(ctx, func(db *sqlite.DB) error {
		items, err = s.itemsOf(ctx, db, ids)
		return err
	})
	return items, err
}

func (s *Store) itemsOf(ctx context.Context, db *sqlite.DB, ids []catalog.ItemID) ([]catalog.Item, error) {
	found, missing, edition := s.held.find(db, ids)
	if len(missing) > 0 {
		read, err := readItems(ctx, db.Read, missing)
		if err != nil {
			return nil, err
		}
		if len(missing) <= fewItems {
			s.held.keep(db, edition, read)
		}
		maps.Copy(found, read)
	}
	items := make([]catalog.Item, 0, len(ids))
	for _, id := range ids {
		if item, ok := found[id]; ok {
			items = append(items, item)
		}
	}
	return items, nil
}

func readItems(ctx context.Context, q sqlite.Querier, ids []catalog.ItemID) (map[catalog.ItemID]catalog.Item, error) {
	rows, err := q.QueryContext(ctx, `SELECT body FROM items WHERE id IN (`+sqlite.Placeholders(1, len(ids))+`)`, anyIDs(ids)...)
	if err != nil {
		return nil, err
	}
	defer rows.Close()
	found := make(map[catalog.ItemID]catalog.Item, len(ids))
	err = eachBody(rows, func(item catalog.Item) error {
		found[item.ID] = item
		return nil
	})
	return found, err
}

// anyIDs makes arguments of ids.
func anyIDs(ids []catalog.ItemID) []any {
	args := make([]any, len(ids))
	for i, id := range ids {
		args[i] = id
	}
	return args
}

// EachItem calls yield for every item of the assortment, ordered by id, all of one generation. It stops at yield's error.
func (s *Store) EachItem(ctx context.Context, yield func(catalog.Item) error) error {
	db, err := s.current(ctx)
	if err != nil {
		return err
	}
	rows, err := db.Read.QueryContext(ctx, `SELECT body FROM items WHERE gone_at = 0 ORDER BY id`)
	if err != nil {
		return err
	}
	defer rows.Close()
	return eachBody(rows, func(item catalog.Item) error {
		pace.Step(ctx)
		return yield(item)
	})
}

// Places tells the category of every item of the assortment, without reading the items themselves.
func (s *Store) Places(ctx context.Context) (places map[catalog.ItemID]catalog.CategoryID, err error) {
	err = s.use(ctx, func(db *sqlite.DB) error {
		places, err = placesOf(ctx, db.Read)
		return err
	})
	return places, err
}

func placesOf(ctx context.Context, q sqlite.Querier) (map[catalog.ItemID]catalog.CategoryID, error) {
	rows, err := q.QueryContext(ctx, `SELECT id, category FROM items WHERE gone_at = 0`)
	if err != nil {
		return nil, err
	}
	defer rows.Close()
	places := map[catalog.ItemID]catalog.CategoryID{}
	for rows.Next() {
		pace.Step(ctx)
		var id catalog.ItemID
		var category catalog.CategoryID
		if err := rows.Scan(&id, &category); err != nil {
			return nil, err
		}
		places[id] = category
	}
	return places, rows.Err()
}

// NewItems lists the items of the assortment that joined it after a moment, the latest first, at most n. After the cache was
// lost nothing is new until something joins.
func (s *Store) NewItems(ctx context.Context, since time.Time, n int) (items []catalog.Newcomer, err error) {
	err = s.use(ctx, func(db *sqlite.DB) error {
		rows, err := db.Read.QueryContext(ctx, `SELECT body, first_at FROM items WHERE first_at > $1 AND gone_at = 0
			ORDER BY first_at DESC, id LIMIT $2`, sqlite.Micros(since), n)
		items, err = sqlite.Collect(rows, err, func(c *catalog.Newcomer) []any {
			return []any{sqlite.JSON(&c.Item), sqlite.At(&c.At)}
		})
		return err
	})
	return items, err
}

func eachBody(rows *sql.Rows, yield func(catalog.Item) error) error {
	var body sql.RawBytes
	for rows.Next() {
		if err := rows.Scan(&body); err != nil {
			return err
		}
		var item catalog.Item
		if err := json.Unmarshal(body, &item); err != nil {
			return fmt.Errorf("item in the cache: %w", err)
		}
		if err := yield(item); err != nil {
			return err
		}
	}
	return rows.Err()
}

// UpsertItems writes items read one by one or by category, outside a load.
func (s *Store) UpsertItems(ctx context.Context, items []catalog.Item) error {
	defer s.held.forget()
	rows, err := encodeAll(ctx, items)
	if err != nil {
		return err
	}
	return s.use(ctx, func(db *sqlite.DB) error {
		return db.Tx(ctx, func(tx *sql.Tx) error { return upsertItems(ctx, tx, noLoad, rows, s.now()) })
	})
}

// noLoad stands for the load of items that came outside one.
const noLoad = 0

// unlessSame makes an insert touch only rows that differ: a load that changes nothing writes nothing.
const unlessSame = `ON CONFLICT (id) DO UPDATE SET category = excluded.category, body = excluded.body, hash = excluded.hash,
		changed = excluded.changed, gone_at = 0
	WHERE items.hash <> excluded.hash OR items.gone_at <> 0`

// upsertItems writes items that show at once. One that was not there joined the assortment now, unless that is being read for
// the first time: then nothing is new.
func upsertItems(ctx context.Context, tx *sql.Tx, load int64, items []itemRow, now time.Time) error {
	return writeItems(ctx, tx, `INSERT INTO items (id, category, body, hash, added, changed, first_at) VALUES ($1, $2, $3, $4, $5, $5,
		CASE WHEN EXISTS (SELECT 1 FROM loads WHERE committed_at > 0) THEN $6 ELSE 0 END) `+unlessSame, load, items, sqlite.Micros(now))
}

// writeItems runs insert with each item's id, category, body, hash, the load, and what else it needs.
func writeItems(ctx context.Context, tx *sql.Tx, insert string, load int64, items []itemRow, more ...any) error {
	statement, err := tx.PrepareContext(ctx, insert)
	if err != nil {
		return err
	}
	defer statement.Close()
	for _, row := range items {
		pace.Step(ctx)
		if _, err := statement.ExecContext(ctx, append([]any{row.id, row.category, row.body, row.hash[:], load}, more...)...); err != nil {
			return err
		}
	}
	return nil
}

// hashesOf tells what the assortment knows of items: hashes of bodies, none of an item that is not there.
func hashesOf(ctx context.Context, q sqlite.Querier, items []catalog.Item) (map[catalog.ItemID][sha256.Size]byte, error) {
	ids := make([]catalog.ItemID, len(items))
	for i, item := range items {
		ids[i] = item.ID
	}
	rows, err := q.QueryContext(ctx, `SELECT id, hash FROM items WHERE gone_at = 0 AND id IN (`+sqlite.Placeholders(1, len(ids))+`)`, anyIDs(ids)...)
	if err != nil {
		return nil, err
	}
	defer rows.Close()
	known := make(map[catalog.ItemID][sha256.Size]byte, len(ids))
	for rows.Next() {
		var id catalog.ItemID
		var hash sql.RawBytes
		if err := rows.Scan(&id, &hash); err != nil {
			return nil, err
		}
		var sum [sha256.Size]byte
		copy(sum[:], hash)
		known[id] = sum
	}
	return known, rows.Err()
}

// itemRow is an item as it is written down.
type itemRow struct {
	id       catalog.ItemID
	category catalog.CategoryID
	body     string
	hash     [sha256.Size]byte // of body
}

var errNoID = errors.New("an item without an id")

func encodeAll(ctx context.Context, items []catalog.Item) ([]itemRow, error) {
	rows := make([]itemRow, len(items))
	for i, item := range items {
		pace.Step(ctx)
		if item.ID == "" {
			return nil, errNoID
		}
		body, err := json.Marshal(item)
		if err != nil {
			return nil, fmt.Errorf("item %q: %w", item.ID, err)
		}
		rows[i] = itemRow{item.ID, item.Category, string(body), sha256.Sum256(body)}
	}
	return rows, nil
}
