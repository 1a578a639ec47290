package order

import (
	"context"
	"crypto/sha256"
	"encoding/hex"
	"fmt"
	"slices"
	"strings"
	"time"

	"github.com/shopspring/decimal"
	"golang.org/x/sync/errgroup"

	"storefront/internal/buyer"
	"storefront/internal/catalog"
	"storefront/internal/errkind"
)

const (
	reviewTimeout = time.Minute
	// reviewOneByOne is the longest cart whose offers are read item by item, reviewAtOnce of them at a time; for a longer
	// one the whole price list is the smaller question.
	reviewOneByOne = 40
	reviewAtOnce   = 4
)

// Review is a cart with prices and stock read from the service just now: what a buyer agrees to.
type Review struct {
	Cart  Cart
	Lines []ReviewLine
	// Total is of the lines that will be ordered, at the prices read now, in conventional units.
	Total decimal.Decimal
	// NeedsConsent is true when a line differs from what was shown by more than is allowed without asking, or will be left
	// out of the order, or an order may come to be there twice.
	NeedsConsent bool
	// Twins are recent orders with exactly these lines, as far as is known here: ordering again makes another.
	Twins []Order
	// Unresolved is an earlier submission, with the same lines or of this cart, of which it is not known whether it made an
	// order; nil if none.
	Unresolved *Submission
	// Token stands for exactly these lines and prices of this cart, these twins and that submission.
	Token string
	// SplitToken stands for what of it can be shipped now; empty where that is all or nothing.
	SplitToken string
	ReadAt     time.Time
}

// ReviewLine is a line of the cart with what was shown for it and what the service says now.
type ReviewLine struct {
	CartLine
	Name  string
	Shown *decimal.Decimal // the price shown before; nil where none was
	Offer catalog.Offer
	Gone  bool // the service does not offer the item any more
	// Deviates is true when the price differs from the one shown by more than is allowed without asking.
	Deviates bool
}

// Orderable tells whether the line goes into the order. A line without a price or an offer is left out.
func (l ReviewLine) Orderable() bool { return !l.Gone && l.Offer.Orderable() }

// Short is how much more is wanted than the buyer's branch has: it is ordered, but may not be reserved at once.
func (l ReviewLine) Short() decimal.Decimal {
	return decimal.Max(l.Quantity.Sub(l.Offer.Available), decimal.Zero)
}

// Now is how much of the line the buyer's branch can ship now, in whole pieces.
func (l ReviewLine) Now() decimal.Decimal {
	return decimal.Max(decimal.Min(l.Quantity, l.Offer.Available.Floor()), decimal.Zero)
}

// Sum is the line's cost at the price read now; zero where the line is left out.
func (l ReviewLine) Sum() decimal.Decimal {
	if !l.Orderable() {
		return decimal.Zero
	}
	return l.Offer.Price.Mul(l.Quantity)
}

// Changed tells whether the price differs from the one shown at all.
func (l ReviewLine) Changed() bool {
	return l.Shown == nil || l.Offer.Price == nil || !l.Shown.Equal(*l.Offer.Price)
}

// Orderable returns the lines that will be ordered.
func (r Review) Orderable() []ReviewLine {
	var lines []ReviewLine
	for _, l := range r.Lines {
		if l.Orderable() {
			lines = append(lines, l)
		}
	}
	return lines
}

// Review reads price and stock of the cart's lines from the service and compares them with what the buyer was shown.
func (d *Desk) Review(ctx context.Context, a buyer.Account, c buyer.Credentials) (Review, error) {
	cart, err := d.Carts.Cart(ctx, a.ID)
	if err != nil {
		return Review{}, err
	}
	shown, err := d.Shown(ctx, a.ID, cart.items())
	if err != nil {
		return Review{}, err
	}
	return d.review(ctx, c, cart, shown)
}

func (d *Desk) review(ctx context.Context, c buyer.Credentials, cart Cart, shown map[catalog.ItemID]Shown) (Review, error) {
	offers, err := d.offers(ctx, c, cart.items())
	if err != nil {
		return Review{}, err
	}
	r := Review{Cart: cart, ReadAt: d.Now()}
	for _, line := range cart.Lines {
		offer, ok := offers[line.ItemID]
		l := ReviewLine{CartLine: line, Name: shown[line.ItemID].Name, Shown: shown[line.ItemID].Price, Offer: offer, Gone: !ok}
		l.Deviates = l.Orderable() && deviates(l.Shown, *l.Offer.Price, d.Deviation)
		r.Lines = append(r.Lines, l)
		r.Total = r.Total.Add(l.Sum())
		r.NeedsConsent = r.NeedsConsent || l.Deviates || !l.Orderable()
	}
	if err := d.addDoubts(ctx, &r); err != nil {
		return Review{}, err
	}
	r.Token, r.SplitToken = r.token(), r.splitToken()
	return r, nil
}

