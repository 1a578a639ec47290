package order

import (
	"context"
	"crypto/sha256"
	"encoding/base32"
	"errors"
	"fmt"
	"runtime/debug"
	"strings"

	"github.com/shopspring/decimal"

	"storefront/internal/buyer"
	"storefront/internal/catalog"
	"storefront/internal/errkind"
)

var (
	// ErrNotAgreed: prices or lines are not those the buyer agreed to; a new Review shows how they stand.
	ErrNotAgreed = errkind.New(errkind.Conflict, "submission.not_agreed")
	// ErrNothingToOrder: the cart is empty, or none of its lines can be ordered.
	ErrNothingToOrder = errkind.New(errkind.Invalid, "cart.nothing_to_order")
)

// Agreement is what a buyer agreed to when he pressed the button.
type Agreement struct {
	CartVersion int64
	// Token is that of the Review he saw. Empty stands for a press without a review, which is taken where nothing needs
	// consent.
	Token string
	// Split is the review's SplitToken where only what can be shipped now is ordered, and the rest stays in the cart.
	Split  string
	Note   string
	Wishes Wishes
}

// Place checks that the cart still is what was agreed to, writes the submission down and has it sent without waiting. The
// id depends on the generation of the cart alone, so a second press, tab or reload gets the same id and sends nothing.
//
// ErrNotAgreed, ErrCartChanged, ErrOpenSubmission, ErrNothingToOrder mean that nothing was sent and the cart is as it was.
// A service that can't be reached is not an error: it is a submission that ends in NOT_SENT.
func (d *Desk) Place(ctx context.Context, a buyer.Account, c buyer.Credentials, agreed Agreement) (SubmissionID, error) {
	note, err := agreed.note(a.Right)
	if err != nil {
		return "", err
	}
	agreed.Note = note
	end, err := d.turns.take(ctx, "place/"+string(a.ID))
	if err != nil {
		return "", err
	}
	defer end()
	cart, err := d.Carts.Cart(ctx, a.ID)
	if err != nil {
		return "", err
	}
	id := agreed.submission(a.ID, cart)
	if placed, err := d.placed(ctx, a.ID, id); placed || err != nil {
		return id, err
	}
	return id, d.placeNew(ctx, a, c, id, cart, agreed)
}

// submission names the submission of the generation agreed to: 128 bits that every press for it shares.
func (g Agreement) submission(b buyer.ID, current Cart) SubmissionID {
	cart := tokenCart(g.Token)
	if cart == "" {
		cart = current.ID
	}
	sum := sha256.Sum256(fmt.Appendf(nil, "submission/v1|%q|%q|%d", b, cart, g.CartVersion))
	return SubmissionID(strings.ToLower(base32.StdEncoding.WithPadding(base32.NoPadding).EncodeToString(sum[:16])))
}

func (d *Desk) placed(ctx context.Context, b buyer.ID, id SubmissionID) (bool, error) {
	_, err := d.Submissions.Submission(ctx, b, id)
	if errors.Is(err, ErrNoSubmission) {
		return false, nil
	}
	return err == nil, err
}

func (d *Desk) placeNew(ctx context.Context, a buyer.Account, c buyer.Credentials, id SubmissionID, cart Cart, agreed Agreement) error {
	switch {
	case cart.Frozen:
		return ErrOpenSubmission
	case cart.Version != agreed.CartVersion:
		return ErrCartChanged
	case len(cart.Lines) == 0:
		return ErrNothingToOrder
	}
	s, unreachable := d.agreedTo(ctx, a, c, cart, agreed)
	if unreachable != nil && !errkind.Upstream(unreachable) {
		return unreachable
	}
	sealed, err := d.Sealer.SealFor(id, c)
	if err != nil {
		return err
	}
	s.ID, s.Buyer, s.Cart, s.CartVersion, s.Note = id, a.ID, cart.ID, cart.Version, agreed.Note
	s.State, s.Sealed, s.CreatedAt, s.ChangedAt = Prepared, sealed, d.Now(), d.Now()
	if err := d.Wishes.SetWishes(ctx, a.ID, id, agreed.Wishes); err != nil {
		return err
	}
	d.claim(id) // before it exists, so that Recover can't think it stale
	if err := d.Submissions.Prepare(ctx, s); err != nil {
		d.release(id)
		return d.unlessPlaced(ctx, a.ID, id, err)
	}
	if unreachable != nil {
		defer d.release(id)
		_, err := d.notSent(ctx, s, unreachable)
		return err
	}
	d.detach(ctx, s, c)
	return nil
}

