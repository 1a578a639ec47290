package cache

import (
	"encoding/binary"
	"errors"
	"slices"
	"strings"

	"github.com/shopspring/decimal"

	"storefront/internal/catalog"
)

// A body of offers is a version byte and then, for each offer in the order of item ids:
//
//	item id · flags (a bit each: price, roubles, retail price are known) · the known prices · available · main office · transit
//
// where a text is its length as a varint and its bytes, and a decimal is its shortest text. So equal offers give equal bytes,
// whatever order they were read in and however their zeros were written. An offer takes about 40 bytes.
const offersVersion = 1

var errOffers = errors.New("the stored offers are damaged")

func encodeOffers(offers []catalog.Offer) []byte {
	sorted := slices.Clone(offers)
	slices.SortStableFunc(sorted, func(a, b catalog.Offer) int { return strings.Compare(string(a.ItemID), string(b.ItemID)) })
	b := make([]byte, 0, 1+48*len(sorted))
	b = append(b, offersVersion)
	for _, offer := range sorted {
		b = appendOffer(b, offer)
	}
	return b
}

func appendOffer(b []byte, o catalog.Offer) []byte {
	b = appendText(b, string(o.ItemID))
	at := len(b)
	b = append(b, 0)
	for bit, price := range [...]*decimal.Decimal{o.Price, o.PriceLocal, o.PriceRetail} {
		if price != nil {
			b[at] |= 1 << bit
			b = appendText(b, price.String())
		}
	}
	for _, quantity := range [...]decimal.Decimal{o.Available, o.MainOffice, o.Transit} {
		b = appendText(b, quantity.String())
	}
	return b
}

func appendText(b []byte, s string) []byte {
	return append(binary.AppendUvarint(b, uint64(len(s))), s...)
}

func decodeOffers(body []byte) ([]catalog.Offer, error) {
	if len(body) == 0 || body[0] != offersVersion {
		return nil, errOffers
	}
	r := offerReader{rest: body[1:]}
	var offers []catalog.Offer
	for len(r.rest) > 0 && !r.failed {
		offers = append(offers, r.offer())
	}
	if r.failed {
		return nil, errOffers
	}
	return offers, nil
}

// offerReader reads on after a failure, yielding zeros: one check at the end is enough.
type offerReader struct {
	rest   []byte
	failed bool
}

func (r *offerReader) offer() (o catalog.Offer) {
	o.ItemID = catalog.ItemID(r.text())
	flags := r.flags()
	for bit, price := range [...]**decimal.Decimal{&o.Price, &o.PriceLocal, &o.PriceRetail} {
		if flags&(1<<bit) != 0 {
			d := r.decimal()
			*price = &d
		}
	}
	o.Available, o.MainOffice, o.Transit = r.decimal(), r.decimal(), r.decimal()
	return o
}

func (r *offerReader) flags() byte {
	if len(r.rest) == 0 {
		r.failed = true
		return 0
	}
	flags := r.rest[0]
	r.rest = r.rest[1:]
	return flags
}

func (r *offerReader) text() []byte {
	n, used := binary.Uvarint(r.rest)
	if used <= 0 || n > uint64(len(r.rest)-used) {
		r.failed, r.rest = true, nil
		return nil
	}
	text := r.rest[used : used+int(n)]
	r.rest = r.rest[used+int(n):]
	return text
}

func (r *offerReader) decimal() decimal.Decimal {
	d, err := decimal.NewFromString(string(r.text()))
	if err != nil {
		r.failed = true
	}
	return d
}
