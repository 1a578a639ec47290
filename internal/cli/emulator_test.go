package cli_test

import (
	"bufio"
	"context"
	"io"
	"net/http"
	"strings"
	"testing"

	"storefront/internal/cli"
)

// The emulator answers as PORTAL_ANSWERS says: here it does not publish the rate, and publishes what is published at times.
func TestTheEmulatorTakesOtherAnswers(t *testing.T) {
	t.Setenv("PORTAL_ANSWERS", "no-usd-rub-rate,optional-operations")
	ctx, end := context.WithCancel(t.Context())
	out, in := io.Pipe()
	exit := make(chan int, 1)
	go func() {
		exit <- cli.Main(ctx, []string{"emulator", "--portal-listen", "127.0.0.1:0", "--portal-items", "20"}, in, io.Discard)
		_ = in.Close()
	}()
	lines := bufio.NewReader(out)
	line, err := lines.ReadString('\n')
	if err != nil {
		t.Fatal(err)
	}
	go func() { _, _ = io.Copy(io.Discard, lines) }() // accounts, until the pipe is closed
	_, url, _ := strings.Cut(strings.TrimSpace(line), " ")
	response, err := http.Get(url + "?singleWsdl")
	if err != nil {
		t.Fatal(err)
	}
	document, err := io.ReadAll(response.Body)
	if err != nil {
		t.Fatal(err)
	}
	_ = response.Body.Close()
	if text := string(document); strings.Contains(text, "GetUsdRubRate") || !strings.Contains(text, "GetRelatedItems") {
		t.Error("the answers did not reach the emulator")
	}
	end()
	if code := <-exit; code != 0 {
		t.Errorf("exit status %d", code)
	}
}
