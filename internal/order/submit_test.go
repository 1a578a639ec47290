package order_test

import (
	"errors"
	"slices"
	"testing"
	"testing/synctest"
	"time"

	"storefront/internal/errkind"
	"storefront/internal/order"
)

// outcome is one way a submission may go: what happens at the service, where the submission stands after some time, how many
// orders it made, and how we know.
type outcome struct {
	name   string
	happen func(s *shop)
	// stands is what the submission is after each time; the last one is settled.
	stands    []standing
	performed int
	evidence  order.Evidence
	fault     errkind.Kind
}

type standing struct {
	after time.Duration
	state order.State
}

func settled(s order.State) []standing { return []standing{{time.Second / 2, s}} }

// minutes is the time by which an unanswered create that did nothing is settled.
const minutes = quiet + 4*time.Minute

func creating(scripts ...script) func(*shop) {
	return func(s *shop) { s.next("CreateOrder", scripts...) }
}

var outcomes = []outcome{
	{name: "the service answers with a number", happen: creating(), stands: settled(order.Confirmed), performed: 1, evidence: order.EvidenceAnswer},
	{name: "it takes a minute to answer", happen: creating(slow(time.Minute)), stands: []standing{{59 * time.Second, order.Sending}, {2 * time.Minute, order.Confirmed}},
		performed: 1, evidence: order.EvidenceAnswer},

	// Nothing was sent.
	{name: "connection refused at the baseline", happen: func(s *shop) { s.next("Orders", fails(errkind.New(errkind.Unreachable, ""))) },
		stands: settled(order.NotSent), fault: errkind.Unreachable},
	{name: "the baseline times out", happen: func(s *shop) { s.next("Orders", fails(errkind.New(errkind.Timeout, ""))) },
		stands: settled(order.NotSent), fault: errkind.Timeout},
	{name: "the password was changed before the baseline", happen: func(s *shop) { s.next("Orders", fails(errkind.New(errkind.AccessDenied, ""))) },
		stands: settled(order.NotSent), fault: errkind.AccessDenied},
	{name: "half an envelope at the baseline", happen: func(s *shop) { s.next("Orders", fails(errkind.New(errkind.NotSOAP, ""))) },
		stands: settled(order.NotSent), fault: errkind.NotSOAP},
	{name: "connection refused at the create", happen: creating(fails(refusedTCP)), stands: settled(order.NotSent), fault: errkind.Unreachable},
	{name: "no slot free in time", happen: creating(fails(class(order.ClassNotSent, errkind.Timeout))), stands: settled(order.NotSent), fault: errkind.Timeout},

	// Refused before the operation.
	{name: "HTTP 401", happen: creating(fails(class(order.ClassRefused, errkind.NotSOAP))), stands: settled(order.Rejected), fault: errkind.NotSOAP},
	{name: "ActionNotSupported", happen: creating(fails(class(order.ClassRefused, errkind.Unsupported))), stands: settled(order.Rejected), fault: errkind.Unsupported},
	{name: "ACCESS_DENIED, and the list confirms it", happen: creating(fails(class(order.ClassRefused, errkind.AccessDenied))),
		stands: settled(order.Rejected), fault: errkind.AccessDenied},
	{name: "NON_AUTHORIZED, and the list confirms it", happen: creating(fails(class(order.ClassAnswered, errkind.NonAuthorized))),
		stands: settled(order.Rejected), fault: errkind.NonAuthorized},
	{name: "CONTRACT_ERROR, and the list confirms it", happen: creating(fails(class(order.ClassRefused, errkind.Contract))),
		stands: settled(order.Rejected), fault: errkind.Contract},
	{name: "CONTRACT_ERROR, but an order was made", happen: creating(lost(class(order.ClassRefused, errkind.Contract))),
		stands: settled(order.Confirmed), performed: 1, evidence: order.EvidenceList, fault: errkind.Contract},
	{name: "CONTRACT_ERROR, and the list can't be read for a minute", happen: func(s *shop) {
		s.next("CreateOrder", fails(class(order.ClassRefused, errkind.Contract)))
		s.next("Orders", works)
		s.broken("Orders", fails(technical))
		s.after(time.Minute, func() { s.broken("Orders", nil) })
	}, stands: []standing{{59 * time.Second, order.Uncertain}, {3 * time.Minute, order.Rejected}}, fault: errkind.Contract},

	// The service answered, and what it did is not clear: settled by quick reads.
	{name: "BUSINESS_LOGIC_ERROR, nothing done", happen: creating(fails(class(order.ClassAnswered, errkind.BusinessLogic))),
		stands: []standing{{29 * time.Second, order.Uncertain}, {time.Minute, order.ProbablyNotCreated}}, fault: errkind.BusinessLogic},
	{name: "BUSINESS_LOGIC_ERROR after the deed", happen: creating(lost(class(order.ClassAnswered, errkind.BusinessLogic))),
		stands: settled(order.Confirmed), performed: 1, evidence: order.EvidenceList, fault: errkind.BusinessLogic},
	{name: "InternalServiceFault, nothing done", happen: creating(fails(technical)),
		stands: []standing{{29 * time.Second, order.Uncertain}, {time.Minute, order.ProbablyNotCreated}}, fault: errkind.Technical},
	{name: "InternalServiceFault after the deed", happen: creating(lost(technical)),
		stands: settled(order.Confirmed), performed: 1, evidence: order.EvidenceList, fault: errkind.Technical},
	{name: "an answer without a number after the deed", happen: creating(lost(class(order.ClassAnswered, errkind.NotSOAP))),
		stands: settled(order.Confirmed), performed: 1, evidence: order.EvidenceList, fault: errkind.NotSOAP},

	// No answer: the quiet period.
	{name: "the answer is lost", happen: creating(lost(unanswered)), stands: []standing{{time.Second / 2, order.Uncertain}, {2 * time.Second, order.Confirmed}},
		performed: 1, evidence: order.EvidenceList, fault: errkind.Timeout},
	{name: "reset instead of an answer", happen: creating(lost(reset)), stands: []standing{{2 * time.Second, order.Confirmed}},
		performed: 1, evidence: order.EvidenceList, fault: errkind.Unreachable},
	{name: "an error that promises nothing, after the deed", happen: creating(lost(errors.New("boom"))), stands: []standing{{2 * time.Second, order.Confirmed}},
		performed: 1, evidence: order.EvidenceList, fault: errkind.Internal},
	{name: "the request is lost", happen: creating(fails(unanswered)),
		stands: []standing{{quiet, order.Uncertain}, {minutes, order.ProbablyNotCreated}}, fault: errkind.Timeout},
	{name: "a gateway's 502, nothing done", happen: creating(fails(class(order.ClassUnanswered, errkind.NotSOAP))),
		stands: []standing{{quiet, order.Uncertain}, {minutes, order.ProbablyNotCreated}}, fault: errkind.NotSOAP},
	{name: "performed five minutes after we gave up", happen: creating(later(5*time.Minute, unanswered)),
		stands: []standing{{4 * time.Minute, order.Uncertain}, {7 * time.Minute, order.Confirmed}}, performed: 1, evidence: order.EvidenceList, fault: errkind.Timeout},

	// The list is not what it should be.
	{name: "the list lags two minutes", happen: func(s *shop) {
		s.next("CreateOrder", lost(unanswered))
		s.hides(time.Now().Add(2*time.Minute), func(o order.Order) bool { return o.ID != "4711" })
	}, stands: []standing{{2*time.Minute - time.Second, order.Uncertain}, {4 * time.Minute, order.Confirmed}},
		performed: 1, evidence: order.EvidenceList, fault: errkind.Timeout},
	{name: "the list can't be read for two hours", happen: func(s *shop) {
		s.next("CreateOrder", lost(unanswered))
		s.after(time.Millisecond, func() { s.broken("Orders", fails(technical)) })
		s.after(2*time.Hour, func() { s.broken("Orders", nil) })
	}, stands: []standing{{2*time.Hour - time.Second, order.Uncertain}, {2*time.Hour + 2*time.Minute, order.Confirmed}},
		performed: 1, evidence: order.EvidenceList, fault: errkind.Timeout},
	{name: "the list is cut in half for an hour", happen: func(s *shop) {
		s.colleague(order.NewLine{ItemID: "2C918150", Quantity: quantity(1)})
		s.next("CreateOrder", fails(unanswered))
		s.after(time.Millisecond, func() { s.hides(time.Now().Add(time.Hour), func(o order.Order) bool { return o.ID != "4711" }) })
	}, stands: []standing{{time.Hour, order.Uncertain}, {time.Hour + 4*time.Minute, order.ProbablyNotCreated}}, fault: errkind.Timeout},
	{name: "orders older than a week leave the list", happen: func(s *shop) {
		old := s.colleague(order.NewLine{ItemID: "2C918150", Quantity: quantity(1)})
		s.change(old, func(o *order.Order) { o.CreatedAt = time.Now().Add(-8 * 24 * time.Hour) })
		s.next("CreateOrder", lost(unanswered))
		s.after(time.Millisecond, func() { s.hides(time.Now().Add(time.Hour), func(o order.Order) bool { return o.ID != old }) })
	}, stands: []standing{{2 * time.Second, order.Confirmed}}, performed: 1, evidence: order.EvidenceList, fault: errkind.Timeout},
	{name: "an order without a date leaves the list for an hour", happen: func(s *shop) {
		undated := s.colleague(order.NewLine{ItemID: "2C918150", Quantity: quantity(1)})
		s.change(undated, func(o *order.Order) { o.CreatedAt = time.Time{} })
		s.next("CreateOrder", fails(unanswered))
		s.after(time.Millisecond, func() { s.hides(time.Now().Add(time.Hour), func(o order.Order) bool { return o.ID != undated }) })
	}, stands: []standing{{time.Hour, order.Uncertain}, {time.Hour + 4*time.Minute, order.ProbablyNotCreated}}, fault: errkind.Timeout},
	{name: "the baseline lacks an order that is known, and it turns up again", happen: func(s *shop) {
		old := s.colleague(ours...)
		s.change(old, func(o *order.Order) { o.CreatedAt = time.Now().Add(-25 * time.Hour) })
		s.must(s.store.SaveOrder(s.Context(), dealer.Buyer(), s.orders[s.at(old)]))
		s.hides(time.Now().Add(time.Second/2), func(o order.Order) bool { return o.ID != old })
		s.next("CreateOrder", fails(unanswered))
	}, stands: []standing{{2 * time.Second, order.Uncertain}, {minutes, order.ProbablyNotCreated}}, fault: errkind.Timeout},
	{name: "the new order's lines can't be read at first", happen: func(s *shop) {
		s.next("CreateOrder", lost(unanswered))
		s.next("OrderWithLines", fails(technical), fails(technical))
	}, stands: []standing{{4 * time.Second, order.Uncertain}, {9 * time.Second, order.Confirmed}}, performed: 1, evidence: order.EvidenceList, fault: errkind.Timeout},

	// Orders that are not ours, or look like it.
	{name: "an older order with the same lines is never taken", happen: func(s *shop) {
		old := s.colleague(ours...)
		s.change(old, func(o *order.Order) { o.CreatedAt = time.Now().Add(-25 * time.Hour) })
		s.next("CreateOrder", fails(unanswered))
	}, stands: []standing{{minutes, order.ProbablyNotCreated}}, fault: errkind.Timeout},
	{name: "a colleague's other order is not taken", happen: func(s *shop) {
		s.next("CreateOrder", fails(unanswered))
		s.after(time.Millisecond, func() { s.colleague(order.NewLine{ItemID: "A21101", Quantity: quantity(1)}) })
	}, stands: []standing{{minutes, order.ProbablyNotCreated}}, fault: errkind.Timeout},
	{name: "a colleague's twin beside ours", happen: func(s *shop) {
		s.next("CreateOrder", lost(unanswered))
		s.after(time.Millisecond, func() { s.colleague(ours...) })
	}, stands: []standing{{2 * time.Second, order.NeedsBuyer}, {time.Hour, order.NeedsBuyer}}, performed: 1, fault: errkind.Timeout},
	{name: "only a smaller order is new", happen: func(s *shop) {
		s.next("CreateOrder", fails(unanswered))
		s.after(time.Millisecond, func() { s.colleague(order.NewLine{ItemID: "2C918150", Quantity: quantity(1)}) })
	}, stands: []standing{{2 * time.Second, order.NeedsBuyer}}, fault: errkind.Timeout},
	{name: "only a larger order is new", happen: func(s *shop) {
		s.next("CreateOrder", fails(unanswered))
		s.after(time.Millisecond, func() {
			s.colleague(append(slices.Clone(ours), order.NewLine{ItemID: "A21101", Quantity: quantity(1)})...)
		})
	}, stands: []standing{{2 * time.Second, order.NeedsBuyer}}, fault: errkind.Timeout},
	{name: "lines split and in another order are the same lines", happen: func(s *shop) {
		s.next("CreateOrder", lost(unanswered))
		s.after(time.Millisecond, func() {
			s.change("4711", func(o *order.Order) {
				slices.Reverse(o.Lines)
				half := o.Lines[0]
				half.Quantity, o.Lines[0].Quantity = quantity(3), quantity(4)
				o.Lines = append(o.Lines, half)
			})
		})
	}, stands: []standing{{2 * time.Second, order.Confirmed}}, performed: 1, evidence: order.EvidenceList, fault: errkind.Timeout},
	{name: "an order without lines yet is waited for", happen: func(s *shop) {
		var lines []order.Line
		s.next("CreateOrder", lost(unanswered))
		s.after(time.Millisecond, func() { s.change("4711", func(o *order.Order) { lines, o.Lines = o.Lines, nil }) })
		s.after(5*time.Second, func() { s.change("4711", func(o *order.Order) { o.Lines = lines }) })
	}, stands: []standing{{4 * time.Second, order.Uncertain}, {9 * time.Second, order.Confirmed}}, performed: 1, evidence: order.EvidenceList, fault: errkind.Timeout},
}

