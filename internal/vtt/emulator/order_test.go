package emulator_test

import (
	"fmt"
	"net/http"
	"strings"
	"testing"
	"time"

	"pgregory.net/rapid"

	"storefront/internal/vtt/emulator"
	"storefront/internal/vtt/emulator/emulatortest"
)

func TestOrderLivesByTheClock(t *testing.T) {
	clock := noon()
	server := emulatortest.Start(t, func(o *emulator.Options) { o.Now, o.ClockRate = clock.Now, 60 })
	buyer := as(t, server, "buyer")
	item := buyer.stocked(3)[0]
	id := buyer.order(item.get("Id"), "3")

	for _, step := range []struct {
		passes                   time.Duration // real time, sixty times slower than the emulated
		status                   string
		payment, invoice, upd, g bool
	}{
		{0, "Резервирование", false, false, false, false},
		{119 * time.Second, "Резервирование", false, false, false, false},
		{time.Second, "Сборка", true, false, false, false},
		{119 * time.Second, "Сборка", true, false, false, false},
		{time.Second, "Отгружен", true, true, true, true},
		{time.Hour, "Отгружен", true, true, true, true},
	} {
		clock.now = clock.now.Add(step.passes)
		o := buyer.call("GetOrderStatus", param("orderId", id)).result
		full := buyer.call("GetOrderWithLines", param("orderId", id)).result
		line := full.child("Lines").child("OrderLineDto")
		if got := o.get("Status"); got != step.status {
			t.Fatalf("after %s: status %q, want %q", step.passes, got, step.status)
		}
		for about, c := range map[string]struct{ got, want bool }{
			"payment invoice":      {o.get("PaymentInvoiceId") != "", step.payment},
			"its date":             {o.get("PaymentInvoiceDate") != "", step.payment},
			"ТОРГ-12":              {o.get("InvoiceId") != "", step.invoice},
			"its date ":            {o.get("InvoiceDate") != "", step.invoice},
			"УПД":                  {strings.HasPrefix(o.get("UtdUrl"), server.Base+"/documents/upd-"+id), step.upd},
			"ГТД or country":       {line.get("GtdCountry") != "", step.g},
			"UtdUrl in full order": {full.child("UtdUrl").missing() == "absent", true},
		} {
			if c.got != c.want {
				t.Errorf("%s: %s is %v, want %v", step.status, about, c.got, c.want)
			}
		}
	}
}

func TestEmptyOrderIsCancelledWhenReservingEnds(t *testing.T) {
	server := emulatortest.Start(t)
	manager := as(t, server, "manager")
	item := manager.stocked(1)[0].get("Id")
	id := manager.order(item, "1")
	manager.call("RemoveItem", param("orderId", id)+param("itemId", item)+param("count", "0"))
	if err := server.Advance(2 * time.Hour); err != nil {
		t.Fatal(err)
	}
	if got := manager.call("GetOrderStatus", param("orderId", id)).result.get("Status"); got != "Отменён" {
		t.Errorf("status %q, want Отменён", got)
	}
}

// Whatever is ordered, added and removed, by whomever: what a branch has promised never exceeds what it had, and what orders
// hold and what is left always add up to it.
func TestReservationsNeverExceedStock(t *testing.T) {
	server := emulatortest.Start(t, func(o *emulator.Options) { o.Items = 120 })
	manager, buyer := as(t, server, "manager"), as(t, server, "buyer") // one branch
	items := manager.stocked(1)[:4]
	stock := make(map[string]int)
	for _, item := range items {
		stock[item.get("Id")] = number(item.get("AvailableQuantity")) + held(server, item.get("Id"))
	}
	var ids []string
	rapid.Check(t, func(r *rapid.T) {
		item := rapid.SampledFrom(items).Draw(r, "item").get("Id")
		quantity := fmt.Sprint(rapid.IntRange(1, stock[item]+2).Draw(r, "quantity"))
		act := rapid.IntRange(0, 3).Draw(r, "act")
		switch {
		case act == 0 || len(ids) == 0:
			who := rapid.SampledFrom([]caller{manager, buyer}).Draw(r, "who")
			ids = append(ids, who.order(item, quantity, item, "1"))
		case act == 1:
			manager.call("AddItem", param("orderId", rapid.SampledFrom(ids).Draw(r, "order"))+orderLines("lines", item, quantity))
		default:
			manager.call("RemoveItem", param("orderId", rapid.SampledFrom(ids).Draw(r, "order"))+param("itemId", item)+param("count", fmt.Sprint(act-2)))
		}
		for id, had := range stock {
			left := number(manager.call("GetRuntimeItem", param("itemId", id)).result.get("AvailableQuantity"))
			if left < 0 || left+held(server, id) != had {
				r.Fatalf("%s: %d left and %d reserved of %d", id, left, held(server, id), had)
			}
		}
	})
}

