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
	"strings"
	"sync/atomic"
	"time"

	"storefront/internal/pace"
)

// errFirstByte is the cause of a call that was given up before the answer's header came.
var errFirstByte = fmt.Errorf("no answer began in time: %w", context.DeadlineExceeded)

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
}

// Transport sends calls to one address. It follows no redirect, uses no proxy of the environment, keeps no cookie and sends
// no header that would make Go's transport repeat a request by itself.
type Transport struct {
	url    string
	reads  *http.Client
	writes *http.Client
}

// NewTransport makes a Transport.
func NewTransport(o TransportOptions) *Transport {
	reads := newHTTP(o)
	reads.MaxIdleConnsPerHost = positive(o.Conns, 8)
	reads.MaxConnsPerHost = reads.MaxIdleConnsPerHost
	// A write takes a fresh connection. A kept one may die under the request, and then nobody knows whether it was read.
	writes := newHTTP(o)
	writes.DisableKeepAlives = true
	return &Transport{url: o.URL, reads: newClient(reads), writes: newClient(writes)}
}

func newHTTP(o TransportOptions) *http.Transport {
	protocols := new(http.Protocols)
	protocols.SetHTTP1(true)
	dialer := &net.Dialer{Timeout: positive(o.Dial, 3*time.Second)}
	return &http.Transport{
		Proxy:                  nil, // credentials go to the configured address only
		DialContext:            dialer.DialContext,
		TLSClientConfig:        o.TLSConfig,
		TLSHandshakeTimeout:    positive(o.TLS, 3*time.Second),
		IdleConnTimeout:        90 * time.Second,
		MaxResponseHeaderBytes: 64 << 10,
		Protocols:              protocols,
	}
}

func newClient(t *http.Transport) *http.Client {
	return &http.Client{
		Transport:     t,
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
	}
	return err
}

// send writes the request and waits for the header of the answer.
func (t *Transport) send(ctx context.Context, cancel context.CancelCauseFunc, call *Call) (*http.Response, error) {
	var connected atomic.Bool
	request, err := t.request(httptrace.WithClientTrace(ctx, &httptrace.ClientTrace{
		GotConn: func(httptrace.GotConnInfo) { connected.Store(true) },
	}), call)
	if err != nil {
		return nil, &TransportError{Err: err}
	}
	if call.FirstByte > 0 {
		timer := time.AfterFunc(call.FirstByte, func() { cancel(errFirstByte) })
		defer timer.Stop()
	}
	client := t.reads
	if call.Write {
		client = t.writes
	}
	response, err := client.Do(request)
	if err != nil {
		return nil, &TransportError{Started: connected.Load(), Err: cause(ctx, err)}
	}
	return response, nil
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

// cause replaces "context canceled" by why: the header came too late, or the deadline passed.
func cause(ctx context.Context, err error) error {
	if why := context.Cause(ctx); why != nil {
		return why
	}
	return err
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
