package main

import (
	"context"
	"errors"
	"os"
	"path/filepath"
	"slices"
	"strings"
	"testing"
	"time"

	"github.com/google/go-cmp/cmp"
)

func TestStagesHaveNamesOfTheirOwn(t *testing.T) {
	seen := map[string]bool{}
	for _, s := range stages() {
		if s.name == "" || s.about == "" || s.run == nil || seen[s.name] {
			t.Errorf("stage %q: name, description and work must be there, and the name its own", s.name)
		}
		seen[s.name] = true
	}
}

// A fresh machine has none of what stages need: each must be recognised and brought.
func TestEveryProgramCanBeBrought(t *testing.T) {
	for _, p := range needs(stages()) {
		if len(p.packages()) == 0 {
			t.Errorf("%s: no package brings it", p)
		}
	}
	const nobodyHas program = "a-program-that-is-not-there"
	if got := absent(t.Context(), []program{nobodyHas}); !slices.Equal(got, []program{nobodyHas}) {
		t.Errorf("absent = %v: the probe of a missing program succeeds", got)
	}
}

func TestJudgesNeedEveryStack(t *testing.T) {
	chosen, err := choose(stages(), "judges", false)
	if err != nil {
		t.Fatal(err)
	}
	if diff := cmp.Diff([]program{curl, npm, php, zeep}, needs(chosen)); diff != "" {
		t.Error(diff)
	}
}

// Lock files pin contents, not the registry of the machine that they were written on.
func TestLockFilesNameNoHost(t *testing.T) {
	for _, dir := range []string{"node", "../vtt/emulator"} {
		content, err := os.ReadFile(filepath.Join(dir, "package-lock.json"))
		if err != nil {
			t.Fatal(err)
		}
		if lock := string(content); strings.Contains(lock, "://") || !strings.Contains(lock, `"integrity": "sha512-`) {
			t.Errorf("%s: the lock file names a host, or pins nothing", dir)
		}
	}
}

func TestChoose(t *testing.T) {
	all := []stage{{name: "vet"}, {name: "unit"}, {name: "fuzz", long: true}}
	for _, tc := range []struct {
		only string
		long bool
		want string
	}{
		{"", false, "vet unit"},
		{"", true, "vet unit fuzz"},
		{"unit", false, "unit"},
		{"fuzz,vet", false, "vet fuzz"},
		{"nothing", false, "error"},
	} {
		chosen, err := choose(all, tc.only, tc.long)
		var names []string
		for _, s := range chosen {
			names = append(names, s.name)
		}
		got := strings.Join(names, " ")
		if err != nil {
			got = "error"
		}
		if got != tc.want {
			t.Errorf("choose(%q, long=%t) = %s, want %s", tc.only, tc.long, got, tc.want)
		}
	}
}

func TestChooseLeavesTheTableAlone(t *testing.T) {
	all := []stage{{name: "fuzz", long: true}, {name: "vet"}}
	if _, err := choose(all, "", false); err != nil || all[0].name != "fuzz" {
		t.Errorf("the table became %q (%v)", all[0].name, err)
	}
}

func TestClosingLines(t *testing.T) {
	ok := result{stage: "vet"}
	red := result{stage: "race", err: &failure{what: "app.TestRace", output: "WARNING: DATA RACE"}}
	lame := result{stage: "axe", err: cannotRun("needs chromium: not root")}
	for name, tc := range map[string]struct {
		results []result
		passed  bool
		last    []string // the last lines
		shown   string   // somewhere before them
	}{
		"all passed": {[]result{ok, ok}, true, []string{"verify: 2 passed, 0 failed"}, ""},
		"one failed": {[]result{ok, red}, false, []string{"verify: FAILED race", "verify: 1 passed, 1 failed"}, "WARNING: DATA RACE"},
		"one could not run": {[]result{ok, lame}, false,
			[]string{"verify: COULD NOT RUN axe", "verify: 1 passed, 1 failed"}, "needs chromium: not root"},
		"both": {[]result{red, lame}, false,
			[]string{"verify: FAILED race; COULD NOT RUN axe", "verify: 0 passed, 2 failed"}, "app.TestRace"},
	} {
		t.Run(name, func(t *testing.T) {
			var out strings.Builder
			r := report{out: &out, started: time.Now()}
			for _, x := range tc.results {
				r.add(x)
			}
			if got := r.close(); got != tc.passed {
				t.Errorf("close() = %t, want %t", got, tc.passed)
			}
			lines := strings.Split(strings.TrimSuffix(out.String(), "\n"), "\n")
			if got := lines[len(lines)-len(tc.last):]; !slices.Equal(got, tc.last) {
				t.Errorf("closing lines: %s", cmp.Diff(tc.last, got))
			}
			if !strings.Contains(out.String(), tc.shown) {
				t.Errorf("%q is not shown in\n%s", tc.shown, out.String())
			}
		})
	}
}

func TestPerformNamesWhatIsMissing(t *testing.T) {
	ran := false
	s := stage{name: "axe", needs: []program{chromium}, run: func(context.Context, *workshop) (string, error) {
		ran = true
		return "", nil
	}}
	r := perform(t.Context(), nil, s, map[program]string{chromium: "not root"})
	var could *unable
	if ran || !errors.As(r.err, &could) || !strings.Contains(could.why, "chromium") {
		t.Errorf("ran=%t, %v; a stage without what it needs must be reported, not run", ran, r.err)
	}
}

