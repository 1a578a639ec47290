package views

import (
	"context"
	"net/url"
	"slices"
	"strconv"
	"strings"
	"time"
	"unicode"

	"storefront/internal/i18n"
	"storefront/internal/order"
	"storefront/views/ui"
)

// Document is an invoice, a waybill or a link to a transfer document.
type Document struct {
	Kind   string // words: «Счёт на оплату», «ТОРГ-12», «УПД / УКД»
	Number string // empty for links
	Date   Moment
	URL    string // http or https, or an address of ours for a File; empty where there is only a number
	File   bool   // downloaded, not opened
}

// newDocuments lists an order's documents in the order they are issued in.
func newDocuments(ctx context.Context, o order.Order, now time.Time) []Document {
	var out []Document
	for _, d := range []struct {
		kind string
		order.Document
	}{{"document.payment", o.PaymentInvoice}, {"document.torg12", o.Invoice}} {
		if d.Exists() {
			out = append(out, Document{Kind: i18n.T(ctx, d.kind), Number: d.Number, Date: date(ctx, d.Date, now)})
		}
	}
	links := transferLinks(o.Transfer)
	kinds := make([]string, len(links))
	total, nth := map[string]int{}, map[string]int{}
	for i, link := range links {
		kinds[i] = transferKind(link)
		total[kinds[i]]++
	}
	for i, link := range links {
		key := "document." + kinds[i]
		nth[key]++
		d := Document{Kind: i18n.T(ctx, key), URL: link}
		if total[kinds[i]] > 1 {
			d.Kind = i18n.T(ctx, key+".nth", "Number", nth[key])
		}
		out = append(out, d)
	}
	return out
}

// transferKind tells a УПД from a УКД where a link's path does, as a word of its own: "upd", "ukd" or, where it
// does not, "transfer". Nothing else in an order tells: its type has no dictionary.
func transferKind(link string) string {
	u, err := url.Parse(link)
	if err != nil {
		return "transfer"
	}
	words := strings.FieldsFunc(strings.ToLower(u.Path), func(r rune) bool { return !unicode.IsLetter(r) })
	upd, ukd := slices.Contains(words, "upd") || slices.Contains(words, "упд"), slices.Contains(words, "ukd") || slices.Contains(words, "укд")
	switch {
	case upd && !ukd:
		return "upd"
	case ukd && !upd:
		return "ukd"
	}
	return "transfer"
}

// transferCounts says how many transfer documents of each kind there are.
func transferCounts(ctx context.Context, raw []string) []string {
	count := map[string]int{}
	for _, link := range transferLinks(raw) {
		count[transferKind(link)]++
	}
	var words []string
	for _, kind := range []string{"upd", "ukd", "transfer"} {
		if n := count[kind]; n > 0 {
			words = append(words, i18n.N(ctx, "order.row."+kind, n))
		}
	}
	return words
}

// transferLinks keeps the addresses that a page may link to: absolute http and https.
func transferLinks(raw []string) []string {
	return slices.DeleteFunc(slices.Clone(raw), func(link string) bool {
		return SafeURL(link) == "" || strings.HasPrefix(link, "/")
	})
}

// DocumentQuery is what documents are asked for.
type DocumentQuery struct {
	Kind     order.DocumentKind // kind
	Number   string             // q, part of the number of an invoice or an order
	From, To string             // 2026-11-23, of the order's date, both inclusive
	Page     int
}

// URL is the address of the list at a page of this query.
func (q DocumentQuery) URL(page int) string {
	v := url.Values{}
	for name, text := range map[string]string{"from": q.From, "to": q.To, "q": q.Number} {
		if text != "" {
			v.Set(name, text)
		}
	}
	if q.Kind != "" && q.Kind != order.AnyDocument {
		v.Set("kind", string(q.Kind))
	}
	if page > 1 {
		v.Set("page", strconv.Itoa(page))
	}
	return addressed(DocumentsURL, v)
}

