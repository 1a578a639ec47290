package soap

import (
	"errors"
	"net/textproto"
	"net/url"
	"strings"
)

// quiet returns an error that prints nothing of what the other side sent: net/http quotes lines that it can't read, and they may
// repeat the request with its password. What kind of error it is stays in the chain.
func quiet(err error) error {
	var request *url.Error
	if errors.As(err, &request) {
		err = request.Err // the address is known, and quoted
	}
	text := err.Error()
	var line textproto.ProtocolError
	if errors.As(err, &line) {
		said, _, _ := strings.Cut(line.Error(), ":")
		text = strings.Replace(text, line.Error(), said, 1)
	}
	text, _, quoted := strings.Cut(text, `"`)
	if quoted {
		text += "…"
	}
	return &quietError{text: text, err: err}
}

type quietError struct {
	text string
	err  error
}

func (e *quietError) Error() string { return e.text }
func (e *quietError) Unwrap() error { return e.err }
