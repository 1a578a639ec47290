package vtt_test

import (
	"context"
	"errors"
	"io"
	"net/http"
	"strings"
	"sync/atomic"
	"testing"
	"time"

	"storefront/internal/buyer"
	"storefront/internal/errkind"
	"storefront/internal/secret"
	"storefront/internal/vtt"
	"storefront/internal/vtt/portal"
)

func TestAddressesThatAreRefused(t *testing.T) {
	for address, c := range map[string]struct{ plain, allowed bool }{
		"https://api.vtt.ru/Portal.svc":                {false, false},
		"http://api.vtt.ru:8048/Portal.svc":            {true, true},
		"http://127.0.0.1:8048/Portal.svc":             {false, false},
		"http://localhost:8048/Portal.svc":             {false, false},
		"http://[::1]:8048/Portal.svc":                 {false, false},
		"http://localhost.example/Portal.svc":          {true, true},
		"http://127.0.0.1.example/Portal.svc":          {true, true},
		"HTTP://api.vtt.ru:8048/Portal.svc":            {true, true},
		"http://api.vtt.ru:8048/Portal.svc?singleWsdl": {true, false},
		"https://user:canary@api.vtt.ru/Portal.svc":    {false, false},
	} {
		o := vtt.Options{URL: address, Now: time.Now}
		_, err := vtt.New(o)
		o.AllowPlaintext = true
		_, errAllowed := vtt.New(o)
		if got := vtt.Plaintext(address, secret.URL{}); got != c.plain {
			t.Errorf("%s: plain text is %v", address, got)
		}
		bad := strings.Contains(address, "?") || strings.Contains(address, "@")
		if (err == nil) == (c.plain || bad) || (errAllowed == nil) == bad {
			t.Errorf("%s: %v; where plain text is allowed, %v", address, err, errAllowed)
		}
		if err != nil && strings.Contains(err.Error(), "canary") {
			t.Errorf("the password shows in %v", err)
		}
	}
	for _, address := range []string{"", "api.vtt.ru", "ftp://api.vtt.ru/", "https://", "http://%zz/", "file:///etc/passwd"} {
		if _, err := vtt.New(vtt.Options{URL: address, AllowPlaintext: true, Now: time.Now}); err == nil {
			t.Errorf("%q was accepted", address)
		}
	}
}

func TestProveLogin(t *testing.T) {
	const categories = "<a:CategoryDto><a:Id>A</a:Id></a:CategoryDto>"
	for name, c := range map[string]struct {
		rate, categories func(http.ResponseWriter)
		want             errkind.Kind
		asked            int
	}{
		"accepted": {func(w http.ResponseWriter) { success(w, "GetUsdRubRate", "<a:Rate>92.5</a:Rate>") }, nil, "", 1},
		"refused":  {func(w http.ResponseWriter) { fault(w, "ACCESS_DENIED", "нет") }, nil, errkind.AccessDenied, 1},
		"not published": {func(w http.ResponseWriter) { fault(w, "ActionNotSupported", "no") },
			func(w http.ResponseWriter) { success(w, "GetCategories", categories) }, "", 2},
		"not published and refused": {func(w http.ResponseWriter) { fault(w, "ActionNotSupported", "no") },
			func(w http.ResponseWriter) { fault(w, "ACCESS_DENIED", "нет") }, errkind.AccessDenied, 2},
		"not for him": {func(w http.ResponseWriter) { fault(w, "NON_AUTHORIZED", "нет") },
			func(w http.ResponseWriter) { success(w, "GetCategories", categories) }, "", 2},
		"no rate today": {func(w http.ResponseWriter) { fault(w, "BUSINESS_LOGIC_ERRROR", "курс не задан") },
			func(w http.ResponseWriter) { success(w, "GetCategories", categories) }, "", 2},
		"out of order": {func(w http.ResponseWriter) { fault(w, "TECHNICAL_ERROR", "нет") }, nil, errkind.Technical, 3},
	} {
		t.Run(name, func(t *testing.T) {
			u := newUpstream(t, func(w http.ResponseWriter, r request) {
				if r.operation == "GetUsdRubRate" {
					c.rate(w)
					return
				}
				c.categories(w)
			})
			wantKind(t, u.distributor(t).ProveLogin(t.Context(), cred), c.want)
			if n := u.times(); n != c.asked {
				t.Errorf("%d calls, want %d", n, c.asked)
			}
		})
	}
}

