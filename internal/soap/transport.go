package soap

import (
	"bytes"
	"context"
	"crypto/tls"
	"errors"
	"fmt"
	"mime"
	"net"
	"net/http"
	"net/http/httptrace"
	"net/url"
	"strings"
	"sync/atomic"
	"time"

	"storefront/internal/pace"
	"storefront/internal/secret"
)

// Causes of calls that were given up by the transport itself.
var (
	errFirstByte = fmt.Errorf("no answer began in time: %w", context.DeadlineExceeded)
	errTunnel    = fmt.Errorf("the proxy made no tunnel in time: %w", context.DeadlineExceeded)
	errFenced    = fmt.Errorf("the time to start has passed: %w", context.DeadlineExceeded)
)

// maxFault bounds an answer under an HTTP error, in bytes.
const maxFault = 1 << 20

// TransportOptions are the settings of a Transport. Zero values are replaced by defaults.
type TransportOptions struct {
	URL   string
	Dial  time.Duration // to connect, 3 s
	TLS   time.Duration // to shake hands, 3 s
	Conns int           // connections for reading, 8
	// TLSConfig is for certificates of one's own; nil verifies against the system's.
	TLSConfig *tls.Config
	// Proxy is an http or https proxy for this transport alone; the zero URL goes straight. A proxy of the environment is never
	// used. What goes to an https URL passes it as a tunnel (CONNECT), what goes to http is read by it.
	Proxy secret.URL
	// Resolver finds addresses; nil is the system's.
	Resolver *net.Resolver
	// Dump writes down the traffic, scrubbed; nil writes nothing.
	Dump *Dump
	// Around stands around each connection's transport, to measure it; nil for none.
	Around func(http.RoundTripper) http.RoundTripper
}

// Transport sends calls to one address. It follows no redirect, uses no proxy of the environment, keeps no cookie and sends
// no header that would make Go's transport repeat a request by itself.
type Transport struct {
	url    string
	reads  *http.Client
	writes *http.Client
	// tunnel bounds the way through a proxy, until the request has its connection; 0 where there is no proxy. Whoever lets more
	// calls in than there are connections has them wait within it.
	tunnel time.Duration
}

// NewTransport makes a Transport.
func NewTransport(o TransportOptions) *Transport {
	reads := newHTTP(o)
	reads.MaxIdleConnsPerHost = positive(o.Conns, 8)
	reads.MaxConnsPerHost = reads.MaxIdleConnsPerHost
	// A write takes a fresh connection. A kept one may die under the request, and then nobody knows whether it was read.
	writes := newHTTP(o)
	writes.DisableKeepAlives = true
	t := &Transport{url: o.URL, reads: newClient(reads, o), writes: newClient(writes, o)}
	if !o.Proxy.Empty() {
		t.tunnel = positive(o.Dial, dialTime) + 2*positive(o.TLS, tlsTime) // to dial; to ask the proxy; to shake hands behind it
	}
	return t
}

// How long it may take to connect, and to shake hands.
const (
	dialTime = 3 * time.Second
	tlsTime  = 3 * time.Second
)

// LongestWay is how long a call with the default bounds takes at most from a free slot to the first byte of its request.
const LongestWay = dialTime + 2*tlsTime

func newHTTP(o TransportOptions) *http.Transport {
	protocols := new(http.Protocols)
	protocols.SetHTTP1(true)
	dialer := &net.Dialer{Timeout: positive(o.Dial, dialTime), Resolver: o.Resolver}
	t := &http.Transport{
		Proxy:                  nil, // credentials go to the configured address only
		DialContext:            dialer.DialContext,
		TLSClientConfig:        o.TLSConfig,
		TLSHandshakeTimeout:    positive(o.TLS, tlsTime),
		IdleConnTimeout:        90 * time.Second,
		MaxResponseHeaderBytes: 64 << 10,
		Protocols:              protocols,
	}
	if !o.Proxy.Empty() {
		t.Proxy = http.ProxyURL(o.Proxy.Reveal())
		t.OnProxyConnectResponse = tunnelled
	}
	return t
}

// tunnelled refuses a tunnel that the proxy did not make, with an error that has a type.
func tunnelled(_ context.Context, _ *url.URL, _ *http.Request, answer *http.Response) error {
	if answer.StatusCode != http.StatusOK {
		return &ProxyError{Status: answer.StatusCode}
	}
	return nil
}

func newClient(t *http.Transport, o TransportOptions) *http.Client {
	way := o.Dump.around(t, o.Proxy)
	if o.Around != nil {
		way = o.Around(way)
	}
	return &http.Client{
		Transport:     way,
		CheckRedirect: func(*http.Request, []*http.Request) error { return http.ErrUseLastResponse },
	}
}

func positive[T int | time.Duration](v, otherwise T) T {
	if v > 0 {
		return v
	}
	return otherwise
}

// Close drops the idle connections.
func (t *Transport) Close() {
	t.reads.CloseIdleConnections()
	t.writes.CloseIdleConnections()
}

// RoundTrip sends the call once and reads its answer within the context's deadline.
func (t *Transport) RoundTrip(ctx context.Context, call *Call) error {
	ctx, cancel := context.WithCancelCause(ctx)
	defer cancel(nil)
	response, err := t.send(ctx, cancel, call)
	if err != nil {
		return err
	}
	defer response.Body.Close()
	response.Body = pace.Reader(ctx, response.Body)
	err = receive(response, call)
	var lost *TransportError
	if errors.As(err, &lost) {
		lost.Err = cause(ctx, lost.Err)
		lost.Cause = causeOf(lost.Err, progress{started: true})
		lost.Err = quiet(lost.Err)
	}
	return err
}

