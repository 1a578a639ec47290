package views_test

import (
	"testing"

	"storefront/views"
)

func TestHealthIsAWord(t *testing.T) {
	for _, c := range []struct {
		calls, failures int
		want            string
	}{{0, 0, "не вызывалась"}, {10, 0, "работает"}, {10, 4, "с перебоями"}, {10, 5, "не отвечает"}, {1, 1, "не отвечает"}} {
		p := views.NewOperator(russian(t), views.OperatorSource{Now: now, Health: []views.Health{{Operation: "GetOrders", Calls: c.calls, Failures: c.failures}}})
		if got := p.Health[0].Word; got != c.want {
			t.Errorf("%d failures of %d calls: %q, want %q", c.failures, c.calls, got, c.want)
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
