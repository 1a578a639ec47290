package doctor

import (
	"context"
	"errors"
	"fmt"
	"io"

	"storefront/internal/soap"
	"storefront/internal/vtt/portal"
)

// counted adds up what is read of an answer.
type counted struct {
	io.ReadCloser
	bytes *int64
}

func (c counted) Read(p []byte) (int, error) {
	n, err := c.ReadCloser.Read(p)
	*c.bytes += int64(n)
	return n, err
}

// round calls each reading operation once, with what the earlier ones found.
type round struct {
	client *portal.Client
	who    portal.Login
	meter  *meter
	full   bool

	category, item, order, shipped string // what to ask for; empty where nothing was found
	calls                          []Call
}

// few is how many items a portion of the round has.
const few = 50

// make calls the operations that change nothing, those that find things first.
func (r *round) make(ctx context.Context) []Call {
	r.call(ctx, portal.GetUsdRubRate, "", func(ctx context.Context) (int, error) {
		texts, err := r.client.GetUsdRubRate(ctx, r.who)
		return len(texts), err
	})
	r.call(ctx, portal.GetCategories, "", r.categories)
	r.call(ctx, portal.GetItemPortion, "", func(ctx context.Context) (int, error) {
		p, err := r.client.GetItemPortion(ctx, r.who, 0, few)
		if len(p.Items) > 0 {
			r.item = p.Items[0].Id.Text
		}
		return len(p.Items), err
	})
	r.call(ctx, portal.GetRuntimeItemsPortion, "", func(ctx context.Context) (int, error) {
		p, err := r.client.GetRuntimeItemsPortion(ctx, r.who, 0, few)
		if len(p.Items) > 0 && r.item == "" {
			r.item = p.Items[0].Id.Text
		}
		return len(p.Items), err
	})
	r.ofAnItem(ctx)
	r.ofACategory(ctx)
	r.ofOrders(ctx)
	r.whole(ctx)
	return r.calls
}

// categories counts them and picks the first that is below another.
func (r *round) categories(ctx context.Context) (n int, err error) {
	err = r.client.GetCategories(ctx, r.who, func(c *portal.CategoryDto) error {
		if n++; r.category == "" && c.ParentId.Filled() {
			r.category = c.Id.Text
		}
		return nil
	})
	return n, err
}

func (r *round) ofAnItem(ctx context.Context) {
	none := unless(r.item, "no item is known")
	r.call(ctx, portal.GetItem, none, func(ctx context.Context) (int, error) {
		_, err := r.client.GetItem(ctx, r.who, r.item)
		return 1, err
	})
	r.call(ctx, portal.GetRuntimeItem, none, func(ctx context.Context) (int, error) {
		_, err := r.client.GetRuntimeItem(ctx, r.who, r.item)
		return 1, err
	})
	if r.client.Publishes(ctx, portal.GetRelatedItems) {
		r.call(ctx, portal.GetRelatedItems, none, func(ctx context.Context) (n int, err error) {
			err = r.client.GetRelatedItems(ctx, r.who, r.item, func(*portal.ItemDto) error { n++; return nil })
			return n, err
		})
	}
}

func (r *round) ofACategory(ctx context.Context) {
	none := unless(r.category, "no category is known")
	r.call(ctx, portal.GetCategoryItems, none, func(ctx context.Context) (n int, err error) {
		err = r.client.GetCategoryItems(ctx, r.who, r.category, func(*portal.ItemDto) error { n++; return nil })
		return n, err
	})
	r.call(ctx, portal.GetCategoryRuntimeItems, none, func(ctx context.Context) (n int, err error) {
		err = r.client.GetCategoryRuntimeItems(ctx, r.who, r.category, func(*portal.ItemRuntimeDto) error { n++; return nil })
		return n, err
	})
}

