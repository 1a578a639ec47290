package soap_test

import (
	"bufio"
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

	"storefront/internal/secret"
	"storefront/internal/soap"
)

const outside = "portal.invalid" // a name that only a proxy could know

func through(t *testing.T, address string) secret.URL {
	t.Helper()
	u, err := secret.ParseURL(address)
	if err != nil {
		t.Fatal(err)
	}
	return u
}

// seen is a request as a proxy saw it.
type seen struct{ method, target, host, authorization string }

func see(r *http.Request) seen {
	return seen{r.Method, r.RequestURI, r.Host, r.Header.Get("Proxy-Authorization")}
}

// What goes to an http address is asked of the proxy in absolute form; the address itself is not looked for here.
func TestPlainCallsThroughAProxy(t *testing.T) {
	got := make(chan seen, 2)
	proxy := httptest.NewServer(http.HandlerFunc(func(w http.ResponseWriter, r *http.Request) { got <- see(r); answer(w, good) }))
	defer proxy.Close()
	transport := dial(t, soap.TransportOptions{
		URL: "http://" + outside + "/Portal.svc", Proxy: through(t, strings.Replace(proxy.URL, "://", "://shop:canary@", 1)), Resolver: noNames,
	})
	for _, call := range []*soap.Call{ask(), tell()} {
		if err := transport.RoundTrip(t.Context(), call); err != nil {
			t.Fatal(err)
		}
		if want := (seen{"POST", "http://" + outside + "/Portal.svc", outside, "Basic c2hvcDpjYW5hcnk="}); <-got != want {
			t.Errorf("the proxy did not see %+v", want)
		}
	}
}

// tunnel is a proxy that connects whoever asks with one address.
func tunnel(t *testing.T, target string, got chan<- seen) (port string) {
	t.Helper()
	return accept(t, func(conn net.Conn) {
		in := bufio.NewReader(conn)
		r, err := http.ReadRequest(in)
		if err != nil {
			return
		}
		got <- see(r)
		far, err := net.Dial("tcp", target)
		if err != nil {
			return
		}
		defer far.Close()
		_, _ = io.WriteString(conn, "HTTP/1.1 200 Connection established\r\n\r\n")
		go func() { _, _ = io.Copy(far, in); _ = far.(*net.TCPConn).CloseWrite() }()
		_, _ = io.Copy(conn, far)
	})
}

// What goes to an https address passes a proxy as a tunnel, and the certificate must be that of the address.
func TestSecureCallsThroughAProxy(t *testing.T) {
	ours := newAuthority(t)
	for name, c := range map[string]struct {
		certified string
		cause     soap.Cause
	}{
		"the service":     {outside, ""},
		"somebody else":   {"proxy.example", soap.CauseTLS},
		"the proxy's own": {"127.0.0.1", soap.CauseTLS},
	} {
		t.Run(name, func(t *testing.T) {
			var reached atomic.Int32
			service := httptest.NewUnstartedServer(http.HandlerFunc(func(w http.ResponseWriter, r *http.Request) {
				reached.Add(1)
				if r.Header.Get("Proxy-Authorization") != "" {
					t.Error("the service was told the proxy's password")
				}
				answer(w, good)
			}))
			service.TLS = serving(t, ours, c.certified, time.Now().Add(time.Hour))
			service.Config.ErrorLog = noLog()
			service.StartTLS()
			defer service.Close()
			got := make(chan seen, 1)
			port := tunnel(t, service.Listener.Addr().String(), got)
			transport := dial(t, soap.TransportOptions{
				URL: "https://" + outside + "/Portal.svc", Proxy: through(t, "http://shop:canary@127.0.0.1:"+port), Resolver: noNames, TLSConfig: ours.trusted(),
			})
			err := transport.RoundTrip(t.Context(), tell())
			if want := (seen{"CONNECT", outside + ":443", outside + ":443", "Basic c2hvcDpjYW5hcnk="}); <-got != want {
				t.Errorf("the proxy did not see %+v", want)
			}
			if c.cause == "" {
				if err != nil || reached.Load() != 1 {
					t.Errorf("%v after %d requests", err, reached.Load())
				}
				return
			}
			wantLost(t, err, false, c.cause)
			if n := reached.Load(); n != 0 {
				t.Errorf("%d requests reached whoever it was", n)
			}
		})
	}
}

