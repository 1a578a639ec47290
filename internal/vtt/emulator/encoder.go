package emulator

import (
	"bufio"
	"encoding/xml"
	"io"
	"strings"

	"storefront/internal/vtt/portal"
)

// Envelopes as WCF writes them: the prefix s for SOAP, the default namespace for the operation, a for data, i for nil.
const (
	envelopeStart = `<s:Envelope xmlns:s="` + envelopeNamespace + `"><s:Body>`
	envelopeEnd   = `</s:Body></s:Envelope>`
)

// encoder writes one answer. Errors stick to the buffer and show when it is flushed.
type encoder struct {
	dialect
	out *bufio.Writer
}

// dialect is how an emulator writes.
type dialect struct {
	age     portal.Age
	answers Answers
}

func (s *Server) dialect() dialect { return dialect{s.age, s.options.Answers} }

// result is what an operation answers, written inside its result element.
type result func(*encoder)

// writeAnswer writes the whole envelope of op's answer.
func writeAnswer(w io.Writer, op portal.Operation, how dialect, answer result) error {
	e := &encoder{dialect: how, out: bufio.NewWriterSize(w, 32<<10)}
	e.raw(envelopeStart, `<`, op.Response(), ` xmlns="`, portal.Namespace, `">`)
	if name := op.ResultElement(); name != "" {
		e.raw(`<`, name, ` xmlns:a="`, portal.DataNamespace, `" xmlns:i="`, schemaInstance, `">`)
		answer(e)
		e.raw(`</`, name, `>`)
	}
	e.raw(`</`, op.Response(), `>`, envelopeEnd)
	return e.out.Flush()
}

// raw writes markup.
func (e *encoder) raw(parts ...string) {
	for _, part := range parts {
		_, _ = e.out.WriteString(part)
	}
}

// text writes character data.
func (e *encoder) text(s string) {
	if strings.ContainsAny(s, "<>&\"'\r\n\t\uFFFD") {
		_ = xml.EscapeText(e.out, []byte(s))
		return
	}
	_, _ = e.out.WriteString(s)
}

// value writes a member that every age knows.
func (e *encoder) value(name string, v portal.Value) {
	switch {
	case v.Form == portal.Absent, e.answers.NullsAbsent && !v.Filled():
	case v.Form == portal.Nil:
		e.raw(`<a:`, name, ` i:nil="true"/>`)
	case v.Text == "":
		e.raw(`<a:`, name, `/>`)
	default:
		e.raw(`<a:`, name, `>`)
		e.text(v.Text)
		e.raw(`</a:`, name, `>`)
	}
}

// later writes a member that the older age does not have.
func (e *encoder) later(name string, v portal.Value) {
	if e.age != portal.Older {
		e.value(name, v)
	}
}

// undocumented writes a member that the documentation does not name.
func (e *encoder) undocumented(name string, v portal.Value) {
	if !e.answers.DocumentedItems {
		e.later(name, v)
	}
}

// undocumentedPieces writes a quantity that the documentation does not name.
func (e *encoder) undocumentedPieces(name string, v portal.Value) {
	if e.age != portal.Older && !e.answers.DocumentedItems {
		e.pieces(name, v)
	}
}

// pieces writes a quantity: a whole number, or with decimals where that is the dialect. The older age has integers.
func (e *encoder) pieces(name string, v portal.Value) {
	if e.answers.DecimalQuantities && e.age != portal.Older && v.Filled() && !strings.Contains(v.Text, ".") {
		v.Text += ".0000"
	}
	e.value(name, v)
}

// element writes a data element with content.
func (e *encoder) element(name string, content func()) {
	e.raw(`<a:`, name, `>`)
	content()
	e.raw(`</a:`, name, `>`)
}

// strings writes a list of strings, which lives in a namespace of its own.
func (e *encoder) strings(name string, list []string) {
	if e.age == portal.Older || list == nil || e.answers.DocumentedItems {
		return
	}
	e.raw(`<a:`, name, ` xmlns:b="`, portal.ArraysNamespace, `">`)
	for _, s := range list {
		e.raw(`<b:string>`)
		e.text(s)
		e.raw(`</b:string>`)
	}
	e.raw(`</a:`, name, `>`)
}
