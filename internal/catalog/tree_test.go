package catalog_test

import (
	"fmt"
	"testing"

	"github.com/google/go-cmp/cmp"
	"pgregory.net/rapid"

	"storefront/internal/catalog"
)

var assortment = []catalog.Category{
	{ID: "CARTLAS", Name: "Картриджи лазерные"},
	{ID: "CARTLAS_ORIG", Parent: "CARTLAS", Name: "Оригинальные"},
	{ID: "CARTLAS_CMPT", Parent: "CARTLAS", Name: "Совместимые"},
	{ID: "CARTINJ", Name: "Картриджи струйные"},
	{ID: "CARTINJ_ORIG", Parent: "CARTINJ", Name: "Оригинальные"},
}

func ids(categories []catalog.Category) []catalog.CategoryID {
	var out []catalog.CategoryID
	for _, c := range categories {
		out = append(out, c.ID)
	}
	return out
}

func TestTree(t *testing.T) {
	tree := catalog.NewTree(assortment)
	for _, c := range []struct {
		name      string
		got, want []catalog.CategoryID
	}{
		{"roots", ids(tree.Roots()), []catalog.CategoryID{"CARTLAS", "CARTINJ"}},
		{"children", ids(tree.Children("CARTLAS")), []catalog.CategoryID{"CARTLAS_ORIG", "CARTLAS_CMPT"}},
		{"leaf", ids(tree.Children("CARTLAS_ORIG")), nil},
		{"path", ids(tree.Path("CARTLAS_CMPT")), []catalog.CategoryID{"CARTLAS", "CARTLAS_CMPT"}},
		{"path of a stranger", ids(tree.Path("NOTHING")), nil},
	} {
		if diff := cmp.Diff(c.want, c.got); diff != "" {
			t.Errorf("%s (-want +got):\n%s", c.name, diff)
		}
	}
}

func TestResolve(t *testing.T) {
	tree := catalog.NewTree(assortment)
	for _, c := range []struct {
		name string
		item catalog.Item
		want catalog.CategoryID
	}{
		{"by GroupId", catalog.Item{GroupID: "CARTINJ_ORIG", RootGroup: "Картриджи лазерные", Group: "Оригинальные"}, "CARTINJ_ORIG"},
		{"by the pair of names", catalog.Item{RootGroup: "Картриджи лазерные", Group: "Оригинальные"}, "CARTLAS_ORIG"},
		{"children of the same name are told apart by the root", catalog.Item{RootGroup: "Картриджи струйные", Group: "Оригинальные"}, "CARTINJ_ORIG"},
		{"unknown GroupId, names in other spelling", catalog.Item{GroupID: "NEW", RootGroup: "КАРТРИДЖИ  лазерные", Group: "Cовместимые"}, "CARTLAS_CMPT"},
		{"a root alone", catalog.Item{Group: "Картриджи струйные"}, "CARTINJ"},
		{"only the root's name", catalog.Item{RootGroup: "Картриджи струйные"}, "CARTINJ"},
		{"a group of another root", catalog.Item{RootGroup: "Картриджи струйные", Group: "Совместимые"}, ""},
		{"nothing", catalog.Item{}, ""},
	} {
		if got := tree.Resolve(c.item); got != c.want {
			t.Errorf("%s: %q, want %q", c.name, got, c.want)
		}
	}
}

func TestTreeToleratesWhatTheWireMayBring(t *testing.T) {
	tree := catalog.NewTree([]catalog.Category{
		{ID: "", Name: "без имени"},
		{ID: catalog.Uncategorised, Name: "занято"},
		{ID: "LOST", Parent: "NOWHERE", Name: "Потерянная"},
		{ID: "SELF", Parent: "SELF", Name: "Сама себе"},
		{ID: "A", Parent: "B", Name: "А"},
		{ID: "B", Parent: "A", Name: "Б"},
		{ID: "TWICE", Name: "Первая"},
		{ID: "TWICE", Parent: "LOST", Name: "Вторая"},
	})
	if diff := cmp.Diff([]catalog.CategoryID{"LOST", "SELF", "A"}, ids(tree.Roots())); diff != "" {
		t.Errorf("roots (-want +got):\n%s", diff)
	}
	if diff := cmp.Diff([]catalog.CategoryID{"A", "B"}, ids(tree.Path("B"))); diff != "" {
		t.Errorf("path through a cycle (-want +got):\n%s", diff)
	}
	if c, _ := tree.Category("TWICE"); c.Name != "Вторая" || c.Parent != "LOST" {
		t.Errorf("an id given twice: %+v, want the last one", c)
	}
}

// Whatever the parents are, every category stands in the tree exactly once, and its path ends with it.
func TestTreeKeepsEveryCategory(t *testing.T) {
	rapid.Check(t, func(t *rapid.T) {
		n := rapid.IntRange(0, 12).Draw(t, "n")
		var categories []catalog.Category
		for i := range n {
			parent := catalog.CategoryID(fmt.Sprint(rapid.IntRange(0, 14).Draw(t, "parent")))
			categories = append(categories, catalog.Category{ID: catalog.CategoryID(fmt.Sprint(i)), Parent: parent, Name: "имя"})
		}
		tree := catalog.NewTree(categories)
		seen := make(map[catalog.CategoryID]int)
		var walk func([]catalog.Category)
		walk = func(level []catalog.Category) {
			for _, c := range level {
				seen[c.ID]++
				walk(tree.Children(c.ID))
			}
		}
		walk(tree.Roots())
		for _, c := range categories {
			path := tree.Path(c.ID)
			if seen[c.ID] != 1 || path[len(path)-1].ID != c.ID {
				t.Fatalf("category %s stands in the tree %d times, path %v", c.ID, seen[c.ID], path)
			}
		}
	})
}
