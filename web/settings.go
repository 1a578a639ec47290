package web

import (
	"net/http"
	"slices"
	"time"

	"github.com/labstack/echo/v4"

	"storefront/internal/errkind"
	"storefront/internal/i18n"
)

// Choices for the interface live in cookies of their own: they say nothing of the buyer and are needed before sign-in too.
const (
	languageCookie = "lang"
	themeCookie    = "theme"
	choiceLife     = 365 * 24 * time.Hour
)

var themes = []string{"", "light", "dark"}

// saveSettings keeps the language or the theme and goes back to the page it was chosen on.
func (s *Server) saveSettings(c echo.Context) error {
	fields, err := form(c, "language", "theme", "next")
	if err != nil {
		return err
	}
	if lang, given := fields["language"]; given {
		if !slices.Contains(i18n.Languages[:], lang) {
			return errkind.New(errkind.Invalid, "")
		}
		s.keepChoice(c, languageCookie, lang)
	}
	if theme, given := fields["theme"]; given {
		if !slices.Contains(themes, theme) {
			return errkind.New(errkind.Invalid, "")
		}
		s.keepChoice(c, themeCookie, theme)
	}
	return seeOther(c, localPath(fields["next"]))
}

func (s *Server) keepChoice(c echo.Context, name, value string) {
	cookie := &http.Cookie{
		Name: name, Value: value, Path: "/", MaxAge: int(choiceLife.Seconds()),
		HttpOnly: true, Secure: s.secure(), SameSite: http.SameSiteLaxMode,
	}
	if value == "" {
		cookie.MaxAge = -1
	}
	c.SetCookie(cookie)
}

// theme is the theme chosen in this browser; "" follows the system.
func theme(c echo.Context) string {
	if cookie, err := c.Cookie(themeCookie); err == nil && slices.Contains(themes, cookie.Value) {
		return cookie.Value
	}
	return ""
}