// ours are the lines of the cart.
var ours = []order.NewLine{{ItemID: "2C918150", Quantity: quantity(2)}, {ItemID: "0609-001174", Quantity: quantity(7)}}

func (s *shop) after(d time.Duration, do func()) { time.AfterFunc(d, do) }

// hides keeps orders out of the list until a moment.
func (s *shop) hides(until time.Time, shows func(order.Order) bool) {
	s.mu.Lock()
	defer s.mu.Unlock()
	s.see = func(list []order.Order) []order.Order {
		if time.Now().Before(until) {
			return slices.DeleteFunc(list, func(o order.Order) bool { return !shows(o) })
		}
		return list
	}
}

func TestOutcomes(t *testing.T) {
	for _, c := range outcomes {
		t.Run(c.name, func(t *testing.T) {
			open(t, func(s *shop) {
				c.happen(s)
				stop := s.running(s.desk)
				defer stop()
				pressedAt := time.Now()
				before := s.cart()
				id := s.press("")
				for _, want := range c.stands {
					time.Sleep(time.Until(pressedAt.Add(want.after)))
					synctest.Wait()
					s.wantState(id, want.state)
				}
				s.wantSettled(s.submission(id), before, c)
			})
		})
	}
}

func (s *shop) wantSettled(sub order.Submission, before order.Cart, c outcome) {
	s.Helper()
	s.wantCount(s.performed, "CreateOrder", c.performed)
	if called := s.count(s.called, "CreateOrder"); called > 1 {
		s.Errorf("CreateOrder was called %d times", called)
	}
	if sub.Evidence != c.evidence || sub.FaultKind != string(c.fault) {
		s.Errorf("evidence %q, fault %q, want %q, %q", sub.Evidence, sub.FaultKind, c.evidence, c.fault)
	}
	if sub.FaultText != textOf(c.fault) {
		s.Errorf("the service's words are %q", sub.FaultText)
	}
	if (sub.State.Open() || sub.State.Watched()) != (len(sub.Sealed) > 0) {
		s.Errorf("%s keeps %d bytes of sealed credentials", sub.State, len(sub.Sealed))
	}
	cart := s.cart()
	switch {
	case sub.State == order.Confirmed:
		if cart.ID == before.ID || len(cart.Lines) != 0 || cart.Frozen {
			s.Errorf("the cart of a confirmed order goes on: %+v", cart)
		}
	case sub.State.Open():
		if !cart.Frozen {
			s.Error("the cart of an open submission can be changed")
		}
	default:
		if cart.Frozen || cart.ID != before.ID || cart.Version <= before.Version || len(cart.Lines) != len(before.Lines) {
			s.Errorf("the cart did not come back as a new version: %+v", cart)
		}
	}
}

