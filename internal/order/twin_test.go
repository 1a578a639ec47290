package order_test

import (
	"errors"
	"testing"
	"testing/synctest"
	"time"

	"storefront/internal/errkind"
	"storefront/internal/order"
)

// An order with exactly these lines that the buyer does not know of stops the submission, whoever made it and however the cart
// came to be full again; sending a second one takes his word.
func TestSameLinesAreAskedAbout(t *testing.T) {
	open(t, func(s *shop) {
		twin := s.colleague(ours...)
		id := s.press("")
		s.must(s.desk.Close(s.Context()))
		sub := s.submission(id)
		if sub.State != order.NotSent || sub.Twin != twin || sub.FaultKind != string(errkind.Conflict) {
			s.Errorf("%s, twin %q, fault %s; want NOT_SENT because of %s", sub.State, sub.Twin, sub.FaultKind, twin)
		}
		s.wantCount(s.performed, "CreateOrder", 0)
		if cart := s.cart(); cart.Frozen || len(cart.Lines) != 2 {
			s.Errorf("the cart is %+v", cart)
		}

		review, err := s.desk.Review(s.Context(), account, dealer)
		s.must(err)
		if len(review.Twins) != 1 || review.Twins[0].ID != twin || !review.NeedsConsent {
			s.Errorf("the review knows of %+v, consent %t", review.Twins, review.NeedsConsent)
		}
		if _, err := s.desk.Place(s.Context(), account, dealer, order.Agreement{CartVersion: review.Cart.Version}); !errors.Is(err, order.ErrNotAgreed) {
			s.Errorf("a press without the review was taken: %v", err)
		}
		again := s.press("")
		s.must(s.desk.Close(s.Context()))
		s.wantState(again, order.Confirmed)
		s.wantCount(s.performed, "CreateOrder", 1)
	})
}

// Consent is to the orders that were shown, not to any that turns up while the buyer reads.
func TestConsentIsToWhatWasShown(t *testing.T) {
	open(t, func(s *shop) {
		s.colleague(ours...)
		s.press("")
		s.must(s.desk.Close(s.Context()))
		review, err := s.desk.Review(s.Context(), account, dealer)
		s.must(err)
		second := s.colleague(ours...)
		id, err := s.desk.Place(s.Context(), account, dealer, order.Agreement{CartVersion: review.Cart.Version, Token: review.Token})
		s.must(err)
		s.must(s.desk.Close(s.Context()))
		if sub := s.submission(id); sub.State != order.NotSent || sub.Twin != second {
			s.Errorf("%s, twin %q; want NOT_SENT because of %s", sub.State, sub.Twin, second)
		}
		s.wantCount(s.performed, "CreateOrder", 0)
	})
}

func TestOrdersThatAreNoTwins(t *testing.T) {
	cases := map[string]func(*order.Order){
		"a day old":            func(o *order.Order) { o.CreatedAt = time.Now().Add(-24 * time.Hour) },
		"cancelled":            func(o *order.Order) { o.Status = order.Cancelled },
		"a return":             func(o *order.Order) { o.Sum = quantity(-5) },
		"of another quantity":  func(o *order.Order) { o.Lines[0].Quantity = quantity(3) },
		"with one line more":   func(o *order.Order) { o.Lines = append(o.Lines, order.Line{ItemID: "A21101", Quantity: quantity(1)}) },
		"with other goods":     func(o *order.Order) { o.Lines[0].ItemID = "A21101" },
		"read before its time": nil,
	}
	for name, change := range cases {
		t.Run(name, func(t *testing.T) {
			synctest.Test(t, func(t *testing.T) {
				s := newShop(t, newMemory())
				if change != nil {
					s.change(s.colleague(ours...), change)
				}
				id := s.press("")
				s.must(s.desk.Close(s.Context()))
				s.wantState(id, order.Confirmed)
			})
		})
	}
}

// A cart that came back from a restored copy of the data meets the order that it became.
func TestARevivedCartIsNotOrderedTwice(t *testing.T) {
	open(t, func(s *shop) {
		id := s.press("")
		s.must(s.desk.Close(s.Context()))
		s.wantState(id, order.Confirmed)
		s.add("2C918150", 2)
		s.add("0609-001174", 7)
		s.store = newMemory() // yesterday's copy knows neither the submission nor the order
		desk := s.newDesk(s.store, s.fakeDistributor)
		s.add("2C918150", 2)
		s.add("0609-001174", 7)
		review, err := desk.Review(s.Context(), account, dealer)
		s.must(err)
		revived, err := desk.Place(s.Context(), account, dealer, order.Agreement{CartVersion: review.Cart.Version, Token: review.Token})
		s.must(err)
		s.must(desk.Close(s.Context()))
		s.wantState(revived, order.NotSent)
		s.wantCount(s.performed, "CreateOrder", 1)
	})
}
