package views

import (
	"context"
	"strconv"
	"time"

	"github.com/a-h/templ"
	"github.com/shopspring/decimal"

	"storefront/internal/catalog"
	"storefront/internal/i18n"
	"storefront/internal/money"
	"storefront/internal/order"
)

// CartSource is what the cart's page is made from.
type CartSource struct {
	Cart order.Cart
	// Items are the descriptions of the cart's lines, in any order; an item may be missing.
	Items []catalog.Item
	// Offer tells this buyer's price and stock and when they were read.
	Offer func(catalog.ItemID) (catalog.Offer, time.Time, bool)
	// Loading is true while this buyer's price list is not complete: a missing offer then means "not read yet".
	Loading bool
	Rate    money.Rate
	// Open is the submission that holds the cart, where it is frozen.
	Open order.SubmissionID
	// Carried is the order that its lines are being added to, where it is frozen for that.
	Carried order.ID
	Problem *Problem // what the last action ran into
	Now     time.Time
}

// Cart is the cart's page.
type Cart struct {
	Lines    []CartLine
	Total    Amount // of the lines that can be ordered, in conventional units
	TotalRUB Amount
	Rate     RateNote
	Summary  string // «3 позиции · 24 штуки»
	Weight   string // empty while no line's weight is known
	Boxes    string // empty while no line's packing is known
	// Left counts the lines that have no price to order at: they are left out of the order.
	Left    int
	Pending bool // prices of some lines are still being read: the total is not complete
	Note    string
	Frozen  bool
	// FrozenWords say what holds a frozen cart, OpenURL is its address.
	FrozenWords, OpenURL string
	Orderable            bool   // there is something to order
	ReadAt               Moment // the oldest of the prices shown
	Problem              *Problem
}

// CartLine is one item in the cart.
type CartLine struct {
	ItemID   string
	Name     string
	URL      string
	Action   string // where the quantity is posted
	PhotoURL string // empty: no photo
	Quantity string // as in the field
	Offer    LineOffer
	Sum      Amount
	SumRUB   Amount
	Gone     bool // not in this buyer's price list
	// Blocked says why the line can't be ordered; empty when it can.
	Blocked string
	// Short says what is missing from the branch's stock; empty when there is enough.
	Short string
	Pack  PackHint
}

// LineOffer is a price and three stocks, which are three different promises and never added up.
type LineOffer struct {
	Known                 bool // false while the price list is being read
	Price, PriceRUB       Amount
	Branch, Main, Transit Stock
}

// Stock is a number of pieces somewhere.
type Stock struct {
	Text  string
	Empty bool
	Due   Moment // for goods in transit, where the date is known
}

// PackHint relates a quantity to what a package holds.
type PackHint struct {
	Text string // «в упаковке 10»; empty where packing is not known or is one piece
	// RoundTo is the quantity of whole packages above the present one; empty when it is whole already.
	RoundTo string
	Label   string // of the button that rounds
}

// Empty tells whether there is nothing in the cart.
func (c Cart) Empty() bool { return len(c.Lines) == 0 }

// NewCart makes the cart's page.
func NewCart(ctx context.Context, s CartSource) Cart {
	items := itemsByID(s.Items)
	page := Cart{
		Note: s.Cart.Note, Frozen: s.Cart.Frozen, Problem: s.Problem,
		Rate: newRateNote(ctx, s.Rate, s.Now),
	}
	switch {
	case s.Open != "":
		page.OpenURL, page.FrozenWords = SubmissionURL(s.Open), i18n.T(ctx, "cart.frozen")
	case s.Carried != "":
		page.OpenURL, page.FrozenWords = OrderURL(s.Carried), i18n.T(ctx, "cart.carried", "Number", string(s.Carried))
	default:
		page.FrozenWords = i18n.T(ctx, "cart.frozen")
	}
	totals := cartTotals{}
	for _, l := range s.Cart.Lines {
		offer, readAt, known := s.Offer(l.ItemID)
		line := newCartLine(ctx, l, items[l.ItemID], offer, known, s)
		totals.add(l.Quantity, items[l.ItemID], offer, known, readAt)
		if line.Blocked != "" {
			page.Left++
		}
		page.Pending = page.Pending || !known && s.Loading
		page.Lines = append(page.Lines, line)
	}
	totals.describe(ctx, &page, s)
	page.Orderable = !page.Frozen && page.Left < len(page.Lines)
	return page
}

