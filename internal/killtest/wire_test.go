//go:build kill

package killtest

import (
	"bytes"
	"context"
	"fmt"
	"io"
	"net/http"
	"net/http/httptest"
	"os"
	"strconv"
	"strings"
	"sync"
	"sync/atomic"
	"syscall"
	"testing"
	"time"

	"storefront/internal/order"
)

// gate stands before the emulator: it holds the first of an operation's calls until it is let go, and counts CreateOrder as it
// arrives.
type gate struct {
	holds   string // an operation's name
	reached chan struct{}
	open    chan struct{}
	once    sync.Once
	created atomic.Int32
}

func newGate(holds string) *gate {
	return &gate{holds: holds, reached: make(chan struct{}), open: make(chan struct{})}
}

func (g *gate) around(onward http.Handler) http.Handler {
	return http.HandlerFunc(func(w http.ResponseWriter, r *http.Request) {
		if operation(r) == "CreateOrder" {
			g.created.Add(1)
		}
		if operation(r) == g.holds {
			g.once.Do(func() {
				close(g.reached)
				<-g.open
			})
		}
		onward.ServeHTTP(w, r)
	})
}

func operation(r *http.Request) string {
	action := strings.Trim(r.Header.Get("SOAPAction"), `"`)
	return action[strings.LastIndex(action, "/")+1:]
}

// atBaseline runs a child whose press has come as far as the list of orders, with strace at it from there on.
func (w *world) atBaseline(t *testing.T, g *gate, settings []string, args ...string) (*process, *tracer) {
	t.Helper()
	p := w.start(t, settings...)
	p.tell("look")
	p.tell("press 1")
	select {
	case <-g.reached:
	case <-time.After(patience):
		t.Fatalf("no list of orders is asked for\n%s", p)
	}
	s := trace(t, p, args...)
	close(g.open)
	return p, s
}

// The same as at the files' calls, at those of the network: between the list of orders and the end.
func TestKillAtTheNetworksSyscalls(t *testing.T) {
	t.Parallel()
	seen := count(t)
	t.Run("points", func(t *testing.T) {
		for _, call := range []string{"socket", "connect", "getsockopt", "getpeername", "setsockopt", "epoll_ctl", "write", "read", "close"} {
			t.Run(call, func(t *testing.T) {
				t.Parallel()
				step := 1
				if testing.Short() {
					step = 3
				}
				for n := 1; killedOnTheWire(t, seen, call, n) && !t.Failed(); n += step {
				}
			})
		}
	})
	if !seen.any("C4 ") {
		t.Error("no process died between writing down that it sends and sending")
	}
}

func killedOnTheWire(t *testing.T, seen *counts, call string, n int) (killed bool) {
	g := newGate("GetOrders")
	w := newWorld(t, g.around)
	defer w.close()
	p, s := w.atBaseline(t, g, nil, "-e", "trace="+call, "-e", fmt.Sprintf("inject=%s:signal=KILL:when=%d", call, n))
	p.until("done")
	killed = p.end()
	s.end(t)
	before, after := w.recover(t)
	point := w.converges(t, before, after)
	if t.Failed() {
		t.Logf("%s %d: %s\n%s", call, n, point, p)
	}
	if killed {
		seen.add("killed at " + call)
		seen.add(point)
	}
	return killed
}

// A process that dies while the distributor has its order in hand.
func TestKillWhileTheDistributorWorks(t *testing.T) {
	for name, c := range map[string]struct {
		made int
		rule func(kill func(), onward http.Handler, w http.ResponseWriter, r *http.Request)
	}{
		"read, not executed": {0, func(kill func(), _ http.Handler, _ http.ResponseWriter, _ *http.Request) { kill() }},
		"executed, not answered": {1, func(kill func(), onward http.Handler, _ http.ResponseWriter, r *http.Request) {
			onward.ServeHTTP(httptest.NewRecorder(), r)
			kill()
		}},
		"executed, half answered": {1, func(kill func(), onward http.Handler, w http.ResponseWriter, r *http.Request) {
			answer := httptest.NewRecorder()
			onward.ServeHTTP(answer, r)
			w.Header().Set("Content-Type", answer.Header().Get("Content-Type"))
			w.Header().Set("Content-Length", strconv.Itoa(answer.Body.Len()))
			_, _ = w.Write(answer.Body.Bytes()[:answer.Body.Len()/2])
			_ = http.NewResponseController(w).Flush()
			kill()
		}},
		"killed first, executed after": {1, func(kill func(), onward http.Handler, w http.ResponseWriter, r *http.Request) {
			body, _ := io.ReadAll(r.Body)
			kill()
			late := r.Clone(context.Background())
			late.Body = io.NopCloser(bytes.NewReader(body))
			onward.ServeHTTP(httptest.NewRecorder(), late)
		}},
	} {
		t.Run(name, func(t *testing.T) {
			var p *process
			over := make(chan struct{})
			w := newWorld(t, func(onward http.Handler) http.Handler {
				return http.HandlerFunc(func(w http.ResponseWriter, r *http.Request) {
					if operation(r) != "CreateOrder" {
						onward.ServeHTTP(w, r)
						return
					}
					c.rule(func() { _ = p.cmd.Process.Kill() }, onward, w, r)
					close(over)
				})
			})
			p = w.start(t)
			p.tell("look")
			p.tell("press 1")
			p.until("done")
			if !p.end() {
				t.Errorf("it was not killed\n%s", p)
			}
			<-over
			before, after := w.recover(t)
			if point := w.converges(t, before, after); before.state != order.Sending || w.executed() != c.made {
				t.Errorf("%s, %d executions", point, w.executed())
			}
		})
	}
}

