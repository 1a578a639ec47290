package app_test

import (
	"bufio"
	"bytes"
	"context"
	"encoding/json"
	"errors"
	"fmt"
	"io"
	"log"
	"net"
	"net/http"
	"os"
	"os/exec"
	"path/filepath"
	"strings"
	"syscall"
	"testing"
	"time"
)

// The tests of this package are outside checks: they start the program as a person does, and know it by its addresses and
// by the names that pages carry for tests.

// patience bounds every wait for something that should happen soon.
const patience = 30 * time.Second

// binary is the program under test, built once.
var binary string

func TestMain(m *testing.M) {
	dir, err := os.MkdirTemp("", "storefront-test-")
	if err != nil {
		log.Fatal(err)
	}
	binary = filepath.Join(dir, "storefront")
	args := []string{"build", "-o", binary}
	if underRace {
		args = append(args, "-race")
	}
	if out, err := exec.Command("go", append(args, "../..")...).CombinedOutput(); err != nil {
		log.Fatalf("the program does not build: %v\n%s", err, out)
	}
	code := m.Run()
	_ = os.RemoveAll(dir)
	os.Exit(code)
}

// demo is a running `storefront demo`.
type demo struct {
	t *testing.T

	shop     string // base addresses
	portal   string // of the emulator, without the service's path
	operator string // of the operator's page
	accounts []account

	home string // everything it may write: data, keys, temporary files, log
	cmd  *exec.Cmd
	exit chan error
}

type account struct{ login, password string }

// startDemo runs the demo on free ports, with settings such as "PORTAL_ITEMS=600", until the test ends.
func startDemo(t *testing.T, settings ...string) *demo {
	t.Helper()
	d := &demo{t: t, home: t.TempDir()}
	d.start(settings...)
	t.Cleanup(func() {
		d.stop()
		d.checkLog()
	})
	return d
}

// start may be called again after stop: the data are kept.
func (d *demo) start(settings ...string) {
	d.t.Helper()
	temp := filepath.Join(d.home, "tmp")
	if err := os.MkdirAll(temp, 0o700); err != nil {
		d.t.Fatal(err)
	}
	log, err := os.OpenFile(d.logFile(), os.O_CREATE|os.O_APPEND|os.O_WRONLY, 0o600)
	if err != nil {
		d.t.Fatal(err)
	}
	defer log.Close()
	d.cmd = exec.Command(binary, "demo")
	d.cmd.Env = append([]string{
		"LISTEN=127.0.0.1:0", "PORTAL_LISTEN=127.0.0.1:0", "OPERATOR_LISTEN=127.0.0.1:0", "PORTAL_ITEMS=600", "PORTAL_MARKET=still",
		"DATA_DIR=" + filepath.Join(d.home, "data"), "TMPDIR=" + temp, "LOG_FORMAT=json", "HOME=" + temp,
	}, settings...)
	d.cmd.Stderr = log
	stdout, err := d.cmd.StdoutPipe()
	if err != nil {
		d.t.Fatal(err)
	}
	if err := d.cmd.Start(); err != nil {
		d.t.Fatal(err)
	}
	d.exit = make(chan error, 1)
	lines := make(chan string)
	go func() {
		defer close(lines)
		for in := bufio.NewScanner(stdout); in.Scan(); {
			lines <- in.Text()
		}
		d.exit <- d.cmd.Wait()
	}()
	d.listen(lines)
}

// listen reads what the demo says of itself: where it is, and who may sign in.
func (d *demo) listen(lines <-chan string) {
	d.t.Helper()
	d.accounts = nil
	late := time.After(patience)
	for want := 1; len(d.accounts) < want; {
		select {
		case line, open := <-lines:
			if !open {
				d.t.Fatalf("the demo ended before it began:\n%s", d.log())
			}
			d.read(line)
			if strings.HasPrefix(line, "account ") {
				want = d.visibleAccounts()
			}
		case <-late:
			d.t.Fatalf("the demo does not say where it is:\n%s", d.log())
		}
	}
	go func() { // the demo never waits for a reader
		for range lines {
		}
	}()
	d.eventually("ready", func() bool { return status(d.shop+"/readyz") == http.StatusOK })
}

func (d *demo) read(line string) {
	word, rest, _ := strings.Cut(line, " ")
	switch word {
	case "storefront":
		d.shop = rest
	case "portal":
		d.portal = strings.TrimSuffix(rest, "/Portal.svc")
	case "operator":
		d.operator = rest
	case "account":
		fields := strings.Fields(rest)
		d.accounts = append(d.accounts, account{fields[0], fields[1]})
	}
}

// visibleAccounts asks the emulator how many accounts the demo is going to name.
func (d *demo) visibleAccounts() int {
	n := 0
	for _, a := range ask[[]struct{ Hidden bool }](d, "accounts") {
		if !a.Hidden {
			n++
		}
	}
	return n
}

func (d *demo) buyer() account    { return d.accounts[0] }
func (d *demo) stranger() account { return d.accounts[1] } // of another dealer
func (d *demo) manager() account  { return d.accounts[len(d.accounts)-1] }

