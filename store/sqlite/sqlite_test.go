package sqlite_test

import (
	"database/sql"
	"errors"
	"io/fs"
	"os"
	"path/filepath"
	"strings"
	"testing"
	"testing/fstest"
	"time"

	"github.com/google/go-cmp/cmp"
	"pgregory.net/rapid"

	"storefront/store/sqlite"
)

func schema(files ...string) fs.FS {
	migrations := fstest.MapFS{}
	for i, text := range files {
		name := "000" + string(rune('1'+i)) + "_step.sql"
		migrations[name] = &fstest.MapFile{Data: []byte("-- +goose Up\n" + text)}
	}
	return migrations
}

const notes = `CREATE TABLE notes (id INTEGER NOT NULL PRIMARY KEY, text TEXT NOT NULL UNIQUE) STRICT;`

func open(t *testing.T, o sqlite.Options) *sqlite.DB {
	t.Helper()
	db, err := sqlite.Open(t.Context(), o)
	if err != nil {
		t.Fatal(err)
	}
	t.Cleanup(func() { _ = db.Close() })
	return db
}

func pragma(t *testing.T, q sqlite.Querier, name string) (value string) {
	t.Helper()
	if err := q.QueryRowContext(t.Context(), `PRAGMA `+name).Scan(&value); err != nil {
		t.Fatal(err)
	}
	return value
}

func TestPragmasAreWhatTheFileIsFor(t *testing.T) {
	tests := map[string]struct {
		durable bool
		want    map[string]string
	}{
		"precious":    {true, map[string]string{"journal_mode": "wal", "synchronous": "2", "foreign_keys": "1", "busy_timeout": "10000", "secure_delete": "1", "temp_store": "2"}},
		"replaceable": {false, map[string]string{"journal_mode": "wal", "synchronous": "1", "foreign_keys": "1", "busy_timeout": "10000", "secure_delete": "0", "temp_store": "2"}},
	}
	for name, test := range tests {
		t.Run(name, func(t *testing.T) {
			db := open(t, sqlite.Options{Path: filepath.Join(t.TempDir(), "a.db"), Durable: test.durable, Migrations: schema(notes)})
			got := map[string]string{}
			err := db.Tx(t.Context(), func(tx *sql.Tx) error {
				for name := range test.want {
					got[name] = pragma(t, tx, name)
				}
				return nil
			})
			if err != nil {
				t.Fatal(err)
			}
			if diff := cmp.Diff(test.want, got); diff != "" {
				t.Error(diff)
			}
			if got := pragma(t, db.Read, "query_only"); got != "1" {
				t.Errorf("the readers may write: query_only = %s", got)
			}
		})
	}
}

func TestReadersCannotWrite(t *testing.T) {
	db := open(t, sqlite.Options{Path: filepath.Join(t.TempDir(), "a.db"), Migrations: schema(notes)})
	if _, err := db.Read.ExecContext(t.Context(), `INSERT INTO notes (text) VALUES ('x')`); err == nil {
		t.Error("a reader wrote")
	}
}

func TestFilesBelongToTheOwnerAlone(t *testing.T) {
	path := filepath.Join(t.TempDir(), "new folder", "a?b#c%20.db") // a name that a careless DSN would cut
	db := open(t, sqlite.Options{Path: path, Durable: true, Migrations: schema(notes)})
	if _, err := db.Exec(t.Context(), `INSERT INTO notes (text) VALUES ('x')`); err != nil {
		t.Fatal(err)
	}
	for _, name := range []string{path, path + "-wal", path + "-shm"} {
		info, err := os.Stat(name)
		if err != nil {
			t.Fatal(err)
		}
		if info.Mode().Perm() != 0o600 {
			t.Errorf("%s has mode %v", filepath.Base(name), info.Mode().Perm())
		}
	}
}

func TestAFailedTransactionLeavesNothing(t *testing.T) {
	db := open(t, sqlite.Options{Path: filepath.Join(t.TempDir(), "a.db"), Migrations: schema(notes)})
	failed := errors.New("failed")
	err := db.Tx(t.Context(), func(tx *sql.Tx) error {
		if _, err := tx.ExecContext(t.Context(), `INSERT INTO notes (text) VALUES ('x')`); err != nil {
			return err
		}
		return failed
	})
	if !errors.Is(err, failed) {
		t.Errorf("error is %v", err)
	}
	var n int
	if err := db.Read.QueryRow(`SELECT COUNT(*) FROM notes`).Scan(&n); err != nil || n != 0 {
		t.Errorf("%d rows, %v", n, err)
	}
}

func TestTheSchemaGrowsAndNeverShrinks(t *testing.T) {
	path := filepath.Join(t.TempDir(), "a.db")
	newer := schema(notes, `ALTER TABLE notes ADD COLUMN at INTEGER NOT NULL DEFAULT 0;`)
	for _, step := range []struct {
		migrations fs.FS
		want       error
	}{{schema(notes), nil}, {newer, nil}, {newer, nil}, {schema(notes), sqlite.ErrNewer}} {
		db, err := sqlite.Open(t.Context(), sqlite.Options{Path: path, Migrations: step.migrations})
		if !errors.Is(err, step.want) {
			t.Fatalf("error is %v, want %v", err, step.want)
		}
		if err == nil {
			_ = db.Close()
		}
	}
}

