package cache

import (
	"context"
	"database/sql"
	"os"
	"time"

	"storefront/internal/errkind"
	"storefront/store/sqlite"
)

// Run is one run of a synchronisation job, for the operator. FinishedAt is zero while it runs, and for ever if the process
// ended first.
type Run struct {
	ID         int64
	Job        string
	StartedAt  time.Time
	FinishedAt time.Time
	Done       int          // rows read
	Failed     errkind.Kind // empty when all went well
	Detail     string       // for the operator; never a secret
}

// runsKept bounds the record.
const runsKept = 500

// StartRun writes down that a job runs, and returns the run's number for FinishRun.
func (s *Store) StartRun(ctx context.Context, job string) (id int64, err error) {
	err = s.use(ctx, func(db *sqlite.DB) error {
		return db.Tx(ctx, func(tx *sql.Tx) error {
			err := tx.QueryRowContext(ctx, `INSERT INTO runs (job, started_at) VALUES ($1, $2) RETURNING id`, job, sqlite.Micros(s.now())).Scan(&id)
			if err != nil {
				return err
			}
			_, err = tx.ExecContext(ctx, `DELETE FROM runs WHERE id <= $1`, id-runsKept)
			return err
		})
	})
	return id, err
}

// FinishRun writes down how a run ended. A run whose record is gone with an old cache is ignored.
func (s *Store) FinishRun(ctx context.Context, id int64, done int, failed errkind.Kind, detail string) error {
	return s.use(ctx, func(db *sqlite.DB) error {
		return db.Tx(ctx, func(tx *sql.Tx) error {
			_, err := tx.ExecContext(ctx, `UPDATE runs SET finished_at = $2, done = $3, failed = $4, detail = $5 WHERE id = $1`,
				id, sqlite.Micros(s.now()), done, failed, detail)
			return err
		})
	})
}

// Runs returns the latest n runs, newest first.
func (s *Store) Runs(ctx context.Context, n int) (runs []Run, err error) {
	err = s.use(ctx, func(db *sqlite.DB) error {
		runs, err = runsOf(ctx, db.Read, n)
		return err
	})
	return runs, err
}

func runsOf(ctx context.Context, q sqlite.Querier, n int) ([]Run, error) {
	rows, err := q.QueryContext(ctx, `SELECT id, job, started_at, finished_at, done, failed, detail FROM runs ORDER BY id DESC LIMIT $1`, n)
	return sqlite.Collect(rows, err, func(r *Run) []any {
		return []any{&r.ID, &r.Job, sqlite.At(&r.StartedAt), sqlite.At(&r.FinishedAt), &r.Done, &r.Failed, &r.Detail}
	})
}

// Sizes tells how much there is, for the operator.
type Sizes struct {
	Items, Gone, Categories, Fits int
	PriceLists                    int // buyers with prices
	PriceBodies                   int // distinct lists of a category
	PriceBytes                    int64
	FileBytes                     int64
}

// Sizes counts what the cache holds.
func (s *Store) Sizes(ctx context.Context) (sizes Sizes, err error) {
	err = s.use(ctx, func(db *sqlite.DB) error {
		return db.Read.QueryRowContext(ctx, `SELECT
			(SELECT COUNT(*) FROM items WHERE gone_at = 0),
			(SELECT COUNT(*) FROM items WHERE gone_at <> 0),
			(SELECT COUNT(*) FROM categories),
			(SELECT COUNT(*) FROM fits),
			(SELECT COUNT(DISTINCT buyer_id) FROM price_chunks),
			(SELECT COUNT(*) FROM price_bodies),
			(SELECT COALESCE(SUM(LENGTH(body)), 0) FROM price_bodies)`).
			Scan(&sizes.Items, &sizes.Gone, &sizes.Categories, &sizes.Fits, &sizes.PriceLists, &sizes.PriceBodies, &sizes.PriceBytes)
	})
	if err != nil {
		return Sizes{}, err
	}
	if info, err := os.Stat(s.path); err == nil {
		sizes.FileBytes = info.Size()
	}
	return sizes, nil
}