// Row 28: a process that is stopped right before it would write CreateOrder sends nothing once it goes on: another one on the
// same files has called the order not created meanwhile. It is stopped where its connection stands already.
func TestKillStoppedBeforeTheFirstByte(t *testing.T) {
	t.Parallel()
	paces := map[string][]string{"ten times as fast": {speedEnv + "=10", quietEnv + "=30s"}}
	if !testing.Short() {
		paces["in real time"] = []string{speedEnv + "=1", quietEnv + "=1s"}
	}
	for name, settings := range paces {
		t.Run(name, func(t *testing.T) {
			t.Parallel()
			settings := append([]string{epochEnv + "=" + strconv.FormatInt(time.Now().UnixMicro(), 10)}, settings...)
			g := newGate("GetOrders")
			w := newWorld(t, g.around)
			p := w.stopped(t, g, settings)
			if g.created.Load() != 0 {
				t.Fatal("CreateOrder has been written already")
			}
			other := w.start(t, settings...)
			for _, state := range []order.State{order.Uncertain, order.ProbablyNotCreated} {
				if !other.sweeps(string(state)) {
					t.Fatalf("the other process does not say %s, but\n%s\nand the first\n%s", state, other, p)
				}
			}
			w.resume(t, p)
			other.tell("sweep")
			other.end()
			if w.executed() != 0 || g.created.Load() != 0 {
				t.Errorf("%d executions, %d CreateOrder on the wire\n%s", w.executed(), g.created.Load(), p)
			}
			_, after := w.recover(t)
			if after.state != order.ProbablyNotCreated || !sameLines(after.cart, furniture.cart) {
				t.Errorf("it stands %+v", after)
			}
			if !p.said("called CreateOrder: TIMEOUT: no connection: the time to start has passed") {
				t.Errorf("it was not the fence that stopped it\n%s", p)
			}
		})
	}
}

// The same stop, and at once onward: without the wait the order is made, so that it is the fence that the test above proves.
func TestKillStoppedForAMoment(t *testing.T) {
	g := newGate("GetOrders")
	w := newWorld(t, g.around)
	w.resume(t, w.stopped(t, g, nil))
	if _, after := w.recover(t); w.executed() != 1 || after.state != order.Confirmed {
		t.Errorf("%d executions, %s", w.executed(), after.state)
	}
}

// stopped returns a child that has written down that it sends, has a connection, and is stopped.
func (w *world) stopped(t *testing.T, g *gate, settings []string) *process {
	t.Helper()
	p, s := w.atBaseline(t, g, settings, "-e", "trace=getpeername", "-e", "inject=getpeername:signal=STOP:when=1")
	if !within(func() bool {
		content, err := os.ReadFile(s.file)
		return err == nil && strings.Contains(string(content), "stopped by SIGSTOP")
	}) {
		t.Fatalf("it does not stop\n%s", p)
	}
	return p
}

// resume has a stopped child go on to its end; another of its threads may make a connection, too, and be stopped.
func (w *world) resume(t *testing.T, p *process) {
	t.Helper()
	over := make(chan struct{})
	var conts sync.WaitGroup
	conts.Go(func() {
		tick := time.NewTicker(50 * time.Millisecond)
		defer tick.Stop()
		for {
			_ = p.cmd.Process.Signal(syscall.SIGCONT)
			select {
			case <-tick.C:
			case <-over:
				return
			}
		}
	})
	p.until("done")
	p.end()
	close(over)
	conts.Wait()
}

// sweeps has a child look after unfinished submissions until it says that one stands so.
func (p *process) sweeps(state string) bool {
	p.t.Helper()
	end, tick := time.After(3*time.Minute), time.NewTicker(100*time.Millisecond)
	defer tick.Stop()
	for !p.said("state " + state) {
		p.tell("sweep")
		select {
		case <-end:
			return false
		case <-tick.C:
		}
		for len(p.lines) > 0 {
			p.untilLine(func(string) bool { return true })
		}
	}
	return true
}

// EO-03: two processes, each with many tabs in which the same button is pressed.
func TestKillTwoProcessesOneOrder(t *testing.T) {
	w := newWorld(t, nil)
	one, two := w.start(t), w.start(t)
	for _, p := range []*process{one, two} {
		p.tell("look")
		p.until("looked")
	}
	one.tell("press 25")
	two.tell("press 25")
	presses := map[string]bool{}
	for _, p := range []*process{one, two} {
		p.until("done")
		p.end()
		for _, line := range p.seen {
			if id, pressed := strings.CutPrefix(line, "pressed "); pressed {
				presses[id] = true
			}
		}
		if p.said("failed") {
			t.Errorf("a press failed\n%s", p)
		}
	}
	if _, after := w.recover(t); w.executed() != 1 || after.state != order.Confirmed || len(presses) != 1 {
		t.Errorf("%d executions, %s, %d submissions\n%s\n%s", w.executed(), after.state, len(presses), one, two)
	}
}
