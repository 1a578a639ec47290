package search

import (
	"cmp"
	"slices"
	"sort"
	"strings"
	"sync"

	"storefront/internal/catalog"
)

// Corpus is what an Index is built from. Of items given twice the last one counts.
type Corpus struct {
	Items      []catalog.Item
	Categories []catalog.Category
	Fits       []catalog.Fit
}

// Index is what all buyers' searches share. It is safe for concurrent use.
type Index struct {
	ids               []catalog.ItemID // ascending
	byName, byArticle ordering

	words *lexicon // of the items' texts
	tails *lexicon // the ends of articles and OEM numbers
	fits  *lexicon // compatibility rows: looked into for those who have the right to see them

	brand, vendor, color column
	labels               []marks
	categories           *shelves

	scratches sync.Pool // of *scratch
	sign      *sign     // tells this index from others
}

// sign stands for an index in what may outlive it.
type sign struct{ _ byte }

// placement is where the offers of a body stand in an index.
type placement struct {
	in   *sign
	docs []uint32 // by offer; noDoc for an item that the index does not have
}

// noDoc is the number of no item.
const noDoc = 1<<32 - 1

// docsOf returns the items of a body's offers. They are found once for all lists that share the body.
func (x *Index) docsOf(b *body) []uint32 {
	if p := b.placed.Load(); p != nil && p.in == x.sign {
		return p.docs
	}
	docs := make([]uint32, b.len())
	for i := range docs {
		docs[i] = noDoc
		if doc, known := x.doc(b.id(i)); known {
			docs[i] = doc
		}
	}
	b.placed.Store(&placement{in: x.sign, docs: docs})
	return docs
}

// Build makes an Index: a few seconds' work for 100,000 items, about 450 bytes of memory each.
func Build(c Corpus) *Index { return BuildInSteps(c, func() {}) }

// BuildInSteps is Build for who has others to let pass: it calls step often, between small pieces of work.
func BuildInSteps(c Corpus, step func()) *Index {
	step = oneOf(64, step)
	items := sorted(c.Items, step)
	x := &Index{ids: make([]catalog.ItemID, len(items)), sign: new(sign)}
	for doc, item := range items {
		x.ids[doc] = item.ID
	}
	x.scratches.New = func() any { return &scratch{best: make([]uint16, len(items))} }
	x.byName = byName(items, step)
	x.byArticle = newOrdering(len(items), func(_, _ uint32) int { return 0 }) // the numbers of items are in this order
	step()
	x.words = readItems(items, step)
	x.tails = readTails(x.words, len(items), step)
	x.fits = x.readFits(c.Fits, step)
	x.brand = newColumn(items, func(item *catalog.Item) string { return item.Brand })
	x.vendor = newColumn(items, func(item *catalog.Item) string { return item.Vendor })
	x.color = newColumn(items, func(item *catalog.Item) string { return item.ColorName })
	x.labels = make([]marks, len(items))
	for doc, item := range items {
		step()
		x.labels[doc] = labelMarks(catalog.Labels(*item))
	}
	x.categories = newShelves(catalog.NewTree(c.Categories), items)
	return x
}

// oneOf calls f at every n-th call: a comparison is too little work to ask for more.
func oneOf(n int, f func()) func() {
	calls := 0
	return func() {
		if calls++; calls%n == 0 {
			f()
		}
	}
}

// Len is the number of items.
func (x *Index) Len() int { return len(x.ids) }

// Categories is the tree of categories that the index was built with.
func (x *Index) Categories() *catalog.Tree { return x.categories.tree }

// doc finds the number of an item.
func (x *Index) doc(id catalog.ItemID) (uint32, bool) {
	at, found := slices.BinarySearch(x.ids, id)
	return uint32(at), found
}

// sorted puts items in the order of their articles, each once.
func sorted(items []catalog.Item, step func()) []*catalog.Item {
	ordered := make([]*catalog.Item, len(items))
	for i := range items {
		ordered[i] = &items[i]
	}
	slices.SortStableFunc(ordered, func(a, b *catalog.Item) int {
		step()
		return cmp.Compare(a.ID, b.ID)
	})
	var once []*catalog.Item
	for i, item := range ordered {
		if i+1 == len(ordered) || ordered[i+1].ID != item.ID {
			once = append(once, item)
		}
	}
	return once
}

