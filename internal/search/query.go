package search

import (
	"math/bits"
	"slices"
	"strings"
	"unicode"

	"storefront/internal/catalog"
)

// Bounds of a query text. What is beyond them is ignored: a pasted page costs no more than a long question.
const (
	maxText  = 256 // bytes
	maxTerms = 12  // words
)

// question is a query text on its way to being understood. The steps fill it in, each from what those before it found.
type question struct {
	text  string
	typed []typedWord
	terms []string // what must be found, all of them
	codes []code   // other readings: articles and OEM numbers typed with punctuation in them
}

// typedWord is a word between spaces with the terms it was cut into: terms[from:to].
type typedWord struct {
	text     string
	from, to int
}

// code reads neighbouring words as one number. An item that has it needs none of terms[from:to].
type code struct {
	text     string
	from, to int
}

// understand runs the chain of steps. A further reading of a query (another keyboard layout, a misprint, another form of the
// word) is one more step.
func understand(text string) question {
	q := question{text: text}
	for _, step := range []func(*question){takeWords, cutTerms, readCodes} {
		step(&q)
	}
	return q
}

// shorten returns what is read of a text.
func shorten(text string) string {
	text = strings.TrimSpace(text)
	if len(text) <= maxText {
		return text
	}
	return strings.ToValidUTF8(text[:maxText], "\uFFFD") // not "": a text that can't be read must not ask for everything
}

// takeWords cuts the text at spaces.
func takeWords(q *question) {
	for _, word := range strings.Fields(q.text) {
		q.typed = append(q.typed, typedWord{text: word})
	}
}

// cutTerms folds every word and cuts it as the words of items are cut. Words without a letter or digit are dropped.
func cutTerms(q *question) {
	kept := q.typed[:0]
	for _, word := range q.typed {
		word.from = len(q.terms)
		q.terms = append(q.terms, words(catalog.Fold(word.text))...)
		q.terms = q.terms[:min(len(q.terms), maxTerms)]
		if word.to = len(q.terms); word.to > word.from {
			kept = append(kept, word)
		}
	}
	q.typed = kept
}

// maxCodeWords is how many words one number may be typed as: «023 28422 401».
const maxCodeWords = 4

// readCodes puts neighbouring words together. Words of a single term alone are no other reading.
func readCodes(q *question) {
	for i, first := range q.typed {
		joined := ""
		for _, word := range q.typed[i:min(i+maxCodeWords, len(q.typed))] {
			joined += catalog.Compact(word.text)
			if word.to-first.from > 1 {
				q.codes = append(q.codes, code{clip(joined), first.from, word.to})
			}
		}
	}
}

// needed tells which terms an item has to have. A term that begins another one adds nothing.
func (q *question) needed() termSet {
	var set termSet
	for i, term := range q.terms {
		longer := func(other string) bool { return len(other) > len(term) && strings.HasPrefix(other, term) }
		if !slices.ContainsFunc(q.terms, longer) && !slices.Contains(q.terms[:i], term) {
			set |= 1 << i
		}
	}
	return set
}

// termSet is a set of the terms of a question.
type termSet uint16

// between is the set of terms[from:to].
func between(from, to int) termSet { return 1<<to - 1<<from }

func (s termSet) has(term int) bool { return s&(1<<term) != 0 }

func (s termSet) len() int { return bits.OnesCount16(uint16(s)) }

// each calls visit for every term of the set.
func (s termSet) each(visit func(term int)) {
	for rest := s; rest != 0; rest &= rest - 1 {
		visit(bits.TrailingZeros16(uint16(rest)))
	}
}

// spelled returns the text with every number written as it was understood: in Latin capitals where Cyrillic look-alikes were
// typed, and where a reading as one number found what the words did not, as that number. It is empty when nothing changed.
func (q *question) spelled(as *code) string {
	var said []string
	changed := false
	for _, word := range q.typed {
		text := latinised(word.text)
		switch {
		case as == nil || word.from < as.from || as.to <= word.from:
		case word.from == as.from:
			text = strings.ToUpper(as.text)
		default:
			text, changed = "", true
		}
		if text != "" {
			said = append(said, text)
		}
		changed = changed || text != word.text
	}
	if !changed {
		return ""
	}
	return strings.Join(said, " ")
}

// latinised rewrites a word that mixes Cyrillic with Latin letters or digits, if every one of its letters has a place in the
// Latin alphabet. Words of Russian stay: «тонер» has only look-alikes, but it is no number.
func latinised(word string) string {
	folded := catalog.Fold(word)
	if !strings.ContainsFunc(word, isCyrillic) || strings.ContainsFunc(folded, isCyrillic) {
		return word
	}
	if strings.ContainsFunc(folded, unicode.IsDigit) {
		return strings.ToUpper(folded)
	}
	if !strings.ContainsFunc(word, func(r rune) bool { return r < unicode.MaxASCII && unicode.IsLetter(r) }) {
		return word
	}
	return strings.Map(toLatin, word)
}

func isCyrillic(r rune) bool { return unicode.Is(unicode.Cyrillic, r) }

// toLatin replaces a Cyrillic letter by its look-alike and keeps its case.
func toLatin(r rune) rune {
	if !isCyrillic(r) {
		return r
	}
	folded := []rune(catalog.Fold(string(r)))
	if len(folded) != 1 {
		return r
	}
	if unicode.IsUpper(r) {
		return unicode.ToUpper(folded[0])
	}
	return folded[0]
}
