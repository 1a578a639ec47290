package web

import (
	"errors"
	"net/http"

	"github.com/labstack/echo/v4"

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
	quantity, err := order.ParseQuantity(typed.Quantity)
	if err == nil {
		v := here(c)
		_, err = s.Desk.AddLine(c.Request().Context(), v.account, v.cred, order.ID(param(c, "id")),
			order.NewLine{ItemID: catalog.ItemID(typed.ItemID), Quantity: quantity})
	}
	return s.orderChanged(c, typed, err)
}

// setOrderLine sets the quantity of a line; zero removes it. Where a line has to be taken out whole and added again, the
// buyer's word is asked for first.
func (s *Server) setOrderLine(c echo.Context) error {
	fields, err := form(c, "quantity", "apart")
	if err != nil {
		return err
	}
	id, item := order.ID(param(c, "id")), catalog.ItemID(param(c, "item"))
	quantity, err := order.ParseQuantity(fields["quantity"])
	if err == nil {
		v := here(c)
		_, err = s.Desk.SetQuantity(c.Request().Context(), v.account, v.cred, id, order.Wish{Item: item, Quantity: quantity, Apart: fields["apart"] != ""})
	}
	return s.orderChanged(c, views.LineForm{Apart: &views.Apart{
		Item: string(item), Action: views.OrderLineURL(id, item), Cancel: views.OrderURL(id), Fields: [][2]string{{"quantity", fields["quantity"]}},
	}}, err)
}

// settleOrderEdit takes the buyer's word on a step of a change that waits: to take it now, or not at all.
func (s *Server) settleOrderEdit(c echo.Context) error {
	fields, err := form(c, "do")
	if err != nil {
		return err
	}
	ctx, v, id, edit := c.Request().Context(), here(c), order.ID(param(c, "id")), order.EditID(param(c, "edit"))
	if fields["do"] == "finish" {
		_, err = s.Desk.FinishEdit(ctx, v.account, v.cred, id, edit)
	} else {
		err = s.Desk.DropEdit(ctx, v.account.ID, id, edit)
	}
	return s.orderChanged(c, views.LineForm{}, err)
}

// orderChanged answers a change of an order: the order as it is now, with what became of the change or what stood in the way.
// What was typed is kept when it was refused. typed.Apart is only asked where the change needs it.
func (s *Server) orderChanged(c echo.Context, typed views.LineForm, err error) error {
	id := order.ID(param(c, "id"))
	if err == nil && !partial(c) {
		return seeOther(c, views.OrderURL(id))
	}
	status, mendable := statuses[errkind.Of(err)]
	if err != nil && (!mendable || errkind.Is(err, errkind.AccessDenied) || errkind.Is(err, errkind.NotFound)) {
		return err
	}
	source, missing := s.orderSource(c, id)
	if missing != nil {
		return missing
	}
	if err == nil {
		return s.answerOrder(c, http.StatusOK, source)
	}
	if !errors.Is(err, order.ErrApart) {
		typed.Apart, typed.Problem = nil, views.NewProblem(c.Request().Context(), err)
	}
	source.LineForm = typed
	return s.answerOrder(c, status, source)
}

// emptyOrder takes every line out of an order that is one too many, once that was confirmed. The order's page tells how it goes.
func (s *Server) emptyOrder(c echo.Context) error {
	v, id := here(c), order.ID(param(c, "id"))
	fields, err := form(c, "confirm")
	if err != nil {
		return err
	}
	if fields["confirm"] == "" {
		return seeOther(c, views.OrderURL(id))
	}
	if err := s.Desk.Empty(c.Request().Context(), v.account, v.cred, id); err != nil {
		return err
	}
	return seeOther(c, views.OrderURL(id))
}
