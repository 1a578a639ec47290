package order_test

import (
	"context"
	"errors"
	"maps"
	"strings"
	"sync"
	"testing"
	"testing/synctest"
	"time"

	"storefront/internal/errkind"
	"storefront/internal/order"
)

func TestPressingTwiceMakesOneOrder(t *testing.T) {
	open(t, func(s *shop) {
		review, err := s.desk.Review(s.Context(), account, dealer)
		s.must(err)
		agreed := order.Agreement{CartVersion: review.Cart.Version, Token: review.Token}
		var ids sync.Map
		var presses sync.WaitGroup
		for range 20 {
			presses.Go(func() {
				id, err := s.desk.Place(s.Context(), account, dealer, agreed)
				if err != nil {
					s.Error(err)
				}
				ids.Store(id, true)
			})
		}
		presses.Wait()
		s.must(s.desk.Close(s.Context()))
		again, err := s.desk.Place(s.Context(), account, dealer, agreed) // Back, and the button once more
		s.must(err)
		ids.Store(again, true)
		different := 0
		ids.Range(func(any, any) bool { different++; return true })
		if different != 1 {
			s.Errorf("the presses led to %d submissions", different)
		}
		s.wantState(again, order.Confirmed)
		s.wantCount(s.called, "CreateOrder", 1)
		s.wantCount(s.called, "Offer", 4) // two lines, reviewed by the page and by the first press alone
	})
}

func TestTwoProcessesOnOneStorageMakeOneOrder(t *testing.T) {
	open(t, func(s *shop) {
		review, err := s.desk.Review(s.Context(), account, dealer)
		s.must(err)
		agreed := order.Agreement{CartVersion: review.Cart.Version, Token: review.Token}
		var presses sync.WaitGroup
		for range 5 {
			desk := s.newDesk(s.store, s.fakeDistributor)
			presses.Go(func() {
				if _, err := desk.Place(s.Context(), account, dealer, agreed); err != nil {
					s.Error(err)
				}
				s.must(desk.Close(s.Context()))
			})
		}
		presses.Wait()
		s.wantCount(s.called, "CreateOrder", 1)
	})
}

func TestTheBuyerGetsTheReservationAtOnce(t *testing.T) {
	open(t, func(s *shop) {
		id := s.press("")
		s.must(s.desk.Close(s.Context()))
		copied, err := s.store.Order(s.Context(), dealer.Buyer(), s.submission(id).OrderID)
		s.must(err)
		if len(copied.Lines) != 2 || copied.LinesReadAt.IsZero() {
			s.Errorf("the order's copy has %d lines", len(copied.Lines))
		}
	})
}

func TestTheCallOutlivesTheRequest(t *testing.T) {
	open(t, func(s *shop) {
		s.next("CreateOrder", slow(time.Minute))
		ctx, leave := context.WithCancel(s.Context())
		review, err := s.desk.Review(ctx, account, dealer)
		s.must(err)
		id, err := s.desk.Place(ctx, account, dealer, order.Agreement{CartVersion: review.Cart.Version, Token: review.Token})
		s.must(err)
		leave()
		s.must(s.desk.Close(s.Context())) // as a stopping program does
		s.wantState(id, order.Confirmed)
	})
}

