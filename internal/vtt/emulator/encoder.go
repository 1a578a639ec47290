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
	out *bufio.Writer
	age portal.Age
}

// result is what an operation answers, written inside its result element.
type result func(*encoder)

// writeAnswer writes the whole envelope of op's answer.
func writeAnswer(w io.Writer, op portal.Operation, age portal.Age, answer result) error {
	e := &encoder{out: bufio.NewWriterSize(w, 32<<10), age: age}
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
	case v.Form == portal.Absent:
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

// element writes a data element with content.
func (e *encoder) element(name string, content func()) {
	e.raw(`<a:`, name, `>`)
	content()
	e.raw(`</a:`, name, `>`)
}

// strings writes a list of strings, which lives in a namespace of its own.
func (e *encoder) strings(name string, list []string) {
	if e.age == portal.Older || list == nil {
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
