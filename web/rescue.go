package web

import (
	"context"
	"net/http"
	"slices"
	"strconv"
	"strings"

	"github.com/labstack/echo/v4"
	"github.com/shopspring/decimal"

	"storefront/internal/catalog"
	"storefront/internal/errkind"
	"storefront/internal/i18n"
	"storefront/internal/order"
	"storefront/internal/search"
	"storefront/views"
)

// maxEquivalents bounds the choice of what may take an item's place.
const maxEquivalents = 6

// rescueChoices shows what can be done about the missing part of an order's line.
func (s *Server) rescueChoices(c echo.Context) error {
	ctx, id, item := c.Request().Context(), order.ID(param(c, "id")), catalog.ItemID(param(c, "item"))
	source := views.RescueSource{Right: here(c).account.Right}
	var err error
	if source.Order, err = s.Orders.Order(ctx, here(c).account.ID, id); err != nil {
		return err
	}
	if !source.Order.Missing(item).IsPositive() {
		return order.ErrNotShort
	}
	st, err := s.stand(c)
	if err != nil {
		return err
	}
	if source.Item, source.Equivalents, err = s.equivalents(c, st, item, source.Order.Missing(item)); err != nil {
		return err
	}
	source.Shelf = s.shelf(st)
	choices := views.NewRescueChoices(ctx, source)
	if partial(c) {
		return s.render(c, http.StatusOK, views.RescueRegion(choices))
	}
	choices.Alone = true
	title := i18n.T(ctx, "rescue.title", "Item", choices.Item, "Missing", choices.Missing)
	return s.render(c, http.StatusOK, views.RescuePage(s.ownFrame(c, st, views.SectionOrders, title), choices))
}

// equivalents describes an item and lists what may take the place of what is missing of it: offered to this buyer and in stock
// in his branch, what there is enough of first, then the cheapest. An item that is not known here has none.
func (s *Server) equivalents(c echo.Context, st stand, id catalog.ItemID, missing decimal.Decimal) (item catalog.Item, found []catalog.Item, err error) {
	ctx := c.Request().Context()
	item, err = s.Cache.Item(ctx, id)
	if errkind.Is(err, errkind.NotFound) {
		return catalog.Item{ID: id}, nil, nil
	}
	if err != nil || item.OriginalNumber == "" {
		return item, nil, err
	}
	found, err = s.Cache.Items(ctx, st.view.Search(search.Query{Text: item.OriginalNumber}).IDs)
	if err != nil {
		return item, nil, err
	}
	found = slices.DeleteFunc(found, func(other catalog.Item) bool {
		offer, _, known := st.view.Offer(other.ID)
		return other.ID == id || !alike(item, other) || !known || !offer.Orderable() || !offer.Available.IsPositive()
	})
	slices.SortStableFunc(found, func(a, b catalog.Item) int {
		x, _, _ := st.view.Offer(a.ID)
		y, _, _ := st.view.Offer(b.ID)
		if enough := x.Available.GreaterThanOrEqual(missing); enough != y.Available.GreaterThanOrEqual(missing) {
			return map[bool]int{true: -1, false: 1}[enough]
		}
		return x.Price.Cmp(*y.Price)
	})
	return item, found[:min(len(found), maxEquivalents)], nil
}

// alike tells whether one item does for another: made for the same original number, and of the same kind. A number alone is not
// enough, for drums and gears carry that of the cartridge they belong to.
func alike(a, b catalog.Item) bool {
	kind := func(item catalog.Item) string {
		word, _, _ := strings.Cut(catalog.Fold(item.Name), " ")
		return word
	}
	return catalog.Compact(a.OriginalNumber) == catalog.Compact(b.OriginalNumber) && (kind(a) == kind(b) || a.Category != "" && a.Category == b.Category)
}

