package web

import (
	"github.com/labstack/echo/v4"

	"storefront/static"
)

// routes lists every address of the shop, grouped by who may call it.
func (s *Server) routes(e *echo.Echo) {
	// Anybody, without a session.
	e.GET("/healthz", s.healthz)
	e.GET("/readyz", s.readyz)
	e.GET("/static/*", echo.WrapHandler(static.Handler()))
	e.HEAD("/static/*", echo.WrapHandler(static.Handler()))

	// Anybody, with or without having signed in.
	shop := e.Group("", s.session)
	shop.GET("/login", s.signInPage)
	shop.POST("/login", s.signIn)
	shop.POST("/logout", s.signOut)
	shop.POST("/settings", s.saveSettings)

	// A signed-in buyer. What a page shows is his own.
	own := shop.Group("", s.signedIn, s.recorded)
	own.GET("/", s.home)
	own.GET("/catalog", s.catalog)
	own.GET("/catalog/:category", s.catalog)
	own.GET("/search", s.search)
	own.GET("/suggest", s.suggest)
	own.GET("/items/:id", s.item)
	own.GET("/photos/:id", s.photo)
	own.GET("/freshness", s.freshness)

	own.GET("/cart", s.cart)
	own.POST("/cart/items", s.addToCart)
	own.POST("/cart/items/:id", s.setCartLine)
	own.POST("/cart/note", s.setCartNote)
	own.GET("/checkout", s.checkout)
	own.POST("/checkout", s.submit)
	own.POST("/checkout/note", s.fillCheckoutNote)
	own.GET("/submissions/:id", s.submission)
	own.POST("/submissions/:id/settle", s.settleSubmission)
	own.POST("/submissions/:id/give-up", s.giveUpSubmission)

	own.GET("/orders", s.orders)
	own.GET("/orders/:id", s.order)
	own.POST("/orders/:id/lines", s.addOrderLine)
	own.POST("/orders/:id/empty", s.emptyOrder)
	own.POST("/orders/:id/lines/:item", s.setOrderLine)
	own.GET("/orders/:id/lines/:item/rescue", s.rescueChoices)
	own.POST("/orders/:id/lines/:item/rescue", s.rescue)
	own.POST("/orders/:id/edits/:edit", s.settleOrderEdit)
	own.GET("/orders/:id/note", s.orderNote)
	own.POST("/orders/:id/note", s.saveOrderNote)
	own.GET("/orders/:id/invoice.xml", s.invoice)
	own.GET("/orders/:id/repeat", s.repeat)
	own.POST("/orders/:id/repeat", s.repeatOrder)
	own.GET("/documents", s.documents)

	own.GET("/settings/notes", s.noteTemplates)
	own.POST("/settings/notes", s.addNoteTemplate)
	own.POST("/settings/notes/:id", s.removeNoteTemplate)

	own.GET("/changes", s.changes)
	own.GET("/lists", s.lists)
	own.GET("/lists/watch", s.watchList)
	own.POST("/lists/watch/items", s.watch)
	own.POST("/lists/watch/items/:id", s.setWatch)

	// Last: every group brings an answer of its own for what it does not know, and the last one counts.
	shop.RouteNotFound("/*", s.notFound)
}

// operatorRoutes lists what only the operator's listener answers.
func (s *Server) operatorRoutes(e *echo.Echo) {
	e.GET("/healthz", s.healthz)
	e.GET("/readyz", s.readyz)
	e.GET("/static/*", echo.WrapHandler(static.Handler()))
	e.GET("/operator", s.operator)
	e.GET("/metrics", echo.WrapHandler(s.Metrics))
}
