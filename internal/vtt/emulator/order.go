package emulator

import (
	"fmt"
	"slices"
	"strconv"
	"strings"
	"time"

	"github.com/shopspring/decimal"

	"storefront/internal/vtt/portal"
)

// The dictionary of statuses.
const (
	statusReserving = "Резервирование"
	statusAssembly  = "Сборка"
	statusShipped   = "Отгружен"
	statusCancelled = "Отменён"
	statusUnknown   = "Неизвестный статус"
)

// How long an order stays in its first two statuses, in emulated time.
const (
	reservingTime = 2 * time.Hour
	assemblyTime  = 2 * time.Hour
)

// Types of orders. The service publishes no dictionary of them.
const (
	typeOrder  = 1
	typeReturn = 2
)

// order is an order as the accounting system keeps it. Its status is not kept: it follows from the clock.
//
//	Резервирование --2 h--> Сборка --2 h--> Отгружен
//	      `--2 h, without lines--> Отменён
//
// Fate overrules the clock for orders that were cancelled or that nobody can explain.
type order struct {
	Number    int       `json:"number"`
	Dealer    string    `json:"dealer"`
	Login     string    `json:"login"`
	Branch    int       `json:"branch"` // index into Branches
	CreatedAt time.Time `json:"created"`
	Currency  string    `json:"currency"`
	Type      int       `json:"type"`
	Note      string    `json:"note,omitempty"`
	Fate      string    `json:"fate,omitempty"`
	Past      bool      `json:"past,omitempty"` // of long ago: takes nothing from the stock
	Lines     []line    `json:"lines"`
	// Counted is how many pieces of each item it had reserved when the stock was counted.
	Counted map[string]int64 `json:"counted,omitempty"`
}

// line is a position of an order. The same item may stand in several lines, as the caller sent them.
type line struct {
	ItemID    string          `json:"item"`
	Name      string          `json:"name"`
	Quantity  int64           `json:"quantity"`
	Reserved  int64           `json:"reserved"`
	UnitPrice decimal.Decimal `json:"price"` // in the order's currency
}

func (l line) total() decimal.Decimal { return l.UnitPrice.Mul(decimal.NewFromInt(l.Quantity)) }

func (o *order) id() string { return fmt.Sprintf("%08d", o.Number) }

func (o *order) clone() order {
	c := *o
	c.Lines = slices.Clone(o.Lines)
	return c
}

func (o *order) status(now time.Time) string {
	age := now.Sub(o.CreatedAt)
	switch {
	case o.Fate != "":
		return o.Fate
	case age < reservingTime:
		return statusReserving
	case len(o.Lines) == 0:
		return statusCancelled
	case age < reservingTime+assemblyTime:
		return statusAssembly
	}
	return statusShipped
}

func (o *order) assembledAt() time.Time { return o.CreatedAt.Add(reservingTime) }
func (o *order) shippedAt() time.Time   { return o.assembledAt().Add(assemblyTime) }

// find returns the index of the first line of an item, negative where there is none.
func (o *order) find(item string) int {
	return slices.IndexFunc(o.Lines, func(l line) bool { return l.ItemID == item })
}

// quantity is the number of pieces of an item in all its lines.
func (o *order) quantity(item string) (pieces int64) {
	for _, l := range o.Lines {
		if l.ItemID == item {
			pieces += l.Quantity
		}
	}
	return pieces
}

// pieces is the number of pieces in all lines.
func (o *order) pieces() (n int64) {
	for _, l := range o.Lines {
		n += l.Quantity
	}
	return n
}

func (o *order) sum() decimal.Decimal {
	sum := decimal.Zero
	for _, l := range o.Lines {
		sum = sum.Add(l.total())
	}
	return sum
}

