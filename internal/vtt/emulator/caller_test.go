package emulator_test

import (
	"bytes"
	"encoding/xml"
	"fmt"
	"io"
	"net/http"
	"slices"
	"strings"
	"testing"
	"time"

	"storefront/internal/vtt/emulator"
	"storefront/internal/vtt/emulator/emulatortest"
)

// node is an element of an answer, read without any of the program's own code.
type node struct {
	XMLName  xml.Name
	Attrs    []xml.Attr `xml:",any,attr"`
	Text     string     `xml:",chardata"`
	Children []node     `xml:",any"`
}

// child returns the first child of a name; an absent one is an empty node.
func (n node) child(name string) node {
	for _, c := range n.Children {
		if c.XMLName.Local == name {
			return c
		}
	}
	return node{}
}

// list returns the children of a name.
func (n node) list(name string) []node {
	return slices.DeleteFunc(slices.Clone(n.Children), func(c node) bool { return c.XMLName.Local != name })
}

func (n node) get(name string) string { return n.child(name).Text }

// missing tells the form of a member that says nothing.
func (n node) missing() string {
	for _, a := range n.Attrs {
		if a.Name.Local == "nil" && a.Value == "true" {
			return "nil"
		}
	}
	switch {
	case n.XMLName.Local == "":
		return "absent"
	case n.Text == "" && len(n.Children) == 0:
		return "empty"
	}
	return ""
}

// answer is what came back from a call.
type answer struct {
	status int
	body   string
	result node // <OpResult>
	code   string
	reason string
}

// caller calls an emulator as one account, writing envelopes by hand.
type caller struct {
	t       testing.TB
	server  *emulatortest.Server
	account emulator.Account
}

// as makes a caller of a built-in account.
func as(t testing.TB, server *emulatortest.Server, login string) caller {
	t.Helper()
	return caller{t, server, server.Login(t, login)}
}

// call sends parameters (markup, in the default namespace) and reads the answer.
func (c caller) call(operation, parameters string) answer {
	c.t.Helper()
	a, err := c.try(operation, parameters)
	if err != nil {
		c.t.Fatalf("%s: %v", operation, err)
	}
	return a
}

func (c caller) try(operation, parameters string) (answer, error) {
	login := fmt.Sprintf("<login>%s</login><password>%s</password>", escaped(c.account.Login), escaped(c.account.Password))
	return post(c.server.URL, operation, envelope(operation, login+parameters))
}

func envelope(operation, parameters string) string {
	return `<s:Envelope xmlns:s="http://schemas.xmlsoap.org/soap/envelope/"><s:Body><` + operation + ` xmlns="http://portal.vtt.ru">` +
		parameters + `</` + operation + `></s:Body></s:Envelope>`
}

func escaped(text string) string {
	var b bytes.Buffer
	_ = xml.EscapeText(&b, []byte(text))
	return b.String()
}

func post(url, operation, body string) (answer, error) {
	request, err := http.NewRequest(http.MethodPost, url, strings.NewReader(body))
	if err != nil {
		return answer{}, err
	}
	request.Header.Set("Content-Type", "text/xml; charset=utf-8")
	request.Header.Set("SOAPAction", `"http://portal.vtt.ru/IPortalService/`+operation+`"`)
	client := http.Client{Timeout: time.Minute}
	response, err := client.Do(request)
	if err != nil {
		return answer{}, err
	}
	defer func() { _ = response.Body.Close() }()
	raw, err := io.ReadAll(response.Body)
	a := answer{status: response.StatusCode, body: string(raw)}
	if err != nil || !strings.HasPrefix(response.Header.Get("Content-Type"), "text/xml") {
		return a, err
	}
	var root node
	if err := xml.Unmarshal(raw, &root); err != nil {
		return a, err
	}
	content := root.child("Body")
	a.result = content.child(operation + "Response").child(operation + "Result")
	fault := content.child("Fault")
	a.code, a.reason = fault.get("faultcode"), fault.get("faultstring")
	if _, code, prefixed := strings.Cut(a.code, ":"); prefixed {
		a.code = code
	}
	return a, nil
}

// order makes an order of «item quantity item quantity …» and returns its number.
func (c caller) order(lines ...string) string {
	c.t.Helper()
	a := c.call("CreateOrder", orderLines("lines", lines...))
	if a.code != "" {
		c.t.Fatalf("CreateOrder: %s: %s", a.code, a.reason)
	}
	return a.result.Text
}

func orderLines(parameter string, lines ...string) string {
	var b strings.Builder
	b.WriteString("<" + parameter + ` xmlns:d="http://portal.vtt.ru/data">`)
	for i := 0; i < len(lines); i += 2 {
		fmt.Fprintf(&b, "<d:OrderLineCreationDto><d:ItemId>%s</d:ItemId><d:Quantity>%s</d:Quantity></d:OrderLineCreationDto>", escaped(lines[i]), lines[i+1])
	}
	b.WriteString("</" + parameter + ">")
	return b.String()
}

// param writes one parameter.
func param(name, value string) string { return "<" + name + ">" + escaped(value) + "</" + name + ">" }

// stocked returns items that the account can order and whose branch has at least so many pieces.
func (c caller) stocked(pieces int) []node {
	c.t.Helper()
	items := c.call("GetItems", "").result.list("ItemDto")
	return slices.DeleteFunc(items, func(n node) bool {
		var have int
		_, _ = fmt.Sscan(n.get("AvailableQuantity"), &have)
		return have < pieces || n.get("Price") == "-1"
	})
}

// at is a clock that a test moves.
type at struct{ now time.Time }

func (a *at) Now() time.Time { return a.now }

func noon() *at { return &at{time.Date(2026, 11, 23, 12, 0, 0, 0, time.UTC)} }
