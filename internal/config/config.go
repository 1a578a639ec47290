// Package config holds the settings: their names in the environment and as flags, their defaults, and which combinations
// are unsafe. The command line parser fills the structs from their tags; nothing else reads the environment.
package config

import (
	"errors"
	"fmt"
	"net"
	"net/netip"
	"net/url"
	"path/filepath"
	"strings"
	"time"

	"github.com/shopspring/decimal"

	"storefront/internal/secret"
)

// Storefront is what the storefront itself can be told. Every field is an environment variable and a flag of the same
// name in kebab case; README has the table.
type Storefront struct {
	Upstream
	Listen         string        `env:"LISTEN" default:"127.0.0.1:8080" help:"Address the shop listens on."`
	BaseURL        string        `name:"base-url" env:"BASE_URL" help:"Address people use; https makes cookies Secure. Default: from LISTEN."`
	DataDir        string        `env:"DATA_DIR" help:"Folder of cache.db, state.db, sessions.db and photos."`
	KeyFile        string        `env:"KEY_FILE" help:"File of the sealing keys, mode 0600, never inside DATA_DIR."`
	OperatorListen string        `env:"OPERATOR_LISTEN" default:"127.0.0.1:8081" help:"Address of /operator, /metrics and pprof; loopback or a private network only."`
	PhotoHosts     []string      `env:"PHOTO_HOSTS" help:"Hosts that photos may be fetched from, beside VTT_URL's own."`
	TrustedProxies []string      `env:"TRUSTED_PROXIES" help:"Networks whose X-Forwarded-For is believed."`
	PriceCurrency  string        `env:"PRICE_CURRENCY" default:"USD" enum:"USD,RUB,KZN" help:"Currency of the conventional units prices are in."`
	PriceDeviation Percent       `env:"PRICE_DEVIATION" default:"0" help:"Percent a price may have risen before sending without asking again."`
	QuietPeriod    time.Duration `env:"QUIET_PERIOD" default:"15m" help:"How long an order without an answer is looked for before it counts as probably not created."`
	LogFormat      string        `env:"LOG_FORMAT" default:"json" enum:"json,text" help:"Format of the log on standard error."`
}

// Upstream is the way to the distributor's service, and the account that a program goes there with.
type Upstream struct {
	VTTURL         string      `name:"vtt-url" env:"VTT_URL" help:"Address of the distributor's service, …/Portal.svc."`
	AllowPlaintext bool        `name:"allow-plaintext-upstream" env:"ALLOW_PLAINTEXT_UPSTREAM" help:"Allow VTT_URL to be plain http beyond loopback: credentials then travel in clear."`
	VTTProxy       secret.URL  `name:"vtt-proxy" env:"VTT_PROXY" help:"Proxy for calls to the distributor alone, http://user:password@host:port; a proxy of the environment is never used."`
	VTTDump        string      `name:"vtt-dump" env:"VTT_DUMP" help:"Folder to write the last calls to, for debugging: without logins and passwords, with personal prices."`
	VTTLogin       string      `name:"vtt-login" env:"VTT_LOGIN" help:"Login of a service account that keeps the catalogue warm."`
	VTTPassword    secret.Text `name:"vtt-password" env:"VTT_PASSWORD" help:"Password of the service account."`
}

// Portal is what the emulator can be told, alone or inside the demo.
type Portal struct {
	Listen   string        `name:"portal-listen" env:"PORTAL_LISTEN" default:"127.0.0.1:8048" help:"Address the emulator listens on."`
	Items    int           `name:"portal-items" env:"PORTAL_ITEMS" default:"13000" help:"Size of the generated catalogue."`
	Seed     uint64        `name:"portal-seed" env:"PORTAL_SEED" default:"1" help:"Seed of the generated catalogue."`
	Catalog  string        `name:"portal-catalog" env:"PORTAL_CATALOG" help:"JSON Lines file of items to serve instead, one object of ItemDto fields a line."`
	Age      string        `name:"portal-age" env:"PORTAL_AGE" default:"current" enum:"current,2016" help:"Age of the contract."`
	Portions string        `name:"portal-portions" env:"PORTAL_PORTIONS" default:"documented" enum:"documented,observed" help:"Semantics of portions."`
	Delay    time.Duration `name:"portal-delay" env:"PORTAL_DELAY" default:"0s" help:"Added to every answer."`
	Answers  []string      `name:"portal-answers" env:"PORTAL_ANSWERS" help:"Other answers to what nobody can know, separated by commas, such as orders-per-login; a wrong one lists them all."`
	Clock    int           `name:"portal-clock" env:"PORTAL_CLOCK" default:"1" help:"Speed of the emulated clock: 60 makes a minute an hour."`
	Market   string        `name:"portal-market" env:"PORTAL_MARKET" default:"" enum:",still,moving" help:"Whether prices, stock and transit move by the clock: still or moving. Default: moving in the demo, except on PORTAL_CATALOG."`
}

// Moving tells whether the market moves: as Market says; where it says nothing, as usual, but goods of a file stay as they are.
func (p Portal) Moving(usual bool) bool {
	if p.Market == "" {
		return usual && p.Catalog == ""
	}
	return p.Market == "moving"
}

// Percent is an exact percentage, zero or more.
type Percent struct{ decimal.Decimal }

