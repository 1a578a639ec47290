package jobs

import (
	"context"
	"errors"
	"fmt"
	"slices"
	"time"

	"storefront/internal/buyer"
	"storefront/internal/catalog"
	"storefront/internal/errkind"
	"storefront/internal/pace"
)

// loadCatalogue reads the whole catalogue, and with it the price list of the buyer who reads. While there is none yet, items
// and prices are shown as they come; later the new generation takes the place of the old one at the end.
func (j *Jobs) loadCatalogue(ctx context.Context, c buyer.Credentials) (result done, err error) {
	prices := task{kind: kindPrices, buyer: c.Buyer()}
	defer j.settle(prices)
	tree, err := j.readCategories(ctx, c)
	if err != nil {
		return done{}, err
	}
	first, err := j.empty(ctx)
	if err != nil {
		return done{}, err
	}
	load, err := j.Cache.BeginLoad(ctx)
	if err != nil {
		return done{}, err
	}
	defer func() { err = errors.Join(err, load.Abort(context.WithoutCancel(ctx))) }()
	list := j.newGathering(c.Buyer())
	var came growth
	err = j.Distributor.EachListing(ctx, c, func(portion []catalog.Listing, p catalog.Progress) error {
		items := place(ctx, portion, tree)
		for _, l := range portion {
			list.add(l.Item.Category, l.Offer)
		}
		if err := load.Put(ctx, items); err != nil {
			return err
		}
		result.rows += len(items)
		came.count += len(items)
		j.report(task{kind: kindCatalogue}, p)
		j.report(prices, p)
		if first && came.enough() && j.publishSoon() {
			came.show()
		}
		return list.show(ctx)
	})
	if err != nil {
		return result, err
	}
	changes, err := load.Commit(ctx)
	if err != nil {
		return result, err
	}
	if changes.Changes() {
		j.setStale(true)
	}
	result.detail = fmt.Sprintf("added %d, changed %d, gone %d, total %d", changes.Added, changes.Changed, changes.Gone, changes.Total)
	return result, errors.Join(j.publishChanges(ctx), list.complete(ctx), j.refileAll(ctx))
}

// refileAll puts the prices of everybody here where the items are.
func (j *Jobs) refileAll(ctx context.Context) error {
	for _, b := range j.Register.Active(time.Time{}) {
		if err := j.refile(ctx, b); err != nil {
			return err
		}
	}
	return nil
}

// settle ends the progress of a task that another task brought along.
func (j *Jobs) settle(t task) {
	j.mu.Lock()
	defer j.mu.Unlock()
	p := j.progress[t]
	p.Running = j.tasks[t] != nil && j.tasks[t].running
	j.progress[t] = p
}

// readCategories keeps the tree, and shows a new one before the items come.
func (j *Jobs) readCategories(ctx context.Context, c buyer.Credentials) (*catalog.Tree, error) {
	categories, err := j.Distributor.Categories(ctx, c)
	if err != nil {
		return nil, err
	}
	known, err := j.Cache.Categories(ctx)
	if err != nil {
		return nil, err
	}
	if err := j.Cache.ReplaceCategories(ctx, categories); err != nil {
		return nil, err
	}
	if slices.Equal(known, categories) {
		return catalog.NewTree(categories), nil
	}
	return catalog.NewTree(categories), j.publish(ctx)
}

var errEnough = errors.New("enough")

// empty tells whether there is no catalogue yet.
func (j *Jobs) empty(ctx context.Context) (bool, error) {
	err := j.Cache.EachItem(ctx, func(catalog.Item) error { return errEnough })
	if errors.Is(err, errEnough) {
		return false, nil
	}
	return err == nil, err
}

// place puts items into their categories.
func place(ctx context.Context, listings []catalog.Listing, tree *catalog.Tree) []catalog.Item {
	items := make([]catalog.Item, len(listings))
	for i := range listings {
		pace.Step(ctx)
		listings[i].Item.Category = tree.Resolve(listings[i].Item)
		items[i] = listings[i].Item
	}
	return items
}

// loadFits reads the compatibility rows. An account or a service without them is no failure: they are looked for tomorrow.
func (j *Jobs) loadFits(ctx context.Context, c buyer.Credentials) (done, error) {
	var fits []catalog.Fit
	err := j.Distributor.EachFit(ctx, c, func(fit catalog.Fit) error {
		fits = append(fits, fit)
		return nil
	})
	switch errkind.Of(err) {
	case "":
	case errkind.NonAuthorized, errkind.Unsupported:
		return done{detail: string(errkind.Of(err))}, nil
	default:
		return done{rows: len(fits)}, err
	}
	if err := j.Cache.ReplaceFits(ctx, slices.Values(fits)); err != nil {
		return done{rows: len(fits)}, err
	}
	return done{rows: len(fits)}, j.publish(ctx)
}
