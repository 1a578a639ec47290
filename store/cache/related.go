package cache

import (
	"context"
	"database/sql"
	"encoding/json"
	"errors"

	"storefront/internal/catalog"
	"storefront/store/sqlite"
)

// PutRelated replaces what the distributor recommends beside an item.
func (s *Store) PutRelated(ctx context.Context, item catalog.ItemID, related []catalog.ItemID) error {
	ids, err := json.Marshal(related)
	if err != nil {
		return err
	}
	return s.use(ctx, func(db *sqlite.DB) error {
		_, err := db.Exec(ctx, `INSERT INTO related (item_id, ids) VALUES ($1, $2)
			ON CONFLICT (item_id) DO UPDATE SET ids = excluded.ids WHERE related.ids <> excluded.ids`, item, string(ids))
		return err
	})
}

// Related returns what the distributor recommends beside an item, in its order. Whether a buyer is offered those items is
// for his price list to say.
func (s *Store) Related(ctx context.Context, item catalog.ItemID) (related []catalog.ItemID, err error) {
	err = s.use(ctx, func(db *sqlite.DB) error {
		related = nil
		var ids []byte
		err := db.Read.QueryRowContext(ctx, `SELECT ids FROM related WHERE item_id = $1`, item).Scan(&ids)
		if errors.Is(err, sql.ErrNoRows) {
			return nil
		}
		if err != nil {
			return err
		}
		return json.Unmarshal(ids, &related)
	})
	return related, err
}
