//go:build kill

package killtest

import (
	"bufio"
	"fmt"
	"os"
	"os/exec"
	"path/filepath"
	"regexp"
	"strconv"
	"strings"
	"testing"

	"storefront/store/state"
)

// tracer is strace at a child.
type tracer struct {
	cmd  *exec.Cmd
	file string
}

// trace attaches strace to a running child, and returns when it watches.
func trace(t *testing.T, p *process, args ...string) *tracer {
	t.Helper()
	s := &tracer{file: filepath.Join(t.TempDir(), "trace")}
	s.cmd = exec.Command("strace", append([]string{"-f", "-o", s.file, "-p", strconv.Itoa(p.cmd.Process.Pid)}, args...)...)
	stderr, err := s.cmd.StderrPipe()
	if err == nil {
		err = s.cmd.Start()
	}
	if err != nil {
		t.Fatal(err)
	}
	in := bufio.NewScanner(stderr)
	for in.Scan() {
		if strings.Contains(in.Text(), " attached") {
			go func() { // more threads may come
				for in.Scan() {
				}
			}()
			return s
		}
		t.Log(in.Text())
	}
	t.Fatal("strace does not attach")
	return nil
}

// ofFiles are the arguments that watch calls on the database and its log alone.
func (w *world) ofFiles(calls string) []string {
	args := []string{"-e", "trace=" + calls}
	for _, suffix := range []string{"", "-wal", "-shm"} {
		args = append(args, "-P", filepath.Join(w.home, state.File+suffix))
	}
	return args
}

// end waits for strace, whose child has ended, and returns what it saw.
func (s *tracer) end(t *testing.T) []string {
	t.Helper()
	_ = s.cmd.Wait() // it ends as the child did
	content, err := os.ReadFile(s.file)
	if err != nil {
		t.Fatal(err)
	}
	return strings.Split(string(content), "\n")
}

var (
	logWrite = regexp.MustCompile(`^\d+ +pwrite64\(\d+<[^>]*/state\.db-wal>`)
	logSync  = regexp.MustCompile(`^(\d+) +(?:fsync|fdatasync)\(\d+<[^>]*/state\.db-wal>(.*)$`)
	resumed  = regexp.MustCompile(`^(\d+) +<\.\.\. (?:fsync|fdatasync) resumed>(.*)$`)
	connects = regexp.MustCompile(`^\d+ +connect\(\d+<(?:TCP|socket)`)
	creates  = regexp.MustCompile(`^\d+ +(?:write|sendto)\(\d+<[^"]*, "POST .*CreateOrder`)
)

// sentAfterSync reads a trace of a submission and says what is wrong with its order: that it is sent is written to the log,
// the log is synced, then a connection is made, and over it CreateOrder is written, once.
func sentAfterSync(trace []string) error {
	const (
		start = iota
		written
		synced
		connected
		sent
	)
	at := start
	syncing := "" // the thread whose sync of the log goes on
	for n, line := range trace {
		under := logSync.FindStringSubmatch(line)
		over := resumed.FindStringSubmatch(line)
		switch {
		case logWrite.MatchString(line):
			if at == start && strings.Contains(line, "SENDING") {
				at = written
			}
		case under != nil:
			syncing = under[1]
			if at == written && strings.HasSuffix(under[2], "= 0") {
				at = synced
			}
		case over != nil && over[1] == syncing:
			if at == written && strings.HasSuffix(over[2], "= 0") {
				at = synced
			}
		case connects.MatchString(line):
			if at == written {
				return fmt.Errorf("line %d: connecting before the log is synced", n)
			}
			if at == synced {
				at = connected
			}
		case creates.MatchString(line):
			if at != connected {
				return fmt.Errorf("line %d: CreateOrder is written at step %d, want %d", n, at, connected)
			}
			at = sent
		}
	}
	if at != sent {
		return fmt.Errorf("the trace ends at step %d, want %d", at, sent)
	}
	return nil
}
