package order_test

import (
	"errors"
	"slices"
	"sync"
	"testing"

	"storefront/internal/buyer"
	"storefront/internal/errkind"
	"storefront/internal/order"
)

// reserved gives the dealer an order of ten pieces in «Резервирование», copied here.
func (s *shop) reserved() order.ID {
	s.Helper()
	id := s.colleague(order.NewLine{ItemID: "2C918150", Quantity: quantity(10)}, order.NewLine{ItemID: "0609-001174", Quantity: quantity(3)})
	s.must(s.store.SaveOrder(s.Context(), dealer.Buyer(), s.orders[s.at(id)]))
	return id
}

func (s *shop) ordered(id order.ID, item string) int64 {
	for _, l := range s.orders[s.at(id)].Lines {
		if string(l.ItemID) == item {
			return l.Quantity.IntPart()
		}
	}
	return 0
}

func TestSetQuantity(t *testing.T) {
	for _, c := range []struct {
		name   string
		want   int64
		happen func(s *shop, id order.ID)
		state  order.EditState
		shows  int64
		kind   errkind.Kind
		adds   int
		cuts   int
	}{
		{name: "more", want: 14, state: order.EditDone, shows: 14, adds: 1},
		{name: "less", want: 6, state: order.EditDone, shows: 6, cuts: 1},
		{name: "none", want: 0, state: order.EditDone, shows: 0, cuts: 1},
		{name: "as it is", want: 10, state: order.EditDone, shows: 10},
		{name: "more, answer lost", want: 14, happen: edits("AddLine", lost(unanswered)), state: order.EditDone, shows: 14, adds: 1},
		{name: "more, request lost", want: 14, happen: edits("AddLine", fails(unanswered)), state: order.EditUnknown, shows: 10, adds: 1},
		{name: "less, answer lost", want: 6, happen: edits("RemoveLine", lost(reset)), state: order.EditDone, shows: 6, cuts: 1},
		{name: "less, request lost", want: 6, happen: edits("RemoveLine", fails(reset)), state: order.EditUnknown, shows: 10, cuts: 1},
		{name: "none, answer lost", want: 0, happen: edits("RemoveLine", lost(unanswered)), state: order.EditDone, shows: 0, cuts: 1},
		{name: "fault after the deed", want: 14, happen: edits("AddLine", lost(technical)), state: order.EditDone, shows: 14, adds: 1},
		{name: "fault, nothing done", want: 14, happen: edits("AddLine", fails(technical)), state: order.EditRefused, shows: 10, kind: errkind.Technical, adds: 1},
		{name: "answered, nothing done", want: 14, happen: edits("AddLine", fails(nil)), state: order.EditUnchanged, shows: 10, adds: 1},
		{name: "refused", want: 14, happen: edits("AddLine", fails(class(order.ClassAnswered, errkind.BusinessLogic))), state: order.EditRefused, shows: 10, kind: errkind.BusinessLogic, adds: 1},
		{name: "not sent", want: 14, happen: edits("AddLine", fails(refusedTCP)), state: order.EditNotSent, kind: errkind.Unreachable, adds: 1},
		{name: "a colleague added meanwhile", want: 14, happen: func(s *shop, id order.ID) {
			s.next("AddLine", func(perform func()) error {
				perform()
				s.change(id, func(o *order.Order) { o.Lines[0].Quantity = quantity(16) })
				return unanswered
			})
		}, state: order.EditDiffers, shows: 16, adds: 1},
		{name: "more, where adding sets the quantity", want: 14, happen: func(s *shop, id order.ID) {
			s.next("AddLine", func(func()) error {
				s.change(id, func(o *order.Order) { o.Lines[0].Quantity = quantity(4) })
				return nil
			})
		}, state: order.EditDiffers, shows: 4, adds: 1},
		{name: "less, where the count is what stays", want: 4, happen: func(s *shop, id order.ID) {
			s.next("RemoveLine", func(func()) error {
				s.change(id, func(o *order.Order) { o.Lines[0].Quantity = quantity(6) })
				return nil
			})
		}, state: order.EditDiffers, shows: 6, cuts: 1},
		{name: "the order moved on, and the request was refused for it", want: 6, happen: func(s *shop, id order.ID) {
			s.next("RemoveLine", func(func()) error {
				s.change(id, func(o *order.Order) { o.Status = order.Assembly })
				return class(order.ClassAnswered, errkind.BusinessLogic)
			})
		}, state: order.EditRefused, shows: 10, kind: errkind.BusinessLogic, cuts: 1},
		{name: "the order moved on, and the request was lost: nothing can change it any more", want: 6, happen: func(s *shop, id order.ID) {
			s.next("RemoveLine", func(func()) error {
				s.change(id, func(o *order.Order) { o.Status = order.Assembly })
				return unanswered
			})
		}, state: order.EditUnchanged, shows: 10, cuts: 1},
		{name: "sent, and the order can't be read after", want: 14, happen: func(s *shop, _ order.ID) {
			s.next("OrderWithLines", works, fails(errkind.New(errkind.Timeout, "")))
		}, state: order.EditUnknown, adds: 1},
		{name: "refused before execution, and the order can't be read after", want: 14, happen: func(s *shop, _ order.ID) {
			s.next("OrderWithLines", works, fails(errkind.New(errkind.Timeout, "")))
			s.next("AddLine", fails(class(order.ClassRefused, errkind.Contract)))
		}, state: order.EditRefused, kind: errkind.Contract, adds: 1},
		{name: "it can't be read before", want: 14, happen: func(s *shop, _ order.ID) {
			s.next("OrderWithLines", fails(errkind.New(errkind.Timeout, "")))
		}, kind: errkind.Timeout},
		{name: "the order moved on before", want: 14, happen: func(s *shop, id order.ID) {
			s.change(id, func(o *order.Order) { o.Status = order.Assembly })
		}, kind: errkind.Conflict},
		{name: "too many", want: order.MaxQuantity + 1, kind: errkind.Invalid},
	} {
		t.Run(c.name, func(t *testing.T) {
			open(t, func(s *shop) {
				id := s.reserved()
				if c.happen != nil {
					c.happen(s, id)
				}
				edit, err := s.set(id, c.want)
				wantKind(s.T, err, c.kind)
				if edit.State != c.state || !edit.Shows.Equal(quantity(c.shows)) {
					s.Errorf("%s, shows %s, want %s, %d", edit.State, edit.Shows, c.state, c.shows)
				}
				s.wantCount(s.called, "AddLine", c.adds)
				s.wantCount(s.called, "RemoveLine", c.cuts)
				if c.state == order.EditDone && s.ordered(id, "2C918150") != c.want {
					s.Errorf("the service has %d, want %d", s.ordered(id, "2C918150"), c.want)
				}
				if edit.ID != "" {
					s.wantKept(edit)
				}
			})
		})
	}
}

