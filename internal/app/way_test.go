package app_test

import (
	"bufio"
	"bytes"
	"io"
	"log"
	"net"
	"net/http"
	"net/http/httptest"
	"net/http/httputil"
	"net/url"
	"os"
	"os/exec"
	"path/filepath"
	"strings"
	"sync"
	"sync/atomic"
	"testing"
)

// shop is a running `storefront serve`, known by where it listens and what it logs.
type shop struct {
	base string
	log  *lockedBuffer
}

// lockedBuffer is written by a process while a test reads it.
type lockedBuffer struct {
	mu   sync.Mutex
	text bytes.Buffer
}

func (b *lockedBuffer) Write(p []byte) (int, error) {
	b.mu.Lock()
	defer b.mu.Unlock()
	return b.text.Write(p)
}

func (b *lockedBuffer) String() string {
	b.mu.Lock()
	defer b.mu.Unlock()
	return b.text.String()
}

// serve runs the storefront on a service until the test ends.
func serve(t *testing.T, settings ...string) *shop {
	t.Helper()
	home := t.TempDir()
	keys := filepath.Join(home, "keys.json")
	if out, err := exec.Command(binary, "keys", "create", keys).CombinedOutput(); err != nil {
		t.Fatalf("keys create: %v: %s", err, out)
	}
	s := &shop{log: &lockedBuffer{}}
	listen := freePort(t)
	s.base = "http://" + listen
	cmd := exec.Command(binary, "serve")
	cmd.Env = append([]string{
		"LISTEN=" + listen, "OPERATOR_LISTEN=127.0.0.1:0", "DATA_DIR=" + filepath.Join(home, "data"), "KEY_FILE=" + keys,
	}, settings...)
	cmd.Stdout, cmd.Stderr = s.log, s.log
	if err := cmd.Start(); err != nil {
		t.Fatal(err)
	}
	t.Cleanup(func() {
		_ = cmd.Process.Signal(os.Interrupt)
		if err := cmd.Wait(); err != nil {
			t.Errorf("serve: %v\n%s", err, s.log)
		}
	})
	if !within(patience, func() bool { return status(s.base+"/readyz") == http.StatusOK }) {
		t.Fatalf("serve is not ready\n%s", s.log)
	}
	return s
}

// A service that does not prove who it is gets no password; the buyer reads what is the matter in calm words, the operator in
// exact ones.
func TestAServiceThatDoesNotProveItself(t *testing.T) {
	var asked atomic.Int32
	impostor := httptest.NewUnstartedServer(http.HandlerFunc(func(http.ResponseWriter, *http.Request) { asked.Add(1) }))
	impostor.Config.ErrorLog = log.New(io.Discard, "", 0)
	impostor.StartTLS()
	defer impostor.Close()
	s := serve(t, "VTT_URL="+impostor.URL+"/Portal.svc")
	v := (&demo{t: t, shop: s.base}).visitor(t)
	p := v.signIn(account{"dealer", "tarragon"})
	if p.code() != "UNREACHABLE" || p.status != http.StatusServiceUnavailable {
		t.Errorf("code %s, status %d", p.code(), p.status)
	}
	said := strings.Join(strings.Fields(p.named("error").Text()), " ")
	for _, words := range []string{"сертификат", "Ничего не отправлено, пароль тоже", "Корзина и заказы сохранены"} {
		if !strings.Contains(said, words) {
			t.Errorf("%q does not say %q", said, words)
		}
	}
	if strings.Contains(p.body, "x509") || strings.Contains(p.body, "127.0.0.1") {
		t.Error("the page shows the insides of the error")
	}
	for _, words := range []string{`"msg":"backend_tls_failed"`, `"cause":"tls"`, "x509"} {
		if !within(patience, func() bool { return strings.Contains(s.log.String(), words) }) { // it comes through a pipe
			t.Errorf("the log does not say %s:\n%s", words, s.log)
		}
	}
	logged := s.log.String()
	if asked.Load() != 0 || strings.Contains(logged, "tarragon") {
		t.Errorf("%d requests reached whoever it is, and the log is\n%s", asked.Load(), logged)
	}
}

