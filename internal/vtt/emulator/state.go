package emulator

import (
	"encoding/json"
	"errors"
	"fmt"
	"io/fs"
	"os"
	"path/filepath"
	"time"
)

// stateFile is where an emulator keeps what a restart must not lose; empty keeps nothing.
type stateFile string

// savedState is the content of a state file. Stock and prices are not in it: they follow from the orders and the market's steps.
type savedState struct {
	Lead   time.Duration `json:"clock_lead"` // of emulated over real time, in nanoseconds
	Orders []*order      `json:"orders"`
	Market *marketState  `json:"market,omitempty"` // of a market that moves
}

// read returns false where there is no state yet.
func (f stateFile) read() (s savedState, found bool, err error) {
	if f == "" {
		return s, false, nil
	}
	raw, err := os.ReadFile(string(f))
	if errors.Is(err, fs.ErrNotExist) {
		return s, false, nil
	}
	if err == nil {
		err = json.Unmarshal(raw, &s)
	}
	if err != nil {
		return s, false, fmt.Errorf("emulator: state: %w", err)
	}
	return s, true, nil
}

// write replaces the file in one step, so that a crash leaves the old state or the new one.
func (f stateFile) write(s savedState) error {
	raw, err := json.MarshalIndent(s, "", " ")
	if err != nil {
		return fmt.Errorf("emulator: state: %w", err)
	}
	temporary, err := os.CreateTemp(filepath.Dir(string(f)), filepath.Base(string(f))+".*")
	if err != nil {
		return fmt.Errorf("emulator: state: %w", err)
	}
	defer func() { _ = os.Remove(temporary.Name()) }() // after the rename there is nothing to remove
	_, err = temporary.Write(raw)
	if err := errors.Join(err, temporary.Close()); err != nil {
		return fmt.Errorf("emulator: state: %w", err)
	}
	return os.Rename(temporary.Name(), string(f))
}

// save writes the state down. Saving is serialised so that an older state never replaces a newer one.
func (s *Server) save() error {
	if s.state == "" {
		return nil
	}
	s.saving.Lock()
	defer s.saving.Unlock()
	return s.state.write(savedState{Lead: s.clock.lead(), Orders: s.book.all(), Market: s.market.state()})
}

// restore continues from what the state file had, or starts from the seed.
func (s *Server) restore(saved savedState, found bool) error {
	if !found {
		s.book.replace(s.seedOrders())
		return nil
	}
	for _, o := range saved.Orders {
		if o.Branch < 0 || o.Branch >= branchCount {
			return fmt.Errorf("emulator: state: order %s is of an unknown branch", o.id())
		}
	}
	s.clock.resume(saved.Lead)
	s.market.resume(saved.Market)
	s.book.replace(saved.Orders)
	return nil
}
