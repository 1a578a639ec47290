package emulator_test

import (
	"net/http"
	"strings"
	"testing"

	"storefront/internal/vtt/emulator"
	"storefront/internal/vtt/emulator/emulatortest"
)

// What stands out of order is lost without a word, as WCF loses it; what can't be read at all is a fault.
func TestRequestIsReadAsWCFReadsIt(t *testing.T) {
	server := emulatortest.Start(t)
	manager := as(t, server, "manager")
	item := manager.stocked(1)[0].get("Id")
	order := manager.order(item, "1")
	for _, c := range []struct {
		about, operation, parameters, code string
	}{
		{"in order", "GetOrderStatus", login + password + param("orderId", order), ""},
		{"a stranger between", "GetOrderStatus", login + "<surprise><deep/></surprise>" + password + param("orderId", order), ""},
		{"password first: login is lost", "GetOrderStatus", password + login + param("orderId", order), "ACCESS_DENIED"},
		{"parameter first: credentials are kept, it is lost", "GetOrderStatus", param("orderId", order) + login + password, "ACCESS_DENIED"},
		{"parameter between: password is lost", "GetOrderStatus", login + param("orderId", order) + password, "ACCESS_DENIED"},
		{"parameter absent", "GetOrderStatus", login + password, "CONTRACT_ERROR"},
		{"parameter nil", "GetOrderStatus", login + password + `<orderId i:nil="true" xmlns:i="http://www.w3.org/2001/XMLSchema-instance"/>`, "CONTRACT_ERROR"},
		{"parameter in a foreign namespace", "GetOrderStatus", login + password + `<orderId xmlns="">` + order + `</orderId>`, "CONTRACT_ERROR"},
		{"name of another case", "GetOrderStatus", login + password + param("OrderId", order), "CONTRACT_ERROR"},
		{"count in Cyrillic, as the documentation misprints it", "RemoveItem", login + password + param("orderId", order) + param("itemId", item) + param("сount", "1"), "CONTRACT_ERROR"},
		{"count before itemId: itemId is lost", "RemoveItem", login + password + param("orderId", order) + param("count", "1") + param("itemId", item), "CONTRACT_ERROR"},
		{"members in order", "CreateOrder", login + password + line("<d:ItemId>"+item+"</d:ItemId><d:Quantity>1</d:Quantity>"), ""},
		{"Quantity before ItemId: ItemId is lost", "CreateOrder", login + password + line("<d:Quantity>1</d:Quantity><d:ItemId>"+item+"</d:ItemId>"), "CONTRACT_ERROR"},
		{"members in the namespace of operations", "CreateOrder", login + password + line("<ItemId>"+item+"</ItemId><Quantity>1</Quantity>"), "CONTRACT_ERROR"},
		{"Quantity absent is zero", "CreateOrder", login + password + line("<d:ItemId>"+item+"</d:ItemId>"), "CONTRACT_ERROR"},
		{"Quantity without a number", "CreateOrder", login + password + line("<d:ItemId>"+item+"</d:ItemId><d:Quantity/>"), "DeserializationFailed"},
		{"Quantity with an exponent", "CreateOrder", login + password + line("<d:ItemId>"+item+"</d:ItemId><d:Quantity>1e2</d:Quantity>"), "DeserializationFailed"},
		{"a stranger among the members", "CreateOrder", login + password + line("<d:Colour/><d:ItemId>"+item+"</d:ItemId><d:Price>1</d:Price><d:Quantity>1</d:Quantity>"), ""},
		{"a row of another name is skipped, and is all there was", "CreateOrder", login + password + "<lines " + data + "><d:Line><d:ItemId>" + item + "</d:ItemId><d:Quantity>1</d:Quantity></d:Line></lines>", "CONTRACT_ERROR"},
		{"lines nil", "CreateOrder", login + password + `<lines i:nil="true" xmlns:i="http://www.w3.org/2001/XMLSchema-instance"/>`, "CONTRACT_ERROR"},
		{"lines absent", "CreateOrder", login + password, "CONTRACT_ERROR"},
		{"AddItem, Quantity before ItemId: ItemId is lost", "AddItem", login + password + param("orderId", order) + line("<d:Quantity>1</d:Quantity><d:ItemId>"+item+"</d:ItemId>"), "CONTRACT_ERROR"},
		{"AddItem, lines before orderId: orderId is lost", "AddItem", login + password + line("<d:ItemId>"+item+"</d:ItemId><d:Quantity>1</d:Quantity>") + param("orderId", order), "CONTRACT_ERROR"},
		{"AddItem, item, which the other age has", "AddItem", login + password + param("orderId", order) + "<item " + data + "><d:ItemId>" + item + "</d:ItemId><d:Quantity>1</d:Quantity></item>", "CONTRACT_ERROR"},
		{"SetOrderNote, note before orderId: orderId is lost", "SetOrderNote", login + password + param("note", "x") + param("orderId", order), "CONTRACT_ERROR"},
		{"from is no number", "GetItemPortion", login + password + param("from", "one") + param("to", "5"), "DeserializationFailed"},
		{"an element inside text", "GetOrderStatus", login + password + "<orderId><b/></orderId>", "DeserializationFailed"},
	} {
		t.Run(c.about, func(t *testing.T) { wantCode(t, server, c.operation, c.parameters, c.code) })
	}
}

