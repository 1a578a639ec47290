package emulator

import (
	"errors"
	"fmt"
	"sync"
	"time"

	"github.com/shopspring/decimal"
)

// marketStep is how often the market moves, in emulated time.
const marketStep = 30 * time.Minute

// maxMarketSteps bounds what is asked for at once: a year.
const maxMarketSteps = 365 * 24 * 2

// season is how many steps there are until the market begins anew from the catalogue as it was: 30 days. It bounds what is made
// at once after a long sleep.
const season = 30 * 24 * 2

// errStill says why a market does not move.
var errStill = errors.New("the market is still; start the emulator with PORTAL_MARKET=moving")

// market changes prices, stock, what is on its way and the rate in whole steps. What it is after so many steps follows from
// the seed, the catalogue and the moment it began, and from nothing else: orders take from what it has, and are not asked.
// Steps are made when somebody looks, those of past seasons never.
type market struct {
	moving bool
	seed   uint64
	base   *catalogue
	now    func() time.Time
	day    time.Time // that the base was made for

	mu      sync.Mutex
	began   time.Time
	extra   int // steps made by hand, ahead of the clock
	made    int
	floor   *trade
	current *catalogue
}

// marketState is what has to be kept to make the same steps again.
type marketState struct {
	Day   time.Time `json:"day"` // that the catalogue was generated for
	Began time.Time `json:"began"`
	Extra int       `json:"extra"` // steps made by hand
}

func newMarket(base *catalogue, now func() time.Time, o Options, day time.Time) *market {
	m := &market{moving: o.Moving, seed: o.Seed, base: base, now: now, day: day}
	m.begin(now())
	return m
}

// begin returns to the catalogue as it was; steps count from the last full half hour.
func (m *market) begin(at time.Time) {
	m.mu.Lock()
	defer m.mu.Unlock()
	m.restart(at.Truncate(marketStep), 0)
}

func (m *market) restart(began time.Time, extra int) {
	m.began, m.extra, m.made, m.current = began, extra, 0, m.base
	if m.moving {
		m.floor = newTrade(m.base, m.seed, began, 0)
	}
}

// state is nil where nothing moves.
func (m *market) state() *marketState {
	if !m.moving {
		return nil
	}
	m.mu.Lock()
	defer m.mu.Unlock()
	return &marketState{m.day, m.began, m.extra}
}

// resume goes on where a state was kept; without one the market begins now.
func (m *market) resume(s *marketState) {
	if s == nil || !m.moving {
		m.begin(m.now())
		return
	}
	m.mu.Lock()
	defer m.mu.Unlock()
	m.restart(s.Began, s.Extra)
}

// goods is the catalogue at this moment.
func (m *market) goods() *catalogue {
	if !m.moving {
		return m.base
	}
	m.mu.Lock()
	defer m.mu.Unlock()
	m.catchUp()
	return m.current
}

// catchUp makes the steps that are due.
func (m *market) catchUp() {
	due := int(m.now().Sub(m.began)/marketStep) + m.extra
	if due <= m.made {
		return
	}
	if first := due - due%season; first > m.made {
		m.made, m.current = first, m.base
		m.floor = newTrade(m.base, m.seed, m.began, first)
	}
	for m.made < due {
		m.made++
		m.floor.step(m.made)
	}
	m.current = m.floor.catalogue(m.current)
}

// push makes steps at once, ahead of the clock.
func (m *market) push(steps int) error {
	switch {
	case !m.moving:
		return errStill
	case steps < 1 || steps > maxMarketSteps:
		return fmt.Errorf("steps: %d is not a number from 1 to %d", steps, maxMarketSteps)
	}
	m.mu.Lock()
	defer m.mu.Unlock()
	m.catchUp()
	m.extra += steps
	m.catchUp()
	return nil
}

// Market is how the goods move, as the emulator's own page and JSON tell it.
type Market struct {
	Moving bool            `json:"moving"`
	Steps  int             `json:"steps"` // made so far
	Extra  int             `json:"extra"` // of them made by hand
	At     time.Time       `json:"at"`    // of the last step, by the market's own time: the clock's and the steps made by hand
	Rate   decimal.Decimal `json:"rate"`  // roubles for a conventional unit
	Last   []Move          `json:"last"`  // newest first
}

// Move is one change. Quantities are pieces, prices conventional units at the base level; "" is none.
type Move struct {
	At     time.Time `json:"at"`
	ItemID string    `json:"itemId,omitempty"`
	Name   string    `json:"name,omitempty"`
	What   string    `json:"what"`
	Where  string    `json:"where,omitempty"`
	From   string    `json:"from"`
	To     string    `json:"to"`
}

// Market tells what the market has done.
func (s *Server) Market() Market {
	m := s.market
	rate := m.goods().rate
	m.mu.Lock()
	defer m.mu.Unlock()
	told := Market{Moving: m.moving, Steps: m.made, Extra: m.extra, At: m.began.Add(time.Duration(m.made) * marketStep).In(moscow()), Rate: rate, Last: []Move{}}
	if m.moving {
		told.Last = m.floor.told()
	}
	return told
}

// MoveMarket makes steps of the market ahead of the clock, so that orders don't grow older by it.
func (s *Server) MoveMarket(steps int) error {
	if err := s.market.push(steps); err != nil {
		return fmt.Errorf("emulator: market: %w", err)
	}
	return s.save()
}
