package search

import (
	"strings"
	"unicode"
	"unicode/utf8"
)

// maxWord bounds a word in bytes. Items and queries are cut alike, so a longer word still finds itself.
const maxWord = 64

// words cuts folded text into runs of letters and digits. A decimal number stays whole and gets a point: «1,5k» is the word
// "1.5k", not a one and a five.
func words(folded string) []string {
	var found []string
	for i := 0; i < len(folded); {
		if end := wordEnd(folded, i); end > i {
			found = append(found, clip(strings.Replace(folded[i:end], ",", ".", 1)))
			i = end
			continue
		}
		_, size := utf8.DecodeRuneInString(folded[i:])
		i += size
	}
	return found
}

// wordEnd returns where the word that starts at i ends, i when none starts there.
func wordEnd(s string, i int) int {
	if end := decimalEnd(s, i); end > i {
		i = end
	}
	for i < len(s) {
		r, size := utf8.DecodeRuneInString(s[i:])
		if !isWordRune(r) {
			break
		}
		i += size
	}
	return i
}

// decimalEnd recognises up to three digits, a point or comma, and one or two digits. Longer runs are lists of models
// («1010,1012») or articles.
func decimalEnd(s string, i int) int {
	whole := digitsEnd(s, i)
	if whole == i || whole-i > 3 || whole == len(s) || s[whole] != '.' && s[whole] != ',' {
		return i
	}
	end := digitsEnd(s, whole+1)
	if fraction := end - whole - 1; fraction < 1 || fraction > 2 {
		return i
	}
	return end
}

func digitsEnd(s string, i int) int {
	for i < len(s) && '0' <= s[i] && s[i] <= '9' {
		i++
	}
	return i
}

// joined returns the words of folded text that dashes inside them have cut («hi-black»), put together ("hiblack").
// A slash separates models and a point may be a decimal one: they join nothing.
func joined(folded string) []string {
	if !strings.ContainsAny(folded, "-_") {
		return nil
	}
	var found []string
	for _, run := range strings.FieldsFunc(folded, func(r rune) bool { return !isWordRune(r) && !strings.ContainsRune("-_", r) }) {
		run = strings.Trim(run, "-_")
		if whole := compact(run); len(whole) < len(run) {
			found = append(found, clip(whole))
		}
	}
	return found
}

// compact drops everything but letters and digits from folded text; see catalog.Compact.
func compact(folded string) string {
	return strings.Map(func(r rune) rune {
		if isWordRune(r) {
			return r
		}
		return -1
	}, folded)
}

// clip cuts a word to maxWord bytes, between characters.
func clip(word string) string {
	if len(word) <= maxWord {
		return word
	}
	end := maxWord
	for !utf8.RuneStart(word[end]) {
		end--
	}
	return word[:end]
}

func isWordRune(r rune) bool {
	if r < utf8.RuneSelf {
		return 'a' <= r && r <= 'z' || '0' <= r && r <= '9' || 'A' <= r && r <= 'Z'
	}
	return unicode.IsLetter(r) || unicode.IsDigit(r)
}
