package order_test

import (
	"fmt"
	"maps"
	"slices"
	"strings"
	"testing"

	"storefront/internal/order"
)

// The model walks every state that submissions can get into: a first one, and a second that repeats it, at a distributor who
// may execute, refuse, lose and delay, with colleagues who order the same, crashes and frozen workers. What follows from each
// state is written here as the design has it (the drawing at order.State), not called from the code; TestModelAndCodeAgree
// holds the two together. Weakened designs must break, or the model proves nothing.

// The orders that may come to be in the list. A second one of the same submission would be a blind retry.
const (
	ordOld    = iota // made long before, with the same lines
	ordFirst         // made by the first submission
	ordSecond        // made by the second
	ordColleague
	ordSimilar // a colleague's, with some of the lines
	orders
)

// same are the orders with exactly our lines.
const same = set(1<<ordOld | 1<<ordFirst | 1<<ordSecond | 1<<ordColleague)

type set uint8

func (s set) has(o int) bool  { return s&(1<<o) != 0 }
func (s set) with(o int) set  { return s | 1<<o }
func (s set) minus(t set) set { return s &^ t }
func (s set) size() (n int) {
	for o := range orders {
		if s.has(o) {
			n++
		}
	}
	return n
}

// answers that travel back.
const (
	noAnswer = iota
	number
	refusedBefore // refused before the operation: settled at once
	refusal       // a code that refuses, confirmed by reading
	fault         // the service answered, unclear
)

// sub is a submission with what its worker holds in memory.
type sub struct {
	at        order.State
	may       bool  // the worker believes that it may write (volatile)
	waiting   bool  // bytes written, the worker waits (volatile)
	stolen    bool  // the sweeper took it while the worker was frozen
	fenced    bool  // the fence has closed
	quiet     bool  // the quiet period is over
	answered  bool  // the service itself answered: nothing is under way
	refused   bool  // with a code that refuses
	executed  uint8 // executions upstream
	wire      uint8 // requests under way, not yet executed
	back      uint8 // the answer that travels back
	baseline  set
	dismissed set
	allowed   set // twins that the buyer knew of
	is        set // the order it is said to be, at most one
	byWord    bool
}

type world struct {
	s       [2]sub
	exists  set
	crashes uint8
}

type design struct {
	name                                                       string
	recordFirst, fence, neverRepeat, oneKey, boundedDelay      bool
	unclearIsUnknown, useBaseline, guard, looksLate            bool
	lateNegativesDropped, oneExplains, wholeList, oneOpenOrder bool
	watchWaits                                                 bool // the late watch concludes nothing beside an open submission
	colleague, similar                                         bool
}

func sound(name string) design {
	return design{
		name: name, recordFirst: true, fence: true, neverRepeat: true, oneKey: true, boundedDelay: true, unclearIsUnknown: true,
		useBaseline: true, guard: true, looksLate: true, watchWaits: true, lateNegativesDropped: true, oneExplains: true, wholeList: true,
		oneOpenOrder: true,
	}
}

type step struct {
	to world
	by string
}

// made is the order that submission i makes.
func made(i int) int { return ordFirst + i }

// steps lists what may happen next.
func (d design) steps(w world) (out []step) {
	add := func(by string, change func(*world)) {
		next := w
		change(&next)
		out = append(out, step{next, by})
	}
	for i := range w.s {
		d.buyer(w, i, add)
		d.worker(w, i, add)
		d.upstream(w, i, add)
		d.recovery(w, i, add)
		d.reading(w, i, add)
	}
	if d.colleague && !w.exists.has(ordColleague) && w.s[0].at != "" {
		add("a colleague orders the same", func(w *world) { w.exists = w.exists.with(ordColleague) })
	}
	if d.similar && !w.exists.has(ordSimilar) && w.s[0].at != "" {
		add("a colleague orders some of it", func(w *world) { w.exists = w.exists.with(ordSimilar) })
	}
	return out
}

type adder func(by string, change func(*world))

func who(i int, what string) string { return [2]string{"first", "second"}[i] + ": " + what }

