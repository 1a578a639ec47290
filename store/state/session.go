package state

import (
	"context"
	"crypto/sha256"
	"database/sql"
	"encoding/hex"
	"errors"
	"time"

	"github.com/alexedwards/scs/v2"

	"storefront/internal/buyer"
	"storefront/store/sqlite"
)

// Sealer encrypts what a session holds. The token is needed to open it again, besides the server's key: neither the database
// with the key file nor the cookie alone gives a password away.
type Sealer interface {
	Seal(plain []byte, token string, context []byte) ([]byte, error)
	Open(sealed []byte, token string, context []byte) ([]byte, error)
}

// Limits of a session, kept here because the session library's own idle limit revives sessions that were signed out.
const (
	SessionIdle     = 60 * time.Minute // without a request
	SessionAbsolute = 12 * time.Hour   // from sign-in
	touchEvery      = time.Minute      // page views write no more often
)

// Sessions keeps the session library's sessions sealed in sessions.db.
//
// The library commits an existing session by its token, just as a new one, so a request that was under way during a sign-out
// would bring the session back. Therefore an existing row is only updated, and a token that has ended, in whatever way, is
// remembered for longer than any request lives and never inserted again.
type Sessions struct {
	db        *sqlite.DB
	sealer    Sealer
	now       func() time.Time
	onDamaged func(buyer.ID, error)
}

var _ scs.CtxStore = (*Sessions)(nil)

// OpenSessions opens the file at path, creating it where it is missing, and drops what has expired.
func OpenSessions(ctx context.Context, path string, sealer Sealer, now func() time.Time) (*Sessions, error) {
	db, err := open(ctx, path, "migrations/sqlite/sessions")
	if err != nil {
		return nil, err
	}
	s := &Sessions{db: db, sealer: sealer, now: now, onDamaged: func(buyer.ID, error) {}}
	if err := s.Purge(ctx); err != nil {
		return nil, errors.Join(err, db.Close())
	}
	return s, nil
}

// OnDamaged sets what is called when a session can't be opened: its row or the key was changed. Set it before the store is
// shared.
func (s *Sessions) OnDamaged(call func(buyer.ID, error)) { s.onDamaged = call }

// Close closes the file.
func (s *Sessions) Close() error { return s.db.Close() }

type buyerKey struct{}

// WithBuyer names whose session is committed under the context.
func WithBuyer(ctx context.Context, b buyer.ID) context.Context {
	return context.WithValue(ctx, buyerKey{}, b)
}

// FindCtx returns what a session holds. Missing, ended, expired and damaged ones are all not found; the latter are also ended.
func (s *Sessions) FindCtx(ctx context.Context, token string) (data []byte, found bool, err error) {
	hash := hashOf(token)
	var sealed []byte
	var b buyer.ID
	var createdAt, touchedAt time.Time
	err = s.db.Read.QueryRowContext(ctx, `SELECT buyer_id, data, created_at, touched_at FROM sessions WHERE token_hash = $1`, hash).
		Scan(&b, &sealed, sqlite.At(&createdAt), sqlite.At(&touchedAt))
	if errors.Is(err, sql.ErrNoRows) {
		return nil, false, nil
	}
	if err != nil {
		return nil, false, err
	}
	if now := s.now(); !now.Before(touchedAt.Add(SessionIdle)) || !now.Before(createdAt.Add(SessionAbsolute)) {
		return nil, false, s.DeleteCtx(ctx, token)
	}
	data, err = s.sealer.Open(sealed, token, rowContext(hash))
	if err != nil {
		s.onDamaged(b, err)
		return nil, false, s.DeleteCtx(ctx, token)
	}
	return data, true, nil
}

// CommitCtx writes a session: an existing one is updated, one that has ended stays ended without an error, a new one is
// inserted for the buyer of WithBuyer. The limits are this store's own; the library's expiry is not used.
func (s *Sessions) CommitCtx(ctx context.Context, token string, data []byte, _ time.Time) error {
	hash := hashOf(token)
	sealed, err := s.sealer.Seal(data, token, rowContext(hash))
	if err != nil {
		return err
	}
	b, _ := ctx.Value(buyerKey{}).(buyer.ID)
	now := s.now()
	return s.db.Tx(ctx, func(tx *sql.Tx) error {
		updated, err := exec(ctx, tx, `UPDATE sessions SET data = $2, touched_at = $3, buyer_id = COALESCE(NULLIF($4, ''), buyer_id)
			WHERE token_hash = $1 AND touched_at > $5 AND created_at > $6`,
			hash, sealed, sqlite.Micros(now), b, sqlite.Micros(now.Add(-SessionIdle)), sqlite.Micros(now.Add(-SessionAbsolute)))
		if err != nil || updated {
			return err
		}
		_, err = tx.ExecContext(ctx, `INSERT INTO sessions (token_hash, buyer_id, data, created_at, touched_at)
			SELECT $1, $2, $3, $4, $4 WHERE NOT EXISTS (SELECT 1 FROM ended_sessions WHERE token_hash = $1)
			ON CONFLICT (token_hash) DO NOTHING`, hash, b, sealed, sqlite.Micros(now))
		return err
	})
}

