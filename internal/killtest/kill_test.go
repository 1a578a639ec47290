//go:build kill

package killtest

import (
	"errors"
	"fmt"
	"maps"
	"regexp"
	"slices"
	"strings"
	"sync"
	"testing"

	"storefront/internal/order"
)

// EO-04, as the kernel sees it: that the order is sent is on the disk before a connection is made.
func TestKillSendingIsOnDiskBeforeAnythingIsSent(t *testing.T) {
	w := newWorld(t, nil)
	p := w.start(t)
	s := trace(t, p, "-yy", "-s", "100000", "-e", "trace=pwrite64,fsync,fdatasync,connect,write,sendto")
	p.tell("look")
	p.tell("press 1")
	p.until("done")
	p.end()
	lines := s.end(t)
	if err := sentAfterSync(lines); err != nil || w.executed() != 1 {
		t.Fatalf("%v, %d executions\n%s", err, w.executed(), p)
	}
	for name, wrong := range map[string][]string{
		"never synced": without(lines, logSync), "nothing written": without(lines, logWrite), "no connection": without(lines, connects),
		"sent twice": append(slices.Clone(lines), lines[slices.IndexFunc(lines, creates.MatchString)]), "not sent": without(lines, creates),
	} {
		if sentAfterSync(wrong) == nil {
			t.Errorf("%s: and nobody notices", name)
		}
	}
}

func without(lines []string, pattern *regexp.Regexp) []string {
	return slices.DeleteFunc(slices.Clone(lines), pattern.MatchString)
}

// fileCalls change files or bring them to the disk.
var fileCalls = []string{
	"pwrite64", "write", "pwritev", "writev", "fsync", "fdatasync", "sync_file_range", "ftruncate", "fallocate",
	"rename", "renameat", "renameat2", "unlink", "unlinkat",
}

// occurring tells which of the calls a submission makes at all: one that it does not make has no first point.
func occurring(t *testing.T) []string {
	t.Helper()
	w := newWorld(t, nil)
	p := w.start(t)
	s := trace(t, p, w.ofFiles(strings.Join(fileCalls, ","))...)
	p.tell("look")
	p.tell("press 1")
	p.until("done")
	p.end()
	lines := s.end(t)
	calls := slices.DeleteFunc(slices.Clone(fileCalls), func(call string) bool {
		return !slices.ContainsFunc(lines, func(line string) bool { return strings.Contains(line, " "+call+"(") })
	})
	if !slices.Contains(calls, "pwrite64") || !slices.Contains(calls, "fsync") && !slices.Contains(calls, "fdatasync") {
		t.Fatalf("a submission makes the calls %q", calls)
	}
	return calls
}

// enumerate tries every point of every call, the first, the second and so on, until there is no such point any more. A quick run
// goes ahead faster where there are many. Some points are tried at a time: most of the time goes to starting programs.
func enumerate(t *testing.T, try func(t *testing.T, call string, n int) (there bool)) {
	for _, call := range occurring(t) {
		stride, workers := 1, 1
		switch {
		case call == "pwrite64" && testing.Short():
			stride = 29
		case testing.Short():
			stride = 2
		case call == "pwrite64":
			workers = 3
		}
		for worker := range workers {
			t.Run(fmt.Sprint(call, "/", worker), func(t *testing.T) {
				t.Parallel()
				for n := 1 + worker*stride; try(t, call, n) && !t.Failed(); n += workers * stride {
				}
			})
		}
	}
}

// counts are how often something happened, told at the end.
type counts struct {
	mu sync.Mutex
	of map[string]int
}

func count(t *testing.T) *counts {
	c := &counts{of: map[string]int{}}
	t.Cleanup(func() {
		for _, what := range slices.Sorted(maps.Keys(c.of)) {
			t.Logf("%6d  %s", c.of[what], what)
		}
	})
	return c
}

func (c *counts) add(what string) {
	c.mu.Lock()
	defer c.mu.Unlock()
	c.of[what]++
}

// any tells whether something that begins so has happened.
func (c *counts) any(prefix string) bool {
	for what := range c.of {
		if strings.HasPrefix(what, prefix) {
			return true
		}
	}
	return false
}

// Row 26: a process that dies at any write or sync of a submission leaves files that are whole, at most one order, and a state
// from which the truth is found.
func TestKillAtEverySyscall(t *testing.T) {
	t.Parallel()
	seen := count(t)
	t.Run("points", func(t *testing.T) {
		enumerate(t, func(t *testing.T, call string, n int) bool {
			w := newWorld(t, nil)
			defer w.close()
			p := w.start(t)
			s := trace(t, p, append(w.ofFiles(call), "-e", fmt.Sprintf("inject=%s:signal=KILL:when=%d", call, n))...)
			p.tell("look")
			p.tell("press 1")
			p.until("done")
			killed := p.end()
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
		})
	})
	for _, point := range []string{"C1 ", "C2 ", "C3 ", "C4 ", "C6 ", "C8 "} {
		if !seen.any(point) && !testing.Short() {
			t.Errorf("no process died at %s", point)
		}
	}
}