// buyer is what the buyer does: he tells the truth about orders, as far as he can know it.
func (d design) buyer(w world, i int, add adder) {
	s := w.s[i]
	other := w.s[1-i]
	may := i == 0 || other.at.Watched() || other.at == order.LateFound // sent again, knowing of the first
	if !d.oneKey && i == 1 && s.at == "" && other.at.Open() {
		add("a second tab submits by itself", func(w *world) { w.s[1] = sub{at: order.Prepared, allowed: ^set(0)} })
	}
	if s.at == "" && may && (!d.oneOpenOrder || !other.at.Open()) {
		add(who(i, "placed"), func(w *world) { w.s[i] = sub{at: order.Prepared} })
		if i == 1 && w.exists.has(ordFirst) { // he saw it on the review and wants another
			add(who(i, "placed, wanting one more"), func(w *world) { w.s[i] = sub{at: order.Prepared, allowed: set(0).with(ordFirst), byWord: true} })
		}
	}
	switch s.at {
	case order.NeedsBuyer:
		candidates := d.candidates(w, i)
		if candidates.has(made(i)) {
			add(who(i, "the buyer chooses his"), func(w *world) { w.s[i].at, w.s[i].is = order.Confirmed, set(0).with(made(i)) })
		} else {
			add(who(i, "none of these"), func(w *world) { w.s[i].at, w.s[i].dismissed = order.Uncertain, w.s[i].dismissed|candidates })
		}
	case order.ProbablyNotCreated:
		add(who(i, "given up"), func(w *world) { w.s[i].at = order.Closed })
	}
}

// worker is the process that submits.
func (d design) worker(w world, i int, add adder) {
	s := w.s[i]
	switch s.at {
	case order.Prepared:
		add(who(i, "no list"), func(w *world) { w.s[i].at = order.NotSent })
		twins := (w.exists & same).minus(s.allowed).minus(set(0).with(ordOld))
		if d.guard && twins != 0 {
			add(who(i, "the same lines are there"), func(w *world) { w.s[i].at = order.NotSent })
			break
		}
		add(who(i, "baseline"), func(w *world) { w.s[i].at, w.s[i].baseline = order.Baselined, w.exists })
	case order.Baselined:
		if d.recordFirst {
			add(who(i, "SENDING written down"), func(w *world) { w.s[i].at, w.s[i].may = order.Sending, true })
		} else if !s.may && !s.waiting && s.wire+s.executed == 0 {
			add(who(i, "sends without a record"), func(w *world) { w.s[i].may = true })
		}
	}
	if s.may && (!d.fence || !s.fenced) {
		add(who(i, "bytes written"), func(w *world) { w.s[i].may, w.s[i].waiting = false, true; w.s[i].wire++ })
		if s.at == order.Sending {
			add(who(i, "connection refused"), func(w *world) { w.s[i].may = false; w.s[i].at = order.NotSent })
		}
	}
	if s.may && d.fence && s.fenced {
		add(who(i, "fenced off"), func(w *world) {
			w.s[i].may = false
			if w.s[i].at == order.Sending || !d.lateNegativesDropped {
				w.s[i].at = order.NotSent
			}
		})
	}
	if s.may && !s.fenced {
		add(who(i, "the fence closes"), func(w *world) { w.s[i].fenced = true })
	}
	if s.waiting {
		d.answers(w, i, add)
	}
}

// answers is what a waiting worker makes of what comes back.
func (d design) answers(w world, i int, add adder) {
	s := w.s[i]
	taken := func(by string, to func(*sub)) {
		add(who(i, by), func(w *world) {
			t := &w.s[i]
			back := t.back
			t.waiting, t.back = false, noAnswer
			if t.at != order.Sending && d.lateNegativesDropped { // a late negative changes nothing
				return
			}
			_ = back
			to(t)
		})
	}
	switch s.back {
	case number:
		add(who(i, "answered"), func(w *world) {
			t := &w.s[i]
			t.waiting, t.back = false, noAnswer
			switch {
			case t.is != 0: // found by reading meanwhile
			case d.oneExplains && w.s[1-i].is.has(made(i)): // the other was taken for it: there is one order, and it is known
			case t.at.Watched():
				t.at, t.is = order.LateFound, set(0).with(made(i))
			default:
				t.at, t.is = order.Confirmed, set(0).with(made(i))
			}
		})
	case refusedBefore:
		taken("refused before the operation", func(t *sub) { t.at = order.Rejected })
	case refusal:
		taken("refused", func(t *sub) { t.at, t.answered, t.refused = order.Uncertain, true, true })
	case fault:
		taken("a fault", func(t *sub) {
			if t.at, t.answered = order.Uncertain, true; !d.unclearIsUnknown {
				t.at = order.Rejected
			}
		})
	}
	taken("no answer", func(t *sub) {
		t.at, t.fenced = order.Uncertain, true
		if !d.neverRepeat && t.wire+t.executed < 2 {
			t.wire++
		}
	})
}

