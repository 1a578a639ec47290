package views_test

import (
	"strings"
	"testing"
	"time"

	"github.com/PuerkitoBio/goquery"

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
	read := func(e order.Edit) order.Edit {
		e.ID, e.Plan, e.Order, e.Item, e.Before, e.Wanted, e.ChangedAt = "e1", "e1", "4711", "2C918150", dec("24"), dec("30"), ago(time.Second)
		if e.Status != "" {
			e.ReadAt, e.Shows, e.Reserved = ago(time.Second), dec("24"), dec("24")
		}
		return e
	}
	done := read(order.Edit{State: order.EditDone, Status: order.Reserving})
	done.Shows = dec("30")
	removed := read(order.Edit{State: order.EditDone, Status: order.Reserving})
	removed.Wanted, removed.Shows = dec("0"), dec("0")
	differs := read(order.Edit{State: order.EditDiffers, Status: order.Reserving})
	differs.Shows = dec("36")
	for _, c := range []struct {
		edit order.Edit
		tone ui.Tone
		want string
	}{
		{done, ui.Success, "2C918150: теперь в заказе 30, зарезервировано 24."},
		{removed, ui.Success, "2C918150: позиция убрана из заказа."},
		{differs, ui.Warning, "ждали 30, в заказе 36"},
		{read(order.Edit{State: order.EditUnknown, Status: order.Reserving}), ui.Warning, "Просили 30, в заказе пока 24"},
		{read(order.Edit{State: order.EditUnknown}), ui.Warning, "принято ли это, ещё неизвестно"},
		{read(order.Edit{State: order.EditUnchanged, Status: order.Reserving}), ui.Warning, "Можно повторить"},
		{read(order.Edit{State: order.EditUnchanged, Status: order.Assembly}), ui.Warning, "вышел из «Резервирования»"},
		{read(order.Edit{State: order.EditRefused, Status: order.Reserving, FaultText: "Нет такого товара."}), ui.Danger, "поставщик отказал: «Нет такого товара». В заказе по-прежнему 24"},
		{read(order.Edit{State: order.EditRefused, Status: order.Reserving}), ui.Danger, "поставщик отказал, в заказе по-прежнему 24"},
		{read(order.Edit{State: order.EditRefused, Status: order.Assembly, FaultText: "Нельзя."}), ui.Danger, "тем временем вышел из «Резервирования»"},
		{read(order.Edit{State: order.EditNotSent, FaultKind: "UNREACHABLE"}), ui.Warning, "не отправлено"},
		{read(order.Edit{State: order.EditSending}), ui.Info, "отправляется"},
		{read(order.Edit{State: order.EditPlanned}), ui.Info, "отправляется"},
	} {
		p := orderPage(t, views.OrderSource{Order: reservedOrder(), Right: buyer.RightEdit, Edits: []order.Edit{c.edit}})
		if p.Edit.Tone != c.tone || !strings.Contains(p.Edit.Outcome, c.want) {
			t.Errorf("%s: %s %q, want %s %q", c.edit.State, p.Edit.Tone, p.Edit.Outcome, c.tone, c.want)
		}
		if p.Edit.Allowed == c.edit.State.Open() || (p.Poll != "") != c.edit.State.Open() {
			t.Errorf("%s: more changes allowed %v, asks again every %q", c.edit.State, p.Edit.Allowed, p.Poll)
		}
		if again := p.Edits[0].Again != ""; again != c.edit.Again() {
			t.Errorf("%s: may be asked for again: %v", c.edit.State, again)
		}
	}
}

// Every state of a change has a word of its own in both languages.
func TestEveryStateOfAChangeHasAWord(t *testing.T) {
	words := map[string]bool{}
	for _, state := range order.EditStates {
		p := orderPage(t, views.OrderSource{Order: reservedOrder(), Right: buyer.RightEdit, Edits: []order.Edit{
			{ID: "2", Plan: "1", Step: 1, State: state, Item: "2C918150", Wanted: dec("6"), ChangedAt: now},
			{ID: "1", Plan: "1", State: order.EditDone, Item: "2C918150", Before: dec("24"), ChangedAt: now},
		}})
		if mark := p.Edits[0].Mark; strings.HasPrefix(mark, "edit.") || words[mark] {
			t.Errorf("%s reads %q", state, mark)
		} else {
			words[mark] = true
		}
	}
}

