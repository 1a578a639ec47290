package cache

import (
	"context"
	"database/sql"
	"errors"
	"maps"
	"slices"
	"time"

	"storefront/internal/catalog"
	"storefront/internal/errkind"
	"storefront/internal/pace"
	"storefront/store/sqlite"
)

// Load is a full reading of the catalogue under way. Until Commit readers see the generation before it whole; only while no
// load was ever committed do rows become visible as they come, so that a new shop can be browsed while it fills.
//
// Only what differs from the assortment is written down: a load that changes nothing writes a few rows about itself.
//
// A load ends with Commit or Abort. One that ends with the process leaves nothing behind: the next BeginLoad sweeps it away.
type Load struct {
	store   *Store
	db      *sqlite.DB // the file it began in
	id      int64
	visible bool                    // rows show at once
	brought map[catalog.ItemID]bool // what was put, changed or not
}

// LoadResult tells what a committed load changed, in items. Total is the size of the assortment now.
type LoadResult struct{ Added, Changed, Gone, Total int }

// Changes tells whether there is anything new to show.
func (r LoadResult) Changes() bool { return r.Added+r.Changed+r.Gone > 0 }

// ErrLoadLost is returned when the cache was deleted or another load begun since this one started: it has to be read again.
// It is compared with errors.Is.
var ErrLoadLost = errkind.New(errkind.Conflict, "sync.lost")

// CatalogueRead tells whether a load was ever committed to this file.
func (s *Store) CatalogueRead(ctx context.Context) (whole bool, err error) {
	err = s.use(ctx, func(db *sqlite.DB) error {
		return db.Read.QueryRowContext(ctx, `SELECT EXISTS (SELECT 1 FROM loads WHERE committed_at > 0)`).Scan(&whole)
	})
	return whole, err
}

// BeginLoad starts a full reading and abandons an unfinished one.
func (s *Store) BeginLoad(ctx context.Context) (*Load, error) {
	load := &Load{store: s, brought: map[catalog.ItemID]bool{}}
	err := s.use(ctx, func(db *sqlite.DB) error {
		load.db = db
		return db.Tx(ctx, func(tx *sql.Tx) error { return load.begin(ctx, tx) })
	})
	if err != nil {
		return nil, err
	}
	return load, nil
}

func (l *Load) begin(ctx context.Context, tx *sql.Tx) error {
	if _, err := tx.ExecContext(ctx, `DELETE FROM loads WHERE committed_at = 0`); err != nil {
		return err
	}
	err := tx.QueryRowContext(ctx, `SELECT NOT EXISTS (SELECT 1 FROM loads) OR NOT EXISTS (SELECT 1 FROM items WHERE gone_at = 0)`).Scan(&l.visible)
	if err != nil {
		return err
	}
	return tx.QueryRowContext(ctx, `INSERT INTO loads (started_at) VALUES ($1) RETURNING id`, sqlite.Micros(l.store.now())).Scan(&l.id)
}

// Put adds a portion. An item that is put twice counts once, as it was put last.
func (l *Load) Put(ctx context.Context, items []catalog.Item) error {
	for piece := range slices.Chunk(items, pieceRows) {
		if err := l.put(ctx, piece); err != nil {
			return err
		}
	}
	return nil
}

func (l *Load) put(ctx context.Context, items []catalog.Item) error {
	differ, err := l.differing(ctx, items)
	if err != nil || len(differ) == 0 {
		return err
	}
	return l.tx(ctx, func(tx *sql.Tx) error {
		if l.visible {
			defer l.store.held.forget()
			return upsertItems(ctx, tx, l.id, differ, time.Time{})
		}
		return writeItems(ctx, tx, `INSERT INTO staged_items (id, category, body, hash, load) VALUES ($1, $2, $3, $4, $5)
			ON CONFLICT (load, id) DO UPDATE SET category = excluded.category, body = excluded.body, hash = excluded.hash`, l.id, differ)
	})
}

