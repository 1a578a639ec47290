package photo

import (
	"context"
	"errors"
	"fmt"
	"io"
	"net"
	"net/http"
	"net/netip"
	"net/url"
	"strings"
	"syscall"
	"time"
)

// maxBytes bounds what is read of a picture, 5 MB.
const maxBytes = 5 << 20

var (
	errRefused  = errors.New("the address is not a public one")
	errAnswer   = errors.New("the answer is not a picture that may be had")
	errNoAnswer = errors.New("the host does not answer")
)

// guard decides which hosts are asked, by name before and by address while connecting: a name that is allowed may have been
// pointed at an address that is not.
type guard struct {
	hosts    map[string]bool // host:port
	upstream string          // host:port
}

func newGuard(hosts []string, upstream string) guard {
	g := guard{hosts: map[string]bool{}, upstream: strings.ToLower(upstream)}
	for _, host := range hosts {
		host = strings.ToLower(strings.TrimSpace(host))
		if _, _, err := net.SplitHostPort(host); err == nil {
			g.hosts[host] = true
		} else if host != "" {
			g.hosts[net.JoinHostPort(host, "80")] = true
			g.hosts[net.JoinHostPort(host, "443")] = true
		}
	}
	return g
}

// allows tells whether a picture may be fetched from an address.
func (g guard) allows(address string) bool {
	u, err := url.Parse(address)
	if err != nil || u.Opaque != "" || u.User != nil {
		return false
	}
	host := hostPort(u)
	return host != "" && (g.hosts[host] || host == g.upstream)
}

// hostOf returns the host:port that an address is fetched from, empty for what is no http address.
func hostOf(address string) string {
	u, err := url.Parse(address)
	if err != nil {
		return ""
	}
	return hostPort(u)
}

func hostPort(u *url.URL) string {
	port := u.Port()
	switch {
	case u.Hostname() == "":
		return ""
	case u.Scheme == "http" && port == "":
		port = "80"
	case u.Scheme == "https" && port == "":
		port = "443"
	case u.Scheme != "http" && u.Scheme != "https":
		return ""
	}
	return net.JoinHostPort(strings.ToLower(u.Hostname()), port)
}

// client returns a client that connects only where the guard lets it, through no proxy, and follows nothing.
func (g guard) client() *http.Client {
	return &http.Client{
		CheckRedirect: func(*http.Request, []*http.Request) error { return http.ErrUseLastResponse },
		Transport: &http.Transport{
			DialContext:            g.dial,
			DisableCompression:     true,
			MaxIdleConnsPerHost:    fetchers,
			IdleConnTimeout:        30 * time.Second,
			MaxResponseHeaderBytes: 16 << 10,
		},
	}
}

func (g guard) dial(ctx context.Context, network, address string) (net.Conn, error) {
	dialer := &net.Dialer{Control: publicOnly}
	if strings.ToLower(address) == g.upstream {
		dialer.Control = nil
	}
	return dialer.DialContext(ctx, network, address)
}

// publicOnly is asked with the resolved address just before each connection.
func publicOnly(_, address string, _ syscall.RawConn) error {
	to, err := netip.ParseAddrPort(address)
	if err != nil || !public(to.Addr()) {
		return errRefused
	}
	return nil
}

// notPublic lists what netip has no word for. Addresses that carry a version 4 address in them are refused as a whole.
var notPublic = [...]netip.Prefix{
	netip.MustParsePrefix("0.0.0.0/8"),
	netip.MustParsePrefix("100.64.0.0/10"), // shared by carriers (CGNAT)
	netip.MustParsePrefix("192.0.0.0/24"),
	netip.MustParsePrefix("192.0.2.0/24"),
	netip.MustParsePrefix("198.18.0.0/15"),
	netip.MustParsePrefix("198.51.100.0/24"),
	netip.MustParsePrefix("203.0.113.0/24"),
	netip.MustParsePrefix("240.0.0.0/4"),
	netip.MustParsePrefix("::/96"),
	netip.MustParsePrefix("64:ff9b::/96"), // NAT64
	netip.MustParsePrefix("64:ff9b:1::/48"),
	netip.MustParsePrefix("100::/64"),
	netip.MustParsePrefix("2001::/23"), // Teredo and others
	netip.MustParsePrefix("2001:db8::/32"),
	netip.MustParsePrefix("2002::/16"), // 6to4
	netip.MustParsePrefix("fec0::/10"),
}

func public(a netip.Addr) bool {
	if a.Is4In6() || !a.IsGlobalUnicast() || a.IsPrivate() {
		return false
	}
	for _, prefix := range notPublic {
		if prefix.Contains(a.WithZone("")) {
			return false
		}
	}
	return true
}

// get fetches the bytes of a picture. errNoAnswer if the host could not be talked to, errAnswer if it answered something else.
func get(ctx context.Context, client *http.Client, address string) ([]byte, error) {
	request, err := http.NewRequestWithContext(ctx, http.MethodGet, address, nil)
	if err != nil {
		return nil, fmt.Errorf("%w: %w", errAnswer, err)
	}
	response, err := client.Do(request)
	if err != nil {
		return nil, fmt.Errorf("%w: %w", errNoAnswer, err)
	}
	defer response.Body.Close()
	if response.StatusCode != http.StatusOK || response.ContentLength > maxBytes {
		return nil, fmt.Errorf("%w: status %d, %d bytes", errAnswer, response.StatusCode, response.ContentLength)
	}
	content, err := io.ReadAll(io.LimitReader(response.Body, maxBytes+1))
	switch {
	case err != nil:
		return nil, fmt.Errorf("%w: %w", errNoAnswer, err)
	case len(content) > maxBytes:
		return nil, fmt.Errorf("%w: more than %d bytes", errAnswer, maxBytes)
	}
	return content, nil
}
