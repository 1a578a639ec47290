package soap

import (
	"bytes"
	"errors"
	"fmt"
	"io"
	"net/http"
	"os"
	"path/filepath"
	"sync/atomic"
	"time"

	"storefront/internal/secret"
)

// Bounds of a dump: what is kept of a request and of an answer, in bytes, and how many calls are kept.
const (
	dumpRequest = 64 << 10
	dumpAnswer  = 256 << 10
	dumpCalls   = 200
)

// DumpOptions are the settings of a Dump.
type DumpOptions struct {
	Folder string // made if there is none
	Calls  int    // calls kept, the oldest is written over; 0 means 200
	Answer int    // bytes kept of an answer; 0 means 256 KB
	Now    func() time.Time
	// Failed is told of a call that could not be written down; the call itself does not notice. It may be nil.
	Failed func(error)
}

// Dump writes down the traffic of a Transport, a file a call, for somebody who looks for an error. Logins and passwords are
// taken out before anything is written: in requests and answers by element, and the call's password, however it is spelled,
// wherever it stands. The rest is as personal as it was on the wire: names, orders, prices.
type Dump struct {
	o    DumpOptions
	last atomic.Int64
}

// OpenDump makes a Dump, and its folder, which must take files.
func OpenDump(o DumpOptions) (*Dump, error) {
	o.Calls, o.Answer = positive(o.Calls, dumpCalls), positive(o.Answer, dumpAnswer)
	if err := os.MkdirAll(o.Folder, 0o700); err != nil {
		return nil, fmt.Errorf("the dump's folder: %w", err)
	}
	probe, err := os.CreateTemp(o.Folder, ".call-*")
	if err == nil {
		err = errors.Join(probe.Close(), os.Remove(probe.Name()))
	}
	if err != nil {
		return nil, fmt.Errorf("the dump's folder takes no files: %w", err)
	}
	return &Dump{o: o}, nil
}

// around wraps a transport of HTTP, so that what is dumped is what was sent and what was read; nil wraps nothing.
// The password of a proxy is taken out like that of a call.
func (d *Dump) around(next *http.Transport, proxy secret.URL) http.RoundTripper {
	if d == nil {
		return next
	}
	t := &dumping{Transport: next, dump: d}
	if via := proxy.Reveal(); via != nil {
		t.proxyPassword, _ = via.User.Password()
	}
	return t
}

// dumping is a transport whose traffic is dumped. What it does not say itself, closing idle connections, is the transport's.
type dumping struct {
	*http.Transport
	dump          *Dump
	proxyPassword string
}

func (t *dumping) RoundTrip(r *http.Request) (*http.Response, error) {
	r, sent, err := reread(r)
	if err != nil {
		return nil, err
	}
	page := t.dump.begin(r, sent, newScrubber(sent, t.proxyPassword))
	answer, err := t.Transport.RoundTrip(r)
	if err != nil {
		page.end(err)
		return nil, err
	}
	page.answered(answer)
	answer.Body = &dumpedBody{ReadCloser: answer.Body, page: page, rest: t.dump.unread(answer)}
	return answer, nil
}

// unread is how many bytes of an answer are read for the dump alone, if nobody else does: a gateway's page, if it says how long it
// is and is short.
func (d *Dump) unread(r *http.Response) int64 {
	if r.StatusCode == http.StatusOK || r.ContentLength > int64(d.o.Answer) {
		return 0
	}
	return max(r.ContentLength, 0)
}

// page is what is written of a call. It is used by one goroutine at a time.
type page struct {
	dump   *Dump
	number int64
	scrub  scrubber
	head   bytes.Buffer // scrubbed
	body   []byte       // of the answer, as it came
	size   int64        // of the answer
	ended  bool
}

func (d *Dump) begin(r *http.Request, sent []byte, scrub scrubber) *page {
	p := &page{dump: d, number: d.last.Add(1), scrub: scrub}
	fmt.Fprintf(&p.head, "call %d at %s\n\n%s %s\n", p.number, d.o.Now().UTC().Format(time.RFC3339Nano), r.Method, r.URL.Redacted())
	p.headers(r.Header)
	p.text(sent, dumpRequest, int64(len(sent)))
	return p
}

