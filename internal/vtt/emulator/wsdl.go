package emulator

import (
	"fmt"
	"io"
	"net/http"
	"regexp"
	"strings"

	"storefront/internal/vtt/portal"
)

// serveWSDL publishes the contract: ?singleWsdl as one document, ?wsdl as WCF does, in parts that import each other. The
// address in it, and the addresses of the parts, are those that the caller used.
func (s *Server) serveWSDL(w http.ResponseWriter, r *http.Request) {
	address := "http://" + r.Host + r.URL.Path
	single := strings.ReplaceAll(s.contract(), portal.Address, address)
	query := r.URL.Query()
	document, found := single, true
	switch {
	case query.Has("singleWsdl"):
	case query.Has("wsdl"):
		document, found = wsdlPart(single, address, query.Get("wsdl"))
	case query.Has("xsd"):
		document, found = schemaPart(single, address, query.Get("xsd"))
	default:
		found = false
	}
	if !found {
		http.Error(w, "PortalService: the contract is at ?singleWsdl and ?wsdl, calls are POSTed here.", http.StatusNotFound)
		return
	}
	w.Header().Set("Content-Type", "text/xml; charset=utf-8")
	_, _ = io.WriteString(w, document)
}

// contract is the WSDL as one document: that of the age, with what the emulator was told to do otherwise.
func (s *Server) contract() string {
	document, answers := string(portal.WSDL(s.age)), s.options.Answers
	if s.age == portal.Older {
		return document
	}
	if answers.OptionalOperations {
		document = string(portal.WSDLWithOptional())
	}
	if answers.NoUsdRubRate {
		document = unpublished.ReplaceAllString(document, "")
	}
	if answers.FitsNamedAsList {
		document = strings.Replace(document, `name="CompatibilityDto" nillable="true" type="d:CompatibilityDto"`,
			`name="ArrayOfCompatibilityDto" nillable="true" type="d:CompatibilityDto"`, 1)
	}
	if answers.RateFirst {
		document = strings.NewReplacer(`name="Date" type="xs:dateTime"`, `name="Course" type="xs:decimal"`,
			`name="Rate" type="xs:decimal"`, `name="Day" type="xs:dateTime"`).Replace(document)
	}
	return document
}

// unpublished is everything that publishes GetUsdRubRate: elements, messages, both kinds of operation.
var unpublished = regexp.MustCompile(`(?s) *<(xs:element|wsdl:message|wsdl:operation) name="(IPortalService_)?GetUsdRubRate[A-Za-z_]*">.*?</(xs:element|wsdl:message|wsdl:operation)>\n`)

// wsdlPart cuts the document in two: the root holds binding and service and imports wsdl0, which holds messages and
// portType and imports the schemas.
func wsdlPart(single, address, name string) (string, bool) {
	head, rest, _ := strings.Cut(single, "<wsdl:types>")
	_, rest, _ = strings.Cut(rest, "</wsdl:types>")
	abstract, concrete, _ := strings.Cut(rest, "<wsdl:binding")
	switch name {
	case "":
		return head + `<wsdl:import namespace="` + portal.Namespace + `" location="` + address + `?wsdl=wsdl0"/>` + "\n  <wsdl:binding" + concrete, true
	case "wsdl0":
		return head + "<wsdl:types>\n    <xs:schema targetNamespace=\"" + portal.Namespace + "/Imports\">" + imports(single, address) +
			"</xs:schema>\n  </wsdl:types>" + abstract + "</wsdl:definitions>\n", true
	}
	return "", false
}

// imports names every schema and where it is served.
func imports(single, address string) string {
	var b strings.Builder
	for i, schema := range schemas(single) {
		fmt.Fprintf(&b, `<xs:import schemaLocation="%s?xsd=xsd%d" namespace="%s"/>`, address, i, targetNamespace(schema))
	}
	return b.String()
}

// schemaPart is one schema as a document of its own.
func schemaPart(single, address, name string) (string, bool) {
	all := schemas(single)
	for i, schema := range all {
		if name != fmt.Sprintf("xsd%d", i) {
			continue
		}
		for j, other := range all {
			namespace := `namespace="` + targetNamespace(other) + `"`
			schema = strings.Replace(schema, "<xs:import "+namespace, fmt.Sprintf(`<xs:import schemaLocation="%s?xsd=xsd%d" %s`, address, j, namespace), 1)
		}
		return `<?xml version="1.0" encoding="utf-8"?>` + "\n" + schema + "\n", true
	}
	return "", false
}

var (
	schemaBlock   = regexp.MustCompile(`(?s)<xs:schema .*?</xs:schema>`)
	schemaSubject = regexp.MustCompile(`targetNamespace="([^"]*)"`)
)

func schemas(single string) []string { return schemaBlock.FindAllString(single, -1) }

func targetNamespace(schema string) string { return schemaSubject.FindStringSubmatch(schema)[1] }
