package emulator

import (
	"encoding/xml"
	"errors"
	"io"
	"regexp"
	"strconv"
	"strings"

	"github.com/shopspring/decimal"

	"storefront/internal/vtt/portal"
)

const (
	envelopeNamespace = "http://schemas.xmlsoap.org/soap/envelope/"
	schemaInstance    = "http://www.w3.org/2001/XMLSchema-instance"
)

// arguments are the parameters of a call as the service saw them: what stood out of order was not seen.
type arguments struct {
	scalars map[string]portal.Value
	numbers map[string]int
	lines   []newLine
}

// newLine is an OrderLineCreationDto. An absent quantity is zero, as it is for any value type in .NET.
type newLine struct {
	ItemID   portal.Value
	Quantity decimal.Decimal
}

func (a *arguments) text(name string) string { return a.scalars[name].String() }

// reader takes a request apart as a stream.
type reader struct {
	xml *xml.Decoder
	age portal.Age
	got arguments
}

// readCall reads the envelope of a call of op. Every error is a *fault.
func readCall(body io.Reader, op portal.Operation, age portal.Age) (*arguments, error) {
	r := &reader{xml: xml.NewDecoder(body), age: age, got: arguments{
		scalars: make(map[string]portal.Value), numbers: make(map[string]int),
	}}
	if err := r.envelope(op); err != nil {
		if f := (*fault)(nil); errors.As(err, &f) {
			return nil, f
		}
		return nil, unreadable("%v", err)
	}
	return &r.got, nil
}

func (r *reader) envelope(op portal.Operation) error {
	if err := r.enter(envelopeNamespace, "Envelope"); err != nil {
		return err
	}
	body, err := r.next()
	if err != nil {
		return err
	}
	if is(body, envelopeNamespace, "Header") {
		if err := r.xml.Skip(); err != nil {
			return err
		}
		if body, err = r.next(); err != nil {
			return err
		}
	}
	if !is(body, envelopeNamespace, "Body") {
		return unreadable("the envelope has no body")
	}
	if err := r.enter(portal.Namespace, op.Name); err != nil {
		return err
	}
	if err := r.parameters(op); err != nil {
		return err
	}
	return r.end()
}

// parameters reads the body's parts as WCF does: forward only. An element that is not one of the parts still to come is
// skipped, and a part that was passed over stays null.
func (r *reader) parameters(op portal.Operation) error {
	names := make([]string, len(op.Params))
	for i, part := range op.Params {
		names[i] = part.Name
	}
	return r.members(portal.Namespace, names, func(i int, start xml.StartElement) error {
		return r.parameter(op.Params[i], start)
	})
}

func (r *reader) parameter(part portal.Param, start xml.StartElement) error {
	switch part.Type {
	case portal.TypeNewLines:
		return r.newLines(start)
	case portal.TypeNewLine:
		return r.newLine(start)
	}
	value, err := r.scalar(start)
	if err != nil {
		return err
	}
	r.got.scalars[part.Name] = value
	if part.Type == portal.TypeInt {
		r.got.numbers[part.Name], err = integer(value, part.Name)
	}
	return err
}

func (r *reader) newLines(start xml.StartElement) error {
	if isNil(start) {
		return r.xml.Skip()
	}
	for {
		line, err := r.next()
		switch {
		case err != nil:
			return err
		case line == nil:
			return nil
		case is(line, portal.DataNamespace, "OrderLineCreationDto"):
			err = r.newLine(*line)
		default:
			err = r.xml.Skip()
		}
		if err != nil {
			return err
		}
	}
}

func (r *reader) newLine(start xml.StartElement) error {
	if isNil(start) {
		return r.xml.Skip()
	}
	var line newLine
	err := r.members(portal.DataNamespace, []string{"ItemId", "Quantity"}, func(i int, start xml.StartElement) error {
		value, err := r.scalar(start)
		if err != nil {
			return err
		}
		if i == 0 {
			line.ItemID = value
			return nil
		}
		line.Quantity, err = quantity(value, r.age)
		return err
	})
	r.got.lines = append(r.got.lines, line)
	return err
}

