package web

import (
	"net/http"
	"strconv"

	"github.com/labstack/echo/v4"

	"storefront/internal/catalog"
	"storefront/internal/errkind"
)

// photo answers an item's n-th photo, resized. It takes an item's id and never an address. Photos are the same for all buyers,
// so the browser may keep them; the address does not change with the picture, so not for ever.
func (s *Server) photo(c echo.Context) error {
	ctx := c.Request().Context()
	item, err := s.Cache.Item(ctx, catalog.ItemID(param(c, "id")))
	if err != nil {
		return err
	}
	n, _ := strconv.Atoi(c.QueryParam("n"))
	width, _ := strconv.Atoi(c.QueryParam("w"))
	if n < 0 || n >= len(item.PhotoURLs) {
		return errkind.New(errkind.NotFound, "photo.missing")
	}
	image, err := s.Photos.Get(ctx, item.ID, item.PhotoURLs[n:n+1], width)
	if err != nil {
		return err
	}
	h := c.Response().Header()
	h.Set("Cache-Control", "public, max-age=86400")
	h.Set("Content-Security-Policy", "default-src 'none'; sandbox")
	h.Set("ETag", image.ETag)
	if c.Request().Header.Get("If-None-Match") == image.ETag {
		return c.NoContent(http.StatusNotModified)
	}
	return c.Blob(http.StatusOK, image.Type, image.Bytes)
}
