package order_test

import (
	"cmp"
	"context"
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

// memory is every store of the desk in memory, with the rules of the real one.
type memory struct {
	mu          sync.Mutex
	generations int
	accounts    map[buyer.ID]buyer.Account
	carts       map[buyer.ID]order.Cart
	submissions map[order.SubmissionID]order.Submission
	history     map[order.SubmissionID][]order.Step
	orders      map[buyer.ID]map[order.ID]order.Order
	readAt      map[buyer.ID]time.Time
	notes       []order.NoteRecord
	wishes      map[order.SubmissionID]order.Wishes
	edits       []order.Edit // in the order they were planned in
	steps       map[order.EditID][]order.EditState
	rescues     []order.Rescue
}

func newMemory() *memory {
	return &memory{
		accounts: map[buyer.ID]buyer.Account{}, carts: map[buyer.ID]order.Cart{}, readAt: map[buyer.ID]time.Time{},
		submissions: map[order.SubmissionID]order.Submission{}, history: map[order.SubmissionID][]order.Step{},
		orders: map[buyer.ID]map[order.ID]order.Order{}, wishes: map[order.SubmissionID]order.Wishes{}, steps: map[order.EditID][]order.EditState{},
	}
}

func (m *memory) Account(_ context.Context, id buyer.ID) (buyer.Account, error) {
	m.mu.Lock()
	defer m.mu.Unlock()
	return m.accounts[id], nil
}

func (m *memory) SaveAccount(_ context.Context, a buyer.Account) error {
	m.mu.Lock()
	defer m.mu.Unlock()
	m.accounts[a.ID] = a
	return nil
}

func (m *memory) Cart(_ context.Context, b buyer.ID) (order.Cart, error) {
	m.mu.Lock()
	defer m.mu.Unlock()
	return m.cart(b), nil
}

func (m *memory) cart(b buyer.ID) order.Cart {
	c, ok := m.carts[b]
	if !ok {
		c = m.generation(b, 0)
		m.carts[b] = c
	}
	c.Lines = slices.Clone(c.Lines)
	for _, s := range m.submissions {
		c.Frozen = c.Frozen || s.Buyer == b && s.Cart == c.ID && s.State.Open()
	}
	for _, e := range m.edits {
		c.Frozen = c.Frozen || e.Buyer == b && e.Cart == c.ID && unsettled(e)
	}
	return c
}

func (m *memory) generation(b buyer.ID, version int64) order.Cart {
	m.generations++
	return order.Cart{ID: order.CartID(fmt.Sprint("cart.", m.generations)), Buyer: b, Version: version + 1}
}

func (m *memory) AddLine(ctx context.Context, b buyer.ID, item catalog.ItemID, quantity decimal.Decimal) (order.Cart, error) {
	m.mu.Lock()
	c := m.cart(b)
	m.mu.Unlock()
	if i := slices.IndexFunc(c.Lines, func(l order.CartLine) bool { return l.ItemID == item }); i >= 0 {
		quantity = quantity.Add(c.Lines[i].Quantity)
	}
	return m.SetLine(ctx, b, item, quantity)
}

func (m *memory) AddLines(ctx context.Context, b buyer.ID, lines []order.NewLine) (c order.Cart, err error) {
	for _, l := range lines {
		if c, err = m.AddLine(ctx, b, l.ItemID, l.Quantity); err != nil {
			return c, err
		}
	}
	return c, nil
}

func (m *memory) SetLine(_ context.Context, b buyer.ID, item catalog.ItemID, quantity decimal.Decimal) (order.Cart, error) {
	m.mu.Lock()
	defer m.mu.Unlock()
	c := m.cart(b)
	if c.Frozen {
		return c, order.ErrFrozen
	}
	c.Lines = slices.DeleteFunc(c.Lines, func(l order.CartLine) bool { return l.ItemID == item })
	if !quantity.IsZero() {
		c.Lines = append(c.Lines, order.CartLine{ItemID: item, Quantity: quantity})
	}
	c.Version++
	m.carts[b] = c
	return c, nil
}

func (m *memory) SetCartNote(_ context.Context, b buyer.ID, note string) (order.Cart, error) {
	m.mu.Lock()
	defer m.mu.Unlock()
	c := m.cart(b)
	c.Note = note
	c.Version++
	m.carts[b] = c
	return c, nil
}

func (m *memory) Prepare(_ context.Context, s order.Submission) error {
	m.mu.Lock()
	defer m.mu.Unlock()
	for _, other := range m.submissions {
		if other.Buyer == s.Buyer && other.State.Open() {
			return order.ErrOpenSubmission
		}
	}
	if c := m.cart(s.Buyer); c.ID != s.Cart || c.Version != s.CartVersion {
		return order.ErrCartChanged
	}
	m.submissions[s.ID] = s
	m.history[s.ID] = append(m.history[s.ID], order.Step{State: s.State, At: time.Now()})
	return nil
}

func (m *memory) Move(_ context.Context, id order.SubmissionID, state order.State, epoch int64, change func(*order.Submission)) (order.Submission, error) {
	m.mu.Lock()
	defer m.mu.Unlock()
	s := m.submissions[id]
	if s.State != state || s.Epoch != epoch {
		return order.Submission{}, order.ErrMoved
	}
	change(&s)
	for _, other := range m.submissions {
		if other.ID != id && other.Buyer == s.Buyer && other.OrderID == s.OrderID && s.OrderID != "" {
			return order.Submission{}, errkind.New(errkind.Conflict, "explains another submission")
		}
	}
	s.Epoch++
	m.submissions[id] = s
	m.history[id] = append(m.history[id], order.Step{State: s.State, At: time.Now()})
	c := m.carts[s.Buyer]
	switch {
	case s.State == order.Confirmed, s.State == order.LateFound:
		if c.ID != s.Cart || c.Version > s.CartVersion+1 {
			break // the buyer has a cart of his own again
		}
		next := m.generation(s.Buyer, c.Version)
		for _, l := range s.Rest {
			next.Lines = append(next.Lines, order.CartLine{ItemID: l.ItemID, Quantity: l.Quantity})
		}
		m.carts[s.Buyer] = next
	case !s.State.Open() && state.Open():
		c.Version++
		m.carts[s.Buyer] = c
	}
	return s, nil
}

func (m *memory) Touch(_ context.Context, s order.Submission) error {
	m.mu.Lock()
	defer m.mu.Unlock()
	have := m.submissions[s.ID]
	if have.Epoch != s.Epoch {
		return order.ErrMoved
	}
	have.ReadsOK, have.LastReadAt, have.NextReadAt = s.ReadsOK, s.LastReadAt, s.NextReadAt
	have.NoteSent, have.NoteError = s.NoteSent, s.NoteError
	m.submissions[s.ID] = have
	return nil
}

func (m *memory) WipeSealed(_ context.Context, before time.Time) (n int64, err error) {
	m.mu.Lock()
	defer m.mu.Unlock()
	for id, s := range m.submissions {
		if !s.State.Open() && len(s.Sealed) > 0 && s.CreatedAt.Before(before) {
			s.Sealed = nil
			m.submissions[id] = s
			n++
		}
	}
	return n, nil
}

func (m *memory) Submission(_ context.Context, b buyer.ID, id order.SubmissionID) (order.Submission, error) {
	m.mu.Lock()
	defer m.mu.Unlock()
	s, ok := m.submissions[id]
	if !ok || s.Buyer != b {
		return order.Submission{}, order.ErrNoSubmission
	}
	return s, nil
}

func (m *memory) OpenSubmission(_ context.Context, b buyer.ID) (order.Submission, bool, error) {
	m.mu.Lock()
	defer m.mu.Unlock()
	for _, s := range m.submissions {
		if s.Buyer == b && s.State.Open() {
			return s, true, nil
		}
	}
	return order.Submission{}, false, nil
}

func (m *memory) Unfinished(_ context.Context, sentAfter time.Time) ([]order.Submission, error) {
	return m.which(func(s order.Submission) bool {
		return s.State.Open() && s.State != order.NeedsBuyer || s.State.Watched() && s.SentAt.After(sentAfter)
	}), nil
}

func (m *memory) Unsettled(_ context.Context, b buyer.ID, sentAfter time.Time) ([]order.Submission, error) {
	list := m.which(func(s order.Submission) bool {
		return s.Buyer == b && (s.State.Open() || (s.State.Watched() || s.State == order.LateFound) && s.SentAt.After(sentAfter))
	})
	slices.Reverse(list)
	return list, nil
}

func (m *memory) Children(_ context.Context, b buyer.ID, parent order.SubmissionID) ([]order.Submission, error) {
	return m.which(func(s order.Submission) bool { return s.Buyer == b && s.Parent == parent && parent != "" }), nil
}

func (m *memory) Explained(_ context.Context, b buyer.ID) (ids []order.ID, err error) {
	for _, s := range m.which(func(s order.Submission) bool { return s.Buyer == b && s.OrderID != "" }) {
		ids = append(ids, s.OrderID)
	}
	return ids, nil
}

// which lists submissions, oldest first.
func (m *memory) which(wanted func(order.Submission) bool) (list []order.Submission) {
	m.mu.Lock()
	defer m.mu.Unlock()
	for _, s := range m.submissions {
		if wanted(s) {
			list = append(list, s)
		}
	}
	slices.SortFunc(list, func(a, b order.Submission) int {
		return cmp.Or(a.CreatedAt.Compare(b.CreatedAt), cmp.Compare(a.ID, b.ID))
	})
	return list
}

func (m *memory) History(_ context.Context, _ buyer.ID, id order.SubmissionID) ([]order.Step, error) {
	m.mu.Lock()
	defer m.mu.Unlock()
	return slices.Clone(m.history[id]), nil
}

func (m *memory) SaveOrders(_ context.Context, b buyer.ID, orders []order.Order) error {
	m.mu.Lock()
	defer m.mu.Unlock()
	for _, o := range orders {
		m.save(b, o)
	}
	m.readAt[b] = time.Now()
	return nil
}

func (m *memory) SaveOrder(_ context.Context, b buyer.ID, o order.Order) error {
	m.mu.Lock()
	defer m.mu.Unlock()
	m.save(b, o)
	return nil
}

func (m *memory) save(b buyer.ID, o order.Order) {
	if m.orders[b] == nil {
		m.orders[b] = map[order.ID]order.Order{}
	}
	if o.LinesReadAt.IsZero() {
		o.Lines, o.LinesReadAt = m.orders[b][o.ID].Lines, m.orders[b][o.ID].LinesReadAt
	}
	m.orders[b][o.ID] = o
}

func (m *memory) Orders(_ context.Context, b buyer.ID, f order.Filter) (list []order.Order, total int, err error) {
	m.mu.Lock()
	defer m.mu.Unlock()
	for _, o := range m.orders[b] {
		if !o.CreatedAt.Before(f.From) {
			o.Lines = nil
			list = append(list, o)
		}
	}
	slices.SortFunc(list, func(a, b order.Order) int { return b.CreatedAt.Compare(a.CreatedAt) })
	return list, len(list), nil
}

func (m *memory) Order(_ context.Context, b buyer.ID, id order.ID) (order.Order, error) {
	m.mu.Lock()
	defer m.mu.Unlock()
	o, ok := m.orders[b][id]
	if !ok {
		return order.Order{}, order.ErrNoOrder
	}
	for _, s := range m.submissions {
		if s.Buyer == b && s.OrderID == id {
			o.Wishes = m.wishes[s.ID]
		}
	}
	return o, nil
}

func (m *memory) OrdersReadAt(_ context.Context, b buyer.ID) (time.Time, error) {
	return m.readAt[b], nil
}

func (m *memory) LinesReach(context.Context, buyer.ID) (time.Time, bool, error) {
	return time.Time{}, true, nil
}

func (m *memory) LinesDue(context.Context, buyer.ID, time.Time, int) ([]order.ID, error) {
	return nil, nil
}

func (m *memory) Timeline(context.Context, buyer.ID, order.ID) ([]order.Observation, error) {
	return nil, nil
}

func (m *memory) AddNote(_ context.Context, _ buyer.ID, n order.NoteRecord) error {
	m.mu.Lock()
	defer m.mu.Unlock()
	m.notes = append([]order.NoteRecord{n}, m.notes...)
	return nil
}

func (m *memory) Notes(_ context.Context, _ buyer.ID, id order.ID) (list []order.NoteRecord, err error) {
	m.mu.Lock()
	defer m.mu.Unlock()
	for _, n := range m.notes {
		if n.Order == id {
			list = append(list, n)
		}
	}
	return list, nil
}

func (m *memory) SetWishes(_ context.Context, _ buyer.ID, id order.SubmissionID, w order.Wishes) error {
	m.mu.Lock()
	defer m.mu.Unlock()
	m.wishes[id] = w
	return nil
}

func (m *memory) CartWishes(_ context.Context, b buyer.ID, cart order.CartID) (w order.Wishes, err error) {
	m.mu.Lock()
	defer m.mu.Unlock()
	version := int64(-1)
	for _, s := range m.submissions {
		if s.Buyer == b && s.Cart == cart && s.CartVersion > version {
			w, version = m.wishes[s.ID], s.CartVersion
		}
	}
	return w, nil
}

func (m *memory) PlanEdits(_ context.Context, steps []order.Edit, rescue *order.Rescue) ([]order.Edit, error) {
	m.mu.Lock()
	defer m.mu.Unlock()
	planned := slices.Clone(steps)
	if cart := m.cart(planned[0].Buyer); planned[0].Cart != "" {
		switch {
		case cart.ID != planned[0].Cart:
			return nil, order.ErrCartChanged
		case cart.Frozen:
			return nil, order.ErrFrozen
		}
	}
	if m.open(planned[0], "") {
		return nil, order.ErrOpenEdit
	}
	for i := range planned {
		m.generations++
		e := &planned[i]
		e.ID, e.Step, e.State = order.EditID(fmt.Sprint("edit.", m.generations)), i, order.EditWaiting
		if i == 0 {
			e.State = order.EditPlanned
		}
		e.Plan = planned[0].ID
		m.steps[e.ID] = append(m.steps[e.ID], e.State)
	}
	m.edits = append(m.edits, planned...)
	if rescue != nil {
		rescue.Plan = planned[0].ID
		m.addRescue(*rescue)
	}
	return planned, nil
}

// open tells whether a change of the same order is open, but for one.
func (m *memory) open(e order.Edit, but order.EditID) bool {
	return slices.ContainsFunc(m.edits, func(o order.Edit) bool {
		return o.Buyer == e.Buyer && o.Order == e.Order && o.State.Open() && o.ID != but
	})
}

func (m *memory) MoveEdit(_ context.Context, e order.Edit, change func(*order.Edit)) (order.Edit, error) {
	m.mu.Lock()
	defer m.mu.Unlock()
	i := slices.IndexFunc(m.edits, func(o order.Edit) bool {
		return o.Buyer == e.Buyer && o.ID == e.ID && o.State == e.State && o.Epoch == e.Epoch
	})
	if i < 0 {
		return order.Edit{}, order.ErrEditMoved
	}
	moved := m.edits[i]
	change(&moved)
	moved.Epoch++
	if moved.State.Open() && m.open(moved, moved.ID) {
		return order.Edit{}, order.ErrOpenEdit
	}
	m.edits[i] = moved
	m.carried(moved)
	m.steps[moved.ID] = append(m.steps[moved.ID], moved.State)
	return moved, nil
}

func (m *memory) carried(e order.Edit) {
	c := m.carts[e.Buyer]
	if e.Cart == "" || c.ID != e.Cart || !e.Arrived() {
		return
	}
	c.Lines = slices.Clone(c.Lines)
	c.Version++
	if i := slices.IndexFunc(c.Lines, func(l order.CartLine) bool { return l.ItemID == e.Item }); i >= 0 {
		if c.Lines[i].Quantity = c.Lines[i].Quantity.Sub(e.Count); !c.Lines[i].Quantity.IsPositive() {
			c.Lines = slices.Delete(c.Lines, i, i+1)
		}
	}
	m.carts[e.Buyer] = c
}

func (m *memory) CartEdit(_ context.Context, b buyer.ID, cart order.CartID) (*order.Edit, error) {
	found := m.editsWhere(func(e order.Edit) bool { return e.Buyer == b && e.Cart == cart && cart != "" && unsettled(e) })
	if len(found) == 0 {
		return nil, nil
	}
	return &found[0], nil
}

func unsettled(e order.Edit) bool { return e.State.Open() || e.State == order.EditWaiting }

func (m *memory) TouchEdit(_ context.Context, e order.Edit) error {
	m.mu.Lock()
	defer m.mu.Unlock()
	for i, have := range m.edits {
		if have.ID == e.ID && have.Epoch == e.Epoch {
			m.edits[i] = e
		}
	}
	return nil
}

func (m *memory) Edit(_ context.Context, b buyer.ID, id order.EditID) (order.Edit, error) {
	found := m.editsWhere(func(e order.Edit) bool { return e.Buyer == b && e.ID == id })
	if len(found) == 0 {
		return order.Edit{}, order.ErrNoEdit
	}
	return found[0], nil
}

func (m *memory) Edits(_ context.Context, b buyer.ID, id order.ID, n int) ([]order.Edit, error) {
	found := m.editsWhere(func(e order.Edit) bool { return e.Buyer == b && e.Order == id })
	slices.Reverse(found)
	return found[:min(n, len(found))], nil
}

func (m *memory) EditSteps(_ context.Context, b buyer.ID, plan order.EditID) ([]order.Edit, error) {
	return m.editsWhere(func(e order.Edit) bool { return e.Buyer == b && e.Plan == plan }), nil
}

func (m *memory) OpenEdits(context.Context) ([]order.Edit, error) {
	return m.editsWhere(func(e order.Edit) bool { return e.State.Open() }), nil
}

func (m *memory) editsWhere(is func(order.Edit) bool) (found []order.Edit) {
	m.mu.Lock()
	defer m.mu.Unlock()
	for _, e := range m.edits {
		if is(e) {
			found = append(found, e)
		}
	}
	return found
}

func (m *memory) AddRescue(_ context.Context, r order.Rescue) error {
	m.mu.Lock()
	defer m.mu.Unlock()
	m.addRescue(r)
	return nil
}

func (m *memory) addRescue(r order.Rescue) {
	for i, have := range m.rescues {
		if have.Buyer == r.Buyer && have.Order == r.Order && have.Item == r.Item && have.State == order.RescueWaiting {
			m.rescues[i].State = order.RescueClosed
		}
	}
	r.ID = int64(len(m.rescues) + 1)
	m.rescues = append(m.rescues, r)
}

func (m *memory) Rescues(_ context.Context, b buyer.ID, id order.ID) (list []order.Rescue, err error) {
	m.mu.Lock()
	defer m.mu.Unlock()
	for _, r := range slices.Backward(m.rescues) {
		if r.Buyer == b && r.Order == id {
			list = append(list, r)
		}
	}
	return list, nil
}

func (m *memory) Waits(_ context.Context, b buyer.ID) (list []order.Rescue, err error) {
	m.mu.Lock()
	defer m.mu.Unlock()
	for _, r := range m.rescues {
		o := m.orders[b][r.Order]
		if r.Buyer == b && r.State == order.RescueWaiting && o.Editable() && o.Missing(r.Item).IsPositive() {
			r.Quantity = o.Missing(r.Item)
			list = append(list, r)
		}
	}
	return list, nil
}

func (m *memory) CloseRescue(_ context.Context, b buyer.ID, id order.ID, rescue int64) error {
	m.mu.Lock()
	defer m.mu.Unlock()
	for i, r := range m.rescues {
		if r.ID == rescue && r.Buyer == b && r.Order == id && r.State == order.RescueWaiting {
			m.rescues[i].State = order.RescueClosed
			return nil
		}
	}
	return order.ErrNoRescue
}
