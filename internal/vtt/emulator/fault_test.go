package emulator_test

import (
	"strings"
	"testing"

	"storefront/internal/vtt/emulator"
	"storefront/internal/vtt/emulator/emulatortest"
)

// Every fault that the documentation names, by every way to it.
func TestDocumentedFaults(t *testing.T) {
	server := emulatortest.Start(t, func(o *emulator.Options) {
		o.ExtraAccounts = []emulator.Account{{Login: "wrong", Password: "secret", Dealer: "x", Branch: "Москва", Level: "base", Currency: "USD"}}
	})
	buyer, manager := as(t, server, "buyer"), as(t, server, "manager")
	stranger := as(t, server, "wrong")
	stranger.account.Password = "Secret"
	item := buyer.stocked(1)[0].get("Id")
	order := param("orderId", buyer.order(item, "1"))
	priceless := ""
	for _, n := range buyer.call("GetItems", "").result.list("ItemDto") {
		if n.get("Price") == "-1" {
			priceless = n.get("Id")
		}
	}
	for _, c := range []struct {
		about                       string
		who                         caller
		operation, parameters, code string
	}{
		{"password of another case", stranger, "GetUsdRubRate", "", "ACCESS_DENIED"},
		{"no right to add", buyer, "AddItem", order + orderLines("lines", item, "1"), "NON_AUTHORIZED"},
		{"no right to remove", buyer, "RemoveItem", order + param("itemId", item) + param("count", "0"), "NON_AUTHORIZED"},
		{"no right to a note", buyer, "SetOrderNote", order + param("note", "x"), "NON_AUTHORIZED"},
		{"no right to compatibility", buyer, "GetGoodsCompatibilityInformation", "", "NON_AUTHORIZED"},
		{"unknown item", buyer, "GetItem", param("itemId", "NOPE"), "BUSINESS_LOGIC_ERROR"},
		{"unknown item, runtime", buyer, "GetRuntimeItem", param("itemId", "NOPE"), "BUSINESS_LOGIC_ERROR"},
		{"no item", buyer, "GetItem", "", "CONTRACT_ERROR"},
		{"unknown category", buyer, "GetCategoryItems", param("categoryId", "NOPE"), "BUSINESS_LOGIC_ERROR"},
		{"no category", buyer, "GetCategoryRuntimeItems", param("categoryId", ""), "CONTRACT_ERROR"},
		{"unknown order", buyer, "GetOrderStatus", param("orderId", "NOPE"), "BUSINESS_LOGIC_ERROR"},
		{"unknown order, lines", buyer, "GetOrderWithLines", param("orderId", "NOPE"), "BUSINESS_LOGIC_ERROR"},
		{"unknown order, note", manager, "SetOrderNote", param("orderId", "NOPE") + param("note", "x"), "BUSINESS_LOGIC_ERROR"},
		{"unknown order, long note", manager, "SetOrderNote", param("orderId", "NOPE") + param("note", strings.Repeat("x", 1001)), "BUSINESS_LOGIC_ERROR"},
		{"window upside down", buyer, "GetItemPortion", param("from", "9") + param("to", "3"), "CONTRACT_ERROR"},
		{"window below zero", buyer, "GetRuntimeItemsPortion", param("from", "-1") + param("to", "3"), "CONTRACT_ERROR"},
		{"no lines", buyer, "CreateOrder", "", "CONTRACT_ERROR"},
		{"empty lines", buyer, "CreateOrder", orderLines("lines"), "CONTRACT_ERROR"},
		{"zero pieces", buyer, "CreateOrder", orderLines("lines", item, "0"), "CONTRACT_ERROR"},
		{"negative pieces", buyer, "CreateOrder", orderLines("lines", item, "-1"), "CONTRACT_ERROR"},
		{"half a piece", buyer, "CreateOrder", orderLines("lines", item, "1.5"), "CONTRACT_ERROR"},
		{"too many pieces", buyer, "CreateOrder", orderLines("lines", item, "99999999999999999999"), "CONTRACT_ERROR"},
		{"unknown item ordered", buyer, "CreateOrder", orderLines("lines", item, "1", "NOPE", "1"), "BUSINESS_LOGIC_ERROR"},
		{"item without a price ordered", buyer, "CreateOrder", orderLines("lines", priceless, "1"), "BUSINESS_LOGIC_ERROR"},
		{"item that is not in the order removed", manager, "RemoveItem", order + param("itemId", "NOPE") + param("count", "0"), "BUSINESS_LOGIC_ERROR"},
		{"more removed than there is", manager, "RemoveItem", order + param("itemId", item) + param("count", "9"), "BUSINESS_LOGIC_ERROR"},
		{"a negative number removed", manager, "RemoveItem", order + param("itemId", item) + param("count", "-1"), "CONTRACT_ERROR"},
		{"a word removed", manager, "RemoveItem", order + param("itemId", item) + param("count", "все"), "CONTRACT_ERROR"},
	} {
		t.Run(c.about, func(t *testing.T) {
			before, orders := server.Executions()[c.operation], len(server.Orders())
			a := c.who.call(c.operation, c.parameters)
			if a.code != c.code || a.status != 500 || a.reason == "" {
				t.Errorf("status %d, %q: %q; want %q", a.status, a.code, a.reason, c.code)
			}
			if server.Executions()[c.operation] != before || len(server.Orders()) != orders {
				t.Error("what was refused was performed")
			}
		})
	}
	if a := buyer.call("CreateOrder", orderLines("lines", item, "2.0")); a.code != "" {
		t.Errorf("2.0 pieces are whole: %s", a.reason)
	}
}

func TestSpellingsOfFaults(t *testing.T) {
	for _, c := range []struct {
		about   string
		answers emulator.Answers
		want    string
	}{
		{"usual", emulator.Answers{}, "<faultcode>s:BUSINESS_LOGIC_ERROR</faultcode>"},
		{"as the table prints it", emulator.Answers{BusinessLogicTypo: true}, "<faultcode>s:BUSINESS_LOGIC_ERRROR</faultcode>"},
		{"bare", emulator.Answers{FaultPrefix: "none"}, "<faultcode>BUSINESS_LOGIC_ERROR</faultcode>"},
		{"a prefix of its own", emulator.Answers{FaultPrefix: "a"}, `<faultcode xmlns:a="http://portal.vtt.ru/faults">a:BUSINESS_LOGIC_ERROR</faultcode>`},
	} {
		t.Run(c.about, func(t *testing.T) {
			server := emulatortest.Start(t, func(o *emulator.Options) { o.Items, o.Answers = 50, c.answers })
			if a := as(t, server, "buyer").call("GetItem", param("itemId", "A<&>B")); !strings.Contains(a.body, c.want) || !strings.Contains(a.reason, "A<&>B") {
				t.Errorf("%s\nwant %s", a.body, c.want)
			}
		})
	}
}
