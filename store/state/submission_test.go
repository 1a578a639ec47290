package state_test

import (
	"errors"
	"fmt"
	"strconv"
	"strings"
	"testing"
	"time"

	"github.com/google/go-cmp/cmp"

	"storefront/internal/buyer"
	"storefront/internal/errkind"
	"storefront/internal/order"
	"storefront/store/state"
	"storefront/store/storetest"
)

// prepared fills ivan's cart and prepares a submission of it.
func prepared(t testing.TB, s *state.Store, id order.SubmissionID) order.Submission {
	t.Helper()
	cart := getCart(t, s, "ivan")
	if len(cart.Lines) == 0 {
		cart = fillCart(t, s, "ivan", 2)
	}
	sub := storetest.Submission(id, cart, storetest.Start)
	if err := s.Prepare(t.Context(), sub); err != nil {
		t.Fatal(err)
	}
	return sub
}

// move takes a submission through states; CONFIRMED gets an order number.
func move(t testing.TB, s *state.Store, sub order.Submission, states ...order.State) order.Submission {
	t.Helper()
	for _, to := range states {
		moved, err := s.Move(t.Context(), sub.ID, sub.State, sub.Epoch, func(sub *order.Submission) {
			sub.State = to
			if to == order.Confirmed {
				sub.OrderID, sub.Evidence = order.ID("ЗК-"+string(sub.ID)), order.EvidenceAnswer
			}
		})
		if err != nil {
			t.Fatalf("%s to %s: %v", sub.State, to, err)
		}
		sub = moved
	}
	return sub
}

func TestASubmissionComesBackAsItWasWritten(t *testing.T) {
	clock := storetest.NewClock()
	s := storetest.State(t, clock.Now)
	want := prepared(t, s, "one")
	got, err := s.Submission(t.Context(), "ivan", "one")
	if diff := cmp.Diff(want, got); err != nil || diff != "" {
		t.Error(err, diff)
	}
	clock.Advance(time.Second)
	at := clock.Now()
	changed := func(sub *order.Submission) {
		sub.State, sub.Baseline, sub.BaselineAt, sub.SentAt = order.Sending, []order.ID{"ЗК-1", `"`}, at, at.Add(time.Second)
		sub.Answered, sub.OrderID, sub.Evidence = true, "ЗК-2", order.EvidenceList
		sub.FaultKind, sub.FaultText = string(errkind.BusinessLogic), "Недостаточно «товара»"
		sub.ReadsOK, sub.LastReadAt, sub.NextReadAt = 3, at.Add(2*time.Second), at.Add(3*time.Second)
		sub.NoteSent, sub.NoteError, sub.Sealed = true, "слишком длинно", []byte{0, 1, 2}
	}
	moved, err := s.Move(t.Context(), "one", order.Prepared, 0, changed)
	if err != nil {
		t.Fatal(err)
	}
	changed(&want)
	want.Epoch, want.ChangedAt = 1, at
	got, err = s.Submission(t.Context(), "ivan", "one")
	if diff := cmp.Diff(want, got); err != nil || diff != "" {
		t.Error(err, diff)
	}
	if diff := cmp.Diff(got, moved); diff != "" {
		t.Error("Move returned something else:", diff)
	}
}

func TestAMoveCannotChangeWhatASubmissionIs(t *testing.T) {
	s := storetest.State(t, time.Now)
	want := prepared(t, s, "one")
	moved, err := s.Move(t.Context(), "one", order.Prepared, 0, func(sub *order.Submission) {
		*sub = order.Submission{ID: "two", Buyer: "pyotr", State: order.Baselined, Epoch: 77}
	})
	if err != nil {
		t.Fatal(err)
	}
	if moved.ID != want.ID || moved.Buyer != want.Buyer || moved.Cart != want.Cart || moved.CartVersion != want.CartVersion ||
		moved.Epoch != 1 || !cmp.Equal(moved.Lines, want.Lines) || !moved.CreatedAt.Equal(want.CreatedAt) {
		t.Errorf("moved to %+v", moved)
	}
}

