package search

import (
	"slices"
	"sort"
	"strings"
)

// field is a set of the places where an item has a word; the lowest bit weighs most.
type field uint8

const (
	inArticle field = 1 << iota
	inOEM
	inName
	inAlias
	inMaker // brand and vendor
	inBarcode
	inCompatibility
	inTail // in the middle of an article or OEM number

	inCode = inArticle | inOEM | inBarcode | inTail // what may be matched blind to punctuation
)

// lexicon holds words, sorted, and who has them: from a word to its items, and from an item to its words.
type lexicon struct {
	text  string   // the words, run together
	ends  []uint32 // where word i ends in text
	items table    // of a word
	words table    // of an item, ascending
}

// table is a list of lists of numbered things with the fields they are found in.
type table struct {
	starts []uint32 // of list i in ids and fields; one more than there are lists
	ids    []uint32
	fields []field
}

func (t *table) list(i uint32) ([]uint32, []field) {
	from, to := t.starts[i], t.starts[i+1]
	return t.ids[from:to], t.fields[from:to]
}

// scope is a range of words of a lexicon: those that share a prefix.
type scope struct{ from, to uint32 }

func (l *lexicon) word(i uint32) string {
	if i == 0 {
		return l.text[:l.ends[0]]
	}
	return l.text[l.ends[i-1]:l.ends[i]]
}

// beginning finds the words that begin with prefix.
func (l *lexicon) beginning(prefix string) scope {
	from := sort.Search(len(l.ends), func(i int) bool { return l.word(uint32(i)) >= prefix })
	count := sort.Search(len(l.ends)-from, func(i int) bool { return !strings.HasPrefix(l.word(uint32(from+i)), prefix) })
	return scope{uint32(from), uint32(from + count)}
}

// size is the number of entries that reading a scope takes.
func (l *lexicon) size(s scope) int { return int(l.items.starts[s.to] - l.items.starts[s.from]) }

// lexiconBuilder gathers words item by item, in ascending order of items.
type lexiconBuilder struct {
	number map[string]uint32 // of a word, in order of first sight
	words  []string
	last   []int // where the newest entry of a word is
	found  []entry
}

type entry struct {
	word, doc uint32
	in        field
}

func newLexiconBuilder() *lexiconBuilder { return &lexiconBuilder{number: make(map[string]uint32)} }

// add notes a word of an item.
func (b *lexiconBuilder) add(doc uint32, word string, in field) {
	if word == "" {
		return
	}
	n, known := b.number[word]
	if !known {
		word = strings.Clone(word) // not to keep the text that it was cut from
		n = uint32(len(b.words))
		b.number[word] = n
		b.words, b.last = append(b.words, word), append(b.last, -1)
	}
	if at := b.last[n]; at >= 0 && b.found[at].doc == doc {
		b.found[at].in |= in
		return
	}
	b.last[n] = len(b.found)
	b.found = append(b.found, entry{n, doc, in})
}

// build sorts the words and lays the entries out both ways. The builder is empty afterwards.
func (b *lexiconBuilder) build(docs int, step func()) *lexicon {
	sorted := slices.Clone(b.words)
	slices.SortFunc(sorted, func(x, y string) int { step(); return strings.Compare(x, y) })
	l := &lexicon{text: strings.Join(sorted, ""), ends: make([]uint32, len(sorted))}
	rank := make([]uint32, len(sorted))
	end := uint32(0)
	for i, word := range sorted {
		step()
		end += uint32(len(word))
		l.ends[i] = end
		rank[b.number[word]] = uint32(i)
	}
	l.items = b.byWord(rank)
	step()
	l.words = l.items.transposed(docs)
	*b = *newLexiconBuilder()
	return l
}

// byWord lays the entries out by the rank of their words, with a counting sort.
func (b *lexiconBuilder) byWord(rank []uint32) table {
	t := newTable(len(rank), len(b.found), func(count func(list uint32)) {
		for _, e := range b.found {
			count(rank[e.word])
		}
	})
	next := slices.Clone(t.starts)
	for _, e := range b.found {
		t.put(&next[rank[e.word]], e.doc, e.in)
	}
	return t
}

// transposed lists for every id the numbers of the lists that have it, ascending.
func (t *table) transposed(lists int) table {
	turned := newTable(lists, len(t.ids), func(count func(list uint32)) {
		for _, id := range t.ids {
			count(id)
		}
	})
	next := slices.Clone(turned.starts)
	for i := range uint32(len(t.starts) - 1) {
		ids, fields := t.list(i)
		for n, id := range ids {
			turned.put(&next[id], i, fields[n])
		}
	}
	return turned
}

// newTable makes room for lists of the lengths that are counted.
func newTable(lists, entries int, each func(count func(list uint32))) table {
	t := table{starts: make([]uint32, lists+1), ids: make([]uint32, entries), fields: make([]field, entries)}
	each(func(list uint32) { t.starts[list+1]++ })
	for i := range lists {
		t.starts[i+1] += t.starts[i]
	}
	return t
}

// put writes an entry at a place and moves the place on.
func (t *table) put(at *uint32, id uint32, in field) {
	t.ids[*at], t.fields[*at] = id, in
	*at++
}
