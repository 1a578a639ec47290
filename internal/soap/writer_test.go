package soap_test

import (
	"encoding/xml"
	"errors"
	"strings"
	"testing"

	"pgregory.net/rapid"

	"storefront/internal/soap"
)

// written is the envelope as another reader sees it.
type written struct {
	XMLName xml.Name `xml:"http://schemas.xmlsoap.org/soap/envelope/ Envelope"`
	Body    struct {
		Word string `xml:"word"`
	} `xml:"http://schemas.xmlsoap.org/soap/envelope/ Body"`
}

func write(text string) ([]byte, error) {
	w := soap.NewWriter()
	w.Text("word", text)
	return w.Envelope()
}

// Any text arrives byte for byte or is refused; nothing is replaced.
func TestAnyTextArrivesOrIsRefused(t *testing.T) {
	rapid.Check(t, func(t *rapid.T) {
		text := rapid.OneOf(rapid.String(), rapid.StringOfN(rapid.Rune(), 0, 200, -1), hostile()).Draw(t, "text")
		envelope, err := write(text)
		var unsendable *soap.UnsendableError
		if errors.As(err, &unsendable) {
			if !strings.ContainsFunc(text, forbidden) {
				t.Fatalf("%q was refused", text)
			}
			return
		}
		var got written
		if err := xml.Unmarshal(envelope, &got); err != nil {
			t.Fatalf("%q: %v in %s", text, err, envelope)
		}
		if got.Body.Word != text {
			t.Fatalf("%q arrived as %q", text, got.Body.Word)
		}
	})
}

// hostile draws texts made of what XML finds hard.
func hostile() *rapid.Generator[string] {
	piece := rapid.SampledFrom([]string{"]]>", "</word>", "<!--", "&amp;", "&", "\r\n", "\t", " ", "\x00", "\x1b", "\ufffe", "\ufffd", "😀", "\xff", "Пароль", `"'`})
	return rapid.Custom(func(t *rapid.T) string { return strings.Join(rapid.SliceOf(piece).Draw(t, "pieces"), "") })
}

// forbidden is the complement of Char in XML 1.0, spelt out; invalid UTF-8 is ranged over as U+FFFD, which may also be meant.
func forbidden(r rune) bool {
	switch {
	case r == 0x9, r == 0xA, r == 0xD:
		return false
	case r < 0x20, r == 0xFFFE, r == 0xFFFF, r == 0xFFFD:
		return true
	}
	return false
}

func TestWhatXMLCannotCarryIsRefused(t *testing.T) {
	for _, text := range []string{"\x00", "a\x0bb", "\x1f", "\ufffe", "\uffff", "\xff", "a\xc3"} {
		_, err := write(text)
		var unsendable *soap.UnsendableError
		if !errors.As(err, &unsendable) || unsendable.Element != "word" {
			t.Errorf("%q: %v, want refused", text, err)
		}
		if err != nil && strings.Contains(err.Error(), text) {
			t.Errorf("the text shows in the error %q", err)
		}
	}
	for _, text := range []string{"\t\n\r", "\u007f", "\u0085", "\ufffd", "\U0010ffff", "]]>"} {
		if _, err := write(text); err != nil {
			t.Errorf("%q: %v, want carried", text, err)
		}
	}
}
