package app

import (
	"context"
	"log/slog"

	"github.com/shopspring/decimal"

	"storefront/internal/buyer"
	"storefront/internal/catalog"
	"storefront/internal/order"
	"storefront/internal/vtt"
	"storefront/store/state"
)

// recording is the distributor as the desk knows it: while nothing can be written down, an order is not changed. It is the last
// gate, for what was under way when the damage was found. CreateOrder needs none: SENDING is written down right before it.
type recording struct {
	*vtt.Distributor
	damage func() error
}

// gate refuses with certainty: not a byte has left.
func (r recording) gate() error {
	if r.damage() == nil {
		return nil
	}
	return &order.SendError{Class: order.ClassNotSent, Err: state.ErrDamaged}
}

// AddLine is vtt.Distributor.AddLine.
func (r recording) AddLine(ctx context.Context, c buyer.Credentials, id order.ID, line order.NewLine) (order.LineResult, error) {
	if err := r.gate(); err != nil {
		return order.LineResult{}, err
	}
	return r.Distributor.AddLine(ctx, c, id, line)
}

// RemoveLine is vtt.Distributor.RemoveLine.
func (r recording) RemoveLine(ctx context.Context, c buyer.Credentials, id order.ID, item catalog.ItemID, count decimal.Decimal) error {
	if err := r.gate(); err != nil {
		return err
	}
	return r.Distributor.RemoveLine(ctx, c, id, item, count)
}

// SetNote is vtt.Distributor.SetNote.
func (r recording) SetNote(ctx context.Context, c buyer.Credentials, id order.ID, note string) (order.NoteResult, error) {
	if err := r.gate(); err != nil {
		return order.NoteResult{}, err
	}
	return r.Distributor.SetNote(ctx, c, id, note)
}

// damagedState tells the operator what happened and what is his to do.
func damagedState(log *slog.Logger, path string) func(error) {
	return func(cause error) {
		log.Error("state.db is damaged: the shop is read-only, sends nothing to the distributor and leaves the file as it is; "+
			"stop it, put a backup in the file's place, without -wal and -shm, and start it again",
			"event", "state_damaged", "file", path, "error", cause)
	}
}
