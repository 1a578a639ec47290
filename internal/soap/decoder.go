package soap

import (
	"bytes"
	"encoding/xml"
	"errors"
	"fmt"
	"io"
	"strings"
)

const (
	// maxDepth bounds nesting; the contract needs eight levels.
	maxDepth = 64
	// maxAttrs bounds the attributes of an element, declarations of namespaces among them; the contract needs five.
	maxAttrs = 200
)

// Element is the start of an element, its name resolved to a namespace. Prefixes are gone: every stack chooses its own.
type Element struct {
	Space, Local string
	Nil          bool // xsi:nil
}

// Is tells whether the element has the name.
func (e Element) Is(space, local string) bool { return e.Local == local && e.Space == space }

// Decoder walks through an answer while it arrives. It always stands inside an element; Children and Text read that
// element to its end. It is strict about XML: names match, prefixes are declared, nothing is guessed.
//
// Tokens come from a scanner of our own, which knows what services usually write, and from the first token that it does not
// know to the end of the answer from encoding/xml, which is some ten times slower. What is read, and which error ends it,
// is the same either way. The memory it takes is bounded by a window of the answer and the longest tag or text, not by the
// size of the answer.
type Decoder struct {
	src      *source
	scanner  *scanner     // nil: encoding/xml reads from the beginning
	raw      *xml.Decoder // nil while the scanner reads
	rawBegun int64        // where raw took over, in bytes from the beginning of the answer
	token    token        // the last one read
	open     []*name      // names of the open elements
	bindings []scoped
	changes  int // of bindings so far
	text     []byte
	begun    bool   // a token was read
	ended    bool   // the root element was closed
	charset  string // declared and not UTF-8
}

// scoped is a namespace binding and the depth of the element that declares it.
type scoped struct {
	Binding
	depth int
}

func newDecoder(src *source) *Decoder { return &Decoder{src: src, scanner: newScanner(src)} }

// Children calls visit for each child of the element, in order, and reads to the element's end. Inside visit the decoder
// stands in the child; what visit leaves unread is skipped. Text between children is ignored.
func (d *Decoder) Children(visit func(Element) error) error { return d.children(false, visit) }

func (d *Decoder) children(strict bool, visit func(Element) error) error {
	depth := len(d.open)
	for {
		if err := d.next(); err != nil {
			return err
		}
		switch d.token.kind {
		case startTag:
			e, err := d.enter()
			if err == nil {
				err = visit(e)
			}
			if err == nil {
				err = d.leave(depth)
			}
			if err != nil {
				return err
			}
		case endTag:
			return d.exit()
		case charData:
			if strict && !blank(d.token.text) {
				return d.flaw(Trailing)
			}
		}
	}
}

// Text returns the element's own text and reads to its end. Elements inside it are skipped.
func (d *Decoder) Text() (string, error) {
	if d.raw == nil && d.scanner != nil && d.scanner.simple(&d.token, d.innermost()) {
		return string(d.token.text), d.exit()
	}
	depth := len(d.open)
	d.text = d.text[:0]
	for {
		if err := d.next(); err != nil {
			return "", err
		}
		switch d.token.kind {
		case charData:
			if d.text = append(d.text, d.token.text...); len(d.text) > maxToken {
				return "", d.flaw(TooLong)
			}
		case startTag:
			_, err := d.enter()
			if err == nil {
				err = d.leave(depth)
			}
			if err != nil {
				return "", err
			}
		case endTag:
			return string(d.text), d.exit()
		}
	}
}

// Texts calls visit with each run of text in the element and in everything below it, in order, and reads to its end.
// It is for results whose element names are not known.
func (d *Decoder) Texts(visit func(string)) error {
	inside := len(d.open)
	var run strings.Builder
	flush := func() {
		if strings.TrimSpace(run.String()) != "" {
			visit(run.String())
		}
		run.Reset()
	}
	for {
		if err := d.next(); err != nil {
			return err
		}
		switch d.token.kind {
		case charData:
			if run.Write(d.token.text); run.Len() > maxToken {
				return d.flaw(TooLong)
			}
		case startTag:
			flush()
			if _, err := d.enter(); err != nil {
				return err
			}
		case endTag:
			flush()
			if err := d.exit(); err != nil || len(d.open) < inside {
				return err
			}
		}
	}
}

