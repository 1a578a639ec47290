package app_test

import (
	"fmt"
	"go/ast"
	"go/parser"
	"go/token"
	"io/fs"
	"os"
	"path"
	"path/filepath"
	"regexp"
	"slices"
	"strconv"
	"strings"
	"testing"
)

// The rules of the house, kept by reading the sources: which way arrows point, who owns which library, where the clock,
// the environment and secrets may be touched, and what templates must not hold.

const module = "storefront"

// vocabulary lists the packages without input or output, that every room may speak.
const vocabulary = "internal/catalog internal/buyer internal/order internal/money internal/errkind internal/secret"

// mayImport says which packages of ours a package may import, itself and its subfolders' names spelled out. A package that
// is not here has no place in the house yet.
var mayImport = map[string]string{
	".":            "internal/cli",
	"internal/cli": "internal/app internal/config internal/jobs internal/seal internal/secret internal/vtt/emulator internal/vtt/portal internal/vtt/doctor",
	"internal/app": "*",

	"web":      vocabulary + " views views/ui static store/cache store/state internal/search internal/i18n internal/photo internal/pace",
	"views":    vocabulary + " views/ui static internal/search internal/i18n",
	"views/ui": "static internal/i18n internal/money",
	"static":   "",

	"store/sqlite":    "",
	"store/cache":     vocabulary + " store/sqlite internal/pace",
	"store/state":     vocabulary + " store/sqlite",
	"store/storetest": vocabulary + " store/cache store/state internal/seal",

	"internal/secret":  "",
	"internal/errkind": "",
	"internal/pace":    "",
	"internal/money":   "",
	"internal/i18n":    "",
	"internal/catalog": "internal/money",
	"internal/buyer":   "internal/catalog internal/money internal/errkind internal/secret",
	"internal/order":   "internal/catalog internal/money internal/errkind internal/secret internal/buyer",
	"internal/search":  "internal/catalog internal/money internal/buyer",
	"internal/photo":   "internal/catalog internal/errkind",
	"internal/seal":    "internal/secret",
	"internal/config":  "internal/secret",
	"internal/metrics": "internal/errkind",
	"internal/jobs":    vocabulary + " store/cache store/state internal/vtt internal/search internal/photo internal/pace",

	"internal/soap":                      "internal/secret internal/pace",
	"internal/vtt":                       vocabulary + " internal/vtt/portal internal/soap internal/pace",
	"internal/vtt/portal":                "internal/soap internal/secret",
	"internal/vtt/emulator":              "internal/vtt/portal internal/soap",
	"internal/vtt/emulator/emulatortest": "internal/vtt/emulator",
	"internal/vtt/doctor":                "internal/vtt internal/vtt/beliefs internal/vtt/portal internal/soap internal/secret",
	"internal/vtt/beliefs":               "internal/vtt/portal internal/soap internal/secret",

	"internal/verify": "", // drives the others from outside
	// So does the load script, but for what it compares with: a storefront and a distributor of many buyers, and pages from memory.
	"internal/loadtest": vocabulary + " internal/app internal/config internal/jobs internal/seal internal/vtt/emulator " +
		"internal/i18n internal/search store/cache views",
}

// owners names the packages that may import a library in the program itself, none where it is empty; tests may use what
// they like. Sealing is left to Tink whole.
var owners = map[string]string{
	"github.com/labstack/echo/v4":         "web",
	"github.com/alexedwards/scs/v2":       "web store/state",
	"github.com/a-h/templ":                "views views/ui web",
	"modernc.org/sqlite":                  "store/sqlite",
	"github.com/pressly/goose/v3":         "store/sqlite",
	"database/sql":                        "store/sqlite store/cache store/state",
	"github.com/tink-crypto/tink-go/v2":   "internal/seal",
	"github.com/prometheus/client_golang": "internal/metrics",
	"github.com/alecthomas/kong":          "internal/cli internal/config",
	"github.com/nicksnyder/go-i18n/v2":    "internal/i18n",
	"golang.org/x/text":                   "internal/i18n internal/catalog internal/search internal/soap",
	"golang.org/x/image":                  "internal/photo internal/vtt/emulator",
	"golang.org/x/sync":                   "*",
	"github.com/shopspring/decimal":       "*",
	"github.com/klauspost/compress":       "web static internal/loadtest",
	"crypto/aes":                          "",
	"crypto/cipher":                       "",
	"encoding/xml":                        "internal/soap internal/vtt internal/vtt/portal internal/vtt/emulator internal/secret",
	"os/exec":                             "internal/verify internal/loadtest",
	"unsafe":                              "",
	"html/template":                       "internal/vtt/emulator",
	"text/template":                       "",
}

