package app

import (
	"context"
	"runtime/debug"
	"strings"
	"time"

	"storefront/internal/config"
	"storefront/internal/errkind"
	"storefront/internal/metrics"
	"storefront/internal/order"
	"storefront/internal/vtt"
	"storefront/store/state"
	"storefront/views"
)

// runsShown is how many synchronisation runs the operator's page lists.
const runsShown = 30

// operator gathers what the operator's page shows.
type operator struct {
	parts       *parts
	settings    config.Storefront
	emulatorURL string
	startedAt   time.Time
	now         func() time.Time
}

func newOperator(o Options, p *parts) *operator {
	return &operator{parts: p, settings: o.Settings, emulatorURL: o.EmulatorURL, startedAt: o.Now(), now: o.Now}
}

func (o *operator) source(ctx context.Context) (views.OperatorSource, error) {
	p := o.parts
	source := views.OperatorSource{
		Version: buildVersion(), StartedAt: o.startedAt, Upstream: o.settings.VTTURL, Plaintext: vtt.Plaintext(o.settings.VTTURL, o.settings.VTTProxy),
		Proxy: o.settings.VTTProxy.String(), Dump: o.settings.VTTDump,
		EmulatorURL: o.emulatorURL, Health: p.upstream.Health(), Buyers: len(p.register.Active(time.Time{})), Now: o.now(),
	}
	contract := p.portal.Contract()
	source.Contract.ReadAt = contract.ReadAt
	for _, op := range contract.Missing {
		source.Contract.Missing = append(source.Contract.Missing, string(op))
	}
	if cause := p.state.Damage(); cause != nil {
		source.Damage = cause.Error()
	}
	unfinished, err := p.state.Unfinished(ctx, o.now().Add(-order.LateWatch))
	if err != nil && !errkind.Is(err, errkind.StateDamaged) {
		return source, err
	}
	for _, s := range unfinished {
		switch {
		case s.State.Watched():
			source.Watched++
		case s.State == order.Uncertain:
			source.Unknown++
			fallthrough
		default:
			source.Open++
		}
	}
	if source.Sessions, err = p.sessions.Count(ctx); err != nil {
		return source, err
	}
	runs, err := p.cache.Runs(ctx, runsShown)
	if err != nil {
		return source, err
	}
	for _, r := range runs {
		job, whose, _ := strings.Cut(r.Job, " ")
		source.Runs = append(source.Runs, views.Run{
			Name: job, Buyer: whose, Rows: r.Done, StartedAt: r.StartedAt, FinishedAt: r.FinishedAt, Failed: r.Failed, Detail: r.Detail,
		})
	}
	sizes, err := p.cache.Sizes(ctx)
	source.Sizes = []views.StoreSize{
		{Name: "cache.db", Rows: sizes.Items, Bytes: sizes.FileBytes},
		{Name: "categories", Rows: sizes.Categories},
		{Name: "compatibility", Rows: sizes.Fits},
		{Name: "price lists", Rows: sizes.PriceLists, Bytes: sizes.PriceBytes},
		{Name: "index", Rows: p.engine.Index().Len()},
	}
	return source, err
}

// registerGauges offers the numbers that are read when asked.
func (p *parts) registerGauges(m *metrics.Metrics) {
	m.Gauge("storefront_items", "Items in the index.", func() float64 { return float64(p.engine.Index().Len()) })
	m.Gauge("storefront_buyers_unlocked", "Buyers with credentials in memory.", func() float64 {
		return float64(len(p.register.Active(time.Time{})))
	})
	m.Gauge("storefront_upstream_repeats", "Reads of the distributor that were repeated since the start.", func() float64 {
		return float64(p.portal.Repeats())
	})
	m.Gauge("storefront_state_damaged", "1 when state.db is damaged and the shop is read-only.", func() float64 {
		if p.state.Damage() != nil {
			return 1
		}
		return 0
	})
	outcome := func(which func(state.Outcomes) int) func() float64 {
		return func() float64 {
			ctx, cancel := context.WithTimeout(context.Background(), time.Second)
			defer cancel()
			o, err := p.state.Outcomes(ctx)
			if err != nil {
				return -1
			}
			return float64(which(o))
		}
	}
	m.Gauge("storefront_orders_unknown", "Submissions whose outcome is not known.", outcome(func(o state.Outcomes) int { return o.Unknown }))
	m.Gauge("storefront_orders_unknown_total", "Submissions whose outcome was not known for a while.", outcome(func(o state.Outcomes) int { return o.EverUnknown }))
	m.Gauge("storefront_orders_late_found_total", "Orders that turned up after they had been given up.", outcome(func(o state.Outcomes) int { return o.LateFound }))
	m.Gauge("storefront_orders_resent_total", "Submissions sent again knowing that there may be two orders.", outcome(func(o state.Outcomes) int { return o.Resent }))
	m.Gauge("storefront_orders_certainty_seconds", "Median time from not knowing to knowing.", outcome(func(o state.Outcomes) int { return int(o.Certainty.Seconds()) }))
}

// buildVersion is what the build knows of itself.
func buildVersion() string {
	info, ok := debug.ReadBuildInfo()
	if !ok {
		return ""
	}
	for _, s := range info.Settings {
		if s.Key == "vcs.revision" {
			return s.Value[:min(12, len(s.Value))]
		}
	}
	return info.Main.Version
}
