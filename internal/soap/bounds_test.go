package soap_test

import (
	"bufio"
	"context"
	"crypto/tls"
	"errors"
	"fmt"
	"io"
	"net"
	"net/http"
	"net/http/httptest"
	"os"
	"runtime"
	"runtime/pprof"
	"strings"
	"sync"
	"testing"
	"time"

	"storefront/internal/soap"
)

// Every phase of a call ends, however the other side spins it out, and the memory it takes does not grow with what is sent.
func TestEveryPhaseIsBounded(t *testing.T) {
	silent := listen(t)
	const short = 30 * time.Millisecond
	drip := func(w http.ResponseWriter, r *http.Request) { // a byte now and then, for ever
		w.Header().Set("Content-Type", "text/xml")
		for tick := time.NewTicker(time.Millisecond); ; {
			select {
			case <-r.Context().Done():
				tick.Stop()
				return
			case <-tick.C:
				_, _ = io.WriteString(w, " ")
				_ = http.NewResponseController(w).Flush()
			}
		}
	}
	flood := func(beginning, piece string) http.HandlerFunc {
		return func(w http.ResponseWriter, _ *http.Request) {
			w.Header().Set("Content-Type", "text/xml")
			_, err := io.WriteString(w, beginning)
			for piece := strings.Repeat(piece, 1<<10); err == nil; {
				_, err = io.WriteString(w, piece)
			}
		}
	}
	declared := func(w http.ResponseWriter, _ *http.Request) {
		w.Header().Set("Content-Type", "text/xml")
		w.Header().Set("Content-Length", fmt.Sprint(10<<30))
		_, _ = io.WriteString(w, envelope+response+"<AskResult>")
	}
	begun := envelope + response + "<AskResult>"
	for name, c := range map[string]struct {
		url     string
		options soap.TransportOptions
		deadline,
		firstByte time.Duration
		want error // what the error is
	}{
		"to connect":                  {"http://" + silent, soap.TransportOptions{Dial: 1}, 0, 0, context.DeadlineExceeded},
		"to shake hands":              {"https://" + silent, soap.TransportOptions{TLS: short}, 0, 0, nil},
		"to get through a proxy":      {"https://" + outside, soap.TransportOptions{Proxy: through(t, "http://"+silent), Dial: short, TLS: short}, 0, 0, context.DeadlineExceeded},
		"to begin an answer":          {"http://" + silent, soap.TransportOptions{}, 0, short, context.DeadlineExceeded},
		"to end an answer":            {server(t, drip), soap.TransportOptions{}, short, 0, context.DeadlineExceeded},
		"to end an answer, a first":   {server(t, drip), soap.TransportOptions{}, 2 * short, short, context.DeadlineExceeded},
		"to end a header":             {ceaseless(t, "HTTP/1.1 200 OK\r\n", "A: xxxx\r\n"), soap.TransportOptions{}, 0, 0, nil},
		"to end a line of a header":   {ceaseless(t, "HTTP/1.1 200 OK\r\nA: ", "xxxx"), soap.TransportOptions{}, 0, 0, nil},
		"to end interim answers":      {ceaseless(t, "", "HTTP/1.1 103 Early Hints\r\nA: x\r\n\r\n"), soap.TransportOptions{}, 0, 0, nil},
		"ten gigabytes declared":      {server(t, declared), soap.TransportOptions{}, 0, 0, soap.Truncated},
		"a text without an end":       {server(t, flood(begun, "xxxx")), soap.TransportOptions{}, 0, 0, soap.TooLong},
		"elements without an end":     {server(t, flood(begun, "<a/>")), soap.TransportOptions{}, 0, 0, soap.TooLarge},
		"depth without an end":        {server(t, flood(begun, "<a>")), soap.TransportOptions{}, 0, 0, soap.TooDeep},
		"a name without an end":       {server(t, flood(begun+"<a", "aaaa")), soap.TransportOptions{}, 0, 0, soap.TooLong},
		"attributes without an end":   {server(t, flood(begun+"<a", ` x="1"`)), soap.TransportOptions{}, 0, 0, soap.TooLong},
		"a comment without an end":    {server(t, flood(begun+"<!--", "xxxx")), soap.TransportOptions{}, 0, 0, soap.TooLong},
		"white space without an end":  {server(t, flood(good, "    ")), soap.TransportOptions{}, 0, 0, soap.TooLong},
		"white space before anything": {server(t, flood("", "    ")), soap.TransportOptions{}, 0, 0, soap.TooLong},
	} {
		t.Run(name, func(t *testing.T) {
			given := c.deadline
			if given == 0 {
				given = 30 * time.Second // the transport must end it by itself
			}
			ctx, cancel := context.WithTimeout(t.Context(), given)
			defer cancel()
			c.options.URL = c.url
			call := tell()
			call.FirstByte, call.Limit = c.firstByte, 2<<20
			transport := dial(t, c.options)
			var before, after runtime.MemStats
			runtime.ReadMemStats(&before)
			err := transport.RoundTrip(ctx, call)
			runtime.ReadMemStats(&after)
			if c.deadline == 0 && ctx.Err() != nil {
				t.Error("only the caller's deadline ended it")
			}
			if err == nil || c.want != nil && !errors.Is(err, c.want) {
				t.Errorf("%v, want %v", err, c.want)
			}
			if taken := after.TotalAlloc - before.TotalAlloc; taken > 64*uint64(call.Limit) { // in all, given back on the way or not
				t.Errorf("%d bytes were taken for an answer of at most %d", taken, call.Limit)
			}
		})
	}
}

