package views

import (
	"context"
	"slices"
	"strconv"
	"strings"
	"time"

	"github.com/shopspring/decimal"

	"storefront/internal/catalog"
	"storefront/internal/i18n"
	"storefront/internal/money"
	"storefront/internal/order"
)

// HistorySource is what an item was offered at and bought for.
type HistorySource struct {
	Sightings []catalog.Sighting // oldest first
	Rates     []money.Rate       // oldest first
	Purchases []order.Purchase   // latest first
}

// History is price and stock of an item over time, and what this dealer paid before.
type History struct {
	Charts    []Chart
	Rows      []HistoryRow // latest first
	Purchases []PurchaseRow
}

// Empty tells whether nothing was seen yet.
func (h History) Empty() bool { return len(h.Rows) == 0 }

// Chart is a drawing of steps over time, with its words around it.
type Chart struct {
	ID, Title   string
	Text        string // what the drawing shows, for those who don't see it
	Top, Bottom string // of the scale
	From        Moment
	Lines       []ChartLine
}

// ChartLine is one line of a chart: class picks its colour and dashes.
type ChartLine struct {
	Class, Name, Now string
	Path             string // of SVG, on a ground of 1000 by 200
}

// HistoryRow is what was seen from a moment on.
type HistoryRow struct {
	At                    Moment
	Price, PriceRUB       string
	Branch, Main, Transit Stock
}

// PurchaseRow is an order of an item.
type PurchaseRow struct {
	Order, URL string
	At         Moment
	Status     StatusBadge
	Quantity   string
	Price      Amount
}

// historyRows bounds the table beside the charts.
const historyRows = 60

// NewHistory makes the history of an item.
func NewHistory(ctx context.Context, s HistorySource, now time.Time) History {
	h := History{}
	for _, p := range s.Purchases {
		h.Purchases = append(h.Purchases, PurchaseRow{
			Order: string(p.Order), URL: OrderURL(p.Order), At: date(ctx, p.At, now), Status: newStatusBadge(ctx, p.Status),
			Quantity: count(ctx, p.Quantity), Price: amount(ctx, p.UnitPrice, p.Currency),
		})
	}
	if len(s.Sightings) == 0 {
		return h
	}
	h.Charts = []Chart{priceChart(ctx, s.Sightings, now), stockChart(ctx, s.Sightings, now)}
	for _, seen := range slices.Backward(s.Sightings[max(0, len(s.Sightings)-historyRows):]) {
		h.Rows = append(h.Rows, historyRow(ctx, seen, s.Rates, now))
	}
	return h
}

func historyRow(ctx context.Context, seen catalog.Sighting, rates []money.Rate, now time.Time) HistoryRow {
	row := HistoryRow{
		At: dateAndHour(ctx, seen.At, now), Price: priceText(ctx, seen.Price),
		Branch: newStock(ctx, seen.Branch), Main: newStock(ctx, seen.Main), Transit: newStock(ctx, seen.Transit),
	}
	if !seen.Due.IsZero() {
		row.Transit.Due = date(ctx, seen.Due, now)
	}
	if seen.Price != nil {
		row.PriceRUB = roubles(ctx, *seen.Price, rateAt(rates, seen.At)).Text
	}
	return row
}

// rateAt is the rate that was valid at a moment; none where that is not known.
func rateAt(rates []money.Rate, at time.Time) money.Rate {
	for _, r := range slices.Backward(rates) {
		if !r.SetAt.After(at) {
			return r
		}
	}
	return money.Rate{}
}

func priceChart(ctx context.Context, seen []catalog.Sighting, now time.Time) Chart {
	var prices []*decimal.Decimal
	for _, s := range seen {
		prices = append(prices, s.Price)
	}
	low, high := bounds(prices)
	ground := newGround(seen, now, low, high)
	chart := Chart{
		ID: "chart-price", Title: i18n.T(ctx, "history.price"), From: date(ctx, seen[0].At, now),
		Lines: []ChartLine{{Class: "chart-price", Name: i18n.T(ctx, "history.price"), Now: priceText(ctx, prices[len(prices)-1]), Path: ground.path(prices)}},
	}
	if high == nil {
		chart.Text = i18n.T(ctx, "history.price_none")
		return chart
	}
	chart.Top, chart.Bottom = priceText(ctx, high), priceText(ctx, low)
	chart.Text = i18n.T(ctx, "history.price_text", "From", chart.From.Text, "Low", chart.Bottom, "High", chart.Top, "Now", chart.Lines[0].Now)
	return chart
}

