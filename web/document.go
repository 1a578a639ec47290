package web

import (
	"mime"
	"net/http"
	"slices"

	"github.com/labstack/echo/v4"

	"storefront/internal/errkind"
	"storefront/internal/i18n"
	"storefront/internal/order"
	"storefront/views"
)

// documentsPerPage is how many orders' documents a page lists.
const documentsPerPage = 30

// documents lists invoices and transfer documents of all orders by period.
func (s *Server) documents(c echo.Context) error {
	ctx := c.Request().Context()
	q := views.DocumentQuery{From: c.QueryParam("from"), To: c.QueryParam("to"), Kind: order.DocumentKind(c.QueryParam("kind")), Number: c.QueryParam("q"), Page: pageNumber(c)}
	if !slices.Contains(order.DocumentKinds[:], q.Kind) {
		q.Kind = order.AnyDocument
	}
	filter := order.Filter{Documents: q.Kind, Number: q.Number, Limit: documentsPerPage, Offset: (q.Page - 1) * documentsPerPage}
	q.From, filter.From = s.day(q.From, 0)
	q.To, filter.To = s.day(q.To, 1)
	found, total, readAt, err := s.copies(c, filter)
	if err != nil {
		return err
	}
	page := views.NewDocuments(ctx, views.DocumentsSource{
		Query: q, Orders: found, Total: total, PerPage: documentsPerPage, ReadAt: readAt, Now: s.Now(),
	})
	if partial(c) {
		return s.render(c, http.StatusOK, views.DocumentsRegion(page))
	}
	st, err := s.stand(c)
	if err != nil {
		return err
	}
	return s.render(c, http.StatusOK, views.DocumentsPage(s.ownFrame(c, st, views.SectionDocuments, i18n.T(ctx, "document.title")), page))
}

// invoice gives an order's invoice as the distributor writes it, for the buyer's own books. It is asked for when a person
// asks: this answer waits for the distributor.
func (s *Server) invoice(c echo.Context) error {
	ctx, v := c.Request().Context(), here(c)
	o, err := s.Orders.Order(ctx, v.account.ID, order.ID(param(c, "id")))
	if err != nil {
		return err
	}
	if !o.Invoice.Exists() {
		return errkind.New(errkind.NotFound, "document.no_invoice")
	}
	document, err := s.Invoices.InvoiceXML(ctx, v.cred, o.ID)
	if err != nil {
		return err
	}
	name := mime.FormatMediaType("attachment", map[string]string{"filename": "invoice-" + string(o.ID) + ".xml"})
	c.Response().Header().Set("Content-Disposition", name)
	return c.Blob(http.StatusOK, "application/xml; charset=utf-8", []byte(document))
}
