package vtt_test

import (
	"context"
	"crypto/tls"
	"errors"
	"io"
	"log"
	"net"
	"net/http"
	"net/http/httptest"
	"strings"
	"sync/atomic"
	"testing"
	"time"

	"storefront/internal/errkind"
	"storefront/internal/order"
	"storefront/internal/secret"
	"storefront/internal/vtt"
)

// noNames is a resolver without a server to ask; "localhost" and the like it knows by itself.
var noNames = &net.Resolver{PreferGo: true, Dial: func(context.Context, string, string) (net.Conn, error) {
	return nil, errors.New("no name server here")
}}

func proxy(t *testing.T, address string) secret.URL {
	t.Helper()
	u, err := secret.ParseURL(address)
	if err != nil {
		t.Fatal(err)
	}
	return u
}

// What keeps the service from being reached is told apart for the operator and for people, and each way it is certain that
// nothing was sent. A read is repeated only where that may help.
func TestWhyTheServiceIsNotReached(t *testing.T) {
	var reached atomic.Int32
	service := httptest.NewUnstartedServer(http.HandlerFunc(func(http.ResponseWriter, *http.Request) { reached.Add(1) }))
	service.Config.ErrorLog = log.New(io.Discard, "", 0)
	service.StartTLS()
	defer service.Close()
	certified := &tls.Config{RootCAs: service.Client().Transport.(*http.Transport).TLSClientConfig.RootCAs}
	later := certified.Clone()
	later.Time = func() time.Time { return time.Now().AddDate(200, 0, 0) }
	closed := httptest.NewServer(nil)
	closed.Close()
	denying := httptest.NewServer(http.HandlerFunc(func(w http.ResponseWriter, _ *http.Request) { w.WriteHeader(http.StatusForbidden) }))
	defer denying.Close()
	for name, c := range map[string]struct {
		options    vtt.Options
		cause, key string
		tries      int
	}{
		"self-signed":           {vtt.Options{URL: service.URL}, "tls", "portal.tls", 1},
		"another name":          {vtt.Options{URL: strings.Replace(service.URL, "127.0.0.1", "localhost", 1), TLS: certified}, "tls", "portal.tls", 1},
		"expired":               {vtt.Options{URL: service.URL, TLS: later}, "tls", "portal.tls", 1},
		"plain HTTP":            {vtt.Options{URL: strings.Replace(denying.URL, "http:", "https:", 1)}, "tls", "portal.tls", 1},
		"nobody there":          {vtt.Options{URL: closed.URL}, "dial", "portal.dial", 3},
		"no such name":          {vtt.Options{URL: "https://portal.invalid/Portal.svc"}, "dns", "portal.dns", 3},
		"a proxy that refuses":  {vtt.Options{URL: service.URL, TLS: certified, Proxy: proxy(t, denying.URL)}, "proxy", "portal.proxy", 1},
		"a proxy that is gone":  {vtt.Options{URL: service.URL, TLS: certified, Proxy: proxy(t, closed.URL)}, "proxy", "portal.proxy", 1},
		"a proxy without name":  {vtt.Options{URL: service.URL, TLS: certified, Proxy: proxy(t, "http://proxy.invalid:3128")}, "proxy", "portal.proxy", 1},
		"a proxy for plain too": {vtt.Options{URL: "http://portal.invalid/", AllowPlaintext: true, Proxy: proxy(t, closed.URL)}, "proxy", "portal.proxy", 1},
	} {
		t.Run(name, func(t *testing.T) {
			tries := 0
			c.options.Now, c.options.Resolver = func() time.Time { return readAt }, noNames
			c.options.Pause = func(ctx context.Context, _ time.Duration) error { return ctx.Err() }
			c.options.Observe = func(string, time.Duration, error) { tries++ }
			d, err := vtt.New(c.options)
			if err != nil {
				t.Fatal(err)
			}
			defer d.Close()
			_, err = d.Orders(t.Context(), cred)
			wantWay(t, err, c.cause, c.key)
			if tries != c.tries {
				t.Errorf("%d tries to read, want %d", tries, c.tries)
			}
			tries = 0
			_, err = d.CreateOrder(t.Context(), cred, twoPieces)
			wantSendError(t, err, order.ClassNotSent, errkind.Unreachable)
			wantWay(t, err, c.cause, c.key)
			if tries != 1 {
				t.Errorf("%d tries to write, want one", tries)
			}
		})
	}
	if n := reached.Load(); n != 0 {
		t.Errorf("%d requests reached a service that did not prove who it is", n)
	}
	d, err := vtt.New(vtt.Options{URL: service.URL, TLS: certified, Now: time.Now})
	if err != nil {
		t.Fatal(err)
	}
	defer d.Close()
	if _, _ = d.CreateOrder(t.Context(), cred, twoPieces); reached.Load() == 0 {
		t.Error("the service was not reached in the right way either: this test proves nothing")
	}
}

