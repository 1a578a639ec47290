package cache_test

import (
	"context"
	"errors"
	"math/rand/v2"
	"os"
	"path/filepath"
	"slices"
	"strings"
	"sync"
	"sync/atomic"
	"testing"
	"time"

	"github.com/google/go-cmp/cmp"
	"go.uber.org/goleak"

	"storefront/internal/catalog"
	"storefront/internal/errkind"
	"storefront/internal/money"
	"storefront/store/cache"
	"storefront/store/storetest"
)

func TestMain(m *testing.M) { goleak.VerifyTestMain(m) }

var decimals = cmp.Comparer(func(a, b catalog.Item) bool { return cmp.Equal(a, b) })

// fill commits a load of items.
func fill(t testing.TB, s *cache.Store, items []catalog.Item) cache.LoadResult {
	t.Helper()
	result, err := tryFill(t, s, items)
	if err != nil {
		t.Fatal(err)
	}
	return result
}

func tryFill(t testing.TB, s *cache.Store, items []catalog.Item) (cache.LoadResult, error) {
	t.Helper()
	load, err := s.BeginLoad(t.Context())
	if err != nil {
		t.Fatal(err)
	}
	for portion := range slices.Chunk(items, 1000) {
		if err := load.Put(t.Context(), portion); err != nil {
			t.Fatal(err)
		}
	}
	return load.Commit(t.Context())
}

// assortment lists the ids that EachItem yields.
func assortment(t testing.TB, s *cache.Store) (ids []catalog.ItemID) {
	t.Helper()
	err := s.EachItem(t.Context(), func(item catalog.Item) error {
		ids = append(ids, item.ID)
		return nil
	})
	if err != nil {
		t.Fatal(err)
	}
	return ids
}

func TestItemsComeBackAsTheyWereInTheOrderAskedFor(t *testing.T) {
	s := storetest.Cache(t, time.Now)
	items := storetest.Items(30)
	items[3].TransitDate = time.Date(2026, 3, 2, 0, 0, 0, 0, time.UTC)
	items[4] = catalog.Item{ID: "A/1", Name: "«»<script>'\"; DROP TABLE items"}
	fill(t, s, items)

	got, err := s.Items(t.Context(), []catalog.ItemID{items[4].ID, "missing", items[20].ID, items[3].ID})
	if err != nil {
		t.Fatal(err)
	}
	if diff := cmp.Diff([]catalog.Item{items[4], items[20], items[3]}, got, decimals); diff != "" {
		t.Error(diff)
	}
	one, err := s.Item(t.Context(), items[7].ID)
	if diff := cmp.Diff(items[7], one); err != nil || diff != "" {
		t.Error(err, diff)
	}
	if _, err := s.Item(t.Context(), "missing"); !errors.Is(err, cache.ErrNoItem) || !errkind.Is(err, errkind.NotFound) {
		t.Errorf("a missing item: %v", err)
	}
	if none, err := s.Items(t.Context(), nil); len(none) != 0 || err != nil {
		t.Errorf("nothing asked for: %v, %v", none, err)
	}
}

func TestTheFirstLoadShowsAtOnceLaterOnesWhenTheyAreWhole(t *testing.T) {
	s := storetest.Cache(t, time.Now)
	for n, wantDuring := range []int{10, 20} { // the second brings 20 more, seen only after Commit
		load, err := s.BeginLoad(t.Context())
		if err != nil {
			t.Fatal(err)
		}
		if n == 1 {
			wantDuring = 10
		}
		if err := load.Put(t.Context(), storetest.Items(10*(1+2*n))); err != nil {
			t.Fatal(err)
		}
		if got := len(assortment(t, s)); got != wantDuring {
			t.Errorf("load %d: %d items are seen before it ends, want %d", n+1, got, wantDuring)
		}
		if _, err := load.Commit(t.Context()); err != nil {
			t.Fatal(err)
		}
	}
	if got := len(assortment(t, s)); got != 30 {
		t.Errorf("%d items in the end, want 30", got)
	}
}

