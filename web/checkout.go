package web

import (
	"cmp"
	"errors"
	"net/http"
	"strconv"

	"github.com/labstack/echo/v4"

	"storefront/internal/errkind"
	"storefront/internal/i18n"
	"storefront/internal/order"
	"storefront/views"
)

// checkout reads prices and stock again from the distributor and shows what differs from what the cart said. It is the one
// page that waits for the distributor: an order is agreed to here.
func (s *Server) checkout(c echo.Context) error {
	return s.answerCheckout(c, http.StatusOK, nil)
}

// submit places the order that was agreed to, and leads to the page that follows it. What stands in the way is shown on the
// review, and the cart is as it was.
func (s *Server) submit(c echo.Context) error {
	ctx, v := c.Request().Context(), here(c)
	fields, err := form(c, "cart_version", "token", "agree", "split", "into", "note", "po", "wish_date")
	if err != nil {
		return err
	}
	// Where something differs, the token of the review is the value of the box that has to be ticked.
	agreed := order.Agreement{Token: cmp.Or(fields["agree"], fields["token"]), Split: fields["split"]}
	cart, err := s.Carts.Cart(ctx, v.account.ID)
	if err != nil {
		return err
	}
	agreed.CartVersion, agreed.Note = cart.Version, cart.Note
	if given := fields["cart_version"]; given != "" {
		if agreed.CartVersion, err = strconv.ParseInt(given, 10, 64); err != nil {
			return errkind.Wrap(errkind.Invalid, err)
		}
		agreed.Note = fields["note"]
	}
	if agreed.Wishes, err = s.wishes(fields); err != nil {
		return s.checkoutFailed(c, err)
	}
	if into := order.ID(fields["into"]); into != "" && agreed.Split == "" {
		if err := s.Desk.AddCart(ctx, v.account, v.cred, into, agreed); err != nil {
			return s.checkoutFailed(c, err)
		}
		return seeOther(c, views.OrderURL(into))
	}
	id, err := s.Desk.Place(ctx, v.account, v.cred, agreed)
	if err != nil {
		return s.checkoutFailed(c, err)
	}
	return seeOther(c, views.SubmissionURL(id))
}

func (s *Server) checkoutFailed(c echo.Context, err error) error {
	if errors.Is(err, order.ErrOpenSubmission) {
		if open, found, lookup := s.Submissions.OpenSubmission(c.Request().Context(), here(c).account.ID); lookup == nil && found {
			return seeOther(c, views.SubmissionURL(open.ID))
		}
	}
	status, mendable := statuses[errkind.Of(err)]
	if !mendable || errkind.Of(err) == errkind.AccessDenied {
		return err
	}
	return s.answerCheckout(c, status, views.NewProblem(c.Request().Context(), err))
}

// answerCheckout shows the review with what the service says now. Where it can't be asked, the cart's own page is not lost:
// the review says so and offers to ask again.
func (s *Server) answerCheckout(c echo.Context, status int, problem *views.Problem) error {
	ctx, v := c.Request().Context(), here(c)
	st, err := s.stand(c)
	if err != nil {
		return err
	}
	source := views.CheckoutSource{Note: st.cart.Note, Right: v.account.Right, Rate: st.rate, Problem: problem, Now: s.Now()}
	source.Review, err = s.Desk.Review(ctx, v.account, v.cred)
	switch {
	case errkind.Is(err, errkind.AccessDenied):
		return err
	case err != nil:
		source.Review, source.Problem = order.Review{Cart: st.cart}, views.NewProblem(ctx, err)
		if _, known := statuses[errkind.Of(err)]; !known {
			return err
		}
		status = http.StatusServiceUnavailable
	}
	if source.Joinable, err = s.Desk.Joinable(ctx, v.account); err != nil {
		return err
	}
	if err := s.typedAtCheckout(c, &source, st.cart); err != nil {
		return err
	}
	f := s.ownFrame(c, st, views.SectionCart, i18n.T(ctx, "checkout.title"))
	return s.render(c, status, views.CheckoutPage(f, views.NewCheckout(ctx, source)))
}
