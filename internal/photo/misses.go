package photo

import (
	"sync"
	"time"
)

const (
	deadHostFor   = 30 * time.Second // a host that does not answer is left alone, with all its pictures
	badPictureFor = 10 * time.Minute // so is a picture that is missing or damaged
	missesKept    = 20_000
)

// misses remembers for a while what failed, so that a dead host or a missing picture costs nothing.
type misses struct {
	now   func() time.Time
	mu    sync.Mutex
	until map[string]time.Time
}

func newMisses(now func() time.Time) *misses {
	return &misses{now: now, until: map[string]time.Time{}}
}

func (m *misses) has(what string) bool {
	m.mu.Lock()
	defer m.mu.Unlock()
	until, ok := m.until[what]
	return ok && m.now().Before(until)
}

func (m *misses) add(what string, d time.Duration) {
	m.mu.Lock()
	defer m.mu.Unlock()
	if len(m.until) >= missesKept {
		m.sweep()
	}
	m.until[what] = m.now().Add(d)
}

// sweep makes room: by what is over, and if that is nothing, by all.
func (m *misses) sweep() {
	now := m.now()
	for what, until := range m.until {
		if !now.Before(until) {
			delete(m.until, what)
		}
	}
	if len(m.until) >= missesKept {
		clear(m.until)
	}
}
