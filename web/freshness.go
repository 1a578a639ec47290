package web

import (
	"bytes"
	"fmt"
	"net/http"
	"strings"
	"time"

	"github.com/labstack/echo/v4"

	"storefront/views"
)

const (
	// streamFor bounds one stream of events: its reader comes back for another, and shows anew that he is signed in.
	streamFor = 2 * time.Minute
	// streamTick is how often a stream looks for something to tell. What it looks at is in memory.
	streamTick = time.Second
	// streamWrite bounds the writing of one event.
	streamWrite = 10 * time.Second
)

// freshness tells, as a stream of events, how far loading has come: the region that says how fresh everything is, each time it
// changes. When nothing loads any more the lists are told to read themselves again, and the stream ends.
func (s *Server) freshness(c echo.Context) error {
	ctx := c.Request().Context()
	events := s.stream(c)
	ticker := time.NewTicker(streamTick)
	defer ticker.Stop()
	for ends := s.Now().Add(streamFor); s.Now().Before(ends); {
		view, err := s.Engine.View(ctx, here(c).account.ID)
		if err != nil {
			return err
		}
		fresh := views.NewFreshness(ctx, s.freshnessOf(c, stand{view: view}))
		if err := events.region(fresh); err != nil {
			return nil // he has gone
		}
		if !fresh.Loading() {
			_ = events.send(views.EventPricesReady, "") // nobody is there to be told of a failure
			return nil
		}
		select {
		case <-ticker.C:
		case <-ctx.Done():
			return nil
		case <-s.stopping:
			return nil
		}
	}
	return nil
}

// stream is an answer that goes on.
type stream struct {
	c    echo.Context
	now  func() time.Time
	last string // region sent
}

func (s *Server) stream(c echo.Context) *stream {
	h := c.Response().Header()
	h.Set("Content-Type", "text/event-stream; charset=utf-8")
	h.Set("Cache-Control", "private, no-store")
	h.Set("X-Accel-Buffering", "no") // a proxy in front must pass each event on at once
	c.Response().WriteHeader(http.StatusOK)
	return &stream{c: c, now: s.Now}
}

// region sends the region of freshness if it is not as it was.
func (s *stream) region(fresh views.Freshness) error {
	var markup bytes.Buffer
	if err := views.FreshnessRegion(fresh).Render(s.c.Request().Context(), &markup); err != nil {
		return err
	}
	if markup.String() == s.last {
		return nil
	}
	s.last = markup.String()
	return s.send("", s.last)
}

// send writes one event; one without a name is markup that takes the place of the region.
func (s *stream) send(name, data string) error {
	var event strings.Builder
	if name != "" {
		fmt.Fprintf(&event, "event: %s\n", name)
	}
	for line := range strings.Lines(data + "\n") {
		event.WriteString("data: " + line)
	}
	event.WriteString("\n")
	control := http.NewResponseController(s.c.Response())
	if err := control.SetWriteDeadline(s.now().Add(streamWrite)); err != nil {
		return err
	}
	if _, err := s.c.Response().Write([]byte(event.String())); err != nil {
		return err
	}
	return control.Flush()
}
