package doctor_test

import (
	"bytes"
	"encoding/json"
	"io"
	"net/http"
	"net/http/httptest"
	"net/http/httputil"
	"net/url"
	"strings"
	"testing"
	"time"

	"github.com/google/go-cmp/cmp"

	"storefront/internal/secret"
	"storefront/internal/vtt/beliefs"
	"storefront/internal/vtt/doctor"
	"storefront/internal/vtt/emulator"
	"storefront/internal/vtt/emulator/emulatortest"
	"storefront/internal/vtt/portal"
)

var buyer = portal.Login{Name: "buyer", Password: secret.New("apricot")}
var manager = portal.Login{Name: "manager", Password: secret.New("tarragon")}

func examine(t *testing.T, address string, change ...func(*doctor.Options)) doctor.Report {
	t.Helper()
	o := doctor.Options{URL: address, Login: manager, Colleague: &buyer, Now: time.Now}
	for _, c := range change {
		c(&o)
	}
	return doctor.Examine(t.Context(), o)
}

// The emulator as it is answers everything as believed, and nothing is changed by asking.
func TestAHealthyServiceIsGood(t *testing.T) {
	service := emulatortest.Start(t)
	r := examine(t, service.URL)
	if r.Verdict != doctor.Good || len(r.Reasons) > 0 {
		t.Errorf("verdict %s: %v", r.Verdict, r.Reasons)
	}
	if r.Contract.Source != "singleWsdl" || r.Contract.Age != portal.Current || r.Contract.Operations != 18 || len(r.Contract.Differences) > 0 {
		t.Errorf("contract %+v", r.Contract)
	}
	if !r.Account.Accepted || r.Account.MayEdit != "yes" {
		t.Errorf("account %+v", r.Account)
	}
	if ms := r.Channel.ClockDifference; ms == nil || *ms > 2000 || *ms < -2000 || r.Channel.Plain {
		t.Errorf("channel %+v", r.Channel)
	}
	for _, c := range r.Calls {
		if whole := c.Operation == portal.GetItems || c.Operation == portal.GetRuntimeItems; whole != (c.Outcome == doctor.NotAsked) {
			t.Errorf("%s: %s %s", c.Operation, c.Outcome, c.Detail)
		}
		if c.Outcome == doctor.OK && (c.Bytes == 0 || c.Rows == 0) {
			t.Errorf("%s: %d bytes, %d rows", c.Operation, c.Bytes, c.Rows)
		}
	}
	for _, op := range []string{"CreateOrder", "AddItem", "RemoveItem", "SetOrderNote"} {
		if n := service.Received()[op]; n > 0 {
			t.Errorf("%s was called %d times by reading", op, n)
		}
	}
	if len(r.Beliefs) != len(beliefs.All()) {
		t.Errorf("%d beliefs of %d", len(r.Beliefs), len(beliefs.All()))
	}
}

// Asked to write, it puts back what it changed.
func TestWritingLeavesOrdersAsTheyWere(t *testing.T) {
	service := emulatortest.Start(t)
	before := service.Orders()
	r := examine(t, service.URL, func(o *doctor.Options) { o.Write = true })
	if diff := cmp.Diff(before, service.Orders()); diff != "" {
		t.Error(diff)
	}
	for _, b := range r.Beliefs {
		if b.Outcome == doctor.Failed || b.Outcome == doctor.Other {
			t.Errorf("%s: %s %s %s", b.Name, b.Outcome, b.Answer, b.Detail)
		}
	}
	if service.Received()["AddItem"] == 0 {
		t.Error("nothing was written")
	}
}

// What is otherwise than expected is named, with what the storefront does then.
func TestWhatDiffersIsNamed(t *testing.T) {
	for name, c := range map[string]struct {
		service func(*emulator.Options)
		reason  string
	}{
		"the older age": {func(o *emulator.Options) { o.Age = string(portal.Older) }, "not published, its feature is switched off: SetOrderNote"},
		"portions":      {func(o *emulator.Options) { o.Portions = emulator.PortionsObserved }, "portions-include-both-ends"},
		"a spelling":    {func(o *emulator.Options) { o.Answers.BusinessLogicTypo = true }, "business-logic-error"},
	} {
		t.Run(name, func(t *testing.T) {
			r := examine(t, emulatortest.Start(t, c.service).URL)
			if r.Verdict != doctor.Differs || !strings.Contains(strings.Join(r.Reasons, "\n"), c.reason) {
				t.Errorf("verdict %s: %q", r.Verdict, r.Reasons)
			}
			for _, b := range r.Beliefs {
				if (b.Outcome == doctor.Other) != (b.Otherwise != "") {
					t.Errorf("%s: %s, and then %q", b.Name, b.Outcome, b.Otherwise)
				}
			}
		})
	}
}

