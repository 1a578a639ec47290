package portal_test

import (
	"context"
	"encoding/xml"
	"errors"
	"fmt"
	"strings"
	"testing"

	"pgregory.net/rapid"

	"storefront/internal/secret"
	"storefront/internal/soap"
	"storefront/internal/vtt/portal"
)

// answer wraps a result as the service does.
func answer(op portal.Op, result string) []byte {
	return []byte(`<s:Envelope xmlns:s="http://schemas.xmlsoap.org/soap/envelope/"><s:Body><` + string(op) + `Response xmlns="http://portal.vtt.ru">` +
		result + `</` + string(op) + `Response></s:Body></s:Envelope>`)
}

// items wraps rows in the result of GetItems.
func items(rows string) []byte {
	return answer(portal.GetItems, `<GetItemsResult xmlns:a="http://portal.vtt.ru/data" xmlns:i="http://www.w3.org/2001/XMLSchema-instance">`+rows+`</GetItemsResult>`)
}

func readItems(document []byte) (list []portal.ItemDto, err error) {
	client := portal.NewClient(&tape{answer: document}, portal.DefaultContract())
	err = client.GetItems(context.Background(), dealer, func(i *portal.ItemDto) error { list = append(list, *i); return nil })
	return list, err
}

// An empty list and the absence of a list are different answers.
func TestEmptyListsAndNoLists(t *testing.T) {
	for name, c := range map[string]struct {
		document []byte
		rows     int
		flaw     soap.Flaw
	}{
		"empty":               {items(""), 0, ""},
		"white space":         {items("\n  \n"), 0, ""},
		"nil":                 {answer(portal.GetItems, `<GetItemsResult xmlns:i="http://www.w3.org/2001/XMLSchema-instance" i:nil="true"/>`), 0, ""},
		"absent":              {answer(portal.GetItems, ""), 0, soap.NoResult},
		"rows of strangers":   {items(`<a:Thing><a:Id>1</a:Id></a:Thing>`), 0, soap.WrongBody},
		"rows of a namespace": {items(`<ItemDto><Id>1</Id></ItemDto>`), 0, soap.WrongBody},
		"a nil row":           {items(`<a:ItemDto i:nil="true"/><a:ItemDto><a:Id>1</a:Id></a:ItemDto>`), 1, ""},
		"a stranger among":    {items(`<a:Thing/><a:ItemDto><a:Id>1</a:Id></a:ItemDto>`), 1, ""},
	} {
		t.Run(name, func(t *testing.T) {
			list, err := readItems(c.document)
			if c.flaw == "" && err != nil || c.flaw != "" && !errors.Is(err, c.flaw) {
				t.Errorf("error %v, want the flaw %q", err, c.flaw)
			}
			if len(list) != c.rows {
				t.Errorf("%d rows, want %d", len(list), c.rows)
			}
		})
	}
}

// What a member holds is kept as it stood; coming twice, the last that says something stays.
func TestFormsOfAMember(t *testing.T) {
	for name, c := range map[string]struct {
		members string
		want    portal.Value
	}{
		"absent":             {``, portal.Value{}},
		"nil":                {`<a:Price i:nil="true"/>`, portal.Null()},
		"nil with text":      {`<a:Price i:nil="true">5</a:Price>`, portal.Null()},
		"not nil":            {`<a:Price i:nil="false">5</a:Price>`, portal.Text("5")},
		"empty":              {`<a:Price/>`, portal.Text("")},
		"empty in two tags":  {`<a:Price></a:Price>`, portal.Text("")},
		"text as it is":      {`<a:Price> 5,0 </a:Price>`, portal.Text(" 5,0 ")},
		"twice":              {`<a:Price>5</a:Price><a:Price>6</a:Price>`, portal.Text("6")},
		"text, then empty":   {`<a:Price>5</a:Price><a:Price/>`, portal.Text("5")},
		"text, then nil":     {`<a:Price>5</a:Price><a:Price i:nil="true"/>`, portal.Text("5")},
		"nil, then text":     {`<a:Price i:nil="true"/><a:Price>6</a:Price>`, portal.Text("6")},
		"of a stranger":      {`<Price>5</Price><p:Price xmlns:p="urn:p">6</p:Price>`, portal.Value{}},
		"inside a stranger":  {`<a:Thing><a:Price>5</a:Price></a:Thing>`, portal.Value{}},
		"elements inside it": {`<a:Price>5<a:Price>6</a:Price></a:Price>`, portal.Text("5")},
	} {
		t.Run(name, func(t *testing.T) {
			list, err := readItems(items("<a:ItemDto><a:Id>1</a:Id>" + c.members + "</a:ItemDto>"))
			if err != nil || len(list) != 1 {
				t.Fatalf("%d rows, %v", len(list), err)
			}
			if got := list[0].Price; got != c.want {
				t.Errorf("%#v, want %#v", got, c.want)
			}
		})
	}
}

// Members of another namespace are not the contract's, whatever they are called.
func TestMembersOfStrangersAreSkipped(t *testing.T) {
	document := answer(portal.GetOrderStatus, `<GetOrderStatusResult xmlns:a="http://portal.vtt.ru/data"><a:Id>1</a:Id><Id>2</Id><p:Id xmlns:p="urn:p">3</p:Id></GetOrderStatusResult>`)
	o, err := portal.NewClient(&tape{answer: document}, portal.DefaultContract()).GetOrderStatus(t.Context(), dealer, "1")
	if err != nil || o.Id != portal.Text("1") {
		t.Errorf("%v, %v", o.Id, err)
	}
}

