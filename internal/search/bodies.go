package search

import (
	"crypto/sha256"
	"encoding/binary"
	"maps"
	"slices"

	"github.com/shopspring/decimal"
)

// bodies holds what buyers are offered, each content once however many are offered it. Only contents are shared: whose they
// are, and when they were read for him, stays in each buyer's own list, so that no list can tell that there is another like it.
// A body goes with the last list that holds it. The owner of a bodies guards it.
type bodies struct {
	held  map[bodyKey]*holding
	bytes int // of all bodies held, each counted once
}

// holding is a body and how many lists hold it.
type holding struct {
	body  *body
	lists int
}

// bodyKey is the SHA-256 of a body's content: two contents of one key are not to be met.
type bodyKey [sha256.Size]byte

func newBodies() *bodies { return &bodies{held: make(map[bodyKey]*holding)} }

// take returns a list that is equal to l and made of bodies that are held. It is given back with release.
func (b *bodies) take(l *PriceList) *PriceList {
	if l == nil {
		return nil
	}
	shared := *l
	shared.chunks = slices.Clone(l.chunks)
	for i := range shared.chunks {
		c := &shared.chunks[i]
		h := b.held[c.key]
		if h == nil {
			h = &holding{body: c.body}
			b.held[c.key] = h
			b.bytes += h.body.size()
		}
		h.lists++
		c.body = h.body
	}
	return &shared
}

// release gives back a list that take returned. Who still reads it may go on.
func (b *bodies) release(l *PriceList) {
	if l == nil {
		return
	}
	for _, c := range l.chunks {
		h := b.held[c.key]
		if h.lists--; h.lists == 0 {
			delete(b.held, c.key)
			b.bytes -= h.body.size()
		}
	}
}

// size is about how many bytes a body takes.
func (b *body) size() int {
	const offer, exact = 4 + 3*8 + 3*4 + 4, 400
	return len(b.ids) + offer*b.len() + exact*len(b.exact)
}

// digest is the key of a body's content.
func (b *body) digest() bodyKey {
	h := make([]byte, 0, b.size()+8)
	h = binary.LittleEndian.AppendUint64(h, uint64(b.len()))
	for _, end := range b.idEnds {
		h = binary.LittleEndian.AppendUint32(h, end)
	}
	h = append(h, b.ids...)
	for i := range b.amounts {
		for _, amount := range b.amounts[i] {
			h = binary.LittleEndian.AppendUint64(h, uint64(amount))
		}
		for _, count := range b.counts[i] {
			h = binary.LittleEndian.AppendUint32(h, uint32(count))
		}
	}
	for _, i := range slices.Sorted(maps.Keys(b.exact)) {
		o := b.exact[i]
		h = binary.LittleEndian.AppendUint64(h, uint64(i))
		for _, d := range []*decimal.Decimal{o.Price, o.PriceLocal, o.PriceRetail, &o.Available, &o.MainOffice, &o.Transit} {
			h = appendExact(h, d)
		}
	}
	return sha256.Sum256(h)
}

// appendExact writes a decimal down with its exponent, and nil as something else.
func appendExact(h []byte, d *decimal.Decimal) []byte {
	if d == nil {
		return append(h, 0)
	}
	digits := d.Coefficient().Text(16)
	h = append(h, 1)
	h = binary.LittleEndian.AppendUint32(h, uint32(d.Exponent()))
	h = binary.LittleEndian.AppendUint32(h, uint32(len(digits)))
	return append(h, digits...)
}