// wantCode posts a call and compares the code of its fault, "" for none.
func wantCode(t *testing.T, server *emulatortest.Server, operation, parameters, code string) answer {
	t.Helper()
	a, err := post(server.URL, operation, envelope(operation, parameters))
	if err != nil {
		t.Fatal(err)
	}
	if a.code != code {
		t.Errorf("code %q (%s), want %q", a.code, a.reason, code)
	}
	if want := map[bool]int{true: 200, false: 500}[code == ""]; a.status != want {
		t.Errorf("status %d, want %d", a.status, want)
	}
	return a
}

const (
	login    = "<login>manager</login>"
	password = "<password>tarragon</password>"
	data     = `xmlns:d="http://portal.vtt.ru/data"`
)

// line writes the parameter lines with one line of these members.
func line(members string) string {
	return "<lines " + data + "><d:OrderLineCreationDto>" + members + "</d:OrderLineCreationDto></lines>"
}

// The older age has integers, one item a call and no count; it reads forward as the current one does.
func TestRequestOf2016(t *testing.T) {
	server := emulatortest.Start(t, func(o *emulator.Options) { o.Age = "2016" })
	manager := as(t, server, "manager")
	goods := manager.stocked(9)
	item, second := goods[0].get("Id"), goods[1].get("Id")
	order := manager.order(item, "5", second, "5")
	named := func(members string) string { return "<item " + data + ">" + members + "</item>" }
	id, two := "<d:ItemId>"+item+"</d:ItemId>", "<d:Quantity>2</d:Quantity>"
	for _, c := range []struct {
		about, operation, parameters, code string
		quantity                           string // of the item afterwards
	}{
		{"item", "AddItem", param("orderId", order) + named(id+two), "", "7"},
		{"members out of order: ItemId is lost", "AddItem", param("orderId", order) + named(two+id), "CONTRACT_ERROR", "7"},
		{"parameters out of order: orderId is lost", "AddItem", named(id+two) + param("orderId", order), "CONTRACT_ERROR", "7"},
		{"lines, which the other age has", "AddItem", param("orderId", order) + line(id+two), "CONTRACT_ERROR", "7"},
		{"a fraction, where the type is int", "AddItem", param("orderId", order) + named(id+"<d:Quantity>2.0</d:Quantity>"), "DeserializationFailed", "7"},
		{"the same in a new order", "CreateOrder", line(id + "<d:Quantity>2.0</d:Quantity>"), "DeserializationFailed", "7"},
		{"count, which the other age has, is skipped: all is removed", "RemoveItem", param("orderId", order) + param("itemId", item) + param("count", "1"), "", ""},
	} {
		wantCode(t, server, c.operation, login+password+c.parameters, c.code)
		got := ""
		for _, l := range manager.call("GetOrderWithLines", param("orderId", order)).result.child("Lines").list("OrderLineDto") {
			if l.get("ItemId") == item {
				got = l.get("Quantity")
			}
		}
		if got != c.quantity {
			t.Errorf("%s: the order has %q of it, want %q", c.about, got, c.quantity)
		}
	}
}

