package catalog

import (
	"time"

	"github.com/shopspring/decimal"
)

// Sighting is what one buyer was offered for an item from a moment on, until the next one. Like an offer it never leaves that
// buyer.
type Sighting struct {
	ItemID  ItemID
	At      time.Time
	Price   *decimal.Decimal // in conventional units; nil: on request
	Branch  decimal.Decimal
	Main    decimal.Decimal
	Transit decimal.Decimal
	Due     time.Time // the promised day of what is in transit, zero where there is none
}

// See makes a sighting of an offer. due is the item's TransitDate.
func See(o Offer, due, at time.Time) Sighting {
	s := Sighting{ItemID: o.ItemID, At: at, Branch: o.Available, Main: o.MainOffice, Transit: o.Transit}
	if o.Orderable() {
		s.Price = o.Price
	}
	if o.Transit.IsPositive() {
		s.Due = due
	}
	return s
}

// Same tells whether nothing changed between two sightings but their time.
func (s Sighting) Same(other Sighting) bool {
	return samePrice(s.Price, other.Price) && s.Branch.Equal(other.Branch) && s.Main.Equal(other.Main) &&
		s.Transit.Equal(other.Transit) && s.Due.Equal(other.Due)
}

func samePrice(a, b *decimal.Decimal) bool {
	if a == nil || b == nil {
		return a == b
	}
	return a.Equal(*b)
}

// How long sightings are kept apart: every one at first, then the last of each day, then the last of each week, then only
// the latest one of an item.
const (
	EverySightingFor = 2 * 24 * time.Hour
	DailySightingFor = 90 * 24 * time.Hour
	SightingsFor     = 2 * 365 * 24 * time.Hour
)

// LookFor is how long an item that a buyer only looked at is of interest.
const LookFor = 90 * 24 * time.Hour
