package buyer_test

import (
	"context"
	"errors"
	"strings"
	"testing"
	"testing/synctest"
	"time"

	"pgregory.net/rapid"

	"storefront/internal/buyer"
	"storefront/internal/errkind"
	"storefront/internal/secret"
)

// prover knows one password.
type prover struct {
	password string
	proveErr error
	right    buyer.Right
	rightErr error
	takes    time.Duration // to learn the right
	asked    int
}

func (p *prover) ProveLogin(_ context.Context, c buyer.Credentials) error {
	p.asked++
	if p.proveErr != nil {
		return p.proveErr
	}
	if c.Password.Reveal() != p.password {
		return errkind.New(errkind.AccessDenied, "")
	}
	return nil
}

func (p *prover) EditRight(ctx context.Context, _ buyer.Credentials) (buyer.Right, error) {
	select {
	case <-time.After(p.takes):
		return p.right, p.rightErr
	case <-ctx.Done():
		return buyer.RightUnknown, ctx.Err()
	}
}

// accounts is a store that says of strangers what a store may say: nothing, or that there is none.
type accounts struct {
	kept    map[buyer.ID]buyer.Account
	missing error
	broken  error
}

func (a accounts) Account(_ context.Context, id buyer.ID) (buyer.Account, error) {
	if known, ok := a.kept[id]; ok {
		return known, a.broken
	}
	return buyer.Account{}, errors.Join(a.missing, a.broken)
}

func (a accounts) SaveAccount(_ context.Context, account buyer.Account) error {
	a.kept[account.ID] = account
	return a.broken
}

func credentials(login, password string) buyer.Credentials {
	return buyer.Credentials{Login: login, Password: secret.New(password)}
}

func newSignIn(p *prover) (buyer.SignIn, accounts) {
	store := accounts{kept: map[buyer.ID]buyer.Account{}}
	return buyer.SignIn{Prover: p, Accounts: store, Register: buyer.NewRegister(time.Now), Now: time.Now}, store
}

func TestSignIn(t *testing.T) {
	down := errkind.New(errkind.Unreachable, "")
	for _, c := range []struct {
		name            string
		login, password string
		prover          prover
		want            error
		kind            errkind.Kind
		asked           int
		right           buyer.Right
	}{
		{name: "right pair", login: "dealer", password: "пароль", prover: prover{password: "пароль", right: buyer.RightEdit}, asked: 1, right: buyer.RightEdit},
		{name: "wrong password", login: "dealer", password: "другой", prover: prover{password: "пароль"}, kind: errkind.AccessDenied, asked: 1},
		{name: "no login", password: "пароль", want: buyer.ErrEmptyCredentials, kind: errkind.Invalid},
		{name: "no password", login: "dealer", want: buyer.ErrEmptyCredentials, kind: errkind.Invalid},
		{name: "spaces are part of a password", login: "dealer", password: " п ", prover: prover{password: " п "}, asked: 1},
		{name: "a null byte", login: "dealer", password: "a\x00", want: buyer.ErrCharacters, kind: errkind.Invalid},
		{name: "a carriage return", login: "dealer\r", password: "a", want: buyer.ErrCharacters, kind: errkind.Invalid},
		{name: "not UTF-8", login: "dealer", password: "\xff", want: buyer.ErrCharacters, kind: errkind.Invalid},
		{name: "the service is down", login: "dealer", password: "пароль", prover: prover{proveErr: down}, want: down, kind: errkind.Unreachable, asked: 1},
		{name: "the right can't be learned", login: "dealer", password: "п", prover: prover{password: "п", rightErr: down}, asked: 1},
	} {
		t.Run(c.name, func(t *testing.T) {
			signIn, store := newSignIn(&c.prover)
			got, err := signIn.Do(t.Context(), credentials(c.login, c.password))
			if errkind.Of(err) != c.kind || c.want != nil && !errors.Is(err, c.want) {
				t.Errorf("error %v, want %v of kind %q", err, c.want, c.kind)
			}
			if c.prover.asked != c.asked {
				t.Errorf("the distributor was asked %d times, want %d", c.prover.asked, c.asked)
			}
			kept, unlocked := signIn.Register.Get(buyer.ID(c.login))
			if unlocked != (err == nil) || unlocked && kept.Password.Reveal() != c.password {
				t.Errorf("credentials unlocked: %v", unlocked)
			}
			if (len(store.kept) == 1) != (err == nil) {
				t.Errorf("%d accounts kept", len(store.kept))
			}
			if err == nil && (got.ID != buyer.ID(c.login) || got.Right != c.right || got != store.kept[got.ID]) {
				t.Errorf("account %+v, kept %+v", got, store.kept)
			}
		})
	}
}

