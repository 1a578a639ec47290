package emulator

import (
	"fmt"
	"math/rand/v2"
	"slices"
	"time"

	"github.com/shopspring/decimal"

	"storefront/internal/vtt/portal"
)

// How far things go. Prices and the rate stay in bounds around where they began; stock is sold in shares, so that it can't fall
// below nothing, and filled up to a bound.
const (
	busyShare   = 100 // one item of so many is busy in a step
	priceBound  = 120 // thousandths of the base price, up and down
	rateBound   = 500 // ten-thousandths of the base rate
	fullBranch  = 400 // pieces up to which a branch is filled from the head office
	fullOffice  = 2500
	lateShare   = 15 // percent of what was to arrive today and does not
	keptMoves   = 12
	longestWait = 21 // days until new transit arrives
)

// lot is what moves of an item.
type lot struct {
	base     int64 // price in ten-thousandths of a unit, to reckon with quickly; zero: none that moves
	drift    int64 // of the price, in thousandths of the base
	request  bool  // no price: to be asked for
	branches [branchCount]int64
	main     int64
	transit  int64
	due      string // day, 2006-01-02; empty: nobody knows
	dirty    bool
}

// trade makes steps. It is used by one goroutine at a time.
type trade struct {
	base  *catalogue
	seed  uint64
	began time.Time
	lots  []lot
	rate  int64  // ten-thousandths of the base rate, up or down
	dirty []int  // lots that moved since the catalogue was made
	moves []move // the last ones, oldest first
}

// move is a change before it is told: at a step, of an item (none for the rate), in a branch for stock of one.
type move struct {
	step, item, branch int
	what               string
	from, to           int64
	fromDay, toDay     string
}

// What moves.
const (
	movedPrice   = "price"
	movedRequest = "on request"
	movedBack    = "has a price again"
	movedBranch  = "branch stock"
	movedOffice  = "head office stock"
	movedTransit = "new transit"
	movedLate    = "transit is late"
	movedArrived = "transit arrived"
	movedRate    = "rate"
	movedAnew    = "a new season begins with the goods as they were"
)

// newTrade begins with the goods as they were, at the first step of a season: what is on its way is due as many days later.
func newTrade(base *catalogue, seed uint64, began time.Time, first int) *trade {
	t := &trade{base: base, seed: seed, began: began, lots: make([]lot, len(base.items))}
	for i, it := range base.items {
		l := &t.lots[i]
		l.branches, l.main = it.branches, it.main
		if low, high := driftRange(it.price); it.price.IsPositive() && low.LessThan(high) {
			l.base = it.price.Shift(4).IntPart()
		}
		if n, err := wholePieces(it.dto.TransitQuantity); err == nil && n > 0 {
			l.transit, l.due = n, dayOf(it.dto.TransitDate)
		}
		if day, err := time.Parse(time.DateOnly, l.due); err == nil && first > 0 {
			l.due = day.Add(time.Duration(first) * marketStep).Format(time.DateOnly)
			t.touch(i)
		}
	}
	if first > 0 {
		t.tell(move{step: first, item: -1, what: movedAnew})
	}
	return t
}

// dayOf is the day a date begins with, empty where it is none.
func dayOf(v portal.Value) string {
	text := v.Text
	if len(text) < len(time.DateOnly) {
		return ""
	}
	if _, err := time.Parse(time.DateOnly, text[:len(time.DateOnly)]); err != nil {
		return ""
	}
	return text[:len(time.DateOnly)]
}

func (t *trade) at(step int) time.Time {
	return t.began.Add(time.Duration(step) * marketStep).In(moscow())
}

// step moves a few items; the first step of a day also brings what was to arrive, and the day's rate. Its dice are its own, so
// that steps don't depend on when they are made.
func (t *trade) step(n int) {
	dice := rand.New(rand.NewPCG(t.seed, 1<<32+uint64(n)))
	now := t.at(n)
	if now.Day() != t.at(n-1).Day() {
		t.arrivals(n, dice, now)
		t.newRate(n, dice)
	}
	if len(t.lots) == 0 {
		return
	}
	for range max(len(t.lots)/busyShare, 1) {
		t.trade(n, dice, dice.IntN(len(t.lots)), now)
	}
}

func (t *trade) newRate(step int, dice *rand.Rand) {
	to := min(max(t.rate+dice.Int64N(121)-60, -rateBound), rateBound)
	t.tell(move{step: step, item: -1, what: movedRate, from: t.rate, to: to})
	t.rate = to
}

