package cache_test

import (
	"errors"
	"math/rand/v2"
	"slices"
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
	if diff := cmp.Diff([]catalog.Item{items[4], items[20], items[3]}, got); diff != "" {
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

func TestPlacesAreThoseOfTheAssortment(t *testing.T) {
	s := storetest.Cache(t, time.Now)
	fill(t, s, storetest.Items(20))
	fill(t, s, storetest.Items(19))
	want := map[catalog.ItemID]catalog.CategoryID{}
	for _, item := range storetest.Items(19) {
		want[item.ID] = item.Category
	}
	got, err := s.Places(t.Context())
	if diff := cmp.Diff(want, got); diff != "" || err != nil {
		t.Errorf("%v (-want +got):\n%s", err, diff)
	}
}
