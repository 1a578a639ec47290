package web

import (
	"net/http"

	"github.com/labstack/echo/v4"

	"storefront/internal/buyer"
	"storefront/views"
)

// suggestions is how many items the drop-down under the search box shows.
const suggestions = 8

// search lists what a text finds. A text that is exactly one item's article, and finds nothing else, opens the item.
func (s *Server) search(c echo.Context) error {
	q := views.ParseList("", c.QueryParams())
	if q.Text == "" {
		return seeOther(c, views.CatalogURL(""))
	}
	q.Fits = maySeeFits(c)
	st, err := s.stand(c)
	if err != nil {
		return err
	}
	found := st.view.Search(q)
	if found.Exact != "" && !partial(c) {
		return seeOther(c, views.ItemURL(found.Exact))
	}
	return s.answerList(c, st, q, found)
}

// suggest answers the drop-down while a text is being typed.
func (s *Server) suggest(c echo.Context) error {
	ctx := c.Request().Context()
	q := views.ParseList("", c.QueryParams())
	st, err := s.stand(c)
	if err != nil {
		return err
	}
	items, err := s.Cache.Items(ctx, st.view.Suggest(q.Text, suggestions, maySeeFits(c)))
	if err != nil {
		return err
	}
	return s.render(c, http.StatusOK, views.SuggestList(views.NewSuggest(ctx, views.SuggestSource{Text: q.Text, Items: items, Shelf: s.shelf(st)})))
}

// maySeeFits tells whether compatibility rows are open to this account: the service gives them only with the edit right.
func maySeeFits(c echo.Context) bool { return here(c).account.Right == buyer.RightEdit }