// A number that was lost is zero, as a value type is in .NET.
func TestLostNumberIsZero(t *testing.T) {
	server := emulatortest.Start(t)
	a := wantCode(t, server, "GetItemPortion", login+password+param("to", "5")+param("from", "3"), "")
	if n := len(a.result.child("Items").list("ItemDto")); n != 6 {
		t.Errorf("%d rows, want those from 0 to 5", n)
	}
}

func TestEnvelopeThatIsNone(t *testing.T) {
	server := emulatortest.Start(t)
	good := envelope("GetCategories", "<login>buyer</login><password>apricot</password>")
	for about, body := range map[string]string{
		"empty":              "",
		"not XML":            "login=buyer",
		"cut":                good[:len(good)-20],
		"DOCTYPE":            `<!DOCTYPE s:Envelope [<!ENTITY e "x">]>` + good,
		"garbage at the end": good + "<more/>",
		"SOAP 1.2":           strings.Replace(good, "http://schemas.xmlsoap.org/soap/envelope/", "http://www.w3.org/2003/05/soap-envelope", 1),
		"no body":            `<s:Envelope xmlns:s="http://schemas.xmlsoap.org/soap/envelope/"/>`,
		"another operation":  strings.ReplaceAll(good, "GetCategories", "GetItems"),
		"foreign namespace":  strings.Replace(good, `"http://portal.vtt.ru"`, `"http://tempuri.org/"`, 1),
	} {
		t.Run(about, func(t *testing.T) {
			a, err := post(server.URL, "GetCategories", body)
			if err != nil || a.status != 500 || a.code != "DeserializationFailed" {
				t.Errorf("status %d, code %q, %v; want a DeserializationFailed fault", a.status, a.code, err)
			}
		})
	}
	a, err := post(server.URL, "GetCategories", strings.Replace(good, "<s:Body>", "<s:Header><a><b/></a></s:Header><s:Body>", 1))
	if err != nil || a.code != "" || len(a.result.Children) == 0 {
		t.Errorf("a header is skipped: %q, %v", a.code, err)
	}
	if got := server.Executions()["GetCategories"]; got != 1 {
		t.Errorf("performed %d times, want once", got)
	}
}

func TestUnknownAction(t *testing.T) {
	current := emulatortest.Start(t)
	older := emulatortest.Start(t, func(o *emulator.Options) { o.Age = "2016" })
	for _, c := range []struct {
		server    *emulatortest.Server
		operation string
		known     bool
	}{
		{current, "GetGoods", false}, {current, "", false}, {current, "ExportInvoiceXml", false}, {current, "GetRuntimeItemPortion", false}, {current, "GetRuntimeItemsPortion", true},
		{older, "GetUsdRubRate", false}, {older, "SetOrderNote", false}, {older, "GetGoodsCompatibilityInformation", false}, {older, "GetRuntimeItemsPortion", false}, {older, "GetRuntimeItemPortion", true},
	} {
		a := as(t, c.server, "manager").call(c.operation, param("from", "0")+param("to", "1"))
		if known := a.code != "ActionNotSupported"; known != c.known {
			t.Errorf("%s: known %v (%s), want %v", c.operation, known, a.code, c.known)
		}
	}
}

func TestContentType(t *testing.T) {
	server := emulatortest.Start(t)
	response, err := http.Post(server.URL, "application/soap+xml", strings.NewReader("<x/>"))
	if err != nil {
		t.Fatal(err)
	}
	_ = response.Body.Close()
	if response.StatusCode != http.StatusUnsupportedMediaType {
		t.Errorf("status %d, want 415", response.StatusCode)
	}
}
