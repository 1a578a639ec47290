package state

import (
	"context"
	"database/sql"
	"errors"
	"fmt"
	"io/fs"
	"sync"
	"sync/atomic"

	"storefront/internal/errkind"
	"storefront/store/sqlite"
)

// ErrDamaged is returned for whatever would write to a damaged state.db. It is compared with errors.Is.
var ErrDamaged = errkind.New(errkind.StateDamaged, "")

// file is state.db, sound or damaged. A damaged one is only read, and never touched: whoever restores a backup may need every
// byte of it. What can't be read of it is as if it were not there: an empty database of the same schema answers instead, so
// that a page shows what is left and no page fails.
type file struct {
	db        *sqlite.DB
	schema    fs.FS
	finding   sync.Mutex // held while damage is taken note of
	damage    atomic.Pointer[damage]
	onDamaged func(cause error)
}

// damage is what was found wrong, and what answers where the file can't.
type damage struct {
	cause   error
	nothing *sqlite.DB
}

func openFile(ctx context.Context, path, migrationsDir string) (*file, error) {
	schema, err := fs.Sub(migrations, migrationsDir)
	if err != nil {
		return nil, err
	}
	f := &file{schema: schema, onDamaged: func(error) {}}
	var cause error
	f.db, cause = sqlite.Open(ctx, sqlite.Options{Path: path, Durable: true, Migrations: schema})
	if !sqlite.Damaged(cause) {
		return f, cause
	}
	if f.db, err = sqlite.OpenDamaged(path); err != nil {
		return nil, errors.Join(cause, err)
	}
	if err := f.found(ctx, cause); err != nil {
		return nil, errors.Join(cause, err, f.db.Close())
	}
	return f, nil
}

// Close closes the file; a damaged one as it was found.
func (f *file) Close() error {
	if d := f.damage.Load(); d != nil {
		return errors.Join(f.db.Read.Close(), d.nothing.Close())
	}
	return f.db.Close()
}

func (f *file) cause() error {
	if d := f.damage.Load(); d != nil {
		return d.cause
	}
	return nil
}

// found takes note of damage: nothing is written from now on.
func (f *file) found(ctx context.Context, cause error) error {
	f.finding.Lock()
	defer f.finding.Unlock()
	if f.damage.Load() != nil {
		return nil
	}
	ctx = context.WithoutCancel(ctx) // whose request finds it is chance
	nothing, err := sqlite.OpenEmpty(ctx, f.schema)
	if err != nil {
		return err
	}
	f.damage.Store(&damage{cause: cause, nothing: nothing})
	err = f.db.StopWriting(ctx)
	f.onDamaged(cause)
	return err
}

// noted turns the error of a write into ErrDamaged where the file is the reason.
func (f *file) noted(ctx context.Context, err error) error {
	if sqlite.Damaged(err) {
		return errors.Join(f.refusal(err), f.found(ctx, err))
	}
	if cause := f.cause(); err != nil && cause != nil { // found meanwhile, and the writer closed
		return f.refusal(err)
	}
	return err
}

func (f *file) refusal(cause error) error { return fmt.Errorf("%w: %w", ErrDamaged, cause) }

// Tx is sqlite.DB.Tx. ErrDamaged.
func (f *file) Tx(ctx context.Context, fn func(*sql.Tx) error) error {
	if cause := f.cause(); cause != nil {
		return f.refusal(cause)
	}
	return f.noted(ctx, f.db.Tx(ctx, fn))
}

// Exec is sqlite.DB.Exec. ErrDamaged.
func (f *file) Exec(ctx context.Context, statement string, args ...any) (changed int64, err error) {
	if cause := f.cause(); cause != nil {
		return 0, f.refusal(cause)
	}
	changed, err = f.db.Exec(ctx, statement, args...)
	return changed, f.noted(ctx, err)
}

// View runs fn on one snapshot, and once more on nothing where the file could not be read. So fn sets what it finds, and adds
// to nothing.
func (f *file) View(ctx context.Context, fn func(*sql.Tx) error) error {
	return f.read(ctx, func(ctx context.Context, db *sqlite.DB) error { return db.View(ctx, fn) })
}

// Ask is View for a single query.
func (f *file) Ask(ctx context.Context, fn func(context.Context, sqlite.Querier) error) error {
	return f.read(ctx, func(ctx context.Context, db *sqlite.DB) error { return fn(ctx, db.Read) })
}

func (f *file) read(ctx context.Context, from func(context.Context, *sqlite.DB) error) error {
	err := from(ctx, f.db)
	if sqlite.Damaged(err) {
		if failed := f.found(ctx, err); failed != nil {
			return errors.Join(f.refusal(err), failed)
		}
	}
	d := f.damage.Load()
	if d == nil || !unreadable(ctx, err) {
		return err
	}
	// Its one connection must outlive whoever asks: with it goes the database.
	return from(context.WithoutCancel(ctx), d.nothing)
}

// unreadable tells whether reading a damaged file failed for what is in it: damage also shows as a value that makes no sense,
// or as a column that was to be added.
func unreadable(ctx context.Context, err error) bool {
	return err != nil && ctx.Err() == nil && !errors.Is(err, sql.ErrNoRows) && errkind.Of(err) == errkind.Internal
}

// asked is a query with its arguments.
type asked struct {
	query string
	args  []any
}

func ask(query string, args ...any) asked { return asked{query, args} }

// collect reads every row of a query; fields names where the columns of one go.
func collect[T any](ctx context.Context, f *file, a asked, fields func(*T) []any) (all []T, err error) {
	err = f.Ask(ctx, func(ctx context.Context, q sqlite.Querier) error {
		rows, err := q.QueryContext(ctx, a.query, a.args...)
		all, err = sqlite.Collect(rows, err, fields)
		return err
	})
	return all, err
}
