package app

import (
	"log/slog"
	"time"
)

// steady is a clock that begins with the time of day and goes on by elapsed, which nobody can set. When the machine's clock is
// set, sessions then live as long as they were promised to, and the quiet period of an order is as long as it was said to be.
// The price: what the program tells of moments is off by as much until it is started again (see tellApart). Without elapsed the
// time of day is believed.
func steady(now func() time.Time, elapsed func() time.Duration) func() time.Time {
	if elapsed == nil {
		return now
	}
	start, passed := now(), elapsed()
	return func() time.Time { return start.Add(elapsed() - passed) }
}

// apart is how far the machine's clock may be from the program's before the log tells.
const apart = time.Minute

// tellApart says so when the machine's clock was set while the program ran.
func tellApart(log *slog.Logger, ours, machine time.Time) {
	if by := machine.Round(0).Sub(ours.Round(0)); by.Abs() > apart {
		log.Warn("the machine's clock was set: moments are reckoned by the old one until the next start", "by", by.Round(time.Second).String())
	}
}