// byName orders items as a Russian price list does: case aside, ё as е, figures and Latin before Cyrillic.
func byName(items []*catalog.Item, step func()) ordering {
	yo := strings.NewReplacer("ё", "е")
	names := make([]string, len(items))
	for doc, item := range items {
		step()
		names[doc] = yo.Replace(strings.ToLower(strings.TrimSpace(item.Name)))
	}
	return newOrdering(len(items), func(a, b uint32) int {
		step()
		return cmp.Compare(names[a], names[b])
	})
}

// readItems gathers the words of all items.
func readItems(items []*catalog.Item, step func()) *lexicon {
	b := newLexiconBuilder()
	for i, item := range items {
		step()
		doc := uint32(i)
		b.add(doc, clip(catalog.Compact(string(item.ID))), inArticle)
		b.addPieces(doc, string(item.ID))
		b.addCodes(doc, item.OriginalNumber, inOEM)
		b.addPieces(doc, item.OriginalNumber)
		b.addText(doc, item.Name, inName)
		b.addText(doc, item.Alias, inAlias)
		b.addText(doc, item.Brand, inMaker)
		b.addText(doc, item.Vendor, inMaker)
		b.addCodes(doc, item.Barcode, inBarcode)
		b.addText(doc, item.Compatibility, inCompatibility)
	}
	return b.build(len(items), step)
}

func (b *lexiconBuilder) addText(doc uint32, text string, in field) {
	folded := catalog.Fold(text)
	for _, word := range words(folded) {
		b.add(doc, word, in)
	}
	for _, word := range joined(folded) {
		b.add(doc, word, in)
	}
}

// addCodes adds a number without its punctuation, and where several stand in the field, each of them.
func (b *lexiconBuilder) addCodes(doc uint32, text string, in field) {
	folded := catalog.Fold(text)
	b.add(doc, clip(compact(folded)), in)
	for _, code := range strings.FieldsFunc(folded, func(r rune) bool { return strings.ContainsRune(" ,;/|\t\r\n", r) }) {
		b.add(doc, clip(compact(code)), in)
	}
}

// addPieces adds the parts of a number that punctuation separates.
func (b *lexiconBuilder) addPieces(doc uint32, text string) {
	if pieces := words(catalog.Fold(text)); len(pieces) > 1 {
		for _, piece := range pieces {
			b.add(doc, piece, inTail)
		}
	}
}

// minTail is how many characters of the end of a number find it.
const minTail = 4

// readTails gathers the ends of numbers: dealers say «285A» for CE285A.
func readTails(words *lexicon, docs int, step func()) *lexicon {
	codes := make([]bool, len(words.ends))
	for n := range codes {
		codes[n] = looksLikeCode(words.word(uint32(n)))
	}
	b := newLexiconBuilder()
	for doc := range uint32(docs) {
		step()
		list, fields := words.words.list(doc)
		for i, n := range list {
			if codes[n] && fields[i]&(inArticle|inOEM|inName|inAlias) != 0 {
				b.addTails(doc, words.word(n))
			}
		}
	}
	return b.build(docs, step)
}

func (b *lexiconBuilder) addTails(doc uint32, code string) {
	for from := 1; from+minTail <= len(code); from++ {
		b.add(doc, code[from:], inTail)
	}
}

// looksLikeCode tells a number from a word of the language: it has a digit and, all of it, no letter of another alphabet.
func looksLikeCode(word string) bool {
	for i := range len(word) {
		if word[i] >= 0x80 {
			return false
		}
	}
	return strings.ContainsAny(word, "0123456789")
}

// readFits gathers the words of compatibility rows.
func (x *Index) readFits(fits []catalog.Fit, step func()) *lexicon {
	ordered := slices.Clone(fits)
	sort.SliceStable(ordered, func(i, j int) bool { return ordered[i].ItemID < ordered[j].ItemID })
	b := newLexiconBuilder()
	for _, fit := range ordered {
		step()
		if doc, known := x.doc(fit.ItemID); known {
			for _, text := range []string{fit.Brand, fit.Category, fit.Model} {
				b.addText(doc, text, inCompatibility)
			}
		}
	}
	return b.build(len(x.ids), step)
}
