package buyer_test

import (
	"errors"
	"testing"

	"github.com/google/go-cmp/cmp"
	"github.com/shopspring/decimal"

	"storefront/internal/buyer"
	"storefront/internal/catalog"
)

func TestWantedPrices(t *testing.T) {
	for typed, want := range map[string]string{"10": "10", " 1 234,5 ": "1234.5", "0.01": "0.01", "1\u00a0000": "1000"} {
		if got, err := buyer.ParseWantedPrice(typed); err != nil || got.String() != want {
			t.Errorf("%q: %v, %v", typed, got, err)
		}
	}
	for _, typed := range []string{"0", "-1", "1.234", "1,2,3", "ten", "1e3", "9999999999999"} {
		if got, err := buyer.ParseWantedPrice(typed); !errors.Is(err, buyer.ErrWatchPrice) {
			t.Errorf("%q: %v, %v", typed, got, err)
		}
	}
	if got, err := buyer.ParseWantedPrice("  "); got != nil || err != nil {
		t.Errorf("nothing: %v, %v", got, err)
	}
}

func TestWhenAMarkHolds(t *testing.T) {
	dec := func(s string) *decimal.Decimal { d := decimal.RequireFromString(s); return &d }
	one := decimal.NewFromInt(1)
	all := buyer.Mark{Price: dec("10"), Branch: true, Main: true}
	tests := map[string]struct {
		mark  buyer.Mark
		offer catalog.Offer
		want  []buyer.Wanted
	}{
		"nothing wanted":     {buyer.Mark{}, catalog.Offer{Price: dec("1"), Available: one, MainOffice: one}, nil},
		"everything":         {all, catalog.Offer{Price: dec("10.00"), Available: one, MainOffice: one}, []buyer.Wanted{buyer.WantedPrice, buyer.WantedBranch, buyer.WantedMain}},
		"a cent too much":    {all, catalog.Offer{Price: dec("10.01")}, nil},
		"on request":         {all, catalog.Offer{Price: dec("-1")}, nil},
		"no price":           {all, catalog.Offer{}, nil},
		"only on its way":    {all, catalog.Offer{Transit: one}, nil},
		"there, but dearer":  {all, catalog.Offer{Price: dec("11"), Available: one}, []buyer.Wanted{buyer.WantedBranch}},
		"cheap, but nowhere": {all, catalog.Offer{Price: dec("9")}, []buyer.Wanted{buyer.WantedPrice}},
	}
	for name, test := range tests {
		t.Run(name, func(t *testing.T) {
			if diff := cmp.Diff(test.want, test.mark.Holds(test.offer)); diff != "" {
				t.Error(diff)
			}
		})
	}
}
