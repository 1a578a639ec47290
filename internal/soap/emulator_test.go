package soap_test

import (
	"context"
	"testing"

	"storefront/internal/secret"
	"storefront/internal/soap"
	"storefront/internal/vtt/emulator/emulatortest"
	"storefront/internal/vtt/portal"
)

// What the service writes is read to the end of its result by the scanner, or reading it would be some ten times slower.
func TestTheEmulatorsAnswersAreScanned(t *testing.T) {
	server := emulatortest.Start(t)
	account := server.Accounts()[0]
	who := portal.Login{Name: account.Login, Password: secret.New(account.Password)}
	transport := soap.NewTransport(soap.TransportOptions{URL: server.URL})
	defer transport.Close()
	results := 0
	watched := soap.RoundTripFunc(func(ctx context.Context, call *soap.Call) error {
		again := *call
		again.Limit = 64 << 20
		again.Read = func(d *soap.Decoder, result soap.Element) error {
			results++
			err := call.Read(d, result)
			if soap.HandedOver(d) {
				t.Errorf("encoding/xml took over in the answer to %s", call.Operation)
			}
			return err
		}
		return transport.RoundTrip(ctx, &again)
	})
	client := portal.NewClient(watched, portal.DefaultContract())
	items := 0
	for name, ask := range map[string]func() error{
		"items": func() error {
			return client.GetItems(t.Context(), who, func(*portal.ItemDto) error { items++; return nil })
		},
		"runtime":    func() error { return client.GetRuntimeItems(t.Context(), who, ignore[portal.ItemRuntimeDto]) },
		"categories": func() error { return client.GetCategories(t.Context(), who, ignore[portal.CategoryDto]) },
		"orders":     func() error { return client.GetOrders(t.Context(), who, ignore[portal.OrderDto]) },
		"a portion":  func() error { _, err := client.GetItemPortion(t.Context(), who, 0, 100); return err },
		"the rate":   func() error { _, err := client.GetUsdRubRate(t.Context(), who); return err },
	} {
		if err := ask(); err != nil {
			t.Errorf("%s: %v", name, err)
		}
	}
	if items != emulatortest.Items || results != 6 {
		t.Errorf("%d items in one of %d results", items, results)
	}
}

func ignore[T any](*T) error { return nil }
