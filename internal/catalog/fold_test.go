package catalog_test

import (
	"strings"
	"testing"
	"unicode/utf8"

	"storefront/internal/catalog"
)

func TestFoldMakesEqualWhatLooksAlike(t *testing.T) {
	for _, alike := range [][]string{
		{"CE285A", "ce285a", "СЕ285А", "се285а", "Ce285а", "ＣＥ２８５Ａ"},
		{"CB435A", "СB435A", "cв435а"},
		{"CE250X", "CE250Х"},
		{"Phaser", "Рhaser", "PHASER"},
		{"BK", "BК", "вк"},
		{"(O)", "(О)"},
		{"картридж", "Картридж", "КАРТРИДЖ"},
		{"чёрный", "ЧЕРНЫЙ", "черный", "че\u0308рный"},
		{"красный", "КРАСНЫЙ", "красныи\u0306", "красныи"},
		{"6K", "6К", "6к"},
		{"Hi-Black", "Нi-Вlаck", "Hi\u200b-\u00adBlack"},
		{"1 000", "1\u00a0000"},
		{"café", "cafe"},
	} {
		for _, spelling := range alike[1:] {
			if got, want := catalog.Fold(spelling), catalog.Fold(alike[0]); got != want {
				t.Errorf("Fold(%q) = %q, want %q as for %q", spelling, got, want, alike[0])
			}
		}
	}
}

func TestFoldKeepsApartWhatDiffers(t *testing.T) {
	for _, pair := range [][2]string{
		{"CE285A", "CE285X"}, {"чип", "чин"}, {"тонер", "тоник"}, {"0", "O"}, {"1", "l"}, {"№5", "no5"}, {"3", "З"}, {"Hi-Black", "HiBlack"},
	} {
		if catalog.Fold(pair[0]) == catalog.Fold(pair[1]) {
			t.Errorf("%q and %q fold to the same %q", pair[0], pair[1], catalog.Fold(pair[0]))
		}
	}
}

func TestCompactIsBlindToPunctuation(t *testing.T) {
	for _, c := range [][2]string{
		{"0609-001174", "0609001174"},
		{"023-28422-401", "023 28422.401"},
		{"A/1", "а1"},
		{"CF 283 A", "cf283a"},
		{"HL-5200DW", "НL5200dw"},
		{"", " -./_ "},
	} {
		if got, want := catalog.Compact(c[0]), catalog.Compact(c[1]); got != want {
			t.Errorf("Compact(%q) = %q, Compact(%q) = %q, want them equal", c[0], got, c[1], want)
		}
	}
}

// Folding is done character by character, so this covers every text there is.
func TestFoldOfEveryCharacterIsStable(t *testing.T) {
	for r := rune(0); r <= utf8.MaxRune; r++ {
		once := catalog.Fold(string(r))
		if twice := catalog.Fold(once); twice != once {
			t.Errorf("U+%04X: Fold = %q, folded again %q", r, once, twice)
		}
	}
}

func FuzzFold(f *testing.F) {
	for _, seed := range []string{"", "Картридж HP LJ Pro M125 (Hi-Black) CF283A, 1,5К", "е\u0308", "\xff\xfe", "ﬁ™№½"} {
		f.Add(seed, "СЕ285А")
	}
	f.Fuzz(func(t *testing.T, a, b string) {
		folded := catalog.Fold(a)
		if again := catalog.Fold(folded); again != folded {
			t.Errorf("Fold(%q) = %q, folded again %q", a, folded, again)
		}
		if !utf8.ValidString(folded) {
			t.Errorf("Fold(%q) is not valid UTF-8", a)
		}
		if utf8.ValidString(a) && utf8.ValidString(b) && !strings.HasPrefix(catalog.Fold(a+b), folded) {
			t.Errorf("the fold of %q is no prefix of the fold of %q", a, a+b)
		}
		if compact := catalog.Compact(a); catalog.Compact(folded) != compact || catalog.Compact(compact) != compact {
			t.Errorf("Compact(%q) = %q is not stable", a, compact)
		}
	})
}
