package views_test

import (
	"testing"
	"time"

	"storefront/internal/order"
	"storefront/views"
)

func TestPeriodsAreWholeMonthsAndYears(t *testing.T) {
	p := views.NewDocuments(russian(t), views.DocumentsSource{Query: views.DocumentQuery{From: "2026-10-01", To: "2026-10-31"}, ReadAt: now, PerPage: 50, Now: now})
	for i, want := range []string{
		"/documents?from=2026-11-01&to=2026-11-30", "/documents?from=2026-10-01&to=2026-10-31", "/documents?from=2026-01-01&to=2026-12-31", "/documents",
	} {
		if p.Periods[i].URL != want || p.Periods[i].Selected != (i == 1) {
			t.Errorf("%s: %s, selected %v", p.Periods[i].Label, p.Periods[i].URL, p.Periods[i].Selected)
		}
	}
}

func TestDocumentsStandInTheOrderTheyAreIssuedIn(t *testing.T) {
	p := views.NewDocuments(russian(t), views.DocumentsSource{Orders: []order.Order{shippedOrder()}, Total: 1, ReadAt: now, PerPage: 50, Now: now})
	var got []string
	for _, d := range p.Orders[0].Documents {
		got = append(got, d.Kind+" "+d.Number+" "+d.Date.Text)
	}
	want := []string{"Счёт на оплату СЧ-2026/1187 22.11.2026", "ТОРГ-12 Т-88120 05.11.2026", "УПД 1  ", "УПД 2  "}
	for i := range want {
		if i >= len(got) || got[i] != want[i] {
			t.Fatalf("documents %q, want %q", got, want)
		}
	}
}

func TestADocumentWithoutADateShowsNone(t *testing.T) {
	o := reservedOrder()
	o.PaymentInvoice.Date = time.Time{}
	p := views.NewDocuments(russian(t), views.DocumentsSource{Orders: []order.Order{o}, Total: 1, ReadAt: now, PerPage: 50, Now: now})
	if d := p.Orders[0].Documents[0]; d.Date.Known() {
		t.Errorf("date %+v", d.Date)
	}
}

// An invoice can be downloaded where the service gives invoices and this order has one.
func TestTheInvoiceIsDownloadedWhereThereIsOne(t *testing.T) {
	shipped := order.Order{ID: "4711", Invoice: order.Document{Number: "Т-1"}}
	for name, c := range map[string]struct {
		order     order.Order
		published bool
		want      string
	}{
		"an invoice":      {shipped, true, "/orders/4711/invoice.xml"},
		"not published":   {shipped, false, ""},
		"not yet shipped": {order.Order{ID: "4711"}, true, ""},
	} {
		t.Run(name, func(t *testing.T) {
			got := ""
			for _, d := range views.NewOrder(russian(t), views.OrderSource{Order: c.order, InvoiceXML: c.published}).Documents {
				if d.File {
					got = d.URL
				}
			}
			if got != c.want {
				t.Errorf("offered %q, want %q", got, c.want)
			}
		})
	}
}

// A УПД is told from a УКД where the link's path does, and nowhere else.
func TestTransferDocumentsAreNamedWhereTheirLinksTell(t *testing.T) {
	for link, want := range map[string]string{
		"https://d.example/documents/upd-00417501-1.pdf":    "УПД",
		"https://d.example/documents/ukd-00417501-1.pdf":    "УКД",
		"https://d.example/%D0%A3%D0%9F%D0%94_17.pdf":       "УПД",
		"https://d.example/УКД/17":                          "УКД",
		"https://upd.example/17.pdf":                        "УПД / УКД",
		"https://d.example/updates/17.pdf":                  "УПД / УКД",
		"https://d.example/upd/ukd-17.pdf":                  "УПД / УКД",
		"https://d.example/get?id=550e8400&kind=upd":        "УПД / УКД",
		"https://diadoc.example/Document/Show?letterId=upd": "УПД / УКД",
	} {
		o := order.Order{ID: "1", Transfer: []string{link}}
		p := views.NewDocuments(russian(t), views.DocumentsSource{Orders: []order.Order{o}, Total: 1, ReadAt: now, PerPage: 50, Now: now})
		if got := p.Orders[0].Documents[0].Kind; got != want {
			t.Errorf("%s is called %s, want %s", link, got, want)
		}
	}
}

func TestPeriodsKeepWhatElseWasAsked(t *testing.T) {
	q := views.DocumentQuery{Kind: order.InvoiceDocument, Number: "Т-88"}
	p := views.NewDocuments(russian(t), views.DocumentsSource{Query: q, ReadAt: now, PerPage: 50, Now: now})
	if got := p.Periods[3].URL; got != "/documents?kind=torg12&q=%D0%A2-88" || !p.Periods[3].Selected {
		t.Errorf("the whole time is at %s", got)
	}
}
