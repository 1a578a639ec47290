package main

import (
	"bufio"
	"bytes"
	"context"
	"encoding/json"
	"fmt"
	"io"
	"os"
	"os/exec"
	"slices"
	"strings"
)

// goTest is a stage that runs go test and counts what really ran. A run without a test is a failure, and so is a skipped
// test: the stage's needs are met, so there is nothing to skip for.
func goTest(args ...string) func(context.Context, *workshop) (string, error) {
	return func(ctx context.Context, shop *workshop) (string, error) {
		return shop.test(ctx, args...)
	}
}

func (w *workshop) test(ctx context.Context, args ...string) (string, error) {
	cmd := exec.CommandContext(ctx, "go", append([]string{"test", "-json", "-count=1", "-shuffle=on"}, args...)...)
	cmd.Dir = w.root
	cmd.Env = os.Environ()
	var stderr bytes.Buffer
	cmd.Stderr = &stderr
	stdout, err := cmd.StdoutPipe()
	if err != nil {
		return "", err
	}
	if err := cmd.Start(); err != nil {
		return "", err
	}
	counted := readTests(stdout)
	err = cmd.Wait()
	return counted.String(), counted.verdict(err, stderr.String())
}

// tests is what a run of go test -json told.
type tests struct {
	packages, passed int
	failed, skipped  []string
	output           strings.Builder // of what failed
}

// event is a line of go test -json; see go doc test2json.
type event struct {
	Action, Package, Test, Output, ImportPath string
}

// readTests reads the whole stream. Output is kept per test and shown only for those that fail.
func readTests(r io.Reader) *tests {
	t := &tests{}
	pending := map[[2]string]*strings.Builder{}
	lines := bufio.NewReader(r)
	for {
		line, err := lines.ReadBytes('\n')
		if err != nil && len(line) == 0 {
			break
		}
		var e event
		if json.Unmarshal(line, &e) != nil {
			t.output.Write(line)
			continue
		}
		key := [2]string{e.Package, e.Test}
		switch e.Action {
		case "output":
			if pending[key] == nil {
				pending[key] = &strings.Builder{}
			}
			pending[key].WriteString(e.Output)
			continue
		case "build-output":
			t.output.WriteString(e.Output)
			continue
		case "fail":
			if text := pending[key]; text != nil {
				t.output.WriteString(text.String())
			}
		}
		t.count(e)
		if e.Action == "pass" || e.Action == "fail" || e.Action == "skip" {
			delete(pending, key)
		}
	}
	for _, text := range pending { // of a process that died in the middle
		t.output.WriteString(text.String())
	}
	return t
}

func (t *tests) count(e event) {
	name := e.Package
	if e.Test != "" {
		name += "." + e.Test
	}
	switch {
	case e.Action == "fail":
		t.failed = append(t.failed, name)
	case e.Action == "skip" && e.Test != "":
		t.skipped = append(t.skipped, name)
	case e.Action == "pass" && e.Test == "":
		t.packages++
	case e.Action == "pass":
		t.passed++
	}
}

func (t *tests) String() string {
	return fmt.Sprintf("%d tests in %d packages", t.passed, t.packages)
}

// verdict turns the counts, the process's own end and what it said on standard error into the stage's result.
func (t *tests) verdict(exit error, stderr string) error {
	switch {
	case len(t.failed) > 0:
		slices.Sort(t.failed)
		return &failure{what: strings.Join(t.failed, ", "), output: t.output.String() + stderr}
	case exit != nil:
		return &failure{what: "go test: " + exit.Error(), output: t.output.String() + stderr}
	case len(t.skipped) > 0:
		return &failure{what: "skipped " + strings.Join(t.skipped, ", ")}
	case t.passed == 0:
		return &failure{what: "no test ran"}
	}
	return nil
}

// fuzzAll runs every fuzz target of the project for a while, one at a time: go test takes only one.
func fuzzAll(ctx context.Context, shop *workshop) (string, error) {
	listed, err := shop.run(ctx, "go", "test", "-json", "-list=^Fuzz", "./...")
	if err != nil {
		return "", err
	}
	targets := fuzzTargets(listed)
	for _, t := range targets {
		if _, err := shop.run(ctx, "go", "test", "-run=^$", "-fuzz=^"+t.Test+"$", "-fuzztime=30s", t.Package); err != nil {
			return "", err
		}
	}
	return fmt.Sprintf("%d targets", len(targets)), nil
}

// fuzzTargets reads the output of go test -json -list=^Fuzz.
func fuzzTargets(listed []byte) []event {
	var targets []event
	for line := range bytes.Lines(listed) {
		var e event
		if json.Unmarshal(line, &e) == nil && e.Action == "output" && strings.HasPrefix(e.Output, "Fuzz") {
			targets = append(targets, event{Package: e.Package, Test: strings.TrimSpace(e.Output)})
		}
	}
	return targets
}
