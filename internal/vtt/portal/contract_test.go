package portal_test

import (
	"errors"
	"fmt"
	"regexp"
	"strings"
	"testing"

	"github.com/google/go-cmp/cmp"
	"github.com/google/go-cmp/cmp/cmpopts"

	"storefront/internal/vtt/portal"
)

// whole reads a contract that imports nothing.
func whole(t *testing.T, document string) portal.Published {
	t.Helper()
	published, err := portal.ReadPublished([]byte(document), func(query string) ([]byte, error) {
		return nil, fmt.Errorf("asked for %s", query)
	})
	if err != nil {
		t.Fatal(err)
	}
	return published
}

// The table that serves without a WSDL is what the WSDL says.
func TestThePublishedContractIsTheTable(t *testing.T) {
	for _, age := range []portal.Age{portal.Current, portal.Older} {
		t.Run(string(age), func(t *testing.T) {
			contract := whole(t, string(portal.WSDL(age))).Contract()
			for _, want := range portal.Operations(age) {
				got, ok := contract.Operation(want.Op)
				if !ok {
					t.Errorf("%s is not there", want.Op)
					continue
				}
				want.Formerly = ""
				if got.Action() != want.Action() || got.ResultElement() != want.ResultElement() {
					t.Errorf("%s: action %s, result %s", want.Op, got.Action(), got.ResultElement())
				}
				same := cmp.Options{cmpopts.IgnoreFields(portal.Operation{}, "SOAPAction", "ResultName"), cmpopts.IgnoreFields(portal.Param{}, "Members")}
				if diff := cmp.Diff(want, got, same); diff != "" {
					t.Errorf("%s: %s", want.Op, diff)
				}
			}
			if len(contract.Strangers()) > 0 {
				t.Errorf("strangers: %v", contract.Strangers())
			}
		})
	}
	older := whole(t, string(portal.WSDL(portal.Older))).Contract()
	if diff := cmp.Diff([]portal.Op{portal.SetOrderNote, portal.GetGoodsCompatibilityInformation, portal.GetUsdRubRate}, older.Missing()); diff != "" {
		t.Errorf("missing in 2016: %s", diff)
	}
}

// What a request looks like when the service publishes it otherwise than the documentation.
func TestRequestsFollowThePublishedContract(t *testing.T) {
	line := portal.Args{OrderId: "7", ItemId: "A1", Count: "2", Lines: []portal.OrderLineCreationDto{{ItemId: portal.Text("A1"), Quantity: portal.Text("2")}}}
	for name, c := range map[string]struct {
		age      portal.Age
		old, new string
		op       portal.Op
		want     string // of the request's body, prefixes and namespaces aside
	}{
		"as documented": {portal.Current, "", "", portal.RemoveItem,
			`<RemoveItem><login>dealer</login><password>…</password><orderId>7</orderId><itemId>A1</itemId><count>2</count></RemoveItem>`},
		"count in Cyrillic": {portal.Current, `name="count"`, `name="сount"`, portal.RemoveItem,
			`<RemoveItem><login>dealer</login><password>…</password><orderId>7</orderId><itemId>A1</itemId><сount>2</сount></RemoveItem>`},
		"capital letters": {portal.Current, `name="password"`, `name="Password"`, portal.GetItem,
			`<GetItem><login>dealer</login><Password>…</Password><itemId>A1</itemId></GetItem>`},
		"an array of lines": {portal.Current, "", "", portal.AddItem,
			`<AddItem><login>dealer</login><password>…</password><orderId>7</orderId><lines><OrderLineCreationDto><ItemId>A1</ItemId><Quantity>2</Quantity></OrderLineCreationDto></lines></AddItem>`},
		"a single item": {portal.Older, "", "", portal.AddItem,
			`<AddItem><login>dealer</login><password>…</password><orderId>7</orderId><item><ItemId>A1</ItemId><Quantity>2</Quantity></item></AddItem>`},
		"no count": {portal.Older, "", "", portal.RemoveItem,
			`<RemoveItem><login>dealer</login><password>…</password><orderId>7</orderId><itemId>A1</itemId></RemoveItem>`},
		"the older portion": {portal.Older, "", "", portal.GetRuntimeItemsPortion,
			`<GetRuntimeItemPortion><login>dealer</login><password>…</password><from>0</from><to>0</to></GetRuntimeItemPortion>`},
		"another order of members": {portal.Current, `<xs:element minOccurs="0" name="ItemId" nillable="true" type="xs:string"/>
          <xs:element minOccurs="0" name="Quantity" type="xs:decimal"/>`, `<xs:element name="Quantity" type="xs:decimal"/><xs:element name="ItemId" type="xs:string"/>`, portal.AddItem,
			`<AddItem><login>dealer</login><password>…</password><orderId>7</orderId><lines><OrderLineCreationDto><Quantity>2</Quantity><ItemId>A1</ItemId></OrderLineCreationDto></lines></AddItem>`},
	} {
		t.Run(name, func(t *testing.T) {
			document := string(portal.WSDL(c.age))
			if c.old != "" && !strings.Contains(document, c.old) {
				t.Fatalf("the contract has no %s", c.old)
			}
			contract := whole(t, strings.ReplaceAll(document, c.old, c.new)).Contract()
			operation, ok := contract.Operation(c.op)
			if !ok {
				t.Fatal("not published")
			}
			envelope, err := operation.Envelope(dealer, line)
			if err != nil {
				t.Fatal(err)
			}
			if got := unqualified(string(envelope)); got != c.want {
				t.Errorf("sent %s\nwant %s", got, c.want)
			}
		})
	}
}

