package app_test

import (
	"bytes"
	"fmt"
	"io"
	"net/http"
	"net/http/cookiejar"
	"net/url"
	"strings"
	"testing"

	"github.com/PuerkitoBio/goquery"
	"github.com/shopspring/decimal"
)

// visitor is a person with a browser that runs no scripts: links, forms, cookies and redirects work.
type visitor struct {
	t       *testing.T
	shop    string
	http    *http.Client
	headers http.Header // sent with every request
	seen    func(*page) // told of every answer, if set
}

func (d *demo) visitor(t *testing.T) *visitor {
	jar, err := cookiejar.New(nil)
	if err != nil {
		t.Fatal(err)
	}
	headers := http.Header{"Accept": {"text/html"}, "Accept-Language": {"ru"}}
	return &visitor{t: t, shop: d.shop, http: &http.Client{Jar: jar, Timeout: patience}, headers: headers}
}

// signedIn is a visitor who has just signed in.
func (d *demo) signedIn(t *testing.T, a account) *visitor {
	t.Helper()
	v := d.visitor(t)
	if p := v.signIn(a); p.url.Path != "/" {
		t.Fatalf("%s is at %s after signing in: %s", a.login, p.url.Path, p.complaint())
	}
	return v
}

// page is an answer as a person meets it: after redirects.
type page struct {
	*goquery.Document
	t      *testing.T
	url    *url.URL
	status int
	header http.Header
	body   string
}

func (v *visitor) get(path string) *page {
	v.t.Helper()
	return v.do(http.MethodGet, path, nil)
}

// read is get for a page that must be there.
func (v *visitor) read(path string) *page {
	v.t.Helper()
	p := v.get(path)
	if p.status != http.StatusOK {
		v.t.Fatalf("GET %s: %d: %s", path, p.status, p.complaint())
	}
	return p
}

func (v *visitor) post(path string, values url.Values) *page {
	v.t.Helper()
	return v.do(http.MethodPost, path, values)
}

func (v *visitor) do(method, path string, values url.Values) *page {
	v.t.Helper()
	request, err := http.NewRequestWithContext(v.t.Context(), method, v.shop+path, strings.NewReader(values.Encode()))
	if err != nil {
		v.t.Fatal(err)
	}
	request.Header = v.headers.Clone()
	if method == http.MethodPost { // as a browser says of a form of the same site
		request.Header.Set("Content-Type", "application/x-www-form-urlencoded")
		request.Header.Set("Origin", v.shop)
		request.Header.Set("Sec-Fetch-Site", "same-origin")
	}
	answer, err := v.http.Do(request)
	if err != nil {
		v.t.Fatal(err)
	}
	defer answer.Body.Close()
	body, err := io.ReadAll(answer.Body)
	if err != nil {
		v.t.Fatal(err)
	}
	document, err := goquery.NewDocumentFromReader(bytes.NewReader(body))
	if err != nil {
		v.t.Fatal(err)
	}
	p := &page{Document: document, t: v.t, url: answer.Request.URL, status: answer.StatusCode, header: answer.Header, body: string(body)}
	if v.seen != nil {
		v.seen(p)
	}
	return p
}

// press submits the page's form that posts to action, with its own values and those given.
func (v *visitor) press(p *page, action string, given url.Values) *page {
	v.t.Helper()
	form := p.Find(fmt.Sprintf("form[action=%q]", action)).First()
	if form.Length() == 0 {
		v.t.Fatalf("%s has no form that posts to %s: %s", p.url, action, p.complaint())
	}
	return v.submit(form, given)
}

// submit sends a form with its own values and those given.
func (v *visitor) submit(form *goquery.Selection, given url.Values) *page {
	v.t.Helper()
	action := attr(v.t, form, "action")
	values := url.Values{}
	form.Find("input[name], textarea[name]").Each(func(_ int, field *goquery.Selection) {
		name, _ := field.Attr("name")
		kind, _ := field.Attr("type")
		_, checked := field.Attr("checked")
		_, required := field.Attr("required") // a browser sends no form without it
		if kind == "checkbox" && !checked && !required {
			return
		}
		value, isInput := field.Attr("value")
		if !isInput {
			value = field.Text()
		}
		values.Add(name, value)
	})
	for name, value := range given {
		values[name] = value
	}
	return v.post(action, values)
}

func (v *visitor) signIn(a account) *page {
	v.t.Helper()
	return v.press(v.get("/login"), "/login", url.Values{"login": {a.login}, "password": {a.password}})
}

// named finds what carries a data-testid.
func (p *page) named(id string) *goquery.Selection { return p.Find(named(id)) }

func named(id string) string { return fmt.Sprintf("[data-testid=%q]", id) }

// the is named for what must be there exactly once.
func (p *page) the(id string) *goquery.Selection {
	p.t.Helper()
	found := p.named(id)
	if found.Length() != 1 {
		p.t.Fatalf("%s has %d of %q, want one; it says: %s", p.url, found.Length(), id, p.complaint())
	}
	return found
}

// item finds the row or line of an item.
func (p *page) item(kind, id string) *goquery.Selection {
	p.t.Helper()
	return p.Find(fmt.Sprintf("%s[data-item-id=%q]", named(kind), id))
}

// complaint is the error that a page shows, or the beginning of its text.
func (p *page) complaint() string {
	text := p.named("error").Text()
	if text == "" {
		text = p.Find("main, body").First().Text()
	}
	text = strings.Join(strings.Fields(text), " ")
	return text[:min(len(text), 400)]
}

// code is the data-code of the error that a page shows, empty where it shows none.
func (p *page) code() string {
	code, _ := p.named("error").First().Attr("data-code")
	return code
}

// attr is an attribute that must be there.
func attr(t *testing.T, s *goquery.Selection, name string) string {
	t.Helper()
	value, ok := s.Attr(name)
	if !ok {
		html, _ := goquery.OuterHtml(s.First())
		t.Fatalf("no %s on %s", name, html)
	}
	return value
}

// amount is what a price or a sum says, as a plain decimal.
func amount(t *testing.T, s *goquery.Selection) decimal.Decimal {
	t.Helper()
	d, err := decimal.NewFromString(attr(t, s, "data-amount"))
	if err != nil {
		t.Fatal(err)
	}
	return d
}
