package order_test

import (
	"errors"
	"testing"
	"time"

	"storefront/internal/buyer"
	"storefront/internal/errkind"
	"storefront/internal/order"
)

// addCart agrees to the review and has the cart added to an order, to the end.
func (s *shop) addCart(id order.ID) {
	s.Helper()
	review, err := s.desk.Review(s.Context(), account, dealer)
	s.must(err)
	s.must(s.desk.AddCart(s.Context(), account, dealer, id, order.Agreement{CartVersion: review.Cart.Version, Token: review.Token}))
	s.must(s.desk.Close(s.Context()))
}

// known makes an order with one piece of the first line's item, of which the buyer has a copy.
func (s *shop) known() order.ID {
	s.Helper()
	id := s.colleague(order.NewLine{ItemID: "2C918150", Quantity: quantity(1)})
	s.must(s.store.SaveOrder(s.Context(), dealer.Buyer(), s.orders[s.at(id)]))
	return id
}

func TestACartIsAddedToAReservedOrder(t *testing.T) {
	open(t, func(s *shop) {
		id := s.known()
		joinable, err := s.desk.Joinable(s.Context(), account)
		s.must(err)
		if len(joinable) != 1 || joinable[0].ID != id {
			s.Errorf("it can be added to %+v", joinable)
		}
		s.addCart(id)
		o := s.orders[s.at(id)]
		if len(o.Lines) != 2 || !o.Lines[0].Quantity.Equal(quantity(3)) || !o.Lines[1].Quantity.Equal(quantity(7)) {
			s.Errorf("the order has %+v", o.Lines)
		}
		if cart := s.cart(); cart.Frozen || len(cart.Lines) != 0 {
			s.Errorf("the cart has %+v", cart)
		}
		s.wantCount(s.performed, "AddLine", 2)
		s.wantCount(s.called, "CreateOrder", 0)
	})
}

// A line that is refused stays in the cart, and the others are added all the same.
func TestARefusedLineStaysInTheCart(t *testing.T) {
	open(t, func(s *shop) {
		id := s.known()
		s.next("AddLine", fails(class(order.ClassAnswered, errkind.BusinessLogic)))
		s.addCart(id)
		if cart := s.cart(); cart.Frozen || len(cart.Lines) != 1 || cart.Lines[0].ItemID != "2C918150" {
			s.Errorf("the cart has %+v", cart)
		}
		s.wantCount(s.performed, "AddLine", 1)
	})
}

// A lost answer holds the cart until the order tells, and nothing is sent twice or twice over in a new order.
func TestALostAnswerHoldsTheCart(t *testing.T) {
	open(t, func(s *shop) {
		id := s.known()
		s.register.Put(dealer, time.Now())
		s.next("AddLine", lost(unanswered))
		s.broken("OrderWithLines", nil)
		s.next("OrderWithLines", works, fails(technical))
		s.addCart(id)
		cart := s.cart()
		if !cart.Frozen || len(cart.Lines) != 2 {
			s.Fatalf("the cart is %+v", cart)
		}
		review, err := s.desk.Review(s.Context(), account, dealer)
		s.must(err)
		agreed := order.Agreement{CartVersion: review.Cart.Version, Token: review.Token}
		if _, err := s.desk.Place(s.Context(), account, dealer, agreed); !errors.Is(err, order.ErrOpenSubmission) {
			s.Errorf("the cart was sent meanwhile: %v", err)
		}
		if err := s.desk.AddCart(s.Context(), account, dealer, id, agreed); !errors.Is(err, order.ErrFrozen) {
			s.Errorf("the cart was added twice: %v", err)
		}
		time.Sleep(time.Minute)
		s.must(s.desk.Recover(s.Context()))
		if cart := s.cart(); len(cart.Lines) != 1 || cart.Lines[0].ItemID != "0609-001174" {
			s.Errorf("once the order has told, the cart has %+v", cart)
		}
		s.wantCount(s.performed, "AddLine", 1)
		s.wantCount(s.called, "CreateOrder", 0)
	})
}

func TestACartIsNotAddedAnywhere(t *testing.T) {
	open(t, func(s *shop) {
		id := s.known()
		s.change(id, func(o *order.Order) { o.Status = order.Assembly })
		review, err := s.desk.Review(s.Context(), account, dealer)
		s.must(err)
		agreed := order.Agreement{CartVersion: review.Cart.Version, Token: review.Token}
		for name, c := range map[string]struct {
			id     order.ID
			agreed order.Agreement
			want   error
		}{
			"to an order that moved on":   {id, agreed, order.ErrNotEditable},
			"to an order that is not his": {"9999", agreed, order.ErrNoOrder},
			"a cart that changed":         {id, order.Agreement{CartVersion: 1, Token: review.Token}, order.ErrCartChanged},
			"a price not agreed to":       {id, order.Agreement{CartVersion: review.Cart.Version, Token: "cart.x"}, order.ErrNotAgreed},
		} {
			if err := s.desk.AddCart(s.Context(), account, dealer, c.id, c.agreed); !errors.Is(err, c.want) {
				s.Errorf("%s: %v, want %v", name, err, c.want)
			}
		}
		s.wantCount(s.called, "AddLine", 0)
		if cart := s.cart(); cart.Frozen || len(cart.Lines) != 2 {
			s.Errorf("the cart is %+v", cart)
		}
	})
}

// An order that is one too many is emptied line by line, each once.
func TestAnOrderIsEmptied(t *testing.T) {
	open(t, func(s *shop) {
		id := s.colleague(ours...)
		s.must(s.store.SaveOrder(s.Context(), dealer.Buyer(), s.orders[s.at(id)]))
		s.must(s.desk.Empty(s.Context(), account, dealer, id))
		s.must(s.desk.Close(s.Context()))
		if lines := s.orders[s.at(id)].Lines; len(lines) != 0 {
			s.Errorf("the order has %+v", lines)
		}
		s.wantCount(s.performed, "RemoveLine", 2)
		s.must(s.desk.Empty(s.Context(), account, dealer, id))
		s.wantCount(s.performed, "RemoveLine", 2)
		if err := s.desk.Empty(s.Context(), buyer.Account{ID: account.ID, Right: buyer.RightNone}, dealer, id); !errors.Is(err, order.ErrNoRight) {
			s.Errorf("without the right: %v", err)
		}
	})
}