func TestInterruptedStageDidNotPass(t *testing.T) {
	ctx, cancel := context.WithCancel(t.Context())
	s := stage{name: "unit", run: func(context.Context, *workshop) (string, error) {
		cancel()
		return "", nil
	}}
	if r := perform(ctx, nil, s, nil); r.err == nil {
		t.Error("an interrupted stage counts as passed")
	}
}

func TestReadTests(t *testing.T) {
	const passing = `{"Action":"run","Package":"p","Test":"TestA"}
{"Action":"output","Package":"p","Test":"TestA","Output":"chatter\n"}
{"Action":"pass","Package":"p","Test":"TestA"}
{"Action":"pass","Package":"p"}
{"Action":"skip","Package":"empty"}
`
	for name, tc := range map[string]struct {
		stream string
		exit   error
		want   string // of the verdict; empty: passed
		shown  string
	}{
		"passing":       {passing, nil, "", ""},
		"nothing ran":   {`{"Action":"skip","Package":"empty"}`, nil, "no test ran", ""},
		"skipped":       {passing + `{"Action":"skip","Package":"p","Test":"TestB"}`, nil, "skipped p.TestB", ""},
		"died silently": {passing, errors.New("exit status 2"), "go test: exit status 2", "on stderr"},
		"does not build": {`{"ImportPath":"q","Action":"build-output","Output":"undefined: x\n"}
{"Action":"fail","Package":"q","FailedBuild":"q"}`, errors.New("exit status 1"), "q", "undefined: x"},
		"failing": {passing + `{"Action":"output","Package":"p","Test":"TestB","Output":"want 2\n"}
{"Action":"fail","Package":"p","Test":"TestB"}
{"Action":"fail","Package":"p"}`, errors.New("exit status 1"), "p, p.TestB", "want 2"},
		"crashed in a test": {`{"Action":"output","Package":"p","Test":"TestB","Output":"panic: no\n"}
{"Action":"fail","Package":"p"}`, errors.New("exit status 2"), "p", "panic: no"},
	} {
		t.Run(name, func(t *testing.T) {
			got := readTests(strings.NewReader(tc.stream)).verdict(tc.exit, "on stderr")
			if tc.want == "" {
				if got != nil {
					t.Fatalf("verdict: %v, want none", got)
				}
				return
			}
			var f *failure
			if !errors.As(got, &f) || f.what != tc.want || !strings.Contains(f.output, tc.shown) {
				t.Errorf("verdict: %v, want %q showing %q", got, tc.want, tc.shown)
			}
			if strings.Contains(f.output, "chatter") {
				t.Error("the output of a passing test is shown")
			}
		})
	}
}

func TestFuzzTargets(t *testing.T) {
	const listed = `{"Action":"start","Package":"p"}
{"Action":"output","Package":"p","Output":"FuzzFold\n"}
{"Action":"output","Package":"p","Output":"ok  \tp\t0.002s\n"}
`
	want := []event{{Package: "p", Test: "FuzzFold"}}
	if diff := cmp.Diff(want, fuzzTargets([]byte(listed))); diff != "" {
		t.Error(diff)
	}
}

func TestCompareFindsEveryDifference(t *testing.T) {
	have, made := t.TempDir(), t.TempDir()
	for dir, contents := range map[string]map[string]string{
		have: {"same": "1", "stale": "old", "orphan": "1"},
		made: {"same": "1", "stale": "new", "missing": "1"},
	} {
		for name, content := range contents {
			if err := os.WriteFile(filepath.Join(dir, name), []byte(content), 0o600); err != nil {
				t.Fatal(err)
			}
		}
	}
	if err := compare(have, []string{"same"}, made, []string{"same"}); err != nil {
		t.Errorf("equal files differ: %v", err)
	}
	err := compare(have, []string{"same", "stale", "orphan"}, made, []string{"same", "stale", "missing"})
	var f *failure
	if !errors.As(err, &f) {
		t.Fatalf("compare: %v, want a failure", err)
	}
	for _, name := range []string{"stale", "orphan", "missing"} {
		if !strings.Contains(f.output, name) {
			t.Errorf("%s is not named: %s", name, f.output)
		}
	}
}

func TestTailKeepsWholeLines(t *testing.T) {
	if got, want := tail("first\nsecond\nthird", 9), "[…]\nthird"; got != want {
		t.Errorf("tail = %q, want %q", got, want)
	}
	if got := tail("short", 9); got != "short" {
		t.Errorf("tail = %q", got)
	}
}

func TestRunTellsWhatFailed(t *testing.T) {
	shop := &workshop{root: t.TempDir()}
	_, err := shop.run(t.Context(), "go", "vet", "./nothing-here")
	var f *failure
	if !errors.As(err, &f) || f.output == "" {
		t.Errorf("a failing command: %v, want a failure with its output", err)
	}
	_, err = shop.run(t.Context(), "a-program-that-is-not-there")
	var could *unable
	if !errors.As(err, &could) {
		t.Errorf("a missing command: %v, want one that could not run", err)
	}
}
