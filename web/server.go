// Package web is HTTP in and out: it reads input, asks one or two services, and answers with a page, a fragment or a redirect.
//
// No SQL, no SOAP and no markup here. A handler returns an error instead of answering with one; errors.go is the only place
// that turns an error into a response. Every answer is rendered into a buffer and written at once (respond.go), so that
// nothing half done reaches a person and the session is saved exactly once before the first byte (session.go).
package web

import (
	"context"
	"log/slog"
	"net"
	"net/http"
	"net/http/pprof"
	"net/url"
	"time"

	"github.com/alexedwards/scs/v2"
	"github.com/labstack/echo/v4"

	"storefront/internal/buyer"
	"storefront/internal/catalog"
	"storefront/internal/i18n"
	"storefront/internal/money"
	"storefront/internal/order"
	"storefront/internal/pace"
	"storefront/internal/photo"
	"storefront/internal/search"
	"storefront/store/state"
	"storefront/views"
)

// Refresher is the background: what a page may nudge without waiting for it, and what it says of its progress.
type Refresher interface {
	SignedIn(buyer.ID)
	RefreshCategory(buyer.ID, catalog.CategoryID)
	RefreshItem(buyer.ID, catalog.ItemID)
	RefreshOrders(buyer.ID)
	RefreshOrder(buyer.ID, order.ID)
	Progress(buyer.ID) (catalogue, prices catalog.Progress)
}

// Descriptions are what all buyers share: the distributor's words about items, and the rate.
type Descriptions interface {
	// CatalogueRead tells whether the catalogue was ever read whole: until then an item not known may be on its way.
	CatalogueRead(context.Context) (bool, error)
	Item(context.Context, catalog.ItemID) (catalog.Item, error)
	// Items answers in the order asked, without those it does not know.
	Items(context.Context, []catalog.ItemID) ([]catalog.Item, error)
	Fits(context.Context, catalog.ItemID) ([]catalog.Fit, error)
	// Related is what the distributor recommends beside an item.
	Related(context.Context, catalog.ItemID) ([]catalog.ItemID, error)
	Rate(context.Context) (money.Rate, error)
	// NewItems lists what joined the assortment after a moment, the latest first, at most n.
	NewItems(ctx context.Context, since time.Time, n int) ([]catalog.Newcomer, error)
}

// History is what was seen and bought before: each buyer's own, but for the rate.
type History interface {
	// Sightings lists what an item was offered at, oldest first.
	Sightings(context.Context, buyer.ID, catalog.ItemID) ([]catalog.Sighting, error)
	// Changes lists what he buys or watches and is not as it was at a moment.
	Changes(ctx context.Context, b buyer.ID, since time.Time) ([]catalog.Change, error)
	StatusChanges(ctx context.Context, b buyer.ID, since time.Time) ([]order.StatusChange, error)
	CutsSince(ctx context.Context, b buyer.ID, since time.Time) ([]order.Cut, error)
	// Bought lists the items he ordered, the latest first, at most n.
	Bought(ctx context.Context, b buyer.ID, n int) ([]catalog.ItemID, error)
	// Purchases lists his orders of an item, the latest first, at most n.
	Purchases(ctx context.Context, b buyer.ID, item catalog.ItemID, n int) ([]order.Purchase, error)
	Rates(context.Context) ([]money.Rate, error)
}

// Invoices are had from the distributor when a person asks for one.
type Invoices interface {
	// PublishesInvoices tells whether the distributor gives them at all. It does not wait.
	PublishesInvoices() bool
	InvoiceXML(context.Context, buyer.Credentials, order.ID) (string, error)
}

// Server answers people. Every dependency is a named field; New checks none of them, the composition root sets them all.
type Server struct {
	BaseURL        *url.URL
	TrustedProxies []*net.IPNet
	Units          money.Currency // of prices without a currency

	SignIn      *buyer.SignIn
	Register    *buyer.Register
	Accounts    buyer.AccountStore
	Audit       func(context.Context, state.Event) error
	Sessions    *state.Sessions
	Submissions order.SubmissionStore
	Orders      order.OrderStore
	Edits       order.EditStore
	Rescues     order.RescueStore
	Invoices    Invoices
	History     History
	Watches     buyer.WatchStore
	Wishes      order.WishStore
	Cache       Descriptions
	Engine      *search.Engine
	Carts       *order.Carts
	Desk        *order.Desk
	Jobs        Refresher
	Photos      *photo.Photos
	Messages    *i18n.Catalogue

	NoteTemplates *order.NoteTemplates

	// Active notes that a buyer did something.
	Active func(context.Context, buyer.ID, time.Time) error
	// Damage tells what is wrong with state.db; nil while it can be written.
	Damage func() error
	// Down tells since when the distributor has answered nothing; zero while it does.
	Down func() time.Time
	// Gate lets background work step aside for requests. It may be nil.
	Gate *pace.Gate
	// Operator gathers what the operator's page shows.
	Operator func(context.Context) (views.OperatorSource, error)
	Metrics  http.Handler
	Observe  func(route string, status int, took time.Duration)
	Ready    func(context.Context) error
	Log      *slog.Logger
	Now      func() time.Time

	sessions  *scs.SessionManager
	admission *admission
	stopping  chan struct{} // closed when streams have to end
}

// Stop ends the streams of events, which would otherwise be waited for. It is called once.
func (s *Server) Stop() { close(s.stopping) }

// Handler builds the shop's own listener.
func (s *Server) Handler() http.Handler {
	s.sessions, s.admission, s.stopping = s.newSessionManager(), new(admission), make(chan struct{})
	e := s.newEcho()
	e.Use(s.observe, s.secureHeaders, s.speak, s.admit, s.sameOrigin, s.recoverPanic)
	s.routes(e)
	return e
}

// OperatorHandler builds the operator's listener. It has no sign-in: it must listen where only the operator comes.
func (s *Server) OperatorHandler() http.Handler {
	e := s.newEcho()
	e.Use(s.secureHeaders, s.speak, s.recoverPanic)
	s.operatorRoutes(e)
	e.GET("/debug/pprof/*", echo.WrapHandler(http.HandlerFunc(pprof.Index)))
	e.GET("/debug/pprof/profile", echo.WrapHandler(http.HandlerFunc(pprof.Profile)))
	e.GET("/debug/pprof/trace", echo.WrapHandler(http.HandlerFunc(pprof.Trace)))
	return e
}

func (s *Server) newEcho() *echo.Echo {
	e := echo.New()
	e.HideBanner, e.HidePort = true, true
	e.HTTPErrorHandler = s.answerError
	e.IPExtractor = echo.ExtractIPDirect()
	if len(s.TrustedProxies) > 0 {
		trust := []echo.TrustOption{echo.TrustLoopback(false), echo.TrustLinkLocal(false), echo.TrustPrivateNet(false)}
		for _, network := range s.TrustedProxies {
			trust = append(trust, echo.TrustIPRange(network))
		}
		e.IPExtractor = echo.ExtractIPFromXFFHeader(trust...)
	}
	return e
}
