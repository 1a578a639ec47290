package buyer

import "time"

// VisitPause is how long nothing must have been done here for a sign-in to begin a new visit. It is longer than a lunch and
// shorter than a night: who signs in again in the course of a day still sees all that changed since the day before.
const VisitPause = 4 * time.Hour

// ActiveEvery is how exactly it is kept when a buyer last did something: writing more often would cost every click a write.
const ActiveEvery = 5 * time.Minute

// signedIn returns the account after a sign-in. What counts as done is signing in and posting; looking at pages writes nothing.
// LastSeen moves only when a new visit begins, to where the one before ended.
func (a Account) signedIn(at time.Time) Account {
	last := a.SignedInAt
	if a.ActiveAt.After(last) {
		last = a.ActiveAt
	}
	if at.Sub(last) >= VisitPause {
		a.LastSeen = last
	}
	a.SignedInAt, a.ActiveAt = at, at
	return a
}
