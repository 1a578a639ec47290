package cache_test

import (
	"context"
	"errors"
	"math/rand/v2"
	"os"
	"path/filepath"
	"strings"
	"sync"
	"sync/atomic"
	"testing"
	"time"

	"storefront/internal/catalog"
	"storefront/store/cache"
	"storefront/store/storetest"
)

func TestTheCacheOutlivesTheProcess(t *testing.T) {
	path := filepath.Join(t.TempDir(), "cache.db")
	first, err := cache.Open(t.Context(), path, time.Now)
	if err != nil {
		t.Fatal(err)
	}
	fill(t, first, storetest.Items(10))
	if err := errors.Join(first.PutPrices(t.Context(), "ivan", storetest.Chunks(10, 1, storetest.Start)), first.Close()); err != nil {
		t.Fatal(err)
	}
	second := storetest.CacheAt(t, path, time.Now)
	if got := len(assortment(t, second)); got != 10 {
		t.Errorf("%d items, want 10", got)
	}
	if chunks, _, err := second.Prices(t.Context(), "ivan"); err != nil || len(chunks) != 10 {
		t.Errorf("%d chunks, %v", len(chunks), err)
	}
}

func TestDeletingTheFileWhileRunningLosesNothingButTime(t *testing.T) {
	path := filepath.Join(t.TempDir(), "cache.db")
	s := storetest.CacheAt(t, path, time.Now)
	var reopened atomic.Int64
	s.OnReopen(func() { reopened.Add(1) })
	for round := int64(1); round <= 3; round++ {
		fill(t, s, storetest.Items(50))
		lost, err := s.BeginLoad(t.Context())
		if err != nil {
			t.Fatal(err)
		}
		if err := os.Remove(path); err != nil {
			t.Fatal(err)
		}
		if got := len(assortment(t, s)); got != 0 {
			t.Errorf("%d items in a deleted cache", got)
		}
		if got := reopened.Load(); got != round {
			t.Errorf("told %d times, want %d", got, round)
		}
		if err := lost.Put(t.Context(), storetest.Items(5)); !errors.Is(err, cache.ErrLoadLost) {
			t.Errorf("a load that began in the deleted file: %v", err)
		}
	}
	if got := fill(t, s, storetest.Items(50)); got.Total != 50 {
		t.Errorf("after the deletions: %+v", got)
	}
}

func TestDeletingTheFileUnderLoadShowsNobodyAnError(t *testing.T) {
	path := filepath.Join(t.TempDir(), "cache.db")
	s := storetest.CacheAt(t, path, time.Now)
	fill(t, s, storetest.Items(50))
	ctx, stop := context.WithCancel(t.Context())
	var users sync.WaitGroup
	for n := range 4 {
		users.Go(func() {
			for ctx.Err() == nil {
				if _, err := s.Items(t.Context(), []catalog.ItemID{storetest.ItemID(n)}); err != nil {
					t.Error(err)
					return
				}
				if err := s.PutPrices(t.Context(), "ivan", storetest.Chunks(5, 1, storetest.Start)); err != nil {
					t.Error(err)
					return
				}
			}
		})
	}
	for range 20 {
		err := errors.Join(os.RemoveAll(path), os.RemoveAll(path+"-wal"), os.RemoveAll(path+"-shm"))
		if err != nil {
			t.Fatal(err)
		}
		if err := s.UpsertItems(t.Context(), storetest.Items(5)); err != nil {
			t.Fatal(err)
		}
	}
	stop()
	users.Wait()
}

func TestADamagedFileIsSetAside(t *testing.T) {
	damage := map[string]func(content []byte) []byte{
		"no database":      func([]byte) []byte { return []byte(strings.Repeat("garbage ", 1000)) },
		"a flipped header": func(b []byte) []byte { b[3] ^= 0xff; return b },
		"pages overwritten": func(b []byte) []byte {
			random := rand.New(rand.NewPCG(1, 2))
			for i := 4096; i < len(b); i++ {
				b[i] = byte(random.Uint32())
			}
			return b
		},
		"cut off": func(b []byte) []byte { return b[:len(b)/2] },
	}
	for name, spoil := range damage {
		t.Run(name, func(t *testing.T) {
			path := filepath.Join(t.TempDir(), "cache.db")
			whole, err := cache.Open(t.Context(), path, time.Now)
			if err != nil {
				t.Fatal(err)
			}
			fill(t, whole, storetest.Items(200))
			if err := whole.Close(); err != nil {
				t.Fatal(err)
			}
			content, err := os.ReadFile(path)
			if err != nil {
				t.Fatal(err)
			}
			if err := os.WriteFile(path, spoil(content), 0o600); err != nil {
				t.Fatal(err)
			}
			s := storetest.CacheAt(t, path, time.Now)
			if got := len(assortment(t, s)); got != 0 {
				t.Errorf("%d items out of a damaged file", got)
			}
			if _, err := os.Stat(path + ".damaged"); err != nil {
				t.Errorf("the damaged file was not kept: %v", err)
			}
			if got := fill(t, s, storetest.Items(10)); got.Total != 10 {
				t.Errorf("the new file: %+v", got)
			}
		})
	}
}

func TestAClosedCacheStaysClosed(t *testing.T) {
	path := filepath.Join(t.TempDir(), "cache.db")
	s, err := cache.Open(t.Context(), path, time.Now)
	if err != nil {
		t.Fatal(err)
	}
	if err := errors.Join(s.Close(), os.Remove(path)); err != nil {
		t.Fatal(err)
	}
	if _, err := s.Categories(t.Context()); err == nil {
		t.Error("a closed cache answers")
	}
	if _, err := os.Stat(path); !os.IsNotExist(err) {
		t.Errorf("a closed cache made its file again: %v", err)
	}
}
