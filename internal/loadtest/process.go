package main

import (
	"bufio"
	"context"
	"errors"
	"fmt"
	"io"
	"os"
	"os/exec"
	"runtime"
	"strconv"
	"strings"
	"syscall"
)

// cores says which core a process belongs on.
type cores struct{ taskset string }

// The cores: the storefront's, and that of everything around it.
const (
	shopCore = "0"
	loadCore = "1"
)

// findCores tells how processes are kept apart on this machine.
func findCores() cores {
	path, err := exec.LookPath("taskset")
	if err != nil || runtime.NumCPU() < 2 {
		path = ""
	}
	return cores{path}
}

func (c cores) String() string {
	if c.taskset == "" {
		return "no taskset or one core only: load and emulators run with GOMAXPROCS=1, storefronts with 2, not pinned"
	}
	return "storefronts on core " + shopCore + ", load and emulators on core " + loadCore + " (taskset)"
}

// keepHere puts this process on the core of the load.
func (c cores) keepHere(ctx context.Context) error {
	runtime.GOMAXPROCS(1)
	if c.taskset == "" {
		return nil
	}
	return exec.CommandContext(ctx, c.taskset, "-a", "-c", "-p", loadCore, strconv.Itoa(os.Getpid())).Run()
}

// process is a role of this program that runs by itself.
type process struct {
	cmd     *exec.Cmd
	input   io.Closer         // its standard input: closing it ends the process
	address map[string]string // by the word it was announced with
}

// start runs a role on a core and waits until it has said where all of announced listen.
func (c cores) start(ctx context.Context, core string, announced []string, args ...string) (*process, error) {
	self, err := os.Executable()
	if err != nil {
		return nil, err
	}
	if c.taskset != "" {
		self, args = c.taskset, append([]string{"-c", core, self}, args...)
	}
	p := &process{cmd: exec.CommandContext(ctx, self, args...), address: map[string]string{}}
	p.cmd.Env = os.Environ()
	if c.taskset == "" || core != shopCore { // on its core a storefront sees one, and decides itself
		p.cmd.Env = append(p.cmd.Env, "GOMAXPROCS=1")
	}
	p.cmd.Stderr = os.Stderr
	stdout, err := p.cmd.StdoutPipe()
	if err != nil {
		return nil, err
	}
	if p.input, err = p.cmd.StdinPipe(); err != nil {
		return nil, err
	}
	if err := p.cmd.Start(); err != nil {
		return nil, err
	}
	if err := p.listen(stdout, announced); err != nil {
		return nil, errors.Join(fmt.Errorf("%s: %w", strings.Join(args, " "), err), p.stop())
	}
	return p, nil
}

func (p *process) listen(stdout io.Reader, announced []string) error {
	lines := bufio.NewScanner(stdout)
	for len(p.address) < len(announced) {
		if !lines.Scan() {
			return errors.Join(lines.Err(), errors.New("ended before it listened"))
		}
		word, url, _ := strings.Cut(lines.Text(), " ")
		p.address[word] = url
	}
	return nil
}

// stop ends the process and waits for it.
func (p *process) stop() error {
	return errors.Join(p.resume(), p.input.Close(), p.cmd.Wait())
}

// pause and resume stop a process for a while, so that it costs nothing while another one is measured.
func (p *process) pause() error  { return p.cmd.Process.Signal(syscall.SIGSTOP) }
func (p *process) resume() error { return p.cmd.Process.Signal(syscall.SIGCONT) }

// memoryUse tells the bytes a process takes now and took at most.
func (p *process) memoryUse() (now, peak int64, err error) {
	file, err := os.ReadFile(fmt.Sprintf("/proc/%d/status", p.cmd.Process.Pid))
	if err != nil {
		return 0, 0, err
	}
	for line := range strings.Lines(string(file)) {
		var to *int64
		switch {
		case strings.HasPrefix(line, "VmRSS:"):
			to = &now
		case strings.HasPrefix(line, "VmHWM:"):
			to = &peak
		default:
			continue
		}
		kilobytes, err := strconv.ParseInt(strings.Fields(line)[1], 10, 64)
		if err != nil {
			return 0, 0, err
		}
		*to = kilobytes << 10
	}
	return now, peak, nil
}
