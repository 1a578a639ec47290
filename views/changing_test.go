package views_test

import (
	"context"
	"strings"
	"testing"
	"time"

	"github.com/a-h/templ"
	"github.com/google/go-cmp/cmp"

	"storefront/internal/buyer"
	"storefront/internal/catalog"
	"storefront/internal/errkind"
	"storefront/internal/money"
	"storefront/internal/order"
	"storefront/views"
)

// sighted is what an item was so long ago.
func sighted(id catalog.ItemID, before time.Duration, price string, branch, main, transit string) catalog.Sighting {
	s := catalog.Sighting{ItemID: id, At: ago(before), Branch: dec(branch), Main: dec(main), Transit: dec(transit)}
	if price != "" {
		s.Price = known(price)
	}
	if s.Transit.IsPositive() {
		s.Due = now.AddDate(0, 0, 4)
	}
	return s
}

// pastOf is the history of an item over a month, with a price that was on request for a while.
func pastOf(id catalog.ItemID) views.HistorySource {
	day := 24 * time.Hour
	return views.HistorySource{
		Sightings: []catalog.Sighting{
			sighted(id, 30*day, "13.2", "12", "900", "0"), sighted(id, 21*day, "", "3", "400", "0"), sighted(id, 14*day, "12.9", "0", "120", "500"),
			sighted(id, 3*day, "12.4", "0", "80", "500"), sighted(id, 5*time.Hour, "12.4", "48", "1240", "0"),
		},
		Rates: []money.Rate{{RUB: dec("90.5"), SetAt: ago(20 * day)}, {RUB: dec("92.4567"), SetAt: ago(4 * day)}},
		Purchases: []order.Purchase{
			{Order: "ЗК-004711", At: ago(9 * day), Status: order.Shipped, Currency: money.USD, Quantity: dec("20"), UnitPrice: dec("12.9")},
			{Order: "ЗК-004502", At: ago(40 * day), Status: order.Cancelled, Currency: money.RUB, Quantity: dec("4"), UnitPrice: dec("1230.5")},
		},
	}
}

// watched has a mark on an item of which two wishes hold.
func watched(id catalog.ItemID) map[catalog.ItemID]buyer.Watch {
	return map[catalog.ItemID]buyer.Watch{id: {ItemID: id, Since: ago(time.Hour), Mark: buyer.Mark{Price: known("12.5"), Branch: true}}}
}

// changed has something of every kind, with a change.
func changed(change func(*views.ChangesSource)) views.ChangesSource {
	id := func(n int) catalog.ItemID { return listing(n).Item.ID }
	pair := func(n int, before, is catalog.Sighting) catalog.Change {
		before.ItemID, is.ItemID = id(n), id(n)
		return catalog.Change{Before: before, Now: is}
	}
	slipped := pair(5, sighted("", 30*time.Hour, "7", "1", "2", "9"), sighted("", time.Hour, "7", "1", "2", "9"))
	slipped.Now.Due = now.AddDate(0, 0, 30)
	s := views.ChangesSource{
		Since: ago(20 * time.Hour), Now: now,
		Changes: []catalog.Change{
			pair(1, sighted("", 30*time.Hour, "13.2", "3", "4", "0"), sighted("", 2*time.Hour, "12.4", "3", "4", "0")),
			pair(2, sighted("", 30*time.Hour, "17", "3", "4", "0"), sighted("", 3*time.Hour, "17.26", "3", "4", "0")),
			pair(3, sighted("", 30*time.Hour, "7", "0", "4", "0"), sighted("", time.Hour, "7", "5", "4", "0")),
			pair(4, sighted("", 30*time.Hour, "7", "1", "0", "300"), sighted("", time.Hour, "7", "1", "300", "0")),
			slipped,
			pair(6, sighted("", 30*time.Hour, "1299", "1", "2", "0"), sighted("", time.Hour, "1199.5", "1", "2", "0")),
		},
		New:      []catalog.Newcomer{{Item: listing(8).Item, At: ago(6 * time.Hour)}},
		Statuses: []order.StatusChange{{Order: "ЗК-004711", Before: order.Assembly, Now: order.Shipped, At: ago(time.Hour)}},
		Cuts: []order.Cut{{
			Order: "ЗК-004720", Item: id(1), Name: listing(1).Item.Name, At: ago(2 * time.Hour),
			Before: order.CutLine{Quantity: dec("20"), Reserved: dec("20")}, Now: order.CutLine{Quantity: dec("20"), Reserved: dec("12")},
		}},
		Marks: []buyer.Watch{{ItemID: id(1)}},
	}
	if change != nil {
		change(&s)
	}
	return s
}

