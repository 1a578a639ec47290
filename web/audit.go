package web

import (
	"context"

	"github.com/labstack/echo/v4"

	"storefront/internal/buyer"
	"storefront/store/state"
)

// audit records what happened to an account, under OWASP's names of events. A login that was refused is not recorded: people
// type passwords into that field.
func (s *Server) audit(c echo.Context, b buyer.ID, name, detail string) {
	event := state.Event{At: s.Now(), Buyer: b, Request: requestID(c), Name: name, Detail: detail}
	if err := s.Audit(context.WithoutCancel(c.Request().Context()), event); err != nil {
		s.Log.Error("audit event not recorded", "request", requestID(c), "event", name, "error", err)
	}
}