var (
	inBody    = regexp.MustCompile(`(?s)<s:Body>(.*)</s:Body>`)
	declared  = regexp.MustCompile(` xmlns(:\w+)?="[^"]*"`)
	prefix    = regexp.MustCompile(`(</?)\w+:`)
	passwords = regexp.MustCompile(`>[^<]*(</[Pp]assword>)`)
)

// unqualified is the body of an envelope without namespaces, prefixes and the password.
func unqualified(envelope string) string {
	body := inBody.FindStringSubmatch(envelope)[1]
	body = prefix.ReplaceAllString(declared.ReplaceAllString(body, ""), "$1")
	return passwords.ReplaceAllString(body, ">…$1")
}

// A contract that lost something loses that one operation.
func TestALostParameterCostsOneOperation(t *testing.T) {
	document := strings.ReplaceAll(string(portal.WSDL(portal.Current)), `name="note"`, `name="remark"`)
	contract := whole(t, document).Contract()
	if diff := cmp.Diff([]portal.Op{portal.SetOrderNote}, contract.Missing()); diff != "" {
		t.Error(diff)
	}
	err := func() error {
		_, err := portal.NewClient(&tape{}, contract).SetOrderNote(t.Context(), dealer, "1", "x")
		return err
	}()
	if !errors.Is(err, portal.ErrUnpublished) {
		t.Errorf("SetOrderNote: %v", err)
	}
}

func TestAnOperationMayBeNew(t *testing.T) {
	document := strings.Replace(string(portal.WSDL(portal.Current)), `<wsdl:portType name="IPortalService">`,
		`<wsdl:portType name="IPortalService"><wsdl:operation name="CancelOrder"/>`, 1)
	if diff := cmp.Diff([]string{"CancelOrder"}, whole(t, document).Contract().Strangers()); diff != "" {
		t.Error(diff)
	}
}