func TestAFailedMigrationLeavesTheOldSchema(t *testing.T) {
	path := filepath.Join(t.TempDir(), "a.db")
	_, err := sqlite.Open(t.Context(), sqlite.Options{Path: path, Migrations: schema(notes, `CREATE TABLE half (id INTEGER) STRICT; nonsense;`)})
	if err == nil {
		t.Fatal("nonsense was applied")
	}
	db := open(t, sqlite.Options{Path: path, Migrations: schema(notes)})
	var n int
	if err := db.Read.QueryRow(`SELECT COUNT(*) FROM sqlite_schema WHERE name = 'half'`).Scan(&n); err != nil || n != 0 {
		t.Errorf("half of a step was kept: %d, %v", n, err)
	}
}

func TestDamageIsToldFromOtherFailures(t *testing.T) {
	path := filepath.Join(t.TempDir(), "a.db")
	if err := os.WriteFile(path, []byte(strings.Repeat("no database at all ", 500)), 0o600); err != nil {
		t.Fatal(err)
	}
	_, err := sqlite.Open(t.Context(), sqlite.Options{Path: path, Migrations: schema(notes)})
	if !sqlite.Damaged(err) {
		t.Errorf("not called damaged: %v", err)
	}
	db := open(t, sqlite.Options{Path: filepath.Join(t.TempDir(), "b.db"), Migrations: schema(notes)})
	if _, err := db.Exec(t.Context(), `INSERT INTO missing VALUES (1)`); err == nil || sqlite.Damaged(err) || sqlite.Duplicate(err) {
		t.Errorf("a wrong statement is called damage or duplicate: %v", err)
	}
	for range 2 {
		_, err = db.Exec(t.Context(), `INSERT INTO notes (text) VALUES ('twice')`)
	}
	if !sqlite.Duplicate(err) || sqlite.Damaged(err) {
		t.Errorf("a duplicate is not called so: %v", err)
	}
}

func TestAFileThatIsGoneOrReplacedHasMoved(t *testing.T) {
	for _, suffix := range []string{"", "-wal", "-shm"} {
		path := filepath.Join(t.TempDir(), "a.db")
		db := open(t, sqlite.Options{Path: path, Migrations: schema(notes)})
		if db.Moved() || db.Replaced() {
			t.Errorf("%q: moved at once", suffix)
		}
		if err := os.Rename(path+suffix, path+".old"); err != nil {
			t.Fatal(err)
		}
		if !db.Moved() || db.Replaced() {
			t.Errorf("%q deleted: moved %v, replaced %v", suffix, db.Moved(), db.Replaced())
		}
		if err := os.WriteFile(path+suffix, nil, 0o600); err != nil {
			t.Fatal(err)
		}
		if !db.Moved() || db.Replaced() != (suffix == "") {
			t.Errorf("%q replaced: moved %v, replaced %v", suffix, db.Moved(), db.Replaced())
		}
	}
}

func TestContainsMatchesTextAsItIsWritten(t *testing.T) {
	db := open(t, sqlite.Options{Path: filepath.Join(t.TempDir(), "a.db"), Migrations: schema(notes)})
	rapid.Check(t, func(r *rapid.T) {
		alphabet := rapid.SampledFrom([]rune(`ab%_\й`))
		text, word := rapid.StringOf(alphabet).Draw(r, "text"), rapid.StringOf(alphabet).Draw(r, "word")
		var got bool
		if err := db.Read.QueryRow(`SELECT $1 LIKE $2 ESCAPE '\'`, text, sqlite.Contains(word)).Scan(&got); err != nil {
			r.Fatal(err)
		}
		if want := strings.Contains(text, word); got != want {
			r.Errorf("%q in %q: %v", word, text, got)
		}
	})
}

func TestMomentsComeBack(t *testing.T) {
	moscow := time.FixedZone("MSK", 3*3600)
	for _, at := range []time.Time{{}, time.Unix(0, 1000).UTC(), time.Date(2026, 3, 2, 10, 0, 0, 123456000, moscow), time.Date(1, 1, 1, 0, 0, 0, 0, moscow)} {
		if got := sqlite.Time(sqlite.Micros(at)); !got.Equal(at) || got.IsZero() != at.IsZero() {
			t.Errorf("%v came back as %v", at, got)
		}
	}
	var at time.Time
	if err := sqlite.At(&at).Scan("2026-03-02"); err == nil {
		t.Error("a text was taken for a moment")
	}
}

func TestJSONComesBack(t *testing.T) {
	want := []string{"ЗК-1", `"`}
	text, err := sqlite.JSON(&want).Value()
	if err != nil {
		t.Fatal(err)
	}
	var got []string
	if err := sqlite.JSON(&got).Scan(text); err != nil {
		t.Fatal(err)
	}
	if diff := cmp.Diff(want, got); diff != "" {
		t.Error(diff)
	}
	if err := sqlite.JSON(&got).Scan(int64(1)); err == nil {
		t.Error("a number was taken for JSON text")
	}
}

func TestPlaceholders(t *testing.T) {
	if got, want := sqlite.Placeholders(3, 3), "$3,$4,$5"; got != want {
		t.Errorf("got %s, want %s", got, want)
	}
}