func TestALoadCountsWhatItChanged(t *testing.T) {
	clock := storetest.NewClock()
	s := storetest.Cache(t, clock.Now)
	if got, want := fill(t, s, storetest.Items(100)), (cache.LoadResult{Added: 100, Total: 100}); got != want {
		t.Errorf("first: %+v, want %+v", got, want)
	}
	if got, want := fill(t, s, storetest.Items(100)), (cache.LoadResult{Total: 100}); got != want {
		t.Errorf("the same again: %+v, want %+v", got, want)
	}
	next := slices.Concat(storetest.Items(103)[:50], storetest.Items(103)[55:])
	next[0].Name = "Другое имя"
	if got, want := fill(t, s, next), (cache.LoadResult{Added: 3, Changed: 1, Gone: 5, Total: 98}); got != want {
		t.Errorf("some changed: %+v, want %+v", got, want)
	}
	if gone, err := s.Item(t.Context(), storetest.ItemID(52)); err != nil || gone.ID == "" {
		t.Errorf("an item that left the assortment can't be named any longer: %v", err)
	}
	if got := fill(t, s, storetest.Items(103)); got.Total != 103 || got.Changed != 6 {
		t.Errorf("items that returned: %+v, want them changed", got)
	}
	sizes, err := s.Sizes(t.Context())
	if err != nil || sizes.Items != 103 || sizes.Gone != 0 {
		t.Errorf("sizes %+v, %v", sizes, err)
	}
}

func TestAnAnswerThatLosesMuchIsBelievedTheThirdTime(t *testing.T) {
	tests := map[string]struct {
		answer   []catalog.Item
		believed bool
	}{
		"a fifth less":           {storetest.Items(80), true},
		"more than a fifth less": {storetest.Items(79), false},
		"half":                   {storetest.Items(50), false},
		"nothing":                {nil, false},
		"all others":             {storetest.Items(300)[200:], false},
	}
	for name, test := range tests {
		t.Run(name, func(t *testing.T) {
			s := storetest.Cache(t, time.Now)
			fill(t, s, storetest.Items(100))
			for read := 1; read <= cache.Convincing; read++ {
				_, err := tryFill(t, s, test.answer)
				believed := test.believed || read == cache.Convincing
				if believed != (err == nil) || !believed && !errors.Is(err, cache.ErrShrunk) {
					t.Fatalf("read %d: %v", read, err)
				}
				want := 100
				if believed {
					want = len(test.answer)
				}
				if got := len(assortment(t, s)); got != want {
					t.Fatalf("read %d: %d items, want %d", read, got, want)
				}
			}
		})
	}
}

func TestDifferentShrunkAnswersDoNotConvince(t *testing.T) {
	s := storetest.Cache(t, time.Now)
	fill(t, s, storetest.Items(100))
	for n := range 6 { // two different halves by turns
		if _, err := tryFill(t, s, storetest.Items(100)[50*(n%2):50*(n%2)+50]); !errors.Is(err, cache.ErrShrunk) {
			t.Fatalf("read %d: %v", n, err)
		}
	}
	fill(t, s, storetest.Items(100)) // a whole answer clears the suspicion
	for range cache.Convincing - 1 {
		if _, err := tryFill(t, s, storetest.Items(50)); !errors.Is(err, cache.ErrShrunk) {
			t.Fatal(err)
		}
	}
}

