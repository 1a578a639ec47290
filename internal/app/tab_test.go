//go:build browser

package app_test

import (
	"context"
	"encoding/json"
	"fmt"
	"slices"
	"strings"
	"sync"
	"testing"

	"github.com/chromedp/cdproto/emulation"
	cdppage "github.com/chromedp/cdproto/page"
	"github.com/chromedp/chromedp"
)

// tab is a person's browser: a tab of Chromium with cookies of its own. Nothing that its pages write to the console as an
// error is let pass, violations of the content security policy among them.
type tab struct {
	t     *testing.T
	ctx   context.Context
	shop  string
	close func() // of a tab beside another

	mu       sync.Mutex
	console  []string
	expected []string // parts of errors that a test has brought about itself
}

// openTab starts Chromium for the length of the test.
func (d *demo) openTab(t *testing.T) *tab {
	t.Helper()
	flags := append(slices.Clone(chromedp.DefaultExecAllocatorOptions[:]),
		chromedp.NoSandbox, chromedp.Flag("disable-gpu", true), chromedp.Flag("disable-quic", true),
		chromedp.Flag("disable-component-update", true), chromedp.Flag("accept-lang", "ru"),
		chromedp.UserDataDir(t.TempDir()), chromedp.WindowSize(1280, 900))
	allocator, endBrowser := chromedp.NewExecAllocator(context.Background(), flags...)
	ctx, endTab := chromedp.NewContext(allocator)
	if err := chromedp.Do(ctx); err != nil { // starts the browser, without a limit of time
		t.Fatal(err)
	}
	b := &tab{t: t, ctx: ctx, shop: d.shop}
	b.listen()
	b.look("light", 1280)
	t.Cleanup(func() {
		endTab()
		endBrowser()
		b.checkConsole()
	})
	return b
}

func (b *tab) listen() {
	messages := chromedp.Console(b.ctx)
	go func() {
		for m, err := range messages {
			if err != nil {
				return
			}
			if m.IsException() || m.Type == chromedp.ConsoleError {
				b.mu.Lock()
				b.console = append(b.console, m.String()+" ("+m.URL+")")
				b.mu.Unlock()
			}
		}
	}()
}

// expect names an error that the test brings about, by a part of its text.
func (b *tab) expect(part string) { b.expected = append(b.expected, part) }

func (b *tab) checkConsole() {
	b.mu.Lock()
	defer b.mu.Unlock()
	for _, message := range b.console {
		if !slices.ContainsFunc(b.expected, func(part string) bool { return strings.Contains(message, part) }) {
			b.t.Errorf("the console says: %s", message)
		}
	}
}

func (b *tab) do(steps ...chromedp.Action[chromedp.Void]) {
	b.t.Helper()
	ctx, cancel := context.WithTimeout(b.ctx, patience)
	defer cancel()
	if err := chromedp.Do(ctx, steps...); err != nil {
		b.t.Fatalf("at %s: %v", b.where(), err)
	}
}

// eval evaluates an expression of JavaScript; a promise is waited for.
func eval[T any](b *tab, script string, args ...any) T {
	b.t.Helper()
	ctx, cancel := context.WithTimeout(b.ctx, patience)
	defer cancel()
	value, err := chromedp.Run(ctx, chromedp.Evaluate[T](filled(script, args), chromedp.EvalAwaitPromise))
	if err != nil {
		b.t.Fatalf("at %s: %s: %v", b.where(), script, err)
	}
	return value
}

// until waits for an expression to become true, over new pages too.
func (b *tab) until(what, script string, args ...any) {
	b.t.Helper()
	met := within(patience, func() bool {
		ok, err := chromedp.Run(b.ctx, chromedp.Evaluate[bool]("Boolean("+filled(script, args)+")"))
		return ok && err == nil
	})
	if !met {
		b.t.Fatalf("not in %s: %s, at %s: %s", patience, what, b.where(), b.text("main"))
	}
}

// filled puts values into a script as literals.
func filled(script string, args []any) string {
	literals := make([]any, len(args))
	for i, a := range args {
		literal, err := json.Marshal(a)
		if err != nil {
			panic(err) // only texts and numbers are put in
		}
		literals[i] = string(literal)
	}
	return fmt.Sprintf(script, literals...)
}

