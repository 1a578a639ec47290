package views_test

import (
	"os"
	"path/filepath"
	"regexp"
	"strings"
	"testing"
)

// forbidden would let data become markup, script or style, or need a weaker content policy.
var forbidden = []*regexp.Regexp{
	regexp.MustCompile(`templ\.Raw`),
	regexp.MustCompile(`templ\.SafeURL|templ\.URL\(`),
	regexp.MustCompile(`JSUnsafeFuncCall|JSFuncCall|templ\.OnceHandle`),
	regexp.MustCompile(`(?m)^script\s`),
	regexp.MustCompile(`(?m)^css\s`),
	regexp.MustCompile(`<script[^>]*>[^<]`), // a script with a body
	regexp.MustCompile(`<style`),
	regexp.MustCompile(`(?i)[\s"]on[a-z]+\s*=`),
	regexp.MustCompile(`(?i)[\s"]hx-on`),
	regexp.MustCompile(`js:|javascript:`),
	regexp.MustCompile(`(?i)[\s"]style\s*=`),
	regexp.MustCompile(`hx-trigger=\{?\s*"[^"]*\[`), // a filter is an expression to evaluate
}

func TestTemplatesNeedNoScriptStyleOrTrust(t *testing.T) {
	files := 0
	for _, pattern := range []string{"*.templ", "ui/*.templ", "*.go", "ui/*.go"} {
		names, err := filepath.Glob(pattern)
		if err != nil {
			t.Fatal(err)
		}
		for _, name := range names {
			if strings.HasSuffix(name, "_test.go") || strings.HasSuffix(name, "_templ.go") {
				continue
			}
			files++
			source, err := os.ReadFile(name)
			if err != nil {
				t.Fatal(err)
			}
			for _, rule := range forbidden {
				if found := rule.Find(source); found != nil {
					t.Errorf("%s holds %q, which %s forbids", name, found, rule)
				}
			}
		}
	}
	if files < 30 {
		t.Errorf("only %d files were looked at", files)
	}
}

// The rules find what they are for.
func TestRulesCatchWhatTheyForbid(t *testing.T) {
	for _, bad := range []string{
		`@templ.Raw(x)`, `<a href={ templ.SafeURL(u) }>`, "script hello() {", "css red() {", `<script>alert(1)</script>`, `<style>`,
		`<a onclick="x">`, `<a hx-on:click="x">`, `<a hx-vals="js:x">`, `<p style={ x }>`, `templ.Attributes{"onclick": 1, "style":1}` + ` style=`, `hx-trigger="keyup[key=='a']"`,
	} {
		caught := false
		for _, rule := range forbidden {
			caught = caught || rule.MatchString(bad)
		}
		if !caught {
			t.Errorf("%q is not caught", bad)
		}
	}
}

// An attribute named else is what templ makes of «else if» between attributes.
func TestNoElseIsAnAttribute(t *testing.T) {
	pages, err := filepath.Glob("testdata/*.html")
	if err != nil || len(pages) < 20 {
		t.Fatalf("%d pages, %v", len(pages), err)
	}
	for _, name := range pages {
		markup, err := os.ReadFile(name)
		if err != nil {
			t.Fatal(err)
		}
		if regexp.MustCompile(`<[^>]* else[ =>]`).Match(markup) {
			t.Errorf("%s has an attribute named else", name)
		}
	}
}