func TestEditRight(t *testing.T) {
	row := "<a:CompatibilityDto><a:ItemId>1</a:ItemId></a:CompatibilityDto>"
	for name, c := range map[string]struct {
		answer func(http.ResponseWriter)
		want   buyer.Right
		kind   errkind.Kind
	}{
		"rows":          {func(w http.ResponseWriter) { success(w, "GetGoodsCompatibilityInformation", row+row) }, buyer.RightEdit, ""},
		"no rows":       {func(w http.ResponseWriter) { success(w, "GetGoodsCompatibilityInformation", "") }, buyer.RightEdit, ""},
		"no right":      {func(w http.ResponseWriter) { fault(w, "NON_AUTHORIZED", "нет") }, buyer.RightNone, ""},
		"not published": {func(w http.ResponseWriter) { fault(w, "ActionNotSupported", "no") }, buyer.RightUnknown, ""},
		"out of order":  {func(w http.ResponseWriter) { fault(w, "TECHNICAL_ERROR", "no") }, buyer.RightUnknown, errkind.Technical},
		"no password":   {func(w http.ResponseWriter) { fault(w, "ACCESS_DENIED", "no") }, buyer.RightUnknown, errkind.AccessDenied},
	} {
		t.Run(name, func(t *testing.T) {
			u := newUpstream(t, func(w http.ResponseWriter, _ request) { c.answer(w) })
			right, err := u.distributor(t).EditRight(t.Context(), cred)
			if right != c.want {
				t.Errorf("right %q, want %q", right, c.want)
			}
			wantKind(t, err, c.kind)
		})
	}
}

// The answer is a list of hundreds of thousands of rows; one is enough, and the rest is hung up on.
func TestEditRightStopsAtTheFirstRow(t *testing.T) {
	written := make(chan int, 1)
	u := newUpstream(t, func(w http.ResponseWriter, r request) {
		_, err := io.WriteString(w, soapHead+`<`+r.operation+`Response xmlns="http://portal.vtt.ru"><`+r.operation+`Result xmlns:a="http://portal.vtt.ru/data">`)
		n := 0
		for row := strings.Repeat("<a:CompatibilityDto><a:ItemId>1</a:ItemId></a:CompatibilityDto>", 1000); err == nil; n += len(row) {
			_, err = io.WriteString(w, row)
		}
		written <- n
	})
	var observed error
	d := u.distributor(t, func(o *vtt.Options) { o.Observe = func(_ string, _ time.Duration, err error) { observed = err } })
	right, err := d.EditRight(t.Context(), cred)
	if right != buyer.RightEdit || err != nil {
		t.Fatalf("%q, %v", right, err)
	}
	if observed != nil {
		t.Errorf("hanging up counts as a failure: %v", observed)
	}
	if n := <-written; n > 16<<20 { // what the sockets swallow, not the whole limit
		t.Errorf("%d bytes were taken for one row", n)
	}
}

