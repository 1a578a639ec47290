package buyer

import (
	"cmp"
	"slices"
	"sync"
	"time"
)

// Register holds the credentials of the buyers who are here, in memory only: what background work signs in with. It is
// filled at sign-in (Prove) and at each authenticated request (Put), so after a restart a buyer's work waits for his next request.
//
// It also remembers credentials that the distributor has refused since they were proved. They are not used again until a
// sign-in proves them anew: trying a stale password over and over could lock the buyer out at the distributor.
type Register struct {
	now func() time.Time

	mu       sync.RWMutex
	unlocked map[ID]entry
	refused  map[ID][]Credentials
	dropped  map[ID]time.Time // when a buyer signed out, while a request of his may still be under way
}

type entry struct {
	credentials Credentials
	seenAt      time.Time
}

// NewRegister returns an empty register.
func NewRegister(now func() time.Time) *Register {
	return &Register{now: now, unlocked: map[ID]entry{}, refused: map[ID][]Credentials{}, dropped: map[ID]time.Time{}}
}

// Prove keeps credentials that the distributor has just accepted.
func (r *Register) Prove(c Credentials) {
	r.mu.Lock()
	defer r.mu.Unlock()
	r.refused[c.Buyer()] = slices.DeleteFunc(r.refused[c.Buyer()], c.Equal)
	if len(r.refused[c.Buyer()]) == 0 {
		delete(r.refused, c.Buyer())
	}
	delete(r.dropped, c.Buyer())
	r.unlocked[c.Buyer()] = entry{c, r.now()}
}

// Put keeps the credentials of a session for a request that began at a moment, and notes that its buyer was seen just now.
// False means that the distributor has refused them since: the session has come to its end. A request that was under way
// while its buyer signed out does not bring his credentials back.
func (r *Register) Put(c Credentials, began time.Time) bool {
	r.mu.Lock()
	defer r.mu.Unlock()
	if slices.ContainsFunc(r.refused[c.Buyer()], c.Equal) {
		return false
	}
	if at, gone := r.dropped[c.Buyer()]; gone && !began.After(at) {
		return true
	}
	r.unlocked[c.Buyer()] = entry{c, r.now()}
	return true
}

// Get returns a buyer's credentials, if they are unlocked.
func (r *Register) Get(id ID) (Credentials, bool) {
	r.mu.RLock()
	defer r.mu.RUnlock()
	e, ok := r.unlocked[id]
	return e.credentials, ok
}

// Refuse notes that the distributor does not take c any more.
func (r *Register) Refuse(c Credentials) {
	r.mu.Lock()
	defer r.mu.Unlock()
	if !slices.ContainsFunc(r.refused[c.Buyer()], c.Equal) {
		r.refused[c.Buyer()] = append(r.refused[c.Buyer()], c)
	}
	if r.unlocked[c.Buyer()].credentials.Equal(c) {
		delete(r.unlocked, c.Buyer())
	}
}

// Refused tells whether the distributor has refused c since it was proved.
func (r *Register) Refused(c Credentials) bool {
	r.mu.RLock()
	defer r.mu.RUnlock()
	return slices.ContainsFunc(r.refused[c.Buyer()], c.Equal)
}

// Drop forgets the credentials of a buyer who signed out.
func (r *Register) Drop(id ID) {
	r.mu.Lock()
	defer r.mu.Unlock()
	delete(r.unlocked, id)
	r.dropped[id] = r.now()
}

// DropIdle forgets everybody not seen since a moment.
func (r *Register) DropIdle(since time.Time) {
	r.mu.Lock()
	defer r.mu.Unlock()
	for id, e := range r.unlocked {
		if e.seenAt.Before(since) {
			delete(r.unlocked, id)
		}
	}
	for id, at := range r.dropped {
		if at.Before(since) {
			delete(r.dropped, id)
		}
	}
}

// Active lists who was seen at or after a moment, the latest first.
func (r *Register) Active(since time.Time) []ID {
	r.mu.RLock()
	defer r.mu.RUnlock()
	ids := make([]ID, 0, len(r.unlocked))
	for id, e := range r.unlocked {
		if !e.seenAt.Before(since) {
			ids = append(ids, id)
		}
	}
	slices.SortFunc(ids, func(a, b ID) int {
		return cmp.Or(r.unlocked[b].seenAt.Compare(r.unlocked[a].seenAt), cmp.Compare(a, b))
	})
	return ids
}
