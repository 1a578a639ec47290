package order_test

import (
	"context"
	"errors"
	"fmt"
	"slices"
	"sync"
	"time"

	"github.com/shopspring/decimal"

	"storefront/internal/buyer"
	"storefront/internal/catalog"
	"storefront/internal/errkind"
	"storefront/internal/order"
)

// fakeDistributor behaves as the service does: CreateOrder makes an order each time it is performed, AddItem adds, RemoveItem
// takes out, reading shows what there is. What goes wrong is scripted call by call, and what was performed is counted.
type fakeDistributor struct {
	mu        sync.Mutex
	offers    map[catalog.ItemID]catalog.Offer
	orders    []order.Order // oldest first, with lines
	scripts   map[string][]script
	always    map[string]script
	performed map[string]int
	called    map[string]int
	connects  time.Duration // how long CreateOrder takes to begin
	whole     bool          // the contract's RemoveItem has no count: it takes the whole line
	// see changes what GetOrders answers: a lagging or half list.
	see func([]order.Order) []order.Order
}

// script is what happens at a call: perform does the deed, once; what it returns is the answer's error.
type script func(perform func()) error

func newFake() *fakeDistributor {
	return &fakeDistributor{
		offers: map[catalog.ItemID]catalog.Offer{}, scripts: map[string][]script{}, always: map[string]script{},
		performed: map[string]int{}, called: map[string]int{},
	}
}

// next scripts the coming calls of an operation; after them it works.
func (f *fakeDistributor) next(operation string, scripts ...script) {
	f.mu.Lock()
	defer f.mu.Unlock()
	f.scripts[operation] = append(f.scripts[operation], scripts...)
}

// broken scripts every call of an operation until it is mended by nil.
func (f *fakeDistributor) broken(operation string, s script) {
	f.mu.Lock()
	defer f.mu.Unlock()
	f.always[operation] = s
}

func (f *fakeDistributor) count(counts map[string]int, operation string) int {
	f.mu.Lock()
	defer f.mu.Unlock()
	return counts[operation]
}

func (f *fakeDistributor) run(operation string, deed func()) error {
	f.mu.Lock()
	f.called[operation]++
	s := f.always[operation]
	if queue := f.scripts[operation]; len(queue) > 0 {
		s, f.scripts[operation] = queue[0], queue[1:]
	}
	f.mu.Unlock()
	perform := func() {
		f.mu.Lock()
		defer f.mu.Unlock()
		f.performed[operation]++
		deed()
	}
	if s == nil {
		perform()
		return nil
	}
	return s(perform)
}

func (f *fakeDistributor) Offer(_ context.Context, _ buyer.Credentials, item catalog.ItemID) (o catalog.Offer, err error) {
	known := false
	if err := f.run("Offer", func() { o, known = f.offers[item] }); err != nil {
		return catalog.Offer{}, err
	}
	if !known {
		return catalog.Offer{}, &errkind.Error{Kind: errkind.BusinessLogic, Text: "Товар не найден"}
	}
	return o, nil
}

func (f *fakeDistributor) AllOffers(context.Context, buyer.Credentials) (all []catalog.Offer, err error) {
	err = f.run("AllOffers", func() {
		for _, o := range f.offers {
			all = append(all, o)
		}
	})
	return all, err
}

func (f *fakeDistributor) Orders(context.Context, buyer.Credentials) (list []order.Order, err error) {
	err = f.run("Orders", func() {
		for _, o := range f.orders {
			o.Lines = nil
			list = append(list, o)
		}
		if f.see != nil {
			list = f.see(list)
		}
	})
	return list, err
}

func (f *fakeDistributor) OrderWithLines(_ context.Context, _ buyer.Credentials, id order.ID) (o order.Order, err error) {
	time.Sleep(time.Millisecond) // two readings are never of the same moment
	known := false
	if err := f.run("OrderWithLines", func() {
		if i := f.at(id); i >= 0 {
			o, known = f.orders[i], true
			o.Lines = slices.Clone(o.Lines)
		}
	}); err != nil {
		return order.Order{}, err
	}
	if !known {
		return order.Order{}, &errkind.Error{Kind: errkind.BusinessLogic, Text: "Заказ не найден"}
	}
	return o, nil
}

func (f *fakeDistributor) CreateOrder(ctx context.Context, _ buyer.Credentials, lines []order.NewLine) (id order.ID, err error) {
	if f.connects > 0 {
		time.Sleep(f.connects)
		if !order.MayStart(ctx) {
			return "", class(order.ClassNotSent, errkind.Timeout)
		}
	}
	err = f.run("CreateOrder", func() { id = f.create(lines) })
	if err != nil {
		id = ""
	}
	return id, err
}