// wantLost checks what is known of a failed request; the password of the proxy is not part of it.
func wantLost(t *testing.T, err error, started bool, cause soap.Cause) {
	t.Helper()
	var got *soap.TransportError
	if !errors.As(err, &got) || got.Started != started || got.Cause != cause {
		t.Errorf("%#v of %v, want started %v and the cause %s", got, err, started, cause)
	}
	if err != nil && strings.Contains(err.Error(), "canary") {
		t.Errorf("the proxy's password shows in %v", err)
	}
}

// A proxy that makes no tunnel keeps the request from being sent; one that takes the request itself may have passed it on.
func TestProxiesThatFail(t *testing.T) {
	says := func(text string) string {
		return accept(t, func(conn net.Conn) {
			if r, err := http.ReadRequest(bufio.NewReader(conn)); err == nil {
				_, _ = io.Copy(io.Discard, r.Body)
				_, _ = io.WriteString(conn, text)
			}
		})
	}
	_, silent, _ := net.SplitHostPort(listen(t))
	_, gone, _ := net.SplitHostPort(strings.TrimPrefix(refused(t), "http://"))
	ours := newAuthority(t)
	impostor, _ := reading(t, serving(t, ours, "other.example", time.Now().Add(time.Hour)))
	const secure, clear = "https://" + outside, "http://" + outside
	for name, c := range map[string]struct {
		url, proxy string
		started    bool
		cause      soap.Cause
	}{
		"is not there":               {secure, "http://shop:canary@127.0.0.1:" + gone, false, soap.CauseProxy},
		"is not there, clear":        {clear, "http://shop:canary@127.0.0.1:" + gone, false, soap.CauseProxy},
		"has no address":             {secure, "http://shop:canary@proxy.invalid:3128", false, soap.CauseProxy},
		"does not know us":           {secure, "http://shop:canary@127.0.0.1:" + says("HTTP/1.1 407 Proxy Authentication Required\r\n\r\n"), false, soap.CauseProxy},
		"may not":                    {secure, "http://shop:canary@127.0.0.1:" + says("HTTP/1.1 403 Forbidden\r\n\r\n"), false, soap.CauseProxy},
		"can't":                      {secure, "http://shop:canary@127.0.0.1:" + says("HTTP/1.1 502 Bad Gateway\r\nContent-Length: 0\r\n\r\n"), false, soap.CauseProxy},
		"means something else":       {secure, "http://shop:canary@127.0.0.1:" + says("HTTP/1.1 204 No Content\r\n\r\n"), false, soap.CauseProxy},
		"hangs up":                   {secure, "http://shop:canary@127.0.0.1:" + says(""), false, soap.CauseProxy},
		"talks nonsense":             {secure, "http://shop:canary@127.0.0.1:" + says("220 ready\r\n"), false, soap.CauseProxy},
		"says nothing":               {secure, "http://shop:canary@127.0.0.1:" + silent, false, soap.CauseTimeout},
		"is not who it should be":    {secure, "https://shop:canary@localhost:" + impostor, false, soap.CauseProxy},
		"opens a tunnel to nowhere":  {secure, "http://shop:canary@127.0.0.1:" + says("HTTP/1.1 200 OK\r\n\r\n"), false, soap.CauseTLS},
		"takes all and hangs up":     {clear, "http://shop:canary@127.0.0.1:" + says(""), true, soap.CauseCut},
		"takes all and talks":        {clear, "http://shop:canary@127.0.0.1:" + says("220 ready\r\n"), true, soap.CauseCut},
		"takes all and says nothing": {clear, "http://shop:canary@127.0.0.1:" + silent, true, soap.CauseTimeout},
	} {
		t.Run(name, func(t *testing.T) {
			call := tell()
			options := soap.TransportOptions{URL: c.url, Proxy: through(t, c.proxy), Resolver: noNames, TLSConfig: ours.trusted()}
			switch {
			case c.cause != soap.CauseTimeout: // nobody is hurried
			case c.started:
				call.FirstByte = 100 * time.Millisecond
			default:
				options.Dial, options.TLS = 50*time.Millisecond, 50*time.Millisecond
			}
			transport := dial(t, options)
			wantLost(t, transport.RoundTrip(t.Context(), call), c.started, c.cause)
		})
	}
}

