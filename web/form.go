package web

import (
	"errors"
	"net/http"
	"net/url"
	"strconv"
	"strings"

	"github.com/labstack/echo/v4"

	"storefront/internal/errkind"
)

// maxForm bounds a form's body; the largest honest one is a note.
const maxForm = 64 << 10

// param returns a path parameter decoded. Echo decodes a parameter only when the path has no %2F in it, and ids from outside
// may contain slashes.
func param(c echo.Context, name string) string {
	raw := c.Param(name)
	if c.Request().URL.RawPath == "" {
		return raw
	}
	if decoded, err := url.PathUnescape(raw); err == nil {
		return decoded
	}
	return raw
}

// form reads the fields of a posted form. A field that comes twice is refused: which one was meant can't be known.
func form(c echo.Context, names ...string) (map[string]string, error) {
	return formUpTo(c, maxForm, names...)
}

// formUpTo reads a form of a size of its own, in bytes.
func formUpTo(c echo.Context, limit int64, names ...string) (map[string]string, error) {
	r := c.Request()
	r.Body = http.MaxBytesReader(c.Response(), r.Body, limit)
	if err := r.ParseForm(); err != nil {
		var tooLarge *http.MaxBytesError
		if errors.As(err, &tooLarge) {
			return nil, errkind.Wrap(errkind.TooLarge, err)
		}
		return nil, errkind.Wrap(errkind.Invalid, err)
	}
	values := make(map[string]string, len(names))
	for _, name := range names {
		given := r.PostForm[name]
		if len(given) > 1 {
			return nil, errkind.New(errkind.Invalid, "form.repeated")
		}
		if len(given) == 1 {
			values[name] = given[0]
		}
	}
	return values, nil
}

// pageNumber reads ?page=N; anything that is not a page is the first one.
func pageNumber(c echo.Context) int {
	n, err := strconv.Atoi(c.QueryParam("page"))
	if err != nil || n < 1 {
		return 1
	}
	return n
}

// localPath returns an address inside the shop to go on to, or "/" where next is anything else.
func localPath(next string) string {
	u, err := url.Parse(next)
	if err != nil || u.Scheme != "" || u.Host != "" || u.User != nil || u.Opaque != "" {
		return "/"
	}
	if !strings.HasPrefix(next, "/") || strings.HasPrefix(next, "//") || strings.ContainsAny(next, "\\\r\n\t") {
		return "/"
	}
	if decoded := u.Path; strings.HasPrefix(decoded, "//") || strings.ContainsAny(decoded, "\\\r\n\t") {
		return "/"
	}
	return u.RequestURI()
}

// backTo is the page of ours that a form was posted from, or fallback where the browser does not say.
func backTo(c echo.Context, fallback string) string {
	u, err := url.Parse(c.Request().Referer())
	if err != nil || u.Path == "" {
		return fallback
	}
	return localPath(u.RequestURI())
}
