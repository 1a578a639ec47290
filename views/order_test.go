package views_test

import (
	"strings"
	"testing"
	"time"

	"storefront/internal/buyer"
	"storefront/internal/errkind"
	"storefront/internal/order"
	"storefront/views"
	"storefront/views/ui"
)

func orderPage(t *testing.T, s views.OrderSource) views.Order {
	t.Helper()
	s.Now = now
	return views.NewOrder(russian(t), s)
}

func TestLinesMayBeChangedOnlyWithTheRightAndWhileReserved(t *testing.T) {
	for _, c := range []struct {
		status  order.Status
		right   buyer.Right
		allowed bool
		reason  string
	}{
		{order.Reserving, buyer.RightEdit, true, ""},
		{order.Reserving, buyer.RightUnknown, true, ""},
		{order.Reserving, buyer.RightNone, false, "правом редактирования"},
		{order.Assembly, buyer.RightEdit, false, "«Сборка»"},
		{order.Shipped, buyer.RightEdit, false, "«Отгружен»"},
		{order.Cancelled, buyer.RightNone, false, "правом редактирования"},
	} {
		o := reservedOrder()
		o.Status = c.status
		p := orderPage(t, views.OrderSource{Order: o, Right: c.right})
		if p.Edit.Allowed != c.allowed || !strings.Contains(p.Edit.Reason, c.reason) {
			t.Errorf("%s, right %q: allowed %v, %q", c.status, c.right, p.Edit.Allowed, p.Edit.Reason)
		}
		forms := document(t, russian(t), views.OrderPage(frame("", ""), p)).Find(`form[action^="/orders/4711/lines"]`).Length()
		if (forms > 0) != c.allowed {
			t.Errorf("%s, right %q: %d forms", c.status, c.right, forms)
		}
	}
}

// What became of a change is said as the order shows it: nothing is claimed that it does not show.
func TestWordsOfAChange(t *testing.T) {
	o := reservedOrder() // holds 24 of 2C918150, all reserved, and nothing of A/1
	for _, c := range []struct {
		edit order.Edit
		tone ui.Tone
		want string
	}{
		{order.Edit{State: order.EditDone, Item: "2C918150", Wanted: dec("24"), Order: o}, ui.Success, "2C918150: теперь в заказе 24, зарезервировано 24."},
		{order.Edit{State: order.EditDone, Item: "A/1", Wanted: dec("0"), Order: o}, ui.Success, "A/1: позиция убрана из заказа."},
		{order.Edit{State: order.EditDiffers, Item: "2C918150", Wanted: dec("30"), Order: o}, ui.Warning, "просили 30, в заказе сейчас 24"},
		{order.Edit{State: order.EditUnclear, Item: "2C918150", Wanted: dec("30"), Order: o}, ui.Warning, "Просили 30, в заказе пока 24"},
		{order.Edit{State: order.EditUnread, Item: "2C918150", Wanted: dec("30"), Order: o}, ui.Warning, "принято ли это, пока неизвестно"},
	} {
		p := orderPage(t, views.OrderSource{Order: o, Right: buyer.RightEdit, LineForm: views.LineForm{Edit: &c.edit}})
		if p.Edit.Tone != c.tone || !strings.Contains(p.Edit.Outcome, c.want) {
			t.Errorf("%s: %s %q, want %s %q", c.edit.State, p.Edit.Tone, p.Edit.Outcome, c.tone, c.want)
		}
	}
}

func TestARefusedAdditionStaysInTheForm(t *testing.T) {
	s := views.OrderSource{Order: reservedOrder(), Right: buyer.RightEdit, LineForm: views.LineForm{
		ItemID: "НЕТ", Quantity: "5", Problem: &views.Problem{Code: errkind.BusinessLogic, Text: "Поставщик отказал."},
	}}
	page := document(t, russian(t), views.OrderPage(frame("", ""), orderPage(t, s)))
	if item, quantity := page.Find("#add-item").AttrOr("value", ""), page.Find("#add-quantity").AttrOr("value", ""); item != "НЕТ" || quantity != "5" {
		t.Errorf("the form holds %q, %q", item, quantity)
	}
	if code := page.Find(`#order [data-testid="error"]`).AttrOr("data-code", ""); code != "BUSINESS_LOGIC_ERROR" {
		t.Errorf("data-code = %q", code)
	}
}

