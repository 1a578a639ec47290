//go:build chaos

package app_test

import (
	"fmt"
	"io"
	"math/rand/v2"
	"net"
	"net/http"
	"strings"
	"sync"
	"sync/atomic"
	"testing"
	"time"

	"storefront/internal/vtt/emulator"
)

const (
	flap      = 2 * time.Second  // up, then as long down
	flapping  = 24 * time.Second // in all
	readers   = 24               // who look at pages as fast as they are answered
	orderers  = 6                // who order, one after another, each a dealer of his own
	slowpokes = 200              // who send a request and never finish it
	bearable  = 3 * time.Second  // for a page
)

// Row 40 of the fault matrix, in less time: the distributor comes and goes, more people look than the shop was made for, some
// order all the while, and others hold connections without ever asking. Pages stand, orders are made as often as they are
// confirmed, and soon after it is over everything is as before.
func TestFlappingUnderLoad(t *testing.T) {
	h, v := furnished(t, func(o *emulator.Options) { o.ExtraAccounts = dealers() })
	v.addToCart(plain, 1)
	pages := without(h.pages(v), "/checkout")
	var buyers []*visitor
	for _, a := range dealers() {
		b := h.signedIn(t, account{a.Login, a.Password})
		h.catalogueArrives(b)
		buyers = append(buyers, b)
	}
	h.calm = h.measure()

	before := h.traffic(t)
	var all sync.WaitGroup
	over := make(chan struct{})
	all.Go(func() { h.flap(over) })
	all.Go(func() { crawl(t, h.settings.Listen, over) })
	var good, bad, late atomic.Int64
	for n := range readers {
		all.Go(func() {
			reader := h.visitor(t)
			reader.http = &http.Client{Jar: v.http.Jar, Timeout: patience}
			for i := n; !ended(over); i++ {
				began := time.Now()
				switch p := reader.get(pages[i%len(pages)]); {
				case p.status != http.StatusOK:
					bad.Add(1)
				case time.Since(began) > bearable:
					late.Add(1)
				default:
					good.Add(1)
				}
			}
		})
	}
	submissions := make([][]string, len(buyers))
	for n, b := range buyers {
		all.Go(func() { submissions[n] = keepsOrdering(b, over) })
	}
	all.Wait()
	h.way.mend()
	h.notAmplified(t, before)

	began := time.Now()
	h.eventually("prices read again", func() bool {
		h.expire()
		p := v.get("/catalog")
		return p.status == http.StatusOK && p.Find(".outage").Length() == 0 && v.get("/checkout").code() == ""
	})
	if took := time.Since(began); took > 10*time.Second {
		t.Errorf("it took %s to be well again", took)
	}
	confirmed, others := h.outcomes(t, buyers, submissions)
	t.Logf("%d pages in time, %d late, %d failed; %d orders confirmed, others %v", good.Load(), late.Load(), bad.Load(), confirmed, others)
	if total := good.Load() + late.Load() + bad.Load(); good.Load()*100 < total*80 || bad.Load() > 0 {
		t.Errorf("of %d pages %d were there in time, and %d failed", total, good.Load(), bad.Load())
	}
	if made := h.executions("CreateOrder"); made != confirmed || confirmed == 0 {
		t.Errorf("%d orders were made, %d are confirmed", made, confirmed)
	}
	h.settled(t)
}

// dealers are buyers of their own dealers each, so that no order can be taken for a colleague's.
func dealers() (all []emulator.Account) {
	for n := range orderers {
		all = append(all, emulator.Account{
			Login: fmt.Sprintf("orderer-%d", n), Password: fmt.Sprintf("sesame-%d-%d", n, n), Dealer: fmt.Sprintf("ООО «Заказчик %d»", n),
			Branch: "Москва", Level: "1.17", Currency: "USD",
		})
	}
	return all
}

// traffic is what has gone to the distributor: requests seen on the way, and what the storefront says of itself.
type traffic struct {
	reads, orders, changes int // requests seen
	repeats                int // of reads
	sending                int // orders of which it was written down that they are being sent
}

func (h *house) traffic(t *testing.T) (now traffic) {
	t.Helper()
	h.way.mu.Lock()
	for operation, n := range h.way.seen {
		switch operation {
		case "": // the contract is fetched
		case "CreateOrder":
			now.orders += n
		case "AddItem", "RemoveItem", "SetOrderNote":
			now.changes += n
		default:
			now.reads += n
		}
	}
	h.way.mu.Unlock()
	answer, err := http.Get(strings.TrimSuffix(h.operator, "/operator") + "/metrics")
	if err != nil {
		t.Fatal(err)
	}
	defer answer.Body.Close()
	numbers, err := io.ReadAll(answer.Body)
	if err != nil {
		t.Fatal(err)
	}
	_, rest, _ := strings.Cut(string(numbers), "\nstorefront_upstream_repeats ")
	if _, err := fmt.Sscan(rest, &now.repeats); err != nil {
		t.Fatalf("the number of repeats is not told: %v", err)
	}
	if _, err := fmt.Sscan(h.query(t, "state.db", `SELECT COUNT(*) FROM submission_events WHERE state = 'SENDING'`), &now.sending); err != nil {
		t.Fatal(err)
	}
	return now
}

