package state_test

import (
	"bytes"
	"context"
	"errors"
	"fmt"
	"io"
	"os"
	"os/exec"
	"strconv"
	"sync"
	"sync/atomic"
	"testing"
	"time"

	"storefront/internal/order"
	"storefront/store/state"
	"storefront/store/storetest"
)

func TestOfManyMoversOneMoves(t *testing.T) {
	s := storetest.State(t, time.Now)
	prepared(t, s, "one")
	var moved atomic.Int64
	var movers sync.WaitGroup
	for range 20 {
		movers.Go(func() {
			_, err := s.Move(t.Context(), "one", order.Prepared, 0, func(sub *order.Submission) { sub.State = order.Baselined })
			switch {
			case err == nil:
				moved.Add(1)
			case !errors.Is(err, order.ErrMoved):
				t.Error(err)
			}
		})
	}
	movers.Wait()
	if moved.Load() != 1 {
		t.Errorf("%d moved", moved.Load())
	}
}

func TestOfManyPreparersOnePrepares(t *testing.T) {
	s := storetest.State(t, time.Now)
	cart := fillCart(t, s, "ivan", 2)
	var won atomic.Int64
	var tabs sync.WaitGroup
	for n := range 20 {
		tabs.Go(func() {
			err := s.Prepare(t.Context(), storetest.Submission(order.SubmissionID(strconv.Itoa(n)), cart, storetest.Start))
			switch {
			case err == nil:
				won.Add(1)
			case !errors.Is(err, order.ErrOpenSubmission):
				t.Error(err)
			}
		})
	}
	tabs.Wait()
	if won.Load() != 1 {
		t.Errorf("%d prepared", won.Load())
	}
}

// preparerEnv makes the test binary a process that competes for the cart in the folder it names.
const preparerEnv = "STATE_TEST_PREPARER"

// preparer tries 25 times at once to submit ivan's cart and prints how often it succeeded.
func preparer() {
	ctx := context.Background()
	s, err := state.Open(ctx, os.Getenv(preparerEnv), time.Now)
	if err != nil {
		fmt.Println(err)
		os.Exit(1)
	}
	defer s.Close()
	_, _ = io.ReadAll(os.Stdin) // until the test says go
	cart, err := s.Cart(ctx, "ivan")
	if err != nil {
		fmt.Println(err)
		os.Exit(1)
	}
	var won atomic.Int64
	var all sync.WaitGroup
	for n := range 25 {
		all.Go(func() {
			err := s.Prepare(ctx, storetest.Submission(order.SubmissionID(fmt.Sprint(os.Getpid(), "-", n)), cart, storetest.Start))
			if err == nil {
				won.Add(1)
			} else if !errors.Is(err, order.ErrOpenSubmission) {
				fmt.Println(err)
			}
		})
	}
	all.Wait()
	fmt.Print(won.Load())
}

func TestOfTwoProcessesOnePrepares(t *testing.T) {
	dir := t.TempDir()
	s := storetest.StateIn(t, dir, time.Now)
	fillCart(t, s, "ivan", 2)
	var outputs [2]bytes.Buffer
	var commands [2]*exec.Cmd
	var starts [2]io.Closer
	for i := range commands {
		cmd := exec.CommandContext(t.Context(), os.Args[0])
		cmd.Env = append(os.Environ(), preparerEnv+"="+dir)
		cmd.Stdout, cmd.Stderr = &outputs[i], &outputs[i]
		start, err := cmd.StdinPipe()
		if err == nil {
			err = cmd.Start()
		}
		if err != nil {
			t.Fatal(err)
		}
		commands[i], starts[i] = cmd, start
	}
	for _, start := range starts {
		_ = start.Close()
	}
	results := ""
	for i, cmd := range commands {
		if err := cmd.Wait(); err != nil {
			t.Errorf("process %d: %v", i, err)
		}
		results += outputs[i].String()
	}
	if results != "10" && results != "01" {
		t.Errorf("the processes prepared %q, want one in all", results)
	}
}