// held is what living orders of the first branch hold of an item.
func held(server *emulatortest.Server, item string) (pieces int) {
	for _, o := range server.Orders() {
		for _, l := range o.Lines {
			if l.Reserved > l.Quantity || l.Reserved < 0 {
				panic(fmt.Sprintf("%s: %d reserved of %d", o.ID, l.Reserved, l.Quantity))
			}
			living := o.Status == "Резервирование" || o.Status == "Сборка"
			if l.ItemID == item && living && o.Branch == "Москва" {
				pieces += int(l.Reserved)
			}
		}
	}
	return pieces
}

func number(text string) (n int) {
	if _, err := fmt.Sscan(text, &n); err != nil {
		panic(fmt.Sprintf("%q is not a whole number", text))
	}
	return n
}

func TestCreateOrderReservesWhatThereIs(t *testing.T) {
	server := emulatortest.Start(t)
	buyer := as(t, server, "buyer")
	items := buyer.stocked(2)
	plenty, short := items[0], items[1]
	have := number(short.get("AvailableQuantity"))
	id := buyer.order(plenty.get("Id"), "2", short.get("Id"), fmt.Sprint(have+5), plenty.get("Id"), "1")

	full := buyer.call("GetOrderWithLines", param("orderId", id)).result
	var got []string
	for _, l := range full.child("Lines").list("OrderLineDto") {
		got = append(got, l.get("ItemId")+" "+l.get("Quantity")+" "+l.get("ReservedQuantity"))
		if l.get("Name") == "" || l.get("UnitPrice") == "" {
			t.Errorf("line %s has no name or price", l.get("ItemId"))
		}
	}
	left := number(plenty.get("AvailableQuantity")) - 2
	want := []string{
		plenty.get("Id") + " 2 2", fmt.Sprintf("%s %d %d", short.get("Id"), have+5, have), fmt.Sprintf("%s 1 %d", plenty.get("Id"), min(left, 1)),
	}
	if strings.Join(got, "; ") != strings.Join(want, "; ") {
		t.Errorf("lines\n%q, want\n%q", got, want)
	}
	if full.get("LineCount") != "3" || full.get("GoodsCount") != fmt.Sprint(have+8) {
		t.Errorf("LineCount %s, GoodsCount %s", full.get("LineCount"), full.get("GoodsCount"))
	}
	if got := buyer.call("GetRuntimeItem", param("itemId", short.get("Id"))).result.get("AvailableQuantity"); got != "0" {
		t.Errorf("%s pieces left, want none", got)
	}
}

func TestEditing(t *testing.T) {
	server := emulatortest.Start(t)
	manager, buyer := as(t, server, "manager"), as(t, server, "buyer")
	item := manager.stocked(4)[0]
	id, price := item.get("Id"), item.get("Price")
	order := buyer.order(id, "2") // a colleague's order: the dealer's

	added := manager.call("AddItem", param("orderId", order)+orderLines("lines", id, "1")).result
	if added.get("OrderedQuantity") != "1" || added.get("ReservedQuantity") != "1" || added.get("LinesDeleted") != "0" {
		t.Errorf("AddItem: %+v", added)
	}
	lines := func() string {
		var b strings.Builder
		for _, l := range manager.call("GetOrderWithLines", param("orderId", order)).result.child("Lines").list("OrderLineDto") {
			fmt.Fprintf(&b, "%s %s/%s at %s;", l.get("ItemId"), l.get("ReservedQuantity"), l.get("Quantity"), l.get("UnitPrice"))
		}
		return b.String()
	}
	price = strings.TrimRight(strings.TrimRight(price, "0"), ".")
	if got, want := lines(), id+" 3/3 at "+price+";"; got != want {
		t.Errorf("after AddItem: %s, want %s", got, want)
	}
	manager.call("RemoveItem", param("orderId", order)+param("itemId", id)+param("count", "1"))
	if got, want := lines(), id+" 2/2 at "+price+";"; got != want {
		t.Errorf("after RemoveItem 1: %s, want %s", got, want)
	}
	manager.call("RemoveItem", param("orderId", order)+param("itemId", id)+param("count", "0"))
	if got := lines(); got != "" {
		t.Errorf("after RemoveItem 0: %s, want nothing", got)
	}
	if err := server.Advance(2 * time.Hour); err != nil {
		t.Fatal(err)
	}
	if a := manager.call("AddItem", param("orderId", order)+orderLines("lines", id, "1")); a.code != "BUSINESS_LOGIC_ERROR" {
		t.Errorf("AddItem to an order that is not being reserved: %q", a.code)
	}
}

