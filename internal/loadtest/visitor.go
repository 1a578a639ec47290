package main

import (
	"bytes"
	"compress/gzip"
	"context"
	"errors"
	"fmt"
	"io"
	"net/http"
	"net/http/cookiejar"
	"net/url"
	"strings"
	"time"
)

// visitor is a buyer with a browser: cookies, redirects, one connection that stays open.
type visitor struct {
	login string
	shop  string
	http  *http.Client
}

// ask is a request of a page, or with a form of a change.
type ask struct {
	path string
	form url.Values
}

// answer is what came back. The body is as it was sent: compressed where encoding says so.
type answer struct {
	status   int
	encoding string
	header   http.Header
	body     []byte
}

// text is the body as a person reads it; empty where it can't be unpacked.
func (a answer) text() string {
	z, err := gzip.NewReader(bytes.NewReader(a.body))
	if err != nil {
		return ""
	}
	text, _ := io.ReadAll(z) // what could be read is shown
	return string(text)
}

// newVisitor is somebody who has not signed in. timeout bounds each of his requests.
func newVisitor(login, shop string, timeout time.Duration) *visitor {
	jar, _ := cookiejar.New(nil) // without options it can't fail
	// A browser decompresses; the load compares what was sent and leaves it as it is.
	transport := &http.Transport{DisableCompression: true, MaxIdleConnsPerHost: 1, IdleConnTimeout: time.Minute}
	return &visitor{login: login, shop: shop, http: &http.Client{Jar: jar, Transport: transport, Timeout: timeout}}
}

// signIn opens the form and sends it, and sees to it that he is in.
func (v *visitor) signIn(ctx context.Context) error {
	if _, err := v.read(ctx, "/login"); err != nil {
		return err
	}
	_, err := v.do(ctx, ask{path: "/login", form: url.Values{"login": {v.login}, "password": {password}, "next": {"/lists"}}}, "")
	if err != nil {
		return fmt.Errorf("%s signs in: %w", v.login, err)
	}
	return nil
}

// read gets a page as text.
func (v *visitor) read(ctx context.Context, path string) (string, error) {
	a, err := v.do(ctx, ask{path: path}, "")
	return string(a.body), err
}

// do sends a request as a browser does; a form as htmx sends it from a page, but for signing in. What is not answered with a
// page is an error.
func (v *visitor) do(ctx context.Context, what ask, encoding string) (answer, error) {
	request, err := v.request(ctx, what)
	if err != nil {
		return answer{}, err
	}
	if encoding != "" {
		request.Header.Set("Accept-Encoding", encoding)
	}
	response, err := v.http.Do(request)
	if err != nil {
		return answer{}, err
	}
	defer response.Body.Close()
	body, err := io.ReadAll(response.Body)
	a := answer{status: response.StatusCode, encoding: response.Header.Get("Content-Encoding"), header: response.Header, body: body}
	switch {
	case err != nil:
		return a, err
	case a.status != http.StatusOK:
		return a, fmt.Errorf("%s: status %d", what.path, a.status)
	case response.Request.URL.Path == "/login" && what.path != "/login":
		return a, errors.New(what.path + ": the session is gone")
	}
	return a, nil
}

func (v *visitor) request(ctx context.Context, what ask) (*http.Request, error) {
	method, body := http.MethodGet, ""
	if what.form != nil {
		method, body = http.MethodPost, what.form.Encode()
	}
	request, err := http.NewRequestWithContext(ctx, method, v.shop+what.path, strings.NewReader(body))
	if err != nil {
		return nil, err
	}
	request.Header.Set("Accept-Language", "ru")
	if method == http.MethodPost {
		request.Header.Set("Content-Type", "application/x-www-form-urlencoded")
		request.Header.Set("Origin", v.shop)
		request.Header.Set("Sec-Fetch-Site", "same-origin")
		if what.path != "/login" {
			request.Header.Set("HX-Request", "true")
			request.Header.Set("HX-Request-Type", "partial")
		}
	}
	return request, nil
}