// reserved names what only some packages may mention, tests aside. An empty path stands for a method of any type.
var reserved = []struct{ path, name, only, why string }{
	{"time", "Now", ". internal/cli internal/vtt/emulator internal/verify internal/loadtest", "the clock is injected"},
	{"time", "Since", "internal/verify internal/loadtest", "the clock is injected"},
	{"time", "Sleep", "", "wait for what is awaited"},
	{"os", "Getenv", "internal/config internal/verify", "settings are read in one place"},
	{"os", "LookupEnv", "internal/config internal/verify", "settings are read in one place"},
	{"os", "Environ", "internal/config internal/verify internal/loadtest", "settings are read in one place"},
	{"os", "Exit", ". internal/verify internal/loadtest", "deferred work must run"},
	{"", "Reveal", "internal/secret internal/buyer internal/vtt/portal internal/soap", "a secret leaves only to be sealed or sent"},
}

// A rule finds what is wrong with one file of the program.
type rule func(source) []string

var rules = map[string]rule{
	"imports point one way":  imports,
	"libraries have owners":  ownership,
	"reserved names":         reservations,
	"no hidden beginnings":   beginnings,
	"markup is in templates": concatenations,
}

func TestRules(t *testing.T) {
	program := programSources(t)
	for name, broken := range rules {
		t.Run(name, func(t *testing.T) {
			for _, s := range program {
				for _, complaint := range broken(s) {
					t.Errorf("%s %s", s.path, complaint)
				}
			}
		})
	}
}

// The tables tell of the house as it stands: no room that is gone, no library that nobody uses.
func TestTablesAreCurrent(t *testing.T) {
	rooms, libraries := map[string]bool{}, map[string]bool{}
	for _, s := range programSources(t) {
		rooms[s.dir] = true
		for _, path := range s.imports() {
			if library, listed := ownerLibrary(path); listed {
				libraries[library] = true
			}
		}
	}
	for room, allowed := range mayImport {
		for _, name := range append(strings.Fields(allowed), room) {
			if name != "*" && !rooms[name] {
				t.Errorf("the table has %s, which does not exist", name)
			}
		}
	}
	for library, owner := range owners {
		if owner != "" && !libraries[library] {
			t.Errorf("the table has %s, which nobody imports", library)
		}
	}
}

// A rule that nothing can break is no rule.
func TestRulesCanBeBroken(t *testing.T) {
	for code, broken := range map[string]rule{
		`views/a.go import "storefront/store/state"`:                    imports,
		`internal/vtt/emulator/a.go import "storefront/internal/order"`: imports,
		`attic/a.go`: imports,
		`views/a.go import "github.com/labstack/echo/v4/middleware"`:                   ownership,
		`web/a.go import "database/sql"`:                                               ownership,
		`web/a.go import "example.org/new"`:                                            ownership,
		`web/a.go import "time"; var now = time.Now`:                                   reservations,
		`web/a.go import clock "time"; var now = clock.Now()`:                          reservations,
		`web/a.go import "os"; func f() string { return os.Getenv("HOME") }`:           reservations,
		`web/a.go func f(p interface{ Reveal() string }) string { return p.Reveal() }`: reservations,
		`web/a.go func init() {}`:                                                      beginnings,
		"internal/soap/a.go import \"fmt\"; var s = fmt.Sprintf(\"<login>%s\", 1)":     concatenations,
	} {
		path, body, _ := strings.Cut(code, " ")
		if len(broken(parse(t, path, []byte("package a; "+body)))) == 0 {
			t.Errorf("nothing is wrong with %s", code)
		}
	}
}

func imports(s source) []string {
	allowed, known := mayImport[s.dir]
	if !known {
		return []string{"is in a package that has no place in the table"}
	}
	var complaints []string
	for _, path := range s.imports() {
		if own, ours := strings.CutPrefix(path, module+"/"); ours && !lists(allowed, own) {
			complaints = append(complaints, fmt.Sprintf("imports %s; %s may import only: %s", own, s.dir, allowed))
		}
	}
	return complaints
}

