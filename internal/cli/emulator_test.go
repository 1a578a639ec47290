package cli_test

import (
	"bufio"
	"context"
	"io"
	"net/http"
	"path/filepath"
	"strings"
	"testing"

	"storefront/internal/cli"
)

// emulatorURL starts a command with an emulator on free ports, until the test ends, and tells where that is.
func emulatorURL(t *testing.T, command ...string) string {
	t.Helper()
	ctx, end := context.WithCancel(t.Context())
	out, in := io.Pipe()
	exit := make(chan int, 1)
	go func() {
		exit <- cli.Main(ctx, append(command, "--portal-listen", "127.0.0.1:0", "--portal-items", "20"), in, io.Discard)
		_ = in.Close()
	}()
	t.Cleanup(func() {
		end()
		if code := <-exit; code != 0 {
			t.Errorf("exit status %d", code)
		}
	})
	lines := bufio.NewReader(out)
	for {
		line, err := lines.ReadString('\n')
		if err != nil {
			t.Fatal(err)
		}
		if url, found := strings.CutPrefix(strings.TrimSpace(line), "portal "); found {
			go func() { _, _ = io.Copy(io.Discard, lines) }() // accounts, until the pipe is closed
			return url
		}
	}
}

func get(t *testing.T, url string) string {
	t.Helper()
	response, err := http.Get(url)
	if err != nil {
		t.Fatal(err)
	}
	defer func() { _ = response.Body.Close() }()
	body, err := io.ReadAll(response.Body)
	if err != nil {
		t.Fatal(err)
	}
	return string(body)
}

// The emulator answers as PORTAL_ANSWERS says: here it does not publish the rate, and publishes what is published at times.
func TestTheEmulatorTakesOtherAnswers(t *testing.T) {
	t.Setenv("PORTAL_ANSWERS", "no-usd-rub-rate,optional-operations")
	if text := get(t, emulatorURL(t, "emulator")+"?singleWsdl"); strings.Contains(text, "GetUsdRubRate") || !strings.Contains(text, "GetRelatedItems") {
		t.Error("the answers did not reach the emulator")
	}
}

// The demo's market moves unless PORTAL_MARKET says otherwise, the emulator's only if it says so.
func TestWhoseMarketMoves(t *testing.T) {
	for _, c := range []struct {
		command, market string
		moves           bool
	}{
		{"demo", "", true}, {"demo", "still", false}, {"emulator", "", false}, {"emulator", "moving", true},
	} {
		t.Run(c.command+" "+c.market, func(t *testing.T) {
			t.Setenv("PORTAL_MARKET", c.market)
			command := []string{c.command}
			if c.command == "demo" {
				command = append(command, "--listen", "127.0.0.1:0", "--operator-listen", "127.0.0.1:0", "--data-dir", filepath.Join(t.TempDir(), "demo"))
			}
			market := get(t, strings.TrimSuffix(emulatorURL(t, command...), "/Portal.svc")+"/_emulator/market")
			if moves := strings.Contains(market, `"moving":true`); moves != c.moves {
				t.Errorf("%s", market)
			}
		})
	}
}
