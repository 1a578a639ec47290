package web

import (
	"net/http"

	"github.com/labstack/echo/v4"

	"storefront/internal/i18n"
	"storefront/internal/order"
	"storefront/views"
)

// openOnHome is how many open orders the start page shows.
const openOnHome = 8

// home is today: what changed since the last visit, open orders, the cart, the rate, how fresh everything is.
func (s *Server) home(c echo.Context) error {
	ctx := c.Request().Context()
	st, err := s.stand(c)
	if err != nil {
		return err
	}
	open, _, readAt, err := s.copies(c, order.Filter{Statuses: []order.Status{order.Reserving, order.Assembly}, Limit: openOnHome})
	if err != nil {
		return err
	}
	unsettled, err := s.unsettled(c)
	if err != nil {
		return err
	}
	changes, err := s.changesOf(c, st)
	if err != nil {
		return err
	}
	waits, err := s.Rescues.Waits(ctx, here(c).account.ID)
	if err != nil {
		return err
	}
	f := s.ownFrame(c, st, views.SectionHome, i18n.T(ctx, "home.title"))
	return s.render(c, http.StatusOK, views.HomePage(f, views.NewHome(ctx, views.HomeSource{
		Orders: open, OrdersReadAt: readAt, Changes: changes, Unsettled: unsettled, Waits: waits, Arrived: st.arrived,
		CartLines: len(st.cart.Lines), CartTotal: st.total(), Fresh: s.freshnessOf(c, st), Rate: st.rate,
		Roots: st.view.Tree(), Now: s.Now(),
	})))
}
