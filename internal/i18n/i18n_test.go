package i18n_test

import (
	"context"
	"encoding/json"
	"os"
	"path/filepath"
	"regexp"
	"slices"
	"strings"
	"testing"

	"storefront/internal/i18n"
)

func load(t *testing.T) *i18n.Catalogue {
	t.Helper()
	c, err := i18n.Load()
	if err != nil {
		t.Fatal(err)
	}
	return c
}

func TestRussianPlurals(t *testing.T) {
	ru := load(t).Printer("ru")
	for n, want := range map[int]string{1: "1 товар", 2: "2 товара", 5: "5 товаров", 11: "11 товаров", 21: "21 товар", 112: "112 товаров", 0: "0 товаров"} {
		if got := ru.N("unit.items", n); got != want {
			t.Errorf("N(%d) = %q, want %q", n, got, want)
		}
	}
}

func TestLanguageIsMatchedAndFallsBackToRussian(t *testing.T) {
	c := load(t)
	for header, want := range map[string]string{"": "ru", "en-GB,en;q=0.9": "en", "ru-RU": "ru", "fr": "ru", "de, en;q=0.5": "en", ";;;": "ru", "kk, ru;q=0.8": "ru"} {
		if got := c.Match(header); got != want {
			t.Errorf("Match(%q) = %q, want %q", header, got, want)
		}
	}
	if c.Printer("xx").Lang() != "ru" {
		t.Error("an unknown language must fall back to Russian")
	}
}

func TestAMissingKeyIsShownAsItself(t *testing.T) {
	ctx := i18n.With(context.Background(), load(t).Printer("en"))
	if got := i18n.T(ctx, "no.such.key"); got != "no.such.key" {
		t.Errorf("T = %q", got)
	}
	if got := i18n.T(context.Background(), "unit.items"); got != "unit.items" {
		t.Errorf("T without a printer = %q", got)
	}
}

var parameter = regexp.MustCompile(`{{\s*\.(\w+)\s*}}`)

// Both languages have every message, with the same parameters and all the plural forms the language needs.
func TestLanguagesAreEquallyComplete(t *testing.T) {
	messages := map[string]map[string]map[string]string{"ru": {}, "en": {}}
	forms := map[string][]string{"ru": {"one", "few", "many", "other"}, "en": {"one", "other"}}
	names, _ := filepath.Glob("messages/*.json")
	for _, name := range names {
		parts := strings.Split(filepath.Base(name), ".")
		lang := parts[len(parts)-2]
		raw, err := os.ReadFile(name)
		if err != nil {
			t.Fatal(err)
		}
		var file map[string]json.RawMessage
		if err := json.Unmarshal(raw, &file); err != nil {
			t.Fatalf("%s: %v", name, err)
		}
		for key, value := range file {
			if messages[lang][key] != nil {
				t.Errorf("%s: %q is defined twice", name, key)
			}
			var plain string
			plural := map[string]string{}
			if json.Unmarshal(value, &plain) == nil {
				plural["other"] = plain
			} else if err := json.Unmarshal(value, &plural); err != nil {
				t.Errorf("%s: %q is neither text nor plural forms", name, key)
			} else if !slices.ContainsFunc(forms[lang], func(f string) bool { return plural[f] != "" }) || len(plural) != len(forms[lang]) {
				t.Errorf("%s: %q needs the forms %v", name, key, forms[lang])
			}
			messages[lang][key] = plural
		}
	}
	parameters := func(m map[string]string) []string {
		var out []string
		for _, s := range parameter.FindAllStringSubmatch(m["other"], -1) {
			out = append(out, s[1])
		}
		slices.Sort(out)
		return slices.Compact(out)
	}
	for key, ru := range messages["ru"] {
		en, ok := messages["en"][key]
		if !ok {
			t.Errorf("%q has no English", key)
			continue
		}
		if !slices.Equal(parameters(ru), parameters(en)) {
			t.Errorf("%q: parameters differ: ru %v, en %v", key, parameters(ru), parameters(en))
		}
		if (len(ru) > 1) != (len(en) > 1) {
			t.Errorf("%q: plural in one language only", key)
		}
	}
	for key := range messages["en"] {
		if messages["ru"][key] == nil {
			t.Errorf("%q has no Russian", key)
		}
	}
}

var used = regexp.MustCompile(`\b[TN]\((?:ctx, ?)?"([a-z][a-zA-Z0-9_.]*[a-zA-Z0-9_])"`)

// Every key written out in the program exists. Keys put together at run time are tested where they are made.
func TestEveryKeyUsedExists(t *testing.T) {
	ru := load(t).Printer("ru")
	found := 0
	for _, dir := range []string{"../../web", "../../views", "../../internal"} {
		err := filepath.WalkDir(dir, func(path string, d os.DirEntry, err error) error {
			if err != nil || d.IsDir() || strings.HasSuffix(path, "_test.go") || strings.HasSuffix(path, "_templ.go") ||
				!(strings.HasSuffix(path, ".go") || strings.HasSuffix(path, ".templ")) {
				return err
			}
			source, err := os.ReadFile(path)
			if err != nil {
				return err
			}
			for _, m := range used.FindAllStringSubmatch(string(source), -1) {
				found++
				if !ru.Has(m[1]) {
					t.Errorf("%s uses %q, which no message file has", path, m[1])
				}
			}
			return nil
		})
		if err != nil {
			t.Fatal(err)
		}
	}
	if found == 0 && testing.Verbose() {
		t.Log("no keys are used yet")
	}
}
