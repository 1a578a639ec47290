// Package i18n turns message keys into text for people, Russian first and English complete.
//
// Messages live in messages/<noun>.<language>.json, one noun a file; a test proves that both languages have the same keys
// with the same parameters and that every key used in the program exists. A key missing at run time is shown as itself.
package i18n

import (
	"context"
	"embed"
	"fmt"
	"io/fs"
	"strings"

	goi18n "github.com/nicksnyder/go-i18n/v2/i18n"
	"golang.org/x/text/language"
)

//go:embed messages/*.json
var files embed.FS

// Languages lists what the interface speaks, the default first.
var Languages = [...]string{"ru", "en"}

// Catalogue holds the messages of every language.
type Catalogue struct {
	printers map[string]*Printer
	matcher  language.Matcher
}

// Load reads the embedded message files.
func Load() (*Catalogue, error) {
	bundle := goi18n.NewBundle(language.Russian)
	names, err := fs.Glob(files, "messages/*.json")
	if err != nil {
		return nil, err
	}
	fixed := map[string]map[string]string{}
	for _, lang := range Languages {
		fixed[lang] = map[string]string{}
	}
	for _, name := range names {
		file, err := bundle.LoadMessageFileFS(files, name)
		if err != nil {
			return nil, fmt.Errorf("message file %s: %w", name, err)
		}
		keepFixed(fixed[file.Tag.String()], file.Messages)
	}
	c := &Catalogue{printers: map[string]*Printer{}, matcher: language.NewMatcher([]language.Tag{language.Russian, language.English})}
	for _, lang := range Languages {
		c.printers[lang] = &Printer{lang: lang, localizer: goi18n.NewLocalizer(bundle, lang), fixed: fixed[lang]}
	}
	return c, nil
}

// keepFixed picks the messages that are always the same text. Most are, and a page of rows asks for hundreds of them.
func keepFixed(fixed map[string]string, messages []*goi18n.Message) {
	for _, m := range messages {
		plural := m.Zero != "" || m.One != "" || m.Two != "" || m.Few != "" || m.Many != ""
		if !plural && !strings.Contains(m.Other, "{{") {
			fixed[m.ID] = m.Other
		}
	}
}

// Printer returns the printer of a language; an unknown one falls back to Russian.
func (c *Catalogue) Printer(lang string) *Printer {
	if p, ok := c.printers[lang]; ok {
		return p
	}
	return c.printers[Languages[0]]
}

// Match picks the language for an Accept-Language header.
func (c *Catalogue) Match(acceptLanguage string) string {
	tags, _, err := language.ParseAcceptLanguage(acceptLanguage)
	if err != nil || len(tags) == 0 {
		return Languages[0]
	}
	_, i, confidence := c.matcher.Match(tags...)
	if confidence == language.No {
		return Languages[0]
	}
	return Languages[i]
}

// Printer writes messages in one language.
type Printer struct {
	lang      string
	localizer *goi18n.Localizer
	fixed     map[string]string // messages without parameters and plurals
}

// Lang is the printer's language, "ru" or "en".
func (p *Printer) Lang() string { return p.lang }

// T writes a message. args are name, value pairs for its {{.Name}} parameters.
func (p *Printer) T(key string, args ...any) string {
	if text, ok := p.fixed[key]; ok {
		return text
	}
	return p.localize(key, &goi18n.LocalizeConfig{MessageID: key, TemplateData: data(args)})
}

// N writes a message whose form depends on n, which it may show as {{.PluralCount}}.
func (p *Printer) N(key string, n int, args ...any) string {
	values := data(args)
	values["PluralCount"] = n
	return p.localize(key, &goi18n.LocalizeConfig{MessageID: key, PluralCount: n, TemplateData: values})
}

// Has tells whether the language has the message.
func (p *Printer) Has(key string) bool {
	for _, count := range []any{nil, 1} { // without a plural, and with one
		_, tag, err := p.localizer.LocalizeWithTag(&goi18n.LocalizeConfig{MessageID: key, PluralCount: count})
		if err == nil && tag.String() == p.lang {
			return true
		}
	}
	return false
}

func (p *Printer) localize(key string, config *goi18n.LocalizeConfig) string {
	text, err := p.localizer.Localize(config)
	if err != nil && text == "" {
		return key
	}
	return text
}

func data(args []any) map[string]any {
	values := make(map[string]any, len(args)/2+1)
	for i := 0; i+1 < len(args); i += 2 {
		if name, ok := args[i].(string); ok {
			values[name] = args[i+1]
		}
	}
	return values
}

type contextKey struct{}

// With puts the request's printer into a context.
func With(ctx context.Context, p *Printer) context.Context {
	return context.WithValue(ctx, contextKey{}, p)
}

// T writes a message in the language of the context.
func T(ctx context.Context, key string, args ...any) string {
	if p := from(ctx); p != nil {
		return p.T(key, args...)
	}
	return key
}

// N writes a message with a plural in the language of the context.
func N(ctx context.Context, key string, n int, args ...any) string {
	if p := from(ctx); p != nil {
		return p.N(key, n, args...)
	}
	return key
}

// Lang returns the language of the context, Russian where there is none.
func Lang(ctx context.Context) string {
	if p := from(ctx); p != nil {
		return p.lang
	}
	return Languages[0]
}

func from(ctx context.Context) *Printer {
	p, _ := ctx.Value(contextKey{}).(*Printer)
	return p
}
