package app_test

import (
	"go/ast"
	"go/types"
	"regexp"
	"slices"
	"strings"
	"testing"
)

// What is kept in memory between requests is found by a key. A key of something personal holds the buyer: buyer.ID, or a task of
// the jobs, which names him. Everything else that is kept in a map, a list or a flight is here with the reason why it is
// nobody's own, and so what is new has to be thought about.
var nobodys = map[string]string{
	"internal/app upstream.operations":      "how the distributor's operations do, whoever calls",
	"internal/i18n Catalogue.printers":      "languages",
	"internal/i18n Printer.fixed":           "messages of a language",
	"internal/order Desk.answered":          "ids of submissions; each answer says whose it is, and is told to nobody else (Desk.Answered)",
	"internal/order Desk.working":           "ids of submissions: which are in somebody's hands, not what is in them",
	"internal/order turns.taken":            "the keys begin with the buyer (TestTurnsAreTakenByBuyer)",
	"internal/photo Photos.flights":         "photos are the same for all",
	"internal/photo guard.hosts":            "settings",
	"internal/photo misses.until":           "photos are the same for all",
	"internal/search Engine.recent":         "desks, each of a buyer, in the order of use",
	"internal/search bodies.held":           "bodies of lists by content: whoever has the content of his own list finds it, and nobody looks for another's",
	"internal/search body.exact":            "inside such a body",
	"internal/soap breaker.classes":         "how classes of operations do, whoever calls",
	"store/cache Load.brought":              "ids of the catalogue, which is the same for all",
	"store/cache held.items":                "descriptions of items, which are everybody's",
	"internal/search column.number":         "inside the index, which is everybody's",
	"internal/search shelves.number":        "inside the index, which is everybody's",
	"internal/soap limiter.accounts":        "logins: how many calls are under way, not what they answer",
	"internal/jobs gathering.offers":        "inside one reading of one buyer's list",
	"internal/jobs gathering.unshown":       "inside one reading of one buyer's list",
	"internal/vtt portionReader.seen":       "inside one reading",
	"internal/soap scanner.names":           "inside one answer",
	"store/sqlite DB.files":                 "the files of a database",
	"internal/search lexiconBuilder.number": "inside the index, which is everybody's",
}

// keepers are the rooms that live from one request to the next.
var keepers = regexp.MustCompile(`^(web|store/.*|internal/(app|buyer|i18n|jobs|order|photo|search|seal|soap|metrics|vtt))$`)

var (
	namesTheBuyer = regexp.MustCompile(`^map\[(buyer\.ID|ID|task)\]`)
	keeps         = regexp.MustCompile(`^\*?(map\[|sync\.Map|list\.List|singleflight\.Group)|^func\(\) map\[`)
)

func TestWhatIsKeptIsKeptByBuyer(t *testing.T) {
	excused, personal := map[string]bool{}, 0
	for _, s := range programSources(t) {
		if !keepers.MatchString(s.dir) {
			continue
		}
		for field, kind := range fields(s.file) {
			switch name := s.dir + " " + field; {
			case !keeps.MatchString(kind):
			case namesTheBuyer.MatchString(kind) && (s.dir == "internal/buyer" || !strings.HasPrefix(kind, "map[ID]")):
				personal++
			case nobodys[name] == "":
				t.Errorf("%s: %s %s has no buyer in its key and is not said to be nobody's own", s.path, field, kind)
			default:
				excused[name] = true
			}
		}
	}
	if personal < 8 {
		t.Errorf("only %d things are kept by buyer: the search is broken", personal)
	}
	for name := range nobodys {
		if !excused[name] {
			t.Errorf("there is no %s any more", name)
		}
	}
}

// fields lists the fields of a file's structs, "Struct.field", with their types as they are written.
func fields(file *ast.File) map[string]string {
	found := map[string]string{}
	ast.Inspect(file, func(n ast.Node) bool {
		spec, ok := n.(*ast.TypeSpec)
		if !ok {
			return true
		}
		if structure, ok := spec.Type.(*ast.StructType); ok {
			for _, field := range structure.Fields.List {
				for _, name := range field.Names {
					found[spec.Name.Name+"."+name.Name] = types.ExprString(field.Type)
				}
			}
		}
		return true
	})
	return found
}

func TestKeptWithoutABuyerIsFound(t *testing.T) {
	s := parse(t, "web/a.go", []byte(`package web
		type shelf struct { prices map[string]int; flights singleflight.Group; own map[buyer.ID]int; ready chan struct{} }`))
	var bad []string
	for field, kind := range fields(s.file) {
		if keeps.MatchString(kind) && !namesTheBuyer.MatchString(kind) {
			bad = append(bad, field)
		}
	}
	slices.Sort(bad)
	if got := strings.Join(bad, " "); got != "shelf.flights shelf.prices" {
		t.Errorf("found %q", got)
	}
}

// A task of the jobs and a turn at the desk are named by whose they are.
func TestTurnsAreTakenByBuyer(t *testing.T) {
	turns, tasks := 0, 0
	for _, s := range programSources(t) {
		ast.Inspect(s.file, func(n ast.Node) bool {
			switch n := n.(type) {
			case *ast.CallExpr:
				if called := types.ExprString(n.Fun); s.dir == "internal/order" && strings.HasSuffix(called, "turns.take") {
					turns++
					if key := types.ExprString(n.Args[1]); !strings.Contains(key, "string(b)") && !strings.Contains(key, "string(a.ID)") {
						t.Errorf("%s: a turn is taken by %s, without the buyer", s.path, key)
					}
				}
			case *ast.TypeSpec:
				if structure, ok := n.Type.(*ast.StructType); ok && s.dir == "internal/jobs" && n.Name.Name == "task" {
					tasks++
					if !slices.ContainsFunc(structure.Fields.List, func(f *ast.Field) bool { return types.ExprString(f.Type) == "buyer.ID" }) {
						t.Error("a task does not name its buyer")
					}
				}
			}
			return true
		})
	}
	if turns < 2 || tasks != 1 {
		t.Errorf("%d turns and %d kinds of task were found: the search is broken", turns, tasks)
	}
}
