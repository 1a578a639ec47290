//go:build race

package order_test

// ordinary is how many random schedules a run plays that asks for no number: the race detector makes each ten times as long.
const ordinary = 60
