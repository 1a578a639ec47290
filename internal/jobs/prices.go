package jobs

import (
	"context"
	"maps"
	"slices"
	"sync"
	"time"

	"storefront/internal/buyer"
	"storefront/internal/catalog"
	"storefront/internal/pace"
	"storefront/internal/search"
	"storefront/store/cache"
)

// loadPrices reads a buyer's whole price list with his own credentials. While he has none yet it is shown as it comes.
func (j *Jobs) loadPrices(ctx context.Context, c buyer.Credentials) (result done, err error) {
	if fresh, err := j.freshPrices(ctx, c.Buyer()); fresh || err != nil {
		return done{detail: "fresh"}, err
	}
	places, err := j.Cache.Places(ctx) // offers of items that are not known yet stand under «без категории» until refile
	if err != nil {
		return done{}, err
	}
	list := j.newGathering(c.Buyer())
	err = j.Distributor.EachOffer(ctx, c, func(portion []catalog.Offer, p catalog.Progress) error {
		for _, o := range portion {
			list.add(places[o.ItemID], o)
		}
		result.rows += len(portion)
		j.report(task{kind: kindPrices, buyer: c.Buyer()}, p)
		return list.show(ctx)
	})
	if err != nil {
		return result, err
	}
	if err := list.complete(ctx); err != nil {
		return result, err
	}
	return result, j.refile(ctx, c.Buyer())
}

// freshPrices tells whether a buyer's stored list is whole and young: so after a restart, or when the catalogue was read as him.
func (j *Jobs) freshPrices(ctx context.Context, b buyer.ID) (bool, error) {
	ages, complete, err := j.Cache.PricesReadAt(ctx, b)
	if err != nil || !complete {
		return false, err
	}
	for _, readAt := range ages {
		if j.Now().Sub(readAt) >= j.Ages.Prices*9/10 {
			return false, nil
		}
	}
	return len(ages) > 0, nil
}

// refile moves a buyer's offers to the categories of items that came only after his prices.
func (j *Jobs) refile(ctx context.Context, b buyer.ID) error {
	return j.changePrices(b, func() error {
		loose, err := j.Cache.PricesIn(ctx, b, []catalog.CategoryID{""})
		if err != nil || len(loose) == 0 {
			return err
		}
		filed, err := j.file(ctx, loose[0].Offers)
		if err != nil || len(filed[""]) == len(loose[0].Offers) {
			return err
		}
		known, err := j.Cache.PricesIn(ctx, b, slices.Collect(maps.Keys(filed)))
		if err != nil {
			return err
		}
		chunks := []catalog.PriceChunk{{Offers: filed[""], ReadAt: loose[0].ReadAt}}
		delete(filed, "")
		for category, offers := range filed {
			switch have, ok := chunkOf(known, category); {
			case !ok:
				chunks = append(chunks, catalog.PriceChunk{Category: category, Offers: offers, ReadAt: loose[0].ReadAt})
			case !have.ReadAt.After(loose[0].ReadAt):
				replaceOffers(&have, offers)
				chunks = append(chunks, have)
			}
		}
		return j.putPrices(ctx, b, chunks)
	})
}

func chunkOf(chunks []catalog.PriceChunk, category catalog.CategoryID) (catalog.PriceChunk, bool) {
	i := slices.IndexFunc(chunks, func(chunk catalog.PriceChunk) bool { return chunk.Category == category })
	if i < 0 {
		return catalog.PriceChunk{}, false
	}
	return chunks[i], true
}

// gathering is a price list that is being read.
type gathering struct {
	jobs    *Jobs
	buyer   buyer.ID
	began   time.Time
	shownAt time.Time
	offers  map[catalog.CategoryID][]catalog.Offer
	unshown map[catalog.CategoryID]bool
	came    growth
}

func (j *Jobs) newGathering(b buyer.ID) *gathering {
	return &gathering{
		jobs: j, buyer: b, began: j.Now(), shownAt: j.Now(),
		offers: map[catalog.CategoryID][]catalog.Offer{}, unshown: map[catalog.CategoryID]bool{},
	}
}

func (g *gathering) add(category catalog.CategoryID, o catalog.Offer) {
	g.offers[category] = append(g.offers[category], o)
	g.unshown[category] = true
	g.came.count++
}