// arrivals puts what was due into stock, a tenth in each branch and the rest in the head office, or has it come later.
func (t *trade) arrivals(step int, dice *rand.Rand, now time.Time) {
	today := now.Format(time.DateOnly)
	for i := range t.lots {
		l := &t.lots[i]
		if l.transit == 0 || l.due == "" || l.due > today {
			continue
		}
		if dice.IntN(100) < lateShare {
			later := now.AddDate(0, 0, 1+dice.IntN(7)).Format(time.DateOnly)
			t.change(i, move{step: step, what: movedLate, fromDay: l.due, toDay: later})
			l.due = later
			continue
		}
		t.change(i, move{step: step, what: movedArrived, from: l.transit, fromDay: l.due})
		share := l.transit / 10
		for b := range l.branches {
			l.branches[b] += share
		}
		l.main += l.transit - share*branchCount
		l.transit, l.due = 0, ""
	}
}

// trade does one thing to one item.
func (t *trade) trade(step int, dice *rand.Rand, i int, now time.Time) {
	switch roll := dice.IntN(100); {
	case roll < 45:
		t.price(step, dice, i)
	case roll < 47:
		t.request(step, i)
	case roll < 70:
		t.sell(step, dice, i)
	case roll < 84:
		t.fill(step, dice, i)
	case roll < 96:
		t.office(step, dice, i)
	default:
		t.ship(step, dice, i, now)
	}
}

// price moves a price by half a percent to four, the more likely back to the base the further it is from there. What was on request gets its price back.
func (t *trade) price(step int, dice *rand.Rand, i int) {
	l, by := &t.lots[i], 5+dice.Int64N(36)
	if dice.Int64N(2*priceBound) < priceBound+l.drift {
		by = -by
	}
	switch {
	case l.base == 0:
	case l.request:
		l.request = false
		t.change(i, move{step: step, what: movedBack, to: l.drift})
	default:
		to := min(max(l.drift+by, -priceBound), priceBound)
		if l.cents(to) == l.cents(l.drift) {
			return
		}
		t.change(i, move{step: step, what: movedPrice, from: l.drift, to: to})
		l.drift = to
	}
}

// request takes a price away for a while.
func (t *trade) request(step, i int) {
	if l := &t.lots[i]; !l.request && l.base > 0 {
		l.request = true
		t.change(i, move{step: step, what: movedRequest, from: l.drift})
	}
}

// sell takes at most a third of a branch's stock, or its last piece.
func (t *trade) sell(step int, dice *rand.Rand, i int) {
	b := dice.IntN(branchCount)
	have := t.lots[i].branches[b]
	if have > 0 {
		t.setBranch(step, i, b, have-1-dice.Int64N(max(have/3, 1)))
	}
}

// fill moves pieces from the head office to a branch.
func (t *trade) fill(step int, dice *rand.Rand, i int) {
	l, b := &t.lots[i], dice.IntN(branchCount)
	more := min(1+dice.Int64N(40), l.main, fullBranch-l.branches[b])
	if more > 0 {
		l.main -= more
		t.setBranch(step, i, b, l.branches[b]+more)
	}
}

func (t *trade) setBranch(step, i, b int, to int64) {
	t.change(i, move{step: step, branch: b, what: movedBranch, from: t.lots[i].branches[b], to: to})
	t.lots[i].branches[b] = to
}

// office sells from the head office, or takes in what came from elsewhere.
func (t *trade) office(step int, dice *rand.Rand, i int) {
	l := &t.lots[i]
	to := l.main + 1 + dice.Int64N(60)
	if l.main > 0 && dice.IntN(2) == 0 {
		to = l.main - 1 - dice.Int64N(max(l.main/3, 1))
	}
	if to > l.main && to > fullOffice {
		return
	}
	t.change(i, move{step: step, what: movedOffice, from: l.main, to: to})
	l.main = to
}

// ship announces goods where none are on their way.
func (t *trade) ship(step int, dice *rand.Rand, i int, now time.Time) {
	if l := &t.lots[i]; l.transit == 0 {
		pieces, due := 10*(1+dice.Int64N(30)), now.AddDate(0, 0, 2+dice.IntN(longestWait-1)).Format(time.DateOnly)
		t.change(i, move{step: step, what: movedTransit, to: pieces, toDay: due})
		l.transit, l.due = pieces, due
	}
}

func (t *trade) change(i int, m move) {
	m.item = i
	t.touch(i)
	t.tell(m)
}

