package soap

import (
	"context"
	"crypto/tls"
	"crypto/x509"
	"errors"
	"fmt"
	"net"
	"net/http"
	"syscall"
)

// Cause says what failed on the way to an answer, for those who have to mend it. It is found by the types of errors, never by
// their texts, and decides nothing about whether a request was sent: that is TransportError.Started.
type Cause string

const (
	CauseDNS      Cause = "dns"      // the service's name has no address
	CauseDial     Cause = "dial"     // nobody accepts connections there
	CauseProxy    Cause = "proxy"    // our own proxy can't be reached, or makes no tunnel
	CauseTLS      Cause = "tls"      // a certificate that doesn't verify, or a broken handshake
	CauseTimeout  Cause = "timeout"  // the end of the time, of a phase or of the call
	CauseCanceled Cause = "canceled" // the caller gave up
	CauseCut      Cause = "cut"      // the connection stood and died
	CauseRequest  Cause = "request"  // there is no such request: a wrong address
)

// ProxyError is a proxy's refusal to make a tunnel: nothing of the request has left.
type ProxyError struct{ Status int }

func (e *ProxyError) Error() string {
	return fmt.Sprintf("the proxy makes no tunnel: HTTP status %d", e.Status)
}

// progress is how far a request got.
type progress struct {
	started bool // it has a connection: bytes may have left
	proxied bool // the connection leads to a proxy of ours
	broken  bool // the handshake of TLS failed
}

// causeOf classifies the failure of a request.
func causeOf(err error, p progress) Cause {
	var resolving *net.DNSError
	switch {
	case errors.Is(err, context.Canceled):
		return CauseCanceled
	case errors.Is(err, context.DeadlineExceeded):
		return CauseTimeout
	case p.started:
		return startedCause(err)
	case p.proxied && (toProxy(err) || !p.broken && !untrusted(err)):
		return CauseProxy
	case errors.As(err, &resolving):
		return CauseDNS
	case timedOut(err):
		return CauseTimeout
	case p.broken, untrusted(err):
		return CauseTLS
	case dialing(err):
		return CauseDial
	}
	return CauseCut
}

// startedCause classifies what happened to a connection that stood. In TLS 1.3 a refusal may come after the handshake.
func startedCause(err error) Cause {
	switch {
	case untrusted(err):
		return CauseTLS
	case timedOut(err):
		return CauseTimeout
	}
	return CauseCut
}

// toProxy tells whether the connection to the proxy itself failed: its name, its address, its own certificate.
func toProxy(err error) bool {
	var refused *ProxyError
	var op *net.OpError
	return errors.As(err, &refused) || errors.As(err, &op) && op.Op == "proxyconnect"
}

func timedOut(err error) bool {
	var timeout interface{ Timeout() bool }
	return errors.As(err, &timeout) && timeout.Timeout()
}

func dialing(err error) bool {
	var op *net.OpError
	return errors.Is(err, syscall.ECONNREFUSED) || errors.As(err, &op) && op.Op == "dial"
}

// untrusted tells whether the error is one of TLS by its type. Not all are: see progress.broken.
func untrusted(err error) bool {
	var (
		verification *tls.CertificateVerificationError
		record       tls.RecordHeaderError
		alert        tls.AlertError
		authority    x509.UnknownAuthorityError
		name         x509.HostnameError
		invalid      x509.CertificateInvalidError
		roots        x509.SystemRootsError
	)
	return errors.As(err, &verification) || errors.As(err, &record) || errors.As(err, &alert) || errors.As(err, &authority) ||
		errors.As(err, &name) || errors.As(err, &invalid) || errors.As(err, &roots) || errors.Is(err, http.ErrSchemeMismatch)
}
