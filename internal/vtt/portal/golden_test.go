package portal_test

import (
	"bytes"
	"context"
	"encoding/xml"
	"errors"
	"io"
	"os"
	"path/filepath"
	"strings"
	"testing"

	"github.com/google/go-cmp/cmp"

	"storefront/internal/secret"
	"storefront/internal/soap"
	"storefront/internal/vtt/portal"
)

// The envelopes in testdata are typed by hand from the contract, never written by this program: a client compared with its own
// writing agrees with itself. answers/ holds each answer twice, as the service writes it (prefixed children) and as other
// stacks do (default namespaces). Unknown members, members that come twice and all three forms of null are among them.

// tape is the service: it keeps the call and answers with a file, nil with nothing.
type tape struct {
	answer []byte
	call   *soap.Call
	sent   int
}

func (s *tape) RoundTrip(_ context.Context, call *soap.Call) error {
	s.call = call
	s.sent++
	return soap.ReadAnswer(bytes.NewReader(s.answer), 200, 1<<20, call.Answer, call.Read)
}

var dealer = portal.Login{Name: "dealer", Password: secret.New("p&ss <1>")}

func file(t testing.TB, parts ...string) []byte {
	t.Helper()
	b, err := os.ReadFile(filepath.Join(append([]string{"testdata"}, parts...)...))
	if err != nil {
		t.Fatal(err)
	}
	return b
}

func given(s string) portal.Value { return portal.Value{Text: s, Form: portal.Given} }

var (
	null  = portal.Value{Form: portal.Nil}
	empty = portal.Value{Form: portal.Given}

	newLine = portal.OrderLineCreationDto{ItemId: given("2C918150"), Quantity: given("2")}

	fullItem = portal.ItemDto{
		AvailableQuantity: given("12"), BarCode: given("4690000000017"), Barcode: given("4690000000024"), Brand: given("Hi-Black"),
		ColorId: given("1"), ColorName: given("Чёрный"), Compatibility: given("HP LaserJet Pro M125/M127/M201, с чипом"),
		Depth: given("11.5"), Description: given("Товары TOP80"), GrossDepth: given("10.5"), GrossHeight: given("9.25"),
		GrossVolume: given("0.0031"), GrossWeight: given("0.72"), GrossWidth: given("31"), Group: given("Картриджи лазерные совместимые"),
		GroupId: given("CARTLAS_COMP"), Height: given("10"), Id: given("2C918150"), ItemLifeTime: given("1,52К"),
		MainOfficeQuantity: given("340.000"), Name: given("Картридж HP LJ Pro M125/M127/M201 (Hi-Black) CF283A, 1,5K"),
		NameAlias: given("HB-CF283A"), NetWeight: given("0.65"), NumberInPackage: given("1"), OriginalNumber: given("CF283A"),
		PhotoUrl: given("http://photos.vtt.ru/2C918150.jpg"), PhotoUrls: []string{"http://photos.vtt.ru/2C918150.jpg", "http://photos.vtt.ru/2C918150_2.jpg"},
		Price: given("7.35"), PriceLocal: given("679.88"), PriceRetail: given("990"), Reserved: given("3"), RestQuantity: given("15"),
		RootGroup: given("Картриджи & тонеры"), TnvedCode: given("8443999009"), TransitDate: given("2026-11-30"),
		TransitQuantity: given("200"), Vendor: given("HP"), Weight: given("0.8"), Width: given("32"),
	}
	poorItem = portal.ItemDto{
		AvailableQuantity: given("0"), Brand: empty, Compatibility: null, Description: empty, Id: given("0609-001174"),
		Name: given("Барабан"), PhotoUrl: given("dummy.jpg"), PhotoUrls: []string{}, Price: given("-1"), TransitDate: null,
	}
	runtimes = []portal.ItemRuntimeDto{
		{AvailableQuantity: given("12"), Id: given("2C918150"), MainOfficeQuantity: given("340.000"), Price: given("7.35"), TransitQuantity: null},
		{AvailableQuantity: empty, Id: given("0609-001174"), Price: given("-1")},
	}
	shippedOrder = portal.OrderDto{
		CreationDate: given("2026-11-02T10:15:30.5"), Currency: given("KZN"), GoodsCount: given("1002"), Id: given("ЗК-004711"),
		InvoiceDate: given("2026-11-05T00:00:00+03:00"), InvoiceId: given("УТ-99"), LineCount: given("2"), Note: given("Пропуск & звонок"),
		PaymentInvoiceDate: given("2026-11-03T12:00:00Z"), PaymentInvoiceId: given("СЧ-17"), Status: given("Отгружен"),
		Sum: given("12345.67"), Type: given("0"), UtdUrl: given("https://utd.vtt.ru/1,https://utd.vtt.ru/2"),
	}
	freshOrder = portal.OrderDto{
		CreationDate: given("2026-11-20T09:00:00"), Currency: given("USD"), GoodsCount: given("1"), Id: given("ЗК-004712"),
		InvoiceDate: null, InvoiceId: null, LineCount: given("1"), Note: empty, Status: given("Резервирование"), Sum: given("7.35"), Type: given("0"),
	}
	orderLines = []portal.OrderLineDto{
		{GtdCountry: given("(КИТАЙ,ЯПОНИЯ)"), GtdNumber: given("(10702030/010126/0001234,10702030/020126/0005678)"), ItemId: given("2C918150"),
			Name: given("Картридж"), Quantity: given("1000"), ReservedQuantity: given("990.00"), TotalPrice: given("7350.00"), UnitPrice: given("7.35")},
		{GtdCountry: null, GtdNumber: empty, ItemId: given("0609-001174"), Name: given("Барабан"), Quantity: given("2"),
			ReservedQuantity: given("0"), TotalPrice: given("4995.67"), UnitPrice: given("2497.835")},
	}
)

