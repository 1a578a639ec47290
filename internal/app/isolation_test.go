package app_test

import (
	"bytes"
	"encoding/xml"
	"fmt"
	"html"
	"net/http"
	"net/url"
	"slices"
	"strings"
	"testing"

	"github.com/shopspring/decimal"
)

// A buyer whose prices have not come yet sees that, and no price at all: least of all another buyer's.
func TestPricesNotReadYetAreNobodyElses(t *testing.T) {
	d := startDemo(t, stocked(t, goods()))
	d.catalogueArrives(d.signedIn(t, d.buyer()))
	for _, operation := range []string{
		"GetItems", "GetRuntimeItems", "GetItemPortion", "GetRuntimeItemsPortion", "GetCategoryItems", "GetCategoryRuntimeItems", "GetItem", "GetRuntimeItem",
	} {
		d.misbehave(fault{Operation: operation, Login: d.stranger().login, Effect: "drop"})
	}
	v := d.signedIn(t, d.stranger())
	for _, path := range []string{"/catalog", "/search?q=HP", "/suggest?q=HP", "/items/" + plain} {
		p := v.read(path)
		if strings.Contains(path, "catalog") && p.named("item-row").Length() == 0 {
			t.Errorf("%s shows no goods while prices load", path)
		}
		for _, mark := range d.markings(d.buyer()).in(p) {
			t.Errorf("%s shows %s of the other buyer", path, mark)
		}
		if n := p.Find(named("price") + "[data-amount]").Length(); n > 0 {
			t.Errorf("%s shows %d prices that nobody has read", path, n)
		}
	}
	d.behave()
	d.catalogueArrives(v)
}

// What one buyer watches is not on another's list, and his mark can be put on nothing there.
func TestWatchListsAreTheirOwners(t *testing.T) {
	d := startDemo(t, stocked(t, goods()))
	own, other := d.signedIn(t, d.buyer()), d.signedIn(t, d.stranger())
	d.catalogueArrives(own)
	d.catalogueArrives(other)
	own.post("/lists/watch/items", url.Values{"itemId": {plain}})
	if n := other.read("/lists/watch").named("item-row").Length(); n != 0 {
		t.Errorf("the other buyer sees %d watched items", n)
	}
	foreign := other.post("/lists/watch/items/"+plain, url.Values{"branch": {"1"}})
	missing := other.post("/lists/watch/items/"+scarce, url.Values{"branch": {"1"}})
	words := func(p *page) string {
		said, _, _ := strings.Cut(p.complaint(), "Номер обращения") // which differs by nature
		return said
	}
	if foreign.status != http.StatusNotFound || missing.status != foreign.status || words(foreign) != words(missing) {
		t.Errorf("a foreign item answers %d %q, a missing one %d %q", foreign.status, foreign.complaint(), missing.status, missing.complaint())
	}
	other.post("/lists/watch/items/"+plain, url.Values{"remove": {"1"}})
	if n := own.read("/lists/watch").item("item-row", plain).Length(); n != 1 {
		t.Error("the other buyer took it off the list")
	}
}

// priceFor is what a buyer pays for an item, as the distributor tells him.
func priceFor(t *testing.T, d *demo, a account, id string) string {
	t.Helper()
	for _, item := range call[struct {
		Items []struct{ Id, Price string } `xml:"Body>GetItemsResponse>GetItemsResult>ItemDto"`
	}](d, a, "GetItems").Items {
		if item.Id == id {
			return item.Price
		}
	}
	t.Fatalf("%s is not offered %s", a.login, id)
	return ""
}

// markings are what one buyer alone knows: his prices and sums, in both currencies, and the numbers of his dealer's orders.
type markings struct {
	account account
	numbers map[string]bool // plain decimals
	texts   []string        // numbers of orders, and whatever else is his alone
}

// markings asks the distributor itself, past the storefront.
func (d *demo) markings(a account) *markings {
	d.t.Helper()
	m := &markings{account: a, numbers: map[string]bool{}}
	for _, item := range call[struct {
		Items []struct{ Price, PriceLocal string } `xml:"Body>GetItemsResponse>GetItemsResult>ItemDto"`
	}](d, a, "GetItems").Items {
		for _, text := range []string{item.Price, item.PriceLocal} {
			if n, err := decimal.NewFromString(text); err == nil && n.IsPositive() {
				for pieces := range int64(10) { // sums of a few are his, too
					m.numbers[n.Mul(decimal.NewFromInt(pieces+1)).String()] = true
				}
			}
		}
	}
	m.texts = call[struct {
		IDs []string `xml:"Body>GetOrdersResponse>GetOrdersResult>OrderDto>Id"`
	}](d, a, "GetOrders").IDs
	if len(m.numbers) < 100 || len(m.texts) == 0 {
		d.t.Fatalf("%s has %d prices and %d orders", a.login, len(m.numbers), len(m.texts))
	}
	return m
}

