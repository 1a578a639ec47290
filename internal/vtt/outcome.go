package vtt

import (
	"context"
	"errors"
	"net/http"
	"strings"

	"storefront/internal/errkind"
	"storefront/internal/order"
	"storefront/internal/soap"
	"storefront/internal/vtt/portal"
)

// maxFaultText bounds what is shown of the service's own words, in characters.
const maxFaultText = 300

// Keys of messages.
const (
	keyUnsendable = "portal.unsendable" // text that XML cannot carry
	keyLine       = "portal.line"       // a quantity that is not a positive whole number

	// Nothing was sent, because:
	keyDNS   = "portal.dns"   // the service's name has no address
	keyDial  = "portal.dial"  // nobody accepts connections
	keyTLS   = "portal.tls"   // the service did not prove who it is
	keyProxy = "portal.proxy" // our proxy makes no way

	keyPaused = "portal.paused" // the service is left alone for a moment
)

// translate gives an error of the wire its kind. Other errors, such as those of a callback, are returned as they are.
func translate(err error) error {
	var (
		known      *errkind.Error
		fault      *soap.Fault
		unsendable *soap.UnsendableError
		param      *portal.ParamError
		busy       *soap.BusyError
		lost       *soap.TransportError
		status     *soap.StatusError
		bad        *soap.AnswerError
	)
	switch {
	case err == nil, errors.As(err, &known):
		return err
	case errors.As(err, &fault):
		return faultError(fault)
	case errors.Is(err, portal.ErrUnpublished), errors.As(err, &param):
		return errkind.Wrap(errkind.Unsupported, err)
	case errors.As(err, &unsendable):
		return &errkind.Error{Kind: errkind.Invalid, Key: keyUnsendable, Err: err}
	case isOpen(err):
		return &errkind.Error{Kind: errkind.Unreachable, Key: keyPaused, Cause: errkind.Paused, Err: err}
	case errors.As(err, &lost):
		return lostError(lost, err)
	case errors.As(err, &busy), errors.Is(err, context.DeadlineExceeded), errors.Is(err, context.Canceled):
		return errkind.Wrap(errkind.Timeout, err)
	case errors.As(err, &bad) && bad.Flaw == soap.Truncated:
		return errkind.Wrap(errkind.Unreachable, err)
	case errors.As(err, &bad) && bad.Flaw == soap.TooLarge:
		return &errkind.Error{Kind: errkind.NotSOAP, Cause: errkind.Oversized, Err: err}
	case errors.As(err, &status), errors.As(err, &bad):
		return errkind.Wrap(errkind.NotSOAP, err)
	}
	return err
}

// lostError says what failed on the way, to people by a message where there is more to say than the kind does. That nothing was
// sent is said only where it is certain.
func lostError(lost *soap.TransportError, err error) error {
	if lost.Cause == soap.CauseTimeout || lost.Cause == soap.CauseCanceled {
		return errkind.Wrap(errkind.Timeout, err)
	}
	e := &errkind.Error{Kind: errkind.Unreachable, Cause: string(lost.Cause), Err: err}
	if !lost.Started {
		e.Key = lostKey(lost.Cause)
	}
	return e
}

func lostKey(cause soap.Cause) string {
	switch cause {
	case soap.CauseDNS:
		return keyDNS
	case soap.CauseDial:
		return keyDial
	case soap.CauseTLS:
		return keyTLS
	case soap.CauseProxy:
		return keyProxy
	}
	return ""
}

// faultError keeps the service's words only where the contract says that they explain a refusal.
func faultError(fault *soap.Fault) error {
	e := &errkind.Error{Kind: faultKind(fault.Code), Err: fault}
	if fault.Code == portal.CodeBusinessLogic || fault.Code == portal.CodeContract {
		e.Text = shorten(strings.TrimSpace(fault.String), maxFaultText)
	}
	return e
}

// faultKind compares codes, never texts. An unknown code means that the service is out of order.
func faultKind(code string) errkind.Kind {
	switch code {
	case portal.CodeAccessDenied:
		return errkind.AccessDenied
	case portal.CodeNonAuthorized:
		return errkind.NonAuthorized
	case portal.CodeBusinessLogic:
		return errkind.BusinessLogic
	case portal.CodeContract, portal.CodeDeserializationFailed:
		return errkind.Contract
	case portal.CodeActionNotSupported:
		return errkind.Unsupported
	}
	return errkind.Technical
}

// shorten cuts a text to n characters.
func shorten(text string, n int) string {
	runes := []rune(text)
	if len(runes) <= n {
		return text
	}
	return string(runes[:n-1]) + "…"
}

// sendError says what is certain about a write that failed.
func sendError(err error) error {
	if err == nil {
		return nil
	}
	return &order.SendError{Class: classOf(err), Err: translate(err)}
}

// classOf tells how far a write got. Whatever is not proved otherwise may still be executing.
func classOf(err error) order.SendClass {
	var (
		fault      *soap.Fault
		unsendable *soap.UnsendableError
		param      *portal.ParamError
		invalid    *errkind.Error
		busy       *soap.BusyError
		lost       *soap.TransportError
		status     *soap.StatusError
		bad        *soap.AnswerError
	)
	switch {
	case errors.Is(err, portal.ErrUnpublished), errors.As(err, &unsendable), errors.As(err, &param),
		errors.As(err, &invalid), errors.As(err, &busy), isOpen(err):
		return order.ClassNotSent
	case errors.As(err, &lost):
		return lostClass(lost)
	case errors.As(err, &status):
		return statusClass(status.Status)
	case errors.As(err, &fault):
		return faultClass(fault.Code)
	case errors.As(err, &bad):
		return answerClass(bad.Flaw)
	}
	return order.ClassUnanswered
}

func lostClass(lost *soap.TransportError) order.SendClass {
	if lost.Started {
		return order.ClassUnanswered
	}
	return order.ClassNotSent
}

// statusClass judges HTTP statuses without an envelope. Those of the first line are given before a service runs; a gateway's
// 502 to 504 says nothing about what is behind it, and neither does a redirect.
func statusClass(status int) order.SendClass {
	switch status {
	case http.StatusUnauthorized, http.StatusForbidden, http.StatusNotFound, http.StatusMethodNotAllowed,
		http.StatusRequestEntityTooLarge, http.StatusUnsupportedMediaType:
		return order.ClassRefused
	}
	return order.ClassUnanswered
}

// faultClass judges faults. BUSINESS_LOGIC_ERROR, TECHNICAL_ERROR and the platform's general fault have been known to come
// after the deed was done.
func faultClass(code string) order.SendClass {
	switch code {
	case portal.CodeAccessDenied, portal.CodeNonAuthorized, portal.CodeContract,
		portal.CodeActionNotSupported, portal.CodeDeserializationFailed, portal.CodeVersionMismatch, portal.CodeMustUnderstand:
		return order.ClassRefused
	}
	return order.ClassAnswered
}

// answerClass judges damaged answers. A page or a body that breaks off is not the service's last word.
func answerClass(flaw soap.Flaw) order.SendClass {
	switch flaw {
	case soap.HTML, soap.Truncated, soap.Empty:
		return order.ClassUnanswered
	}
	return order.ClassAnswered
}
