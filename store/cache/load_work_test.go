package cache_test

import (
	"os"
	"path/filepath"
	"sync/atomic"
	"testing"
	"time"

	"storefront/internal/catalog"
	"storefront/internal/pace"
	"storefront/store/cache"
	"storefront/store/sqlite"
	"storefront/store/storetest"
)

// count runs a query for one number on a file that is open elsewhere.
func count(t *testing.T, path, query string) (n int) {
	t.Helper()
	db, err := sqlite.Open(t.Context(), sqlite.Options{Path: path, Migrations: os.DirFS("migrations/sqlite")})
	if err != nil {
		t.Fatal(err)
	}
	defer db.Close()
	if err := db.Read.QueryRowContext(t.Context(), query).Scan(&n); err != nil {
		t.Fatal(err)
	}
	return n
}

func begun(t *testing.T, s *cache.Store, items []catalog.Item) *cache.Load {
	t.Helper()
	load, err := s.BeginLoad(t.Context())
	if err != nil {
		t.Fatal(err)
	}
	if err := load.Put(t.Context(), items); err != nil {
		t.Fatal(err)
	}
	return load
}

func TestALoadWritesDownOnlyWhatDiffers(t *testing.T) {
	path := filepath.Join(t.TempDir(), "cache.db")
	s := storetest.CacheAt(t, path, time.Now)
	fill(t, s, storetest.Items(500))
	next := storetest.Items(502)
	next[7].Name += ", 2K"
	load := begun(t, s, next)
	if got := count(t, path, `SELECT COUNT(*) FROM staged_items`); got != 3 {
		t.Errorf("%d rows are staged for one change and two newcomers", got)
	}
	if got, err := load.Commit(t.Context()); err != nil || got != (cache.LoadResult{Added: 2, Changed: 1, Total: 502}) {
		t.Errorf("%+v, %v", got, err)
	}
}

// The second of two different things said of an item counts, also where it is what was known before.
func TestADifferenceThatIsTakenBackIsNone(t *testing.T) {
	s := storetest.Cache(t, time.Now)
	fill(t, s, storetest.Items(200))
	renamed := storetest.Items(200)
	renamed[3].Name = "Другое имя"
	load := begun(t, s, append(renamed, storetest.Items(200)...))
	if got, err := load.Commit(t.Context()); err != nil || got != (cache.LoadResult{Total: 200}) {
		t.Errorf("%+v, %v", got, err)
	}
	if item, err := s.Item(t.Context(), storetest.ItemID(3)); err != nil || item.Name != storetest.Item(3).Name {
		t.Errorf("%q, %v", item.Name, err)
	}
}

// The log of a file that was just opened is empty: its size is what has been written.
func TestALoadThatChangesNothingWritesNextToNothing(t *testing.T) {
	const most = 128 << 10 // bytes, where the items take two megabytes
	path := filepath.Join(t.TempDir(), "cache.db")
	first, err := cache.Open(t.Context(), path, time.Now)
	if err != nil {
		t.Fatal(err)
	}
	items := storetest.Items(2_000)
	for i := range items {
		items[i].Description = string(make([]byte, 1_000))
	}
	fill(t, first, items)
	if err := first.Close(); err != nil {
		t.Fatal(err)
	}
	s := storetest.CacheAt(t, path, time.Now)
	if got := fill(t, s, items); got.Changes() {
		t.Errorf("%+v", got)
	}
	log, err := os.Stat(path + "-wal")
	if err != nil || log.Size() > most {
		t.Errorf("%d bytes were written, %v", log.Size(), err)
	}
}

// A statement is about few rows: others get their turn between two.
func TestALoadStepsAsideWhileItCompares(t *testing.T) {
	const items, most = 2_000, 50 // rows between two looks at the clock
	s := storetest.Cache(t, time.Now)
	fill(t, s, storetest.Items(items))
	load := begun(t, s, storetest.Items(items))
	var looks atomic.Int64
	gate := pace.New(func() time.Time {
		looks.Add(1)
		return storetest.Start
	})
	if _, err := load.Commit(pace.With(t.Context(), gate)); err != nil {
		t.Fatal(err)
	}
	if got := looks.Load(); got < items/most {
		t.Errorf("%d steps for %d rows", got, items)
	}
}

// What joined by itself while a load was on its way was read later than the load, and stays as it is.
func TestALoadDoesNotSetBackWhatWasReadMeanwhile(t *testing.T) {
	s := storetest.Cache(t, time.Now)
	fill(t, s, storetest.Items(100))
	load := begun(t, s, storetest.Items(100))
	fresher := storetest.Items(1)
	fresher[0].Name = "Свежее имя"
	if err := s.UpsertItems(t.Context(), fresher); err != nil {
		t.Fatal(err)
	}
	if _, err := load.Commit(t.Context()); err != nil {
		t.Fatal(err)
	}
	if item, err := s.Item(t.Context(), fresher[0].ID); err != nil || item.Name != "Свежее имя" {
		t.Errorf("%q, %v", item.Name, err)
	}
}
