package web

import (
	"net/http"
	"slices"

	"github.com/labstack/echo/v4"

	"storefront/internal/catalog"
	"storefront/internal/errkind"
	"storefront/views"
)

// item shows everything that is known of an item, with this buyer's price and stock.
func (s *Server) item(c echo.Context) error {
	ctx, account := c.Request().Context(), here(c).account
	id := catalog.ItemID(param(c, "id"))
	st, err := s.stand(c)
	if err != nil {
		return err
	}
	if _, _, offered := st.view.Offer(id); !offered && !st.view.Loading() {
		return errkind.New(errkind.NotFound, "item.missing") // not in this buyer's list
	}
	item, err := s.Cache.Item(ctx, id)
	if err != nil {
		return err
	}
	source := views.ItemSource{Item: item, Tree: st.view.Tree(), Shelf: s.shelf(st)}
	if maySeeFits(c) {
		fits, err := s.Cache.Fits(ctx, id)
		if err != nil {
			return err
		}
		source.Fits = append([]catalog.Fit{}, fits...) // not nil: the right is there, even if nothing is known
	}
	if source.Related, err = s.related(c, st, id); err != nil {
		return err
	}
	if source.History, err = s.historyOf(c, id); err != nil {
		return err
	}
	s.Jobs.RefreshItem(account.ID, id)
	page := views.NewItem(ctx, source)
	if partial(c) {
		return s.render(c, http.StatusOK, views.ItemOffer(page))
	}
	return s.render(c, http.StatusOK, views.ItemPage(s.ownFrame(c, st, views.SectionCatalog, item.Name, id), page))
}

// maxPurchases is how many of a buyer's orders of an item its page lists.
const maxPurchases = 10

// historyOf is what this buyer was offered for an item and what he paid.
func (s *Server) historyOf(c echo.Context, id catalog.ItemID) (h views.HistorySource, err error) {
	ctx, b := c.Request().Context(), here(c).account.ID
	if h.Sightings, err = s.History.Sightings(ctx, b, id); err != nil {
		return h, err
	}
	if h.Rates, err = s.History.Rates(ctx); err != nil {
		return h, err
	}
	h.Purchases, err = s.History.Purchases(ctx, b, id, maxPurchases)
	return h, err
}

// maxRelated bounds what is shown beside an item.
const maxRelated = 12

// related lists the items recommended beside one, as far as this buyer is offered them.
func (s *Server) related(c echo.Context, st stand, id catalog.ItemID) ([]catalog.Item, error) {
	ids, err := s.Cache.Related(c.Request().Context(), id)
	if err != nil {
		return nil, err
	}
	ids = slices.DeleteFunc(ids, func(other catalog.ItemID) bool {
		_, _, offered := st.view.Offer(other)
		return !offered || other == id
	})
	return s.Cache.Items(c.Request().Context(), ids[:min(len(ids), maxRelated)])
}
