//go:build judges

package emulator_test

import (
	"os/exec"
	"strings"
	"testing"

	"storefront/internal/vtt/emulator/emulatortest"
	"storefront/internal/vtt/portal"
)

// PHP's SoapClient reads the contract and calls every operation of it. The tag asks for this on purpose: without PHP it fails.
func TestJudgePHP(t *testing.T) {
	server := emulatortest.Start(t)
	output, err := exec.CommandContext(t.Context(), "php", "judges/portal.php", server.URL).CombinedOutput()
	t.Logf("\n%s", output)
	if err != nil {
		t.Fatal(err)
	}
	for _, o := range portal.Operations(portal.Current) {
		if !strings.Contains(string(output), "ok   "+o.Name+":") {
			t.Errorf("%s was not judged", o.Name)
		}
	}
}
