package cli_test

import (
	"bytes"
	"os"
	"path/filepath"
	"strings"
	"testing"

	"storefront/internal/cli"
)

// run runs the command line without any of our settings in the environment.
func run(t *testing.T, args ...string) (code int, stdout, stderr string) {
	t.Helper()
	for _, name := range []string{"LISTEN", "BASE_URL", "DATA_DIR", "KEY_FILE", "VTT_URL", "VTT_PROXY", "VTT_DUMP", "VTT_LOGIN", "VTT_PASSWORD", "OPERATOR_LISTEN"} {
		t.Setenv(name, "")
		if err := os.Unsetenv(name); err != nil {
			t.Fatal(err)
		}
	}
	var out, log bytes.Buffer
	code = cli.Main(t.Context(), args, &out, &log)
	return code, out.String(), log.String()
}

func TestExitStatusSaysHowItWent(t *testing.T) {
	for name, c := range map[string]struct {
		args []string
		code int
		says string
	}{
		"help":                      {[]string{"--help"}, 0, "healthcheck"},
		"version":                   {[]string{"version"}, 0, "storefront"},
		"no command":                {nil, 2, "expected one of"},
		"an unknown command":        {[]string{"sell"}, 2, "sell"},
		"an unknown flag":           {[]string{"serve", "--fast"}, 2, "--fast"},
		"a setting out of range":    {[]string{"serve", "--price-currency", "EUR"}, 2, "price-currency"},
		"unsafe settings":           {[]string{"serve"}, 1, "DATA_DIR is not set"},
		"nobody to be healthy":      {[]string{"healthcheck", "--listen", "127.0.0.1:1", "--timeout", "1s"}, 1, "refused"},
		"a catalogue that's not":    {[]string{"demo", "--portal-catalog", "no-such-file", "--listen", "127.0.0.1:0", "--portal-listen", "127.0.0.1:0"}, 1, "no-such-file"},
		"an answer that nobody has": {[]string{"demo", "--portal-answers", "orders-per-login,orders-for-all", "--listen", "127.0.0.1:0", "--portal-listen", "127.0.0.1:0"}, 1, "add-item-sets"},
		"a market that flies":       {[]string{"emulator", "--portal-market", "flying"}, 2, "portal-market"},
		"keys where keys are kept":  {[]string{"keys", "create", os.DevNull}, 1, "exist"},
	} {
		t.Run(name, func(t *testing.T) {
			code, stdout, stderr := run(t, c.args...)
			if code != c.code || !strings.Contains(stdout+stderr, c.says) {
				t.Errorf("exit status %d with %q %q, want %d and a word of %q", code, stdout, stderr, c.code, c.says)
			}
		})
	}
}

func TestKeysAreForTheirOwnerAlone(t *testing.T) {
	file := filepath.Join(t.TempDir(), "keys.json")
	if code, _, stderr := run(t, "keys", "create", file); code != 0 {
		t.Fatal(stderr)
	}
	info, err := os.Stat(file)
	if err != nil || info.Mode().Perm() != 0o600 {
		t.Errorf("mode %v, error %v", info.Mode(), err)
	}
}

// What can't be read of a secret setting is refused without being repeated.
func TestSecretSettingsAreNotRepeated(t *testing.T) {
	for _, proxy := range []string{"http://shop:canary@%zz", "shop:canary", "socks5://shop:canary@proxy.example", "://shop:canary"} {
		code, stdout, stderr := run(t, "serve", "--data-dir", t.TempDir(), "--key-file", "keys.json", "--vtt-url", "https://portal.example/", "--vtt-proxy", proxy)
		if code == 0 || !strings.Contains(strings.ToLower(stderr), "proxy") || strings.Contains(stdout+stderr, "canary") {
			t.Errorf("%s: exit status %d with %q %q", proxy, code, stdout, stderr)
		}
	}
}
