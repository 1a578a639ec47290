package soap

import (
	"bytes"
	"encoding/xml"
	"unicode/utf8"
)

// Writer writes an envelope. Names come from the contract, text from anywhere: text is always escaped, and what XML cannot
// carry is refused, never replaced.
type Writer struct {
	out  bytes.Buffer
	open []string
	err  error
}

// NewWriter starts an envelope and its body.
func NewWriter() *Writer {
	w := &Writer{}
	w.out.WriteString(xml.Header)
	w.Start("s:Envelope", Binding{"s", EnvelopeNamespace})
	w.Start("s:Body")
	return w
}

// Binding declares a namespace on an element; the empty prefix is the default namespace.
type Binding struct{ Prefix, URI string }

// Start opens an element. name may carry a prefix that is bound here or above.
func (w *Writer) Start(name string, bindings ...Binding) {
	w.out.WriteByte('<')
	w.out.WriteString(name)
	for _, b := range bindings {
		w.out.WriteString(" xmlns")
		if b.Prefix != "" {
			w.out.WriteByte(':')
			w.out.WriteString(b.Prefix)
		}
		w.out.WriteString(`="`)
		w.escape(name, b.URI)
		w.out.WriteByte('"')
	}
	w.out.WriteByte('>')
	w.open = append(w.open, name)
}

// Text writes an element that holds only text.
func (w *Writer) Text(name, text string) {
	w.Start(name)
	w.escape(name, text)
	w.End()
}

// End closes the innermost open element.
func (w *Writer) End() {
	last := len(w.open) - 1
	w.out.WriteString("</")
	w.out.WriteString(w.open[last])
	w.out.WriteByte('>')
	w.open = w.open[:last]
}

// Envelope closes what is open and returns the whole, or an *UnsendableError.
func (w *Writer) Envelope() ([]byte, error) {
	for len(w.open) > 0 {
		w.End()
	}
	return w.out.Bytes(), w.err
}

// escape writes text; carriage returns and tabs go as character references, or a reader would normalise them.
func (w *Writer) escape(element, text string) {
	if !carried(text) {
		if w.err == nil {
			w.err = &UnsendableError{Element: element}
		}
		return
	}
	if err := xml.EscapeText(&w.out, []byte(text)); err != nil && w.err == nil {
		w.err = err
	}
}

// carried tells whether XML 1.0 can carry the text (its production Char).
func carried(text string) bool {
	if !utf8.ValidString(text) {
		return false
	}
	for _, r := range text {
		if !carriedRune(r) {
			return false
		}
	}
	return true
}

// carriedRune tells whether XML 1.0 can carry the character.
func carriedRune(r rune) bool {
	switch {
	case !utf8.ValidRune(r):
		return false
	case r == '\t', r == '\n', r == '\r':
		return true
	}
	return r >= 0x20 && r <= 0xFFFD || r >= 0x10000
}