// upstream is the distributor with a request under way.
func (d design) upstream(w world, i int, add adder) {
	s := w.s[i]
	if s.wire == 0 {
		return
	}
	executes := func(back uint8) func(*world) {
		return func(w *world) {
			t := &w.s[i]
			t.wire--
			t.executed++
			w.exists = w.exists.with(made(i))
			if t.waiting {
				t.back = back
			}
		}
	}
	refuses := func(back uint8) func(*world) {
		return func(w *world) {
			t := &w.s[i]
			if t.wire--; t.waiting {
				t.back = back
			}
		}
	}
	add(who(i, "executed"), executes(number))
	add(who(i, "executed, then a fault"), executes(fault))
	add(who(i, "refused before the operation upstream"), refuses(refusedBefore))
	add(who(i, "refused upstream"), refuses(refusal))
	add(who(i, "a fault upstream"), refuses(fault))
	add(who(i, "the request is lost"), func(w *world) { w.s[i].wire-- })
}

// recovery is crashes, frozen processes, and the sweeper.
func (d design) recovery(w world, i int, add adder) {
	s := w.s[i]
	working := s.at == order.Prepared || s.at == order.Baselined || s.at == order.Sending
	if working && w.crashes < 2 {
		add(who(i, "crash, recovered"), func(w *world) {
			w.crashes++
			t := &w.s[i]
			t.may, t.waiting, t.back, t.fenced = false, false, noAnswer, true
			if t.at == order.Sending {
				t.at = order.Uncertain
			} else {
				t.at = order.NotSent
			}
		})
	}
	if s.at == order.Sending && (s.may || s.waiting) && !s.stolen {
		add(who(i, "stale, taken over"), func(w *world) { w.s[i].at, w.s[i].stolen, w.s[i].fenced = order.Uncertain, true, true })
	}
	if s.at == order.Uncertain && !s.quiet && (!d.boundedDelay || s.wire == 0) {
		add(who(i, "the quiet period ends"), func(w *world) { w.s[i].quiet = true })
	}
}

// candidates are the orders that submission i may have made, as a complete list shows them.
func (d design) candidates(w world, i int) set {
	list := w.exists
	if d.useBaseline {
		list = list.minus(w.s[i].baseline)
	}
	if d.oneExplains {
		list = list.minus(w.s[1-i].is)
	}
	return list.minus(w.s[i].dismissed)
}

// reading is one complete read of the list.
func (d design) reading(w world, i int, add adder) {
	s := w.s[i]
	candidates := d.candidates(w, i)
	switch {
	case s.at == order.Uncertain:
		switch {
		case candidates.size() == 1 && candidates&same != 0:
			add(who(i, "read: one"), func(w *world) { w.s[i].at, w.s[i].is = order.Confirmed, candidates })
		case candidates != 0:
			add(who(i, "read: several"), func(w *world) { w.s[i].at = order.NeedsBuyer })
		case s.refused:
			add(who(i, "read: none after a refusal"), func(w *world) { w.s[i].at = order.Rejected })
		case s.answered, s.quiet:
			add(who(i, "read: none for long enough"), func(w *world) { w.s[i].at = order.ProbablyNotCreated })
		}
		if !d.wholeList && (s.quiet || s.answered) {
			add(who(i, "read: half a list"), func(w *world) { w.s[i].at = order.ProbablyNotCreated })
		}
	case s.at.Watched() && d.looksLate && !(d.watchWaits && w.s[1-i].at.Open()):
		candidates &= same
		if theirs := candidates & w.s[1].baseline; i == 0 && theirs != 0 { // those can't be the second's
			candidates = theirs
		}
		for o := range orders {
			if candidates.has(o) {
				add(who(i, "found late"), func(w *world) { w.s[i].at, w.s[i].is = order.LateFound, set(0).with(o) })
			}
		}
	}
}

