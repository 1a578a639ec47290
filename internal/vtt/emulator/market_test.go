package emulator_test

import (
	"fmt"
	"net/http"
	"net/url"
	"path/filepath"
	"strconv"
	"strings"
	"testing"
	"time"

	"github.com/PuerkitoBio/goquery"
	"github.com/google/go-cmp/cmp"
	"github.com/shopspring/decimal"

	"storefront/internal/vtt/emulator"
	"storefront/internal/vtt/emulator/emulatortest"
)

// seeds is over how many seeds the properties are tried.
const seeds = 2

// moving starts an emulator whose market moves, of few items so that each of them does.
func moving(t *testing.T, clock *at, options ...func(*emulator.Options)) *emulatortest.Server {
	t.Helper()
	base := func(o *emulator.Options) { o.Items, o.Now, o.Moving = 40, clock.Now, true }
	return emulatortest.Start(t, append([]func(*emulator.Options){base}, options...)...)
}

func seeded(seed int) func(*emulator.Options) {
	return func(o *emulator.Options) { o.Seed = uint64(seed) }
}

// standing is what a caller sees of all that moves, by item.
func (c caller) standing() map[string]string {
	c.t.Helper()
	all := map[string]string{"rate": c.call("GetUsdRubRate", "").result.get("Rate")}
	for _, n := range c.call("GetItems", "").result.list("ItemDto") {
		all[n.get("Id")] = strings.Join([]string{
			n.get("Price"), n.get("PriceLocal"), n.get("AvailableQuantity"), n.get("MainOfficeQuantity"), n.get("TransitQuantity"), n.get("TransitDate"),
		}, " ")
	}
	return all
}

func forward(t *testing.T, s *emulatortest.Server, by time.Duration) {
	t.Helper()
	if err := s.Advance(by); err != nil {
		t.Fatal(err)
	}
}

// pieces reads a quantity.
func pieces(t *testing.T, n node, member string) int64 {
	t.Helper()
	v, err := strconv.ParseInt(n.get(member), 10, 64)
	if err != nil {
		t.Fatalf("%s of %s: %v", member, n.get("Id"), err)
	}
	return v
}

// The same seed and the same hours make the same market, however often anybody looks and whatever is ordered in between; another
// seed makes another.
func TestMarketFollowsFromSeedAndClock(t *testing.T) {
	seen := make(map[string]int)
	for seed := 1; seed <= seeds; seed++ {
		quiet, busy := moving(t, noon(), seeded(seed)), moving(t, noon(), seeded(seed))
		item := as(t, busy, "ural").stocked(1)[0].get("Id")
		forward(t, quiet, 200*time.Hour)
		for range 20 {
			forward(t, busy, 10*time.Hour)
			as(t, busy, "buyer").call("GetUsdRubRate", "")
		}
		as(t, busy, "ural").order(item, "1")
		if diff := cmp.Diff(as(t, quiet, "buyer").standing(), as(t, busy, "buyer").standing()); diff != "" {
			t.Fatalf("seed %d: %s", seed, diff)
		}
		if diff := cmp.Diff(quiet.Market(), busy.Market()); diff != "" {
			t.Errorf("seed %d: %s", seed, diff)
		}
		moves := fmt.Sprint(quiet.Market().Last)
		if other := seen[moves]; other > 0 {
			t.Errorf("seeds %d and %d move alike", other, seed)
		}
		seen[moves] = seed
	}
}

// However long nobody looked, the market is where it would be had somebody: what is on its way is still ahead, and only the steps of
// the season that runs are made.
func TestMarketWakesFromLongSleep(t *testing.T) {
	asleep, awake := moving(t, noon()), moving(t, noon())
	const looks, apart = 12, 100 * 24 * time.Hour
	forward(t, asleep, looks*apart)
	for range looks {
		forward(t, awake, apart)
		awake.Market()
	}
	slept := as(t, asleep, "buyer").standing()
	if diff := cmp.Diff(as(t, awake, "buyer").standing(), slept); diff != "" {
		t.Error(diff)
	}
	if steps := asleep.Market().Steps; steps != looks*100*48 {
		t.Errorf("%d steps are told", steps)
	}
	today, coming := asleep.Now().Format(time.DateOnly), 0
	for id, standing := range slept {
		if fields := strings.Fields(standing); len(fields) == 6 {
			if coming++; fields[5][:10] <= today {
				t.Errorf("on %s %s is due on %s", today, id, fields[5])
			}
		}
	}
	if coming == 0 {
		t.Error("nothing is on its way")
	}
	begun := moving(t, noon())
	forward(t, begun, 30*24*time.Hour)
	if m := begun.Market(); len(m.Last) != 1 || !strings.Contains(m.Last[0].What, "new season") {
		t.Errorf("%+v", m.Last)
	}
	if first := moving(t, noon()); cmp.Diff(prices(as(t, first, "buyer")), prices(as(t, begun, "buyer"))) != "" {
		t.Error("a new season does not begin with the prices as they were")
	}
	forward(t, asleep, 100*365*24*time.Hour)
	if m := asleep.Market(); len(m.Last) == 0 {
		t.Error("nothing moved in a century")
	}
}

