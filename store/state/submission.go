package state

import (
	"context"
	"database/sql"
	"errors"
	"fmt"
	"slices"
	"time"

	"storefront/internal/buyer"
	"storefront/internal/errkind"
	"storefront/internal/order"
	"storefront/store/sqlite"
)

// Prepare writes a PREPARED submission and, by being open, freezes its cart. order.ErrOpenSubmission, order.ErrCartChanged.
func (s *Store) Prepare(ctx context.Context, sub order.Submission) error {
	sub.State = order.Prepared
	return s.db.Tx(ctx, func(tx *sql.Tx) error {
		if err := mayPrepare(ctx, tx, sub); err != nil {
			return err
		}
		if err := insertSubmission(ctx, tx, sub); err != nil {
			return err
		}
		return s.recordStep(ctx, tx, sub)
	})
}

func mayPrepare(ctx context.Context, tx *sql.Tx, sub order.Submission) error {
	var open bool
	err := tx.QueryRowContext(ctx, `SELECT EXISTS (SELECT 1 FROM submissions WHERE buyer_id = $1 AND is_open = 1)`, sub.Buyer).Scan(&open)
	if err != nil {
		return err
	}
	if open {
		return order.ErrOpenSubmission
	}
	cart, err := cartHead(ctx, tx, sub.Buyer)
	if err != nil {
		return err
	}
	if cart.ID == "" || cart.ID != sub.Cart || cart.Version != sub.CartVersion || cart.Frozen {
		return order.ErrCartChanged
	}
	return nil
}

// Move changes a submission found in state and epoch. order.ErrMoved if it is there no longer.
func (s *Store) Move(ctx context.Context, id order.SubmissionID, state order.State, epoch int64, change func(*order.Submission)) (moved order.Submission, err error) {
	err = s.db.Tx(ctx, func(tx *sql.Tx) error {
		before, err := submissionAt(ctx, tx, id, state, epoch)
		if err != nil {
			return err
		}
		moved = before
		moved.Lines, moved.Baseline = slices.Clone(before.Lines), slices.Clone(before.Baseline)
		change(&moved)
		settle(&moved, before, s.now())
		if err := updateSubmission(ctx, tx, moved); err != nil {
			return err
		}
		if err := s.recordStep(ctx, tx, moved); err != nil {
			return err
		}
		return releaseCart(ctx, tx, before, moved)
	})
	if err != nil {
		return order.Submission{}, err
	}
	return moved, nil
}

// settle completes a move: what a submission is can't change, and its credentials go as soon as nothing is left to find out.
func settle(moved *order.Submission, before order.Submission, now time.Time) {
	moved.ID, moved.Buyer, moved.Cart, moved.CartVersion = before.ID, before.Buyer, before.Cart, before.CartVersion
	moved.Lines, moved.Note, moved.CreatedAt = before.Lines, before.Note, before.CreatedAt
	moved.Parent, moved.Allowed, moved.Rest = before.Parent, before.Allowed, before.Rest
	moved.Epoch, moved.ChangedAt = before.Epoch+1, now.Truncate(time.Microsecond).UTC()
	switch moved.State {
	case order.Confirmed, order.NotSent, order.Rejected:
		moved.Sealed = nil
	}
}

// releaseCart ends the cart's generation when it has become an order, and gives it back when it has not.
func releaseCart(ctx context.Context, tx *sql.Tx, before, moved order.Submission) error {
	switch {
	case moved.State == order.Confirmed || moved.State == order.LateFound:
		return endCart(ctx, tx, moved)
	case before.State.Open() && !moved.State.Open():
		return returnCart(ctx, tx, moved)
	}
	return nil
}

// recordStep appends to the history.
func (s *Store) recordStep(ctx context.Context, tx *sql.Tx, sub order.Submission) error {
	_, err := tx.ExecContext(ctx, `INSERT INTO submission_events (submission_id, buyer_id, state, at) VALUES ($1, $2, $3, $4)`,
		sub.ID, sub.Buyer, sub.State, sqlite.Micros(s.now()))
	return err
}

// Touch stores what reading changes, without a move. order.ErrMoved if it has moved since it was read.
func (s *Store) Touch(ctx context.Context, sub order.Submission) error {
	n, err := s.db.Exec(ctx, `UPDATE submissions SET reads_ok = $3, last_read_at = $4, next_read_at = $5, note_sent = $6, note_error = $7
		WHERE buyer_id = $1 AND id = $2 AND epoch = $8`, sub.Buyer, sub.ID,
		sub.ReadsOK, sqlite.Micros(sub.LastReadAt), sqlite.Micros(sub.NextReadAt), sub.NoteSent, sub.NoteError, sub.Epoch)
	if err == nil && n == 0 {
		return order.ErrMoved
	}
	return err
}

// WipeSealed wipes the credentials of submissions older than a moment: the end of the late watch. It returns how many.
func (s *Store) WipeSealed(ctx context.Context, before time.Time) (int64, error) {
	return s.db.Exec(ctx, `UPDATE submissions SET sealed = NULL WHERE sealed IS NOT NULL AND is_open = 0 AND created_at < $1`, sqlite.Micros(before))
}

