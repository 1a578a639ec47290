package order_test

import (
	"context"
	"errors"
	"fmt"
	"slices"
	"testing"
	"testing/synctest"
	"time"

	"github.com/shopspring/decimal"
	"pgregory.net/rapid"

	"storefront/internal/buyer"
	"storefront/internal/catalog"
	"storefront/internal/errkind"
	"storefront/internal/order"
)

func (s *shop) edit(id order.EditID) order.Edit {
	s.Helper()
	e, err := s.store.Edit(s.Context(), dealer.Buyer(), id)
	s.must(err)
	return e
}

// history lists the changes of an order in the order they were made in.
func (s *shop) history(id order.ID) []order.Edit {
	s.Helper()
	list, err := s.store.Edits(s.Context(), dealer.Buyer(), id, 100)
	s.must(err)
	slices.SortStableFunc(list, func(a, b order.Edit) int {
		if a.Plan == b.Plan {
			return a.Step - b.Step
		}
		return a.CreatedAt.Compare(b.CreatedAt)
	})
	return list
}

func statesOf(list []order.Edit) (states []order.EditState) {
	for _, e := range list {
		states = append(states, e.State)
	}
	return states
}

func (s *shop) wantSteps(id order.ID, want ...order.EditState) {
	s.Helper()
	if got := statesOf(s.history(id)); !slices.Equal(got, want) {
		s.Errorf("the steps are %v, want %v", got, want)
	}
}

// What became of a change without an answer is found out by reading, at the service's own time, while its buyer is here.
func TestAnUnknownChangeIsReadUntilItIsSettled(t *testing.T) {
	for _, c := range []struct {
		name   string
		script script
		signed bool
		after  time.Duration
		state  order.EditState
	}{
		{"done soon", later(4*time.Second, unanswered), true, 30 * time.Second, order.EditDone},
		{"done after minutes", later(10*time.Minute, unanswered), true, 12 * time.Minute, order.EditDone},
		{"never done, before the quiet period is over", fails(unanswered), true, quiet, order.EditUnknown},
		{"never done", fails(unanswered), true, quiet + 2*time.Minute, order.EditUnchanged},
		{"nobody is here to read it for", later(4*time.Second, unanswered), false, time.Hour, order.EditUnknown},
	} {
		t.Run(c.name, func(t *testing.T) {
			open(t, func(s *shop) {
				id := s.reserved()
				if c.signed {
					s.register.Prove(dealer)
				}
				s.next("AddLine", c.script)
				edit, err := s.set(id, 14)
				s.must(err)
				if edit.State != order.EditUnknown {
					s.Fatalf("at first it is %s", edit.State)
				}
				stop := s.running(s.desk)
				defer stop()
				time.Sleep(c.after)
				synctest.Wait()
				got := s.edit(edit.ID)
				if got.State != c.state {
					s.Errorf("after %s it is %s, want %s", c.after, got.State, c.state)
				}
				if done := s.ordered(id, "2C918150") == 14; done != (got.State == order.EditDone) && c.signed {
					s.Errorf("it is %s, and the service has %d", got.State, s.ordered(id, "2C918150"))
				}
				s.wantCount(s.called, "AddLine", 1)
			})
		})
	}
}

// What a service answered is settled by the first reading.
func TestAnAnsweredChangeNeedsOneReading(t *testing.T) {
	for _, c := range []struct {
		name   string
		script script
		state  order.EditState
	}{
		{"done", works, order.EditDone},
		{"a fault, done", lost(technical), order.EditDone},
		{"a fault", fails(technical), order.EditRefused},
		{"an answer, nothing done", fails(nil), order.EditUnchanged},
	} {
		t.Run(c.name, func(t *testing.T) {
			open(t, func(s *shop) {
				id := s.reserved()
				s.register.Prove(dealer)
				s.next("AddLine", c.script)
				s.next("OrderWithLines", works, fails(errkind.New(errkind.Timeout, "")))
				edit, err := s.set(id, 14)
				s.must(err)
				if edit.State != order.EditUnknown {
					s.Fatalf("unread it is %s", edit.State)
				}
				stop := s.running(s.desk)
				defer stop()
				time.Sleep(5 * time.Second)
				synctest.Wait()
				if got := s.edit(edit.ID).State; got != c.state {
					s.Errorf("after a reading it is %s, want %s", got, c.state)
				}
			})
		})
	}
}

