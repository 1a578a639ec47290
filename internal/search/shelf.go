package search

import "storefront/internal/catalog"

// shelves holds the items by category. Categories are numbered in the order of the tree read from the top, so a category and
// all below it are one range of numbers, and their items one range of docs. Number 0 is «без категории».
type shelves struct {
	tree   *catalog.Tree
	number map[catalog.CategoryID]shelfRange
	of     []uint16 // category of an item
	starts []uint32 // where the items of a category start in docs; one more than there are categories
	docs   []uint32
}

// shelfRange covers a category and all below it.
type shelfRange struct{ from, to uint16 }

func newShelves(tree *catalog.Tree, items []*catalog.Item) *shelves {
	s := &shelves{tree: tree, number: make(map[catalog.CategoryID]shelfRange), of: make([]uint16, len(items))}
	count := s.numberAll(tree.Roots(), 1)
	s.number[catalog.Uncategorised] = shelfRange{0, 1}
	s.starts = make([]uint32, int(count)+1)
	for doc, item := range items {
		s.of[doc] = s.number[s.category(item)].from
		s.starts[s.of[doc]+1]++
	}
	for i := range count {
		s.starts[i+1] += s.starts[i]
	}
	next := append([]uint32(nil), s.starts...)
	s.docs = make([]uint32, len(items))
	for doc, n := range s.of {
		s.docs[next[n]] = uint32(doc)
		next[n]++
	}
	return s
}

// numberAll gives numbers to categories and all below them, and returns the next free one. Past 65,535 categories items stand
// under «без категории».
func (s *shelves) numberAll(level []catalog.Category, next uint16) uint16 {
	for _, c := range level {
		if next == maxValues {
			break
		}
		from := next
		next = s.numberAll(s.tree.Children(c.ID), from+1)
		s.number[c.ID] = shelfRange{from, next}
	}
	return next
}

// category returns where an item stands: the category it was given, if the tree has it, else what its groups say.
func (s *shelves) category(item *catalog.Item) catalog.CategoryID {
	id := item.Category
	if _, known := s.number[id]; !known {
		id = s.tree.Resolve(*item)
	}
	if id == "" {
		return catalog.Uncategorised
	}
	return id
}

// items returns the items of a category and all below it, in the order of the tree. "" stands for the whole catalogue.
func (s *shelves) items(id catalog.CategoryID) []uint32 {
	if id == "" {
		return s.docs
	}
	r := s.number[id]
	return s.docs[s.starts[r.from]:s.starts[r.to]]
}

// holds tells whether an item stands in a category or below it.
func (s *shelves) holds(id catalog.CategoryID, doc uint32) bool {
	if id == "" {
		return true
	}
	r := s.number[id]
	return r.from <= s.of[doc] && s.of[doc] < r.to
}
