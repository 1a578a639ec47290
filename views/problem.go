package views

import (
	"context"
	"errors"

	"storefront/internal/errkind"
	"storefront/internal/i18n"
)

// Problem is a failure in words for people: what happened, what was not lost, what to do next.
type Problem struct {
	Code  errkind.Kind // what tests and support look for
	Title string
	Text  string
	// Quote is the distributor's own words, where they may be shown.
	Quote string
}

// NewProblem puts an error into words; nil for nil. The text is that of the error's key, else that of its kind. Nothing of
// the error's own text is shown.
func NewProblem(ctx context.Context, err error) *Problem {
	if err == nil {
		return nil
	}
	kind := errkind.Of(err)
	p := &Problem{
		Code:  kind,
		Title: i18n.T(ctx, "error."+string(kind)+".title"),
		Text:  i18n.T(ctx, "error."+string(kind)),
	}
	var e *errkind.Error
	if !errors.As(err, &e) {
		return p
	}
	p.Quote = e.Text
	switch {
	case e.Key == "":
	case errkind.Upstream(err): // the key says more of the kind, whose title stays
		p.Text = i18n.T(ctx, e.Key)
	default:
		p.Title, p.Text = "", i18n.T(ctx, e.Key)
	}
	return p
}
