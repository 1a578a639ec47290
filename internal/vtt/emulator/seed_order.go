package emulator

import (
	"cmp"
	"hash/fnv"
	"math/rand/v2"
	"slices"
	"time"

	"github.com/shopspring/decimal"
)

// How many ready-made orders the first dealer has, and each of the others.
const (
	firstDealerOrders = 40
	dealerOrders      = 16
)

// seedOrders makes a history for every dealer: orders in every status and currency, returns, notes, partial reservations,
// spread over the last months. The newest are still being reserved and assembled.
func (s *Server) seedOrders() []*order {
	var orders []*order
	for i, dealer := range s.dealers() {
		count := dealerOrders
		if i == 0 {
			count = firstDealerOrders
		}
		orders = append(orders, s.history(dealer, count)...)
	}
	slices.SortStableFunc(orders, func(a, b *order) int {
		return cmp.Or(a.CreatedAt.Compare(b.CreatedAt), cmp.Compare(a.Dealer, b.Dealer))
	})
	for i, o := range orders {
		o.Number = firstOrder + i*3 // others order too
	}
	return orders
}

// dealers lists the accounts of each dealer that orders.
func (s *Server) dealers() (list [][]Account) {
	places := make(map[string]int)
	for _, a := range s.accounts {
		if a.Hidden {
			continue
		}
		i, known := places[a.Dealer]
		if !known {
			i = len(list)
			places[a.Dealer] = i
			list = append(list, nil)
		}
		list[i] = append(list[i], a)
	}
	return list
}

// history makes the orders of one dealer, newest first.
func (s *Server) history(logins []Account, count int) []*order {
	hash := fnv.New64a()
	_, _ = hash.Write([]byte(logins[0].Dealer)) // a hash never fails
	random := rand.New(rand.NewPCG(s.options.Seed, hash.Sum64()))
	now := s.clock.Now()
	fresh := []time.Duration{25 * time.Minute, 85 * time.Minute, 150 * time.Minute, 220 * time.Minute}
	var orders []*order
	for i := range count {
		o := s.pastOrder(random, logins[random.IntN(len(logins))], i)
		if i < len(fresh) {
			o.open(now.Add(-fresh[i] - time.Duration(random.IntN(600))*time.Second))
		} else {
			o.CreatedAt = workingHour(random, now.AddDate(0, 0, -(i-len(fresh))*150/count-1-random.IntN(3)))
		}
		orders = append(orders, o)
	}
	return orders
}

// pastOrder makes the i-th newest order of a dealer. What is special about it follows from i.
func (s *Server) pastOrder(random *rand.Rand, a Account, i int) *order {
	o := &order{Dealer: a.Dealer, Login: a.Login, Branch: a.branch(), Currency: a.Currency, Type: typeOrder, Past: true}
	switch {
	case i%9 == 6:
		o.Fate = statusCancelled
	case i == 10:
		o.Fate = statusUnknown
	case i%13 == 8:
		o.Type = typeReturn
	}
	if i%11 == 5 {
		o.Currency = currencies()[(slices.Index(currencies(), a.Currency)+1+i/11%2)%len(currencies())]
	}
	if i%5 == 2 {
		o.Note = seedNotes()[i/5%len(seedNotes())]
	}
	factor, lines := mustFactor(a.Level), 2+random.IntN(6)
	for tries := 0; len(o.Lines) < lines && tries < 10*lines; tries++ {
		s.addSeedLine(random, o, factor)
	}
	return o
}

func seedNotes() []string {
	return []string{
		"Доставка до терминала ТК «Деловые линии»", "Самовывоз, машина Газель", "Счёт на второе юрлицо", "Позвонить перед отгрузкой",
		"Без замен", "Коробки подписать: склад 2", "Документы с товаром", "Срочно, к пятнице",
	}
}

// addSeedLine adds an item that has a price and is not in the order yet. A catalogue without prices leaves the order short.
func (s *Server) addSeedLine(random *rand.Rand, o *order, factor decimal.Decimal) {
	if len(s.catalogue.items) == 0 {
		return
	}
	it := s.catalogue.items[random.IntN(len(s.catalogue.items))]
	quantity := int64(1 + random.IntN(1+random.IntN(40)))
	price := priceAt(it, factor, rubRate()).amount
	if price.IsNegative() || o.find(it.id()) >= 0 {
		return
	}
	reserved := quantity
	if o.Fate == statusCancelled {
		reserved = 0
	}
	o.Lines = append(o.Lines, line{
		ItemID: it.id(), Name: it.dto.Name.Text, Quantity: quantity, Reserved: reserved, UnitPrice: in(o.Currency, price, rubRate()),
	})
}

// open makes a ready-made order one that still waits. What it has reserved is not in the catalogue's stock, which was counted
// after it. Of the last of several lines two pieces are missing, so that a partial reservation is always on view.
func (o *order) open(created time.Time) {
	o.CreatedAt, o.Past, o.Fate, o.Type = created.Truncate(time.Second), false, "", typeOrder
	o.Counted = make(map[string]int64)
	for i := range o.Lines {
		o.Lines[i].Reserved = o.Lines[i].Quantity
		o.Counted[o.Lines[i].ItemID] += o.Lines[i].Reserved
	}
	if n := len(o.Lines); n > 1 {
		o.Lines[n-1].Quantity += 2
	}
}

// workingHour moves a day to a moment at which people order.
func workingHour(random *rand.Rand, day time.Time) time.Time {
	y, m, d := day.Date()
	return time.Date(y, m, d, 9+random.IntN(9), random.IntN(60), random.IntN(60), 0, moscow())
}
