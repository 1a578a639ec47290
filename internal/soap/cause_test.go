package soap_test

import (
	"context"
	"crypto/ecdsa"
	"crypto/elliptic"
	"crypto/rand"
	"crypto/tls"
	"crypto/x509"
	"crypto/x509/pkix"
	"errors"
	"io"
	"math/big"
	"net"
	"strings"
	"sync/atomic"
	"testing"
	"time"

	"storefront/internal/soap"
)

// authority signs certificates.
type authority struct {
	cert *x509.Certificate
	key  *ecdsa.PrivateKey
}

func newAuthority(t *testing.T) *authority {
	t.Helper()
	a := &authority{}
	a.cert, a.key = sign(t, nil, &x509.Certificate{
		Subject: pkix.Name{CommonName: "authority"}, NotAfter: time.Now().Add(time.Hour), IsCA: true, BasicConstraintsValid: true,
		KeyUsage: x509.KeyUsageCertSign,
	})
	return a
}

// sign makes a certificate of the authority, or, where that is nil, one that signs itself.
func sign(t *testing.T, by *authority, template *x509.Certificate) (*x509.Certificate, *ecdsa.PrivateKey) {
	t.Helper()
	key, err := ecdsa.GenerateKey(elliptic.P256(), rand.Reader)
	if err != nil {
		t.Fatal(err)
	}
	template.SerialNumber = big.NewInt(time.Now().UnixNano())
	if by == nil {
		by = &authority{template, key}
	}
	raw, err := x509.CreateCertificate(rand.Reader, template, by.cert, &key.PublicKey, by.key)
	if err != nil {
		t.Fatal(err)
	}
	cert, err := x509.ParseCertificate(raw)
	if err != nil {
		t.Fatal(err)
	}
	return cert, key
}

// serving is the configuration of a server with a certificate for a name.
func serving(t *testing.T, by *authority, name string, until time.Time) *tls.Config {
	t.Helper()
	cert, key := sign(t, by, &x509.Certificate{DNSNames: []string{name}, NotBefore: until.Add(-24 * time.Hour), NotAfter: until})
	return &tls.Config{Certificates: []tls.Certificate{{Certificate: [][]byte{cert.Raw}, PrivateKey: key}}}
}

func (a *authority) trusted() *tls.Config {
	pool := x509.NewCertPool()
	pool.AddCert(a.cert)
	return &tls.Config{RootCAs: pool}
}

// accept serves each connection with a function until the test ends, and returns its port.
func accept(t *testing.T, serve func(net.Conn)) (port string) {
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
			serve(conn)
			conn.Close()
		}
	}()
	t.Cleanup(func() { listener.Close(); <-done })
	_, port, _ = net.SplitHostPort(listener.Addr().String())
	return port
}

// reading accepts connections of TLS and counts what arrives through them, in clear.
func reading(t *testing.T, config *tls.Config) (port string, arrived *atomic.Int64) {
	t.Helper()
	arrived = new(atomic.Int64)
	return accept(t, func(conn net.Conn) {
		n, _ := tls.Server(conn, config).Read(make([]byte, 1<<10))
		arrived.Add(int64(n))
	}), arrived
}

// A server that does not prove who it is learns nothing: not a byte of the request, and that is known for certain.
func TestServersThatDoNotProveThemselves(t *testing.T) {
	ours := newAuthority(t)
	tomorrow, yesterday := time.Now().Add(12*time.Hour), time.Now().Add(-time.Hour)
	ancient := serving(t, ours, "localhost", tomorrow)
	ancient.MaxVersion = tls.VersionTLS11
	for name, c := range map[string]struct {
		server *tls.Config
		cause  soap.Cause // empty: it is trusted, and what it does then is no matter of trust
	}{
		"the right one":  {serving(t, ours, "localhost", tomorrow), ""},
		"another name":   {serving(t, ours, "portal.example", tomorrow), soap.CauseTLS},
		"expired":        {serving(t, ours, "localhost", yesterday), soap.CauseTLS},
		"not yet valid":  {serving(t, ours, "localhost", tomorrow.Add(1000*time.Hour)), soap.CauseTLS},
		"self-signed":    {serving(t, nil, "localhost", tomorrow), soap.CauseTLS},
		"of another CA":  {serving(t, newAuthority(t), "localhost", tomorrow), soap.CauseTLS},
		"of another age": {ancient, soap.CauseTLS},
		"no certificate": {&tls.Config{GetCertificate: func(*tls.ClientHelloInfo) (*tls.Certificate, error) { return nil, nil }}, soap.CauseTLS},
	} {
		for kind, call := range map[string]*soap.Call{"read": ask(), "write": tell()} {
			t.Run(name+"/"+kind, func(t *testing.T) {
				port, arrived := reading(t, c.server)
				err := dial(t, soap.TransportOptions{URL: "https://localhost:" + port, TLSConfig: ours.trusted()}).RoundTrip(t.Context(), call)
				var got *soap.TransportError
				if !errors.As(err, &got) {
					t.Fatal(err)
				}
				if c.cause == "" {
					if !got.Started || arrived.Load() == 0 {
						t.Errorf("%d bytes reached a trusted server, %v: this test would prove nothing", arrived.Load(), err)
					}
					return
				}
				if got.Started || got.Cause != c.cause {
					t.Errorf("started %v, cause %s of %v", got.Started, got.Cause, err)
				}
				if n := arrived.Load(); n != 0 {
					t.Errorf("%d bytes of the request arrived", n)
				}
			})
		}
	}
}

