package portal

import (
	"embed"
	"fmt"
	"strings"
)

// Address is where the published WSDLs say the service is. Callers ignore it and go where they are configured to.
const Address = "http://api.vtt.ru:8048/Portal.svc"

//go:embed wsdl/current.wsdl wsdl/2016.wsdl wsdl/optional.xml
var wsdls embed.FS

// WSDL returns the contract that the service publishes in an age, as one document without imported parts.
func WSDL(age Age) []byte {
	document, err := wsdls.ReadFile("wsdl/" + string(age) + ".wsdl")
	if err != nil {
		panic(fmt.Sprintf("portal: no age %q", age))
	}
	return document
}

// Expected is what an age is known to publish.
func Expected(age Age) Published {
	published, err := ReadPublished(WSDL(age), func(query string) ([]byte, error) { return nil, fmt.Errorf("no part %q", query) })
	if err != nil {
		panic(fmt.Sprintf("portal: the contract of age %q: %v", age, err))
	}
	return published
}

// WSDLWithOptional returns the contract of the current age where the optional operations are published too.
func WSDLWithOptional() []byte {
	raw, err := wsdls.ReadFile("wsdl/optional.xml")
	if err != nil {
		panic(fmt.Sprintf("portal: %v", err)) // it is embedded
	}
	document, optional := string(WSDL(Current)), string(raw)
	// Each part of the document is grown before the mark at its end, from the last part to the first.
	for _, part := range []struct{ name, end string }{
		{"bindings", "  </wsdl:binding>"},
		{"operations", "  </wsdl:portType>"},
		{"messages", "  <wsdl:portType"},
		{"types", "    </xs:schema>\n    <xs:schema elementFormDefault=\"qualified\" targetNamespace=\"" + ArraysNamespace},
		{"elements", "    </xs:schema>"},
	} {
		_, text, _ := strings.Cut(optional, "<"+part.name+">\n")
		text, _, _ = strings.Cut(text, "</"+part.name+">")
		before, after, found := strings.Cut(document, part.end)
		if text == "" || !found {
			panic("portal: the optional operations have no place for " + part.name) // documents of ours
		}
		document = before + text + part.end + after
	}
	return []byte(document)
}
