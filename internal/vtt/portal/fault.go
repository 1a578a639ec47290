package portal

import (
	"errors"

	"storefront/internal/soap"
)

// Codes of the service's faults, and those of its platform (WCF) that mean something to a client.
const (
	CodeAccessDenied  = "ACCESS_DENIED"
	CodeNonAuthorized = "NON_AUTHORIZED"
	CodeBusinessLogic = "BUSINESS_LOGIC_ERROR"
	CodeContract      = "CONTRACT_ERROR"
	CodeTechnical     = "TECHNICAL_ERROR"

	CodeActionNotSupported    = "ActionNotSupported"
	CodeDeserializationFailed = "DeserializationFailed"
	CodeInternalServiceFault  = "InternalServiceFault"
	CodeVersionMismatch       = "VersionMismatch"
	CodeMustUnderstand        = "MustUnderstand"
)

// codeMisprinted is how the documentation's table prints CodeBusinessLogic; the service may do as it says.
const codeMisprinted = "BUSINESS_LOGIC_ERRROR"

// mend gives a fault its one spelling and takes the password out of its text. Other errors stay as they are.
func mend(err error, who Login) error {
	var fault *soap.Fault
	if !errors.As(err, &fault) {
		return err
	}
	mended := *fault
	mended.Code, mended.String = who.scrub(fault.Code), who.scrub(fault.String)
	if fault.Code == codeMisprinted {
		mended.Code = CodeBusinessLogic
	}
	return &mended
}

// unsupported tells whether the service does not know the operation.
func unsupported(err error) bool {
	var fault *soap.Fault
	return errors.As(err, &fault) && fault.Code == CodeActionNotSupported
}
