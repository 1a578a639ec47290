package state_test

import (
	"errors"
	"testing"
	"time"

	"github.com/google/go-cmp/cmp"

	"storefront/internal/buyer"
	"storefront/store/storetest"
)

func TestTheWatchList(t *testing.T) {
	clock := storetest.NewClock()
	s := storetest.State(t, clock.Now)
	price := storetest.Dec("9.5")
	watch(t, s, "ivan", "A/1", buyer.Mark{Price: &price, Main: true})
	clock.Advance(time.Minute)
	for range 2 { // again is nothing new
		if err := s.Watch(t.Context(), "ivan", "B"); err != nil {
			t.Fatal(err)
		}
	}
	want := []buyer.Watch{
		{ItemID: "B", Since: clock.Now()},
		{ItemID: "A/1", Since: storetest.Start, Mark: buyer.Mark{Price: &price, Main: true}},
	}
	got, err := s.Watches(t.Context(), "ivan")
	if diff := cmp.Diff(want, got); err != nil || diff != "" {
		t.Error(err, diff)
	}
	if err := s.Unwatch(t.Context(), "ivan", "A/1"); err != nil {
		t.Fatal(err)
	}
	if err := s.SetMark(t.Context(), "ivan", "A/1", buyer.Mark{}); !errors.Is(err, buyer.ErrNotWatched) {
		t.Errorf("a mark on what is not watched: %v", err)
	}
	for n := range buyer.MaxWatches - 1 {
		if err := s.Watch(t.Context(), "ivan", storetest.ItemID(n)); err != nil {
			t.Fatal(err)
		}
	}
	if err := s.Watch(t.Context(), "ivan", "one too many"); !errors.Is(err, buyer.ErrWatchFull) {
		t.Errorf("a full list: %v", err)
	}
	if err := s.Watch(t.Context(), "ivan", "B"); err != nil {
		t.Errorf("what is on a full list stays: %v", err)
	}
	if err := s.Unwatch(t.Context(), "ivan", "B"); err != nil {
		t.Fatal(err)
	}
	if err := s.Watch(t.Context(), "ivan", "C", "D"); !errors.Is(err, buyer.ErrWatchFull) {
		t.Errorf("one more than fits: %v", err)
	}
	if got, err := s.Watches(t.Context(), "ivan"); err != nil || len(got) != buyer.MaxWatches-1 {
		t.Errorf("%d items after a refusal, %v", len(got), err)
	}
}
