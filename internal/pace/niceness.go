//go:build !race

package pace

// niceness is the least that a busy core still gives a tenth of itself.
const niceness = 10
