package app

import "context"

// Sweep looks at every unfinished submission, as the background does when one is due: a clock that a test moves wakes nobody.
func (a *App) Sweep(ctx context.Context) error { return a.parts.desk.Recover(ctx) }
