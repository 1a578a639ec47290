package soap_test

import (
	"context"
	"errors"
	"io"
	"net"
	"net/http"
	"net/http/httptest"
	"strings"
	"sync/atomic"
	"testing"
	"time"

	"go.uber.org/goleak"

	"storefront/internal/soap"
)

func TestMain(m *testing.M) { goleak.VerifyTestMain(m) }

// serve starts a server and a transport to it; both end with the test.
func serve(t *testing.T, handler http.HandlerFunc) *soap.Transport {
	t.Helper()
	server := httptest.NewServer(handler)
	t.Cleanup(server.Close)
	return dial(t, soap.TransportOptions{URL: server.URL})
}

func dial(t *testing.T, o soap.TransportOptions) *soap.Transport {
	t.Helper()
	transport := soap.NewTransport(o)
	t.Cleanup(transport.Close)
	return transport
}

// ask makes a call whose result is thrown away.
func ask() *soap.Call {
	return &soap.Call{
		Operation: "Ask", Action: "urn:test/Ask", Envelope: []byte(good), Limit: 1 << 20, Answer: shape,
		Read: func(*soap.Decoder, soap.Element) error { return nil },
	}
}

func tell() *soap.Call {
	call := ask()
	call.Write = true
	return call
}

func answer(w http.ResponseWriter, body string) {
	w.Header().Set("Content-Type", "text/xml; charset=utf-8")
	_, _ = io.WriteString(w, body)
}

func TestRequestOnTheWire(t *testing.T) {
	for name, call := range map[string]*soap.Call{"a read": ask(), "a write": tell()} {
		t.Run(name, func(t *testing.T) {
			var got *http.Request
			var body []byte
			transport := serve(t, func(w http.ResponseWriter, r *http.Request) {
				got = r
				body, _ = io.ReadAll(r.Body)
				http.SetCookie(w, &http.Cookie{Name: "session", Value: "x"})
				answer(w, good)
			})
			for range 2 { // the second would bring the cookie along
				if err := transport.RoundTrip(t.Context(), call); err != nil {
					t.Fatal(err)
				}
			}
			for header, want := range map[string]string{
				"Content-Type": "text/xml; charset=utf-8", "SOAPAction": `"urn:test/Ask"`,
				"Cookie": "", "Referer": "", "Idempotency-Key": "", "X-Idempotency-Key": "", "Expect": "",
			} {
				if value := got.Header.Get(header); value != want {
					t.Errorf("%s: %q, want %q", header, value, want)
				}
			}
			if got.Method != http.MethodPost || got.Proto != "HTTP/1.1" || string(body) != good || got.ContentLength != int64(len(good)) {
				t.Errorf("%s %s, length %d: %s", got.Method, got.Proto, got.ContentLength, body)
			}
			if got.Close != call.Write {
				t.Errorf("Connection: close is %v, want %v", got.Close, call.Write)
			}
		})
	}
}

// A redirect would carry login and password to another address.
func TestRedirectsAreNotFollowed(t *testing.T) {
	var reached atomic.Int32
	elsewhere := httptest.NewServer(http.HandlerFunc(func(w http.ResponseWriter, _ *http.Request) { reached.Add(1); answer(w, good) }))
	defer elsewhere.Close()
	for status := 300; status <= 308; status++ {
		for name, call := range map[string]*soap.Call{"read": ask(), "write": tell()} {
			transport := serve(t, func(w http.ResponseWriter, _ *http.Request) {
				w.Header().Set("Location", elsewhere.URL)
				w.WriteHeader(status)
			})
			var got *soap.StatusError
			if err := transport.RoundTrip(t.Context(), call); !errors.As(err, &got) || got.Status != status {
				t.Errorf("%s, %d: %v", name, status, err)
			}
		}
	}
	if n := reached.Load(); n != 0 {
		t.Errorf("%d requests went where redirects pointed", n)
	}
}

// A proxy of the environment would read the password.
func TestProxyOfTheEnvironmentIsIgnored(t *testing.T) {
	var reached atomic.Int32
	proxy := httptest.NewServer(http.HandlerFunc(func(w http.ResponseWriter, _ *http.Request) { reached.Add(1); answer(w, good) }))
	defer proxy.Close()
	for _, name := range []string{"HTTP_PROXY", "http_proxy", "HTTPS_PROXY", "https_proxy", "ALL_PROXY"} {
		t.Setenv(name, proxy.URL)
	}
	t.Setenv("NO_PROXY", "")
	for _, address := range []string{"http://" + outside + "/Portal.svc", "https://" + outside + "/Portal.svc"} {
		request, _ := http.NewRequest(http.MethodPost, address, nil)
		if u, err := http.ProxyFromEnvironment(request); err != nil || u == nil {
			t.Fatalf("the environment's proxy is %v, %v: this test would prove nothing", u, err)
		}
		transport := dial(t, soap.TransportOptions{URL: address, Resolver: noNames})
		for _, call := range []*soap.Call{ask(), tell()} {
			if err := transport.RoundTrip(t.Context(), call); err == nil {
				t.Error("an answer came from somewhere")
			}
		}
	}
	if n := reached.Load(); n != 0 {
		t.Errorf("%d requests went through the proxy", n)
	}
}