func prices(c caller) map[string]string {
	all := make(map[string]string)
	for _, n := range c.call("GetItems", "").result.list("ItemDto") {
		all[n.get("Id")] = n.get("Price")
	}
	return all
}

// Prices stay within an eighth of what they were, stock is never below nothing, the rate stays near; and all of them move.
func TestMarketKeepsItsBounds(t *testing.T) {
	for seed := 1; seed <= seeds; seed++ {
		server := moving(t, noon(), seeded(seed))
		c := as(t, server, "buyer")
		began := make(map[string]decimal.Decimal)
		for _, n := range c.call("GetItems", "").result.list("ItemDto") {
			began[n.get("Id")] = decimal.RequireFromString(n.get("Price"))
		}
		away, back, cheaper, dearer := 0, 0, 0, 0
		request := make(map[string]bool)
		for range 12 {
			forward(t, server, 7*24*time.Hour)
			rate := decimal.RequireFromString(c.call("GetUsdRubRate", "").result.get("Rate"))
			if off := rate.Sub(decimal.New(784321, -4)).Abs(); off.GreaterThan(decimal.New(4, 0)) {
				t.Fatalf("seed %d: the rate is %s", seed, rate)
			}
			for _, n := range c.call("GetItems", "").result.list("ItemDto") {
				id := n.get("Id")
				price, was := decimal.RequireFromString(n.get("Price")), began[id]
				for _, quantity := range []string{"AvailableQuantity", "MainOfficeQuantity", "TransitQuantity"} {
					if have := pieces(t, n, quantity); have < 0 || have > 20_000 {
						t.Fatalf("seed %d: %s of %s is %d", seed, quantity, id, have)
					}
				}
				switch off := price.Sub(was).Abs(); {
				case price.IsNegative() != was.IsNegative():
					away++
					request[id] = true
				case off.GreaterThan(was.Abs().Mul(decimal.New(12, -2))):
					t.Fatalf("seed %d: %s costs %s, began at %s", seed, id, price, was)
				case request[id]:
					back++
					delete(request, id)
				}
				cheaper, dearer = cheaper+max(was.Cmp(price), 0), dearer+max(price.Cmp(was), 0)
				if local := n.get("PriceLocal"); !price.IsNegative() && local != price.Mul(rate).StringFixed(2) {
					t.Fatalf("seed %d: %s costs %s roubles, %s at %s", seed, id, local, price, rate)
				}
			}
		}
		if away == 0 || back == 0 || cheaper == 0 || dearer == 0 {
			t.Errorf("seed %d: on request %d times, back %d, cheaper %d, dearer %d", seed, away, back, cheaper, dearer)
		}
	}
}

// What an order has reserved stays reserved whatever the market does, and what a branch has left is never below nothing.
func TestMarketLeavesReservationsAlone(t *testing.T) {
	for seed := 1; seed <= seeds; seed++ {
		server := moving(t, noon(), seeded(seed))
		c := as(t, server, "manager")
		var lines []string
		for _, n := range c.stocked(1) {
			lines = append(lines, n.get("Id"), n.get("AvailableQuantity"))
		}
		id := c.order(lines...)
		for range 6 {
			if err := server.MoveMarket(100); err != nil {
				t.Fatal(err)
			}
			for _, l := range c.call("GetOrderWithLines", param("orderId", id)).result.child("Lines").list("OrderLineDto") {
				if l.get("Quantity") != l.get("ReservedQuantity") {
					t.Fatalf("seed %d: of %s %s are reserved, were %s", seed, l.get("ItemId"), l.get("ReservedQuantity"), l.get("Quantity"))
				}
			}
			for _, n := range c.call("GetRuntimeItems", "").result.list("ItemRuntimeDto") {
				if pieces(t, n, "AvailableQuantity") < 0 {
					t.Fatalf("seed %d: %s has %s left", seed, n.get("Id"), n.get("AvailableQuantity"))
				}
			}
		}
		have := c.stocked(1)[0]
		more := c.call("AddItem", param("orderId", id)+orderLines("lines", have.get("Id"), "1000000")).result
		left := c.call("GetRuntimeItem", param("itemId", have.get("Id"))).result.get("AvailableQuantity")
		if more.get("ReservedQuantity") == "0" || left != "0" {
			t.Errorf("seed %d: of %s pieces %s were reserved, %s are left", seed, have.get("AvailableQuantity"), more.get("ReservedQuantity"), left)
		}
	}
}

