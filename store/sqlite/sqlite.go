// Package sqlite opens the SQLite files of the stores. It is the only place that knows the engine: its driver, pragmas,
// error codes and quirks. What the stores themselves say is portable SQL with $1 placeholders.
//
// A database is one connection that writes and a pool that reads. The writer begins with the write lock (_txlock=immediate),
// so a transaction never finds out half-way that it may not write. Readers see the last commit and never wait for it (WAL).
package sqlite

import (
	"context"
	"database/sql"
	"errors"
	"fmt"
	"io/fs"
	"net/url"
	"os"
	"path/filepath"
	"runtime"
	"strconv"
	"strings"

	"modernc.org/sqlite"
	sqlite3 "modernc.org/sqlite/lib"
)

// MinVersion is the oldest SQLite that is accepted: 3.51.3 mended a WAL reset that could corrupt a database.
const MinVersion = "3.51.3"

// Options say how a file is opened.
type Options struct {
	Path string
	// Durable makes every commit survive a power cut (synchronous=FULL) and overwrites what is deleted. Otherwise a commit
	// may be lost, never torn (synchronous=NORMAL).
	Durable bool
	// Migrations holds the schema: numbered goose files, applied one transaction each.
	Migrations fs.FS
}

// DB is an open file.
type DB struct {
	// Read is for queries only: it refuses to write.
	Read *sql.DB
	// write holds the single connection that changes anything.
	write *sql.DB
	path  string
	files map[string]os.FileInfo
}

// Open opens the file, creating it with mode 0600, checks all of it, and brings its schema up to date. ErrNewer means that a
// later program has written the file; Damaged tells whether an error is a corrupt file.
func Open(ctx context.Context, o Options) (*DB, error) {
	if err := create(o.Path); err != nil {
		return nil, err
	}
	write, err := pool(writer(o), 1)
	if err != nil {
		return nil, err
	}
	read, err := readers(o.Path)
	if err != nil {
		return nil, err
	}
	db := &DB{Read: read, write: write, path: o.Path}
	if err := db.prepare(ctx, o); err != nil {
		return nil, errors.Join(fmt.Errorf("open %s: %w", filepath.Base(o.Path), err), db.Close())
	}
	return db, nil
}

// create makes an empty file readable by its owner alone; SQLite gives the -wal and -shm files the same mode.
func create(path string) error {
	if err := os.MkdirAll(filepath.Dir(path), 0o700); err != nil {
		return err
	}
	f, err := os.OpenFile(path, os.O_RDWR|os.O_CREATE, 0o600)
	if err != nil {
		return err
	}
	return f.Close()
}

func (db *DB) prepare(ctx context.Context, o Options) error {
	if err := checkVersion(ctx, db.Read); err != nil {
		return err
	}
	// The readers look, before anything is opened that could write: a damaged file and its log are left byte for byte.
	if err := check(ctx, db.Read); err != nil {
		return err
	}
	if err := migrate(ctx, db.write, o.Migrations); err != nil {
		return err
	}
	return db.identify()
}

// Close closes the file; the log is folded into it.
func (db *DB) Close() error { return errors.Join(db.Read.Close(), db.write.Close()) }

// StopWriting closes the writer and leaves the readers, with whom the log stays as it is. A reader is made sure of first:
// whoever leaves last folds the log in.
func (db *DB) StopWriting(ctx context.Context) error {
	_ = db.Read.PingContext(ctx) // where nothing can be opened, nothing can be folded in either
	return db.write.Close()
}

// Tx runs fn in a transaction that holds the write lock from its start. Keep it short, and never wait for the network in it.
func (db *DB) Tx(ctx context.Context, fn func(*sql.Tx) error) error {
	tx, err := db.write.BeginTx(ctx, nil)
	if err != nil {
		return err
	}
	defer func() { _ = tx.Rollback() }() // after Commit it does nothing
	if err := fn(tx); err != nil {
		return err
	}
	return tx.Commit()
}

// View runs fn on one snapshot: its queries agree with each other.
func (db *DB) View(ctx context.Context, fn func(*sql.Tx) error) error {
	tx, err := db.Read.BeginTx(ctx, nil)
	if err != nil {
		return err
	}
	defer func() { _ = tx.Rollback() }() // nothing was written
	return fn(tx)
}

// Exec runs one statement in a transaction of its own and returns the number of rows it changed.
func (db *DB) Exec(ctx context.Context, statement string, args ...any) (changed int64, err error) {
	result, err := db.write.ExecContext(ctx, statement, args...)
	if err != nil {
		return 0, err
	}
	return result.RowsAffected()
}

// Ping tells whether the file can be read, and written: the writer begins with the write lock.
func (db *DB) Ping(ctx context.Context) error {
	if err := db.Read.PingContext(ctx); err != nil {
		return err
	}
	return db.Tx(ctx, func(*sql.Tx) error { return nil })
}

