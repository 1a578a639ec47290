package money_test

import (
	"strings"
	"testing"
	"time"

	"github.com/shopspring/decimal"
	"pgregory.net/rapid"

	"storefront/internal/money"
)

func TestFormat(t *testing.T) {
	for _, c := range []struct {
		amount   string
		currency money.Currency
		ru, en   string
	}{
		{"0", money.USD, "0,00 $", "$0.00"},
		{"1234.56", money.USD, "1 234,56 $", "$1,234.56"},
		{"-1234567.895", money.RUB, "−1 234 567,90 ₽", "−1,234,567.90 ₽"},
		{"-3.5", money.USD, "−3,50 $", "−$3.50"},
		{"999.995", money.KZN, "1 000,00 ₸", "1,000.00 ₸"},
		{"-0.001", money.USD, "0,00 $", "$0.00"},
		{"12", "EUR", "12,00 EUR", "12.00 EUR"},
	} {
		amount := decimal.RequireFromString(c.amount)
		spaced := func(s string) string { return strings.ReplaceAll(s, "\u00a0", " ") }
		if got := spaced(money.Format(amount, c.currency, "ru")); got != c.ru {
			t.Errorf("ru %s %s: %q, want %q", c.amount, c.currency, got, c.ru)
		}
		if got := spaced(money.Format(amount, c.currency, "en")); got != c.en {
			t.Errorf("en %s %s: %q, want %q", c.amount, c.currency, got, c.en)
		}
	}
}

func TestQuantity(t *testing.T) {
	for in, want := range map[string]string{"0": "0", "1000": "1\u00a0000", "12.50": "12,5", "2.0": "2"} {
		if got := money.Quantity(decimal.RequireFromString(in), "ru"); got != want {
			t.Errorf("Quantity(%s) = %q, want %q", in, got, want)
		}
	}
}

func TestParseRefusesWhatIsNotAPlainDecimal(t *testing.T) {
	for _, in := range []string{"", " ", "1,5", "1e3", "NaN", "INF", "0x1", "--1", "+-1", "1.2.3", ".", "1234567890123", "1.12345678901", "１"} {
		if got, err := money.Parse(in); err == nil {
			t.Errorf("Parse(%q) = %s, want an error", in, got)
		}
	}
	for in, want := range map[string]string{"-1": "-1", "+2": "2", " 12.30 ": "12.3", "000000000000012": "12", ".5": "0.5", "5.": "5", "123456789012.99": "123456789012.99"} {
		if got, err := money.Parse(in); err != nil || got.String() != want {
			t.Errorf("Parse(%q) = %s, %v, want %s", in, got, err, want)
		}
	}
}

// What Parse accepts, it reads exactly.
func TestParseIsExact(t *testing.T) {
	rapid.Check(t, func(t *rapid.T) {
		d := decimal.New(rapid.Int64Range(-999_999_999_999, 999_999_999_999).Draw(t, "value"), -int32(rapid.IntRange(0, 6).Draw(t, "scale")))
		if got, err := money.Parse(d.String()); err != nil || !got.Equal(d) {
			t.Fatalf("Parse(%s) = %s, %v", d, got, err)
		}
	})
}

func TestRateConvertsToKopecks(t *testing.T) {
	rate := money.Rate{RUB: decimal.RequireFromString("92.4567"), SetAt: time.Now()}
	if got := rate.Roubles(decimal.RequireFromString("12.34")).String(); got != "1140.92" {
		t.Errorf("Roubles = %s, want 1140.92", got)
	}
	if (money.Rate{}).Known() {
		t.Error("the zero rate must not be known")
	}
}