func TestNote(t *testing.T) {
	server := emulatortest.Start(t)
	manager := as(t, server, "manager")
	order := manager.order(manager.stocked(1)[0].get("Id"), "1")
	for _, c := range []struct{ note, updated, kept string }{
		{"Самовывоз <срочно> & с документами", "true", "Самовывоз <срочно> & с документами"},
		{strings.Repeat("ё", 1000), "true", strings.Repeat("ё", 1000)},
		{strings.Repeat("ё", 1001), "false", strings.Repeat("ё", 1000)},
		{"", "true", ""},
	} {
		result := manager.call("SetOrderNote", param("orderId", order)+param("note", c.note)).result
		if got := result.get("NoteUpdated"); got != c.updated {
			t.Errorf("%.20q: NoteUpdated %q, want %q", c.note, got, c.updated)
		}
		if failed := result.get("Error") != ""; failed != (c.updated == "false") {
			t.Errorf("%.20q: Error %q", c.note, result.get("Error"))
		}
		if got := manager.call("GetOrderStatus", param("orderId", order)).result.get("Note"); got != c.kept {
			t.Errorf("note %.20q, want %.20q", got, c.kept)
		}
	}
}

func TestLoginsOfADealerSeeItsOrdersAndNoOthers(t *testing.T) {
	server := emulatortest.Start(t)
	buyer, manager, ural := as(t, server, "buyer"), as(t, server, "manager"), as(t, server, "ural")
	id := buyer.order(buyer.stocked(1)[0].get("Id"), "1")
	has := func(c caller) bool {
		for _, o := range c.call("GetOrders", "").result.list("OrderDto") {
			if o.get("Id") == id {
				return true
			}
		}
		return false
	}
	if !has(buyer) || !has(manager) || has(ural) {
		t.Errorf("seen by buyer %v, manager %v, another dealer %v", has(buyer), has(manager), has(ural))
	}
	for _, operation := range []string{"GetOrderStatus", "GetOrderWithLines", "AddItem", "RemoveItem", "SetOrderNote"} {
		parameters := func(id string) string {
			switch operation {
			case "AddItem":
				return param("orderId", id) + orderLines("lines", ural.stocked(1)[0].get("Id"), "1")
			case "RemoveItem":
				return param("orderId", id) + param("itemId", "x") + param("count", "0")
			}
			return param("orderId", id) + param("note", "x")
		}
		foreign, none := ural.call(operation, parameters(id)), ural.call(operation, parameters("99999999"))
		if foreign.code != "BUSINESS_LOGIC_ERROR" || strings.ReplaceAll(foreign.reason, id, "") != strings.ReplaceAll(none.reason, "99999999", "") {
			t.Errorf("%s: another dealer's order answers %q %q, one that does not exist %q", operation, foreign.code, foreign.reason, none.reason)
		}
	}
}

func TestReadyMadeHistory(t *testing.T) {
	server := emulatortest.Start(t)
	statuses, currencies := make(map[string]map[string]int), make(map[string]bool)
	returns, partial, notes := 0, 0, 0
	for _, o := range server.Orders() {
		if statuses[o.Dealer] == nil {
			statuses[o.Dealer] = make(map[string]int)
		}
		statuses[o.Dealer][o.Status]++
		currencies[o.Currency] = true
		if o.Type != 1 {
			returns++
		}
		if o.Note != "" {
			notes++
		}
		for _, l := range o.Lines {
			if l.Reserved < l.Quantity && o.Status == "Резервирование" {
				partial++
			}
		}
	}
	for dealer, counts := range statuses {
		for _, status := range []string{"Резервирование", "Сборка", "Отгружен", "Отменён", "Неизвестный статус"} {
			if counts[status] == 0 {
				t.Errorf("%s has no order in %s", dealer, status)
			}
		}
	}
	if len(statuses) != 4 || len(currencies) != 3 || returns == 0 || partial == 0 || notes == 0 {
		t.Errorf("%d dealers, %d currencies, %d returns, %d partial reservations, %d notes", len(statuses), len(currencies), returns, partial, notes)
	}
	first := 0
	for _, n := range statuses[server.Accounts()[0].Dealer] {
		first += n
	}
	if first != 40 {
		t.Errorf("the first dealer has %d orders, want 40", first)
	}
}

func TestDocumentLinksLeadSomewhere(t *testing.T) {
	server := emulatortest.Start(t)
	several, corrections := 0, 0
	for _, o := range as(t, server, "buyer").call("GetOrders", "").result.list("OrderDto") {
		links := strings.FieldsFunc(o.get("UtdUrl"), func(r rune) bool { return strings.ContainsRune(",; ", r) })
		if len(links) > 1 {
			several++
		}
		for _, link := range links {
			if strings.Contains(link, "/ukd-") {
				corrections++
			}
			response, err := http.Get(link)
			if err != nil {
				t.Fatal(err)
			}
			_ = response.Body.Close()
			if response.StatusCode != 200 || response.Header.Get("Content-Type") != "application/pdf" {
				t.Errorf("%s: %s %s", link, response.Status, response.Header.Get("Content-Type"))
			}
		}
	}
	if several == 0 || corrections == 0 {
		t.Errorf("%d orders with several documents, %d corrections", several, corrections)
	}
}
