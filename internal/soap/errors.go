package soap

import "fmt"

// Fault is a SOAP fault: the service's own refusal.
type Fault struct {
	Code   string // without its namespace prefix
	String string
	Status int // of HTTP
}

func (f *Fault) Error() string { return fmt.Sprintf("fault %s: %s", f.Code, f.String) }

// TransportError means that no whole answer arrived: no connection, a connection that died, or the end of the time.
type TransportError struct {
	// Started is false only if it is certain that no byte of the request reached the service.
	Started bool
	Cause   Cause
	Err     error
}

func (e *TransportError) Error() string {
	if e.Started {
		return "connection lost: " + e.Err.Error()
	}
	return "no connection: " + e.Err.Error()
}

func (e *TransportError) Unwrap() error { return e.Err }

// StatusError is an HTTP status that came without an envelope: somebody on the way spoke, not the service.
type StatusError struct{ Status int }

func (e *StatusError) Error() string {
	return fmt.Sprintf("HTTP status %d without an envelope", e.Status)
}

// Flaw names what is wrong with an answer.
type Flaw string

const (
	Empty       Flaw = "empty body"
	HTML        Flaw = "an HTML page"
	Malformed   Flaw = "malformed XML"
	Truncated   Flaw = "cut off"
	TooLarge    Flaw = "larger than allowed"
	TooLong     Flaw = "a text or tag longer than allowed"
	TooDeep     Flaw = "nested deeper than allowed"
	Doctype     Flaw = "a document type declaration"
	Charset     Flaw = "not in UTF-8"
	NotEnvelope Flaw = "not a SOAP 1.1 envelope"
	WrongBody   Flaw = "a body without the expected element"
	NoResult    Flaw = "no result"
	Duplicate   Flaw = "an element that may come once came twice"
	Trailing    Flaw = "text where none may be"
	NoFault     Flaw = "an HTTP error whose envelope holds no fault"
)

// AnswerError is an answer that cannot be taken for the service's result.
type AnswerError struct {
	Flaw   Flaw
	Detail string // names and positions, never content
	Status int    // of HTTP
}

func (e *AnswerError) Error() string {
	if e.Detail == "" {
		return "bad answer: " + string(e.Flaw)
	}
	return "bad answer: " + string(e.Flaw) + ": " + e.Detail
}

// Is lets errors.Is(err, Flaw) ask for a kind of flaw.
func (e *AnswerError) Is(target error) bool {
	f, ok := target.(Flaw)
	return ok && f == e.Flaw
}

// Error makes a Flaw a target for errors.Is.
func (f Flaw) Error() string { return string(f) }

// UnsendableError means that a text holds characters that XML 1.0 cannot carry, such as U+0000, or is not UTF-8.
// Nothing was sent. The text itself is not kept: it may be a password.
type UnsendableError struct{ Element string }

func (e *UnsendableError) Error() string {
	return e.Element + " holds a character that XML cannot carry"
}

// BusyError means that no slot came free in time. Nothing was sent.
type BusyError struct{ Err error }

func (e *BusyError) Error() string { return "no free slot: " + e.Err.Error() }
func (e *BusyError) Unwrap() error { return e.Err }