func ownership(s source) []string {
	var complaints []string
	for _, path := range s.imports() {
		if strings.HasPrefix(path, module+"/") {
			continue
		}
		library, listed := ownerLibrary(path)
		switch {
		case listed && !lists(owners[library], s.dir):
			complaints = append(complaints, fmt.Sprintf("imports %s, which belongs to: %s", path, owners[library]))
		case !listed && strings.Contains(path, "."):
			complaints = append(complaints, fmt.Sprintf("imports %s, which has no owner in the table", path))
		}
	}
	return complaints
}

func reservations(s source) []string {
	var complaints []string
	for _, r := range reserved {
		if !lists(r.only, s.dir) && s.mentions(r.path, r.name) {
			complaints = append(complaints, fmt.Sprintf("mentions %s.%s: %s", r.path, r.name, r.why))
		}
	}
	return complaints
}

func beginnings(s source) []string {
	for _, d := range s.file.Decls {
		if f, ok := d.(*ast.FuncDecl); ok && f.Recv == nil && f.Name.Name == "init" {
			return []string{"has an init function: beginnings are called, not registered"}
		}
	}
	return nil
}

// concatenations finds markup made of a format: only an encoder or a template escapes what goes in. The emulator writes
// what no encoder would, and foreign programs judge it.
func concatenations(s source) []string {
	if s.dir == "internal/vtt/emulator" {
		return nil
	}
	var complaints []string
	ast.Inspect(s.file, func(n ast.Node) bool {
		call, ok := n.(*ast.CallExpr)
		if !ok || len(call.Args) == 0 {
			return true
		}
		format, isText := call.Args[0].(*ast.BasicLit)
		name, isMethod := call.Fun.(*ast.SelectorExpr)
		if isText && isMethod && name.Sel.Name == "Sprintf" && strings.Contains(format.Value, "<") {
			complaints = append(complaints, "makes markup of a format: "+format.Value)
		}
		return true
	})
	return complaints
}

// An order is placed in one place: whoever else called CreateOrder would not have written the submission down first.
func TestCreateOrderHasOneCaller(t *testing.T) {
	var callers []string
	for _, s := range programSources(t) {
		if s.dir == "internal/vtt" || strings.HasPrefix(s.dir, "internal/vtt/") {
			continue
		}
		for _, d := range s.file.Decls {
			if f, ok := d.(*ast.FuncDecl); ok && calls(f, "CreateOrder") {
				callers = append(callers, s.dir+"."+f.Name.Name)
			}
		}
	}
	if len(callers) != 1 || !strings.HasPrefix(callers[0], "internal/order.") {
		t.Errorf("CreateOrder is called by %q, want one function of internal/order", callers)
	}
}

func TestTestsDoNotSleepOrSkip(t *testing.T) {
	all := allSources(t)
	dreaming := map[string]bool{} // packages whose tests sleep in a bubble of testing/synctest, where it takes no time
	for _, s := range all {
		if slices.Contains(s.imports(), "testing/synctest") {
			dreaming[s.dir] = true
		}
	}
	for _, s := range all {
		if !s.test {
			continue
		}
		if !dreaming[s.dir] && s.mentions("time", "Sleep") {
			t.Errorf("%s sleeps: wait for what is awaited", s.path)
		}
		for _, name := range []string{"Skip", "Skipf", "SkipNow"} {
			if calls(s.file, name) {
				t.Errorf("%s skips: a check that can't run must fail", s.path)
			}
		}
	}
}

// forbiddenMarkup would let data become code, or break the content security policy.
var forbiddenMarkup = regexp.MustCompile(`templ\.(Raw|SafeURL\(|JS|SafeCSS|SafeScript)|\bhx-on\b|\bjs:|javascript:|\son[a-z]+=|\sstyle=|<style|<script>|<script[^>]*>[^<]|^script `)

func TestTemplatesHoldNoCode(t *testing.T) {
	templates := 0
	walk(t, ".templ", func(path string, content []byte) {
		templates++
		if found := forbiddenMarkup.Find(content); found != nil {
			t.Errorf("%s holds %q", path, found)
		}
	})
	if templates == 0 {
		t.Error("no template was read")
	}
}

// unfinished is what no file of the project may hold: work put off, and traces of the machine it was written on.
var unfinished = regexp.MustCompile(`\b(TODO|FIXME|XXX|not implemented)\b|(^|[^A-Za-z0-9_.])/(root|home/[a-z]+|work)/`)