// members reads the children of the current element in the order of names and tells found which one it came upon.
func (r *reader) members(namespace string, names []string, found func(i int, start xml.StartElement) error) error {
	expected := 0
	for {
		start, err := r.next()
		if err != nil || start == nil {
			return err
		}
		i := expected
		for i < len(names) && !is(start, namespace, names[i]) {
			i++
		}
		if i == len(names) {
			err = r.xml.Skip()
		} else {
			expected = i + 1
			err = found(i, *start)
		}
		if err != nil {
			return err
		}
	}
}

// scalar reads the text of an element that may hold nothing else.
func (r *reader) scalar(start xml.StartElement) (portal.Value, error) {
	var text strings.Builder
	for {
		token, err := r.xml.Token()
		if err != nil {
			return portal.Value{}, err
		}
		switch token := token.(type) {
		case xml.CharData:
			text.Write(token)
		case xml.StartElement:
			return portal.Value{}, unreadable("element %q stands inside %q", token.Name.Local, start.Name.Local)
		case xml.EndElement:
			if isNil(start) {
				return portal.Null(), nil
			}
			return portal.Text(text.String()), nil
		}
	}
}

// next returns the next child element, nil at the end of the current one.
func (r *reader) next() (*xml.StartElement, error) {
	for {
		token, err := r.xml.Token()
		if err != nil {
			return nil, err
		}
		switch token := token.(type) {
		case xml.StartElement:
			return &token, nil
		case xml.EndElement:
			return nil, nil
		case xml.Directive:
			return nil, unreadable("DTD is prohibited in this XML document")
		case xml.CharData:
			if strings.TrimSpace(string(token)) != "" {
				return nil, unreadable("text stands where an element is expected")
			}
		}
	}
}

// enter reads the start of one certain element.
func (r *reader) enter(namespace, name string) error {
	start, err := r.next()
	if err != nil {
		return err
	}
	if !is(start, namespace, name) {
		return unreadable("expected element %q from namespace %q", name, namespace)
	}
	return nil
}

// end reads on to the end of the document: everything must be closed and nothing may follow.
func (r *reader) end() error {
	for {
		switch start, err := r.next(); {
		case errors.Is(err, io.EOF):
			return nil
		case err != nil:
			return err
		case start != nil:
			return unreadable("element %q stands after the operation", start.Name.Local)
		}
	}
}

func is(start *xml.StartElement, namespace, name string) bool {
	return start != nil && start.Name.Space == namespace && start.Name.Local == name
}

func isNil(start xml.StartElement) bool {
	for _, a := range start.Attr {
		if a.Name.Space == schemaInstance && a.Name.Local == "nil" {
			return a.Value == "true" || a.Value == "1"
		}
	}
	return false
}

// integer reads an xs:int.
func integer(v portal.Value, name string) (int, error) {
	n, err := strconv.ParseInt(strings.TrimSpace(v.Text), 10, 32)
	if err != nil {
		return 0, unreadable("the value %q of %q is not a whole number", v.Text, name)
	}
	return int(n), nil
}

var (
	decimalForm = regexp.MustCompile(`^[+-]?(\d+(\.\d*)?|\.\d+)$`)
	integerForm = regexp.MustCompile(`^[+-]?\d+$`)
)

// quantity reads an xs:decimal, in the older age an xs:int.
func quantity(v portal.Value, age portal.Age) (decimal.Decimal, error) {
	text := strings.TrimSpace(v.Text)
	form := decimalForm
	if age == portal.Older {
		form = integerForm
	}
	if !form.MatchString(text) {
		return decimal.Decimal{}, unreadable("the value %q of \"Quantity\" is not a number of the contract's type", v.Text)
	}
	return decimal.NewFromString(strings.TrimSuffix(text, "."))
}
