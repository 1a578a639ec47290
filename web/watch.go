package web

import (
	"net/http"

	"github.com/labstack/echo/v4"

	"storefront/internal/buyer"
	"storefront/internal/catalog"
	"storefront/internal/errkind"
	"storefront/internal/i18n"
	"storefront/views"
)

// lists says what lists there are.
func (s *Server) lists(c echo.Context) error {
	ctx := c.Request().Context()
	st, err := s.stand(c)
	if err != nil {
		return err
	}
	page := views.NewLists(ctx, len(st.watches), len(views.HeldMarks(st.watches, s.shelf(st))))
	return s.render(c, http.StatusOK, views.ListsPage(s.ownFrame(c, st, views.SectionLists, i18n.T(ctx, "watch.lists")), page))
}

// watchList shows the items that a buyer watches, with the marks he put on them.
func (s *Server) watchList(c echo.Context) error {
	return s.answerWatchList(c, http.StatusOK, views.WatchListSource{Page: pageNumber(c)})
}

// watchesPerPage is how many items of the watch list a page shows.
const watchesPerPage = 50

// answerWatchList fills a page of the watch list in around what is known of it.
func (s *Server) answerWatchList(c echo.Context, status int, source views.WatchListSource) error {
	ctx := c.Request().Context()
	st, err := s.stand(c)
	if err != nil {
		return err
	}
	source.Total, source.Shelf = len(st.watches), s.shelf(st)
	source.Pages = max(1, (source.Total+watchesPerPage-1)/watchesPerPage)
	if at := watchPage(st.watches, source.Wrong); at > 0 {
		source.Page = at
	}
	source.Page = min(source.Page, source.Pages)
	from := (source.Page - 1) * watchesPerPage
	source.Watches = st.watches[from:min(from+watchesPerPage, source.Total)]
	ids := make([]catalog.ItemID, len(source.Watches))
	for i, w := range source.Watches {
		ids[i] = w.ItemID
	}
	if source.Items, err = s.Cache.Items(ctx, ids); err != nil {
		return err
	}
	f := s.ownFrame(c, st, views.SectionLists, i18n.T(ctx, "watch.title"), ids...)
	return s.render(c, status, views.WatchesPage(f, views.NewWatchList(ctx, source)))
}

// watchPage is the page of the watch list that an item stands on; 0 if it is not on the list.
func watchPage(watches []buyer.Watch, id catalog.ItemID) int {
	for i, w := range watches {
		if w.ItemID == id {
			return i/watchesPerPage + 1
		}
	}
	return 0
}

// watch puts an item on the watch list. Its history begins with a reading of it.
func (s *Server) watch(c echo.Context) error {
	ctx, b := c.Request().Context(), here(c).account.ID
	fields, err := form(c, "itemId", "wide")
	if err != nil {
		return err
	}
	item, err := s.offered(c, catalog.ItemID(fields["itemId"]))
	if err != nil {
		return err
	}
	if err := s.Watches.Watch(ctx, b, item.ID); err != nil {
		return err
	}
	s.Jobs.RefreshItem(b, item.ID)
	return s.starred(c, item, true, fields["wide"] != "")
}

// setWatch takes an item off the watch list, or changes the mark put on it.
func (s *Server) setWatch(c echo.Context) error {
	fields, err := form(c, "remove", "wide", "price", "branch", "main")
	if err != nil {
		return err
	}
	id := catalog.ItemID(param(c, "id"))
	if fields["remove"] != "" {
		return s.unwatch(c, id, fields["wide"] != "")
	}
	mark := buyer.Mark{Branch: fields["branch"] != "", Main: fields["main"] != ""}
	mark.Price, err = buyer.ParseWantedPrice(fields["price"])
	if err == nil {
		err = s.Watches.SetMark(c.Request().Context(), here(c).account.ID, id, mark)
	}
	if errkind.Is(err, errkind.Invalid) {
		problem := views.NewProblem(c.Request().Context(), err)
		return s.answerWatchList(c, statuses[errkind.Invalid], views.WatchListSource{Page: 1, Typed: fields["price"], Wrong: id, Problem: problem})
	}
	if err != nil {
		return err
	}
	return seeOther(c, views.WatchAt(id))
}

func (s *Server) unwatch(c echo.Context, id catalog.ItemID, wide bool) error {
	ctx := c.Request().Context()
	if err := s.Watches.Unwatch(ctx, here(c).account.ID, id); err != nil {
		return err
	}
	item, err := s.offered(c, id)
	if errkind.Is(err, errkind.NotFound) {
		item, err = catalog.Item{ID: id, Name: string(id)}, nil // it may have left his list, or the cache was lost
	}
	if err != nil {
		return err
	}
	return s.starred(c, item, false, wide)
}

// offered is an item that this buyer is offered; while his list is being read, one that exists.
func (s *Server) offered(c echo.Context, id catalog.ItemID) (catalog.Item, error) {
	view, err := s.Engine.View(c.Request().Context(), here(c).account.ID)
	if err != nil {
		return catalog.Item{}, err
	}
	if _, _, known := view.Offer(id); !known && !view.Loading() {
		return catalog.Item{}, errkind.New(errkind.NotFound, "item.missing")
	}
	return s.Cache.Item(c.Request().Context(), id)
}

// starred answers a press of the star: in place, or the page it was pressed on.
func (s *Server) starred(c echo.Context, item catalog.Item, on, wide bool) error {
	if !partial(c) {
		return seeOther(c, backTo(c, views.WatchListURL))
	}
	return s.render(c, http.StatusOK, views.Starred(
		views.NewStar(item.ID, item.Name, on, wide), views.StarredText(c.Request().Context(), item.ID, on)))
}
