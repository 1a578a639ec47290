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
	source := views.SubmissionSource{Submission: sub, History: history, Answered: s.Desk.Answered(b, sub.ID), Right: here(c).account.Right, Now: s.Now()}
	if err := s.addOrders(c, &source); err != nil {
		return err
	}
	if err := s.addRelatives(c, &source); err != nil {
		return err
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

// unsettled lists the buyer's submissions of which it is not known what they became, or of which an order turned up late.
func (s *Server) unsettled(c echo.Context) ([]order.Submission, error) {
	return s.Submissions.Unsettled(c.Request().Context(), here(c).account.ID, s.Now().Add(-order.LateWatch))
}

// addOrders adds the order that a submission became, or those it may have become. It nudges the background to read the order.
func (s *Server) addOrders(c echo.Context, source *views.SubmissionSource) (err error) {
	ctx, b, sub := c.Request().Context(), here(c).account.ID, source.Submission
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
		source.Candidates, err = s.Desk.Candidates(ctx, sub)
	}
	return err
}

// addRelatives adds the submission that this one repeats, and the one that repeats it.
func (s *Server) addRelatives(c echo.Context, source *views.SubmissionSource) error {
	ctx, b, sub := c.Request().Context(), here(c).account.ID, source.Submission
	children, err := s.Submissions.Children(ctx, b, sub.ID)
	if err != nil {
		return err
	}
	if len(children) > 0 {
		source.Child = &children[len(children)-1]
	}
	if sub.Parent == "" {
		return nil
	}
	parent, err := s.Submissions.Submission(ctx, b, sub.Parent)
	source.Parent = &parent
	return err
}

// settleSubmission takes the buyer's word on which order a submission became, or that it is none of those he has seen. Only
// a submission that waits for him changes.
func (s *Server) settleSubmission(c echo.Context) error {
	ctx, v, id := c.Request().Context(), here(c), order.SubmissionID(param(c, "id"))
	fields, err := form(c, "order", "seen")
	if err != nil {
		return err
	}
	if chosen := order.ID(fields["order"]); chosen != "" {
		_, err = s.Desk.Choose(ctx, v.account, v.cred, id, chosen)
	} else {
		_, err = s.Desk.Dismiss(ctx, v.account.ID, id, views.SplitOrders(fields["seen"]))
	}
	return s.settled(c, id, err)
}

// giveUpSubmission takes the buyer's word that he does not wait for the order any more.
func (s *Server) giveUpSubmission(c echo.Context) error {
	id := order.SubmissionID(param(c, "id"))
	_, err := s.Desk.GiveUp(c.Request().Context(), here(c).account.ID, id)
	return s.settled(c, id, err)
}

// settled leads back to the submission, also where it had been settled before.
func (s *Server) settled(c echo.Context, id order.SubmissionID, err error) error {
	if err != nil && !errors.Is(err, order.ErrSettled) {
		return err
	}
	return seeOther(c, views.SubmissionURL(id))
}