// Submission returns a buyer's own submission. order.ErrNoSubmission.
func (s *Store) Submission(ctx context.Context, b buyer.ID, id order.SubmissionID) (order.Submission, error) {
	return s.one(ctx, `WHERE buyer_id = $1 AND id = $2`, b, id)
}

// OpenSubmission returns the buyer's open submission, if any.
func (s *Store) OpenSubmission(ctx context.Context, b buyer.ID) (order.Submission, bool, error) {
	sub, err := s.one(ctx, `WHERE buyer_id = $1 AND is_open = 1`, b)
	if errors.Is(err, order.ErrNoSubmission) {
		return order.Submission{}, false, nil
	}
	return sub, err == nil, err
}

// Unfinished lists every buyer's submissions in PREPARED, BASELINED, SENDING and UNKNOWN, and those on the late watch that were
// sent after a moment, oldest first; for recovery only.
// ErrDamaged: what was found out could not be written down, and it would be asked for again and again.
func (s *Store) Unfinished(ctx context.Context, sentAfter time.Time) (list []order.Submission, err error) {
	if cause := s.Damage(); cause != nil {
		return nil, s.db.refusal(cause)
	}
	err = s.db.View(ctx, func(tx *sql.Tx) error {
		list, err = submissions(ctx, tx, `WHERE is_open = 1 AND state <> 'NEEDS_BUYER' ORDER BY created_at, id`)
		if err != nil {
			return err
		}
		watched, err := submissions(ctx, tx, `WHERE state IN ('PROBABLY_NOT_CREATED', 'CLOSED') AND sent_at > $1 ORDER BY sent_at, id`,
			sqlite.Micros(sentAfter))
		list = append(list, watched...)
		return err
	})
	return list, err
}

// Unsettled lists the buyer's submissions that are open, and those of which an order turned up late or still may that were
// sent after a moment; newest first.
func (s *Store) Unsettled(ctx context.Context, b buyer.ID, sentAfter time.Time) ([]order.Submission, error) {
	return s.several(ctx, `WHERE buyer_id = $1 AND (is_open = 1
			OR state IN ('PROBABLY_NOT_CREATED', 'CLOSED', 'LATE_FOUND') AND sent_at > $2)
		ORDER BY created_at DESC, id`, b, sqlite.Micros(sentAfter))
}

// Children lists the buyer's submissions that repeat one of his, oldest first.
func (s *Store) Children(ctx context.Context, b buyer.ID, parent order.SubmissionID) ([]order.Submission, error) {
	return s.several(ctx, `WHERE buyer_id = $1 AND parent_id = $2 AND parent_id <> '' ORDER BY created_at, id`, b, parent)
}

// Explained lists the orders that the buyer's submissions have become.
func (s *Store) Explained(ctx context.Context, b buyer.ID) ([]order.ID, error) {
	return collect(ctx, s.db, ask(`SELECT order_id FROM submissions WHERE buyer_id = $1 AND order_id <> ''`, b),
		func(id *order.ID) []any { return []any{id} })
}

// one returns the only submission that matches. order.ErrNoSubmission.
func (s *Store) one(ctx context.Context, where string, args ...any) (order.Submission, error) {
	list, err := s.several(ctx, where, args...)
	if err == nil && len(list) == 0 {
		err = order.ErrNoSubmission
	}
	if err != nil {
		return order.Submission{}, err
	}
	return list[0], nil
}

func (s *Store) several(ctx context.Context, rest string, args ...any) (list []order.Submission, err error) {
	err = s.db.View(ctx, func(tx *sql.Tx) error {
		list, err = submissions(ctx, tx, rest, args...)
		return err
	})
	return list, err
}

// submissionAt returns a submission that stands where it is expected. order.ErrMoved. A mover holds the submission's id by
// having prepared or recovered it; what it changes is then the buyer's whose the row says it is.
func submissionAt(ctx context.Context, tx *sql.Tx, id order.SubmissionID, state order.State, epoch int64) (order.Submission, error) {
	list, err := submissions(ctx, tx, `WHERE id = $1 AND state = $2 AND epoch = $3`, id, state, epoch)
	if err != nil {
		return order.Submission{}, err
	}
	if len(list) == 0 {
		return order.Submission{}, order.ErrMoved
	}
	return list[0], nil
}

// History returns the moves of a buyer's submission, oldest first.
func (s *Store) History(ctx context.Context, b buyer.ID, id order.SubmissionID) ([]order.Step, error) {
	return collect(ctx, s.db, ask(`SELECT state, at FROM submission_events WHERE buyer_id = $1 AND submission_id = $2 ORDER BY id`, b, id),
		func(step *order.Step) []any { return []any{&step.State, sqlite.At(&step.At)} })
}

// explained names the conflict of an order that another submission of the buyer already stands for.
func explained(err error, id order.ID) error {
	if !sqlite.Duplicate(err) {
		return err
	}
	return errkind.Wrap(errkind.Conflict, fmt.Errorf("order %s explains another submission: %w", id, err))
}
