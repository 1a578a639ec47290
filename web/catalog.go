package web

import (
	"net/http"

	"github.com/labstack/echo/v4"

	"storefront/internal/catalog"
	"storefront/internal/errkind"
	"storefront/internal/search"
	"storefront/views"
)

// catalog lists a category, or everything.
func (s *Server) catalog(c echo.Context) error {
	category := catalog.CategoryID(param(c, "category"))
	q := views.ParseList(category, c.QueryParams())
	q.Text = "" // a text is searched for under /search
	if category != "" {
		if err := s.knownCategory(category); err != nil {
			return err
		}
		s.Jobs.RefreshCategory(here(c).account.ID, category)
	}
	return s.list(c, q)
}

// knownCategory refuses what is no category. Before the tree was read, nothing is known to be none.
func (s *Server) knownCategory(id catalog.CategoryID) error {
	tree := s.Engine.Index().Categories()
	if _, known := tree.Category(id); known || id == catalog.Uncategorised || len(tree.Roots()) == 0 {
		return nil
	}
	return errkind.New(errkind.NotFound, "catalog.missing")
}

// list answers with a list of items, whole or only its results.
func (s *Server) list(c echo.Context, q search.Query) error {
	st, err := s.stand(c)
	if err != nil {
		return err
	}
	q.Fits = maySeeFits(c)
	return s.answerList(c, st, q, st.view.Search(q))
}

func (s *Server) answerList(c echo.Context, st stand, q search.Query, found search.Result) error {
	ctx := c.Request().Context()
	items, err := s.Cache.Items(ctx, found.IDs)
	if err != nil {
		return err
	}
	progress, _ := s.Jobs.Progress(here(c).account.ID)
	page := views.NewCatalog(ctx, views.CatalogSource{
		Query: q, Result: found, Items: items, Tree: st.view.Tree(), Catalogue: progress, Shelf: s.shelf(st),
	})
	if partial(c) {
		return s.render(c, http.StatusOK, views.CatalogResults(page))
	}
	f := s.ownFrame(c, st, views.SectionCatalog, page.Heading, found.IDs...)
	f.Query = q.Text
	return s.render(c, http.StatusOK, views.CatalogPage(f, page))
}