// dto tells an order without its lines. base is where links lead: http://host.
func (o *order) dto(now time.Time, base string, answers Answers) portal.OrderDto {
	status := o.status(now)
	d := portal.OrderDto{
		CreationDate: portal.Text(o.CreatedAt.In(moscow()).Format("2006-01-02T15:04:05.999")), // no offset: Moscow time
		Currency:     portal.Text(o.Currency),
		GoodsCount:   pieces64(o.pieces()),
		Id:           portal.Text(o.id()),
		LineCount:    pieces64(int64(len(o.Lines))),
		Status:       portal.Text(status),
		Sum:          portal.Text(o.sum().StringFixed(2)),
		Type:         pieces64(int64(o.Type)),

		InvoiceDate: portal.Null(), InvoiceId: portal.Null(), PaymentInvoiceDate: portal.Null(), PaymentInvoiceId: portal.Null(),
		UtdUrl: portal.Null(), Note: portal.Null(),
	}
	if answers.DatesWithOffset {
		d.CreationDate = dateTime(o.CreatedAt)
	}
	if answers.UntypedOrders {
		d.Type, d.GoodsCount = pieces64(0), pieces64(o.sign(answers)*o.pieces())
		d.Sum = portal.Text(o.sum().Mul(decimal.NewFromInt(o.sign(answers))).StringFixed(2))
	}
	if o.Note != "" {
		d.Note = portal.Text(o.Note)
	}
	if status == statusAssembly || status == statusShipped {
		d.PaymentInvoiceId = portal.Text("СЧ-" + strconv.Itoa(o.Number))
		d.PaymentInvoiceDate = dateTime(o.assembledAt())
	}
	if status == statusShipped {
		d.InvoiceId = portal.Text("ТН-" + strconv.Itoa(o.Number))
		d.InvoiceDate = dateTime(o.shippedAt())
		d.UtdUrl = portal.Text(o.documentLinks(base, answers))
	}
	return d
}

// documentLinks lists the УПД of an order, or the УКД of a return. A big order has two; what separates links differs.
func (o *order) documentLinks(base string, answers Answers) string {
	kind, count := "upd", 1+o.Number%5/3
	if o.Type == typeReturn {
		kind = "ukd"
	}
	links := make([]string, count)
	for i := range links {
		links[i] = fmt.Sprintf("%s/documents/%s-%s-%d.pdf", base, kind, o.id(), i+1)
	}
	if answers.UtdUrlBars {
		return strings.Join(links, "|")
	}
	return strings.Join(links, []string{", ", "; ", " "}[o.Number%3])
}

// sign is minus one for a return whose type does not tell it.
func (o *order) sign(answers Answers) int64 {
	if answers.UntypedOrders && o.Type == typeReturn {
		return -1
	}
	return 1
}

// fullDto tells an order with its lines. The documentation gives OrderFullDto no UtdUrl.
func (o *order) fullDto(now time.Time, base string, answers Answers) portal.OrderFullDto {
	full := portal.OrderFullDto{OrderDto: o.dto(now, base, answers), Lines: make([]portal.OrderLineDto, 0, len(o.Lines))}
	if !answers.UtdUrlInFull {
		full.UtdUrl = portal.Value{}
	}
	shipped := o.status(now) == statusShipped
	for i, l := range o.Lines {
		number, country := portal.Null(), portal.Null()
		if shipped {
			number, country = o.customs(i, !answers.BareCustoms)
		}
		full.Lines = append(full.Lines, portal.OrderLineDto{
			GtdCountry: country, GtdNumber: number,
			ItemId: portal.Text(l.ItemID), Name: portal.Text(l.Name),
			Quantity: pieces64(o.sign(answers) * l.Quantity), ReservedQuantity: pieces64(l.Reserved),
			TotalPrice: portal.Text(l.total().Mul(decimal.NewFromInt(o.sign(answers))).StringFixed(2)), UnitPrice: portal.Text(l.UnitPrice.String()),
		})
	}
	return full
}

// customs lists the ГТД that the goods of a line came in by: usually one, sometimes two. Goods made at home have none.
func (o *order) customs(i int, brackets bool) (number, country portal.Value) {
	n := o.Number*31 + i*7
	if n%11 == 0 {
		return portal.Text(""), portal.Text("РОССИЯ")
	}
	origins := []string{"КИТАЙ", "ЯПОНИЯ", "ВЬЕТНАМ", "МАЛАЙЗИЯ"}
	var numbers, countries []string
	for j := range 1 + n%4/3 {
		made := o.CreatedAt.AddDate(0, -2-j, -n%17)
		numbers = append(numbers, fmt.Sprintf("10%03d030/%s/%07d", 5+n%200, made.Format("020106"), 10_000+n%90_000))
		countries = append(countries, origins[(n+j)%len(origins)])
	}
	list := func(parts []string) portal.Value {
		text := strings.Join(parts, ",")
		if brackets {
			text = "(" + text + ")"
		}
		return portal.Text(text)
	}
	return list(numbers), list(countries)
}

// pieces64 writes a whole number, never with a fraction.
func pieces64(n int64) portal.Value { return portal.Text(strconv.FormatInt(n, 10)) }

// dateTime writes a moment with its offset.
func dateTime(t time.Time) portal.Value {
	return portal.Text(t.In(moscow()).Format("2006-01-02T15:04:05.999-07:00"))
}
