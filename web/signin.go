package web

import (
	"net/http"

	"github.com/labstack/echo/v4"

	"storefront/internal/buyer"
	"storefront/internal/errkind"
	"storefront/internal/secret"
	"storefront/views"
)

// signInPage shows the form, or goes on where somebody already signed in was going.
func (s *Server) signInPage(c echo.Context) error {
	next := localPath(c.QueryParam("next"))
	if s.sessions.Exists(c.Request().Context(), credentialsKey) {
		return seeOther(c, next)
	}
	return s.render(c, http.StatusOK, views.LoginPage(s.frame(c, "login.title"), views.NewLogin(c.Request().Context(), "", next, nil)))
}

// signIn proves login and password at the distributor and begins a session. Neither is changed on the way: a space at the
// end of a password is part of it.
func (s *Server) signIn(c echo.Context) error {
	fields, err := form(c, "login", "password", "next")
	if err != nil {
		return err
	}
	cred := buyer.Credentials{Login: fields["login"], Password: secret.New(fields["password"])}
	next := localPath(fields["next"])
	account, err := s.SignIn.Do(c.Request().Context(), cred)
	if err != nil {
		return s.signInFailed(c, cred.Login, next, err)
	}
	if err := s.startSession(c, cred); err != nil {
		return err
	}
	s.audit(c, account.ID, "authn_login_success", "")
	s.Jobs.SignedIn(account.ID)
	return seeOther(c, next)
}

// signInFailed shows the form again with what went wrong and what was typed, but for the password.
func (s *Server) signInFailed(c echo.Context, login, next string, err error) error {
	kind := errkind.Of(err)
	status, known := statuses[kind]
	if !known {
		return err
	}
	s.audit(c, "", "authn_login_fail", string(kind))
	s.logError(c, status, err)
	if kind == errkind.AccessDenied {
		status = http.StatusUnprocessableEntity // 401 would need a WWW-Authenticate challenge that forms don't have
	}
	return s.render(c, status, views.LoginPage(s.frame(c, "login.title"), views.NewLogin(c.Request().Context(), login, next, err)))
}

// signOut ends the session for good and clears what the browser kept of this site.
func (s *Server) signOut(c echo.Context) error {
	s.endSession(c)
	c.Response().Header().Set("Clear-Site-Data", `"cache", "storage"`)
	return seeOther(c, views.LoginURL)
}

// endSession ends the session, then forgets its credentials: in this order a request under way can't bring either back.
func (s *Server) endSession(c echo.Context) {
	ctx := c.Request().Context()
	cred, damaged := buyer.Unpack(s.sessions.GetBytes(ctx, credentialsKey))
	if err := s.sessions.Destroy(ctx); err != nil {
		s.Log.Error("session not ended", "request", requestID(c), "error", err)
	}
	if damaged == nil {
		s.Register.Drop(cred.Buyer())
		s.audit(c, cred.Buyer(), "authn_logout", "")
	}
}
