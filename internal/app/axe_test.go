//go:build browser

package app_test

import (
	"flag"
	"fmt"
	"net/url"
	"os"
	"path/filepath"
	"strings"
	"testing"

	"github.com/chromedp/chromedp"
)

// screenshots is where the walk of TestAxe leaves a picture of every page in every look, for people to look at:
//
//	go test -tags browser -run TestAxe ./internal/app -args -screenshots DIR
var screenshots = flag.String("screenshots", "", "leave pictures of every page in this `folder`")

// axeSource is installed by `go run ./internal/verify -only axe`.
var axeSource = filepath.Join("..", "verify", "node", "node_modules", "axe-core", "axe.min.js")

// Axe finds nothing on any page: light and dark, wide and narrow, with and without trouble.
func TestAxe(t *testing.T) {
	axe, err := os.ReadFile(axeSource)
	if err != nil {
		t.Fatal("axe is not installed (npm ci in internal/verify/node): ", err)
	}
	d := startDemo(t, stocked(t, goods()))
	b := d.openTab(t)
	b.expect("Failed to load resource") // pages of errors are looked at, too
	inspect := func(name string) { b.inspect(t, name, string(axe)) }

	b.open("/login")
	inspect("login")
	wrong := d.buyer()
	wrong.password = "wrong"
	b.signIn(wrong)
	b.sees(named("error"))
	inspect("login-refused")

	b.signIn(d.manager())
	b.arrives("/")
	b.open("/cart")
	inspect("cart-empty")
	b.open("/catalog")
	b.catalogueArrives()
	v := d.signedIn(t, d.manager())
	v.addToCart(plain, 3)
	v.addToCart(scarce, 50)
	v.addToCart(lookAlike, 1)
	for _, id := range []string{lookAlike, plain} {
		v.post("/lists/watch/items", url.Values{"itemId": {id}})
	}
	v.post("/lists/watch/items/"+lookAlike, url.Values{"price": {"1000"}, "main": {"1"}})
	d.eventually("a history", func() bool { return v.get("/items/"+lookAlike).the("history").Find("svg").Length() > 0 })
	v.noteText("Позвонить перед отгрузкой")
	for _, path := range append(d.pages(v), "/nothing/here", "/items/nothing") {
		b.open(path)
		inspect(pictureName(path))
	}

	b.open("/items/" + lookAlike)
	b.click(".history-rows summary")
	inspect("item-history")
	b.open("/lists/watch")
	b.click(row("item-row", plain, ".mark summary"))
	inspect("watch-mark")

	b.open("/checkout")
	b.click(".note-texts summary")
	inspect("checkout-texts")

	b.open("/catalog")
	b.press("?")
	b.sees("dialog[open]")
	inspect("keys")
	b.open("/catalog")
	b.press("/")
	b.press("CE285")
	b.sees("[data-item-id='" + lookAlike + "']")
	inspect("suggest")

	review := v.read("/checkout")
	d.misbehave(fault{Operation: "CreateOrder", Effect: "perform-and-drop"})
	d.misbehave(fault{Operation: "GetOrders", Nth: 2, Count: 1000, Effect: "drop"})
	sent := v.press(review, "/checkout", nil)
	d.reaches(v, sent.url.Path, "UNKNOWN")
	b.open(sent.url.Path)
	inspect("submission-unknown")
	b.open("/cart")
	inspect("cart-frozen")
	b.open("/")
	inspect("home-outage")
	d.behave()
	d.reaches(v, sent.url.Path, "CONFIRMED")
	b.open(sent.url.Path)
	inspect("submission-confirmed")
	b.do(chromedp.Navigate(d.operator))
	inspect("operator")
	b.do(chromedp.Navigate(d.portal + "/_emulator/"))
	inspect("emulator")
}

// inspect looks at the page as it stands in every theme and width.
func (b *tab) inspect(t *testing.T, name, axe string) {
	for _, width := range []int64{1280, 390} {
		for _, theme := range []string{"light", "dark"} {
			t.Run(fmt.Sprintf("%s-%d-%s", name, width, theme), func(t *testing.T) {
				b.look(theme, width)
				b.photograph(t.Name())
				for _, found := range b.axe(axe) {
					t.Error(found)
				}
				if wide := eval[int](b, "document.documentElement.scrollWidth - document.documentElement.clientWidth"); wide > 0 {
					t.Errorf("%d pixels wider than the window", wide)
				}
			})
		}
	}
}

// axe runs the checker on the page as it stands and lists what it finds.
func (b *tab) axe(source string) []string {
	b.t.Helper()
	if eval[bool](b, "typeof axe === 'undefined'") {
		b.do(chromedp.Evaluate[chromedp.Void](source))
	}
	return eval[[]string](b, `axe.run(document, {resultTypes: ['violations']}).then(r => r.violations.flatMap(v => v.nodes.map(n =>
		v.id + ' (' + v.impact + '): ' + v.help + ': ' + n.target.join(' ') + ': ' + n.html.slice(0, 160) + ' ' + (n.any[0]?.message ?? ''))))`)
}

// photograph keeps a picture of the whole page, where pictures are asked for.
func (b *tab) photograph(name string) {
	b.t.Helper()
	if *screenshots == "" {
		return
	}
	picture, err := chromedp.Run(b.ctx, chromedp.FullScreenshot(100))
	if err == nil {
		err = os.MkdirAll(*screenshots, 0o755)
	}
	if err == nil {
		err = os.WriteFile(filepath.Join(*screenshots, filepath.Base(name)+".png"), picture, 0o644)
	}
	if err != nil {
		b.t.Fatal(err)
	}
}

func pictureName(path string) string {
	switch {
	case path == "/":
		return "home"
	case strings.HasSuffix(path, "/repeat"):
		return "repeat"
	case strings.HasPrefix(path, "/orders/"):
		return "order"
	}
	return strings.Trim(strings.NewReplacer("/", "-", "?", "-", "&", "-", "=", "-", "+", "-").Replace(path), "-")
}