func (m *markings) shared(other *markings) []string {
	var both []string
	for n := range m.numbers {
		if other.numbers[n] {
			both = append(both, n)
		}
	}
	for _, id := range m.texts {
		if slices.Contains(other.texts, id) {
			both = append(both, id)
		}
	}
	return both
}

// in lists what of the markings an answer holds.
func (m *markings) in(p *page) []string { return m.within(p.body) }

func (m *markings) within(body string) (found []string) {
	eachNumber(body, func(n []byte) {
		if m.numbers[string(n)] {
			found = append(found, string(n))
		}
	})
	for _, text := range m.texts {
		if strings.Contains(body, text) {
			found = append(found, text)
		}
	}
	return found
}

// eachNumber passes on the numbers of a page as decimals write themselves, whether their thousands stand apart or together and
// whether they have a comma or a point. It reads much text: a regular expression would be most of a test's time.
func eachNumber(body string, yield func([]byte)) {
	var n []byte
	for i := 0; i < len(body); {
		if !digit(body, i) {
			i++
			continue
		}
		n = n[:0]
		for ; digit(body, i); i++ {
			n = append(n, body[i])
		}
		for lead := len(n) <= 3; lead; { // more groups of three
			width := space(body[i:])
			at := i + width
			if width == 0 || !digit(body, at) || !digit(body, at+1) || !digit(body, at+2) || digit(body, at+3) {
				break
			}
			n = append(n, body[at:at+3]...)
			i = at + 3
		}
		if i+1 < len(body) && (body[i] == ',' || body[i] == '.') && digit(body, i+1) {
			n = append(n, '.')
			for i++; digit(body, i); i++ {
				n = append(n, body[i])
			}
			n = bytes.TrimSuffix(bytes.TrimRight(n, "0"), []byte("."))
		}
		yield(bytes.TrimLeft(n, "0"))
	}
}

func digit(s string, i int) bool { return i < len(s) && s[i] >= '0' && s[i] <= '9' }

// space is the width of a space between thousands, of any kind and however it is spelled.
func space(s string) int {
	for _, kind := range []string{" ", "\u00a0", "\u202f", "&nbsp;", "&#160;"} {
		if strings.HasPrefix(s, kind) {
			return len(kind)
		}
	}
	return 0
}

func TestNumbersAreFound(t *testing.T) {
	for text, want := range map[string]string{
		"1 234,50 $": "1234.5", `data-amount="1000.11"`: "1000.11", "1\u202f000\u00a0001,10": "1000001.1", "<b>95&nbsp;010,45</b>": "95010.45",
		"007": "7", "2 шт. 12 3": "2 12 3", "1234 567": "1234 567", "12.": "12", "100": "100",
	} {
		var got []string
		eachNumber(text, func(n []byte) { got = append(got, string(n)) })
		if strings.Join(got, " ") != want {
			t.Errorf("%q holds %q, want %q", text, got, want)
		}
	}
}

// call calls an operation without parameters as any client of the service would.
func call[T any](d *demo, a account, operation string) T {
	d.t.Helper()
	envelope := fmt.Sprintf(`<s:Envelope xmlns:s="http://schemas.xmlsoap.org/soap/envelope/"><s:Body><%[1]s xmlns="http://portal.vtt.ru">`+
		`<login>%[2]s</login><password>%[3]s</password></%[1]s></s:Body></s:Envelope>`,
		operation, html.EscapeString(a.login), html.EscapeString(a.password))
	request, err := http.NewRequest(http.MethodPost, d.portal+"/Portal.svc", strings.NewReader(envelope))
	if err != nil {
		d.t.Fatal(err)
	}
	request.Header.Set("Content-Type", "text/xml; charset=utf-8")
	request.Header.Set("SOAPAction", `"http://portal.vtt.ru/IPortalService/`+operation+`"`)
	answer, err := http.DefaultClient.Do(request)
	if err != nil {
		d.t.Fatal(err)
	}
	defer answer.Body.Close()
	var value T
	if err := xml.NewDecoder(answer.Body).Decode(&value); err != nil || answer.StatusCode != http.StatusOK {
		d.t.Fatalf("%s: %s: %v", operation, answer.Status, err)
	}
	return value
}
