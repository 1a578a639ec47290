package state_test

import (
	"testing"
	"time"

	"github.com/google/go-cmp/cmp"

	"storefront/internal/buyer"
	"storefront/internal/order"
	"storefront/store/storetest"
)

// Changes are told from what was so at the visit to what is so now; of items that are bought, in the cart or watched only.
func TestChangesSinceAVisit(t *testing.T) {
	visit := storetest.Start
	at := func(hours int) time.Time { return visit.Add(time.Duration(hours) * time.Hour) }
	tests := map[string]struct {
		prices map[int]string // by hours after the visit
		want   [2]string      // none: no change
	}{
		"nothing since":         {map[int]string{-2: "10", -1: "9"}, [2]string{}},
		"cheaper":               {map[int]string{-2: "11", -1: "10", 1: "9"}, [2]string{"10", "9"}},
		"exactly at the visit":  {map[int]string{0: "10", 1: "9"}, [2]string{"10", "9"}},
		"up and down":           {map[int]string{-1: "10", 1: "12", 2: "9"}, [2]string{"10", "9"}},
		"first seen after it":   {map[int]string{1: "10", 2: "11"}, [2]string{"10", "11"}},
		"first seen, and as is": {map[int]string{1: "10"}, [2]string{"10", "10"}}, // of no kind
	}
	for name, test := range tests {
		t.Run(name, func(t *testing.T) {
			s := storetest.State(t, time.Now)
			watch(t, s, "ivan", "A", buyer.Mark{})
			for hours, price := range test.prices {
				saw(t, s, "ivan", sighting("A", at(hours), price), sighting("looked at", at(hours), price))
			}
			changes, err := s.Changes(t.Context(), "ivan", visit)
			var got [2]string
			for _, c := range changes {
				got = [2]string{c.Before.Price.String(), c.Now.Price.String()}
			}
			if err != nil || len(changes) > 1 || got != test.want {
				t.Errorf("changes %+v, %v, want %v", changes, err, test.want)
			}
		})
	}
}

func TestStatusesThatChangedSinceAVisit(t *testing.T) {
	s := storetest.State(t, time.Now)
	observe := func(n int, statuses map[int]order.Status) {
		for _, hours := range []int{-2, -1, 1, 2} {
			if status := statuses[hours]; status != "" {
				o := storetest.Order(n)
				o.Status, o.ReadAt = status, storetest.Start.Add(time.Duration(hours)*time.Hour)
				saveOrder(t, s, "ivan", o)
			}
		}
	}
	observe(1, map[int]order.Status{-2: order.Reserving, -1: order.Assembly, 2: order.Shipped})
	observe(2, map[int]order.Status{-1: order.Reserving})
	observe(3, map[int]order.Status{1: order.Reserving}) // new
	observe(4, map[int]order.Status{-1: order.Reserving, 1: order.Unknown, 2: order.Reserving})
	got, err := s.StatusChanges(t.Context(), "ivan", storetest.Start)
	want := []order.StatusChange{{Order: storetest.Order(1).ID, Before: order.Assembly, Now: order.Shipped, At: storetest.Start.Add(2 * time.Hour)}}
	if diff := cmp.Diff(want, got); err != nil || diff != "" {
		t.Error(err, diff)
	}
}

// A line that shrank in an open order was cut, unless the buyer himself has just changed it.
func TestCutsOfOpenOrders(t *testing.T) {
	tests := map[string]struct {
		change func(*order.Order)
		want   []order.Cut
	}{
		"less ordered":  {func(o *order.Order) { o.Lines[0].Quantity = storetest.Dec("3") }, []order.Cut{cut("5", "3", "5", "5")}},
		"less reserved": {func(o *order.Order) { o.Lines[0].Reserved = storetest.Dec("1") }, []order.Cut{cut("5", "5", "5", "1")}},
		"gone":          {func(o *order.Order) { o.Lines = o.Lines[1:] }, []order.Cut{cut("5", "0", "5", "0")}},
		"split in two": {func(o *order.Order) {
			o.Lines = append(o.Lines, o.Lines[0])
			o.Lines[0].Quantity, o.Lines[0].Reserved = storetest.Dec("2"), storetest.Dec("2")
			o.Lines[2].Quantity, o.Lines[2].Reserved = storetest.Dec("3"), storetest.Dec("3")
		}, nil},
		"more":               {func(o *order.Order) { o.Lines[0].Quantity = storetest.Dec("7") }, nil},
		"his own change":     {func(o *order.Order) { o.Edited = true; o.Lines = nil }, nil},
		"cancelled whole":    {func(o *order.Order) { o.Status = order.Cancelled; o.Lines = nil }, nil},
		"not read this time": {func(o *order.Order) { o.Lines, o.LinesReadAt = nil, time.Time{} }, nil},
	}
	for name, test := range tests {
		t.Run(name, func(t *testing.T) {
			s := storetest.State(t, time.Now)
			o := storetest.Order(1)
			o.Status = order.Assembly
			o.Lines, o.LinesReadAt = []order.Line{storetest.OrderLine(1, 5), storetest.OrderLine(2, 1)}, o.ReadAt
			saveOrder(t, s, "ivan", o)
			o.Lines = []order.Line{storetest.OrderLine(1, 5), storetest.OrderLine(2, 1)}
			o.ReadAt = o.ReadAt.Add(time.Hour)
			o.LinesReadAt = o.ReadAt
			test.change(&o)
			saveOrder(t, s, "ivan", o)
			got, err := s.CutsSince(t.Context(), "ivan", storetest.Start.Add(-24*time.Hour))
			for i := range got {
				got[i].At, got[i].Name = time.Time{}, ""
			}
			if diff := cmp.Diff(test.want, got); err != nil || diff != "" {
				t.Error(err, diff)
			}
		})
	}
}

func cut(quantityBefore, quantityAfter, reservedBefore, reservedAfter string) order.Cut {
	return order.Cut{
		Order: storetest.Order(1).ID, Item: storetest.ItemID(1),
		Before: order.CutLine{Quantity: storetest.Dec(quantityBefore), Reserved: storetest.Dec(reservedBefore)},
		Now:    order.CutLine{Quantity: storetest.Dec(quantityAfter), Reserved: storetest.Dec(reservedAfter)},
	}
}
