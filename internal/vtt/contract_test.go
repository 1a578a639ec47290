package vtt_test

import (
	"errors"
	"io"
	"net/http"
	"net/http/httptest"
	"strings"
	"sync"
	"testing"
	"time"

	"github.com/google/go-cmp/cmp"
	"github.com/shopspring/decimal"

	"storefront/internal/buyer"
	"storefront/internal/catalog"
	"storefront/internal/errkind"
	"storefront/internal/order"
	"storefront/internal/secret"
	"storefront/internal/vtt"
	"storefront/internal/vtt/emulator"
	"storefront/internal/vtt/emulator/emulatortest"
	"storefront/internal/vtt/portal"
)

// publisher publishes a contract in front of a service, and counts how often it was asked for.
type publisher struct {
	mu       sync.Mutex
	document func(query string) (status int, document string)
	asked    []string
	actions  []string
	next     http.Handler
}

func (p *publisher) ServeHTTP(w http.ResponseWriter, r *http.Request) {
	p.mu.Lock()
	defer p.mu.Unlock()
	if r.Method == http.MethodPost {
		p.actions = append(p.actions, strings.Trim(r.Header.Get("SOAPAction"), `"`))
		p.next.ServeHTTP(w, r)
		return
	}
	p.asked = append(p.asked, r.URL.RawQuery)
	status, document := p.document(r.URL.RawQuery)
	w.WriteHeader(status)
	_, _ = io.WriteString(w, document)
}

// publish puts a contract in front of an emulator and makes a client that has to read it.
func publish(t *testing.T, clock *time.Time, document func(query string) (int, string)) (*publisher, *vtt.Distributor) {
	t.Helper()
	p := &publisher{document: document, next: emulatortest.Start(t).Server}
	server := httptest.NewServer(p)
	t.Cleanup(server.Close)
	d, err := vtt.New(vtt.Options{URL: server.URL + "/Portal.svc", Now: func() time.Time { p.mu.Lock(); defer p.mu.Unlock(); return *clock }})
	if err != nil {
		t.Fatal(err)
	}
	t.Cleanup(d.Close)
	return p, d
}

func (p *publisher) set(change func()) {
	p.mu.Lock()
	defer p.mu.Unlock()
	change()
}

func current(string) (int, string) { return http.StatusOK, string(portal.WSDL(portal.Current)) }

func account(login, password string) buyer.Credentials {
	return buyer.Credentials{Login: login, Password: secret.New(password)}
}

// await waits for what happens in the background.
func await(t *testing.T, happened func() bool) {
	t.Helper()
	tick, late := time.NewTicker(time.Millisecond), time.After(20*time.Second)
	defer tick.Stop()
	for !happened() {
		select {
		case <-tick.C:
		case <-late:
			t.Fatal("it did not happen")
		}
	}
}

// A service is asked once what it publishes, however many ask at once, and again when a day has passed.
func TestTheContractIsReadAtFirstUseAndOnceADay(t *testing.T) {
	clock := readAt
	p, d := publish(t, &clock, current)
	var together sync.WaitGroup
	for range 8 {
		together.Go(func() {
			if err := d.ProveLogin(t.Context(), account("buyer", "apricot")); err != nil {
				t.Error(err)
			}
		})
	}
	together.Wait()
	if diff := cmp.Diff([]string{"singleWsdl"}, p.asked); diff != "" {
		t.Error(diff)
	}
	state := d.Contract()
	if !state.Read || !state.ReadAt.Equal(readAt) || state.Err != nil || len(state.Missing) > 0 {
		t.Errorf("state %+v", state)
	}
	p.set(func() { clock = clock.Add(25 * time.Hour) })
	await(t, func() bool {
		_ = d.ProveLogin(t.Context(), account("buyer", "apricot"))
		p.mu.Lock()
		defer p.mu.Unlock()
		return len(p.asked) == 2
	})
}

// Without a contract that can be read, the table of the documentation serves, and the question is not repeated at once.
func TestWithoutAContractTheTableServes(t *testing.T) {
	for name, document := range map[string]func(string) (int, string){
		"not served": func(string) (int, string) { return http.StatusNotFound, "" },
		"a page":     func(string) (int, string) { return http.StatusOK, "<html><body>metadata is disabled</body></html>" },
		"cut off":    func(string) (int, string) { return http.StatusOK, string(portal.WSDL(portal.Current)[:9000]) },
		"somebody else's": func(string) (int, string) {
			return http.StatusOK, `<definitions xmlns="http://schemas.xmlsoap.org/wsdl/"/>`
		},
	} {
		t.Run(name, func(t *testing.T) {
			clock := readAt
			p, d := publish(t, &clock, document)
			for range 3 {
				if _, err := d.Categories(t.Context(), account("buyer", "apricot")); err != nil {
					t.Error(err)
				}
			}
			if diff := cmp.Diff([]string{"singleWsdl", "wsdl"}, p.asked); diff != "" {
				t.Error(diff)
			}
			if state := d.Contract(); state.Read || state.Err == nil {
				t.Errorf("state %+v", state)
			}
		})
	}
}

