package cli

import (
	"context"
	"time"

	"storefront/internal/app"
	"storefront/internal/config"
)

type serve struct {
	config.Storefront
}

// Run serves until the context ends; unsafe settings are refused before anything is opened.
func (s *serve) Run(ctx context.Context, to streams) error {
	if err := s.Check(); err != nil {
		return err
	}
	log := logger(to.log, s.LogFormat)
	log.Info("starting", "settings", s.String())
	shop, err := app.New(ctx, app.Options{Settings: s.Storefront, Log: log, Now: time.Now, Elapsed: stopwatch(time.Now)})
	if err != nil {
		return err
	}
	return shop.Run(ctx)
}

// stopwatch tells the time since now, also while the machine's clock is being set: differences of what time.Now returns
// are of the monotonic clock.
func stopwatch(now func() time.Time) func() time.Duration {
	start := now()
	return func() time.Duration { return now().Sub(start) }
}