// After the fence nothing may be sent: the disk took its time to write SENDING down.
func TestNothingIsSentAfterTheFence(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		s := newShop(t, newMemory())
		s.desk.Submissions = slowStore{s.store, order.Sending, 21 * time.Second}
		id := s.press("")
		s.must(s.desk.Close(s.Context()))
		s.wantState(id, order.NotSent)
		s.wantCount(s.called, "CreateOrder", 0)
	})
}

// Nor once the connection stands: a machine that was frozen meanwhile wakes up too late.
func TestNothingIsSentOverAConnectionThatTookTooLong(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		s := newShop(t, newMemory())
		s.connects = 25 * time.Second
		id := s.press("")
		s.must(s.desk.Close(s.Context()))
		s.wantState(id, order.NotSent)
		s.wantCount(s.performed, "CreateOrder", 0)
	})
}

// And it changes nothing any more where Recover has called the outcome unknown by then: it may not be called certain twice.
func TestALateNegativeAnswerChangesNothing(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		s := newShop(t, newMemory())
		s.connects = 40 * time.Second
		id := s.press("")
		time.Sleep(35 * time.Second)
		s.must(s.newDesk(s.store, s.fakeDistributor).Recover(s.Context())) // another process on the same storage
		s.must(s.desk.Close(s.Context()))
		s.wantState(id, order.Uncertain)
		s.wantCount(s.performed, "CreateOrder", 0)
	})
}

