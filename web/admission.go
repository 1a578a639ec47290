package web

import (
	"net/http"
	"strings"
	"sync/atomic"

	"github.com/labstack/echo/v4"

	"storefront/internal/errkind"
)

// capacity is how many requests are answered at a time. A page takes milliseconds of a processor; beyond some hundred more at once
// only make all of them late.
const capacity = 512

// importance says how much of the capacity a kind of request may fill: when there is too much to do, what matters least is
// turned away first, and there is always room for an order.
type importance int

const (
	forPhotos importance = capacity * 4 / 10
	forPages  importance = capacity * 7 / 10
	forCarts  importance = capacity * 9 / 10 // and for signing in
	forOrders importance = capacity
	// forStreams bounds streams of events by themselves: they last, and cost next to nothing.
	forStreams importance = capacity * 8
)

// admission counts what is being answered.
type admission struct{ answers, streams atomic.Int64 }

// admit turns a request away at once when there is too much to do for one of its kind: who is told to come back in a moment is
// served better than who waits with everybody else. While one is answered, background work steps aside; a stream lasts, and
// takes nothing from anybody.
func (s *Server) admit(next echo.HandlerFunc) echo.HandlerFunc {
	return func(c echo.Context) error {
		room, counted := s.admission.kind(c)
		if counted == nil {
			return next(c)
		}
		defer counted.Add(-1)
		if counted.Add(1) > int64(room) {
			c.Response().Header().Set("Retry-After", "2")
			return errkind.New(errkind.Busy, "")
		}
		if counted == &s.admission.answers {
			defer s.Gate.Enter()()
		}
		return next(c)
	}
}

// kind tells how important a request is and what it is counted with; nil for what is always answered.
func (a *admission) kind(c echo.Context) (importance, *atomic.Int64) {
	route, reads := c.Path(), c.Request().Method == http.MethodGet
	switch {
	case route == "/healthz", route == "/readyz", strings.HasPrefix(route, "/static/"):
		return 0, nil
	case route == "/freshness":
		return forStreams, &a.streams
	case strings.HasPrefix(route, "/photos/"):
		return forPhotos, &a.answers
	case strings.HasPrefix(route, "/submissions"), route == "/checkout", !reads && strings.HasPrefix(route, "/orders"):
		return forOrders, &a.answers
	case !reads, route == "/cart", route == "/login":
		return forCarts, &a.answers
	}
	return forPages, &a.answers
}
