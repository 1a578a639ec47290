// Package soap speaks SOAP 1.1 over HTTP: it writes envelopes, sends them, and reads answers strictly and as a stream.
//
// A Call goes through a RoundTripper, an interface of one method, so that limits, observers and other wrappers compose around
// the Transport. Nothing in this package repeats a call, follows a redirect or keeps a cookie. An answer that is not exactly
// what was asked for is an error of a type that says what is certain: TransportError, StatusError, AnswerError or Fault.
//
// Reading an answer goes through four layers, each of which knows nothing of those above it: source deals out its bytes
// within limits, scanner makes tokens of them (or encoding/xml, from where the scanner does not know what it sees), Decoder
// makes elements with namespaces, and answer takes them for a result or a fault.
package soap

import (
	"context"
	"time"
)

// Namespaces of SOAP 1.1 and XML Schema instances.
const (
	EnvelopeNamespace = "http://schemas.xmlsoap.org/soap/envelope/"
	InstanceNamespace = "http://www.w3.org/2001/XMLSchema-instance"
)

// RoundTripper performs one call. Implementations are safe for concurrent use.
type RoundTripper interface {
	RoundTrip(ctx context.Context, call *Call) error
}

// RoundTripFunc is a RoundTripper made of a function.
type RoundTripFunc func(ctx context.Context, call *Call) error

func (f RoundTripFunc) RoundTrip(ctx context.Context, call *Call) error { return f(ctx, call) }

// Call is one operation: what to send, how to read the answer, and within what bounds.
type Call struct {
	Operation string // for observers
	Account   string // whose call it is, for limits
	Action    string // SOAPAction, without quotes
	Envelope  []byte
	// Write marks a call that changes something: it goes over a connection of its own, so that it is sent at most once and
	// a failure to connect is known to precede it.
	Write bool
	Class Class
	// Insist lets the call try a service that is left alone by a breaker, one such call at a time.
	Insist bool
	// Wait bounds the wait for a free slot, FirstByte the wait for the answer's header; zero is no bound but the context's.
	Wait, FirstByte time.Duration
	// Limit bounds the answer in bytes, after decompression.
	Limit int64
	// Answer is the element that must stand in the body of the answer.
	Answer Shape
	// Read is given the answer's result while it arrives. What it leaves unread is skipped; its errors are returned as they
	// are. It is not called for faults, nor where Answer has no result.
	Read func(d *Decoder, result Element) error
}

// Class says how urgent a call is. See Limits.
type Class uint8

const (
	Prompt Class = iota // somebody waits for it
	Bulk                // large and in the background
	Urgent              // must not wait for the others
)
