package cli_test

import (
	"encoding/json"
	"strings"
	"testing"

	"storefront/internal/vtt/emulator"
	"storefront/internal/vtt/emulator/emulatortest"
)

// The exit status of doctor says it all; the report is for people, or for programs.
func TestDoctorEndsWithWhatItFound(t *testing.T) {
	current := emulatortest.Start(t)
	older := emulatortest.Start(t, func(o *emulator.Options) { o.Age = "2016" })
	for name, c := range map[string]struct {
		args []string
		want int
		says string
	}{
		"as expected":        {[]string{"--vtt-url", current.URL, "--vtt-login", "manager", "--vtt-password", "tarragon"}, 0, "Verdict: good"},
		"an older age":       {[]string{"--vtt-url", older.URL, "--vtt-login", "manager", "--vtt-password", "tarragon"}, 3, "Verdict: differs"},
		"a wrong password":   {[]string{"--vtt-url", current.URL, "--vtt-login", "manager", "--vtt-password", "rosemary"}, 1, "was not accepted"},
		"nobody there":       {[]string{"--vtt-url", "http://127.0.0.1:1/Portal.svc", "--vtt-login", "manager", "--vtt-password", "tarragon"}, 1, "not reached (dial)"},
		"no account":         {[]string{"--vtt-url", current.URL}, 1, "VTT_LOGIN and VTT_PASSWORD are not set"},
		"passwords in clear": {[]string{"--vtt-url", "http://portal.example/Portal.svc", "--vtt-login", "manager", "--vtt-password", "tarragon"}, 1, "ALLOW_PLAINTEXT_UPSTREAM"},
	} {
		t.Run(name, func(t *testing.T) {
			got, stdout, stderr := run(t, append([]string{"doctor"}, c.args...)...)
			if said := stdout + stderr; got != c.want || !strings.Contains(said, c.says) {
				t.Errorf("exit status %d, want %d and a word of %q: %s", got, c.want, c.says, said)
			}
			for _, password := range []string{"tarragon", "rosemary"} {
				if strings.Contains(stdout+stderr, password) {
					t.Errorf("it tells the password %s", password)
				}
			}
		})
	}
}

func TestDoctorSpeaksJSON(t *testing.T) {
	service := emulatortest.Start(t)
	got, stdout, stderr := run(t, "doctor", "--json", "--vtt-url", service.URL, "--vtt-login", "buyer", "--vtt-password", "apricot")
	if got != 0 {
		t.Errorf("exit status %d: %s", got, stderr)
	}
	var report struct {
		Verdict string
		Account struct{ MayEdit string }
		Beliefs []struct{ Number int }
	}
	if err := json.Unmarshal([]byte(stdout), &report); err != nil {
		t.Fatal(err)
	}
	if report.Verdict != "good" || report.Account.MayEdit != "no" || len(report.Beliefs) == 0 {
		t.Errorf("report %+v", report)
	}
}
