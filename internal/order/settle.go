package order

import (
	"context"
	"slices"

	"storefront/internal/buyer"
	"storefront/internal/errkind"
)

// ErrSettled: the submission does not wait for the buyer's word.
var ErrSettled = errkind.New(errkind.Conflict, "submission.settled")

// candidatesShown bounds what a buyer is asked to choose from.
const candidatesShown = 50

// Candidates returns the orders that may be the one a submission made: new since its baseline and like it, newest first,
// with their lines, as last read.
func (d *Desk) Candidates(ctx context.Context, s Submission) ([]Order, error) {
	copies, _, err := d.Orders.Orders(ctx, s.Buyer, Filter{From: s.BaselineAt.Add(-baselineAge), Limit: candidatesShown})
	if err != nil {
		return nil, err
	}
	news, err := d.unexplained(ctx, s, copies)
	if err != nil {
		return nil, err
	}
	var candidates []Order
	for _, o := range news {
		full, err := d.Orders.Order(ctx, s.Buyer, o.ID)
		if err != nil {
			return nil, err
		}
		if compare(s.quantities(), quantities(full.Lines)) != different {
			candidates = append(candidates, full)
		}
	}
	return candidates, nil
}

// Choose takes the buyer's word on a submission in NEEDS_BUYER: which order is his. ErrNoOrder for one that was there before,
// or is not his; ErrSettled where the submission does not wait for his word.
func (d *Desk) Choose(ctx context.Context, a buyer.Account, c buyer.Credentials, id SubmissionID, chosen ID) (Submission, error) {
	s, err := d.asked(ctx, a.ID, id, NeedsBuyer)
	if err != nil {
		return s, err
	}
	if slices.Contains(s.Baseline, chosen) {
		return s, ErrNoOrder
	}
	if _, err := d.Orders.Order(ctx, a.ID, chosen); err != nil {
		return s, err
	}
	s, err = d.move(ctx, s, Confirmed, func(next *Submission) { next.OrderID, next.Evidence = chosen, EvidenceBuyer })
	if err != nil {
		return s, err
	}
	return d.finish(ctx, s, c), nil
}

// Dismiss takes the buyer's word that none of the orders he was shown is his. The search goes on without them: his may still
// turn up. ErrSettled.
func (d *Desk) Dismiss(ctx context.Context, b buyer.ID, id SubmissionID, seen []ID) (Submission, error) {
	s, err := d.asked(ctx, b, id, NeedsBuyer)
	if err != nil {
		return s, err
	}
	s, err = d.move(ctx, s, Uncertain, func(next *Submission) {
		next.Dismissed = append(slices.Clone(s.Dismissed), seen...)
		next.ReadsOK, next.NextReadAt = 0, d.Now()
	})
	d.stir()
	return s, err
}

// GiveUp takes the buyer's word that a submission which probably made no order is done with. The late watch goes on. ErrSettled.
func (d *Desk) GiveUp(ctx context.Context, b buyer.ID, id SubmissionID) (Submission, error) {
	s, err := d.asked(ctx, b, id, ProbablyNotCreated)
	if err != nil {
		return s, err
	}
	return d.move(ctx, s, Closed, nil)
}

// asked returns a submission that waits for the buyer's word in a state. ErrSettled where it does not.
func (d *Desk) asked(ctx context.Context, b buyer.ID, id SubmissionID, in State) (Submission, error) {
	s, err := d.Submissions.Submission(ctx, b, id)
	if err == nil && s.State != in {
		err = ErrSettled
	}
	return s, err
}
