package emulator_test

import (
	"encoding/json"
	"image"
	_ "image/jpeg"
	_ "image/png"
	"io"
	"net/http"
	"net/url"
	"strings"
	"testing"
	"time"

	"github.com/PuerkitoBio/goquery"

	"storefront/internal/vtt/emulator"
	"storefront/internal/vtt/emulator/emulatortest"
)

// ask sends JSON to the emulator's own addresses and reads the JSON that comes back.
func ask(t *testing.T, method, url, body string, into any) (status int) {
	t.Helper()
	request, err := http.NewRequest(method, url, strings.NewReader(body))
	if err != nil {
		t.Fatal(err)
	}
	response, err := http.DefaultClient.Do(request)
	if err != nil {
		t.Fatal(err)
	}
	defer func() { _ = response.Body.Close() }()
	if into != nil {
		if err := json.NewDecoder(response.Body).Decode(into); err != nil {
			t.Fatal(err)
		}
	}
	return response.StatusCode
}

func TestProgramsSteer(t *testing.T) {
	server := emulatortest.Start(t, func(o *emulator.Options) { o.Items, o.Now = 50, noon().Now })
	base := server.Base + "/_emulator/"
	var rules []emulator.Rule
	if status := ask(t, "POST", base+"rules", `{"operation":"GetUsdRubRate","login":"buyer","nth":2,"count":1,"effect":"delay","delay":"20ms","code":""}`, &rules); status != 200 || len(rules) != 1 {
		t.Fatalf("status %d, rules %v", status, rules)
	}
	ask(t, "POST", base+"rules", `[{"effect":"slow","delay":1.5,"operation":"GetItems"},{"effect":"drop","operation":"GetItem"}]`, &rules)
	if len(rules) != 3 || time.Duration(rules[0].Delay) != 20*time.Millisecond || time.Duration(rules[1].Delay) != 1500*time.Millisecond {
		t.Errorf("rules %+v", rules)
	}
	for range 3 {
		as(t, server, "buyer").call("GetUsdRubRate", "")
	}
	ask(t, "GET", base+"rules", "", &rules)
	if rules[0].Seen != 3 || rules[0].Applied != 1 {
		t.Errorf("seen %d, applied %d", rules[0].Seen, rules[0].Applied)
	}
	if ask(t, "DELETE", base+"rules", "", &rules); len(rules) != 0 {
		t.Errorf("rules %+v after removing them", rules)
	}
	for _, bad := range []string{`{`, `{"effect":"explode"}`, `{"effect":"delay","delay":"soon"}`, `[{"effect":"drop"},{"effect":""}]`} {
		if status := ask(t, "POST", base+"rules", bad, nil); status != 400 {
			t.Errorf("%s: status %d", bad, status)
		}
	}
	var executions map[string]int
	if ask(t, "GET", base+"executions", "", &executions); executions["GetUsdRubRate"] != 3 {
		t.Errorf("executions %v", executions)
	}
	var clock struct{ Now time.Time }
	ask(t, "POST", base+"clock", `{"advance":"3h"}`, &clock)
	ask(t, "POST", base+"clock", `{"advance":60}`, &clock)
	if want := noon().now.Add(3*time.Hour + time.Minute); !clock.Now.Equal(want) {
		t.Errorf("clock %s, want %s", clock.Now, want)
	}
	if status := ask(t, "POST", base+"clock", `{"advance":"-1h"}`, nil); status != 400 {
		t.Errorf("the clock went back: %d", status)
	}
	var accounts []emulator.Account
	if ask(t, "GET", base+"accounts", "", &accounts); len(accounts) < 4 || accounts[0].Password == "" {
		t.Errorf("accounts %+v", accounts)
	}
	var orders []emulator.Order
	if ask(t, "GET", base+"orders", "", &orders); len(orders) < 40 || len(orders[0].Lines) == 0 {
		t.Errorf("%d orders", len(orders))
	}
	if status := ask(t, "POST", base+"reset", "", nil); status != http.StatusNoContent {
		t.Errorf("reset: status %d", status)
	}
	if ask(t, "GET", base+"clock", "", &clock); !clock.Now.Equal(noon().now) {
		t.Errorf("after a reset the clock shows %s", clock.Now)
	}
}

func TestPageOfAnotherSiteCannotSteer(t *testing.T) {
	server := emulatortest.Start(t, func(o *emulator.Options) { o.Items = 10 })
	request, err := http.NewRequest("POST", server.Base+"/_emulator/reset", nil)
	if err != nil {
		t.Fatal(err)
	}
	request.Header.Set("Sec-Fetch-Site", "cross-site")
	response, err := http.DefaultClient.Do(request)
	if err != nil {
		t.Fatal(err)
	}
	_ = response.Body.Close()
	if response.StatusCode != http.StatusForbidden {
		t.Errorf("status %d, want 403", response.StatusCode)
	}
}

