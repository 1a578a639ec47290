package jobs

import (
	"context"
	"errors"
	"fmt"
	"math/rand/v2"
	"runtime/debug"
	"time"

	"storefront/internal/buyer"
	"storefront/internal/catalog"
	"storefront/internal/errkind"
	"storefront/internal/pace"
	"storefront/store/cache"
)

// kind is a kind of work. The operator sees it as the name of a run.
type kind string

const (
	kindCatalogue kind = "catalogue"
	kindPrices    kind = "prices"
	kindRate      kind = "rate"
	kindFits      kind = "compatibility"
	kindOrders    kind = "orders"
	kindLines     kind = "order lines"
	kindCategory  kind = "category"
	kindItem      kind = "item"
	kindRelated   kind = "related"
	kindOrder     kind = "order"
)

// cached tells the kinds whose result is lost with the cache.
func (k kind) cached() bool {
	switch k {
	case kindOrders, kindLines, kindOrder:
		return false
	}
	return true
}

// whole tells the kinds that read a whole list.
func (k kind) whole() bool { return k == kindCatalogue || k == kindPrices || k == kindFits }

// recorded tells the kinds whose runs the operator sees.
func (k kind) recorded() bool { return k.whole() || k == kindRate }

// task names a piece of work: the same task never runs twice at a time.
type task struct {
	kind  kind
	buyer buyer.ID // whose; empty for what is shared
	what  string   // id of the category, item or order
}

// record is what is remembered of a task.
type record struct {
	running  bool
	reader   buyer.ID  // whose credentials it runs with
	doneAt   time.Time // when it last went well
	retryAt  time.Time // after failures
	failures int
	waits    bool    // for the service to answer again
	spread   float64 // from 0 to 1: how much of the jitter, so that buyers who came together don't return together
}

// done is what a piece of work has to tell the operator.
type done struct {
	rows   int
	detail string
}

// jitter is how much longer than its age a thing is left at most.
const jitter = 0.1

// start begins a task if it is due. It does not wait. c is who reads.
func (j *Jobs) start(t task, age time.Duration, c buyer.Credentials, work func(context.Context, buyer.Credentials) (done, error)) {
	j.mu.Lock()
	defer j.mu.Unlock()
	if j.stopped || !j.isDue(t, age) {
		return
	}
	r := j.tasks[t]
	if r == nil {
		r = &record{}
		j.tasks[t] = r
	}
	r.running, r.reader = true, c.Buyer()
	if t.kind.whole() {
		j.progress[t] = catalog.Progress{Running: true, StartedAt: j.Now(), Failed: j.progress[t].Failed}
	}
	j.work.Go(func() { j.run(t, c, work) })
}

// due tells whether a task would start now.
func (j *Jobs) due(t task, age time.Duration) bool {
	j.mu.Lock()
	defer j.mu.Unlock()
	return j.isDue(t, age)
}

// isDue tells whether a task does not run, is older than age, and has not failed too recently. j.mu is held.
func (j *Jobs) isDue(t task, age time.Duration) bool {
	r, now := j.tasks[t], j.Now()
	switch {
	case r == nil:
		return true
	case r.running, now.Before(r.retryAt):
		return false
	}
	return r.doneAt.IsZero() || now.Sub(r.doneAt) >= time.Duration(float64(age)*(1+jitter*r.spread))
}

// reads tells whether a task is under way with a buyer's credentials.
func (j *Jobs) reads(t task, b buyer.ID) bool {
	j.mu.Lock()
	defer j.mu.Unlock()
	r := j.tasks[t]
	return r != nil && r.running && r.reader == b
}

// doneAt tells when a task last went well; the zero time if it never did.
func (j *Jobs) doneAt(t task) time.Time {
	j.mu.Lock()
	defer j.mu.Unlock()
	if r := j.tasks[t]; r != nil {
		return r.doneAt
	}
	return time.Time{}
}

// run does a task's work in a goroutine that ends with it.
func (j *Jobs) run(t task, c buyer.Credentials, work func(context.Context, buyer.Credentials) (done, error)) {
	slots := j.prompt
	if t.kind.whole() {
		slots = j.bulk
	}
	select {
	case slots <- struct{}{}:
		defer func() { <-slots }()
	case <-j.ctx.Done():
		j.finish(t, c, j.ctx.Err())
		return
	}
	if t.kind.whole() {
		pace.Aside()
	}
	run := j.startRun(t)
	result, err := guarded(pace.With(j.ctx, j.Gate), c, work)
	if errkind.CauseOf(err) == errkind.Oversized {
		result.detail = errkind.Oversized
	}
	j.finishRun(run, result, err)
	j.finish(t, c, err)
}

