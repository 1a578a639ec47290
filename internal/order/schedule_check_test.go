package order_test

import (
	"context"
	"errors"
	"maps"
	"slices"
	"time"

	"github.com/shopspring/decimal"

	"storefront/internal/buyer"
	"storefront/internal/catalog"
	"storefront/internal/order"
)

// keeps is what the shop keeps, with its housekeeping.
type keeps interface {
	stores
	WipeSealed(ctx context.Context, before time.Time) (int64, error)
}

// record is a submission as the simulation knows it: with what really happened.
type record struct {
	name, login string
	lines       map[catalog.ItemID]int64
	sub         order.Submission // as it was last moved
	history     []order.Step
	prepared    time.Time
	sentAt      time.Time // by the clock that nobody sets
	twins       map[order.ID]bool
	parents     map[order.SubmissionID]bool // that the buyer was warned of

	// Of the distributor's lock.
	wrote    int // creates of which a byte was written
	executed []*placed
	pending  int  // executions to come
	lost     bool // an order was or will be made, and its number does not come
	hidden   bool // the list did not show it when it was given up
}

func (r *record) since(state order.State) (time.Time, bool) {
	for _, step := range r.history {
		if step.State == state {
			return step.At, true
		}
	}
	return time.Time{}, false
}

func (r *record) made(id order.ID) bool {
	return slices.ContainsFunc(r.executed, func(o *placed) bool { return o.ID == id })
}

// watched is the storage under the eyes of the simulation: every move is held against what really happened.
type watched struct {
	keeps
	*simulation
	slot int // of the process
}

func (w watched) AddLine(ctx context.Context, b buyer.ID, item catalog.ItemID, quantity decimal.Decimal) (order.Cart, error) {
	w.mu.Lock()
	defer w.mu.Unlock()
	cart, err := w.keeps.AddLine(ctx, b, item, quantity)
	if err == nil {
		w.carts[b][item] += quantity.IntPart()
	}
	return cart, err
}

func (w watched) SetLine(ctx context.Context, b buyer.ID, item catalog.ItemID, quantity decimal.Decimal) (order.Cart, error) {
	w.mu.Lock()
	defer w.mu.Unlock()
	cart, err := w.keeps.SetLine(ctx, b, item, quantity)
	if err == nil {
		w.carts[b][item] = quantity.IntPart()
		if quantity.IsZero() {
			delete(w.carts[b], item)
		}
	}
	return cart, err
}

// Unfinished takes a moment: whoever has just stirred the desk has let go of his submission when
// it looks, and two processes that wait for the same reading do not look at the same instant.
func (w watched) Unfinished(ctx context.Context, sentAfter time.Time) ([]order.Submission, error) {
	time.Sleep(time.Duration(1 + w.dice("disk", w.slot, time.Since(w.start)).Int64N(int64(time.Millisecond))))
	return w.keeps.Unfinished(ctx, sentAfter)
}

func (w watched) Prepare(ctx context.Context, sub order.Submission) error {
	w.mu.Lock()
	defer w.mu.Unlock()
	if err := w.keeps.Prepare(ctx, sub); err != nil {
		return err
	}
	for _, other := range w.records {
		if other.sub.Buyer == sub.Buyer && other.sub.State.Open() {
			w.broken("%s is open when another is prepared", other.name)
		}
	}
	login := string(sub.Buyer)
	w.submissions[login]++
	rec := &record{
		name: nth(login, w.submissions[login]), login: login, lines: amounts(sub.Lines), sub: sub, prepared: time.Now(),
		twins: map[order.ID]bool{}, parents: map[order.SubmissionID]bool{},
	}
	key := cartKey{login, sub.Cart, sub.CartVersion}
	for _, id := range w.knows[key] {
		rec.twins[id] = true
	}
	for _, id := range w.knowsOf[key] {
		rec.parents[id] = true
	}
	rec.history = append(rec.history, order.Step{State: sub.State, At: time.Now()})
	w.records[sub.ID] = rec
	w.sequence = append(w.sequence, rec)
	w.note("%s: %v is prepared, after %q", rec.name, rec.lines, w.nameOf(sub.Parent))
	return nil
}

func (w watched) Move(ctx context.Context, id order.SubmissionID, state order.State, epoch int64, change func(*order.Submission)) (order.Submission, error) {
	w.mu.Lock()
	rec := w.records[id]
	before, err := w.store.Cart(ctx, rec.sub.Buyer)
	if err != nil {
		w.broken("the cart can't be read: %v", err)
	}
	disk := w.diskFault(rec)
	moved, err := order.Submission{}, errDisk
	if disk != failsBefore {
		moved, err = w.keeps.Move(ctx, id, state, epoch, change)
	}
	if err == nil {
		w.moved(ctx, rec, moved, before)
	}
	w.mu.Unlock()
	if err == nil && disk == failsAfter {
		return order.Submission{}, errDisk
	}
	if err == nil && moved.State == order.Sending {
		if r := w.dice("slow disk", rec.name); r.IntN(25) == 0 {
			w.counts.fault("slow disk")
			time.Sleep(duration(r, time.Second, 90*time.Second))
		}
	}
	return moved, err
}

