package cache

import (
	"context"
	"database/sql"
	"slices"

	"storefront/internal/catalog"
	"storefront/store/sqlite"
)

// Categories returns the tree's nodes in the order they were given.
func (s *Store) Categories(ctx context.Context) (list []catalog.Category, err error) {
	err = s.use(ctx, func(db *sqlite.DB) error {
		list, err = categories(ctx, db.Read)
		return err
	})
	return list, err
}

func categories(ctx context.Context, q sqlite.Querier) ([]catalog.Category, error) {
	rows, err := q.QueryContext(ctx, `SELECT id, parent, name FROM categories ORDER BY position`)
	return sqlite.Collect(rows, err, func(c *catalog.Category) []any { return []any{&c.ID, &c.Parent, &c.Name} })
}

// ReplaceCategories puts a new tree in place of the old one, or returns ErrShrunk.
func (s *Store) ReplaceCategories(ctx context.Context, fresh []catalog.Category) error {
	believed := false
	err := s.use(ctx, func(db *sqlite.DB) error {
		return db.Tx(ctx, func(tx *sql.Tx) (err error) {
			old, err := categories(ctx, tx)
			if err != nil {
				return err
			}
			believed, err = guard(ctx, tx, "categories", len(old), missing(old, fresh), func() ([]byte, error) { return treeFingerprint(fresh), nil })
			if err != nil || !believed || slices.Equal(old, fresh) {
				return err
			}
			return writeCategories(ctx, tx, fresh)
		})
	})
	if err == nil && !believed {
		return ErrShrunk
	}
	return err
}

// missing counts what of old is not in fresh.
func missing(old, fresh []catalog.Category) int {
	stays := make(map[catalog.CategoryID]bool, len(fresh))
	for _, c := range fresh {
		stays[c.ID] = true
	}
	n := 0
	for _, c := range old {
		if !stays[c.ID] {
			n++
		}
	}
	return n
}

// treeFingerprint tells equal trees.
func treeFingerprint(list []catalog.Category) []byte {
	sum := newDigest()
	for _, c := range list {
		sum.add(string(c.ID))
	}
	return sum.bytes()
}

func writeCategories(ctx context.Context, tx *sql.Tx, list []catalog.Category) error {
	if _, err := tx.ExecContext(ctx, `DELETE FROM categories`); err != nil {
		return err
	}
	insert, err := tx.PrepareContext(ctx, `INSERT INTO categories (id, parent, name, position) VALUES ($1, $2, $3, $4)
		ON CONFLICT (id) DO NOTHING`)
	if err != nil {
		return err
	}
	defer insert.Close()
	for i, c := range list {
		if _, err := insert.ExecContext(ctx, c.ID, c.Parent, c.Name, i); err != nil {
			return err
		}
	}
	return nil
}
