package views

import (
	"context"
	"strconv"
	"strings"
	"time"

	"github.com/shopspring/decimal"

	"storefront/internal/buyer"
	"storefront/internal/i18n"
	"storefront/internal/money"
	"storefront/internal/order"
	"storefront/views/ui"
)

// CheckoutSource is what the review before ordering is made from.
type CheckoutSource struct {
	// Review is what the service says now. Where it could not be asked, Review holds the cart alone and ReadAt is zero.
	Review order.Review
	// Note is the note to show: the cart's, or what was typed into a form that was refused.
	Note string
	// Wishes are those of the last try, or what was typed.
	Wishes WishForm
	// NoteTexts are the buyer's texts for notes; NoteFilled is true where one was just put into Note.
	NoteTexts  []order.NoteTemplate
	NoteFilled bool
	// Agreed keeps the tick of a form that was refused for another reason.
	Agreed bool
	Right  buyer.Right
	Rate   money.Rate
	// Joinable are the orders that the cart may be added to, Into the one chosen in a form that was refused.
	Joinable []order.Order
	Into     order.ID
	Problem  *Problem
	Now      time.Time
}

// Checkout is the review before ordering.
type Checkout struct {
	CartVersion     string
	Token           string
	Lines           []CheckoutLine
	Read            bool // the service was asked
	Changed         int  // lines that differ from what was shown
	Left            int  // lines that can't be ordered and are left out
	Total, TotalRUB Amount
	Before          Amount // what the same lines cost as shown before, where that differs
	Summary         string
	Rate            RateNote
	ReadAt          Moment
	// Doubts are what could make it a second order of the same.
	Doubts []Relative
	// Agreement is beside the box that has to be ticked; empty when nothing needs consent.
	Agreement string
	// Into are the orders that the cart may be added to instead of making a new one; empty where it may not.
	Into []OrderChoice
	// Split is the value of the button that orders only what can be shipped now; empty where that is all or nothing.
	Split     string
	SplitHint string
	Agreed    bool
	Note      CheckoutNote
	Wishes    WishForm
	WishHint  string
	Orderable bool
	Problem   *Problem
}

// CheckoutLine is a line as it will be ordered, or left out.
type CheckoutLine struct {
	ItemID, Name, URL     string
	Quantity              string
	Price, Sum, SumRUB    Amount
	PriceBefore           Amount // only where it differs
	Branch, Main, Transit Stock
	Change                string // what differs from what was shown, in words
	Tone                  ui.Tone
	Left                  bool // left out of the order
	Read                  bool // the service offers the item
}

// Empty tells whether there is nothing to review.
func (c Checkout) Empty() bool { return c.Read && len(c.Lines) == 0 }

// NewCheckout makes the review before ordering.
func NewCheckout(ctx context.Context, s CheckoutSource) Checkout {
	r := s.Review
	page := Checkout{
		CartVersion: strconv.FormatInt(r.Cart.Version, 10), Token: r.Token, Note: NewCheckoutNote(ctx, s), Wishes: s.Wishes, Agreed: s.Agreed, Read: !r.ReadAt.IsZero(),
		Total: amount(ctx, r.Total, money.Units(ctx)), TotalRUB: roubles(ctx, r.Total, s.Rate), Rate: newRateNote(ctx, s.Rate, s.Now),
		ReadAt: clock(ctx, r.ReadAt, s.Now), Problem: s.Problem, WishHint: i18n.T(ctx, "checkout.wishes.private"),
	}
	if s.Right != buyer.RightNone {
		page.WishHint = i18n.T(ctx, "checkout.wishes.sent")
	}
	for _, l := range r.Lines {
		line := newCheckoutLine(ctx, l, s.Rate)
		if line.Left {
			page.Left++
		}
		if line.Change != "" {
			page.Changed++
		}
		page.Lines = append(page.Lines, line)
	}
	page.addTotals(ctx, r)
	page.Orderable = page.Read && len(r.Orderable()) > 0 && !r.Cart.Frozen
	page.addOrders(ctx, s)
	page.addDoubts(ctx, s)
	page.addSplit(ctx, r)
	return page
}

// OrderChoice is an order that the cart may be added to.
type OrderChoice struct {
	ID, Text string
	Selected bool
}

func (page *Checkout) addOrders(ctx context.Context, s CheckoutSource) {
	for _, o := range s.Joinable {
		page.Into = append(page.Into, OrderChoice{ID: string(o.ID), Selected: o.ID == s.Into, Text: i18n.T(ctx, "checkout.into.order",
			"Number", string(o.ID), "At", clock(ctx, o.CreatedAt, s.Now).Text, "Sum", amount(ctx, o.Sum, o.Currency).Text)})
	}
}

