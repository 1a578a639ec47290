package portal

import (
	"encoding/xml"
	"errors"
	"fmt"
	"net/url"
	"strings"
)

// Published is what a service says of itself in its WSDL: operations, and the types of what travels in them. Namespaces of
// types and prefixes are left out: in this contract every name is its own.
type Published struct {
	Operations []PublishedOperation // in the order of the document
	Types      map[string][]Member  // by name; an extended type's members begin with its base's
}

// PublishedOperation is an operation as published.
type PublishedOperation struct {
	Name   string
	Action string   // SOAPAction
	Params []Member // all of them, login and password too
	Result []Member // one, or none
}

// Member is an element inside a type.
type Member struct {
	Name, Type string
	Many       bool // repeated
}

// Operation finds a published operation by its name on the wire.
func (p Published) Operation(name string) (PublishedOperation, bool) {
	for _, o := range p.Operations {
		if o.Name == name {
			return o, true
		}
	}
	return PublishedOperation{}, false
}

// errNoContract is a document that is XML but publishes no operation.
var errNoContract = errors.New("the document publishes no operation")

// maxParts bounds the documents that a contract is read from; WCF serves about seven.
const maxParts = 50

// ReadPublished reads a WSDL. Where it imports other documents, part is asked for each by the query of its address
// ("wsdl=wsdl0", "xsd=xsd2"): the rest of the address is the service's idea of its own name, and never used.
func ReadPublished(root []byte, part func(query string) ([]byte, error)) (Published, error) {
	r := &wsdlReader{part: part, seen: map[string]bool{}}
	if err := r.definitions(root); err != nil {
		return Published{}, err
	}
	p := r.published()
	if len(p.Operations) == 0 {
		return Published{}, errNoContract
	}
	return p, nil
}

// FetchPublished reads what a service publishes, as one document or else in parts, and tells which it was. fetch reads what is
// published at a query of the service's address.
func FetchPublished(fetch func(query string) ([]byte, error)) (p Published, source string, err error) {
	for _, source = range []string{"singleWsdl", "wsdl"} {
		var root []byte
		if root, err = fetch(source); err == nil {
			p, err = ReadPublished(root, fetch)
		}
		if err == nil {
			return p, source, nil
		}
	}
	return Published{}, "", err
}

// wsdlReader gathers the parts of a WSDL.
type wsdlReader struct {
	part func(query string) ([]byte, error)
	seen map[string]bool // queries asked

	messages map[string]string // name of a message: its element
	ports    []wsdlOperation   // of the abstract interface
	actions  map[string]string // name of an operation: its SOAPAction
	elements map[string]xsdElement
	types    map[string]xsdType
}

type wsdlDocument struct {
	XMLName  xml.Name
	Imports  []wsdlImport  `xml:"http://schemas.xmlsoap.org/wsdl/ import"`
	Types    wsdlTypes     `xml:"http://schemas.xmlsoap.org/wsdl/ types"`
	Messages []wsdlMessage `xml:"http://schemas.xmlsoap.org/wsdl/ message"`
	Ports    []wsdlPort    `xml:"http://schemas.xmlsoap.org/wsdl/ portType"`
	Bindings []wsdlBinding `xml:"http://schemas.xmlsoap.org/wsdl/ binding"`
}

type wsdlImport struct {
	Location string `xml:"location,attr"`
}

type wsdlTypes struct {
	Schemas []xsdSchema `xml:"http://www.w3.org/2001/XMLSchema schema"`
}

type wsdlMessage struct {
	Name string `xml:"name,attr"`
	Part struct {
		Element string `xml:"element,attr"`
	} `xml:"http://schemas.xmlsoap.org/wsdl/ part"`
}

type wsdlPort struct {
	Operations []wsdlOperation `xml:"http://schemas.xmlsoap.org/wsdl/ operation"`
}

type wsdlOperation struct {
	Name  string `xml:"name,attr"`
	Input struct {
		Message string `xml:"message,attr"`
	} `xml:"http://schemas.xmlsoap.org/wsdl/ input"`
	Output struct {
		Message string `xml:"message,attr"`
	} `xml:"http://schemas.xmlsoap.org/wsdl/ output"`
}

type wsdlBinding struct {
	Operations []struct {
		Name string `xml:"name,attr"`
		SOAP struct {
			Action string `xml:"soapAction,attr"`
		} `xml:"http://schemas.xmlsoap.org/wsdl/soap/ operation"`
	} `xml:"http://schemas.xmlsoap.org/wsdl/ operation"`
}

type xsdSchema struct {
	XMLName  xml.Name
	Imports  []xsdImport  `xml:"http://www.w3.org/2001/XMLSchema import"`
	Includes []xsdImport  `xml:"http://www.w3.org/2001/XMLSchema include"`
	Elements []xsdElement `xml:"http://www.w3.org/2001/XMLSchema element"`
	Types    []xsdType    `xml:"http://www.w3.org/2001/XMLSchema complexType"`
}