// gather collects what a stream of rows yields.
func gather[T any](stream func(func(*T) error) error) (any, error) {
	var list []T
	err := stream(func(row *T) error { list = append(list, *row); return nil })
	return list, err
}

// plain drops the static type of an answer.
func plain[T any](answer T, err error) (any, error) { return answer, err }

// exchanges is the contract: each operation, what the client returns for the golden answer, and whether it changes an order.
var exchanges = map[portal.Op]struct {
	call   func(context.Context, *portal.Client) (any, error)
	want   any
	writes bool
}{
	portal.GetItems: {func(ctx context.Context, c *portal.Client) (any, error) {
		return gather(func(yield func(*portal.ItemDto) error) error { return c.GetItems(ctx, dealer, yield) })
	}, []portal.ItemDto{fullItem, poorItem}, false},
	portal.GetRuntimeItems: {func(ctx context.Context, c *portal.Client) (any, error) {
		return gather(func(yield func(*portal.ItemRuntimeDto) error) error { return c.GetRuntimeItems(ctx, dealer, yield) })
	}, runtimes, false},
	portal.GetItemPortion: {func(ctx context.Context, c *portal.Client) (any, error) {
		return plain(c.GetItemPortion(ctx, dealer, 1000, 2000))
	}, portal.ItemPortionDto{Items: []portal.ItemDto{poorItem}, TotalCount: given("13000")}, false},
	portal.GetRuntimeItemsPortion: {func(ctx context.Context, c *portal.Client) (any, error) {
		return plain(c.GetRuntimeItemsPortion(ctx, dealer, 1000, 2000))
	}, portal.ItemRuntimePortionDto{Items: runtimes, TotalCount: given("13000")}, false},
	portal.GetItem: {func(ctx context.Context, c *portal.Client) (any, error) {
		return plain(c.GetItem(ctx, dealer, "0609-001174"))
	}, fullItem, false},
	portal.GetRuntimeItem: {func(ctx context.Context, c *portal.Client) (any, error) {
		return plain(c.GetRuntimeItem(ctx, dealer, "0609-001174"))
	}, runtimes[0], false},
	portal.GetCategories: {func(ctx context.Context, c *portal.Client) (any, error) {
		return gather(func(yield func(*portal.CategoryDto) error) error { return c.GetCategories(ctx, dealer, yield) })
	}, []portal.CategoryDto{
		{Id: given("CARTLAS"), Name: given("Картриджи лазерные"), ParentId: null},
		{Id: given("CARTLAS_ORIG"), Name: given("Оригинальные"), ParentId: given("CARTLAS")},
		{Id: given("INK"), Name: given("Чернила"), ParentId: empty},
		{Id: given("TNR"), Name: given("Тонер")},
	}, false},
	portal.GetCategoryItems: {func(ctx context.Context, c *portal.Client) (any, error) {
		return gather(func(yield func(*portal.ItemDto) error) error {
			return c.GetCategoryItems(ctx, dealer, "CARTLAS_ORIG", yield)
		})
	}, []portal.ItemDto{fullItem, poorItem}, false},
	portal.GetCategoryRuntimeItems: {func(ctx context.Context, c *portal.Client) (any, error) {
		return gather(func(yield func(*portal.ItemRuntimeDto) error) error {
			return c.GetCategoryRuntimeItems(ctx, dealer, "CARTLAS_ORIG", yield)
		})
	}, runtimes, false},
	portal.GetOrders: {func(ctx context.Context, c *portal.Client) (any, error) {
		return gather(func(yield func(*portal.OrderDto) error) error { return c.GetOrders(ctx, dealer, yield) })
	}, []portal.OrderDto{shippedOrder, freshOrder}, false},
	portal.GetOrderStatus: {func(ctx context.Context, c *portal.Client) (any, error) {
		return plain(c.GetOrderStatus(ctx, dealer, "ЗК-004711"))
	}, shippedOrder, false},
	portal.GetOrderWithLines: {func(ctx context.Context, c *portal.Client) (any, error) {
		return plain(c.GetOrderWithLines(ctx, dealer, "ЗК-004711"))
	}, portal.OrderFullDto{OrderDto: shippedOrder, Lines: orderLines}, false},
	portal.CreateOrder: {func(ctx context.Context, c *portal.Client) (any, error) {
		return plain(c.CreateOrder(ctx, dealer, []portal.OrderLineCreationDto{newLine, {ItemId: given("023-28422-401"), Quantity: given("1000")}}))
	}, "ЗК-004713", true},
	portal.AddItem: {func(ctx context.Context, c *portal.Client) (any, error) {
		return plain(c.AddItem(ctx, dealer, "ЗК-004711", newLine))
	}, portal.OrderLineStatusDto{GoodsDeleted: given("0"), LinesDeleted: null, OrderedQuantity: given("5"), ReservedQuantity: given("3.00")}, true},
	portal.RemoveItem: {func(ctx context.Context, c *portal.Client) (any, error) {
		return nil, c.RemoveItem(ctx, dealer, "ЗК-004711", "2C918150", "0")
	}, nil, true},
	portal.SetOrderNote: {func(ctx context.Context, c *portal.Client) (any, error) {
		return plain(c.SetOrderNote(ctx, dealer, "ЗК-004711", "Пропуск на «А123ВС» & звонок за час"))
	}, portal.SetOrderNoteDto{Error: null, NoteUpdated: given("true")}, true},
	portal.GetGoodsCompatibilityInformation: {func(ctx context.Context, c *portal.Client) (any, error) {
		return gather(func(yield func(*portal.CompatibilityDto) error) error {
			return c.GetGoodsCompatibilityInformation(ctx, dealer, yield)
		})
	}, []portal.CompatibilityDto{
		{ItemId: given("2C918150"), ModelBrand: given("HP"), ModelCategoryName: given("Принтеры"), ModelName: given("LaserJet Pro M125a/nw")},
		{ItemId: given("2C918150"), ModelBrand: given("HP"), ModelCategoryName: empty, ModelName: given("LaserJet Pro M201dw")},
	}, false},
	portal.GetUsdRubRate: {func(ctx context.Context, c *portal.Client) (any, error) {
		return plain(c.GetUsdRubRate(ctx, dealer))
	}, []string{"2026-11-23T00:00:00", "92.5012"}, false},
}