func TestNothingIsSentThatWasNotAgreedTo(t *testing.T) {
	const dear = "14.00"
	for _, c := range []struct {
		name    string
		meant   func(s *shop, agreed *order.Agreement)
		want    error
		orders  int
		ordered int // lines
	}{
		{"all as reviewed", func(*shop, *order.Agreement) {}, nil, 1, 2},
		{"the price moved after the review", func(s *shop, _ *order.Agreement) { s.dearer("2C918150", dear) }, order.ErrNotAgreed, 0, 0},
		{"an item went after the review", func(s *shop, _ *order.Agreement) { delete(s.offers, "2C918150") }, order.ErrNotAgreed, 0, 0},
		{"only the stock moved", func(s *shop, _ *order.Agreement) { s.price("2C918150", "12.50", 1) }, nil, 1, 2},
		{"another tab changed the cart", func(s *shop, _ *order.Agreement) { s.add("2C918150", 1) }, order.ErrCartChanged, 0, 0},
		{"a token of nothing", func(_ *shop, a *order.Agreement) { a.Token = "x.y" }, order.ErrNotAgreed, 0, 0},
		{"no review, nothing differs", func(_ *shop, a *order.Agreement) { a.Token = "" }, nil, 1, 2},
		{"no review, the price is higher than shown", func(s *shop, a *order.Agreement) { s.dearer("2C918150", dear); a.Token = "" }, order.ErrNotAgreed, 0, 0},
		{"no review, higher within what is allowed", func(s *shop, a *order.Agreement) { s.dearer("2C918150", "12.60"); a.Token = "" }, nil, 1, 2},
		{"a note too long", func(_ *shop, a *order.Agreement) { a.Note = strings.Repeat("ё", order.MaxNote+1) }, order.ErrNoteTooLong, 0, 0},
	} {
		t.Run(c.name, func(t *testing.T) {
			open(t, func(s *shop) {
				review, err := s.desk.Review(s.Context(), account, dealer)
				s.must(err)
				agreed := order.Agreement{CartVersion: review.Cart.Version, Token: review.Token}
				c.meant(s, &agreed)
				_, err = s.desk.Place(s.Context(), account, dealer, agreed)
				s.must(s.desk.Close(s.Context()))
				if !errors.Is(err, c.want) {
					s.Errorf("error %v, want %v", err, c.want)
				}
				s.wantCount(s.performed, "CreateOrder", c.orders)
				if c.orders > 0 && len(s.orders[0].Lines) != c.ordered {
					s.Errorf("%d lines were ordered, want %d", len(s.orders[0].Lines), c.ordered)
				}
				if c.want != nil && (s.cart().Frozen || len(s.cart().Lines) != 2) {
					s.Errorf("the cart is not as it was: %+v", s.cart())
				}
			})
		})
	}
}

// dearer changes what the service asks, not what was shown.
func (s *shop) dearer(item string, price string) {
	shown := s.shown[itemID(item)]
	s.price(itemID(item), price, 100)
	s.shown[itemID(item)] = shown
}

func TestAServiceThatIsDownIsASubmissionThatWasNotSent(t *testing.T) {
	for _, kind := range []errkind.Kind{errkind.Unreachable, errkind.Timeout, errkind.Technical, errkind.NotSOAP} {
		t.Run(string(kind), func(t *testing.T) {
			open(t, func(s *shop) {
				s.broken("Offer", fails(errkind.New(kind, "")))
				id, err := s.desk.Place(s.Context(), account, dealer, order.Agreement{CartVersion: s.cart().Version})
				s.must(err)
				s.wantState(id, order.NotSent)
				sub := s.submission(id)
				if sub.FaultKind != string(kind) || len(sub.Lines) != 2 || sub.Sealed != nil {
					s.Errorf("the submission is %+v", sub)
				}
				s.wantCount(s.called, "CreateOrder", 0)
				s.broken("Offer", nil)
				s.press("") // and the cart can be sent again
				s.must(s.desk.Close(s.Context()))
				s.wantCount(s.performed, "CreateOrder", 1)
			})
		})
	}
}

func TestARefusedPasswordIsNotASubmission(t *testing.T) {
	open(t, func(s *shop) {
		s.broken("Offer", fails(errkind.New(errkind.AccessDenied, "")))
		_, err := s.desk.Place(s.Context(), account, dealer, order.Agreement{CartVersion: s.cart().Version})
		wantKind(s.T, err, errkind.AccessDenied)
		if s.cart().Frozen {
			s.Error("the cart is frozen")
		}
	})
}

func TestOneOpenSubmissionABuyer(t *testing.T) {
	open(t, func(s *shop) {
		s.next("CreateOrder", fails(unanswered))
		id := s.press("")
		s.must(s.desk.Close(s.Context()))
		s.wantState(id, order.Uncertain)
		_, err := s.desk.Place(s.Context(), account, dealer, order.Agreement{CartVersion: s.cart().Version + 1})
		if !errors.Is(err, order.ErrOpenSubmission) {
			s.Errorf("error %v, want %v", err, order.ErrOpenSubmission)
		}
		if _, err := s.store.AddLine(s.Context(), dealer.Buyer(), "2C918150", quantity(1)); !errors.Is(err, order.ErrFrozen) {
			s.Errorf("the frozen cart took a line: %v", err)
		}
	})
}

