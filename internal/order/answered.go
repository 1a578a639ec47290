package order

import (
	"context"
	"maps"

	"storefront/internal/buyer"
)

// answer is a number that the service answered with and that may not be written down yet.
type answer struct {
	buyer buyer.ID
	order ID
}

// remember keeps an answered number until it is written down: a disk that fails then does not lose it.
func (d *Desk) remember(s Submission, id ID) {
	d.mu.Lock()
	defer d.mu.Unlock()
	d.answered[s.ID] = answer{s.Buyer, id}
}

func (d *Desk) forget(id SubmissionID) {
	d.mu.Lock()
	defer d.mu.Unlock()
	delete(d.answered, id)
}

// Answered returns the number that the service answered a buyer's submission with, while it is known here and could not be
// written down; empty otherwise.
func (d *Desk) Answered(b buyer.ID, id SubmissionID) ID {
	d.mu.Lock()
	defer d.mu.Unlock()
	if a := d.answered[id]; a.buyer == b {
		return a.order
	}
	return ""
}

// writeAnswered writes answered numbers down that nobody works on any more.
func (d *Desk) writeAnswered(ctx context.Context) {
	d.mu.Lock()
	left := maps.Clone(d.answered)
	d.mu.Unlock()
	for id, a := range left {
		if !d.claim(id) {
			continue
		}
		if err := d.writeAndFinish(ctx, id, a); err != nil {
			d.Log.ErrorContext(ctx, "order_confirmed_not_persisted", "submission", id, "order", a.order, "error", err)
		}
		d.release(id)
	}
}

func (d *Desk) writeAndFinish(ctx context.Context, id SubmissionID, a answer) error {
	s, err := d.Submissions.Submission(ctx, a.buyer, id)
	if err != nil {
		return err
	}
	may := d.credentials(s) // the submission's own are wiped when it is settled
	s, err = d.writeAnswer(ctx, s, a.order)
	if err != nil {
		return err
	}
	d.forget(id)
	if s.OrderID == a.order && len(may) > 0 {
		d.finish(ctx, s, may[0])
	}
	return nil
}