// set makes the quantity of the order's first item what is wanted.
func (s *shop) set(id order.ID, want int64) (order.Edit, error) {
	return s.desk.SetQuantity(s.Context(), account, dealer, id, order.Wish{Item: "2C918150", Quantity: quantity(want)})
}

// wantKept checks that an edit is in the store as it was told, and that what was read of its order was kept.
func (s *shop) wantKept(e order.Edit) {
	s.Helper()
	kept, err := s.store.Edit(s.Context(), dealer.Buyer(), e.ID)
	s.must(err)
	if kept.State != e.State || kept.Epoch != e.Epoch || !kept.Before.Equal(e.Before) || !kept.Wanted.Equal(e.Wanted) {
		s.Errorf("kept is %+v, told %+v", kept, e)
	}
	copied, err := s.store.Order(s.Context(), dealer.Buyer(), e.Order)
	s.must(err)
	if !e.ReadAt.IsZero() && copied.Status != e.Status {
		s.Errorf("the copy is %s, the order was read %s", copied.Status, e.Status)
	}
}

func edits(operation string, scripts ...script) func(*shop, order.ID) {
	return func(s *shop, _ order.ID) { s.next(operation, scripts...) }
}

func TestAddLine(t *testing.T) {
	open(t, func(s *shop) {
		id := s.reserved()
		s.price("A21101", "5.00", 50)
		s.price("ON-REQUEST", "-1", 50)
		edit, err := s.desk.AddLine(s.Context(), account, dealer, id, order.NewLine{ItemID: "A21101", Quantity: quantity(12)})
		s.must(err)
		if edit.State != order.EditDone || !edit.Before.IsZero() || s.ordered(id, "A21101") != 12 {
			s.Errorf("a new line: %+v", edit)
		}
		edit, err = s.desk.AddLine(s.Context(), account, dealer, id, order.NewLine{ItemID: "2C918150", Quantity: quantity(5)})
		s.must(err)
		if !edit.Wanted.Equal(quantity(15)) || s.ordered(id, "2C918150") != 15 {
			s.Errorf("more of a line: wanted %s, the service has %d", edit.Wanted, s.ordered(id, "2C918150"))
		}
		_, err = s.desk.AddLine(s.Context(), account, dealer, id, order.NewLine{ItemID: "ON-REQUEST", Quantity: quantity(1)})
		if !errors.Is(err, order.ErrNoPrice) {
			s.Errorf("an item without a price: %v", err)
		}
		_, err = s.desk.AddLine(s.Context(), account, dealer, id, order.NewLine{ItemID: "A21101", Quantity: quantity(0)})
		if !errors.Is(err, order.ErrQuantity) {
			s.Errorf("nothing: %v", err)
		}
	})
}