// broken names the promises that a state breaks.
func (d design) broken(w world) (all []string) {
	for i, s := range w.s {
		mine := s.executed > 0
		switch {
		case s.executed > 1:
			all = append(all, "two orders of one submission")
		case s.at == order.NotSent && (mine || s.wire > 0 && !s.stolen):
			all = append(all, "«not sent», but an order exists or is under way")
		case s.at == order.Rejected && mine:
			all = append(all, "«refused», but an order exists")
		case (s.at == order.Confirmed || s.at == order.LateFound) && s.is.has(ordOld):
			all = append(all, "an old order is taken for ours")
		case s.at == order.Confirmed && s.is.has(ordColleague):
			all = append(all, "a colleague's order is taken for ours")
		case s.at == order.Confirmed && s.is == 0:
			all = append(all, "«confirmed» without an order")
		case s.is != 0 && s.is == w.s[1-i].is:
			all = append(all, "one order explains two submissions")
		case mine && w.settled() && !d.known(w, made(i)):
			all = append(all, "an order exists that nobody will ever find")
		case s.at.Watched() && mine && d.boundedDelay:
			all = append(all, "given up, but an order exists")
		}
	}
	if second := w.s[1]; w.s[0].executed > 0 && second.executed > 0 && !second.byWord && second.baseline.has(ordFirst) {
		all = append(all, "sent again though the first order was in the list")
	}
	if w.s[0].at.Open() && w.s[1].at.Open() {
		all = append(all, "two open submissions of one buyer")
	}
	return all
}

// known tells whether an order is said to be one of the submissions, or the late watch of one still can find it. Which of two
// that asked for the same lines made it can't be known, and does not matter to who pays for it.
func (d design) known(w world, o int) bool {
	for i, s := range w.s {
		if s.is.has(o) || s.at.Watched() && d.looksLate && d.candidates(w, i).has(o) {
			return true
		}
	}
	return false
}

func (w world) settled() bool {
	for i, s := range w.s {
		if i == 0 && s.at == "" || s.at.Open() || s.may || s.waiting || s.wire > 0 {
			return false
		}
	}
	return true
}

// result is what a walk through all states found.
type result struct {
	states int
	wedged int                      // states from which nothing settles any more
	broken map[string]string        // promise -> shortest way to break it
	moves  map[[2]order.State]bool  // of submissions
	seen   map[order.State]struct{} // states of submissions
}

// walk visits every state, nearest first.
func (d design) walk() result {
	type origin struct {
		from world
		by   string
	}
	start := world{exists: set(0).with(ordOld)}
	came := map[world]origin{start: {}}
	r := result{broken: map[string]string{}, moves: map[[2]order.State]bool{}, seen: map[order.State]struct{}{}}
	leads := map[world][]world{}
	for queue := []world{start}; len(queue) > 0; queue = queue[1:] {
		w := queue[0]
		for _, promise := range d.broken(w) {
			if _, known := r.broken[promise]; !known {
				var way []string
				for at := w; at != start; at = came[at].from {
					way = append(way, came[at].by)
				}
				slices.Reverse(way)
				r.broken[promise] = strings.Join(way, " > ")
			}
		}
		for _, next := range d.steps(w) {
			for i := range w.s {
				if from, to := w.s[i].at, next.to.s[i].at; from != to && from != "" {
					r.moves[[2]order.State{from, to}] = true
				}
				r.seen[next.to.s[i].at] = struct{}{}
			}
			leads[next.to] = append(leads[next.to], w)
			if _, known := came[next.to]; !known {
				came[next.to] = origin{w, next.by}
				queue = append(queue, next.to)
			}
		}
	}
	r.states = len(came)
	r.wedged = wedged(came, leads)
	return r
}

// wedged counts the states from which no settled one can be reached.
func wedged[O any](came map[world]O, leads map[world][]world) int {
	ends := map[world]bool{}
	var queue []world
	for w := range came {
		if w.settled() {
			ends[w] = true
			queue = append(queue, w)
		}
	}
	for ; len(queue) > 0; queue = queue[1:] {
		for _, before := range leads[queue[0]] {
			if !ends[before] {
				ends[before] = true
				queue = append(queue, before)
			}
		}
	}
	return len(came) - len(ends)
}

func TestModelKeepsItsPromises(t *testing.T) {
	r := sound("the design").walk()
	t.Logf("%d states", r.states)
	for promise, way := range r.broken {
		t.Errorf("%s: %s", promise, way)
	}
	if r.wedged > 0 {
		t.Errorf("%d of %d states never settle", r.wedged, r.states)
	}
}