// While a change is unknown no other is made, here or by another process; the order's next reading, whoever asks for it, can
// settle it.
func TestOneChangeAtATime(t *testing.T) {
	open(t, func(s *shop) {
		id := s.reserved()
		s.next("AddLine", fails(unanswered))
		unknown, err := s.set(id, 14)
		s.must(err)
		elsewhere := s.newDesk(s.store, s.fakeDistributor)
		for _, desk := range []*order.Desk{s.desk, elsewhere} {
			_, err = desk.SetQuantity(s.Context(), account, dealer, id, order.Wish{Item: "0609-001174", Quantity: quantity(1)})
			if !errors.Is(err, order.ErrOpenEdit) {
				s.Errorf("a second change: %v", err)
			}
		}
		s.wantCount(s.called, "RemoveLine", 0)
		s.change(id, func(o *order.Order) { o.Lines[0].Quantity = quantity(14) })
		_, err = s.desk.SetQuantity(s.Context(), account, dealer, id, order.Wish{Item: "0609-001174", Quantity: quantity(1)})
		s.must(err)
		if got := s.edit(unknown.ID).State; got != order.EditDone {
			s.Errorf("the unknown one is %s", got)
		}
		s.wantSteps(id, order.EditDone, order.EditDone)
		s.wantCount(s.called, "AddLine", 1)
	})
}

// Where the contract takes whole lines only, less is a line taken out and added again, and that needs the buyer's word.
func TestReducingInTwoSteps(t *testing.T) {
	part := order.Wish{Item: "2C918150", Quantity: quantity(6)}
	for _, c := range []struct {
		name       string
		apart      bool
		happen     func(s *shop, id order.ID)
		err        error
		kind       errkind.Kind
		steps      []order.EditState
		shows      int64
		adds, cuts int
	}{
		{name: "not agreed to", err: order.ErrApart, kind: errkind.Conflict, shows: 10},
		{name: "agreed to", apart: true, steps: []order.EditState{order.EditDone, order.EditDone}, shows: 6, adds: 1, cuts: 1},
		{name: "the removal is refused", apart: true, happen: edits("RemoveLine", fails(technical)), kind: errkind.Technical,
			steps: []order.EditState{order.EditRefused, order.EditNotSent}, shows: 10, cuts: 1},
		{name: "the removal's answer is lost", apart: true, happen: edits("RemoveLine", lost(unanswered)),
			steps: []order.EditState{order.EditDone, order.EditDone}, shows: 6, adds: 1, cuts: 1},
		{name: "the removal is lost", apart: true, happen: edits("RemoveLine", fails(unanswered)),
			steps: []order.EditState{order.EditUnknown, order.EditWaiting}, shows: 10, cuts: 1},
		{name: "the addition is refused", apart: true, happen: edits("AddLine", fails(technical)), kind: errkind.Technical,
			steps: []order.EditState{order.EditDone, order.EditRefused}, shows: 0, adds: 1, cuts: 1},
		{name: "the addition's answer is lost", apart: true, happen: edits("AddLine", lost(unanswered)),
			steps: []order.EditState{order.EditDone, order.EditDone}, shows: 6, adds: 1, cuts: 1},
		{name: "a colleague adds in between", apart: true, happen: func(s *shop, id order.ID) {
			s.next("RemoveLine", func(func()) error {
				s.change(id, func(o *order.Order) { o.Lines[0].Quantity = quantity(2) })
				return nil
			})
		}, steps: []order.EditState{order.EditDiffers, order.EditNotSent}, shows: 2, cuts: 1},
		{name: "the order moves on in between", apart: true, happen: func(s *shop, id order.ID) {
			s.next("RemoveLine", func(perform func()) error {
				perform()
				s.change(id, func(o *order.Order) { o.Status = order.Assembly })
				return nil
			})
		}, steps: []order.EditState{order.EditDone, order.EditNotSent}, shows: 0, cuts: 1},
	} {
		t.Run(c.name, func(t *testing.T) {
			open(t, func(s *shop) {
				s.whole = true
				id := s.reserved()
				if c.happen != nil {
					c.happen(s, id)
				}
				wish := part
				wish.Apart = c.apart
				_, err := s.desk.SetQuantity(s.Context(), account, dealer, id, wish)
				wantKind(s.T, err, c.kind)
				if c.err != nil && !errors.Is(err, c.err) {
					s.Errorf("the error is %v, want %v", err, c.err)
				}
				s.wantSteps(id, c.steps...)
				if got := s.ordered(id, "2C918150"); got != c.shows {
					s.Errorf("the service has %d, want %d", got, c.shows)
				}
				s.wantCount(s.called, "AddLine", c.adds)
				s.wantCount(s.called, "RemoveLine", c.cuts)
			})
		})
	}
}

