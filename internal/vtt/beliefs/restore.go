package beliefs

import (
	"context"
	"errors"
	"fmt"
	"strconv"

	"storefront/internal/vtt/portal"
)

// place is one item of an order that may be changed, and the quantity that it must have again.
type place struct {
	order, item string
	pieces      int64
}

// editable finds the smallest line of at least so many pieces in an order that is still being reserved: the less there is of
// it, the less is at stake.
func (s *Service) editable(ctx context.Context, least int64) (place, error) {
	if !s.Client.CountsRemovals(ctx) {
		return place{}, notAsked("the contract's RemoveItem has no count: it would take the whole line")
	}
	orders, err := s.ordersIn(ctx, s.editor(), reserving, 10)
	if err != nil {
		return place{}, err
	}
	var found place
	for _, o := range orders {
		full, err := s.Client.GetOrderWithLines(ctx, s.editor(), o.Id.Text)
		if err != nil {
			return place{}, err
		}
		for _, l := range full.Lines {
			here := place{o.Id.Text, l.ItemId.Text, ordered(full, l.ItemId.Text)}
			whole := here.pieces == pieces(l.Quantity) && here.pieces == pieces(l.ReservedQuantity)
			if whole && here.pieces >= least && (found.order == "" || here.pieces < found.pieces) {
				found = here
			}
		}
	}
	if found.order == "" {
		return place{}, notAsked(fmt.Sprintf("no order that may be changed has %d pieces of an item, all reserved", least))
	}
	return found, nil
}

// ordered is how many pieces of an item an order has in all its lines.
func ordered(o portal.OrderFullDto, item string) (n int64) {
	for _, l := range o.Lines {
		if l.ItemId.Text == item {
			n += pieces(l.Quantity)
		}
	}
	return n
}

func (s *Service) shows(ctx context.Context, p place) (int64, error) {
	full, err := s.Client.GetOrderWithLines(ctx, s.editor(), p.order)
	return ordered(full, p.item), err
}

func (s *Service) add(ctx context.Context, p place, n int64) error {
	line := portal.OrderLineCreationDto{ItemId: portal.Text(p.item), Quantity: portal.Text(strconv.FormatInt(n, 10))}
	_, err := s.Client.AddItem(ctx, s.editor(), p.order, line)
	return err
}

func (s *Service) remove(ctx context.Context, p place, n int64) error {
	return s.Client.RemoveItem(ctx, s.editor(), p.order, p.item, strconv.FormatInt(n, 10))
}

// restoreSteps is enough to find out what both operations mean and to act on it.
const restoreSteps = 6

// restore brings an item's quantity back. It takes AddItem and RemoveItem to mean differences until the order shows that
// they mean results, so it does not depend on the answers that are being asked for.
func (s *Service) restore(ctx context.Context, p place) error {
	ctx = context.WithoutCancel(ctx)
	adds, removes := true, true
	now, err := s.shows(ctx, p)
	for range restoreSteps {
		before, n := now, p.pieces
		switch {
		case err != nil:
			return fmt.Errorf("order %s may not have its %d pieces of %s again: %w", p.order, p.pieces, p.item, err)
		case now == p.pieces:
			return nil
		case now < p.pieces:
			if adds {
				n = p.pieces - now
			}
			err = s.add(ctx, p, n)
		default:
			if removes {
				n = now - p.pieces
			}
			err = s.remove(ctx, p, n)
		}
		if err == nil {
			now, err = s.shows(ctx, p)
			adds = adds && (before > p.pieces || now == before+n)
			removes = removes && (before < p.pieces || now == before-n)
		}
	}
	return fmt.Errorf("order %s has %d pieces of %s, not the %d from before", p.order, now, p.item, p.pieces)
}

// noted finds an order whose note may be changed: the newest that is being reserved, else the newest of all. With filled it
// must have a note.
func (s *Service) noted(ctx context.Context, filled bool) (portal.OrderDto, error) {
	orders, err := s.orders(ctx, s.editor())
	if err != nil {
		return portal.OrderDto{}, err
	}
	var found *portal.OrderDto
	for i := range orders {
		o := &orders[i]
		if filled && !o.Note.Filled() {
			continue
		}
		if found == nil || found.Status.Text != reserving && o.Status.Text == reserving {
			found = o
		}
	}
	if found == nil {
		return portal.OrderDto{}, notAsked("no order has a note")
	}
	return *found, nil
}

// restoreNote writes an order's note as it was, where it is not.
func (s *Service) restoreNote(ctx context.Context, before portal.OrderDto) error {
	ctx = context.WithoutCancel(ctx)
	after, err := s.Client.GetOrderStatus(ctx, s.editor(), before.Id.Text)
	if err == nil && after.Note.Text != before.Note.Text {
		_, err = s.Client.SetOrderNote(ctx, s.editor(), before.Id.Text, before.Note.Text)
	}
	if err == nil {
		after, err = s.Client.GetOrderStatus(ctx, s.editor(), before.Id.Text)
	}
	switch {
	case err != nil:
		return fmt.Errorf("the note of order %s may not be what it was: %w", before.Id.Text, err)
	case after.Note.Text != before.Note.Text:
		return fmt.Errorf("the note of order %s is not what it was", before.Id.Text)
	}
	return nil
}

// clearAndRestoreNote empties a note before it writes the old one, so that also a service that joins notes has the old one.
func (s *Service) clearAndRestoreNote(ctx context.Context, before portal.OrderDto) error {
	ctx = context.WithoutCancel(ctx)
	after, err := s.Client.GetOrderStatus(ctx, s.editor(), before.Id.Text)
	if err == nil && after.Note.Text != before.Note.Text {
		_, err = s.Client.SetOrderNote(ctx, s.editor(), before.Id.Text, "")
	}
	return errors.Join(err, s.restoreNote(ctx, before))
}
