package soap_test

import (
	"bufio"
	"compress/gzip"
	"errors"
	"fmt"
	"io"
	"net/http"
	"runtime"
	"strings"
	"testing"

	"storefront/internal/soap"
)

func TestHTTPAnswersThatAreNotTheServices(t *testing.T) {
	const page = "<html><body>no</body></html>"
	type reply struct {
		status     int
		kind, body string
	}
	for name, c := range map[string]struct {
		reply
		status int       // of a *soap.StatusError, or
		flaw   soap.Flaw // of an *soap.AnswerError
	}{
		"a page under 200":            {reply{200, "text/html", page}, 0, soap.HTML},
		"a page that lies":            {reply{200, "text/xml", page}, 0, soap.HTML},
		"an envelope called a page":   {reply{200, "text/html", good}, 0, soap.HTML},
		"a page under 500":            {reply{500, "text/html", page}, 500, ""},
		"an empty 500":                {reply{500, "", ""}, 500, ""},
		"text under 500":              {reply{500, "text/plain", "boom"}, 500, ""},
		"a result under 500":          {reply{500, "text/xml", good}, 0, soap.NoFault},
		"half an envelope under 500":  {reply{500, "text/xml", good[:80]}, 0, soap.Truncated},
		"a bad gateway":               {reply{502, "text/html", page}, 502, ""},
		"unavailable":                 {reply{503, "text/plain", ""}, 503, ""},
		"a gateway that gave up":      {reply{504, "", ""}, 504, ""},
		"an XML page under 503":       {reply{503, "text/xml", "<error/>"}, 503, ""},
		"unauthorised":                {reply{401, "text/html", page}, 401, ""},
		"not found":                   {reply{404, "text/html", page}, 404, ""},
		"unsupported media":           {reply{415, "", ""}, 415, ""},
		"a bad request":               {reply{400, "", ""}, 400, ""},
		"accepted without an answer":  {reply{202, "", ""}, 202, ""},
		"no content":                  {reply{204, "", ""}, 204, ""},
		"an empty 200":                {reply{200, "text/xml", ""}, 0, soap.Empty},
		"another charset":             {reply{200, "text/xml; charset=windows-1251", good}, 0, soap.Charset},
		"too large":                   {reply{200, "text/xml", good + strings.Repeat(" ", 1<<20)}, 0, soap.TooLarge},
		"an envelope under a bad one": {reply{403, "text/xml", good}, 0, soap.NoFault},
	} {
		t.Run(name, func(t *testing.T) {
			transport := serve(t, func(w http.ResponseWriter, _ *http.Request) {
				w.Header().Set("Content-Type", c.kind)
				w.WriteHeader(c.reply.status)
				_, _ = io.WriteString(w, c.body)
			})
			err := transport.RoundTrip(t.Context(), ask())
			var status *soap.StatusError
			if c.flaw == "" && (!errors.As(err, &status) || status.Status != c.status) {
				t.Errorf("error %v, want the status %d", err, c.status)
			}
			if c.flaw != "" && !errors.Is(err, c.flaw) {
				t.Errorf("error %v, want the flaw %q", err, c.flaw)
			}
		})
	}
}