// Without the right, or with the whole line, nothing is asked about.
func TestTakingTheWholeLineIsOneStep(t *testing.T) {
	open(t, func(s *shop) {
		s.whole = true
		id := s.reserved()
		_, err := s.set(id, 0)
		s.must(err)
		s.wantSteps(id, order.EditDone)
	})
}

// mortalEdits is the storage of changes as the dying process has it.
func (m mortalStore) PlanEdits(ctx context.Context, steps []order.Edit, r *order.Rescue) (planned []order.Edit, err error) {
	err = m.step(func() error {
		planned, err = m.stores.PlanEdits(ctx, steps, r)
		return err
	})
	return planned, err
}

func (m mortalStore) MoveEdit(ctx context.Context, e order.Edit, change func(*order.Edit)) (moved order.Edit, err error) {
	err = m.step(func() error {
		moved, err = m.stores.MoveEdit(ctx, e, change)
		return err
	})
	return moved, err
}

func (m mortalWire) AddLine(ctx context.Context, c buyer.Credentials, id order.ID, l order.NewLine) (r order.LineResult, err error) {
	err = m.step(func() error {
		r, err = m.fakeDistributor.AddLine(ctx, c, id, l)
		return err
	})
	return r, err
}

func (m mortalWire) RemoveLine(ctx context.Context, c buyer.Credentials, id order.ID, item catalog.ItemID, count decimal.Decimal) error {
	return m.step(func() error { return m.fakeDistributor.RemoveLine(ctx, c, id, item, count) })
}

func (m mortalWire) OrderWithLines(ctx context.Context, c buyer.Credentials, id order.ID) (o order.Order, err error) {
	err = m.step(func() error {
		o, err = m.fakeDistributor.OrderWithLines(ctx, c, id)
		return err
	})
	return o, err
}

// A process may die at any step of a reduction in two, having done the step or not. The next one tells the truth about it, sends
// nothing by itself, and lets the buyer finish.
func TestCrashAtEachStepOfAChange(t *testing.T) {
	half := false // some death leaves the second step to the buyer
	for n := 1; ; n++ {
		died := false
		for _, doing := range []bool{false, true} {
			open(t, func(s *shop) {
				dying := &process{diesAt: n, doing: doing}
				var left bool
				died, left = s.diesEditing(dying)
				half = half || left
			})
		}
		if !died {
			if n < 9 || !half {
				t.Fatalf("a change in two steps has only %d, half done at one of them: %v: this test watches too few", n-1, half)
			}
			return
		}
	}
}

func (s *shop) diesEditing(dying *process) (died, half bool) {
	s.whole = true
	id := s.reserved()
	s.register.Prove(dealer)
	desk := s.newDesk(mortalStore{s.store, dying}, mortalWire{s.fakeDistributor, dying})
	_, _ = desk.SetQuantity(s.Context(), account, dealer, id, order.Wish{Item: "2C918150", Quantity: quantity(6), Apart: true}) // nobody is left to tell
	s.must(desk.Close(s.Context()))
	adds, cuts := s.count(s.performed, "AddLine"), s.count(s.performed, "RemoveLine")
	stop := s.running(s.desk)
	defer stop()
	time.Sleep(quiet + 2*time.Minute)
	synctest.Wait()
	s.wantCount(s.performed, "AddLine", adds)
	s.wantCount(s.performed, "RemoveLine", cuts)
	steps := s.history(id)
	has := s.ordered(id, "2C918150")
	for i, e := range steps {
		switch e.State {
		case order.EditDone:
			if i == len(steps)-1 && has != 6 || i == 0 && cuts != 1 {
				s.Errorf("step %d: %v, and the service has %d", dying.diesAt, statesOf(steps), has)
			}
		case order.EditNotSent, order.EditUnchanged:
			if i == 0 && has != 10 || i == 1 && has == 6 {
				s.Errorf("step %d: %v, and the service has %d", dying.diesAt, statesOf(steps), has)
			}
		case order.EditWaiting:
			half = true
			_, err := s.desk.FinishEdit(s.Context(), account, dealer, id, e.ID)
			s.must(err)
			if got := s.ordered(id, "2C918150"); got != 6 {
				s.Errorf("step %d: finished, and the service has %d", dying.diesAt, got)
			}
		default:
			s.Errorf("step %d: left at %v", dying.diesAt, statesOf(steps))
		}
	}
	return dying.crashed, half
}

