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
	var candidates []Order
	for _, o := range s.news(copies) {
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

// Settle takes the buyer's word on a submission in NEEDS_BUYER: the order that is his, or none of them, which closes it and
// gives the cart back. ErrNoOrder for an order that was there before, or is not his.
func (d *Desk) Settle(ctx context.Context, a buyer.Account, c buyer.Credentials, id SubmissionID, chosen ID) (Submission, error) {
	s, err := d.Submissions.Submission(ctx, a.ID, id)
	switch {
	case err != nil:
		return Submission{}, err
	case s.State != NeedsBuyer:
		return s, ErrSettled
	case chosen == "":
		return d.move(ctx, s, Closed, nil)
	case slices.Contains(s.Baseline, chosen):
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
