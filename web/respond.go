package web

import (
	"bytes"
	"net/http"
	"strconv"
	"strings"
	"sync"

	"github.com/a-h/templ"
	"github.com/klauspost/compress/gzip"
	"github.com/labstack/echo/v4"
)

// buffers are reused between answers; one that grew beyond maxKept is left to the collector.
var (
	buffers = sync.Pool{New: func() any { return new(bytes.Buffer) }}
	zippers = sync.Pool{New: func() any {
		z, _ := gzip.NewWriterLevel(nil, gzip.BestSpeed) // BestSpeed is a valid level
		return z
	}}
)

const (
	maxKept = 1 << 20
	// worthZipping is about one network packet: below it compression only costs.
	worthZipping = 1400
)

// partial tells whether htmx asks for a region of a page it already shows.
func partial(c echo.Context) bool {
	return c.Request().Header.Get("HX-Request-Type") == "partial"
}

// render writes a component at once: rendered whole first, compressed where it pays, with its length. Everything rendered
// may be personal, so nothing of it may be kept by anybody on the way.
func (s *Server) render(c echo.Context, status int, component templ.Component) error {
	body := buffers.Get().(*bytes.Buffer)
	defer recycle(body)
	if err := component.Render(c.Request().Context(), body); err != nil {
		return err
	}
	h := c.Response().Header()
	h.Set("Cache-Control", "private, no-store")
	h.Set("Vary", "Accept-Encoding, Accept-Language, Cookie, HX-Request, HX-Request-Type")
	h.Set("Content-Type", "text/html; charset=utf-8")
	if body.Len() >= worthZipping && strings.Contains(c.Request().Header.Get("Accept-Encoding"), "gzip") {
		zipped := buffers.Get().(*bytes.Buffer)
		defer recycle(zipped)
		if err := zip(zipped, body.Bytes()); err != nil {
			return err
		}
		h.Set("Content-Encoding", "gzip")
		body = zipped
	}
	h.Set("Content-Length", strconv.Itoa(body.Len()))
	c.Response().WriteHeader(status)
	if c.Request().Method == http.MethodHead {
		return nil
	}
	_, err := c.Response().Write(body.Bytes())
	if err != nil {
		s.Log.Debug("answer not delivered", "request", requestID(c), "error", err)
	}
	return nil
}

func zip(to *bytes.Buffer, body []byte) error {
	z := zippers.Get().(*gzip.Writer)
	defer zippers.Put(z)
	z.Reset(to)
	if _, err := z.Write(body); err != nil {
		return err
	}
	return z.Close()
}

func recycle(b *bytes.Buffer) {
	if b.Cap() <= maxKept {
		b.Reset()
		buffers.Put(b)
	}
}

// seeOther sends the browser to another page of ours after a POST, whether a form or htmx made it.
func seeOther(c echo.Context, path string) error {
	c.Response().Header().Set("Cache-Control", "private, no-store")
	if partial(c) {
		c.Response().Header().Set("HX-Redirect", path)
		return c.NoContent(http.StatusNoContent)
	}
	return c.Redirect(http.StatusSeeOther, path)
}
