package web

import (
	"net/http"

	"github.com/labstack/echo/v4"

	"storefront/internal/order"
	"storefront/views"
)

// wishes reads what a buyer gave with an order: a number of his own and a day.
func (s *Server) wishes(fields map[string]string) (order.Wishes, error) {
	return order.ParseWishes(fields["po"], fields["wish_date"], s.Now())
}

// typedAtCheckout fills in what the buyer types at checkout: as it was posted, or else with the wishes of the last try of his cart.
func (s *Server) typedAtCheckout(c echo.Context, source *views.CheckoutSource, cart order.Cart) (err error) {
	ctx, b := c.Request().Context(), here(c).account.ID
	if source.NoteTexts, err = s.NoteTemplates.List(ctx, b); err != nil {
		return err
	}
	if c.Request().Method != http.MethodPost {
		wished, err := s.Wishes.CartWishes(ctx, b, cart.ID)
		source.Wishes = views.NewWishForm(wished, s.Now())
		return err
	}
	fields, err := form(c, "note", "agree", "po", "wish_date", "into", "template")
	if err != nil {
		return err
	}
	source.Agreed, source.Wishes = fields["agree"] != "", views.NewWishForm(order.Wishes{}, s.Now())
	source.Into = order.ID(fields["into"])
	source.Wishes.Number, source.Wishes.Day = fields["po"], fields["wish_date"]
	source.Note, source.NoteFilled, err = s.fillNote(c, fields["note"], fields["template"])
	return err
}
