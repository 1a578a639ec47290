package soap

import (
	"context"
	"io"
	"net/http"
)

// Fetch reads a document that the service publishes beside its operations, such as its WSDL at query "singleWsdl", of at most
// limit bytes. It carries no credentials. Errors are those of RoundTrip.
func (t *Transport) Fetch(ctx context.Context, query string, limit int64) ([]byte, error) {
	request, err := http.NewRequestWithContext(ctx, http.MethodGet, t.url+"?"+query, nil)
	if err != nil {
		return nil, &TransportError{Err: err}
	}
	request.Header.Set("User-Agent", "storefront")
	response, err := t.reads.Do(request)
	if err != nil {
		return nil, &TransportError{Started: true, Err: cause(ctx, err)}
	}
	defer response.Body.Close()
	if response.StatusCode != http.StatusOK {
		return nil, &StatusError{Status: response.StatusCode}
	}
	body, err := io.ReadAll(io.LimitReader(response.Body, limit+1))
	switch {
	case err != nil:
		return nil, &TransportError{Started: true, Err: cause(ctx, err)}
	case int64(len(body)) > limit:
		return nil, &AnswerError{Flaw: TooLarge, Status: response.StatusCode}
	}
	return body, nil
}
