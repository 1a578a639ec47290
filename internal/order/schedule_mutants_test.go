package order_test

import (
	"context"
	"errors"
	"slices"
	"strings"
	"testing"
	"time"

	"github.com/shopspring/decimal"

	"storefront/internal/buyer"
	"storefront/internal/errkind"
	"storefront/internal/order"
)

// mutant is a shop with one rule of the design taken out.
type mutant struct {
	name    string
	breaks  string // what the simulation must say of it
	noFence bool
	store   func(*simulation, keeps) keeps
	wire    func(order.Distributor) order.Distributor
}

// A simulation that finds nothing proves nothing: each mutant must be caught, by what it does wrong, within some seeds.
func TestSchedulesCatchMutants(t *testing.T) {
	const within = 200
	for _, m := range mutants {
		t.Run(m.name, func(t *testing.T) {
			t.Parallel()
			for seed := range int64(within) {
				if seed%onDisk == onDisk-1 {
					continue // the real storage has rules of its own against some of them
				}
				s := simulate(t, seed, m, newFigures(), false)
				if slices.ContainsFunc(s.violations, func(v string) bool { return strings.Contains(v, m.breaks) }) {
					t.Logf("caught by seed %d", seed)
					return
				}
			}
			t.Errorf("%d schedules do not show that %s", within, m.breaks)
		})
	}
}

var mutants = []mutant{
	{name: "CreateOrder is repeated after a lost answer", breaks: "CreateOrder is sent 2 times", wire: func(d order.Distributor) order.Distributor {
		return badWire{Distributor: d, create: func(ctx context.Context, c buyer.Credentials, lines []order.NewLine) (order.ID, error) {
			id, err := d.CreateOrder(ctx, c, lines)
			if isClass(err, order.ClassUnanswered) {
				return d.CreateOrder(ctx, c, lines)
			}
			return id, err
		}}
	}},
	{name: "no answer counts as not sent", breaks: "is called not sent, and bytes were written", wire: reclassified(order.ClassUnanswered, order.ClassNotSent, "")},
	{name: "any fault is a refusal", breaks: "is called not created, and an order exists", wire: reclassified(order.ClassAnswered, order.ClassRefused, errkind.NotSOAP)},
	{name: "a refusal's code is believed without reading", breaks: "is called not created, and an order exists", wire: reclassified(order.ClassRefused, order.ClassRefused, errkind.NotSOAP)},
	{name: "the fence stands open", breaks: "after SENDING", noFence: true},
	{name: "SENDING is not written down", breaks: "is called not sent, and bytes were written", store: func(_ *simulation, k keeps) keeps { return forgetsSending{k} }},
	{name: "moves are not compared with what stands", breaks: " goes from ", store: func(_ *simulation, k keeps) keeps { return movesAnything{k} }},
	{name: "nobody is asked about the same lines", breaks: "is sent without consent", wire: func(d order.Distributor) order.Distributor { return ancientOrders{d} }},
	{name: "nobody is warned of an order without an answer", breaks: "nobody asked the buyer", store: func(_ *simulation, k keeps) keeps { return warnsOfNothing{k} }},
	{name: "half a list is evidence", breaks: "by half a list", store: func(_ *simulation, k keeps) keeps { return ancientCopies{k} }},
	{name: "no baseline", breaks: "takes the old order", store: func(_ *simulation, k keeps) keeps {
		return badStore{keeps: k, unfinished: func(subs []order.Submission) []order.Submission {
			for i := range subs {
				subs[i].Baseline = nil
			}
			return subs
		}}
	}},
	{name: "an order explains as many as like", breaks: "explains both", store: func(_ *simulation, k keeps) keeps { return explainsNothing{k} }},
	{name: "no late watch", breaks: "nobody knows of", store: func(_ *simulation, k keeps) keeps {
		return badStore{keeps: k, unfinished: func(subs []order.Submission) []order.Submission {
			return slices.DeleteFunc(subs, func(s order.Submission) bool { return s.State.Watched() })
		}}
	}},
	{name: "no recovery", breaks: " stays ", store: func(_ *simulation, k keeps) keeps {
		return badStore{keeps: k, unfinished: func([]order.Submission) []order.Submission { return nil }}
	}},
	{name: "the quiet period is short", breaks: "is given up ", store: func(_ *simulation, k keeps) keeps {
		return badStore{keeps: k, unfinished: func(subs []order.Submission) []order.Submission {
			for i := range subs {
				subs[i].SentAt = subs[i].SentAt.Add(-10 * time.Minute)
			}
			return subs
		}}
	}},
	{name: "credentials stay", breaks: "keeps its credentials", store: func(_ *simulation, k keeps) keeps { return keepsSealed{k} }},
	{name: "a cart is lost with what was not sent", breaks: "the cart holds", store: func(_ *simulation, k keeps) keeps { return losesCart{k} }},
}

// badWire makes something else of CreateOrder.
type badWire struct {
	order.Distributor
	create func(context.Context, buyer.Credentials, []order.NewLine) (order.ID, error)
}

func (b badWire) CreateOrder(ctx context.Context, c buyer.Credentials, lines []order.NewLine) (order.ID, error) {
	return b.create(ctx, c, lines)
}

