package vtt_test

import (
	"testing"
	"time"

	"github.com/shopspring/decimal"

	"storefront/internal/buyer"
	"storefront/internal/catalog"
	"storefront/internal/errkind"
	"storefront/internal/order"
	"storefront/internal/secret"
	"storefront/internal/vtt"
	"storefront/internal/vtt/emulator"
	"storefront/internal/vtt/emulator/emulatortest"
	"storefront/internal/vtt/portal"
)

// The emulator shares nothing with the client but the names of types and operations; here both meet over HTTP.

// meet starts an emulator and a client of it, and finds an account with the right to edit and one without.
func meet(t *testing.T, contract portal.Contract, options ...func(*emulator.Options)) (d *vtt.Distributor, manager, dealer buyer.Credentials) {
	t.Helper()
	server := emulatortest.Start(t, options...)
	d, err := vtt.New(vtt.Options{URL: server.URL, Contract: &contract, PortionSize: 37, Now: func() time.Time { return readAt }})
	if err != nil {
		t.Fatal(err)
	}
	t.Cleanup(d.Close)
	for _, a := range server.Accounts() {
		c := buyer.Credentials{Login: a.Login, Password: secret.New(a.Password)}
		if a.Edit {
			manager = c
		} else {
			dealer = c
		}
	}
	return d, manager, dealer
}

func TestCatalogueOfTheEmulator(t *testing.T) {
	for name, c := range map[string]struct {
		contract portal.Contract
		options  func(*emulator.Options)
	}{
		"documented":                {portal.DefaultContract(), func(o *emulator.Options) {}},
		"observed":                  {portal.DefaultContract(), func(o *emulator.Options) { o.Portions = emulator.PortionsObserved }},
		"documented, faults beyond": {portal.DefaultContract(), func(o *emulator.Options) { o.Answers.BeyondEndFaults = true }},
		"observed, faults beyond":   {portal.DefaultContract(), func(o *emulator.Options) { o.Portions = emulator.PortionsObserved; o.Answers.BeyondEndFaults = true }},
		"a multiple of the portion": {portal.DefaultContract(), func(o *emulator.Options) {
			o.Items = 37 * 5
			o.Portions = emulator.PortionsObserved
			o.Answers.BeyondEndFaults = true
		}},
		"2016":                    {portal.NewContract(portal.Operations(portal.Older)), func(o *emulator.Options) { o.Age = "2016" }},
		"2016, contract not read": {portal.DefaultContract(), func(o *emulator.Options) { o.Age = "2016"; o.Portions = emulator.PortionsObserved }},
	} {
		t.Run(name, func(t *testing.T) {
			items := emulatortest.Items
			d, manager, dealer := meet(t, c.contract, func(o *emulator.Options) {
				o.Items = items
				c.options(o)
				items = o.Items
			})
			ctx := t.Context()
			seen := map[catalog.ItemID]bool{}
			count := func(id catalog.ItemID) {
				if seen[id] {
					t.Errorf("%s came twice", id)
				}
				seen[id] = true
			}
			if err := d.EachListing(ctx, dealer, func(list []catalog.Listing, _ catalog.Progress) error {
				for _, l := range list {
					count(l.Item.ID)
				}
				return nil
			}); err != nil || len(seen) != items {
				t.Errorf("%d listings of %d, %v", len(seen), items, err)
			}
			clear(seen)
			if err := d.EachOffer(ctx, manager, func(list []catalog.Offer, _ catalog.Progress) error {
				for _, o := range list {
					count(o.ItemID)
				}
				return nil
			}); err != nil || len(seen) != items {
				t.Errorf("%d offers of %d, %v", len(seen), items, err)
			}
			if all, err := d.AllOffers(ctx, dealer); err != nil || len(all) != items {
				t.Errorf("%d offers in one answer of %d, %v", len(all), items, err)
			}
			if categories, err := d.Categories(ctx, dealer); err != nil || len(categories) == 0 {
				t.Errorf("%d categories, %v", len(categories), err)
			}
		})
	}
}

func TestSigningInAtTheEmulator(t *testing.T) {
	d, manager, dealer := meet(t, portal.DefaultContract())
	for _, who := range []buyer.Credentials{manager, dealer} {
		if err := d.ProveLogin(t.Context(), who); err != nil {
			t.Errorf("%s: %v", who.Login, err)
		}
	}
	wantKind(t, d.ProveLogin(t.Context(), buyer.Credentials{Login: dealer.Login, Password: secret.New("wrong")}), errkind.AccessDenied)
	if right, err := d.EditRight(t.Context(), manager); right != buyer.RightEdit || err != nil {
		t.Errorf("manager: right %q, %v", right, err)
	}
	if right, err := d.EditRight(t.Context(), dealer); right != buyer.RightNone || err != nil {
		t.Errorf("dealer: right %q, %v", right, err)
	}
	if rate, err := d.Rate(t.Context(), dealer); err != nil || !rate.Known() || rate.SetAt.IsZero() {
		t.Errorf("rate %v, %v", rate, err)
	}
	if right, err := old(t).EditRight(t.Context(), dealer); right != buyer.RightUnknown || err != nil {
		t.Errorf("2016: right %q, %v", right, err)
	}
}

