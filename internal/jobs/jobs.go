// Package jobs keeps what the storefront knows of the distributor fresh, in the background. Pages are answered from here and
// never wait for it; what they show may nudge it.
//
// Each kind of work has an age at which it is done again (Ages), for the buyers who are here. One thing is read once at a
// time however many ask for it; failures are tried again ever later; a panic ends that piece of work and nothing else. A
// buyer's prices are read with his own credentials and kept under his own name. An answer that would lose much of what is
// known is not believed at once: the old one stays. What changed of the items a buyer is interested in is kept (history.go).
package jobs

import (
	"context"
	"log/slog"
	"sync"
	"time"

	"storefront/internal/buyer"
	"storefront/internal/catalog"
	"storefront/internal/money"
	"storefront/internal/order"
	"storefront/internal/pace"
	"storefront/internal/search"
	"storefront/store/cache"
)

// Distributor is what the jobs read from the distributor. They change nothing there.
type Distributor interface {
	Rate(ctx context.Context, c buyer.Credentials) (money.Rate, error)
	Categories(ctx context.Context, c buyer.Credentials) ([]catalog.Category, error)
	EachListing(ctx context.Context, c buyer.Credentials, yield func([]catalog.Listing, catalog.Progress) error) error
	EachOffer(ctx context.Context, c buyer.Credentials, yield func([]catalog.Offer, catalog.Progress) error) error
	CategoryListings(ctx context.Context, c buyer.Credentials, id catalog.CategoryID) ([]catalog.Listing, error)
	CategoryOffers(ctx context.Context, c buyer.Credentials, id catalog.CategoryID) ([]catalog.Offer, error)
	Listing(ctx context.Context, c buyer.Credentials, id catalog.ItemID) (catalog.Listing, error)
	Offer(ctx context.Context, c buyer.Credentials, id catalog.ItemID) (catalog.Offer, error)
	// Related is published at times only: errkind.Unsupported otherwise.
	Related(ctx context.Context, c buyer.Credentials, id catalog.ItemID) ([]catalog.Listing, error)
	EachFit(ctx context.Context, c buyer.Credentials, yield func(catalog.Fit) error) error
	Orders(ctx context.Context, c buyer.Credentials) ([]order.Order, error)
	OrderStatus(ctx context.Context, c buyer.Credentials, id order.ID) (order.Order, error)
	OrderWithLines(ctx context.Context, c buyer.Credentials, id order.ID) (order.Order, error)
}

// Deps are what the jobs work with. ServiceAccount and Ages may be left out.
type Deps struct {
	Distributor Distributor
	Cache       *cache.Store
	Orders      order.OrderStore
	Accounts    buyer.AccountStore
	History     History
	Engine      *search.Engine
	Register    *buyer.Register
	// ServiceAccount keeps the catalogue warm while nobody is here. Its own prices are kept like any buyer's.
	ServiceAccount *buyer.Credentials
	// Gate is where people's requests pass: work steps aside for them. It may be left out.
	Gate *pace.Gate
	Now  func() time.Time
	Log  *slog.Logger
	Ages Ages
}

// Ages say how old things may get before they are read again. A zero field takes its default.
type Ages struct {
	Catalogue  time.Duration // descriptions: a day
	Fits       time.Duration // compatibility: a day
	Rate       time.Duration // an hour
	Prices     time.Duration // the whole list of a buyer who is here: an hour
	Orders     time.Duration // the list of a buyer who is here: 3 minutes
	OnScreen   time.Duration // prices and stock of what a page shows: 10 minutes
	Order      time.Duration // an order, or the list of orders, that a page shows: a minute
	OpenLines  time.Duration // the lines of an order that can still change by itself: half an hour
	Quarantine time.Duration // until what could not be taken, or not kept, is read again: half an hour
	Oversized  time.Duration // until an answer over its limit is asked for again: a day
	Here       time.Duration // how long after his last request a buyer counts as here: half an hour
	Unlocked   time.Duration // and his credentials are kept in memory: an hour
}