// leave skips to the end of whatever is open below depth.
func (d *Decoder) leave(depth int) error {
	for len(d.open) > depth {
		err := d.next()
		switch {
		case err != nil:
		case d.token.kind == startTag:
			_, err = d.enter()
		case d.token.kind == endTag:
			err = d.exit()
		}
		if err != nil {
			return err
		}
	}
	return nil
}

// next reads the next start tag, end tag or text into d.token. io.EOF means the end of a document whose elements are all
// closed.
func (d *Decoder) next() error {
	if d.raw == nil {
		if d.scanner != nil && d.scanner.next(&d.token, d.innermost()) {
			return nil
		}
		d.handOver()
	}
	for {
		if err := d.nextRaw(); err != nil || d.token.kind != aside {
			return err
		}
	}
}

// innermost is the name of the innermost open element, nil where there is none.
func (d *Decoder) innermost() *name {
	if len(d.open) == 0 {
		return nil
	}
	return d.open[len(d.open)-1]
}

// handOver lets encoding/xml read from here on. Its raw tokens depend on nothing that stands before them.
func (d *Decoder) handOver() {
	d.begun = d.scanner != nil && d.scanner.begun
	d.rawBegun = d.src.offset()
	d.src.mark(d.rawBegun)
	d.raw = xml.NewDecoder(d.src)
	d.raw.CharsetReader = func(charset string, _ io.Reader) (io.Reader, error) {
		d.charset = charset
		return nil, errors.New("not UTF-8")
	}
}

// nextRaw reads a token with encoding/xml.
func (d *Decoder) nextRaw() error {
	found, err := d.raw.RawToken()
	if err != nil {
		return d.failure(err)
	}
	d.src.mark(d.offset())
	first := !d.begun
	d.begun = true
	switch t := found.(type) {
	case xml.StartElement:
		d.token = token{kind: startTag, name: rawName(t.Name), attrs: rawAttrs(t.Attr)}
	case xml.EndElement:
		d.token = token{kind: endTag, name: rawName(t.Name)}
	case xml.CharData:
		d.token = token{kind: charData, text: t}
	case xml.Directive:
		return d.directive(t)
	default:
		_, isComment := found.(xml.Comment)
		return d.aside(found, first || isComment)
	}
	return nil
}

// aside passes over a comment or an instruction, where it may stand; a declaration only at the beginning.
func (d *Decoder) aside(found xml.Token, first bool) error {
	instruction, _ := found.(xml.ProcInst)
	switch {
	case instruction.Target == "xml" && !first:
		return d.flaw(Malformed)
	case d.ended:
		return d.flaw(Trailing)
	}
	d.token = token{kind: aside}
	return nil
}

func rawName(n xml.Name) *name {
	if n.Space == "" {
		return &name{raw: n.Local, local: n.Local}
	}
	return &name{raw: n.Space + ":" + n.Local, prefix: n.Space, local: n.Local}
}

func rawAttrs(found []xml.Attr) []attr {
	attrs := make([]attr, len(found))
	for i, a := range found {
		attrs[i] = attr{rawName(a.Name), []byte(a.Value)}
	}
	return attrs
}

// enter opens the element of the start tag that was read: declares its namespaces, then resolves its name.
func (d *Decoder) enter() (e Element, err error) {
	if len(d.open) == maxDepth {
		return e, d.flaw(TooDeep)
	}
	if len(d.token.attrs) > maxAttrs {
		return e, d.flaw(TooLong)
	}
	start := d.token.name
	d.open = append(d.open, start)
	if len(d.token.attrs) > 0 {
		d.declare(d.token.attrs)
		e.Nil = d.isNil(d.token.attrs)
	}
	space, ok := d.namespace(start)
	if !ok {
		return e, d.flaw(Malformed)
	}
	e.Space, e.Local = space, start.local
	return e, nil
}

