package views

import (
	"context"
	"time"

	"github.com/shopspring/decimal"

	"storefront/internal/i18n"
	"storefront/internal/money"
	"storefront/internal/order"
	"storefront/internal/search"
)

// HomeSource is what today's page is made from.
type HomeSource struct {
	Orders []order.Order // open ones, newest first
	// OrdersReadAt is when the service's list of orders was last read whole; zero: not yet.
	OrdersReadAt time.Time
	Changes      ChangesSource      // since the last visit
	Unsettled    []order.Submission // of which it is not known what they became, or an order turned up late
	Waits        []order.Rescue
	Arrived      func(order.Rescue) bool // whether the buyer's branch has got some of what is waited for
	CartLines    int
	CartTotal    *decimal.Decimal // dollars; nil while prices are loading
	Fresh        FreshnessSource
	Rate         money.Rate
	Roots        []search.Branch // tops of the catalogue with this buyer's counts
	Now          time.Time
}

// Home is today's page.
type Home struct {
	Today        string
	Changes      ChangeSummary
	Attention    []Attention
	Reminders    []Reminder
	Orders       []HomeOrder
	OrdersReadAt Moment
	OrdersKnown  bool // false until the list was read for the first time
	Cart         CartBadge
	Fresh        Freshness
	Rate         RateNote
	Roots        []Branch
}

// HomeOrder is an open order.
type HomeOrder struct {
	ID, URL string
	Created Moment
	Status  StatusBadge
	Goods   string // «3 позиции · 24 штуки»
	Sum     Amount
	Invoice string // number of the payment invoice; empty while there is none
}

// NewHome makes today's page.
func NewHome(ctx context.Context, s HomeSource) Home {
	page := Home{
		Today: date(ctx, s.Now, s.Now).Text, Changes: NewChangeSummary(ctx, s.Changes),
		Attention:    NewAttentions(ctx, s.Unsettled, s.Now),
		OrdersReadAt: clock(ctx, s.OrdersReadAt, s.Now), OrdersKnown: !s.OrdersReadAt.IsZero(),
		Cart: NewCartBadge(ctx, s.CartLines, s.CartTotal), Fresh: NewFreshness(ctx, s.Fresh), Rate: newRateNote(ctx, s.Rate, s.Now), Roots: newTree(ctx, s.Roots, nil),
	}
	if len(s.Waits) > 0 {
		page.Reminders = NewReminders(ctx, s.Waits, s.Arrived, s.Now)
	}
	for _, o := range s.Orders {
		page.Orders = append(page.Orders, HomeOrder{
			ID: string(o.ID), URL: OrderURL(o.ID), Created: clock(ctx, o.CreatedAt, s.Now), Status: newStatusBadge(ctx, o.Status),
			Goods: i18n.N(ctx, "unit.lines", o.LineCount) + " · " + i18n.N(ctx, "unit.pieces", int(o.GoodsCount.IntPart())),
			Sum:   amount(ctx, o.Sum, o.Currency), Invoice: o.PaymentInvoice.Number,
		})
	}
	return page
}
