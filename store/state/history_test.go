package state_test

import (
	"errors"
	"fmt"
	"testing"
	"time"

	"github.com/google/go-cmp/cmp"
	"github.com/google/go-cmp/cmp/cmpopts"

	"storefront/internal/buyer"
	"storefront/internal/catalog"
	"storefront/internal/money"
	"storefront/internal/order"
	"storefront/store/state"
	"storefront/store/storetest"
)

// sighting is of an item at a price; no price is on request.
func sighting(item catalog.ItemID, at time.Time, price string) catalog.Sighting {
	s := catalog.Sighting{ItemID: item, At: at, Branch: storetest.Dec("3"), Main: storetest.Dec("40"), Transit: storetest.Dec("0")}
	if price != "" {
		p := storetest.Dec(price)
		s.Price = &p
	}
	return s
}

func saw(t testing.TB, s *state.Store, b buyer.ID, seen ...catalog.Sighting) {
	t.Helper()
	if err := s.KeepSightings(t.Context(), b, seen); err != nil {
		t.Fatal(err)
	}
}

func watch(t testing.TB, s *state.Store, b buyer.ID, item catalog.ItemID, m buyer.Mark) {
	t.Helper()
	if err := errors.Join(s.Watch(t.Context(), b, item), s.SetMark(t.Context(), b, item, m)); err != nil {
		t.Fatal(err)
	}
}

func history(t testing.TB, s *state.Store, item catalog.ItemID) []catalog.Sighting {
	t.Helper()
	seen, err := s.Sightings(t.Context(), "ivan", item)
	if err != nil {
		t.Fatal(err)
	}
	return seen
}

func TestASightingComesBackAsItWasSeen(t *testing.T) {
	s := storetest.State(t, time.Now)
	want := []catalog.Sighting{sighting("A/1", storetest.Start, "1234567890.1234"), sighting("A/1", storetest.Start.Add(time.Hour), "")}
	want[1].Transit, want[1].Due = storetest.Dec("12.5"), storetest.Start.AddDate(0, 0, 9)
	saw(t, s, "ivan", want[1], want[0])
	saw(t, s, "maria", sighting("A/1", storetest.Start, "7"))
	if diff := cmp.Diff(want, history(t, s, "A/1")); diff != "" {
		t.Error(diff)
	}
}

// What a buyer ordered, has in his cart, watches or looked at is of interest, each item once, with what was seen of it last.
func TestWhatIsOfInterest(t *testing.T) {
	s := storetest.State(t, storetest.NewClock().Now)
	o := storetest.Order(1)
	o.Lines, o.LinesReadAt = []order.Line{storetest.OrderLine(1, 2), storetest.OrderLine(2, 1)}, o.ReadAt
	saveOrder(t, s, "ivan", o)
	if _, err := s.AddLine(t.Context(), "ivan", storetest.ItemID(2), storetest.Dec("1")); err != nil {
		t.Fatal(err)
	}
	watch(t, s, "ivan", storetest.ItemID(3), buyer.Mark{})
	if err := errors.Join(s.Look(t.Context(), "ivan", storetest.ItemID(4)), s.Look(t.Context(), "ivan", storetest.ItemID(4))); err != nil {
		t.Fatal(err)
	}
	last := sighting(storetest.ItemID(2), storetest.Start.Add(time.Hour), "9")
	saw(t, s, "ivan", sighting(storetest.ItemID(2), storetest.Start, "10"), last, sighting(storetest.ItemID(9), storetest.Start, "10"))
	got, err := s.Interests(t.Context(), "ivan")
	want := []catalog.Sighting{{ItemID: storetest.ItemID(1)}, last, {ItemID: storetest.ItemID(3)}, {ItemID: storetest.ItemID(4)}}
	byItem := cmpopts.SortSlices(func(a, b catalog.Sighting) bool { return a.ItemID < b.ItemID })
	if diff := cmp.Diff(want, got, byItem); err != nil || diff != "" {
		t.Error(err, diff)
	}
}

// Two days everything, ninety days the last of each day, two years the last of each week, then the latest alone.
func TestHistoryThinsWithAge(t *testing.T) {
	clock := storetest.NewClock()
	s := storetest.State(t, clock.Now)
	watch(t, s, "ivan", "A", buyer.Mark{})
	first := storetest.Start.Truncate(24 * time.Hour)
	for hour := 0; hour < 24*100; hour += 6 { // four a day for a hundred days
		saw(t, s, "ivan", sighting("A", first.Add(time.Duration(hour)*time.Hour), fmt.Sprint(100+hour)))
	}
	for _, step := range []struct {
		day, want int
	}{
		{100, 8 + 88 + 2}, // the last two days whole, a row for each of the days before, for each of the first weeks
		{103, 87 + 2},
		{400, 16},
		{100 + 3*365, 1},
	} {
		clock.Advance(first.AddDate(0, 0, step.day).Sub(clock.Now()))
		for range 2 { // thinning twice is thinning once
			if err := s.ThinHistory(t.Context()); err != nil {
				t.Fatal(err)
			}
		}
		seen := history(t, s, "A")
		if d := len(seen) - step.want; d < -4 || d > 4 { // where weeks begin is not said
			t.Errorf("after %d days %d sightings are left, want about %d", step.day, len(seen), step.want)
		}
		if last := seen[len(seen)-1]; !last.Price.Equal(storetest.Dec("2494")) {
			t.Errorf("after %d days the latest is %s", step.day, last.Price)
		}
	}
}