// Nobody is let in on what was true yesterday.
func TestTheDistributorIsAskedEveryTime(t *testing.T) {
	p := &prover{password: "п"}
	signIn, _ := newSignIn(p)
	for range 3 {
		if _, err := signIn.Do(t.Context(), credentials("dealer", "п")); err != nil {
			t.Fatal(err)
		}
	}
	p.proveErr = errkind.New(errkind.Timeout, "")
	if _, err := signIn.Do(t.Context(), credentials("dealer", "п")); !errkind.Is(err, errkind.Timeout) || p.asked != 4 {
		t.Errorf("error %v after %d questions", err, p.asked)
	}
}

func TestLearningTheRightKeepsWhatIsKnownAndNobodyWaiting(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		p := &prover{password: "п", right: buyer.RightEdit}
		signIn, _ := newSignIn(p)
		do := func() buyer.Account {
			a, err := signIn.Do(t.Context(), credentials("dealer", "п"))
			if err != nil {
				t.Fatal(err)
			}
			return a
		}
		if got := do().Right; got != buyer.RightEdit {
			t.Errorf("right %q", got)
		}
		p.takes = time.Hour
		start := time.Now()
		if got := do().Right; got != buyer.RightEdit {
			t.Errorf("a slow answer made the right %q", got)
		}
		if took := time.Since(start); took > 5*time.Second {
			t.Errorf("the sign-in took %s", took)
		}
		p.takes, p.right = 0, buyer.RightUnknown
		if got := do().Right; got != buyer.RightEdit {
			t.Errorf("a service that can't tell made the right %q", got)
		}
		p.right = buyer.RightNone
		if got := do().Right; got != buyer.RightNone {
			t.Errorf("a right that was taken away is %q", got)
		}
	})
}

// "Since your last visit" counts from the end of the visit before: the last sign-in or post that something was done with, if
// nothing was done for a while after it. Signing in again in between begins no new visit.
func TestLastSeenIsTheVisitBefore(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		signIn, store := newSignIn(&prover{password: "п"})
		store.missing = errkind.New(errkind.NotFound, "")
		signIn.Accounts = store
		begin := time.Now()
		for _, step := range []struct {
			at       time.Duration // of the sign-in, since the first
			active   time.Duration // of the last post before it; 0: none
			lastSeen time.Duration // -1: never
		}{
			{at: 0, lastSeen: -1},
			{at: 10 * time.Minute, lastSeen: -1},
			{at: 3 * time.Hour, active: time.Hour, lastSeen: -1},
			{at: 24 * time.Hour, active: 8 * time.Hour, lastSeen: 8 * time.Hour},
			{at: 27 * time.Hour, lastSeen: 8 * time.Hour},
			{at: 30 * time.Hour, active: 29 * time.Hour, lastSeen: 8 * time.Hour},
			{at: 34 * time.Hour, lastSeen: 30 * time.Hour},
		} {
			time.Sleep(time.Until(begin.Add(step.at)))
			if step.active > 0 {
				a := store.kept["dealer"]
				a.ActiveAt = begin.Add(step.active)
				store.kept["dealer"] = a
			}
			a, err := signIn.Do(t.Context(), credentials("dealer", "п"))
			if err != nil {
				t.Fatal(err)
			}
			want := begin.Add(step.lastSeen)
			if step.lastSeen < 0 {
				want = time.Time{}
			}
			if !a.LastSeen.Equal(want) || !a.SignedInAt.Equal(time.Now()) || !a.ActiveAt.Equal(time.Now()) {
				t.Errorf("sign-in after %s: last seen %s, want %s", step.at, a.LastSeen, want)
			}
		}
	})
}

func TestAStoreThatFailsLetsNobodyIn(t *testing.T) {
	signIn, store := newSignIn(&prover{password: "п"})
	store.broken = errors.New("disk full")
	signIn.Accounts = store
	if _, err := signIn.Do(t.Context(), credentials("dealer", "п")); err == nil {
		t.Error("signed in without an account")
	}
	if _, ok := signIn.Register.Get("dealer"); ok {
		t.Error("credentials are unlocked for a sign-in that failed")
	}
}

func TestPackedCredentialsComeBackUnchanged(t *testing.T) {
	rapid.Check(t, func(t *rapid.T) {
		c := credentials(rapid.String().Draw(t, "login"), rapid.String().Draw(t, "password"))
		got, err := buyer.Unpack(c.Pack())
		if err != nil || !got.Equal(c) {
			t.Fatalf("%v, %v", got, err)
		}
	})
}

func FuzzUnpack(f *testing.F) {
	f.Add(credentials("dealer", "п").Pack())
	f.Add([]byte{0xff, 0xff, 0xff, 0xff, 0xff, 0xff, 0xff, 0xff, 0xff, 0x01})
	f.Add([]byte(strings.Repeat("x", 200)))
	f.Fuzz(func(t *testing.T, packed []byte) {
		c, err := buyer.Unpack(packed)
		if err == nil && len(c.Login)+len(c.Password.Reveal()) > len(packed) {
			t.Errorf("%d bytes became more", len(packed))
		}
	})
}
