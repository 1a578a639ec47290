package secret_test

import (
	"bytes"
	"encoding/gob"
	"encoding/json"
	"encoding/xml"
	"fmt"
	"log/slog"
	"strings"
	"testing"

	"storefront/internal/secret"
)

// An address is printed with its user and password taken out, in every way a program prints things; a text that is no
// address is not printed at all.
func TestURLNeverPrintsItsUser(t *testing.T) {
	for text, want := range map[string]string{
		"http://canary:tarragon@proxy.example:3128": "http://[redacted]@proxy.example:3128",
		"http://canary@proxy.example":               "http://[redacted]@proxy.example",
		"https://proxy.example:3129":                "https://proxy.example:3129",
		"canary:tarragon":                           "[redacted]",
		"":                                          "",
	} {
		u, err := secret.ParseURL(text)
		if err != nil {
			t.Fatal(err)
		}
		if u.String() != want {
			t.Errorf("%q prints as %q, want %q", text, u, want)
		}
		in := struct {
			Proxy  secret.URL
			hidden secret.URL
		}{u, u}
		for _, v := range []any{u, &u, in, &in, []secret.URL{u}} {
			for _, out := range printed(v) {
				if strings.Contains(out, "canary") || strings.Contains(out, "tarragon") || strings.Contains(out, "63616e617279") {
					t.Errorf("%T shows %s", v, out)
				}
			}
		}
	}
}

// printed is a value in all the ways a program prints one.
func printed(v any) (all []string) {
	for _, verb := range []string{"%v", "%+v", "%#v", "%s", "%q", "%x", "%X", "%d"} {
		all = append(all, fmt.Sprintf(verb, v))
	}
	inJSON, _ := json.Marshal(v)
	inXML, _ := xml.Marshal(v)
	var inGob, logs bytes.Buffer
	_ = gob.NewEncoder(&inGob).Encode(v)
	slog.New(slog.NewJSONHandler(&logs, nil)).Info("m", "v", v)
	slog.New(slog.NewTextHandler(&logs, nil)).Info("m", "v", v)
	return append(all, string(inJSON), string(inXML), inGob.String(), logs.String())
}

func TestURLKeepsWhatItHides(t *testing.T) {
	var u secret.URL
	if !u.Empty() || u.Reveal() != nil || u.Bare() != nil {
		t.Errorf("the zero URL is %v", u)
	}
	if err := u.UnmarshalText([]byte("http://shop:canary@proxy.example:3128")); err != nil {
		t.Fatal(err)
	}
	if got := u.Reveal().String(); got != "http://shop:canary@proxy.example:3128" {
		t.Errorf("Reveal() = %s", got)
	}
	if got := u.Bare().String(); got != "http://proxy.example:3128" {
		t.Errorf("Bare() = %s", got)
	}
	u.Reveal().Host = "changed.example"
	if u.Bare().Host != "proxy.example:3128" {
		t.Error("it can be changed from outside")
	}
	if err := u.UnmarshalText([]byte("http://shop:canary@%zz/")); err == nil || strings.Contains(err.Error(), "canary") {
		t.Errorf("a text that is no address: %v", err)
	}
}
