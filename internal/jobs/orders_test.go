package jobs_test

import (
	"slices"
	"testing"
	"time"

	"storefront/internal/order"
	"storefront/store/storetest"
)

func TestOrdersAndTheirLines(t *testing.T) {
	in(t, func(h *house) {
		for n := range 30 {
			h.orders["anna"] = append(h.orders["anna"], storetest.Order(n))
		}
		h.comes(anna)
		h.after(time.Minute)
		list, total, err := h.state.Orders(h.Context(), "anna", order.Filter{})
		if err != nil || total != 30 {
			h.Fatalf("%d orders, %v", total, err)
		}
		if h.mostOnce["OrderWithLines"] != 2 {
			h.Errorf("%d orders were read at a time, want 2", h.mostOnce["OrderWithLines"])
		}
		h.wantCalls("OrderWithLines", 30)
		first := slices.IndexFunc(h.asked, func(s string) bool { return s == "OrderWithLines "+string(list[0].ID) })
		last := slices.IndexFunc(h.asked, func(s string) bool { return s == "OrderWithLines "+string(list[29].ID) })
		if first < 0 || first > last {
			h.Errorf("the newest order was read as number %d, the oldest as %d", first, last)
		}
		copied, err := h.state.Order(h.Context(), "anna", list[29].ID)
		if err != nil || len(copied.Lines) != 1 {
			h.Errorf("%d lines, %v", len(copied.Lines), err)
		}
	})
}

func TestAnOrderOnScreen(t *testing.T) {
	in(t, func(h *house) {
		o := storetest.Order(1)
		h.set(func() { h.orders["anna"] = []order.Order{o} })
		h.comes(anna)
		h.after(time.Minute)
		h.wantCalls("OrderWithLines", 1)
		look := func() {
			for range 10 {
				h.jobs.RefreshOrder("anna", o.ID)
				h.jobs.RefreshOrder("anna", "foreign")
			}
			h.after(3 * time.Second)
		}
		look()
		h.wantCalls("OrderStatus", 1)
		h.wantCalls("OrderWithLines", 1) // nothing changed
		h.set(func() { h.orders["anna"][0].Status = order.Assembly })
		look()
		h.wantCalls("OrderStatus", 1)
		h.after(70*time.Second, anna)
		look()
		h.wantCalls("OrderStatus", 2)
		h.wantCalls("OrderWithLines", 2)
		copied, err := h.state.Order(h.Context(), "anna", o.ID)
		if err != nil || copied.Status != order.Assembly {
			h.Errorf("the copy is %s, %v", copied.Status, err)
		}
	})
}

// A reading that was asked for before the buyer changed an order, and answered after, does not hide what was read after the
// change.
func TestAReadingUnderWayDoesNotHideAChange(t *testing.T) {
	in(t, func(h *house) {
		o := storetest.Order(1)
		o.Status = order.Reserving
		h.set(func() { h.orders["anna"] = []order.Order{o} })
		h.comes(anna)
		h.after(time.Minute)
		h.after(70*time.Second, anna)
		h.set(func() { h.orders["anna"][0].LineCount++ }) // a reason to read the lines
		h.jobs.RefreshOrder("anna", o.ID)
		h.after(1500 * time.Millisecond) // the status has been answered, the lines are asked for
		changed := o
		changed.Lines, changed.ReadAt, changed.LinesReadAt, changed.Edited = []order.Line{storetest.OrderLine(1, 5)}, time.Now(), time.Now(), true
		if err := h.state.SaveOrder(h.Context(), "anna", changed); err != nil {
			h.Fatal(err)
		}
		asked := h.count("OrderWithLines")
		h.after(3 * time.Second)
		copied, err := h.state.Order(h.Context(), "anna", o.ID)
		if err != nil || len(copied.Lines) != 1 || copied.Lines[0].Quantity.IntPart() != 5 {
			h.Errorf("the copy has %+v, %v", copied.Lines, err)
		}
		if asked != 2 {
			h.Errorf("the lines had been asked for %d times before the change: the test proves nothing", asked)
		}
	})
}