// addDoubts says what could make it a second order of the same, and what has to be agreed to.
func (page *Checkout) addDoubts(ctx context.Context, s CheckoutSource) {
	r := s.Review
	if r.NeedsConsent {
		page.Agreement = i18n.T(ctx, "checkout.agree")
	}
	for _, twin := range r.Twins {
		page.Agreement = i18n.T(ctx, "checkout.agree.twin")
		page.Doubts = append(page.Doubts, Relative{
			i18n.T(ctx, "checkout.twin", "Number", string(twin.ID), "At", clock(ctx, twin.CreatedAt, s.Now).Text, "Status", newStatusBadge(ctx, twin.Status).Text),
			Link{i18n.T(ctx, "submission.to_twin", "Number", string(twin.ID)), OrderURL(twin.ID)},
		})
	}
	if r.Unresolved != nil {
		page.Agreement = i18n.T(ctx, "checkout.agree.unresolved")
		page.Doubts = append(page.Doubts, Relative{
			i18n.T(ctx, "checkout.unresolved", "At", clock(ctx, r.Unresolved.SentAt, s.Now).Text),
			Link{i18n.T(ctx, "checkout.unresolved.link"), SubmissionURL(r.Unresolved.ID)},
		})
	}
}

// addSplit offers to order only what the branch has.
func (page *Checkout) addSplit(ctx context.Context, r order.Review) {
	if page.Split = r.SplitToken; page.Split == "" {
		return
	}
	now := decimal.Zero
	for _, l := range r.Orderable() {
		now = now.Add(l.Now())
	}
	page.SplitHint = i18n.N(ctx, "checkout.split.hint", int(now.IntPart()))
}

func (page *Checkout) addTotals(ctx context.Context, r order.Review) {
	pieces, before, comparable := decimal.Zero, decimal.Zero, true
	ordered := r.Orderable()
	for _, l := range ordered {
		pieces = pieces.Add(l.Quantity)
		if l.Shown == nil {
			comparable = false
			continue
		}
		before = before.Add(l.Shown.Mul(l.Quantity))
	}
	if comparable && !before.Equal(r.Total) {
		page.Before = amount(ctx, before, money.Units(ctx))
	}
	page.Summary = i18n.N(ctx, "unit.lines", len(ordered)) + " · " + i18n.N(ctx, "unit.pieces", int(pieces.IntPart()))
}

func newCheckoutLine(ctx context.Context, l order.ReviewLine, rate money.Rate) CheckoutLine {
	line := CheckoutLine{
		ItemID: string(l.ItemID), Name: l.Name, URL: ItemURL(l.ItemID), Quantity: count(ctx, l.Quantity), Read: !l.Gone,
		Branch: newStock(ctx, l.Offer.Available), Main: newStock(ctx, l.Offer.MainOffice), Transit: newStock(ctx, l.Offer.Transit),
	}
	switch {
	case l.Gone:
		line.Change, line.Tone, line.Left = i18n.T(ctx, "checkout.line.gone"), ui.Danger, true
	case !l.Orderable():
		line.Change, line.Tone, line.Left = i18n.T(ctx, "checkout.line.on_request"), ui.Danger, true
	default:
		line.Price, line.Sum = amount(ctx, *l.Offer.Price, money.Units(ctx)), amount(ctx, l.Sum(), money.Units(ctx))
		line.SumRUB = roubles(ctx, l.Sum(), rate)
		line.compare(ctx, l)
	}
	return line
}

// compare says what differs from what was shown: first the price, then what stock can't cover.
func (line *CheckoutLine) compare(ctx context.Context, l order.ReviewLine) {
	var changes []string
	switch {
	case l.Shown == nil || l.Shown.IsNegative():
		changes, line.Tone = append(changes, i18n.T(ctx, "checkout.line.priced")), ui.Warning
	case l.Changed():
		line.PriceBefore = amount(ctx, *l.Shown, money.Units(ctx))
		key, tone := "checkout.line.dearer", ui.Warning
		if l.Offer.Price.LessThan(*l.Shown) {
			key, tone = "checkout.line.cheaper", ui.Success
		}
		changes, line.Tone = append(changes, i18n.T(ctx, key, "Before", line.PriceBefore.Text)), tone
	}
	if short := shortage(ctx, l.Quantity, l.Offer); short != "" {
		changes, line.Tone = append(changes, short), ui.Warning
	}
	line.Change = strings.Join(changes, " ")
}

// lineNoteClass is written out so that the style sheet's builder finds every name.
func lineNoteClass(t ui.Tone) string {
	switch t {
	case ui.Danger:
		return "is-error"
	case ui.Success:
		return "is-success"
	}
	return "is-warning"
}
