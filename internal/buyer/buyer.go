// Package buyer knows who is at the counter: accounts, credentials, what they may do, and the register of credentials
// unlocked in memory. What it needs of the distributor and of storage are small interfaces declared beside their use.
package buyer

import (
	"encoding/binary"
	"errors"
	"time"

	"storefront/internal/secret"
)

// ID is the key of a buyer: his login exactly as the distributor accepted it, never case-folded.
type ID string

// Credentials are a login and a password for the distributor's service.
type Credentials struct {
	Login    string
	Password secret.Text
}

// Buyer returns the key that everything of this login is kept under.
func (c Credentials) Buyer() ID { return ID(c.Login) }

// Equal tells whether two pairs are the same.
func (c Credentials) Equal(other Credentials) bool {
	return c.Login == other.Login && c.Password.Equal(other.Password)
}

// Pack writes credentials in clear for a sealer, and for nothing else.
func (c Credentials) Pack() []byte {
	b := binary.AppendUvarint(nil, uint64(len(c.Login)))
	b = append(b, c.Login...)
	return append(b, c.Password.Reveal()...)
}

// ErrPacked is returned by Unpack for bytes that Pack did not write.
var ErrPacked = errors.New("packed credentials are damaged")

// Unpack reads what Pack wrote.
func Unpack(b []byte) (Credentials, error) {
	n, used := binary.Uvarint(b)
	if used <= 0 || n > uint64(len(b)-used) {
		return Credentials{}, ErrPacked
	}
	rest := b[used:]
	return Credentials{Login: string(rest[:n]), Password: secret.New(string(rest[n:]))}, nil
}

// Right is the right to edit orders. It is learned without side effects and re-checked by the service at every act.
type Right string

const (
	RightUnknown Right = ""     // not learned yet, or the service is of an age that cannot tell
	RightNone    Right = "none" // orders can be placed and read
	RightEdit    Right = "edit" // also changed, with notes and compatibility
)

// Account is what is known of a buyer.
type Account struct {
	ID         ID
	Right      Right
	SignedInAt time.Time // start of the latest sign-in
	ActiveAt   time.Time // when he last did something here, to within ActiveEvery
	LastSeen   time.Time // end of the visit before this one: what "since your last visit" counts from; zero at the first
}
