package search

import (
	"math/bits"
	"slices"
)

// ordering is a way to list all items: which item stands where, and where an item stands.
type ordering struct {
	docs  []uint32
	place []uint32
}

// newOrdering sorts n items by compare, then by article.
func newOrdering(n int, compare func(a, b uint32) int) ordering {
	o := ordering{docs: make([]uint32, n), place: make([]uint32, n)}
	for doc := range o.docs {
		o.docs[doc] = uint32(doc)
	}
	slices.SortStableFunc(o.docs, compare)
	for place, doc := range o.docs {
		o.place[doc] = uint32(place)
	}
	return o
}

// selectRange puts those keys in keys[from:to] that stand there when all are sorted, and sorts them. It costs far less than
// sorting everything when a page is wanted out of thousands, and never more than a sort and a few passes.
func selectRange(keys []uint64, from, to int) []uint64 {
	low, high := 0, len(keys)
	for tries := 2 * bits.Len(uint(len(keys))); tries > 0 && high-low > 2*(to-from)+64; tries-- {
		pivot := low + partition(keys[low:high])
		if from <= pivot && pivot < to {
			break // both sides are wanted
		}
		if pivot < from {
			low = pivot + 1
		} else {
			high = pivot
		}
	}
	slices.Sort(keys[low:high])
	return keys[from:to]
}

// partition moves the keys smaller than a pivot before it, the others behind it, and returns where the pivot is. The pivot
// is the median of three, so keys that are already in order cost no more.
func partition(keys []uint64) int {
	last := len(keys) - 1
	middle := last / 2
	if keys[middle] < keys[0] {
		keys[middle], keys[0] = keys[0], keys[middle]
	}
	if keys[last] < keys[0] {
		keys[last], keys[0] = keys[0], keys[last]
	}
	if keys[last] < keys[middle] {
		keys[last], keys[middle] = keys[middle], keys[last]
	}
	keys[middle], keys[last] = keys[last], keys[middle]
	pivot, store := keys[last], 0
	for i, key := range keys[:last] {
		if key < pivot {
			keys[i], keys[store] = keys[store], key
			store++
		}
	}
	keys[store], keys[last] = keys[last], keys[store]
	return store
}