const (
	diskWorks = iota
	failsBefore
	failsAfter // it is written, and said not to be
)

var errDisk = errors.New("the disk is full")

// diskFault draws whether a move is written down.
func (s *simulation) diskFault(rec *record) int {
	r := s.dice("disk", rec.name, time.Since(s.start))
	if s.calm.Load() || r.IntN(50) > 0 {
		return diskWorks
	}
	s.counts.fault("the disk fails")
	return failsBefore + r.IntN(2)
}

// moved holds a move against the truth.
func (s *simulation) moved(ctx context.Context, rec *record, sub order.Submission, before order.Cart) {
	if last := rec.sub.State; !slices.Contains(last.Next(), sub.State) {
		s.broken("%s goes from %s to %s", rec.name, last, sub.State)
	}
	rec.sub = sub
	rec.history = append(rec.history, order.Step{State: sub.State, At: time.Now()})
	s.note("%s: %s %s %s %s", rec.name, sub.State, sub.OrderID, sub.Evidence, sub.FaultKind)
	if !sub.State.Open() && !sub.State.Watched() && len(sub.Sealed) > 0 {
		s.broken("%s is settled and keeps its credentials", rec.name)
	}
	s.checkCart(ctx, rec, before)
	s.up.mu.Lock()
	defer s.up.mu.Unlock()
	switch sub.State {
	case order.Sending:
		rec.sentAt = time.Now()
		if p, ok := ctx.Value(pressKey{}).(*press); ok {
			p.sends = rec
		}
		s.checkConsent(rec)
	case order.NotSent:
		if rec.wrote > 0 || len(rec.executed) > 0 {
			s.broken("%s is called not sent, and bytes were written", rec.name)
		}
	case order.Rejected:
		if len(rec.executed) > 0 || rec.pending > 0 {
			s.broken("%s is called not created, and an order exists", rec.name)
		}
	case order.ProbablyNotCreated:
		s.checkAbsent(rec)
	case order.Confirmed, order.LateFound:
		s.checkFound(rec)
	}
}

// checkConsent: what was in the list with the same lines was shown to the buyer before he pressed.
func (s *simulation) checkConsent(rec *record) {
	lists := s.up.listings[rec.login]
	read := lists[len(lists)-1].at
	for _, o := range s.up.orders {
		if o.dealer == s.dealerOf[rec.login] && slices.Contains(rec.sub.Baseline, o.ID) && !o.linesFrom.After(read) &&
			s.now().Sub(o.CreatedAt) < 23*time.Hour && maps.Equal(rec.lines, amounts(o.Lines)) && !rec.twins[o.ID] {
			s.broken("%s is sent without consent: %s has the same lines", rec.name, o.ID)
		}
	}
}

// checkFound: «confirmed» always has an order, with these lines, made after the baseline, that explains no other.
func (s *simulation) checkFound(rec *record) {
	i := slices.IndexFunc(s.up.orders, func(o *placed) bool {
		return o.ID == rec.sub.OrderID && o.dealer == s.dealerOf[rec.login]
	})
	if i < 0 {
		s.broken("%s is %s by an order %q that does not exist", rec.name, rec.sub.State, rec.sub.OrderID)
		return
	}
	o := s.up.orders[i]
	switch {
	case slices.Contains(rec.sub.Baseline, o.ID):
		s.broken("%s takes the old order %s for its own", rec.name, o.ID)
	case !maps.Equal(rec.lines, amounts(o.Lines)):
		s.broken("%s takes %s for its own, which has other lines", rec.name, o.ID)
	case o.by != rec && rec.sub.Evidence != order.EvidenceList:
		s.broken("%s is said by %s to be %s, which it is not", rec.name, rec.sub.Evidence, o.ID)
	}
	if o.made.Before(rec.prepared) { // nobody can tell, but by a date that need not be right
		s.counts.add("an order from before is taken, which the list lacked then")
	}
	for _, other := range s.sequence {
		if other != rec && other.login == rec.login && other.sub.OrderID == o.ID {
			s.broken("%s explains both %s and %s", o.ID, rec.name, other.name)
		}
	}
}

// checkAbsent: «not in the list» comes from whole lists, late enough, that did not have it.
func (s *simulation) checkAbsent(rec *record) {
	now := time.Now()
	if !rec.sub.Answered && !s.clockSet && now.Sub(rec.sentAt) < quiet+20*time.Second {
		s.broken("%s is given up %s after sending", rec.name, now.Sub(rec.sentAt))
	}
	whole := slices.ContainsFunc(s.up.listings[rec.login], func(l listing) bool {
		missing := func(id order.ID) bool { return !slices.Contains(l.ids, id) }
		return now.Sub(l.at) < 3*time.Minute && !slices.ContainsFunc(rec.sub.Baseline, missing)
	})
	if !whole {
		s.broken("%s is given up by half a list", rec.name)
	}
	for _, o := range rec.executed {
		rec.hidden = rec.hidden || s.up.hidden(o) || now.Before(o.linesFrom)
		if now.Sub(o.linesFrom) > 3*time.Minute && !s.up.hidden(o) && !s.explained(rec.login, o.ID) && s.up.clearSince(now.Add(-3*time.Minute), now).IsZero() {
			s.broken("%s is given up, and %s is in the list", rec.name, o.ID)
		}
	}
}

