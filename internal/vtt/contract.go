package vtt

import (
	"context"
	"sync"
	"time"

	"storefront/internal/vtt/portal"
)

const (
	contractAge   = 24 * time.Hour   // how long a contract that was read is good
	contractRetry = 5 * time.Minute  // until a contract that could not be read is asked for again
	contractFirst = 3 * time.Second  // how long a call waits for the first reading; without it the table serves
	contractRead  = 30 * time.Second // bounds one reading, all its parts
	contractLimit = 4 << 20          // bytes of a part
)

// contracts keeps the contract that the service publishes. It is read at first use and again when it is a day old or turned
// out wrong; meanwhile the last one serves, and before the first the table of the documentation. No call fails for want of it.
type contracts struct {
	fetch func(ctx context.Context, query string) ([]byte, error)
	now   func() time.Time
	life  context.Context // of the distributor: a reading belongs to no caller
	end   context.CancelFunc
	busy  sync.WaitGroup

	mu       sync.Mutex
	state    ContractState
	contract portal.Contract
	reading  chan struct{} // closed at the end of the reading under way; nil without one
	triedAt  time.Time
}

// ContractState tells where the contract in force comes from.
type ContractState struct {
	Read      bool      // from the service; otherwise it is the documentation's table
	ReadAt    time.Time // zero where it was never read
	Missing   []portal.Op
	Strangers []string // published, not known here
	Err       error    // why the last reading failed; nil if it did not
}

func newContracts(now func() time.Time, fetch func(context.Context, string) ([]byte, error)) *contracts {
	c := &contracts{fetch: fetch, now: now, contract: portal.DefaultContract()}
	c.life, c.end = context.WithCancel(context.Background())
	return c
}

// Contract returns the contract in force. Only the first call of all waits for a reading.
func (c *contracts) Contract(ctx context.Context) portal.Contract {
	c.mu.Lock()
	c.read()
	contract, reading, first := c.contract, c.reading, !c.state.Read && c.state.Err == nil
	c.mu.Unlock()
	if !first || reading == nil {
		return contract
	}
	timer := time.NewTimer(contractFirst)
	defer timer.Stop()
	select {
	case <-reading:
	case <-timer.C:
	case <-ctx.Done():
	}
	c.mu.Lock()
	defer c.mu.Unlock()
	return c.contract
}

// Doubt has the contract read again soon: the service did not know an operation of it.
func (c *contracts) Doubt() {
	c.mu.Lock()
	defer c.mu.Unlock()
	c.state.ReadAt = time.Time{}
}

// read starts a reading where one is due; c.mu is held.
func (c *contracts) read() {
	now := c.now()
	young := c.state.Read && now.Sub(c.state.ReadAt) < contractAge
	tried := !c.triedAt.IsZero() && now.Sub(c.triedAt) < contractRetry
	if c.reading != nil || young || tried || c.life.Err() != nil {
		return
	}
	c.triedAt = now
	c.reading = make(chan struct{})
	c.busy.Go(func() { c.finish(c.ask()) })
}

func (c *contracts) finish(contract portal.Contract, err error) {
	c.mu.Lock()
	defer c.mu.Unlock()
	close(c.reading)
	c.reading = nil
	c.state.Err = err
	if err == nil {
		c.contract = contract
		c.state = ContractState{Read: true, ReadAt: c.now(), Missing: contract.Missing(), Strangers: contract.Strangers()}
	}
}

// ask reads what the service publishes.
func (c *contracts) ask() (portal.Contract, error) {
	ctx, cancel := context.WithTimeout(c.life, contractRead)
	defer cancel()
	published, _, err := portal.FetchPublished(func(query string) ([]byte, error) { return c.fetch(ctx, query) })
	return published.Contract(), err
}

// has tells whether an operation is published, without waiting for a contract that is being read.
func (c *contracts) has(op portal.Op) bool {
	c.mu.Lock()
	defer c.mu.Unlock()
	_, ok := c.contract.Operation(op)
	return ok
}

// State tells where the contract in force comes from.
func (c *contracts) State() ContractState {
	c.mu.Lock()
	defer c.mu.Unlock()
	return c.state
}

// Close stops a reading under way and waits for it.
func (c *contracts) Close() {
	c.end()
	c.busy.Wait()
}
