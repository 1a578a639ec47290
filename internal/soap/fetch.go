package soap

import (
	"bytes"
	"context"
	"io"
	"net/http"
	"net/http/httptrace"
)

// Fetch reads a document that the service publishes beside its operations, such as its WSDL at query "singleWsdl", of at most
// limit bytes. It carries no credentials. Errors are those of RoundTrip.
func (t *Transport) Fetch(ctx context.Context, query string, limit int64) ([]byte, error) {
	request, err := http.NewRequestWithContext(ctx, http.MethodGet, t.url+"?"+query, nil)
	if err != nil {
		return nil, &TransportError{Cause: CauseRequest, Err: err}
	}
	request.Header.Set("User-Agent", "storefront")
	status, body, err := t.exchange(request, limit)
	if err == nil && status != http.StatusOK {
		err = &StatusError{Status: status}
	}
	return body, err
}

// Post sends an envelope as it is and returns the answer as it is, of at most limit bytes, whatever its status: for questions
// about the wire itself. Both may hold credentials and must not be shown. It is sent once.
func (t *Transport) Post(ctx context.Context, action string, envelope []byte, limit int64) (status int, body []byte, err error) {
	request, err := t.request(ctx, &Call{Action: action, Envelope: envelope, Write: true})
	if err != nil {
		return 0, nil, &TransportError{Cause: CauseRequest, Err: err}
	}
	return t.exchange(request, limit)
}

// exchange sends a request and reads its answer whole.
func (t *Transport) exchange(request *http.Request, limit int64) (status int, body []byte, err error) {
	var way way
	ctx := request.Context()
	client := t.reads
	if request.Method != http.MethodGet {
		client = t.writes
	}
	response, err := client.Do(request.WithContext(httptrace.WithClientTrace(ctx, way.trace())))
	if err != nil {
		return 0, nil, t.lost(cause(ctx, err), &way)
	}
	defer response.Body.Close()
	var whole bytes.Buffer
	n, err := whole.ReadFrom(io.LimitReader(response.Body, limit+1))
	switch {
	case err != nil:
		return 0, nil, t.lost(cause(ctx, err), &way)
	case n > limit:
		return 0, nil, &AnswerError{Flaw: TooLarge, Status: response.StatusCode}
	}
	return response.StatusCode, whole.Bytes(), nil
}
