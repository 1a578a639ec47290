package app_test

import (
	"context"
	"io"
	"log/slog"
	"net"
	"net/http"
	"net/http/httptest"
	"os"
	"path/filepath"
	"runtime"
	"strings"
	"sync"
	"testing"
	"time"

	"storefront/internal/app"
	"storefront/internal/config"
	"storefront/internal/seal"
	"storefront/internal/secret"
	"storefront/internal/vtt/emulator"
)

// house is a storefront that runs inside the test, on an emulator. Unlike a demo it has a clock that the test moves, a way to
// the distributor that the test can cut, block or bend, and nothing that the test could not count afterwards. What a demo can
// be asked it can be asked, too.
type house struct {
	*demo
	clock    *clock
	emulator *emulator.Server
	way      *way
	settings config.Storefront

	cancel context.CancelFunc
	sweep  func(context.Context) error // looks at unfinished submissions now
	ended  chan error
	calm   quiet // before the first trouble
	starts int   // of the storefront: the session library leaves a goroutine behind each time
}

// openHouse runs a house until the test ends. set may change what the emulator is made of.
func openHouse(t *testing.T, all []good, set ...func(*emulator.Options)) *house {
	t.Helper()
	options := emulator.Options{CatalogFile: strings.TrimPrefix(stocked(t, all), "PORTAL_CATALOG=")}
	for _, s := range set {
		s(&options)
	}
	distributor, err := emulator.New(options)
	if err != nil {
		t.Fatal(err)
	}
	straight := httptest.NewServer(distributor) // for the test itself, whatever becomes of the way
	h := &house{
		demo: &demo{t: t, home: t.TempDir(), portal: straight.URL}, clock: &clock{}, emulator: distributor, way: openWay(t, distributor),
	}
	t.Cleanup(func() {
		h.close()
		if err := distributor.Close(); err != nil {
			t.Error(err)
		}
		h.way.close()
		straight.Close()
		h.checkLog()
	})
	for _, a := range distributor.Accounts() {
		if a.Hidden {
			h.settings.VTTLogin, h.settings.VTTPassword = a.Login, secret.New(a.Password)
			continue
		}
		h.accounts = append(h.accounts, account{a.Login, a.Password})
	}
	h.makeSettings()
	h.open()
	return h
}

func (h *house) makeSettings() {
	h.t.Helper()
	h.settings.Listen, h.settings.OperatorListen = "127.0.0.1:0", "127.0.0.1:0"
	h.settings.DataDir, h.settings.KeyFile = filepath.Join(h.home, "data"), filepath.Join(h.home, "keys.json")
	h.settings.VTTURL, h.settings.PriceCurrency, h.settings.QuietPeriod = h.way.url(), "USD", 15*time.Minute
	if _, err := seal.Create(h.settings.KeyFile); err != nil {
		h.t.Fatal(err)
	}
}

// open starts the storefront. After close it starts again, on the same address and the same data.
func (h *house) open() {
	h.t.Helper()
	h.openUntil("/readyz")
}

// openUntil is open for a storefront that is as well as it will be when an address answers.
func (h *house) openUntil(well string) {
	h.t.Helper()
	log, err := os.OpenFile(h.logFile(), os.O_CREATE|os.O_APPEND|os.O_WRONLY, 0o600)
	if err != nil {
		h.t.Fatal(err)
	}
	shop, err := app.New(h.t.Context(), app.Options{
		Settings: h.settings, Log: slog.New(slog.NewJSONHandler(log, nil)), Now: h.clock.Now, Elapsed: h.clock.Elapsed,
	})
	if err != nil {
		h.t.Fatal(err)
	}
	h.starts++
	h.sweep = shop.Sweep
	h.shop, h.operator = shop.URL(), shop.OperatorURL()
	h.settings.Listen = strings.TrimPrefix(h.shop, "http://")
	ctx, cancel := context.WithCancel(context.Background())
	h.cancel, h.ended = cancel, make(chan error, 1)
	go func() {
		err := shop.Run(ctx)
		log.Close()
		h.ended <- err
	}()
	h.eventually("ready", func() bool { return status(h.shop+well) == http.StatusOK })
}

