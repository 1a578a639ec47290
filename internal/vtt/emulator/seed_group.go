package emulator

import (
	"cmp"
	"fmt"
	"math/rand/v2"
	"slices"
	"strconv"
	"strings"

	"storefront/internal/vtt/portal"
)

// group is a category with a recipe for what stands in it.
type group struct {
	id, name, root, rootID string
	share                  int
	style, noun            string
	supplies               []*supply
	variants               []string // of plain goods
	original               int      // per cent of items by the printer's own make
	makers                 []maker  // of the others
	tnved                  string   // customs code
	relative               bool     // low and high are parts of the original's price, in per mille; otherwise cents
	low, high              int64
	weight                 int64 // of one piece, grams
}

// parseGroups reads groups.txt and gives every group its supplies.
func parseGroups(text string, supplies []*supply) (groups []*group, categories []portal.CategoryDto) {
	var root []string
	for _, row := range rows(text) {
		if len(row) == 2 {
			root = row
			categories = append(categories, portal.CategoryDto{Id: portal.Text(row[0]), Name: portal.Text(row[1]), ParentId: portal.Null()})
			continue
		}
		g := &group{id: row[0], name: row[1], root: root[1], rootID: root[0], style: row[3], noun: row[4], makers: makers(row[7]), tnved: tnved(root[0])}
		g.share, g.original, g.weight = atoi(row[2]), atoi(row[6]), int64(atoi(row[9]))
		g.low, g.high, g.relative = priceRange(row[8])
		if g.style == "plain" {
			g.variants = strings.Split(row[5], ";")
		} else {
			g.supplies = suppliesOf(row[5], supplies)
		}
		groups = append(groups, g)
		categories = append(categories, portal.CategoryDto{Id: portal.Text(g.id), Name: portal.Text(g.name), ParentId: portal.Text(g.rootID)})
	}
	return groups, categories
}

// tellApart gives groups of one name the names of their roots too.
func tellApart(groups []*group, categories []portal.CategoryDto) {
	roots := make(map[string]int)
	for _, g := range groups {
		roots[g.name]++
	}
	for _, g := range groups {
		if roots[g.name] == 1 {
			continue
		}
		g.name += ": " + g.root
		i := slices.IndexFunc(categories, func(c portal.CategoryDto) bool { return c.Id.Text == g.id })
		categories[i].Name = portal.Text(g.name)
	}
}

// suppliesOf picks kinds, such as «laser/bk toner».
func suppliesOf(of string, all []*supply) (list []*supply) {
	for _, kind := range strings.Fields(of) {
		kind, only, _ := strings.Cut(kind, "/")
		for _, s := range all {
			if s.kind == kind && (only == "" || s.ofColour == (only == "color")) {
				list = append(list, s)
			}
		}
	}
	return list
}

// priceRange reads «0.35-4.20» dollars as cents, or «x0.07-0.16» of another price as per mille.
func priceRange(text string) (low, high int64, relative bool) {
	text, relative = strings.CutPrefix(text, "x")
	scale := 100.0
	if relative {
		scale = 1000
	}
	from, to, _ := strings.Cut(text, "-")
	return scaled(from, scale), scaled(to, scale), relative
}

func scaled(text string, scale float64) int64 {
	n, err := strconv.ParseFloat(text, 64)
	if err != nil {
		panic(fmt.Sprintf("groups: %v", err))
	}
	return int64(n*scale + 0.5)
}

func atoi(text string) int {
	n, err := strconv.Atoi(text)
	if err != nil {
		panic(fmt.Sprintf("groups: %v", err))
	}
	return n
}

// apportion deals n items out in proportion to the groups' shares by largest remainder; where there are enough, every group
// gets at least one.
func apportion(n int, groups []*group) []int {
	sum := 0
	for _, g := range groups {
		sum += g.share
	}
	counts, order, left := make([]int, len(groups)), make([]int, len(groups)), n
	for i, g := range groups {
		counts[i] = n * g.share / sum
		left -= counts[i]
		order[i] = i
	}
	slices.SortStableFunc(order, func(a, b int) int {
		return cmp.Or(cmp.Compare(min(counts[a], 1), min(counts[b], 1)), cmp.Compare(n*groups[b].share%sum, n*groups[a].share%sum))
	})
	for i := range left {
		counts[order[i%len(order)]]++
	}
	return counts
}

// maker is a producer of compatible goods and its share within a pool.
type maker struct {
	name   string
	weight int
}

// makers returns a pool of producers.
func makers(pool string) []maker {
	switch pool {
	case "ink":
		return []maker{{"Hi-Black", 34}, {"InkTec", 40}, {"Hi-Color", 14}, {"Content", 5}, {"China", 7}}
	case "paper":
		return []maker{{"Lomond", 52}, {"Hi-Black", 38}, {"Hi-Image", 10}}
	case "tool":
		return []maker{{"Hi-Black", 45}, {"China", 25}, {"Katun", 15}, {"Profiline", 15}}
	}
	return []maker{
		{"Hi-Black", 59}, {"China", 14}, {"NetProduct", 11}, {"Content", 4}, {"Hi-Color", 4}, {"Sakura", 2}, {"Static Control", 2}, {"Profiline", 2}, {"Булат", 2},
	}
}

// pick chooses a producer by weight.
func pick(random *rand.Rand, pool []maker) string {
	sum := 0
	for _, m := range pool {
		sum += m.weight
	}
	n := random.IntN(sum)
	for _, m := range pool {
		if n -= m.weight; n < 0 {
			return m.name
		}
	}
	return pool[0].name
}
