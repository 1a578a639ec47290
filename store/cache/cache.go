// Package cache keeps what the distributor can tell again: categories, items, price lists, the rate, compatibility and the
// record of synchronisation runs. Its file may be deleted at any time, even while it is open: the loss is noticed, an empty
// file takes its place, and OnReopen tells the jobs to fill it. A damaged file is set aside and treated the same way.
//
// Descriptions of items are shared by all buyers. Prices are not: every read of them names the buyer.
package cache

import (
	"context"
	"embed"
	"errors"
	"fmt"
	"io/fs"
	"os"
	"sync"
	"sync/atomic"
	"time"

	"storefront/store/sqlite"
)

//go:embed migrations/sqlite/*.sql
var migrations embed.FS

// Store is an open cache.
type Store struct {
	path string
	now  func() time.Time

	db        atomic.Pointer[sqlite.DB]
	held      held
	reopening sync.Mutex // held while one file takes the place of another
	closed    bool       // guarded by reopening
	onReopen  func()
}

// Open opens the cache, creating it where it is missing and replacing it where it is damaged.
func Open(ctx context.Context, path string, now func() time.Time) (*Store, error) {
	s := &Store{path: path, now: now, onReopen: func() {}}
	db, err := s.open(ctx)
	if err != nil {
		return nil, err
	}
	s.db.Store(db)
	return s, nil
}

// OnReopen sets what is called after the cache was found lost and an empty one opened. It must not block. Set it before the
// store is shared.
func (s *Store) OnReopen(call func()) { s.onReopen = call }

// Close closes the file for good.
func (s *Store) Close() error {
	s.reopening.Lock()
	defer s.reopening.Unlock()
	s.closed = true
	return s.db.Load().Close()
}

func (s *Store) open(ctx context.Context) (*sqlite.DB, error) {
	db, err := s.openFile(ctx)
	if !sqlite.Damaged(err) {
		return db, err
	}
	if err := s.setAside(); err != nil {
		return nil, err
	}
	return s.openFile(ctx)
}

func (s *Store) openFile(ctx context.Context) (*sqlite.DB, error) {
	if _, err := os.Stat(s.path); errors.Is(err, fs.ErrNotExist) {
		if err := sqlite.Remove(s.path); err != nil { // a log may have stayed
			return nil, err
		}
	}
	schema, err := fs.Sub(migrations, "migrations/sqlite")
	if err != nil {
		return nil, err
	}
	return sqlite.Open(ctx, sqlite.Options{Path: s.path, Migrations: schema})
}

// setAside keeps the latest damaged file for whoever wants to know why.
func (s *Store) setAside() error {
	if err := os.Rename(s.path, s.path+".damaged"); err != nil {
		return fmt.Errorf("set the damaged cache aside: %w", err)
	}
	return sqlite.Remove(s.path)
}

// current returns the open file, replacing one that was deleted from under us.
func (s *Store) current(ctx context.Context) (*sqlite.DB, error) {
	db := s.db.Load()
	if !db.Moved() {
		return db, nil
	}
	return s.reopen(ctx, db)
}

// attempts bounds how often in a row a new file is tried that can't be opened, or turns out damaged.
const attempts = 5

var errClosed = errors.New("the cache is closed")

// use runs op, and again on the next file whenever the one it ran on was lost meanwhile; so op must be harmless to repeat. A
// deletion never uses up an attempt: every one of them is somebody's wish, and the next file is as good as the first.
func (s *Store) use(ctx context.Context, op func(*sqlite.DB) error) error {
	for failures := 0; ; {
		db, err := s.current(ctx)
		if err == nil {
			err = op(db)
		}
		switch {
		case err == nil, errors.Is(err, errClosed), ctx.Err() != nil:
			return err
		case db == nil:
			failures++
		case !s.lost(db, err):
			return err
		case sqlite.Damaged(err):
			failures++
			_, failed := s.reopen(ctx, db)
			err = errors.Join(err, failed)
		default:
			failures = 0
		}
		if failures == attempts {
			return err
		}
	}
}

// lost tells whether err of an operation on db comes from the file and not from the operation.
func (s *Store) lost(db *sqlite.DB, err error) bool {
	return s.db.Load() != db || db.Moved() || sqlite.Damaged(err)
}

// reopen replaces old unless somebody did it first.
func (s *Store) reopen(ctx context.Context, old *sqlite.DB) (*sqlite.DB, error) {
	s.reopening.Lock()
	defer s.reopening.Unlock()
	if s.closed {
		return nil, errClosed
	}
	if db := s.db.Load(); db != old {
		return db, nil
	}
	if old.Moved() && !old.Replaced() { // what is left of a half-deleted cache is no use
		if err := sqlite.Remove(s.path); err != nil {
			return nil, err
		}
	}
	// The reader whose request noticed may go away; the shop still needs its cache.
	db, err := s.open(context.WithoutCancel(ctx))
	if err != nil {
		return nil, fmt.Errorf("reopen the cache: %w", err)
	}
	s.db.Store(db)
	_ = old.Close() // its file is gone, and with it what could fail
	s.onReopen()
	return db, nil
}
