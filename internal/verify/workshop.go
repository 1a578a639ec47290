package main

import (
	"bytes"
	"context"
	"errors"
	"os"
	"os/exec"
	"path/filepath"
	"strings"
)

// workshop is where stages work: the project's root, and a temporary folder that ends with the run.
type workshop struct {
	root string
	temp string
}

// openWorkshop finds the module's root from the current folder upwards.
func openWorkshop() (*workshop, error) {
	dir, err := os.Getwd()
	if err != nil {
		return nil, err
	}
	for !exists(filepath.Join(dir, "go.mod")) {
		parent := filepath.Dir(dir)
		if parent == dir {
			return nil, errors.New("not inside the project: no go.mod here or above")
		}
		dir = parent
	}
	temp, err := os.MkdirTemp("", "verify-")
	if err != nil {
		return nil, err
	}
	return &workshop{root: dir, temp: temp}, nil
}

func (w *workshop) close() { _ = os.RemoveAll(w.temp) }

// run runs a program in the project's root and returns what it printed; a program that fails is a *failure.
func (w *workshop) run(ctx context.Context, name string, args ...string) ([]byte, error) {
	return w.runIn(ctx, w.root, nil, name, args...)
}

// runIn is run in another folder, with additions to the environment.
func (w *workshop) runIn(ctx context.Context, dir string, env []string, name string, args ...string) ([]byte, error) {
	cmd := exec.CommandContext(ctx, name, args...)
	cmd.Dir = dir
	cmd.Env = append(os.Environ(), env...)
	out, err := cmd.CombinedOutput()
	if errors.Is(err, exec.ErrNotFound) {
		return nil, cannotRun("%s is not installed", name)
	}
	if err != nil {
		what := strings.Join(append([]string{filepath.Base(name)}, args...), " ") + ": " + err.Error()
		return out, &failure{what: what, output: string(bytes.TrimRight(out, "\n"))}
	}
	return out, nil
}

func exists(path string) bool {
	_, err := os.Stat(path)
	return err == nil
}
