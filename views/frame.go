package views

import (
	"context"
	"time"

	"github.com/shopspring/decimal"

	"storefront/internal/buyer"
	"storefront/internal/catalog"
	"storefront/internal/errkind"
	"storefront/internal/i18n"
	"storefront/internal/money"
)

// Frame is what stands around every page. The zero Frame is that of somebody signed out.
type Frame struct {
	Title   string // in the reader's language, without the name of the site
	Path    string // path and query of this page: where the language and theme switches come back to
	Section Section
	Login   string // empty: signed out
	Right   buyer.Right
	Theme   string // "light", "dark"; "" follows the browser
	Query   string // text of the search box
	Cart    CartBadge
	Rate    RateNote
	Fresh   Freshness
	// ReadOnly: nothing can be recorded, and what is shown of carts and orders is what could be read.
	ReadOnly bool
	// Problem is shown above the page: what the action that led here ran into.
	Problem *Problem
}

// SignedIn tells whether the page belongs to a buyer.
func (f Frame) SignedIn() bool { return f.Login != "" }

// Section is the entry of the main menu that a page belongs to.
type Section string

// The sections of the main menu.
const (
	SectionHome      Section = "home"
	SectionCatalog   Section = "catalog"
	SectionOrders    Section = "orders"
	SectionDocuments Section = "documents"
	SectionLists     Section = "lists"
	SectionCart      Section = "cart"
)

// CartBadge is the cart in the page's head.
type CartBadge struct {
	Lines int
	Total Amount // unknown while prices are loading
}

// NewCartBadge makes the badge of a cart with so many lines, worth total dollars where that is known.
func NewCartBadge(ctx context.Context, lines int, total *decimal.Decimal) CartBadge {
	b := CartBadge{Lines: lines}
	if total != nil && lines > 0 {
		b.Total = amount(ctx, *total, money.Units(ctx))
	}
	return b
}

// NewRateNote makes the note of the rate that roubles are shown by.
func NewRateNote(ctx context.Context, rate money.Rate, now time.Time) RateNote {
	return newRateNote(ctx, rate, now)
}

// FreshnessSource is what is known of the age of what pages show.
type FreshnessSource struct {
	// PricesAt is the oldest reading among the prices shown; zero when none are.
	PricesAt  time.Time
	Catalogue catalog.Progress // of the descriptions shared by all
	Prices    catalog.Progress // of this buyer's price list
	Now       time.Time
}

// Freshness is the region that says how old prices are, how far loading has come and whether the distributor answers.
type Freshness struct {
	PricesAt Moment
	Loads    []Load       // running loads
	Outage   errkind.Kind // why the last refresh failed; empty while the distributor answers
}

// Load is a background load under way.
type Load struct {
	Label       string
	Count       string // «4 500 из 13 000»; empty before the first portion
	Left        string // «осталось около 40 с»; empty where it can't be told
	Done, Total int    // Total is 0 where it is not known
}

// Loading tells whether the region asks again by itself.
func (f Freshness) Loading() bool { return len(f.Loads) > 0 }

// NewFreshness makes the region of freshness.
func NewFreshness(ctx context.Context, s FreshnessSource) Freshness {
	f := Freshness{PricesAt: clock(ctx, s.PricesAt, s.Now)}
	for _, p := range []struct {
		key string
		catalog.Progress
	}{{"frame.load.catalogue", s.Catalogue}, {"frame.load.prices", s.Prices}} {
		if p.Running {
			f.Loads = append(f.Loads, newLoad(ctx, i18n.T(ctx, p.key), p.Progress, s.Now))
		}
		if p.Failed != "" {
			f.Outage = errkind.Kind(p.Failed)
		}
	}
	return f
}

func newLoad(ctx context.Context, label string, p catalog.Progress, now time.Time) Load {
	l := Load{Label: label, Done: p.Done, Total: p.Total, Left: timeLeft(ctx, p, now)}
	switch {
	case p.Total > 0:
		l.Count = i18n.T(ctx, "frame.load.of", "Done", whole(ctx, p.Done), "Total", whole(ctx, p.Total))
	case p.Done > 0:
		l.Count = whole(ctx, p.Done)
	}
	return l
}

// soonest is how long a load must have gone before its pace says anything.
const soonest = 3 * time.Second

// timeLeft says how long a load will take at its pace so far, in steps that people think in.
func timeLeft(ctx context.Context, p catalog.Progress, now time.Time) string {
	gone := now.Sub(p.StartedAt)
	if p.Done == 0 || p.Total <= p.Done || p.StartedAt.IsZero() || gone < soonest {
		return ""
	}
	left := time.Duration(float64(gone) * float64(p.Total-p.Done) / float64(p.Done))
	if left < time.Minute {
		return i18n.N(ctx, "frame.load.seconds", int(left/(5*time.Second)+1)*5)
	}
	return i18n.N(ctx, "frame.load.minutes", int(left/time.Minute)+1)
}

// whole writes a count with grouped thousands.
func whole(ctx context.Context, n int) string { return count(ctx, decimal.NewFromInt(int64(n))) }
