package order

import (
	"context"
	"errors"
	"math/rand/v2"
	"slices"
	"time"

	"golang.org/x/sync/errgroup"

	"storefront/internal/buyer"
	"storefront/internal/errkind"
)

const (
	// baselineAge: a complete list still has every order of the baseline that was younger than this. Older ones may leave.
	baselineAge = 7 * 24 * time.Hour
	// readsApart is the least time between the last two complete reads that let a submission be called not created.
	readsApart = 30 * time.Second
	// candidatesAtOnce is how many new orders are read with lines at a time.
	candidatesAtOnce = 5
	// readEvery is the pace of reading after the quick reads, with a fifth of jitter either way.
	readEvery = time.Minute
)

// quickReads and answeredReads are when an unknown submission is read first, counted from when it became unknown. Where the
// service itself answered nothing is under way any more, so the reads start at once.
var (
	quickReads    = []time.Duration{time.Second, 3 * time.Second, 8 * time.Second, 20 * time.Second, time.Minute}
	answeredReads = []time.Duration{0, 3 * time.Second, 10 * time.Second, 10*time.Second + readsApart}
)

// nextRead returns when s, unknown since ChangedAt, is due after now.
func nextRead(s Submission, now time.Time) time.Time {
	reads := quickReads
	if s.Answered {
		reads = answeredReads
	}
	for _, after := range reads {
		if at := s.ChangedAt.Add(after); at.After(now) || s.LastReadAt.IsZero() && s.NextReadAt.IsZero() {
			return at
		}
	}
	return now.Add(readEvery*4/5 + rand.N(readEvery*2/5))
}

// Reconcile reads the list of orders once for an UNKNOWN submission and concludes what can be concluded:
//
//	one new order with exactly our lines, none like it  CONFIRMED
//	several, or some that are near                      NEEDS_BUYER
//	none, after a refusal                               REJECTED
//	none, for long enough (see absent)                  PROBABLY_NOT_CREATED
//
// A read that failed or is not complete concludes nothing, and s stays UNKNOWN until its next read.
func (d *Desk) Reconcile(ctx context.Context, s Submission) (Submission, error) {
	if s.State != Uncertain {
		return s, nil
	}
	found, c, err := d.read(ctx, s)
	if err != nil {
		s.NextReadAt = nextRead(s, d.Now())
		return s, errors.Join(err, d.Submissions.Touch(ctx, s))
	}
	return d.conclude(ctx, s, c, found)
}

// finding is what one complete read has to say about a submission.
type finding struct {
	exact []ID
	near  int
}

// errIncomplete: the list lacks orders it must have, or a new order could not be judged. It is no evidence.
var errIncomplete = errors.New("the list of orders is not complete")

// read looks for s among the new orders, with whatever credentials of the buyer the service takes.
func (d *Desk) read(ctx context.Context, s Submission) (finding, buyer.Credentials, error) {
	err := error(errNoCredentials)
	for _, c := range d.credentials(s) {
		var orders []Order
		if orders, err = d.readOrders(ctx, c); errkind.Is(err, errkind.AccessDenied) {
			d.Register.Refuse(c)
			continue
		}
		if err != nil {
			return finding{}, c, err
		}
		found, err := d.find(ctx, s, c, orders)
		return found, c, err
	}
	return finding{}, buyer.Credentials{}, err
}

func (d *Desk) find(ctx context.Context, s Submission, c buyer.Credentials, orders []Order) (finding, error) {
	complete, err := d.complete(ctx, s, orders)
	if err != nil || !complete {
		return finding{}, errors.Join(errIncomplete, err)
	}
	d.keepOrders(ctx, s.Buyer, orders)
	candidates, err := d.candidates(ctx, c, s.news(orders))
	if err != nil {
		return finding{}, errors.Join(errIncomplete, err)
	}
	var found finding
	ours := s.quantities()
	for _, o := range candidates {
		switch likeness := compare(ours, quantities(o.Lines)); {
		case likeness == exact:
			found.exact = append(found.exact, o.ID)
		case likeness == near:
			found.near++
		case len(o.Lines) == 0 && o.Status != Cancelled && d.Now().Before(d.quietEnd(s)):
			return finding{}, errIncomplete // it may be ours, still being written
		}
	}
	return found, nil
}

// complete tells whether the list has every order of the baseline that can't have left it by age.
func (d *Desk) complete(ctx context.Context, s Submission, orders []Order) (bool, error) {
	present := make(map[ID]bool, len(orders))
	for _, o := range orders {
		present[o.ID] = true
	}
	for _, id := range s.Baseline {
		if present[id] {
			continue
		}
		copied, err := d.Orders.Order(ctx, s.Buyer, id)
		if err != nil || copied.CreatedAt.IsZero() || copied.CreatedAt.After(s.BaselineAt.Add(-baselineAge)) {
			return false, err
		}
	}
	return true, nil
}

// news returns the orders that were not there before sending. A return is never an order of ours: it holds nothing ordered.
func (s Submission) news(orders []Order) []Order {
	var news []Order
	for _, o := range orders {
		if !slices.Contains(s.Baseline, o.ID) && !o.GoodsCount.IsNegative() && !o.Sum.IsNegative() {
			news = append(news, o)
		}
	}
	return news
}

// candidates reads every new order with its lines. They are few: made in the minutes since the baseline.
func (d *Desk) candidates(ctx context.Context, c buyer.Credentials, news []Order) ([]Order, error) {
	full := make([]Order, len(news))
	group, ctx := errgroup.WithContext(ctx)
	group.SetLimit(candidatesAtOnce)
	for i, o := range news {
		group.Go(func() (err error) {
			full[i], err = d.readOrder(ctx, c, o.ID, false)
			return err
		})
	}
	return full, group.Wait()
}

// conclude moves s by what a complete read has found, or notes the read.
func (d *Desk) conclude(ctx context.Context, s Submission, c buyer.Credentials, found finding) (Submission, error) {
	now := d.Now()
	count := func(next *Submission) { next.ReadsOK, next.LastReadAt, next.NextReadAt = s.ReadsOK+1, now, time.Time{} }
	switch {
	case len(found.exact) == 1 && found.near == 0:
		s, err := d.move(ctx, s, Confirmed, func(next *Submission) {
			count(next)
			next.OrderID, next.Evidence = found.exact[0], EvidenceList
		})
		if err != nil {
			return s, err
		}
		return d.finish(ctx, s, c), nil
	case len(found.exact)+found.near > 0:
		return d.move(ctx, s, NeedsBuyer, count)
	case s.Answered && refusal(errkind.Kind(s.FaultKind)):
		return d.move(ctx, s, Rejected, count)
	case d.absent(s, now):
		return d.move(ctx, s, ProbablyNotCreated, count)
	}
	count(&s)
	s.NextReadAt = nextRead(s, now)
	return s, d.Submissions.Touch(ctx, s)
}

// absent tells whether a complete read at now that found nothing lets s be called probably not created. The last two
// complete reads lie apart; where the service answered there were three, else both came after the quiet period.
func (d *Desk) absent(s Submission, now time.Time) bool {
	if s.ReadsOK == 0 || now.Sub(s.LastReadAt) < readsApart {
		return false
	}
	if s.Answered {
		return s.ReadsOK+1 >= 3
	}
	return !s.LastReadAt.Before(d.quietEnd(s))
}

// quietEnd is when an order that the service was still making would have appeared. It counts from the last moment at which
// sending could have begun.
func (d *Desk) quietEnd(s Submission) time.Time { return s.SentAt.Add(fence + d.Quiet) }
