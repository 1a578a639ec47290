package web

import (
	"net/http"

	"github.com/labstack/echo/v4"

	"storefront/internal/catalog"
	"storefront/internal/i18n"
	"storefront/views"
)

// Bounds of what is new: so many of the assortment are looked at, and so many of what a buyer bought say what is his.
const (
	maxNew    = 1000
	maxBought = 500
)

// changes lists what changed since the last visit, one kind at a time.
func (s *Server) changes(c echo.Context) error {
	ctx := c.Request().Context()
	st, err := s.stand(c)
	if err != nil {
		return err
	}
	source, err := s.changesOf(c, st)
	if err != nil {
		return err
	}
	kind, page := source.Kind(c.QueryParam("kind")), pageNumber(c)
	items, err := s.Cache.Items(ctx, source.OnPage(kind, page))
	if err != nil {
		return err
	}
	f := s.ownFrame(c, st, views.SectionHome, i18n.T(ctx, "change.title"), source.OnPage(kind, page)...)
	return s.render(c, http.StatusOK, views.ChangesPage(f, views.NewChanges(ctx, source, kind, page, items, s.shelf(st))))
}

// changesOf gathers what changed for a buyer since his last visit; at his first there is nothing to compare with but his
// own marks.
func (s *Server) changesOf(c echo.Context, st stand) (views.ChangesSource, error) {
	ctx, account := c.Request().Context(), here(c).account
	source := views.ChangesSource{Since: account.LastSeen, Marks: views.HeldMarks(st.watches, s.shelf(st)), Now: s.Now()}
	if source.Since.IsZero() {
		return source, nil
	}
	var err error
	if source.Changes, err = s.History.Changes(ctx, account.ID, source.Since); err != nil {
		return source, err
	}
	if source.Statuses, err = s.History.StatusChanges(ctx, account.ID, source.Since); err != nil {
		return source, err
	}
	if source.Cuts, err = s.History.CutsSince(ctx, account.ID, source.Since); err != nil {
		return source, err
	}
	source.New, err = s.newFor(c, st, source)
	return source, err
}

// newFor lists what joined the assortment, is offered to this buyer, and is of a brand and of a category that he buys.
func (s *Server) newFor(c echo.Context, st stand, source views.ChangesSource) ([]catalog.Newcomer, error) {
	ctx := c.Request().Context()
	all, err := s.Cache.NewItems(ctx, source.Since, maxNew)
	if err != nil || len(all) == 0 {
		return nil, err
	}
	ids, err := s.History.Bought(ctx, here(c).account.ID, maxBought)
	if err != nil {
		return nil, err
	}
	bought, err := s.Cache.Items(ctx, ids)
	if err != nil {
		return nil, err
	}
	brands, categories := map[string]bool{}, map[catalog.CategoryID]bool{}
	for _, item := range bought {
		brands[item.Brand], categories[item.Category] = true, true
	}
	var his []catalog.Newcomer
	for _, one := range all {
		_, _, offered := st.view.Offer(one.Item.ID)
		if offered && brands[one.Item.Brand] && categories[one.Item.Category] {
			his = append(his, one)
		}
	}
	return his, nil
}
