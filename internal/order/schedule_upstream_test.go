package order_test

import (
	"context"
	"errors"
	"fmt"
	"math"
	"math/rand/v2"
	"slices"
	"sync"
	"time"

	"github.com/shopspring/decimal"

	"storefront/internal/buyer"
	"storefront/internal/catalog"
	"storefront/internal/errkind"
	"storefront/internal/order"
)

// placed is an order at the distributor's, with what only the simulation knows of it.
type placed struct {
	order.Order
	dealer     string // whose logins see it
	by         *record
	made       time.Time // by the clock that nobody sets
	listedFrom time.Time
	linesFrom  time.Time
	whole      bool // never cut out of a list
}

// spell is a time of bad weather at the distributor's.
type spell struct {
	kind     string
	from, to time.Time
}

const (
	outage     = "outage"
	listFails  = "the list fails"
	listLags   = "the list lags"
	listHalved = "the list is halved"
	linesFail  = "lines fail"
)

// listing is a list of orders as it was answered.
type listing struct {
	at  time.Time
	ids []order.ID
}

// upstream is a distributor where everything goes wrong that can.
type upstream struct {
	*simulation
	mu        sync.Mutex
	orders    []*placed
	weather   []spell
	healed    time.Time // when all bad weather ended
	passwords map[string]string
	listings  map[string][]listing // by login
	calls     map[string]int       // by kind, argument and moment
	pending   int                  // creates that will be executed
}

func newUpstream(s *simulation) *upstream {
	u := &upstream{simulation: s, passwords: map[string]string{}, listings: map[string][]listing{}, calls: map[string]int{}}
	r := s.dice("weather")
	kinds := []string{outage, outage, listFails, listLags, listHalved, listHalved, linesFail}
	for range r.IntN(5) {
		from := s.start.Add(time.Duration(r.Int64N(int64(40 * time.Minute))))
		u.weather = append(u.weather, spell{kinds[r.IntN(len(kinds))], from, from.Add(duration(r, 10*time.Second, 5*time.Hour))})
	}
	return u
}

// duration is drawn so that each order of magnitude is as likely as the next.
func duration(r *rand.Rand, least, most time.Duration) time.Duration {
	return time.Duration(float64(least) * math.Pow(float64(most)/float64(least), r.Float64()))
}

// bad returns the spell of a kind that reigns now.
func (u *upstream) bad(kind string) (spell, bool) {
	now := time.Now()
	if !u.healed.IsZero() {
		return spell{}, false
	}
	for _, s := range u.weather {
		if s.kind == kind && !now.Before(s.from) && now.Before(s.to) {
			return s, true
		}
	}
	return spell{}, false
}

// clearSince tells when the last bad weather ended that began before a moment; zero where there was none after since.
func (u *upstream) clearSince(since, until time.Time) (clear time.Time) {
	for _, s := range u.weather {
		to := s.to
		if !u.healed.IsZero() && to.After(u.healed) {
			to = u.healed
		}
		if s.from.Before(until) && to.After(since) && to.After(clear) {
			clear = to
		}
	}
	return clear
}

func (u *upstream) heal() {
	u.mu.Lock()
	defer u.mu.Unlock()
	u.healed = time.Now()
	for _, o := range u.orders {
		if o.listedFrom.After(u.healed) {
			o.listedFrom = u.healed
		}
	}
}

// fate returns the dice of a call of a kind at this moment: no other calls change them.
func (u *upstream) fate(key string) *rand.Rand {
	key = fmt.Sprint(key, "/", time.Since(u.start))
	u.mu.Lock()
	u.calls[key]++
	n := u.calls[key]
	u.mu.Unlock()
	return u.dice(key, n)
}

// sleep waits, and tells whether ctx ended before.
func sleep(ctx context.Context, d time.Duration) bool {
	pauseTimer := time.NewTimer(d)
	defer pauseTimer.Stop()
	select {
	case <-pauseTimer.C:
		return true
	case <-ctx.Done():
		return false
	}
}

func latency(r *rand.Rand) time.Duration {
	return duration(r, 2*time.Millisecond, 400*time.Millisecond)
}

// reads is what every reading goes through: it takes its time, fails at times, and wants the password.
func (u *upstream) reads(ctx context.Context, c buyer.Credentials, key string, broken string) (*rand.Rand, error) {
	r := u.fate(key + "/" + c.Login)
	takes := latency(r)
	if r.IntN(60) == 0 && u.healed.IsZero() {
		takes = duration(r, time.Second, 50*time.Second)
	}
	if !sleep(ctx, takes) {
		return r, errkind.Wrap(errkind.Timeout, ctx.Err())
	}
	u.mu.Lock()
	defer u.mu.Unlock()
	_, out := u.bad(outage)
	_, fails := u.bad(broken)
	switch {
	case out && r.IntN(2) == 0:
		return r, errkind.New(errkind.Timeout, "")
	case out:
		return r, errkind.New(errkind.Unreachable, "")
	case fails && r.IntN(2) == 0, u.healed.IsZero() && r.IntN(100) == 0:
		return r, &errkind.Error{Kind: errkind.Technical}
	case fails:
		return r, errkind.New(errkind.NotSOAP, "")
	case c.Password.Reveal() != u.passwords[c.Login]:
		return r, errkind.New(errkind.AccessDenied, "")
	}
	return r, nil
}