// close stops the storefront in order. Closing twice is no mistake.
func (h *house) close() {
	h.t.Helper()
	h.cancel()
	http.DefaultTransport.(*http.Transport).CloseIdleConnections()
	select {
	case err := <-h.ended:
		if err != nil {
			h.t.Errorf("the storefront did not end well: %v\n%s", err, h.log())
		}
		h.ended <- nil
	case <-time.After(patience):
		h.t.Errorf("the storefront did not end\n%s", h.log())
	}
}

// furnished opens a house whose buyers, the first by default, have their catalogue with prices.
func furnished(t *testing.T, set ...func(*emulator.Options)) (*house, *visitor) {
	t.Helper()
	h := openHouse(t, goods(), set...)
	v := h.signedIn(t, h.buyer())
	h.catalogueArrives(v)
	h.calm = h.measure()
	return h, v
}

// login finds an account.
func (h *house) login(name string) account {
	h.t.Helper()
	for _, a := range h.accounts {
		if a.login == name {
			return a
		}
	}
	h.t.Fatalf("no account %q", name)
	return account{}
}

// clock is the machine's clock and a stopwatch beside it: both go by themselves, and the test moves them.
type clock struct {
	mu           sync.Mutex
	set, elapsed time.Duration
	start        time.Time
}

// Now is the time of day.
func (c *clock) Now() time.Time {
	c.mu.Lock()
	defer c.mu.Unlock()
	return time.Now().Round(0).Add(c.set)
}

// Elapsed is the time since the first question.
func (c *clock) Elapsed() time.Duration {
	c.mu.Lock()
	defer c.mu.Unlock()
	if c.start.IsZero() {
		c.start = time.Now()
	}
	return time.Since(c.start) + c.elapsed
}

// pass lets time go by.
func (c *clock) pass(d time.Duration) {
	c.mu.Lock()
	defer c.mu.Unlock()
	c.set, c.elapsed = c.set+d, c.elapsed+d
}

// passed is how much time the test has let go by.
func (c *clock) passed() time.Duration {
	c.mu.Lock()
	defer c.mu.Unlock()
	return c.elapsed
}

// jump sets the machine's clock: no time goes by.
func (c *clock) jump(d time.Duration) {
	c.mu.Lock()
	defer c.mu.Unlock()
	c.set += d
}

// way is the way to the distributor.
type way struct {
	t       *testing.T
	address string
	beyond  http.Handler

	mu      sync.Mutex
	instead http.Handler // answers in the distributor's place, if set
	release chan struct{}
	server  *http.Server
	door    net.Listener
	seen    map[string]int // requests, by operation, whatever came of them
}

func openWay(t *testing.T, beyond http.Handler) *way {
	w := &way{t: t, address: "127.0.0.1:0", beyond: beyond, release: make(chan struct{}), seen: map[string]int{}}
	w.mend()
	return w
}

func (w *way) url() string { return "http://" + w.address + "/Portal.svc" }

// mend makes the way lead to the distributor again, whatever was done to it. Calls that it blocked are let go.
func (w *way) mend() {
	w.t.Helper()
	w.bend(nil)
	w.mu.Lock()
	defer w.mu.Unlock()
	if w.server != nil {
		return
	}
	var listener net.Listener
	taken := !within(patience, func() (free bool) {
		var err error
		listener, err = net.Listen("tcp", w.address)
		return err == nil
	})
	if taken {
		w.t.Fatalf("%s was taken by somebody else", w.address)
	}
	w.address = listener.Addr().String()
	w.door, w.server = listener, &http.Server{Handler: w}
	go func(s *http.Server) { _ = s.Serve(listener) }(w.server)
}

// cut makes connecting fail, and ends what is connected.
func (w *way) cut() {
	w.mu.Lock()
	defer w.mu.Unlock()
	if w.server != nil {
		_ = w.server.Close() // what it answers is cut off, which is meant
		w.server = nil
	}
}

// shut makes connecting fail, and leaves what is connected, until the way is cut.
func (w *way) shut() {
	w.mu.Lock()
	defer w.mu.Unlock()
	_ = w.door.Close()
}

