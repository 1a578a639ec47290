//go:build judges

package emulator_test

import (
	"encoding/json"
	"fmt"
	"regexp"
	"strings"
	"testing"

	"github.com/google/go-cmp/cmp"

	"storefront/internal/vtt/emulator"
	"storefront/internal/vtt/emulator/emulatortest"
	"storefront/internal/vtt/portal"
)

// A judge is given a scenario: calls, and what a reader that knows nothing of SOAP stacks (caller_test.go) saw when the same
// emulator answered them before. It calls all of it again and compares every value. So the judges hold no knowledge of the
// service, and differ only in what their stacks make of the wire.

// unit is what a judge prints one line about: an operation, or the code of a fault.
type unit struct {
	Name  string `json:"name"`
	Calls []step `json:"calls"`
}

// step is one call and what must come back: Answer, or Fault with Reason.
type step struct {
	Operation string `json:"operation"`
	Action    string `json:"action,omitempty"` // SOAPAction to send instead of the operation's own
	Login     string `json:"login"`
	Password  string `json:"password"`
	Args      args   `json:"parameters"`
	Answer    any    `json:"answer"` // a tree; nil also where the contract has no result
	Fault     string `json:"fault,omitempty"`
	Reason    string `json:"reason,omitempty"`
}

// args are the parameters after login and password, in the order of the contract: text, int, wanted or []wanted.
type args []arg

type arg struct {
	name  string
	value any
}

// wanted is an OrderLineCreationDto, backwards: whatever the order of the caller's object, stacks must write ItemId first.
type wanted struct {
	Quantity int
	ItemId   string
}

// MarshalJSON writes an object in the order of the slice: npm's soap sends parameters in the order of the caller's object.
func (a args) MarshalJSON() ([]byte, error) {
	var members []string
	for _, p := range a {
		value := p.value
		if lines, many := value.([]wanted); many {
			value = map[string]any{"OrderLineCreationDto": lines}
		}
		text, err := json.Marshal(value)
		if err != nil {
			return nil, err
		}
		members = append(members, fmt.Sprintf("%q:%s", p.name, text))
	}
	return []byte("{" + strings.Join(members, ",") + "}"), nil
}

func (a args) markup() string {
	var b strings.Builder
	for _, p := range a {
		switch value := p.value.(type) {
		case []wanted:
			var lines []string
			for _, w := range value {
				lines = append(lines, w.ItemId, fmt.Sprint(w.Quantity))
			}
			b.WriteString(orderLines(p.name, lines...))
		case wanted:
			fmt.Fprintf(&b, `<%s xmlns:d="http://portal.vtt.ru/data"><d:ItemId>%s</d:ItemId><d:Quantity>%d</d:Quantity></%[1]s>`, p.name, escaped(value.ItemId), value.Quantity)
		default:
			b.WriteString(param(p.name, fmt.Sprint(value)))
		}
	}
	return b.String()
}

// tree is an element as plain values: nil for nil, "decimal 12.30" for a scalar of the contract's type, an object for a type's
// members, a list for repeated ones. What is absent is not in it.
func (c contract) tree(kind string, n node) any {
	members, complex := c.types[kind]
	switch {
	case n.missing() == "nil" || kind == portal.TypeNone:
		return nil
	case !complex && kind != "ArrayOfstring":
		return kind + " " + n.Text
	}
	object := make(map[string]any)
	if row, isArray := strings.CutPrefix(kind, "ArrayOf"); isArray {
		list := []any{}
		for _, child := range n.Children {
			list = append(list, c.tree(row, child))
		}
		object[row] = list
		return object
	}
	for _, m := range members {
		name, kind, _ := strings.Cut(m, ":")
		if child := n.child(name); child.missing() != "absent" {
			object[name] = c.tree(kind, child)
		}
	}
	return object
}

// scenario is written while it is played for the first time.
type scenario struct {
	t        *testing.T
	server   *emulatortest.Server
	age      portal.Age
	contract contract
	units    []unit
}

// rulesOfScenario make the emulator refuse with the codes that a well-behaved caller does not meet. They count calls of one
// account by one operation, so that judges need not steer the emulator.
func rulesOfScenario() (rules []emulator.Rule) {
	for _, code := range ruledCodes() {
		rules = append(rules, emulator.Rule{Operation: "GetCategories", Login: "ural", Nth: 1, Count: 1, Effect: emulator.Refuse, Code: code})
	}
	return rules
}

// ruledCodes come from rules, in this order.
func ruledCodes() []string {
	return []string{"BUSINESS_LOGIC_ERRROR", "TECHNICAL_ERROR", "DeserializationFailed", "InternalServiceFault"}
}