// goods are few, so that carts come to be alike.
var goods = []catalog.ItemID{"A1", "B2", "C3", "D4"}

func (u *upstream) Offer(ctx context.Context, c buyer.Credentials, item catalog.ItemID) (catalog.Offer, error) {
	if _, err := u.reads(ctx, c, "Offer/"+string(item), "no such weather"); err != nil {
		return catalog.Offer{}, err
	}
	hour := int(time.Since(u.start).Hours())
	r := u.dice("offer", item, hour)
	if r.IntN(40) == 0 {
		return catalog.Offer{}, &errkind.Error{Kind: errkind.BusinessLogic, Text: "Товар не найден"}
	}
	price := decimal.NewFromInt(10)
	switch r.IntN(12) {
	case 0:
		price = decimal.NewFromInt(-1)
	case 1, 2:
		price = decimal.NewFromInt(11)
	}
	return catalog.Offer{ItemID: item, Price: &price, Available: decimal.NewFromInt(r.Int64N(12))}, nil
}

func (u *upstream) AllOffers(context.Context, buyer.Credentials) ([]catalog.Offer, error) {
	return nil, errors.New("carts here are short")
}

func (u *upstream) Orders(ctx context.Context, c buyer.Credentials) ([]order.Order, error) {
	if _, err := u.reads(ctx, c, "Orders", listFails); err != nil {
		return nil, err
	}
	u.mu.Lock()
	defer u.mu.Unlock()
	answered := listing{at: time.Now()}
	var list []order.Order
	for _, o := range u.orders {
		if o.dealer != u.dealerOf[c.Login] || u.hidden(o) {
			continue
		}
		answered.ids = append(answered.ids, o.ID)
		seen := o.Order
		seen.Lines = nil
		list = append(list, seen)
	}
	u.listings[c.Login] = append(u.listings[c.Login], answered)
	return list, nil
}

// hidden tells whether lists lack an order now.
func (u *upstream) hidden(o *placed) bool {
	if time.Now().Before(o.listedFrom) {
		return true
	}
	s, halved := u.bad(listHalved)
	return halved && !o.whole && u.dice("halved", s.from.UnixNano(), o.ID).IntN(2) == 0
}

func (u *upstream) OrderWithLines(ctx context.Context, c buyer.Credentials, id order.ID) (order.Order, error) {
	if _, err := u.reads(ctx, c, "OrderWithLines/"+string(id), linesFail); err != nil {
		return order.Order{}, err
	}
	u.mu.Lock()
	defer u.mu.Unlock()
	for _, o := range u.orders {
		if o.ID != id || o.dealer != u.dealerOf[c.Login] || time.Now().Before(o.listedFrom) {
			continue
		}
		seen := o.Order
		seen.Lines = slices.Clone(o.Lines)
		if time.Now().Before(o.linesFrom) {
			seen.Lines = nil
		}
		return seen, nil
	}
	return order.Order{}, &errkind.Error{Kind: errkind.BusinessLogic, Text: "Заказ не найден"}
}

func (u *upstream) AddLine(context.Context, buyer.Credentials, order.ID, order.NewLine) (order.LineResult, error) {
	return order.LineResult{}, errors.New("nobody edits here")
}

func (u *upstream) RemoveLine(context.Context, buyer.Credentials, order.ID, catalog.ItemID, decimal.Decimal) error {
	return errors.New("nobody edits here")
}

func (u *upstream) CountsRemovals(context.Context) bool { return true }

func (u *upstream) SetNote(ctx context.Context, c buyer.Credentials, id order.ID, note string) (order.NoteResult, error) {
	if _, err := u.reads(ctx, c, "SetNote/"+string(id), "no such weather"); err != nil {
		return order.NoteResult{}, &order.SendError{Class: order.ClassUnanswered, Err: err}
	}
	return order.NoteResult{Updated: true}, nil
}

