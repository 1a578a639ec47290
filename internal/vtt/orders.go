package vtt

import (
	"context"

	"github.com/shopspring/decimal"

	"storefront/internal/buyer"
	"storefront/internal/catalog"
	"storefront/internal/errkind"
	"storefront/internal/order"
	"storefront/internal/vtt/portal"
)

// Orders reads all orders of the account, whole or not at all: a list that lost an order would be evidence of the wrong thing.
func (d *Distributor) Orders(ctx context.Context, cred buyer.Credentials) (list []order.Order, err error) {
	err = d.read(ctx, portal.GetOrders, func(ctx context.Context) error {
		list = nil
		return d.client.GetOrders(ctx, login(cred), func(dto *portal.OrderDto) error {
			o := orderOf(dto, d.now())
			if o.ID == "" {
				return withoutID("GetOrders")
			}
			list = append(list, o)
			return nil
		})
	})
	if err != nil {
		return nil, err
	}
	return list, nil
}

// OrderStatus reads an order without its lines.
func (d *Distributor) OrderStatus(ctx context.Context, cred buyer.Credentials, id order.ID) (o order.Order, err error) {
	err = d.read(ctx, portal.GetOrderStatus, func(ctx context.Context) error {
		dto, err := d.client.GetOrderStatus(ctx, login(cred), string(id))
		if o = orderOf(&dto, d.now()); err == nil && o.ID == "" {
			return withoutID("GetOrderStatus")
		}
		return err
	})
	return o, err
}

// OrderWithLines reads an order with its lines.
func (d *Distributor) OrderWithLines(ctx context.Context, cred buyer.Credentials, id order.ID) (o order.Order, err error) {
	err = d.read(ctx, portal.GetOrderWithLines, func(ctx context.Context) error {
		dto, err := d.client.GetOrderWithLines(ctx, login(cred), string(id))
		if o = orderWithLines(&dto, d.now()); err == nil && o.ID == "" {
			return withoutID("GetOrderWithLines")
		}
		return err
	})
	return o, err
}

// CreateOrder places an order and returns its number. Each failure is an *order.SendError; anything that is not proved to have
// been stopped before the service acted may have created an order.
func (d *Distributor) CreateOrder(ctx context.Context, cred buyer.Credentials, lines []order.NewLine) (id order.ID, err error) {
	err = d.write(ctx, portal.CreateOrder, func(ctx context.Context) error {
		dtos, err := creations(lines)
		if err != nil {
			return err
		}
		number, err := d.client.CreateOrder(ctx, login(cred), dtos)
		id = order.ID(number)
		return err
	})
	return id, err
}

func creations(lines []order.NewLine) ([]portal.OrderLineCreationDto, error) {
	if len(lines) == 0 {
		return nil, errInvalidLine
	}
	dtos := make([]portal.OrderLineCreationDto, len(lines))
	for i, l := range lines {
		dto, err := creation(l)
		if err != nil {
			return nil, err
		}
		dtos[i] = dto
	}
	return dtos, nil
}

// AddLine adds a line to an order, or to the quantity of one that is there. Failures are *order.SendError.
func (d *Distributor) AddLine(ctx context.Context, cred buyer.Credentials, id order.ID, l order.NewLine) (result order.LineResult, err error) {
	err = d.write(ctx, portal.AddItem, func(ctx context.Context) error {
		dto, err := creation(l)
		if err != nil {
			return err
		}
		status, err := d.client.AddItem(ctx, login(cred), string(id), dto)
		result = lineResult(status)
		return err
	})
	return result, err
}

// RemoveLine takes count pieces of an item out of an order, or all of it for zero. Failures are *order.SendError; where the
// contract cannot take a part, a part is refused as errkind.Unsupported before anything is sent.
func (d *Distributor) RemoveLine(ctx context.Context, cred buyer.Credentials, id order.ID, item catalog.ItemID, count decimal.Decimal) error {
	return d.write(ctx, portal.RemoveItem, func(ctx context.Context) error {
		pieces, err := wholeText(count)
		if err != nil {
			return err
		}
		if !count.IsZero() && !d.client.CountsRemovals(ctx) {
			return errkind.Wrap(errkind.Unsupported, portal.ErrUnpublished)
		}
		return d.client.RemoveItem(ctx, login(cred), string(id), string(item), pieces)
	})
}

// CountsRemovals tells whether RemoveLine can take a part of a line.
func (d *Distributor) CountsRemovals(ctx context.Context) bool { return d.client.CountsRemovals(ctx) }

// SetNote replaces the note of an order. The service may also refuse in its answer. Failures are *order.SendError.
func (d *Distributor) SetNote(ctx context.Context, cred buyer.Credentials, id order.ID, note string) (result order.NoteResult, err error) {
	err = d.write(ctx, portal.SetOrderNote, func(ctx context.Context) error {
		dto, err := d.client.SetOrderNote(ctx, login(cred), string(id), note)
		result = noteResult(dto)
		return err
	})
	return result, err
}

// PublishesInvoices tells whether invoices can be had as XML, as far as is known by now: it does not wait.
func (d *Distributor) PublishesInvoices() bool { return d.publishes(portal.ExportInvoiceXml) }

// InvoiceXML reads the invoice of an order as the service writes it. It is published at times only: errkind.Unsupported
// otherwise.
func (d *Distributor) InvoiceXML(ctx context.Context, cred buyer.Credentials, id order.ID) (document string, err error) {
	err = d.read(ctx, portal.ExportInvoiceXml, func(ctx context.Context) error {
		document, err = d.client.ExportInvoiceXml(ctx, login(cred), string(id))
		return err
	})
	return document, err
}
