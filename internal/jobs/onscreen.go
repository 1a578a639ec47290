package jobs

import (
	"context"
	"maps"
	"slices"
	"time"

	"storefront/internal/buyer"
	"storefront/internal/catalog"
	"storefront/internal/errkind"
	"storefront/store/cache"
)

// RefreshCategory reads prices and stock of a category that a page shows, where they are not young; its descriptions too
// where they are older than the catalogue may get. It does not wait.
func (j *Jobs) RefreshCategory(b buyer.ID, id catalog.CategoryID) {
	t := task{kindCategory, b, string(id)}
	j.nudge(b, t, j.Ages.OnScreen, func(ctx context.Context, c buyer.Credentials) (done, error) {
		return done{}, unlessUnknown(j.readCategory(ctx, c, id))
	})
}

// RefreshItem does the same for one item. The buyer looked at it: its history begins, or goes on.
func (j *Jobs) RefreshItem(b buyer.ID, id catalog.ItemID) {
	t := task{kindItem, b, string(id)}
	j.nudge(b, t, j.Ages.OnScreen, func(ctx context.Context, c buyer.Credentials) (done, error) {
		if err := j.History.Look(ctx, b, id); err != nil && !errkind.Is(err, errkind.StateDamaged) { // without history there is still a price
			return done{}, err
		}
		if err := unlessUnknown(j.readItem(ctx, c, id)); err != nil {
			return done{}, err
		}
		return done{}, unlessUnknown(j.readRelated(ctx, c, id))
	})
}

// unlessUnknown drops the error of a thing that the service does not offer this buyer: asking again would not help.
func unlessUnknown(err error) error {
	switch errkind.Of(err) {
	case errkind.BusinessLogic, errkind.Contract, errkind.NotFound, errkind.Unsupported:
		return nil
	}
	return err
}

func (j *Jobs) readCategory(ctx context.Context, c buyer.Credentials, id catalog.CategoryID) error {
	tree := j.Engine.Index().Categories()
	within := below(tree, id)
	young, err := j.youngChunks(ctx, c.Buyer(), within)
	if err != nil || young {
		return err
	}
	readAt := j.Now()
	if j.isDescribed(kindCategory, string(id)) {
		offers, err := j.Distributor.CategoryOffers(ctx, c, id)
		if err != nil {
			return err
		}
		return j.keepOffers(ctx, c.Buyer(), within, offers, readAt)
	}
	listings, err := j.Distributor.CategoryListings(ctx, c, id)
	if err != nil {
		return err
	}
	if err := j.keepItems(ctx, kindCategory, string(id), place(ctx, listings, tree)); err != nil {
		return err
	}
	offers := make([]catalog.Offer, len(listings))
	for i, l := range listings {
		offers[i] = l.Offer
	}
	return j.keepOffers(ctx, c.Buyer(), within, offers, readAt)
}

func (j *Jobs) readItem(ctx context.Context, c buyer.Credentials, id catalog.ItemID) error {
	if j.isDescribed(kindItem, string(id)) {
		offer, err := j.Distributor.Offer(ctx, c, id)
		if err != nil {
			return err
		}
		return j.keepOffer(ctx, c.Buyer(), offer)
	}
	listing, err := j.Distributor.Listing(ctx, c, id)
	if err != nil {
		return err
	}
	items := place(ctx, []catalog.Listing{listing}, j.Engine.Index().Categories())
	if err := j.keepItems(ctx, kindItem, string(id), items); err != nil {
		return err
	}
	return j.keepOffer(ctx, c.Buyer(), listing.Offer)
}

// readRelated reads what the service recommends beside an item, where it publishes that, as often as descriptions.
func (j *Jobs) readRelated(ctx context.Context, c buyer.Credentials, id catalog.ItemID) error {
	if j.isRead(task{kind: kindRelated, what: string(id)}) {
		return nil
	}
	listings, err := j.Distributor.Related(ctx, c, id)
	if err != nil {
		return err
	}
	items := place(ctx, listings, j.Engine.Index().Categories())
	if err := j.keepItems(ctx, kindRelated, string(id), items); err != nil {
		return err
	}
	related := make([]catalog.ItemID, len(items))
	for i, item := range items {
		related[i] = item.ID
	}
	return j.Cache.PutRelated(ctx, id, related)
}

// below returns a category and all under it.
func below(tree *catalog.Tree, id catalog.CategoryID) []catalog.CategoryID {
	ids := []catalog.CategoryID{id}
	for _, child := range tree.Children(id) {
		ids = append(ids, below(tree, child.ID)...)
	}
	return ids
}

// youngChunks tells whether the buyer's prices in these categories were read a moment ago, with his whole list perhaps.
func (j *Jobs) youngChunks(ctx context.Context, b buyer.ID, within []catalog.CategoryID) (bool, error) {
	ages, _, err := j.Cache.PricesReadAt(ctx, b)
	if err != nil {
		return false, err
	}
	found := false
	for _, category := range within {
		readAt, known := ages[category]
		found = found || known
		if known && j.Now().Sub(readAt) >= j.Ages.OnScreen {
			return false, nil
		}
	}
	return found, nil
}

