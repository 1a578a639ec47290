//go:build kill

package app_test

import (
	"errors"
	"net/http"
	"net/http/httptest"
	"os"
	"os/exec"
	"path/filepath"
	"strconv"
	"strings"
	"syscall"
	"testing"
	"time"

	"storefront/internal/vtt/emulator"
	"storefront/store/state"
)

// startShop runs `storefront serve` on an emulator of the test's own until the test ends. shell, if given, is what a shell does
// before: it knows the data's folder as $DATA_DIR and ends with running "$@".
func startShop(t *testing.T, shell string) *demo {
	t.Helper()
	portal, err := emulator.New(emulator.Options{CatalogFile: strings.TrimPrefix(stocked(t, goods()), "PORTAL_CATALOG=")})
	if err != nil {
		t.Fatal(err)
	}
	web := httptest.NewServer(portal)
	d := &demo{t: t, home: t.TempDir(), portal: web.URL, exit: make(chan error, 1)}
	t.Cleanup(func() {
		d.stop()
		d.checkLog()
		if err := portal.Close(); err != nil {
			t.Error(err)
		}
		web.Close()
	})
	for _, a := range portal.Accounts() {
		if !a.Hidden {
			d.accounts = append(d.accounts, account{a.Login, a.Password})
		}
	}
	keys, listen := filepath.Join(d.home, "keys.json"), freePort(t)
	if out, err := exec.Command(binary, "keys", "create", keys).CombinedOutput(); err != nil {
		t.Fatalf("keys create: %v: %s", err, out)
	}
	log, err := os.Create(d.logFile())
	if err != nil {
		t.Fatal(err)
	}
	defer log.Close()
	d.cmd = exec.Command(binary, "serve")
	if shell != "" {
		d.cmd = exec.Command("unshare", "--mount", "sh", "-ec", shell, "sh", binary, "serve")
	}
	d.cmd.Env = []string{"PATH=" + os.Getenv("PATH"), "LISTEN=" + listen, "OPERATOR_LISTEN=127.0.0.1:0", "DATA_DIR=" + d.dataDir(),
		"KEY_FILE=" + keys, "VTT_URL=" + web.URL + "/Portal.svc", "LOG_FORMAT=json"}
	d.cmd.Stdout, d.cmd.Stderr = log, log
	if err := errors.Join(os.MkdirAll(d.dataDir(), 0o700), d.cmd.Start()); err != nil {
		t.Fatal(err)
	}
	go func() { d.exit <- d.cmd.Wait() }()
	d.shop = "http://" + listen
	d.eventually("ready", func() bool { return status(d.shop+"/readyz") == http.StatusOK })
	return d
}

func (d *demo) dataDir() string { return filepath.Join(d.home, "data") }

// Row 27: told to stop while an order is being sent, the storefront waits for the answer and writes it down.
func TestKillToldToStopDuringTheCall(t *testing.T) {
	d := startShop(t, "")
	v := d.signedIn(t, d.buyer())
	d.catalogueArrives(v)
	v.addToCart(plain, 1)
	d.misbehave(fault{Operation: "CreateOrder", Effect: "delay", Delay: "2s"})
	v.press(v.read("/checkout"), "/checkout", nil)
	d.eventually("the order under way", func() bool { return ask[map[string]int](d, "received")["CreateOrder"] == 1 })
	if made := d.executions("CreateOrder"); made != 0 {
		t.Fatalf("%d executions before it is told to stop", made)
	}
	d.stop()
	if made := d.executions("CreateOrder"); made != 1 {
		t.Errorf("it ended before the answer: %d executions", made)
	}
	h := &house{demo: d}
	h.settings.DataDir = d.dataDir()
	if got := h.query(t, state.File, `SELECT state || ' by ' || evidence FROM submissions`); got != "CONFIRMED by answer" {
		t.Errorf("it left the order %s", got)
	}
}

// smallDisk mounts a small file system that nobody else sees where the data are.
const smallDisk = `mount -t tmpfs -o size=8m tmpfs "$DATA_DIR"; exec "$@"`

// full fills the small disk of a running shop to the last byte, and returns what frees it.
func (d *demo) full() (free func()) {
	d.t.Helper()
	ballast := filepath.Join("/proc", strconv.Itoa(d.cmd.Process.Pid), "root", d.dataDir(), "ballast")
	f, err := os.Create(ballast)
	if err != nil {
		d.t.Fatal(err)
	}
	defer f.Close()
	for err == nil {
		_, err = f.Write(make([]byte, 4096))
	}
	if !errors.Is(err, syscall.ENOSPC) {
		d.t.Fatalf("the disk does not fill: %v", err)
	}
	return func() {
		if err := os.Remove(ballast); err != nil {
			d.t.Error(err)
		}
	}
}

// Row 30: on a full disk pages stand and nothing is sent; with room again everything goes on in the same process.
func TestKillDiskIsFullBeforeSending(t *testing.T) {
	d := startShop(t, smallDisk)
	v := d.signedIn(t, d.buyer())
	d.catalogueArrives(v)
	v.addToCart(plain, 1)
	review := v.read("/checkout")
	free := d.full()
	refused := v.press(review, "/checkout", nil)
	t.Logf("%d at %s: %s", refused.status, refused.url, refused.complaint())
	if refused.status < http.StatusInternalServerError || d.executions("CreateOrder") != 0 {
		t.Errorf("%d, %d executions: %s", refused.status, d.executions("CreateOrder"), refused.complaint())
	}
	for _, path := range []string{"/", "/catalog", "/items/" + plain, "/cart", "/orders", "/checkout"} {
		if p := v.get(path); p.status != http.StatusOK {
			t.Errorf("%s: %d: %s", path, p.status, p.complaint())
		}
	}
	if v.read("/cart").item("cart-line", plain).Length() != 1 {
		t.Error("the cart is not what it was")
	}
	free()
	sent := v.press(v.read("/checkout"), "/checkout", nil)
	d.reaches(v, sent.url.Path, "CONFIRMED")
	if made := d.executions("CreateOrder"); made != 1 {
		t.Errorf("%d executions", made)
	}
}

func TestKillDiskIsFullBeforeTheAnswer(t *testing.T) {
	d := startShop(t, smallDisk)
	v := d.signedIn(t, d.buyer())
	d.catalogueArrives(v)
	v.addToCart(plain, 1)
	d.misbehave(fault{Operation: "CreateOrder", Effect: "delay", Delay: "2s"})
	sent := v.press(v.read("/checkout"), "/checkout", nil)
	d.eventually("the order under way", func() bool { return ask[map[string]int](d, "received")["CreateOrder"] == 1 })
	began := time.Now()
	free := d.full()
	d.eventually("a number that can't be written down", func() bool { return d.logged("order_confirmed_not_persisted") })
	shown := v.read(sent.url.Path)
	number := ask[[]struct{ ID string }](d, "orders")
	if want := number[len(number)-1].ID; d.executions("CreateOrder") != 1 || !strings.Contains(shown.Text(), want) {
		t.Errorf("%d executions, and order %s is not on the page: %s", d.executions("CreateOrder"), want, shown.complaint())
	}
	if p := v.get("/catalog"); p.status != http.StatusOK {
		t.Errorf("the catalogue: %d", p.status)
	}
	free()
	d.reaches(v, sent.url.Path, "CONFIRMED")
	t.Logf("confirmed %s after the disk was full", time.Since(began).Round(time.Second))
	if made := d.executions("CreateOrder"); made != 1 {
		t.Errorf("%d executions", made)
	}
}