// make makes an order. The distributor may split a line, turn their order, and reserve a part.
func (u *upstream) make(dealer string, by *record, lines []order.NewLine, r *rand.Rand) *placed {
	u.mu.Lock()
	defer u.mu.Unlock()
	now := time.Now()
	o := &placed{dealer: dealer, by: by, made: now, listedFrom: now, linesFrom: now}
	o.Order = order.Order{ID: order.ID(fmt.Sprint(4711 + len(u.orders))), CreatedAt: u.now(), Status: order.Reserving, Currency: "USD"}
	for _, l := range lines {
		whole := order.Line{ItemID: l.ItemID, Quantity: l.Quantity, Reserved: decimal.Min(l.Quantity, decimal.NewFromInt(r.Int64N(12)))}
		if one := decimal.NewFromInt(1); l.Quantity.GreaterThan(one) && r.IntN(8) == 0 {
			o.Lines = append(o.Lines, order.Line{ItemID: l.ItemID, Quantity: one})
			whole.Quantity = whole.Quantity.Sub(one)
		}
		o.Lines = append(o.Lines, whole)
		o.GoodsCount = o.GoodsCount.Add(l.Quantity)
	}
	if r.IntN(3) == 0 {
		slices.Reverse(o.Lines)
	}
	o.LineCount = len(o.Lines)
	if s, lags := u.bad(listLags); lags {
		o.listedFrom = s.to
	} else if r.IntN(10) == 0 {
		o.listedFrom = now.Add(duration(r, time.Second, 20*time.Second))
	}
	o.linesFrom = o.listedFrom
	if r.IntN(20) == 0 {
		o.linesFrom = o.listedFrom.Add(duration(r, time.Second, 20*time.Second))
	}
	u.orders = append(u.orders, o)
	if by != nil {
		by.executed = append(by.executed, o)
		u.note("%s: executed as %s", by.name, o.ID)
	} else {
		u.note("a colleague of %s makes %s", dealer, o.ID)
	}
	return o
}

// create is one call of CreateOrder, with the submission that it is for.
type create struct {
	*upstream
	ctx   context.Context
	r     *rand.Rand
	rec   *record
	host  *host
	lines []order.NewLine
}

func (c create) execute() order.ID { return c.make(c.dealerOf[c.rec.login], c.rec, c.lines, c.r).ID }

// later executes after the call has ended.
func (c create) later(after time.Duration) {
	c.upstream.mu.Lock()
	c.pending++
	c.rec.pending++
	c.upstream.mu.Unlock()
	late := c
	late.r = c.dice("later", c.rec.name) // the call goes on with its own
	time.AfterFunc(after, func() {
		late.execute()
		c.upstream.mu.Lock()
		defer c.upstream.mu.Unlock()
		c.pending--
		c.rec.pending--
	})
}

// silence is an answer that does not come: reset soon, or waited for in vain.
func (c create) silence() error {
	if c.r.IntN(2) == 0 {
		sleep(c.ctx, latency(c.r))
		return class(order.ClassUnanswered, errkind.Unreachable)
	}
	sleep(c.ctx, duration(c.r, time.Second, 3*time.Minute))
	return class(order.ClassUnanswered, errkind.Timeout)
}

// fates are the ways a create may go, with their weights. lost marks those in which an order was made and no answer came.
var fates = []struct {
	name   string
	weight int
	lost   bool
	happen func(c create) (order.ID, error)
}{
	{"answered", 36, false, func(c create) (order.ID, error) { return c.execute(), nil }},
	{"slow", 6, false, func(c create) (order.ID, error) {
		sleep(c.ctx, duration(c.r, 5*time.Second, 60*time.Second))
		id := c.execute()
		if !sleep(c.ctx, duration(c.r, 5*time.Second, 100*time.Second)) {
			c.rec.lost = true
			return "", class(order.ClassUnanswered, errkind.Timeout)
		}
		return id, nil
	}},
	{"executed, no answer", 16, true, func(c create) (order.ID, error) { c.execute(); return "", c.silence() }},
	{"executed, an error without a class", 1, true, func(c create) (order.ID, error) { c.execute(); return "", errors.New("boom") }},
	{"executed, the worker panics", 1, true, func(c create) (order.ID, error) { c.execute(); panic("out of order") }},
	{"executed, the process dies", 3, true, func(c create) (order.ID, error) { c.execute(); c.host.kill(); return "", errDead }},
	{"executed late, in the quiet period", 6, true, func(c create) (order.ID, error) {
		c.later(duration(c.r, time.Second, 13*time.Minute))
		return "", c.silence()
	}},
	{"executed after the quiet period", 4, false, func(c create) (order.ID, error) {
		c.later(duration(c.r, 17*time.Minute, 20*time.Hour))
		return "", c.silence()
	}},
	{"not executed, no answer", 6, false, func(c create) (order.ID, error) { return "", c.silence() }},
	{"not executed, the process dies", 2, false, func(c create) (order.ID, error) { c.host.kill(); return "", errDead }},
	{"executed, a fault", 5, false, func(c create) (order.ID, error) {
		c.execute()
		return "", class(order.ClassAnswered, []errkind.Kind{errkind.Technical, errkind.BusinessLogic, errkind.NotSOAP}[c.r.IntN(3)])
	}},
	{"not executed, a fault", 5, false, func(c create) (order.ID, error) {
		return "", class(order.ClassAnswered, []errkind.Kind{errkind.Technical, errkind.BusinessLogic}[c.r.IntN(2)])
	}},
	{"executed, an answer without a number", 2, false, func(c create) (order.ID, error) { c.execute(); return "", nil }},
	{"not executed, an answer without a number", 1, false, func(create) (order.ID, error) { return "", nil }},
	{"refused with a code", 5, false, func(c create) (order.ID, error) {
		kind := []errkind.Kind{errkind.AccessDenied, errkind.NonAuthorized, errkind.Contract}[c.r.IntN(3)]
		return "", class([]order.SendClass{order.ClassRefused, order.ClassAnswered}[c.r.IntN(2)], kind)
	}},
	// A refusal that lies is found out by the one reading after it, where the list is not lying too.
	{"executed, refused with a code", 1, false, func(c create) (order.ID, error) {
		c.execute()
		o := c.rec.executed[0]
		o.listedFrom, o.linesFrom, o.whole = o.made, o.made, true
		return "", class(order.ClassRefused, errkind.Contract)
	}},
	{"refused before the operation", 3, false, func(c create) (order.ID, error) {
		return "", class(order.ClassRefused, []errkind.Kind{errkind.NotSOAP, errkind.Unsupported}[c.r.IntN(2)])
	}},
}

