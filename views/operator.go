package views

import (
	"context"
	"strings"
	"time"

	"github.com/shopspring/decimal"

	"storefront/internal/errkind"
	"storefront/internal/i18n"
	"storefront/internal/money"
	"storefront/views/ui"
)

// OperatorSource is what the operator's page is made from.
type OperatorSource struct {
	Version   string
	StartedAt time.Time
	Damage    string // what is wrong with state.db; empty while nothing is
	Upstream  string // address of the service, without credentials
	// Plaintext means that logins and passwords travel to the service in clear.
	Plaintext bool
	Proxy     string // on the way to it, without credentials; empty where there is none
	Dump      string // folder that its traffic is written to; empty where it is not
	// EmulatorURL is the emulator's own page in demo; empty otherwise.
	EmulatorURL string
	Contract    ContractState
	Runs        []Run    // newest first
	Health      []Health // an operation each
	// Unknown counts submissions whose outcome is not known, Open those that hold a cart, Watched those of which an order may
	// still turn up.
	Unknown, Open, Watched int
	Sessions, Buyers       int // signed in; with credentials in memory
	Sizes                  []StoreSize
	Now                    time.Time
}

// ContractState tells where the contract with the service comes from.
type ContractState struct {
	ReadAt  time.Time // from the service; zero: the documentation's table serves
	Missing []string  // operations that the service does not publish
}

// Run is one synchronisation.
type Run struct {
	Name                  string // code: catalogue, prices, orders, …
	Buyer                 string // whose; empty for what all share
	StartedAt, FinishedAt time.Time
	Failed                errkind.Kind
	Rows                  int    // read
	Detail                string // the job's own short words
}

// Health is how an operation of the service has been doing lately.
type Health struct {
	Operation       string
	Calls, Failures int
	Median, Slowest time.Duration
	LastFailure     errkind.Kind
	LastCause       string // of the failure, where more is known: tls, dns …
	LastFailureAt   time.Time
}

// StoreSize is how much a store holds.
type StoreSize struct {
	Name  string
	Rows  int
	Bytes int64 // 0 where rows are all that is counted
}

// Operator is the operator's page.
type Operator struct {
	Version, Upstream string
	Damage            string
	StartedAt         Moment
	Plaintext         bool
	Proxy, Dump       string
	EmulatorURL       string
	Figures           []Figure
	Runs              []RunRow
	Health            []HealthRow
	Sizes             []SizeRow
	ReadAt            Moment
}

// Figure is a number that the operator looks at first.
type Figure struct {
	Label, Value string
	TestID       string
	Tone         ui.Tone
	Hint         string
}

// RunRow is one synchronisation.
type RunRow struct {
	Name, Buyer, Took, Rows, Detail, Outcome string
	Tone                                     ui.Tone
	StartedAt                                Moment
}

// HealthRow is how an operation has been doing.
type HealthRow struct {
	Operation, Calls, Failures, Median, Slowest string
	LastFailure                                 string
	LastFailureAt                               Moment
	Word                                        string
	Tone                                        ui.Tone
}

// SizeRow is how much a store holds.
type SizeRow struct{ Name, Rows, Bytes string }

// NewOperator makes the operator's page.
func NewOperator(ctx context.Context, s OperatorSource) Operator {
	page := Operator{
		Version: s.Version, Damage: s.Damage, Upstream: s.Upstream, StartedAt: dateAndHour(ctx, s.StartedAt, s.Now), Plaintext: s.Plaintext, Proxy: s.Proxy, Dump: s.Dump,
		EmulatorURL: SafeURL(s.EmulatorURL), Figures: newFigures(ctx, s), ReadAt: seconds(s.Now, s.Now),
	}
	for _, r := range s.Runs {
		page.Runs = append(page.Runs, newRunRow(ctx, r, s.Now))
	}
	for _, h := range s.Health {
		page.Health = append(page.Health, newHealthRow(ctx, h, s.Now))
	}
	for _, size := range s.Sizes {
		row := SizeRow{Name: size.Name, Rows: whole(ctx, size.Rows)}
		if size.Bytes > 0 {
			row.Bytes = space(ctx, size.Bytes)
		}
		page.Sizes = append(page.Sizes, row)
	}
	return page
}