func changesPage(ctx context.Context, s views.ChangesSource, asked string) templ.Component {
	kind := s.Kind(asked)
	var items []catalog.Item
	rows := listings(20)
	for _, id := range s.OnPage(kind, 1) {
		for _, l := range rows {
			if l.Item.ID == id {
				items = append(items, l.Item)
			}
		}
	}
	f := around(ctx, "С прошлого визита", views.SectionHome, views.FreshnessSource{PricesAt: ago(time.Hour)})
	return views.ChangesPage(f, views.NewChanges(ctx, s, kind, 1, items, shelf(rows)))
}

func changePages() []page {
	inChanges := func(name, kind string, s views.ChangesSource) page {
		return page{name, func(ctx context.Context) templ.Component { return changesPage(ctx, s, kind) }}
	}
	return []page{
		inChanges("changes", "cheaper", changed(nil)), inChanges("changes-arrived", "arrived", changed(nil)), inChanges("changes-slipped", "slipped", changed(nil)),
		inChanges("changes-new", "new", changed(nil)), inChanges("changes-statuses", "statuses", changed(nil)), inChanges("changes-cuts", "cuts", changed(nil)),
		inChanges("changes-marks", "marks", changed(nil)), inChanges("changes-none-of-kind", "main", changed(func(s *views.ChangesSource) { s.Changes = s.Changes[:1] })),
		inChanges("changes-first-visit", "", views.ChangesSource{Now: now}), inChanges("changes-none", "", views.ChangesSource{Since: ago(time.Hour), Now: now}),
	}
}

// watchSource is a watch list of two items, the first with a mark, with a change.
func watchSource(change func(*views.WatchListSource)) views.WatchListSource {
	rows := listings(3)
	s := views.WatchListSource{
		Watches: []buyer.Watch{
			{ItemID: rows[1].Item.ID, Since: ago(time.Hour), Mark: buyer.Mark{Price: known("1000.5"), Branch: true, Main: true}},
			{ItemID: rows[2].Item.ID, Since: ago(50 * time.Hour)}, {ItemID: "GONE/1", Since: ago(99 * time.Hour)},
		},
		Items: itemsOf(rows[1:]), Total: 3, Page: 1, Pages: 1, Shelf: shelf(rows),
	}
	s.Watched = map[catalog.ItemID]buyer.Watch{}
	for _, w := range s.Watches {
		s.Watched[w.ItemID] = w
	}
	if change != nil {
		change(&s)
	}
	return s
}

func watchPages() []page {
	frame := func(ctx context.Context) views.Frame {
		return around(ctx, "Списки", views.SectionLists, views.FreshnessSource{PricesAt: ago(time.Hour)})
	}
	list := func(name string, change func(context.Context, *views.WatchListSource)) page {
		return page{name, func(ctx context.Context) templ.Component {
			return views.WatchesPage(frame(ctx), views.NewWatchList(ctx, watchSource(func(s *views.WatchListSource) { change(ctx, s) })))
		}}
	}
	return []page{
		{"lists", func(ctx context.Context) templ.Component {
			return views.ListsPage(frame(ctx), views.NewLists(ctx, 12, 3))
		}},
		{"lists-empty", func(ctx context.Context) templ.Component {
			return views.ListsPage(frame(ctx), views.NewLists(ctx, 0, 0))
		}},
		list("watch", func(context.Context, *views.WatchListSource) {}),
		list("watch-empty", func(_ context.Context, s *views.WatchListSource) { s.Watches, s.Total = nil, 0 }),
		list("watch-refused", func(ctx context.Context, s *views.WatchListSource) {
			s.Wrong, s.Typed, s.Problem = s.Watches[1].ItemID, "<дёшево>", views.NewProblem(ctx, errkind.New(errkind.Invalid, "watch.price_wrong"))
		}),
	}
}