func TestEveryOperationIsExchanged(t *testing.T) {
	published := portal.Operations(portal.Current)
	if len(published) != 18 || len(exchanges) != 18 {
		t.Errorf("%d operations, %d exchanges, want 18", len(published), len(exchanges))
	}
	for _, o := range published {
		if _, ok := exchanges[o.Op]; !ok {
			t.Errorf("%s is not exchanged", o.Op)
		}
	}
}

func TestRequestsMatchTheGoldenOnes(t *testing.T) {
	for op, e := range exchanges {
		t.Run(string(op), func(t *testing.T) {
			service := &tape{answer: file(t, "answers", "prefixed", string(op)+".xml")}
			if _, err := e.call(t.Context(), portal.NewClient(service, portal.DefaultContract())); err != nil {
				t.Fatal(err)
			}
			if diff := cmp.Diff(tree(t, file(t, "requests", string(op)+".xml")), tree(t, service.call.Envelope)); diff != "" {
				t.Error(diff)
			}
			if want := "http://portal.vtt.ru/IPortalService/" + string(op); service.call.Action != want {
				t.Errorf("action %s, want %s", service.call.Action, want)
			}
			if service.call.Write != e.writes || service.call.Account != "dealer" || service.call.Operation != string(op) {
				t.Errorf("write %v of %s by %s", service.call.Write, service.call.Operation, service.call.Account)
			}
		})
	}
}

