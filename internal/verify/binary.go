package main

import (
	"bufio"
	"bytes"
	"context"
	"debug/elf"
	"errors"
	"fmt"
	"io"
	"net/http"
	"os"
	"os/exec"
	"path/filepath"
	"strings"
	"syscall"
	"time"
)

// nobody is the user that owns nothing.
const nobody = 65534

// checkBinary builds the program as the image does and runs it as nobody in a root with nothing else in it: no shell, no
// libraries, no certificates, no time zones.
func checkBinary(ctx context.Context, shop *workshop) (string, error) {
	root := filepath.Join(shop.temp, "root")
	binary := filepath.Join(root, "storefront")
	static := []string{"CGO_ENABLED=0"}
	if _, err := shop.runIn(ctx, shop.root, static, "go", "build", "-trimpath", "-ldflags=-s -w", "-o", binary, "."); err != nil {
		return "", err
	}
	size, err := inspect(binary, shop.root)
	if err != nil {
		return "", err
	}
	if os.Geteuid() != 0 {
		return "", cannotRun("an empty root needs root")
	}
	home := filepath.Join(root, "home")
	if err := errors.Join(os.Mkdir(home, 0o700), os.Chown(home, nobody, nobody), os.Chmod(root, 0o755)); err != nil {
		return "", err
	}
	return fmt.Sprintf("%.1f MB", float64(size)/1e6), visit(ctx, root)
}

// inspect checks that a binary needs no loader and knows nothing of the machine it was built on.
func inspect(binary, builtIn string) (size int, err error) {
	content, err := os.ReadFile(binary)
	if err != nil {
		return 0, err
	}
	if bytes.Contains(content, []byte(builtIn+"/")) {
		return 0, errors.New("the binary holds paths of this machine")
	}
	file, err := elf.NewFile(bytes.NewReader(content))
	if err != nil {
		return 0, err
	}
	for _, p := range file.Progs {
		if p.Type == elf.PT_INTERP {
			return 0, errors.New("the binary is not static")
		}
	}
	return len(content), nil
}

// visit starts the demo in root, asks it whether it is well from outside and by its own healthcheck, and stops it.
func visit(ctx context.Context, root string) error {
	ctx, cancel := context.WithTimeout(ctx, time.Minute)
	defer cancel()
	demo := inRoot(ctx, root, []string{"LISTEN=127.0.0.1:0", "PORTAL_LISTEN=127.0.0.1:0", "OPERATOR_LISTEN=127.0.0.1:0",
		"DATA_DIR=/home/demo", "PORTAL_ITEMS=300", "PORTAL_MARKET=still"}, "demo")
	var log bytes.Buffer
	demo.Stderr = &log
	stdout, err := demo.StdoutPipe()
	if err != nil {
		return err
	}
	if err := demo.Start(); err != nil {
		return err
	}
	err = checkHealth(ctx, root, stdout)
	if stop := errors.Join(demo.Process.Signal(syscall.SIGTERM), demo.Wait()); err == nil && stop != nil {
		err = fmt.Errorf("after SIGTERM: %w", stop)
	}
	if err != nil {
		return &failure{what: err.Error(), output: log.String()}
	}
	return nil
}

func checkHealth(ctx context.Context, root string, stdout io.Reader) error {
	address, err := announced(stdout, "storefront ")
	if err != nil {
		return err
	}
	request, err := http.NewRequestWithContext(ctx, http.MethodGet, address+"/healthz", nil)
	if err != nil {
		return err
	}
	answer, err := http.DefaultClient.Do(request)
	if err != nil {
		return err
	}
	answer.Body.Close()
	if answer.StatusCode != http.StatusOK {
		return fmt.Errorf("GET /healthz: %s", answer.Status)
	}
	listen := "LISTEN=" + strings.TrimPrefix(address, "http://")
	if out, err := inRoot(ctx, root, []string{listen}, "healthcheck").CombinedOutput(); err != nil {
		return fmt.Errorf("storefront healthcheck: %w: %s", err, out)
	}
	return nil
}

// announced returns what follows prefix on a line of the demo's standard output.
func announced(stdout io.Reader, prefix string) (string, error) {
	lines := bufio.NewScanner(stdout)
	for lines.Scan() {
		if rest, ok := strings.CutPrefix(lines.Text(), prefix); ok {
			return strings.TrimSpace(rest), nil
		}
	}
	return "", fmt.Errorf("the demo ended without saying where it is: %w", errors.Join(lines.Err(), io.ErrUnexpectedEOF))
}

// inRoot makes a command that sees root as the whole file system and runs as nobody.
func inRoot(ctx context.Context, root string, env []string, args ...string) *exec.Cmd {
	cmd := exec.CommandContext(ctx, "/storefront", args...)
	cmd.Dir = "/"
	cmd.Env = env
	cmd.SysProcAttr = &syscall.SysProcAttr{Chroot: root, Credential: &syscall.Credential{Uid: nobody, Gid: nobody}}
	return cmd
}
