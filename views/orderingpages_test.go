package views_test

import (
	"regexp"
	"strings"
	"testing"

	"storefront/internal/order"
)

func TestPagesOfOrderingLookAsAgreed(t *testing.T) {
	ctx := russian(t)
	for _, p := range orderingPages() {
		t.Run(p.name, func(t *testing.T) { golden(t, ctx, p.name, p.make(ctx)) })
	}
}

// The content policy allows no style, script or handler in a page.
var inline = regexp.MustCompile(`(?i)<style|<script[^>]*>[^<]|\sstyle="|\son[a-z]+="|\shx-on|="js:|="javascript:`)

// A key without a message is shown as itself.
var rawKey = regexp.MustCompile(`^(cart|repeat|rescue|edit|checkout|submission|order|document|operator|notetemplate|unit|row|ui|frame|error)\.[a-z_]+(\.[A-Za-z_]+)*$`)

func TestPagesOfOrderingKeepTheRulesInEveryLanguage(t *testing.T) {
	for _, lang := range []string{"ru", "en"} {
		ctx := inLanguage(t, lang)
		for _, p := range orderingPages() {
			t.Run(lang+" "+p.name, func(t *testing.T) {
				if found := inline.FindString(render(t, ctx, p.make(ctx))); found != "" {
					t.Errorf("inline: %s", found)
				}
				page := document(t, ctx, p.make(ctx))
				for _, word := range strings.Fields(page.Find("main").Text()) {
					if rawKey.MatchString(word) {
						t.Errorf("no message: %s", word)
					}
				}
				ids := map[string]bool{}
				marked := page.Find("[id]")
				for i := range marked.Nodes {
					id := marked.Eq(i).AttrOr("id", "")
					if ids[id] {
						t.Errorf("id %q stands twice", id)
					}
					ids[id] = true
				}
				if n := page.Find("h1").Length(); n != 1 {
					t.Errorf("%d headings of the first order", n)
				}
			})
		}
	}
}

// Keys that are put together at run time.
func TestEveryStateAndStatusHasAName(t *testing.T) {
	for _, lang := range []string{"ru", "en"} {
		messages := printer(t, lang)
		for _, s := range states {
			for _, key := range []string{"submission.title." + string(s), "submission.step." + string(s)} {
				if !messages.Has(key) {
					t.Errorf("%s: no %s", lang, key)
				}
			}
		}
		for _, s := range order.Statuses {
			if key := "order.status." + s.Code(); !messages.Has(key) {
				t.Errorf("%s: no %s", lang, key)
			}
		}
	}
}
