package photo

import (
	"net/netip"
	"testing"
)

func TestPublic(t *testing.T) {
	tests := map[string]bool{
		"93.184.216.34":        true,
		"2606:2800:220:1::1":   true,
		"127.0.0.1":            false,
		"127.255.255.254":      false,
		"0.0.0.0":              false,
		"0.1.2.3":              false,
		"10.0.0.1":             false,
		"172.16.0.1":           false,
		"172.31.255.255":       false,
		"192.168.1.1":          false,
		"169.254.169.254":      false,
		"100.64.0.1":           false,
		"100.127.255.255":      false,
		"198.18.0.1":           false,
		"224.0.0.1":            false,
		"240.0.0.1":            false,
		"255.255.255.255":      false,
		"::":                   false,
		"::1":                  false,
		"::127.0.0.1":          false,
		"::ffff:127.0.0.1":     false,
		"::ffff:93.184.216.34": false,
		"64:ff9b::7f00:1":      false,
		"64:ff9b:1::a00:1":     false,
		"2002:7f00:1::":        false,
		"2001:0:53aa:64c::":    false,
		"fe80::1":              false,
		"fe80::1%eth0":         false,
		"fc00::1":              false,
		"fd12:3456:789a::1":    false,
		"fec0::1":              false,
		"ff02::1":              false,
	}
	for text, want := range tests {
		if got := public(netip.MustParseAddr(text)); got != want {
			t.Errorf("public(%s) = %v, want %v", text, got, want)
		}
	}
}

func TestAConnectionToWhatIsNoAddressIsRefused(t *testing.T) {
	for _, address := range []string{"", "localhost:80", "127.0.0.1", "127.0.0.1:80", "[::1]:80"} {
		if err := publicOnly("tcp", address, nil); err == nil {
			t.Errorf("%q was let through", address)
		}
	}
}
