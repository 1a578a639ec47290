package catalog

import (
	"time"

	"github.com/shopspring/decimal"
)

// ChangeKind says what became of an item.
type ChangeKind string

// What can become of an item between two visits of a buyer. ChangeNew is not found by comparing: the item was not there.
const (
	ChangeNew     ChangeKind = "new"
	ChangeCheaper ChangeKind = "cheaper"
	ChangeDearer  ChangeKind = "dearer"
	ChangeBranch  ChangeKind = "branch"  // back in stock at the branch
	ChangeMain    ChangeKind = "main"    // back in stock at the head office
	ChangeArrived ChangeKind = "arrived" // what was in transit is in stock
	ChangeSlipped ChangeKind = "slipped" // what is in transit was put off
)

// Change is what an item was at a buyer's last visit and what it is now.
type Change struct{ Before, Now Sighting }

// Kinds tells what the change comes to; nothing where stock only went down or up.
func (c Change) Kinds() []ChangeKind {
	var kinds []ChangeKind
	for _, k := range []struct {
		kind ChangeKind
		is   bool
	}{
		{ChangeCheaper, c.priced() && c.Now.Price.LessThan(*c.Before.Price)},
		{ChangeDearer, c.priced() && c.Now.Price.GreaterThan(*c.Before.Price)},
		{ChangeBranch, cameBack(c.Before.Branch, c.Now.Branch)},
		{ChangeMain, cameBack(c.Before.Main, c.Now.Main)},
		{ChangeArrived, c.arrived()},
		{ChangeSlipped, c.slipped()},
	} {
		if k.is {
			kinds = append(kinds, k.kind)
		}
	}
	return kinds
}

func (c Change) priced() bool { return c.Before.Price != nil && c.Now.Price != nil }

func cameBack(before, now decimal.Decimal) bool { return !before.IsPositive() && now.IsPositive() }

// arrived: less is in transit, and more is in one of the stocks. They are not added up: either says it.
func (c Change) arrived() bool {
	return c.Now.Transit.LessThan(c.Before.Transit) &&
		(c.Now.Branch.GreaterThan(c.Before.Branch) || c.Now.Main.GreaterThan(c.Before.Main))
}

// slipped: the same goods are promised for a later day. After an arrival a later day is another delivery's.
func (c Change) slipped() bool {
	if c.arrived() || c.Before.Due.IsZero() || c.Now.Due.IsZero() {
		return false
	}
	return c.Now.Due.Sub(c.Before.Due) >= 24*time.Hour
}

// Newcomer is an item that joined the assortment, and when that was noticed.
type Newcomer struct {
	Item Item
	At   time.Time
}
