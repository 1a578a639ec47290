package state

import (
	"context"
	"database/sql"

	"storefront/internal/order"
	"storefront/store/sqlite"
)

// insertSubmission writes a new submission and its lines.
func insertSubmission(ctx context.Context, tx *sql.Tx, s order.Submission) error {
	_, err := tx.ExecContext(ctx, `INSERT INTO submissions (id, buyer_id, cart_id, cart_version, note, parent_id, allowed, rest, created_at, changed_at,
			state, epoch, baseline, baseline_at, sent_at, answered, order_id, evidence, fault_kind, fault_text,
			reads_ok, last_read_at, next_read_at, note_sent, note_error, sealed, twin, dismissed)
		VALUES ($1, $2, $3, $4, $5, $6, $7, $8, $9, $10, $11, $12, $13, $14, $15, $16, $17, $18, $19, $20, $21, $22, $23, $24, $25, $26, $27, $28)`,
		append([]any{s.ID, s.Buyer, s.Cart, s.CartVersion, s.Note, s.Parent, sqlite.JSON(&s.Allowed), sqlite.JSON(&s.Rest),
			sqlite.Micros(s.CreatedAt), sqlite.Micros(s.ChangedAt)}, movable(s)...)...)
	if err != nil {
		return err
	}
	for i, line := range s.Lines {
		_, err := tx.ExecContext(ctx, `INSERT INTO submission_lines (submission_id, buyer_id, position, item_id, name, quantity, price)
			VALUES ($1, $2, $3, $4, $5, $6, $7)`, s.ID, s.Buyer, i, line.ItemID, line.Name, line.Quantity, line.Price)
		if err != nil {
			return err
		}
	}
	return nil
}

// updateSubmission writes what a move may change.
func updateSubmission(ctx context.Context, tx *sql.Tx, s order.Submission) error {
	_, err := tx.ExecContext(ctx, `UPDATE submissions SET changed_at = $3,
			state = $4, epoch = $5, baseline = $6, baseline_at = $7, sent_at = $8, answered = $9, order_id = $10, evidence = $11,
			fault_kind = $12, fault_text = $13, reads_ok = $14, last_read_at = $15, next_read_at = $16, note_sent = $17,
			note_error = $18, sealed = $19, twin = $20, dismissed = $21
		WHERE buyer_id = $1 AND id = $2`,
		append([]any{s.Buyer, s.ID, sqlite.Micros(s.ChangedAt)}, movable(s)...)...)
	return explained(err, s.OrderID)
}

// movable lists the values of the columns from state on, in their order.
func movable(s order.Submission) []any {
	return []any{s.State, s.Epoch, sqlite.JSON(&s.Baseline), sqlite.Micros(s.BaselineAt), sqlite.Micros(s.SentAt), s.Answered,
		s.OrderID, s.Evidence, s.FaultKind, s.FaultText, s.ReadsOK, sqlite.Micros(s.LastReadAt), sqlite.Micros(s.NextReadAt),
		s.NoteSent, s.NoteError, s.Sealed, s.Twin, sqlite.JSON(&s.Dismissed)}
}

// submissions returns what matches the rest of the query, with lines.
func submissions(ctx context.Context, tx *sql.Tx, rest string, args ...any) ([]order.Submission, error) {
	rows, err := tx.QueryContext(ctx, `SELECT id, buyer_id, cart_id, cart_version, note, parent_id, allowed, rest, created_at, changed_at,
			state, epoch, baseline, baseline_at, sent_at, answered, order_id, evidence, fault_kind, fault_text,
			reads_ok, last_read_at, next_read_at, note_sent, note_error, sealed, twin, dismissed
		FROM submissions `+rest, args...)
	list, err := sqlite.Collect(rows, err, func(s *order.Submission) []any {
		return []any{&s.ID, &s.Buyer, &s.Cart, &s.CartVersion, &s.Note, &s.Parent, sqlite.JSON(&s.Allowed), sqlite.JSON(&s.Rest),
			sqlite.At(&s.CreatedAt), sqlite.At(&s.ChangedAt), &s.State, &s.Epoch, sqlite.JSON(&s.Baseline), sqlite.At(&s.BaselineAt), sqlite.At(&s.SentAt), &s.Answered,
			&s.OrderID, &s.Evidence, &s.FaultKind, &s.FaultText, &s.ReadsOK, sqlite.At(&s.LastReadAt), sqlite.At(&s.NextReadAt),
			&s.NoteSent, &s.NoteError, &s.Sealed, &s.Twin, sqlite.JSON(&s.Dismissed)}
	})
	if err != nil {
		return nil, err
	}
	for i := range list {
		if list[i].Lines, err = submissionLines(ctx, tx, list[i]); err != nil {
			return nil, err
		}
	}
	return list, nil
}

func submissionLines(ctx context.Context, tx *sql.Tx, s order.Submission) ([]order.SubmissionLine, error) {
	rows, err := tx.QueryContext(ctx, `SELECT item_id, name, quantity, price FROM submission_lines
		WHERE buyer_id = $1 AND submission_id = $2 ORDER BY position`, s.Buyer, s.ID)
	return sqlite.Collect(rows, err, func(l *order.SubmissionLine) []any {
		return []any{&l.ItemID, &l.Name, &l.Quantity, &l.Price}
	})
}