// guarded turns a panic into an error.
func guarded(ctx context.Context, c buyer.Credentials, work func(context.Context, buyer.Credentials) (done, error)) (result done, err error) {
	defer func() {
		if p := recover(); p != nil {
			err = fmt.Errorf("panic: %v\n%s", p, debug.Stack())
		}
	}()
	return work(ctx, c)
}

// finish remembers how a task went and when it may be tried again.
func (j *Jobs) finish(t task, c buyer.Credentials, err error) {
	paused, oversized := errkind.CauseOf(err) == errkind.Paused, errkind.CauseOf(err) == errkind.Oversized
	if err != nil && !paused && j.ctx.Err() == nil {
		j.Log.Warn("background work failed", "job", t.kind, "buyer", t.buyer, "what", t.what, "error", err)
	}
	if errkind.Is(err, errkind.AccessDenied) {
		j.Register.Refuse(c)
	}
	j.mu.Lock()
	defer j.mu.Unlock()
	r, now := j.tasks[t], j.Now()
	r.running = false
	r.spread, r.waits = rand.Float64(), errkind.Upstream(err) && !oversized
	switch {
	case err == nil:
		r.doneAt, r.retryAt, r.failures = now, time.Time{}, 0
	case paused: // nobody was asked: whoever comes first after the pause finds out
		r.retryAt = now.Add(spread(pausedPause))
	default:
		r.failures++
		r.retryAt = now.Add(j.patience(r.failures, err))
	}
	if t.kind.whole() {
		p := j.progress[t]
		p.Running, p.Failed = false, string(errkind.Of(err))
		j.progress[t] = p
	}
	j.look()
}

const (
	firstPause  = 2 * time.Second
	maxPause    = 2 * time.Minute
	pausedPause = 5 * time.Second // while the distributor is left alone
	returnPause = 2 * time.Second // within which all come back when it answers again
)

// spread is a pause, a fifth longer or shorter, so that those who failed together don't return together.
func spread(pause time.Duration) time.Duration { return pause*4/5 + rand.N(pause*2/5) }

// Recovered has everything that waits for the distributor tried again soon: it answers. It does not block.
func (j *Jobs) Recovered() {
	j.mu.Lock()
	now := j.Now()
	for _, r := range j.tasks {
		if back := now.Add(rand.N(returnPause)); r.waits && r.retryAt.After(back) {
			r.retryAt, r.failures = back, 0
		}
	}
	j.mu.Unlock()
	j.look()
}

// patience is how long to wait after the n-th failure in a row.
func (j *Jobs) patience(n int, err error) time.Duration {
	if errors.Is(err, cache.ErrShrunk) || errkind.Is(err, errkind.StateDamaged) { // what is read can't be kept: it need not be read often
		return j.Ages.Quarantine
	}
	if errkind.CauseOf(err) == errkind.Oversized {
		return spread(j.Ages.Oversized)
	}
	pause := maxPause
	if n < 7 {
		pause = min(maxPause, firstPause<<(n-1))
	}
	return spread(pause)
}

// forget drops what is remembered of small tasks that nobody has asked for in a while.
func (j *Jobs) forget(now time.Time) {
	j.mu.Lock()
	defer j.mu.Unlock()
	for t, r := range j.tasks {
		if t.what != "" && !r.running && now.Sub(r.doneAt) > j.Ages.Catalogue && !now.Before(r.retryAt) {
			delete(j.tasks, t)
		}
	}
	for t, at := range j.described {
		if now.Sub(at) > j.Ages.Catalogue {
			delete(j.described, t)
		}
	}
}

func (j *Jobs) report(t task, p catalog.Progress) {
	j.mu.Lock()
	defer j.mu.Unlock()
	p.Running, p.StartedAt, p.Failed = true, j.progress[t].StartedAt, ""
	if p.StartedAt.IsZero() {
		p.StartedAt = j.Now()
	}
	j.progress[t] = p
}

// startRun begins a run that the operator sees; 0 for work that is too small.
func (j *Jobs) startRun(t task) int64 {
	if !t.kind.recorded() {
		return 0
	}
	id, err := j.Cache.StartRun(j.ctx, t.name())
	if err != nil {
		j.Log.Warn("a run was not recorded", "job", t.kind, "error", err)
	}
	return id
}

func (j *Jobs) finishRun(id int64, result done, err error) {
	if id == 0 {
		return
	}
	ctx := context.WithoutCancel(j.ctx) // also when everything stops
	if err := j.Cache.FinishRun(ctx, id, result.rows, errkind.Of(err), result.detail); err != nil {
		j.Log.Warn("a run was not recorded", "error", err)
	}
}

// name is what the operator reads.
func (t task) name() string {
	if t.buyer == "" {
		return string(t.kind)
	}
	return string(t.kind) + " " + string(t.buyer)
}