// stop ends the demo in order and checks that it did so by itself.
func (d *demo) stop() {
	d.t.Helper()
	_ = d.cmd.Process.Signal(syscall.SIGTERM) // it may have ended
	select {
	case err := <-d.exit:
		if err != nil {
			d.t.Errorf("the demo did not end well: %v\n%s", err, d.log())
		}
		d.exit <- nil // stopping twice is no mistake
	case <-time.After(patience):
		_ = d.cmd.Process.Kill()
		d.t.Errorf("the demo did not end after SIGTERM\n%s", d.log())
	}
}

func (d *demo) logFile() string { return filepath.Join(d.home, "log.txt") }

// log returns the end of the log, for the message of a failing test.
func (d *demo) log() string {
	content, _ := os.ReadFile(d.logFile())
	return string(content[max(0, len(content)-8<<10):])
}

// logged tells whether the log holds some words.
func (d *demo) logged(words string) bool {
	content, err := os.ReadFile(d.logFile())
	return err == nil && bytes.Contains(content, []byte(words))
}

// checkLog finds what no run may leave in the log.
func (d *demo) checkLog() {
	d.t.Helper()
	content, err := os.ReadFile(d.logFile())
	if err != nil {
		d.t.Fatal(err)
	}
	for _, alarm := range []string{"DATA RACE", "panic:", "goroutine "} {
		if i := bytes.Index(content, []byte(alarm)); i >= 0 {
			d.t.Errorf("the log holds %q:\n%s", alarm, content[i:min(len(content), i+4<<10)])
		}
	}
}

// eventually waits until met tells that something has happened.
func (d *demo) eventually(what string, met func() bool) {
	d.t.Helper()
	if !within(patience, met) {
		d.t.Fatalf("not in %s: %s\n%s", patience, what, d.log())
	}
}

func within(limit time.Duration, met func() bool) bool {
	ctx, cancel := context.WithTimeout(context.Background(), limit)
	defer cancel()
	tick := time.NewTicker(20 * time.Millisecond)
	defer tick.Stop()
	for !met() {
		select {
		case <-tick.C:
		case <-ctx.Done():
			return met()
		}
	}
	return true
}

func status(url string) int {
	answer, err := http.Get(url)
	if err != nil {
		return 0
	}
	answer.Body.Close()
	return answer.StatusCode
}

// fault makes the emulator misbehave: see its page /_emulator/.
type fault struct {
	Operation string `json:"operation"`
	Login     string `json:"login,omitempty"`
	Nth       int    `json:"nth,omitempty"`
	Count     int    `json:"count,omitempty"`
	Effect    string `json:"effect"`
	Delay     string `json:"delay,omitempty"`
	Code      string `json:"code,omitempty"`
}

// misbehave adds a fault to the emulator's rules.
func (d *demo) misbehave(f fault) {
	d.t.Helper()
	body, err := json.Marshal(f)
	if err != nil {
		d.t.Fatal(err)
	}
	d.control(http.MethodPost, "rules", string(body))
}

// behave takes every rule away.
func (d *demo) behave() {
	d.t.Helper()
	d.control(http.MethodDelete, "rules", "")
}

// executions tells how many times the emulator performed an operation.
func (d *demo) executions(operation string) int {
	d.t.Helper()
	return ask[map[string]int](d, "executions")[operation]
}

// ask reads a JSON resource of the emulator.
func ask[T any](d *demo, resource string) T {
	d.t.Helper()
	var value T
	if err := json.Unmarshal(d.control(http.MethodGet, resource, ""), &value); err != nil {
		d.t.Fatalf("/_emulator/%s: %v", resource, err)
	}
	return value
}

func (d *demo) control(method, resource, body string) []byte {
	d.t.Helper()
	answer, err := send(method, d.portal+"/_emulator/"+resource, "application/json", body)
	if err != nil {
		d.t.Fatal(err)
	}
	return answer
}

// send makes a request that must succeed, and returns the body of the answer.
func send(method, url, contentType, body string) ([]byte, error) {
	request, err := http.NewRequest(method, url, strings.NewReader(body))
	if err != nil {
		return nil, err
	}
	request.Header.Set("Content-Type", contentType)
	answer, err := http.DefaultClient.Do(request)
	if err != nil {
		return nil, err
	}
	defer answer.Body.Close()
	content, err := io.ReadAll(answer.Body)
	if answer.StatusCode >= http.StatusBadRequest {
		err = errors.Join(err, fmt.Errorf("%s %s: %s: %s", method, url, answer.Status, content))
	}
	return content, err
}

// startUntilEnd runs a command until the test ends.
func startUntilEnd(t *testing.T, cmd *exec.Cmd) {
	t.Helper()
	var output bytes.Buffer
	cmd.Stdout, cmd.Stderr = &output, &output
	if err := cmd.Start(); err != nil {
		t.Fatal(err)
	}
	t.Cleanup(func() {
		_ = cmd.Process.Signal(syscall.SIGTERM)
		if err := cmd.Wait(); err != nil {
			t.Errorf("%v: %v\n%s", cmd.Args, err, output.String())
		}
	})
}

// freePort is an address that was free a moment ago: for a command that does not say where it listens.
func freePort(t *testing.T) string {
	t.Helper()
	l, err := net.Listen("tcp", "127.0.0.1:0")
	if err != nil {
		t.Fatal(err)
	}
	defer l.Close()
	return l.Addr().String()
}
