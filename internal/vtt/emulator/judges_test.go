//go:build judges

package emulator_test

import (
	"encoding/json"
	"os"
	"os/exec"
	"path/filepath"
	"regexp"
	"slices"
	"testing"

	"github.com/google/go-cmp/cmp"

	"storefront/internal/vtt/emulator"
	"storefront/internal/vtt/emulator/emulatortest"
	"storefront/internal/vtt/portal"
)

// judgedItems is the size of the catalogue that is judged: every row of it is read and compared by every stack.
const judgedItems = 300

// judge is a program that judges the emulator with a SOAP stack that is not ours.
type judge struct {
	stack   string
	command []string
}

func judges() []judge {
	return []judge{
		{"PHP SoapClient", []string{"php", "judges/judge.php"}},
		// Debian's own interpreter: another one in the PATH does not see Debian's modules.
		{"Python zeep, strict", []string{"/usr/bin/python3", "judges/judge.py"}},
		{"npm soap", []string{"node", "judges/judge.mjs"}},
	}
}

func ages() []portal.Age { return []portal.Age{portal.Current, portal.Older} }

// The tag asks for this on purpose: without a stack its test fails.
func TestJudges(t *testing.T) {
	table := newTable()
	for _, age := range ages() {
		server := startJudged(t, age)
		units := playScenario(t, server, age)
		checkScenario(t, units, age)
		orders, executions := server.Orders(), server.Executions()
		for _, j := range judges() {
			t.Run(j.stack+" "+string(age), func(t *testing.T) {
				startOver(t, server)
				table.fill(t, j.stack, age, j.run(t, server.URL, units))
				if diff := cmp.Diff(executions, server.Executions()); diff != "" {
					t.Errorf("executions: %s", diff)
				}
				if diff := cmp.Diff(orders, server.Orders()); diff != "" {
					t.Errorf("orders: %s", diff)
				}
			})
		}
		t.Run(ourClient+" "+string(age), func(t *testing.T) {
			passed := judgeClient(t, server, age, units, "prefixed")
			unprefixed := judgeClient(t, server, age, units, "default")
			table.fill(t, ourClient, age, slices.DeleteFunc(passed, func(row string) bool { return !slices.Contains(unprefixed, row) }))
		})
	}
	table.check(t)
}

func startJudged(t *testing.T, age portal.Age) *emulatortest.Server {
	t.Helper()
	return emulatortest.Start(t, func(o *emulator.Options) {
		o.Items, o.Age, o.Now = judgedItems, string(age), noon().Now
		if age == portal.Older {
			o.Answers.FaultPrefix = "none" // codes with a prefix are judged in the other age
		}
	})
}

// startOver brings the emulator to where the scenario began.
func startOver(t *testing.T, server *emulatortest.Server) {
	t.Helper()
	if err := server.Reset(); err != nil {
		t.Fatal(err)
	}
	if err := server.AddRules(rulesOfScenario()...); err != nil {
		t.Fatal(err)
	}
}

var verdict = regexp.MustCompile(`(?m)^(ok  |FAIL) (\w+): `)

// run lets the judge play the scenario and returns what it found good.
func (j judge) run(t *testing.T, url string, units []unit) (passed []string) {
	t.Helper()
	file := filepath.Join(t.TempDir(), "scenario.json")
	content, err := json.Marshal(units)
	if err != nil {
		t.Fatal(err)
	}
	if err := os.WriteFile(file, content, 0o600); err != nil {
		t.Fatal(err)
	}
	output, err := exec.CommandContext(t.Context(), j.command[0], append(j.command[1:], url, file)...).CombinedOutput()
	t.Logf("\n%s", output)
	if err != nil {
		t.Error(err)
	}
	for _, line := range verdict.FindAllSubmatch(output, -1) {
		if string(line[1]) == "ok  " {
			passed = append(passed, string(line[2]))
		}
	}
	if !slices.Contains(passed, "WSDL") {
		t.Error("the contract was not judged")
	}
	return passed
}
