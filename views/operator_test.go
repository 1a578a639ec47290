package views_test

import (
	"strings"
	"testing"
	"time"

	"storefront/internal/errkind"
	"storefront/views"
)

func TestHealthIsAWord(t *testing.T) {
	for _, c := range []struct {
		calls, failures int
		last            errkind.Kind
		want            string
	}{
		{0, 0, "", "не вызывалась"},
		{10, 0, "", "работает"},
		{10, 4, errkind.Timeout, "с перебоями"},
		{10, 5, errkind.Timeout, "не отвечает"},
		{1, 1, errkind.Unreachable, "не отвечает"},
		{1, 1, errkind.NonAuthorized, "отвечает отказом"},
	} {
		health := views.Health{Operation: "GetOrders", Calls: c.calls, Failures: c.failures, LastFailure: c.last}
		p := views.NewOperator(russian(t), views.OperatorSource{Now: now, Health: []views.Health{health}})
		if got := p.Health[0].Word; got != c.want {
			t.Errorf("%d failures of %d calls, last %s: %q, want %q", c.failures, c.calls, c.last, got, c.want)
		}
	}
}

func TestSpaceReadsEasily(t *testing.T) {
	p := views.NewOperator(russian(t), views.OperatorSource{Now: now, Sizes: []views.StoreSize{{Bytes: 48 << 20}, {Bytes: 1536}, {}}})
	for i, want := range []string{"48\u00a0МБ", "1,5\u00a0КБ", ""} {
		if got := p.Sizes[i].Bytes; got != want {
			t.Errorf("%q, want %q", got, want)
		}
	}
}

func TestWhatEndangersIsSaidOnlyWhereItIs(t *testing.T) {
	ctx := russian(t)
	for _, plain := range []bool{true, false} {
		page := document(t, ctx, views.OperatorPage(views.Frame{}, views.NewOperator(ctx, views.OperatorSource{Now: now, Plaintext: plain})))
		if got := page.Find(".banner-warning").Length() == 1; got != plain {
			t.Errorf("plaintext %v: warned %v", plain, got)
		}
		if page.Find(".banner-info").Length() != 0 {
			t.Error("an emulator is mentioned where there is none")
		}
		if page.Find("[data-testid=proxy]").Length() != 0 {
			t.Error("a proxy is mentioned where there is none")
		}
	}
	watched := views.OperatorSource{Now: now, Dump: "/srv/dump", Proxy: "http://[redacted]@proxy.example:3128"}
	page := document(t, ctx, views.OperatorPage(views.Frame{}, views.NewOperator(ctx, watched)))
	if got := text(page.Find(".banner-warning")); !strings.Contains(got, "/srv/dump") || !strings.Contains(got, "записывается на диск") {
		t.Errorf("of a dump it is said: %q", got)
	}
	if got := text(page.Find("[data-testid=proxy]")); got != watched.Proxy {
		t.Errorf("of a proxy it is said: %q", got)
	}
}

// What failed last is named with its cause, where one is known.
func TestFailuresAreNamedWithTheirCauses(t *testing.T) {
	for cause, want := range map[string]string{"": "UNREACHABLE", "tls": "UNREACHABLE tls"} {
		p := views.NewOperator(russian(t), views.OperatorSource{Now: now, Health: []views.Health{{Calls: 1, Failures: 1, LastFailure: errkind.Unreachable, LastCause: cause}}})
		if got := p.Health[0].LastFailure; got != want {
			t.Errorf("%q, want %q", got, want)
		}
	}
}

func TestAnAnswerOverItsLimitIsToldInWords(t *testing.T) {
	run := views.Run{Name: "compatibility", StartedAt: ago(time.Hour), FinishedAt: ago(time.Minute), Failed: errkind.NotSOAP, Detail: errkind.Oversized}
	p := views.NewOperator(russian(t), views.OperatorSource{Now: now, Runs: []views.Run{run}})
	if got := p.Runs[0].Detail; !strings.Contains(got, "больше, чем принимается") || !strings.Contains(got, "через сутки") {
		t.Errorf("it is said: %q", got)
	}
}

func TestDurationsReadEasily(t *testing.T) {
	p := views.NewOperator(russian(t), operatorSource())
	for i, want := range []string{"480\u00a0мс", "210\u00a0мс", "90\u00a0мс", "0\u00a0мс"} {
		if p.Health[i].Median != want {
			t.Errorf("median %q, want %q", p.Health[i].Median, want)
		}
	}
	if p.Health[0].Slowest != "2,3\u00a0с" || p.Health[1].Slowest != "30\u00a0с" {
		t.Errorf("slowest %q, %q", p.Health[0].Slowest, p.Health[1].Slowest)
	}
}

func TestTheContractIsToldFromItsSubstitute(t *testing.T) {
	for name, c := range map[string]struct {
		state       views.ContractState
		value, hint string
	}{
		"read":             {views.ContractState{ReadAt: now}, "14:32", "прочитан из WSDL сервиса"},
		"a table":          {views.ContractState{}, "из документации", "сервис своего WSDL не отдал"},
		"a lost operation": {views.ContractState{ReadAt: now, Missing: []string{"SetOrderNote", "GetUsdRubRate"}}, "нет 2 операций", "SetOrderNote, GetUsdRubRate"},
	} {
		t.Run(name, func(t *testing.T) {
			figures := views.NewOperator(russian(t), views.OperatorSource{Now: now, Contract: c.state}).Figures
			got := figures[len(figures)-1]
			if got.Value != c.value || got.Hint != c.hint {
				t.Errorf("%q, %q; want %q, %q", got.Value, got.Hint, c.value, c.hint)
			}
		})
	}
}