// What was on its way is on its way no longer when its day has come: it is stock, or comes on a later day, and in the end all arrives.
func TestTransitArrives(t *testing.T) {
	arrived, late := 0, 0
	for seed := 1; seed <= seeds; seed++ {
		server := moving(t, noon(), seeded(seed), func(o *emulator.Options) { o.Items = 120 })
		c := as(t, server, "buyer")
		forward(t, server, 12*time.Hour) // to midnight, so that each day's arrivals are what moved last
		for range 15 {
			today := server.Now().Format(time.DateOnly)
			for _, n := range c.call("GetItems", "").result.list("ItemDto") {
				if date := n.get("TransitDate"); date != "" && (date[:10] <= today || n.get("TransitQuantity") == "0") {
					t.Fatalf("seed %d: on %s %s of %s are due on %s", seed, today, n.get("TransitQuantity"), n.get("Id"), date)
				}
			}
			for _, m := range server.Market().Last {
				switch m.What {
				case "transit arrived":
					arrived++
				case "transit is late":
					late++
				}
			}
			forward(t, server, 24*time.Hour)
		}
	}
	if arrived == 0 || late == 0 {
		t.Errorf("%d arrived, %d came later", arrived, late)
	}
}

// Unless it is asked for nothing moves but by orders, and nobody can move it.
func TestStillMarket(t *testing.T) {
	server := emulatortest.Start(t, func(o *emulator.Options) { o.Items, o.Now = 60, noon().Now })
	before := as(t, server, "buyer").standing()
	forward(t, server, 90*24*time.Hour)
	if status := ask(t, "POST", server.Base+"/_emulator/market", `{"steps":48}`, nil); status != 400 {
		t.Errorf("a still market was moved: %d", status)
	}
	if diff := cmp.Diff(before, as(t, server, "buyer").standing()); diff != "" {
		t.Error(diff)
	}
	if m := server.Market(); m.Moving || m.Steps != 0 || len(m.Last) != 0 {
		t.Errorf("%+v", m)
	}
}

// A market that stopped goes on where it was, on another day too, steps made by hand included; a reset puts it back.
func TestMarketIsKept(t *testing.T) {
	file, clock := filepath.Join(t.TempDir(), "emulator.json"), noon()
	keeping := func(o *emulator.Options) { o.StateFile = file }
	first := moving(t, clock, keeping)
	start := as(t, first, "buyer").standing()
	forward(t, first, 50*time.Hour)
	if err := first.MoveMarket(17); err != nil {
		t.Fatal(err)
	}
	clock.now = clock.now.Add(40 * time.Hour)
	second := moving(t, clock, keeping)
	if diff := cmp.Diff(as(t, first, "buyer").standing(), as(t, second, "buyer").standing()); diff != "" {
		t.Errorf("started again: %s", diff)
	}
	if diff := cmp.Diff(first.Market(), second.Market()); diff != "" {
		t.Errorf("started again: %s", diff)
	}
	if err := second.Reset(); err != nil {
		t.Fatal(err)
	}
	if diff := cmp.Diff(start, as(t, second, "buyer").standing()); diff != "" {
		t.Errorf("after a reset: %s", diff)
	}
	if third := moving(t, clock, keeping); cmp.Diff(start, as(t, third, "buyer").standing()) != "" {
		t.Error("the reset was forgotten")
	}
}

// The market is moved from the page and by programs without orders growing older, and tells what moved last.
func TestMarketIsMovedByHand(t *testing.T) {
	server := moving(t, noon())
	before := server.Now()
	var market emulator.Market
	if status := ask(t, "POST", server.Base+"/_emulator/market", `{"steps":48}`, &market); status != 200 || market.Steps != 48 || market.Extra != 48 || len(market.Last) == 0 {
		t.Fatalf("%d %+v", status, market)
	}
	for _, bad := range []string{`{`, `{}`, `{"steps":-1}`, `{"steps":1000000}`} {
		if status := ask(t, "POST", server.Base+"/_emulator/market", bad, nil); status != 400 {
			t.Errorf("%s: status %d", bad, status)
		}
	}
	response, err := http.PostForm(server.Base+"/_emulator/page/market", url.Values{"steps": {"2"}})
	if err != nil {
		t.Fatal(err)
	}
	defer func() { _ = response.Body.Close() }()
	page, err := goquery.NewDocumentFromReader(response.Body)
	if err != nil {
		t.Fatal(err)
	}
	section := page.Find("section[aria-labelledby=market]")
	if ask(t, "GET", server.Base+"/_emulator/market", "", &market); market.Steps != 50 || section.Find("tbody tr").Length() != len(market.Last) {
		t.Errorf("%d steps, %d moves on the page, %d told", market.Steps, section.Find("tbody tr").Length(), len(market.Last))
	}
	if !server.Now().Equal(before) {
		t.Errorf("the clock went from %s to %s", before, server.Now())
	}
	still := emulatortest.Start(t, func(o *emulator.Options) { o.Items = 10 })
	if body, _ := fetch(t, still.Base+"/_emulator/"); !strings.Contains(body, "PORTAL_MARKET=moving") {
		t.Error("the page does not tell how to have a market that moves")
	}
}