func TestReadsAreRepeatedWhenThatMayHelp(t *testing.T) {
	for name, c := range map[string]struct {
		answer func(http.ResponseWriter)
		tries  int
		kind   errkind.Kind
	}{
		"out of order":     {func(w http.ResponseWriter) { fault(w, "TECHNICAL_ERROR", "") }, 3, errkind.Technical},
		"a general fault":  {func(w http.ResponseWriter) { fault(w, "InternalServiceFault", "") }, 3, errkind.Technical},
		"unavailable":      {func(w http.ResponseWriter) { w.WriteHeader(503) }, 3, errkind.NotSOAP},
		"cut off":          {func(w http.ResponseWriter) { hangUp(w, "HTTP/1.1 200 OK\r\nContent-Length: 99\r\n\r\n<s:Env") }, 3, errkind.Unreachable},
		"hung up":          {func(w http.ResponseWriter) { hangUp(w, "") }, 3, errkind.Unreachable},
		"refused":          {func(w http.ResponseWriter) { fault(w, "ACCESS_DENIED", "") }, 1, errkind.AccessDenied},
		"against the rule": {func(w http.ResponseWriter) { fault(w, "BUSINESS_LOGIC_ERROR", "") }, 1, errkind.BusinessLogic},
		"a wrong argument": {func(w http.ResponseWriter) { fault(w, "CONTRACT_ERROR", "") }, 1, errkind.Contract},
		"not found":        {func(w http.ResponseWriter) { w.WriteHeader(404) }, 1, errkind.NotSOAP},
		"not published":    {func(w http.ResponseWriter) { fault(w, "ActionNotSupported", "") }, 1, errkind.Unsupported},
		"without an id":    {func(w http.ResponseWriter) { success(w, "GetItem", "<a:Name>x</a:Name>") }, 1, errkind.NotSOAP},
	} {
		t.Run(name, func(t *testing.T) {
			u := newUpstream(t, func(w http.ResponseWriter, _ request) { c.answer(w) })
			_, err := u.distributor(t).Listing(t.Context(), cred, "A/1")
			wantKind(t, err, c.kind)
			if n := u.times(); n != c.tries {
				t.Errorf("%d tries, want %d", n, c.tries)
			}
		})
	}
}

func TestARepeatedReadSucceeds(t *testing.T) {
	var tries atomic.Int32
	u := newUpstream(t, func(w http.ResponseWriter, r request) {
		if tries.Add(1) <= 2 { // half a list, then nothing: what was read of it must not stay
			hangUp(w, "HTTP/1.1 200 OK\r\nContent-Length: 9999\r\n\r\n"+
				`<s:Envelope xmlns:s="http://schemas.xmlsoap.org/soap/envelope/"><s:Body><GetCategoriesResponse xmlns="http://portal.vtt.ru"><GetCategoriesResult xmlns:a="http://portal.vtt.ru/data"><a:CategoryDto><a:Id>A</a:Id></a:CategoryDto>`)
			return
		}
		success(w, "GetCategories", "<a:CategoryDto><a:Id>A</a:Id></a:CategoryDto><a:CategoryDto><a:Id>B</a:Id></a:CategoryDto>")
	})
	list, err := u.distributor(t).Categories(t.Context(), cred)
	if err != nil || len(list) != 2 {
		t.Errorf("%v, %v; want A and B, once", list, err)
	}
}

// In an outage repeating may add a tenth to the load and no more; when the service is back the budget fills again.
func TestRepeatsHaveABudget(t *testing.T) {
	down := true
	u := newUpstream(t, func(w http.ResponseWriter, _ request) {
		if down {
			w.WriteHeader(503)
			return
		}
		success(w, "GetUsdRubRate", "<a:Rate>92.5</a:Rate>")
	})
	d := u.distributor(t, minutesApart)
	const calls = 200
	for range calls {
		_, _ = d.Rate(t.Context(), cred)
	}
	if n := u.times(); n <= calls || n > calls*11/10 {
		t.Errorf("%d requests for %d calls, want more and at most a tenth more", n, calls)
	}
	down = false
	for range 10 {
		if _, err := d.Rate(t.Context(), cred); err != nil {
			t.Fatal(err)
		}
	}
	down = true
	before := u.times()
	_, _ = d.Rate(t.Context(), cred)
	if n := u.times() - before; n != 2 {
		t.Errorf("%d requests after ten good ones, want one repeat", n)
	}
}

func TestTheDeadlineEndsRepeating(t *testing.T) {
	ctx, cancel := context.WithCancel(t.Context())
	u := newUpstream(t, func(w http.ResponseWriter, _ request) { w.WriteHeader(503) })
	d := u.distributor(t, func(o *vtt.Options) {
		o.Pause = func(ctx context.Context, _ time.Duration) error { cancel(); return ctx.Err() }
	})
	_, err := d.Rate(ctx, cred)
	wantKind(t, err, errkind.NotSOAP)
	if n := u.times(); n != 1 {
		t.Errorf("%d requests after the end of the time, want one", n)
	}
}

