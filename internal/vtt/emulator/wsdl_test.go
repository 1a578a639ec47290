package emulator_test

import (
	"encoding/xml"
	"io"
	"maps"
	"net/http"
	"slices"
	"strings"
	"testing"

	"github.com/google/go-cmp/cmp"

	"storefront/internal/vtt/emulator"
	"storefront/internal/vtt/emulator/emulatortest"
	"storefront/internal/vtt/portal"
)

func fetch(t *testing.T, url string) (body string, status int) {
	t.Helper()
	response, err := http.Get(url)
	if err != nil {
		t.Fatal(err)
	}
	defer func() { _ = response.Body.Close() }()
	raw, err := io.ReadAll(response.Body)
	if err != nil {
		t.Fatal(err)
	}
	return string(raw), response.StatusCode
}

func parse(t *testing.T, document string) (root node) {
	t.Helper()
	if err := xml.Unmarshal([]byte(document), &root); err != nil {
		t.Fatal(err)
	}
	return root
}

func attr(n node, name string) string {
	for _, a := range n.Attrs {
		if a.Name.Local == name {
			return a.Value
		}
	}
	return ""
}

// contract is what a WSDL says: elements of the operations' namespace and types of the data namespace, with the names and
// types of their members in order.
type contract struct {
	elements, types map[string][]string // "name:type", a type's base members first
	actions         map[string]string
	address         string
}

func readContract(t *testing.T, root node) contract {
	t.Helper()
	c := contract{elements: make(map[string][]string), types: make(map[string][]string), actions: make(map[string]string)}
	members := func(sequence node) (list []string) {
		for _, e := range sequence.list("element") {
			kind := attr(e, "type")
			_, kind, _ = strings.Cut(kind, ":")
			if attr(e, "minOccurs") != "0" {
				t.Errorf("%s is not optional", attr(e, "name"))
			}
			list = append(list, attr(e, "name")+":"+kind)
		}
		return list
	}
	for _, schema := range root.child("types").list("schema") {
		switch attr(schema, "targetNamespace") {
		case "http://portal.vtt.ru":
			for _, e := range schema.list("element") {
				c.elements[attr(e, "name")] = members(e.child("complexType").child("sequence"))
			}
		case "http://portal.vtt.ru/data":
			for _, kind := range schema.list("complexType") {
				extension := kind.child("complexContent").child("extension")
				_, base, _ := strings.Cut(attr(extension, "base"), ":")
				c.types[attr(kind, "name")] = slices.Concat(c.types[base], members(kind.child("sequence")), members(extension.child("sequence")))
			}
		}
	}
	for _, o := range root.child("binding").list("operation") {
		c.actions[attr(o, "name")] = attr(o.child("operation"), "soapAction")
	}
	c.address = attr(root.child("service").child("port").child("address"), "location")
	return c
}

// published lists the contracts there are and the operations of each.
func published() map[string]struct {
	wsdl       []byte
	operations []portal.Operation
} {
	return map[string]struct {
		wsdl       []byte
		operations []portal.Operation
	}{
		"current":               {portal.WSDL(portal.Current), portal.Operations(portal.Current)},
		"2016":                  {portal.WSDL(portal.Older), portal.Operations(portal.Older)},
		"current with optional": {portal.WSDLWithOptional(), append(portal.Operations(portal.Current), portal.OptionalOperations()...)},
	}
}

// The published contract says of operations what the table that the client falls back on says.
func TestWSDLAgreesWithTheTableOfOperations(t *testing.T) {
	for name, p := range published() {
		t.Run(name, func(t *testing.T) {
			root := parse(t, string(p.wsdl))
			c, operations := readContract(t, root), p.operations
			for _, o := range operations {
				var want []string
				for _, p := range o.Params {
					want = append(want, p.Name+":"+p.Type)
				}
				if diff := cmp.Diff(want, c.elements[o.Name]); diff != "" {
					t.Errorf("%s: %s", o.Name, diff)
				}
				var result []string
				if o.Result != portal.TypeNone {
					result = []string{o.ResultElement() + ":" + o.Result}
				}
				if diff := cmp.Diff(result, c.elements[o.Response()]); diff != "" {
					t.Errorf("%s: %s", o.Response(), diff)
				}
				if c.actions[o.Name] != o.Action() {
					t.Errorf("%s: action %q", o.Name, c.actions[o.Name])
				}
			}
			if len(c.actions) != len(operations) || len(c.elements) != 2*len(operations) {
				t.Errorf("%d actions and %d elements for %d operations", len(c.actions), len(c.elements), len(operations))
			}
			if messages, port := len(root.list("message")), len(root.child("portType").list("operation")); messages != 2*len(operations) || port != len(operations) {
				t.Errorf("%d messages and %d operations of the portType for %d operations", messages, port, len(operations))
			}
		})
	}
}

