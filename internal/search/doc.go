// Package search answers catalogue pages from memory: which items a buyer sees for a text, a category and filters, in what
// order, and how many there are under every facet. It does no input or output.
//
// Three values, none of them ever changed after it is built:
//
//	Index      what all buyers share: the words of the items, their facets, their names' order
//	PriceList  one buyer's prices and stock
//	View       the two laid side by side, item by item: everything a page of this buyer is answered from
//
// An Engine keeps the current Index and the views of the buyers at work. Items are numbered in the order of their articles;
// that number (doc in the code) is the row in every array here and means nothing outside one Index.
//
// # Matching
//
// Text is folded (catalog.Fold) and cut into words. An item matches when every word of the query begins one of its words;
// an article or OEM number also matches from the middle on, and blind to punctuation. What a query may stand for is worked
// out by a chain of small steps (query.go): another understanding of a query is one more step.
package search
