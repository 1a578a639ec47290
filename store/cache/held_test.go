package cache_test

import (
	"os"
	"slices"
	"testing"
	"time"

	"storefront/internal/catalog"
	"storefront/store/storetest"
)

// Whatever was shown before, an item is what was written last: one by one, with a load that is shown as it comes, with one
// that is shown at its end, and in the file that takes the place of a lost one.
func TestAShownItemIsWhatWasWrittenLast(t *testing.T) {
	m := newMeasured(t)
	s := m.Store
	items := storetest.Items(3)
	ids := []catalog.ItemID{items[2].ID, "UNKNOWN", items[0].ID, items[1].ID}
	renamed := func(name string) []catalog.Item {
		changed := slices.Clone(items)
		for i := range changed {
			changed[i].Name = name
		}
		return changed
	}
	mustShow := func(what string, names ...string) {
		t.Helper()
		for range 2 { // read, then held
			got, err := s.Items(t.Context(), ids)
			var have []string
			for _, item := range got {
				have = append(have, item.Name)
			}
			if err != nil || !slices.Equal(have, names) {
				t.Errorf("%s: %q, %v; want %q", what, have, err, names)
			}
		}
	}
	mustShow("nothing was written")
	load, err := s.BeginLoad(t.Context())
	if err != nil {
		t.Fatal(err)
	}
	if err := load.Put(t.Context(), renamed("put")); err != nil {
		t.Fatal(err)
	}
	mustShow("the first load comes in", "put", "put", "put")
	if _, err := load.Commit(t.Context()); err != nil {
		t.Fatal(err)
	}
	if err := s.UpsertItems(t.Context(), renamed("alone")[:1]); err != nil {
		t.Fatal(err)
	}
	mustShow("one was written by itself", "put", "alone", "put")
	fill(t, s, renamed("loaded"))
	mustShow("a load was committed", "loaded", "loaded", "loaded")
	if err := os.Remove(m.path); err != nil {
		t.Fatal(err)
	}
	mustShow("the file was lost")
}

// Who reads through everything does not push out what pages show, and everything asked for comes whatever is held.
func TestManyItemsAtOnce(t *testing.T) {
	s := storetest.Cache(t, time.Now)
	items := storetest.Items(9_000)
	fill(t, s, items)
	ids := make([]catalog.ItemID, len(items))
	for i, item := range items {
		ids[i] = item.ID
	}
	for n := range slices.Chunk(ids, 90) {
		if got, err := s.Items(t.Context(), n); err != nil || len(got) != len(n) {
			t.Fatalf("%d of %d items, %v", len(got), len(n), err)
		}
	}
	got, err := s.Items(t.Context(), ids[:1_000])
	if err != nil || len(got) != 1_000 || got[999].ID != ids[999] {
		t.Errorf("%d items, %v", len(got), err)
	}
}