// send writes the request and waits for the header of the answer.
func (t *Transport) send(ctx context.Context, cancel context.CancelCauseFunc, call *Call) (*http.Response, error) {
	way := way{mayStart: mayStart(ctx)}
	request, err := t.request(httptrace.WithClientTrace(ctx, way.trace()), call)
	if err != nil {
		return nil, &TransportError{Cause: CauseRequest, Err: err}
	}
	defer stopAll(t.alarms(cancel, call, &way))
	client := t.reads
	if call.Write {
		client = t.writes
	}
	response, err := client.Do(request)
	if err != nil {
		return nil, t.lost(cause(ctx, err), &way)
	}
	return response, nil
}

// way notes how far a request gets. Its notes come from other goroutines.
type way struct {
	mayStart                  func() bool // nil is always
	connected, broken, fenced atomic.Bool
}

// trace watches a request. That a connection was never got is a sound proof that no byte of the request left: it comes after
// name, dial, the proxy's tunnel and handshake, and before the first byte.
func (w *way) trace() *httptrace.ClientTrace {
	return &httptrace.ClientTrace{
		GotConn: func(info httptrace.GotConnInfo) {
			if w.mayStart != nil && !w.mayStart() {
				w.fenced.Store(true)
				_ = info.Conn.Close() // the request is written after this, into nothing
				return
			}
			w.connected.Store(true)
		},
		TLSHandshakeDone: func(_ tls.ConnectionState, err error) {
			if err != nil {
				w.broken.Store(true)
			}
		},
	}
}

// alarms give a call up when a phase takes too long.
func (t *Transport) alarms(cancel context.CancelCauseFunc, call *Call, w *way) (set []*time.Timer) {
	if call.FirstByte > 0 {
		set = append(set, time.AfterFunc(call.FirstByte, func() { cancel(errFirstByte) }))
	}
	if t.tunnel > 0 {
		set = append(set, time.AfterFunc(t.tunnel, func() {
			if !w.connected.Load() {
				cancel(errTunnel)
			}
		}))
	}
	return set
}

func stopAll(timers []*time.Timer) {
	for _, t := range timers {
		t.Stop()
	}
}

// lost says what is certain of a request without an answer.
func (t *Transport) lost(err error, w *way) *TransportError {
	if w.fenced.Load() {
		err = errFenced
	}
	p := progress{started: w.connected.Load(), proxied: t.tunnel > 0, broken: w.broken.Load()}
	return &TransportError{Started: p.started, Cause: causeOf(err, p), Err: quiet(err)}
}

func (t *Transport) request(ctx context.Context, call *Call) (*http.Request, error) {
	request, err := http.NewRequestWithContext(ctx, http.MethodPost, t.url, bytes.NewReader(call.Envelope))
	if err != nil {
		return nil, err
	}
	if call.Write {
		request.GetBody = nil // without it no layer can send the body again
	}
	request.Header.Set("Content-Type", "text/xml; charset=utf-8")
	request.Header.Set("SOAPAction", `"`+call.Action+`"`)
	request.Header.Set("User-Agent", "storefront")
	return request, nil
}

// cause says why a call was given up: the header came too late, the deadline passed, or the caller no longer wants it. What
// made the caller change his mind, such as the failure of a call beside this one, says nothing of this call.
func cause(ctx context.Context, err error) error {
	why := context.Cause(ctx)
	switch {
	case why == nil:
		return err
	case errors.Is(why, context.DeadlineExceeded):
		return why
	}
	return context.Canceled
}

// receive judges the header, then reads the body.
func receive(r *http.Response, call *Call) error {
	kind, params, _ := mime.ParseMediaType(r.Header.Get("Content-Type"))
	spoken := r.StatusCode == http.StatusOK || r.StatusCode == http.StatusInternalServerError || strings.HasSuffix(kind, "xml")
	switch {
	case r.StatusCode >= 300 && r.StatusCode < 400, !spoken:
		return &StatusError{Status: r.StatusCode}
	case kind == "text/html":
		return pageError(r.StatusCode)
	case !utf8Charset(params["charset"]):
		return &AnswerError{Flaw: Charset, Status: r.StatusCode}
	}
	limit := call.Limit
	if r.StatusCode != http.StatusOK {
		limit = min(limit, maxFault)
	}
	err := ReadAnswer(r.Body, r.StatusCode, limit, call.Answer, call.Read)
	return withoutEnvelope(err, r.StatusCode)
}

// pageError is an HTML page: under 200 it pretends to be an answer, otherwise its status says what it is.
func pageError(status int) error {
	if status == http.StatusOK {
		return &AnswerError{Flaw: HTML, Status: status}
	}
	return &StatusError{Status: status}
}

// withoutEnvelope turns a body that is no envelope, under an HTTP error, into a StatusError: the status says more.
func withoutEnvelope(err error, status int) error {
	if status == http.StatusOK {
		return err
	}
	for _, flaw := range []Flaw{Empty, HTML, Malformed, Doctype, NotEnvelope, Charset} {
		if errors.Is(err, flaw) {
			return &StatusError{Status: status}
		}
	}
	return err
}

func utf8Charset(name string) bool {
	return name == "" || strings.EqualFold(name, "utf-8") || strings.EqualFold(name, "utf8")
}
