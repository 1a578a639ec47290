//go:build race

package app_test

// underRace tells that the race detector watches the tests; it then watches the program, too.
const underRace = true