// addDoubts finds what could make the order a second one: a recent order with the same lines, and a submission that stayed
// without an answer, with the same lines or of this cart.
func (d *Desk) addDoubts(ctx context.Context, r *Review) error {
	var whole, now []NewLine
	for _, l := range r.Orderable() {
		whole = append(whole, NewLine{ItemID: l.ItemID, Quantity: l.Quantity})
		if l.Now().IsPositive() {
			now = append(now, NewLine{ItemID: l.ItemID, Quantity: l.Now()})
		}
	}
	twins, err := d.Twins(ctx, r.Cart.Buyer, whole, now)
	if err != nil {
		return err
	}
	unsettled, err := d.Submissions.Unsettled(ctx, r.Cart.Buyer, d.Now().Add(-LateWatch))
	if err != nil {
		return err
	}
	r.Twins = twins
	r.Unresolved = unanswered(unsettled, r.Cart.ID, wantedOf([][]NewLine{whole, now}))
	r.NeedsConsent = r.NeedsConsent || len(r.Twins) > 0 || r.Unresolved != nil
	return nil
}

// unanswered returns the newest submission on the late watch that holds exactly one of the sets of lines, else the newest of
// this cart; nil where there is none. The same lines may be in a cart that was filled anew.
func unanswered(newestFirst []Submission, cart CartID, sets []map[catalog.ItemID]decimal.Decimal) *Submission {
	watched := slices.DeleteFunc(slices.Clone(newestFirst), func(s Submission) bool { return !s.State.Watched() })
	i := slices.IndexFunc(watched, func(s Submission) bool {
		return slices.ContainsFunc(sets, func(lines map[catalog.ItemID]decimal.Decimal) bool {
			return compare(s.quantities(), lines) == exact
		})
	})
	if i < 0 {
		i = slices.IndexFunc(watched, func(s Submission) bool { return s.Cart == cart })
	}
	if i < 0 {
		return nil
	}
	return &watched[i]
}

// deviates tells whether now differs from a price shown before by more than percent of it. No price shown is a difference.
func deviates(shown *decimal.Decimal, now, percent decimal.Decimal) bool {
	if shown == nil || shown.IsNegative() {
		return true
	}
	difference := now.Sub(*shown).Abs().Mul(decimal.NewFromInt(100))
	return difference.GreaterThan(shown.Mul(percent))
}

// token names the generation of the cart, then hashes what is agreed to. The price is part of it, the stock is not: it
// moves all day and is no part of the agreement.
func (r Review) token() string {
	h := sha256.New()
	fmt.Fprintf(h, "%d", r.Cart.Version)
	for _, l := range r.Lines {
		price := "-"
		if l.Orderable() {
			price = l.Offer.Price.String()
		}
		fmt.Fprintf(h, "\n%q %s %s", l.ItemID, l.Quantity, price)
	}
	for _, twin := range r.Twins {
		fmt.Fprintf(h, "\ntwin %q", twin.ID)
	}
	if r.Unresolved != nil {
		fmt.Fprintf(h, "\nafter %q", r.Unresolved.ID)
	}
	return string(r.Cart.ID) + "." + hex.EncodeToString(h.Sum(nil)[:16])
}

// splitToken hashes how much of each line can be shipped now.
func (r Review) splitToken() string {
	h := sha256.New()
	some, all := false, true
	for _, l := range r.Orderable() {
		some = some || l.Now().IsPositive()
		all = all && l.Now().Equal(l.Quantity)
		fmt.Fprintf(h, "%q %s\n", l.ItemID, l.Now())
	}
	if all || !some {
		return ""
	}
	return hex.EncodeToString(h.Sum(nil)[:16])
}

// tokenCart returns the generation a token names; empty for what is not a token.
func tokenCart(token string) CartID {
	if i := strings.LastIndexByte(token, '.'); i > 0 {
		return CartID(token[:i])
	}
	return ""
}

// offers reads the offers of items. An item that the service does not know has none.
func (d *Desk) offers(ctx context.Context, c buyer.Credentials, items []catalog.ItemID) (map[catalog.ItemID]catalog.Offer, error) {
	ctx, cancel := context.WithTimeout(ctx, reviewTimeout)
	defer cancel()
	if len(items) <= reviewOneByOne {
		return d.offersOneByOne(ctx, c, items)
	}
	all, err := d.Distributor.AllOffers(ctx, c)
	if err != nil {
		return nil, err
	}
	offers := make(map[catalog.ItemID]catalog.Offer, len(all))
	for _, o := range all {
		offers[o.ItemID] = o
	}
	return offers, nil
}

func (d *Desk) offersOneByOne(ctx context.Context, c buyer.Credentials, items []catalog.ItemID) (map[catalog.ItemID]catalog.Offer, error) {
	found := make([]*catalog.Offer, len(items))
	group, ctx := errgroup.WithContext(ctx)
	group.SetLimit(reviewAtOnce)
	for i, item := range items {
		group.Go(func() error {
			offer, err := d.Distributor.Offer(ctx, c, item)
			switch errkind.Of(err) {
			case "":
				found[i] = &offer
			case errkind.BusinessLogic, errkind.Contract, errkind.NotFound: // the service's ways to say that there is no such item
			default:
				return err
			}
			return nil
		})
	}
	if err := group.Wait(); err != nil {
		return nil, err
	}
	offers := make(map[catalog.ItemID]catalog.Offer, len(items))
	for i, offer := range found {
		if offer != nil {
			offers[items[i]] = *offer
		}
	}
	return offers, nil
}

func (c Cart) items() []catalog.ItemID {
	items := make([]catalog.ItemID, len(c.Lines))
	for i, l := range c.Lines {
		items[i] = l.ItemID
	}
	return items
}
