package config_test

import (
	"strings"
	"testing"

	"storefront/internal/config"
	"storefront/internal/secret"
)

func safe() config.Storefront {
	return config.Storefront{
		Listen: "127.0.0.1:8080", DataDir: "/srv/shop/data", KeyFile: "/srv/shop/keys.json",
		Upstream: config.Upstream{VTTURL: "https://portal.example/Portal.svc"}, OperatorListen: "127.0.0.1:8081",
	}
}

// address makes a setting of an address that can be parsed.
func address(text string) secret.URL {
	u, err := secret.ParseURL(text)
	if err != nil {
		panic(err)
	}
	return u
}

func TestSafeSettingsPass(t *testing.T) {
	for name, change := range map[string]func(*config.Storefront){
		"as they are":              func(*config.Storefront) {},
		"https on every interface": func(c *config.Storefront) { c.Listen, c.BaseURL = "0.0.0.0:8080", "https://shop.example" },
		"http on loopback":         func(c *config.Storefront) { c.BaseURL = "http://localhost:8080" },
		"a loopback upstream":      func(c *config.Storefront) { c.VTTURL = "http://127.0.0.1:8048/Portal.svc" },
		"plaintext by decision": func(c *config.Storefront) {
			c.VTTURL, c.AllowPlaintext = "http://api.example:8048/Portal.svc", true
		},
		"a key beside the data":    func(c *config.Storefront) { c.KeyFile = "/srv/shop/data-keys.json" },
		"an operator's own subnet": func(c *config.Storefront) { c.OperatorListen = "10.1.2.3:8081" },
		"a proxy":                  func(c *config.Storefront) { c.VTTProxy = address("http://shop:canary@proxy.example:3128") },
		"a TLS proxy":              func(c *config.Storefront) { c.VTTProxy = address("https://proxy.example") },
		"a loopback upstream through a loopback proxy": func(c *config.Storefront) {
			c.VTTURL, c.VTTProxy = "http://127.0.0.1:8048/Portal.svc", address("http://localhost:3128")
		},
		"a dump beside the data": func(c *config.Storefront) { c.VTTDump = "/srv/shop/dump" },
		"a service account": func(c *config.Storefront) {
			c.VTTLogin, c.VTTPassword = "svc", secret.New("x")
		},
	} {
		t.Run(name, func(t *testing.T) {
			c := safe()
			change(&c)
			if err := c.Check(); err != nil {
				t.Error(err)
			}
		})
	}
}

func TestUnsafeSettingsAreRefusedByName(t *testing.T) {
	for name, c := range map[string]struct {
		change func(*config.Storefront)
		names  string
	}{
		"no data folder":           {func(c *config.Storefront) { c.DataDir = "" }, "DATA_DIR"},
		"no key":                   {func(c *config.Storefront) { c.KeyFile = "" }, "KEY_FILE"},
		"a key among the data":     {func(c *config.Storefront) { c.KeyFile = "/srv/shop/data/keys.json" }, "KEY_FILE"},
		"no upstream":              {func(c *config.Storefront) { c.VTTURL = "" }, "VTT_URL"},
		"another scheme":           {func(c *config.Storefront) { c.VTTURL = "ftp://portal.example/" }, "VTT_URL"},
		"a plaintext upstream":     {func(c *config.Storefront) { c.VTTURL = "http://portal.example/Portal.svc" }, "ALLOW_PLAINTEXT_UPSTREAM"},
		"http for people":          {func(c *config.Storefront) { c.BaseURL = "http://shop.example" }, "BASE_URL"},
		"public without a base":    {func(c *config.Storefront) { c.Listen = ":8080" }, "BASE_URL"},
		"a public operator's page": {func(c *config.Storefront) { c.OperatorListen = ":8081" }, "OPERATOR_LISTEN"},
		"a plaintext upstream through a proxy": {func(c *config.Storefront) {
			c.VTTURL, c.VTTProxy = "http://portal.example/Portal.svc", address("https://proxy.example")
		}, "ALLOW_PLAINTEXT_UPSTREAM"},
		"a far proxy's loopback": {func(c *config.Storefront) {
			c.VTTURL, c.VTTProxy = "http://127.0.0.1:8048/Portal.svc", address("http://proxy.example:3128")
		}, "ALLOW_PLAINTEXT_UPSTREAM"},
		"another kind of proxy":    {func(c *config.Storefront) { c.VTTProxy = address("socks5://proxy.example") }, "VTT_PROXY"},
		"a proxy without a scheme": {func(c *config.Storefront) { c.VTTProxy = address("proxy:3128") }, "VTT_PROXY"},
		"a dump among the data":    {func(c *config.Storefront) { c.VTTDump = "/srv/shop/data/dump" }, "VTT_DUMP"},
		"half a service account":   {func(c *config.Storefront) { c.VTTLogin = "svc" }, "VTT_PASSWORD"},
	} {
		t.Run(name, func(t *testing.T) {
			s := safe()
			c.change(&s)
			if err := s.Check(); err == nil || !strings.Contains(err.Error(), c.names) {
				t.Errorf("Check() = %v, want a refusal that names %s", err, c.names)
			}
		})
	}
}

func TestStringHidesThePassword(t *testing.T) {
	c := safe()
	c.VTTLogin, c.VTTPassword = "svc", secret.New("canary-9137")
	c.VTTProxy = address("http://shop:canary-9137@proxy.example:3128")
	if !strings.Contains(c.String(), "vtt_proxy=http://[redacted]@proxy.example:3128") {
		t.Errorf("the proxy is not in %s", c)
	}
	if strings.Contains(c.String(), "canary") {
		t.Error("the password shows")
	}
}

func TestPercent(t *testing.T) {
	var p config.Percent
	if err := p.UnmarshalText([]byte(" 2.5% ")); err != nil || p.String() != "2.5" {
		t.Errorf("2.5%% reads as %s, %v", p, err)
	}
	for _, bad := range []string{"", "-1", "many"} {
		if p.UnmarshalText([]byte(bad)) == nil {
			t.Errorf("%q was accepted", bad)
		}
	}
}

// The demo's market moves unless it is told not to; goods of a file stay as they are unless they are told to move; alone an emulator is still.
func TestMarketMovesWhereNothingElseIsSaid(t *testing.T) {
	for name, c := range map[string]struct {
		portal      config.Portal
		demo, alone bool
	}{
		"nothing said":            {config.Portal{}, true, false},
		"still":                   {config.Portal{Market: "still"}, false, false},
		"moving":                  {config.Portal{Market: "moving"}, true, true},
		"goods of a file":         {config.Portal{Catalog: "goods.jsonl"}, false, false},
		"goods of a file, moving": {config.Portal{Catalog: "goods.jsonl", Market: "moving"}, true, true},
	} {
		if demo, alone := c.portal.Moving(true), c.portal.Moving(false); demo != c.demo || alone != c.alone {
			t.Errorf("%s: demo %t, alone %t", name, demo, alone)
		}
	}
}