// reread reads what a request is going to send and returns a request that still can be sent, once.
func reread(r *http.Request) (*http.Request, []byte, error) {
	if r.Body == nil {
		return r, nil, nil
	}
	sent, err := io.ReadAll(r.Body)
	if err = errors.Join(err, r.Body.Close()); err != nil {
		return nil, nil, err
	}
	again := r.WithContext(r.Context()) // a copy
	again.Body = io.NopCloser(bytes.NewReader(sent))
	return again, sent, nil
}

// secretHeader tells of headers that are never written down.
func secretHeader(name string) bool {
	switch http.CanonicalHeaderKey(name) {
	case "Authorization", "Proxy-Authorization", "Cookie", "Set-Cookie":
		return true
	}
	return false
}

func (p *page) headers(all http.Header) {
	var lines bytes.Buffer
	public := all.Clone()
	for name := range public {
		if secretHeader(name) {
			public[name] = []string{redacted}
		}
	}
	_ = public.Write(&lines) // to memory
	p.head.Write(p.scrub.clean(lines.Bytes()))
	p.head.WriteByte('\n')
}

// text writes a body, cut where it is longer than limit, and says so.
func (p *page) text(body []byte, limit int, size int64) {
	p.head.Write(p.scrub.cleanCut(body[:min(len(body), limit)]))
	if size > int64(limit) {
		fmt.Fprintf(&p.head, "\n[%d bytes in all]", size)
	}
	p.head.WriteString("\n\n")
}

func (p *page) answered(r *http.Response) {
	fmt.Fprintf(&p.head, "%s %s\n", r.Proto, p.scrub.clean([]byte(r.Status)))
	p.headers(r.Header)
}

// read takes a piece of the answer. What is beyond the bound is counted only.
func (p *page) read(piece []byte) {
	p.size += int64(len(piece))
	p.body = append(p.body, piece[:min(len(piece), p.dump.o.Answer-len(p.body))]...)
}

// end writes the page; err is what ended the call before its time. Further ends do nothing.
func (p *page) end(err error) {
	if p.ended {
		return
	}
	p.ended = true
	p.text(p.body, p.dump.o.Answer, p.size)
	if err != nil {
		fmt.Fprintf(&p.head, "ended by: %s\n", p.scrub.clean([]byte(quiet(err).Error())))
	}
	name := fmt.Sprintf("call-%03d.txt", p.number%int64(p.dump.o.Calls))
	if err := p.dump.write(name, p.head.Bytes()); err != nil && p.dump.o.Failed != nil {
		p.dump.o.Failed(err)
	}
}

// write makes a file for its owner alone, whole or not at all, in the place of an older one.
func (d *Dump) write(name string, content []byte) error {
	file, err := os.CreateTemp(d.o.Folder, ".call-*") // mode 0600
	if err != nil {
		return err
	}
	_, err = file.Write(content)
	if err = errors.Join(err, file.Close()); err == nil {
		err = os.Rename(file.Name(), filepath.Join(d.o.Folder, name))
	}
	if err != nil {
		return errors.Join(err, os.Remove(file.Name()))
	}
	return nil
}

// dumpedBody is an answer's body that is noted as it is read, and written down when it is closed.
type dumpedBody struct {
	io.ReadCloser
	page *page
	rest int64 // to be read at the end if nothing was read before
	err  error
}

func (b *dumpedBody) Read(into []byte) (int, error) {
	n, err := b.ReadCloser.Read(into)
	b.page.read(into[:n])
	if err != nil && err != io.EOF {
		b.err = err
	}
	return n, err
}

func (b *dumpedBody) Close() error {
	if b.page.size == 0 && b.err == nil {
		_, _ = io.CopyN(io.Discard, b, b.rest) // Read takes note of what goes wrong
	}
	err := b.ReadCloser.Close()
	b.page.end(b.err)
	return err
}
