package jobs

import (
	"context"
	"errors"
	"sync"

	"golang.org/x/sync/errgroup"

	"storefront/internal/buyer"
	"storefront/internal/errkind"
	"storefront/internal/order"
)

// RefreshOrders reads the list of orders that a page shows, where it is not young. It does not wait.
func (j *Jobs) RefreshOrders(b buyer.ID) {
	j.nudge(b, task{kind: kindOrders, buyer: b}, j.Ages.Order, j.readOrders)
}

// RefreshOrder reads an order that a page shows, where it is not young. It does not wait. Only orders that the buyer has a
// copy of are asked for.
func (j *Jobs) RefreshOrder(b buyer.ID, id order.ID) {
	j.nudge(b, task{kindOrder, b, string(id)}, j.Ages.Order, func(ctx context.Context, c buyer.Credentials) (done, error) {
		return done{}, j.readOrder(ctx, c, id)
	})
}

// readOrders copies a buyer's list of orders, and has lines read that never were.
func (j *Jobs) readOrders(ctx context.Context, c buyer.Credentials) (done, error) {
	orders, err := j.Distributor.Orders(ctx, c)
	if err != nil {
		return done{}, err
	}
	for i := range orders {
		orders[i].ReadAt = j.Now()
	}
	if err := j.Orders.SaveOrders(ctx, c.Buyer(), orders); err != nil {
		return done{}, err
	}
	j.start(task{kind: kindLines, buyer: c.Buyer()}, 0, c, j.readLines)
	return done{rows: len(orders)}, nil
}

const (
	linesAtOnce = 2
	linesBatch  = 20
)

// readLines reads the lines of orders that were never read with them, and again those of open orders, which the distributor
// may cut: the newest first, two at a time. An order that the service declines to tell is left for another day. What was
// bought is of interest: its history begins with what is known of it.
func (j *Jobs) readLines(ctx context.Context, c buyer.Credentials) (result done, err error) {
	defer func() {
		if result.rows > 0 {
			err = errors.Join(err, j.observeStored(ctx, c.Buyer()))
		}
	}()
	var mu sync.Mutex
	tried := map[order.ID]bool{}
	for {
		ids, err := j.Orders.LinesDue(ctx, c.Buyer(), j.Now().Add(-j.Ages.OpenLines), linesBatch+len(tried))
		if err != nil {
			return result, err
		}
		group, ctx := errgroup.WithContext(ctx)
		group.SetLimit(linesAtOnce)
		before := result.rows
		for _, id := range ids {
			if tried[id] {
				continue
			}
			tried[id] = true
			group.Go(func() error {
				err := j.readWithLines(ctx, c, id)
				if errkind.Is(err, errkind.BusinessLogic) || errkind.Is(err, errkind.Contract) {
					return nil
				}
				mu.Lock()
				defer mu.Unlock()
				result.rows++
				return err
			})
		}
		if err := group.Wait(); err != nil {
			return result, err
		}
		if result.rows == before {
			return result, nil
		}
	}
}

// readOrder asks for the status, and for the lines where they may have changed: where they were never read, where the order
// can still change by itself, or where its head did.
func (j *Jobs) readOrder(ctx context.Context, c buyer.Credentials, id order.ID) error {
	known, err := j.Orders.Order(ctx, c.Buyer(), id)
	if err != nil {
		if errkind.Is(err, errkind.NotFound) {
			return nil
		}
		return err
	}
	if known.LinesReadAt.IsZero() {
		return j.readWithLines(ctx, c, id)
	}
	asked := j.Now()
	head, err := j.Distributor.OrderStatus(ctx, c, id)
	if err != nil {
		return err
	}
	head.ReadAt = asked
	if err := j.Orders.SaveOrder(ctx, c.Buyer(), head); err != nil {
		return err
	}
	aged := head.Status.Open() && j.Now().Sub(known.LinesReadAt) >= j.Ages.OnScreen
	if aged || changed(known, head) {
		return j.readWithLines(ctx, c, id)
	}
	return nil
}

func (j *Jobs) readWithLines(ctx context.Context, c buyer.Credentials, id order.ID) error {
	asked := j.Now() // not when it was answered: a change may have been made, and read, in between
	o, err := j.Distributor.OrderWithLines(ctx, c, id)
	if err != nil {
		return err
	}
	o.ReadAt, o.LinesReadAt = asked, asked
	return j.Orders.SaveOrder(ctx, c.Buyer(), o)
}

// changed tells whether an order's head gives reason to read its lines.
func changed(known, head order.Order) bool {
	return known.Status != head.Status || known.LineCount != head.LineCount ||
		!known.GoodsCount.Equal(head.GoodsCount) || !known.Sum.Equal(head.Sum)
}
