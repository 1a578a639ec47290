package state_test

import (
	"errors"
	"sync"
	"sync/atomic"
	"testing"
	"time"

	"github.com/google/go-cmp/cmp"
	"github.com/shopspring/decimal"

	"storefront/internal/buyer"
	"storefront/internal/order"
	"storefront/store/state"
	"storefront/store/storetest"
)

func newEdit(b buyer.ID, id order.ID) order.Edit {
	return order.Edit{
		Buyer: b, Order: id, Item: storetest.ItemID(1), Before: decimal.NewFromInt(10), Wanted: decimal.NewFromInt(6),
		Act: order.ActRemove, Count: decimal.NewFromInt(4), CreatedAt: storetest.Start, ChangedAt: storetest.Start,
	}
}

func planEdit(t *testing.T, s *state.Store, b buyer.ID, id order.ID) order.Edit {
	t.Helper()
	planned, err := s.PlanEdits(t.Context(), []order.Edit{newEdit(b, id)}, nil)
	if err != nil {
		t.Fatal(err)
	}
	return planned[0]
}

func TestEditsAreKeptAsTheyWerePlanned(t *testing.T) {
	s := storetest.State(t, func() time.Time { return storetest.Start.Add(time.Hour) })
	second := newEdit("ivan", "ЗК-1")
	second.Act, second.Before, second.Wanted, second.Count = order.ActAdd, decimal.Zero, decimal.NewFromInt(6), decimal.NewFromInt(6)
	rescue := &order.Rescue{Buyer: "ivan", Order: "ЗК-1", Item: storetest.ItemID(1), Choice: order.RescueDrop, Quantity: decimal.NewFromInt(4), State: order.RescueHanded}
	planned, err := s.PlanEdits(t.Context(), []order.Edit{newEdit("ivan", "ЗК-1"), second}, rescue)
	if err != nil {
		t.Fatal(err)
	}
	steps, err := s.EditSteps(t.Context(), "ivan", planned[0].Plan)
	if diff := cmp.Diff(planned, steps); err != nil || diff != "" {
		t.Errorf("%v\n%s", err, diff)
	}
	if steps[0].State != order.EditPlanned || steps[1].State != order.EditWaiting || steps[1].Step != 1 {
		t.Errorf("steps %+v", steps)
	}
	rescues, err := s.Rescues(t.Context(), "ivan", "ЗК-1")
	if err != nil || len(rescues) != 1 || rescues[0].Plan != planned[0].ID {
		t.Errorf("rescues %+v, %v", rescues, err)
	}
	moved, err := s.MoveEdit(t.Context(), steps[0], func(next *order.Edit) {
		next.State, next.SentAt, next.Shows, next.Status = order.EditSending, storetest.Start, decimal.NewFromInt(6), order.Reserving
	})
	if err != nil || moved.Epoch != 1 {
		t.Fatalf("%+v, %v", moved, err)
	}
	kept, err := s.Edit(t.Context(), "ivan", moved.ID)
	if diff := cmp.Diff(moved, kept); err != nil || diff != "" {
		t.Errorf("%v\n%s", err, diff)
	}
	if _, err := s.MoveEdit(t.Context(), steps[0], func(next *order.Edit) { next.State = order.EditNotSent }); !errors.Is(err, order.ErrEditMoved) {
		t.Errorf("moved from where it is no longer: %v", err)
	}
	if got := column(t, s.DB().Read, `SELECT state FROM order_edit_events WHERE edit_id = $1 ORDER BY id`, moved.ID); cmp.Diff([]string{"PLANNED", "SENDING"}, got) != "" {
		t.Errorf("its history is %v", got)
	}
}

// A second change of an order is refused while the first is open, by whichever process, and a waiting step can't begin.
func TestOneOpenEditAnOrder(t *testing.T) {
	dir := t.TempDir()
	stores := []*state.Store{storetest.StateIn(t, dir, time.Now), storetest.StateIn(t, dir, time.Now)}
	var all sync.WaitGroup
	var planned, refused atomic.Int32
	for i := range 20 {
		all.Go(func() {
			_, err := stores[i%2].PlanEdits(t.Context(), []order.Edit{newEdit("ivan", "ЗК-1"), newEdit("ivan", "ЗК-1")}, nil)
			switch {
			case err == nil:
				planned.Add(1)
			case errors.Is(err, order.ErrOpenEdit):
				refused.Add(1)
			default:
				t.Error(err)
			}
		})
	}
	all.Wait()
	if planned.Load() != 1 || refused.Load() != 19 {
		t.Errorf("%d planned, %d refused", planned.Load(), refused.Load())
	}
	latest, err := stores[0].Edits(t.Context(), "ivan", "ЗК-1", 10)
	if err != nil || len(latest) != 2 {
		t.Fatalf("%+v, %v: what was refused has left something", latest, err)
	}
	_, err = stores[1].MoveEdit(t.Context(), latest[0], func(next *order.Edit) { next.State, next.SentAt = order.EditSending, storetest.Start })
	if !errors.Is(err, order.ErrOpenEdit) {
		t.Errorf("a waiting step begins beside an open one: %v", err)
	}
	planEdit(t, stores[1], "ivan", "ЗК-2")
	planEdit(t, stores[1], "pavel", "ЗК-1")
	if open, err := stores[0].OpenEdits(t.Context()); err != nil || len(open) != 3 {
		t.Errorf("%d are open, %v", len(open), err)
	}
}
