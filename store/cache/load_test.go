package cache_test

import (
	"context"
	"errors"
	"slices"
	"strings"
	"sync"
	"testing"
	"time"

	"storefront/internal/catalog"
	"storefront/store/cache"
	"storefront/store/storetest"
)

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

// Nothing of the first assortment is new; what joins later is, however it came, until it leaves.
func TestNewItems(t *testing.T) {
	clock := storetest.NewClock()
	s := storetest.Cache(t, clock.Now)
	want := func(what string, since time.Time, ids ...catalog.ItemID) {
		t.Helper()
		got, err := s.NewItems(t.Context(), since, 10)
		var found []catalog.ItemID
		for _, item := range got {
			found = append(found, item.Item.ID)
		}
		if err != nil || !slices.Equal(found, ids) {
			t.Errorf("%s: new are %v, %v, want %v", what, found, err, ids)
		}
	}
	if err := s.UpsertItems(t.Context(), storetest.Items(3)); err != nil { // looked at while the first load is on its way
		t.Fatal(err)
	}
	fill(t, s, storetest.Items(20))
	want("at first", time.Time{})
	visit := clock.Now()
	clock.Advance(time.Hour)
	fill(t, s, storetest.Items(21))
	if err := s.UpsertItems(t.Context(), storetest.Items(22)); err != nil {
		t.Fatal(err)
	}
	want("later", visit, storetest.ItemID(20), storetest.ItemID(21))
	changed := storetest.Items(22)
	changed[20].Name += ", 2K"
	fill(t, s, changed)
	want("a change is not news", visit, storetest.ItemID(20), storetest.ItemID(21))
	want("after it", clock.Now())
	fill(t, s, storetest.Items(21))
	want("what left is not new", visit, storetest.ItemID(20))
}

func BenchmarkReloadOfTheSameCatalogue(b *testing.B) {
	s := storetest.Cache(b, time.Now)
	items := storetest.Items(13_000)
	fill(b, s, items)
	for b.Loop() {
		fill(b, s, items)
	}
}
