package emulator_test

import (
	"net/http"
	"net/http/httptest"
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