func TestGoldenAnswersInBothStyles(t *testing.T) {
	for op, e := range exchanges {
		for _, style := range []string{"prefixed", "default"} {
			t.Run(style+"/"+string(op), func(t *testing.T) {
				service := &tape{answer: file(t, "answers", style, string(op)+".xml")}
				got, err := e.call(t.Context(), portal.NewClient(service, portal.DefaultContract()))
				if err != nil {
					t.Fatal(err)
				}
				if diff := cmp.Diff(e.want, got); diff != "" {
					t.Error(diff)
				}
			})
		}
	}
}

func TestRequestsOfTheOlderAge(t *testing.T) {
	older := portal.NewContract(portal.Operations(portal.Older))
	for _, op := range []portal.Op{portal.AddItem, portal.RemoveItem} {
		service := &tape{answer: file(t, "answers", "prefixed", string(op)+".xml")}
		if _, err := exchanges[op].call(t.Context(), portal.NewClient(service, older)); err != nil {
			t.Errorf("%s: %v", op, err)
		}
		if diff := cmp.Diff(tree(t, file(t, "requests", string(op)+".2016.xml")), tree(t, service.call.Envelope)); diff != "" {
			t.Errorf("%s: %s", op, diff)
		}
	}
}

func TestOperationsOfTheOlderAge(t *testing.T) {
	older := portal.NewContract(portal.Operations(portal.Older))
	if n := len(portal.Operations(portal.Older)); n != 16 {
		t.Errorf("%d operations, want 16", n)
	}
	for _, op := range []portal.Op{portal.SetOrderNote, portal.GetGoodsCompatibilityInformation, portal.GetUsdRubRate} {
		service := &tape{}
		_, err := exchanges[op].call(t.Context(), portal.NewClient(service, older))
		if !errors.Is(err, portal.ErrUnpublished) || service.sent != 0 {
			t.Errorf("%s: %v after %d requests, want none", op, err, service.sent)
		}
	}
	if portal.NewClient(&tape{}, older).CountsRemovals(t.Context()) || !portal.NewClient(&tape{}, portal.DefaultContract()).CountsRemovals(t.Context()) {
		t.Error("only the current age counts removals")
	}
}

// Without the service's own contract the client learns from its refusal that an operation has an older name.
func TestAnOperationIsTriedUnderItsFormerName(t *testing.T) {
	var asked []string
	service := soap.RoundTripFunc(func(_ context.Context, call *soap.Call) error {
		asked = append(asked, call.Answer.Response)
		if call.Answer.Response == "GetRuntimeItemsPortionResponse" {
			return &soap.Fault{Code: "ActionNotSupported", Status: 500}
		}
		if diff := cmp.Diff(tree(t, file(t, "requests", "GetRuntimeItemsPortion.2016.xml")), tree(t, call.Envelope)); diff != "" {
			t.Error(diff)
		}
		return nil
	})
	if _, err := portal.NewClient(service, portal.DefaultContract()).GetRuntimeItemsPortion(t.Context(), dealer, 1000, 2000); err != nil {
		t.Error(err)
	}
	if diff := cmp.Diff([]string{"GetRuntimeItemsPortionResponse", "GetRuntimeItemPortionResponse"}, asked); diff != "" {
		t.Error(diff)
	}
}

// node is an element without what means nothing: prefixes, declarations, white space between elements.
type node struct {
	Name     xml.Name
	Attrs    []xml.Attr
	Text     string
	Children []*node
}

// tree parses a document with a reader that is not ours.
func tree(t testing.TB, document []byte) *node {
	t.Helper()
	root := &node{}
	path := []*node{root}
	decoder := xml.NewDecoder(bytes.NewReader(document))
	for {
		token, err := decoder.Token()
		if errors.Is(err, io.EOF) {
			return root
		}
		if err != nil {
			t.Fatalf("%v in\n%s", err, document)
		}
		top := path[len(path)-1]
		switch token := token.(type) {
		case xml.StartElement:
			child := &node{Name: token.Name}
			for _, a := range token.Attr {
				if a.Name.Space != "xmlns" && a.Name.Local != "xmlns" {
					child.Attrs = append(child.Attrs, a)
				}
			}
			top.Children = append(top.Children, child)
			path = append(path, child)
		case xml.CharData:
			if text := string(token); strings.TrimSpace(text) != "" {
				top.Text += text
			}
		case xml.EndElement:
			path = path[:len(path)-1]
		}
	}
}
