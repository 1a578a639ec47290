// Package errkind gives every failure a kind that the rest of the program can act on without reading its text.
//
// Kinds of the distributor are spelled as its fault codes are on the wire; ours follow the same style. A kind is also the
// data-code of the message a person sees, and web/errors.go is the one place that turns it into a response.
package errkind

import (
	"context"
	"errors"
	"fmt"
)

// Kind classifies an error.
type Kind string

const (
	// Faults of the distributor's service.
	AccessDenied  Kind = "ACCESS_DENIED"        // login and password not known
	NonAuthorized Kind = "NON_AUTHORIZED"       // the account lacks the right
	BusinessLogic Kind = "BUSINESS_LOGIC_ERROR" // the operation was refused; Text says why
	Contract      Kind = "CONTRACT_ERROR"       // a parameter is wrong; Text says which
	Technical     Kind = "TECHNICAL_ERROR"      // the service is out of order

	// What else comes instead of an answer.
	Timeout     Kind = "TIMEOUT"     // no answer in time
	Unreachable Kind = "UNREACHABLE" // no connection: refused, DNS, TLS, cut off
	NotSOAP     Kind = "NOT_SOAP"    // an answer that is not the service's: a proxy's page, a damaged envelope
	Unsupported Kind = "UNSUPPORTED" // the operation is not published by this service

	// Ours.
	Invalid     Kind = "INVALID"            // input a person can mend
	NotFound    Kind = "NOT_FOUND"          // nothing here, or not his
	Conflict    Kind = "CONFLICT"           // it changed meanwhile
	Throttled   Kind = "THROTTLED"          // too many tries
	SignedOut   Kind = "SIGNED_OUT"         // no session
	CrossOrigin Kind = "CROSS_ORIGIN"       // another site made the browser send this
	Method      Kind = "METHOD_NOT_ALLOWED" // the address exists, not for this method
	TooLarge    Kind = "TOO_LARGE"          // more input than is taken
	Busy        Kind = "BUSY"               // more at once than can be answered
	Internal    Kind = "INTERNAL"           // our fault

	StateDamaged Kind = "STATE_DAMAGED" // state.db is damaged: what would have to be recorded is refused before it is begun
)

// Error is an error with a kind.
type Error struct {
	Kind Kind
	// Key names the message shown to a person; empty means the kind's own message ("error.<KIND>").
	Key string
	// Text is the distributor's faultstring (BusinessLogic and Contract only), at most 300 characters, without secrets.
	Text string
	// Cause says what failed on the way to the distributor, for the operator: of Unreachable "tls", "dns", Paused …; of NotSOAP
	// Oversized.
	Cause string
	Err   error
}

// Paused is the cause of calls that were not made: the distributor did not answer the last ones, and is left alone for a moment.
const Paused = "paused"

// Oversized is the cause of answers larger than their limit: asked again at once, they are as large.
const Oversized = "oversized"

// New makes an error of a kind with a message key.
func New(kind Kind, key string) *Error { return &Error{Kind: kind, Key: key} }

// Wrap gives err a kind, keeping it in the chain.
func Wrap(kind Kind, err error) *Error { return &Error{Kind: kind, Err: err} }

func (e *Error) Error() string {
	s := string(e.Kind)
	if e.Cause != "" {
		s += " [" + e.Cause + "]"
	}
	if e.Key != "" {
		s += " (" + e.Key + ")"
	}
	if e.Err != nil {
		return fmt.Sprintf("%s: %v", s, e.Err)
	}
	if e.Text != "" {
		return s + ": " + e.Text
	}
	return s
}

func (e *Error) Unwrap() error { return e.Err }

// Of returns the kind of err: that of the outermost Error in its chain, Timeout for an expired deadline, Internal otherwise.
func Of(err error) Kind {
	var e *Error
	switch {
	case err == nil:
		return ""
	case errors.As(err, &e):
		return e.Kind
	case errors.Is(err, context.DeadlineExceeded):
		return Timeout
	}
	return Internal
}

// CauseOf returns the cause of err, empty where none is known.
func CauseOf(err error) string {
	var e *Error
	if errors.As(err, &e) {
		return e.Cause
	}
	return ""
}

// Is tells whether err is of the kind.
func Is(err error, kind Kind) bool { return err != nil && Of(err) == kind }

// Upstream tells whether the distributor could not be talked to, as opposed to having answered.
func Upstream(err error) bool {
	switch Of(err) {
	case Technical, Timeout, Unreachable, NotSOAP:
		return true
	}
	return false
}
