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
	shop, err := app.New(ctx, app.Options{Settings: s.Storefront, Log: log, Now: time.Now})
	if err != nil {
		return err
	}
	return shop.Run(ctx)
}
