// Package vtt is the distributor in our words: every operation of its service as a method that takes and returns the types of
// catalog, order and money, and fails with the kinds of errkind.
//
// Reading may be repeated, at one layer and within a budget; what changes an order is sent at most once, over a connection of
// its own, and its failures say what is certain (order.SendError). Lists are streamed. A field that cannot be read never loses
// its row: it stays empty, and an item without a readable price cannot be ordered.
package vtt

import (
	"context"
	"crypto/tls"
	"errors"
	"fmt"
	"net"
	"net/url"
	"strings"
	"time"

	"storefront/internal/buyer"
	"storefront/internal/order"
	"storefront/internal/secret"
	"storefront/internal/soap"
	"storefront/internal/vtt/portal"
)

// Options are the settings of a Distributor.
type Options struct {
	URL string // of the service, without ?wsdl
	// AllowPlaintext permits http beyond loopback: logins and passwords then travel in clear.
	AllowPlaintext bool
	// Proxy is an http or https proxy for the calls to the service alone; the zero URL goes straight.
	Proxy secret.URL
	// Dump is a folder that the traffic is written to, without logins and passwords; empty writes nothing.
	Dump string
	// DumpFailed is told of a call that could not be written there. It may be nil.
	DumpFailed func(error)
	// Contract is what the service publishes; nil reads it from the service's own WSDL.
	Contract *portal.Contract
	TLS      *tls.Config   // nil verifies against the system's certificates
	Resolver *net.Resolver // finds addresses; nil is the system's
	// PortionSize is the number of rows asked for at a time, at least 2 because portions overlap by one; 0 means 1,000.
	PortionSize int
	// Recovered is told when the service answers again after it was left alone for a while. It must not block. It may be nil.
	Recovered func()
	// Observe is told of each call after it ended, with an error of package errkind. It may be nil.
	Observe func(operation string, took time.Duration, err error)
	Now     func() time.Time
	// Pause waits between attempts; nil means real time.
	Pause func(context.Context, time.Duration) error
}

// Distributor talks to the service. It is safe for concurrent use.
type Distributor struct {
	client      *portal.Client
	signing     *portal.Client // the same, for somebody who is signing in
	probing     *portal.Client // the same, under the policy probe
	transport   *soap.Transport
	contracts   *contracts // nil where the contract was given
	retry       *retrier
	portionSize int
	now         func() time.Time
}

// New makes a Distributor. It refuses an address that would send passwords in clear unless that is allowed. Nothing is sent.
func New(o Options) (*Distributor, error) {
	if err := errors.Join(checkURL(o), checkProxy(o.Proxy)); err != nil {
		return nil, err
	}
	if o.Now == nil {
		return nil, errors.New("a distributor needs a clock")
	}
	dump, err := openDump(o)
	if err != nil {
		return nil, err
	}
	transport := soap.NewTransport(soap.TransportOptions{
		URL: o.URL, TLSConfig: o.TLS, Conns: limits.Total, Proxy: o.Proxy, Resolver: o.Resolver, Dump: dump,
	})
	calls := soap.Limit(transport, limits)
	if o.Observe != nil {
		calls = soap.Observe(calls, o.Now, func(operation string, took time.Duration, err error) {
			if errors.Is(err, errEnough) {
				err = nil // hung up on purpose
			}
			o.Observe(operation, took, translate(err))
		})
	}
	calls = soap.Break(calls, breakerOptions(o))
	d := &Distributor{
		transport:   transport,
		retry:       newRetrier(o.Pause),
		portionSize: portionSize(o.PortionSize),
		now:         o.Now,
	}
	contracts := d.followContract(o.Contract)
	d.client = portal.NewClient(within(calls, policyOf), contracts)
	d.signing = portal.NewClient(insisting(within(calls, policyOf)), contracts)
	d.probing = portal.NewClient(within(calls, func(portal.Op) policy { return probe }), contracts)
	return d, nil
}

// followContract goes by a given contract, or by what the service publishes.
func (d *Distributor) followContract(given *portal.Contract) portal.Contracts {
	if given != nil {
		return *given
	}
	d.contracts = newContracts(d.now, func(ctx context.Context, query string) ([]byte, error) {
		return d.transport.Fetch(ctx, query, contractLimit)
	})
	return d.contracts
}

