package web

import (
	"net/http"
	"slices"
	"time"

	"github.com/labstack/echo/v4"

	"storefront/internal/catalog"
	"storefront/internal/i18n"
	"storefront/internal/order"
	"storefront/views"
)

// ordersPerPage is how many orders a page lists.
const ordersPerPage = 30

// orders lists the buyer's own copies of his orders.
func (s *Server) orders(c echo.Context) error {
	ctx := c.Request().Context()
	q := views.OrderQuery{Text: c.QueryParam("q"), Item: c.QueryParam("item"), Statuses: c.QueryParams()["status"], NoNote: c.QueryParam("no_note") != "", Page: pageNumber(c)}
	filter := order.Filter{Text: q.Text, Item: catalog.ItemID(q.Item), WithoutNote: q.NoNote, Statuses: statusesOf(q.Statuses), Limit: ordersPerPage, Offset: (q.Page - 1) * ordersPerPage}
	q.From, filter.From = s.day(c.QueryParam("from"), 0)
	q.To, filter.To = s.day(c.QueryParam("to"), 1)
	found, total, readAt, err := s.copies(c, filter)
	if err != nil {
		return err
	}
	source := views.OrdersSource{Query: q, Orders: found, Total: total, PerPage: ordersPerPage, ReadAt: readAt, Now: s.Now()}
	reach, known, err := s.Orders.LinesReach(ctx, here(c).account.ID)
	if err != nil {
		return err
	}
	source.SearchedBack, source.LinesUnread = reach, !known
	page := views.NewOrders(ctx, source)
	if partial(c) {
		return s.render(c, http.StatusOK, views.OrdersRegion(page))
	}
	st, err := s.stand(c)
	if err != nil {
		return err
	}
	return s.render(c, http.StatusOK, views.OrdersPage(s.ownFrame(c, st, views.SectionOrders, i18n.T(ctx, "order.title")), page))
}

// copies lists the buyer's own copies of his orders, how many match in all, and when the service's list was last read. It nudges
// the background to read it again.
func (s *Server) copies(c echo.Context, filter order.Filter) (found []order.Order, total int, readAt time.Time, err error) {
	ctx, b := c.Request().Context(), here(c).account.ID
	s.Jobs.RefreshOrders(b)
	found, total, err = s.Orders.Orders(ctx, b, filter)
	if err == nil && len(found) == 0 && total > 0 && filter.Limit > 0 { // a page beyond the last
		filter.Offset = (total - 1) / filter.Limit * filter.Limit
		found, total, err = s.Orders.Orders(ctx, b, filter)
	}
	if err != nil {
		return nil, 0, time.Time{}, err
	}
	readAt, err = s.Orders.OrdersReadAt(ctx, b)
	return found, total, readAt, err
}

// statusesOf reads the codes of statuses; what is none of them is left out.
func statusesOf(codes []string) []order.Status {
	var chosen []order.Status
	for _, status := range order.Statuses {
		if slices.Contains(codes, status.Code()) {
			chosen = append(chosen, status)
		}
	}
	return chosen
}

// day reads a day of a period; plus moves its start by whole days. What is no day is left out.
func (s *Server) day(text string, plus int) (string, time.Time) {
	t, err := time.ParseInLocation(time.DateOnly, text, s.Now().Location())
	if err != nil {
		return "", time.Time{}
	}
	return text, t.AddDate(0, 0, plus)
}

// order shows an order with its lines, documents, timeline and note.
func (s *Server) order(c echo.Context) error {
	id := order.ID(param(c, "id"))
	source, err := s.orderSource(c, id)
	if err != nil {
		return err
	}
	s.Jobs.RefreshOrder(here(c).account.ID, id)
	return s.answerOrder(c, http.StatusOK, source)
}

// orderSource reads what an order's page is made from, all of it from here.
func (s *Server) orderSource(c echo.Context, id order.ID) (views.OrderSource, error) {
	ctx, account := c.Request().Context(), here(c).account
	o, err := s.Orders.Order(ctx, account.ID, id)
	if err != nil {
		return views.OrderSource{}, err
	}
	timeline, err := s.Orders.Timeline(ctx, account.ID, id)
	if err != nil {
		return views.OrderSource{}, err
	}
	notes, err := s.Orders.Notes(ctx, account.ID, id)
	if err != nil {
		return views.OrderSource{}, err
	}
	items, err := s.Cache.Items(ctx, views.ItemsOf(o))
	if err != nil {
		return views.OrderSource{}, err
	}
	source := views.OrderSource{
		Order: o, Items: items, Right: account.Right, Timeline: timeline, Notes: notes, InvoiceXML: s.Invoices.PublishesInvoices(), Now: s.Now(),
	}
	return source, s.rescuesOf(ctx, &source, here(c))
}

func (s *Server) answerOrder(c echo.Context, status int, source views.OrderSource) error {
	page := views.NewOrder(c.Request().Context(), source)
	if partial(c) {
		return s.render(c, status, views.OrderRegion(page))
	}
	st, err := s.stand(c)
	if err != nil {
		return err
	}
	title := i18n.T(c.Request().Context(), "order.title.one", "Number", string(source.Order.ID))
	return s.render(c, status, views.OrderPage(s.ownFrame(c, st, views.SectionOrders, title), page))
}