func TestPageShowsAndSteers(t *testing.T) {
	server := emulatortest.Start(t, func(o *emulator.Options) { o.Items = 50 })
	page := func(response *http.Response, err error) *goquery.Document {
		t.Helper()
		if err != nil {
			t.Fatal(err)
		}
		defer func() { _ = response.Body.Close() }()
		if response.StatusCode != 200 || !strings.Contains(response.Header.Get("Content-Security-Policy"), "default-src 'none'") {
			t.Fatalf("%s %v", response.Status, response.Header)
		}
		document, err := goquery.NewDocumentFromReader(response.Body)
		if err != nil {
			t.Fatal(err)
		}
		return document
	}
	rows := func(d *goquery.Document, section string) int {
		return d.Find("section[aria-labelledby=" + section + "] tbody tr").Length()
	}
	d := page(http.Get(server.Base))
	if rows(d, "accounts") != len(server.Accounts()) || rows(d, "orders") != len(server.Orders()) || rows(d, "calls") != 18 || rows(d, "rules") != 0 {
		t.Errorf("%d accounts, %d orders, %d operations, %d rules", rows(d, "accounts"), rows(d, "orders"), rows(d, "calls"), rows(d, "rules"))
	}
	if inline := d.Find("script, style, [style]").Length(); inline != 0 {
		t.Errorf("%d inline scripts and styles", inline)
	}
	before := server.Now()
	d = page(http.PostForm(server.Base+"/_emulator/page/rules", url.Values{"operation": {"GetItem"}, "effect": {"delay"}, "delay": {"1s"}, "nth": {"2"}}))
	if rows(d, "rules") != 1 {
		t.Errorf("%d rules", rows(d, "rules"))
	}
	stories := d.Find("section[aria-labelledby=stories] form")
	if stories.Length() < 10 {
		t.Errorf("%d stories", stories.Length())
	}
	stories.Each(func(_ int, form *goquery.Selection) {
		name, _ := form.Find("[name=story]").Attr("value")
		if d := page(http.PostForm(server.Base+"/_emulator/page/stories", url.Values{"story": {name}})); rows(d, "rules") < 1 || rows(d, "rules") > 2 {
			t.Errorf("%s leads to %d rules", name, rows(d, "rules"))
		}
	})
	if d = page(http.PostForm(server.Base+"/_emulator/page/rules/clear", nil)); rows(d, "rules") != 0 {
		t.Errorf("%d rules after removing them", rows(d, "rules"))
	}
	page(http.PostForm(server.Base+"/_emulator/page/clock", url.Values{"advance": {"2h"}}))
	if server.Now().Sub(before) < 2*time.Hour {
		t.Error("the clock did not move")
	}
	page(http.PostForm(server.Base+"/_emulator/page/reset", nil))
	if server.Now().Sub(before) > time.Hour {
		t.Error("the clock was not reset")
	}
	if css, status := fetch(t, server.Base+"/_emulator/page.css"); status != 200 || !strings.Contains(css, "table") {
		t.Errorf("style: %d", status)
	}
}

// Every picture that the catalogue links to is one, of the kind that its name says.
func TestPhotos(t *testing.T) {
	server := emulatortest.Start(t, func(o *emulator.Options) { o.Items = 120 })
	formats := make(map[string]int)
	seen := make(map[string]bool)
	for _, n := range as(t, server, "buyer").call("GetItems", "").result.list("ItemDto") {
		for _, u := range n.child("PhotoUrls").list("string") {
			response, err := http.Get(u.Text)
			if err != nil {
				t.Fatal(err)
			}
			raw, err := io.ReadAll(response.Body)
			_ = response.Body.Close()
			if err != nil || response.StatusCode != 200 {
				t.Fatalf("%s: %s, %v", u.Text, response.Status, err)
			}
			seen[response.Header.Get("ETag")] = true
			config, format, err := image.DecodeConfig(strings.NewReader(string(raw)))
			if err != nil || config.Width != 480 || response.Header.Get("Content-Type") != "image/"+format {
				t.Errorf("%s: %dx%d %s as %s, %v", u.Text, config.Width, config.Height, format, response.Header.Get("Content-Type"), err)
			}
			formats[format]++
		}
	}
	if formats["png"] == 0 || formats["jpeg"] == 0 || len(seen) < 20 {
		t.Errorf("%v, %d different pictures", formats, len(seen))
	}
	for path, want := range map[string]int{
		"dummy.jpg": 200, "A%2F1.png": 200, "A%2F1-2.jpg": 200, "NOPE.png": 404, "A%2F1.gif": 404, "A%2F1": 404, "": 404,
	} {
		if _, status := fetch(t, server.Base+"/photos/"+path); status != want {
			t.Errorf("%q: status %d, want %d", path, status, want)
		}
	}
}

func TestDocumentsOfOtherOrdersDoNotExist(t *testing.T) {
	server := emulatortest.Start(t, func(o *emulator.Options) { o.Items = 50 })
	orders := server.Orders()
	open := orders[len(orders)-1].ID
	for _, name := range []string{"upd-" + open + "-1.pdf", "upd-99999999-1.pdf", "upd-1.pdf", "..%2Fx.pdf"} {
		if _, status := fetch(t, server.Base+"/documents/"+name); status != 404 {
			t.Errorf("%s: status %d", name, status)
		}
	}
}
