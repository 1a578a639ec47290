package app

import (
	"context"
	"errors"
	"net"
	"net/netip"
	"net/url"

	"storefront/internal/buyer"
	"storefront/internal/catalog"
	"storefront/internal/i18n"
	"storefront/internal/jobs"
	"storefront/internal/metrics"
	"storefront/internal/money"
	"storefront/internal/order"
	"storefront/internal/pace"
	"storefront/internal/photo"
	"storefront/internal/seal"
	"storefront/internal/search"
	"storefront/internal/vtt"
	"storefront/store/cache"
	"storefront/store/state"
	"storefront/web"
)

// parts is everything the storefront is made of, connected.
type parts struct {
	portal   *vtt.Distributor
	cache    *cache.Store
	state    *state.Store
	sessions *state.Sessions
	upstream *upstream
	register *buyer.Register
	engine   *search.Engine
	desk     *order.Desk
	jobs     *jobs.Jobs
	gate     *pace.Gate
	photos   *photo.Photos
	web      *web.Server
}

// assemble opens the stores and connects the services. What was opened is closed again when a later step fails.
func assemble(ctx context.Context, o Options, base *url.URL) (_ *parts, err error) {
	p := &parts{upstream: newUpstream(o.Now, o.Log), register: buyer.NewRegister(o.Now), gate: pace.New(o.Now)}
	defer func() {
		if err != nil {
			err = errors.Join(err, p.close())
		}
	}()
	keys, err := seal.Open(o.Settings.KeyFile)
	if err != nil {
		return nil, err
	}
	if err := p.openStores(ctx, o, keys); err != nil {
		return nil, err
	}
	numbers := metrics.New()
	distributor, err := vtt.New(vtt.Options{
		URL: o.Settings.VTTURL, AllowPlaintext: o.Settings.AllowPlaintext, Proxy: o.Settings.VTTProxy, Now: o.Now,
		Dump: o.Settings.VTTDump, DumpFailed: func(err error) { o.Log.Warn("a call was not dumped", "error", err) },
		Observe: observers(p.upstream.observe, numbers.Upstream), Recovered: p.recovered,
	})
	if err != nil {
		return nil, err
	}
	if vtt.Plaintext(o.Settings.VTTURL, o.Settings.VTTProxy) {
		o.Log.Warn("the distributor is reached over plain http: logins and passwords travel in clear", "vtt_url", o.Settings.VTTURL)
	}
	p.portal = distributor
	if o.Settings.VTTDump != "" {
		o.Log.Warn("calls to the distributor are dumped: without logins and passwords, with personal prices and orders", "vtt_dump", o.Settings.VTTDump)
	}
	p.engine = search.NewEngine(search.Options{Load: p.priceList})
	p.desk = order.NewDesk(order.DeskOptions{
		Carts: p.state, Submissions: p.state, Orders: p.state, Edits: p.state, Rescues: p.state, Wishes: p.state, Accounts: p.state, Distributor: recording{distributor, p.state.Damage},
		Sealer: submissionSealer{keys}, Register: p.register, Shown: p.shown,
		Deviation: o.Settings.PriceDeviation.Decimal, Quiet: o.Settings.QuietPeriod, Now: o.Now, Log: o.Log,
	})
	p.jobs = jobs.New(jobs.Deps{
		Distributor: distributor, Cache: p.cache, Orders: p.state, Accounts: p.state, History: p.state, Engine: p.engine, Register: p.register,
		ServiceAccount: serviceAccount(o.Settings), Gate: p.gate, Now: o.Now, Log: o.Log, Ages: o.Ages,
	})
	p.cache.OnReopen(p.jobs.CacheReopened)
	return p, p.openWeb(o, base, distributor, numbers)
}

func (p *parts) openStores(ctx context.Context, o Options, keys *seal.Keys) (err error) {
	if p.cache, err = cache.Open(ctx, dataFile(o.Settings, "cache.db"), o.Now); err != nil {
		return err
	}
	if p.state, err = state.Open(ctx, o.Settings.DataDir, o.Now); err != nil {
		return err
	}
	if p.sessions, err = state.OpenSessions(ctx, dataFile(o.Settings, "sessions.db"), keys, o.Now); err != nil {
		return err
	}
	p.sessions.OnDamaged(p.damagedSession(o.Log))
	p.state.OnDamaged(damagedState(o.Log, dataFile(o.Settings, state.File)))
	return nil
}

