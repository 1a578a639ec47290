package jobs

import (
	"context"
	"slices"
	"time"

	"storefront/internal/buyer"
	"storefront/internal/catalog"
	"storefront/internal/money"
)

// History keeps what changes: what each buyer is offered for the items he is interested in, and the rate.
type History interface {
	// Interests lists those items, each with what was seen of it last; without a time where nothing was.
	Interests(ctx context.Context, b buyer.ID) ([]catalog.Sighting, error)
	KeepSightings(ctx context.Context, b buyer.ID, seen []catalog.Sighting) error
	// Look makes an item interesting, because its page was opened.
	Look(ctx context.Context, b buyer.ID, item catalog.ItemID) error
	KeepRate(ctx context.Context, rate money.Rate) error
}

// observe compares a buyer's price list, or the parts of it that have just been stored, with what was seen last, and keeps what changed. All
// that is asked and written is a few statements, however long the list. A history that could not be kept is only logged: the
// prices are right without it.
func (j *Jobs) observe(ctx context.Context, b buyer.ID, chunks []catalog.PriceChunk) {
	if err := j.keepChanges(ctx, b, chunks); err != nil && j.ctx.Err() == nil {
		j.Log.WarnContext(ctx, "changes of prices and stock were not kept", "buyer", b, "error", err)
	}
}

func (j *Jobs) keepChanges(ctx context.Context, b buyer.ID, chunks []catalog.PriceChunk) error {
	last, err := j.History.Interests(ctx, b)
	if err != nil || len(last) == 0 {
		return err
	}
	offers := offersOf(chunks, last)
	due, err := j.promised(ctx, offers)
	if err != nil {
		return err
	}
	var changed []catalog.Sighting
	for _, before := range last {
		offer, offered := offers[before.ItemID]
		if !offered {
			continue
		}
		now := catalog.See(offer, due[before.ItemID], j.Now())
		if !before.At.IsZero() && now.Same(before) {
			continue
		}
		if !now.At.After(before.At) { // the clock was set back: what is seen now is still the latest
			now.At = before.At.Add(time.Microsecond)
		}
		changed = append(changed, now)
	}
	if len(changed) == 0 {
		return nil
	}
	return j.History.KeepSightings(ctx, b, changed)
}

// observeStored begins the history of items that have become interesting, with the prices that are known of them.
func (j *Jobs) observeStored(ctx context.Context, b buyer.ID) error {
	return j.changePrices(b, func() error {
		chunks, _, err := j.Cache.Prices(ctx, b)
		if err != nil {
			return err
		}
		j.observe(ctx, b, chunks)
		return nil
	})
}

// offersOf picks the offers of the items asked for. Of an item that stands in two categories the later read one counts.
func offersOf(chunks []catalog.PriceChunk, of []catalog.Sighting) map[catalog.ItemID]catalog.Offer {
	asked := make(map[catalog.ItemID]bool, len(of))
	for _, s := range of {
		asked[s.ItemID] = true
	}
	offers := make(map[catalog.ItemID]catalog.Offer, len(of))
	readAt := make(map[catalog.ItemID]time.Time, len(of))
	for _, chunk := range chunks {
		for _, o := range chunk.Offers {
			if asked[o.ItemID] && !chunk.ReadAt.Before(readAt[o.ItemID]) {
				offers[o.ItemID], readAt[o.ItemID] = o, chunk.ReadAt
			}
		}
	}
	return offers
}

// promised tells when what is in transit was promised for: descriptions hold it, and are asked only where something is.
func (j *Jobs) promised(ctx context.Context, offers map[catalog.ItemID]catalog.Offer) (map[catalog.ItemID]time.Time, error) {
	var ids []catalog.ItemID
	for id, o := range offers {
		if o.Transit.IsPositive() {
			ids = append(ids, id)
		}
	}
	due := make(map[catalog.ItemID]time.Time, len(ids))
	for part := range slices.Chunk(ids, fileAtOnce) {
		items, err := j.Cache.Items(ctx, part)
		if err != nil {
			return nil, err
		}
		for _, item := range items {
			due[item.ID] = item.TransitDate
		}
	}
	return due, nil
}