// old is a client of a service of 2016 whose contract was not read.
func old(t *testing.T) *vtt.Distributor {
	d, _, dealer := meet(t, portal.DefaultContract(), func(o *emulator.Options) { o.Age = "2016" })
	if err := d.ProveLogin(t.Context(), dealer); err != nil {
		t.Errorf("2016: %v", err)
	}
	return d
}

// orderable finds items that can be ordered now.
func orderable(t *testing.T, d *vtt.Distributor, who buyer.Credentials, n int) (list []catalog.Offer) {
	t.Helper()
	all, err := d.AllOffers(t.Context(), who)
	if err != nil {
		t.Fatal(err)
	}
	for _, o := range all {
		if o.Orderable() && o.Available.GreaterThan(decimal.NewFromInt(10)) && len(list) < n {
			list = append(list, o)
		}
	}
	if len(list) < n {
		t.Fatalf("only %d items can be ordered", len(list))
	}
	return list
}

func TestAnOrderAtTheEmulator(t *testing.T) {
	d, manager, dealer := meet(t, portal.DefaultContract())
	ctx := t.Context()
	goods := orderable(t, d, manager, 2)
	before, err := d.Orders(ctx, manager)
	if err != nil {
		t.Fatal(err)
	}
	id, err := d.CreateOrder(ctx, manager, []order.NewLine{{ItemID: goods[0].ItemID, Quantity: dec("3")}})
	if err != nil {
		t.Fatal(err)
	}
	if after, err := d.Orders(ctx, manager); err != nil || len(after) != len(before)+1 {
		t.Errorf("%d orders after %d, %v", len(after), len(before), err)
	}
	if result, err := d.AddLine(ctx, manager, id, order.NewLine{ItemID: goods[1].ItemID, Quantity: dec("5")}); err != nil || !result.Ordered.Equal(dec("5")) {
		t.Errorf("added %+v, %v", result, err)
	}
	if err := d.RemoveLine(ctx, manager, id, goods[1].ItemID, dec("2")); err != nil {
		t.Error(err)
	}
	if err := d.RemoveLine(ctx, manager, id, goods[0].ItemID, decimal.Zero); err != nil {
		t.Error(err)
	}
	if note, err := d.SetNote(ctx, manager, id, "Звонок за час <&>"); err != nil || !note.Updated || note.Error != "" {
		t.Errorf("note %+v, %v", note, err)
	}
	got, err := d.OrderWithLines(ctx, manager, id)
	if err != nil || len(got.Lines) != 1 || got.Lines[0].ItemID != goods[1].ItemID || !got.Lines[0].Quantity.Equal(dec("3")) {
		t.Errorf("order %+v, %v; want three of %s", got, err, goods[1].ItemID)
	}
	if got.Note != "Звонок за час <&>" || got.Status != order.Reserving {
		t.Errorf("note %q, status %s", got.Note, got.Status)
	}
	if status, err := d.OrderStatus(ctx, manager, id); err != nil || !status.Sum.Equal(got.Sum) || status.LineCount != 1 {
		t.Errorf("status %+v, %v", status, err)
	}
	_, err = d.SetNote(ctx, dealer, id, "x")
	wantSendError(t, err, order.ClassRefused, errkind.NonAuthorized)
	_, err = d.OrderStatus(ctx, manager, "no such order")
	wantKind(t, err, errkind.BusinessLogic)
}

func TestOneOfEachAtTheEmulator(t *testing.T) {
	d, manager, _ := meet(t, portal.DefaultContract())
	ctx := t.Context()
	want := orderable(t, d, manager, 1)[0]
	listing, err := d.Listing(ctx, manager, want.ItemID)
	if err != nil || listing.Item.Name == "" || !listing.Offer.Price.Equal(*want.Price) {
		t.Errorf("listing %+v, %v", listing, err)
	}
	if offer, err := d.Offer(ctx, manager, want.ItemID); err != nil || !offer.Price.Equal(*want.Price) {
		t.Errorf("offer %+v, %v", offer, err)
	}
	categories, err := d.Categories(ctx, manager)
	if err != nil || len(categories) == 0 {
		t.Fatalf("%d categories, %v", len(categories), err)
	}
	category := categories[0].ID
	inListings, err := d.CategoryListings(ctx, manager, category)
	if err != nil || len(inListings) == 0 {
		t.Errorf("%d listings in %s, %v", len(inListings), category, err)
	}
	if inOffers, err := d.CategoryOffers(ctx, manager, category); err != nil || len(inOffers) != len(inListings) {
		t.Errorf("%d offers in %s, %d listings, %v", len(inOffers), category, len(inListings), err)
	}
	fits := 0
	if err := d.EachFit(ctx, manager, func(catalog.Fit) error { fits++; return nil }); err != nil || fits == 0 {
		t.Errorf("%d fits, %v", fits, err)
	}
	_, err = d.Listing(ctx, manager, "no such item")
	wantKind(t, err, errkind.BusinessLogic)
}
