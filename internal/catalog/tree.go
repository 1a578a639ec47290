package catalog

// Uncategorised stands for «без категории» wherever a category has to be named, for instance in an address. No category of
// the distributor has this id.
const Uncategorised CategoryID = "-"

// Tree is the tree of categories. It copes with what the wire may bring: parents that do not exist, cycles, an id twice
// (the last one wins), two roots with children of the same name. A Tree is not changed after NewTree.
type Tree struct {
	categories map[CategoryID]Category
	children   map[CategoryID][]CategoryID // in the order of the wire; those of "" are the roots
	named      map[[2]string]CategoryID    // folded names of parent and child; of "" and a root
}

// NewTree builds a tree. A category whose parent is unknown is a root, and a cycle is opened at its first member.
func NewTree(categories []Category) *Tree {
	t := &Tree{
		categories: make(map[CategoryID]Category, len(categories)),
		children:   make(map[CategoryID][]CategoryID),
		named:      make(map[[2]string]CategoryID, len(categories)),
	}
	var order []CategoryID
	for _, c := range categories {
		if _, known := t.categories[c.ID]; !known && c.ID != "" && c.ID != Uncategorised {
			order = append(order, c.ID)
		}
		t.categories[c.ID] = c
	}
	delete(t.categories, "")
	delete(t.categories, Uncategorised)
	for _, id := range order {
		t.place(id)
	}
	return t
}

// place hangs a category under its parent, or makes it a root where that cannot be.
func (t *Tree) place(id CategoryID) {
	c := t.categories[id]
	parent, known := t.categories[c.Parent]
	if !known || t.isAncestor(id, c.Parent) {
		c.Parent, parent = "", Category{}
		t.categories[id] = c
	}
	t.children[c.Parent] = append(t.children[c.Parent], id)
	name := [2]string{foldWords(parent.Name), foldWords(c.Name)}
	if _, taken := t.named[name]; !taken {
		t.named[name] = id
	}
}

// isAncestor tells whether going up from a category one meets id. Cycles elsewhere on the way are not followed for ever.
func (t *Tree) isAncestor(id, from CategoryID) bool {
	for range t.categories {
		if from == id {
			return true
		}
		c, known := t.categories[from]
		if !known {
			return false
		}
		from = c.Parent
	}
	return false
}

// Roots returns the top of the tree in the order of the wire.
func (t *Tree) Roots() []Category { return t.Children("") }

// Children returns the categories directly under one, in the order of the wire.
func (t *Tree) Children(id CategoryID) []Category {
	var children []Category
	for _, child := range t.children[id] {
		children = append(children, t.categories[child])
	}
	return children
}

// Category returns a category by its id.
func (t *Tree) Category(id CategoryID) (Category, bool) {
	c, ok := t.categories[id]
	return c, ok
}

// Path returns the way from the root down to a category, nil for an unknown one.
func (t *Tree) Path(id CategoryID) []Category {
	c, ok := t.categories[id]
	if !ok {
		return nil
	}
	return append(t.Path(c.Parent), c)
}

// Resolve finds the category an item belongs to: by GroupId, else by the names of its group and the group's root, folded,
// else by the name of a root alone. Without any of them it returns "": the item stands under «без категории».
func (t *Tree) Resolve(item Item) CategoryID {
	if _, known := t.categories[CategoryID(item.GroupID)]; known {
		return CategoryID(item.GroupID)
	}
	root, group := foldWords(item.RootGroup), foldWords(item.Group)
	if group == "" {
		group, root = root, ""
	}
	if group == "" {
		return ""
	}
	return t.named[[2]string{root, group}]
}