func (u *upstream) CreateOrder(ctx context.Context, c buyer.Credentials, lines []order.NewLine) (order.ID, error) {
	p, _ := ctx.Value(pressKey{}).(*press)
	if p == nil || p.sends == nil {
		u.broken("CreateOrder of %s belongs to no press that reached SENDING", c.Login)
		return "", errDead
	}
	r := u.fate("CreateOrder/" + p.sends.name)
	call := create{u, ctx, r, p.sends, p.host, lines}
	if err := call.connect(); err != nil {
		return "", err
	}
	if !sleep(ctx, latency(r)) {
		return "", class(order.ClassUnanswered, errkind.Timeout)
	}
	u.mu.Lock()
	_, out := u.bad(outage)
	wrong := c.Password.Reveal() != u.passwords[c.Login]
	u.mu.Unlock()
	switch {
	case out:
		u.counts.fault("lost in an outage")
		return "", call.silence()
	case wrong:
		u.counts.fault("the password is another by now")
		return "", class(order.ClassRefused, errkind.AccessDenied)
	}
	return call.meets()
}

// connect takes its time, and asks the fence when the connection stands.
func (c create) connect() error {
	c.upstream.mu.Lock()
	_, out := c.bad(outage)
	c.upstream.mu.Unlock()
	if out && c.r.IntN(2) == 0 || c.r.IntN(25) == 0 {
		c.counts.fault("connection refused")
		return class(order.ClassNotSent, errkind.Unreachable)
	}
	if c.r.IntN(12) == 0 {
		c.counts.fault("frozen before the first byte")
		sleep(c.ctx, duration(c.r, 5*time.Second, 90*time.Second))
	}
	if !order.MayStart(c.ctx) && !c.mutant.noFence {
		c.counts.fault("fenced off")
		return class(order.ClassNotSent, errkind.Timeout)
	}
	if late := time.Since(c.rec.sentAt); late >= 20*time.Second {
		c.broken("%s: bytes are written %s after SENDING", c.rec.name, late)
	}
	if c.rec.wrote++; c.rec.wrote > 1 {
		c.broken("%s: CreateOrder is sent %d times", c.rec.name, c.rec.wrote)
	}
	return nil
}

func (c create) meets() (order.ID, error) {
	total := 0
	for _, f := range fates {
		total += f.weight
	}
	at := c.r.IntN(total)
	for _, f := range fates {
		if at -= f.weight; at < 0 {
			c.counts.fault(f.name)
			c.note("%s: %s", c.rec.name, f.name)
			c.rec.lost = f.lost
			return f.happen(c)
		}
	}
	panic("no fate")
}

// amounts merges lines by item.
func amounts[L order.Line | order.NewLine | order.SubmissionLine | order.CartLine](lines []L) map[catalog.ItemID]int64 {
	sums := map[catalog.ItemID]int64{}
	for _, line := range lines {
		switch l := any(line).(type) {
		case order.Line:
			sums[l.ItemID] += l.Quantity.IntPart()
		case order.NewLine:
			sums[l.ItemID] += l.Quantity.IntPart()
		case order.SubmissionLine:
			sums[l.ItemID] += l.Quantity.IntPart()
		case order.CartLine:
			sums[l.ItemID] += l.Quantity.IntPart()
		}
	}
	return sums
}
