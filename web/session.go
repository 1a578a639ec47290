package web

import (
	"net/http"
	"time"

	"github.com/alexedwards/scs/v2"
	"github.com/labstack/echo/v4"

	"storefront/internal/buyer"
	"storefront/internal/errkind"
	"storefront/store/state"
)

// sessionLife is how long a session can live at all; the store also ends it after an hour without a request.
const sessionLife = 12 * time.Hour

// credentialsKey is where a session keeps the packed credentials; the store seals the whole session.
const credentialsKey = "credentials"

func (s *Server) newSessionManager() *scs.SessionManager {
	m := scs.New()
	m.Store = s.Sessions
	m.Codec = forgiving{}
	m.Lifetime = sessionLife
	// No IdleTimeout (every request would be a write) and no HashTokenInStore (the store needs the raw token to derive
	// the sealing key, and hashes it itself).
	m.Cookie = scs.SessionCookie{Name: "vtt", HttpOnly: true, Path: "/", SameSite: http.SameSiteLaxMode}
	if s.secure() {
		m.Cookie.Name, m.Cookie.Secure = "__Host-vtt", true
	}
	return m
}

// session loads the request's session and saves it once, right before the first byte of the answer. Errors are answered in
// here: outside, the session would be saved twice.
func (s *Server) session(next echo.HandlerFunc) echo.HandlerFunc {
	return func(c echo.Context) error {
		c.Set(begunKey, s.Now())
		presented := ""
		if cookie, err := c.Cookie(s.sessions.Cookie.Name); err == nil {
			presented = cookie.Value
		}
		ctx, err := s.sessions.Load(c.Request().Context(), presented)
		if err != nil {
			return err
		}
		c.SetRequest(c.Request().WithContext(ctx))
		c.Response().Before(func() { s.saveSession(c, presented) })
		if err := s.recoverPanic(next)(c); err != nil {
			s.answerError(err, c)
		}
		return nil
	}
}

func (s *Server) saveSession(c echo.Context, presented string) {
	ctx := c.Request().Context()
	switch status := s.sessions.Status(ctx); {
	case status == scs.Modified:
		token, expiry, err := s.sessions.Commit(ctx)
		if err != nil {
			s.Log.Error("session not saved", "request", requestID(c), "error", err)
			return
		}
		s.sessions.WriteSessionCookie(ctx, c.Response(), token, expiry)
	case status == scs.Destroyed, presented != "" && s.sessions.Token(ctx) == "":
		s.sessions.WriteSessionCookie(ctx, c.Response(), "", time.Time{})
	}
}

// visit is a signed-in buyer's request.
type visit struct {
	account buyer.Account
	cred    buyer.Credentials
}

const (
	visitKey = "visit"
	begunKey = "begun" // when the request's session was about to be read
)

// here returns the visit of a route behind signedIn.
func here(c echo.Context) visit {
	v, _ := c.Get(visitKey).(visit)
	return v
}

// signedIn lets only signed-in buyers through, and unlocks their credentials for background work.
func (s *Server) signedIn(next echo.HandlerFunc) echo.HandlerFunc {
	return func(c echo.Context) error {
		ctx := c.Request().Context()
		packed := s.sessions.GetBytes(ctx, credentialsKey)
		if packed == nil {
			return errkind.New(errkind.SignedOut, "")
		}
		cred, err := buyer.Unpack(packed)
		if err != nil {
			return errkind.Wrap(errkind.SignedOut, err)
		}
		account, err := s.Accounts.Account(ctx, cred.Buyer())
		if err != nil {
			return err
		}
		if err := s.Sessions.Touch(ctx, s.sessions.Token(ctx)); err != nil {
			s.Log.Warn("session not touched", "request", requestID(c), "error", err)
		}
		c.Set(visitKey, visit{account: account, cred: cred})
		s.noteActivity(c, account)
		begun, _ := c.Get(begunKey).(time.Time)
		if !s.Register.Put(cred, begun) {
			return errkind.New(errkind.AccessDenied, "")
		}
		return next(c)
	}
}

// noteActivity keeps when a buyer last did something, for «since your last visit»; to within a few minutes, and never because
// he looked at a page.
func (s *Server) noteActivity(c echo.Context, account buyer.Account) {
	now := s.Now()
	if c.Request().Method != http.MethodPost || now.Sub(account.ActiveAt) < buyer.ActiveEvery {
		return
	}
	if err := s.Active(c.Request().Context(), account.ID, now); err != nil && !errkind.Is(err, errkind.StateDamaged) {
		s.Log.Warn("activity not noted", "request", requestID(c), "error", err)
	}
}

// startSession begins a signed-in session under a token of its own: one that was known before sign-in is worth nothing.
func (s *Server) startSession(c echo.Context, cred buyer.Credentials) error {
	ctx := state.WithBuyer(c.Request().Context(), cred.Buyer())
	c.SetRequest(c.Request().WithContext(ctx))
	if err := s.sessions.RenewToken(ctx); err != nil {
		return err
	}
	s.sessions.Put(ctx, credentialsKey, cred.Pack())
	return nil
}
