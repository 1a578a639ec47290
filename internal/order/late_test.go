package order_test

import (
	"errors"
	"testing"
	"time"

	"storefront/internal/order"
)

// unconfirmed presses, and waits until the order is probably not created.
func (s *shop) unconfirmed() order.SubmissionID {
	s.Helper()
	id := s.press("")
	time.Sleep(minutes)
	s.wantState(id, order.ProbablyNotCreated)
	return id
}

// An order that is performed after the quiet period is found, loudly, and takes the cart along that was not touched since.
func TestAnOrderThatTurnsUpLate(t *testing.T) {
	for name, give := range map[string]func(*shop, order.SubmissionID){
		"while the buyer thinks": func(*shop, order.SubmissionID) {},
		"after he gave it up": func(s *shop, id order.SubmissionID) {
			sub, err := s.desk.GiveUp(s.Context(), dealer.Buyer(), id)
			s.must(err)
			if sub.State != order.Closed || s.cart().Frozen || len(s.cart().Lines) != 2 {
				s.Errorf("%s, cart %+v", sub.State, s.cart())
			}
			if _, err := s.desk.GiveUp(s.Context(), dealer.Buyer(), id); !errors.Is(err, order.ErrSettled) {
				s.Errorf("it was given up twice: %v", err)
			}
		},
	} {
		t.Run(name, func(t *testing.T) {
			open(t, func(s *shop) {
				defer s.running(s.desk)()
				s.next("CreateOrder", later(40*time.Minute, unanswered))
				id := s.unconfirmed()
				give(s, id)
				time.Sleep(30 * time.Minute)
				sub := s.submission(id)
				if sub.State != order.LateFound || sub.OrderID != "4711" || len(sub.Sealed) != 0 {
					s.Errorf("%s, order %q, %d sealed bytes", sub.State, sub.OrderID, len(sub.Sealed))
				}
				if cart := s.cart(); len(cart.Lines) != 0 {
					s.Errorf("what was ordered is still in the cart: %+v", cart)
				}
			})
		})
	}
}

// The watch ends after a day, and what an order looked like then is not asked any more.
func TestTheLateWatchEnds(t *testing.T) {
	open(t, func(s *shop) {
		defer s.running(s.desk)()
		s.next("CreateOrder", later(25*time.Hour, unanswered))
		id := s.unconfirmed()
		time.Sleep(order.LateWatch)
		reads := s.count(s.called, "Orders")
		time.Sleep(3 * time.Hour)
		s.wantState(id, order.ProbablyNotCreated)
		if got := s.count(s.called, "Orders"); got != reads {
			s.Errorf("%d readings after the end of the watch", got-reads)
		}
		if reads > 200 {
			s.Errorf("%d readings in a day, want about one in a quiet period", reads)
		}
	})
}

// Sending again is a submission of its own, told apart from the first by its baseline, and each order explains one of them.
func TestSendingAgain(t *testing.T) {
	open(t, func(s *shop) {
		defer s.running(s.desk)()
		s.next("CreateOrder", later(40*time.Minute, unanswered))
		first := s.unconfirmed()
		review, err := s.desk.Review(s.Context(), account, dealer)
		s.must(err)
		if review.Unresolved == nil || review.Unresolved.ID != first || !review.NeedsConsent {
			s.Fatalf("the review does not warn of the first: %+v", review)
		}
		second := s.press("")
		if second == first {
			s.Fatal("sending again is the same submission")
		}
		time.Sleep(time.Second)
		s.wantState(second, order.Confirmed)
		s.wantState(first, order.ProbablyNotCreated)
		if got := s.submission(second).Parent; got != first {
			s.Errorf("its parent is %q", got)
		}
		children, err := s.store.Children(s.Context(), dealer.Buyer(), first)
		s.must(err)
		if len(children) != 1 || children[0].ID != second {
			s.Errorf("children %+v", children)
		}
		time.Sleep(30 * time.Minute)
		s.wantState(first, order.LateFound)
		if a, b := s.submission(first).OrderID, s.submission(second).OrderID; a == b || a == "" {
			s.Errorf("orders %q and %q", a, b)
		}
		s.wantCount(s.performed, "CreateOrder", 2)
	})
}

// An order without an answer is warned of beyond its cart: the buyer may have ordered something else, and filled the next cart
// with the same lines again.
func TestTheSameLinesInANewCartAreWarnedOf(t *testing.T) {
	open(t, func(s *shop) {
		defer s.running(s.desk)()
		s.next("CreateOrder", fails(unanswered))
		first := s.unconfirmed()
		s.add("2C918150", 5)
		other := s.press("")
		time.Sleep(time.Second)
		s.wantState(other, order.Confirmed)
		s.add("2C918150", 2)
		s.add("0609-001174", 7)
		review, err := s.desk.Review(s.Context(), account, dealer)
		s.must(err)
		if review.Unresolved == nil || review.Unresolved.ID != first || !review.NeedsConsent {
			s.Errorf("the review warns of %+v, want %s", review.Unresolved, first)
		}
	})
}

// The first order may turn up just as the buyer sends again: then nothing is sent, and it is found.
func TestSendingAgainMeetsTheFirst(t *testing.T) {
	open(t, func(s *shop) {
		defer s.running(s.desk)()
		s.next("CreateOrder", later(19*time.Minute+30*time.Second, unanswered))
		first := s.unconfirmed()
		time.Sleep(32 * time.Second)
		second := s.press("")
		time.Sleep(6 * time.Minute)
		s.wantState(second, order.NotSent)
		s.wantState(first, order.LateFound)
		s.wantCount(s.performed, "CreateOrder", 1)
	})
}
