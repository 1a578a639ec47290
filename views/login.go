package views

import (
	"context"
	"errors"

	"github.com/a-h/templ"

	"storefront/internal/errkind"
	"storefront/internal/i18n"
)

// Login is the page to sign in on.
type Login struct {
	Name    string // the login typed before, never the password
	Next    string // local path to come back to
	Problem *Problem
}

// NewLogin makes the page to sign in on; err is what the last try ran into. A wrong password, an account without rights and
// each way of the service not to answer are told apart.
func NewLogin(ctx context.Context, name, next string, err error) Login {
	page := Login{Name: name, Next: next, Problem: NewProblem(ctx, err)}
	if page.Problem == nil {
		return page
	}
	key := ""
	switch kind := errkind.Of(err); {
	case kind == errkind.AccessDenied:
		key = "login.denied"
	case kind == errkind.NonAuthorized:
		key = "login.no_right"
	case errkind.Upstream(err):
		key = "login." + string(kind)
	default:
		return page
	}
	page.Problem.Title = i18n.T(ctx, key+".title")
	if !explained(err) {
		page.Problem.Text = i18n.T(ctx, key)
	}
	return page
}

// explained tells whether an error has a message of its own.
func explained(err error) bool {
	var e *errkind.Error
	return errors.As(err, &e) && e.Key != ""
}

// loginAttrs put the cursor where typing starts: into the login, or the password where the login is known already.
func loginAttrs(p Login) templ.Attributes {
	return templ.Attributes{
		"autocomplete": "username", "autocapitalize": "off", "spellcheck": "false", "maxlength": "100", "required": true, "autofocus": p.Name == "",
	}
}

func passwordAttrs(p Login) templ.Attributes {
	return templ.Attributes{"autocomplete": "current-password", "maxlength": "200", "required": true, "autofocus": p.Name != ""}
}
