package web

import (
	"net/http"

	"github.com/labstack/echo/v4"

	"storefront/internal/errkind"
	"storefront/internal/i18n"
	"storefront/internal/order"
	"storefront/views"
)

// orderNote opens the note's form: as a region in place, or as the order's page with the form open.
func (s *Server) orderNote(c echo.Context) error {
	source, err := s.orderSource(c, order.ID(param(c, "id")))
	if err != nil {
		return err
	}
	source.EditingNote = c.QueryParam("cancel") == ""
	return s.answerNote(c, http.StatusOK, source)
}

// saveOrderNote writes the manager's note at the distributor; without the right it is kept here and stays the buyer's own.
func (s *Server) saveOrderNote(c echo.Context) error {
	ctx, v, id := c.Request().Context(), here(c), order.ID(param(c, "id"))
	fields, err := form(c, "note")
	if err != nil {
		return err
	}
	_, err = s.Desk.SaveNote(ctx, v.account, v.cred, id, fields["note"])
	if err == nil && !partial(c) {
		return seeOther(c, views.OrderURL(id))
	}
	status, mendable := statuses[errkind.Of(err)]
	if err != nil && (!mendable || errkind.Of(err) == errkind.AccessDenied) {
		return err
	}
	source, missing := s.orderSource(c, id)
	if missing != nil {
		return missing
	}
	if err != nil {
		source.NoteDraft, source.NoteProblem = fields["note"], views.NewProblem(ctx, err)
		return s.answerNote(c, status, source)
	}
	return s.answerNote(c, http.StatusOK, source)
}

func (s *Server) answerNote(c echo.Context, status int, source views.OrderSource) error {
	ctx := c.Request().Context()
	note := views.NewOrder(ctx, source).Note
	if partial(c) {
		return s.render(c, status, views.OrderNoteRegion(note))
	}
	st, err := s.stand(c)
	if err != nil {
		return err
	}
	title := i18n.T(ctx, "order.title.one", "Number", string(source.Order.ID))
	return s.render(c, status, views.OrderNotePage(s.ownFrame(c, st, views.SectionOrders, title), note))
}
