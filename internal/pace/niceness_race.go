//go:build race

package pace

// niceness under the race detector is next to none: nobody is served by such a program, and other tests that fill the cores
// would starve its loading for minutes.
const niceness = 1
