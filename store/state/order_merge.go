package state

import "storefront/internal/order"

// merge joins what is known of an order with what was just read of it.
//
// An answer older than what is known changes nothing but the lines, if those are newer. Links to transfer documents stay when
// an answer has none, as GetOrderWithLines may leave them out. Lines stay until they are read again: a list of orders has none.
func merge(known, fresh order.Order) order.Order {
	merged := fresh
	if fresh.ReadAt.Before(known.ReadAt) {
		merged = known
	}
	if len(merged.Transfer) == 0 {
		merged.Transfer = known.Transfer
	}
	merged.Lines, merged.LinesReadAt = fresh.Lines, fresh.LinesReadAt
	if fresh.LinesReadAt.IsZero() || fresh.LinesReadAt.Before(known.LinesReadAt) {
		merged.Lines, merged.LinesReadAt = known.Lines, known.LinesReadAt
	}
	return merged
}