func (t *trade) touch(i int) {
	if !t.lots[i].dirty {
		t.lots[i].dirty = true
		t.dirty = append(t.dirty, i)
	}
}

func (t *trade) tell(m move) {
	if len(t.moves) >= 2*keptMoves {
		t.moves = append(t.moves[:0], t.moves[len(t.moves)-keptMoves:]...)
	}
	t.moves = append(t.moves, m)
}

// catalogue is before with what was changed since.
func (t *trade) catalogue(before *catalogue) *catalogue {
	after := &catalogue{
		items: slices.Clone(before.items), categories: before.categories, fits: before.fits, byID: before.byID, byCategory: before.byCategory,
		rate: t.rateNow(t.rate), priced: make(map[string][]offer),
	}
	for _, i := range t.dirty {
		after.items[i] = t.item(i)
		t.lots[i].dirty = false
	}
	t.dirty = t.dirty[:0]
	return after
}

// item is an item as it is now. What did not move keeps its text.
func (t *trade) item(i int) *item {
	base, l := t.base.items[i], &t.lots[i]
	it := *base
	it.branches, it.main = l.branches, l.main
	if price := t.priced(i, l.drift); l.request {
		it.price, it.dto.Price, it.dto.PriceLocal = decimal.NewFromInt(-1), portal.Text("-1"), portal.Null()
	} else if !price.Equal(base.price) {
		it.price, it.dto.Price, it.dto.PriceLocal = price, portal.Text(price.StringFixed(2)), portal.Value{}
	}
	if n, err := wholePieces(base.dto.TransitQuantity); err != nil || n != l.transit || dayOf(base.dto.TransitDate) != l.due {
		it.dto.TransitQuantity, it.dto.TransitDate = pieces64(l.transit), portal.Value{}
		if l.due != "" {
			it.dto.TransitDate = portal.Text(l.due + "T00:00:00")
		}
	}
	return &it
}

// cents is the price at a drift, near enough to tell whether a move would show.
func (l *lot) cents(drift int64) int64 { return (l.base*(1000+drift) + 50_000) / 100_000 }

// driftRange is how far a price may go, in whole cents. Very cheap goods have no other price in it than their own, or none.
func driftRange(base decimal.Decimal) (low, high decimal.Decimal) {
	return base.Mul(decimal.New(1000-priceBound, -3)).RoundUp(2), base.Mul(decimal.New(1000+priceBound, -3)).RoundDown(2)
}

// priced is an item's price at a drift: in whole cents, never free, and the catalogue's own where nothing drifted.
func (t *trade) priced(i int, drift int64) decimal.Decimal {
	base := t.base.items[i].price
	if drift == 0 || t.lots[i].base == 0 {
		return base
	}
	low, high := driftRange(base)
	return decimal.Min(decimal.Max(base.Mul(decimal.New(1000+drift, -3)).Round(2), low), high)
}

func (t *trade) rateNow(drift int64) decimal.Decimal {
	return rubRate().Mul(decimal.New(10_000+drift, -4)).Round(4)
}

// told lists the last moves, newest first.
func (t *trade) told() []Move {
	list := make([]Move, 0, keptMoves)
	for _, m := range slices.Backward(t.moves[max(len(t.moves)-keptMoves, 0):]) {
		list = append(list, t.tellMove(m))
	}
	return list
}

func (t *trade) tellMove(m move) Move {
	told := Move{At: t.at(m.step), What: m.what, From: fmt.Sprint(m.from), To: fmt.Sprint(m.to)}
	if m.item >= 0 {
		it := t.base.items[m.item]
		told.ItemID, told.Name = it.id(), it.dto.Name.Text
	}
	price := func(drift int64) string { return t.priced(m.item, drift).StringFixed(2) }
	switch m.what {
	case movedRate:
		told.From, told.To = t.rateNow(m.from).String(), t.rateNow(m.to).String()
	case movedPrice:
		told.From, told.To = price(m.from), price(m.to)
	case movedRequest:
		told.From, told.To = price(m.from), ""
	case movedBack:
		told.From, told.To = "", price(m.to)
	case movedBranch:
		told.Where = Branches()[m.branch]
	case movedTransit:
		told.From, told.To = "", fmt.Sprintf("%d on %s", m.to, m.toDay)
	case movedLate:
		told.From, told.To = m.fromDay, m.toDay
	case movedArrived:
		told.To = "in stock"
	case movedAnew:
		told.From, told.To = "", ""
	}
	return told
}
