package order_test

import (
	"context"
	"errors"
	"sync"
	"testing"
	"testing/synctest"
	"time"

	"storefront/internal/buyer"
	"storefront/internal/order"
)

// slowStore takes its time to write one state down.
type slowStore struct {
	order.SubmissionStore
	state order.State
	takes time.Duration
}

func (s slowStore) Move(ctx context.Context, id order.SubmissionID, state order.State, epoch int64, change func(*order.Submission)) (order.Submission, error) {
	moved, err := s.SubmissionStore.Move(ctx, id, state, epoch, change)
	if moved.State == s.state {
		time.Sleep(s.takes)
	}
	return moved, err
}

// process dies at its n-th step. Steps are writes of submissions and calls of the distributor; at the step of its death it
// may have done the deed or not, and afterwards it does nothing any more.
type process struct {
	mu      sync.Mutex
	steps   int
	diesAt  int
	doing   bool // the last step is done before death
	crashed bool
	ended   func() // told of the death, once; may be nil
}

var errDead = errors.New("the process is dead")

// step runs the deed unless the process is dead by then.
func (p *process) step(deed func() error) error {
	p.mu.Lock()
	p.steps++
	dies := p.steps == p.diesAt
	dead := p.crashed || dies && !p.doing
	p.crashed = p.crashed || dies
	p.mu.Unlock()
	if dies && p.ended != nil {
		defer p.ended()
	}
	if dead {
		return errDead
	}
	err := deed()
	if dies {
		return errDead
	}
	return err
}

// mortalStore is the storage as the dying process has it.
type mortalStore struct {
	stores
	*process
}

func (m mortalStore) Prepare(ctx context.Context, s order.Submission) error {
	return m.step(func() error { return m.stores.Prepare(ctx, s) })
}

func (m mortalStore) Move(ctx context.Context, id order.SubmissionID, state order.State, epoch int64, change func(*order.Submission)) (moved order.Submission, err error) {
	err = m.step(func() error {
		moved, err = m.stores.Move(ctx, id, state, epoch, change)
		return err
	})
	return moved, err
}

func (m mortalStore) Touch(ctx context.Context, s order.Submission) error {
	return m.step(func() error { return m.stores.Touch(ctx, s) })
}

// mortalWire is the distributor as the dying process has it.
type mortalWire struct {
	*fakeDistributor
	*process
}

func (m mortalWire) Orders(ctx context.Context, c buyer.Credentials) (list []order.Order, err error) {
	err = m.step(func() error {
		list, err = m.fakeDistributor.Orders(ctx, c)
		return err
	})
	return list, err
}

func (m mortalWire) CreateOrder(ctx context.Context, c buyer.Credentials, lines []order.NewLine) (id order.ID, err error) {
	err = m.step(func() error {
		id, err = m.fakeDistributor.CreateOrder(ctx, c, lines)
		return err
	})
	return id, err
}

// A process may die at any step of a submission, having done the step or not. The next one tells the truth about it, with
// one order at most.
func TestCrashAtEachStep(t *testing.T) {
	for n := 1; ; n++ {
		died := false
		for _, doing := range []bool{false, true} {
			open(t, func(s *shop) {
				dying := &process{diesAt: n, doing: doing}
				died = s.dies(dying)
			})
		}
		if !died {
			if n < 6 {
				t.Fatalf("a submission has only %d steps: this test watches too few", n-1)
			}
			return
		}
	}
}

// dies submits in a process that dies, starts another, and checks what it makes of it.
func (s *shop) dies(dying *process) (died bool) {
	before := s.cart()
	desk := s.newDesk(mortalStore{s.store, dying}, mortalWire{s.fakeDistributor, dying})
	review, err := s.desk.Review(s.Context(), account, dealer)
	s.must(err)
	id, err := desk.Place(s.Context(), account, dealer, order.Agreement{CartVersion: review.Cart.Version, Token: review.Token})
	s.must(desk.Close(s.Context()))
	if err != nil && !errors.Is(err, errDead) {
		s.Fatal(err)
	}
	stop := s.running(s.desk)
	defer stop()
	time.Sleep(minutes + time.Minute)
	synctest.Wait()
	performed := s.count(s.performed, "CreateOrder")
	sub, err := s.store.Submission(s.Context(), dealer.Buyer(), id)
	switch {
	case errors.Is(err, order.ErrNoSubmission):
		if cart := s.cart(); performed != 0 || cart.Frozen || cart.Version != before.Version {
			s.Errorf("step %d: no submission, yet %d orders and cart %+v", dying.diesAt, performed, cart)
		}
	case sub.State == order.Confirmed:
		if performed != 1 || len(s.cart().Lines) != 0 {
			s.Errorf("step %d: confirmed with %d orders and %d lines in the cart", dying.diesAt, performed, len(s.cart().Lines))
		}
	case sub.State == order.NotSent, sub.State == order.ProbablyNotCreated:
		if performed != 0 || len(s.cart().Lines) != 2 {
			s.Errorf("step %d: %s with %d orders and %d lines in the cart", dying.diesAt, sub.State, performed, len(s.cart().Lines))
		}
	default:
		s.Errorf("step %d: left at %s", dying.diesAt, sub.State)
	}
	return dying.crashed
}
