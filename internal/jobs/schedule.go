package jobs

import (
	"context"
	"errors"
	"time"

	"storefront/internal/buyer"
	"storefront/internal/errkind"
)

// runsRemembered is how far back the record of runs is searched after a restart.
const runsRemembered = 200

// remember takes up where the process before stopped: it shows the cache, and notes what was read lately.
func (j *Jobs) remember(ctx context.Context) error {
	if err := j.publish(ctx); err != nil {
		return err
	}
	if j.Engine.Index().Len() == 0 {
		return nil
	}
	runs, err := j.Cache.Runs(ctx, runsRemembered)
	if err != nil {
		return err
	}
	j.mu.Lock()
	defer j.mu.Unlock()
	for _, run := range runs { // newest first
		t := task{kind: kind(run.Job)}
		shared := t.kind == kindCatalogue || t.kind == kindFits || t.kind == kindRate
		if shared && run.Failed == "" && !run.FinishedAt.IsZero() && j.tasks[t] == nil {
			j.tasks[t] = &record{doneAt: run.FinishedAt}
		}
	}
	return nil
}

// schedule starts whatever has become due.
func (j *Jobs) schedule(ctx context.Context) {
	now := j.Now()
	j.Register.DropIdle(now.Add(-j.Ages.Unlocked))
	j.forget(now)
	here := j.here(now)
	readers := here
	if j.ServiceAccount != nil && !j.Register.Refused(*j.ServiceAccount) {
		readers = append([]buyer.Credentials{*j.ServiceAccount}, here...)
	}
	if len(readers) > 0 {
		j.start(task{kind: kindCatalogue}, j.Ages.Catalogue, readers[0], j.loadCatalogue)
		j.start(task{kind: kindRate}, j.Ages.Rate, readers[0], j.readRate)
	}
	if fits := (task{kind: kindFits}); j.due(fits, j.Ages.Fits) {
		if c, ok := j.mayReadFits(ctx, readers); ok {
			j.start(fits, j.Ages.Fits, c, j.loadFits)
		}
	}
	for _, c := range here {
		j.start(task{kind: kindOrders, buyer: c.Buyer()}, j.Ages.Orders, c, j.readOrders)
		if !j.reads(task{kind: kindCatalogue}, c.Buyer()) { // his prices come with it
			j.start(task{kind: kindPrices, buyer: c.Buyer()}, j.Ages.Prices, c, j.loadPrices)
		}
	}
	j.publishStale()
}

// here lists the credentials of the buyers who are here, the latest first.
func (j *Jobs) here(now time.Time) []buyer.Credentials {
	var list []buyer.Credentials
	for _, b := range j.Register.Active(now.Add(-j.Ages.Here)) {
		if c, ok := j.Register.Get(b); ok {
			list = append(list, c)
		}
	}
	return list
}

// mayReadFits finds somebody with the right to see compatibility. The service account is tried if nobody else is known to.
func (j *Jobs) mayReadFits(ctx context.Context, readers []buyer.Credentials) (buyer.Credentials, bool) {
	for _, c := range readers {
		a, err := j.Accounts.Account(ctx, c.Buyer())
		if err == nil && a.Right == buyer.RightEdit {
			return c, true
		}
	}
	if j.ServiceAccount != nil && len(readers) > 0 && readers[0].Equal(*j.ServiceAccount) {
		return readers[0], true
	}
	return buyer.Credentials{}, false
}

// nudge starts a task for a buyer who is here; for one who isn't, nothing happens.
func (j *Jobs) nudge(b buyer.ID, t task, age time.Duration, work func(context.Context, buyer.Credentials) (done, error)) {
	if c, ok := j.Register.Get(b); ok {
		j.start(t, age, c, work)
	}
}

// readRate keeps the dollar's rate. A service of an age without it is no failure.
func (j *Jobs) readRate(ctx context.Context, c buyer.Credentials) (done, error) {
	rate, err := j.Distributor.Rate(ctx, c)
	if errkind.Is(err, errkind.Unsupported) {
		return done{}, nil
	}
	if err != nil {
		return done{}, err
	}
	return done{rows: 1, detail: rate.RUB.String()}, errors.Join(j.Cache.PutRate(ctx, rate), j.History.KeepRate(ctx, rate))
}