func TestPrepareFreezesTheCartItAgreesTo(t *testing.T) {
	s := storetest.State(t, time.Now)
	cart := fillCart(t, s, "ivan", 2)
	stale := storetest.Submission("stale", cart, storetest.Start)
	cart = fillCart(t, s, "ivan", 2)
	if err := s.Prepare(t.Context(), stale); !errors.Is(err, order.ErrCartChanged) {
		t.Errorf("an older version: %v", err)
	}
	foreign := storetest.Submission("foreign", cart, storetest.Start)
	foreign.Buyer = "pyotr"
	if err := s.Prepare(t.Context(), foreign); !errors.Is(err, order.ErrCartChanged) {
		t.Errorf("another buyer's cart: %v", err)
	}
	if err := s.Prepare(t.Context(), storetest.Submission("one", cart, storetest.Start)); err != nil {
		t.Fatal(err)
	}
	if err := s.Prepare(t.Context(), storetest.Submission("two", cart, storetest.Start)); !errors.Is(err, order.ErrOpenSubmission) {
		t.Errorf("a second one: %v", err)
	}
	if !getCart(t, s, "ivan").Frozen {
		t.Error("the cart is not frozen")
	}
	for name, edit := range map[string]func() (order.Cart, error){
		"AddLine":     func() (order.Cart, error) { return s.AddLine(t.Context(), "ivan", "A", pieces(1)) },
		"SetLine":     func() (order.Cart, error) { return s.SetLine(t.Context(), "ivan", "A", pieces(1)) },
		"removing":    func() (order.Cart, error) { return s.SetLine(t.Context(), "ivan", storetest.ItemID(0), pieces(0)) },
		"SetCartNote": func() (order.Cart, error) { return s.SetCartNote(t.Context(), "ivan", "n") },
	} {
		if _, err := edit(); !errors.Is(err, order.ErrFrozen) {
			t.Errorf("%s on a frozen cart: %v", name, err)
		}
	}
	cart.Frozen = true
	if diff := cmp.Diff(cart, getCart(t, s, "ivan")); diff != "" {
		t.Error("the frozen cart changed:", diff)
	}
	if _, err := s.AddLine(t.Context(), "pyotr", "A", pieces(1)); err != nil {
		t.Errorf("another buyer's cart is frozen, too: %v", err)
	}
}

func TestWhatBecomesOfTheCart(t *testing.T) {
	const (
		held     = "held"     // frozen
		returned = "returned" // the same lines, another version
		ended    = "ended"    // a fresh empty generation
	)
	tests := []struct {
		path []order.State
		want string
	}{
		{[]order.State{}, held},
		{[]order.State{order.Baselined}, held},
		{[]order.State{order.Baselined, order.Sending}, held},
		{[]order.State{order.Baselined, order.Sending, order.Uncertain}, held},
		{[]order.State{order.Baselined, order.Sending, order.Uncertain, order.NeedsBuyer}, held},
		{[]order.State{order.NotSent}, returned},
		{[]order.State{order.Baselined, order.Sending, order.NotSent}, returned},
		{[]order.State{order.Baselined, order.Sending, order.Rejected}, returned},
		{[]order.State{order.Baselined, order.Sending, order.Uncertain, order.ProbablyNotCreated}, returned},
		{[]order.State{order.Baselined, order.Sending, order.Uncertain, order.ProbablyNotCreated, order.Closed}, returned},
		{[]order.State{order.Baselined, order.Sending, order.Uncertain, order.NeedsBuyer, order.Closed}, returned},
		{[]order.State{order.Baselined, order.Sending, order.Confirmed}, ended},
		{[]order.State{order.Baselined, order.Sending, order.Uncertain, order.Confirmed}, ended},
		{[]order.State{order.Baselined, order.Sending, order.Uncertain, order.ProbablyNotCreated, order.Confirmed}, ended},
		{[]order.State{order.Baselined, order.Sending, order.Uncertain, order.ProbablyNotCreated, order.LateFound}, ended},
	}
	for _, test := range tests {
		t.Run(fmt.Sprint(test.path), func(t *testing.T) {
			s := storetest.State(t, time.Now)
			sub := prepared(t, s, "one")
			before := getCart(t, s, "ivan")
			move(t, s, sub, test.path...)
			after := getCart(t, s, "ivan")
			want := before
			switch test.want {
			case returned:
				want.Frozen, want.Version = false, before.Version+1
			case ended:
				want = order.Cart{ID: after.ID, Buyer: "ivan", Version: after.Version}
				if after.ID == before.ID || after.Version <= before.Version {
					t.Errorf("the generation is %s, version %d, after %s, version %d", after.ID, after.Version, before.ID, before.Version)
				}
			}
			if diff := cmp.Diff(want, after); diff != "" {
				t.Error(diff)
			}
			if _, err := s.AddLine(t.Context(), "ivan", "next", pieces(1)); (err == nil) == (test.want == held) {
				t.Errorf("adding a line: %v", err)
			}
		})
	}
}

