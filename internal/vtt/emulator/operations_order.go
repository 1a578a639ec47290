package emulator

import (
	"encoding/xml"
	"fmt"
	"slices"
	"strconv"
	"strings"
	"time"
	"unicode/utf8"

	"storefront/internal/vtt/portal"
)

const (
	maxNote = 1000 // characters that a note may have
	cutNote = 255  // what is kept of a note where notes are cut without a word

	recently = 30 * 24 * time.Hour // how far back GetOrders looks where it does not tell everything
)

// sees tells which orders an account may see: those of its dealer.
func (s *Server) sees(a Account) func(*order) bool {
	return func(o *order) bool {
		return o.Dealer == a.Dealer && (o.Login == a.Login || !s.options.Answers.OrdersPerLogin)
	}
}

// asked returns the match for the order that a call names. Another dealer's order is as good as none.
func (s *Server) asked(c call) (func(*order) bool, error) {
	id, err := c.required("orderId")
	if err != nil {
		return nil, err
	}
	visible := s.sees(c.account)
	return func(o *order) bool { return o.id() == id && visible(o) }, nil
}

func (s *Server) findOrder(c call) (order, error) {
	match, err := s.asked(c)
	if err != nil {
		return order{}, err
	}
	found := s.book.snapshot(match)
	if len(found) == 0 {
		return order{}, refused("Заказ с идентификатором %s не найден.", c.args.text("orderId"))
	}
	return found[0], nil
}

func (s *Server) getOrders(c call) (result, error) {
	visible, now, answers := s.sees(c.account), s.clock.Now(), s.options.Answers
	orders := s.book.snapshot(func(o *order) bool {
		return visible(o) && (!answers.RecentOrders || now.Sub(o.CreatedAt) <= recently)
	})
	orders = c.rule.listed(orders, now)
	return func(e *encoder) {
		for i := range orders {
			dto := orders[i].dto(now, c.base(), answers)
			if answers.NoUtdUrlInList {
				dto.UtdUrl = portal.Value{}
			}
			e.element("OrderDto", func() { e.order(&dto) })
		}
	}, nil
}

func (s *Server) getOrderStatus(c call) (result, error) {
	o, err := s.findOrder(c)
	if err != nil {
		return nil, err
	}
	dto := o.dto(s.clock.Now(), c.base(), s.options.Answers)
	return func(e *encoder) { e.order(&dto) }, nil
}

func (s *Server) getOrderWithLines(c call) (result, error) {
	o, err := s.findOrder(c)
	if err != nil {
		return nil, err
	}
	if c.rule.Effect == Rearrange {
		o.Lines = rearranged(o.Lines)
	}
	dto := o.fullDto(s.clock.Now(), c.base(), s.options.Answers)
	return func(e *encoder) { e.fullOrder(&dto) }, nil
}

func (s *Server) createOrder(c call) (result, error) {
	prices := s.market.goods().offers(c.account.Level)
	lines, err := s.catalogue.wantedLines(c.args.lines, prices, s.options.Answers)
	if err != nil {
		return nil, err
	}
	o := s.book.place(c.account, prices, lines)
	return func(e *encoder) { e.text(o.id()) }, s.save()
}

func (s *Server) addItem(c call) (result, error) {
	match, err := s.asked(c)
	if err != nil {
		return nil, err
	}
	prices := s.market.goods().offers(c.account.Level)
	lines, err := s.catalogue.wantedLines(c.args.lines, prices, s.options.Answers)
	if err != nil {
		return nil, err
	}
	ordered, reserved, err := s.book.add(match, prices, lines)
	if err != nil {
		return nil, err
	}
	status := portal.OrderLineStatusDto{
		GoodsDeleted: pieces64(0), LinesDeleted: pieces64(0), OrderedQuantity: pieces64(ordered), ReservedQuantity: pieces64(reserved),
	}
	return func(e *encoder) { e.lineStatus(&status) }, s.save()
}

func (s *Server) removeItem(c call) (result, error) {
	match, err := s.asked(c)
	if err != nil {
		return nil, err
	}
	item, err := c.required("itemId")
	if err != nil {
		return nil, err
	}
	count, err := s.removal(c)
	if err != nil {
		return nil, err
	}
	if err := s.book.remove(match, item, count); err != nil {
		return nil, err
	}
	return nil, s.save()
}

// removal reads how many pieces to remove; zero is all. The older age knows only all.
func (s *Server) removal(c call) (int64, error) {
	if s.age == portal.Older {
		return 0, nil
	}
	text, err := c.required("count")
	if err != nil {
		return 0, err
	}
	count, err := strconv.ParseInt(strings.TrimSpace(text), 10, 64)
	if err != nil || count < 0 || count > maxPieces {
		return 0, misused("count: «%s» не является целым неотрицательным числом.", text)
	}
	return count, nil
}

// setOrderNote answers a note that is too long with Error and no fault, as it answers success without one.
func (s *Server) setOrderNote(c call) (result, error) {
	match, err := s.asked(c)
	if err != nil {
		return nil, err
	}
	note, answers := c.args.text("note"), s.options.Answers
	answer := portal.SetOrderNoteDto{Error: portal.Null(), NoteUpdated: portal.Text("true")}
	if answers.NoteCodes {
		answer = portal.SetOrderNoteDto{Error: portal.Text("0"), NoteUpdated: portal.Text("1")}
	}
	if n := utf8.RuneCountInString(note); n > maxNote && !answers.NotesCut {
		answer.Error = portal.Text(fmt.Sprintf("Длина примечания %d символов, допустимо не более %d.", n, maxNote))
		answer.NoteUpdated = portal.Text("false")
		if answers.NoteCodes {
			answer = portal.SetOrderNoteDto{Error: portal.Text("17"), NoteUpdated: portal.Text("0")}
		}
		_, err := s.findOrder(c)
		return func(e *encoder) { e.noteResult(&answer) }, err
	}
	if err := s.book.annotate(match, note); err != nil {
		return nil, err
	}
	return func(e *encoder) { e.noteResult(&answer) }, s.save()
}

// invoice is what ExportInvoiceXml answers, as text.
type invoice struct {
	XMLName xml.Name      `xml:"Invoice"`
	Number  string        `xml:"number,attr"`
	Date    string        `xml:"date,attr"`
	Lines   []invoiceLine `xml:"Line"`
}

type invoiceLine struct {
	ItemID   string `xml:"ItemId"`
	Name     string
	Quantity int64
	Price    string
}

// exportInvoiceXml exists in the older age, and at times in the current one.
func (s *Server) exportInvoiceXml(c call) (result, error) {
	o, err := s.findOrder(c)
	if err != nil {
		return nil, err
	}
	dto := o.dto(s.clock.Now(), c.base(), s.options.Answers)
	if !dto.InvoiceId.Filled() {
		return nil, refused("Накладная по заказу %s ещё не выписана.", o.id())
	}
	doc := invoice{Number: dto.InvoiceId.Text, Date: dto.InvoiceDate.Text}
	for l := range slices.Values(o.Lines) {
		doc.Lines = append(doc.Lines, invoiceLine{l.ItemID, l.Name, l.Quantity, l.UnitPrice.String()})
	}
	text, err := xml.Marshal(doc)
	return func(e *encoder) { e.text(string(text)) }, err
}

// base is what links in an answer begin with.
func (c call) base() string { return "http://" + c.host }