func TestOutcomesOfANote(t *testing.T) {
	for _, c := range []struct {
		outcome order.NoteOutcome
		tone    ui.Tone
		want    string
		editing bool // the text is not the order's and stays in the form
	}{
		{order.NoteOutcome{State: order.NoteSent, Shows: "Новое"}, ui.Success, "передано поставщику", false},
		{order.NoteOutcome{State: order.NoteDiffers, Shows: "Старое\nНовое"}, ui.Warning, "показано другое", true},
		{order.NoteOutcome{State: order.NoteSent, Shows: "Новое", Error: "Сокращено."}, ui.Success, "Поставщик ответил: «Сокращено»", false},
		{order.NoteOutcome{State: order.NoteKept, Shows: "Старое"}, ui.Success, "видна только вам", false},
		{order.NoteOutcome{State: order.NoteChanged, Shows: "Чужое"}, ui.Warning, "изменил кто-то другой", true},
		{order.NoteOutcome{State: order.NoteUnclear, Shows: "Старое"}, ui.Warning, "Ответ поставщика не дошёл", true},
		{order.NoteOutcome{State: order.NoteRefused, Shows: "Старое", Error: "Заблокирован."}, ui.Danger, "«Заблокирован»", true},
		{order.NoteOutcome{State: order.NoteRefused, Shows: "Старое"}, ui.Danger, "причина не названа", true},
	} {
		s := views.OrderSource{Order: reservedOrder(), Right: buyer.RightEdit, NoteForm: views.NoteForm{Text: "Новое", Outcome: &c.outcome}}
		n := orderPage(t, s).Note
		if n.Tone != c.tone || !strings.Contains(n.Outcome, c.want) || n.Editing != c.editing || n.Text != c.outcome.Shows {
			t.Errorf("%s: %s %q, editing %v, shows %q", c.outcome.State, n.Tone, n.Outcome, n.Editing, n.Text)
		}
		if n.Seen != string(order.MarkNote(n.Text)) {
			t.Errorf("%s: the form is not about the note that is shown", c.outcome.State)
		}
		if c.editing && n.Draft != "Новое" {
			t.Errorf("%s: the text is lost: %q", c.outcome.State, n.Draft)
		}
	}
}

// A form whose text was not tried stays begun on the note that was seen then, though another may be shown by now.
func TestATextNotTriedStaysBegunOnWhatWasSeen(t *testing.T) {
	seen := order.MarkNote("Прежнее")
	for name, form := range map[string]views.NoteForm{
		"a problem":       {Text: "Новое", Seen: seen, Problem: &views.Problem{Code: errkind.Invalid}},
		"a text put in":   {Text: "Новое", Seen: seen, Filled: true},
		"nothing was yet": {Open: true},
	} {
		page := document(t, russian(t), views.OrderNoteRegion(orderPage(t, views.OrderSource{Order: reservedOrder(), NoteForm: form}).Note))
		want, draft := string(seen), "Новое"
		if form.Open {
			want, draft = string(order.MarkNote(reservedOrder().Note)), reservedOrder().Note
		}
		if got := page.Find(`input[type=hidden][name=seen]`).AttrOr("value", ""); got != want {
			t.Errorf("%s: begun on %q, want %q", name, got, want)
		}
		if got := page.Find("textarea").Text(); got != draft {
			t.Errorf("%s: the form holds %q", name, got)
		}
	}
}

func TestANoteWithoutTheRightIsMarkedAsPrivate(t *testing.T) {
	ctx := russian(t)
	s := views.OrderSource{Order: reservedOrder(), Right: buyer.RightNone, Notes: notes()[1:2], NoteForm: views.NoteForm{Open: true}}
	page := document(t, ctx, views.OrderPage(frame("", ""), orderPage(t, s))).Find("#order-note")
	if !strings.Contains(text(page.Find(".note-history")), "видна только вам") {
		t.Error("the note in the history is not marked")
	}
	form := page.Find(`form[action="/orders/4711/note"]`)
	if form.Find(`textarea[name="note"]`).Text() != "" {
		t.Error("the order's own note is offered for overwriting")
	}
	if got := text(page.Find(`[data-testid="note"]`)); got != "Доставка до 12:00" {
		t.Errorf("the order's note reads %q", got)
	}
}

func TestOnlyHttpLinksAreDocuments(t *testing.T) {
	o := shippedOrder()
	o.Transfer = []string{"https://a.example/1.pdf", "javascript:alert(1)", "//b.example/2.pdf", "/orders/1", "ftp://c.example/3", "data:text/html,x", "HTTP://d.example/4.pdf"}
	links := document(t, russian(t), views.OrderPage(frame("", ""), orderPage(t, views.OrderSource{Order: o}))).Find(`[data-testid="document-link"]`)
	var hrefs []string
	for i := range links.Nodes {
		link := links.Eq(i)
		hrefs = append(hrefs, link.AttrOr("href", ""))
		if link.AttrOr("rel", "") != "noopener noreferrer" || link.AttrOr("target", "") != "_blank" {
			t.Errorf("%s opens in our window", link.AttrOr("href", ""))
		}
	}
	if got := strings.Join(hrefs, " "); got != "https://a.example/1.pdf HTTP://d.example/4.pdf" {
		t.Errorf("links: %s", got)
	}
}