// ceaseless answers with a beginning, then a piece again and again, for as long as somebody listens.
func ceaseless(t *testing.T, beginning, piece string) string {
	t.Helper()
	return "http://127.0.0.1:" + accept(t, func(conn net.Conn) {
		if _, err := http.ReadRequest(bufio.NewReader(conn)); err != nil {
			return
		}
		_, err := io.WriteString(conn, beginning)
		for piece := strings.Repeat(piece, 1<<10); err == nil; {
			_, err = io.WriteString(conn, piece)
		}
	})
}

// server answers with a handler until the test ends.
func server(t *testing.T, handler http.HandlerFunc) string {
	t.Helper()
	s := httptest.NewServer(handler)
	t.Cleanup(s.Close)
	return s.URL
}

// After a thousand calls that failed in every way there is, goroutines and file descriptors are as many as before.
func TestFaultyCallsLeaveNothingBehind(t *testing.T) {
	untrusted := httptest.NewUnstartedServer(http.HandlerFunc(func(http.ResponseWriter, *http.Request) {}))
	untrusted.Config.ErrorLog = noLog()
	untrusted.StartTLS()
	defer untrusted.Close()
	proxy := server(t, func(w http.ResponseWriter, _ *http.Request) { w.WriteHeader(http.StatusForbidden) })
	var faulty []soap.RoundTripper
	var transports []*soap.Transport
	for _, o := range []soap.TransportOptions{
		{URL: refused(t)},
		{URL: "http://" + outside, Resolver: noNames},
		{URL: untrusted.URL, TLSConfig: &tls.Config{RootCAs: newAuthority(t).trusted().RootCAs}},
		{URL: "https://" + outside, Proxy: through(t, proxy)},
		{URL: raw(t, "")},
		{URL: raw(t, "HTTP/1.1 200 OK\r\nContent-Length: 999\r\n\r\n"+envelope)},
		{URL: server(t, func(w http.ResponseWriter, _ *http.Request) { w.WriteHeader(http.StatusServiceUnavailable) })},
		{URL: server(t, func(w http.ResponseWriter, _ *http.Request) { answer(w, strings.Repeat("<a>", 1<<16)) })},
		{URL: server(t, func(_ http.ResponseWriter, r *http.Request) { _, _ = io.Copy(io.Discard, r.Body); <-r.Context().Done() })},
	} {
		transport := dial(t, o)
		transports = append(transports, transport)
		faulty = append(faulty, soap.Limit(transport, soap.Limits{Total: 4, NotUrgent: 4, Bulk: 4, Account: 4, AccountBulk: 4}))
	}
	fail := func(times int) {
		var group sync.WaitGroup
		for i := range times {
			call := ask()
			call.Write = i%2 == 0
			call.FirstByte = 5 * time.Millisecond
			group.Go(func() {
				if err := faulty[i%len(faulty)].RoundTrip(t.Context(), call); err == nil {
					t.Error("a faulty call succeeded")
				}
			})
		}
		group.Wait()
		for _, transport := range transports {
			transport.Close() // connections kept for later are no leak
		}
	}
	fail(len(faulty)) // servers and libraries begin work of their own
	goroutines, descriptors := settled(t)
	fail(1000)
	if g, d := comeDown(t, goroutines, descriptors); g > goroutines || d > descriptors {
		var stacks strings.Builder
		_ = pprof.Lookup("goroutine").WriteTo(&stacks, 1)
		t.Errorf("%d goroutines and %d descriptors, %d and %d before\n%s", g, d, goroutines, descriptors, &stacks)
	}
}

// held counts goroutines and file descriptors.
func held(t *testing.T) (goroutines, descriptors int) {
	t.Helper()
	open, err := os.ReadDir("/proc/self/fd")
	if err != nil {
		t.Fatal(err)
	}
	return runtime.NumGoroutine(), len(open)
}

// settled counts once nothing has changed for a while.
func settled(t *testing.T) (g, d int) {
	t.Helper()
	tick := time.NewTicker(20 * time.Millisecond)
	defer tick.Stop()
	for quiet := 0; quiet < 10; quiet++ {
		<-tick.C
		if nowG, nowD := held(t); nowG != g || nowD != d {
			g, d, quiet = nowG, nowD, 0
		}
	}
	return g, d
}

// comeDown counts once no more is held than is expected, or it is clear that it stays.
func comeDown(t *testing.T, goroutines, descriptors int) (g, d int) {
	t.Helper()
	tick := time.NewTicker(20 * time.Millisecond)
	defer tick.Stop()
	late := time.After(20 * time.Second)
	for {
		if g, d = held(t); g <= goroutines && d <= descriptors {
			return g, d
		}
		select {
		case <-tick.C:
		case <-late:
			return g, d
		}
	}
}
