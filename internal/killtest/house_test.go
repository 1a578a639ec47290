//go:build kill

package killtest

import (
	"bufio"
	"bytes"
	"context"
	"database/sql"
	"fmt"
	"io"
	"log/slog"
	"net/http"
	"net/http/httptest"
	"os"
	"os/exec"
	"path/filepath"
	"slices"
	"strings"
	"sync"
	"syscall"
	"testing"
	"time"

	"github.com/shopspring/decimal"
	_ "modernc.org/sqlite"

	"storefront/internal/buyer"
	"storefront/internal/catalog"
	"storefront/internal/order"
	"storefront/internal/seal"
	"storefront/internal/secret"
	"storefront/internal/vtt"
	"storefront/internal/vtt/emulator"
	"storefront/store/state"
)

// patience bounds every wait for something that should happen soon.
const patience = 30 * time.Second

// world is a distributor, and the folder of a shop whose buyer has filled his cart.
type world struct {
	emulator    *emulator.Server
	url         string
	home        string
	credentials buyer.Credentials
	close       func()
}

// around stands before the emulator; nil is nothing.
type around func(onward http.Handler) http.Handler

func newWorld(t *testing.T, before around) *world {
	t.Helper()
	portal, err := emulator.New(emulator.Options{Items: 40})
	if err != nil {
		t.Fatal(err)
	}
	var handler http.Handler = portal
	if before != nil {
		handler = before(portal)
	}
	server := httptest.NewServer(handler)
	w := &world{emulator: portal, url: server.URL + "/Portal.svc", home: t.TempDir(), credentials: dealer(portal)}
	w.close = sync.OnceFunc(func() {
		if err := portal.Close(); err != nil { // first, so that calls that wait are let go
			t.Error(err)
		}
		server.Close()
	})
	t.Cleanup(w.close)
	copyFolder(t, furnished(t), w.home)
	return w
}

func dealer(portal *emulator.Server) buyer.Credentials {
	for _, a := range portal.Accounts() {
		if !a.Hidden {
			return buyer.Credentials{Login: a.Login, Password: secret.New(a.Password)}
		}
	}
	return buyer.Credentials{}
}

// nearlyFull is a log, in bytes, of which a submission makes one that is folded into the database: that happens at 1,000 pages.
const nearlyFull = 985 * (4096 + 24)

var furniture struct {
	sync.Once
	home string
	cart order.Cart
}

// furnished returns a folder as a process left it that died with a filled cart and a long log. It is made once.
func furnished(t *testing.T) string {
	t.Helper()
	furniture.Do(func() { furniture.home = furnish(t) })
	if furniture.home == "" {
		t.Fatal("there is no furnished folder")
	}
	return furniture.home
}

func furnish(t *testing.T) string {
	t.Helper()
	portal, err := emulator.New(emulator.Options{Items: 40})
	if err != nil {
		t.Fatal(err)
	}
	server := httptest.NewServer(portal)
	defer server.Close()
	defer portal.Close()
	made, kept := t.TempDir(), filepath.Join(os.TempDir(), fmt.Sprintf("killtest-%d", os.Getpid()))
	if _, err := seal.Create(filepath.Join(made, "keys.json")); err != nil {
		t.Fatal(err)
	}
	store, err := state.Open(t.Context(), made, time.Now)
	if err != nil {
		t.Fatal(err)
	}
	defer store.Close()
	c := dealer(portal)
	if err := store.SaveAccount(t.Context(), buyer.Account{ID: c.Buyer(), SignedInAt: time.Now()}); err != nil {
		t.Fatal(err)
	}
	fill(t, store, c, server.URL+"/Portal.svc", filepath.Join(made, state.File+"-wal"))
	if furniture.cart, err = store.Cart(t.Context(), c.Buyer()); err != nil {
		t.Fatal(err)
	}
	if err := os.MkdirAll(kept, 0o700); err != nil {
		t.Fatal(err)
	}
	copyFolder(t, made, kept)
	return kept
}

// fill puts two things that can be ordered into the cart, and thinks about how many of them until the log is nearly full.
func fill(t *testing.T, store *state.Store, c buyer.Credentials, url, log string) {
	t.Helper()
	distributor, err := vtt.New(vtt.Options{URL: url, Now: time.Now})
	if err != nil {
		t.Fatal(err)
	}
	defer distributor.Close()
	offers, err := distributor.AllOffers(t.Context(), c)
	if err != nil {
		t.Fatal(err)
	}
	var items []catalog.ItemID
	for _, o := range offers {
		if o.Orderable() && o.Available.GreaterThan(decimal.NewFromInt(5)) {
			items = append(items, o.ItemID)
		}
	}
	for n := int64(0); ; n++ {
		for _, item := range items[:2] {
			if _, err := store.SetLine(t.Context(), c.Buyer(), item, decimal.NewFromInt(2+n%3)); err != nil {
				t.Fatal(err)
			}
		}
		if info, err := os.Stat(log); err != nil || info.Size() > nearlyFull {
			return
		}
	}
}

// copyFolder copies files as they are, but for the index that SQLite makes anew.
func copyFolder(t *testing.T, from, to string) {
	t.Helper()
	for _, name := range []string{state.File, state.File + "-wal", "keys.json"} {
		content, err := os.ReadFile(filepath.Join(from, name))
		if err == nil {
			err = os.WriteFile(filepath.Join(to, name), content, 0o600)
		}
		if err != nil {
			t.Fatal(err)
		}
	}
}

// executed is how many orders were made.
func (w *world) executed() int { return w.emulator.Executions()["CreateOrder"] }