func TestALateOrderDoesNotTakeACartThatWasEdited(t *testing.T) {
	s := storetest.State(t, time.Now)
	sub := move(t, s, prepared(t, s, "one"), order.Baselined, order.Sending, order.Uncertain, order.ProbablyNotCreated)
	edited, err := s.AddLine(t.Context(), "ivan", "next", pieces(1))
	if err != nil {
		t.Fatal(err)
	}
	move(t, s, sub, order.LateFound)
	if diff := cmp.Diff(edited, getCart(t, s, "ivan")); diff != "" {
		t.Error(diff)
	}
}

func TestAReturnedCartCanBeSentAgain(t *testing.T) {
	s := storetest.State(t, time.Now)
	for n := range 5 {
		sub := prepared(t, s, order.SubmissionID(strconv.Itoa(n)))
		move(t, s, sub, order.NotSent)
	}
	move(t, s, prepared(t, s, "last"), order.Baselined, order.Sending, order.Confirmed)
	move(t, s, prepared(t, s, "another order"), order.Baselined, order.Sending, order.Confirmed)
}

func TestAMoveFromElsewhereIsRefused(t *testing.T) {
	s := storetest.State(t, time.Now)
	sub := move(t, s, prepared(t, s, "one"), order.Baselined)
	tests := map[string]struct {
		id    order.SubmissionID
		state order.State
		epoch int64
	}{
		"the state it was in": {"one", order.Prepared, 1},
		"an older epoch":      {"one", order.Baselined, 0},
		"a later epoch":       {"one", order.Baselined, 2},
		"a missing one":       {"two", order.Baselined, 1},
	}
	for name, test := range tests {
		_, err := s.Move(t.Context(), test.id, test.state, test.epoch, func(sub *order.Submission) { sub.State = order.Sending })
		if !errors.Is(err, order.ErrMoved) {
			t.Errorf("%s: %v", name, err)
		}
	}
	got, err := s.Submission(t.Context(), "ivan", "one")
	if diff := cmp.Diff(sub, got); err != nil || diff != "" {
		t.Error(err, diff)
	}
}

func TestOneOrderExplainsOneSubmission(t *testing.T) {
	s := storetest.State(t, time.Now)
	confirm := func(sub *order.Submission) { sub.State, sub.OrderID = order.Confirmed, "ЗК-1" }
	first := move(t, s, prepared(t, s, "one"), order.Baselined, order.Sending)
	if _, err := s.Move(t.Context(), "one", first.State, first.Epoch, confirm); err != nil {
		t.Fatal(err)
	}
	second := move(t, s, prepared(t, s, "two"), order.Baselined, order.Sending)
	if _, err := s.Move(t.Context(), "two", second.State, second.Epoch, confirm); !errkind.Is(err, errkind.Conflict) {
		t.Errorf("the same order again: %v", err)
	}
}

