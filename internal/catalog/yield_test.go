package catalog_test

import (
	"fmt"
	"testing"

	"pgregory.net/rapid"

	"storefront/internal/catalog"
)

func TestParseYield(t *testing.T) {
	for _, c := range []struct {
		text        string
		pages       int
		millilitres string
	}{
		{"6K", 6000, "0"},
		{"6К", 6000, "0"},
		{"6к", 6000, "0"},
		{"1,52К", 1520, "0"},
		{"1.5K", 1500, "0"},
		{" 2 K ", 2000, "0"},
		{"0,02K", 20, "0"},
		{"10K стр.", 10000, "0"},
		{"300000", 300000, "0"},
		{"12 000", 12000, "0"},
		{"5000 стр.", 5000, "0"},
		{"5000 страниц", 5000, "0"},
		{"100мл", 0, "100"},
		{"100 МЛ.", 0, "100"},
		{"12,5 ml", 0, "12.5"},
		{"1л", 0, "1000"},
	} {
		got, ok := catalog.ParseYield(c.text)
		if !ok || got.Pages != c.pages || got.Millilitres.String() != c.millilitres {
			t.Errorf("ParseYield(%q) = %d pages, %s ml, %t; want %d, %s", c.text, got.Pages, got.Millilitres, ok, c.pages, c.millilitres)
		}
	}
}

func TestParseYieldRefusesWhatMayMeanSomethingElse(t *testing.T) {
	for _, text := range []string{
		"", " ", "K", "мл", "0", "0K", "-6K", "+6K", "1,2,3K", "1..5K", ".5K", "5.K", "1.000", "1,5", "6K/3K", "6-8K", "около 6K", "100г",
		"1,5234567K", "99999999999", "100000001", "12345678901234567", "1e3", "6M", "NaN", "６Ж",
	} {
		if got, ok := catalog.ParseYield(text); ok {
			t.Errorf("ParseYield(%q) = %+v, want it refused", text, got)
		}
	}
}

// Thousands are read exactly, in every spelling.
func TestParseYieldIsExact(t *testing.T) {
	rapid.Check(t, func(t *rapid.T) {
		want := rapid.IntRange(1, 9_999_999).Draw(t, "pages")
		mark := rapid.SampledFrom([]string{".", ","}).Draw(t, "mark")
		k := rapid.SampledFrom([]string{"K", "К", "k", "к"}).Draw(t, "K")
		for _, text := range []string{fmt.Sprint(want), fmt.Sprintf("%d%s%03d%s", want/1000, mark, want%1000, k)} {
			if got, ok := catalog.ParseYield(text); !ok || got.Pages != want {
				t.Fatalf("ParseYield(%q) = %+v, %t; want %d pages", text, got, ok, want)
			}
		}
	})
}
