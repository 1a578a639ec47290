package order_test

import (
	"fmt"
	"maps"
	"slices"
	"strings"
	"sync"
	"testing"
	"time"

	"storefront/internal/order"
)

// figures are what happened in many schedules.
type figures struct {
	mu                                     sync.Mutex
	submissions, sent, executed            int
	faults, states, notes                  map[string]int
	lost, byReading, byBuyer, late, others int
	unresolved                             int
	certainty                              []time.Duration // from «the service answers again» to CONFIRMED by reading
}

func newFigures() *figures {
	return &figures{faults: map[string]int{}, states: map[string]int{}, notes: map[string]int{}}
}

func (f *figures) fault(name string) {
	f.mu.Lock()
	defer f.mu.Unlock()
	f.faults[name]++
}

func (f *figures) add(name string) {
	f.mu.Lock()
	defer f.mu.Unlock()
	f.notes[name]++
}

func (f *figures) submission(rec *record) {
	f.mu.Lock()
	defer f.mu.Unlock()
	f.submissions++
	if rec.wrote > 0 {
		f.sent++
	}
	f.executed += len(rec.executed)
	f.states[string(rec.sub.State)]++
}

// resolved counts how the submissions came to an end of which an order was made and the answer was lost.
func (f *figures) resolved(s *simulation) {
	f.mu.Lock()
	defer f.mu.Unlock()
	for _, rec := range s.sequence {
		unknown, was := rec.since(order.Uncertain)
		if !rec.lost || len(rec.executed) == 0 || !was {
			continue
		}
		o := rec.executed[0]
		switch {
		case o.linesFrom.Sub(rec.sentAt) > quiet:
			f.notes["lost, and listed after the quiet period"]++
			continue
		case rec.hidden:
			f.notes["lost, and hidden from the list at the end of the quiet period"]++
			continue
		}
		f.lost++
		confirmed, _ := rec.since(order.Confirmed)
		_, asked := rec.since(order.NeedsBuyer)
		switch {
		case rec.sub.OrderID == "":
			f.unresolved++
		case rec.sub.OrderID != o.ID: // somebody else made one with the same lines: nobody can tell them apart
			f.others++
		case rec.sub.State == order.LateFound:
			f.late++
		case asked:
			f.byBuyer++
		default:
			f.byReading++
			again := latest(unknown, o.listedFrom, o.linesFrom, s.up.clearSince(unknown, confirmed))
			f.certainty = append(f.certainty, confirmed.Sub(again))
		}
	}
}

func latest(times ...time.Time) time.Time { return slices.MaxFunc(times, time.Time.Compare) }

func median(d []time.Duration) time.Duration {
	if len(d) == 0 {
		return 0
	}
	d = slices.Sorted(slices.Values(d))
	return d[len(d)/2]
}

func (f *figures) String() string {
	var b strings.Builder
	fmt.Fprintf(&b, "%d submissions, %d sent, %d orders made by them\n", f.submissions, f.sent, f.executed)
	for _, table := range []map[string]int{f.states, f.faults, f.notes} {
		for _, name := range slices.Sorted(maps.Keys(table)) {
			fmt.Fprintf(&b, "%8d  %s\n", table[name], name)
		}
		b.WriteString("\n")
	}
	fmt.Fprintf(&b, "lost answers of orders that were made: %d; resolved by reading alone %d, with the buyer's word %d, late %d, somebody's with the same lines was taken %d, never %d\n",
		f.lost, f.byReading, f.byBuyer, f.late, f.others, f.unresolved)
	fmt.Fprintf(&b, "from «the service answers again» to certainty: median %s, 90 %% within %s",
		median(f.certainty), slices.Sorted(slices.Values(append(f.certainty, 0)))[len(f.certainty)*9/10])
	return b.String()
}

// judge holds the figures against what is promised.
func (f *figures) judge(t *testing.T, seeds int) {
	t.Logf("%d schedules: %s", seeds, f)
	if f.lost == 0 {
		t.Error("nothing was lost: this proves nothing")
	}
	if seeds < 300 {
		return // too few to count by the hundred
	}
	if resolved, lost := f.byReading+f.byBuyer, f.lost-f.others; 100*resolved < 99*lost {
		t.Errorf("%d of %d lost answers were resolved by reading, want 99 %%", resolved, lost)
	}
	if m := median(f.certainty); m > 5*time.Second {
		t.Errorf("it takes %s from the service answering again to certainty, want 5s", m)
	}
}
