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
	changes, err := s.changesOf(c, st)
	if err != nil {
		return err
	}
	f := s.ownFrame(c, st, views.SectionHome, i18n.T(ctx, "home.title"))
	return s.render(c, http.StatusOK, views.HomePage(f, views.NewHome(ctx, views.HomeSource{
		Orders: open, OrdersReadAt: readAt, Changes: changes,
		CartLines: len(st.cart.Lines), CartTotal: st.total(), Fresh: s.freshnessOf(c, st), Rate: st.rate,
		Roots: st.view.Tree(), Now: s.Now(),
	})))
}

// freshness answers the region that says how fresh everything is; while something loads the page asks for it by itself, and
// when nothing does any more, lists are told to read themselves again.
func (s *Server) freshness(c echo.Context) error {
	st, err := s.stand(c)
	if err != nil {
		return err
	}
	fresh := views.NewFreshness(c.Request().Context(), s.freshnessOf(c, st))
	if !fresh.Loading() {
		c.Response().Header().Set("HX-Trigger", views.EventPricesReady)
	}
	return s.render(c, http.StatusOK, views.FreshnessRegion(fresh))
}
