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
	fields, err := form(c, "note", "seen", "template")
	if err != nil {
		return err
	}
	typed := views.NoteForm{Seen: order.NoteMark(fields["seen"])}
	if typed.Text, typed.Filled, err = s.fillNote(c, fields["note"], fields["template"]); err != nil {
		return err
	}
	if typed.Filled {
		return s.answerTypedNote(c, http.StatusOK, id, typed)
	}
	outcome, err := s.Desk.SaveNote(ctx, v.account, v.cred, id, typed.Text, typed.Seen)
	settled := err == nil && outcome.Error == "" && (outcome.State == order.NoteSent || outcome.State == order.NoteKept)
	if settled && !partial(c) {
		return seeOther(c, views.OrderURL(id))
	}
	status, mendable := statuses[errkind.Of(err)]
	if err != nil && (!mendable || errkind.Is(err, errkind.AccessDenied)) {
		return err
	}
	if err != nil {
		typed.Problem = views.NewProblem(ctx, err)
		return s.answerTypedNote(c, status, id, typed)
	}
	typed.Outcome = &outcome
	return s.answerTypedNote(c, http.StatusOK, id, typed)
}

// answerTypedNote shows the order's note with what was typed and what became of it.
func (s *Server) answerTypedNote(c echo.Context, status int, id order.ID, typed views.NoteForm) error {
	source, err := s.orderSource(c, id)
	if err != nil {
		return err
	}
	source.NoteForm = typed
	return s.answerNote(c, status, source)
}

func (s *Server) answerNote(c echo.Context, status int, source views.OrderSource) (err error) {
	ctx := c.Request().Context()
	if source.NoteTexts, err = s.NoteTemplates.List(ctx, here(c).account.ID); err != nil {
		return err
	}
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