// Moved tells whether the names no longer lead to the open files: the database or its log was deleted or replaced. It costs a
// few system calls. An open log without a name is as bad as no database: the next connection would begin another one.
func (db *DB) Moved() bool {
	for name, opened := range db.files {
		now, err := os.Stat(name)
		if err != nil || !os.SameFile(opened, now) {
			return true
		}
	}
	return false
}

// Replaced tells whether the path leads to another database than the open one.
func (db *DB) Replaced() bool {
	now, err := os.Stat(db.path)
	return err == nil && !os.SameFile(db.files[db.path], now)
}

// identify remembers which files were opened.
func (db *DB) identify() error {
	db.files = map[string]os.FileInfo{}
	for _, name := range []string{db.path, db.path + "-wal", db.path + "-shm"} {
		info, err := os.Stat(name)
		if err != nil {
			return err
		}
		db.files[name] = info
	}
	return nil
}

// check reads the whole file and reports damage. Without it damage would come to light piece by piece, as other errors.
func check(ctx context.Context, db *sql.DB) error {
	var answer string
	if err := db.QueryRowContext(ctx, `PRAGMA quick_check(1)`).Scan(&answer); err != nil {
		return err
	}
	if answer != "ok" {
		return fmt.Errorf("%w: %s", errDamaged, answer)
	}
	return nil
}

var errDamaged = errors.New("the database file is damaged")

// Damaged tells whether err says that the file is not a sound database.
func Damaged(err error) bool {
	if errors.Is(err, errDamaged) {
		return true
	}
	code := primaryCode(err)
	return code == sqlite3.SQLITE_CORRUPT || code == sqlite3.SQLITE_NOTADB
}

// Duplicate tells whether err is a violated UNIQUE constraint.
func Duplicate(err error) bool {
	e, ok := errors.AsType[*sqlite.Error](err)
	return ok && (e.Code() == sqlite3.SQLITE_CONSTRAINT_UNIQUE || e.Code() == sqlite3.SQLITE_CONSTRAINT_PRIMARYKEY)
}

// primaryCode returns SQLite's error code without its extension.
func primaryCode(err error) int {
	if e, ok := errors.AsType[*sqlite.Error](err); ok {
		return e.Code() & 0xff
	}
	return sqlite3.SQLITE_OK
}

// Remove deletes a database and its log. A log that outlives its database would be swallowed by the next one of that name.
func Remove(path string) error {
	return errors.Join(remove(path), remove(path+"-wal"), remove(path+"-shm"))
}

func remove(path string) error {
	if err := os.Remove(path); !errors.Is(err, fs.ErrNotExist) {
		return err
	}
	return nil
}

// writer names the file for SQLite; like the readers it never creates it: after a deletion that would hide what happened.
func writer(o Options) string {
	synchronous, secureDelete := "NORMAL", "OFF"
	if o.Durable {
		synchronous, secureDelete = "FULL", "ON"
	}
	return dsn(o.Path, "mode=rw", "_txlock=immediate", "_pragma=journal_mode(WAL)",
		"_pragma=synchronous("+synchronous+")", "_pragma=secure_delete("+secureDelete+")")
}

// readers opens the pool that reads a file.
func readers(path string) (*sql.DB, error) {
	return pool(dsn(path, "mode=ro", "_pragma=query_only(1)"), max(4, 2*runtime.GOMAXPROCS(0)))
}

func dsn(path string, parameters ...string) string {
	all := append([]string{
		"_pragma=busy_timeout(10000)", // milliseconds; first, as the others may have to wait for another process
		"_pragma=foreign_keys(1)",
		"_pragma=trusted_schema(0)",
		"_pragma=temp_store(2)", // memory: nothing of ours in the system's temporary folder
	}, parameters...)
	return "file:" + (&url.URL{Path: path}).EscapedPath() + "?" + strings.Join(all, "&")
}

// pool opens at most n connections, and keeps them.
func pool(dsn string, n int) (*sql.DB, error) {
	connector, err := sqlite.NewConnector(dsn)
	if err != nil {
		return nil, err
	}
	db := sql.OpenDB(connector)
	db.SetMaxOpenConns(n)
	db.SetMaxIdleConns(n)
	return db, nil
}

// checkVersion refuses an SQLite older than MinVersion.
func checkVersion(ctx context.Context, db *sql.DB) error {
	var version string
	if err := db.QueryRowContext(ctx, `SELECT sqlite_version()`).Scan(&version); err != nil {
		return err
	}
	if !atLeast(version, MinVersion) {
		return fmt.Errorf("SQLite %s is too old: %s or later is needed", version, MinVersion)
	}
	return nil
}

// atLeast compares dotted versions by number.
func atLeast(version, least string) bool {
	have, want := strings.Split(version, "."), strings.Split(least, ".")
	for i := range want {
		if i >= len(have) {
			return false
		}
		h, errH := strconv.Atoi(have[i])
		w, errW := strconv.Atoi(want[i])
		if errH != nil || errW != nil || h != w {
			return errH == nil && errW == nil && h > w
		}
	}
	return true
}
