package vtt_test

import (
	"fmt"
	"net/http"
	"strconv"
	"strings"
	"testing"

	"github.com/shopspring/decimal"

	"storefront/internal/catalog"
)

// A catalogue of thirteen thousand items never is without a few that somebody got wrong.

const (
	manyRows = 13_000
	// between is how far apart the spoilt rows stand.
	between = 600
)

// spoiltRows are rows of ItemDto in which something is wrong, and what is expected of them. %d is the row's id.
var spoiltRows = []struct {
	name, row string
	lost      bool // nobody could do anything with it
	orderable bool
}{
	{name: "a nil row", row: `<a:ItemDto i:nil="true"/>`, lost: true}, // in the first portion, which has no row to spare
	{name: "a price of words", row: "<a:ItemDto><a:Id>%d</a:Id><a:Price>по запросу</a:Price></a:ItemDto>"},
	{name: "a price with a comma", row: "<a:ItemDto><a:Id>%d</a:Id><a:Price>7,35</a:Price></a:ItemDto>"},
	{name: "no number", row: "<a:ItemDto><a:Id>%d</a:Id><a:Price>NaN</a:Price></a:ItemDto>"},
	{name: "a number too long", row: "<a:ItemDto><a:Id>%d</a:Id><a:Price>12345678901234567890</a:Price></a:ItemDto>"},
	{name: "an exponent", row: "<a:ItemDto><a:Id>%d</a:Id><a:Price>1E400</a:Price></a:ItemDto>"},
	{name: "no price", row: "<a:ItemDto><a:Id>%d</a:Id></a:ItemDto>"},
	{name: "a nil price", row: `<a:ItemDto><a:Id>%d</a:Id><a:Price i:nil="true"/></a:ItemDto>`},
	{name: "an unreadable quantity", row: "<a:ItemDto><a:AvailableQuantity>много</a:AvailableQuantity><a:Id>%d</a:Id><a:Price>7</a:Price></a:ItemDto>", orderable: true},
	{name: "an unreadable date", row: "<a:ItemDto><a:Id>%d</a:Id><a:Price>7</a:Price><a:TransitDate>31.02.2026</a:TransitDate></a:ItemDto>", orderable: true},
	{name: "an unreadable size", row: "<a:ItemDto><a:Depth>-</a:Depth><a:Id>%d</a:Id><a:Price>7</a:Price><a:Width>1x2</a:Width></a:ItemDto>", orderable: true},
	{name: "a stranger inside", row: "<a:ItemDto><a:Id>%d</a:Id><a:Price>7</a:Price><a:Rating><a:Id>no</a:Id><b xmlns=''>5</b></a:Rating></a:ItemDto>", orderable: true},
	{name: "an element in a value", row: "<a:ItemDto><a:Id>%d<b xmlns=''>no</b></a:Id><a:Price>7<a:Price>8</a:Price></a:Price></a:ItemDto>", orderable: true},
	{name: "a member twice", row: "<a:ItemDto><a:Id>%d</a:Id><a:ItemLifeTime/><a:ItemLifeTime>6K</a:ItemLifeTime><a:Price>7</a:Price></a:ItemDto>", orderable: true},
	{name: "members in disorder", row: "<a:ItemDto><a:Price>7</a:Price><a:Name>x</a:Name><a:Id>%d</a:Id></a:ItemDto>", orderable: true},
	{name: "CDATA", row: "<a:ItemDto><a:Id><![CDATA[%d]]></a:Id><!-- x --><a:Price>7</a:Price></a:ItemDto>", orderable: true},
	{name: "a photo that is no link", row: "<a:ItemDto><a:Id>%d</a:Id><a:PhotoUrl>javascript:1</a:PhotoUrl><a:Price>7</a:Price></a:ItemDto>", orderable: true},
	{name: "an empty row", row: "<a:ItemDto/>", lost: true},
	{name: "a row without an id", row: "<a:ItemDto><a:Name>x</a:Name><a:Price>7</a:Price></a:ItemDto>", lost: true},
	{name: "a row of strangers", row: "<a:ItemDto><Id>1</Id></a:ItemDto>", lost: true},
}

// spoilt is the spoilt row that stands at i, if any.
func spoilt(i int) (kind int, ok bool) {
	kind = i/between - 1
	return kind, i%between == 0 && kind >= 0 && kind < len(spoiltRows)
}

// spoiltList makes rows first to end of the list.
func spoiltList(first, end int) string {
	var b strings.Builder
	for i := first; i < end; i++ {
		row := "<a:ItemDto><a:Id>%d</a:Id><a:Price>1</a:Price></a:ItemDto>"
		if kind, ok := spoilt(i); ok {
			row = spoiltRows[kind].row
		}
		b.WriteString(strings.ReplaceAll(row, "%d", strconv.Itoa(i)))
	}
	return b.String()
}

// A bad item never loses the other 12,999, nor itself where it has an id, in whichever way the list is read.
func TestABadItemLosesNoOther(t *testing.T) {
	if last := between * len(spoiltRows); last >= manyRows {
		t.Fatalf("the last spoilt row would stand at %d", last)
	}
	for _, how := range []semantics{"in one answer", documented, observed} {
		u := newUpstream(t, func(w http.ResponseWriter, r request) {
			switch {
			case r.operation == "GetItems":
				success(w, r.operation, spoiltList(0, manyRows))
			case how != documented && how != observed:
				fault(w, "ActionNotSupported", "")
			default:
				first, end, total := how.window(manyRows, mustInt(r.param("from")), mustInt(r.param("to")))
				success(w, r.operation, fmt.Sprintf("<a:Items>%s</a:Items><a:TotalCount>%d</a:TotalCount>", spoiltList(first, max(first, end)), total))
			}
		})
		prices := map[string]*decimal.Decimal{}
		err := u.distributor(t).EachListing(t.Context(), cred, func(list []catalog.Listing, _ catalog.Progress) error {
			for _, l := range list {
				prices[string(l.Item.ID)] = l.Offer.Price
			}
			return nil
		})
		if err != nil {
			t.Errorf("%s: %v", how, err)
		}
		for i, id := range numbers(manyRows) {
			price, arrived := prices[id]
			kind, bad := spoilt(i)
			switch {
			case !bad && !arrived:
				t.Errorf("%s: item %d is lost", how, i)
			case bad && arrived == spoiltRows[kind].lost:
				t.Errorf("%s: %s arrived: %v", how, spoiltRows[kind].name, arrived)
			case bad && (price != nil) != spoiltRows[kind].orderable:
				t.Errorf("%s: %s has the price %v", how, spoiltRows[kind].name, price)
			}
		}
	}
}
