package cache

import (
	"context"
	"database/sql"
	"errors"
	"time"

	"storefront/internal/catalog"
	"storefront/internal/errkind"
	"storefront/internal/pace"
	"storefront/store/sqlite"
)

// Load is a full reading of the catalogue under way. Until Commit readers see the generation before it whole; only while no
// load was ever committed do rows become visible as they come, so that a new shop can be browsed while it fills.
//
// A load ends with Commit or Abort. One that ends with the process leaves nothing behind: the next BeginLoad sweeps it away.
type Load struct {
	store   *Store
	db      *sqlite.DB // the file it began in
	id      int64
	visible bool // rows show at once
}

// LoadResult tells what a committed load changed, in items. Total is the size of the assortment now.
type LoadResult struct{ Added, Changed, Gone, Total int }

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
	load := &Load{store: s}
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
	if l.visible {
		defer l.store.held.forget()
	}
	return l.tx(ctx, func(tx *sql.Tx) error {
		if l.visible {
			if err := upsertItems(ctx, tx, l.id, items, time.Time{}); err != nil {
				return err
			}
		}
		return writeItems(ctx, tx, `INSERT INTO staged_items (id, category, body, hash, load) VALUES ($1, $2, $3, $4, $5)
			ON CONFLICT (load, id) DO UPDATE SET category = excluded.category, body = excluded.body, hash = excluded.hash`, l.id, items)
	})
}

// Commit makes the new generation the one that readers see, in one step. It returns ErrShrunk, and changes nothing, if the
// answer would lose more than a fifth of the assortment and has not been read alike before.
func (l *Load) Commit(ctx context.Context) (result LoadResult, err error) {
	defer l.store.held.forget()
	believed := false
	err = l.tx(ctx, func(tx *sql.Tx) error {
		believed, err = l.believed(ctx, tx)
		if err != nil {
			return err
		}
		if !believed {
			return discard(ctx, tx, l.id)
		}
		result, err = l.publish(ctx, tx)
		return err
	})
	if err == nil && !believed {
		err = ErrShrunk
	}
	return result, err
}

// Abort drops what was staged. After Commit it does nothing.
func (l *Load) Abort(ctx context.Context) error {
	err := l.tx(ctx, func(tx *sql.Tx) error { return discard(ctx, tx, l.id) })
	if errors.Is(err, ErrLoadLost) {
		return nil
	}
	return err
}

// tx runs fn if the load is still the one under way.
func (l *Load) tx(ctx context.Context, fn func(*sql.Tx) error) error {
	db, err := l.store.current(ctx)
	if err != nil {
		return err
	}
	if db != l.db {
		return ErrLoadLost
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

// notStaged selects the items of the assortment that the load $1 did not bring.
const notStaged = `gone_at = 0 AND NOT EXISTS (SELECT 1 FROM staged_items AS s WHERE s.load = $1 AND s.id = items.id)`

func (l *Load) believed(ctx context.Context, tx *sql.Tx) (bool, error) {
	if l.visible {
		return true, nil
	}
	var had, lost int
	if err := tx.QueryRowContext(ctx, `SELECT COUNT(*) FROM items WHERE gone_at = 0`).Scan(&had); err != nil {
		return false, err
	}
	if err := tx.QueryRowContext(ctx, `SELECT COUNT(*) FROM items WHERE `+notStaged, l.id).Scan(&lost); err != nil {
		return false, err
	}
	return guard(ctx, tx, "items", had, lost, func() ([]byte, error) { return l.digest(ctx, tx) })
}

// digest stands for the set of ids that the load brought.
func (l *Load) digest(ctx context.Context, tx *sql.Tx) ([]byte, error) {
	rows, err := tx.QueryContext(ctx, `SELECT id FROM staged_items WHERE load = $1 ORDER BY id`, l.id)
	if err != nil {
		return nil, err
	}
	defer rows.Close()
	sum := newDigest()
	for rows.Next() {
		var id string
		if err := rows.Scan(&id); err != nil {
			return nil, err
		}
		sum.add(id)
	}
	return sum.bytes(), rows.Err()
}

// publish moves the staged rows into the assortment and counts what it changed.
func (l *Load) publish(ctx context.Context, tx *sql.Tx) (result LoadResult, err error) {
	joined := l.store.now()
	if l.visible {
		joined = time.Time{} // the first assortment: nothing in it is new
	}
	err = l.eachPiece(ctx, tx, func(from, to string) error {
		_, err := tx.ExecContext(ctx, `INSERT INTO items (id, category, body, hash, added, changed, first_at)
			SELECT id, category, body, hash, load, load, $4 FROM staged_items WHERE load = $1 AND id >= $2 AND id <= $3 `+unlessSame,
			l.id, from, to, sqlite.Micros(joined))
		return err
	})
	if err != nil {
		return result, err
	}
	gone, err := tx.ExecContext(ctx, `UPDATE items SET gone_at = $2 WHERE `+notStaged, l.id, sqlite.Micros(l.store.now()))
	if err != nil {
		return result, err
	}
	n, err := gone.RowsAffected()
	if err != nil {
		return result, err
	}
	result.Gone = int(n)
	err = tx.QueryRowContext(ctx, `SELECT COUNT(*) FILTER (WHERE added = $1), COUNT(*) FILTER (WHERE changed = $1 AND added <> $1), COUNT(*)
		FROM items WHERE gone_at = 0`, l.id).Scan(&result.Added, &result.Changed, &result.Total)
	if err != nil {
		return result, err
	}
	return result, l.finish(ctx, tx)
}

// pieceRows is how many staged rows one statement moves: a few milliseconds' work.
const pieceRows = 200

// eachPiece calls do for the staged rows in pieces, by the first and the last id of each: one statement for all would make
// others wait.
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

func (l *Load) finish(ctx context.Context, tx *sql.Tx) error {
	err := l.eachPiece(ctx, tx, func(from, to string) error {
		_, err := tx.ExecContext(ctx, `DELETE FROM staged_items WHERE load = $1 AND id >= $2 AND id <= $3`, l.id, from, to)
		return err
	})
	if err != nil {
		return err
	}
	if _, err := tx.ExecContext(ctx, `UPDATE loads SET committed_at = $2 WHERE id = $1`, l.id, sqlite.Micros(l.store.now())); err != nil {
		return err
	}
	_, err = tx.ExecContext(ctx, `DELETE FROM loads WHERE id < $1`, l.id)
	return err
}

// discard removes an unfinished load; its staged rows go with it.
func discard(ctx context.Context, tx *sql.Tx, load int64) error {
	_, err := tx.ExecContext(ctx, `DELETE FROM loads WHERE id = $1 AND committed_at = 0`, load)
	return err
}
