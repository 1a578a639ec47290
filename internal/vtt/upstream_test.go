package vtt_test

import (
	"context"
	"io"
	"net/http"
	"net/http/httptest"
	"strings"
	"sync"
	"sync/atomic"
	"testing"
	"time"

	"go.uber.org/goleak"

	"storefront/internal/buyer"
	"storefront/internal/errkind"
	"storefront/internal/secret"
	"storefront/internal/vtt"
	"storefront/internal/vtt/portal"
)

func TestMain(m *testing.M) { goleak.VerifyTestMain(m) }

var cred = buyer.Credentials{Login: "dealer", Password: secret.New("canary-Пароль")}

// readAt is the time on the clock of every distributor under test.
var readAt = time.Date(2026, 11, 23, 12, 0, 0, 0, time.UTC)

// upstream is a service made by hand, of nothing that the client is made of: it answers an operation with what the test says
// and counts how often each was asked.
type upstream struct {
	*httptest.Server
	mu    sync.Mutex
	asked map[string]int
}

// request is what a test's service is asked: the operation of the SOAPAction and the text of each parameter.
type request struct {
	operation string
	body      string
}

// param returns the text of the first element of that name.
func (r request) param(name string) string {
	_, rest, _ := strings.Cut(r.body, "<"+name+">")
	text, _, _ := strings.Cut(rest, "</"+name+">")
	return text
}

func newUpstream(t testing.TB, answer func(http.ResponseWriter, request)) *upstream {
	u := &upstream{asked: map[string]int{}}
	u.Server = httptest.NewServer(http.HandlerFunc(func(w http.ResponseWriter, r *http.Request) {
		body, _ := io.ReadAll(r.Body)
		action := strings.Trim(r.Header.Get("SOAPAction"), `"`)
		operation := action[strings.LastIndex(action, "/")+1:]
		u.mu.Lock()
		u.asked[operation]++
		u.mu.Unlock()
		answer(w, request{operation, string(body)})
	}))
	t.Cleanup(u.Close)
	return u
}

// times tells how often an operation was asked; without a name, all of them.
func (u *upstream) times(operations ...string) (n int) {
	u.mu.Lock()
	defer u.mu.Unlock()
	for operation, times := range u.asked {
		if len(operations) == 0 || operation == operations[0] {
			n += times
		}
	}
	return n
}

// distributor makes a client of the service that goes by the documentation's table and does not wait between attempts.
func (u *upstream) distributor(t testing.TB, change ...func(*vtt.Options)) *vtt.Distributor {
	t.Helper()
	table := portal.DefaultContract()
	o := vtt.Options{
		URL:      u.URL + "/Portal.svc",
		Contract: &table,
		Now:      func() time.Time { return readAt },
		Pause:    func(ctx context.Context, _ time.Duration) error { return ctx.Err() },
	}
	for _, c := range change {
		c(&o)
	}
	d, err := vtt.New(o)
	if err != nil {
		t.Fatal(err)
	}
	t.Cleanup(d.Close)
	return d
}

// success answers with a result in the service's own style.
func success(w http.ResponseWriter, operation, result string) {
	w.Header().Set("Content-Type", "text/xml; charset=utf-8")
	_, _ = io.WriteString(w, `<s:Envelope xmlns:s="http://schemas.xmlsoap.org/soap/envelope/"><s:Body><`+operation+`Response xmlns="http://portal.vtt.ru"><`+
		operation+`Result xmlns:a="http://portal.vtt.ru/data" xmlns:i="http://www.w3.org/2001/XMLSchema-instance">`+result+`</`+operation+`Result></`+
		operation+`Response></s:Body></s:Envelope>`)
}

// fault answers with a fault.
func fault(w http.ResponseWriter, code, text string) {
	w.Header().Set("Content-Type", "text/xml; charset=utf-8")
	w.WriteHeader(http.StatusInternalServerError)
	_, _ = io.WriteString(w, `<s:Envelope xmlns:s="http://schemas.xmlsoap.org/soap/envelope/"><s:Body><s:Fault><faultcode>s:`+code+
		`</faultcode><faultstring xml:lang="ru-RU">`+text+`</faultstring></s:Fault></s:Body></s:Envelope>`)
}

// hangUp closes the connection after these bytes.
func hangUp(w http.ResponseWriter, bytes string) {
	conn, buffered, err := w.(http.Hijacker).Hijack()
	if err != nil {
		return
	}
	defer conn.Close()
	_, _ = buffered.WriteString(bytes)
	_ = buffered.Flush()
}

func wantKind(t testing.TB, err error, want errkind.Kind) {
	t.Helper()
	if got := errkind.Of(err); got != want {
		t.Errorf("kind %q of %v, want %q", got, err, want)
	}
}

// minutesApart is a clock on which a minute passes between any two looks: a service that is left alone for seconds is asked
// again every time.
func minutesApart(o *vtt.Options) {
	var looks atomic.Int64
	o.Now = func() time.Time { return readAt.Add(time.Duration(looks.Add(1)) * time.Minute) }
}