// front stands before a service and changes what it publishes.
func front(t *testing.T, service string, change func(string) string) string {
	t.Helper()
	target, err := url.Parse(strings.TrimSuffix(service, "/Portal.svc"))
	if err != nil {
		t.Fatal(err)
	}
	next := httputil.NewSingleHostReverseProxy(target)
	way := &http.Transport{} // its own: the end of another test's server closes connections of the default one
	t.Cleanup(way.CloseIdleConnections)
	next.Transport = way
	server := httptest.NewServer(http.HandlerFunc(func(w http.ResponseWriter, r *http.Request) {
		if r.Method == http.MethodGet {
			document := change(string(portal.WSDL(portal.Current)))
			if document == "" {
				w.WriteHeader(http.StatusNotFound)
			}
			_, _ = w.Write([]byte(document))
			return
		}
		asked, err := io.ReadAll(r.Body) // all of it: a server closes what is unread when its answer begins, and the proxy's call with it
		if err != nil {
			panic(http.ErrAbortHandler)
		}
		r.Body = io.NopCloser(bytes.NewReader(asked))
		next.ServeHTTP(w, r)
	}))
	t.Cleanup(server.Close)
	return server.URL + "/Portal.svc"
}

func TestAContractThatDiffers(t *testing.T) {
	service := emulatortest.Start(t)
	for name, c := range map[string]struct {
		change  func(string) string
		verdict doctor.Verdict
		reason  string
	}{
		"none": {func(string) string { return "" }, doctor.Differs, "no contract is published"},
		"a retyped member": {func(d string) string {
			return strings.ReplaceAll(d, `name="ParentId" nillable="true" type="xs:string"`, `name="ParentId" type="xs:int"`)
		}, doctor.Differs, "contract: retyped: CategoryDto.ParentId is int, was string"},
		"no way to order": {func(d string) string { return strings.ReplaceAll(d, "CreateOrder", "MakeOrder") }, doctor.Broken, "not published: CreateOrder"},
		"a new operation": {func(d string) string {
			return strings.Replace(d, `<wsdl:portType name="IPortalService">`, `<wsdl:portType name="IPortalService"><wsdl:operation name="CancelOrder"/>`, 1)
		}, doctor.Good, ""},
	} {
		t.Run(name, func(t *testing.T) {
			r := examine(t, front(t, service.URL, c.change))
			if r.Verdict != c.verdict || !strings.Contains(strings.Join(r.Reasons, "\n"), c.reason) {
				t.Errorf("verdict %s: %q", r.Verdict, r.Reasons)
			}
		})
	}
}

func TestWhatDoesNotWorkIsBroken(t *testing.T) {
	closed := httptest.NewServer(http.NotFoundHandler())
	closed.Close()
	r := examine(t, closed.URL+"/Portal.svc")
	if r.Verdict != doctor.Broken || r.Channel.Cause == "" || len(r.Calls) > 0 {
		t.Errorf("nobody there: %s %+v", r.Verdict, r.Channel)
	}
	service := emulatortest.Start(t)
	r = examine(t, service.URL, func(o *doctor.Options) { o.Login.Password = secret.New("wrong") })
	if r.Verdict != doctor.Broken || r.Account.Accepted || len(r.Calls)+len(r.Beliefs) > 0 {
		t.Errorf("a wrong password: %s %+v", r.Verdict, r.Account)
	}
	if err := service.AddRules(emulator.Rule{Operation: "GetOrders", Effect: emulator.Refuse, Code: "TECHNICAL_ERROR"}); err != nil {
		t.Fatal(err)
	}
	if r = examine(t, service.URL); r.Verdict != doctor.Broken || !strings.Contains(strings.Join(r.Reasons, "\n"), "GetOrders failed") {
		t.Errorf("an operation out of order: %s %q", r.Verdict, r.Reasons)
	}
}

// A report goes to whoever helps: it holds no password, in either form.
func TestAReportHoldsNoPassword(t *testing.T) {
	service := emulatortest.Start(t)
	for _, who := range []portal.Login{manager, {Name: "buyer", Password: secret.New("wrong-canary")}} {
		r := examine(t, service.URL, func(o *doctor.Options) { o.Login = who })
		var text strings.Builder
		if err := r.Print(&text); err != nil {
			t.Fatal(err)
		}
		asJSON, err := json.Marshal(r)
		if err != nil {
			t.Fatal(err)
		}
		for _, printed := range []string{text.String(), string(asJSON)} {
			if strings.Contains(printed, who.Password.Reveal()) || !strings.Contains(printed, who.Name) {
				t.Errorf("printed %s", printed)
			}
		}
	}
}