func stockChart(ctx context.Context, seen []catalog.Sighting, now time.Time) Chart {
	var branch, main, transit []*decimal.Decimal
	for _, s := range seen {
		branch, main, transit = append(branch, &s.Branch), append(main, &s.Main), append(transit, &s.Transit)
	}
	_, high := bounds(slices.Concat(branch, main, transit))
	zero := decimal.Zero
	ground := newGround(seen, now, &zero, high)
	chart := Chart{
		ID: "chart-stock", Title: i18n.T(ctx, "history.stock"), From: date(ctx, seen[0].At, now), Top: count(ctx, *high), Bottom: count(ctx, zero),
	}
	last := seen[len(seen)-1]
	for _, line := range []struct {
		class, key string
		values     []*decimal.Decimal
		now        decimal.Decimal
	}{
		{"chart-branch", "item.branch", branch, last.Branch}, {"chart-main", "item.main", main, last.Main}, {"chart-transit", "item.transit", transit, last.Transit},
	} {
		chart.Lines = append(chart.Lines, ChartLine{Class: line.class, Name: i18n.T(ctx, line.key), Now: count(ctx, line.now), Path: ground.path(line.values)})
	}
	chart.Text = i18n.T(ctx, "history.stock_text", "From", chart.From.Text,
		"Branch", chart.Lines[0].Now, "Main", chart.Lines[1].Now, "Transit", chart.Lines[2].Now)
	return chart
}

// bounds are the least and the greatest of values; nil where there are none.
func bounds(values []*decimal.Decimal) (low, high *decimal.Decimal) {
	for _, v := range values {
		if v == nil {
			continue
		}
		if low == nil || v.LessThan(*low) {
			low = v
		}
		if high == nil || v.GreaterThan(*high) {
			high = v
		}
	}
	return low, high
}

// ground is what lines are drawn on: 1000 wide for the time, 200 high for the values, some of it left free above and below.
type ground struct {
	times     []int // of each value, and of now
	low, span decimal.Decimal
}

const (
	groundWidth  = 1000
	groundHeight = 200
	groundMargin = 16
)

func newGround(seen []catalog.Sighting, now time.Time, low, high *decimal.Decimal) ground {
	g := ground{}
	if low != nil {
		g.low, g.span = *low, high.Sub(*low)
	}
	begin := seen[0].At
	whole := max(now.Sub(begin), time.Minute)
	for _, s := range seen {
		g.times = append(g.times, int(s.At.Sub(begin)*groundWidth/whole))
	}
	g.times = append(g.times, groundWidth)
	return g
}

// path draws values as steps: each holds until the next. Where there is none the line is broken.
func (g ground) path(values []*decimal.Decimal) string {
	var b strings.Builder
	drawing := false
	for i, v := range values {
		if v == nil {
			drawing = false
			continue
		}
		y := strconv.Itoa(g.height(*v))
		if drawing {
			b.WriteString("V" + y)
		} else {
			b.WriteString("M" + strconv.Itoa(g.times[i]) + " " + y)
		}
		b.WriteString("H" + strconv.Itoa(g.times[i+1]))
		drawing = true
	}
	return b.String()
}

// height is where a value stands, from the top; in the middle where all values are one.
func (g ground) height(v decimal.Decimal) int {
	room := decimal.NewFromInt(groundHeight - 2*groundMargin)
	if g.span.IsZero() {
		if g.low.IsZero() {
			return groundHeight - groundMargin
		}
		return groundHeight / 2
	}
	up := v.Sub(g.low).Mul(room).Div(g.span)
	return groundHeight - groundMargin - int(up.Round(0).IntPart())
}