// Operations of each age, word for word as they are known of it.
func TestAgesHaveTheseOperations(t *testing.T) {
	for _, c := range []struct{ age, operations string }{
		{"current", "AddItem CreateOrder GetCategories GetCategoryItems GetCategoryRuntimeItems GetGoodsCompatibilityInformation GetItem GetItemPortion GetItems GetOrderStatus " +
			"GetOrderWithLines GetOrders GetRuntimeItem GetRuntimeItems GetRuntimeItemsPortion GetUsdRubRate RemoveItem SetOrderNote"},
		{"2016", "AddItem CreateOrder ExportInvoiceXml GetCategories GetCategoryItems GetCategoryRuntimeItems GetItem GetItemPortion GetItems GetOrderStatus " +
			"GetOrderWithLines GetOrders GetRuntimeItem GetRuntimeItemPortion GetRuntimeItems RemoveItem"},
	} {
		server := emulatortest.Start(t, func(o *emulator.Options) { o.Items, o.Age = 20, c.age })
		document, _ := fetch(t, server.URL+"?singleWsdl")
		published := slices.Sorted(maps.Keys(readContract(t, parse(t, document)).actions))
		if diff := cmp.Diff(strings.Fields(c.operations), published); diff != "" {
			t.Errorf("%s: %s", c.age, diff)
		}
	}
}

// Members of the older age, word for word as they are known of it.
func TestOlderContractHasTheseMembers(t *testing.T) {
	c := readContract(t, parse(t, string(portal.WSDL(portal.Older))))
	for name, list := range map[string]string{
		"ItemDto": "AvailableQuantity, Barcode, Brand, Compatibility, Depth, Description, Group, Height, Id, MainOfficeQuantity, Name, NumberInPackage, OriginalNumber, PhotoUrl, Price, PriceRetail, " +
			"RootGroup, TransitQuantity, Vendor, Weight, Width",
		"OrderDto":             "CreationDate, Currency, GoodsCount, Id, InvoiceDate, InvoiceId, LineCount, Status, Sum, Type",
		"OrderFullDto":         "CreationDate, Currency, GoodsCount, Id, InvoiceDate, InvoiceId, LineCount, Status, Sum, Type, Lines",
		"OrderLineDto":         "GtdCountry, GtdNumber, ItemId, Name, Quantity, ReservedQuantity, TotalPrice, UnitPrice",
		"OrderLineStatusDto":   "GoodsDeleted, LinesDeleted, OrderedQuantity, ReservedQuantity",
		"OrderLineCreationDto": "ItemId, Quantity",
	} {
		if diff := cmp.Diff(strings.Split(list, ", "), names(c.types[name])); diff != "" {
			t.Errorf("%s: %s", name, diff)
		}
	}
	if len(c.actions) != 16 {
		t.Errorf("%d operations, want 16", len(c.actions))
	}
}

func names(members []string) []string {
	list := make([]string, len(members))
	for i, m := range members {
		list[i], _, _ = strings.Cut(m, ":")
	}
	return list
}

func TestMembersAreInOrdinalOrder(t *testing.T) {
	for contract, p := range published() {
		for name, members := range readContract(t, parse(t, string(p.wsdl))).types {
			if name != "OrderFullDto" && !slices.IsSorted(names(members)) {
				t.Errorf("%s %s: %v", contract, name, names(members))
			}
		}
	}
}

// Every answer of every operation has only members that the contract of its age names, in its order, with text of its types;
// every member is in some answer.
func TestAnswersKeepTheContract(t *testing.T) {
	for name, p := range published() {
		t.Run(name, func(t *testing.T) {
			age, optional := "current", name == "current with optional"
			if name == "2016" {
				age = name
			}
			server := emulatortest.Start(t, func(o *emulator.Options) {
				o.Items, o.Age, o.Answers.UtdUrlInFull, o.Answers.OptionalOperations = 200, age, true, optional
			})
			document, _ := fetch(t, server.URL+"?singleWsdl")
			c := readContract(t, parse(t, document))
			manager := as(t, server, "manager")
			item := manager.stocked(40)[0].get("Id")
			seen := make(map[string]bool)
			for _, o := range p.operations {
				a := manager.call(o.Name, parametersFor(manager, item, o))
				if a.code != "" {
					t.Errorf("%s: %s: %s", o.Name, a.code, a.reason)
					continue
				}
				check(t, c, o.Name, o.Result, a.result, seen)
			}
			shipped := param("orderId", server.Orders()[0].ID)
			if age == "current" {
				manager.call("SetOrderNote", shipped+param("note", "Тест"))
				check(t, c, "SetOrderNote", "SetOrderNoteDto", manager.call("SetOrderNote", shipped+param("note", strings.Repeat("x", 1001))).result, seen)
			}
			check(t, c, "GetOrderWithLines", "OrderFullDto", manager.call("GetOrderWithLines", shipped).result, seen)
			for name, members := range c.types {
				for _, m := range names(members) {
					if !strings.HasPrefix(name, "ArrayOf") && name != "OrderLineCreationDto" && !seen[name+"."+m] {
						t.Errorf("no answer has %s.%s", name, m)
					}
				}
			}
		})
	}
}