func (a Ages) withDefaults() Ages {
	for field, otherwise := range map[*time.Duration]time.Duration{
		&a.Catalogue: 24 * time.Hour, &a.Fits: 24 * time.Hour, &a.Rate: time.Hour, &a.Prices: time.Hour, &a.Orders: 3 * time.Minute,
		&a.OnScreen: 10 * time.Minute, &a.Order: time.Minute, &a.OpenLines: 30 * time.Minute, &a.Quarantine: 30 * time.Minute, &a.Oversized: 24 * time.Hour, &a.Here: 30 * time.Minute, &a.Unlocked: time.Hour,
	} {
		if *field == 0 {
			*field = otherwise
		}
	}
	return a
}

// Jobs is the background. Its methods never wait for the distributor.
type Jobs struct {
	Deps

	ctx    context.Context // of all work; ends with Run
	cancel context.CancelFunc
	bulk   chan struct{} // slots of whole lists
	prompt chan struct{} // slots of small things, so that they don't queue behind whole lists
	wake   chan struct{}

	publishing sync.Mutex // held while an index is built

	mu        sync.Mutex
	stopped   bool
	work      sync.WaitGroup
	tasks     map[task]*record
	progress  map[task]catalog.Progress
	writing   map[buyer.ID]*sync.Mutex // one change of a price list at a time
	doubts    map[buyer.ID]doubt
	described map[task]time.Time // when descriptions were read one by one
	published publication
}

// How much is read at a time: whole lists, and small things.
const (
	bulkSlots   = 2
	promptSlots = 4
)

// New returns jobs that wait for Run, or for being nudged.
func New(d Deps) *Jobs {
	d.Ages = d.Ages.withDefaults()
	j := &Jobs{
		Deps: d, bulk: make(chan struct{}, bulkSlots), prompt: make(chan struct{}, promptSlots), wake: make(chan struct{}, 1),
		tasks: map[task]*record{}, progress: map[task]catalog.Progress{}, writing: map[buyer.ID]*sync.Mutex{},
		doubts: map[buyer.ID]doubt{}, described: map[task]time.Time{}, published: publication{stale: true},
	}
	j.ctx, j.cancel = context.WithCancel(context.Background())
	return j
}

// tick is how often the jobs look for what has become due.
const tick = 5 * time.Second

// Run shows what the cache knows, then keeps everything fresh until ctx ends, and returns after all work has stopped.
func (j *Jobs) Run(ctx context.Context) error {
	defer j.stop()
	if err := j.remember(ctx); err != nil {
		j.Log.WarnContext(ctx, "the cache could not be shown", "error", err)
	}
	ticker := time.NewTicker(tick)
	defer ticker.Stop()
	for {
		j.schedule(ctx)
		select {
		case <-ticker.C:
		case <-j.wake:
		case <-ctx.Done():
			return nil
		}
	}
}

func (j *Jobs) stop() {
	j.mu.Lock()
	j.stopped = true
	j.mu.Unlock()
	j.cancel()
	j.work.Wait()
}

// SignedIn starts what a buyer who has just come needs.
func (j *Jobs) SignedIn(buyer.ID) { j.look() }

// CacheReopened has everything read anew: the cache was lost, and an empty one took its place. It does not block.
func (j *Jobs) CacheReopened() {
	j.mu.Lock()
	for t, r := range j.tasks {
		if t.kind.cached() {
			r.doneAt, r.retryAt = time.Time{}, time.Time{}
		}
	}
	clear(j.described)
	j.mu.Unlock()
	j.look()
}

// look makes Run look at once for what is due.
func (j *Jobs) look() {
	select {
	case j.wake <- struct{}{}:
	default:
	}
}

// Progress tells how far the catalogue and a buyer's prices have come.
func (j *Jobs) Progress(b buyer.ID) (catalogue, prices catalog.Progress) {
	j.mu.Lock()
	defer j.mu.Unlock()
	return j.progress[task{kind: kindCatalogue}], j.progress[task{kind: kindPrices, buyer: b}]
}