// playScenario plays the scenario by hand against a server that is in its seed's state.
func playScenario(t *testing.T, server *emulatortest.Server, age portal.Age) []unit {
	t.Helper()
	s := &scenario{t: t, server: server, age: age, contract: readContract(t, parse(t, string(portal.WSDL(age))))}
	if err := server.AddRules(rulesOfScenario()...); err != nil {
		t.Fatal(err)
	}
	s.catalogue()
	s.orders()
	if age == portal.Older {
		shipped := s.shipped()
		s.unit("ExportInvoiceXml").call("manager", "ExportInvoiceXml", args{{"orderId", shipped}})
	} else {
		s.unit("GetGoodsCompatibilityInformation").call("manager", "GetGoodsCompatibilityInformation", nil)
		s.unit("GetUsdRubRate").call("neighbour", "GetUsdRubRate", nil)
	}
	s.refusals()
	return s.units
}

// unit begins a unit: calls go to the last one begun.
func (s *scenario) unit(name string) *scenario {
	s.units = append(s.units, unit{Name: name})
	return s
}

// call plays a call that must be answered, and returns the answer.
func (s *scenario) call(login, operation string, a args) node {
	s.t.Helper()
	got := s.play(step{Operation: operation, Args: a}, as(s.t, s.server, login))
	if got.code != "" {
		s.t.Fatalf("%s: %s: %s", operation, got.code, got.reason)
	}
	return got.result
}

// play makes a call by hand and writes it down with what came back.
func (s *scenario) play(next step, c caller) answer {
	s.t.Helper()
	operation := next.Operation
	if next.Action != "" {
		operation = next.Action[strings.LastIndex(next.Action, "/")+1:]
	}
	got := c.call(operation, next.Args.markup())
	next.Login, next.Password = c.account.Login, c.account.Password
	if next.Fault, next.Reason = got.code, got.reason; got.code == "" {
		next.Answer = s.contract.tree(s.result(next.Operation), got.result)
	}
	last := &s.units[len(s.units)-1]
	last.Calls = append(last.Calls, next)
	return got
}

func (s *scenario) result(name string) string {
	for _, o := range portal.Operations(s.age) {
		if o.Name == name {
			return o.Result
		}
	}
	s.t.Fatalf("age %s has no %s", s.age, name)
	return ""
}

func (s *scenario) catalogue() {
	portion := "GetRuntimeItemsPortion"
	if s.age == portal.Older {
		portion = "GetRuntimeItemPortion"
	}
	s.unit("GetItems").call("buyer", "GetItems", nil)
	s.unit("GetRuntimeItems").call("almaty", "GetRuntimeItems", nil) // whose password must be escaped
	s.unit("GetItemPortion").call("buyer", "GetItemPortion", args{{"from", 0}, {"to", 9}})
	s.call("buyer", "GetItemPortion", args{{"from", judgedItems}, {"to", judgedItems + 9}}) // beyond the end: an empty list
	s.unit(portion).call("neighbour", portion, args{{"from", 5}, {"to", 5}})                // a list of one
	s.unit("GetItem").call("buyer", "GetItem", args{{"itemId", "209082016"}})
	s.call("buyer", "GetItem", args{{"itemId", "A/1"}})
	s.unit("GetRuntimeItem").call("buyer", "GetRuntimeItem", args{{"itemId", "2C918150"}})
	s.unit("GetCategories").call("buyer", "GetCategories", nil)
	s.unit("GetCategoryItems").call("buyer", "GetCategoryItems", args{{"categoryId", "CARTLAS_ORIG"}})
	s.unit("GetCategoryRuntimeItems").call("buyer", "GetCategoryRuntimeItems", args{{"categoryId", "CARTLAS"}})
}

// shipped is a shipped order of the first dealer: it has documents and customs declarations.
func (s *scenario) shipped() string {
	for _, o := range s.server.Orders() {
		if o.Dealer == s.server.Accounts()[0].Dealer && o.Status == "Отгружен" {
			return o.ID
		}
	}
	s.t.Fatal("no shipped order")
	return ""
}

