package web

import (
	"errors"
	"net/http"

	"github.com/a-h/templ"
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
	if sub.State == order.NeedsBuyer {
		if source.Candidates, err = s.Desk.Candidates(ctx, sub); err != nil {
			return err
		}
	}
	page := views.NewSubmission(ctx, source)
	st, err := s.stand(c)
	if err != nil {
		return err
	}
	if partial(c) { // the cart in the head changes when the submission is settled
		return s.render(c, http.StatusOK, templ.Join(views.SubmissionRegion(page), views.CartLinkSwap(badge(c, st))))
	}
	return s.render(c, http.StatusOK, views.SubmissionPage(s.ownFrame(c, st, views.SectionOrders, i18n.T(ctx, "submission.title")), page))
}

// settleSubmission takes the buyer's word on which order a submission became; an empty number means none of those shown. Only
// a submission that waits for him changes.
func (s *Server) settleSubmission(c echo.Context) error {
	v, id := here(c), order.SubmissionID(param(c, "id"))
	fields, err := form(c, "order")
	if err != nil {
		return err
	}
	_, err = s.Desk.Settle(c.Request().Context(), v.account, v.cred, id, order.ID(fields["order"]))
	if err != nil && !errors.Is(err, order.ErrSettled) {
		return err
	}
	return seeOther(c, views.SubmissionURL(id))
}