// isDescribed tells whether descriptions were read within the age of the catalogue, with it or by themselves.
func (j *Jobs) isDescribed(k kind, what string) bool {
	whole := j.doneAt(task{kind: kindCatalogue})
	return whole.After(j.Now().Add(-j.Ages.Catalogue)) || j.isRead(task{kind: k, what: what})
}

// isRead tells whether a thing was read by itself within the age of the catalogue.
func (j *Jobs) isRead(t task) bool {
	j.mu.Lock()
	defer j.mu.Unlock()
	return j.described[t].After(j.Now().Add(-j.Ages.Catalogue))
}

func (j *Jobs) keepItems(ctx context.Context, k kind, what string, items []catalog.Item) error {
	if err := j.Cache.UpsertItems(ctx, items); err != nil {
		return err
	}
	j.mu.Lock()
	defer j.mu.Unlock()
	j.described[task{kind: k, what: what}] = j.Now()
	j.published.stale = true
	return nil
}

// fewOffers is how many offers may go without a doubt: small categories come and go.
const fewOffers = 10

// keepOffers puts the offers read of some categories in the place of those known there. Offers of items that we file
// elsewhere replace theirs one by one.
func (j *Jobs) keepOffers(ctx context.Context, b buyer.ID, within []catalog.CategoryID, offers []catalog.Offer, readAt time.Time) error {
	filed, err := j.file(ctx, offers)
	if err != nil {
		return err
	}
	return j.changePrices(b, func() error {
		known, err := j.Cache.PricesIn(ctx, b, slices.AppendSeq(slices.Clone(within), maps.Keys(filed)))
		if err != nil {
			return err
		}
		had := 0
		for _, chunk := range known {
			if slices.Contains(within, chunk.Category) {
				had += len(chunk.Offers)
			}
		}
		if len(offers) == 0 && had > 0 || had > fewOffers && len(offers)*5 < had*4 {
			return cache.ErrShrunk
		}
		var chunks []catalog.PriceChunk
		for _, category := range within {
			chunks = append(chunks, catalog.PriceChunk{Category: category, Offers: filed[category], ReadAt: readAt})
		}
		for _, chunk := range known {
			if !slices.Contains(within, chunk.Category) && replaceOffers(&chunk, filed[chunk.Category]) {
				chunks = append(chunks, chunk)
			}
		}
		return j.putPrices(ctx, b, chunks)
	})
}

// fileAtOnce bounds one question to the cache.
const fileAtOnce = 1_000

// file sorts offers by the category of their items.
func (j *Jobs) file(ctx context.Context, offers []catalog.Offer) (map[catalog.CategoryID][]catalog.Offer, error) {
	filed := map[catalog.CategoryID][]catalog.Offer{}
	for part := range slices.Chunk(offers, fileAtOnce) {
		ids := make([]catalog.ItemID, len(part))
		for i, o := range part {
			ids[i] = o.ItemID
		}
		items, err := j.Cache.Items(ctx, ids)
		if err != nil {
			return nil, err
		}
		category := make(map[catalog.ItemID]catalog.CategoryID, len(items))
		for _, item := range items {
			category[item.ID] = item.Category
		}
		for _, o := range part {
			filed[category[o.ItemID]] = append(filed[category[o.ItemID]], o)
		}
	}
	return filed, nil
}

// keepOffer replaces one offer in the buyer's list. The rest of its category gets no younger by it.
func (j *Jobs) keepOffer(ctx context.Context, b buyer.ID, offer catalog.Offer) error {
	filed, err := j.file(ctx, []catalog.Offer{offer})
	if err != nil {
		return err
	}
	return j.changePrices(b, func() error {
		known, err := j.Cache.PricesIn(ctx, b, slices.Collect(maps.Keys(filed)))
		if err != nil {
			return err
		}
		for _, chunk := range known {
			if replaceOffers(&chunk, filed[chunk.Category]) {
				return j.putPrices(ctx, b, []catalog.PriceChunk{chunk})
			}
		}
		return nil // his list is still on its way, and brings it
	})
}

// replaceOffers puts newer offers into a chunk, in the place of the same items' or beside the others.
func replaceOffers(chunk *catalog.PriceChunk, newer []catalog.Offer) bool {
	for _, o := range newer {
		same := func(have catalog.Offer) bool { return have.ItemID == o.ItemID }
		chunk.Offers = append(slices.DeleteFunc(chunk.Offers, same), o)
	}
	return len(newer) > 0
}

// putPrices keeps some parts of a buyer's list, has his pages show them, and keeps what changed with them.
func (j *Jobs) putPrices(ctx context.Context, b buyer.ID, chunks []catalog.PriceChunk) error {
	if err := j.Cache.PutPrices(ctx, b, chunks); err != nil {
		return err
	}
	for _, chunk := range chunks {
		j.Engine.Refresh(b, chunk)
	}
	j.observe(ctx, b, chunks)
	return nil
}