// newest is the number of the order that was made last.
func (w *world) newest() string {
	orders := w.emulator.Orders()
	return orders[len(orders)-1].ID
}

// process is a running child.
type process struct {
	t     *testing.T
	cmd   *exec.Cmd
	input io.WriteCloser
	lines chan string
	seen  []string
	log   bytes.Buffer // whole once the child has ended
	ended chan error
}

// start runs a child that is ready.
func (w *world) start(t *testing.T, settings ...string) *process {
	t.Helper()
	p := &process{t: t, cmd: exec.Command(os.Args[0]), lines: make(chan string, 1024), ended: make(chan error, 1)}
	p.cmd.Env = append(os.Environ(), append([]string{
		homeEnv + "=" + w.home, urlEnv + "=" + w.url, loginEnv + "=" + w.credentials.Login,
		passwordEnv + "=" + w.credentials.Password.Reveal(), speedEnv + "=1", epochEnv + "=0",
	}, settings...)...)
	p.cmd.Stderr = &p.log
	var err error
	if p.input, err = p.cmd.StdinPipe(); err != nil {
		t.Fatal(err)
	}
	stdout, err := p.cmd.StdoutPipe()
	if err != nil {
		t.Fatal(err)
	}
	if err := p.cmd.Start(); err != nil {
		t.Fatal(err)
	}
	t.Cleanup(func() { _ = p.cmd.Process.Kill() }) // it may have ended
	go func() {
		for in := bufio.NewScanner(stdout); in.Scan(); {
			p.lines <- in.Text()
		}
		close(p.lines)
		p.ended <- p.cmd.Wait()
	}()
	p.until("ready")
	return p
}

func (p *process) tell(line string) {
	_, _ = io.WriteString(p.input, line+"\n") // it may be dead already
}

// until reads what the child says up to a line that begins so; false if it ends before.
func (p *process) until(prefix string) bool {
	p.t.Helper()
	return p.untilLine(func(line string) bool { return strings.HasPrefix(line, prefix) })
}

func (p *process) untilLine(wanted func(string) bool) bool {
	p.t.Helper()
	late := time.After(patience * 4)
	for {
		select {
		case line, open := <-p.lines:
			if !open {
				return false
			}
			if len(p.seen) == 0 || p.seen[len(p.seen)-1] != line {
				p.seen = append(p.seen, line)
			}
			if wanted(line) {
				return true
			}
		case <-late:
			p.t.Fatalf("the child never said what it should, but\n%s", strings.Join(p.seen, "\n"))
		}
	}
}

// end waits for the child's end and tells whether it was killed.
func (p *process) end() (killed bool) {
	p.t.Helper()
	_ = p.input.Close()
	for p.until("\x00") {
	}
	err := <-p.ended
	p.ended <- err
	status, _ := p.cmd.ProcessState.Sys().(syscall.WaitStatus)
	killed = status.Signaled() && status.Signal() == syscall.SIGKILL
	if err != nil && !killed {
		p.t.Errorf("the child ended with %v:\n%s", err, p)
	}
	return killed
}

func (p *process) said(prefix string) bool {
	return slices.ContainsFunc(p.seen, func(line string) bool { return strings.HasPrefix(line, prefix) })
}

func (p *process) String() string { return strings.Join(p.seen, "\n") + "\n" + p.log.String() }

// stand is how the shop of a world stands.
type stand struct {
	state order.State // empty where there is no submission
	order order.ID
	cart  order.Cart
}

// look looks at the files from outside and at the shop that opens on them.
func (w *world) look(t *testing.T, s *shop) stand {
	t.Helper()
	db, err := sql.Open("sqlite", "file:"+filepath.Join(w.home, state.File)+"?mode=ro&_pragma=busy_timeout(10000)")
	if err != nil {
		t.Fatal(err)
	}
	defer db.Close()
	var sound string
	if err := db.QueryRow(`PRAGMA integrity_check`).Scan(&sound); err != nil || sound != "ok" {
		t.Errorf("integrity: %s, %v", sound, err)
	}
	var at stand
	if err := db.QueryRow(`SELECT state, order_id FROM submissions`).Scan(&at.state, &at.order); err != nil && err != sql.ErrNoRows {
		t.Fatal(err)
	}
	if at.cart, err = s.state.Cart(t.Context(), w.credentials.Buyer()); err != nil {
		t.Fatal(err)
	}
	return at
}

// recover opens the shop as a new process would, and looks after it until nothing is open any more: a quarter of an hour and
// more goes by in no time. It returns how the shop stood at first and stands at last.
func (w *world) recover(t *testing.T) (before, after stand) {
	t.Helper()
	now := time.Now()
	s, err := openShop(w.home, w.url, w.credentials, func() time.Time { return now }, slog.New(slog.DiscardHandler))
	if err != nil {
		t.Fatalf("the shop does not open: %v", err)
	}
	defer func() {
		if err := s.close(); err != nil {
			t.Error(err)
		}
	}()
	before = w.look(t, s)
	for range 90 {
		if after = w.look(t, s); !after.state.Open() && after.state != "" {
			break
		}
		now = now.Add(20 * time.Second)
		if err := s.desk.Recover(context.Background()); err != nil {
			t.Errorf("recovering: %v", err)
		}
	}
	return before, after
}

// within tells whether something comes to hold before patience ends.
func within(holds func() bool) bool {
	late, tick := time.After(patience), time.NewTicker(2*time.Millisecond)
	defer tick.Stop()
	for {
		if holds() {
			return true
		}
		select {
		case <-tick.C:
		case <-late:
			return false
		}
	}
}
