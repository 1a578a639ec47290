package order

import (
	"context"
	"errors"
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
	// LateWatch is how long after sending an order may still turn up that was given up: it is looked for, and the credentials
	// for that are kept.
	LateWatch = 24 * time.Hour
	// watchClosely is how many quiet periods an order that was given up is looked for often, three times in each.
	watchClosely = 4
)

// quickReads and answeredReads are when an unknown submission is read first, counted from when it became unknown. Where the
// service itself answered nothing is under way any more, so the reads start at once.
var (
	quickReads    = []time.Duration{time.Second, 3 * time.Second, 8 * time.Second, 20 * time.Second, time.Minute}
	answeredReads = []time.Duration{0, 3 * time.Second, 10 * time.Second, 10*time.Second + readsApart}
)

// nextRead returns when s, unknown since ChangedAt, is due after now. The end of the quiet period is not slept through.
func (d *Desk) nextRead(s Submission, now time.Time) time.Time {
	at := d.regularRead(s, now)
	end := d.quietEnd(s)
	switch {
	case s.Answered:
	case now.Before(end) && end.Before(at):
		return end
	case !now.Before(end) && now.Add(readsApart).Before(at):
		return now.Add(readsApart)
	}
	return at
}

func (d *Desk) regularRead(s Submission, now time.Time) time.Time {
	reads := quickReads
	if s.Answered {
		reads = answeredReads
	}
	for _, after := range reads {
		if at := s.ChangedAt.Add(after); at.After(now) || s.LastReadAt.IsZero() && s.NextReadAt.IsZero() {
			return at
		}
	}
	return now.Add(readEvery*4/5 + d.Jitter(readEvery*2/5))
}

// nextLook returns when an order that was given up is looked for again after now; zero when the late watch is over by then.
func (d *Desk) nextLook(s Submission, now time.Time) time.Time {
	pause := d.Quiet
	if now.Sub(s.SentAt) < watchClosely*d.Quiet {
		pause /= 3
	}
	if at := now.Add(pause); at.Before(s.SentAt.Add(LateWatch)) {
		return at
	}
	return time.Time{}
}

// Reconcile reads the list of orders once for a submission that is UNKNOWN or on the late watch, and concludes what can be
// concluded:
//
//	one new order with exactly our lines, none like it  CONFIRMED
//	several, or some that are near                      NEEDS_BUYER
//	none, after a refusal                               REJECTED
//	none, for long enough (see absent)                  PROBABLY_NOT_CREATED
//	one with exactly our lines, on the late watch       LATE_FOUND
//
// A read that failed or is not complete concludes nothing, and s stays where it is until its next read.
func (d *Desk) Reconcile(ctx context.Context, s Submission) (Submission, error) {
	if s.State != Uncertain && !s.State.Watched() {
		return s, nil
	}
	found, c, err := d.read(ctx, s)
	if err != nil {
		s.NextReadAt = d.readAgain(s, d.Now())
		return s, errors.Join(err, d.Submissions.Touch(ctx, s))
	}
	if s.State.Watched() {
		return d.concludeLate(ctx, s, found)
	}
	return d.conclude(ctx, s, c, found)
}

// readAgain returns when s is read again if nothing changes.
func (d *Desk) readAgain(s Submission, now time.Time) time.Time {
	if s.State.Watched() {
		return d.nextLook(s, now)
	}
	return d.nextRead(s, now)
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
	if s.State.Watched() {
		// Asked after the list was read, and before what is explained: a new order may be the one of a submission that is open.
		if _, found, err := d.Submissions.OpenSubmission(ctx, s.Buyer); found || err != nil {
			return finding{}, errors.Join(errIncomplete, err)
		}
	}
	news, err := d.unexplained(ctx, s, orders)
	if err != nil {
		return finding{}, err
	}
	ours := s.quantities()
	if s.State.Watched() {
		news = slices.DeleteFunc(news, func(o Order) bool { return !mayEqual(o, ours) })
	}
	candidates, err := d.withLines(ctx, c, news)
	if err != nil {
		return finding{}, errors.Join(errIncomplete, err)
	}
	var found finding
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

// unexplained returns the orders that s may have made: those that were not there before sending, explain no other submission,
// and are not among those of which the buyer said that they are another's. A return is never an order of ours: it holds
// nothing ordered.
func (d *Desk) unexplained(ctx context.Context, s Submission, orders []Order) ([]Order, error) {
	explained, err := d.Submissions.Explained(ctx, s.Buyer)
	if err != nil {
		return nil, err
	}
	var news []Order
	for _, o := range orders {
		switch {
		case slices.Contains(s.Baseline, o.ID), slices.Contains(s.Dismissed, o.ID), slices.Contains(explained, o.ID):
		case o.GoodsCount.IsNegative(), o.Sum.IsNegative():
		default:
			news = append(news, o)
		}
	}
	return news, nil
}

// withLines reads orders with their lines. They are few: made in the minutes since a baseline, or alike to begin with.
func (d *Desk) withLines(ctx context.Context, c buyer.Credentials, orders []Order) ([]Order, error) {
	full := make([]Order, len(orders))
	group, ctx := errgroup.WithContext(ctx)
	group.SetLimit(candidatesAtOnce)
	for i, o := range orders {
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
	s.NextReadAt = d.nextRead(s, now)
	return s, d.Submissions.Touch(ctx, s)
}

// concludeLate says loudly that an order which was given up exists, or notes the read.
func (d *Desk) concludeLate(ctx context.Context, s Submission, found finding) (Submission, error) {
	if len(found.exact) > 0 {
		id, err := d.likeliest(ctx, s, found.exact)
		if err != nil {
			return s, err
		}
		return d.lateFound(ctx, s, id, EvidenceList)
	}
	s.ReadsOK, s.LastReadAt, s.NextReadAt = s.ReadsOK+1, d.Now(), d.nextLook(s, d.Now())
	return s, d.Submissions.Touch(ctx, s)
}

// likeliest chooses among orders that a given-up submission may have made: one that was there before it was sent again can't be
// the repeat's.
func (d *Desk) likeliest(ctx context.Context, s Submission, exact []ID) (ID, error) {
	children, err := d.Submissions.Children(ctx, s.Buyer, s.ID)
	if err != nil {
		return "", err
	}
	for _, id := range exact {
		if slices.ContainsFunc(children, func(child Submission) bool { return slices.Contains(child.Baseline, id) }) {
			return id, nil
		}
	}
	return exact[0], nil
}

func (d *Desk) lateFound(ctx context.Context, s Submission, id ID, how Evidence) (Submission, error) {
	s, err := d.move(ctx, s, LateFound, func(next *Submission) { next.OrderID, next.Evidence = id, how })
	if err == nil {
		d.Log.WarnContext(ctx, "order_late_found", "submission", s.ID, "order", id, "evidence", how)
	}
	return s, err
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
func (d *Desk) quietEnd(s Submission) time.Time { return s.SentAt.Add(fenceAfter + d.Quiet) }
