//go:build judges

package emulator_test

import (
	"bytes"
	"encoding/json"
	"fmt"
	"net/http"
	"net/http/httptest"
	"os"
	"os/exec"
	"path/filepath"
	"strings"
	"testing"
	"time"

	"github.com/google/go-cmp/cmp"

	"storefront/internal/vtt/emulator"
	"storefront/internal/vtt/emulator/emulatortest"
)

// examples are the programs that the README shows to a dealer's programmer. PHP would keep a contract for a day, by its address.
func examples() [][]string {
	return [][]string{
		{"php", "-dsoap.wsdl_cache_enabled=0", "examples/order.php"},
		{"/usr/bin/python3", "examples/order.py"},
		{"node", "examples/order.mjs"},
		{"sh", "examples/order.sh"},
	}
}

func exampleName(command []string) string { return filepath.Base(command[len(command)-1]) }

// runExample runs an example with arguments and returns what it printed.
func runExample(t *testing.T, url string, command []string, arguments ...string) (stdout, stderr string, err error) {
	t.Helper()
	cmd := exec.CommandContext(t.Context(), command[0], append(command[1:], arguments...)...)
	cmd.Env = append(os.Environ(), "PORTAL_URL="+url)
	var out, complaint bytes.Buffer
	cmd.Stdout, cmd.Stderr = &out, &complaint
	err = cmd.Run()
	return out.String(), complaint.String(), err
}

// Every example tells the same, in either age, and calls nothing twice.
func TestJudgeExamples(t *testing.T) {
	for _, age := range ages() {
		for _, command := range examples() {
			t.Run(exampleName(command)+" "+string(age), func(t *testing.T) {
				server := emulatortest.Start(t, func(o *emulator.Options) { o.Age = string(age) })
				before := toldBefore(t, server)
				stdout, stderr, err := runExample(t, server.URL, command, "manager", "tarragon", "A21101", "2")
				if err != nil || stderr != "" {
					t.Fatalf("%v: %s", err, stderr)
				}
				if diff := cmp.Diff(before+toldAfter(t, server), stdout); diff != "" {
					t.Error(diff)
				}
				want := map[string]int{"GetCategories": 1, "GetItem": 1, "CreateOrder": 1, "GetOrderWithLines": 1}
				if diff := cmp.Diff(want, server.Executions()); diff != "" {
					t.Error(diff)
				}
			})
		}
	}
}

// toldBefore is what an example must print before it orders, by what calls written by hand say.
func toldBefore(t *testing.T, server *emulatortest.Server) string {
	t.Helper()
	manager := as(t, server, "manager")
	item := manager.call("GetItem", param("itemId", "A21101")).result
	categories := manager.call("GetCategories", "").result.list("CategoryDto")
	if err := server.Reset(); err != nil { // these calls don't count
		t.Fatal(err)
	}
	return fmt.Sprintf("signed in as manager: %d categories\nitem A21101: %s, price %s, %s in stock\n",
		len(categories), item.get("Name"), item.get("Price"), item.get("AvailableQuantity"))
}

// toldAfter is what it must print of the order, by what the emulator knows of the newest one.
func toldAfter(t *testing.T, server *emulatortest.Server) string {
	t.Helper()
	orders := server.Orders()
	order := orders[len(orders)-1]
	if order.Login != "manager" || len(order.Lines) != 1 || order.Lines[0].Quantity != 2 {
		t.Fatalf("the newest order is %+v", order)
	}
	return fmt.Sprintf("order %s placed\norder %[1]s: Резервирование, %s USD\nline A21101: 2 ordered, 2 reserved, %s each\n",
		order.ID, order.Sum.StringFixed(2), order.Lines[0].UnitPrice)
}