// DeleteCtx ends a session for good.
func (s *Sessions) DeleteCtx(ctx context.Context, token string) error {
	if token == "" {
		return nil // the library destroys a session that was never committed
	}
	hash := hashOf(token)
	return s.db.Tx(ctx, func(tx *sql.Tx) error {
		_, err := tx.ExecContext(ctx, `INSERT INTO ended_sessions (token_hash, until) VALUES ($1, $2) ON CONFLICT (token_hash) DO NOTHING`,
			hash, s.endedUntil())
		if err != nil {
			return err
		}
		_, err = tx.ExecContext(ctx, `DELETE FROM sessions WHERE token_hash = $1`, hash)
		return err
	})
}

// DeleteBuyer ends all sessions of a buyer and returns how many there were.
func (s *Sessions) DeleteBuyer(ctx context.Context, b buyer.ID) (ended int64, err error) {
	err = s.db.Tx(ctx, func(tx *sql.Tx) error {
		ended, err = s.end(ctx, tx, `buyer_id = $1`, b)
		return err
	})
	return ended, err
}

// Touch notes that a session was used. It writes only if the last note is a minute old.
func (s *Sessions) Touch(ctx context.Context, token string) error {
	hash, now := hashOf(token), s.now()
	var due bool
	err := s.db.Read.QueryRowContext(ctx, `SELECT EXISTS (SELECT 1 FROM sessions WHERE token_hash = $1 AND touched_at <= $2)`,
		hash, sqlite.Micros(now.Add(-touchEvery))).Scan(&due)
	if err != nil || !due {
		return err
	}
	_, err = s.db.Exec(ctx, `UPDATE sessions SET touched_at = $2 WHERE token_hash = $1 AND touched_at > $3 AND touched_at < $2`,
		hash, sqlite.Micros(now), sqlite.Micros(now.Add(-SessionIdle)))
	return err
}

// Purge drops sessions that have expired, and the memory of those that ended long ago.
func (s *Sessions) Purge(ctx context.Context) error {
	now := s.now()
	return s.db.Tx(ctx, func(tx *sql.Tx) error {
		_, err := s.end(ctx, tx, `touched_at <= $1 OR created_at <= $2`, sqlite.Micros(now.Add(-SessionIdle)), sqlite.Micros(now.Add(-SessionAbsolute)))
		if err != nil {
			return err
		}
		_, err = tx.ExecContext(ctx, `DELETE FROM ended_sessions WHERE until <= $1`, sqlite.Micros(now))
		return err
	})
}

// Count returns the number of sessions, expired ones included until the next Purge.
func (s *Sessions) Count(ctx context.Context) (n int, err error) {
	err = s.db.Read.QueryRowContext(ctx, `SELECT COUNT(*) FROM sessions`).Scan(&n)
	return n, err
}

// end deletes the sessions that match, remembering them.
func (s *Sessions) end(ctx context.Context, tx *sql.Tx, where string, args ...any) (ended int64, err error) {
	until := sqlite.Placeholders(len(args)+1, 1)
	_, err = tx.ExecContext(ctx, `INSERT INTO ended_sessions (token_hash, until) SELECT token_hash, `+until+` FROM sessions WHERE (`+where+`)
		ON CONFLICT (token_hash) DO NOTHING`, append(args, s.endedUntil())...)
	if err != nil {
		return 0, err
	}
	result, err := tx.ExecContext(ctx, `DELETE FROM sessions WHERE `+where, args...)
	if err != nil {
		return 0, err
	}
	return result.RowsAffected()
}

// endedUntil is when a session that ends now may be forgotten: no request lives as long as a whole session.
func (s *Sessions) endedUntil() int64 { return sqlite.Micros(s.now().Add(SessionAbsolute)) }

// The library's interface demands the forms without a context; it does not use them where those with one exist.

func (s *Sessions) Find(token string) ([]byte, bool, error) {
	return s.FindCtx(context.Background(), token)
}

func (s *Sessions) Commit(token string, data []byte, expiry time.Time) error {
	return s.CommitCtx(context.Background(), token, data, expiry)
}

func (s *Sessions) Delete(token string) error { return s.DeleteCtx(context.Background(), token) }

// hashOf names a session's row. Tokens hold 256 random bits, so a plain hash can't be searched backwards.
func hashOf(token string) string {
	sum := sha256.Sum256([]byte(token))
	return hex.EncodeToString(sum[:])
}

// rowContext binds a sealed session to its purpose and its row.
func rowContext(hash string) []byte { return []byte("sess/v1|" + hash) }

// Ping tells whether the file can be read and written.
func (s *Sessions) Ping(ctx context.Context) error { return s.db.Ping(ctx) }