func TestReadersSeeOneGeneration(t *testing.T) {
	s := storetest.Cache(t, time.Now)
	generation := func(n int) []catalog.Item {
		items := storetest.Items(200)
		for i := range items {
			items[i].Name = strings.Repeat("x", n)
		}
		return items
	}
	fill(t, s, generation(1))

	ctx, stop := context.WithCancel(t.Context())
	var readers sync.WaitGroup
	for range 2 {
		readers.Go(func() {
			for ctx.Err() == nil {
				names := map[string]int{}
				err := s.EachItem(t.Context(), func(item catalog.Item) error {
					names[item.Name]++
					return nil
				})
				if err != nil || len(names) != 1 {
					t.Errorf("a reader saw %d generations: %v", len(names), err)
					return
				}
			}
		})
	}
	for n := range 10 {
		fill(t, s, generation(n+2))
	}
	stop()
	readers.Wait()
}

func TestALoadThatWasAbandonedLeavesNothing(t *testing.T) {
	s := storetest.Cache(t, time.Now)
	fill(t, s, storetest.Items(10))
	abandoned, err := s.BeginLoad(t.Context())
	if err != nil {
		t.Fatal(err)
	}
	if err := abandoned.Put(t.Context(), storetest.Items(50)); err != nil {
		t.Fatal(err)
	}
	fill(t, s, storetest.Items(11))
	if err := abandoned.Put(t.Context(), storetest.Items(60)); !errors.Is(err, cache.ErrLoadLost) {
		t.Errorf("Put after another load: %v", err)
	}
	if _, err := abandoned.Commit(t.Context()); !errors.Is(err, cache.ErrLoadLost) {
		t.Errorf("Commit after another load: %v", err)
	}
	if err := abandoned.Abort(t.Context()); err != nil {
		t.Errorf("Abort: %v", err)
	}
	if got := len(assortment(t, s)); got != 11 {
		t.Errorf("%d items, want 11", got)
	}
}

func TestAbortKeepsTheOldGeneration(t *testing.T) {
	s := storetest.Cache(t, time.Now)
	fill(t, s, storetest.Items(10))
	load, err := s.BeginLoad(t.Context())
	if err != nil {
		t.Fatal(err)
	}
	if err := errors.Join(load.Put(t.Context(), storetest.Items(50)), load.Abort(t.Context())); err != nil {
		t.Fatal(err)
	}
	if got := len(assortment(t, s)); got != 10 {
		t.Errorf("%d items, want 10", got)
	}
}

func TestItemsOutsideALoad(t *testing.T) {
	s := storetest.Cache(t, time.Now)
	fill(t, s, storetest.Items(10))
	changed := storetest.Item(3)
	changed.Name = "Новое имя"
	if err := s.UpsertItems(t.Context(), []catalog.Item{changed, storetest.Item(10)}); err != nil {
		t.Fatal(err)
	}
	got, err := s.Items(t.Context(), []catalog.ItemID{changed.ID, storetest.ItemID(10)})
	if diff := cmp.Diff([]catalog.Item{changed, storetest.Item(10)}, got); err != nil || diff != "" {
		t.Error(err, diff)
	}
	if err := s.UpsertItems(t.Context(), []catalog.Item{{Name: "без номера"}}); err == nil {
		t.Error("an item without an id was taken")
	}
}

func TestCategories(t *testing.T) {
	s := storetest.Cache(t, time.Now)
	tree := []catalog.Category{{ID: "Z", Name: "Картриджи"}, {ID: "A", Parent: "Z", Name: "Оригинальные"}, {ID: "M", Parent: "Z", Name: "Совместимые"}}
	if err := s.ReplaceCategories(t.Context(), tree); err != nil {
		t.Fatal(err)
	}
	if err := s.ReplaceCategories(t.Context(), nil); !errors.Is(err, cache.ErrShrunk) {
		t.Errorf("an empty answer: %v", err)
	}
	got, err := s.Categories(t.Context())
	if diff := cmp.Diff(tree, got); err != nil || diff != "" {
		t.Error(err, diff)
	}
}