// A refusal is told by its code and reason, without the password, and nothing is ordered.
func TestJudgeExamplesRefused(t *testing.T) {
	server := emulatortest.Start(t)
	for _, command := range examples() {
		t.Run(exampleName(command), func(t *testing.T) {
			stdout, stderr, err := runExample(t, server.URL, command, "almaty", "<wrong>&")
			want := "ACCESS_DENIED: Пользователь с указанной парой логин и пароль не найден."
			if err == nil || stdout != "" || strings.TrimSpace(stderr) != want {
				t.Errorf("%v: %q, %q; want %q", err, stdout, stderr, want)
			}
		})
	}
	if n := len(server.Executions()); n > 0 {
		t.Errorf("%d operations were performed", n)
	}
}

// An order whose answer was lost exists. No example sends it again.
func TestJudgeExamplesLoseAnAnswer(t *testing.T) {
	for _, command := range examples() {
		t.Run(exampleName(command), func(t *testing.T) {
			server := emulatortest.Start(t)
			if err := server.AddRules(emulator.Rule{Operation: "CreateOrder", Effect: emulator.PerformAndDrop}); err != nil {
				t.Fatal(err)
			}
			stdout, _, err := runExample(t, server.URL, command, "buyer", "apricot", "A21101", "2")
			if err == nil || strings.Contains(stdout, "placed") {
				t.Errorf("%v: %q; want no order that is said to be placed", err, stdout)
			}
			if got := server.Executions()["CreateOrder"]; got != 1 {
				t.Errorf("CreateOrder was performed %d times, want once", got)
			}
		})
	}
}

// Where nobody answers, an example says so in one line and fails.
func TestJudgeExamplesWithoutAService(t *testing.T) {
	closed := httptest.NewServer(http.NotFoundHandler())
	closed.Close()
	for _, command := range examples() {
		t.Run(exampleName(command), func(t *testing.T) {
			stdout, stderr, err := runExample(t, closed.URL+"/Portal.svc", command)
			if said := strings.TrimSpace(stderr); err == nil || stdout != "" || said == "" || strings.Contains(said, "\n") {
				t.Errorf("%v: %q, %q; want one line", err, stdout, stderr)
			}
		})
	}
}

// The README's lines that steer the emulator do what the comments above them say.
func TestJudgeSteering(t *testing.T) {
	readme, err := os.ReadFile(filepath.Join("..", "..", "..", "README.md"))
	if err != nil {
		t.Fatal(err)
	}
	server := emulatortest.Start(t)
	started, ruled := server.Now(), 0
	steer := func(line string) {
		line = strings.ReplaceAll(line, "http://127.0.0.1:8048", server.Base)
		output, err := exec.CommandContext(t.Context(), "sh", "-c", strings.Replace(line, "curl ", "curl -sS --fail ", 1)).CombinedOutput()
		if err != nil {
			t.Fatalf("%s: %v: %s", line, err, output)
		}
	}
	for line := range strings.Lines(string(readme)) {
		if !strings.HasPrefix(line, "curl ") {
			continue
		}
		if strings.Contains(line, "reset") && server.Now().Sub(started) < 3*time.Hour {
			t.Error("the clock was not advanced")
		}
		steer(line)
		if strings.Contains(line, "-d ") && strings.Contains(line, "/rules") {
			ruled++
		}
		if n := rulesInForce(t, server); strings.Contains(line, "rules") && !strings.Contains(line, "DELETE") && n != ruled {
			t.Errorf("%d rules in force after %s", n, line)
		}
	}
	if now := server.Now(); ruled != 4 || rulesInForce(t, server) != 0 || now.Sub(started) > time.Hour {
		t.Errorf("%d rules were made, %d are left, the clock is at %s; want 4, none, and about %s", ruled, rulesInForce(t, server), now, started)
	}
}

func rulesInForce(t *testing.T, server *emulatortest.Server) int {
	t.Helper()
	body, _ := fetch(t, server.Base+"/_emulator/rules")
	var list []emulator.Rule
	if err := json.Unmarshal([]byte(body), &list); err != nil {
		t.Fatal(err)
	}
	return len(list)
}
