package web

import (
	"net/http"

	"github.com/labstack/echo/v4"
)

// healthz says that the process is alive, whatever the distributor does.
func (s *Server) healthz(c echo.Context) error {
	return c.String(http.StatusOK, "ok\n")
}

// readyz says that our own storage answers; an outage of the distributor does not make a node unready.
func (s *Server) readyz(c echo.Context) error {
	if err := s.Ready(c.Request().Context()); err != nil {
		s.Log.Error("not ready", "error", err)
		return c.String(http.StatusServiceUnavailable, "storage\n")
	}
	return c.String(http.StatusOK, "ok\n")
}
