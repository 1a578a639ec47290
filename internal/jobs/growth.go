package jobs

// growth counts what comes in, and tells when there is so much more of it that showing all of it again is worth while. Each
// showing costs all that has come so far: because each is a third bigger than the one before, all of them together cost at
// most four times the last.
type growth struct{ count, shown int }

// growthShare is what part of what is shown has to have come since.
const growthShare = 3

func (g *growth) enough() bool { return g.count > g.shown && (g.count-g.shown)*growthShare >= g.shown }

func (g *growth) show() { g.shown = g.count }
