package web

import (
	"context"
	"errors"
	"net/http"
	"net/url"
	"strings"

	"github.com/labstack/echo/v4"

	"storefront/internal/errkind"
	"storefront/views"
)

// statuses maps the kinds of errors to HTTP. A kind that is missing is our own fault.
var statuses = map[errkind.Kind]int{
	errkind.AccessDenied:  http.StatusUnauthorized,
	errkind.NonAuthorized: http.StatusForbidden,
	errkind.BusinessLogic: http.StatusUnprocessableEntity,
	errkind.Contract:      http.StatusUnprocessableEntity,
	errkind.Technical:     http.StatusBadGateway,
	errkind.Timeout:       http.StatusGatewayTimeout,
	errkind.Unreachable:   http.StatusServiceUnavailable,
	errkind.NotSOAP:       http.StatusBadGateway,
	errkind.Unsupported:   http.StatusNotImplemented,
	errkind.Invalid:       http.StatusUnprocessableEntity,
	errkind.NotFound:      http.StatusNotFound,
	errkind.Conflict:      http.StatusConflict,
	errkind.Throttled:     http.StatusTooManyRequests,
	errkind.SignedOut:     http.StatusUnauthorized,
	errkind.CrossOrigin:   http.StatusForbidden,
	errkind.Method:        http.StatusMethodNotAllowed,
	errkind.TooLarge:      http.StatusRequestEntityTooLarge,
	errkind.Busy:          http.StatusServiceUnavailable,
	errkind.StateDamaged:  http.StatusServiceUnavailable,
}

// lastResort is what is left when even the error page can't be rendered.
const lastResort = `<!doctype html><html lang="ru"><meta charset="utf-8"><title>ВТТ</title><p>Страница не открылась. Обновите её через минуту. / The page did not open. Reload it in a minute.</p></html>`

// answerError turns an error into a response: the one place that does.
func (s *Server) answerError(err error, c echo.Context) {
	if c.Response().Committed {
		return
	}
	if errors.Is(err, context.Canceled) && c.Request().Context().Err() != nil {
		s.Log.Debug("nobody waits for the answer any more", "request", requestID(c))
		return
	}
	err = known(err)
	kind := errkind.Of(err)
	if kind == errkind.SignedOut {
		_ = s.toSignIn(c)
		return
	}
	if kind == errkind.AccessDenied && here(c).account.ID != "" {
		// The password was changed at the distributor: this session's is worth nothing any more.
		s.endSession(c)
		_ = s.toSignIn(c)
		return
	}
	status, listed := statuses[kind]
	if !listed {
		status = http.StatusInternalServerError
	}
	s.logError(c, status, err)
	page := s.recoverPanic(func(c echo.Context) error { return s.renderError(c, status, err) })
	if failed := page(c); failed != nil {
		s.Log.Error("error page not rendered", "request", requestID(c), "error", failed)
		_ = c.HTML(http.StatusInternalServerError, lastResort)
	}
}

func (s *Server) renderError(c echo.Context, status int, err error) error {
	ctx := c.Request().Context()
	if partial(c) {
		// The region that was asked for stays as it is: what went wrong is announced.
		c.Response().Header().Set("HX-Reswap", "none")
		return s.render(c, status, views.ProblemAnnouncement(views.NewProblem(ctx, err)))
	}
	retry := ""
	if c.Request().Method == http.MethodGet && status >= http.StatusInternalServerError {
		retry = localPath(c.Request().URL.RequestURI())
	}
	return s.render(c, status, views.FailurePage(s.problemFrame(c), views.NewFailure(ctx, err, requestID(c), retry)))
}

// known gives echo's own errors our kinds, so that everything after it deals with one sort of error.
func known(err error) error {
	var he *echo.HTTPError
	var tooLarge *http.MaxBytesError
	switch {
	case errors.As(err, &tooLarge):
		return errkind.Wrap(errkind.TooLarge, err)
	case errors.As(err, &he) && he.Code == http.StatusNotFound:
		return errkind.Wrap(errkind.NotFound, err)
	case errors.As(err, &he) && he.Code == http.StatusMethodNotAllowed:
		return errkind.Wrap(errkind.Method, err)
	}
	return err
}

func (s *Server) logError(c echo.Context, status int, err error) {
	level := s.Log.Info
	switch {
	case errkind.Is(err, errkind.Busy):
		level = s.Log.Debug // there are many of these, and they are counted
	case status >= http.StatusInternalServerError:
		level = s.Log.Error
	}
	level("request failed", "request", requestID(c), "route", c.Path(), "status", status, "kind", errkind.Of(err), "cause", errkind.CauseOf(err), "error", err)
}

// toSignIn leads to the sign-in page and back: never a sign-in form inside a region of another page.
func (s *Server) toSignIn(c echo.Context) error {
	r := c.Request()
	back := "/"
	switch {
	case partial(c):
		if u, err := url.Parse(r.Header.Get("HX-Current-URL")); err == nil {
			back = localPath(u.RequestURI())
		}
	case r.Method == http.MethodGet:
		back = localPath(r.URL.RequestURI())
	default:
		if u, err := url.Parse(r.Referer()); err == nil && u.Path != "" {
			back = localPath(u.RequestURI())
		}
	}
	to := "/login"
	if back != "/" && !strings.HasPrefix(back, "/login") {
		to += "?next=" + url.QueryEscape(back)
	}
	return seeOther(c, to)
}

// notFound answers what no route answers. A group's own answer hides that the path exists for another method: that is said.
func (s *Server) notFound(c echo.Context) error {
	r := c.Request()
	for _, method := range []string{http.MethodGet, http.MethodPost} {
		probe := c.Echo().AcquireContext()
		c.Echo().Router().Find(method, r.URL.EscapedPath(), probe)
		template := probe.Path()
		c.Echo().ReleaseContext(probe)
		if method != r.Method && template != c.Path() {
			c.Response().Header().Set("Allow", method)
			return errkind.New(errkind.Method, "")
		}
	}
	return errkind.New(errkind.NotFound, "")
}
