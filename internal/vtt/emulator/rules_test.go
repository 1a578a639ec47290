package emulator_test

import (
	"net/http"
	"net/http/httptest"
	"runtime"
	"slices"
	"strings"
	"testing"
	"time"

	"storefront/internal/vtt/emulator"
	"storefront/internal/vtt/emulator/emulatortest"
)

func TestEffects(t *testing.T) {
	const short = emulator.Duration(30 * time.Millisecond)
	for _, c := range []struct {
		rule      emulator.Rule
		outcome   string // answered, fault, html, broken (not XML), dead (no answer)
		code      string
		performed int
	}{
		{emulator.Rule{Effect: emulator.Refuse}, "fault", "TECHNICAL_ERROR", 0},
		{emulator.Rule{Effect: emulator.Refuse, Code: "CONTRACT_ERROR"}, "fault", "CONTRACT_ERROR", 0},
		{emulator.Rule{Effect: emulator.Refuse, Code: "InternalServiceFault"}, "fault", "InternalServiceFault", 0},
		{emulator.Rule{Effect: emulator.Refuse, Code: "502"}, "html", "", 0},
		{emulator.Rule{Effect: emulator.Delay, Delay: short}, "answered", "", 1},
		{emulator.Rule{Effect: emulator.Slow, Delay: short}, "answered", "", 1},
		{emulator.Rule{Effect: emulator.Truncate}, "broken", "", 1},
		{emulator.Rule{Effect: emulator.Garble}, "broken", "", 1},
		{emulator.Rule{Effect: emulator.Drop}, "dead", "", 0},
		{emulator.Rule{Effect: emulator.PerformAndDrop}, "dead", "", 1},
		{emulator.Rule{Effect: emulator.PerformAndFault}, "fault", "TECHNICAL_ERROR", 1},
		{emulator.Rule{Effect: emulator.PerformAndFault, Code: "InternalServiceFault"}, "fault", "InternalServiceFault", 1},
	} {
		t.Run(string(c.rule.Effect)+" "+c.rule.Code, func(t *testing.T) {
			server := emulatortest.Start(t, func(o *emulator.Options) { o.Items = 50 })
			buyer := as(t, server, "buyer")
			item := buyer.stocked(1)[0].get("Id")
			before := len(server.Orders())
			c.rule.Operation = "CreateOrder"
			if err := server.AddRules(c.rule); err != nil {
				t.Fatal(err)
			}
			started := time.Now()
			a, err := buyer.try("CreateOrder", orderLines("lines", item, "1"))
			if got := outcome(a, err); got != c.outcome || a.code != c.code {
				t.Errorf("%s with code %q (%v), want %s with %q", got, a.code, err, c.outcome, c.code)
			}
			if took := time.Since(started); took < time.Duration(c.rule.Delay)*9/10 {
				t.Errorf("took %s, want at least %s", took, c.rule.Delay)
			}
			if got := server.Executions()["CreateOrder"]; got != c.performed {
				t.Errorf("counted as performed %d times, want %d", got, c.performed)
			}
			if got := len(server.Orders()) - before; got != c.performed {
				t.Errorf("%d orders made, want %d", got, c.performed)
			}
		})
	}
}

func outcome(a answer, err error) string {
	switch {
	case err != nil && a.status == 0:
		return "dead"
	case err != nil:
		return "broken"
	case a.status != 200 && strings.HasPrefix(a.body, "<html>"):
		return "html"
	case a.code != "":
		return "fault"
	}
	return "answered"
}

func TestRulesMatch(t *testing.T) {
	rule := func(operation, login string, nth, count int) emulator.Rule {
		return emulator.Rule{Operation: operation, Login: login, Nth: nth, Count: count, Effect: emulator.Refuse}
	}
	for _, c := range []struct {
		about string
		rule  emulator.Rule
		hits  string // of six calls by the buyer, x is refused
	}{
		{"every call", rule("", "", 0, 0), "xxxxxx"},
		{"this operation", rule("GetUsdRubRate", "", 0, 0), "xxxxxx"},
		{"another operation", rule("GetItems", "", 0, 0), "......"},
		{"this login", rule("", "buyer", 0, 0), "xxxxxx"},
		{"another login", rule("", "manager", 0, 0), "......"},
		{"the third call only", rule("", "", 3, 0), "..x..."},
		{"two from the third", rule("", "", 3, 2), "..xx.."},
		{"the first two", rule("", "", 0, 2), "xx...."},
	} {
		t.Run(c.about, func(t *testing.T) {
			server := emulatortest.Start(t, func(o *emulator.Options) { o.Items = 50 })
			if err := server.AddRules(c.rule); err != nil {
				t.Fatal(err)
			}
			var hits strings.Builder
			for range 6 {
				hits.WriteString(map[bool]string{true: "x", false: "."}[as(t, server, "buyer").call("GetUsdRubRate", "").code != ""])
			}
			if hits.String() != c.hits {
				t.Errorf("%s, want %s", hits.String(), c.hits)
			}
		})
	}
}

