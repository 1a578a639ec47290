package web

import (
	"crypto/rand"
	"fmt"
	"net/http"
	"runtime/debug"

	"github.com/labstack/echo/v4"

	"storefront/internal/errkind"
	"storefront/internal/i18n"
	"storefront/internal/money"
	"storefront/store/state"
)

// contentSecurityPolicy allows nothing but our own files: no inline script or style, no frame, no foreign address.
const contentSecurityPolicy = "default-src 'none'; script-src 'self'; style-src 'self'; img-src 'self' data:; font-src 'self'; " +
	"connect-src 'self'; form-action 'self'; base-uri 'none'; object-src 'none'; frame-ancestors 'none'"

// secureHeaders sets what every answer carries, errors and panics included.
func (s *Server) secureHeaders(next echo.HandlerFunc) echo.HandlerFunc {
	return func(c echo.Context) error {
		h := c.Response().Header()
		h.Set("Content-Security-Policy", contentSecurityPolicy)
		h.Set("X-Content-Type-Options", "nosniff")
		h.Set("Referrer-Policy", "same-origin")
		h.Set("Cross-Origin-Opener-Policy", "same-origin")
		h.Set("Cross-Origin-Resource-Policy", "same-origin")
		h.Set("Permissions-Policy", "camera=(), geolocation=(), microphone=(), payment=(), usb=()")
		if s.secure() {
			h.Set("Strict-Transport-Security", "max-age=31536000")
		}
		return next(c)
	}
}

// secure tells whether people come over https.
func (s *Server) secure() bool { return s.BaseURL.Scheme == "https" }

// sameOrigin refuses what another site makes a browser send. Requests without Origin and Sec-Fetch-Site don't come from a
// browser and carry no cookie of a person's.
func (s *Server) sameOrigin(next echo.HandlerFunc) echo.HandlerFunc {
	protection := http.NewCrossOriginProtection()
	return func(c echo.Context) error {
		if err := protection.Check(c.Request()); err != nil {
			s.Log.Warn("cross-origin request refused", "event", "csrf_denied", "request", requestID(c), "error", err)
			s.answerError(&errkind.Error{Kind: errkind.CrossOrigin, Err: err}, c)
			return nil
		}
		return next(c)
	}
}

// recoverPanic turns a panic into an error like any other.
func (s *Server) recoverPanic(next echo.HandlerFunc) echo.HandlerFunc {
	return func(c echo.Context) (err error) {
		defer func() {
			if r := recover(); r != nil {
				err = fmt.Errorf("panic: %v\n%s", r, debug.Stack())
				if c.Response().Committed {
					s.Log.Error("panic after the answer had begun", "request", requestID(c), "error", err)
					err = nil
				}
			}
		}()
		return next(c)
	}
}

// recorded refuses at once what would have to be written down while it can't be: nothing of it is begun, nor asked of the
// distributor.
func (s *Server) recorded(next echo.HandlerFunc) echo.HandlerFunc {
	return func(c echo.Context) error {
		if c.Request().Method == http.MethodPost && s.Damage() != nil {
			return state.ErrDamaged
		}
		return next(c)
	}
}

// observe measures an answer by its route template and gives the request its number.
func (s *Server) observe(next echo.HandlerFunc) echo.HandlerFunc {
	return func(c echo.Context) error {
		started := s.Now()
		c.Set(requestKey, rand.Text()[:10])
		err := next(c)
		if err != nil {
			s.answerError(err, c)
		}
		s.Observe(c.Path(), c.Response().Status, s.Now().Sub(started))
		return nil
	}
}

const requestKey = "request"

// requestID is the reference that a person can read out and the log can be searched for.
func requestID(c echo.Context) string {
	id, _ := c.Get(requestKey).(string)
	return id
}

// speak chooses the language, what was chosen here before, else what the browser asks for; and says what prices are in.
func (s *Server) speak(next echo.HandlerFunc) echo.HandlerFunc {
	return func(c echo.Context) error {
		r := c.Request()
		lang := s.Messages.Match(r.Header.Get("Accept-Language"))
		if chosen, err := c.Cookie(languageCookie); err == nil {
			lang = chosen.Value
		}
		ctx := money.WithUnits(r.Context(), s.Units)
		c.SetRequest(r.WithContext(i18n.With(ctx, s.Messages.Printer(lang))))
		return next(c)
	}
}