func (s *simulation) explained(login string, id order.ID) bool {
	return slices.ContainsFunc(s.sequence, func(r *record) bool { return r.login == login && r.sub.OrderID == id })
}

// checkCart: lines leave a cart only as those of an order that was made of it.
func (s *simulation) checkCart(ctx context.Context, rec *record, before order.Cart) {
	cart, err := s.store.Cart(ctx, rec.sub.Buyer)
	if err != nil {
		s.broken("the cart can't be read: %v", err)
		return
	}
	want := maps.Clone(s.carts[rec.sub.Buyer])
	found := rec.sub.State == order.Confirmed || rec.sub.State == order.LateFound
	if found && before.ID == rec.sub.Cart && before.Version <= rec.sub.CartVersion+1 {
		for item, n := range rec.lines {
			if want[item] -= n; want[item] == 0 {
				delete(want, item)
			}
		}
	}
	if have := amounts(cart.Lines); !maps.Equal(have, want) {
		s.broken("%s: at %s the cart holds %v, and should %v", rec.name, rec.sub.State, have, want)
		want = have
	}
	s.carts[rec.sub.Buyer] = want
}

// checkEnd holds everything against the truth when nothing goes on any more.
func (s *simulation) checkEnd(ctx context.Context) {
	for _, rec := range s.sequence {
		kept, err := s.store.Submission(ctx, rec.sub.Buyer, rec.sub.ID)
		switch {
		case err != nil:
			s.broken("%s is lost: %v", rec.name, err)
			continue
		case kept.State != rec.sub.State:
			s.broken("%s is kept as %s, and was moved to %s", rec.name, kept.State, rec.sub.State)
		case kept.State.Open():
			s.broken("%s stays %s", rec.name, kept.State)
		case len(kept.Sealed) > 0:
			s.broken("%s is over and keeps its credentials", rec.name)
		}
		s.checkExecuted(rec)
		s.counts.submission(rec)
	}
	for _, second := range s.sequence {
		for _, first := range s.sequence {
			s.checkDuplicate(first, second)
		}
	}
	s.counts.resolved(s)
}

// checkExecuted: what was made was sent once, is not called not made, and somebody knows of it.
func (s *simulation) checkExecuted(rec *record) {
	_, sent := rec.since(order.Sending)
	_, notSent := rec.since(order.NotSent)
	_, rejected := rec.since(order.Rejected)
	switch {
	case len(rec.executed) > 1:
		s.broken("%s made %d orders", rec.name, len(rec.executed))
	case len(rec.executed) == 0:
		return
	case !sent || notSent || rejected:
		s.broken("%s is %s, and made %s", rec.name, rec.sub.State, rec.executed[0].ID)
	}
	o := rec.executed[0]
	switch {
	case s.explained(rec.login, o.ID):
	case rec.sub.OrderID != "": // an order with the same lines was taken for it, of a colleague or of a repeat; nobody can tell them apart
		s.counts.add("made, and another with the same lines was taken for it")
	case o.made.Sub(rec.sentAt) > order.LateWatch-time.Hour || s.clockSet:
		s.counts.add("made after the late watch")
	default:
		s.broken("%s is %s, and nobody knows of %s, which it made", rec.name, rec.sub.State, o.ID)
	}
}

// checkDuplicate: a second order with the same lines comes of the buyer's word: he knew of the first one, or was warned that
// it may exist.
func (s *simulation) checkDuplicate(first, second *record) {
	if first == second || first.login != second.login || !first.prepared.Before(second.prepared) ||
		len(first.executed) == 0 || len(second.executed) == 0 || !maps.Equal(first.lines, second.lines) {
		return
	}
	settled := time.Time{}
	for _, state := range []order.State{order.Confirmed, order.LateFound} {
		if at, ok := first.since(state); ok {
			settled = at
		}
	}
	switch {
	case !settled.IsZero() && settled.Before(second.prepared), second.twins[first.executed[0].ID], s.warned(second, first):
		s.counts.add("second order with the buyer's word")
	default:
		s.broken("%s repeats %s, and nobody asked the buyer", second.name, first.name)
	}
}

// warned tells whether the buyer was warned of first when he sent second, at once or by way of another repeat.
func (s *simulation) warned(second, first *record) bool {
	for id := range second.parents {
		if parent := s.records[id]; parent == first || s.warned(parent, first) {
			return true
		}
	}
	return false
}
