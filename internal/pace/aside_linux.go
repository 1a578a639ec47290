package pace

import "syscall"

// lower lowers the priority of the calling thread alone: on Linux PRIO_PROCESS with the id of a thread is about that thread.
// A sandbox may refuse it, and then work steps aside by Step only.
func lower() { _ = syscall.Setpriority(syscall.PRIO_PROCESS, syscall.Gettid(), niceness) }