// A step that a crash left is offered to the buyer where it can be taken, and only then.
func TestAHalfDoneChangeIsOffered(t *testing.T) {
	half := func(before order.EditState) []order.Edit {
		return []order.Edit{
			{ID: "2", Plan: "1", Step: 1, Order: "4711", State: order.EditWaiting, Item: "2C918150", Wanted: dec("6"), Count: dec("6"), ChangedAt: ago(time.Hour)},
			{ID: "1", Plan: "1", Order: "4711", State: before, Item: "2C918150", Before: dec("24"), ChangedAt: ago(time.Hour)},
		}
	}
	for _, c := range []struct {
		name    string
		source  views.OrderSource
		offered bool
	}{
		{"removed, not added back", views.OrderSource{Order: reservedOrder(), Right: buyer.RightEdit, Edits: half(order.EditDone)}, true},
		{"the removal is unknown", views.OrderSource{Order: reservedOrder(), Right: buyer.RightEdit, Edits: half(order.EditUnknown)}, false},
		{"without the right", views.OrderSource{Order: reservedOrder(), Right: buyer.RightNone, Edits: half(order.EditDone)}, false},
	} {
		page := document(t, russian(t), views.OrderPage(frame("", ""), orderPage(t, c.source)))
		if n := page.Find(`form[action="/orders/4711/edits/2"] button`).Length(); (n == 2) != c.offered {
			t.Errorf("%s: %d buttons", c.name, n)
		}
		if said := strings.Contains(page.Find(".banner").Text(), "ещё не возвращена"); said != c.offered {
			t.Errorf("%s: told above the lines: %v", c.name, said)
		}
	}
}

// A wait is told with its day, and when the day or the goods have come.
func TestAWaitIsOver(t *testing.T) {
	for _, c := range []struct {
		due     time.Time
		arrived bool
		want    string
		home    string
	}{
		{now.Add(72 * time.Hour), false, "Ждёте 7, поставка 26.11.2026", ""},
		{time.Time{}, false, "срок не назван", ""},
		{now.Add(72 * time.Hour), true, "Товар пришёл, проверьте резерв", "0609-001174: товар пришёл, проверьте резерв"},
		{now.Add(-time.Hour), false, "Срок поставки наступил", "0609-001174: срок поставки наступил, проверьте резерв"},
	} {
		wait := order.Rescue{ID: 7, Order: "4711", Item: "0609-001174", Choice: order.RescueWait, Quantity: dec("7"), Due: c.due, State: order.RescueWaiting}
		arrived := func(order.Rescue) bool { return c.arrived }
		p := orderPage(t, views.OrderSource{Order: reservedOrder(), Right: buyer.RightEdit, Rescues: []order.Rescue{wait}, Arrived: arrived})
		if got := p.Lines[1].Rescue; !strings.Contains(got.Words, c.want) || got.Wait != "7" || p.Lines[0].Rescue != (views.Rescue{Item: "2C918150", Tone: ui.Neutral}) {
			t.Errorf("%+v, want %q", got, c.want)
		}
		home := ""
		for _, r := range views.NewReminders(russian(t), []order.Rescue{wait}, arrived, now) {
			home += r.Words
		}
		if home != c.home {
			t.Errorf("at home %q, want %q", home, c.home)
		}
	}
}

// Who may change the order is offered to, who may not gets the cart and a note.
func TestChoicesOfARescue(t *testing.T) {
	for _, c := range []struct {
		name   string
		right  buyer.Right
		status order.Status
		want   string
	}{
		{"with the right", buyer.RightEdit, order.Reserving, "equivalent equivalent wait drop"},
		{"right not known", buyer.RightUnknown, order.Reserving, "equivalent equivalent wait drop"},
		{"without the right", buyer.RightNone, order.Reserving, "cart cart wait cart note"},
		{"the order is closed", buyer.RightEdit, order.Assembly, "cart cart cart"},
	} {
		s := rescueSource(c.right)
		s.Order.Status = c.status
		page := document(t, russian(t), views.RescuePage(frame("", ""), views.NewRescueChoices(russian(t), s)))
		var got []string
		page.Find(`form[action="/orders/4711/lines/0609-001174/rescue"] [name=choice]`).Each(func(_ int, f *goquery.Selection) {
			got = append(got, f.AttrOr("value", ""))
		})
		if strings.Join(got, " ") != c.want {
			t.Errorf("%s: %v, want %s", c.name, got, c.want)
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