// What a service sends without having been asked is not repeated in the log: it may be anything, a password too.
func TestUnaskedAnswersAreNotRepeated(t *testing.T) {
	listener, err := net.Listen("tcp", "127.0.0.1:0")
	if err != nil {
		t.Fatal(err)
	}
	defer listener.Close()
	go func() {
		for {
			conn, err := listener.Accept()
			if err != nil {
				return
			}
			go func() {
				defer conn.Close()
				if r, err := http.ReadRequest(bufio.NewReader(conn)); err == nil {
					body, _ := io.ReadAll(r.Body)
					_, _ = io.WriteString(conn, "HTTP/1.1 503 Service Unavailable\r\nContent-Length: 0\r\n\r\n"+string(body))
					_, _ = conn.Read(make([]byte, 1)) // until the other side hangs up
				}
			}()
		}
	}()
	s := serve(t, "VTT_URL=http://"+listener.Addr().String()+"/Portal.svc")
	v := (&demo{t: t, shop: s.base}).visitor(t)
	v.signIn(account{"dealer", "tarragon"})
	if !within(patience, func() bool { return strings.Contains(s.log.String(), "Unsolicited response") }) {
		t.Errorf("nothing was sent unasked:\n%s", s.log)
	}
	if logged := s.log.String(); strings.Contains(logged, "tarragon") || strings.Contains(logged, "Envelope") {
		t.Errorf("the log repeats what was sent:\n%s", logged)
	}
}

// Calls to the distributor pass the proxy that was set for them, and its password is nowhere; a proxy of the environment is not asked.
func TestProxyOfOnesOwn(t *testing.T) {
	d := startDemo(t, stocked(t, goods()))
	portal, err := url.Parse(d.portal)
	if err != nil {
		t.Fatal(err)
	}
	var passed, strayed atomic.Int32
	onward := httputil.NewSingleHostReverseProxy(&url.URL{Scheme: "http", Host: portal.Host})
	proxy := httptest.NewServer(http.HandlerFunc(func(w http.ResponseWriter, r *http.Request) {
		if r.Header.Get("Proxy-Authorization") != "Basic c2hvcDp0YXJyYWdvbg==" || r.URL.Host != "portal.invalid:8048" {
			t.Errorf("asked for %s by %q", r.URL, r.Header.Get("Proxy-Authorization"))
		}
		passed.Add(1)
		r.URL.Host = ""
		onward.ServeHTTP(w, r)
	}))
	defer proxy.Close()
	environment := httptest.NewServer(http.HandlerFunc(func(http.ResponseWriter, *http.Request) { strayed.Add(1) }))
	defer environment.Close()
	s := serve(t, "VTT_URL=http://portal.invalid:8048/Portal.svc", "ALLOW_PLAINTEXT_UPSTREAM=yes",
		"VTT_PROXY="+strings.Replace(proxy.URL, "://", "://shop:tarragon@", 1), "HTTP_PROXY="+environment.URL, "http_proxy="+environment.URL)
	v := (&demo{t: t, shop: s.base}).visitor(t)
	if p := v.signIn(d.buyer()); p.status != http.StatusOK || p.url.Path != "/" {
		t.Errorf("%d at %s: %s\n%s", p.status, p.url, p.complaint(), s.log)
	}
	if passed.Load() == 0 || strayed.Load() != 0 {
		t.Errorf("%d calls passed our proxy, %d that of the environment", passed.Load(), strayed.Load())
	}
	if logged := s.log.String(); strings.Contains(logged, "tarragon") || !strings.Contains(logged, "vtt_proxy=http://[redacted]@127.0.0.1") {
		t.Errorf("the log tells the proxy's password, or nothing of the proxy:\n%s", logged)
	}
}