func TestAnOrderShowsItsOwnCurrency(t *testing.T) {
	if got := orderPage(t, views.OrderSource{Order: shippedOrder()}); got.Sum.Text != "418\u00a0230,00\u00a0₸" || got.Lines[0].Price.Text != "6,35\u00a0₸" {
		t.Errorf("sum %q, price %q", got.Sum.Text, got.Lines[0].Price.Text)
	}
}

func TestLinesThatWereNeverReadAreAskedForAgain(t *testing.T) {
	o := reservedOrder()
	o.Lines, o.LinesReadAt = nil, time.Time{}
	p := orderPage(t, views.OrderSource{Order: o})
	if !p.LinesLoading || p.Poll == "" {
		t.Errorf("loading %v, poll %q", p.LinesLoading, p.Poll)
	}
}

// A status came about between two readings: when exactly is not known, and that is said.
func TestTheTimelineSaysWhatIsNotKnown(t *testing.T) {
	at := func(day, hour, minute int) time.Time {
		return time.Date(2026, time.November, day, hour, minute, 0, 0, now.Location())
	}
	created := at(20, 9, 0)
	for name, c := range map[string]struct {
		first      bool
		before, at time.Time
		want       string
	}{
		"a day":           {false, at(20, 10, 31), at(20, 14, 2), "сменился между 10:31 и 14:02, точнее не видно"},
		"over night":      {false, at(20, 18, 0), at(21, 9, 5), "сменился между 20.11.2026 18:00 и 21.11.2026 09:05, точнее не видно"},
		"within a minute": {false, at(20, 10, 31), at(20, 10, 31).Add(20 * time.Second), ""},
		"not kept":        {false, time.Time{}, at(20, 14, 2), "когда именно сменился, не видно"},
		"first":           {true, time.Time{}, at(20, 9, 40), "создан 09:00; каким был до этого, не видно"},
		"first at once":   {true, time.Time{}, created.Add(time.Second), ""},
	} {
		seen := []order.Observation{{Status: order.Reserving, At: c.at}}
		if !c.first {
			seen = []order.Observation{{Status: order.Reserving, At: created}, {Status: order.Assembly, At: c.at, Before: c.before}}
		}
		o := reservedOrder()
		o.CreatedAt = created
		steps := orderPage(t, views.OrderSource{Order: o, Timeline: seen}).Timeline
		if got := steps[len(steps)-1].Gap; got != c.want {
			t.Errorf("%s: %q, want %q", name, got, c.want)
		}
	}
}

func TestAnOrderIsWeighedAsFarAsItsItemsAreKnown(t *testing.T) {
	lines := []order.Line{
		orderedLine("2C918150", "24", "24", "1"), orderedLine("023-28422-401", "40", "0", "1"), orderedLine("A/1", "1", "1", "1"), orderedLine("ZZ99", "3", "3", "1"),
	}
	for name, c := range map[string]struct {
		lines         []order.Line
		weight, boxes string
	}{
		"all known":   {lines[:2], "28,1\u00a0кг", "4 упаковки + 4 штуки"}, // 24 × 0.82, and 40 of 20 in 4.2 kg
		"one is not":  {lines[:3], "28,1\u00a0кг без 1 позиции, для которой он неизвестен", "4 упаковки + 4 штуки без 1 позиции, для которой упаковка неизвестна"},
		"two are not": {lines, "28,1\u00a0кг без 2 позиций, для которых он неизвестен", "4 упаковки + 4 штуки без 2 позиций, для которых упаковка неизвестна"},
		"none is":     {lines[2:], "неизвестен", "неизвестны"},
		"no lines":    {nil, "", ""},
	} {
		o := reservedOrder()
		o.Lines = c.lines
		p := orderPage(t, views.OrderSource{Order: o, Items: items()})
		if strings.ReplaceAll(p.Weight, "\u00a0", " ") != strings.ReplaceAll(c.weight, "\u00a0", " ") || strings.ReplaceAll(p.Boxes, "\u00a0", " ") != c.boxes {
			t.Errorf("%s: %q, %q", name, p.Weight, p.Boxes)
		}
	}
}