// A refusal of the proxy is told with its status: 407 is mended otherwise than 502.
func TestRefusalsOfProxiesHaveAStatus(t *testing.T) {
	for _, status := range []int{201, 301, 403, 407, 502, 503} {
		proxy := httptest.NewServer(http.HandlerFunc(func(w http.ResponseWriter, _ *http.Request) { w.WriteHeader(status) }))
		var got *soap.ProxyError
		err := dial(t, soap.TransportOptions{URL: "https://" + outside, Proxy: through(t, proxy.URL)}).RoundTrip(t.Context(), tell())
		if !errors.As(err, &got) || got.Status != status {
			t.Errorf("%d: %v", status, err)
		}
		proxy.Close()
	}
}

// What a proxy answers in the service's place is no answer of the service.
func TestAProxysOwnAnswer(t *testing.T) {
	proxy := httptest.NewServer(http.HandlerFunc(func(w http.ResponseWriter, _ *http.Request) { w.WriteHeader(http.StatusProxyAuthRequired) }))
	defer proxy.Close()
	var got *soap.StatusError
	err := dial(t, soap.TransportOptions{URL: "http://" + outside, Proxy: through(t, proxy.URL)}).RoundTrip(t.Context(), tell())
	if !errors.As(err, &got) || got.Status != http.StatusProxyAuthRequired {
		t.Error(err)
	}
}

// Only HTTP/1.1 is spoken: in HTTP/2 requests share a connection, and what was sent when it died is anybody's guess.
func TestOnlyTheOldProtocol(t *testing.T) {
	server := httptest.NewUnstartedServer(http.HandlerFunc(func(w http.ResponseWriter, r *http.Request) {
		if ours := r.Header.Get("SOAPAction") != ""; ours && r.Proto != "HTTP/1.1" {
			t.Errorf("spoken: %s", r.Proto)
		}
		answer(w, good)
	}))
	server.EnableHTTP2 = true
	server.StartTLS()
	defer server.Close()
	trusted := server.Client().Transport.(*http.Transport).TLSClientConfig.RootCAs
	for _, call := range []*soap.Call{ask(), tell()} {
		if err := dial(t, soap.TransportOptions{URL: server.URL, TLSConfig: &tls.Config{RootCAs: trusted}}).RoundTrip(t.Context(), call); err != nil {
			t.Error(err)
		}
	}
	answer, err := server.Client().Get(server.URL)
	if err != nil {
		t.Fatal(err)
	}
	answer.Body.Close()
	if answer.Proto != "HTTP/2.0" {
		t.Errorf("the server speaks only %s: this test proves nothing", answer.Proto)
	}
}

// noLog is for servers whose clients are meant to hang up.
func noLog() *log.Logger { return log.New(io.Discard, "", 0) }

// refused is an address where nobody listens.
func refused(t *testing.T) string {
	t.Helper()
	listener, err := net.Listen("tcp", "127.0.0.1:0")
	if err != nil {
		t.Fatal(err)
	}
	defer listener.Close()
	return "http://" + listener.Addr().String()
}