// differing notes that the load brought items, and encodes those that are not in the assortment as they are. One that was put
// before is among them whatever it says: it may take back a difference.
func (l *Load) differing(ctx context.Context, items []catalog.Item) ([]itemRow, error) {
	db, err := l.file(ctx)
	if err != nil {
		return nil, err
	}
	rows, err := encodeAll(ctx, items)
	if err != nil {
		return nil, err
	}
	known, err := hashesOf(ctx, db.Read, items)
	if err != nil {
		return nil, err
	}
	var differ []itemRow
	for _, row := range rows {
		if l.brought[row.id] || known[row.id] != row.hash {
			differ = append(differ, row)
		}
		l.brought[row.id] = true
	}
	return differ, nil
}

// Commit makes the new generation the one that readers see, in one step. It returns ErrShrunk, and changes nothing, if the
// answer would lose more than a fifth of the assortment and has not been read alike before.
func (l *Load) Commit(ctx context.Context) (result LoadResult, err error) {
	was, err := l.compare(ctx)
	if err != nil {
		return result, err
	}
	believed := false
	err = l.tx(ctx, func(tx *sql.Tx) error {
		believed, err = l.believed(ctx, tx, was)
		if err != nil {
			return err
		}
		if !believed {
			return l.discard(ctx, tx)
		}
		result, err = l.publish(ctx, tx, was)
		return err
	})
	if result.Changes() {
		l.store.held.forget()
	}
	if err == nil && !believed {
		err = ErrShrunk
	}
	return result, err
}

// Abort drops what was staged. After Commit it does nothing.
func (l *Load) Abort(ctx context.Context) error {
	err := l.tx(ctx, func(tx *sql.Tx) error { return l.discard(ctx, tx) })
	if errors.Is(err, ErrLoadLost) {
		return nil
	}
	return err
}

// file returns the file that the load began in, if it is still the one in use.
func (l *Load) file(ctx context.Context) (*sqlite.DB, error) {
	db, err := l.store.current(ctx)
	if err == nil && db != l.db {
		err = ErrLoadLost
	}
	return db, err
}

// tx runs fn if the load is still the one under way.
func (l *Load) tx(ctx context.Context, fn func(*sql.Tx) error) error {
	db, err := l.file(ctx)
	if err != nil {
		return err
	}
	return db.Tx(ctx, func(tx *sql.Tx) error {
		var alive bool
		err := tx.QueryRowContext(ctx, `SELECT EXISTS (SELECT 1 FROM loads WHERE id = $1 AND committed_at = 0)`, l.id).Scan(&alive)
		if err != nil {
			return err
		}
		if !alive {
			return ErrLoadLost
		}
		return fn(tx)
	})
}

// comparison is what the assortment is beside a load.
type comparison struct {
	had            int              // items
	lost           []catalog.ItemID // those that the load did not bring
	added, changed int              // those that it has already written
}

// compare goes through the assortment, outside the transaction that commits: an item that joins by itself meanwhile has been
// read later than the load, and stays.
func (l *Load) compare(ctx context.Context) (c comparison, err error) {
	db, err := l.file(ctx)
	if err != nil {
		return c, err
	}
	for last, more := catalog.ItemID(""), true; more && err == nil; pace.Step(ctx) {
		last, more, err = l.comparePiece(ctx, db.Read, last, &c)
	}
	return c, err
}

// comparePiece compares the items behind last, and tells which was the last of them.
func (l *Load) comparePiece(ctx context.Context, q sqlite.Querier, last catalog.ItemID, c *comparison) (_ catalog.ItemID, more bool, err error) {
	rows, err := q.QueryContext(ctx, `SELECT id, added, changed FROM items WHERE gone_at = 0 AND id > $1 ORDER BY id LIMIT $2`, last, pieceRows)
	if err != nil {
		return last, false, err
	}
	defer rows.Close()
	for rows.Next() {
		var added, changed int64
		if err := rows.Scan(&last, &added, &changed); err != nil {
			return last, false, err
		}
		more = true
		c.had++
		switch {
		case !l.brought[last]:
			c.lost = append(c.lost, last)
		case added == l.id:
			c.added++
		case changed == l.id:
			c.changed++
		}
	}
	return last, more, rows.Err()
}

func (l *Load) believed(ctx context.Context, tx *sql.Tx, was comparison) (bool, error) {
	if l.visible {
		return true, nil
	}
	return guard(ctx, tx, "items", was.had, len(was.lost), func() ([]byte, error) { return l.digest(), nil })
}

