package catalog

import (
	"strings"
	"unicode"
	"unicode/utf8"

	"golang.org/x/text/unicode/norm"
)

// Fold rewrites text so that what looks alike becomes equal: case, ё and е, accents, full-width forms, invisible
// characters, and the letters that Cyrillic and Latin share («СЕ285А» typed in either alphabet gives "ce285a"). The result
// is for comparing only, never for showing: «картридж» becomes a mixture of alphabets.
//
// Every character is folded by itself, so the fold of a prefix is a prefix of the fold, and folding twice changes nothing.
func Fold(s string) string {
	var b strings.Builder
	b.Grow(len(s))
	for i := 0; i < len(s); {
		if c := s[i]; c < utf8.RuneSelf {
			b.WriteByte(lowerASCII(c))
			i++
			continue
		}
		r, size := utf8.DecodeRuneInString(s[i:])
		i += size
		switch { // the Russian alphabet is done here for speed; foldRune would say the same
		case r == 'й', r == 'Й':
			b.WriteRune('и')
		case 'А' <= r && r <= 'Я':
			b.WriteRune(latin(r + 'а' - 'А'))
		case 'а' <= r && r <= 'я':
			b.WriteRune(latin(r))
		default:
			foldRune(&b, r)
		}
	}
	return b.String()
}

// Compact folds text and keeps only letters and digits: articles and OEM numbers are compared blind to dashes, spaces, dots
// and slashes.
func Compact(s string) string {
	return strings.Map(func(r rune) rune {
		if unicode.IsLetter(r) || unicode.IsDigit(r) {
			return r
		}
		return -1
	}, Fold(s))
}

// latin returns the letter of the Latin alphabet that a small Cyrillic letter looks like in either case, else the letter itself.
func latin(small rune) rune {
	switch small {
	case 'а':
		return 'a'
	case 'в':
		return 'b'
	case 'е':
		return 'e'
	case 'к':
		return 'k'
	case 'м':
		return 'm'
	case 'н':
		return 'h'
	case 'о':
		return 'o'
	case 'р':
		return 'p'
	case 'с':
		return 'c'
	case 'т':
		return 't'
	case 'у':
		return 'y'
	case 'х':
		return 'x'
	case 'і':
		return 'i'
	case 'ј':
		return 'j'
	case 'ѕ':
		return 's'
	}
	return small
}

func lowerASCII(c byte) byte {
	if 'A' <= c && c <= 'Z' {
		return c + ('a' - 'A')
	}
	return c
}

// foldRune folds a character outside ASCII. Symbols stay whole: decomposing № would glue "no" to the number behind it.
func foldRune(b *strings.Builder, r rune) {
	if unicode.IsSymbol(r) {
		b.WriteRune(r)
		return
	}
	decomposed := norm.NFKD.PropertiesString(string(r)).Decomposition()
	if decomposed == nil {
		foldLetter(b, r)
		return
	}
	for _, part := range string(decomposed) {
		foldLetter(b, part)
	}
}

// foldLetter writes a decomposed character, without the marks and invisible characters that only change its look.
func foldLetter(b *strings.Builder, r rune) {
	if unicode.In(r, unicode.Mn, unicode.Cf) {
		return
	}
	b.WriteRune(latin(unicode.ToLower(r)))
}