// declare binds the prefixes that the innermost element declares.
func (d *Decoder) declare(attrs []attr) {
	for _, a := range attrs {
		switch {
		case a.name.prefix == "xmlns":
			d.bind(a.name.local, string(a.value))
		case a.name.raw == "xmlns":
			d.bind("", string(a.value))
		}
	}
}

// bind binds a prefix until the innermost element ends.
func (d *Decoder) bind(prefix, uri string) {
	d.bindings = append(d.bindings, scoped{Binding{prefix, uri}, len(d.open)})
	d.changes++
}

// isNil tells whether the last xsi:nil among the attributes says so.
func (d *Decoder) isNil(attrs []attr) bool {
	for i := len(attrs) - 1; i >= 0; i-- {
		a := attrs[i]
		if a.name.local != "nil" || a.name.prefix == "" {
			continue
		}
		space, _ := d.resolve(a.name.prefix)
		value := string(bytes.TrimSpace(a.value))
		return space == InstanceNamespace && (value == "true" || value == "1")
	}
	return false
}

// exit closes the innermost element, whose end tag was read.
func (d *Decoder) exit() error {
	depth := len(d.open)
	if depth == 0 || d.open[depth-1].raw != d.token.name.raw {
		return d.flaw(Malformed)
	}
	d.open = d.open[:depth-1]
	for n := len(d.bindings); n > 0 && d.bindings[n-1].depth == depth; n-- {
		d.bindings = d.bindings[:n-1]
		d.changes++
	}
	return nil
}

// namespace resolves a name, if anything has changed since it was last resolved.
func (d *Decoder) namespace(n *name) (string, bool) {
	if n.asOf != d.changes || n.asOf == 0 {
		n.space, n.bound = d.resolve(n.prefix)
		n.asOf = d.changes
	}
	return n.space, n.bound
}

// resolve finds the namespace of a prefix. Only the empty prefix may be undeclared.
func (d *Decoder) resolve(prefix string) (string, bool) {
	for i := len(d.bindings) - 1; i >= 0; i-- {
		if d.bindings[i].Prefix == prefix {
			return d.bindings[i].URI, d.bindings[i].URI != "" || prefix == ""
		}
	}
	return "", prefix == ""
}

// directive refuses <!DOCTYPE>; one of HTML is a page from somebody on the way.
func (d *Decoder) directive(t xml.Directive) error {
	words := strings.Fields(strings.ToLower(string(t[:min(len(t), 64)])))
	if len(words) >= 2 && words[0] == "doctype" && strings.HasPrefix(words[1], "html") {
		return d.flaw(HTML)
	}
	return d.flaw(Doctype)
}

// offset is where the last token ended, in bytes from the beginning of the answer.
func (d *Decoder) offset() int64 {
	if d.raw == nil {
		return d.src.offset()
	}
	return d.rawBegun + d.raw.InputOffset()
}

func (d *Decoder) flaw(f Flaw) error {
	return &AnswerError{Flaw: f, Detail: fmt.Sprintf("byte %d", d.offset())}
}

// failure says why the XML decoder stopped: the source knows better than its syntax error.
func (d *Decoder) failure(err error) error {
	failed := d.src.failed
	if !d.src.ended {
		failed = nil // it is still ahead
	}
	var bad *AnswerError
	switch {
	case errors.As(failed, &bad):
		return bad
	case errors.Is(failed, io.ErrUnexpectedEOF):
		return d.flaw(Truncated)
	case failed != nil:
		return &TransportError{Started: true, Err: failed}
	case d.charset != "":
		return d.flaw(Charset)
	case errors.Is(err, io.EOF) && len(d.open) == 0:
		return io.EOF
	case d.src.ended && d.ended:
		return d.flaw(Trailing)
	case d.src.ended:
		return d.flaw(Truncated)
	}
	return d.flaw(Malformed)
}

func blank(text []byte) bool {
	for _, b := range text {
		if b != ' ' && b != '\n' && b != '\r' && b != '\t' {
			return false
		}
	}
	return true
}