// Two presses of "make it 14" are one wish.
func TestADoubleClickChangesOnce(t *testing.T) {
	open(t, func(s *shop) {
		id := s.reserved()
		var presses sync.WaitGroup
		for range 5 {
			presses.Go(func() {
				if _, err := s.desk.SetQuantity(s.Context(), account, dealer, id, order.Wish{Item: "2C918150", Quantity: quantity(14)}); err != nil {
					s.Error(err)
				}
			})
		}
		presses.Wait()
		if got := s.ordered(id, "2C918150"); got != 14 {
			s.Errorf("the service has %d, want 14", got)
		}
	})
}

func TestEditingNeedsTheRightAndAnOrderOfOnesOwn(t *testing.T) {
	open(t, func(s *shop) {
		id := s.reserved()
		_, err := s.desk.SetQuantity(s.Context(), buyer.Account{ID: "dealer", Right: buyer.RightNone}, dealer, id, order.Wish{Item: "2C918150", Quantity: quantity(1)})
		if !errors.Is(err, order.ErrNoRight) {
			s.Errorf("without the right: %v", err)
		}
		_, err = s.desk.SetQuantity(s.Context(), account, dealer, "9999", order.Wish{Item: "2C918150", Quantity: quantity(1)})
		if !errors.Is(err, order.ErrNoOrder) {
			s.Errorf("somebody else's order: %v", err)
		}
		if len(s.called) != 0 {
			s.Errorf("the service was asked: %v", s.called)
		}
	})
}

// Where the right could not be learned, the first act teaches it.
func TestTheRightIsLearnedFromTheFirstAct(t *testing.T) {
	unknown := buyer.Account{ID: "dealer"}
	for _, c := range []struct {
		name   string
		answer script
		want   buyer.Right
	}{
		{"done", works, buyer.RightEdit},
		{"NON_AUTHORIZED", fails(class(order.ClassRefused, errkind.NonAuthorized)), buyer.RightNone},
		{"no answer", fails(unanswered), buyer.RightUnknown},
	} {
		t.Run(c.name, func(t *testing.T) {
			open(t, func(s *shop) {
				s.must(s.store.SaveAccount(s.Context(), unknown))
				id := s.reserved()
				s.next("AddLine", c.answer)
				_, _ = s.desk.SetQuantity(s.Context(), unknown, dealer, id, order.Wish{Item: "2C918150", Quantity: quantity(11)})
				got, err := s.store.Account(s.Context(), "dealer")
				s.must(err)
				if got.Right != c.want {
					s.Errorf("the right is %q, want %q", got.Right, c.want)
				}
			})
		})
	}
}

func wantStates(t *testing.T, got []order.State, want ...order.State) {
	t.Helper()
	if !slices.Equal(got, want) {
		t.Errorf("states %v, want %v", got, want)
	}
}