type xsdImport struct {
	Location string `xml:"schemaLocation,attr"`
}

type xsdElement struct {
	Name      string   `xml:"name,attr"`
	Type      string   `xml:"type,attr"`
	MaxOccurs string   `xml:"maxOccurs,attr"`
	Inline    *xsdType `xml:"http://www.w3.org/2001/XMLSchema complexType"`
}

type xsdType struct {
	Name      string       `xml:"name,attr"`
	Sequence  []xsdElement `xml:"sequence>element"`
	Extension struct {
		Base     string       `xml:"base,attr"`
		Sequence []xsdElement `xml:"sequence>element"`
	} `xml:"complexContent>extension"`
}

// definitions reads a WSDL document and whatever it imports.
func (r *wsdlReader) definitions(raw []byte) error {
	var d wsdlDocument
	if err := unmarshal(raw, &d); err != nil {
		return err
	}
	if d.XMLName.Local != "definitions" {
		return fmt.Errorf("a WSDL was expected, not <%s>", d.XMLName.Local)
	}
	r.keep(d)
	for _, s := range d.Types.Schemas {
		if err := r.schema(s); err != nil {
			return err
		}
	}
	for _, i := range d.Imports {
		if err := r.follow(i.Location, r.definitions); err != nil {
			return err
		}
	}
	return nil
}

func (r *wsdlReader) keep(d wsdlDocument) {
	for _, m := range d.Messages {
		put(&r.messages, m.Name, local(m.Part.Element))
	}
	for _, p := range d.Ports {
		r.ports = append(r.ports, p.Operations...)
	}
	for _, b := range d.Bindings {
		for _, o := range b.Operations {
			put(&r.actions, o.Name, o.SOAP.Action)
		}
	}
}

func (r *wsdlReader) schema(s xsdSchema) error {
	for _, e := range s.Elements {
		put(&r.elements, e.Name, e)
	}
	for _, t := range s.Types {
		put(&r.types, t.Name, t)
	}
	for _, i := range append(s.Imports, s.Includes...) {
		err := r.follow(i.Location, func(raw []byte) error {
			var imported xsdSchema
			if err := unmarshal(raw, &imported); err != nil {
				return err
			}
			return r.schema(imported)
		})
		if err != nil {
			return err
		}
	}
	return nil
}

// follow reads an imported document once. One without an address of its own, or with a foreign one, is none of ours.
func (r *wsdlReader) follow(location string, read func([]byte) error) error {
	u, err := url.Parse(location)
	if err != nil || u.RawQuery == "" || r.seen[u.RawQuery] {
		return nil
	}
	if len(r.seen) == maxParts {
		return fmt.Errorf("a contract in more than %d parts", maxParts)
	}
	r.seen[u.RawQuery] = true
	raw, err := r.part(u.RawQuery)
	if err != nil {
		return err
	}
	return read(raw)
}

// published puts the parts together.
func (r *wsdlReader) published() Published {
	p := Published{Types: map[string][]Member{}}
	for name := range r.types {
		p.Types[name] = r.members(name, 0)
	}
	for _, o := range r.ports {
		p.Operations = append(p.Operations, PublishedOperation{
			Name:   o.Name,
			Action: r.actions[o.Name],
			Params: r.wrapped(o.Input.Message),
			Result: r.wrapped(o.Output.Message),
		})
	}
	return p
}

// wrapped lists what stands inside the element of a message.
func (r *wsdlReader) wrapped(message string) []Member {
	e := r.elements[r.messages[local(message)]]
	if e.Inline != nil {
		return members(e.Inline.Sequence)
	}
	return r.members(local(e.Type), 0)
}

// maxBases bounds the chain of base types: a document may claim a ring.
const maxBases = 10

func (r *wsdlReader) members(name string, depth int) []Member {
	t, ok := r.types[name]
	if !ok || depth == maxBases {
		return nil
	}
	own := append(members(t.Sequence), members(t.Extension.Sequence)...)
	if base := local(t.Extension.Base); base != "" {
		return append(r.members(base, depth+1), own...)
	}
	return own
}

func members(sequence []xsdElement) []Member {
	list := make([]Member, 0, len(sequence))
	for _, e := range sequence {
		list = append(list, Member{Name: e.Name, Type: local(e.Type), Many: e.MaxOccurs == "unbounded"})
	}
	return list
}

// local drops the prefix of a qualified name.
func local(name string) string {
	if _, after, ok := strings.Cut(name, ":"); ok {
		return after
	}
	return name
}

// put keeps the first value of a key.
func put[T any](m *map[string]T, key string, value T) {
	if *m == nil {
		*m = map[string]T{}
	}
	if _, known := (*m)[key]; !known {
		(*m)[key] = value
	}
}

// unmarshal reads a document. encoding/xml resolves no entity but its own five, so that a document type harms nothing.
func unmarshal(raw []byte, into any) error {
	if err := xml.Unmarshal(raw, into); err != nil {
		return fmt.Errorf("not a readable contract: %w", err)
	}
	return nil
}
