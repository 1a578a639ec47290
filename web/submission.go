package web

import (
	"errors"
	"net/http"

	"github.com/labstack/echo/v4"

	"storefront/internal/i18n"
	"storefront/internal/order"
	"storefront/views"
)

// submission follows one attempt to order until it is settled. The page asks for its region again by itself.
func (s *Server) submission(c echo.Context) error {
	ctx, b := c.Request().Context(), here(c).account.ID
	sub, err := s.Submissions.Submission(ctx, b, order.SubmissionID(param(c, "id")))
	if err != nil {
		return err
	}
	history, err := s.Submissions.History(ctx, b, sub.ID)
	if err != nil {
		return err
	}
	source := views.SubmissionSource{Submission: sub, History: history, QuietPeriod: s.QuietPeriod, Now: s.Now()}
	if sub.OrderID != "" {
		placed, err := s.Orders.Order(ctx, b, sub.OrderID)
		switch {
		case err == nil:
			source.Order = &placed
		case !errors.Is(err, order.ErrNoOrder):
			return err
		}
		s.Jobs.RefreshOrder(b, sub.OrderID)
	}
	page := views.NewSubmission(ctx, source)
	if partial(c) {
		return s.render(c, http.StatusOK, views.SubmissionRegion(page))
	}
	st, err := s.stand(c)
	if err != nil {
		return err
	}
	return s.render(c, http.StatusOK, views.SubmissionPage(s.ownFrame(c, st, views.SectionOrders, i18n.T(ctx, "submission.title")), page))
}
