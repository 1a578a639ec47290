// Package state keeps what can't be read again from anywhere: carts, submissions, copies of orders with what was observed of
// them, accounts, the audit trail (state.db); and, in a file of their own that never goes into a backup, the sealed sessions
// (sessions.db). A commit has reached the disk when it returns.
//
// Whatever belongs to a buyer is reached only through his buyer.ID, and every statement on it says so in its SQL: somebody
// else's row answers like a missing one. The exceptions, for recovery and housekeeping, are named in a test.
package state

import (
	"context"
	"crypto/rand"
	"database/sql"
	"embed"
	"io/fs"
	"path/filepath"
	"time"

	"storefront/internal/order"
	"storefront/store/sqlite"
)

//go:embed migrations/sqlite/state/*.sql migrations/sqlite/sessions/*.sql
var migrations embed.FS

// File is the name of the database in its folder.
const File = "state.db"

// Store is the open state.db.
type Store struct {
	db  *file
	now func() time.Time
}

var (
	_ order.CartStore         = (*Store)(nil)
	_ order.SubmissionStore   = (*Store)(nil)
	_ order.OrderStore        = (*Store)(nil)
	_ order.WishStore         = (*Store)(nil)
	_ order.NoteTemplateStore = (*Store)(nil)
)

// Open opens state.db in dir, creating it where it is missing. Of a damaged file what can be read is read, and nothing is ever
// written: see Damage.
func Open(ctx context.Context, dir string, now func() time.Time) (*Store, error) {
	db, err := openFile(ctx, filepath.Join(dir, File), "migrations/sqlite/state")
	if err != nil {
		return nil, err
	}
	return &Store{db: db, now: now}, nil
}

// Damage tells what is wrong with the file; nil while nothing is known to be. From then on, until the program is started
// again on a sound file, every method that writes answers ErrDamaged, and those that read leave out what can't be read.
func (s *Store) Damage() error { return s.db.cause() }

// OnDamaged sets what is called, once, when the file turns out damaged: at once where it already did. Set it before the store
// is shared.
func (s *Store) OnDamaged(call func(cause error)) {
	s.db.onDamaged = call
	if cause := s.db.cause(); cause != nil {
		call(cause)
	}
}

// Close closes the file.
func (s *Store) Close() error { return s.db.Close() }

func open(ctx context.Context, path, migrationsDir string) (*sqlite.DB, error) {
	schema, err := fs.Sub(migrations, migrationsDir)
	if err != nil {
		return nil, err
	}
	return sqlite.Open(ctx, sqlite.Options{Path: path, Durable: true, Migrations: schema})
}

// newID returns an unguessable name of at least 128 random bits.
func newID() string { return rand.Text() }

// Ping tells whether the file can be read and written.
func (s *Store) Ping(ctx context.Context) error {
	return s.db.Tx(ctx, func(*sql.Tx) error { return nil })
}