// A worker that Recover took for dead gets its answer after all: the answer wins.
func TestALateAnswerAlwaysWins(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		s := newShop(t, newMemory())
		s.next("CreateOrder", slow(80*time.Second))
		id := s.press("")
		time.Sleep(40 * time.Second)
		other := s.newDesk(s.store, s.fakeDistributor) // another process on the same storage
		s.must(other.Recover(s.Context()))
		s.wantState(id, order.Uncertain)
		s.must(s.desk.Close(s.Context()))
		s.wantState(id, order.Confirmed)
		s.wantCount(s.performed, "CreateOrder", 1)
	})
}

// Even when it was called probably not created by then.
func TestALateAnswerToAClosedSubmissionIsLoud(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		s := newShop(t, newMemory())
		s.desk.Quiet = time.Second
		s.next("CreateOrder", slow(10*time.Minute))
		id := s.press("")
		time.Sleep(31 * time.Second)
		other := s.newDesk(s.store, s.fakeDistributor)
		other.Quiet = time.Second
		stop := s.running(other)
		time.Sleep(5 * time.Minute)
		s.wantState(id, order.ProbablyNotCreated)
		stop()
		s.must(s.desk.Close(s.Context()))
		s.wantState(id, order.LateFound)
		if s.submission(id).OrderID == "" {
			t.Error("the number of the late order is lost")
		}
	})
}
