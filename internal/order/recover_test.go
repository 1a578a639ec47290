package order_test

import (
	"errors"
	"testing"
	"testing/synctest"
	"time"

	"storefront/internal/buyer"
	"storefront/internal/errkind"
	"storefront/internal/order"
	"storefront/internal/secret"
)

// unknown leaves a submission UNKNOWN, with the order made.
func (s *shop) unknown() order.SubmissionID {
	s.Helper()
	s.next("CreateOrder", lost(unanswered))
	id := s.press("")
	s.must(s.desk.Close(s.Context()))
	s.wantState(id, order.Uncertain)
	return id
}

// After a restart nobody is here, and the submission is finished with its own sealed credentials.
func TestReadingNeedsNoBuyer(t *testing.T) {
	open(t, func(s *shop) {
		id := s.unknown()
		time.Sleep(time.Minute)
		s.must(s.newDesk(s.store, s.fakeDistributor).Recover(s.Context()))
		s.wantState(id, order.Confirmed)
	})
}

// A password changed meanwhile is tried once, not every minute; the buyer's next sign-in goes on.
func TestAStalePasswordIsNotTriedAgain(t *testing.T) {
	open(t, func(s *shop) {
		id := s.unknown()
		s.broken("Orders", fails(errkind.New(errkind.AccessDenied, "")))
		asked := s.count(s.called, "Orders")
		stop := s.running(s.desk)
		time.Sleep(time.Hour)
		synctest.Wait()
		s.wantState(id, order.Uncertain)
		s.wantCount(s.called, "Orders", asked+1)

		s.broken("Orders", nil)
		s.register.Prove(buyer.Credentials{Login: "dealer", Password: secret.New("новый")})
		time.Sleep(2 * time.Minute)
		synctest.Wait()
		s.wantState(id, order.Confirmed)
		stop()
	})
}

func TestReadsAreTimed(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		s := newShop(t, newMemory())
		s.next("CreateOrder", fails(unanswered))
		var reads []time.Duration
		stop := s.running(s.desk)
		id := s.press("")
		start := time.Now()
		synctest.Wait()
		s.broken("Orders", func(perform func()) error {
			reads = append(reads, time.Since(start))
			perform()
			return nil
		})
		time.Sleep(4 * time.Minute)
		synctest.Wait()
		for i, want := range []time.Duration{time.Second, 3 * time.Second, 8 * time.Second, 20 * time.Second, time.Minute} {
			if reads[i] != want {
				s.Errorf("read %d after %s, want %s", i, reads[i], want)
			}
		}
		for i := 5; i < len(reads); i++ {
			if gap := reads[i] - reads[i-1]; gap < 48*time.Second || gap > 72*time.Second {
				s.Errorf("read %d came %s after the one before", i, gap)
			}
		}
		if sub := s.submission(id); sub.ReadsOK != len(reads) || sub.LastReadAt.IsZero() || !sub.NextReadAt.After(time.Now()) {
			s.Errorf("%d reads, noted %d, last %s, next %s", len(reads), sub.ReadsOK, sub.LastReadAt, sub.NextReadAt)
		}
		stop()
	})
}

// A read that fails counts for nothing.
func TestFailedReadsAdvanceNothing(t *testing.T) {
	open(t, func(s *shop) {
		id := s.unknown()
		s.broken("Orders", fails(errkind.New(errkind.Timeout, "")))
		stop := s.running(s.desk)
		time.Sleep(time.Hour)
		synctest.Wait()
		if sub := s.submission(id); sub.State != order.Uncertain || sub.ReadsOK != 0 || !sub.LastReadAt.IsZero() {
			s.Errorf("%s after %d reads, the last at %s", sub.State, sub.ReadsOK, sub.LastReadAt)
		}
		stop()
	})
}

func TestTheBuyerSettlesWhatReadingCannot(t *testing.T) {
	arrange := func(s *shop) (order.SubmissionID, order.ID) {
		s.next("CreateOrder", lost(unanswered))
		old := s.reserved()
		id := s.press("")
		s.must(s.desk.Close(s.Context()))
		s.colleague(ours...)
		time.Sleep(2 * time.Second)
		s.must(s.desk.Recover(s.Context()))
		s.wantState(id, order.NeedsBuyer)
		return id, old
	}
	t.Run("one is his", func(t *testing.T) {
		open(t, func(s *shop) {
			id, old := arrange(s)
			candidates, err := s.desk.Candidates(s.Context(), s.submission(id))
			s.must(err)
			if len(candidates) != 2 || len(candidates[0].Lines) != 2 {
				s.Fatalf("candidates %+v", candidates)
			}
			for _, wrong := range []order.ID{old, "9999"} {
				if _, err := s.desk.Choose(s.Context(), account, dealer, id, wrong); !errors.Is(err, order.ErrNoOrder) {
					s.Errorf("order %s was taken: %v", wrong, err)
				}
			}
			sub, err := s.desk.Choose(s.Context(), account, dealer, id, candidates[0].ID)
			s.must(err)
			if sub.State != order.Confirmed || sub.OrderID != candidates[0].ID || sub.Evidence != order.EvidenceBuyer {
				s.Errorf("%s, order %s by %s", sub.State, sub.OrderID, sub.Evidence)
			}
			if _, err := s.desk.Dismiss(s.Context(), dealer.Buyer(), id, nil); !errors.Is(err, order.ErrSettled) {
				s.Errorf("it was settled twice: %v", err)
			}
		})
	})
	// His own may still turn up: the search goes on, and only what he has not seen yet is shown to him again.
	t.Run("none is", func(t *testing.T) {
		open(t, func(s *shop) {
			id, _ := arrange(s)
			candidates, err := s.desk.Candidates(s.Context(), s.submission(id))
			s.must(err)
			sub, err := s.desk.Dismiss(s.Context(), dealer.Buyer(), id, []order.ID{candidates[0].ID})
			s.must(err)
			if sub.State != order.Uncertain || !s.cart().Frozen {
				s.Errorf("%s, cart %+v", sub.State, s.cart())
			}
			s.must(s.desk.Recover(s.Context()))
			s.wantState(id, order.Confirmed)
			if got := s.submission(id).OrderID; got != candidates[1].ID {
				s.Errorf("order %s is taken, want %s, the one that is left", got, candidates[1].ID)
			}
		})
	})
}

// A state that holds a cart can be left, and what settles a submission is final.
func TestOpenStatesHaveAWayOut(t *testing.T) {
	for _, state := range []order.State{order.Prepared, order.Baselined, order.Sending, order.Uncertain, order.NeedsBuyer} {
		if len(state.Next()) == 0 || !state.Open() {
			t.Errorf("%s would keep its cart for ever", state)
		}
	}
	for _, state := range []order.State{order.Confirmed, order.NotSent, order.Rejected, order.LateFound} {
		if len(state.Next()) != 0 || state.Open() {
			t.Errorf("%s is not an end", state)
		}
	}
}