// noNames is a resolver without a server to ask.
var noNames = &net.Resolver{PreferGo: true, Dial: func(context.Context, string, string) (net.Conn, error) {
	return nil, errors.New("no name server here")
}}

// What fails on the way is told apart, and so is whether anything was sent by then.
func TestCauses(t *testing.T) {
	closed := accept(t, func(net.Conn) {})
	refusing := strings.TrimPrefix(refused(t), "http://")
	clear := accept(t, func(conn net.Conn) { _, _ = io.WriteString(conn, "HTTP/1.1 400 Bad Request\r\n\r\n") })
	mail := accept(t, func(conn net.Conn) { _, _ = io.WriteString(conn, "220 mail.example ready\r\n") })
	silent := listen(t)
	over, end := context.WithCancel(t.Context())
	end()
	soon := func(call *soap.Call) *soap.Call { call.FirstByte = 100 * time.Millisecond; return call }
	for name, c := range map[string]struct {
		ctx     context.Context
		options soap.TransportOptions
		call    *soap.Call
		started bool
		cause   soap.Cause
	}{
		"a name without an address":   {t.Context(), soap.TransportOptions{URL: "https://portal.invalid/", Resolver: noNames}, tell(), false, soap.CauseDNS},
		"nobody listens":              {t.Context(), soap.TransportOptions{URL: "http://" + refusing}, tell(), false, soap.CauseDial},
		"nobody listens, TLS":         {t.Context(), soap.TransportOptions{URL: "https://" + refusing}, tell(), false, soap.CauseDial},
		"no connection in time":       {t.Context(), soap.TransportOptions{URL: "http://" + silent, Dial: 1}, tell(), false, soap.CauseTimeout},
		"no handshake in time":        {t.Context(), soap.TransportOptions{URL: "https://" + silent, TLS: 20 * time.Millisecond}, tell(), false, soap.CauseTimeout},
		"hung up in the handshake":    {t.Context(), soap.TransportOptions{URL: "https://127.0.0.1:" + closed}, tell(), false, soap.CauseTLS},
		"plain HTTP behind https":     {t.Context(), soap.TransportOptions{URL: "https://127.0.0.1:" + clear}, tell(), false, soap.CauseTLS},
		"another protocol":            {t.Context(), soap.TransportOptions{URL: "https://127.0.0.1:" + mail}, tell(), false, soap.CauseTLS},
		"given up before":             {over, soap.TransportOptions{URL: "http://" + silent}, tell(), false, soap.CauseCanceled},
		"no address at all":           {t.Context(), soap.TransportOptions{URL: "http://[::1"}, tell(), false, soap.CauseRequest},
		"no answer in time":           {t.Context(), soap.TransportOptions{URL: "http://" + silent}, soon(tell()), true, soap.CauseTimeout},
		"hung up before the answer":   {t.Context(), soap.TransportOptions{URL: raw(t, "")}, tell(), true, soap.CauseCut},
		"hung up in the header":       {t.Context(), soap.TransportOptions{URL: raw(t, "HTTP/1.1 200 OK\r\nContent-Le")}, tell(), true, soap.CauseCut},
		"an answer that isn't HTTP":   {t.Context(), soap.TransportOptions{URL: raw(t, "220 mail ready\r\n")}, tell(), true, soap.CauseCut},
		"a chunk that lies":           {t.Context(), soap.TransportOptions{URL: raw(t, "HTTP/1.1 200 OK\r\nTransfer-Encoding: chunked\r\n\r\nzz\r\n")}, tell(), true, soap.CauseCut},
		"a header without an end":     {t.Context(), soap.TransportOptions{URL: raw(t, "HTTP/1.1 200 OK\r\nA: "+strings.Repeat("x", 1<<17))}, tell(), true, soap.CauseCut},
		"headers without an end":      {t.Context(), soap.TransportOptions{URL: raw(t, "HTTP/1.1 200 OK\r\n"+strings.Repeat("A: x\r\n", 1<<15))}, tell(), true, soap.CauseCut},
		"interim answers without end": {t.Context(), soap.TransportOptions{URL: raw(t, strings.Repeat("HTTP/1.1 103 Early Hints\r\nA: x\r\n\r\n", 1<<13))}, tell(), true, soap.CauseCut},
	} {
		t.Run(name, func(t *testing.T) {
			var got *soap.TransportError
			err := dial(t, c.options).RoundTrip(c.ctx, c.call)
			if !errors.As(err, &got) || got.Started != c.started || got.Cause != c.cause {
				t.Errorf("%#v of %v, want started %v and the cause %s", got, err, c.started, c.cause)
			}
		})
	}
}
