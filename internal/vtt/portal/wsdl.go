package portal

import (
	"embed"
	"fmt"
)

// Address is where the published WSDLs say the service is. Callers ignore it and go where they are configured to.
const Address = "http://api.vtt.ru:8048/Portal.svc"

//go:embed wsdl/current.wsdl wsdl/2016.wsdl
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