// create makes an order of which at most ten pieces a line are reserved.
func (f *fakeDistributor) create(lines []order.NewLine) order.ID {
	o := order.Order{ID: order.ID(fmt.Sprintf("4%03d", 711+len(f.orders))), CreatedAt: time.Now(), Status: order.Reserving, Currency: "USD"}
	for _, l := range lines {
		o.Lines = append(o.Lines, order.Line{ItemID: l.ItemID, Quantity: l.Quantity, Reserved: decimal.Min(l.Quantity, decimal.NewFromInt(10))})
	}
	o.LineCount = len(o.Lines)
	f.orders = append(f.orders, o)
	return o.ID
}

func (f *fakeDistributor) AddLine(_ context.Context, _ buyer.Credentials, id order.ID, l order.NewLine) (result order.LineResult, err error) {
	err = f.run("AddLine", func() {
		o := &f.orders[f.at(id)]
		i := slices.IndexFunc(o.Lines, func(have order.Line) bool { return have.ItemID == l.ItemID })
		if i < 0 {
			o.Lines = append(o.Lines, order.Line{ItemID: l.ItemID})
			i = len(o.Lines) - 1
		}
		o.Lines[i].Quantity = o.Lines[i].Quantity.Add(l.Quantity)
		o.Lines[i].Reserved = decimal.Min(o.Lines[i].Quantity, decimal.NewFromInt(10))
		result.Ordered = o.Lines[i].Quantity
	})
	return result, err
}

func (f *fakeDistributor) RemoveLine(_ context.Context, _ buyer.Credentials, id order.ID, item catalog.ItemID, count decimal.Decimal) error {
	return f.run("RemoveLine", func() {
		o := &f.orders[f.at(id)]
		i := slices.IndexFunc(o.Lines, func(have order.Line) bool { return have.ItemID == item })
		if i < 0 {
			return
		}
		o.Lines[i].Quantity = o.Lines[i].Quantity.Sub(count)
		o.Lines[i].Reserved = decimal.Min(o.Lines[i].Reserved, o.Lines[i].Quantity)
		if count.IsZero() || !o.Lines[i].Quantity.IsPositive() {
			o.Lines = slices.Delete(o.Lines, i, i+1)
		}
	})
}

func (f *fakeDistributor) CountsRemovals(context.Context) bool { return !f.whole }

func (f *fakeDistributor) SetNote(_ context.Context, _ buyer.Credentials, id order.ID, note string) (order.NoteResult, error) {
	err := f.run("SetNote", func() { f.orders[f.at(id)].Note = note })
	var answer noteAnswer
	if errors.As(err, &answer) {
		return answer.result, nil
	}
	if err != nil {
		return order.NoteResult{}, err
	}
	return order.NoteResult{Updated: true}, nil
}

// noteAnswer lets a script choose what SetOrderNote answers.
type noteAnswer struct{ result order.NoteResult }

func (noteAnswer) Error() string { return "an answer, not an error" }

func (f *fakeDistributor) at(id order.ID) int {
	return slices.IndexFunc(f.orders, func(o order.Order) bool { return o.ID == id })
}

// change edits an order behind everybody's back.
func (f *fakeDistributor) change(id order.ID, edit func(*order.Order)) {
	f.mu.Lock()
	defer f.mu.Unlock()
	edit(&f.orders[f.at(id)])
}

// colleague makes an order that is none of ours.
func (f *fakeDistributor) colleague(lines ...order.NewLine) order.ID {
	f.mu.Lock()
	defer f.mu.Unlock()
	return f.create(lines)
}

// The outcomes of a call.

func works(perform func()) error {
	perform()
	return nil
}

func fails(err error) script { return func(func()) error { return err } }

func lost(err error) script {
	return func(perform func()) error {
		perform()
		return err
	}
}

// later performs the deed some time after the call has failed.
func later(after time.Duration, err error) script {
	return func(perform func()) error {
		time.AfterFunc(after, perform)
		return err
	}
}

// slow performs the deed after a while, and answers.
func slow(took time.Duration) script {
	return func(perform func()) error {
		time.Sleep(took)
		perform()
		return nil
	}
}

func class(c order.SendClass, kind errkind.Kind) error {
	return &order.SendError{Class: c, Err: &errkind.Error{Kind: kind, Text: textOf(kind)}}
}

// textOf is a faultstring, which only two kinds show.
func textOf(kind errkind.Kind) string {
	if kind == errkind.BusinessLogic || kind == errkind.Contract {
		return "Превышен лимит отгрузки"
	}
	return ""
}

var (
	unanswered = class(order.ClassUnanswered, errkind.Timeout)
	reset      = class(order.ClassUnanswered, errkind.Unreachable)
	refusedTCP = class(order.ClassNotSent, errkind.Unreachable)
	technical  = class(order.ClassAnswered, errkind.Technical)
)
