package emulator

import (
	"sync"
	"time"
)

// clock is the emulated time: real time, made faster, and moved forward on request.
type clock struct {
	real  func() time.Time
	rate  int
	start time.Time // real time when the clock was made

	mu     sync.Mutex
	offset time.Duration // added to what the rate makes of real time
}

func newClock(real func() time.Time, rate int) *clock {
	return &clock{real: real, rate: rate, start: real()}
}

// Now returns the emulated time, in Moscow's zone.
func (c *clock) Now() time.Time {
	passed := c.real().Sub(c.start)
	return c.start.Add(passed*time.Duration(c.rate) + c.ahead()).In(moscow())
}

// advance moves the clock forward.
func (c *clock) advance(by time.Duration) {
	c.mu.Lock()
	defer c.mu.Unlock()
	c.offset += by
}

func (c *clock) ahead() time.Duration {
	c.mu.Lock()
	defer c.mu.Unlock()
	return c.offset
}

// lead tells how far emulated time is ahead of real time: what has to be kept to continue later.
func (c *clock) lead() time.Duration { return c.Now().Sub(c.real()) }

// resume continues with a lead that was kept.
func (c *clock) resume(lead time.Duration) {
	c.advance(lead - c.lead())
}

// reset returns to real time.
func (c *clock) reset() { c.resume(0) }

// moscow is the zone that times without an offset are in.
func moscow() *time.Location { return time.FixedZone("MSK", 3*60*60) }
