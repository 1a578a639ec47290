package views

import (
	"context"
	"strconv"

	"storefront/internal/buyer"
	"storefront/internal/i18n"
)

// htmxConfig sets htmx up for the strict content policy: no style of its own, no extension but event streams, only this site. Errors come as
// fragments with a status and are swapped like any other answer.
const htmxConfig = `{"includeIndicatorCSS":false,"mode":"same-origin","extensions":"sse","defaultTimeout":30000,"transitions":false}`

// EventPricesReady ends the stream of FreshnessURL when nothing loads any more: lists then read themselves again.
const EventPricesReady = "prices-ready"

// menu is the main menu in its order.
var menu = [...]struct {
	section  Section
	url, key string
}{
	{SectionHome, HomeURL, "frame.menu.home"},
	{SectionCatalog, catalogURL, "frame.menu.catalog"},
	{SectionOrders, OrdersURL, "frame.menu.orders"},
	{SectionDocuments, DocumentsURL, "frame.menu.documents"},
	{SectionLists, ListsURL, "frame.menu.lists"},
}

// themes are the choices of the theme switch; the empty one follows the browser.
var themes = [...]struct{ value, key string }{
	{"", "frame.theme.auto"},
	{"light", "frame.theme.light"},
	{"dark", "frame.theme.dark"},
}

// keys are what the keyboard does everywhere; static/app.js does it.
var keys = [...]struct {
	caps       []string
	messageKey string
}{
	{[]string{"/"}, "frame.keys.search"},
	{[]string{"↓", "↑"}, "frame.keys.move"},
	{[]string{"Enter"}, "frame.keys.enter"},
	{[]string{"Esc"}, "frame.keys.escape"},
	{[]string{"g", "c"}, "frame.keys.cart"},
	{[]string{"?"}, "frame.keys.help"},
}

// themeName is the theme's name in the style sheet.
func themeName(theme string) string {
	if theme == "dark" {
		return "shop-dark"
	}
	return "shop"
}

// colorScheme tells the browser what to paint before the style sheet is there.
func colorScheme(theme string) string {
	switch theme {
	case "light", "dark":
		return theme
	}
	return "light dark"
}

func pageTitle(ctx context.Context, title string) string {
	if title == "" {
		return i18n.T(ctx, "frame.site")
	}
	return title + " · " + i18n.T(ctx, "frame.site")
}

func rightKey(r buyer.Right) string {
	switch r {
	case buyer.RightEdit:
		return "frame.right.edit"
	case buyer.RightNone:
		return "frame.right.none"
	}
	return "frame.right.unknown"
}

// languageName is a language's short name in itself.
func languageName(lang string) string {
	if lang == "en" {
		return "EN"
	}
	return "РУ"
}

func pressed(on bool) string { return strconv.FormatBool(on) }

func loadID(i int) string { return "load-" + strconv.Itoa(i) }
