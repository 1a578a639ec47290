package secret

import (
	"encoding/xml"
	"errors"
	"fmt"
	"io"
	"log/slog"
	"net/url"
)

// URL is an address whose user and password are secret. It prints itself with [redacted] in their place, however it is
// printed; Reveal is the only way to them. The zero URL is none. The field is a pointer to a text, as that of Text is: a pointer to
// a struct would be followed by printers that reach unexported fields.
type URL struct{ value *string }

// ParseURL reads an address. Its errors hold nothing of the text.
func ParseURL(text string) (URL, error) {
	if _, err := url.Parse(text); err != nil {
		return URL{}, errors.New("not a URL")
	}
	return URL{value: &text}, nil
}

// Reveal returns the address with its user and password; nil where there is none.
func (u URL) Reveal() *url.URL {
	if u.Empty() {
		return nil
	}
	whole, _ := url.Parse(*u.value) // it has been parsed before
	return whole
}

// Empty tells whether there is no address.
func (u URL) Empty() bool { return u.value == nil || *u.value == "" }

// Bare returns the address without user and password; nil where there is none.
func (u URL) Bare() *url.URL {
	bare := u.Reveal()
	if bare != nil {
		bare.User = nil
	}
	return bare
}

func (u URL) String() string {
	whole := u.Reveal()
	switch {
	case whole == nil:
		return ""
	case whole.Host == "": // what is not an address may be anything
		return Redacted
	case whole.User == nil:
		return whole.Scheme + "://" + whole.Host
	}
	return whole.Scheme + "://" + Redacted + "@" + whole.Host
}

func (u URL) GoString() string { return u.String() }

// Format answers every verb, including %x and %d, which String would not.
func (u URL) Format(f fmt.State, _ rune) { _, _ = io.WriteString(f, u.String()) }

func (u URL) LogValue() slog.Value         { return slog.StringValue(u.String()) }
func (u URL) MarshalText() ([]byte, error) { return []byte(u.String()), nil }
func (u URL) GobEncode() ([]byte, error)   { return []byte(u.String()), nil }

// MarshalXML keeps the secret out of encoding/xml.
func (u URL) MarshalXML(e *xml.Encoder, start xml.StartElement) error {
	return e.EncodeElement(u.String(), start)
}

// UnmarshalText lets a setting be read.
func (u *URL) UnmarshalText(b []byte) error {
	read, err := ParseURL(string(b))
	if err == nil {
		*u = read
	}
	return err
}