func TestFits(t *testing.T) {
	s := storetest.Cache(t, time.Now)
	fits := []catalog.Fit{
		{ItemID: "B", Brand: "HP", Category: "Принтер", Model: "LaserJet M125"},
		{ItemID: "A", Brand: "HP", Category: "Принтер", Model: "LaserJet M125"},
		{ItemID: "A", Brand: "Canon", Category: "МФУ", Model: "MF3010"},
		{ItemID: "A", Brand: "Canon", Category: "МФУ", Model: "MF3010"},
	}
	if err := s.ReplaceFits(t.Context(), slices.Values(fits)); err != nil {
		t.Fatal(err)
	}
	if err := s.ReplaceFits(t.Context(), slices.Values(fits[:1])); !errors.Is(err, cache.ErrShrunk) {
		t.Errorf("a halved answer: %v", err)
	}
	of, err := s.Fits(t.Context(), "A")
	if diff := cmp.Diff([]catalog.Fit{fits[2], fits[1]}, of); err != nil || diff != "" {
		t.Error(err, diff)
	}
	var all []catalog.Fit
	err = s.EachFit(t.Context(), func(fit catalog.Fit) error {
		all = append(all, fit)
		return nil
	})
	if diff := cmp.Diff([]catalog.Fit{fits[2], fits[1], fits[0]}, all); err != nil || diff != "" {
		t.Error(err, diff)
	}
}

func TestRate(t *testing.T) {
	s := storetest.Cache(t, time.Now)
	if rate, err := s.Rate(t.Context()); err != nil || rate.Known() {
		t.Errorf("before any was read: %v, %v", rate, err)
	}
	want := money.Rate{RUB: storetest.Dec("95.1234"), SetAt: storetest.Start}
	if err := errors.Join(s.PutRate(t.Context(), money.Rate{RUB: storetest.Dec("90")}), s.PutRate(t.Context(), want)); err != nil {
		t.Fatal(err)
	}
	got, err := s.Rate(t.Context())
	if diff := cmp.Diff(want, got); err != nil || diff != "" {
		t.Error(err, diff)
	}
}

func TestRuns(t *testing.T) {
	clock := storetest.NewClock()
	s := storetest.Cache(t, clock.Now)
	first, err := s.StartRun(t.Context(), "catalogue")
	if err != nil {
		t.Fatal(err)
	}
	clock.Advance(time.Minute)
	if err := s.FinishRun(t.Context(), first, 13_000, errkind.Timeout, "no answer"); err != nil {
		t.Fatal(err)
	}
	second, err := s.StartRun(t.Context(), "rate")
	if err != nil {
		t.Fatal(err)
	}
	want := []cache.Run{
		{ID: second, Job: "rate", StartedAt: clock.Now()},
		{ID: first, Job: "catalogue", StartedAt: storetest.Start, FinishedAt: clock.Now(), Done: 13_000, Failed: errkind.Timeout, Detail: "no answer"},
	}
	got, err := s.Runs(t.Context(), 10)
	if diff := cmp.Diff(want, got); err != nil || diff != "" {
		t.Error(err, diff)
	}
	for range 600 {
		if _, err := s.StartRun(t.Context(), "rate"); err != nil {
			t.Fatal(err)
		}
	}
	if got, err := s.Runs(t.Context(), 1000); err != nil || len(got) != 500 {
		t.Errorf("%d runs are kept, want 500: %v", len(got), err)
	}
}

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

func BenchmarkItemsOfAPage(b *testing.B) {
	s := storetest.Cache(b, time.Now)
	fill(b, s, storetest.Items(13_000))
	random := rand.New(rand.NewPCG(1, 2))
	ids := make([]catalog.ItemID, 50)
	for b.Loop() {
		for i := range ids {
			ids[i] = storetest.ItemID(random.IntN(13_000))
		}
		if _, err := s.Items(b.Context(), ids); err != nil {
			b.Fatal(err)
		}
	}
}

func BenchmarkReloadOfTheSameCatalogue(b *testing.B) {
	s := storetest.Cache(b, time.Now)
	items := storetest.Items(13_000)
	fill(b, s, items)
	for b.Loop() {
		fill(b, s, items)
	}
}