func TestCredentialsAreWipedWhenNothingIsLeftToFindOut(t *testing.T) {
	for _, path := range [][]order.State{
		{order.NotSent}, {order.Baselined, order.Sending, order.Rejected}, {order.Baselined, order.Sending, order.Confirmed},
	} {
		s := storetest.State(t, time.Now)
		if moved := move(t, s, prepared(t, s, "one"), path...); moved.Sealed != nil {
			t.Errorf("%v: Move returns %q", path, moved.Sealed)
		}
		got, err := s.Submission(t.Context(), "ivan", "one")
		if err != nil || got.Sealed != nil {
			t.Errorf("%v: %q is kept, %v", path, got.Sealed, err)
		}
	}
	s := storetest.State(t, time.Now)
	sub := move(t, s, prepared(t, s, "one"), order.Baselined, order.Sending, order.Uncertain)
	if n, err := s.WipeSealed(t.Context(), storetest.Start.Add(time.Hour)); n != 0 || err != nil {
		t.Errorf("an open submission lost its credentials: %d, %v", n, err)
	}
	move(t, s, sub, order.ProbablyNotCreated)
	if n, err := s.WipeSealed(t.Context(), storetest.Start); n != 0 || err != nil {
		t.Errorf("wiped before the end of the watch: %d, %v", n, err)
	}
	if n, err := s.WipeSealed(t.Context(), storetest.Start.Add(time.Hour)); n != 1 || err != nil {
		t.Errorf("after the watch: %d, %v", n, err)
	}
}

func TestTheHistoryTellsEveryMove(t *testing.T) {
	clock := storetest.NewClock()
	s := storetest.State(t, clock.Now)
	sub := prepared(t, s, "one")
	var want []order.Step
	want = append(want, order.Step{State: order.Prepared, At: clock.Now()})
	for _, to := range []order.State{order.Baselined, order.Sending, order.Uncertain, order.Confirmed} {
		clock.Advance(time.Second)
		sub = move(t, s, sub, to)
		want = append(want, order.Step{State: to, At: clock.Now()})
	}
	got, err := s.History(t.Context(), "ivan", "one")
	if diff := cmp.Diff(want, got); err != nil || diff != "" {
		t.Error(err, diff)
	}
}

func TestTouchMovesNothing(t *testing.T) {
	s := storetest.State(t, storetest.NewClock().Now)
	sub := move(t, s, prepared(t, s, "one"), order.Baselined, order.Sending, order.Uncertain)
	want := sub
	want.ReadsOK, want.LastReadAt, want.NextReadAt, want.NoteSent, want.NoteError = 2, storetest.Start, storetest.Start.Add(time.Minute), true, "e"
	touched := want
	touched.State, touched.OrderID, touched.Sealed = order.Closed, "ЗК-9", nil // not what Touch is for
	if err := s.Touch(t.Context(), touched); err != nil {
		t.Fatal(err)
	}
	got, err := s.Submission(t.Context(), "ivan", "one")
	if diff := cmp.Diff(want, got); err != nil || diff != "" {
		t.Error(err, diff)
	}
}

func TestUnfinishedIsWhatRecoveryGoesOnWith(t *testing.T) {
	s := storetest.State(t, time.Now)
	paths := map[order.SubmissionID][]order.State{
		"prepared":  {},
		"baselined": {order.Baselined},
		"sending":   {order.Baselined, order.Sending},
		"unknown":   {order.Baselined, order.Sending, order.Uncertain},
		"needs":     {order.Baselined, order.Sending, order.Uncertain, order.NeedsBuyer},
		"confirmed": {order.Baselined, order.Sending, order.Confirmed},
		"not sent":  {order.NotSent},
	}
	for id, path := range paths {
		cart, err := s.AddLine(t.Context(), buyer.ID("owner of "+id), "A", pieces(1))
		if err != nil {
			t.Fatal(err)
		}
		sub := storetest.Submission(id, cart, storetest.Start)
		if err := s.Prepare(t.Context(), sub); err != nil {
			t.Fatal(err)
		}
		move(t, s, sub, path...)
	}
	list, err := s.Unfinished(t.Context(), storetest.Start.Add(24*time.Hour))
	if err != nil {
		t.Fatal(err)
	}
	var ids []string
	for _, sub := range list {
		ids = append(ids, string(sub.ID))
	}
	if got, want := strings.Join(ids, " "), "baselined prepared sending unknown"; got != want {
		t.Errorf("unfinished are %q, want %q", got, want)
	}
}
