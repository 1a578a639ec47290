package vtt

import (
	"context"
	"errors"
	"time"

	"storefront/internal/errkind"
	"storefront/internal/soap"
	"storefront/internal/vtt/portal"
)

// policy bounds an operation.
type policy struct {
	deadline  time.Duration // of the whole operation: waiting for a slot, every attempt, reading to the end
	firstByte time.Duration // until an attempt's answer begins
	wait      time.Duration // for a slot
	limit     int64         // bytes of an answer, decompressed
	class     soap.Class
}

const (
	mega = 1 << 20

	listLimit   = 256 * mega
	orderLimit  = 32 * mega
	singleLimit = 1 * mega
)

// policies is the one table of bounds. Reading the whole catalogue has taken 81 seconds for 12,700 items; a create is given
// 90 seconds because giving up early is what makes its outcome unknown; it waits for a slot only as long as leaves time to
// connect before the desk's fence of 20 seconds. Compatibility grows with the catalogue, 600 bytes an item: 8 MB for 13,000
// items and 60 MB for 100,000, so it has the limit of a list.
var policies = map[portal.Op]policy{
	portal.GetItems:                         {10 * time.Minute, 5 * time.Minute, 0, listLimit, soap.Bulk},
	portal.GetRuntimeItems:                  {5 * time.Minute, 3 * time.Minute, 0, listLimit, soap.Bulk},
	portal.GetItemPortion:                   {3 * time.Minute, 2 * time.Minute, 0, listLimit, soap.Bulk},
	portal.GetRuntimeItemsPortion:           {3 * time.Minute, 2 * time.Minute, 0, listLimit, soap.Bulk},
	portal.GetCategoryItems:                 {3 * time.Minute, 2 * time.Minute, 0, listLimit, soap.Bulk},
	portal.GetCategoryRuntimeItems:          {3 * time.Minute, 2 * time.Minute, 0, listLimit, soap.Bulk},
	portal.GetGoodsCompatibilityInformation: {5 * time.Minute, 3 * time.Minute, 0, listLimit, soap.Bulk},
	portal.GetAdditionalAttributes:          {5 * time.Minute, 3 * time.Minute, 0, listLimit, soap.Bulk},

	portal.GetItem:          {20 * time.Second, 15 * time.Second, 10 * time.Second, singleLimit, soap.Prompt},
	portal.GetRuntimeItem:   {20 * time.Second, 15 * time.Second, 10 * time.Second, singleLimit, soap.Prompt},
	portal.GetCategories:    {30 * time.Second, 20 * time.Second, 10 * time.Second, orderLimit, soap.Prompt},
	portal.GetRelatedItems:  {30 * time.Second, 20 * time.Second, 10 * time.Second, orderLimit, soap.Prompt},
	portal.ExportInvoiceXml: {60 * time.Second, 45 * time.Second, 10 * time.Second, orderLimit, soap.Prompt},
	portal.GetUsdRubRate:    {10 * time.Second, 10 * time.Second, 5 * time.Second, singleLimit, soap.Prompt},

	portal.GetOrders:         {60 * time.Second, 45 * time.Second, 20 * time.Second, orderLimit, soap.Urgent},
	portal.GetOrderStatus:    {30 * time.Second, 20 * time.Second, 20 * time.Second, singleLimit, soap.Urgent},
	portal.GetOrderWithLines: {60 * time.Second, 45 * time.Second, 20 * time.Second, orderLimit, soap.Urgent},
	portal.CreateOrder:       {90 * time.Second, 0, 10 * time.Second, singleLimit, soap.Urgent},
	portal.AddItem:           {60 * time.Second, 0, 20 * time.Second, singleLimit, soap.Urgent},
	portal.RemoveItem:        {60 * time.Second, 0, 20 * time.Second, singleLimit, soap.Urgent},
	portal.SetOrderNote:      {30 * time.Second, 0, 20 * time.Second, singleLimit, soap.Urgent},
}

// probe is the policy of asking for the right to edit: a person is signing in, and one row is read.
var probe = policy{15 * time.Second, 15 * time.Second, 5 * time.Second, listLimit, soap.Prompt}

// limits leave slots free for orders: two of the eight are theirs alone.
var limits = soap.Limits{Total: 8, NotUrgent: 6, Bulk: 4, Account: 2, AccountBulk: 1}

// policyOf finds the bounds of an operation.
func policyOf(op portal.Op) policy { return policies[op] }

// within puts the policy's bounds on each call; the deadline is put around all attempts by whoever makes them.
func within(next soap.RoundTripper, of func(portal.Op) policy) soap.RoundTripper {
	return soap.RoundTripFunc(func(ctx context.Context, call *soap.Call) error {
		p := of(portal.Op(call.Operation))
		call.Class, call.Limit, call.Wait, call.FirstByte = p.class, p.limit, p.wait, p.firstByte
		return next.RoundTrip(ctx, call)
	})
}

// insisting marks calls of somebody who waits at the door.
func insisting(next soap.RoundTripper) soap.RoundTripper {
	return soap.RoundTripFunc(func(ctx context.Context, call *soap.Call) error {
		call.Insist = true
		return next.RoundTrip(ctx, call)
	})
}

const (
	breakerFailures = 5               // in a row, of one class
	breakerPause    = 5 * time.Second // between probes
)

// breakerOptions: each class of operations is left alone by itself, so that a catalogue out of order stops no order.
func breakerOptions(o Options) soap.BreakerOptions {
	return soap.BreakerOptions{
		Failures: breakerFailures, Pause: breakerPause, Now: o.Now, Failed: outOfOrder, Neutral: saysNothing,
		Closed: func(soap.Class) {
			if o.Recovered != nil {
				o.Recovered()
			}
		},
	}
}

// outOfOrder tells whether an error speaks against the service: silence, or an answer that is not its own. A fault is an
// answer, whatever it says: one operation out of order, or one portion beyond the end, must not stop the others.
func outOfOrder(err error) bool {
	var fault *soap.Fault
	return !errors.As(err, &fault) && errkind.Upstream(translate(err))
}

// saysNothing tells whether an error says nothing of the service: the caller gave up or has had enough, or nothing was sent.
func saysNothing(err error) bool {
	var busy *soap.BusyError
	var unsendable *soap.UnsendableError
	return errors.Is(err, context.Canceled) || errors.Is(err, errEnough) || errors.As(err, &busy) || errors.As(err, &unsendable)
}