func TestDifferencesAreNamed(t *testing.T) {
	reference := whole(t, string(portal.WSDL(portal.Current)))
	for name, c := range map[string]struct {
		old, new string
		want     []string
	}{
		"none":                {"", "", nil},
		"a renamed parameter": {`name="count"`, `name="сount"`, []string{"renamed: RemoveItem(count) is сount, was count"}},
		"a lost member":       {`<xs:element minOccurs="0" name="UtdUrl" nillable="true" type="xs:string"/>`, "", []string{"missing: OrderDto.UtdUrl (string)", "missing: OrderFullDto.UtdUrl (string)"}},
		"a new member": {`<xs:element minOccurs="0" name="UtdUrl" nillable="true" type="xs:string"/>`,
			`<xs:element minOccurs="0" name="UtdUrl" nillable="true" type="xs:string"/><xs:element name="Zip" type="xs:int"/>`, []string{"added: OrderDto.Zip (int)", "added: OrderFullDto.Zip (int)"}},
		"a retyped member": {`name="ParentId" nillable="true" type="xs:string"`, `name="ParentId" type="xs:int"`, []string{"retyped: CategoryDto.ParentId is int, was string"}},
	} {
		t.Run(name, func(t *testing.T) {
			document := string(portal.WSDL(portal.Current))
			if !strings.Contains(document, c.old) {
				t.Fatalf("the contract has no %s", c.old)
			}
			var got []string
			for _, d := range whole(t, strings.ReplaceAll(document, c.old, c.new)).Differences(reference) {
				got = append(got, d.String())
			}
			if diff := cmp.Diff(c.want, got); diff != "" {
				t.Error(diff)
			}
		})
	}
}

// The ages differ in what is known of them, and in nothing else.
func TestTheOlderAgeByItsDifferences(t *testing.T) {
	var got []string
	for _, d := range whole(t, string(portal.WSDL(portal.Older))).Differences(whole(t, string(portal.WSDL(portal.Current)))) {
		if !strings.HasPrefix(d.What, "ItemDto.") && !strings.HasPrefix(d.What, "Order") {
			got = append(got, d.String())
		}
	}
	want := []string{
		"renamed: GetRuntimeItemsPortion is GetRuntimeItemPortion, was GetRuntimeItemsPortion",
		"missing: AddItem(lines) (ArrayOfOrderLineCreationDto)", "added: AddItem(item) (OrderLineCreationDto)",
		"missing: RemoveItem(count) (string)",
		"missing: SetOrderNote (operation)", "missing: GetGoodsCompatibilityInformation (operation)", "missing: GetUsdRubRate (operation)",
		"added: ExportInvoiceXml (operation)",
	}
	if diff := cmp.Diff(want, got); diff != "" {
		t.Error(diff)
	}
}

// What is no contract is said to be none; nothing makes the reader run for ever or ask a foreign host.
func TestWhatIsNoContract(t *testing.T) {
	const head = `<wsdl:definitions xmlns:wsdl="http://schemas.xmlsoap.org/wsdl/" xmlns:xs="http://www.w3.org/2001/XMLSchema">`
	for name, document := range map[string]string{
		"nothing":      "",
		"a page":       "<html><body>502</body></html>",
		"cut off":      string(portal.WSDL(portal.Current)[:5000]),
		"no operation": head + `</wsdl:definitions>`,
		"a ring of bases": head + `<wsdl:types><xs:schema><xs:complexType name="a"><xs:complexContent><xs:extension base="a"/></xs:complexContent></xs:complexType>` +
			`</xs:schema></wsdl:types></wsdl:definitions>`,
		"parts without end": head + `<wsdl:import location="?wsdl=0"/></wsdl:definitions>`,
	} {
		t.Run(name, func(t *testing.T) {
			asked := 0
			_, err := portal.ReadPublished([]byte(document), func(query string) ([]byte, error) {
				asked++
				return fmt.Appendf(nil, `%s<wsdl:import location="http://elsewhere.example/x?wsdl=%d"/></wsdl:definitions>`, head, asked), nil
			})
			if err == nil {
				t.Error("taken for a contract")
			}
			if asked > 50 {
				t.Errorf("%d parts were asked for", asked)
			}
		})
	}
}

func FuzzPublished(f *testing.F) {
	f.Add(portal.WSDL(portal.Current))
	f.Add(portal.WSDL(portal.Older))
	f.Add([]byte(`<definitions xmlns="http://schemas.xmlsoap.org/wsdl/"><import location="?wsdl=wsdl0"/></definitions>`))
	f.Fuzz(func(t *testing.T, document []byte) {
		published, err := portal.ReadPublished(document, func(string) ([]byte, error) { return document, nil })
		if err != nil {
			return
		}
		if c := published.Contract(); len(c.Strangers()) > len(published.Operations) {
			t.Fatalf("%d strangers of %d operations", len(c.Strangers()), len(published.Operations))
		}
		published.Differences(published)
	})
}
