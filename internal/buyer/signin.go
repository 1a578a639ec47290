package buyer

import (
	"context"
	"strings"
	"time"
	"unicode/utf8"

	"storefront/internal/errkind"
)

// What sign-in refuses before the distributor is asked.
var (
	ErrEmptyCredentials = errkind.New(errkind.Invalid, "signin.empty")
	// ErrCharacters: the login or the password holds characters that XML 1.0 can't carry. They are never replaced.
	ErrCharacters = errkind.New(errkind.Invalid, "signin.characters")
)

// Prover is what sign-in asks of the distributor.
type Prover interface {
	// ProveLogin is a cheap authenticated call; errkind.AccessDenied if login and password aren't known.
	ProveLogin(ctx context.Context, c Credentials) error
	// EditRight learns the right without side effects; RightUnknown where the service can't tell.
	EditRight(ctx context.Context, c Credentials) (Right, error)
}

// AccountStore keeps what is known of buyers.
type AccountStore interface {
	// Account returns errkind.NotFound, or an account without an ID, for a buyer who was never here.
	Account(ctx context.Context, id ID) (Account, error)
	SaveAccount(ctx context.Context, a Account) error
}

// rightDeadline bounds what learning the right may add to a sign-in.
const rightDeadline = 3 * time.Second

// SignIn lets a buyer in. The distributor is asked every time: with its service down nobody new gets in.
type SignIn struct {
	Prover   Prover
	Accounts AccountStore
	Register *Register
	Now      func() time.Time
}

// Do proves c at the distributor and returns the buyer's account. Its errors are the distributor's, and ErrEmptyCredentials
// and ErrCharacters. The password goes to the distributor as it was typed.
func (s SignIn) Do(ctx context.Context, c Credentials) (Account, error) {
	if c.Login == "" || c.Password.Empty() {
		return Account{}, ErrEmptyCredentials
	}
	if !carried(c.Login) || !carried(c.Password.Reveal()) {
		return Account{}, ErrCharacters
	}
	startedAt := s.Now()
	if err := s.Prover.ProveLogin(ctx, c); err != nil {
		return Account{}, err
	}
	a, err := stored(ctx, s.Accounts, c.Buyer())
	if err != nil {
		return Account{}, err
	}
	a = a.signedIn(startedAt)
	if right := s.learnRight(ctx, c); right != RightUnknown {
		a.Right = right
	}
	// A visit that can't be noted is one all the same: the distributor knows him.
	if err := s.Accounts.SaveAccount(ctx, a); err != nil && !errkind.Is(err, errkind.StateDamaged) {
		return Account{}, err
	}
	s.Register.Prove(c)
	return a, nil
}

// learnRight answers RightUnknown for whatever goes wrong: a sign-in never fails for it.
func (s SignIn) learnRight(ctx context.Context, c Credentials) Right {
	ctx, cancel := context.WithTimeout(ctx, rightDeadline)
	defer cancel()
	right, err := s.Prover.EditRight(ctx, c)
	if err != nil {
		return RightUnknown
	}
	return right
}

// LearnRight keeps what an act has taught about a buyer's right.
func LearnRight(ctx context.Context, accounts AccountStore, id ID, right Right) error {
	a, err := stored(ctx, accounts, id)
	if err != nil || a.Right == right {
		return err
	}
	a.Right = right
	return accounts.SaveAccount(ctx, a)
}

// stored returns the account, a fresh one for a buyer who was never here.
func stored(ctx context.Context, accounts AccountStore, id ID) (Account, error) {
	a, err := accounts.Account(ctx, id)
	if err != nil && !errkind.Is(err, errkind.NotFound) {
		return Account{}, err
	}
	a.ID = id
	return a, nil
}

// carried tells whether XML 1.0 can carry s unchanged. A carriage return could be written as a reference, but readers in
// the wild turn it into a line feed.
func carried(s string) bool {
	return utf8.ValidString(s) && !strings.ContainsFunc(s, func(r rune) bool {
		return r < ' ' && r != '\t' && r != '\n' || r == '\uFFFE' || r == '\uFFFF'
	})
}
