package emulator

import (
	"fmt"
	"maps"
	"slices"
	"sync"
	"time"

	"github.com/shopspring/decimal"
)

// book holds all orders and the stock they have taken. What is taken is never written down: it is always the sum of what
// living orders have reserved since the stock was counted, so a branch can't promise a piece twice.
type book struct {
	goods   func() *catalogue
	now     func() time.Time
	answers Answers

	mu     sync.Mutex
	orders []*order // oldest first
	taken  map[stockKey]int64
	next   int // number of the next order
}

// stockKey is an item in a branch.
type stockKey struct {
	item   string
	branch int
}

// firstOrder is the number of the oldest order there is.
const firstOrder = 417_300

func newBook(goods func() *catalogue, now func() time.Time, answers Answers) *book {
	return &book{goods: goods, now: now, answers: answers, taken: make(map[stockKey]int64), next: firstOrder}
}

// replace puts other orders in place of all, oldest first.
func (b *book) replace(orders []*order) {
	b.mu.Lock()
	defer b.mu.Unlock()
	b.orders, b.next = orders, firstOrder
	clear(b.taken)
	for _, o := range orders {
		b.next = max(b.next, o.Number+1)
		for _, l := range o.Lines {
			b.take(o, l.ItemID, l.Reserved)
		}
		for item, pieces := range o.Counted {
			b.take(o, item, -pieces)
		}
	}
}

// take counts pieces as taken by an order, or gives them back where pieces is negative. Goods of past deals left long ago.
func (b *book) take(o *order, item string, pieces int64) {
	if o.Past {
		return
	}
	key := stockKey{item, o.Branch}
	if b.taken[key] += pieces; b.taken[key] == 0 {
		delete(b.taken, key)
	}
}

// takenStock returns what is taken at this moment.
func (b *book) takenStock() map[stockKey]int64 {
	b.mu.Lock()
	defer b.mu.Unlock()
	return maps.Clone(b.taken)
}

// snapshot returns copies of the orders that match, oldest first.
func (b *book) snapshot(match func(*order) bool) []order {
	b.mu.Lock()
	defer b.mu.Unlock()
	var list []order
	for _, o := range b.orders {
		if match(o) {
			list = append(list, o.clone())
		}
	}
	return list
}

// all returns copies of all orders, oldest first.
func (b *book) all() []*order {
	list := b.snapshot(func(*order) bool { return true })
	pointers := make([]*order, len(list))
	for i := range list {
		pointers[i] = &list[i]
	}
	return pointers
}

// place makes an order of lines and reserves what its branch has. lines must have been checked.
func (b *book) place(a Account, prices []offer, lines []wanted) order {
	b.mu.Lock()
	defer b.mu.Unlock()
	o := &order{
		Number: b.next, Dealer: a.Dealer, Login: a.Login, Branch: a.branch(),
		CreatedAt: b.now().Truncate(time.Millisecond), Currency: b.currency(a), Type: typeOrder,
	}
	b.next++
	b.orders = append(b.orders, o)
	for _, w := range lines {
		o.Lines = append(o.Lines, b.line(o, prices, w))
	}
	return o.clone()
}

// currency is that of the next order: its account's.
func (b *book) currency(a Account) string {
	switch {
	case !b.answers.MixedCurrencies || b.next%2 == 0:
		return a.Currency
	case a.Currency == "RUB":
		return "USD"
	}
	return "RUB"
}

// line reserves what there is for a new line.
func (b *book) line(o *order, prices []offer, w wanted) line {
	goods := b.goods()
	it := goods.items[w.index]
	reserved := b.reserve(o, w.index, w.quantity)
	return line{
		ItemID: it.id(), Name: it.dto.Name.Text, Quantity: w.quantity, Reserved: reserved,
		UnitPrice: in(o.Currency, prices[w.index].amount, goods.rate),
	}
}

// reserve takes as many of the wanted pieces as the order's branch has.
func (b *book) reserve(o *order, index int, pieces int64) int64 {
	it := b.goods().items[index]
	reserved := min(pieces, free(it, o.Branch, b.taken[stockKey{it.id(), o.Branch}]))
	b.take(o, it.id(), reserved)
	return reserved
}

// edit changes an order that match allows, while it is still being reserved.
func (b *book) edit(match func(*order) bool, change func(*order) error) error {
	b.mu.Lock()
	defer b.mu.Unlock()
	i := slices.IndexFunc(b.orders, match)
	if i < 0 {
		return refused("Заказ не найден.")
	}
	o := b.orders[i]
	if status := o.status(b.now()); status != statusReserving {
		return refused("Заказ %s имеет статус «%s», изменять его нельзя.", o.id(), status)
	}
	return change(o)
}

// add adds to the quantity of lines, or adds lines. It returns the number of pieces ordered and reserved by this.
func (b *book) add(match func(*order) bool, prices []offer, lines []wanted) (ordered, reserved int64, err error) {
	err = b.edit(match, func(o *order) error {
		for _, w := range lines {
			got := b.addLine(o, prices, w)
			ordered, reserved = ordered+w.quantity, reserved+got
		}
		return nil
	})
	return ordered, reserved, err
}

