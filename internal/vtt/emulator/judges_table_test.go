//go:build judges

package emulator_test

import (
	"flag"
	"os"
	"path/filepath"
	"slices"
	"strings"
	"testing"

	"github.com/google/go-cmp/cmp"

	"storefront/internal/vtt/portal"
)

// write rewrites the table in the README instead of comparing with it:
//
//	go test -tags judges -run TestJudges ./internal/vtt/emulator -args -write
var write = flag.Bool("write", false, "write the table of verdicts into the README")

// ourClient is the column of the program's own client against a server made by npm's soap.
const ourClient = "our client, npm soap serving"

// table holds what was really found good in this run.
type table struct{ passed map[cell]bool }

type cell struct {
	stack string
	age   portal.Age
	row   string
}

func newTable() *table { return &table{passed: make(map[cell]bool)} }

// fill takes the verdicts of one stack on one age: everything that the age has must be among them.
func (tb *table) fill(t *testing.T, stack string, age portal.Age, passed []string) {
	t.Helper()
	for _, row := range rows() {
		ok := slices.Contains(passed, row)
		tb.passed[cell{stack, age, row}] = ok
		if !ok && has(age, row) {
			t.Errorf("%s was not found good", row)
		}
	}
}

// rows lists all operations of all ages, then the codes of faults.
func rows() (list []string) {
	for _, age := range ages() {
		for _, o := range portal.Operations(age) {
			if !slices.Contains(list, o.Name) {
				list = append(list, o.Name)
			}
		}
	}
	return append(list, codes()...)
}

// has tells whether an age has that operation; codes are met in every age.
func has(age portal.Age, row string) bool {
	published := slices.ContainsFunc(portal.Operations(age), func(o portal.Operation) bool { return o.Name == row })
	return published || slices.Contains(codes(), row)
}

func (tb *table) columns() (list []cell) {
	for _, j := range judges() {
		for _, age := range ages() {
			list = append(list, cell{stack: j.stack, age: age})
		}
	}
	for _, age := range ages() {
		list = append(list, cell{stack: ourClient, age: age})
	}
	return list
}

// markdown draws the table.
func (tb *table) markdown() string {
	head, rule := "| |", "| --- |"
	for _, c := range tb.columns() {
		head += " " + c.stack + ": " + string(c.age) + " |"
		rule += " :-: |"
	}
	lines := []string{head, rule}
	for _, row := range rows() {
		line := "| " + row + " |"
		for _, c := range tb.columns() {
			line += " " + tb.mark(c, row) + " |"
		}
		lines = append(lines, line)
	}
	return strings.Join(lines, "\n")
}

func (tb *table) mark(column cell, row string) string {
	column.row = row
	switch {
	case tb.passed[column]:
		return "✓"
	case !has(column.age, row):
		return "–"
	}
	return "✗"
}

const tableBegin, tableEnd = "<!-- judges:begin -->\n", "\n<!-- judges:end -->"

// check compares the table with the README's, or writes it there.
func (tb *table) check(t *testing.T) {
	t.Helper()
	file := filepath.Join("..", "..", "..", "README.md")
	content, err := os.ReadFile(file)
	if err != nil {
		t.Fatal(err)
	}
	before, rest, begins := strings.Cut(string(content), tableBegin)
	told, after, ends := strings.Cut(rest, tableEnd)
	if !begins || !ends {
		t.Fatalf("the README has no %q … %q", strings.TrimSpace(tableBegin), strings.TrimSpace(tableEnd))
	}
	if measured := tb.markdown(); *write {
		err = os.WriteFile(file, []byte(before+tableBegin+measured+tableEnd+after), 0o644)
	} else if diff := cmp.Diff(strings.Split(measured, "\n"), strings.Split(told, "\n")); diff != "" {
		t.Errorf("the README's table is not what was measured (-measured +README); -args -write mends it: %s", diff)
	}
	if err != nil {
		t.Fatal(err)
	}
}
