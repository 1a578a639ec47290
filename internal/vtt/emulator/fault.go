package emulator

import (
	"encoding/xml"
	"fmt"
	"io"
	"net/http"
	"strings"
)

// Codes of the service's own faults.
const (
	accessDenied  = "ACCESS_DENIED"
	nonAuthorized = "NON_AUTHORIZED"
	businessLogic = "BUSINESS_LOGIC_ERROR"
	contractError = "CONTRACT_ERROR"
	technical     = "TECHNICAL_ERROR"
)

// businessLogicTypo is how the documentation's table of faults prints businessLogic.
const businessLogicTypo = "BUSINESS_LOGIC_ERRROR"

// Codes of WCF itself, and the namespaces it gives them.
const (
	actionNotSupported    = "ActionNotSupported"
	internalServiceFault  = "InternalServiceFault"
	deserializationFailed = "DeserializationFailed"

	addressingNamespace = "http://schemas.microsoft.com/ws/2005/05/addressing/none"
	dispatcherNamespace = "http://schemas.microsoft.com/net/2005/12/windowscommunicationfoundation/dispatcher"
)

// fault is a refusal on its way to the caller.
type fault struct{ code, text string }

func (f *fault) Error() string { return f.code + ": " + f.text }

// refused is the business saying no.
func refused(format string, a ...any) *fault {
	return &fault{businessLogic, fmt.Sprintf(format, a...)}
}

// misused is a parameter that can't be right.
func misused(format string, a ...any) *fault {
	return &fault{contractError, fmt.Sprintf(format, a...)}
}

// unknownItem is an article that nobody knows.
func (a Answers) unknownItem(format string, args ...any) *fault {
	if a.UnknownItemContract {
		return misused(format, args...)
	}
	return refused(format, args...)
}

// wrongLine is a position that can't be ordered as it is written.
func (a Answers) wrongLine(format string, args ...any) *fault {
	if a.WrongLinesBusiness {
		return refused(format, args...)
	}
	return misused(format, args...)
}

// unreadable is a request that WCF could not take apart.
func unreadable(format string, a ...any) *fault {
	return &fault{deserializationFailed, "The formatter threw an exception while trying to deserialize the message: " + fmt.Sprintf(format, a...)}
}

// writeFault answers with HTTP 500 and a SOAP fault.
func (s *Server) writeFault(w http.ResponseWriter, f *fault) {
	w.Header().Set("Content-Type", "text/xml; charset=utf-8")
	w.WriteHeader(http.StatusInternalServerError)
	_, _ = io.WriteString(w, s.faultEnvelope(f))
}

// faultEnvelope writes a fault as WCF does. faultstring carries a language, faultcode a prefix that means little.
func (s *Server) faultEnvelope(f *fault) string {
	declaration, code := s.faultCode(f.code)
	language := "ru-RU"
	if isSystem(f.code) {
		language = "en-US"
	}
	return envelopeStart + `<s:Fault><faultcode` + declaration + `>` + code + `</faultcode><faultstring xml:lang="` + language + `">` +
		escape(f.text) + `</faultstring></s:Fault>` + envelopeEnd
}

// faultCode returns the namespace declaration that a code needs and the code with its prefix.
func (s *Server) faultCode(code string) (declaration, prefixed string) {
	if code == businessLogic && s.options.Answers.BusinessLogicTypo {
		code = businessLogicTypo
	}
	code = escape(code)
	switch {
	case code == actionNotSupported:
		return ` xmlns:a="` + addressingNamespace + `"`, "a:" + code
	case isSystem(code):
		return ` xmlns:a="` + dispatcherNamespace + `"`, "a:" + code
	case s.options.Answers.FaultPrefix == "none":
		return "", code
	case s.options.Answers.FaultPrefix == "a":
		return ` xmlns:a="http://portal.vtt.ru/faults"`, "a:" + code
	}
	return "", "s:" + code
}

func isSystem(code string) bool {
	return code == actionNotSupported || code == internalServiceFault || code == deserializationFailed
}

// escape makes text safe inside an element.
func escape(text string) string {
	var b strings.Builder
	_ = xml.EscapeText(&b, []byte(text)) // a Builder never fails
	return b.String()
}