func (b *book) addLine(o *order, prices []offer, w wanted) (reserved int64) {
	i := o.find(b.goods().items[w.index].id())
	if i < 0 {
		l := b.line(o, prices, w)
		o.Lines = append(o.Lines, l)
		return l.Reserved
	}
	if b.answers.AddItemSets {
		return b.setLine(o, i, w)
	}
	reserved = b.reserve(o, w.index, w.quantity)
	o.Lines[i].Quantity += w.quantity
	o.Lines[i].Reserved += reserved
	return reserved
}

// setLine makes the quantity of a line what is wanted, and returns how much of it is reserved.
func (b *book) setLine(o *order, i int, w wanted) int64 {
	l := &o.Lines[i]
	if more := w.quantity - l.Quantity; more > 0 {
		l.Reserved += b.reserve(o, w.index, more)
		l.Quantity = w.quantity
	} else if more < 0 {
		b.cut(o, i, -more)
	}
	return l.Reserved
}

// remove takes count pieces of an item out of an order, all of them where count is zero. What was not reserved goes first.
func (b *book) remove(match func(*order) bool, item string, count int64) error {
	return b.edit(match, func(o *order) error {
		have := o.quantity(item)
		switch {
		case have == 0:
			return refused("Товара %s нет в заказе %s.", item, o.id())
		case count > have:
			return refused("В заказе %s только %d шт. товара %s, удалить %d нельзя.", o.id(), have, item, count)
		case count == 0:
			count = have
		case b.answers.RemoveItemLeaves:
			count = have - count
		}
		for count > 0 {
			count -= b.cut(o, o.find(item), count)
		}
		return nil
	})
}

// cut takes at most count pieces from a line and drops the line when it is empty.
func (b *book) cut(o *order, i int, count int64) int64 {
	l := &o.Lines[i]
	n := min(count, l.Quantity)
	l.Quantity -= n
	if back := l.Reserved - l.Quantity; back > 0 {
		l.Reserved -= back
		b.take(o, l.ItemID, -back)
	}
	if l.Quantity == 0 {
		o.Lines = slices.Delete(o.Lines, i, i+1)
	}
	return n
}

// annotate replaces the note of an order in any status.
func (b *book) annotate(match func(*order) bool, note string) error {
	b.mu.Lock()
	defer b.mu.Unlock()
	i := slices.IndexFunc(b.orders, match)
	if i < 0 {
		return refused("Заказ не найден.")
	}
	b.orders[i].Note = b.answers.noteAfter(b.orders[i].Note, note)
	return nil
}

// noteAfter is what a note becomes when another is written.
func (a Answers) noteAfter(old, note string) string {
	if a.NotesAppend && old != "" && note != "" {
		note = old + "\n" + note
	}
	if runes := []rune(note); a.NotesCut && len(runes) > cutNote {
		note = string(runes[:cutNote])
	}
	return note
}

// wanted is a line that was checked: an item that can be ordered and a positive number of pieces.
type wanted struct {
	index    int
	quantity int64
}

// maxPieces bounds a line: above it the accounting system's field overflows.
const maxPieces = 1_000_000

// wantedLines checks what was asked for.
func (c *catalogue) wantedLines(lines []newLine, prices []offer, answers Answers) ([]wanted, error) {
	if len(lines) == 0 {
		return nil, answers.wrongLine("lines: не задано ни одной позиции.")
	}
	list := make([]wanted, 0, len(lines))
	for n, l := range lines {
		w, err := c.wantedLine(l, prices, answers)
		if err != nil {
			err.text = fmt.Sprintf("Позиция %d: %s", n+1, err.text)
			return nil, err
		}
		list = append(list, w)
	}
	return list, nil
}

func (c *catalogue) wantedLine(l newLine, prices []offer, answers Answers) (wanted, *fault) {
	index, known := c.byID[l.ItemID.Text]
	switch {
	case !l.ItemID.Filled():
		return wanted{}, answers.wrongLine("ItemId не задан.")
	case !l.Quantity.IsPositive() || !l.Quantity.IsInteger():
		return wanted{}, answers.wrongLine("Quantity «%s» не является целым положительным числом.", l.Quantity)
	case l.Quantity.GreaterThan(decimal.NewFromInt(maxPieces)):
		return wanted{}, answers.wrongLine("Quantity «%s» больше допустимого.", l.Quantity)
	case !known:
		return wanted{}, answers.unknownItem("товар с артикулом %s не найден.", l.ItemID.Text)
	case prices[index].amount.IsNegative():
		return wanted{}, refused("цена товара %s не установлена, обратитесь к менеджеру.", l.ItemID.Text)
	}
	return wanted{index, l.Quantity.IntPart()}, nil
}
