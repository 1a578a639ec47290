package cache

import (
	"context"
	"crypto/sha256"
	"database/sql"
	"fmt"
	"time"

	"storefront/internal/buyer"
	"storefront/internal/catalog"
	"storefront/internal/pace"
	"storefront/store/sqlite"
)

// PutPrices writes what one buyer is offered in some categories, each in place of what he was offered there before. Bodies
// are stored once by content: buyers of one price level and branch share them without knowing.
func (s *Store) PutPrices(ctx context.Context, b buyer.ID, chunks []catalog.PriceChunk) error {
	return s.use(ctx, func(db *sqlite.DB) error {
		return db.Tx(ctx, func(tx *sql.Tx) error {
			for _, chunk := range chunks {
				if err := putChunk(ctx, tx, b, chunk); err != nil {
					return err
				}
			}
			return sweepBodies(ctx, tx)
		})
	})
}

func putChunk(ctx context.Context, tx *sql.Tx, b buyer.ID, chunk catalog.PriceChunk) error {
	pace.Step(ctx)
	body := encodeOffers(chunk.Offers)
	hash := sha256.Sum256(body)
	if _, err := tx.ExecContext(ctx, `INSERT INTO price_bodies (hash, body) VALUES ($1, $2) ON CONFLICT (hash) DO NOTHING`, hash[:], body); err != nil {
		return err
	}
	_, err := tx.ExecContext(ctx, `INSERT INTO price_chunks (buyer_id, category, hash, read_at) VALUES ($1, $2, $3, $4)
		ON CONFLICT (buyer_id, category) DO UPDATE SET hash = excluded.hash, read_at = excluded.read_at`,
		b, chunk.Category, hash[:], sqlite.Micros(chunk.ReadAt))
	return err
}

// sweepBodies drops bodies that no buyer's list refers to any longer.
func sweepBodies(ctx context.Context, tx *sql.Tx) error {
	_, err := tx.ExecContext(ctx, `DELETE FROM price_bodies
		WHERE NOT EXISTS (SELECT 1 FROM price_chunks AS c WHERE c.hash = price_bodies.hash)`)
	return err
}

// MarkPricesComplete says that the buyer's whole list has been read since the reading began. Categories not read since then
// are offered to him no longer and go.
func (s *Store) MarkPricesComplete(ctx context.Context, b buyer.ID, began time.Time) error {
	return s.use(ctx, func(db *sqlite.DB) error {
		return db.Tx(ctx, func(tx *sql.Tx) error {
			if _, err := tx.ExecContext(ctx, `DELETE FROM price_chunks WHERE buyer_id = $1 AND read_at < $2`, b, sqlite.Micros(began)); err != nil {
				return err
			}
			_, err := tx.ExecContext(ctx, `INSERT INTO price_lists (buyer_id, complete_at) VALUES ($1, $2)
				ON CONFLICT (buyer_id) DO UPDATE SET complete_at = excluded.complete_at`, b, sqlite.Micros(began))
			if err != nil {
				return err
			}
			return sweepBodies(ctx, tx)
		})
	})
}

// Prices returns all that is known of one buyer's price list. complete is true once the whole list was read.
func (s *Store) Prices(ctx context.Context, b buyer.ID) (chunks []catalog.PriceChunk, complete bool, err error) {
	err = s.use(ctx, func(db *sqlite.DB) error {
		err := db.Read.QueryRowContext(ctx, `SELECT EXISTS (SELECT 1 FROM price_lists WHERE buyer_id = $1)`, b).Scan(&complete)
		if err != nil {
			return err
		}
		chunks, err = chunksOf(ctx, db.Read, b)
		return err
	})
	return chunks, complete, err
}

// PricesIn returns what is known of one buyer's prices in some categories. It costs what they hold, not what the list holds.
func (s *Store) PricesIn(ctx context.Context, b buyer.ID, categories []catalog.CategoryID) (chunks []catalog.PriceChunk, err error) {
	if len(categories) == 0 {
		return nil, nil
	}
	err = s.use(ctx, func(db *sqlite.DB) error {
		chunks, err = chunksOf(ctx, db.Read, b, categories...)
		return err
	})
	return chunks, err
}

// PricesReadAt tells when each part of one buyer's price list was read, without reading what it holds, and whether the whole
// list was read.
func (s *Store) PricesReadAt(ctx context.Context, b buyer.ID) (readAt map[catalog.CategoryID]time.Time, complete bool, err error) {
	err = s.use(ctx, func(db *sqlite.DB) error {
		err := db.Read.QueryRowContext(ctx, `SELECT EXISTS (SELECT 1 FROM price_lists WHERE buyer_id = $1)`, b).Scan(&complete)
		if err != nil {
			return err
		}
		readAt, err = agesOf(ctx, db.Read, b)
		return err
	})
	return readAt, complete, err
}

func agesOf(ctx context.Context, q sqlite.Querier, b buyer.ID) (map[catalog.CategoryID]time.Time, error) {
	rows, err := q.QueryContext(ctx, `SELECT category, read_at FROM price_chunks WHERE buyer_id = $1`, b)
	if err != nil {
		return nil, err
	}
	defer rows.Close()
	ages := map[catalog.CategoryID]time.Time{}
	for rows.Next() {
		var category catalog.CategoryID
		var readAt int64
		if err := rows.Scan(&category, &readAt); err != nil {
			return nil, err
		}
		ages[category] = sqlite.Time(readAt)
	}
	return ages, rows.Err()
}

// chunksOf reads one buyer's chunks: those of some categories, or all where none are named.
func chunksOf(ctx context.Context, q sqlite.Querier, b buyer.ID, categories ...catalog.CategoryID) ([]catalog.PriceChunk, error) {
	query, args := `SELECT c.category, c.read_at, p.body FROM price_chunks AS c JOIN price_bodies AS p ON p.hash = c.hash
		WHERE c.buyer_id = $1`, []any{b}
	if len(categories) > 0 {
		query += ` AND c.category IN (` + sqlite.Placeholders(2, len(categories)) + `)`
		for _, category := range categories {
			args = append(args, category)
		}
	}
	rows, err := q.QueryContext(ctx, query+` ORDER BY c.category`, args...)
	if err != nil {
		return nil, err
	}
	defer rows.Close()
	var chunks []catalog.PriceChunk
	for rows.Next() {
		pace.Step(ctx)
		var chunk catalog.PriceChunk
		var readAt int64
		var body sql.RawBytes
		if err := rows.Scan(&chunk.Category, &readAt, &body); err != nil {
			return nil, err
		}
		if chunk.Offers, err = decodeOffers(body); err != nil {
			return nil, fmt.Errorf("prices of category %q: %w", chunk.Category, err)
		}
		chunk.ReadAt = sqlite.Time(readAt)
		chunks = append(chunks, chunk)
	}
	return chunks, rows.Err()
}

// ForgetPrices removes a buyer's price list.
func (s *Store) ForgetPrices(ctx context.Context, b buyer.ID) error {
	return s.use(ctx, func(db *sqlite.DB) error {
		return db.Tx(ctx, func(tx *sql.Tx) error {
			if _, err := tx.ExecContext(ctx, `DELETE FROM price_chunks WHERE buyer_id = $1`, b); err != nil {
				return err
			}
			if _, err := tx.ExecContext(ctx, `DELETE FROM price_lists WHERE buyer_id = $1`, b); err != nil {
				return err
			}
			return sweepBodies(ctx, tx)
		})
	})
}
