package search

import (
	"math/bits"
	"slices"
)

// scratch is the working memory of a search.
type scratch struct {
	best    []uint16 // by item; all zero between searches
	touched []uint32 // the items with a best
	keys    []uint64
}

// probe is a term of a question, or another reading of some of them, as it is looked up.
type probe struct {
	text   string
	covers termSet // what an item that has it needs no more
	codes  bool    // only numbers count: the text has been made blind to punctuation
	scopes [places]scope
}

// The places that a probe is looked up in.
const (
	placeWords = iota
	placeTails
	placeFits
	places
)

// matcher looks up one question.
type matcher struct {
	lexicons [places]*lexicon // nil where it is not to be looked up
	probes   []probe
	needed   termSet
	inCodes  termSet // terms that some number covers
}

// newMatcher looks up where every reading of a question begins to be found.
func (x *Index) newMatcher(q *question, fits bool) *matcher {
	m := &matcher{needed: q.needed()}
	m.lexicons[placeWords], m.lexicons[placeTails] = x.words, x.tails
	if fits {
		m.lexicons[placeFits] = x.fits
	}
	for i, term := range q.terms {
		m.add(probe{text: term, covers: between(i, i+1)})
	}
	for _, c := range q.codes {
		m.add(probe{text: c.text, covers: between(c.from, c.to), codes: true})
	}
	return m
}

func (m *matcher) add(p probe) {
	if p.covers&m.needed == 0 {
		return
	}
	found := false
	for i, lexicon := range m.lexicons {
		if lexicon == nil || i == placeTails && len(p.text) < minTail {
			continue
		}
		p.scopes[i] = lexicon.beginning(p.text)
		found = found || p.scopes[i].from < p.scopes[i].to
	}
	if !found {
		return
	}
	m.probes = append(m.probes, p)
	if p.codes {
		m.inCodes |= p.covers
	}
}

// number returns the reading as one number that takes in most terms, nil if no number begins with any.
func (m *matcher) number() *code {
	var widest *probe
	for i := range m.probes {
		if p := &m.probes[i]; p.codes && (widest == nil || p.covers.len() > widest.covers.len()) {
			widest = p
		}
	}
	if widest == nil {
		return nil
	}
	from := bits.TrailingZeros16(uint16(widest.covers))
	return &code{widest.text, from, from + widest.covers.len()}
}

// hit is an item that has all that is needed.
type hit struct {
	doc    uint32
	score  uint16
	asCode bool // only because words were read as one number
}

// each calls visit for every hit, each item once. The order is of no meaning.
func (m *matcher) each(s *scratch, visit func(hit)) {
	rarest := m.rarest()
	if rarest == 0 {
		return
	}
	for i := range m.probes {
		if m.probes[i].covers&rarest != 0 {
			m.gather(&m.probes[i], s)
		}
	}
	alone := len(m.probes) == 1
	for _, doc := range s.touched {
		h, ok := hit{doc: doc, score: s.best[doc], asCode: m.probes[0].codes}, true
		if s.best[doc] = 0; !alone {
			h, ok = m.judge(doc)
		}
		if ok {
			visit(h)
		}
	}
	s.touched = s.touched[:0]
}

// rarest returns the needed term that the fewest entries have to be read for, as a set; none when some term is found nowhere.
func (m *matcher) rarest() termSet {
	var rarest termSet
	least := -1
	m.needed.each(func(term int) {
		cost := 0
		for i := range m.probes {
			if m.probes[i].covers.has(term) {
				cost += m.cost(&m.probes[i])
			}
		}
		if least < 0 || cost < least {
			rarest, least = between(term, term+1), cost
		}
	})
	if least <= 0 {
		return 0
	}
	return rarest
}

func (m *matcher) cost(p *probe) int {
	cost := 0
	for i, lexicon := range m.lexicons {
		if p.scopes[i].from < p.scopes[i].to {
			cost += lexicon.size(p.scopes[i])
		}
	}
	return cost
}

// gather notes all items that a probe finds, with the best weight it gives each.
func (m *matcher) gather(p *probe, s *scratch) {
	for i, lexicon := range m.lexicons {
		for word := p.scopes[i].from; word < p.scopes[i].to; word++ {
			exact := word == p.scopes[i].from && lexicon.word(word) == p.text
			docs, fields := lexicon.items.list(word)
			for n, doc := range docs {
				w := p.weight(fields[n], exact)
				if w > 0 && s.best[doc] == 0 {
					s.touched = append(s.touched, doc)
				}
				s.best[doc] = max(s.best[doc], w)
			}
		}
	}
}

// judge adds up the best weight that every needed term has in an item. It reports false when one is missing.
func (m *matcher) judge(doc uint32) (hit, bool) {
	var best [maxTerms]uint16
	var typed termSet
	for i := range m.probes {
		p := &m.probes[i]
		w := m.worth(p, doc)
		if w == 0 && !p.codes && p.covers&m.inCodes == 0 {
			return hit{}, false // nothing else can stand in for it
		}
		if w == 0 {
			continue
		}
		if !p.codes {
			typed |= p.covers
		}
		p.covers.each(func(term int) { best[term] = max(best[term], w) })
	}
	h, ok := hit{doc: doc, asCode: m.needed&^typed != 0}, true
	m.needed.each(func(term int) {
		h.score += best[term]
		ok = ok && best[term] > 0
	})
	return h, ok
}

// worth is the best weight that a probe has in an item, 0 if it is not found there.
func (m *matcher) worth(p *probe, doc uint32) uint16 {
	best := uint16(0)
	for i, lexicon := range m.lexicons {
		scope := p.scopes[i]
		if scope.from == scope.to {
			continue
		}
		list, fields := lexicon.words.list(doc)
		at, _ := slices.BinarySearch(list, scope.from)
		for ; at < len(list) && list[at] < scope.to; at++ {
			exact := list[at] == scope.from && lexicon.word(scope.from) == p.text
			best = max(best, p.weight(fields[at], exact))
		}
	}
	return best
}

// weight is what a word found in some fields is worth to a probe, 0 if it does not count.
func (p *probe) weight(in field, exact bool) uint16 {
	if p.codes {
		in &= inCode
	}
	return weight(in, exact)
}

// weight ranks where a word was found, best field first: exact article, beginning of an article, exact OEM number, its
// beginning, word of the name, its beginning, then the rest.
func weight(in field, exact bool) uint16 {
	var whole, part uint16
	switch in & -in {
	case inArticle:
		whole, part = 64, 48
	case inOEM:
		whole, part = 32, 24
	case inName:
		whole, part = 16, 12
	case inAlias:
		whole, part = 10, 8
	case inMaker, inBarcode:
		whole, part = 6, 5
	case inTail:
		whole, part = 4, 4
	case inCompatibility:
		whole, part = 3, 2
	}
	if exact {
		return whole
	}
	return part
}
