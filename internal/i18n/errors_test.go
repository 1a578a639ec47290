package i18n_test

import (
	"os"
	"path/filepath"
	"regexp"
	"strings"
	"testing"
)

var (
	errorKey = regexp.MustCompile(`errkind\.New\(errkind\.\w+, "([a-z_.]+)"\)|\bkey[A-Z]\w* += "([a-z_.]+)"`)
	kindText = regexp.MustCompile(`Kind += "([A-Z_]+)"`)
)

// Every kind of error, and every error that has a message of its own, can be told in both languages.
func TestEveryErrorHasAMessage(t *testing.T) {
	keys := map[string]string{} // key -> where it is used
	kinds, err := os.ReadFile("../errkind/errkind.go")
	if err != nil {
		t.Fatal(err)
	}
	for _, m := range kindText.FindAllStringSubmatch(string(kinds), -1) {
		keys["error."+m[1]] = "errkind.go"
	}
	for _, dir := range []string{"../../web", "../../store", "../../internal"} {
		err := filepath.WalkDir(dir, func(path string, d os.DirEntry, err error) error {
			if err != nil || d.IsDir() || !strings.HasSuffix(path, ".go") || strings.HasSuffix(path, "_test.go") {
				return err
			}
			source, err := os.ReadFile(path)
			for _, m := range errorKey.FindAllStringSubmatch(string(source), -1) {
				keys[m[1]+m[2]] = path
			}
			return err
		})
		if err != nil {
			t.Fatal(err)
		}
	}
	if len(keys) < 30 {
		t.Errorf("only %d keys were found: this test has gone blind", len(keys))
	}
	catalogue := load(t)
	for key, where := range keys {
		for _, lang := range []string{"ru", "en"} {
			if !catalogue.Printer(lang).Has(key) {
				t.Errorf("%s: %q has no message in %q", where, key, lang)
			}
		}
	}
}