// show writes down what has come so far, now and then, where the buyer has no whole list yet: half a category would hide the
// other half of one.
func (g *gathering) show(ctx context.Context) error {
	now := g.jobs.Now()
	if now.Sub(g.shownAt) < publishEvery || !g.came.enough() {
		return nil
	}
	g.shownAt = now
	g.came.show()
	return g.jobs.changePrices(g.buyer, func() error {
		ages, complete, err := g.jobs.Cache.PricesReadAt(ctx, g.buyer)
		if err != nil || complete {
			return err
		}
		if err := g.jobs.Cache.PutPrices(ctx, g.buyer, g.chunks(ages, g.unshown)); err != nil {
			return err
		}
		clear(g.unshown)
		return g.jobs.showPrices(ctx, g.buyer)
	})
}

// complete writes the whole list down, unless it lost too much.
func (g *gathering) complete(ctx context.Context) error {
	return g.jobs.changePrices(g.buyer, func() error {
		known, complete, err := g.jobs.Cache.Prices(ctx, g.buyer)
		if err != nil {
			return err
		}
		if !g.jobs.believes(g.buyer, known, complete, g.size(ctx)) {
			return cache.ErrShrunk
		}
		all := make(map[catalog.CategoryID]bool, len(g.offers))
		for category := range g.offers {
			all[category] = true
		}
		if err := g.jobs.Cache.PutPrices(ctx, g.buyer, g.chunks(agesOf(known), all)); err != nil {
			return err
		}
		if err := g.jobs.Cache.MarkPricesComplete(ctx, g.buyer, g.began); err != nil {
			return err
		}
		return g.jobs.showPrices(ctx, g.buyer)
	})
}

// chunks returns the categories asked for, but for those that were read anew since the reading of the list began.
func (g *gathering) chunks(ages map[catalog.CategoryID]time.Time, categories map[catalog.CategoryID]bool) []catalog.PriceChunk {
	var chunks []catalog.PriceChunk
	for category := range categories {
		if !ages[category].After(g.began) {
			chunks = append(chunks, catalog.PriceChunk{Category: category, Offers: g.offers[category], ReadAt: g.began})
		}
	}
	return chunks
}

func agesOf(chunks []catalog.PriceChunk) map[catalog.CategoryID]time.Time {
	ages := make(map[catalog.CategoryID]time.Time, len(chunks))
	for _, chunk := range chunks {
		ages[chunk.Category] = chunk.ReadAt
	}
	return ages
}

// size is what a price list is judged by.
type size struct{ offers, prices int }

func (s *size) add(offers []catalog.Offer) {
	s.offers += len(offers)
	for _, o := range offers {
		if o.Orderable() && o.Price.IsPositive() {
			s.prices++
		}
	}
}

func (g *gathering) size(ctx context.Context) (s size) {
	for _, offers := range g.offers {
		pace.Step(ctx)
		s.add(offers)
	}
	return s
}

// doubt is a list that was not believed: how often it was read alike.
type doubt struct {
	size  size
	reads int
}

// believes tells whether a newly read list is taken. One that lost more than a fifth of its offers, or of its prices, or an
// empty one, is taken only after it has been read alike often enough.
func (j *Jobs) believes(b buyer.ID, known []catalog.PriceChunk, complete bool, now size) bool {
	var was size
	if complete {
		for _, chunk := range known {
			was.add(chunk.Offers)
		}
	}
	j.mu.Lock()
	defer j.mu.Unlock()
	if now.offers > 0 && now.offers*5 >= was.offers*4 && now.prices*5 >= was.prices*4 {
		delete(j.doubts, b)
		return true
	}
	d := j.doubts[b]
	if d.size != now {
		d = doubt{size: now}
	}
	d.reads++
	j.doubts[b] = d
	if d.reads < cache.Convincing {
		return false
	}
	delete(j.doubts, b)
	return true
}

// changePrices lets one at a time change a buyer's list: a change reads it first.
func (j *Jobs) changePrices(b buyer.ID, change func() error) error {
	j.mu.Lock()
	lock := j.writing[b]
	if lock == nil {
		lock = &sync.Mutex{}
		j.writing[b] = lock
	}
	j.mu.Unlock()
	lock.Lock()
	defer lock.Unlock()
	return change()
}

// showPrices has the buyer's pages show the list that has just been stored, and keeps what changed with it.
func (j *Jobs) showPrices(ctx context.Context, b buyer.ID) error {
	chunks, complete, err := j.Cache.Prices(ctx, b)
	if err != nil {
		return err
	}
	j.Engine.Replace(b, search.PriceListInSteps(chunks, complete, func() { pace.Step(ctx) }))
	j.observe(ctx, b, chunks)
	return nil
}