// swallow answers the first request and keeps its connection, then reads each further one whole and hangs up.
func swallow(executed *atomic.Int32) http.HandlerFunc {
	return func(w http.ResponseWriter, r *http.Request) {
		_, _ = io.Copy(io.Discard, r.Body)
		if executed.Add(1) == 1 {
			answer(w, good)
			return
		}
		conn, _, err := w.(http.Hijacker).Hijack()
		if err == nil {
			_ = conn.Close()
		}
	}
}

// A server that dies with the request in its hands may have acted on it.
func TestWritesReachTheServerOnce(t *testing.T) {
	var executed atomic.Int32
	transport := serve(t, swallow(&executed))
	if err := transport.RoundTrip(t.Context(), ask()); err != nil { // leaves a connection to be reused
		t.Fatal(err)
	}
	var lost *soap.TransportError
	if err := transport.RoundTrip(t.Context(), tell()); !errors.As(err, &lost) || !lost.Started {
		t.Errorf("error %v, want a connection lost after it started", err)
	}
	if n := executed.Load(); n != 2 {
		t.Errorf("%d requests reached the server, want the read and one write", n)
	}
}

// The same server and Go's client with a header that means well: this is what the transport must never do.
func TestGoItselfRepeatsWhatClaimsToBeIdempotent(t *testing.T) {
	var executed atomic.Int32
	server := httptest.NewServer(swallow(&executed))
	defer server.Close()
	client := &http.Client{Transport: &http.Transport{}}
	defer client.CloseIdleConnections()
	for range 2 {
		request, _ := http.NewRequest(http.MethodPost, server.URL, strings.NewReader(good))
		request.Header.Set("Idempotency-Key", "1")
		if response, err := client.Do(request); err == nil {
			_, _ = io.Copy(io.Discard, response.Body)
			response.Body.Close()
		}
	}
	if n := executed.Load(); n < 3 {
		t.Errorf("%d requests: Go no longer repeats them, and the test above may prove nothing", n)
	}
}

// Writes take a connection of their own, reads share one.
func TestConnections(t *testing.T) {
	var opened atomic.Int32
	server := httptest.NewUnstartedServer(http.HandlerFunc(func(w http.ResponseWriter, _ *http.Request) { answer(w, good) }))
	server.Config.ConnState = func(_ net.Conn, state http.ConnState) {
		if state == http.StateNew {
			opened.Add(1)
		}
	}
	server.Start()
	defer server.Close()
	transport := dial(t, soap.TransportOptions{URL: server.URL})
	for name, c := range map[string]struct {
		call *soap.Call
		want int32
	}{"reads": {ask(), 1}, "writes": {tell(), 3}} {
		opened.Store(0)
		for range 3 {
			if err := transport.RoundTrip(t.Context(), c.call); err != nil {
				t.Fatal(err)
			}
		}
		if n := opened.Load(); n != c.want {
			t.Errorf("three %s took %d connections, want %d", name, n, c.want)
		}
	}
}

func TestNothingStarted(t *testing.T) {
	listener, err := net.Listen("tcp", "127.0.0.1:0")
	if err != nil {
		t.Fatal(err)
	}
	closed := "http://" + listener.Addr().String()
	listener.Close()
	secure := httptest.NewUnstartedServer(http.HandlerFunc(func(w http.ResponseWriter, _ *http.Request) { t.Error("a request came") }))
	secure.Config.ErrorLog = nil
	secure.StartTLS()
	defer secure.Close()
	silent := listen(t)
	ended, end := context.WithCancel(t.Context())
	end()

	for name, c := range map[string]struct {
		ctx     context.Context
		options soap.TransportOptions
	}{
		"refused":        {t.Context(), soap.TransportOptions{URL: closed}},
		"no such host":   {t.Context(), soap.TransportOptions{URL: "http://portal.invalid/", Resolver: noNames}},
		"not trusted":    {t.Context(), soap.TransportOptions{URL: secure.URL}},
		"no handshake":   {t.Context(), soap.TransportOptions{URL: "https://" + silent, TLS: 20 * time.Millisecond}},
		"ended before":   {ended, soap.TransportOptions{URL: closed}},
		"not an address": {t.Context(), soap.TransportOptions{URL: "http://[::1"}},
	} {
		for kind, call := range map[string]*soap.Call{"read": ask(), "write": tell()} {
			var got *soap.TransportError
			if err := dial(t, c.options).RoundTrip(c.ctx, call); !errors.As(err, &got) || got.Started {
				t.Errorf("%s, %s: %v, want no connection", name, kind, err)
			}
		}
	}
}

