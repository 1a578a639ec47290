package soap

import (
	"errors"
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
	text, _, quoted := strings.Cut(err.Error(), `"`)
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