// digest stands for the set of ids that the load brought.
func (l *Load) digest() []byte {
	sum := newDigest()
	for _, id := range slices.Sorted(maps.Keys(l.brought)) {
		sum.add(string(id))
	}
	return sum.bytes()
}

// publish moves the staged rows into the assortment, takes out what the load did not bring, and counts what it changed.
func (l *Load) publish(ctx context.Context, tx *sql.Tx, was comparison) (LoadResult, error) {
	result := LoadResult{Added: was.added, Changed: was.changed, Gone: len(was.lost), Total: len(l.brought)}
	now := sqlite.Micros(l.store.now())
	err := l.eachPiece(ctx, tx, func(from, to string) error { return l.publishPiece(ctx, tx, from, to, now, &result) })
	if err != nil {
		return result, err
	}
	for piece := range slices.Chunk(was.lost, pieceRows) {
		pace.Step(ctx)
		args := append([]any{now}, anyIDs(piece)...)
		if _, err := tx.ExecContext(ctx, `UPDATE items SET gone_at = $1 WHERE id IN (`+sqlite.Placeholders(2, len(piece))+`)`, args...); err != nil {
			return result, err
		}
	}
	return result, l.finish(ctx, tx)
}

// publishPiece moves the staged rows from one id to another.
func (l *Load) publishPiece(ctx context.Context, tx *sql.Tx, from, to string, now int64, result *LoadResult) error {
	var added int
	err := tx.QueryRowContext(ctx, `SELECT COUNT(*) FROM staged_items AS s WHERE s.load = $1 AND s.id >= $2 AND s.id <= $3
		AND NOT EXISTS (SELECT 1 FROM items WHERE items.id = s.id)`, l.id, from, to).Scan(&added)
	if err != nil {
		return err
	}
	written, err := tx.ExecContext(ctx, `INSERT INTO items (id, category, body, hash, added, changed, first_at)
		SELECT id, category, body, hash, load, load, $4 FROM staged_items WHERE load = $1 AND id >= $2 AND id <= $3 `+unlessSame,
		l.id, from, to, now)
	if err != nil {
		return err
	}
	n, err := written.RowsAffected()
	result.Added += added
	result.Changed += int(n) - added
	return err
}

// pieceRows is how many rows one statement reads or writes: a millisecond's work at most. One statement for all would make
// others wait.
const pieceRows = 50

// eachPiece calls do for the staged rows in pieces, by the first and the last id of each.
func (l *Load) eachPiece(ctx context.Context, tx *sql.Tx, do func(from, to string) error) error {
	const next = `SELECT MIN(id), MAX(id), COUNT(*) FROM (SELECT id FROM staged_items WHERE load = $1 AND id > $2 ORDER BY id LIMIT $3) AS piece`
	for last := ""; ; pace.Step(ctx) {
		var from, to sql.NullString
		var rows int
		if err := tx.QueryRowContext(ctx, next, l.id, last, pieceRows).Scan(&from, &to, &rows); err != nil || rows == 0 {
			return err
		}
		if err := do(from.String, to.String); err != nil {
			return err
		}
		last = to.String
	}
}

// finish ends the load: nothing is staged any longer, and it is the last that was committed.
func (l *Load) finish(ctx context.Context, tx *sql.Tx) error {
	if err := l.clear(ctx, tx); err != nil {
		return err
	}
	if _, err := tx.ExecContext(ctx, `UPDATE loads SET committed_at = $2 WHERE id = $1`, l.id, sqlite.Micros(l.store.now())); err != nil {
		return err
	}
	_, err := tx.ExecContext(ctx, `DELETE FROM loads WHERE id < $1`, l.id)
	return err
}

// discard removes an unfinished load.
func (l *Load) discard(ctx context.Context, tx *sql.Tx) error {
	if err := l.clear(ctx, tx); err != nil {
		return err
	}
	_, err := tx.ExecContext(ctx, `DELETE FROM loads WHERE id = $1 AND committed_at = 0`, l.id)
	return err
}

// clear drops what is staged.
func (l *Load) clear(ctx context.Context, tx *sql.Tx) error {
	return l.eachPiece(ctx, tx, func(from, to string) error {
		_, err := tx.ExecContext(ctx, `DELETE FROM staged_items WHERE load = $1 AND id >= $2 AND id <= $3`, l.id, from, to)
		return err
	})
}