// UnmarshalText reads «2.5» or «2.5%».
func (p *Percent) UnmarshalText(b []byte) error {
	d, err := decimal.NewFromString(strings.TrimSuffix(strings.TrimSpace(string(b)), "%"))
	if err != nil || d.IsNegative() {
		return fmt.Errorf("%q is not a percentage", b)
	}
	p.Decimal = d
	return nil
}

// String shows the settings without secrets, for the log at start.
func (s Storefront) String() string {
	return fmt.Sprintf("listen=%s base_url=%s data_dir=%s key_file=%s vtt_url=%s plaintext=%t vtt_proxy=%s vtt_dump=%s service_account=%t operator=%s deviation=%s%% quiet=%s",
		s.Listen, s.BaseURL, s.DataDir, s.KeyFile, s.VTTURL, s.AllowPlaintext, s.VTTProxy, s.VTTDump, s.VTTLogin != "", s.OperatorListen, s.PriceDeviation, s.QuietPeriod)
}

// Check refuses what must not run, with one clear line each.
func (s Storefront) Check() error {
	return errors.Join(s.checkFiles(), s.checkAddresses())
}

func (s Storefront) checkFiles() error {
	switch {
	case s.DataDir == "":
		return errors.New("DATA_DIR is not set: the folder for the databases")
	case s.KeyFile == "":
		return errors.New("KEY_FILE is not set: the file of the sealing keys")
	case inside(s.KeyFile, s.DataDir):
		return errors.New("KEY_FILE is inside DATA_DIR: a copy of the data would carry its own keys")
	case s.VTTDump != "" && inside(s.VTTDump, s.DataDir):
		return errors.New("VTT_DUMP is inside DATA_DIR: a copy of the data would carry what the distributor answered")
	}
	return nil
}

func (s Storefront) checkAddresses() error {
	var errs []error
	if err := s.checkBase(); err != nil {
		errs = append(errs, err)
	}
	errs = append(errs, s.Upstream.Check())
	if host, _, err := net.SplitHostPort(s.OperatorListen); err != nil || !private(host) {
		errs = append(errs, errors.New("OPERATOR_LISTEN must name a loopback or private address: it has no sign-in of its own"))
	}
	return errors.Join(errs...)
}

// Check refuses an address that is none, or would send passwords in clear without leave, and half an account.
func (s Upstream) Check() error { return errors.Join(s.checkURL(), s.checkProxy(), s.checkAccount()) }

func (s Upstream) checkURL() error {
	up, err := url.Parse(s.VTTURL)
	switch {
	case s.VTTURL == "" || err != nil || up.Host == "":
		return errors.New("VTT_URL is not set to the address of the distributor's service")
	case up.Scheme == "https":
		return nil
	case up.Scheme != "http":
		return errors.New("VTT_URL is neither https nor http")
	case !s.stays(up) && !s.AllowPlaintext:
		return errors.New("VTT_URL is plain http: logins and passwords would travel in clear; set ALLOW_PLAINTEXT_UPSTREAM=yes to accept that")
	}
	return nil
}

// stays tells whether calls to an address don't leave this machine, by way of the proxy or straight.
func (s Upstream) stays(up *url.URL) bool {
	via := s.VTTProxy.Bare()
	return Loopback(up.Hostname()) && (via == nil || Loopback(via.Hostname()))
}

func (s Upstream) checkProxy() error {
	via := s.VTTProxy.Bare()
	if via != nil && (via.Scheme != "http" && via.Scheme != "https" || via.Host == "") {
		return errors.New("VTT_PROXY is not an address like http://user:password@proxy.example:3128")
	}
	return nil
}

func (s Storefront) checkBase() error {
	host, _, err := net.SplitHostPort(s.Listen)
	if err != nil {
		return errors.New("LISTEN is not an address like 127.0.0.1:8080")
	}
	if s.BaseURL == "" {
		if !Loopback(host) {
			return errors.New("BASE_URL is not set: it is needed as soon as LISTEN is not loopback")
		}
		return nil
	}
	base, err := url.Parse(s.BaseURL)
	switch {
	case err != nil || base.Host == "" || (base.Scheme != "https" && base.Scheme != "http"):
		return errors.New("BASE_URL is not an address like https://shop.example")
	case base.Scheme == "http" && !Loopback(base.Hostname()):
		return errors.New("BASE_URL is plain http beyond loopback: passwords and cookies would travel in clear")
	}
	return nil
}

func (s Upstream) checkAccount() error {
	if (s.VTTLogin == "") != s.VTTPassword.Empty() {
		return errors.New("VTT_LOGIN and VTT_PASSWORD go together")
	}
	return nil
}

// Loopback tells whether a host name or address stays on this machine.
func Loopback(host string) bool {
	if host == "localhost" {
		return true
	}
	addr, err := netip.ParseAddr(host)
	return err == nil && addr.Unmap().IsLoopback()
}

func private(host string) bool {
	if Loopback(host) {
		return true
	}
	addr, err := netip.ParseAddr(host)
	return err == nil && addr.Unmap().IsPrivate()
}

func inside(file, dir string) bool {
	f, err1 := filepath.Abs(file)
	d, err2 := filepath.Abs(dir)
	if err1 != nil || err2 != nil {
		return true
	}
	rel, err := filepath.Rel(d, f)
	return err != nil || rel == "." || (rel != ".." && !strings.HasPrefix(rel, ".."+string(filepath.Separator)))
}
