package web

import (
	"net/http"

	"github.com/labstack/echo/v4"

	"storefront/views"
)

// operator shows the operator how the shop and the distributor's service are doing.
func (s *Server) operator(c echo.Context) error {
	ctx := c.Request().Context()
	source, err := s.Operator(ctx)
	if err != nil {
		return err
	}
	f := s.frame(c, "operator.title")
	return s.render(c, http.StatusOK, views.OperatorPage(f, views.NewOperator(ctx, source)))
}
