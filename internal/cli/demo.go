package cli

import (
	"context"
	"errors"
	"fmt"
	"os"
	"path/filepath"
	"time"

	"storefront/internal/app"
	"storefront/internal/config"
	"storefront/internal/jobs"
	"storefront/internal/seal"
	"storefront/internal/secret"
)

type demo struct {
	Listen         string        `env:"LISTEN" default:"127.0.0.1:8080" help:"Address the shop listens on; port 0 takes a free one."`
	OperatorListen string        `env:"OPERATOR_LISTEN" default:"127.0.0.1:8081" help:"Address of the operator's page."`
	DataDir        string        `env:"DATA_DIR" help:"Folder to keep the demo in; by default a temporary one, gone at the end."`
	VTTDump        string        `name:"vtt-dump" env:"VTT_DUMP" help:"Folder to write the last calls to, for debugging: without logins and passwords."`
	QuietPeriod    time.Duration `env:"QUIET_PERIOD" default:"15m" help:"How long an order without an answer is looked for before it counts as probably not created."`
	LogFormat      string        `env:"LOG_FORMAT" default:"text" enum:"json,text" help:"Format of the log on standard error."`
	config.Portal
}

// Run starts the emulator and a storefront on it, says where they are, and waits for the end.
func (d *demo) Run(ctx context.Context, to streams) (err error) {
	folders, err := d.folders()
	if err != nil {
		return err
	}
	defer func() { err = errors.Join(err, folders.remove()) }()
	portal, err := openPortal(d.Portal, filepath.Join(folders.data, "emulator.json"), d.Moving(true))
	if err != nil {
		return err
	}
	defer func() { err = errors.Join(err, portal.Close()) }()
	shop, err := app.New(ctx, app.Options{
		Settings: d.settings(portal, folders), Log: logger(to.log, d.LogFormat), Now: time.Now, Elapsed: stopwatch(time.Now),
		EmulatorURL: portal.base + "/_emulator/", Ages: demoAges(d.Moving(true)),
	})
	if err != nil {
		return err
	}
	fmt.Fprintln(to.out, "storefront", shop.URL())
	portal.announce(to.out)
	fmt.Fprintln(to.out, "operator", shop.OperatorURL())
	portal.announceAccounts(to.out)
	return shop.Run(ctx)
}

// demoAges has what a moving market changed read while somebody is looking: he doesn't wait an hour, and the distributor next door
// is not to be spared. Where nothing moves the ages are the real ones.
func demoAges(moving bool) jobs.Ages {
	if !moving {
		return jobs.Ages{}
	}
	return jobs.Ages{Prices: 2 * time.Minute, Rate: 2 * time.Minute, OnScreen: 20 * time.Second}
}

func (d *demo) settings(p *portal, f demoFolders) config.Storefront {
	s := config.Storefront{
		Listen: d.Listen, OperatorListen: d.OperatorListen, DataDir: f.data, KeyFile: f.keys,
		Upstream: config.Upstream{VTTURL: p.URL(), VTTDump: d.VTTDump}, PriceCurrency: "USD", QuietPeriod: d.QuietPeriod, LogFormat: d.LogFormat,
	}
	for _, a := range p.Accounts() {
		if a.Hidden { // the account that the emulator keeps for the storefront's own reading
			s.VTTLogin, s.VTTPassword = a.Login, secret.New(a.Password)
		}
	}
	return s
}

// demoFolders is where a demo keeps its data and, apart from it, its keys.
type demoFolders struct {
	data, keys string
	temporary  string // removed at the end; empty when the folder is kept
}

func (d *demo) folders() (demoFolders, error) {
	f := demoFolders{data: d.DataDir, keys: d.DataDir + ".keys.json"}
	if d.DataDir == "" {
		dir, err := os.MkdirTemp("", "storefront-demo-")
		if err != nil {
			return f, err
		}
		f = demoFolders{data: filepath.Join(dir, "data"), keys: filepath.Join(dir, "keys.json"), temporary: dir}
	} else {
		f.keys = filepath.Clean(d.DataDir) + ".keys.json"
	}
	if err := os.MkdirAll(f.data, 0o700); err != nil {
		return f, err
	}
	if _, err := os.Stat(f.keys); errors.Is(err, os.ErrNotExist) {
		_, err := seal.Create(f.keys)
		return f, err
	}
	return f, nil
}

func (f demoFolders) remove() error {
	if f.temporary == "" {
		return nil
	}
	return os.RemoveAll(f.temporary)
}
