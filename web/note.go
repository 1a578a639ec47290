package web

import (
	"net/http"

	"github.com/labstack/echo/v4"

	"storefront/internal/errkind"
	"storefront/internal/i18n"
	"storefront/internal/order"
	"storefront/views"
)

// orderNote shows the note alone, with its form open where that is asked for.
func (s *Server) orderNote(c echo.Context) error {
	source, err := s.orderSource(c, order.ID(param(c, "id")))
	if err != nil {
		return err
	}
	source.NoteForm.Open = c.QueryParam("edit") != ""
	return s.answerNote(c, http.StatusOK, source)
}

// saveOrderNote writes the manager's note at the distributor; without the right it is kept here and stays the buyer's own.
// What the service did not take is shown with what was typed.
func (s *Server) saveOrderNote(c echo.Context) error {
	ctx, v, id := c.Request().Context(), here(c), order.ID(param(c, "id"))
	fields, err := form(c, "note")
	if err != nil {
		return err
	}
	outcome, err := s.Desk.SaveNote(ctx, v.account, v.cred, id, fields["note"])
	settled := err == nil && (outcome.State == order.NoteSent || outcome.State == order.NoteKept)
	if settled && !partial(c) {
		return seeOther(c, views.OrderURL(id))
	}
	status, mendable := statuses[errkind.Of(err)]
	if err != nil && (!mendable || errkind.Is(err, errkind.AccessDenied)) {
		return err
	}
	source, missing := s.orderSource(c, id)
	if missing != nil {
		return missing
	}
	source.NoteForm = views.NoteForm{Text: fields["note"], Problem: views.NewProblem(ctx, err)}
	if err != nil {
		return s.answerNote(c, status, source)
	}
	source.NoteForm.Outcome = &outcome
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
