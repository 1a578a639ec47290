package web

import (
	"net/http"

	"github.com/labstack/echo/v4"
	"github.com/shopspring/decimal"

	"storefront/internal/buyer"
	"storefront/internal/catalog"
	"storefront/internal/errkind"
	"storefront/internal/i18n"
	"storefront/internal/money"
	"storefront/internal/order"
	"storefront/internal/search"
	"storefront/views"
)

// stand is what a signed-in buyer's pages stand on: his view of the assortment, his cart, his watch list and the rate. It is
// read once a request and never outlives it.
type stand struct {
	view    *search.View
	cart    order.Cart
	watches []buyer.Watch // the latest added first
	rate    money.Rate
}

func (s *Server) stand(c echo.Context) (stand, error) {
	ctx, b := c.Request().Context(), here(c).account.ID
	view, err := s.Engine.View(ctx, b)
	if err != nil {
		return stand{}, err
	}
	cart, err := s.Carts.Cart(ctx, b)
	if err != nil {
		return stand{}, err
	}
	watches, err := s.Watches.Watches(ctx, b)
	if err != nil {
		return stand{}, err
	}
	rate, err := s.Cache.Rate(ctx)
	return stand{view: view, cart: cart, watches: watches, rate: rate}, err
}

// shelf is what rows of items are made from.
func (s *Server) shelf(st stand) views.Shelf {
	inCart := make(map[catalog.ItemID]decimal.Decimal, len(st.cart.Lines))
	for _, line := range st.cart.Lines {
		inCart[line.ItemID] = line.Quantity
	}
	watched := make(map[catalog.ItemID]buyer.Watch, len(st.watches))
	for _, w := range st.watches {
		watched[w.ItemID] = w
	}
	return views.Shelf{Offer: st.view.Offer, Loading: st.view.Loading(), InCart: inCart, Watched: watched, Rate: st.rate, Now: s.Now()}
}

// total is what the cart costs in conventional units; nil unless every line has a price.
func (st stand) total() *decimal.Decimal {
	total := decimal.Zero
	for _, line := range st.cart.Lines {
		offer, _, known := st.view.Offer(line.ItemID)
		if !known || !offer.Orderable() {
			return nil
		}
		total = total.Add(offer.Price.Mul(line.Quantity))
	}
	return &total
}

// badge is the cart in the page's head.
func badge(c echo.Context, st stand) views.CartBadge {
	return views.NewCartBadge(c.Request().Context(), len(st.cart.Lines), st.total())
}

// freshness is how old the prices of the shown items are (of the whole list where none are shown) and what is being read.
func (s *Server) freshnessOf(c echo.Context, st stand, shown ...catalog.ItemID) views.FreshnessSource {
	catalogue, prices := s.Jobs.Progress(here(c).account.ID)
	if st.view.Loading() && prices.Failed == "" {
		prices.Running = true // or about to
	}
	if !s.Down().IsZero() && prices.Failed == "" {
		prices.Failed = string(errkind.Unreachable)
	}
	return views.FreshnessSource{PricesAt: st.view.ReadAt(shown...), Catalogue: catalogue, Prices: prices, Now: s.Now()}
}

// frame is what stands around a page. titleKey names its title.
func (s *Server) frame(c echo.Context, titleKey string) views.Frame {
	f := views.Frame{Path: c.Request().URL.RequestURI(), Theme: theme(c), ReadOnly: s.Damage() != nil}
	if c.Request().Method != http.MethodGet {
		f.Path = views.HomeURL
	}
	if titleKey != "" {
		f.Title = i18n.T(c.Request().Context(), titleKey)
	}
	return f
}

// ownFrame is the frame of a signed-in buyer's page.
func (s *Server) ownFrame(c echo.Context, st stand, section views.Section, title string, shown ...catalog.ItemID) views.Frame {
	f := s.frame(c, "")
	account := here(c).account
	f.Title, f.Section, f.Login, f.Right = title, section, string(account.ID), account.Right
	f.Cart = badge(c, st)
	f.Rate = views.NewRateNote(c.Request().Context(), st.rate, s.Now())
	f.Fresh = views.NewFreshness(c.Request().Context(), s.freshnessOf(c, st, shown...))
	return f
}

// problemFrame is the frame of an error page: the buyer's own where there is one and it can still be made.
func (s *Server) problemFrame(c echo.Context) views.Frame {
	if here(c).account.ID == "" {
		return s.frame(c, "")
	}
	st, err := s.stand(c)
	if err != nil {
		return s.frame(c, "")
	}
	return s.ownFrame(c, st, "", "")
}