// unlessPlaced drops the error of a Prepare that lost to another process placing the same generation.
func (d *Desk) unlessPlaced(ctx context.Context, b buyer.ID, id SubmissionID, cause error) error {
	if !errors.Is(cause, ErrCartChanged) && !errors.Is(cause, ErrOpenSubmission) {
		return cause
	}
	if placed, err := d.placed(ctx, b, id); placed && err == nil {
		return nil
	}
	return cause
}

// agreedTo reviews the cart once more and returns what was agreed to of a submission: lines at their prices, the orders and
// the earlier submission that the buyer knows of, and what stays in the cart. With an error of the service's it returns the
// lines as they were shown.
func (d *Desk) agreedTo(ctx context.Context, a buyer.Account, c buyer.Credentials, cart Cart, agreed Agreement) (Submission, error) {
	shown, err := d.Shown(ctx, a.ID, cart.items())
	if err != nil {
		return Submission{}, err
	}
	r, err := d.review(ctx, c, cart, shown)
	if err != nil {
		return Submission{Lines: shownLines(cart, shown)}, err
	}
	switch {
	case len(r.Orderable()) == 0:
		return Submission{}, ErrNothingToOrder
	case agreed.Token == "" && r.NeedsConsent, agreed.Token != "" && agreed.Token != r.Token,
		agreed.Split != "" && agreed.Split != r.SplitToken:
		return Submission{}, ErrNotAgreed
	}
	var s Submission
	for _, l := range r.Lines {
		quantity := l.Quantity
		switch {
		case !l.Orderable():
			quantity = decimal.Zero // left out of the order, not out of the cart
		case agreed.Split != "":
			quantity = l.Now()
		}
		if later := l.Quantity.Sub(quantity); later.IsPositive() {
			s.Rest = append(s.Rest, NewLine{ItemID: l.ItemID, Quantity: later})
		}
		if quantity.IsPositive() {
			s.Lines = append(s.Lines, SubmissionLine{ItemID: l.ItemID, Name: l.Name, Quantity: quantity, Price: *l.Offer.Price})
		}
	}
	for _, twin := range r.Twins {
		s.Allowed = append(s.Allowed, twin.ID)
	}
	if r.Unresolved != nil {
		s.Parent = r.Unresolved.ID
	}
	return s, nil
}

func shownLines(cart Cart, shown map[catalog.ItemID]Shown) []SubmissionLine {
	out := make([]SubmissionLine, len(cart.Lines))
	for i, l := range cart.Lines {
		out[i] = SubmissionLine{ItemID: l.ItemID, Name: shown[l.ItemID].Name, Quantity: l.Quantity}
		if price := shown[l.ItemID].Price; price != nil {
			out[i].Price = *price
		}
	}
	return out
}

// detach submits s, claimed by the caller, on its own: the buyer may close the page, and a stopping program waits in Close.
func (d *Desk) detach(ctx context.Context, s Submission, c buyer.Credentials) {
	ctx = context.WithoutCancel(ctx)
	d.detached.Go(func() {
		defer d.release(s.ID)
		defer func() {
			if p := recover(); p != nil {
				d.Log.ErrorContext(ctx, "submitting panicked", "submission", s.ID, "panic", p, "stack", string(debug.Stack()))
			}
		}()
		if _, err := d.Submit(ctx, s, c); err != nil {
			d.Log.ErrorContext(ctx, "submission is left to recovery", "submission", s.ID, "error", err)
		}
	})
}