// Every kind is counted and led to; the first visit and a visit without news have words of their own.
func TestTodaySaysWhatChanged(t *testing.T) {
	ctx := russian(t)
	page := document(t, ctx, views.HomePage(views.Frame{Login: "me"}, views.NewHome(ctx, today(nil))))
	got := map[string]string{}
	for _, node := range page.Find("[data-testid=change]").EachIter() {
		got[node.AttrOr("href", "")] = text(node)
	}
	if diff := cmp.Diff(map[string]string{
		"/changes?kind=marks": "Сработали отметки 1", "/changes?kind=cuts": "Урезаны позиции заказов 1", "/changes?kind=statuses": "Заказы в новом состоянии 1",
		"/changes?kind=slipped": "Поставка перенесена 1", "/changes?kind=arrived": "Пришло из поставки 1", "/changes?kind=branch": "Снова в филиале 1",
		"/changes?kind=main": "Снова в Москве 1", "/changes?kind=cheaper": "Подешевело 2", "/changes?kind=dearer": "Подорожало 1", "/changes?kind=new": "Новое в ассортименте 1",
	}, got); diff != "" {
		t.Errorf("(-want +got):\n%s", diff)
	}
	for words, s := range map[string]views.ChangesSource{"первый визит": {Now: now}, "ничего не изменилось": {Since: ago(time.Hour), Now: now}} {
		page := document(t, ctx, views.HomePage(views.Frame{Login: "me"}, views.NewHome(ctx, today(func(h *views.HomeSource) { h.Changes = s }))))
		if said := text(page.Find("[data-testid=changes]")); !strings.Contains(said, words) {
			t.Errorf("%q does not say %q", said, words)
		}
	}
}

func TestChangesSayWhatWasAndWhatIs(t *testing.T) {
	ctx := russian(t)
	for kind, want := range map[string][2]string{
		"cheaper": {"1 299,00 $", "1 199,50 $"}, "dearer": {"17,00 $", "17,26 $"}, "branch": {"0", "5"}, "main": {"0", "300"},
		"arrived": {"в пути 300, филиал 1, Москва 0", "в пути 0, филиал 1, Москва 300"}, "slipped": {"27.11.2026", "23.12.2026"},
	} {
		row := document(t, ctx, changesPage(ctx, changed(nil), kind)).Find("[data-testid=item-row]").First()
		if got := [2]string{text(row.Find("del")), text(row.Find("ins"))}; got != want {
			t.Errorf("%s: %q, want %q", kind, got, want)
		}
	}
}

func TestWithoutAKindTheFirstThereIsIsShown(t *testing.T) {
	s := changed(func(s *views.ChangesSource) { s.Marks, s.Cuts = nil, nil })
	for asked, want := range map[string]views.ChangeKind{"": views.ChangeStatuses, "nonsense": views.ChangeStatuses, "new": "new", "marks": views.ChangeMarks} {
		if got := s.Kind(asked); got != want {
			t.Errorf("asked for %q: %s, want %s", asked, got, want)
		}
	}
}