func (r *round) ofOrders(ctx context.Context) {
	r.call(ctx, portal.GetOrders, "", func(ctx context.Context) (n int, err error) {
		err = r.client.GetOrders(ctx, r.who, func(o *portal.OrderDto) error {
			if n++; r.order == "" {
				r.order = o.Id.Text
			}
			if o.InvoiceId.Filled() {
				r.shipped = o.Id.Text
			}
			return nil
		})
		return n, err
	})
	none := unless(r.order, "the account has no orders")
	r.call(ctx, portal.GetOrderStatus, none, func(ctx context.Context) (int, error) {
		_, err := r.client.GetOrderStatus(ctx, r.who, r.order)
		return 1, err
	})
	r.call(ctx, portal.GetOrderWithLines, none, func(ctx context.Context) (int, error) {
		o, err := r.client.GetOrderWithLines(ctx, r.who, r.order)
		return len(o.Lines), err
	})
	if r.client.Publishes(ctx, portal.ExportInvoiceXml) {
		r.call(ctx, portal.ExportInvoiceXml, unless(r.shipped, "no order has an invoice"), func(ctx context.Context) (int, error) {
			_, err := r.client.ExportInvoiceXml(ctx, r.who, r.shipped)
			return 1, err
		})
	}
}

// whole calls what may take minutes: only the first row of compatibility unless the whole round was asked for.
func (r *round) whole(ctx context.Context) {
	r.call(ctx, portal.GetGoodsCompatibilityInformation, "", func(ctx context.Context) (n int, err error) {
		err = r.client.GetGoodsCompatibilityInformation(ctx, r.who, func(*portal.CompatibilityDto) error {
			if n++; !r.full {
				return errEnough
			}
			return nil
		})
		return n, err
	})
	partly := ""
	if !r.full {
		partly = "it reads the whole catalogue"
	}
	r.call(ctx, portal.GetRuntimeItems, partly, func(ctx context.Context) (n int, err error) {
		err = r.client.GetRuntimeItems(ctx, r.who, func(*portal.ItemRuntimeDto) error { n++; return nil })
		return n, err
	})
	r.call(ctx, portal.GetItems, partly, func(ctx context.Context) (n int, err error) {
		err = r.client.GetItems(ctx, r.who, func(*portal.ItemDto) error { n++; return nil })
		return n, err
	})
}

// call makes one call, unless there is a reason not to.
func (r *round) call(ctx context.Context, op portal.Op, reason string, do func(context.Context) (rows int, err error)) {
	c := Call{Operation: op, Outcome: NotAsked, Detail: reason}
	if !r.client.Publishes(ctx, op) {
		c.Outcome, c.Detail = NotThere, ""
		r.calls = append(r.calls, c)
		return
	}
	if reason == "" {
		c = r.measured(ctx, op, do)
	}
	r.calls = append(r.calls, c)
}

func (r *round) measured(ctx context.Context, op portal.Op, do func(context.Context) (int, error)) Call {
	ctx, cancel := context.WithTimeout(ctx, callBound)
	defer cancel()
	bytes, started := r.meter.bytes, r.meter.now()
	rows, err := do(ctx)
	c := Call{
		Operation: op, Outcome: OK, Rows: rows, Bytes: r.meter.bytes - bytes, Milliseconds: r.meter.now().Sub(started).Milliseconds(),
	}
	var fault *soap.Fault
	switch {
	case err == nil, errors.Is(err, errEnough):
	case errors.As(err, &fault) && fault.Code == portal.CodeNonAuthorized:
		c.Outcome, c.Detail, c.Rows = NotAsked, "the login may not edit orders", 0
	default:
		c.Outcome, c.Detail, c.Rows = Failed, err.Error(), 0
	}
	return c
}

// unless gives the reason where there is nothing to ask for.
func unless(found, reason string) string {
	if found != "" {
		return ""
	}
	return reason
}

// String is a call in a line.
func (c Call) String() string {
	switch c.Outcome {
	case OK:
		return fmt.Sprintf("%d ms, %d bytes, %d rows", c.Milliseconds, c.Bytes, c.Rows)
	case NotThere:
		return NotThere
	}
	return c.Outcome + ": " + c.Detail
}
