package web

import (
	"net/http"

	"github.com/labstack/echo/v4"

	"storefront/internal/errkind"
	"storefront/internal/i18n"
	"storefront/internal/order"
	"storefront/views"
)

// noteTemplates shows the buyer's own texts for notes.
func (s *Server) noteTemplates(c echo.Context) error {
	return s.answerNoteTemplates(c, http.StatusOK, views.NoteTemplatesSource{})
}

// addNoteTemplate adds a text. One that is refused stays in the form.
func (s *Server) addNoteTemplate(c echo.Context) error {
	ctx := c.Request().Context()
	fields, err := form(c, "text")
	if err != nil {
		return err
	}
	err = s.NoteTemplates.Add(ctx, here(c).account.ID, fields["text"])
	if errkind.Is(err, errkind.Invalid) {
		problem := views.NewProblem(ctx, err)
		return s.answerNoteTemplates(c, statuses[errkind.Invalid], views.NoteTemplatesSource{Typed: fields["text"], Problem: problem})
	}
	if err != nil {
		return err
	}
	return seeOther(c, views.NoteTemplatesURL)
}

// removeNoteTemplate takes a text off the list.
func (s *Server) removeNoteTemplate(c echo.Context) error {
	id := order.NoteTemplateID(param(c, "id"))
	if err := s.NoteTemplates.Remove(c.Request().Context(), here(c).account.ID, id); err != nil {
		return err
	}
	return seeOther(c, views.NoteTemplatesURL)
}

func (s *Server) answerNoteTemplates(c echo.Context, status int, source views.NoteTemplatesSource) error {
	ctx := c.Request().Context()
	st, err := s.stand(c)
	if err != nil {
		return err
	}
	if source.Texts, err = s.NoteTemplates.List(ctx, here(c).account.ID); err != nil {
		return err
	}
	f := s.ownFrame(c, st, views.SectionOrders, i18n.T(ctx, "notetemplate.title"))
	return s.render(c, status, views.NoteTemplatesPage(f, views.NewNoteTemplates(ctx, source)))
}

// fillNote is a posted note with the text of the list that was pressed below it; as it was typed where none was.
func (s *Server) fillNote(c echo.Context, note, template string) (filled string, pressed bool, err error) {
	if template == "" {
		return note, false, nil
	}
	filled, err = s.NoteTemplates.Insert(c.Request().Context(), here(c).account.ID, note, order.NoteTemplateID(template))
	return filled, true, err
}

// fillCheckoutNote puts a text of the list into the note at checkout. Without scripts it is the whole review again, with all that
// was typed.
func (s *Server) fillCheckoutNote(c echo.Context) error {
	if !partial(c) {
		return s.answerCheckout(c, http.StatusOK, nil)
	}
	source := views.CheckoutSource{Right: here(c).account.Right}
	if err := s.typedAtCheckout(c, &source, order.Cart{}); err != nil {
		return err
	}
	return s.render(c, http.StatusOK, views.CheckoutNoteRegion(views.NewCheckoutNote(c.Request().Context(), source)))
}