// What can't be had is known, and nothing else breaks with it.
func TestModelKnowsItsLimits(t *testing.T) {
	cases := []struct {
		weaken func(*design)
		breaks []string
	}{
		// A request may be executed after any wait: then an order that was given up exists, and the late watch finds it.
		{func(d *design) { d.name, d.boundedDelay = "the distributor executes arbitrarily late", false }, nil},
		// A colleague's order with the same lines in the same minutes is told apart by nobody.
		{func(d *design) { d.name, d.colleague = "a colleague orders the same", true }, []string{"a colleague's order is taken for ours"}},
		{func(d *design) { d.name, d.similar = "a colleague orders some of it", true }, nil},
	}
	for _, c := range cases {
		d := sound("")
		c.weaken(&d)
		t.Run(d.name, func(t *testing.T) {
			r := d.walk()
			if got := slices.Sorted(maps.Keys(r.broken)); !slices.Equal(got, c.breaks) {
				t.Errorf("breaks %q, want %q\n%v", got, c.breaks, r.broken)
			}
			if r.wedged > 0 {
				t.Errorf("%d of %d states never settle", r.wedged, r.states)
			}
		})
	}
}

// Each rule of the design is there for a reason: without it a promise breaks.
func TestModelBreaksWithoutEachRule(t *testing.T) {
	late := func(d *design) { d.boundedDelay = false }
	cases := []struct {
		name   string
		weaken func(*design)
		breaks string
	}{
		{"SENDING is written down after sending", func(d *design) { d.recordFirst = false }, "«not sent», but an order exists or is under way"},
		{"no fence: a frozen worker may still write", func(d *design) { d.fence = false }, "given up, but an order exists"},
		{"a request without an answer is repeated", func(d *design) { d.neverRepeat = false }, "two orders of one submission"},
		{"a key for each tab", func(d *design) { d.oneKey, d.oneOpenOrder = false, false }, "two open submissions of one buyer"},
		{"any fault is a refusal", func(d *design) { d.unclearIsUnknown = false }, "«refused», but an order exists"},
		{"no baseline", func(d *design) { d.useBaseline = false }, "an old order is taken for ours"},
		{"no guard against the same lines", func(d *design) { late(d); d.guard = false }, "sent again though the first order was in the list"},
		{"no late watch", func(d *design) { late(d); d.looksLate = false }, "an order exists that nobody will ever find"},
		{"late negative answers count", func(d *design) { d.lateNegativesDropped = false }, "two open submissions of one buyer"},
		{"an order may explain two submissions", func(d *design) { late(d); d.oneExplains = false }, "one order explains two submissions"},
		{"the late watch takes what an open submission may have made", func(d *design) { d.watchWaits = false }, "given up, but an order exists"},
		{"half a list is evidence", func(d *design) { d.wholeList = false }, "given up, but an order exists"},
	}
	for _, c := range cases {
		t.Run(c.name, func(t *testing.T) {
			d := sound(c.name)
			c.weaken(&d)
			r := d.walk()
			if _, ok := r.broken[c.breaks]; !ok {
				t.Errorf("nothing breaks as it should; %d states, broken: %q", r.states, slices.Sorted(maps.Keys(r.broken)))
			}
		})
	}
}

// The table at order.State.Next has the moves of the model and no others.
func TestModelAndCodeAgree(t *testing.T) {
	moves := map[[2]order.State]bool{}
	states := map[order.State]struct{}{}
	for _, weaken := range []func(*design){func(*design) {}, func(d *design) { d.boundedDelay = false }, func(d *design) { d.colleague, d.similar = true, true }} {
		d := sound("")
		weaken(&d)
		r := d.walk()
		maps.Copy(moves, r.moves)
		maps.Copy(states, r.seen)
	}
	delete(states, "")
	code := map[[2]order.State]bool{}
	for state := range states {
		for _, next := range state.Next() {
			code[[2]order.State{state, next}] = true
		}
	}
	for move := range moves {
		if !code[move] {
			t.Errorf("the model moves %s to %s, the code may not", move[0], move[1])
		}
	}
	for move := range code {
		if !moves[move] {
			t.Errorf("the code may move %s to %s, the model never does", move[0], move[1])
		}
	}
	if len(states) != 11 {
		t.Errorf("the model knows %d states: %v", len(states), fmt.Sprint(slices.Sorted(maps.Keys(states))))
	}
}
