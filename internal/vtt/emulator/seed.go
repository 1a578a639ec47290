package emulator

import (
	_ "embed"
	"fmt"
	"math/rand/v2"
	"strconv"
	"strings"
	"time"

	"github.com/shopspring/decimal"

	"storefront/internal/vtt/portal"
)

//go:embed seed/supplies.txt
var suppliesText string

//go:embed seed/groups.txt
var groupsText string

// generator makes a catalogue that looks like the real one. The same size, seed and day give the same catalogue.
type generator struct {
	random *rand.Rand
	today  time.Time
	used   map[string]bool // ids
	items  []item
	fits   []portal.CompatibilityDto
}

// draft is an item in the making.
type draft struct {
	group    *group
	supply   *supply // nil for plain goods
	original bool    // by the printer's own make
	maker    string
	showcase bool // always with a price and in stock
}

func generateCatalogue(o Options, today time.Time) *catalogue {
	n := o.Items
	g := &generator{random: rand.New(rand.NewPCG(o.Seed, 0)), today: today, used: make(map[string]bool, n), items: make([]item, 0, n)}
	supplies := parseSupplies(suppliesText)
	groups, categories := parseGroups(groupsText, supplies)
	if o.Answers.UniqueGroupNames {
		tellApart(groups, categories)
	}
	counts := apportion(n, groups)
	g.showcase(groups, counts)
	for i, group := range groups {
		for range counts[i] {
			g.add(g.draft(group), "")
		}
	}
	return newCatalogue(g.items, categories, g.fits)
}

// showcase opens the catalogue with goods that everybody looks for, by several makers, one of them spelled with look-alike
// letters, and with ids of every form. They take places of their groups.
func (g *generator) showcase(groups []*group, counts []int) {
	ids := []string{"209082016", "A21101", "2C918150", "0609-001174", "023-28422-401", "A/1"}
	for _, number := range []string{"CF283A", "CE285A", "TK-1110", "MLT-D101S"} {
		for i, group := range groups {
			for _, s := range group.supplies {
				if s.number != number || group.style != "cartridge" || group.noun == "Пустой картридж" {
					continue
				}
				for _, d := range showcaseDrafts(group, s) {
					if counts[i] == 0 {
						continue
					}
					counts[i]--
					id := ""
					if len(ids) > 0 {
						id, ids = ids[0], ids[1:]
					}
					g.add(d, id)
				}
			}
		}
	}
}

func showcaseDrafts(group *group, s *supply) []draft {
	if group.original == 100 {
		return []draft{{group: group, supply: s, original: true, maker: s.make, showcase: true}}
	}
	var list []draft
	for _, maker := range []string{"Hi-Black", "NetProduct", "China"} {
		list = append(list, draft{group: group, supply: s, maker: maker, showcase: true})
	}
	return list
}

// draft chooses what an item of a group is made for and by whom.
func (g *generator) draft(group *group) draft {
	d := draft{group: group, original: g.percent(group.original), maker: pick(g.random, group.makers)}
	if len(group.supplies) > 0 {
		d.supply = group.supplies[g.random.IntN(len(group.supplies))]
	}
	if d.original && d.supply != nil {
		d.maker = d.supply.make
	}
	return d
}

// add finishes a draft under an id, or under a new one where id is empty.
func (g *generator) add(d draft, id string) {
	if id == "" {
		id = g.newID()
	}
	g.used[id] = true
	it := item{category: d.group.id}
	dto := &it.dto
	dto.Id = portal.Text(id)
	dto.Name = portal.Text(g.name(d))
	dto.Group, dto.RootGroup, dto.GroupId = portal.Text(d.group.name), portal.Text(d.group.root), portal.Text(d.group.id)
	if g.percent(4) {
		dto.GroupId = portal.Null() // such an item finds its category by the names
	}
	g.describe(d, dto)
	g.measure(d, dto)
	g.illustrate(dto)
	g.stock(d, &it)
	g.price(d, &it)
	g.items = append(g.items, it)
	g.fit(d, dto.Id)
}

// price is in conventional units; one item in ten has none.
func (g *generator) price(d draft, it *item) {
	if g.percent(10) && !d.showcase {
		it.price, it.dto.Price, it.dto.PriceRetail = decimal.NewFromInt(-1), portal.Text("-1"), portal.Null()
		return
	}
	low, high := d.group.low, d.group.high
	if d.group.relative {
		low, high = d.supply.price*low/1000, d.supply.price*high/1000
	}
	cents := max(between(g.random, low, high), 1)
	it.price = decimal.New(cents, -2)
	it.dto.Price, it.dto.PriceRetail = portal.Text(fixed(cents, 2)), portal.Text(fixed(cents*135/100, 2))
}