func TestHistoryTellsEveryMove(t *testing.T) {
	open(t, func(s *shop) {
		id := s.press("")
		s.must(s.desk.Close(s.Context()))
		steps, err := s.store.History(s.Context(), dealer.Buyer(), id)
		s.must(err)
		var got []order.State
		for _, step := range steps {
			got = append(got, step.State)
		}
		wantStates(s.T, got, order.Prepared, order.Baselined, order.Sending, order.Confirmed)
	})
}

func TestReviewTellsWhatDiffers(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		s := newShop(t, newMemory())
		s.dearer("2C918150", "12.60") // 0.8 %, less than needs consent
		s.price("A21101", "-1", 5)
		s.add("A21101", 1)
		s.add("GONE-1", 3)
		review, err := s.desk.Review(s.Context(), account, dealer)
		s.must(err)
		byItem := map[string]order.ReviewLine{}
		for _, l := range review.Lines {
			byItem[string(l.ItemID)] = l
		}
		for _, c := range []struct {
			item                             string
			orderable, gone, changed, larger bool
			short                            int64
		}{
			{"2C918150", true, false, true, false, 0},
			{"0609-001174", true, false, false, false, 3},
			{"A21101", false, false, false, false, 0},
			{"GONE-1", false, true, true, false, 3},
		} {
			l := byItem[c.item]
			if l.Orderable() != c.orderable || l.Gone != c.gone || l.Changed() != c.changed || l.Deviates != c.larger || !l.Short().Equal(quantity(c.short)) {
				s.Errorf("%s: orderable %v, gone %v, changed %v, deviates %v, short %s", c.item, l.Orderable(), l.Gone, l.Changed(), l.Deviates, l.Short())
			}
		}
		if want := "46.9"; review.Total.String() != want { // 2 × 12.60 + 7 × 3.10
			s.Errorf("total %s, want %s", review.Total, want)
		}
		if !review.NeedsConsent {
			s.Error("lines are left out, and nobody is asked")
		}
		s.next("Orders", works)
		_, err = s.desk.Place(s.Context(), account, dealer, order.Agreement{CartVersion: review.Cart.Version, Token: review.Token})
		s.must(err)
		s.must(s.desk.Close(s.Context()))
		if len(s.orders) != 1 || len(s.orders[0].Lines) != 2 {
			s.Errorf("ordered: %+v", s.orders)
		}
	})
}

// What is left out of an order stays in the cart: only what became an order leaves it.
func TestWhatIsLeftOutStaysInTheCart(t *testing.T) {
	open(t, func(s *shop) {
		s.price("A21101", "-1", 5)
		s.add("A21101", 1)
		s.add("GONE-1", 3)
		id := s.press("")
		s.must(s.desk.Close(s.Context()))
		s.wantState(id, order.Confirmed)
		if got := len(s.orders[0].Lines); got != 2 {
			s.Errorf("%d lines were ordered, want the 2 that can be", got)
		}
		left := map[string]string{}
		for _, l := range s.cart().Lines {
			left[string(l.ItemID)] = l.Quantity.String()
		}
		if want := map[string]string{"A21101": "1", "GONE-1": "3"}; !maps.Equal(left, want) {
			s.Errorf("the cart holds %v, want %v", left, want)
		}
	})
}

// A long cart is reviewed with one question, not with hundreds.
func TestALongCartIsReviewedAtOnce(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		s := newShop(t, newMemory())
		for i := range 50 {
			item := itemID(strings.Repeat("7", 3) + string(rune('A'+i%26)) + string(rune('A'+i/26)))
			s.price(item, "1.00", 5)
			s.add(item, 1)
		}
		review, err := s.desk.Review(s.Context(), account, dealer)
		s.must(err)
		if len(review.Lines) != 52 || review.NeedsConsent {
			s.Errorf("%d lines, consent %v", len(review.Lines), review.NeedsConsent)
		}
		s.wantCount(s.called, "AllOffers", 1)
		s.wantCount(s.called, "Offer", 0)
	})
}

func TestAnEmptyCartOrdersNothing(t *testing.T) {
	open(t, func(s *shop) {
		for _, item := range []string{"2C918150", "0609-001174"} {
			_, err := s.store.SetLine(s.Context(), dealer.Buyer(), itemID(item), quantity(0))
			s.must(err)
		}
		_, err := s.desk.Place(s.Context(), account, dealer, order.Agreement{CartVersion: s.cart().Version})
		if !errors.Is(err, order.ErrNothingToOrder) {
			s.Errorf("error %v, want %v", err, order.ErrNothingToOrder)
		}
	})
}
