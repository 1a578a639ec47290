package views_test

import (
	"bytes"
	"context"
	"flag"
	"os"
	"path/filepath"
	"regexp"
	"strings"
	"testing"

	"github.com/PuerkitoBio/goquery"
	"github.com/a-h/templ"
	"github.com/google/go-cmp/cmp"

	"storefront/internal/i18n"
)

var update = flag.Bool("update", false, "rewrite the golden files in testdata")

// russian and english are contexts with the printers of both languages.
func russian(t testing.TB) context.Context { return inLanguage(t, "ru") }
func english(t testing.TB) context.Context { return inLanguage(t, "en") }

func inLanguage(t testing.TB, lang string) context.Context {
	t.Helper()
	return i18n.With(context.Background(), printer(t, lang))
}

func printer(t testing.TB, lang string) *i18n.Printer {
	t.Helper()
	messages, err := i18n.Load()
	if err != nil {
		t.Fatal(err)
	}
	return messages.Printer(lang)
}

// render writes a component.
func render(t testing.TB, ctx context.Context, c templ.Component) string {
	t.Helper()
	var b bytes.Buffer
	if err := c.Render(ctx, &b); err != nil {
		t.Fatal(err)
	}
	return b.String()
}

// document parses a component as a browser would.
func document(t testing.TB, ctx context.Context, c templ.Component) *goquery.Document {
	t.Helper()
	d, err := goquery.NewDocumentFromReader(strings.NewReader(render(t, ctx, c)))
	if err != nil {
		t.Fatal(err)
	}
	return d
}

// text is what a person reads in a selection, with runs of white space as one space.
func text(s *goquery.Selection) string {
	return strings.Join(strings.Fields(strings.ReplaceAll(s.Text(), "\u00a0", " ")), " ")
}

// golden compares the main part of a page with testdata/<name>.html. On a difference it leaves <name>.html.actual beside it;
// -update takes what is rendered now.
func golden(t *testing.T, ctx context.Context, name string, page templ.Component) {
	t.Helper()
	main, err := goquery.OuterHtml(document(t, ctx, page).Find("main"))
	if err != nil || main == "" {
		t.Fatalf("%s has no main part: %v", name, err)
	}
	goldenText(t, name, legible(main))
}

// goldenText compares a text with testdata/<name>.html.
func goldenText(t *testing.T, name, got string) {
	t.Helper()
	path := filepath.Join("testdata", name+".html")
	if *update {
		if err := os.MkdirAll("testdata", 0o755); err != nil {
			t.Fatal(err)
		}
		if err := os.WriteFile(path, []byte(got), 0o644); err != nil {
			t.Fatal(err)
		}
		return
	}
	want, err := os.ReadFile(path)
	if err != nil {
		t.Fatal(err)
	}
	if diff := cmp.Diff(strings.Split(string(want), "\n"), strings.Split(got, "\n")); diff != "" {
		actual := path + ".actual"
		if err := os.WriteFile(actual, []byte(got), 0o644); err != nil {
			t.Error(err)
		}
		t.Errorf("%s differs from %s (-want +got), see %s:\n%s", name, path, actual, diff)
	}
}

var assetHash = regexp.MustCompile(`/static/[0-9a-f]+/`)

// legible puts every element on a line of its own and drops the hash from the addresses of assets.
func legible(html string) string {
	html = strings.ReplaceAll(assetHash.ReplaceAllString(html, "/static/HASH/"), "><", ">\n<")
	return html + "\n"
}