func newFigures(ctx context.Context, s OperatorSource) []Figure {
	unknown := Figure{
		TestID: "unknown-submissions", Label: i18n.T(ctx, "operator.unknown"), Value: whole(ctx, s.Unknown), Tone: ui.Success, Hint: i18n.T(ctx, "operator.unknown.hint"),
	}
	if s.Unknown > 0 {
		unknown.Tone = ui.Warning
	}
	open := Figure{TestID: "open-submissions", Label: i18n.T(ctx, "operator.open"), Value: whole(ctx, s.Open), Tone: ui.Neutral, Hint: i18n.T(ctx, "operator.open.hint")}
	if s.Damage != "" { // they can't be counted
		unknown.Value, unknown.Tone, open.Value = "?", ui.Warning, "?"
	}
	return []Figure{
		unknown,
		open,
		{TestID: "watched-submissions", Label: i18n.T(ctx, "operator.watched"), Value: whole(ctx, s.Watched), Tone: ui.Neutral, Hint: i18n.T(ctx, "operator.watched.hint")},
		{TestID: "sessions", Label: i18n.T(ctx, "operator.sessions"), Value: whole(ctx, s.Sessions), Tone: ui.Neutral, Hint: i18n.T(ctx, "operator.sessions.hint")},
		{TestID: "buyers", Label: i18n.T(ctx, "operator.buyers"), Value: whole(ctx, s.Buyers), Tone: ui.Neutral, Hint: i18n.T(ctx, "operator.buyers.hint")},
		contractFigure(ctx, s.Contract, s.Now),
	}
}

// contractFigure tells where the contract was read, and what is not in it.
func contractFigure(ctx context.Context, c ContractState, now time.Time) Figure {
	f := Figure{TestID: "contract", Label: i18n.T(ctx, "operator.contract"), Tone: ui.Neutral}
	switch {
	case c.ReadAt.IsZero():
		f.Value, f.Hint = i18n.T(ctx, "operator.contract.table"), i18n.T(ctx, "operator.contract.table.hint")
	case len(c.Missing) > 0:
		f.Value, f.Hint, f.Tone = i18n.N(ctx, "operator.contract.missing", len(c.Missing)), strings.Join(c.Missing, ", "), ui.Warning
	default:
		f.Value, f.Hint = clock(ctx, c.ReadAt, now).Text, i18n.T(ctx, "operator.contract.read.hint")
	}
	return f
}

func newRunRow(ctx context.Context, r Run, now time.Time) RunRow {
	row := RunRow{Name: r.Name, Buyer: r.Buyer, Rows: whole(ctx, r.Rows), Detail: r.Detail, StartedAt: clock(ctx, r.StartedAt, now)}
	if r.Detail == errkind.Oversized {
		row.Detail = i18n.T(ctx, "operator.run.oversized")
	}
	switch {
	case r.FinishedAt.IsZero():
		row.Outcome, row.Tone, row.Took = i18n.T(ctx, "operator.run.running"), ui.Info, duration(ctx, now.Sub(r.StartedAt))
	case r.Failed != "":
		row.Outcome, row.Tone, row.Took = string(r.Failed), ui.Danger, duration(ctx, r.FinishedAt.Sub(r.StartedAt))
	default:
		row.Outcome, row.Tone, row.Took = i18n.T(ctx, "operator.run.done"), ui.Success, duration(ctx, r.FinishedAt.Sub(r.StartedAt))
	}
	return row
}

func newHealthRow(ctx context.Context, h Health, now time.Time) HealthRow {
	row := HealthRow{
		Operation: h.Operation, Calls: whole(ctx, h.Calls), Failures: whole(ctx, h.Failures), Median: duration(ctx, h.Median),
		Slowest: duration(ctx, h.Slowest), LastFailure: failure(h.LastFailure, h.LastCause), LastFailureAt: clock(ctx, h.LastFailureAt, now),
	}
	switch {
	case h.Calls == 0:
		row.Word, row.Tone = i18n.T(ctx, "operator.health.idle"), ui.Neutral
	case h.Failures == 0:
		row.Word, row.Tone = i18n.T(ctx, "operator.health.good"), ui.Success
	case !errkind.Upstream(errkind.New(h.LastFailure, "")): // an answer, if a refusal: the link is sound
		row.Word, row.Tone = i18n.T(ctx, "operator.health.refuses"), ui.Info
	case h.Failures*2 < h.Calls:
		row.Word, row.Tone = i18n.T(ctx, "operator.health.shaky"), ui.Warning
	default:
		row.Word, row.Tone = i18n.T(ctx, "operator.health.bad"), ui.Danger
	}
	return row
}

// failure names a kind and, where it is known, its cause.
func failure(kind errkind.Kind, cause string) string {
	if cause == "" {
		return string(kind)
	}
	return string(kind) + " " + cause
}

// duration writes milliseconds below a second and seconds with one decimal above.
func duration(ctx context.Context, d time.Duration) string {
	if d < time.Second {
		return i18n.T(ctx, "operator.milliseconds", "Count", d.Milliseconds())
	}
	tenths := decimal.New(d.Round(100*time.Millisecond).Milliseconds(), -3)
	return i18n.T(ctx, "operator.seconds", "Count", money.Quantity(tenths, i18n.Lang(ctx)))
}

// space writes bytes in megabytes, in kilobytes below one.
func space(ctx context.Context, bytes int64) string {
	unit, key := decimal.NewFromInt(1<<20), "operator.megabytes"
	if bytes < 1<<20 {
		unit, key = decimal.NewFromInt(1<<10), "operator.kilobytes"
	}
	return i18n.T(ctx, key, "Count", money.Quantity(decimal.NewFromInt(bytes).Div(unit).Round(1), i18n.Lang(ctx)))
}