// Narrowed tells whether the query leaves documents out for another reason than their period.
func (q DocumentQuery) Narrowed() bool {
	return q.Number != "" || q.Kind != "" && q.Kind != order.AnyDocument
}

// DocumentChoice is a kind of document in the filter.
type DocumentChoice struct {
	Kind, Text string
	Selected   bool
}

// Period is a ready-made choice of a period.
type Period struct {
	Label    string
	URL      string
	Selected bool
}

// DocumentsSource is what the list of documents is made from.
type DocumentsSource struct {
	Query   DocumentQuery
	Orders  []order.Order // with documents, newest first
	Total   int           // orders with documents in the period
	PerPage int
	ReadAt  time.Time // when the service's list of orders was last read whole; zero: not yet
	Problem *Problem
	Now     time.Time
}

// Documents is the list of all documents.
type Documents struct {
	Query   DocumentQuery
	Periods []Period
	Kinds   []DocumentChoice
	Orders  []OrderDocuments
	Count   string
	Pages   ui.Paging
	ReadAt  Moment
	Loading bool
	Poll    string
	Problem *Problem
}

// OrderDocuments are the documents of one order.
type OrderDocuments struct {
	OrderID, URL string
	Created      Moment
	Status       StatusBadge
	Sum          Amount
	Documents    []Document
}

// Empty tells whether there are no documents in the period.
func (d Documents) Empty() bool { return len(d.Orders) == 0 && !d.Loading }

// NewDocuments makes the list of documents.
func NewDocuments(ctx context.Context, s DocumentsSource) Documents {
	page := Documents{
		Query: s.Query, Periods: newPeriods(ctx, s.Query, s.Now), Loading: s.ReadAt.IsZero(), ReadAt: clock(ctx, s.ReadAt, s.Now),
		Count: i18n.N(ctx, "document.count", s.Total), Pages: paging(s.Query.Page, s.PerPage, s.Total, s.Query.URL, "#documents"), Problem: s.Problem,
	}
	if page.Loading {
		page.Poll = "3s"
	}
	for _, kind := range order.DocumentKinds {
		selected := kind == s.Query.Kind || kind == order.AnyDocument && s.Query.Kind == ""
		page.Kinds = append(page.Kinds, DocumentChoice{string(kind), i18n.T(ctx, "document.kind."+string(kind)), selected})
	}
	for _, o := range s.Orders {
		page.Orders = append(page.Orders, OrderDocuments{
			OrderID: string(o.ID), URL: OrderURL(o.ID), Created: date(ctx, o.CreatedAt, s.Now), Status: newStatusBadge(ctx, o.Status),
			Sum: amount(ctx, o.Sum, o.Currency), Documents: newDocuments(ctx, o, s.Now),
		})
	}
	return page
}

// newPeriods offers this month, the last one, this year and everything.
func newPeriods(ctx context.Context, q DocumentQuery, now time.Time) []Period {
	month := time.Date(now.Year(), now.Month(), 1, 0, 0, 0, 0, now.Location())
	year := time.Date(now.Year(), 1, 1, 0, 0, 0, 0, now.Location())
	choices := []struct {
		key      string
		from, to time.Time
	}{
		{"document.period.month", month, month.AddDate(0, 1, -1)},
		{"document.period.last_month", month.AddDate(0, -1, 0), month.AddDate(0, 0, -1)},
		{"document.period.year", year, year.AddDate(1, 0, -1)},
		{"document.period.all", time.Time{}, time.Time{}},
	}
	out := make([]Period, 0, len(choices))
	for _, c := range choices {
		p := DocumentQuery{Kind: q.Kind, Number: q.Number, From: isoDay(c.from), To: isoDay(c.to)}
		out = append(out, Period{Label: i18n.T(ctx, c.key), URL: p.URL(1), Selected: p.From == q.From && p.To == q.To})
	}
	return out
}

// isoDay writes a day as a date field has it; empty for no time.
func isoDay(t time.Time) string {
	if t.IsZero() {
		return ""
	}
	return t.Format(time.DateOnly)
}
