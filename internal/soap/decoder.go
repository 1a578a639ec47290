package soap

import (
	"encoding/xml"
	"errors"
	"fmt"
	"io"
	"strings"
)

// maxDepth bounds nesting; the contract needs eight levels.
const maxDepth = 64

// Element is the start of an element, its name resolved to a namespace. Prefixes are gone: every stack chooses its own.
type Element struct {
	Space, Local string
	Nil          bool // xsi:nil
}

// Is tells whether the element has the name.
func (e Element) Is(space, local string) bool { return e.Local == local && e.Space == space }

// Decoder walks through an answer while it arrives. It always stands inside an element; Children and Text read that
// element to its end. It is strict about XML: names match, prefixes are declared, nothing is guessed.
type Decoder struct {
	src      *source
	raw      *xml.Decoder
	open     []xml.Name // raw names of the open elements: prefix and local name
	bindings []scoped
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

func newDecoder(src *source) *Decoder {
	d := &Decoder{src: src, raw: xml.NewDecoder(src)}
	d.raw.CharsetReader = func(charset string, _ io.Reader) (io.Reader, error) {
		d.charset = charset
		return nil, errors.New("not UTF-8")
	}
	return d
}

// Children calls visit for each child of the element, in order, and reads to the element's end. Inside visit the decoder
// stands in the child; what visit leaves unread is skipped. Text between children is ignored.
func (d *Decoder) Children(visit func(Element) error) error { return d.children(false, visit) }

func (d *Decoder) children(strict bool, visit func(Element) error) error {
	depth := len(d.open)
	for {
		token, err := d.token()
		if err != nil {
			return err
		}
		switch t := token.(type) {
		case xml.StartElement:
			e, err := d.enter(t)
			if err == nil {
				err = visit(e)
			}
			if err == nil {
				err = d.leave(depth)
			}
			if err != nil {
				return err
			}
		case xml.EndElement:
			return d.exit(t)
		case xml.CharData:
			if strict && !blank(t) {
				return d.flaw(Trailing)
			}
		}
	}
}

// Text returns the element's own text and reads to its end. Elements inside it are skipped.
func (d *Decoder) Text() (string, error) {
	depth := len(d.open)
	d.text = d.text[:0]
	for {
		token, err := d.token()
		if err != nil {
			return "", err
		}
		switch t := token.(type) {
		case xml.CharData:
			if d.text = append(d.text, t...); len(d.text) > maxToken {
				return "", d.flaw(TooLong)
			}
		case xml.StartElement:
			if _, err = d.enter(t); err == nil {
				err = d.leave(depth)
			}
			if err != nil {
				return "", err
			}
		case xml.EndElement:
			return string(d.text), d.exit(t)
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
		token, err := d.token()
		if err != nil {
			return err
		}
		switch t := token.(type) {
		case xml.CharData:
			if run.Write(t); run.Len() > maxToken {
				return d.flaw(TooLong)
			}
		case xml.StartElement:
			flush()
			if _, err := d.enter(t); err != nil {
				return err
			}
		case xml.EndElement:
			flush()
			if err := d.exit(t); err != nil || len(d.open) < inside {
				return err
			}
		}
	}
}

// leave skips to the end of whatever is open below depth.
func (d *Decoder) leave(depth int) error {
	for len(d.open) > depth {
		token, err := d.token()
		if err != nil {
			return err
		}
		switch t := token.(type) {
		case xml.StartElement:
			_, err = d.enter(t)
		case xml.EndElement:
			err = d.exit(t)
		}
		if err != nil {
			return err
		}
	}
	return nil
}

// token returns the next start, end or text. io.EOF means the end of a document whose elements are all closed.
func (d *Decoder) token() (xml.Token, error) {
	for {
		token, err := d.raw.RawToken()
		if err != nil {
			return nil, d.failure(err)
		}
		d.src.mark()
		first := !d.begun
		d.begun = true
		switch t := token.(type) {
		case xml.Directive:
			return nil, d.directive(t)
		case xml.ProcInst:
			if t.Target == "xml" && !first {
				return nil, d.flaw(Malformed)
			}
			if d.ended {
				return nil, d.flaw(Trailing)
			}
		case xml.Comment:
			if d.ended {
				return nil, d.flaw(Trailing)
			}
		default:
			return token, nil
		}
	}
}

// enter opens an element: declares its namespaces, then resolves its name.
func (d *Decoder) enter(start xml.StartElement) (Element, error) {
	if len(d.open) == maxDepth {
		return Element{}, d.flaw(TooDeep)
	}
	d.open = append(d.open, start.Name)
	for _, a := range start.Attr {
		switch {
		case a.Name.Space == "xmlns":
			d.bindings = append(d.bindings, scoped{Binding{a.Name.Local, a.Value}, len(d.open)})
		case a.Name.Space == "" && a.Name.Local == "xmlns":
			d.bindings = append(d.bindings, scoped{Binding{"", a.Value}, len(d.open)})
		}
	}
	space, ok := d.resolve(start.Name.Space)
	if !ok {
		return Element{}, d.flaw(Malformed)
	}
	e := Element{Space: space, Local: start.Name.Local}
	for _, a := range start.Attr {
		if a.Name.Local == "nil" && a.Name.Space != "" {
			ns, _ := d.resolve(a.Name.Space)
			value := strings.TrimSpace(a.Value)
			e.Nil = ns == InstanceNamespace && (value == "true" || value == "1")
		}
	}
	return e, nil
}

// exit closes the innermost element.
func (d *Decoder) exit(end xml.EndElement) error {
	depth := len(d.open)
	if depth == 0 || d.open[depth-1] != end.Name {
		return d.flaw(Malformed)
	}
	d.open = d.open[:depth-1]
	for n := len(d.bindings); n > 0 && d.bindings[n-1].depth == depth; n-- {
		d.bindings = d.bindings[:n-1]
	}
	return nil
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

func (d *Decoder) flaw(f Flaw) error {
	return &AnswerError{Flaw: f, Detail: fmt.Sprintf("byte %d", d.raw.InputOffset())}
}

// failure says why the XML decoder stopped: the source knows better than its syntax error.
func (d *Decoder) failure(err error) error {
	var bad *AnswerError
	switch {
	case errors.As(d.src.failed, &bad):
		return bad
	case errors.Is(d.src.failed, io.ErrUnexpectedEOF):
		return d.flaw(Truncated)
	case d.src.failed != nil:
		return &TransportError{Started: true, Err: d.src.failed}
	case d.charset != "":
		return d.flaw(Charset)
	case errors.Is(err, io.EOF) && len(d.open) == 0:
		return io.EOF
	case d.src.done:
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