func TestSingleObjectsMustBeThere(t *testing.T) {
	const i = ` xmlns:i="http://www.w3.org/2001/XMLSchema-instance" i:nil="true"/>`
	for op, document := range map[portal.Op][]byte{
		portal.GetItem:           answer(portal.GetItem, "<GetItemResult"+i),
		portal.GetOrderWithLines: answer(portal.GetOrderWithLines, "<GetOrderWithLinesResult"+i),
		portal.AddItem:           answer(portal.AddItem, "<AddItemResult"+i),
		portal.SetOrderNote:      answer(portal.SetOrderNote, ""),
		portal.GetUsdRubRate:     answer(portal.GetUsdRubRate, ""),
		portal.RemoveItem:        answer(portal.AddItem, ""),
	} {
		_, err := exchanges[op].call(t.Context(), portal.NewClient(&tape{answer: document}, portal.DefaultContract()))
		if !errors.Is(err, soap.NoResult) && !errors.Is(err, soap.WrongBody) {
			t.Errorf("%s: %v", op, err)
		}
	}
}

// An order number is never empty: an order without one may exist all the same.
func TestCreateOrderNeedsANumber(t *testing.T) {
	for name, result := range map[string]string{
		"empty":       "<CreateOrderResult/>",
		"white space": "<CreateOrderResult> \n </CreateOrderResult>",
		"nil":         `<CreateOrderResult xmlns:i="http://www.w3.org/2001/XMLSchema-instance" i:nil="true"/>`,
		"nil, filled": `<CreateOrderResult xmlns:i="http://www.w3.org/2001/XMLSchema-instance" i:nil="true">5</CreateOrderResult>`,
		"absent":      "",
	} {
		client := portal.NewClient(&tape{answer: answer(portal.CreateOrder, result)}, portal.DefaultContract())
		if id, err := client.CreateOrder(t.Context(), dealer, []portal.OrderLineCreationDto{newLine}); !errors.Is(err, soap.NoResult) || id != "" {
			t.Errorf("%s: %q, %v", name, id, err)
		}
	}
	twice := answer(portal.CreateOrder, "<CreateOrderResult>1</CreateOrderResult><CreateOrderResult>2</CreateOrderResult>")
	client := portal.NewClient(&tape{answer: twice}, portal.DefaultContract())
	if id, err := client.CreateOrder(t.Context(), dealer, nil); !errors.Is(err, soap.Duplicate) || id != "" {
		t.Errorf("two numbers: %q, %v", id, err)
	}
}

func TestFaultsAreMended(t *testing.T) {
	for code, want := range map[string]string{
		"BUSINESS_LOGIC_ERROR":  portal.CodeBusinessLogic,
		"BUSINESS_LOGIC_ERRROR": portal.CodeBusinessLogic,
		"ACCESS_DENIED":         portal.CodeAccessDenied,
		"Whatever":              "Whatever",
	} {
		service := soap.RoundTripFunc(func(context.Context, *soap.Call) error {
			return fmt.Errorf("call: %w", &soap.Fault{Code: code, String: "Пароль p&ss <1> неверен: p&amp;ss &lt;1&gt;, p%26ss%20%3C1%3E", Status: 500})
		})
		_, err := portal.NewClient(service, portal.DefaultContract()).GetUsdRubRate(t.Context(), dealer)
		var fault *soap.Fault
		if !errors.As(err, &fault) || fault.Code != want {
			t.Errorf("%s: %v", code, err)
		}
		if strings.Contains(err.Error(), "ss") || !strings.Contains(err.Error(), secret.Redacted) {
			t.Errorf("the password shows in %q", err)
		}
	}
}

// A contract may name what this client does not know; then nothing is sent.
func TestUnknownParametersAreRefused(t *testing.T) {
	strange := portal.NewContract([]portal.Operation{{Op: portal.GetItems, Name: "GetItems", Params: []portal.Param{{Name: "branch", Type: portal.TypeString}}}})
	service := &tape{}
	err := portal.NewClient(service, strange).GetItems(t.Context(), dealer, nil)
	var unknown *portal.ParamError
	if !errors.As(err, &unknown) || unknown.Param.Name != "branch" || service.sent != 0 {
		t.Errorf("%v after %d requests", err, service.sent)
	}
}

// Passwords arrive as they are: not trimmed, not folded, of any length, or they are refused.
func TestAnyPasswordArrivesOrIsRefused(t *testing.T) {
	operation, _ := portal.DefaultContract().Operation(portal.GetItem)
	rapid.Check(t, func(t *rapid.T) {
		password := rapid.OneOf(rapid.String(), rapid.StringN(128, 300, -1), rapid.StringMatching(`[ \t\r\n<>&"'\]А-я]{0,40}`)).Draw(t, "password")
		id := rapid.StringMatching(`[ -~А-я\]>&]{0,30}`).Draw(t, "id")
		envelope, err := operation.Envelope(portal.Login{Name: "dealer", Password: secret.New(password)}, portal.Args{ItemId: id})
		var unsendable *soap.UnsendableError
		if errors.As(err, &unsendable) {
			if unsendable.Element != "password" || !strings.ContainsFunc(password, func(r rune) bool { return r < ' ' || r > 0xFFFC }) {
				t.Fatalf("%q was refused: %v", password, err)
			}
			return
		}
		var got struct {
			Password string `xml:"Body>GetItem>password"`
			ItemID   string `xml:"Body>GetItem>itemId"`
		}
		if err := xml.Unmarshal(envelope, &got); err != nil {
			t.Fatal(err)
		}
		if got.Password != password || got.ItemID != id {
			t.Fatalf("%q and %q arrived as %q and %q", password, id, got.Password, got.ItemID)
		}
	})
}