func (s *scenario) orders() {
	shipped := s.shipped()
	s.unit("GetOrders").call("buyer", "GetOrders", nil)
	s.unit("CreateOrder")
	id := s.call("buyer", "CreateOrder", args{{"lines", []wanted{{40000, "A21101"}, {1, "2C918150"}}}}).Text // more than there is
	order := args{{"orderId", id}}
	s.call("ural", "CreateOrder", args{{"lines", []wanted{{2, "A21101"}}}}) // in roubles
	s.unit("GetOrderStatus").call("manager", "GetOrderStatus", order)
	s.call("buyer", "GetOrderStatus", args{{"orderId", shipped}})
	s.unit("GetOrderWithLines").call("buyer", "GetOrderWithLines", order)
	s.call("buyer", "GetOrderWithLines", args{{"orderId", shipped}})
	s.unit("AddItem").call("manager", "AddItem", append(order, s.line("2C918150", 3)))
	s.call("buyer", "GetOrderWithLines", order)
	s.unit("RemoveItem")
	s.remove(id, "2C918150", "1")
	s.call("buyer", "GetOrderWithLines", order)
	s.remove(id, "2C918150", "0")
	s.remove(id, "A21101", "0")
	s.call("buyer", "GetOrderWithLines", order) // an order without lines
	if s.age == portal.Current {
		s.unit("SetOrderNote").call("manager", "SetOrderNote", append(order, arg{"note", note}))
		s.call("buyer", "GetOrderStatus", order)
		s.call("manager", "SetOrderNote", append(order, arg{"note", strings.Repeat("ё", 1001)})) // too long: an Error, no fault
	}
}

const note = "Отгрузить до обеда: «Ёлка» & <срочно>"

// line is AddItem's last parameter: an array, in the older age a single line.
func (s *scenario) line(item string, quantity int) arg {
	if s.age == portal.Older {
		return arg{"item", wanted{quantity, item}}
	}
	return arg{"lines", []wanted{{quantity, item}}}
}

// remove removes pieces of an item; the older age knows no count, there only "0", all, is played.
func (s *scenario) remove(order, item, count string) {
	a := args{{"orderId", order}, {"itemId", item}}
	switch {
	case s.age == portal.Current:
		s.call("manager", "RemoveItem", append(a, arg{"count", count}))
	case count == "0":
		s.call("manager", "RemoveItem", a)
	}
}

// refusals meets every code of a fault: what a caller can provoke is provoked, the rest comes from rules.
func (s *scenario) refusals() {
	buyer := as(s.t, s.server, "buyer")
	stranger := buyer
	stranger.account.Password = "APRICOT"
	s.refused("ACCESS_DENIED", step{Operation: "GetCategories"}, stranger)
	s.refused("NON_AUTHORIZED", step{Operation: "RemoveItem", Args: args{{"orderId", "1"}, {"itemId", "A21101"}}}, buyer)
	s.refused("BUSINESS_LOGIC_ERROR", step{Operation: "GetItem", Args: args{{"itemId", "нет такого"}}}, buyer)
	s.refused("CONTRACT_ERROR", step{Operation: "CreateOrder", Args: args{{"lines", []wanted{{0, "A21101"}}}}}, buyer)
	s.refused("ActionNotSupported", step{Operation: "GetCategories", Action: portal.ActionPrefix + "GetEverything"}, buyer)
	for _, code := range ruledCodes() {
		s.refused(code, step{Operation: "GetCategories"}, as(s.t, s.server, "ural"))
	}
}

func (s *scenario) refused(code string, next step, c caller) {
	s.t.Helper()
	got := s.unit(code).play(next, c)
	if got.code != code || got.status != 500 {
		s.t.Fatalf("status %d with code %q, want 500 with %q", got.status, got.code, code)
	}
	if own := strings.ToUpper(code) == code; own != russian.MatchString(got.reason) {
		s.t.Errorf("%s: %q; the service gives its reasons in Russian, its platform in English", code, got.reason)
	}
}

var russian = regexp.MustCompile(`\p{Cyrillic}`)

// codes are all codes of faults that the service is known to send, in the order of the scenario.
func codes() []string {
	return append([]string{"ACCESS_DENIED", "NON_AUTHORIZED", "BUSINESS_LOGIC_ERROR", "CONTRACT_ERROR", "ActionNotSupported"}, ruledCodes()...)
}

// What the judges compare with is itself compared with what was typed by hand, so that a scenario of nothings can't pass.
func checkScenario(t *testing.T, units []unit, age portal.Age) {
	t.Helper()
	got := make(map[string]any)
	for _, u := range units {
		for i, call := range u.Calls {
			flatten(got, fmt.Sprintf("%s %d", u.Name, i+1), call.Answer)
		}
	}
	for path, want := range pins(age) {
		value, there := got[path]
		if diff := cmp.Diff(want, value); diff != "" || !there {
			t.Errorf("%s, there: %t: %s", path, there, diff)
		}
	}
}

// flatten names every scalar of a tree by its path, and the length of every list.
func flatten(into map[string]any, path string, tree any) {
	switch tree := tree.(type) {
	case map[string]any:
		for name, member := range tree {
			flatten(into, path+"/"+name, member)
		}
	case []any:
		into[path] = len(tree)
		for i, row := range tree {
			flatten(into, fmt.Sprintf("%s/%d", path, i), row)
		}
	default:
		into[path] = tree
	}
}
