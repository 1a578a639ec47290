package jobs

import (
	"context"
	"time"

	"storefront/internal/catalog"
	"storefront/internal/pace"
	"storefront/internal/search"
)

// publication is what is remembered of the index shown.
type publication struct {
	at    time.Time
	took  time.Duration
	under bool // one is being built
	stale bool // what the cache knows has changed since it was read for it
}

const (
	// publishEvery is the least time between two indexes while the first catalogue comes in, and publishShare the least
	// number of times that building one may take until the next: a big catalogue is shown less often.
	publishEvery = 1500 * time.Millisecond
	publishShare = 4
	// restEvery is the least time between two indexes otherwise.
	restEvery = 10 * time.Minute
)

// publish builds an index of what the cache knows and shows it.
func (j *Jobs) publish(ctx context.Context) (err error) {
	j.publishing.Lock()
	defer j.publishing.Unlock()
	began := j.Now()
	j.setStale(false) // what changes from here on may be in it or not
	defer func() {
		if err != nil {
			j.setStale(true)
		}
	}()
	corpus, err := j.corpus(ctx)
	if err != nil {
		return err
	}
	j.Engine.Publish(search.BuildInSteps(corpus, func() { pace.Step(ctx) }))
	j.mu.Lock()
	defer j.mu.Unlock()
	j.published.at, j.published.took = j.Now(), j.Now().Sub(began)
	return nil
}

// publishChanges does so unless the index shown says the same.
func (j *Jobs) publishChanges(ctx context.Context) error {
	if !j.isStale() {
		return nil
	}
	return j.publish(ctx)
}

func (j *Jobs) setStale(stale bool) {
	j.mu.Lock()
	defer j.mu.Unlock()
	j.published.stale = stale
}

func (j *Jobs) isStale() bool {
	j.mu.Lock()
	defer j.mu.Unlock()
	return j.published.stale
}

func (j *Jobs) corpus(ctx context.Context) (c search.Corpus, err error) {
	if c.Categories, err = j.Cache.Categories(ctx); err != nil {
		return c, err
	}
	err = j.Cache.EachItem(ctx, func(item catalog.Item) error {
		c.Items = append(c.Items, item)
		return nil
	})
	if err != nil {
		return c, err
	}
	err = j.Cache.EachFit(ctx, func(fit catalog.Fit) error {
		c.Fits = append(c.Fits, fit)
		return nil
	})
	return c, err
}

// publishSoon shows the items that have come, beside the reading of more, unless it was done a moment ago. It tells whether it
// began.
func (j *Jobs) publishSoon() bool {
	return j.publishAfter(func(p publication) time.Duration { return max(publishEvery, publishShare*p.took) })
}

// publishStale shows items that were changed one by one.
func (j *Jobs) publishStale() {
	if j.isStale() {
		j.publishAfter(func(publication) time.Duration { return restEvery })
	}
}

func (j *Jobs) publishAfter(rest func(publication) time.Duration) bool {
	j.mu.Lock()
	defer j.mu.Unlock()
	p := j.published
	if j.stopped || p.under || j.Now().Sub(p.at) < rest(p) {
		return false
	}
	j.published.under = true
	j.work.Go(func() {
		pace.Aside()
		err := j.publish(pace.With(j.ctx, j.Gate))
		if err != nil && j.ctx.Err() == nil {
			j.Log.Warn("the catalogue was not shown", "error", err)
		}
		j.mu.Lock()
		defer j.mu.Unlock()
		j.published.under = false
	})
	return true
}