// listen accepts connections and says nothing on them.
func listen(t *testing.T) string {
	t.Helper()
	listener, err := net.Listen("tcp", "127.0.0.1:0")
	if err != nil {
		t.Fatal(err)
	}
	done := make(chan struct{})
	go func() {
		defer close(done)
		for {
			conn, err := listener.Accept()
			if err != nil {
				return
			}
			t.Cleanup(func() { conn.Close() })
		}
	}()
	t.Cleanup(func() { listener.Close(); <-done })
	return listener.Addr().String()
}

func TestStartedAndLost(t *testing.T) {
	silent := listen(t)
	impatient := func(call *soap.Call) *soap.Call { call.FirstByte = 20 * time.Millisecond; return call }
	for name, c := range map[string]struct {
		url  string
		call *soap.Call
		late bool
	}{
		"no first byte, reading": {"http://" + silent, impatient(ask()), true},
		"no first byte, writing": {"http://" + silent, impatient(tell()), true},
		"hung up":                {raw(t, ""), tell(), false},
		"not HTTP":               {raw(t, "220 mail ready\r\n"), tell(), false},
		"half a header":          {raw(t, "HTTP/1.1 200 OK\r\nContent-Le"), tell(), false},
	} {
		var got *soap.TransportError
		err := dial(t, soap.TransportOptions{URL: c.url}).RoundTrip(t.Context(), c.call)
		if !errors.As(err, &got) || !got.Started {
			t.Errorf("%s: %v, want a lost connection", name, err)
		}
		if late := errors.Is(err, context.DeadlineExceeded); late != c.late {
			t.Errorf("%s: late is %v: %v", name, late, err)
		}
	}
}

// raw serves each request with the same bytes, then hangs up.
func raw(t *testing.T, bytes string) string {
	t.Helper()
	server := httptest.NewServer(http.HandlerFunc(func(w http.ResponseWriter, r *http.Request) {
		_, _ = io.Copy(io.Discard, r.Body)
		conn, buffered, err := w.(http.Hijacker).Hijack()
		if err != nil {
			return
		}
		defer conn.Close()
		_, _ = buffered.WriteString(bytes)
		_ = buffered.Flush()
	}))
	t.Cleanup(server.Close)
	return server.URL
}

func TestBodyThatNeverEndsIsLateToo(t *testing.T) {
	transport := serve(t, func(w http.ResponseWriter, r *http.Request) {
		answer(w, envelope+response)
		_ = http.NewResponseController(w).Flush()
		<-r.Context().Done()
	})
	ctx, cancel := context.WithTimeout(t.Context(), 30*time.Millisecond)
	defer cancel()
	err := transport.RoundTrip(ctx, ask())
	var lost *soap.TransportError
	if !errors.As(err, &lost) || !lost.Started || !errors.Is(err, context.DeadlineExceeded) {
		t.Errorf("error %v, want the end of the time", err)
	}
}

// A call that is given up because of another one's failure is given up, and has not failed itself.
func TestACallGivenUpHasNotFailed(t *testing.T) {
	reached := make(chan struct{})
	service := httptest.NewServer(http.HandlerFunc(func(_ http.ResponseWriter, r *http.Request) {
		_, _ = io.Copy(io.Discard, r.Body) // only then the server notices who hangs up
		close(reached)
		<-r.Context().Done()
	}))
	defer service.Close()
	transport := soap.NewTransport(soap.TransportOptions{URL: service.URL})
	defer transport.Close()
	ctx, cancel := context.WithCancelCause(t.Context())
	go func() {
		<-reached
		cancel(&soap.TransportError{Started: true, Err: io.ErrUnexpectedEOF})
	}()
	err := transport.RoundTrip(ctx, &soap.Call{Limit: 1 << 10, Envelope: []byte("<a/>")})
	var lost *soap.TransportError
	if !errors.Is(err, context.Canceled) || errors.Is(err, io.ErrUnexpectedEOF) || !errors.As(err, &lost) || lost.Cause != soap.CauseCanceled {
		t.Errorf("%v", err)
	}
}
