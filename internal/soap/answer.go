package soap

import (
	"errors"
	"io"
	"net/http"
	"strings"
)

// Shape is what must stand in the body of an answer: <Response><Result>…</Result></Response>, both in Namespace.
type Shape struct {
	Namespace string
	Response  string
	Result    string // empty: the response holds nothing to read
}

// ReadAnswer reads an envelope to its end. It returns nil only when the expected response was there, whole and once, with
// nothing but white space after the envelope; otherwise a *Fault, an *AnswerError, a *TransportError of r, or read's own error.
//
// The result is handed to read before the rest of the envelope has arrived, so what read keeps is good only when ReadAnswer
// returns nil. Under an HTTP status other than 200 only a fault is accepted.
func ReadAnswer(r io.Reader, status int, limit int64, shape Shape, read func(*Decoder, Element) error) error {
	a := &answer{Decoder: newDecoder(newSource(r, limit)), status: status, shape: shape, read: read}
	err := a.document()
	var bad *AnswerError
	if errors.As(err, &bad) {
		bad.Status = status
	}
	return err
}

// answer is one reading of an envelope.
type answer struct {
	*Decoder
	status int
	shape  Shape
	read   func(*Decoder, Element) error

	bodies, replies, results int
	fault                    *Fault
}

func (a *answer) document() error {
	root, err := a.root()
	if err != nil {
		return err
	}
	switch {
	case strings.EqualFold(root.Local, "html"):
		return a.flaw(HTML)
	case !root.Is(EnvelopeNamespace, "Envelope"):
		return a.flaw(NotEnvelope)
	}
	if err := a.children(true, a.part); err != nil {
		return err
	}
	if err := a.nothingMore(); err != nil {
		return err
	}
	return a.verdict()
}

// root reads up to the root element.
func (a *answer) root() (Element, error) {
	if err := a.src.dropBOM(); err != nil {
		return Element{}, err
	}
	for {
		err := a.next()
		switch {
		case errors.Is(err, io.EOF):
			return Element{}, a.flaw(Empty)
		case err != nil:
			return Element{}, err
		case a.token.kind == startTag:
			return a.enter()
		case !a.blankText():
			return Element{}, a.flaw(Malformed)
		}
	}
}

// part reads a child of the envelope.
func (a *answer) part(e Element) error {
	switch {
	case e.Is(EnvelopeNamespace, "Header") && a.bodies == 0:
		return nil
	case !e.Is(EnvelopeNamespace, "Body"):
		return a.flaw(NotEnvelope)
	}
	if a.bodies++; a.bodies > 1 {
		return a.flaw(Duplicate)
	}
	return a.children(true, a.reply)
}

// reply reads the child of the body: a fault or the response.
func (a *answer) reply(e Element) error {
	if a.replies++; a.replies > 1 {
		return a.flaw(Duplicate)
	}
	switch {
	case e.Is(EnvelopeNamespace, "Fault"):
		return a.readFault()
	case a.status != http.StatusOK:
		return a.flaw(NoFault)
	case !e.Is(a.shape.Namespace, a.shape.Response):
		return a.flaw(WrongBody)
	case a.shape.Result == "":
		return nil
	}
	return a.children(true, a.result)
}

// result reads a child of the response. Elements of other names are none of ours.
func (a *answer) result(e Element) error {
	if !e.Is(a.shape.Namespace, a.shape.Result) {
		return nil
	}
	if a.results++; a.results > 1 {
		return a.flaw(Duplicate)
	}
	return a.read(a.Decoder, e)
}

// readFault reads a fault. Its children have no namespace, but some stacks give them one. A fault of two codes would be two
// refusals, of which one may be certain and the other not.
func (a *answer) readFault() error {
	a.fault = &Fault{Status: a.status}
	seen := map[string]bool{}
	return a.Children(func(e Element) error {
		var into *string
		switch e.Local {
		case "faultcode":
			into = &a.fault.Code
		case "faultstring":
			into = &a.fault.String
		default:
			return nil
		}
		if seen[e.Local] {
			return a.flaw(Duplicate)
		}
		seen[e.Local] = true
		text, err := a.Text()
		*into = text
		return err
	})
}

func unprefixed(code string) string {
	if _, local, ok := strings.Cut(code, ":"); ok {
		return local
	}
	return code
}

// nothingMore accepts only white space to the end of the document.
func (a *answer) nothingMore() error {
	a.ended = true
	for {
		err := a.next()
		switch {
		case errors.Is(err, io.EOF):
			return nil
		case err != nil:
			return err
		case !a.blankText():
			return a.flaw(Trailing)
		}
	}
}

// blankText tells whether the last token is white space.
func (a *answer) blankText() bool { return a.token.kind == charData && blank(a.token.text) }

// verdict judges an envelope that was read whole.
func (a *answer) verdict() error {
	switch {
	case a.fault != nil:
		a.fault.Code = unprefixed(strings.TrimSpace(a.fault.Code))
		return a.fault
	case a.bodies == 0:
		return a.flaw(NotEnvelope)
	case a.replies == 0:
		return a.flaw(WrongBody)
	case a.shape.Result != "" && a.results == 0:
		return a.flaw(NoResult)
	}
	return nil
}