// Answers that can't be read are not repeated in errors, which are logged: what is wrong in them may be our own request.
func TestErrorsRepeatNothing(t *testing.T) {
	for name, bytes := range map[string]string{
		"no HTTP":              "<password>canary</password>\r\n\r\n",
		"a version":            "HTTP/canary 200 OK\r\n\r\n",
		"a status":             "HTTP/1.1 canary OK\r\n\r\n",
		"a header":             "HTTP/1.1 200 OK\r\ncanary\r\n\r\n",
		"a header's beginning": "HTTP/1.1 200 OK\r\n canary: 1\r\n\r\n",
		"a header's name":      "HTTP/1.1 200 OK\r\n<canary>: 1\r\n\r\n",
		"a length":             "HTTP/1.1 200 OK\r\nContent-Length: canary\r\n\r\n",
		"two lengths":          "HTTP/1.1 200 OK\r\nContent-Length: 1\r\nContent-Length: canary\r\n\r\n",
		"an encoding":          "HTTP/1.1 200 OK\r\nTransfer-Encoding: canary\r\n\r\n",
		"a chunk":              "HTTP/1.1 200 OK\r\nTransfer-Encoding: chunked\r\n\r\ncanary\r\n",
		"a trailer":            "HTTP/1.1 200 OK\r\nTransfer-Encoding: chunked\r\n\r\n0\r\ncanary\r\n\r\n",
		"a type":               "HTTP/1.1 200 OK\r\nContent-Type: canary; =\r\nContent-Length: 6\r\n\r\ncanary",
		"an element":           "HTTP/1.1 200 OK\r\nContent-Type: text/xml\r\nContent-Length: 14\r\n\r\n<canary x='y'/",
		"a body":               "HTTP/1.1 200 OK\r\nContent-Type: text/xml\r\nContent-Length: 22\r\n\r\n<a>&canary;<b></canary",
	} {
		for kind, call := range map[string]*soap.Call{"read": ask(), "write": tell()} {
			err := dial(t, soap.TransportOptions{URL: raw(t, bytes)}).RoundTrip(t.Context(), call)
			if err == nil || strings.Contains(err.Error(), "canary") {
				t.Errorf("%s, %s: %v", name, kind, err)
			}
		}
	}
}

func TestShortBodyIsCutOff(t *testing.T) {
	transport := dial(t, soap.TransportOptions{URL: raw(t, fmt.Sprintf(
		"HTTP/1.1 200 OK\r\nContent-Type: text/xml\r\nContent-Length: %d\r\n\r\n%s", len(good), good[:len(good)-20]))})
	if err := transport.RoundTrip(t.Context(), ask()); !errors.Is(err, soap.Truncated) {
		t.Errorf("error %v, want cut off", err)
	}
}

// Thirty thousand bytes on the wire may be thirty million in memory.
func TestCompressedFloodIsBounded(t *testing.T) {
	const flood = 16 << 20
	for name, c := range map[string]struct {
		piece string
		want  soap.Flaw
	}{
		"one text":         {"xxxxxxxxxxxxxxxx", soap.TooLarge},
		"millions of tags": {"<a>1234567</a>  ", soap.TooLarge},
	} {
		transport := serve(t, func(w http.ResponseWriter, _ *http.Request) {
			w.Header().Set("Content-Type", "text/xml")
			w.Header().Set("Content-Encoding", "gzip")
			packed := gzip.NewWriter(w)
			defer packed.Close()
			_, _ = io.WriteString(packed, envelope+response+"<AskResult>")
			out := bufio.NewWriterSize(packed, 1<<16)
			defer out.Flush()
			for n := 0; n < flood; n += len(c.piece) {
				if _, err := out.WriteString(c.piece); err != nil {
					return
				}
			}
		})
		call := ask()
		call.Limit = 512 << 10
		var before, after runtime.MemStats
		runtime.ReadMemStats(&before)
		err := transport.RoundTrip(t.Context(), call)
		runtime.ReadMemStats(&after)
		if !errors.Is(err, c.want) {
			t.Errorf("%s: %v, want the flaw %q", name, err, c.want)
		}
		if grown := after.TotalAlloc - before.TotalAlloc; grown > flood/2 {
			t.Errorf("%s: %d bytes allocated for %d of flood", name, grown, flood)
		}
	}
}

func TestHonestCompressionIsRead(t *testing.T) {
	transport := serve(t, func(w http.ResponseWriter, r *http.Request) {
		if !strings.Contains(r.Header.Get("Accept-Encoding"), "gzip") {
			t.Error("compression was not offered")
		}
		w.Header().Set("Content-Encoding", "gzip")
		packed := gzip.NewWriter(w)
		_, _ = io.WriteString(packed, good)
		_ = packed.Close()
	})
	if err := transport.RoundTrip(t.Context(), ask()); err != nil {
		t.Error(err)
	}
}
