package web

import (
	"net/http"

	"github.com/labstack/echo/v4"

	"storefront/internal/catalog"
	"storefront/internal/errkind"
	"storefront/internal/i18n"
	"storefront/internal/money"
	"storefront/internal/order"
	"storefront/views"
)

// What a repetition is refused for.
var (
	errNothingChosen = errkind.New(errkind.Invalid, "repeat.nothing_chosen")
	errNotOrderable  = errkind.New(errkind.Invalid, "repeat.not_orderable")
	errNotOffered    = errkind.New(errkind.Invalid, "repeat.not_offered")
)

// repeated is where a session keeps what was put from an order, until it was said.
const repeated = "repeated"

// maxRepeatForm bounds the form of an order as long as a cart can be.
const maxRepeatForm = 512 << 10

// repeat shows what has changed for this buyer since he placed an order, and lets him choose what to order again.
func (s *Server) repeat(c echo.Context) error {
	source, st, err := s.repeatSource(c)
	if err != nil {
		return err
	}
	source.Put = views.ReadPut(s.sessions.PopString(c.Request().Context(), repeated), source.Order.ID)
	return s.answerRepeat(c, http.StatusOK, st, source)
}

// repeatOrder puts the chosen lines into the cart or onto the watch list, all of them or none. Nothing is ordered by it.
func (s *Server) repeatOrder(c echo.Context) error {
	source, st, err := s.repeatSource(c)
	if err != nil {
		return err
	}
	fields, err := formUpTo(c, maxRepeatForm, views.RepeatFields(source.Lines)...)
	if err != nil {
		return err
	}
	source.Choice = views.ReadRepeat(source.Lines, fields)
	put, err := s.put(c, &source, fields["to"])
	status, mendable := statuses[errkind.Of(err)]
	switch {
	case err == nil:
		s.sessions.Put(c.Request().Context(), repeated, put.String())
		return seeOther(c, views.RepeatURL(source.Order.ID))
	case !mendable:
		return err
	}
	source.Problem = views.NewProblem(c.Request().Context(), err)
	return s.answerRepeat(c, status, st, source)
}

// put checks what was chosen and puts it where it was sent. What stands in the way is marked in the source.
func (s *Server) put(c echo.Context, source *views.RepeatSource, to string) (views.Put, error) {
	ctx, b := c.Request().Context(), here(c).account.ID
	put := views.Put{Order: source.Order.ID, Watched: to == views.RepeatToWatch}
	var lines []order.NewLine
	var ids []catalog.ItemID
	var refused error
	for _, l := range source.Lines {
		choice := source.Choice[l.ItemID]
		if !choice.Taken {
			continue
		}
		line, err := chosen(l, choice.Quantity, put.Watched)
		if err != nil {
			refused = err
			choice.Wrong = true
			source.Choice[l.ItemID] = choice
			continue
		}
		lines, ids, put.Pieces = append(lines, line), append(ids, l.ItemID), put.Pieces.Add(line.Quantity)
	}
	put.Lines = len(lines)
	switch {
	case refused != nil:
		return put, refused
	case len(lines) == 0:
		return put, errNothingChosen
	case put.Watched:
		return put, s.Watches.Watch(ctx, b, ids...)
	}
	_, err := s.Carts.AddAll(ctx, b, lines)
	return put, err
}

// chosen reads a line that was chosen. To be watched it has to be offered, to be ordered it needs a price, too.
func chosen(l order.RepeatLine, quantity string, watched bool) (order.NewLine, error) {
	line := order.NewLine{ItemID: l.ItemID, Quantity: l.Quantity}
	switch {
	case watched && !l.Offered:
		return line, errNotOffered
	case watched:
		return line, nil
	case !l.Orderable():
		return line, errNotOrderable
	}
	var err error
	if line.Quantity, err = order.ParseQuantity(quantity); err == nil && line.Quantity.IsZero() {
		err = order.ErrQuantity
	}
	return line, err
}

// repeatSource compares an order with what its buyer is offered now, all of it from here.
func (s *Server) repeatSource(c echo.Context) (views.RepeatSource, stand, error) {
	ctx, account := c.Request().Context(), here(c).account
	o, err := s.Orders.Order(ctx, account.ID, order.ID(param(c, "id")))
	if err != nil {
		return views.RepeatSource{}, stand{}, err
	}
	s.Jobs.RefreshOrder(account.ID, o.ID)
	st, err := s.stand(c)
	if err != nil {
		return views.RepeatSource{}, stand{}, err
	}
	offer := func(id catalog.ItemID) (catalog.Offer, bool) {
		found, _, known := st.view.Offer(id)
		return found, known
	}
	source := views.RepeatSource{Order: o, Lines: order.Repeat(o, offer, st.view.Loading(), money.Units(ctx), st.rate), Shelf: s.shelf(st)}
	source.Items, err = s.Cache.Items(ctx, views.ItemsOf(o))
	return source, st, err
}

func (s *Server) answerRepeat(c echo.Context, status int, st stand, source views.RepeatSource) error {
	ctx := c.Request().Context()
	title := i18n.T(ctx, "repeat.title", "Number", string(source.Order.ID))
	f := s.ownFrame(c, st, views.SectionOrders, title, views.ItemsOf(source.Order)...)
	return s.render(c, status, views.RepeatPage(f, views.NewRepeat(ctx, source)))
}
