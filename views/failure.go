package views

import "context"

// Failure is a page that could not be shown.
type Failure struct {
	Problem
	Reference string // names the request in the log
	RetryURL  string // the same page again, where that may help; empty otherwise
}

// NewFailure makes the page of an error.
func NewFailure(ctx context.Context, err error, reference, retryURL string) Failure {
	f := Failure{Reference: reference, RetryURL: retryURL}
	if p := NewProblem(ctx, err); p != nil {
		f.Problem = *p
	}
	return f
}