// Repeats is how many reads have been repeated since the start. Writes never are.
func (d *Distributor) Repeats() int { return d.retry.count() }

// Contract tells where the contract in force comes from.
func (d *Distributor) Contract() ContractState {
	if d.contracts == nil {
		return ContractState{}
	}
	return d.contracts.State()
}

// publishes tells whether the service has an operation, as far as is known by now.
func (d *Distributor) publishes(op portal.Op) bool {
	if d.contracts == nil {
		return d.client.Publishes(context.Background(), op) // of a contract that was given
	}
	return d.contracts.has(op)
}

// Close ends what goes on in the background and drops idle connections.
func (d *Distributor) Close() {
	if d.contracts != nil {
		d.contracts.Close()
	}
	d.transport.Close()
}

// openDump makes the dump, nil where none is asked for.
func openDump(o Options) (*soap.Dump, error) {
	if o.Dump == "" {
		return nil, nil
	}
	return soap.OpenDump(soap.DumpOptions{Folder: o.Dump, Now: o.Now, Failed: o.DumpFailed})
}

// Plaintext tells whether an address, reached through a proxy or straight, sends logins and passwords in clear over a network:
// worth a warning at start.
func Plaintext(address string, proxy secret.URL) bool {
	u, err := url.Parse(address)
	if err != nil || !strings.EqualFold(u.Scheme, "http") {
		return false
	}
	via := proxy.Bare()
	if via == nil {
		return !loopback(u.Hostname())
	}
	return !loopback(u.Hostname()) || !loopback(via.Hostname()) // what is loopback to a proxy elsewhere is far from here
}

func checkURL(o Options) error {
	u, err := url.Parse(o.URL)
	switch {
	case err != nil:
		return errors.New("the distributor's address is not a URL")
	case u.Scheme != "http" && u.Scheme != "https", u.Host == "":
		return fmt.Errorf("the distributor's address %s must begin with http:// or https:// and a host", u.Redacted())
	case u.User != nil, u.RawQuery != "", u.Fragment != "":
		return fmt.Errorf("the distributor's address %s must have no user, query or fragment", u.Redacted())
	case Plaintext(o.URL, o.Proxy) && !o.AllowPlaintext:
		return fmt.Errorf("%s would send passwords in clear: use https, or allow plain text on purpose", u.Redacted())
	}
	return nil
}

func checkProxy(proxy secret.URL) error {
	via := proxy.Bare()
	if via != nil && (via.Scheme != "http" && via.Scheme != "https" || via.Host == "") {
		return errors.New("the proxy's address must begin with http:// or https:// and a host")
	}
	return nil
}

func loopback(host string) bool {
	ip := net.ParseIP(host)
	return strings.EqualFold(host, "localhost") || ip != nil && ip.IsLoopback()
}

func portionSize(n int) int {
	if n == 0 {
		return 1000
	}
	return max(n, 2)
}

func login(c buyer.Credentials) portal.Login {
	return portal.Login{Name: c.Login, Password: c.Password}
}

// read performs an operation that changes nothing: within its deadline, repeated when that may help. attempt starts afresh
// each time it is called.
func (d *Distributor) read(ctx context.Context, op portal.Op, attempt func(context.Context) error) error {
	ctx, cancel := context.WithTimeout(ctx, policyOf(op).deadline)
	defer cancel()
	return translate(d.retry.do(ctx, func() error { return attempt(ctx) }))
}

// once performs an operation that changes nothing, without repeating it: its rows are passed on as they come.
func (d *Distributor) once(ctx context.Context, op portal.Op, attempt func(context.Context) error) error {
	ctx, cancel := context.WithTimeout(ctx, policyOf(op).deadline)
	defer cancel()
	return translate(attempt(ctx))
}

// write performs an operation that changes an order: within its deadline, at most once, and not at all once its fence is
// closed (order.WithFence).
func (d *Distributor) write(ctx context.Context, op portal.Op, attempt func(context.Context) error) error {
	ctx, cancel := context.WithTimeout(ctx, policyOf(op).deadline)
	defer cancel()
	return sendError(attempt(soap.StartIf(ctx, func() bool { return order.MayStart(ctx) })))
}