// converges checks what became of a submission whose process is gone, and returns the point of 4.5 at which it went.
func (w *world) converges(t *testing.T, before, after stand) string {
	t.Helper()
	made := w.executed()
	point, allowed := "", map[order.State]order.State{}
	switch before.state {
	case "":
		point, allowed[""] = "C1 before PREPARED", "" // the cart as before
	case order.Prepared:
		point, allowed[order.NotSent] = "C2 after PREPARED", ""
	case order.Baselined:
		point, allowed[order.NotSent] = "C3 after BASELINED", ""
	case order.NotSent:
		point, allowed[order.NotSent] = "C3 NOT_SENT", ""
	case order.Sending, order.Uncertain:
		if made == 0 {
			point, allowed[order.ProbablyNotCreated] = "C4 after SENDING, not executed", ""
		} else {
			point, allowed[order.Confirmed] = "C6 executed, answer not written down", ""
		}
	case order.Confirmed:
		point, allowed[order.Confirmed] = "C8 after CONFIRMED", ""
	}
	var wrong []error
	check := func(holds bool, format string, a ...any) {
		if !holds {
			wrong = append(wrong, fmt.Errorf(format, a...))
		}
	}
	_, may := allowed[after.state]
	check(may, "%s became %q", before.state, after.state)
	check(made <= 1, "%d executions", made)
	check((made == 1) == (after.state == order.Confirmed), "%d executions and %q", made, after.state)
	check(!before.state.Open() || before.cart.Frozen, "%s leaves the cart free", before.state)
	check(!after.cart.Frozen, "the cart stays frozen")
	if made == 1 {
		check(string(after.order) == w.newest(), "order %s, want %s", after.order, w.newest())
		check(len(after.cart.Lines) == 0 && after.cart.ID != furniture.cart.ID, "the cart is still %+v", after.cart)
	} else {
		check(sameLines(after.cart, furniture.cart), "the cart became %+v", after.cart)
		check((after.state != "") == (after.cart.Version > furniture.cart.Version), "the cart's version is %d", after.cart.Version)
	}
	if err := errors.Join(wrong...); err != nil {
		t.Error(err)
	}
	return point + " -> " + string(after.state)
}

func sameLines(a, b order.Cart) bool {
	return slices.EqualFunc(a.Lines, b.Lines, func(x, y order.CartLine) bool { return x.ItemID == y.ItemID && x.Quantity.Equal(y.Quantity) })
}

// Row 31: a disk that fails once, or from some moment on, at any write or sync. What is said to be confirmed is true, what failed
// before sending was not sent, a number that was answered is shown and logged while it can't be written down, and the shop opens
// again.
func TestKillDiskThatFails(t *testing.T) {
	t.Parallel()
	for _, code := range []string{"EIO", "ENOSPC"} {
		for name, from := range map[string]string{"once": "", "for good": "+"} {
			if testing.Short() && (code == "EIO") != (from == "") {
				continue
			}
			t.Run(code+" "+name, func(t *testing.T) {
				seen := count(t)
				t.Run("points", func(t *testing.T) {
					enumerate(t, func(t *testing.T, call string, n int) bool {
						return failsAt(t, seen, call, fmt.Sprintf("error=%s:when=%d%s", code, n, from))
					})
				})
				if !seen.any("number shown") && !testing.Short() {
					t.Error("no number was ever shown from memory")
				}
			})
		}
	}
}

func failsAt(t *testing.T, seen *counts, call, fault string) (failed bool) {
	w := newWorld(t, nil)
	defer w.close()
	p := w.start(t)
	s := trace(t, p, append(w.ofFiles(call), "-e", "inject="+call+":"+fault)...)
	p.tell("look")
	p.tell("press 1")
	number, shown := "", false
	p.untilLine(func(line string) bool { // the tries to write it down go on for half a minute: by then everything has been seen
		if _, answered, _ := strings.Cut(line, "answered="); answered != "" && p.said("unwritten CONFIRMED") {
			number, shown = answered, true
		}
		return line == "done" || shown && strings.Contains(fault, "+")
	})
	if shown && strings.Contains(fault, "+") {
		_ = p.cmd.Process.Kill()
	}
	p.end()
	failed = slices.ContainsFunc(s.end(t), func(line string) bool { return strings.Contains(line, "(INJECTED)") })
	made := w.executed()
	before, after := w.recover(t)
	point := w.converges(t, before, after)
	check := func(holds bool, what string) {
		if !holds {
			t.Error(what)
		}
	}
	confirmed := p.said("state CONFIRMED")
	check(!confirmed || made == 1 && p.said("state CONFIRMED order="+w.newest()), "CONFIRMED is said, and not true")
	check(made == 0 || p.said("written SENDING"), "it was sent and not written down before")
	for _, state := range []order.State{order.Prepared, order.Baselined, order.Sending} {
		check(made == 0 || !p.said("unwritten "+string(state)), "it was sent after "+string(state)+" failed")
	}
	if p.said("unwritten CONFIRMED") {
		check(shown && number == w.newest(), "the number is not shown while it can't be written down")
		check(strings.Contains(p.log.String(), `"msg":"order_confirmed_not_persisted"`), "and not logged")
		point = "number shown, " + point
	}
	if t.Failed() {
		t.Logf("%s %s: %s\n%s", call, fault, point, p)
	}
	if failed {
		seen.add("failed at " + call)
		seen.add(point)
	}
	return failed
}
