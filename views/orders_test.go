package views_test

import (
	"strings"
	"testing"
	"time"

	"storefront/internal/order"
	"storefront/views"
)

func TestEveryStatusHasItsOwnColourAndWord(t *testing.T) {
	ctx := russian(t)
	var list []order.Order
	for i, s := range order.Statuses {
		list = append(list, orderAs(order.ID(string(rune('1'+i))), s, "USD", "1", time.Hour))
	}
	p := views.NewOrders(ctx, views.OrdersSource{Orders: list, Total: len(list), PerPage: 50, ReadAt: now, Now: now})
	badges := document(t, ctx, views.OrdersPage(frame("", ""), p)).Find(`[data-testid="order-row"] [data-testid="order-status"]`)
	words, colours := map[string]bool{}, map[string]bool{}
	for i := range badges.Nodes {
		words[badges.Eq(i).Text()] = true
		colours[badges.Eq(i).AttrOr("class", "")] = true
	}
	if len(words) != len(order.Statuses) || len(colours) != len(order.Statuses) {
		t.Errorf("%d words and %d colours for %d statuses", len(words), len(colours), len(order.Statuses))
	}
}

func TestAQueryKeepsItselfInItsAddress(t *testing.T) {
	q := views.OrderQuery{Text: "СЧ 11&x", Statuses: []string{"shipped", "assembly"}, From: "2026-11-01", NoNote: true}
	if got, want := q.URL(3), "/orders?from=2026-11-01&no_note=1&page=3&q=%D0%A1%D0%A7+11%26x&status=shipped&status=assembly"; got != want {
		t.Errorf("%s, want %s", got, want)
	}
	if got := (views.OrderQuery{}).URL(1); got != "/orders" {
		t.Errorf("an empty query is %s", got)
	}
	if (views.OrderQuery{Page: 4}).Narrowed() || !q.Narrowed() || !(views.OrderQuery{NoNote: true}).Narrowed() {
		t.Error("a page narrows nothing, a text does, and a missing note")
	}
}

func TestOrderRowsCarryTheirNumbersAndEscapedAddresses(t *testing.T) {
	ctx := russian(t)
	p := views.NewOrders(ctx, views.OrdersSource{Orders: ordersList(), Total: 120, PerPage: 50, ReadAt: now, Now: now})
	row := document(t, ctx, views.OrdersPage(frame("", ""), p)).Find(`[data-testid="order-row"][data-order-id="4590/Б"]`)
	if got := row.Find("a").AttrOr("href", ""); got != "/orders/4590%2F%D0%91" {
		t.Errorf("href = %q", got)
	}
}

func TestAnUnreadListIsLoadingNotEmpty(t *testing.T) {
	ctx := russian(t)
	for name, c := range map[string]struct {
		source views.OrdersSource
		want   string
		polls  bool
	}{
		"never read": {views.OrdersSource{}, "Заказы загружаются", true},
		"read, none": {views.OrdersSource{ReadAt: now}, "Заказов пока нет", false},
		"filtered":   {views.OrdersSource{ReadAt: now, Query: views.OrderQuery{Text: "x"}}, "Ничего не нашлось", false},
		"refreshing": {views.OrdersSource{ReadAt: now, Refreshing: true}, "Заказов пока нет", true},
	} {
		c.source.Now, c.source.PerPage = now, 50
		region := document(t, ctx, views.OrdersRegion(views.NewOrders(ctx, c.source))).Find("#orders")
		if !strings.Contains(text(region), c.want) || (region.AttrOr("hx-get", "") != "") != c.polls {
			t.Errorf("%s: %q, polls %q", name, text(region), region.AttrOr("hx-get", ""))
		}
	}
}

func TestPagesAreCountedAndKeptWithinBounds(t *testing.T) {
	for _, c := range []struct{ page, total, wantPage, wantPages int }{
		{1, 0, 1, 1}, {1, 50, 1, 1}, {1, 51, 1, 2}, {9, 51, 2, 2}, {-1, 51, 1, 2},
	} {
		p := views.NewOrders(russian(t), views.OrdersSource{Query: views.OrderQuery{Page: c.page}, Total: c.total, PerPage: 50, ReadAt: now, Now: now})
		if p.Pages.Page != c.wantPage || p.Pages.Pages != c.wantPages {
			t.Errorf("page %d of %d orders: %d of %d", c.page, c.total, p.Pages.Page, p.Pages.Pages)
		}
	}
}