func TestRulesThatMakeNoSense(t *testing.T) {
	server := emulatortest.Start(t, func(o *emulator.Options) { o.Items = 50 })
	for _, rule := range []emulator.Rule{
		{}, {Effect: "explode"}, {Effect: emulator.Delay}, {Effect: emulator.Slow}, {Effect: emulator.Drop, Nth: -1}, {Effect: emulator.Drop, Count: -1},
		{Effect: emulator.PerformLater}, {Operation: "GetOrders", Effect: emulator.Lag}, {Effect: emulator.Halve}, {Operation: "GetOrders", Effect: emulator.Twin},
	} {
		if server.AddRules(rule) == nil {
			t.Errorf("%+v was taken", rule)
		}
	}
}

// A write is performed even when its caller has given up waiting: the trap that an order is placed although nobody heard so.
func TestDelayedWriteIsPerformedWithoutItsCaller(t *testing.T) {
	server, err := emulator.New(emulator.Options{Items: 50})
	if err != nil {
		t.Fatal(err)
	}
	if err := server.AddRules(emulator.Rule{Effect: emulator.Delay, Delay: emulator.Duration(200 * time.Millisecond)}); err != nil {
		t.Fatal(err)
	}
	web := httptest.NewServer(server)
	item, before := server.Orders()[0].Lines[0].ItemID, len(server.Orders())
	body := envelope("CreateOrder", "<login>buyer</login><password>apricot</password>"+orderLines("lines", item, "1"))
	request, err := http.NewRequest(http.MethodPost, web.URL+"/Portal.svc", strings.NewReader(body))
	if err != nil {
		t.Fatal(err)
	}
	request.Header.Set("Content-Type", "text/xml")
	request.Header.Set("SOAPAction", "http://portal.vtt.ru/IPortalService/CreateOrder")
	if _, err := (&http.Client{Timeout: 100 * time.Millisecond}).Do(request); err == nil {
		t.Fatal("the caller did not give up")
	}
	web.Close() // waits for what is under way
	if orders, performed := len(server.Orders())-before, server.Executions()["CreateOrder"]; orders != 1 || performed != 1 {
		t.Errorf("%d orders, performed %d times; want one", orders, performed)
	}
}

// Closing lets waiting calls go, without what they waited for.
func TestCloseReleasesWaitingCalls(t *testing.T) {
	server := emulatortest.Start(t, func(o *emulator.Options) { o.Items = 50 })
	buyer := as(t, server, "buyer")
	item := buyer.stocked(1)[0].get("Id")
	if err := server.AddRules(emulator.Rule{Effect: emulator.Delay, Delay: emulator.Duration(time.Hour)}); err != nil {
		t.Fatal(err)
	}
	done := make(chan error, 1)
	go func() {
		_, err := buyer.try("CreateOrder", orderLines("lines", item, "1"))
		done <- err
	}()
	if err := server.Close(); err != nil {
		t.Fatal(err)
	}
	if err := <-done; err == nil {
		t.Error("answered")
	}
	if got := server.Executions()["CreateOrder"]; got != 0 {
		t.Errorf("performed %d times", got)
	}
}

// Its caller hears nothing, and the order is made when the emulated time has come.
func TestPerformedLater(t *testing.T) {
	server := emulatortest.Start(t, func(o *emulator.Options) { o.Items = 50 })
	buyer, before := as(t, server, "buyer"), len(server.Orders())
	item := buyer.stocked(1)[0].get("Id")
	inForce(t, server, emulator.Rule{Operation: "CreateOrder", Count: 1, Effect: emulator.PerformLater, Delay: emulator.Duration(5 * time.Minute)})
	if _, err := buyer.try("CreateOrder", orderLines("lines", item, "3")); err == nil {
		t.Error("answered")
	}
	for _, step := range []struct {
		by     time.Duration
		orders int
	}{{0, 0}, {4 * time.Minute, 0}, {2 * time.Minute, 1}, {time.Hour, 1}} {
		if err := server.Advance(step.by); err != nil {
			t.Fatal(err)
		}
		if made, performed := len(server.Orders())-before, server.Executions()["CreateOrder"]; made != step.orders || performed != step.orders {
			t.Errorf("%s later %d orders, performed %d times; want %d", step.by, made, performed, step.orders)
		}
		if left := server.Pending(); left != 1-step.orders {
			t.Errorf("%s later %d calls are pending", step.by, left)
		}
	}
}

// A caller who waits for an answer that never comes is let go by nobody but himself.
func TestHanging(t *testing.T) {
	for effect, performed := range map[emulator.Effect]int{emulator.Hang: 0, emulator.PerformAndHang: 1} {
		server := emulatortest.Start(t, func(o *emulator.Options) { o.Items = 50 })
		buyer := as(t, server, "buyer")
		item := buyer.stocked(1)[0].get("Id")
		inForce(t, server, emulator.Rule{Operation: "CreateOrder", Effect: effect})
		answered := make(chan error, 1)
		go func() {
			_, err := buyer.try("CreateOrder", orderLines("lines", item, "1"))
			answered <- err
		}()
		for server.Received()["CreateOrder"] == 0 || server.Executions()["CreateOrder"] < performed {
			runtime.Gosched()
		}
		select {
		case err := <-answered:
			t.Errorf("%s: answered (%v)", effect, err)
		default:
		}
		if err := server.Close(); err != nil {
			t.Fatal(err)
		}
		if err := <-answered; err == nil {
			t.Errorf("%s: answered at the end", effect)
		}
		if got := server.Executions()["CreateOrder"]; got != performed {
			t.Errorf("%s: performed %d times, want %d", effect, got, performed)
		}
	}
}