func (p *parts) openWeb(o Options, base *url.URL, distributor *vtt.Distributor, numbers *metrics.Metrics) error {
	messages, err := i18n.Load()
	if err != nil {
		return err
	}
	upstreamURL, err := url.Parse(o.Settings.VTTURL)
	if err != nil {
		return err
	}
	p.photos = photo.New(photo.Options{
		Dir: dataFile(o.Settings, "photos"), Hosts: o.Settings.PhotoHosts, Upstream: hostPort(upstreamURL), Now: o.Now,
	})
	proxies, err := networks(o.Settings.TrustedProxies)
	if err != nil {
		return err
	}
	p.registerGauges(numbers)
	p.web = &web.Server{
		BaseURL: base, TrustedProxies: proxies, Units: money.Currency(o.Settings.PriceCurrency),
		SignIn:   &buyer.SignIn{Prover: distributor, Accounts: p.state, Register: p.register, Now: o.Now},
		Register: p.register, Accounts: p.state, Audit: p.state.Audit, Sessions: p.sessions, Submissions: p.state, Orders: p.state, Edits: p.state, Rescues: p.state, Invoices: distributor,
		History: p.state, Watches: p.state, Wishes: p.state, NoteTemplates: &order.NoteTemplates{Store: p.state}, Active: p.state.Active,
		Cache: p.cache, Engine: p.engine, Carts: &order.Carts{Store: p.state}, Desk: p.desk, Jobs: p.jobs, Photos: p.photos,
		Messages: messages, Damage: p.state.Damage, Down: p.upstream.Down, Gate: p.gate, Operator: newOperator(o, p).source,
		Metrics: numbers.Handler(), Observe: numbers.Request, Ready: p.ready, Log: o.Log, Now: o.Now,
	}
	return nil
}

// recovered has everything that waits for the distributor go on: it answers again.
func (p *parts) recovered() {
	p.jobs.Recovered()
	p.desk.Recovered()
}

// priceList reads a buyer's stored price list for the engine.
func (p *parts) priceList(ctx context.Context, b buyer.ID) (*search.PriceList, error) {
	chunks, complete, err := p.cache.Prices(ctx, b)
	if err != nil {
		return nil, err
	}
	return search.NewPriceList(chunks, complete), nil
}

// shown tells what a buyer's pages say of items: names and his own prices, all of it known here.
func (p *parts) shown(ctx context.Context, b buyer.ID, ids []catalog.ItemID) (map[catalog.ItemID]order.Shown, error) {
	view, err := p.engine.View(ctx, b)
	if err != nil {
		return nil, err
	}
	items, err := p.cache.Items(ctx, ids)
	if err != nil {
		return nil, err
	}
	out := make(map[catalog.ItemID]order.Shown, len(items))
	for _, item := range items {
		shown := order.Shown{Name: item.Name}
		if offer, _, known := view.Offer(item.ID); known {
			shown.Price = offer.Price
		}
		out[item.ID] = shown
	}
	return out, nil
}

// ready tells whether our own storage answers.
func (p *parts) ready(ctx context.Context) error {
	return errors.Join(p.state.Ping(ctx), p.sessions.Ping(ctx))
}

// close closes the stores that were opened.
func (p *parts) close() error {
	var errs []error
	if p.portal != nil {
		p.portal.Close()
	}
	if p.photos != nil {
		p.photos.Close()
	}
	if p.sessions != nil {
		errs = append(errs, p.sessions.Close())
	}
	if p.state != nil {
		errs = append(errs, p.state.Close())
	}
	if p.cache != nil {
		errs = append(errs, p.cache.Close())
	}
	return errors.Join(errs...)
}

// networks reads TRUSTED_PROXIES: addresses or networks.
func networks(texts []string) ([]*net.IPNet, error) {
	var out []*net.IPNet
	for _, text := range texts {
		prefix, err := netip.ParsePrefix(text)
		if err != nil {
			addr, err := netip.ParseAddr(text)
			if err != nil {
				return nil, errors.New("TRUSTED_PROXIES: " + text + " is neither an address nor a network")
			}
			prefix = netip.PrefixFrom(addr, addr.BitLen())
		}
		out = append(out, &net.IPNet{IP: prefix.Masked().Addr().AsSlice(), Mask: net.CIDRMask(prefix.Bits(), prefix.Addr().BitLen())})
	}
	return out, nil
}

// hostPort is the exact host and port of an address, with the scheme's port where it names none.
func hostPort(u *url.URL) string {
	port := u.Port()
	if port == "" {
		port = map[string]string{"http": "80", "https": "443"}[u.Scheme]
	}
	return net.JoinHostPort(u.Hostname(), port)
}