// What a buyer saw when he was last here is what changes are told from: it outlives its day.
func TestThinningKeepsWhatWasSeenAtTheLastVisit(t *testing.T) {
	clock := storetest.NewClock()
	s := storetest.State(t, clock.Now)
	watch(t, s, "ivan", "A", buyer.Mark{})
	visit := storetest.Start.Truncate(24 * time.Hour).Add(12 * time.Hour)
	if err := s.SaveAccount(t.Context(), buyer.Account{ID: "ivan", LastSeen: visit}); err != nil {
		t.Fatal(err)
	}
	for hour, price := range []string{"10", "9", "8"} {
		saw(t, s, "ivan", sighting("A", visit.Add(time.Duration(4*hour-4)*time.Hour), price))
	}
	clock.Advance(5 * 24 * time.Hour)
	if err := s.ThinHistory(t.Context()); err != nil {
		t.Fatal(err)
	}
	changes, err := s.Changes(t.Context(), "ivan", visit)
	if err != nil || len(changes) != 1 || !changes[0].Before.Price.Equal(storetest.Dec("9")) || !changes[0].Now.Price.Equal(storetest.Dec("8")) {
		t.Errorf("changes %+v, %v", changes, err)
	}
}

func TestHistoryOfWhatIsOfNoInterestGoes(t *testing.T) {
	clock := storetest.NewClock()
	s := storetest.State(t, clock.Now)
	watch(t, s, "ivan", "watched", buyer.Mark{})
	if err := s.Look(t.Context(), "ivan", "seen"); err != nil {
		t.Fatal(err)
	}
	saw(t, s, "ivan", sighting("watched", storetest.Start, "1"), sighting("seen", storetest.Start, "1"))
	saw(t, s, "maria", sighting("watched", storetest.Start, "1"))
	clock.Advance(catalog.LookFor - time.Hour)
	if err := s.ThinHistory(t.Context()); err != nil || len(history(t, s, "seen")) != 1 {
		t.Errorf("what was looked at lately is forgotten: %v", err)
	}
	clock.Advance(2 * time.Hour)
	if err := s.ThinHistory(t.Context()); err != nil || len(history(t, s, "seen")) != 0 || len(history(t, s, "watched")) != 1 {
		t.Errorf("the wrong history went: %v", err)
	}
	if left, err := s.Sightings(t.Context(), "maria", "watched"); err != nil || len(left) != 0 {
		t.Errorf("another buyer's interest kept %v, %v", left, err)
	}
}

func TestRatesAreKeptWhenTheyChange(t *testing.T) {
	s := storetest.State(t, storetest.NewClock().Now)
	for day, rub := range []string{"90", "90", "91.25", "90"} {
		if err := s.KeepRate(t.Context(), money.Rate{RUB: storetest.Dec(rub), SetAt: storetest.Start.AddDate(0, 0, day)}); err != nil {
			t.Fatal(err)
		}
	}
	rates, err := s.Rates(t.Context())
	if err != nil || len(rates) != 3 || !rates[1].RUB.Equal(storetest.Dec("91.25")) || !rates[2].SetAt.Equal(storetest.Start.AddDate(0, 0, 3)) {
		t.Errorf("rates %v, %v", rates, err)
	}
}

func TestWhatWasPaidBefore(t *testing.T) {
	s := storetest.State(t, time.Now)
	for n := range 3 {
		o := storetest.Order(n)
		o.Lines, o.LinesReadAt = []order.Line{storetest.OrderLine(1, int64(n+1)), storetest.OrderLine(n+2, 1)}, o.ReadAt
		saveOrder(t, s, "ivan", o)
	}
	got, err := s.Purchases(t.Context(), "ivan", storetest.ItemID(1), 2)
	if err != nil || len(got) != 2 || got[0].Order != storetest.Order(2).ID || !got[0].Quantity.Equal(storetest.Dec("3")) {
		t.Errorf("purchases %+v, %v", got, err)
	}
	bought, err := s.Bought(t.Context(), "ivan", 2)
	if diff := cmp.Diff([]catalog.ItemID{storetest.ItemID(1), storetest.ItemID(4)}, bought); err != nil || diff != "" {
		t.Error(err, diff)
	}
}

// BenchmarkInterests asks what is of interest to a buyer with 1,000 orders of 10 lines.
func BenchmarkInterests(b *testing.B) {
	s := storetest.State(b, time.Now)
	var seen []catalog.Sighting
	for n := range 1000 {
		o := storetest.Order(n)
		for i := range 10 {
			o.Lines = append(o.Lines, storetest.OrderLine((10*n+i)%2000, 1))
		}
		o.LinesReadAt = o.ReadAt
		saveOrder(b, s, "ivan", o)
	}
	for n := range 2000 {
		for day := range 30 {
			seen = append(seen, sighting(storetest.ItemID(n), storetest.Start.AddDate(0, 0, day), fmt.Sprint(day+1)))
		}
	}
	saw(b, s, "ivan", seen...)
	for b.Loop() {
		if list, err := s.Interests(b.Context(), "ivan"); err != nil || len(list) != 2000 {
			b.Fatal(len(list), err)
		}
	}
}
