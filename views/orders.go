package views

import (
	"context"
	"net/url"
	"slices"
	"strconv"
	"time"

	"storefront/internal/i18n"
	"storefront/internal/order"
	"storefront/views/ui"
)

// OrderQuery is what the list of orders is asked for: the names of the form's fields, as typed.
type OrderQuery struct {
	Text     string   // q
	Item     string   // item, an article to the letter
	Statuses []string // status, codes of order.Status
	From, To string   // from, to: 2026-11-23, both inclusive
	NoNote   bool     // no_note
	Page     int      // page, from 1
}

// Values writes the query as an address has it, without what is empty.
func (q OrderQuery) Values() url.Values {
	v := url.Values{}
	for name, text := range map[string]string{"q": q.Text, "item": q.Item, "from": q.From, "to": q.To} {
		if text != "" {
			v.Set(name, text)
		}
	}
	for _, s := range q.Statuses {
		v.Add("status", s)
	}
	if q.NoNote {
		v.Set("no_note", "1")
	}
	if q.Page > 1 {
		v.Set("page", strconv.Itoa(q.Page))
	}
	return v
}

// URL is the address of the list at a page of this query.
func (q OrderQuery) URL(page int) string {
	q.Page = page
	return addressed(OrdersURL, q.Values())
}

// Narrowed tells whether the query leaves anything out.
func (q OrderQuery) Narrowed() bool {
	return q.Text != "" || q.Item != "" || len(q.Statuses) > 0 || q.NoNote || q.From != "" || q.To != ""
}

// OrdersSource is what the list of orders is made from.
type OrdersSource struct {
	Query   OrderQuery
	Orders  []order.Order // of this page, newest first
	Total   int           // of all pages
	PerPage int
	ReadAt  time.Time // when the service's list was last read whole; zero: not yet
	// Refreshing is true while a reading of the list is under way.
	Refreshing bool
	// SearchedBack is the oldest order whose lines are known here: text is looked for in lines no further back; zero: in all.
	// LinesUnread is true while the lines of the newest orders are not known.
	SearchedBack time.Time
	LinesUnread  bool
	Problem      *Problem
	Now          time.Time
}

// Orders is the list of orders.
type Orders struct {
	Query    OrderQuery
	Statuses []StatusChoice
	Rows     []OrderRow
	Count    string
	Pages    ui.Paging
	ReadAt   Moment
	Loading  bool // the list has never been read
	Poll     string
	Reach    string // how far back the text was looked for in lines; empty when no text was asked for
	Problem  *Problem
}

// StatusChoice is a status in the filter.
type StatusChoice struct {
	Badge    StatusBadge
	Selected bool
}

// OrderRow is one order in the list.
type OrderRow struct {
	ID, URL   string
	Created   Moment
	Status    StatusBadge
	Sum       Amount
	Contents  string   // «12 позиций · 40 штук»
	Payment   string   // number of the invoice to pay
	Invoice   string   // number of the ТОРГ-12
	Transfers []string // «2 УПД»
	Note      string
	Wishes    OrderWishes
	Repeat    string // address of the page that repeats it
}

// Empty tells whether no order matches.
func (o Orders) Empty() bool { return len(o.Rows) == 0 && !o.Loading }

// NewOrders makes the list of orders.
func NewOrders(ctx context.Context, s OrdersSource) Orders {
	page := Orders{
		Query: s.Query, Count: i18n.N(ctx, "order.count", s.Total), Loading: s.ReadAt.IsZero(), ReadAt: clock(ctx, s.ReadAt, s.Now),
		Pages: paging(s.Query.Page, s.PerPage, s.Total, s.Query.URL, "#orders"), Problem: s.Problem,
	}
	for _, status := range order.Statuses {
		page.Statuses = append(page.Statuses, StatusChoice{
			Badge: newStatusBadge(ctx, status), Selected: slices.Contains(s.Query.Statuses, status.Code()),
		})
	}
	for _, o := range s.Orders {
		page.Rows = append(page.Rows, newOrderRow(ctx, o, s.Now))
	}
	if page.Loading || s.Refreshing {
		page.Poll = "3s"
	}
	switch {
	case s.Query.Text == "" && s.Query.Item == "" || page.Loading:
	case s.LinesUnread:
		page.Reach = i18n.T(ctx, "order.search_unread")
	case !s.SearchedBack.IsZero():
		page.Reach = i18n.T(ctx, "order.search_reach", "Date", date(ctx, s.SearchedBack, s.Now).Text)
	}
	return page
}

func newOrderRow(ctx context.Context, o order.Order, now time.Time) OrderRow {
	return OrderRow{
		ID: string(o.ID), URL: OrderURL(o.ID), Created: dateAndHour(ctx, o.CreatedAt, now), Status: newStatusBadge(ctx, o.Status),
		Sum: amount(ctx, o.Sum, o.Currency), Contents: contents(ctx, o), Payment: o.PaymentInvoice.Number, Invoice: o.Invoice.Number,
		Transfers: transferCounts(ctx, o.Transfer), Note: o.Note, Wishes: newOrderWishes(ctx, o.Wishes), Repeat: RepeatURL(o.ID),
	}
}

// contents says how much an order holds.
func contents(ctx context.Context, o order.Order) string {
	return i18n.N(ctx, "unit.lines", o.LineCount) + " · " + i18n.N(ctx, "unit.pieces", int(o.GoodsCount.IntPart()))
}

func addressed(path string, v url.Values) string {
	if len(v) == 0 {
		return path
	}
	return path + "?" + v.Encode()
}
