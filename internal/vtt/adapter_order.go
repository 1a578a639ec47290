package vtt

import (
	"regexp"
	"slices"
	"strings"
	"time"

	"github.com/shopspring/decimal"

	"storefront/internal/catalog"
	"storefront/internal/errkind"
	"storefront/internal/money"
	"storefront/internal/order"
	"storefront/internal/vtt/portal"
)

// orderOf reads an order without its lines.
func orderOf(dto *portal.OrderDto, readAt time.Time) order.Order {
	return order.Order{
		ID:             order.ID(text(dto.Id)),
		CreatedAt:      moment(dto.CreationDate),
		Status:         order.Status(text(dto.Status)),
		Currency:       money.Currency(text(dto.Currency)),
		Type:           text(dto.Type),
		LineCount:      whole(dto.LineCount),
		GoodsCount:     quantity(dto.GoodsCount),
		Sum:            quantity(dto.Sum),
		Invoice:        order.Document{Number: text(dto.InvoiceId), Date: moment(dto.InvoiceDate)},
		PaymentInvoice: order.Document{Number: text(dto.PaymentInvoiceId), Date: moment(dto.PaymentInvoiceDate)},
		Transfer:       links(dto.UtdUrl.Text),
		Note:           text(dto.Note),
		ReadAt:         readAt,
	}
}

// orderWithLines reads an order and its lines.
func orderWithLines(dto *portal.OrderFullDto, readAt time.Time) order.Order {
	o := orderOf(&dto.OrderDto, readAt)
	o.LinesReadAt = readAt
	for i := range dto.Lines {
		o.Lines = append(o.Lines, line(&dto.Lines[i]))
	}
	return o
}

func line(dto *portal.OrderLineDto) order.Line {
	return order.Line{
		ItemID:     catalog.ItemID(text(dto.ItemId)),
		Name:       text(dto.Name),
		Quantity:   quantity(dto.Quantity),
		Reserved:   quantity(dto.ReservedQuantity),
		UnitPrice:  quantity(dto.UnitPrice),
		TotalPrice: quantity(dto.TotalPrice),
		Customs:    customs(text(dto.GtdNumber), text(dto.GtdCountry)),
	}
}

// customs pairs the lists of declaration numbers and countries by position.
func customs(numbers, countries string) []order.Customs {
	n, c := commaList(numbers), commaList(countries)
	var list []order.Customs
	for i := range max(len(n), len(c)) {
		pair := order.Customs{Number: place(n, i), Country: place(c, i)}
		if pair != (order.Customs{}) {
			list = append(list, pair)
		}
	}
	return list
}

// place returns what stands at i, nothing past the end.
func place(list []string, i int) string {
	if i < len(list) {
		return list[i]
	}
	return ""
}

// commaList splits "(a,b)", with or without its brackets (belief 7). Empty places stay, or pairs would shift.
func commaList(list string) []string {
	if strings.HasPrefix(list, "(") && strings.HasSuffix(list, ")") {
		list = list[1 : len(list)-1]
	}
	if strings.TrimSpace(list) == "" {
		return nil
	}
	parts := strings.Split(list, ",")
	for i, p := range parts {
		parts[i] = strings.TrimSpace(p)
	}
	return parts
}

// nextLink is where a comma, a semicolon or a bar ends one link and begins another; the first two may also stand inside a link.
var nextLink = regexp.MustCompile(`[,;|]+([A-Za-z][A-Za-z0-9+.-]*://)`)

// links splits the links to transfer documents, which stand apart by white space, or by a comma, semicolon or bar before a
// scheme (belief 6). Only http and https are links.
func links(text string) []string {
	var list []string
	for _, word := range strings.Fields(nextLink.ReplaceAllString(text, " $1")) {
		word = strings.Trim(word, ",;|")
		if _, ok := webLink(word); ok && !slices.Contains(list, word) {
			list = append(list, word)
		}
	}
	return list
}

// creation writes a line that is asked for. The wire has whole numbers where the documentation has decimals
// (belief 30).
func creation(l order.NewLine) (portal.OrderLineCreationDto, error) {
	if l.ItemID == "" || !l.Quantity.IsPositive() {
		return portal.OrderLineCreationDto{}, errInvalidLine
	}
	count, err := wholeText(l.Quantity)
	return portal.OrderLineCreationDto{ItemId: portal.Text(string(l.ItemID)), Quantity: portal.Text(count)}, err
}

// errInvalidLine is a line that cannot be asked for: no article, or a quantity that is not a positive whole number.
var errInvalidLine = errkind.New(errkind.Invalid, keyLine)

// wholeText writes a number that is not negative without a fraction, "2" and never "2.0".
func wholeText(d decimal.Decimal) (string, error) {
	if d.IsNegative() || !d.IsInteger() {
		return "", errInvalidLine
	}
	return d.Truncate(0).String(), nil
}

func lineResult(dto portal.OrderLineStatusDto) order.LineResult {
	return order.LineResult{
		Ordered:      quantity(dto.OrderedQuantity),
		Reserved:     quantity(dto.ReservedQuantity),
		LinesDeleted: quantity(dto.LinesDeleted),
		GoodsDeleted: quantity(dto.GoodsDeleted),
	}
}

// noteResult reads the answer to a note. An Error of zero is the code of success, and none (belief 8).
func noteResult(dto portal.SetOrderNoteDto) order.NoteResult {
	result := order.NoteResult{Error: shorten(text(dto.Error), maxFaultText), Updated: yes(dto.NoteUpdated)}
	if code := number(dto.Error); code != nil && code.IsZero() {
		result.Error = ""
	}
	return result
}
