package state

import (
	"context"
	"database/sql"
	"errors"

	"storefront/internal/buyer"
	"storefront/internal/order"
	"storefront/store/sqlite"
)

// NoteTemplates lists a buyer's texts as they were added.
func (s *Store) NoteTemplates(ctx context.Context, b buyer.ID) ([]order.NoteTemplate, error) {
	return collect(ctx, s.db, ask(`SELECT name, text FROM note_templates WHERE buyer_id = $1 ORDER BY id`, b),
		func(t *order.NoteTemplate) []any { return []any{&t.ID, &t.Text} })
}

// NoteTemplate returns a text of a buyer's. order.ErrNoNoteTemplate.
func (s *Store) NoteTemplate(ctx context.Context, b buyer.ID, id order.NoteTemplateID) (t order.NoteTemplate, err error) {
	err = s.db.Ask(ctx, func(ctx context.Context, q sqlite.Querier) error {
		return q.QueryRowContext(ctx, `SELECT name, text FROM note_templates WHERE buyer_id = $1 AND name = $2`, b, id).Scan(&t.ID, &t.Text)
	})
	if errors.Is(err, sql.ErrNoRows) {
		return t, order.ErrNoNoteTemplate
	}
	return t, err
}

// AddNoteTemplate adds a text; one that is there stays where it is. order.ErrNoteTemplatesFull.
func (s *Store) AddNoteTemplate(ctx context.Context, b buyer.ID, text string) error {
	return s.db.Tx(ctx, func(tx *sql.Tx) error {
		_, err := tx.ExecContext(ctx, `INSERT INTO note_templates (buyer_id, name, text) VALUES ($1, $2, $3)
			ON CONFLICT (buyer_id, text) DO NOTHING`, b, newID(), text)
		if err != nil {
			return err
		}
		var kept int
		if err := tx.QueryRowContext(ctx, `SELECT COUNT(*) FROM note_templates WHERE buyer_id = $1`, b).Scan(&kept); err != nil {
			return err
		}
		if kept > order.MaxNoteTemplates {
			return order.ErrNoteTemplatesFull
		}
		return nil
	})
}

// RemoveNoteTemplate takes a text off a buyer's list. order.ErrNoNoteTemplate.
func (s *Store) RemoveNoteTemplate(ctx context.Context, b buyer.ID, id order.NoteTemplateID) error {
	n, err := s.db.Exec(ctx, `DELETE FROM note_templates WHERE buyer_id = $1 AND name = $2`, b, id)
	if err == nil && n == 0 {
		return order.ErrNoNoteTemplate
	}
	return err
}
