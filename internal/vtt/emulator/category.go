package emulator

import (
	"cmp"
	"fmt"
	"hash/fnv"
	"strings"

	"storefront/internal/vtt/portal"
)

// categoryTree makes a two-level tree from the names of groups. Ids are symbolic and depend on the names alone, so that the
// same catalogue has the same ids every time.
type categoryTree struct {
	categories []portal.CategoryDto
	ids        map[[2]string]string
	used       map[string]bool
}

func newCategoryTree() *categoryTree {
	return &categoryTree{ids: make(map[[2]string]string), used: make(map[string]bool)}
}

// place returns the id of the category of a root group and a group, making both where they are new; a new group takes the id
// that its first item names, if any. An item without a group stands in its root, without either nowhere.
func (t *categoryTree) place(root, group, id string) string {
	root, group = strings.TrimSpace(root), strings.TrimSpace(group)
	switch {
	case root == "" && group == "":
		return ""
	case root == "":
		return t.node(group, "", "", id)
	case group == "":
		return t.node(root, "", "", id)
	}
	return t.node(root, group, t.node(root, "", "", ""), id)
}

func (t *categoryTree) node(root, group, parent, wish string) string {
	key := [2]string{root, group}
	if id, ok := t.ids[key]; ok {
		return id
	}
	name, up := root, portal.Null()
	if parent != "" {
		name, up = group, portal.Text(parent)
	}
	id := t.unused(cmp.Or(wish, symbol(root, group)))
	t.ids[key] = id
	t.categories = append(t.categories, portal.CategoryDto{Id: portal.Text(id), Name: portal.Text(name), ParentId: up})
	return id
}

// unused makes an id unique: different names may shorten to the same symbol.
func (t *categoryTree) unused(wish string) string {
	id := wish
	for n := 2; t.used[id]; n++ {
		id = fmt.Sprintf("%s_%d", wish, n)
	}
	t.used[id] = true
	return id
}

// symbol shortens names to something like KARTRIDZ_9F3A: the root in Latin letters and a hash of both.
func symbol(root, group string) string {
	id := latin(root)
	id = cmp.Or(id[:min(len(id), 8)], "GROUP")
	if group == "" {
		return id
	}
	hash := fnv.New32a()
	_, _ = hash.Write([]byte(root + "\x00" + group)) // a hash never fails
	return fmt.Sprintf("%s_%04X", id, hash.Sum32()&0xffff)
}

// latin keeps capital Latin letters and digits and spells Cyrillic ones in Latin.
func latin(text string) string {
	const letters = "АБВГДЕЖЗИЙКЛМНОПРСТУФХЦЧШЩЪЫЬЭЮЯ"
	spelling := strings.Fields("A B V G D E ZH Z I Y K L M N O P R S T U F H C CH SH SCH - Y - E YU YA")
	var b strings.Builder
	for _, r := range strings.ToUpper(text) {
		i := strings.IndexRune(letters, r) / len("А")
		switch {
		case r >= 'A' && r <= 'Z', r >= '0' && r <= '9':
			b.WriteRune(r)
		case strings.ContainsRune(letters, r) && spelling[i] != "-":
			b.WriteString(spelling[i])
		}
	}
	return b.String()
}
