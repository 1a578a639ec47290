package cli

import (
	"context"
	"errors"
	"fmt"
	"io"
	"net"
	"net/http"
	"time"

	"storefront/internal/config"
	"storefront/internal/vtt/emulator"
)

type emulate struct {
	config.Portal
	StateFile string `env:"PORTAL_STATE" help:"File that keeps orders and stock between runs."`
}

// Run serves the emulator until the context ends.
func (e *emulate) Run(ctx context.Context, to streams) error {
	portal, err := openPortal(e.Portal, e.StateFile, e.Moving(false))
	if err != nil {
		return err
	}
	portal.announce(to.out)
	portal.announceAccounts(to.out)
	<-ctx.Done()
	return portal.Close()
}

// portal is a running emulator.
type portal struct {
	*emulator.Server
	http *http.Server
	base string
}

func openPortal(settings config.Portal, stateFile string, moving bool) (*portal, error) {
	answers, err := emulator.ParseAnswers(settings.Answers)
	if err != nil {
		return nil, err
	}
	server, err := emulator.New(emulator.Options{
		Answers: answers, Items: settings.Items, Seed: settings.Seed, CatalogFile: settings.Catalog, Age: settings.Age, Portions: settings.Portions,
		Delay: settings.Delay, ClockRate: settings.Clock, StateFile: stateFile, Moving: moving, Now: time.Now,
	})
	if err != nil {
		return nil, err
	}
	listener, err := net.Listen("tcp", settings.Listen)
	if err != nil {
		return nil, errors.Join(err, server.Close())
	}
	p := &portal{
		Server: server,
		http:   &http.Server{Handler: server, ReadHeaderTimeout: 5 * time.Second},
		base:   "http://" + listener.Addr().String(),
	}
	go func() { _ = p.http.Serve(listener) }() // ends with ErrServerClosed at Close
	return p, nil
}

// URL is the address of the service itself.
func (p *portal) URL() string { return p.base + "/Portal.svc" }

func (p *portal) announce(w io.Writer) { fmt.Fprintln(w, "portal", p.URL()) }

func (p *portal) announceAccounts(w io.Writer) {
	for _, a := range p.Accounts() {
		if !a.Hidden {
			fmt.Fprintln(w, "account", a.Login, a.Password, a.About)
		}
	}
}

// Close stops answering and keeps the state.
func (p *portal) Close() error { return errors.Join(p.http.Close(), p.Server.Close()) }