// A step that waits is finished or given up by its own buyer, once.
func TestAWaitingStepIsTheBuyers(t *testing.T) {
	open(t, func(s *shop) {
		s.whole = true
		id := s.reserved()
		half := func() order.Edit {
			s.next("RemoveLine", lost(unanswered))
			s.next("OrderWithLines", works, fails(errkind.New(errkind.Timeout, "")))
			_, err := s.desk.SetQuantity(s.Context(), account, dealer, id, order.Wish{Item: "2C918150", Quantity: quantity(6), Apart: true})
			s.must(err)
			waiting := s.history(id)
			return waiting[len(waiting)-1]
		}
		waits := half()
		if err := s.desk.DropEdit(s.Context(), dealer.Buyer(), id, waits.ID); !errors.Is(err, order.ErrOpenEdit) {
			s.Errorf("given up while the removal is unknown: %v", err)
		}
		s.register.Prove(dealer)
		time.Sleep(5 * time.Second)
		s.must(s.desk.Recover(s.Context()))
		s.wantSteps(id, order.EditDone, order.EditWaiting)
		if err := s.desk.DropEdit(s.Context(), "stranger", id, waits.ID); !errors.Is(err, order.ErrNoEdit) {
			s.Errorf("a stranger gives it up: %v", err)
		}
		if _, err := s.desk.FinishEdit(s.Context(), account, dealer, "9999", waits.ID); !errors.Is(err, order.ErrNoEdit) {
			s.Errorf("finished in another order: %v", err)
		}
		_, err := s.desk.FinishEdit(s.Context(), buyer.Account{ID: dealer.Buyer(), Right: buyer.RightNone}, dealer, id, waits.ID)
		if !errors.Is(err, order.ErrNoRight) {
			s.Errorf("finished without the right: %v", err)
		}
		_, err = s.desk.FinishEdit(s.Context(), account, dealer, id, waits.ID)
		s.must(err)
		if _, err := s.desk.FinishEdit(s.Context(), account, dealer, id, waits.ID); !errors.Is(err, order.ErrEditMoved) {
			s.Errorf("finished twice: %v", err)
		}
		s.wantCount(s.performed, "AddLine", 1)
		if got := s.ordered(id, "2C918150"); got != 6 {
			s.Errorf("the service has %d", got)
		}
	})
}

// Whatever the service does, and however often the buyer presses: each step is sent at most once, a change that is done is
// shown by the order, one that came to nothing is not in it, and every move is one of the drawing.
func TestChangesKeepTheirPromises(t *testing.T) {
	rapid.Check(t, func(r *rapid.T) {
		outcomes := map[string]script{
			"works": works, "lost": lost(unanswered), "fails": fails(unanswered), "technical": fails(technical), "done, technical": lost(technical),
			"not sent": fails(refusedTCP), "late": later(5*time.Minute, unanswered),
		}
		names := rapid.SampledFrom([]string{"works", "lost", "fails", "technical", "done, technical", "not sent", "late"})
		whole := rapid.Bool().Draw(r, "whole lines only")
		wishes := rapid.SliceOfN(rapid.Int64Range(0, 20), 1, 5).Draw(r, "wishes")
		faults := rapid.SliceOfN(names, 12, 12).Draw(r, "outcomes")
		broken := ""
		synctest.Test(t, func(t *testing.T) {
			m := newMemory()
			s := newShop(t, m)
			s.whole = whole
			id := s.reserved()
			s.register.Prove(dealer)
			for i, name := range faults {
				s.next([]string{"AddLine", "RemoveLine"}[i%2], outcomes[name])
			}
			stop := s.running(s.desk)
			for _, n := range wishes {
				_, _ = s.desk.SetQuantity(s.Context(), account, dealer, id, order.Wish{Item: "2C918150", Quantity: quantity(n), Apart: true})
				time.Sleep(time.Minute)
			}
			time.Sleep(quiet + 2*time.Minute)
			stop()
			broken = m.broken(s, id)
		})
		if broken != "" {
			r.Fatal(broken)
		}
	})
}

