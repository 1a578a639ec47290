package main

import (
	"context"
	"errors"
	"flag"
	"fmt"
	"io"
	"log/slog"
	"net"
	"net/http"
	"os"
	"path/filepath"
	"time"

	"storefront/internal/app"
	"storefront/internal/config"
	"storefront/internal/jobs"
	"storefront/internal/seal"
	"storefront/internal/secret"
	"storefront/internal/vtt/emulator"
)

// role is what this program is when it was started by itself. It prints where it listens and works until ctx ends.
type role func(ctx context.Context, args []string, out io.Writer) error

func roles() map[string]role {
	return map[string]role{"emulator": playEmulator, "storefront": playStorefront, "memory": playMemory}
}

// The password of every buyer of the emulator, and the account that keeps catalogues warm.
const (
	password        = "load"
	serviceLogin    = "service"
	servicePassword = "nutmeg"
)

// login names the n-th buyer.
func login(n int) string { return fmt.Sprintf("load%04d", n) }

// accounts are buyers spread over price levels: the level of a buyer makes his list, so there are as many lists as levels.
func accounts(buyers, levels int) []emulator.Account {
	all := make([]emulator.Account, buyers)
	for n := range all {
		all[n] = emulator.Account{
			Login: login(n), Password: password, Dealer: login(n), Branch: emulator.Branches()[0],
			Level: fmt.Sprintf("1.%02d", 1+n%levels), Currency: "USD",
		}
	}
	return all
}

// playEmulator is the distributor.
func playEmulator(ctx context.Context, args []string, out io.Writer) error {
	flags := flag.NewFlagSet("emulator", flag.ContinueOnError)
	items, buyers, levels := flags.Int("items", 0, ""), flags.Int("buyers", 0, ""), flags.Int("levels", 1, "")
	if err := flags.Parse(args); err != nil {
		return err
	}
	server, err := emulator.New(emulator.Options{Items: *items, ExtraAccounts: accounts(*buyers, *levels)})
	if err != nil {
		return err
	}
	return errors.Join(serve(ctx, out, "emulator", server), server.Close())
}

// playStorefront is the storefront as `serve` runs it. With -restless one synchronisation of the catalogue follows another.
func playStorefront(ctx context.Context, args []string, out io.Writer) error {
	flags := flag.NewFlagSet("storefront", flag.ContinueOnError)
	dir, portal := flags.String("dir", "", ""), flags.String("portal", "", "")
	restless := flags.Bool("restless", false, "")
	if err := flags.Parse(args); err != nil {
		return err
	}
	keys := filepath.Join(*dir, "keys.json")
	if _, err := os.Stat(keys); err != nil {
		if _, err := seal.Create(keys); err != nil {
			return err
		}
	}
	settings := config.Storefront{
		Listen: "127.0.0.1:0", OperatorListen: "127.0.0.1:0", DataDir: filepath.Join(*dir, "data"), KeyFile: keys,
		Upstream:      config.Upstream{VTTURL: *portal + "/Portal.svc", VTTLogin: serviceLogin, VTTPassword: secret.New(servicePassword)},
		PriceCurrency: "USD", QuietPeriod: 15 * time.Minute,
	}
	options := app.Options{
		Settings: settings, Now: time.Now, Log: slog.New(slog.NewTextHandler(os.Stderr, &slog.HandlerOptions{Level: slog.LevelError})),
	}
	if *restless {
		options.Ages = jobs.Ages{Catalogue: time.Millisecond}
	}
	shop, err := app.New(ctx, options)
	if err != nil {
		return err
	}
	fmt.Fprintln(out, "operator", shop.OperatorURL())
	fmt.Fprintln(out, "storefront", shop.URL())
	return shop.Run(ctx)
}

// serve answers on a free port of loopback until ctx ends, and says under name where that is.
func serve(ctx context.Context, out io.Writer, name string, h http.Handler) error {
	listener, err := net.Listen("tcp", "127.0.0.1:0")
	if err != nil {
		return err
	}
	server := &http.Server{Handler: h, ReadHeaderTimeout: 5 * time.Second}
	defer context.AfterFunc(ctx, func() { _ = server.Close() })()
	fmt.Fprintln(out, name, "http://"+listener.Addr().String())
	if err := server.Serve(listener); !errors.Is(err, http.ErrServerClosed) {
		return err
	}
	return nil
}