func (b *tab) where() string {
	at, _ := chromedp.Run(b.ctx, chromedp.Location())
	return strings.TrimPrefix(at, b.shop)
}

func (b *tab) open(path string) {
	b.t.Helper()
	b.do(chromedp.Navigate(b.shop + path))
}

func (b *tab) click(css string) {
	b.t.Helper()
	b.do(chromedp.ScrollIntoView(chromedp.CSS(css)), chromedp.Click(chromedp.CSS(css)))
}

// fill types over what a field holds.
func (b *tab) fill(css, text string) {
	b.t.Helper()
	b.do(chromedp.ScrollIntoView(chromedp.CSS(css)), chromedp.Focus(chromedp.CSS(css)))
	eval[bool](b, "(document.activeElement.select(), true)")
	b.press(text)
}

func (b *tab) press(keys string) {
	b.t.Helper()
	b.do(chromedp.KeyEvent(keys))
}

// sees waits until something is on the page.
func (b *tab) sees(css string) {
	b.t.Helper()
	b.until(css, "document.querySelector(%s)", css)
}

// reads waits until the text of something holds words.
func (b *tab) reads(css, words string) {
	b.t.Helper()
	b.until(fmt.Sprintf("%s reading %q", css, words), "document.querySelector(%s)?.textContent.includes(%s)", css, words)
}

// arrives waits for the page of a path; one that ends with a slash stands for all below it.
func (b *tab) arrives(path string) {
	b.t.Helper()
	there := "location.pathname === %s"
	if len(path) > 1 && strings.HasSuffix(path, "/") {
		there = "location.pathname.startsWith(%s)"
	}
	b.until("arriving at "+path, there+" && document.readyState === 'complete'", path)
}

// answerDialogs says yes to every question that pages ask from now on.
func (b *tab) answerDialogs() {
	questions := chromedp.Events(b.ctx, cdppage.JavascriptDialogOpening)
	go func() {
		for _, err := range questions {
			if err != nil {
				return
			}
			_, _ = chromedp.Call(b.ctx, cdppage.HandleJavaScriptDialog, cdppage.HandleJavaScriptDialogParams{Accept: true}) // a click waits for it
		}
	}()
}

func (b *tab) text(css string) string {
	text, _ := chromedp.Run(b.ctx, chromedp.Evaluate[string](filled("document.querySelector(%s)?.innerText ?? ''", []any{css})))
	return strings.Join(strings.Fields(text), " ")
}

func (b *tab) count(css string) int {
	b.t.Helper()
	return eval[int](b, "document.querySelectorAll(%s).length", css)
}

func (b *tab) signIn(a account) {
	b.t.Helper()
	b.open("/login")
	b.fill("[name=login]", a.login)
	b.fill("[name=password]", a.password)
	b.click("form[action='/login'] button[type=submit]")
}

// look makes the page be seen in a theme ("light", "dark") and in a width.
func (b *tab) look(theme string, width int64) {
	b.t.Helper()
	_, err := chromedp.Call(b.ctx, emulation.SetEmulatedMedia, emulation.SetEmulatedMediaParams{
		Features: []*emulation.MediaFeature{{Name: "prefers-color-scheme", Value: theme}},
	})
	if err != nil {
		b.t.Fatal(err)
	}
	b.do(chromedp.EmulateViewport(width, 900))
	// A colour that is inherited passes from frame to frame: three quiet ones, and everything has its own.
	eval[bool](b, `(async () => {
		for (let quiet = 0; quiet < 3; ) {
			await new Promise(requestAnimationFrame)
			quiet = document.getAnimations().some(a => a instanceof CSSTransition && a.playState === 'running') ? 0 : quiet + 1
		}
		return true
	})()`)
}

// row is the selector of an item's row, line or order line, and of what is in it.
func row(kind, id, inside string) string {
	return strings.TrimSpace(fmt.Sprintf("%s[data-item-id=%q] %s", named(kind), id, inside))
}
