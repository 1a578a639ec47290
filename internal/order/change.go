package order

import (
	"time"

	"github.com/shopspring/decimal"

	"storefront/internal/catalog"
	"storefront/internal/money"
)

// StatusChange is an order whose status was another one at a buyer's last visit.
type StatusChange struct {
	Order       ID
	Before, Now Status
	At          time.Time // when Now was noticed
}

// Cut is a line of an order that was found with less ordered or reserved than before, though its buyer had not changed it.
type Cut struct {
	Order       ID
	Item        catalog.ItemID
	Name        string
	At          time.Time
	Before, Now CutLine
}

// CutLine is what a cut is told by: all lines of an item in an order together.
type CutLine struct{ Quantity, Reserved decimal.Decimal }

// Cuts compares an order's lines as they were with what was read now. Lines of an item count together, as the service may
// merge or split them. An item that is gone was cut to nothing.
func Cuts(id ID, before, now []Line, at time.Time) []Cut {
	had, has := cutLines(before), cutLines(now)
	var cuts []Cut
	for _, line := range before {
		was, listed := had[line.ItemID]
		if !listed {
			continue // a second line of the item
		}
		delete(had, line.ItemID)
		is := has[line.ItemID]
		if is.Quantity.LessThan(was.Quantity) || is.Reserved.LessThan(was.Reserved) {
			cuts = append(cuts, Cut{Order: id, Item: line.ItemID, Name: line.Name, At: at, Before: was, Now: is})
		}
	}
	return cuts
}

func cutLines(lines []Line) map[catalog.ItemID]CutLine {
	sums := make(map[catalog.ItemID]CutLine, len(lines))
	for _, l := range lines {
		sum := sums[l.ItemID]
		sums[l.ItemID] = CutLine{sum.Quantity.Add(l.Quantity), sum.Reserved.Add(l.Reserved)}
	}
	return sums
}

// Purchase is an item in one of a buyer's orders: what he paid before.
type Purchase struct {
	Order     ID
	At        time.Time
	Status    Status
	Currency  money.Currency
	Quantity  decimal.Decimal
	UnitPrice decimal.Decimal
}