// between draws from low..high, the lower half more often: most goods of a kind are cheap.
func between(random *rand.Rand, low, high int64) int64 {
	span := high - low + 1
	return low + min(random.Int64N(span), random.Int64N(span))
}

// stock fills the head office, the branches and what is on its way.
func (g *generator) stock(d draft, it *item) {
	if !g.percent(26) || d.showcase {
		it.main = 1 + g.quantity(2500)
	}
	for i := range it.branches {
		if g.percent(62) || d.showcase {
			it.branches[i] = 1 + g.quantity(400)
		}
	}
	it.dto.TransitQuantity = pieces64(0)
	if g.percent(22) {
		it.dto.TransitQuantity = pieces64(10 * (1 + g.quantity(60)))
		arrival := g.today.AddDate(0, 0, 2+g.random.IntN(45))
		it.dto.TransitDate = portal.Text(arrival.Format("2006-01-02") + "T00:00:00")
	}
}

// quantity draws a number of pieces below limit, small ones far more often.
func (g *generator) quantity(limit int64) int64 {
	return g.random.Int64N(1 + g.random.Int64N(1+g.random.Int64N(limit)))
}

// newID makes an article number in one of the forms that real ones have.
func (g *generator) newID() string {
	for {
		id := g.idForm()
		if !g.used[id] {
			return id
		}
	}
}

func (g *generator) idForm() string {
	n := g.random.IntN
	switch roll := n(1000); {
	case roll < 560:
		return fmt.Sprintf("%d%08d", 1+n(3), n(100_000_000))
	case roll < 760:
		return fmt.Sprintf("%c%05d", "ABCDEFKX"[n(8)], n(100_000))
	case roll < 880:
		return fmt.Sprintf("%d%c%06d", 1+n(9), "CHLPT"[n(5)], n(1_000_000))
	case roll < 960:
		return fmt.Sprintf("%04d-%06d", 1+n(900), n(1_000_000))
	case roll < 998:
		return fmt.Sprintf("%03d-%05d-%03d", n(1000), n(100_000), n(1000))
	}
	return fmt.Sprintf("%c%03d/%d", "ABCD"[n(4)], n(1000), 1+n(9)) // a slash, which has a meaning in addresses
}

// fit adds the devices an item is for to the compatibility rows.
func (g *generator) fit(d draft, id portal.Value) {
	if d.supply == nil {
		return
	}
	for _, device := range d.supply.devices {
		g.fits = append(g.fits, portal.CompatibilityDto{
			ItemId: id, ModelBrand: portal.Text(d.supply.make),
			ModelCategoryName: portal.Text(device.category), ModelName: portal.Text(device.model),
		})
	}
}

// percent is true in that many cases of a hundred.
func (g *generator) percent(n int) bool { return g.random.IntN(100) < n }

// nothing is one of the three ways to say so.
func (g *generator) nothing() portal.Value {
	switch g.random.IntN(4) {
	case 0:
		return portal.Value{}
	case 1:
		return portal.Text("")
	}
	return portal.Null()
}

// barcode makes an EAN-13 with its check digit.
func (g *generator) barcode() string {
	digits := fmt.Sprintf("%s%09d", []string{"460", "693", "489"}[g.random.IntN(3)], g.random.IntN(1_000_000_000))
	sum := 0
	for i, d := range digits {
		sum += int(d-'0') * (1 + i%2*2)
	}
	return digits + strconv.Itoa((10-sum%10)%10)
}

// illustrate gives two items of three a picture or two; the others have a dummy, written in either of two ways.
func (g *generator) illustrate(dto *portal.ItemDto) {
	if g.percent(35) {
		dto.PhotoUrl = portal.Text("dummy.jpg")
		if g.percent(25) {
			dto.PhotoUrl = portal.Text(photoPath + "dummy.jpg")
		}
		dto.PhotoUrls = nil
		return
	}
	path := photoPath + strings.ReplaceAll(dto.Id.Text, "/", "%2F")
	kind := ".png"
	if g.percent(30) {
		kind = ".jpg"
	}
	dto.PhotoUrl = portal.Text(path + kind)
	dto.PhotoUrls = []string{path + kind}
	if g.percent(40) {
		dto.PhotoUrls = append(dto.PhotoUrls, path+"-2"+kind)
	}
}
