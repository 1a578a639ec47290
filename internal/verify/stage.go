package main

import (
	"context"
	"fmt"
	"io"
	"slices"
	"strings"
	"text/tabwriter"
)

// stage is one check. run returns a short note for the report ("412 tests").
type stage struct {
	name  string
	about string
	needs []program
	long  bool // only with -long, or by name
	run   func(context.Context, *workshop) (note string, err error)
}

// oneByOne are tests that the race detector makes minutes of and has nothing to see in: nobody does anything at the same time.
const oneByOne = "^Test(Schedules(CatchMutants|Replay)|FaultsOfAnOrder|ADamagedStateIsReadAndLeftAlone|ADamagedFileIsReadAsFarAsItCanBeAndNeverTouched|DamageIsFoundWhileRunning|AnswersToChangesAreLost)$"

// stages lists every check in the order of running: cheap ones that find most go first.
func stages() []stage {
	return []stage{
		{name: "modules", about: "go.mod and go.sum are tidy, downloads are what they were", run: checkModules},
		{name: "generated", about: "the committed templates are what their sources make", run: checkTemplates},
		{name: "stylesheet", about: "the committed stylesheet is what its source makes", needs: []program{npm}, run: checkStylesheet},
		{name: "format", about: "gofmt has nothing to change", run: checkFormat},
		{name: "vet", about: "go vet, with every build tag", run: goRun("vet", "-tags="+allTags, "./...")},
		{name: "staticcheck", about: "staticcheck, pinned in internal/tools", run: goRun("tool", tools, "staticcheck", "-tags="+allTags, "./...")},
		{name: "vulnerabilities", about: "govulncheck over what is really called", run: checkVulnerabilities},
		{name: "unit", about: "every test without a browser: import rules, golden pages and plain-HTTP journeys among them",
			run: goTest("./...")},
		{name: "race", about: "the same under the race detector, but for tables of faults that are met one after another", needs: []program{gcc},
			run: goTest("-race", "-timeout=20m", "-skip="+oneByOne, "./...")},
		{name: "judges", about: "foreign SOAP stacks call the emulator, our client calls a foreign one, and the README's examples work",
			needs: []program{php, zeep, npm, curl}, run: checkJudges},
		{name: "browser", about: "a buyer's and a manager's day in Chromium", needs: []program{chromium},
			run: goTest("-tags=browser", "-run=^TestBrowser", "./internal/app")},
		{name: "axe", about: "axe finds nothing on any page, light and dark, wide and narrow", needs: []program{chromium, npm},
			run: checkAccessibility},
		{name: "kill", about: "orders under kill -9, SIGTERM, SIGSTOP and a failing or full disk: some of the points; never two orders, and the truth is found",
			needs: []program{strace, mounting}, long: true, run: goTest("-short", "-tags=kill", "-run=^TestKill", "./internal/killtest", "./internal/app")},
		{name: "benchmarks", about: "every benchmark still runs, once",
			run: goRun("test", "-run=^$", "-bench=.", "-benchtime=1x", "./...")},
		{name: "loadtest", about: "the load script runs from end to end, and what it compares is equal to the byte; no speeds are judged",
			run: goRun("run", "./internal/loadtest", "-quick")},
		{name: "binary", about: "the static binary runs as nobody in an empty root and stops when told", run: checkBinary},
		{name: "schedules", about: "10,000 random schedules of buyers, faults and crashes: no order twice, none lost, no words that are not true", long: true,
			run: goTest("-timeout=30m", "-run=^TestSchedules$", "./internal/order", "-schedules=10000")},
		{name: "fuzz", about: "each fuzz target for 30 seconds", long: true, run: fuzzAll},
		{name: "chaos", about: "a distributor that comes and goes, under load and slow connections, under the race detector", needs: []program{gcc}, long: true,
			run: goTest("-race", "-tags=chaos", "-run=^TestFlapping", "./internal/app")},
		{name: "kill-all", about: "the same as kill, at every write and sync of a submission, and once in real time", needs: []program{strace, mounting}, long: true,
			run: goTest("-timeout=40m", "-tags=kill", "-run=^TestKill", "./internal/killtest")},
	}
}

// choose picks the stages named in only (comma-separated), or those that belong to a run of this length.
func choose(all []stage, only string, long bool) ([]stage, error) {
	if only == "" {
		return slices.DeleteFunc(slices.Clone(all), func(s stage) bool { return s.long && !long }), nil
	}
	names := strings.Split(only, ",")
	for _, name := range names {
		if !slices.ContainsFunc(all, func(s stage) bool { return s.name == name }) {
			return nil, fmt.Errorf("no stage %q; -list names them", name)
		}
	}
	return slices.DeleteFunc(slices.Clone(all), func(s stage) bool { return !slices.Contains(names, s.name) }), nil
}

// needs returns the programs that the stages need, each once.
func needs(chosen []stage) []program {
	var all []program
	for _, s := range chosen {
		all = append(all, s.needs...)
	}
	slices.Sort(all)
	return slices.Compact(all)
}

func describe(out io.Writer, all []stage) error {
	table := tabwriter.NewWriter(out, 0, 0, 2, ' ', 0)
	for _, s := range all {
		about := s.about
		if s.long {
			about += " (-long)"
		}
		fmt.Fprintf(table, "%s\t%s\n", s.name, about)
	}
	return table.Flush()
}