// broken tells which promise was not kept.
func (m *memory) broken(s *shop, id order.ID) string {
	sent := 0
	for _, e := range m.edits {
		moves := m.steps[e.ID]
		for i := 1; i < len(moves); i++ {
			if !slices.Contains(moves[i-1].Next(), moves[i]) {
				return fmt.Sprintf("%s became %s", moves[i-1], moves[i])
			}
			if moves[i] == order.EditSending {
				sent++
			}
		}
		if e.State.Open() {
			return fmt.Sprintf("%+v is left", e)
		}
		if !e.ReadAt.IsZero() && (e.State == order.EditDone) != e.Shows.Equal(e.Wanted) && e.State != order.EditNotSent {
			return fmt.Sprintf("%+v", e)
		}
	}
	if calls := s.count(s.called, "AddLine") + s.count(s.called, "RemoveLine"); calls != sent {
		return fmt.Sprintf("%d calls for %d steps that were sent", calls, sent)
	}
	if last := m.edits[max(0, len(m.edits)-1):]; len(last) == 1 && last[0].State == order.EditDone && last[0].Wanted.IntPart() != s.ordered(id, "2C918150") {
		return fmt.Sprintf("%+v is done, and the service has %d", last[0], s.ordered(id, "2C918150"))
	}
	return ""
}

// Every state that can be left is left for one of the drawing, and what is settled stays.
func TestSettledChangesStaySettled(t *testing.T) {
	for _, state := range order.EditStates {
		if settled := !state.Open() && state != order.EditWaiting; settled != (len(state.Next()) == 0) {
			t.Errorf("%s is followed by %v", state, state.Next())
		}
	}
}