// rescue carries out what was chosen about the missing part of an order's line.
func (s *Server) rescue(c echo.Context) error {
	fields, err := form(c, "choice", "other", "note", "apart", "wait")
	if err != nil {
		return err
	}
	id, item := order.ID(param(c, "id")), catalog.ItemID(param(c, "item"))
	r := order.Rescue{Order: id, Item: item, Choice: order.RescueChoice(fields["choice"]), Other: catalog.ItemID(fields["other"])}
	v := here(c)
	switch r.Choice {
	case order.RescueEquivalent, order.RescueDrop:
		_, err = s.Desk.Rescue(c.Request().Context(), v.account, v.cred, r, fields["apart"] != "")
	case order.RescueCart:
		if err = s.rescueByCart(c, r); err == nil {
			return seeOther(c, views.CartURL)
		}
	case "done":
		err = s.endWait(c, id, fields["wait"])
	default:
		err = s.keepRescue(c, r, fields["note"])
	}
	return s.orderChanged(c, views.LineForm{Apart: &views.Apart{
		Item: string(item), Action: views.RescueURL(id, item), Cancel: views.OrderURL(id),
		Fields: [][2]string{{"choice", fields["choice"]}, {"other", fields["other"]}},
	}}, err)
}

// rescueByCart puts what is missing, or an equivalent, into the cart.
func (s *Server) rescueByCart(c echo.Context, r order.Rescue) error {
	ctx, b, put := c.Request().Context(), here(c).account.ID, r.Item
	if r.Other != "" {
		put = r.Other
	}
	o, err := s.Orders.Order(ctx, b, r.Order)
	if err != nil {
		return err
	}
	missing := o.Missing(r.Item)
	if !missing.IsPositive() {
		return order.ErrNotShort
	}
	if err := s.canBeOrdered(c, put); err != nil {
		return err
	}
	if _, err := s.Carts.Add(ctx, b, put, missing); err != nil {
		return err
	}
	_, err = s.Desk.KeepRescue(ctx, b, r)
	return err
}

// keepRescue keeps a choice to wait, or a note for whoever may change the order. What was written stays the buyer's own.
func (s *Server) keepRescue(c echo.Context, r order.Rescue, note string) error {
	ctx, v := c.Request().Context(), here(c)
	switch r.Choice {
	case order.RescueWait:
		item, err := s.Cache.Item(ctx, r.Item)
		if err != nil && !errkind.Is(err, errkind.NotFound) {
			return err
		}
		r.Due = item.TransitDate
	case order.RescueNote:
		if err := s.Desk.DraftNote(ctx, v.account.ID, r.Order, note); err != nil {
			return err
		}
	default:
		return order.ErrRescue
	}
	_, err := s.Desk.KeepRescue(ctx, v.account.ID, r)
	return err
}

func (s *Server) endWait(c echo.Context, id order.ID, wait string) error {
	n, err := strconv.ParseInt(wait, 10, 64)
	if err != nil {
		return order.ErrNoRescue
	}
	return s.Rescues.CloseRescue(c.Request().Context(), here(c).account.ID, id, n)
}

// arrived tells whether the buyer's branch has got some of what is waited for: what he was offered before he began to wait has
// been reserved meanwhile.
func (st stand) arrived(r order.Rescue) bool {
	offer, readAt, known := st.view.Offer(r.Item)
	return known && offer.Available.IsPositive() && readAt.After(r.CreatedAt)
}

// rescuesOf adds to an order's page what was changed and chosen of its lines.
func (s *Server) rescuesOf(ctx context.Context, source *views.OrderSource, v visit) (err error) {
	b, id := v.account.ID, source.Order.ID
	if source.Edits, err = s.Edits.Edits(ctx, b, id, maxEdits); err != nil {
		return err
	}
	if source.Rescues, err = s.Rescues.Rescues(ctx, b, id); err != nil {
		return err
	}
	view, err := s.Engine.View(ctx, b)
	source.Quiet, source.Arrived = s.Desk.Quiet, stand{view: view}.arrived
	return err
}

// maxEdits is how many changes of its lines an order's page lists.
const maxEdits = 20
