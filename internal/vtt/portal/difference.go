package portal

import (
	"fmt"
	"slices"
	"strings"
)

// Difference is something that is published otherwise than a contract of reference has it.
type Difference struct {
	Kind  string `json:"kind"`  // one of Missing, Renamed, Retyped, Added
	What  string `json:"what"`  // "GetItems", "GetItems(login)", "ItemDto.Price"
	Ours  string `json:"ours"`  // the reference's word, "" for Added
	Their string `json:"their"` // the published word, "" for Missing
}

// Kinds of differences.
const (
	Missing = "missing"
	Renamed = "renamed"
	Retyped = "retyped"
	Added   = "added"
)

func (d Difference) String() string {
	switch d.Kind {
	case Missing:
		return fmt.Sprintf("missing: %s (%s)", d.What, d.Ours)
	case Added:
		return fmt.Sprintf("added: %s (%s)", d.What, d.Their)
	}
	return fmt.Sprintf("%s: %s is %s, was %s", d.Kind, d.What, d.Their, d.Ours)
}

// Differences lists what p publishes otherwise than the reference: operations, their parameters and results, and the members
// of every type, in the reference's order.
func (p Published) Differences(reference Published) []Difference {
	var list []Difference
	matched := map[string]bool{}
	for _, ours := range reference.Operations {
		their, ok := p.find(formerNames(ours.Name))
		switch {
		case !ok:
			list = append(list, Difference{Missing, ours.Name, "operation", ""})
			continue
		case their.Name != ours.Name:
			list = append(list, Difference{Renamed, ours.Name, ours.Name, their.Name})
		}
		matched[their.Name] = true
		list = append(list, compare(ours.Name+"()", ours.Params, their.Params)...)
		list = append(list, compareResults(ours, their)...)
	}
	for _, o := range p.Operations {
		if !matched[o.Name] {
			list = append(list, Difference{Added, o.Name, "", "operation"})
		}
	}
	return append(list, p.typeDifferences(reference)...)
}

// formerNames finds the other name of an operation, so that one renamed is not taken for one lost.
func formerNames(name string) Operation {
	for _, o := range Operations(Current) {
		if o.Name == name || o.Formerly == name {
			return o
		}
	}
	return Operation{Name: name}
}

// compareResults leaves out the name of the result: it follows the operation's.
func compareResults(ours, their PublishedOperation) []Difference {
	had, has := typeOf(ours.Result), typeOf(their.Result)
	if had == has {
		return nil
	}
	return []Difference{{Retyped, ours.Name + " result", had, has}}
}

func typeOf(result []Member) string {
	if len(result) == 0 {
		return "nothing"
	}
	return result[0].Type
}

func (p Published) typeDifferences(reference Published) []Difference {
	var list []Difference
	for _, name := range sortedKeys(reference.Types) {
		if their, ok := p.Types[name]; ok {
			list = append(list, compare(name, reference.Types[name], their)...)
		}
	}
	return list
}

// compare compares two sequences of members by their folded names.
func compare(where string, ours, theirs []Member) []Difference {
	var list []Difference
	left := slices.Clone(theirs)
	for _, our := range ours {
		i := slices.IndexFunc(left, func(m Member) bool { return m.Name == our.Name })
		if i < 0 {
			i = slices.IndexFunc(left, func(m Member) bool { return fold(m.Name) == fold(our.Name) && !named(ours, m.Name) })
		}
		if i < 0 {
			list = append(list, Difference{Missing, place(where, our.Name), our.Type, ""})
			continue
		}
		their := left[i]
		left = slices.Delete(left, i, i+1)
		if their.Name != our.Name {
			list = append(list, Difference{Renamed, place(where, our.Name), our.Name, their.Name})
		}
		if their.Type != our.Type || their.Many != our.Many {
			list = append(list, Difference{Retyped, place(where, our.Name), our.describe(), their.describe()})
		}
	}
	for _, m := range left {
		list = append(list, Difference{Added, place(where, m.Name), "", m.describe()})
	}
	return list
}

func named(list []Member, name string) bool {
	return slices.ContainsFunc(list, func(m Member) bool { return m.Name == name })
}

func (m Member) describe() string {
	if m.Many {
		return "repeated " + m.Type
	}
	return m.Type
}

// place names a member of a type, or a parameter of an operation.
func place(where, name string) string {
	if operation, ok := strings.CutSuffix(where, "()"); ok {
		return operation + "(" + name + ")"
	}
	return where + "." + name
}

func sortedKeys[T any](m map[string]T) []string {
	keys := make([]string, 0, len(m))
	for k := range m {
		keys = append(keys, k)
	}
	slices.Sort(keys)
	return keys
}
