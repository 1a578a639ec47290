package vtt

import (
	"context"

	"storefront/internal/buyer"
	"storefront/internal/catalog"
	"storefront/internal/errkind"
	"storefront/internal/vtt/portal"
)

// Categories reads the two-level tree of categories.
func (d *Distributor) Categories(ctx context.Context, cred buyer.Credentials) (list []catalog.Category, err error) {
	err = d.read(ctx, portal.GetCategories, func(ctx context.Context) error {
		list = nil
		return d.client.GetCategories(ctx, login(cred), func(dto *portal.CategoryDto) error {
			if c := category(dto); c.ID != "" {
				list = append(list, c)
			}
			return nil
		})
	})
	return list, err
}

// EachListing reads the whole catalogue with this buyer's offers and passes it on in parts, each row once, in portions where
// the service publishes them and in one answer otherwise. An error of yield ends it and is returned. yield must not call
// the Distributor for the same buyer: where there is one answer, it is still being read.
func (d *Distributor) EachListing(ctx context.Context, cred buyer.Credentials, yield func([]catalog.Listing, catalog.Progress) error) error {
	r := &portionReader[catalog.Listing]{
		size: d.portionSize, began: d.now(), yield: yield,
		id: func(l catalog.Listing) catalog.ItemID { return l.Item.ID },
		fetch: func(ctx context.Context, from, to int) (p portion[catalog.Listing], err error) {
			err = d.read(ctx, portal.GetItemPortion, func(ctx context.Context) error {
				dto, err := d.client.GetItemPortion(ctx, login(cred), from, to)
				p = portion[catalog.Listing]{listings(ctx, dto.Items), whole(dto.TotalCount)}
				return err
			})
			return p, err
		},
	}
	err := r.run(ctx)
	if !errkind.Is(err, errkind.Unsupported) {
		return err
	}
	return d.read(ctx, portal.GetItems, func(ctx context.Context) error {
		return r.whole(func(row func(catalog.Listing) error) error {
			return d.client.GetItems(ctx, login(cred), func(dto *portal.ItemDto) error { return row(listing(dto)) })
		})
	})
}

// EachOffer reads this buyer's offers for the whole catalogue, as EachListing does.
func (d *Distributor) EachOffer(ctx context.Context, cred buyer.Credentials, yield func([]catalog.Offer, catalog.Progress) error) error {
	r := &portionReader[catalog.Offer]{
		size: d.portionSize, began: d.now(), yield: yield,
		id: func(o catalog.Offer) catalog.ItemID { return o.ItemID },
		fetch: func(ctx context.Context, from, to int) (p portion[catalog.Offer], err error) {
			err = d.read(ctx, portal.GetRuntimeItemsPortion, func(ctx context.Context) error {
				dto, err := d.client.GetRuntimeItemsPortion(ctx, login(cred), from, to)
				p = portion[catalog.Offer]{runtimeOffers(ctx, dto.Items), whole(dto.TotalCount)}
				return err
			})
			return p, err
		},
	}
	err := r.run(ctx)
	if !errkind.Is(err, errkind.Unsupported) {
		return err
	}
	return d.read(ctx, portal.GetRuntimeItems, func(ctx context.Context) error {
		return r.whole(func(row func(catalog.Offer) error) error {
			return d.client.GetRuntimeItems(ctx, login(cred), func(dto *portal.ItemRuntimeDto) error { return row(runtimeOffer(dto)) })
		})
	})
}

// AllOffers reads this buyer's offers for the whole catalogue in one answer.
func (d *Distributor) AllOffers(ctx context.Context, cred buyer.Credentials) (list []catalog.Offer, err error) {
	err = d.read(ctx, portal.GetRuntimeItems, func(ctx context.Context) error {
		list = nil
		return d.client.GetRuntimeItems(ctx, login(cred), func(dto *portal.ItemRuntimeDto) error {
			list = appendOffer(list, dto)
			return nil
		})
	})
	return list, err
}

// CategoryListings reads the items of a category, or of all categories below a root, with this buyer's offers.
func (d *Distributor) CategoryListings(ctx context.Context, cred buyer.Credentials, id catalog.CategoryID) (list []catalog.Listing, err error) {
	err = d.read(ctx, portal.GetCategoryItems, func(ctx context.Context) error {
		list = nil
		return d.client.GetCategoryItems(ctx, login(cred), string(id), func(dto *portal.ItemDto) error {
			list = appendListing(list, dto)
			return nil
		})
	})
	return list, err
}

// CategoryOffers reads this buyer's offers in a category, or in all categories below a root.
func (d *Distributor) CategoryOffers(ctx context.Context, cred buyer.Credentials, id catalog.CategoryID) (list []catalog.Offer, err error) {
	err = d.read(ctx, portal.GetCategoryRuntimeItems, func(ctx context.Context) error {
		list = nil
		return d.client.GetCategoryRuntimeItems(ctx, login(cred), string(id), func(dto *portal.ItemRuntimeDto) error {
			list = appendOffer(list, dto)
			return nil
		})
	})
	return list, err
}

// Listing reads one item with this buyer's offer.
func (d *Distributor) Listing(ctx context.Context, cred buyer.Credentials, id catalog.ItemID) (l catalog.Listing, err error) {
	err = d.read(ctx, portal.GetItem, func(ctx context.Context) error {
		dto, err := d.client.GetItem(ctx, login(cred), string(id))
		if l = listing(&dto); err == nil && l.Item.ID == "" {
			return withoutID("GetItem")
		}
		return err
	})
	return l, err
}

// Related reads the items that the service recommends beside one, with this buyer's offers. It is published at times only:
// errkind.Unsupported otherwise.
func (d *Distributor) Related(ctx context.Context, cred buyer.Credentials, id catalog.ItemID) (list []catalog.Listing, err error) {
	err = d.read(ctx, portal.GetRelatedItems, func(ctx context.Context) error {
		list = nil
		return d.client.GetRelatedItems(ctx, login(cred), string(id), func(dto *portal.ItemDto) error {
			list = appendListing(list, dto)
			return nil
		})
	})
	return list, err
}

// Offer reads this buyer's offer for one item.
func (d *Distributor) Offer(ctx context.Context, cred buyer.Credentials, id catalog.ItemID) (o catalog.Offer, err error) {
	err = d.read(ctx, portal.GetRuntimeItem, func(ctx context.Context) error {
		dto, err := d.client.GetRuntimeItem(ctx, login(cred), string(id))
		if o = runtimeOffer(&dto); err == nil && o.ItemID == "" {
			return withoutID("GetRuntimeItem")
		}
		return err
	})
	return o, err
}

// EachFit reads which item fits which device. It needs the right to edit orders (errkind.NonAuthorized). It is not repeated:
// rows are passed on as they arrive. The warning of EachListing holds for yield.
func (d *Distributor) EachFit(ctx context.Context, cred buyer.Credentials, yield func(catalog.Fit) error) error {
	return d.once(ctx, portal.GetGoodsCompatibilityInformation, func(ctx context.Context) error {
		return d.client.GetGoodsCompatibilityInformation(ctx, login(cred), func(dto *portal.CompatibilityDto) error {
			f := fit(dto)
			if f.ItemID == "" {
				return nil
			}
			return yield(f)
		})
	})
}