func isClass(err error, c order.SendClass) bool {
	var send *order.SendError
	return errors.As(err, &send) && send.Class == c
}

// reclassified takes one class of outcomes for another.
func reclassified(from, to order.SendClass, kind errkind.Kind) func(order.Distributor) order.Distributor {
	return func(d order.Distributor) order.Distributor {
		return badWire{Distributor: d, create: func(ctx context.Context, c buyer.Credentials, lines []order.NewLine) (order.ID, error) {
			id, err := d.CreateOrder(ctx, c, lines)
			if isClass(err, from) {
				if kind == "" {
					kind = errkind.Of(err)
				}
				err = class(to, kind)
			}
			return id, err
		}}
	}
}

// badStore changes what recovery is told of.
type badStore struct {
	keeps
	unfinished func([]order.Submission) []order.Submission
}

func (b badStore) Unfinished(ctx context.Context, sentAfter time.Time) ([]order.Submission, error) {
	subs, err := b.keeps.Unfinished(ctx, sentAfter)
	return b.unfinished(subs), err
}

// forgetsSending says that SENDING was written down, and writes it with what follows.
type forgetsSending struct{ keeps }

func (f forgetsSending) Move(ctx context.Context, id order.SubmissionID, state order.State, epoch int64, change func(*order.Submission)) (order.Submission, error) {
	if state == order.Baselined {
		kept, err := f.standing(ctx, id)
		change(&kept)
		if kept.State == order.Sending {
			kept.Epoch++
			return kept, err
		}
	}
	if state == order.Sending {
		state, epoch = order.Baselined, epoch-1
	}
	return f.keeps.Move(ctx, id, state, epoch, change)
}

func (f forgetsSending) standing(ctx context.Context, id order.SubmissionID) (order.Submission, error) {
	open, err := f.Unfinished(ctx, time.Time{})
	i := slices.IndexFunc(open, func(s order.Submission) bool { return s.ID == id })
	if i < 0 {
		return order.Submission{}, errors.Join(order.ErrMoved, err)
	}
	return open[i], err
}

// movesAnything moves a submission from wherever it stands.
type movesAnything struct{ keeps }

func (m movesAnything) Move(ctx context.Context, id order.SubmissionID, state order.State, epoch int64, change func(*order.Submission)) (order.Submission, error) {
	if open, err := m.Unfinished(ctx, time.Time{}); err == nil {
		if i := slices.IndexFunc(open, func(s order.Submission) bool { return s.ID == id }); i >= 0 {
			state, epoch = open[i].State, open[i].Epoch
		}
	}
	return m.keeps.Move(ctx, id, state, epoch, change)
}

// ancientOrders are too old to be asked about.
type ancientOrders struct{ order.Distributor }

func (a ancientOrders) Orders(ctx context.Context, c buyer.Credentials) ([]order.Order, error) {
	list, err := a.Distributor.Orders(ctx, c)
	for i := range list {
		list[i].CreatedAt = list[i].CreatedAt.Add(-30 * 24 * time.Hour)
	}
	return list, err
}

type warnsOfNothing struct{ keeps }

func (warnsOfNothing) Unsettled(context.Context, buyer.ID, time.Time) ([]order.Submission, error) {
	return nil, nil
}

// ancientCopies lets any order have left the list by age.
type ancientCopies struct{ keeps }

func (a ancientCopies) Order(ctx context.Context, b buyer.ID, id order.ID) (order.Order, error) {
	o, err := a.keeps.Order(ctx, b, id)
	o.CreatedAt = o.CreatedAt.Add(-30 * 24 * time.Hour)
	return o, err
}

// explainsNothing knows of no order that explains another submission, nor refuses one that does.
type explainsNothing struct{ keeps }

func (explainsNothing) Explained(context.Context, buyer.ID) ([]order.ID, error) { return nil, nil }

func (e explainsNothing) Move(ctx context.Context, id order.SubmissionID, state order.State, epoch int64, change func(*order.Submission)) (order.Submission, error) {
	var said order.ID
	moved, err := e.keeps.Move(ctx, id, state, epoch, func(s *order.Submission) {
		change(s)
		if said = s.OrderID; said != "" {
			s.OrderID += " " + order.ID(id)
		}
	})
	if said != "" {
		moved.OrderID = said
	}
	return moved, err
}

type keepsSealed struct{ keeps }

func (k keepsSealed) Move(ctx context.Context, id order.SubmissionID, state order.State, epoch int64, change func(*order.Submission)) (order.Submission, error) {
	return k.keeps.Move(ctx, id, state, epoch, func(s *order.Submission) {
		sealed := s.Sealed
		change(s)
		s.Sealed = sealed
	})
}

type losesCart struct{ keeps }

func (l losesCart) Move(ctx context.Context, id order.SubmissionID, state order.State, epoch int64, change func(*order.Submission)) (order.Submission, error) {
	moved, err := l.keeps.Move(ctx, id, state, epoch, change)
	if err == nil && moved.State == order.NotSent {
		for _, line := range moved.Lines {
			_, err = l.SetLine(ctx, moved.Buyer, line.ItemID, decimal.Zero)
		}
	}
	return moved, err
}
