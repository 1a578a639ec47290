package cache

import (
	"context"
	"crypto/sha256"
	"database/sql"
	"fmt"
	"time"

	"storefront/internal/buyer"
	"storefront/internal/catalog"
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

func chunksOf(ctx context.Context, q sqlite.Querier, b buyer.ID) ([]catalog.PriceChunk, error) {
	rows, err := q.QueryContext(ctx, `SELECT c.category, c.read_at, p.body FROM price_chunks AS c JOIN price_bodies AS p ON p.hash = c.hash
		WHERE c.buyer_id = $1 ORDER BY c.category`, b)
	if err != nil {
		return nil, err
	}
	defer rows.Close()
	var chunks []catalog.PriceChunk
	for rows.Next() {
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
