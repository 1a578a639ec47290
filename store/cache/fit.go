package cache

import (
	"cmp"
	"context"
	"database/sql"
	"iter"
	"slices"

	"storefront/internal/catalog"
	"storefront/internal/pace"
	"storefront/store/sqlite"
)

// ReplaceFits puts a new compatibility list in place of the old one, or returns ErrShrunk. Rows that occur twice count once.
// All of fits is read before the file is touched.
func (s *Store) ReplaceFits(ctx context.Context, fits iter.Seq[catalog.Fit]) error {
	fresh := slices.Compact(slices.SortedFunc(fits, compareFits))
	believed := false
	err := s.use(ctx, func(db *sqlite.DB) error {
		return db.Tx(ctx, func(tx *sql.Tx) error {
			var had int
			err := tx.QueryRowContext(ctx, `SELECT COUNT(*) FROM fits`).Scan(&had)
			if err != nil {
				return err
			}
			believed, err = guard(ctx, tx, "fits", had, had-len(fresh), func() ([]byte, error) { return fitsFingerprint(fresh), nil })
			if err != nil || !believed {
				return err
			}
			return writeFits(ctx, tx, fresh)
		})
	})
	if err == nil && !believed {
		return ErrShrunk
	}
	return err
}

func compareFits(a, b catalog.Fit) int {
	return cmp.Or(cmp.Compare(a.ItemID, b.ItemID), cmp.Compare(a.Brand, b.Brand), cmp.Compare(a.Category, b.Category), cmp.Compare(a.Model, b.Model))
}

// fitsFingerprint tells equal lists.
func fitsFingerprint(fits []catalog.Fit) []byte {
	sum := newDigest()
	for _, fit := range fits {
		sum.add(string(fit.ItemID), fit.Brand, fit.Category, fit.Model)
	}
	return sum.bytes()
}

func writeFits(ctx context.Context, tx *sql.Tx, fits []catalog.Fit) error {
	if _, err := tx.ExecContext(ctx, `DELETE FROM fits`); err != nil {
		return err
	}
	insert, err := tx.PrepareContext(ctx, `INSERT INTO fits (item_id, brand, category, model) VALUES ($1, $2, $3, $4)`)
	if err != nil {
		return err
	}
	defer insert.Close()
	for _, fit := range fits {
		pace.Step(ctx)
		if _, err := insert.ExecContext(ctx, fit.ItemID, fit.Brand, fit.Category, fit.Model); err != nil {
			return err
		}
	}
	return nil
}

// EachFit calls yield for every row, ordered by item. It stops at yield's error.
func (s *Store) EachFit(ctx context.Context, yield func(catalog.Fit) error) error {
	db, err := s.current(ctx)
	if err != nil {
		return err
	}
	return eachFit(ctx, db.Read, yield, `SELECT item_id, brand, category, model FROM fits ORDER BY item_id, brand, category, model`)
}

// Fits returns the devices that an item fits. They are shown only to accounts with the right to edit orders.
func (s *Store) Fits(ctx context.Context, item catalog.ItemID) (fits []catalog.Fit, err error) {
	err = s.use(ctx, func(db *sqlite.DB) error {
		fits = nil
		return eachFit(ctx, db.Read, func(fit catalog.Fit) error {
			fits = append(fits, fit)
			return nil
		}, `SELECT item_id, brand, category, model FROM fits WHERE item_id = $1 ORDER BY brand, category, model`, item)
	})
	return fits, err
}

func eachFit(ctx context.Context, q sqlite.Querier, yield func(catalog.Fit) error, query string, args ...any) error {
	rows, err := q.QueryContext(ctx, query, args...)
	if err != nil {
		return err
	}
	defer rows.Close()
	for rows.Next() {
		pace.Step(ctx)
		var fit catalog.Fit
		if err := rows.Scan(&fit.ItemID, &fit.Brand, &fit.Category, &fit.Model); err != nil {
			return err
		}
		if err := yield(fit); err != nil {
			return err
		}
	}
	return rows.Err()
}
