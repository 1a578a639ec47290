package pace

import "runtime"

// Aside gives the calling goroutine a thread of its own of low priority, until it ends: the kernel then lets requests go
// first at once, where Go's scheduler would let a statement or a decoding run on for up to 10 ms. Pieces between two Steps
// need not be short for that, but a thread takes turns only beside others: see Room.
//
// The goroutine must not do anything else afterwards, for a thread does not get its priority back. Where a system has no
// priority of threads nothing changes.
func Aside() {
	runtime.LockOSThread() // never unlocked: the thread ends with the goroutine
	lower()
}

// Room lets a thread that stands aside and requests run at a time on one core: with GOMAXPROCS=1, which is what Go takes for
// one core, a request would wait until Go takes the core from what stands aside.
func Room() {
	if runtime.GOMAXPROCS(0) == 1 {
		runtime.GOMAXPROCS(2)
	}
}