func TestNothingIsPutOff(t *testing.T) {
	for _, suffix := range []string{".go", ".templ", ".md", ".css", ".js", ".json", ".sql", "run", "Dockerfile"} {
		walk(t, suffix, func(path string, content []byte) {
			if strings.HasSuffix(path, "rules_test.go") || strings.HasPrefix(path, "static/thirdparty/") {
				return
			}
			if found := unfinished.Find(content); found != nil {
				t.Errorf("%s holds %q", path, found)
			}
		})
	}
}

// source is one Go file of the project.
type source struct {
	path, dir string // slash-separated, relative to the root; dir is "." at the top
	test      bool
	file      *ast.File
}

func (s source) imports() []string {
	var paths []string
	for _, spec := range s.file.Imports {
		path, err := strconv.Unquote(spec.Path.Value)
		if err != nil {
			panic(err) // the parser has checked it
		}
		paths = append(paths, path)
	}
	return paths
}

// mentions tells whether the file uses name of the package imported from path; an empty path stands for any method.
func (s source) mentions(path, name string) bool {
	local := s.localName(path)
	if path != "" && local == "" {
		return false
	}
	found := false
	ast.Inspect(s.file, func(n ast.Node) bool {
		selector, ok := n.(*ast.SelectorExpr)
		if !ok || selector.Sel.Name != name {
			return true
		}
		x, isName := selector.X.(*ast.Ident)
		found = found || path == "" || isName && x.Name == local
		return true
	})
	return found
}

// localName is the name that a file knows an imported package by, empty where it does not import it.
func (s source) localName(path string) string {
	for _, spec := range s.file.Imports {
		if spec.Path.Value != strconv.Quote(path) {
			continue
		}
		if spec.Name != nil {
			return spec.Name.Name
		}
		return path[strings.LastIndexByte(path, '/')+1:]
	}
	return ""
}

// calls tells whether a method or function of the name is called in n.
func calls(n ast.Node, name string) bool {
	found := false
	ast.Inspect(n, func(n ast.Node) bool {
		call, ok := n.(*ast.CallExpr)
		if ok {
			selector, is := call.Fun.(*ast.SelectorExpr)
			found = found || is && selector.Sel.Name == name
		}
		return true
	})
	return found
}

// ownerLibrary finds the entry of owners that a package belongs to.
func ownerLibrary(path string) (library string, listed bool) {
	for library := range owners {
		if path == library || strings.HasPrefix(path, library+"/") {
			return library, true
		}
	}
	return "", false
}

func lists(list, name string) bool {
	return list == "*" || slices.Contains(strings.Fields(list), name)
}

// programSources are the files that make the program, without tests.
func programSources(t *testing.T) []source {
	t.Helper()
	return slices.DeleteFunc(allSources(t), func(s source) bool { return s.test })
}

func allSources(t *testing.T) []source {
	t.Helper()
	var all []source
	walk(t, ".go", func(path string, content []byte) { all = append(all, parse(t, path, content)) })
	if len(all) < 10 {
		t.Fatalf("only %d Go files found", len(all))
	}
	return all
}

func parse(t *testing.T, name string, content []byte) source {
	t.Helper()
	file, err := parser.ParseFile(token.NewFileSet(), name, content, parser.SkipObjectResolution)
	if err != nil {
		t.Fatal(err)
	}
	return source{path: name, dir: path.Dir(name), test: strings.HasSuffix(name, "_test.go"), file: file}
}

// walk reads every file of the project whose name ends with suffix.
func walk(t *testing.T, suffix string, visit func(path string, content []byte)) {
	t.Helper()
	root := os.DirFS(filepath.Join("..", ".."))
	err := fs.WalkDir(root, ".", func(path string, d fs.DirEntry, err error) error {
		if err != nil {
			return err
		}
		if d.IsDir() && (d.Name() == "node_modules" || path == ".git" || path == "internal/tools") {
			return fs.SkipDir
		}
		if d.IsDir() || !strings.HasSuffix(path, suffix) {
			return nil
		}
		content, err := fs.ReadFile(root, path)
		if err != nil {
			return fmt.Errorf("%s: %w", path, err)
		}
		visit(path, content)
		return nil
	})
	if err != nil {
		t.Fatal(err)
	}
}
