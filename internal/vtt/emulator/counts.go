package emulator

import (
	"maps"
	"sync"
)

// counts counts calls per operation.
type counts struct {
	mu         sync.Mutex
	in, worked map[string]int
}

func newCounts() *counts {
	return &counts{in: make(map[string]int), worked: make(map[string]int)}
}

func (c *counts) receive(operation string) {
	c.mu.Lock()
	defer c.mu.Unlock()
	c.in[operation]++
}

func (c *counts) perform(operation string) {
	c.mu.Lock()
	defer c.mu.Unlock()
	c.worked[operation]++
}

func (c *counts) received() map[string]int {
	c.mu.Lock()
	defer c.mu.Unlock()
	return maps.Clone(c.in)
}

func (c *counts) performed() map[string]int {
	c.mu.Lock()
	defer c.mu.Unlock()
	return maps.Clone(c.worked)
}

func (c *counts) clear() {
	c.mu.Lock()
	defer c.mu.Unlock()
	clear(c.in)
	clear(c.worked)
}