// A service that publishes in parts, under a name of its own that leads nowhere, is read all the same.
func TestAContractInPartsIsReadFromTheConfiguredAddress(t *testing.T) {
	service := emulatortest.Start(t)
	clock := readAt
	p, d := publish(t, &clock, func(query string) (int, string) {
		if query == "singleWsdl" {
			return http.StatusNotFound, ""
		}
		response, err := http.Get(service.URL + "?" + query)
		if err != nil {
			return http.StatusBadGateway, ""
		}
		defer response.Body.Close()
		body, _ := io.ReadAll(response.Body)
		return response.StatusCode, strings.ReplaceAll(string(body), service.Base, "http://srv-portal-01.invalid")
	})
	if _, err := d.Categories(t.Context(), account("buyer", "apricot")); err != nil {
		t.Fatal(err)
	}
	if state := d.Contract(); !state.Read || len(state.Missing) > 0 {
		t.Errorf("state %+v", state)
	}
	if p.asked[0] != "singleWsdl" || p.asked[1] != "wsdl" || p.asked[2] != "wsdl=wsdl0" {
		t.Errorf("asked for %v", p.asked)
	}
}

// What is no longer published is refused by itself, before anything is sent; everything else goes on.
func TestALostOperationCostsItsOwnFeatureOnly(t *testing.T) {
	clock := readAt
	p, d := publish(t, &clock, func(string) (int, string) {
		return http.StatusOK, strings.ReplaceAll(string(portal.WSDL(portal.Current)), "SetOrderNote", "WriteRemark")
	})
	manager := account("manager", "tarragon")
	orders, err := d.Orders(t.Context(), manager)
	if err != nil || len(orders) == 0 {
		t.Fatalf("%d orders, %v", len(orders), err)
	}
	_, err = d.SetNote(t.Context(), manager, orders[0].ID, "Привет")
	wantKind(t, err, errkind.Unsupported)
	var lost *order.SendError
	if !errors.As(err, &lost) || lost.Class != order.ClassNotSent {
		t.Errorf("class of %v", err)
	}
	for _, action := range p.actions {
		if strings.Contains(action, "Note") || strings.Contains(action, "Remark") {
			t.Errorf("sent %s", action)
		}
	}
	if diff := cmp.Diff([]portal.Op{portal.SetOrderNote}, d.Contract().Missing); diff != "" {
		t.Error(diff)
	}
}

// The older age is spoken to in its own words: nobody told the client which age it is.
func TestTheOlderAgeIsReadFromItsContract(t *testing.T) {
	service := emulatortest.Start(t, func(o *emulator.Options) { o.Age = string(portal.Older) })
	d, err := vtt.New(vtt.Options{URL: service.URL, Now: func() time.Time { return readAt }})
	if err != nil {
		t.Fatal(err)
	}
	t.Cleanup(d.Close)
	manager := account("manager", "tarragon")
	id, err := d.CreateOrder(t.Context(), manager, []order.NewLine{{ItemID: "A21101", Quantity: decimal.NewFromInt(3)}})
	if err != nil {
		t.Fatal(err)
	}
	if _, err := d.AddLine(t.Context(), manager, id, order.NewLine{ItemID: "2C918150", Quantity: decimal.NewFromInt(1)}); err != nil {
		t.Error(err)
	}
	wantKind(t, d.RemoveLine(t.Context(), manager, id, "A21101", decimal.NewFromInt(1)), errkind.Unsupported)
	if err := d.RemoveLine(t.Context(), manager, id, "A21101", decimal.Zero); err != nil {
		t.Error(err)
	}
	placed, err := d.OrderWithLines(t.Context(), manager, id)
	if err != nil || len(placed.Lines) != 1 || placed.Lines[0].ItemID != "2C918150" {
		t.Errorf("%+v, %v", placed.Lines, err)
	}
	if _, err := d.Rate(t.Context(), manager); !errkind.Is(err, errkind.Unsupported) {
		t.Errorf("a rate of the older age: %v", err)
	}
}

// A contract that turned out wrong is read again before its day is over.
func TestAContractThatProvedWrongIsReadAgain(t *testing.T) {
	clock := readAt
	age := portal.Older
	p, d := publish(t, &clock, func(string) (int, string) { return http.StatusOK, string(portal.WSDL(age)) })
	dealer := account("buyer", "apricot")
	if err := d.EachOffer(t.Context(), dealer, func([]catalog.Offer, catalog.Progress) error { return nil }); err != nil {
		t.Fatal(err) // portions are asked for under their older name, in vain; the whole list serves
	}
	p.set(func() { clock, age = clock.Add(10*time.Minute), portal.Current })
	await(t, func() bool {
		_, err := d.Rate(t.Context(), dealer)
		return err == nil
	})
	if len(d.Contract().Missing) > 0 {
		t.Errorf("still missing %v", d.Contract().Missing)
	}
}
