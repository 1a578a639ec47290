package order_test

import (
	"context"
	"errors"
	"sync/atomic"
	"testing"
	"testing/synctest"
	"time"

	"storefront/internal/order"
)

// fullStore writes nothing of one state down while its disk is full.
type fullStore struct {
	order.SubmissionStore
	state order.State
	full  atomic.Bool
}

var errDiskFull = errors.New("disk full")

func (s *fullStore) Move(ctx context.Context, id order.SubmissionID, state order.State, epoch int64, change func(*order.Submission)) (moved order.Submission, err error) {
	if s.full.Load() {
		probe := order.Submission{}
		if change(&probe); probe.State == s.state {
			return order.Submission{}, errDiskFull
		}
	}
	return s.SubmissionStore.Move(ctx, id, state, epoch, change)
}

// A number that was answered is not lost to a disk that is full just then: it is known here, and written down once there is
// room again; the note goes out then, too.
func TestAnAnsweredNumberOutlivesAFullDisk(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		s := newShop(t, newMemory())
		disk := &fullStore{SubmissionStore: s.store, state: order.Confirmed}
		disk.full.Store(true)
		s.desk.Submissions = disk
		defer s.running(s.desk)()
		id := s.press("до обеда")
		time.Sleep(2 * time.Minute)
		s.wantState(id, order.Uncertain)
		if got := s.desk.Answered(dealer.Buyer(), id); got != "4711" {
			t.Errorf("the number known is %q", got)
		}
		if got := s.desk.Answered("somebody else", id); got != "" {
			t.Errorf("it is told to another buyer: %q", got)
		}
		disk.full.Store(false)
		time.Sleep(time.Minute)
		sub := s.submission(id)
		if sub.State != order.Confirmed || sub.OrderID != "4711" || sub.Evidence != order.EvidenceAnswer || !sub.NoteSent {
			t.Errorf("%s, order %q by %q, note sent %t", sub.State, sub.OrderID, sub.Evidence, sub.NoteSent)
		}
		if got := s.desk.Answered(dealer.Buyer(), id); got != "" {
			t.Errorf("%q is still kept in memory", got)
		}
		s.wantCount(s.performed, "CreateOrder", 1)
	})
}

// Where nothing can be written down, nothing is sent.
func TestNothingIsSentThatCannotBeWrittenDown(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		s := newShop(t, newMemory())
		disk := &fullStore{SubmissionStore: s.store, state: order.Sending}
		disk.full.Store(true)
		s.desk.Submissions = disk
		defer s.running(s.desk)()
		id := s.press("")
		time.Sleep(time.Minute)
		s.wantState(id, order.NotSent)
		s.wantCount(s.called, "CreateOrder", 0)
		if s.cart().Frozen {
			t.Error("the cart is not given back")
		}
	})
}
