package app_test

import (
	"encoding/xml"
	"fmt"
	"html"
	"net/http"
	"net/url"
	"regexp"
	"slices"
	"strings"
	"testing"

	"github.com/shopspring/decimal"
)

// Two buyers of different dealers and price levels use the shop at the same time, many tabs each. Every answer holds
// something that only its own buyer can see, and nothing that only the other can.
func TestEachBuyerSeesHisOwn(t *testing.T) {
	d := startDemo(t, stocked(t, goods()))
	first, second := d.markings(d.buyer()), d.markings(d.stranger())
	if shared := first.shared(second); len(shared) > 0 {
		t.Fatalf("both buyers know %v: nothing could be told apart by it", shared)
	}
	var paths []string
	for _, a := range []account{d.buyer(), d.stranger()} {
		v := d.signedIn(t, a)
		d.catalogueArrives(v)
		v.addToCart(plain, 1)
		v.addToCart(lookAlike, 2)
		v.post("/lists/watch/items", url.Values{"itemId": {plain}})
		v.post("/lists/watch/items/"+plain, url.Values{"price": {priceFor(t, d, a, plain)}})
		d.order(v)
		v.addToCart(plain, 1)
		paths = d.pages(v)
		first, second = d.markings(d.buyer()), d.markings(d.stranger())
	}
	paths = slices.DeleteFunc(paths, func(path string) bool {
		// Orders are each buyer's own, and what shows neither price nor order is anybody's.
		return strings.HasPrefix(path, "/orders/") || path == "/items/"+onRequest || strings.Contains(path, "nothing")
	})
	paths = append(paths, "/suggest?q=CE285A", "/suggest?q=HP", "/search?q=HP&sort=-price")

	t.Run("crowd", func(t *testing.T) {
		for tab := range 4 {
			for _, who := range []struct{ own, foreign *markings }{{first, second}, {second, first}} {
				t.Run(fmt.Sprintf("%s-%d", who.own.account.login, tab), func(t *testing.T) {
					t.Parallel()
					v := d.signedIn(t, who.own.account)
					v.seen = func(p *page) { who.own.check(t, p, who.foreign) }
					browse(v, paths)
				})
			}
		}
	})
}

// browse opens every page whole and as the fragment that htmx asks for, changes the cart, and looks at his own orders.
func browse(v *visitor, paths []string) {
	for range 2 {
		for _, path := range paths {
			v.get(path)
			v.headers.Set("HX-Request", "true")
			v.headers.Set("HX-Request-Type", "partial")
			v.get(path)
			v.headers.Del("HX-Request")
			v.headers.Del("HX-Request-Type")
		}
		v.headers.Set("HX-Request-Type", "partial")
		v.post("/cart/items", url.Values{"itemId": {plain}, "quantity": {"1"}})
		v.post("/cart/items/"+plain, url.Values{"quantity": {"2"}})
		v.headers.Del("HX-Request-Type")
		v.post("/lists/watch/items", url.Values{"itemId": {lookAlike}})
		v.post("/lists/watch/items/"+lookAlike, url.Values{"remove": {"1"}})
	}
	links := v.get("/orders").Find(`a[href^="/orders/"]`)
	for _, link := range links.Nodes[:min(len(links.Nodes), 5)] {
		for _, a := range link.Attr {
			if a.Key == "href" {
				v.get(a.Val)
			}
		}
	}
}

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
	orders  []string
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
	m.orders = call[struct {
		IDs []string `xml:"Body>GetOrdersResponse>GetOrdersResult>OrderDto>Id"`
	}](d, a, "GetOrders").IDs
	if len(m.numbers) < 100 || len(m.orders) == 0 {
		d.t.Fatalf("%s has %d prices and %d orders", a.login, len(m.numbers), len(m.orders))
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
	for _, id := range m.orders {
		if slices.Contains(other.orders, id) {
			both = append(both, id)
		}
	}
	return both
}

// number is a number as it stands in a page: with a comma or a point, its thousands apart or together.
var number = regexp.MustCompile(`\d{1,3}(?:[\x{a0}\x{202f} ]\d{3})+(?:[.,]\d+)?|\d+(?:[.,]\d+)?`)

var plainNumber = strings.NewReplacer("\u00a0", "", "\u202f", "", " ", "", ",", ".")

// in lists what of the markings an answer holds.
func (m *markings) in(p *page) []string {
	var found []string
	body := html.UnescapeString(p.body)
	for _, text := range number.FindAllString(body, -1) {
		if n, err := decimal.NewFromString(plainNumber.Replace(text)); err == nil && m.numbers[n.String()] {
			found = append(found, n.String())
		}
	}
	for _, id := range m.orders {
		if strings.Contains(body, id) {
			found = append(found, id)
		}
	}
	return found
}

// check fails when an answer holds the other buyer's markings, or none of one's own.
func (m *markings) check(t *testing.T, p *page, other *markings) {
	t.Helper()
	if p.status != http.StatusOK {
		t.Errorf("%s: %d: %s", p.url, p.status, p.complaint())
	}
	if foreign := other.in(p); len(foreign) > 0 {
		t.Errorf("%s of %s shows %v of %s", p.url, m.account.login, foreign, other.account.login)
	}
	if len(m.in(p)) == 0 && !strings.Contains(p.body, ">"+m.account.login+"<") {
		t.Errorf("%s shows nothing of %s: it proves nothing", p.url, m.account.login)
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
