package pace_test

import (
	"syscall"
	"testing"

	"storefront/internal/pace"
)

// niceOf tells the niceness of the calling thread: the system call counts from 20 down.
func niceOf(t *testing.T) int {
	t.Helper()
	priority, err := syscall.Getpriority(syscall.PRIO_PROCESS, syscall.Gettid())
	if err != nil {
		t.Fatal(err)
	}
	return 20 - priority
}

func TestOnlyTheThreadOfWhoStandsAsideIsLowered(t *testing.T) {
	before := niceOf(t)
	aside, others := make(chan int), make(chan int)
	go func() {
		defer close(aside)
		pace.Aside()
		aside <- niceOf(t)
		for range 20 { // what is begun from there, and needs threads, has the usual priority
			go func() { others <- niceOf(t) }()
			if got := <-others; got != before {
				t.Errorf("a goroutine begun aside has niceness %d, want %d", got, before)
			}
		}
	}()
	if got := <-aside; got <= before {
		t.Errorf("niceness aside is %d, before it was %d", got, before)
	}
	<-aside
	if got := niceOf(t); got != before {
		t.Errorf("niceness elsewhere is %d, want %d", got, before)
	}
}