func (w *way) close() {
	w.bend(nil)
	w.cut()
}

// bend lets somebody else answer in the distributor's place; nil unbends.
func (w *way) bend(instead http.Handler) {
	w.mu.Lock()
	defer w.mu.Unlock()
	w.instead = instead
	close(w.release)
	w.release = make(chan struct{})
}

// block lets calls in and never answers them.
func (w *way) block() {
	w.bend(http.HandlerFunc(func(_ http.ResponseWriter, r *http.Request) {
		_, _ = io.Copy(io.Discard, r.Body) // only then it is seen when the caller hangs up
		w.mu.Lock()
		released := w.release
		w.mu.Unlock()
		select {
		case <-released:
		case <-r.Context().Done():
		}
		panic(http.ErrAbortHandler)
	}))
}

// rest closes the connections that nobody uses.
func (w *way) rest() {
	w.mu.Lock()
	defer w.mu.Unlock()
	if w.server != nil {
		w.server.SetKeepAlivesEnabled(false)
		w.server.SetKeepAlivesEnabled(true)
	}
}

func (w *way) ServeHTTP(rw http.ResponseWriter, r *http.Request) {
	action := strings.Trim(r.Header.Get("SOAPAction"), `"`)
	w.mu.Lock()
	w.seen[action[strings.LastIndexByte(action, '/')+1:]]++
	next := w.instead
	w.mu.Unlock()
	if next == nil {
		next = w.beyond
	}
	next.ServeHTTP(rw, r)
}

// quiet is what a house holds while nothing goes on.
type quiet struct{ goroutines, sockets int }

func (h *house) measure() (q quiet) {
	h.t.Helper()
	var least quiet
	calm := 0
	within(3*time.Second, func() bool { // what ends needs a moment
		q = h.count()
		if least == (quiet{}) || q.goroutines < least.goroutines || q.sockets < least.sockets {
			least, calm = q, 0
		}
		calm++
		return calm > 10
	})
	return least
}

func (h *house) count() quiet {
	http.DefaultTransport.(*http.Transport).CloseIdleConnections()
	h.way.rest()
	return quiet{runtime.NumGoroutine(), len(openFiles(h.t, "socket:"))}
}

// spare is how many goroutines may be more than before: background work that happens to run.
const spare = 2

// settled checks what has to be true after any trouble: nothing of it goes on, every database is sound, and no password was
// written down.
func (h *house) settled(t *testing.T) {
	t.Helper()
	var now quiet
	if !within(patience, func() bool {
		now = h.count()
		return now.goroutines <= h.calm.goroutines+spare+h.starts-1 && now.sockets <= h.calm.sockets+spare
	}) {
		stacks := make([]byte, 64<<10)
		t.Errorf("it holds %+v, before the trouble %+v\n%s", now, h.calm, stacks[:runtime.Stack(stacks, true)])
	}
	if lost := openFiles(t, " (deleted)"); len(lost) > 0 {
		t.Errorf("deleted files are still open: %q", lost)
	}
	for _, name := range []string{"state.db", "sessions.db", "cache.db"} {
		h.sound(t, name)
	}
	var secrets []string
	for _, a := range h.accounts {
		secrets = append(secrets, a.password)
	}
	scan(t, h.home, secrets)
}

func discard() *slog.Logger { return slog.New(slog.DiscardHandler) }

// openFiles lists the files that this process has open and whose name holds a part.
func openFiles(t *testing.T, part string) (names []string) {
	t.Helper()
	entries, err := os.ReadDir("/proc/self/fd")
	if err != nil {
		t.Fatal(err)
	}
	for _, e := range entries {
		name, err := os.Readlink("/proc/self/fd/" + e.Name()) // the folder's own is closed by now
		if err == nil && strings.Contains(name, part) {
			names = append(names, name)
		}
	}
	return names
}

// sound checks a database from outside.
func (h *house) sound(t *testing.T, name string) {
	t.Helper()
	if answer := h.query(t, name, `PRAGMA integrity_check`); answer != "ok" {
		t.Errorf("%s: %s", name, answer)
	}
}
