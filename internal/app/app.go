// Package app is the composition root: it opens what the storefront is made of, connects it, runs it and closes it.
// Nothing but the command line imports it.
package app

import (
	"context"
	"errors"
	"fmt"
	"log/slog"
	"net"
	"net/http"
	"net/url"
	"os"
	"path/filepath"
	"time"

	"golang.org/x/sync/errgroup"

	"storefront/internal/config"
	"storefront/internal/jobs"
	"storefront/internal/pace"
)

// Options is what the composition root is told.
type Options struct {
	Settings config.Storefront
	Log      *slog.Logger
	Now      func() time.Time
	// Elapsed is how long the program has been running, by a clock that nobody sets. Where it is given, Now only tells the time
	// of the start.
	Elapsed func() time.Duration
	// EmulatorURL is linked from the operator's page where the distributor is an emulator of ours.
	EmulatorURL string
	// Ages say when what is known is read again; left out, as the jobs have it.
	Ages jobs.Ages
}

// App is a storefront that listens but does not answer yet; Run makes it.
type App struct {
	parts    *parts
	log      *slog.Logger
	now      func() time.Time
	machine  func() time.Time // the machine's own clock, which may be set
	shop     listener
	operator listener
	base     *url.URL
}

// stopping bounds an orderly stop: an order being sent is waited for (its own bound is shorter), a page is not.
const (
	stopping     = 100 * time.Second
	stoppingHTTP = 10 * time.Second
)

// New opens files and listeners, and fails fast with one clear line.
func New(ctx context.Context, o Options) (_ *App, err error) {
	machine := o.Now
	pace.Room()
	o.Now = steady(o.Now, o.Elapsed)
	a := &App{log: o.Log, now: o.Now, machine: machine}
	defer func() {
		if err != nil {
			a.closeListeners()
		}
	}()
	if err := os.MkdirAll(o.Settings.DataDir, 0o700); err != nil {
		return nil, err
	}
	if a.shop.Listener, err = net.Listen("tcp", o.Settings.Listen); err != nil {
		return nil, err
	}
	if a.operator.Listener, err = net.Listen("tcp", o.Settings.OperatorListen); err != nil {
		return nil, err
	}
	if a.base, err = baseURL(o.Settings.BaseURL, a.shop.Addr()); err != nil {
		return nil, err
	}
	if a.parts, err = assemble(ctx, o, a.base); err != nil {
		return nil, err
	}
	a.shop.serve(a.parts.web.Handler())
	a.shop.server.RegisterOnShutdown(a.parts.web.Stop)
	a.operator.serve(a.parts.web.OperatorHandler())
	return a, nil
}

// URL is where people come.
func (a *App) URL() string { return a.base.String() }

// OperatorURL is the operator's page.
func (a *App) OperatorURL() string { return "http://" + a.operator.Addr().String() + "/operator" }

// Run answers and works in the background until the context ends, then stops in order: no new requests, running ones
// finished, an order that is being sent waited for, storage closed.
func (a *App) Run(ctx context.Context) error {
	group, ctx := errgroup.WithContext(ctx)
	group.Go(a.shop.run)
	group.Go(a.operator.run)
	group.Go(func() error { return a.parts.jobs.Run(ctx) })
	group.Go(func() error { a.parts.desk.Run(ctx); return nil })
	group.Go(func() error { return a.parts.housekeeping(ctx, a.log, a.now, a.machine) })
	group.Go(func() error {
		<-ctx.Done()
		return a.stop()
	})
	err := group.Wait()
	if errors.Is(err, context.Canceled) {
		err = nil
	}
	return errors.Join(err, a.parts.close())
}

func (a *App) stop() error {
	ctx, cancel := context.WithTimeout(context.Background(), stopping)
	defer cancel()
	return errors.Join(a.shop.stop(ctx), a.operator.stop(ctx), a.parts.desk.Close(ctx))
}

func (a *App) closeListeners() {
	for _, l := range []listener{a.shop, a.operator} {
		if l.Listener != nil {
			_ = l.Listener.Close() // nothing was accepted yet
		}
	}
}

// baseURL is the address people use: as configured, or where the shop listens.
func baseURL(configured string, addr net.Addr) (*url.URL, error) {
	if configured == "" {
		configured = "http://" + addr.String()
	}
	u, err := url.Parse(configured)
	if err != nil {
		return nil, fmt.Errorf("BASE_URL: %w", err)
	}
	return u, nil
}

// listener is an address and the server that answers on it.
type listener struct {
	net.Listener
	server *http.Server
}

// serve sets the limits: slow or endless requests must not hold a connection.
func (l *listener) serve(h http.Handler) {
	l.server = &http.Server{
		Handler: h, ReadHeaderTimeout: 5 * time.Second, ReadTimeout: 30 * time.Second,
		WriteTimeout: 2 * time.Minute, IdleTimeout: time.Minute, MaxHeaderBytes: 16 << 10,
	}
}

func (l *listener) run() error {
	if err := l.server.Serve(l.Listener); !errors.Is(err, http.ErrServerClosed) {
		return err
	}
	return nil
}

func (l *listener) stop(ctx context.Context) error {
	ctx, cancel := context.WithTimeout(ctx, stoppingHTTP)
	defer cancel()
	if err := l.server.Shutdown(ctx); err != nil {
		return l.server.Close()
	}
	return nil
}

// dataFile is a file of the data folder.
func dataFile(s config.Storefront, name string) string { return filepath.Join(s.DataDir, name) }