func parametersFor(c caller, item string, o portal.Operation) string {
	order := c.order(item, "2")
	if o.Op == portal.ExportInvoiceXml {
		order = c.server.Orders()[0].ID // shipped long ago
	}
	values := map[string]string{
		"from": param("from", "0"), "to": param("to", "20"), "itemId": param("itemId", item), "categoryId": param("categoryId", "CARTLAS"),
		"orderId": param("orderId", order), "lines": orderLines("lines", item, "1"), "count": param("count", "1"), "note": param("note", "Тест"),
		"item": `<item xmlns:d="http://portal.vtt.ru/data"><d:ItemId>` + item + `</d:ItemId><d:Quantity>1</d:Quantity></item>`,
	}
	var b strings.Builder
	for _, p := range o.Params {
		b.WriteString(values[p.Name])
	}
	return b.String()
}

// check compares an element with its type and remembers which members were seen.
func check(t *testing.T, c contract, where, kind string, n node, seen map[string]bool) {
	t.Helper()
	members, complex := c.types[kind]
	if !complex || n.missing() == "nil" {
		return
	}
	next := 0
	for _, child := range n.Children {
		i := slices.IndexFunc(members[next:], func(m string) bool { return strings.HasPrefix(m, child.XMLName.Local+":") })
		if i < 0 || child.XMLName.Space != "http://portal.vtt.ru/data" {
			t.Fatalf("%s: %s.%s is unknown or out of order", where, kind, child.XMLName.Local)
		}
		next += i
		_, inner, _ := strings.Cut(members[next], ":")
		if !strings.HasPrefix(kind, "ArrayOf") {
			next++
		}
		if child.missing() == "" {
			seen[kind+"."+child.XMLName.Local] = true
		}
		check(t, c, where, inner, child, seen)
	}
}

func TestSingleWSDL(t *testing.T) {
	server := emulatortest.Start(t)
	document, status := fetch(t, server.URL+"?singleWsdl")
	c := readContract(t, parse(t, document))
	if status != 200 || c.address != server.URL || len(c.actions) != 18 {
		t.Errorf("status %d, address %q, %d operations", status, c.address, len(c.actions))
	}
	if _, status := fetch(t, server.URL); status != http.StatusNotFound {
		t.Errorf("without a question: status %d", status)
	}
}

// Put together, the parts of ?wsdl say the same as the one document.
func TestWSDLInParts(t *testing.T) {
	server := emulatortest.Start(t)
	get := func(url string) node {
		document, status := fetch(t, url)
		if status != 200 {
			t.Fatalf("%s: status %d", url, status)
		}
		return parse(t, document)
	}
	root := get(server.URL + "?wsdl")
	abstract := get(attr(root.child("import"), "location"))
	for i, schema := range abstract.child("types").child("schema").list("import") {
		part := get(attr(schema, "schemaLocation"))
		if attr(part, "targetNamespace") != attr(schema, "namespace") {
			t.Errorf("schema %d is of %q, imported as %q", i, attr(part, "targetNamespace"), attr(schema, "namespace"))
		}
		for _, inner := range part.list("import") {
			if got := attr(get(attr(inner, "schemaLocation")), "targetNamespace"); got != attr(inner, "namespace") {
				t.Errorf("schema %d imports %q and gets %q", i, attr(inner, "namespace"), got)
			}
		}
		root.Children = append([]node{{XMLName: xml.Name{Local: "types"}, Children: []node{part}}}, root.Children...)
	}
	var whole node
	whole.Children = root.Children
	types := node{XMLName: xml.Name{Local: "types"}}
	for _, n := range root.list("types") {
		types.Children = append(types.Children, n.Children...)
	}
	whole.Children = append([]node{types}, root.Children...)
	single, _ := fetch(t, server.URL+"?singleWsdl")
	want, got := readContract(t, parse(t, single)), readContract(t, whole)
	if diff := cmp.Diff(want, got, cmp.AllowUnexported(contract{})); diff != "" {
		t.Error(diff)
	}
	if len(abstract.list("message")) != 36 || len(abstract.child("portType").list("operation")) != 18 {
		t.Errorf("%d messages", len(abstract.list("message")))
	}
	for _, nowhere := range []string{"?wsdl=wsdl9", "?xsd=xsd9"} {
		if _, status := fetch(t, server.URL+nowhere); status != http.StatusNotFound {
			t.Errorf("%s: status %d", nowhere, status)
		}
	}
}
