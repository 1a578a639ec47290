package emulator

import (
	"strings"
	"sync"
	"time"

	"github.com/shopspring/decimal"

	"storefront/internal/vtt/portal"
)

// item is a thing to order. Its dto is what all buyers share; quantities and prices are filled in per buyer.
type item struct {
	dto      portal.ItemDto
	price    decimal.Decimal // at the base level, in conventional units; negative: no price
	category string
	main     int64              // pieces in the head office
	branches [branchCount]int64 // pieces in each of Branches
}

func (it *item) id() string { return it.dto.Id.Text }

// catalogue is everything there is to order, at one moment. It does not change: what the market moves is another catalogue,
// which shares the items that stayed.
type catalogue struct {
	items      []*item
	rate       decimal.Decimal // roubles for a conventional unit
	categories []portal.CategoryDto
	fits       []portal.CompatibilityDto
	byID       map[string]int
	byCategory map[string][]int // roots hold the items of their children

	mu     sync.Mutex
	priced map[string][]offer // by price level, made when first asked for
}

// openCatalogue reads or makes the goods as they are before anything moves. What is on its way arrives after the day.
func openCatalogue(o Options, today time.Time) (*catalogue, error) {
	if o.CatalogFile != "" {
		return readCatalogue(o.CatalogFile)
	}
	return generateCatalogue(o, today), nil
}

// newCatalogue indexes items by id and by category. Every item's category must be among categories.
func newCatalogue(items []item, categories []portal.CategoryDto, fits []portal.CompatibilityDto) *catalogue {
	c := &catalogue{
		items: make([]*item, len(items)), rate: rubRate(), categories: categories, fits: fits,
		byID: make(map[string]int, len(items)), byCategory: make(map[string][]int), priced: make(map[string][]offer),
	}
	parents := make(map[string]string)
	for _, category := range categories {
		parents[category.Id.Text] = category.ParentId.Text
		c.byCategory[category.Id.Text] = nil
	}
	for i := range items {
		c.items[i] = &items[i]
		c.byID[items[i].id()] = i
		own := items[i].category
		c.byCategory[own] = append(c.byCategory[own], i)
		if parent := parents[own]; parent != "" {
			c.byCategory[parent] = append(c.byCategory[parent], i)
		}
	}
	return c
}

// find returns the item of an id.
func (c *catalogue) find(id string) (*item, bool) {
	i, ok := c.byID[id]
	if !ok {
		return nil, false
	}
	return c.items[i], true
}

// offers returns the prices of all items at a level, in the items' order.
func (c *catalogue) offers(level string) []offer {
	c.mu.Lock()
	defer c.mu.Unlock()
	if list, ok := c.priced[level]; ok {
		return list
	}
	factor := mustFactor(level)
	list := make([]offer, len(c.items))
	for i := range c.items {
		list[i] = priceAt(c.items[i], factor, c.rate)
	}
	c.priced[level] = list
	return list
}

// view is the catalogue as one account sees it at one moment.
type view struct {
	*catalogue
	offers  []offer
	branch  int
	answers Answers
	taken   map[stockKey]int64
	base    string // of links to pictures: http://host
}

func (s *Server) view(c call) *view {
	goods := s.market.goods()
	return &view{
		catalogue: goods, offers: goods.offers(c.account.Level), branch: c.account.branch(),
		answers: s.options.Answers, taken: s.book.takenStock(), base: c.base(),
	}
}

// item fills in what depends on the buyer.
func (v *view) item(i int) portal.ItemDto {
	it, offer := v.items[i], v.offers[i]
	taken := v.taken[stockKey{it.id(), v.branch}]
	dto := it.dto
	dto.Price, dto.PriceLocal = offer.price, offer.local
	dto.AvailableQuantity = pieces64(free(it, v.branch, taken))
	dto.MainOfficeQuantity = pieces64(it.main)
	dto.Reserved, dto.RestQuantity = pieces64(max(taken, 0)), dto.AvailableQuantity
	if strings.HasPrefix(dto.PhotoUrl.Text, photoPath) {
		dto.PhotoUrl.Text = v.base + dto.PhotoUrl.Text
	}
	if v.answers.ForeignGroupIds && dto.GroupId.Filled() {
		dto.GroupId.Text = "УТ-" + dto.GroupId.Text
	}
	if len(dto.PhotoUrls) > 0 {
		dto.PhotoUrls = v.photos(dto.PhotoUrls)
	}
	return dto
}

func (v *view) photos(paths []string) []string {
	urls := make([]string, len(paths))
	for i, path := range paths {
		if urls[i] = path; strings.HasPrefix(path, photoPath) {
			urls[i] = v.base + path
		}
	}
	return urls
}

// runtime is the part of item that changes during a day.
func (v *view) runtime(i int) portal.ItemRuntimeDto {
	it := v.items[i]
	return portal.ItemRuntimeDto{
		AvailableQuantity:  pieces64(free(it, v.branch, v.taken[stockKey{it.id(), v.branch}])),
		Id:                 it.dto.Id,
		MainOfficeQuantity: pieces64(it.main),
		Price:              v.offers[i].price,
		TransitQuantity:    it.dto.TransitQuantity,
	}
}

// free is how many pieces a branch can still promise. Where the market has sold a branch down below what orders have taken, what
// they took stays theirs.
func free(it *item, branch int, taken int64) int64 { return max(it.branches[branch]-taken, 0) }
