package web

import (
	"net/http"
	"slices"

	"github.com/labstack/echo/v4"
	"github.com/shopspring/decimal"

	"storefront/internal/catalog"
	"storefront/internal/errkind"
	"storefront/internal/i18n"
	"storefront/internal/order"
	"storefront/views"
)

// cart shows the cart with live prices and stock.
func (s *Server) cart(c echo.Context) error {
	return s.answerCart(c, http.StatusOK, nil)
}

// addToCart adds a quantity of an item. Pressed in a list, it answers the row's control and the cart in the page's head.
func (s *Server) addToCart(c echo.Context) error {
	ctx, b := c.Request().Context(), here(c).account.ID
	fields, err := form(c, "itemId", "quantity")
	if err != nil {
		return err
	}
	added, err := order.ParseQuantity(fields["quantity"])
	if err != nil {
		return err
	}
	id := catalog.ItemID(fields["itemId"])
	if err := s.canBeOrdered(c, id); err != nil {
		return err
	}
	if _, err := s.Carts.Add(ctx, b, id, added); err != nil {
		return err
	}
	if !partial(c) {
		return seeOther(c, backTo(c, views.CartURL))
	}
	return s.answerAdded(c, id, added)
}

// canBeOrdered refuses what is not in this buyer's list or has no price, and what nobody knows. While his list is still being
// read, checkout decides about what he is offered; until the catalogue was read whole, about what is not known yet.
func (s *Server) canBeOrdered(c echo.Context, id catalog.ItemID) error {
	ctx := c.Request().Context()
	view, err := s.Engine.View(ctx, here(c).account.ID)
	if err != nil {
		return err
	}
	if offer, _, known := view.Offer(id); known {
		if !offer.Orderable() {
			return errkind.New(errkind.Invalid, "cart.on_request")
		}
		return nil
	}
	whole, err := s.Cache.CatalogueRead(ctx)
	if err != nil || !whole {
		return err
	}
	if !view.Loading() {
		return errkind.New(errkind.NotFound, "item.missing")
	}
	_, err = s.Cache.Item(ctx, id)
	return err
}

func (s *Server) answerAdded(c echo.Context, id catalog.ItemID, added decimal.Decimal) error {
	ctx := c.Request().Context()
	st, err := s.stand(c)
	if err != nil {
		return err
	}
	item, err := s.Cache.Item(ctx, id)
	if errkind.Is(err, errkind.NotFound) { // still on its way
		item = catalog.Item{ID: id}
	} else if err != nil {
		return err
	}
	inCart := s.shelf(st).InCart[id]
	offer, _, _ := st.view.Offer(id)
	return s.render(c, http.StatusOK, views.CartAdded(
		views.NewAddControl(ctx, item, offer, inCart), badge(c, st), views.AddedText(ctx, id, added, inCart)))
}

// setCartLine sets a line's quantity; zero removes it.
func (s *Server) setCartLine(c echo.Context) error {
	fields, err := form(c, "quantity")
	if err != nil {
		return err
	}
	id := catalog.ItemID(param(c, "id"))
	quantity, err := order.ParseQuantity(fields["quantity"])
	if err == nil && quantity.IsPositive() {
		err = s.mayBeLine(c, id)
	}
	if err == nil {
		_, err = s.Carts.Set(c.Request().Context(), here(c).account.ID, id, quantity)
	}
	return s.cartChanged(c, err)
}

// mayBeLine refuses a new line of what cannot be ordered. One that is in the cart can be changed whatever became of its item.
func (s *Server) mayBeLine(c echo.Context, id catalog.ItemID) error {
	cart, err := s.Carts.Cart(c.Request().Context(), here(c).account.ID)
	if err != nil || slices.ContainsFunc(cart.Lines, func(l order.CartLine) bool { return l.ItemID == id }) {
		return err
	}
	return s.canBeOrdered(c, id)
}

// setCartNote keeps the note that goes with the order.
func (s *Server) setCartNote(c echo.Context) error {
	fields, err := form(c, "note")
	if err != nil {
		return err
	}
	cart, err := s.Carts.SetNote(c.Request().Context(), here(c).account.ID, fields["note"])
	if err == nil && partial(c) {
		return s.render(c, http.StatusOK, views.CartNoteSaved(views.Cart{Note: cart.Note, Frozen: cart.Frozen}))
	}
	return s.cartChanged(c, err)
}

// cartChanged answers a change of the cart: the cart as it is now, with what stood in the way.
func (s *Server) cartChanged(c echo.Context, err error) error {
	if err == nil && !partial(c) {
		return seeOther(c, views.CartURL)
	}
	if err == nil {
		return s.answerCart(c, http.StatusOK, nil)
	}
	status, mendable := statuses[errkind.Of(err)]
	if !mendable {
		return err
	}
	return s.answerCart(c, status, views.NewProblem(c.Request().Context(), err))
}

func (s *Server) answerCart(c echo.Context, status int, problem *views.Problem) error {
	ctx := c.Request().Context()
	st, err := s.stand(c)
	if err != nil {
		return err
	}
	ids := make([]catalog.ItemID, len(st.cart.Lines))
	for i, line := range st.cart.Lines {
		ids[i] = line.ItemID
	}
	items, err := s.Cache.Items(ctx, ids)
	if err != nil {
		return err
	}
	source := views.CartSource{
		Cart: st.cart, Items: items, Offer: st.view.Offer, Loading: st.view.Loading(), Rate: st.rate, Problem: problem, Now: s.Now(),
	}
	if st.cart.Frozen {
		if err := s.holder(c, &source); err != nil {
			return err
		}
	}
	page := views.NewCart(ctx, source)
	if partial(c) {
		return s.render(c, status, views.CartAnswer(page, badge(c, st)))
	}
	return s.render(c, status, views.CartPage(s.ownFrame(c, st, views.SectionCart, i18n.T(ctx, "cart.title"), ids...), page))
}

// holder finds what holds a frozen cart: a submission, or changes that carry it into an order.
func (s *Server) holder(c echo.Context, source *views.CartSource) error {
	ctx, b := c.Request().Context(), here(c).account.ID
	open, _, err := s.Submissions.OpenSubmission(ctx, b)
	if err != nil {
		return err
	}
	source.Open = open.ID
	carrying, err := s.Edits.CartEdit(ctx, b, source.Cart.ID)
	if carrying != nil {
		source.Carried = carrying.Order
	}
	return err
}
