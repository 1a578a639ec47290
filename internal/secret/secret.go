// Package secret holds text that must never be printed.
//
// A Text shows itself as [redacted] through fmt, slog, JSON, XML, gob and panics. Reveal is the only way out, and a test
// (internal/app) keeps the list of packages that may call it.
package secret

import (
	"encoding/xml"
	"fmt"
	"io"
	"log/slog"
)

// Redacted is what a secret prints instead of itself.
const Redacted = "[redacted]"

// Text is a secret string: a password, a key, a token.
// The field is a pointer so that even reflection-based printers that reach unexported fields show an address.
type Text struct{ value *string }

// New wraps s.
func New(s string) Text { return Text{value: &s} }

// Reveal returns the secret itself.
func (t Text) Reveal() string {
	if t.value == nil {
		return ""
	}
	return *t.value
}

// Empty tells whether there is nothing to hide.
func (t Text) Empty() bool { return t.value == nil || *t.value == "" }

// Equal compares two secrets by value.
func (t Text) Equal(other Text) bool { return t.Reveal() == other.Reveal() }

func (Text) String() string   { return Redacted }
func (Text) GoString() string { return Redacted }

// Format answers every verb, including %x and %d, which String would not.
func (Text) Format(f fmt.State, _ rune) { _, _ = io.WriteString(f, Redacted) }

func (Text) LogValue() slog.Value         { return slog.StringValue(Redacted) }
func (Text) MarshalText() ([]byte, error) { return []byte(Redacted), nil }
func (Text) MarshalJSON() ([]byte, error) { return []byte(`"` + Redacted + `"`), nil }
func (Text) GobEncode() ([]byte, error)   { return []byte(Redacted), nil }

// MarshalXML keeps the secret out of encoding/xml; the wire writer asks Reveal on purpose.
func (Text) MarshalXML(e *xml.Encoder, start xml.StartElement) error {
	return e.EncodeElement(Redacted, start)
}

// UnmarshalText lets a setting be read into a secret.
func (t *Text) UnmarshalText(b []byte) error {
	*t = New(string(b))
	return nil
}
