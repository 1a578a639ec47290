package web

import (
	"net/http"

	"github.com/labstack/echo/v4"
	"github.com/shopspring/decimal"

	"storefront/internal/catalog"
	"storefront/internal/errkind"
	"storefront/internal/order"
	"storefront/views"
)

// addOrderLine adds an item to an order that is still being reserved.
func (s *Server) addOrderLine(c echo.Context) error {
	fields, err := form(c, "itemId", "quantity")
	if err != nil {
		return err
	}
	typed := views.LineForm{ItemID: fields["itemId"], Quantity: fields["quantity"]}
	return s.changeLine(c, typed, func(quantity decimal.Decimal) (order.Edit, error) {
		v := here(c)
		return s.Desk.AddLine(c.Request().Context(), v.account, v.cred, order.ID(param(c, "id")),
			order.NewLine{ItemID: catalog.ItemID(typed.ItemID), Quantity: quantity})
	})
}

// setOrderLine sets the quantity of a line; zero removes it.
func (s *Server) setOrderLine(c echo.Context) error {
	fields, err := form(c, "quantity")
	if err != nil {
		return err
	}
	item := catalog.ItemID(param(c, "item"))
	return s.changeLine(c, views.LineForm{Quantity: fields["quantity"]}, func(quantity decimal.Decimal) (order.Edit, error) {
		v := here(c)
		return s.Desk.SetQuantity(c.Request().Context(), v.account, v.cred, order.ID(param(c, "id")), item, quantity)
	})
}

// changeLine does a change and answers the order as it is now, with what became of the change or what stood in the way. What
// was typed is kept when it was refused.
func (s *Server) changeLine(c echo.Context, typed views.LineForm, change func(decimal.Decimal) (order.Edit, error)) error {
	quantity, err := order.ParseQuantity(typed.Quantity)
	var done order.Edit
	if err == nil {
		done, err = change(quantity)
	}
	status, mendable := statuses[errkind.Of(err)]
	if err != nil && (!mendable || errkind.Of(err) == errkind.AccessDenied) {
		return err
	}
	source, missing := s.orderSource(c, order.ID(param(c, "id")))
	if missing != nil {
		return missing
	}
	if err != nil {
		typed.Problem = views.NewProblem(c.Request().Context(), err)
		source.LineForm = typed
		return s.answerOrder(c, status, source)
	}
	source.LineForm = views.LineForm{Edit: &done}
	return s.answerOrder(c, http.StatusOK, source)
}