func newCartLine(ctx context.Context, l order.CartLine, item catalog.Item, offer catalog.Offer, known bool, s CartSource) CartLine {
	line := CartLine{
		ItemID: string(l.ItemID), Name: item.Name, URL: ItemURL(l.ItemID), Action: CartLineURL(l.ItemID),
		Quantity: l.Quantity.String(),
		Offer:    newLineOffer(ctx, item, offer, known, s.Rate, s.Now),
		Pack:     newPackHint(ctx, item.NumberInPackage, l.Quantity),
	}
	if len(item.PhotoURLs) > 0 {
		line.PhotoURL = PhotoURL(l.ItemID)
	}
	switch {
	case !known && s.Loading:
		return line
	case !known:
		line.Gone, line.Blocked = true, i18n.T(ctx, "cart.line.gone")
	case !offer.Orderable():
		line.Blocked = i18n.T(ctx, "cart.line.on_request")
	default:
		sum := offer.Price.Mul(l.Quantity)
		line.Sum, line.SumRUB = amount(ctx, sum, money.Units(ctx)), roubles(ctx, sum, s.Rate)
		line.Short = shortage(ctx, l.Quantity, offer)
	}
	return line
}

func newLineOffer(ctx context.Context, item catalog.Item, offer catalog.Offer, known bool, rate money.Rate, now time.Time) LineOffer {
	if !known {
		return LineOffer{}
	}
	shown := LineOffer{
		Known: true, Branch: newStock(ctx, offer.Available), Main: newStock(ctx, offer.MainOffice), Transit: newStock(ctx, offer.Transit),
	}
	if !shown.Transit.Empty && !item.TransitDate.IsZero() {
		shown.Transit.Due = date(ctx, item.TransitDate, now)
	}
	if offer.Orderable() {
		shown.Price, shown.PriceRUB = amount(ctx, *offer.Price, money.Units(ctx)), roubles(ctx, *offer.Price, rate)
		if local := offer.PriceLocal; !rate.Known() && local != nil && local.IsPositive() {
			shown.PriceRUB = amount(ctx, *local, money.RUB) // the service names roubles, but no rate
		}
	}
	return shown
}

func newStock(ctx context.Context, q decimal.Decimal) Stock {
	return Stock{Text: count(ctx, q), Empty: !q.IsPositive()}
}

// shortage compares a quantity with the branch's stock, from where orders are reserved first.
func shortage(ctx context.Context, wanted decimal.Decimal, offer catalog.Offer) string {
	if wanted.LessThanOrEqual(offer.Available) {
		return ""
	}
	if !offer.Available.IsPositive() && !offer.MainOffice.IsPositive() && !offer.Transit.IsPositive() {
		return i18n.T(ctx, "cart.line.nowhere")
	}
	if !offer.Available.IsPositive() {
		return i18n.T(ctx, "cart.line.none_here")
	}
	return i18n.T(ctx, "cart.line.short", "Available", count(ctx, offer.Available), "Missing", count(ctx, wanted.Sub(offer.Available)))
}

// packText says what a package holds; nothing where packing is not known or is one piece.
func packText(ctx context.Context, inPackage *decimal.Decimal) string {
	if inPackage == nil || !inPackage.IsInteger() || inPackage.LessThanOrEqual(decimal.NewFromInt(1)) {
		return ""
	}
	return i18n.T(ctx, "cart.pack", "Count", count(ctx, *inPackage))
}

func newPackHint(ctx context.Context, inPackage *decimal.Decimal, quantity decimal.Decimal) PackHint {
	hint := PackHint{Text: packText(ctx, inPackage)}
	if hint.Text == "" {
		return hint
	}
	whole := quantity.Div(*inPackage).Ceil().Mul(*inPackage)
	if whole.GreaterThan(quantity) && whole.LessThanOrEqual(decimal.NewFromInt(order.MaxQuantity)) {
		hint.RoundTo = whole.String()
		hint.Label = i18n.T(ctx, "cart.pack.round", "Count", count(ctx, whole))
	}
	return hint
}

func itemsByID(items []catalog.Item) map[catalog.ItemID]catalog.Item {
	byID := make(map[catalog.ItemID]catalog.Item, len(items))
	for _, item := range items {
		byID[item.ID] = item
	}
	return byID
}

// rateWords says the rate and the day it was set.
func rateWords(ctx context.Context, r RateNote) string {
	if !r.SetAt.Known() {
		return r.Text
	}
	return r.Text + " " + i18n.T(ctx, "cart.rate.since", "Date", r.SetAt.Text)
}

// noteAttributes bound every field of a note alike.
func noteAttributes() templ.Attributes {
	return templ.Attributes{"maxlength": strconv.Itoa(order.MaxNote)}
}