// savedUp is how many repeats a calm time before has earned: in ten minutes of row 40 they are nothing, in less they are counted apart.
const savedUp = 10

// notAmplified checks that an outage was not made worse: requests for reads are at most a tenth more than reads were due, and
// an order is sent once, if at all.
func (h *house) notAmplified(t *testing.T, before traffic) {
	t.Helper()
	now := h.traffic(t)
	reads, repeats := now.reads-before.reads, now.repeats-before.repeats
	orders, due := now.orders-before.orders, now.sending-before.sending
	t.Logf("%d reads seen, %d of them repeats: %.3f a read; %d orders seen, %d due", reads, repeats, float64(reads)/float64(reads-repeats), orders, due)
	if reads == 0 || repeats == 0 || (reads-savedUp)*10 > (reads-repeats)*11 {
		t.Errorf("%d requests were seen for %d reads", reads, reads-repeats)
	}
	if orders == 0 || orders > due || now.changes != before.changes {
		t.Errorf("%d requests were seen for %d orders, and %d changes that nobody asked for", orders, due, now.changes-before.changes)
	}
}

// flap cuts the way, or hangs up on whoever comes by it, in turns, and mends it, until its time is over.
func (h *house) flap(over chan struct{}) {
	tick, end := time.NewTicker(flap), time.After(flapping)
	defer tick.Stop()
	refusing := true
	for up := true; ; up = !up {
		select {
		case <-tick.C:
			switch {
			case up && refusing:
				h.way.cut()
				refusing = false
			case up:
				h.way.bend(hangsUp())
				refusing = true
			default:
				h.way.mend()
				h.expire()
			}
		case <-end:
			close(over)
			return
		}
	}
}

// hangsUp takes a request and never answers it.
func hangsUp() http.Handler {
	return http.HandlerFunc(func(_ http.ResponseWriter, r *http.Request) {
		_, _ = io.Copy(io.Discard, r.Body)
		panic(http.ErrAbortHandler)
	})
}

func ended(over chan struct{}) bool {
	select {
	case <-over:
		return true
	default:
		return false
	}
}

// crawl holds many connections, and sends a byte of a header over each now and then; who is hung up on comes again.
func crawl(t *testing.T, address string, over chan struct{}) {
	connections := make([]net.Conn, slowpokes)
	tick := time.NewTicker(500 * time.Millisecond)
	defer tick.Stop()
	for !ended(over) {
		for i, c := range connections {
			if c != nil {
				if _, err := c.Write([]byte("x")); err == nil {
					continue
				}
				c.Close()
			}
			connections[i] = nil
			if c, err := net.Dial("tcp", address); err == nil {
				connections[i] = c
				_, _ = c.Write([]byte("GET / HTTP/1.1\r\nHost: x\r\nX-Slow: ")) // it may be hung up on at once
			}
		}
		<-tick.C
	}
	held := 0
	for _, c := range connections {
		if c != nil {
			held++
			c.Close()
		}
	}
	if held == 0 {
		t.Error("no connection was ever held")
	}
}

// keepsOrdering orders whenever the cart is free and returns the pages of all that was sent.
func keepsOrdering(v *visitor, over chan struct{}) (sent []string) {
	for quantity := int64(1 + rand.IntN(5)); !ended(over); quantity++ {
		review := v.get("/checkout")
		if review.Find(`form[action="/checkout"]`).Length() == 0 {
			v.addFreely(quantity)
			continue
		}
		if p := v.press(review, "/checkout", nil); p.url.Path != "/checkout" && (len(sent) == 0 || sent[len(sent)-1] != p.url.Path) {
			sent = append(sent, p.url.Path)
		}
	}
	return sent
}

// addFreely puts something into the cart, if it is free.
func (v *visitor) addFreely(quantity int64) {
	v.post("/cart/items", map[string][]string{"itemId": {plain}, "quantity": {fmt.Sprint(quantity)}})
}

// outcomes waits until every submission has come to its end, and counts those that became orders.
func (h *house) outcomes(t *testing.T, buyers []*visitor, submissions [][]string) (confirmed int, others map[string]int) {
	t.Helper()
	others = map[string]int{}
	h.clock.pass(h.settings.QuietPeriod)
	for n, paths := range submissions {
		for _, path := range paths {
			state := ""
			settled := within(3*patience, func() bool { // the desk looks every fifteen seconds
				h.clock.pass(2 * time.Second)
				state = buyers[n].get(path).named("submission-state").AttrOr("data-state", "")
				return state != "" && state != "UNKNOWN" && state != "SENDING" && state != "PREPARED" && state != "BASELINED"
			})
			if !settled {
				t.Errorf("%s is still %s", path, state)
			}
			if state == "CONFIRMED" {
				confirmed++
			} else {
				others[state]++
			}
		}
	}
	return confirmed, others
}