func TestNobodyThere(t *testing.T) {
	u := newUpstream(t, func(http.ResponseWriter, request) {})
	d := u.distributor(t)
	u.Close()
	_, err := d.Orders(t.Context(), cred)
	wantKind(t, err, errkind.Unreachable)
	late, cancel := context.WithTimeout(t.Context(), -time.Second)
	defer cancel()
	_, err = d.Orders(late, cred)
	wantKind(t, err, errkind.Timeout)
}

// What the service says of a refusal is passed on, short and without the password; what it says of its own troubles is not.
func TestTextsOfFaults(t *testing.T) {
	long := "Заказ не найден. " + strings.Repeat("я", 400)
	for code, c := range map[string]struct{ said, want string }{
		"BUSINESS_LOGIC_ERRROR": {" Заказ не найден ", "Заказ не найден"},
		"BUSINESS_LOGIC_ERROR":  {long, string([]rune(long)[:299]) + "…"},
		"CONTRACT_ERROR":        {"Пароль canary-Пароль неверен", "Пароль [redacted] неверен"},
		"TECHNICAL_ERROR":       {"System.NullReferenceException", ""},
		"DeserializationFailed": {"The formatter threw an exception", ""},
	} {
		u := newUpstream(t, func(w http.ResponseWriter, _ request) { fault(w, code, c.said) })
		_, err := u.distributor(t).OrderStatus(t.Context(), cred, "1")
		var e *errkind.Error
		if !errors.As(err, &e) || e.Text != c.want {
			t.Errorf("%s: %q, want %q", code, e.Text, c.want)
		}
		if strings.Contains(err.Error(), "canary") {
			t.Errorf("the password shows in %v", err)
		}
	}
}

func TestUnsendablePasswordsAreRefusedBeforeAnythingIsSent(t *testing.T) {
	u := newUpstream(t, func(w http.ResponseWriter, _ request) { success(w, "GetUsdRubRate", "<a:Rate>1</a:Rate>") })
	bad := buyer.Credentials{Login: "dealer", Password: secret.New("a\x00canary")}
	err := u.distributor(t).ProveLogin(t.Context(), bad)
	wantKind(t, err, errkind.Invalid)
	var e *errkind.Error
	if errors.As(err, &e) && e.Key != "portal.unsendable" {
		t.Errorf("message %q", e.Key)
	}
	if n := u.times(); n != 0 || strings.Contains(err.Error(), "canary") {
		t.Errorf("%d requests, %v", n, err)
	}
}

func TestObserverSeesKinds(t *testing.T) {
	u := newUpstream(t, func(w http.ResponseWriter, _ request) { fault(w, "NON_AUTHORIZED", "нет") })
	var operation string
	var kind errkind.Kind
	d := u.distributor(t, func(o *vtt.Options) {
		o.Observe = func(op string, _ time.Duration, err error) { operation, kind = op, errkind.Of(err) }
	})
	_, _ = d.SetNote(t.Context(), cred, "1", "x")
	if operation != "SetOrderNote" || kind != errkind.NonAuthorized {
		t.Errorf("observed %s, %s", operation, kind)
	}
}

func TestWhatAContractLacksIsUnsupported(t *testing.T) {
	older := portal.NewContract(portal.Operations(portal.Older))
	u := newUpstream(t, func(w http.ResponseWriter, r request) {
		success(w, r.operation, "<a:CategoryDto><a:Id>A</a:Id></a:CategoryDto>")
	})
	d := u.distributor(t, func(o *vtt.Options) { o.Contract = &older })
	_, err := d.Rate(t.Context(), cred)
	wantKind(t, err, errkind.Unsupported)
	if right, err := d.EditRight(t.Context(), cred); right != buyer.RightUnknown || err != nil {
		t.Errorf("right %q, %v", right, err)
	}
	if n := u.times(); n != 0 {
		t.Errorf("%d requests, want none", n)
	}
	if err := d.ProveLogin(t.Context(), cred); err != nil || u.times("GetCategories") != 1 {
		t.Errorf("%v after %d reads of categories", err, u.times("GetCategories"))
	}
}
