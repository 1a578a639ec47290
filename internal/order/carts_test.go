package order_test

import (
	"errors"
	"strconv"
	"testing"

	"github.com/shopspring/decimal"
	"pgregory.net/rapid"

	"storefront/internal/catalog"
	"storefront/internal/errkind"
	"storefront/internal/order"
)

func itemID(s string) catalog.ItemID { return catalog.ItemID(s) }

func TestParseQuantity(t *testing.T) {
	for in, want := range map[string]string{
		"1": "1", " 12 ": "12", "0": "0", "007": "7", "1 000": "1000", "1\u00a0000": "1000", "100000": "100000",
		"": "", "-1": "", "+1": "", "1.5": "", "1,5": "", "1e3": "", "100001": "", "０": "", "abc": "", "9999999999999": "",
	} {
		got, err := order.ParseQuantity(in)
		switch {
		case want == "" && !errors.Is(err, order.ErrQuantity):
			t.Errorf("ParseQuantity(%q) = %s, %v, want an error", in, got, err)
		case want != "" && (err != nil || got.String() != want):
			t.Errorf("ParseQuantity(%q) = %s, %v, want %s", in, got, err, want)
		}
	}
}

func TestParseQuantityTakesWhatCanBeOrdered(t *testing.T) {
	rapid.Check(t, func(t *rapid.T) {
		n := rapid.IntRange(0, order.MaxQuantity).Draw(t, "n")
		got, err := order.ParseQuantity(strconv.Itoa(n))
		if err != nil || !got.Equal(decimal.NewFromInt(int64(n))) {
			t.Fatalf("%d: %s, %v", n, got, err)
		}
	})
}

func FuzzParseQuantity(f *testing.F) {
	for _, seed := range []string{"1", "100000", "1 000", "-1", "1e9", "\xff"} {
		f.Add(seed)
	}
	f.Fuzz(func(t *testing.T, in string) {
		got, err := order.ParseQuantity(in)
		if err == nil && (!got.IsInteger() || got.IsNegative() || got.GreaterThan(decimal.NewFromInt(order.MaxQuantity))) {
			t.Errorf("ParseQuantity(%q) = %s", in, got)
		}
	})
}

func TestCartsTakeWholeQuantitiesWithinBounds(t *testing.T) {
	carts := order.Carts{Store: newMemory()}
	for _, q := range []string{"0", "-1", "1.5", "100001"} {
		if _, err := carts.Add(t.Context(), "dealer", "A/1", decimal.RequireFromString(q)); !errors.Is(err, order.ErrQuantity) {
			t.Errorf("Add(%s): %v", q, err)
		}
	}
	for _, q := range []string{"-1", "1.5", "100001"} {
		if _, err := carts.Set(t.Context(), "dealer", "A/1", decimal.RequireFromString(q)); !errors.Is(err, order.ErrQuantity) {
			t.Errorf("Set(%s): %v", q, err)
		}
	}
	cart, err := carts.Add(t.Context(), "dealer", "A/1", quantity(2))
	if err != nil || len(cart.Lines) != 1 {
		t.Fatalf("Add: %+v, %v", cart, err)
	}
	if cart, err = carts.Set(t.Context(), "dealer", "A/1", quantity(0)); err != nil || len(cart.Lines) != 0 {
		t.Errorf("Set to zero: %+v, %v", cart, err)
	}
	if _, err := carts.SetNote(t.Context(), "dealer", "a\x01"); !errkind.Is(err, errkind.Invalid) {
		t.Errorf("SetNote: %v", err)
	}
	if cart, err = carts.SetNote(t.Context(), "dealer", " до\r\nобеда "); err != nil || cart.Note != "до\nобеда" {
		t.Errorf("SetNote: %q, %v", cart.Note, err)
	}
}
