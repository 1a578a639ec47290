package search

import "storefront/internal/catalog"

// Branch is a category with the number of items that the buyer sees in it and below. Categories without any are left out;
// items that stand nowhere are under a last branch, catalog.Uncategorised, which has no name.
type Branch struct {
	catalog.Category
	Count    int
	Children []Branch
}

// Tree returns the categories that have items. It is shared: not to be changed.
func (v *View) Tree() []Branch { return v.tree() }

func (v *View) countTree() []Branch {
	branches := v.branches(v.index.Categories().Roots())
	if n := v.countIn(catalog.Uncategorised); n > 0 {
		branches = append(branches, Branch{Category: catalog.Category{ID: catalog.Uncategorised}, Count: n})
	}
	return branches
}

func (v *View) branches(level []catalog.Category) []Branch {
	var branches []Branch
	for _, c := range level {
		if n := v.countIn(c.ID); n > 0 {
			branches = append(branches, Branch{c, n, v.branches(v.index.Categories().Children(c.ID))})
		}
	}
	return branches
}

func (v *View) countIn(id catalog.CategoryID) int {
	n := 0
	for _, doc := range v.index.categories.items(id) {
		n += bit(v.shows(doc))
	}
	return n
}