func wantWay(t *testing.T, err error, cause, key string) {
	t.Helper()
	var e *errkind.Error
	if !errors.As(err, &e) || e.Kind != errkind.Unreachable || e.Cause != cause || e.Key != key {
		t.Errorf("%v, want UNREACHABLE by %s with the message %s", err, cause, key)
	}
}

// A connection that died under a request may have done its work: nothing that says otherwise is shown.
func TestLostConnectionsPromiseNothing(t *testing.T) {
	u := newUpstream(t, func(w http.ResponseWriter, _ request) { hangUp(w, "") })
	_, err := u.distributor(t).CreateOrder(t.Context(), cred, twoPieces)
	wantSendError(t, err, order.ClassUnanswered, errkind.Unreachable)
	wantWay(t, err, "cut", "")
}

// In an outage repeating adds at most a tenth to the reads, over all operations together, and nothing to the writes.
func TestAnOutageIsNotMadeWorse(t *testing.T) {
	for name, answer := range map[string]func(http.ResponseWriter, string){
		"hung up": broken(""), "cut off": broken("HTTP/1.1 200 OK\r\nContent-Length: 99\r\n\r\n<s:Env"),
		"unavailable": status(503, "", ""), "out of order": faulty("TECHNICAL_ERROR"), "a page": status(200, "text/html", "<html/>"),
	} {
		t.Run(name, func(t *testing.T) {
			u := newUpstream(t, func(w http.ResponseWriter, r request) { answer(w, r.operation) })
			d := u.distributor(t, minutesApart)
			const rounds = 50
			for range rounds {
				_, _ = d.Rate(t.Context(), cred)
				_, _ = d.Orders(t.Context(), cred)
				_, _ = d.Listing(t.Context(), cred, "A")
				_, _ = d.Categories(t.Context(), cred)
				for _, write := range writes {
					_ = write(t.Context(), d)
				}
			}
			reads := u.times("GetUsdRubRate") + u.times("GetOrders") + u.times("GetItem") + u.times("GetCategories")
			if asked := 4 * rounds; reads <= asked || reads > asked*11/10 {
				t.Errorf("%d requests for %d reads, want more and at most a tenth more", reads, asked)
			}
			for operation := range writes {
				if n := u.times(operation); n != rounds {
					t.Errorf("%s was sent %d times for %d calls", operation, n, rounds)
				}
			}
		})
	}
}

// A proxy does not make plain text any safer, and what is no proxy is refused; neither shows the proxy's password.
func TestProxiesThatAreRefused(t *testing.T) {
	for name, c := range map[string]struct {
		url, proxy string
		plain      bool // in clear beyond this machine
		bad        bool
	}{
		"to https":              {"https://api.vtt.ru/Portal.svc", "http://shop:canary@proxy.example:3128", false, false},
		"to http":               {"http://api.vtt.ru:8048/Portal.svc", "https://shop:canary@proxy.example", true, false},
		"to http, by loopback":  {"http://api.vtt.ru:8048/Portal.svc", "http://shop:canary@127.0.0.1:3128", true, false},
		"to the far loopback":   {"http://127.0.0.1:8048/Portal.svc", "http://shop:canary@proxy.example:3128", true, false},
		"to loopback, by it":    {"http://127.0.0.1:8048/Portal.svc", "http://shop:canary@localhost:3128", false, false},
		"none":                  {"https://api.vtt.ru/Portal.svc", "", false, false},
		"of another kind":       {"https://api.vtt.ru/Portal.svc", "socks5://shop:canary@proxy.example:1080", false, true},
		"an address by halves":  {"https://api.vtt.ru/Portal.svc", "proxy.example:3128", false, true},
		"an address without it": {"https://api.vtt.ru/Portal.svc", "http://", false, true},
	} {
		via := proxy(t, c.proxy)
		if got := vtt.Plaintext(c.url, via); got != c.plain {
			t.Errorf("%s: plain text is %v", name, got)
		}
		o := vtt.Options{URL: c.url, Proxy: via, Now: time.Now}
		_, err := vtt.New(o)
		o.AllowPlaintext = true
		_, allowed := vtt.New(o)
		if (err != nil) != (c.plain || c.bad) || (allowed != nil) != c.bad {
			t.Errorf("%s: %v; where plain text is allowed, %v", name, err, allowed)
		}
		if err != nil && strings.Contains(err.Error(), "canary") {
			t.Errorf("%s: the password shows in %v", name, err)
		}
	}
}