// What is missing of a line leaves the order, and an equivalent takes its place, each a recorded change.
func TestRescue(t *testing.T) {
	short := order.Rescue{Item: "2C918150", Choice: order.RescueDrop}
	for _, c := range []struct {
		name          string
		rescue        order.Rescue
		whole, apart  bool
		happen        func(s *shop, id order.ID)
		kind          errkind.Kind
		steps         []order.EditState
		ordered, more int64
		kept          int
	}{
		{name: "drop", rescue: short, steps: []order.EditState{order.EditDone}, ordered: 10, kept: 1},
		{name: "an equivalent", rescue: order.Rescue{Item: "2C918150", Choice: order.RescueEquivalent, Other: "A21101"},
			steps: []order.EditState{order.EditDone, order.EditDone}, ordered: 10, more: 3, kept: 1},
		{name: "the reduction is refused: the equivalent is not added", rescue: order.Rescue{Item: "2C918150", Choice: order.RescueEquivalent, Other: "A21101"},
			happen: edits("RemoveLine", fails(technical)), kind: errkind.Technical, steps: []order.EditState{order.EditRefused, order.EditNotSent}, ordered: 13, kept: 1},
		{name: "the reduction is unknown: the equivalent waits", rescue: order.Rescue{Item: "2C918150", Choice: order.RescueEquivalent, Other: "A21101"},
			happen: edits("RemoveLine", fails(unanswered)), steps: []order.EditState{order.EditUnknown, order.EditWaiting}, ordered: 13, kept: 1},
		{name: "in three steps", rescue: order.Rescue{Item: "2C918150", Choice: order.RescueEquivalent, Other: "A21101"}, whole: true, apart: true,
			steps: []order.EditState{order.EditDone, order.EditDone, order.EditDone}, ordered: 10, more: 3, kept: 1},
		{name: "in three steps, not agreed to", rescue: short, whole: true, kind: errkind.Conflict, ordered: 13},
		{name: "nothing is missing", rescue: order.Rescue{Item: "0609-001174", Choice: order.RescueDrop}, kind: errkind.Conflict, ordered: 13},
		{name: "an equivalent without price", rescue: order.Rescue{Item: "2C918150", Choice: order.RescueEquivalent, Other: "ON-REQUEST"}, kind: errkind.Invalid, ordered: 13},
		{name: "no equivalent", rescue: order.Rescue{Item: "2C918150", Choice: order.RescueEquivalent}, kind: errkind.Invalid, ordered: 13},
	} {
		t.Run(c.name, func(t *testing.T) {
			open(t, func(s *shop) {
				s.whole = c.whole
				s.price("A21101", "5.00", 50)
				s.price("ON-REQUEST", "-1", 50)
				id := s.colleague(order.NewLine{ItemID: "2C918150", Quantity: quantity(13)}, order.NewLine{ItemID: "0609-001174", Quantity: quantity(3)})
				s.must(s.store.SaveOrder(s.Context(), dealer.Buyer(), s.orders[s.at(id)]))
				if c.happen != nil {
					c.happen(s, id)
				}
				c.rescue.Order = id
				_, err := s.desk.Rescue(s.Context(), account, dealer, c.rescue, c.apart)
				wantKind(s.T, err, c.kind)
				s.wantSteps(id, c.steps...)
				if s.ordered(id, "2C918150") != c.ordered || s.ordered(id, "A21101") != c.more {
					s.Errorf("the service has %d and %d, want %d and %d", s.ordered(id, "2C918150"), s.ordered(id, "A21101"), c.ordered, c.more)
				}
				kept, err := s.store.Rescues(s.Context(), dealer.Buyer(), id)
				s.must(err)
				if len(kept) != c.kept || c.kept > 0 && (kept[0].Plan != s.history(id)[0].Plan || !kept[0].Quantity.Equal(quantity(3))) {
					s.Errorf("kept are %+v", kept)
				}
			})
		})
	}
}

// Waiting is written down and sends nothing. It is told as long as the line is short and the order reserved.
func TestWaitingForGoods(t *testing.T) {
	open(t, func(s *shop) {
		id := s.colleague(order.NewLine{ItemID: "2C918150", Quantity: quantity(13)})
		o := s.orders[s.at(id)]
		o.LinesReadAt = time.Now()
		s.must(s.store.SaveOrder(s.Context(), dealer.Buyer(), o))
		due := time.Now().Add(72 * time.Hour)
		for range 2 { // the second takes the place of the first
			_, err := s.desk.KeepRescue(s.Context(), dealer.Buyer(), order.Rescue{Order: id, Item: "2C918150", Choice: order.RescueWait, Due: due})
			s.must(err)
		}
		waits, err := s.store.Waits(s.Context(), dealer.Buyer())
		s.must(err)
		if len(waits) != 1 || !waits[0].Quantity.Equal(quantity(3)) || !waits[0].Due.Equal(due.Truncate(time.Microsecond)) && !waits[0].Due.Equal(due) {
			s.Fatalf("waits %+v", waits)
		}
		if others, _ := s.store.Waits(s.Context(), "stranger"); len(others) != 0 {
			s.Errorf("a stranger waits, too: %+v", others)
		}
		if err := s.store.CloseRescue(s.Context(), "stranger", id, waits[0].ID); !errors.Is(err, order.ErrNoRescue) {
			s.Errorf("a stranger ends it: %v", err)
		}
		s.must(s.store.CloseRescue(s.Context(), dealer.Buyer(), id, waits[0].ID))
		if waits, _ = s.store.Waits(s.Context(), dealer.Buyer()); len(waits) != 0 {
			s.Errorf("it is still waited for: %+v", waits)
		}
		_, err = s.desk.KeepRescue(s.Context(), dealer.Buyer(), order.Rescue{Order: "9999", Item: "2C918150", Choice: order.RescueWait})
		if !errors.Is(err, order.ErrNoOrder) {
			s.Errorf("waiting in somebody else's order: %v", err)
		}
		if len(s.called) != 0 {
			s.Errorf("the service was asked: %v", s.called)
		}
	})
}