// The chart is steps that hold until the next, broken while the price was on request; the same stands in a table.
func TestTheHistoryOfAnItem(t *testing.T) {
	ctx := russian(t)
	h := views.NewHistory(ctx, pastOf("A"), now)
	price, stock := h.Charts[0], h.Charts[1]
	if want := "M0 16H300M533 79H900V184H993V184H1000"; price.Lines[0].Path != want {
		t.Errorf("the price is drawn as %s, want %s", price.Lines[0].Path, want)
	}
	if price.Top != "13,20\u00a0$" || price.Bottom != "12,40\u00a0$" || !strings.Contains(price.Text, "сейчас 12,40\u00a0$") {
		t.Errorf("price: %+v", price)
	}
	if len(stock.Lines) != 3 || stock.Top != "1\u00a0240" || stock.Lines[0].Now != "48" {
		t.Errorf("stock: %+v", stock)
	}
	if len(h.Rows) != 5 || h.Rows[0].PriceRUB != "1\u00a0146,46\u00a0₽" || h.Rows[4].PriceRUB != "" || h.Rows[3].Price != "по запросу" {
		t.Errorf("rows: %+v", h.Rows)
	}
	none := document(t, ctx, views.ItemPage(views.Frame{}, views.NewItem(ctx, itemSource(richItem(), nil))))
	if said := text(none.Find("[data-testid=history]")); !strings.Contains(said, "с сегодняшнего дня") || none.Find("[data-testid=paid]").Length() != 0 {
		t.Errorf("an item without history says %q", said)
	}
}

// One sighting is a line, too: what is known is drawn, whatever it is.
func TestChartsOfLittle(t *testing.T) {
	ctx := russian(t)
	for name, s := range map[string]catalog.Sighting{
		"one price": sighted("A", time.Hour, "5", "1", "2", "3"), "this moment": sighted("A", 0, "5", "0", "0", "0"), "on request": sighted("A", time.Hour, "", "0", "0", "0"),
	} {
		h := views.NewHistory(ctx, views.HistorySource{Sightings: []catalog.Sighting{s}}, now)
		if drawn := h.Charts[0].Lines[0].Path != ""; drawn != (s.Price != nil) || h.Charts[1].Lines[0].Path == "" || len(h.Rows) != 1 {
			t.Errorf("%s: %+v", name, h.Charts)
		}
	}
}

// The star says whether it is on, and goes the other way when pressed.
func TestTheStar(t *testing.T) {
	ctx := russian(t)
	for on, action := range map[bool]string{false: "/lists/watch/items", true: "/lists/watch/items/A%2F1"} {
		form := document(t, ctx, views.StarControl(views.NewStar("A/1", "Картридж", on, false))).Find("form")
		if form.AttrOr("action", "") != action || form.AttrOr("hx-post", "") != action || form.AttrOr("method", "") != "post" {
			t.Errorf("on %v: %v", on, form.Nodes[0].Attr)
		}
		if got := form.Find("button").AttrOr("aria-pressed", ""); got != map[bool]string{true: "true", false: "false"}[on] {
			t.Errorf("on %v: pressed %s", on, got)
		}
	}
}

// What holds of a mark stands in rows and on the item's page.
func TestMarksThatHoldAreSeen(t *testing.T) {
	ctx := russian(t)
	item := document(t, ctx, views.ItemPage(views.Frame{}, views.NewItem(ctx, itemSource(richItem(), func(s *views.ItemSource) { s.Watched = watched(s.Item.ID) }))))
	if got := text(item.Find("[data-testid=mark]")); !strings.Contains(got, "цена не выше 12,50 $") || !strings.Contains(got, "есть в филиале") {
		t.Errorf("the item's page says %q", got)
	}
	rows := document(t, ctx, views.WatchesPage(views.Frame{}, views.NewWatchList(ctx, watchSource(nil)))).Find("[data-testid=item-row]")
	if rows.Length() != 3 || rows.Eq(0).Find("[data-testid=mark]").Length() != 3 || rows.Eq(1).Find("[data-testid=mark]").Length() != 0 {
		t.Errorf("rows say %q", text(rows))
	}
}
