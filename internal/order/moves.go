package order

import (
	"context"
	"fmt"
	"slices"
	"time"
)

// Next lists the states that may follow s; none follow a state without an entry. It is the drawing at State as data.
func (s State) Next() []State {
	switch s {
	case Prepared:
		return []State{Baselined, NotSent}
	case Baselined:
		return []State{Sending, NotSent}
	case Sending:
		return []State{Confirmed, NotSent, Rejected, Uncertain}
	case Uncertain:
		return []State{Confirmed, Rejected, NeedsBuyer, ProbablyNotCreated}
	case NeedsBuyer:
		return []State{Confirmed, Uncertain}
	case ProbablyNotCreated:
		return []State{Closed, LateFound}
	case Closed:
		return []State{LateFound}
	}
	return nil
}

// move changes the state of s as it was read. A submission of which nothing can turn up any more keeps no credentials and is
// not read again.
func (d *Desk) move(ctx context.Context, s Submission, to State, change func(*Submission)) (Submission, error) {
	if !slices.Contains(s.State.Next(), to) {
		return s, fmt.Errorf("submission %s: %s may not become %s", s.ID, s.State, to)
	}
	moved, err := d.Submissions.Move(ctx, s.ID, s.State, s.Epoch, func(next *Submission) {
		next.State, next.ChangedAt = to, d.Now()
		if change != nil {
			change(next)
		}
		switch {
		case to.Watched():
			next.NextReadAt = d.nextLook(*next, d.Now())
		case !to.Open():
			next.Sealed, next.NextReadAt = nil, time.Time{}
		}
	})
	if err != nil {
		return s, err
	}
	d.Log.InfoContext(ctx, "submission moved", "submission", s.ID, "from", s.State, "to", to, "order", moved.OrderID, "fault", moved.FaultKind)
	return moved, nil
}