func TestResultsThatAreNone(t *testing.T) {
	for effect, want := range map[emulator.Effect]string{
		emulator.Blank: `"></CreateOrderResult></CreateOrderResponse>`, emulator.Omit: `portal.vtt.ru"></CreateOrderResponse>`, emulator.Double: `</CreateOrderResult><CreateOrderResult `,
	} {
		server := emulatortest.Start(t, func(o *emulator.Options) { o.Items = 50 })
		buyer := as(t, server, "buyer")
		inForce(t, server, emulator.Rule{Operation: "CreateOrder", Effect: effect})
		a, _ := buyer.try("CreateOrder", orderLines("lines", buyer.stocked(1)[0].get("Id"), "1")) // the caller here may refuse it
		if !strings.Contains(a.body, want) || server.Executions()["CreateOrder"] != 1 {
			t.Errorf("%s: %s, want %s", effect, a.body, want)
		}
	}
}

func TestListsThatAreNotWhole(t *testing.T) {
	server := emulatortest.Start(t, func(o *emulator.Options) { o.Items = 50 })
	buyer := as(t, server, "buyer")
	fresh := buyer.order(buyer.stocked(1)[0].get("Id"), "1")
	listed := func(r emulator.Rule) (ids []string) {
		r.Operation = "GetOrders"
		inForce(t, server, r)
		defer server.ClearRules()
		for _, n := range buyer.call("GetOrders", "").result.list("OrderDto") {
			ids = append(ids, n.get("Id"))
		}
		return ids
	}
	whole := listed(emulator.Rule{Effect: emulator.Delay, Delay: 1})
	if n := len(whole); n < 4 || whole[n-1] != fresh {
		t.Fatalf("%v", whole)
	}
	const minute = emulator.Duration(time.Minute)
	for _, c := range []struct {
		rule emulator.Rule
		want []string
	}{
		{emulator.Rule{Effect: emulator.Lag, Delay: minute}, whole[:len(whole)-1]},
		{emulator.Rule{Effect: emulator.Forget, Delay: minute}, whole[len(whole)-1:]},
		{emulator.Rule{Effect: emulator.Halve}, everyOther(whole)},
	} {
		if got := listed(c.rule); !slices.Equal(got, c.want) {
			t.Errorf("%s: %v, want %v", c.rule.Effect, got, c.want)
		}
	}
	if err := server.Advance(2 * time.Hour); err != nil {
		t.Fatal(err)
	}
	if got := listed(emulator.Rule{Effect: emulator.Lag, Delay: minute}); len(got) != len(whole) {
		t.Errorf("later the list still lags: %v", got)
	}
}

func TestTwinsAndOtherLines(t *testing.T) {
	for effect, performed := range map[emulator.Effect]int{emulator.Twin: 0, emulator.PerformAndTwin: 1} {
		server := emulatortest.Start(t, func(o *emulator.Options) { o.Items = 50 })
		buyer := as(t, server, "buyer")
		before, goods := len(server.Orders()), buyer.stocked(2)
		inForce(t, server, emulator.Rule{Operation: "CreateOrder", Effect: effect})
		if _, err := buyer.try("CreateOrder", orderLines("lines", goods[0].get("Id"), "3", goods[1].get("Id"), "1")); err == nil {
			t.Errorf("%s: answered", effect)
		}
		made := server.Orders()[before:]
		twin := made[len(made)-1]
		if len(made) != performed+1 || server.Executions()["CreateOrder"] != performed || twin.Login == "buyer" || len(twin.Lines) != 2 {
			t.Errorf("%s: %d orders, performed %d times, the last by %s", effect, len(made), server.Executions()["CreateOrder"], twin.Login)
		}
		inForce(t, server, emulator.Rule{Operation: "GetOrderWithLines", Effect: emulator.Rearrange})
		var quantities []string
		for _, n := range buyer.call("GetOrderWithLines", param("orderId", twin.ID)).result.child("Lines").list("OrderLineDto") {
			quantities = append(quantities, n.get("Quantity"))
		}
		if got := strings.Join(quantities, " "); got != "1 1 2" {
			t.Errorf("%s: lines of %s pieces, want 1 1 2", effect, got)
		}
	}
}

// everyOther leaves the last, the last but two, and so on.
func everyOther(ids []string) (left []string) {
	for i := (len(ids) - 1) % 2; i < len(ids); i += 2 {
		left = append(left, ids[i])
	}
	return left
}

func inForce(t *testing.T, server *emulatortest.Server, rule emulator.Rule) {
	t.Helper()
	if err := server.AddRules(rule); err != nil {
		t.Fatal(err)
	}
}
