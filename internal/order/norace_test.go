//go:build !race

package order_test

// ordinary is how many random schedules a run plays that asks for no number.
const ordinary = 300
