package catalog

import "time"

// PriceChunk is the part of one buyer's price list that belongs to a category. It is the unit of refreshing and of age:
// the same content may be read for many buyers, but when it was read belongs to the buyer.
type PriceChunk struct {
	Category CategoryID
	Offers   []Offer
	ReadAt   time.Time
}

// Progress tells how far a background load has come. Total is 0 where it is not known.
type Progress struct {
	Running     bool
	Done, Total int
	StartedAt   time.Time
	// Failed is the kind (errkind) of the last failure, empty while all is well. The load is tried again.
	Failed string
}
