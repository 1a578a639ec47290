package app_test

import (
	"context"
	"crypto/ecdsa"
	"crypto/elliptic"
	"crypto/rand"
	"crypto/tls"
	"crypto/x509"
	"io"
	"log"
	"math/big"
	"net"
	"net/http"
	"net/http/httptest"
	"net/url"
	"os"
	"regexp"
	"strconv"
	"strings"
	"sync"
	"sync/atomic"
	"testing"
	"time"

	"github.com/PuerkitoBio/goquery"

	"storefront/internal/vtt/emulator"
)

// said is what a submission's page has to say in each state (requirements.md, 4.6), word for word.
var said = map[string]string{
	"SENDING": `Отправляем заказ поставщику\. Окно можно закрыть: заказ не потеряется и не отправится дважды\.`,
	"CONFIRMED": `(Заказ № \d+ создан\.|Ответ поставщика не дошёл, но заказ № \d+ с этими позициями появился в его списке в .+?\. Считаем его вашим\. ` +
		`Если такой же заказ мог сделать коллега, проверьте\.|Вы выбрали заказ № \d+ среди похожих\.)`,
	"NOT_SENT": `Заказ не отправлялся, корзина сохранена`,
	"REJECTED": `Поставщик отказал: .+\. Заказ не создан, корзина сохранена\.`,
	"UNKNOWN": `(Заказ отправлен, подтверждения пока нет\. |Поставщик ответил отказом: .+\. Проверяем, что заказ не создан\. )` +
		`Не оформляйте его повторно\. Проверяем список заказов(\.|: проверено в [^,]+, (следующая проверка через \d+ с|проверяем ещё раз)\.)`,
	"NEEDS_BUYER": `В списке поставщика появил.+ похож.+ заказ.*\. Сравните .+ с отправленным\. Не оформляйте заказ повторно, пока не решите\.`,
	"PROBABLY_NOT_CREATED": `За \d+ (минут|секунд)\S* \(\d+ провер\S+, последняя в [^)]+\) заказа в списке поставщика нет\. ` +
		`Скорее всего, он не создан, но полной уверенности нет\.`,
	"CLOSED":     `Оформление закрыто, корзина сохранена\. Если заказ всё же появится`,
	"LATE_FOUND": `Первый заказ всё же появился: № \d+(\. Если вы оформили его ещё раз, возможен дубль| \(и № \d+ после повтора\)\. Возможен дубль\.)`,
}

// attempt is an order on its way.
type attempt struct {
	*troubled
	t      *testing.T
	path   string
	made   int // times that CreateOrder was performed before
	calls  int // times that it was called before
	pieces int
}

// quiet15 is the quiet period; readEvery is about how often the list is read in it.
const (
	quiet15   = 15 * time.Minute
	readEvery = time.Minute
)

// TestFaultsOfAnOrder runs the rows of the fault matrix that are about an order on its way, what is asked of the list afterwards, and what a
// buyer does meanwhile. A day passes before each of them. The emulator goes by the storefront's clock.
func TestFaultsOfAnOrder(t *testing.T) {
	var together atomic.Pointer[clock]
	now := func() time.Time {
		if c := together.Load(); c != nil {
			return c.Now()
		}
		return time.Now()
	}
	var rows []faultRow
	for _, r := range append(append(sendingRows(), readingRows()...), buyingRows()...) {
		check := r.check
		r.check = func(t *testing.T, h *troubled) {
			together.Store(h.clock)
			h.nextDay(t)
			check(t, h)
		}
		rows = append(rows, r)
	}
	matrix(t, rows, func(o *emulator.Options) { o.Now = now })
}

func sendingRows() []faultRow {
	return []faultRow{
		{2, "connection refused after the baseline", func(t *testing.T, h *troubled) {
			review := h.v.read("/checkout")
			h.way.bend(http.HandlerFunc(func(w http.ResponseWriter, r *http.Request) {
				if asks(r, "GetOrders") {
					h.way.shut()
				}
				h.emulator.ServeHTTP(w, r)
			}))
			defer h.way.cut()
			a := h.sends(t, review)
			p := a.becomes("NOT_SENT")
			a.says(p, "Поставщик не отвечает. Заказ не отправлялся, корзина сохранена.")
			if !strings.Contains(text(p.Selection), "список заказов прочитан") {
				t.Errorf("the baseline was not read: %s", text(p.Selection))
			}
			a.executed(0)
			a.cartIsBack()
		}},
		{5, "the service does not prove who it is", func(t *testing.T, h *troubled) {
			right := h.settings.VTTURL
			for name, cert := range map[string]tls.Certificate{
				"expired":     certificate(t, "127.0.0.1", -time.Hour),
				"wrong name":  certificate(t, "127.0.0.2", time.Hour),
				"self-signed": certificate(t, "127.0.0.1", time.Hour),
			} {
				review, told := h.v.read("/checkout"), h.lines("backend_tls_failed")
				h.close()
				calls := h.received()
				address, heard, close := impostor(cert)
				h.settings.VTTURL = address
				h.open()
				a := h.sends(t, review)
				a.becomes("NOT_SENT")
				a.executed(0)
				a.cartIsBack()
				if h.lines("backend_tls_failed") == told {
					t.Errorf("%s: the log says nothing", name)
				}
				if heard.Load() != 0 || h.received() != calls {
					t.Errorf("%s: %d requests reached whoever it is, %d the service", name, heard.Load(), h.received()-calls)
				}
				h.close()
				close()
				h.settings.VTTURL = right
				h.open()
			}
		}},
		{7, "accepts and never answers, not executed", func(t *testing.T, h *troubled) {
			a := h.sendsInto(t, emulator.Rule{Effect: emulator.Hang})
			a.givesUpWaiting()
			a.stays("UNKNOWN", quiet15-2*time.Minute) // as long as was waited for the answer
			a.probablyNot(0)
		}},
		{8, "executes and never answers", func(t *testing.T, h *troubled) {
			a := h.sendsInto(t, emulator.Rule{Effect: emulator.PerformAndHang}, blind())
			a.givesUpWaiting()
			a.found()
		}},
		{9, "executes and resets the connection", func(t *testing.T, h *troubled) {
			review := h.v.read("/checkout")
			h.way.bend(http.HandlerFunc(func(w http.ResponseWriter, r *http.Request) {
				if !asks(r, "CreateOrder") {
					h.emulator.ServeHTTP(w, r)
					return
				}
				if err := h.emulator.AddRules(blind()); err != nil {
					t.Error(err)
				}
				h.emulator.ServeHTTP(httptest.NewRecorder(), r)
				conn, _, err := http.NewResponseController(w).Hijack()
				if err != nil {
					t.Error(err)
					return
				}
				_ = conn.(*net.TCPConn).SetLinger(0) // closing resets
				_ = conn.Close()
			}))
			h.sends(t, review).found()
		}},
		{10, "executes and closes after half the answer", func(t *testing.T, h *troubled) {
			h.sendsInto(t, emulator.Rule{Effect: emulator.Truncate}, blind()).found()
		}},
		{12, "executes and answers with a fault", func(t *testing.T, h *troubled) {
			a := h.sendsInto(t, emulator.Rule{Effect: emulator.PerformAndFault, Code: "InternalServiceFault"}, blind())
			a.found()
		}},
		{13, "does not execute and answers with a fault", func(t *testing.T, h *troubled) {
			a := h.sendsInto(t, emulator.Rule{Effect: emulator.Refuse, Code: "InternalServiceFault"})
			a.becomes("UNKNOWN")
			for _, d := range []time.Duration{3 * time.Second, 8 * time.Second, 12 * time.Second} {
				a.after(d, "UNKNOWN")
			}
			p := a.after(20*time.Second, "PROBABLY_NOT_CREATED")
			if m := regexp.MustCompile(`(\d+) провер`).FindStringSubmatch(text(p.Selection)); m == nil || m[1] < "3" {
				t.Errorf("it was called so after %v", m)
			}
			a.executed(0)
			a.cartIsBack()
		}},
		{14, "executes and answers without a number", func(t *testing.T, h *troubled) {
			for _, effect := range []emulator.Effect{emulator.Blank, emulator.Omit, emulator.Double} {
				h.nextDay(t)
				a := h.sendsInto(t, emulator.Rule{Effect: effect}, blind())
				if words := text(a.becomes("UNKNOWN").Selection); strings.Contains(words, "отказ") {
					t.Errorf("%s is called a refusal: %s", effect, words)
				}
				a.found()
			}
		}},
		{15, "executes a minute later, and is waited for", func(t *testing.T, h *troubled) {
			a, answer := h.sendsHeld(t)
			a.stays("SENDING", time.Minute)
			answer()
			a.says(a.becomes("CONFIRMED"), "создан.")
			a.executed(1)
			a.cartIsEmpty()
		}},
		{16, "executes five minutes after it was given up", func(t *testing.T, h *troubled) {
			a := h.sendsInto(t, emulator.Rule{Effect: emulator.PerformLater, Delay: emulator.Duration(5 * time.Minute)})
			a.stays("UNKNOWN", 4*time.Minute)
			a.executed(0)
			a.after(2*time.Minute, "CONFIRMED")
			a.executed(1)
			a.cartIsEmpty()
		}},
		{17, "executes after the quiet period", func(t *testing.T, h *troubled) {
			a := h.sendsInto(t, emulator.Rule{Effect: emulator.PerformLater, Delay: emulator.Duration(30 * time.Minute)})
			a.stays("UNKNOWN", quiet15)
			a.probablyNot(0)
			h.clock.pass(20 * time.Minute)
			p := a.after(0, "LATE_FOUND")
			a.says(p, "возможен дубль")
			a.executed(1)
			a.loud()
		}},
		{17, "executes after the quiet period and a repeat", func(t *testing.T, h *troubled) {
			a := h.sendsInto(t, emulator.Rule{Effect: emulator.PerformLater, Delay: emulator.Duration(40 * time.Minute)})
			a.stays("UNKNOWN", quiet15)
			a.probablyNot(0)
			review := h.v.read("/checkout")
			if !strings.Contains(text(review.Selection), "Понимаю, что заказов может стать два") || review.Find("#agree[required]").Length() != 1 {
				t.Errorf("sending again asks for no consent: %s", review.complaint())
			}
			again := h.sends(t, review)
			number := attr(t, again.becomes("CONFIRMED").Find(`a[href^="/orders/"]`).First(), "href")
			again.executed(1)
			h.clock.pass(30 * time.Minute)
			p := a.after(0, "LATE_FOUND")
			a.says(p, "(и № "+strings.TrimPrefix(number, "/orders/")+" после повтора). Возможен дубль.")
			if p.Find(`a[href="`+again.path+`"]`).Length() == 0 {
				t.Error("the repeat is not linked")
			}
			a.executed(2)
			a.loud()
		}},
	}
}

func readingRows() []faultRow {
	lag := func(d time.Duration) emulator.Rule {
		return emulator.Rule{Operation: "GetOrders", Effect: emulator.Lag, Delay: emulator.Duration(d)}
	}
	return []faultRow{
		{18, "the list lags two minutes behind", func(t *testing.T, h *troubled) {
			a := h.sendsInto(t, emulator.Rule{Effect: emulator.PerformAndDrop}, lag(2*time.Minute))
			a.stays("UNKNOWN", 100*time.Second)
			a.after(40*time.Second, "CONFIRMED")
			a.executed(1)
		}},
		{18, "the list lags behind an answer that was a fault", func(t *testing.T, h *troubled) {
			a := h.sendsInto(t, emulator.Rule{Effect: emulator.PerformAndFault}, lag(2*time.Minute))
			a.becomes("UNKNOWN")
			a.after(3*time.Second, "UNKNOWN")
			a.after(8*time.Second, "UNKNOWN")
			a.after(31*time.Second, "PROBABLY_NOT_CREATED")
			a.after(6*time.Minute, "LATE_FOUND")
			a.executed(1)
			a.loud()
		}},
		{19, "the list fails for two hours", func(t *testing.T, h *troubled) {
			a := h.sendsInto(t, emulator.Rule{Effect: emulator.PerformAndDrop}, blind())
			for range 8 {
				a.stays("UNKNOWN", 15*time.Minute)
			}
			h.pagesStand(t)
			if p := h.v.post("/cart/items", url.Values{"itemId": {lookAlike}, "quantity": {"1"}}); p.status != http.StatusConflict {
				t.Errorf("the cart took something: %d %s", p.status, p.complaint())
			}
			if p := h.v.post("/checkout", nil); p.url.Path != a.path {
				t.Errorf("another order leads to %s: %s", p.url, p.complaint())
			}
			h.behave()
			a.after(2*readEvery, "CONFIRMED")
			a.executed(1)
		}},
		{20, "the list is not whole", func(t *testing.T, h *troubled) {
			for _, rule := range []emulator.Rule{
				{Effect: emulator.Truncate}, {Effect: emulator.Halve}, {Effect: emulator.Forget, Delay: emulator.Duration(time.Minute)},
			} {
				h.nextDay(t)
				for i := range 3 { // young orders that have to be in it
					h.colleagueOrders(t, lookAlike, 50+i)
				}
				rule.Operation = "GetOrders"
				a := h.sendsInto(t, emulator.Rule{Effect: emulator.PerformAndDrop}, rule)
				for range 4 {
					p := a.stays("UNKNOWN", 5*time.Minute)
					a.says(p, "Проверяем список заказов.") // no check has counted
				}
				h.behave()
				a.after(2*readEvery, "CONFIRMED")
				a.executed(1)
			}
		}},
		{21, "a colleague orders the same and ours is not executed", func(t *testing.T, h *troubled) {
			a := h.sendsInto(t, emulator.Rule{Effect: emulator.Twin})
			a.says(a.after(5*time.Second, "CONFIRMED"), "Если такой же заказ мог сделать коллега, проверьте.")
			a.executed(0)
		}},
		{21, "a colleague orders the same and ours is executed", func(t *testing.T, h *troubled) {
			a := h.sendsInto(t, emulator.Rule{Effect: emulator.PerformAndTwin})
			p := a.after(5*time.Second, "NEEDS_BUYER")
			candidates := p.named("candidate")
			if n := candidates.Length(); n != 2 {
				t.Fatalf("%d candidates", n)
			}
			number := attr(t, candidates.Last(), "data-order-id")
			h.v.submit(candidates.Last().Find("form"), nil)
			a.says(a.becomes("CONFIRMED"), "Вы выбрали заказ № "+number)
			a.executed(1)
			a.cartIsEmpty()
		}},
		{21, "a colleague orders nearly the same and ours is not executed", func(t *testing.T, h *troubled) {
			a := h.sendsInto(t, emulator.Rule{Effect: emulator.Drop})
			h.colleagueOrders(t, plain, a.pieces+1)
			a.made++ // that was the colleague's
			p := a.after(5*time.Second, "NEEDS_BUYER")
			a.says(p, "отправлено "+strconv.Itoa(a.pieces)+", в заказе "+strconv.Itoa(a.pieces+1))
			h.v.submit(p.Find(`form:has([name=seen])`), nil)
			a.becomes("UNKNOWN")
			a.stays("UNKNOWN", quiet15)
			a.probablyNot(0)
		}},
		{22, "an older order is the same", func(t *testing.T, h *troubled) {
			first := h.sends(t, h.v.read("/checkout"))
			first.becomes("CONFIRMED")
			h.v.addToCart(plain, int64(first.pieces))
			h.doubted()
			a := h.sendsInto(t, emulator.Rule{Effect: emulator.Drop}) // and with consent: the twin is known
			a.pieces = first.pieces
			a.stays("UNKNOWN", quiet15)
			a.probablyNot(0)
		}},
		{23, "reserved in part, in other lines", func(t *testing.T, h *troubled) {
			h.v.addToCart(scarce, 5)
			h.misbehave(fault{Operation: "GetOrderWithLines", Effect: "rearrange"})
			a := h.sendsInto(t, emulator.Rule{Effect: emulator.PerformAndDrop})
			p := a.after(5*time.Second, "CONFIRMED")
			a.says(p, "появился в его списке")
			a.executed(1)
			h.eventually("what is reserved", func() bool { return h.v.get(a.path).Find("th:contains('В резерве')").Length() == 1 })
			wantNumbers(t, "the scarce line", h.v.read(a.path).item("submission-line", scarce), "5", "2", "3")
			a.says(h.v.read(a.path), "Не зарезервировано ")
		}},
	}
}

func buyingRows() []faultRow {
	return []faultRow{
		{24, "pressed twenty times at once, in two tabs, and again from the page before", func(t *testing.T, h *troubled) {
			review, other := h.v.read("/checkout"), h.signedIn(t, h.buyer())
			same := other.read("/checkout")
			before := h.executions("CreateOrder")
			var all sync.WaitGroup
			paths := make([]string, 20)
			for i := range paths {
				all.Go(func() {
					if i%2 == 0 {
						paths[i] = h.v.press(review, "/checkout", nil).url.Path
					} else {
						paths[i] = other.press(same, "/checkout", nil).url.Path
					}
				})
			}
			all.Wait()
			a := &attempt{troubled: h, t: t, path: paths[0], made: before}
			for range 2 {
				a.becomes("CONFIRMED")
				paths = append(paths, h.v.press(review, "/checkout", nil).url.Path) // the page before, and sent again
			}
			for _, path := range paths {
				if path != a.path {
					t.Errorf("one press leads to %s, another to %s", a.path, path)
				}
			}
			a.executed(1)
			a.cartIsEmpty()
		}},
		{25, "the buyer leaves in the middle", func(t *testing.T, h *troubled) {
			for _, leave := range []struct {
				name string
				do   func(*attempt)
			}{
				{"closes the tab", func(a *attempt) {
					ctx, closeTab := context.WithCancel(t.Context())
					request, _ := http.NewRequestWithContext(ctx, http.MethodGet, h.shop+a.path, nil)
					closeTab()
					if answer, err := h.v.http.Do(request); err == nil {
						answer.Body.Close()
					}
				}},
				{"signs out", func(a *attempt) { h.v.post("/logout", nil) }},
				{"is away till the session ends", func(a *attempt) { h.clock.pass(13 * time.Hour) }},
			} {
				h.nextDay(t)
				a, answer := h.sendsHeld(t)
				leave.do(a)
				answer()
				h.eventually("executed, "+leave.name, func() bool { return h.executions("CreateOrder") == a.made+1 })
				if h.v.get("/").url.Path == "/login" {
					h.v.signIn(h.buyer())
				}
				p := a.becomes("CONFIRMED")
				order := attr(t, p.Find(`a[href^="/orders/"]`).First(), "href")
				h.eventually("in the list of orders, "+leave.name, func() bool { return h.v.get("/orders").Find(`a[href="`+order+`"]`).Length() > 0 })
				a.executed(1)
			}
		}},
		{25, "the browser is gone before the answer to the press", func(t *testing.T, h *troubled) {
			review, before := h.v.read("/checkout"), h.executions("CreateOrder")
			arrived, release := make(chan struct{}), make(chan struct{})
			var once sync.Once
			h.way.bend(http.HandlerFunc(func(w http.ResponseWriter, r *http.Request) {
				if asks(r, "GetOrders") { // the baseline: the press was answered or is about to be
					once.Do(func() { close(arrived); <-release })
				}
				h.emulator.ServeHTTP(w, r)
			}))
			ctx, leave := context.WithCancel(t.Context())
			values := url.Values{}
			review.Find(`form[action="/checkout"] [name]`).Each(func(_ int, f *goquery.Selection) { values.Set(f.AttrOr("name", ""), f.AttrOr("value", "")) })
			values.Del("split")
			request, err := http.NewRequestWithContext(ctx, http.MethodPost, h.shop+"/checkout", strings.NewReader(values.Encode()))
			if err != nil {
				t.Fatal(err)
			}
			request.Header = http.Header{"Content-Type": {"application/x-www-form-urlencoded"}, "Origin": {h.shop}}
			gone := make(chan struct{})
			go func() {
				defer close(gone)
				if answer, err := h.v.http.Do(request); err == nil {
					answer.Body.Close()
				}
			}()
			<-arrived
			leave()
			<-gone
			close(release)
			h.eventually("executed", func() bool { return h.executions("CreateOrder") == before+1 })
			h.eventually("the cart an order", func() bool { return h.v.get("/cart").named("cart-line").Length() == 0 })
		}},
		{32, "yesterday's backup is restored and its cart sent again", func(t *testing.T, h *troubled) {
			h.close()
			backup, err := os.ReadFile(h.file("state.db"))
			if err != nil {
				t.Fatal(err)
			}
			h.open()
			first := h.sends(t, h.v.read("/checkout"))
			first.becomes("CONFIRMED")
			h.close()
			for _, suffix := range []string{"-wal", "-shm"} {
				if err := os.Remove(h.file("state.db" + suffix)); err != nil && !os.IsNotExist(err) {
					t.Fatal(err)
				}
			}
			if err := os.WriteFile(h.file("state.db"), backup, 0o600); err != nil {
				t.Fatal(err)
			}
			h.open()
			h.clock.pass(time.Minute)
			if n := h.v.read("/cart").named("cart-line").Length(); n != 1 {
				t.Fatalf("the revived cart has %d lines", n)
			}
			h.guards(t, first.pieces)
		}},
	}
}

// guards checks that the cart, of which there is an order already, is not sent unless it is said that a second one is meant.
func (h *troubled) guards(t *testing.T, pieces int) {
	t.Helper()
	review, before := h.v.read("/checkout"), h.executions("CreateOrder")
	if review.named("doubt").Length() == 0 { // the storefront does not know of it yet: the distributor's list tells
		a := h.sends(t, review)
		a.says(a.becomes("NOT_SENT"), "у поставщика уже есть заказ № ")
		h.doubted()
		review = h.v.read("/checkout")
	}
	said := text(review.Selection)
	if !strings.Contains(said, "У поставщика уже есть заказ № ") || !strings.Contains(said, "Мне нужен ещё один такой же заказ.") {
		t.Errorf("the guard says %s", said)
	}
	version, _ := review.Find("[name=cart_version]").Attr("value")
	if p := h.v.post("/checkout", url.Values{"cart_version": {version}}); p.url.Path != "/checkout" || p.status < 400 {
		t.Errorf("without the tick: %d at %s: %s", p.status, p.url, p.complaint())
	}
	if n := h.executions("CreateOrder"); n != before {
		t.Errorf("it was sent %d times", n-before)
	}
	if n := h.v.read("/cart").named("cart-line").Length(); n != 1 {
		t.Errorf("the cart has %d lines, with %d pieces sent before", n, pieces)
	}
}

// doubted waits until the review knows of an order with the same lines.
func (h *troubled) doubted() {
	h.t.Helper()
	h.eventually("the doubt", func() bool { return h.v.get("/checkout").named("doubt").Length() == 1 })
}

// nextDay makes what was before be over: its orders are old enough to be no twins, its late watch has ended, the session too.
// The cart holds an odd number of pieces of one item.
func (h *troubled) nextDay(t *testing.T) {
	t.Helper()
	h.behave()
	h.way.mend()
	h.clock.pass(25 * time.Hour)
	if p := h.v.signIn(h.buyer()); p.url.Path == "/login" {
		t.Fatalf("no new day: %s", p.complaint())
	}
	h.swept()
	h.v.read("/cart").named("cart-line").Each(func(_ int, line *goquery.Selection) {
		h.v.post("/cart/items/"+attr(t, line, "data-item-id"), url.Values{"quantity": {"0"}})
	})
	h.v.addToCart(plain, pieces)
	h.eventually("a review without doubts", func() bool {
		p := h.v.get("/checkout")
		return p.status == http.StatusOK && p.named("doubt").Length() == 0
	})
}

// pieces is how many a cart holds.
const pieces = 3

// swept has the background look at what is due.
func (h *troubled) swept() {
	h.t.Helper()
	_ = h.sweep(h.t.Context()) // reads fail in these rows: what that means is told by the pages
}

// sends presses the button of a review.
func (h *troubled) sends(t *testing.T, review *page) *attempt {
	t.Helper()
	a := &attempt{troubled: h, t: t, made: h.executions("CreateOrder"), calls: h.emulator.Received()["CreateOrder"], pieces: pieces}
	sent := h.v.press(review, "/checkout", nil)
	if !strings.HasPrefix(sent.url.Path, "/submissions/") {
		t.Fatalf("after sending at %s: %s", sent.url, sent.complaint())
	}
	a.path = sent.url.Path
	return a
}

// sendsInto sends the cart into trouble: what becomes of CreateOrder, and what holds from the moment at which it is called.
func (h *troubled) sendsInto(t *testing.T, create emulator.Rule, from ...emulator.Rule) *attempt {
	t.Helper()
	review := h.v.read("/checkout")
	h.troubles(t, create, from...)
	a := h.sends(t, review)
	a.called() // time that passed before would close the fence
	return a
}

// troubles has the next CreateOrder end in trouble, and other rules hold from the moment at which it is called.
func (h *troubled) troubles(t *testing.T, create emulator.Rule, from ...emulator.Rule) {
	create.Operation, create.Count = "CreateOrder", 1
	var once sync.Once
	h.way.bend(http.HandlerFunc(func(w http.ResponseWriter, r *http.Request) {
		if asks(r, "CreateOrder") {
			once.Do(func() {
				if err := h.emulator.AddRules(append(from, create)...); err != nil {
					t.Error(err)
				}
			})
		}
		h.emulator.ServeHTTP(w, r)
	}))
}

// sendsHeld sends the cart; the call stands still on its way until it is let go.
func (h *troubled) sendsHeld(t *testing.T) (a *attempt, answer func()) {
	t.Helper()
	review := h.v.read("/checkout")
	arrived, answer := h.holds(t)
	a = h.sends(t, review)
	select {
	case <-arrived:
	case <-time.After(patience):
		t.Fatal("CreateOrder was not called")
	}
	a.becomes("SENDING")
	return a, answer
}

// holds has the next CreateOrder stand still on its way until it is let go.
func (h *troubled) holds(t *testing.T) (arrived chan struct{}, answer func()) {
	arrived, release := make(chan struct{}), make(chan struct{})
	h.way.bend(http.HandlerFunc(func(w http.ResponseWriter, r *http.Request) {
		if asks(r, "CreateOrder") {
			close(arrived)
			<-release
		}
		h.emulator.ServeHTTP(w, r)
	}))
	var once sync.Once
	answer = func() { once.Do(func() { close(release) }) }
	t.Cleanup(answer)
	return arrived, answer
}

// blind is a list of orders that can't be read.
func blind() emulator.Rule { return emulator.Rule{Operation: "GetOrders", Effect: emulator.Refuse} }

func asks(r *http.Request, operation string) bool {
	return strings.HasSuffix(strings.Trim(r.Header.Get("SOAPAction"), `"`), "/"+operation)
}

// becomes waits until the page of the submission shows a state, and checks what it says.
func (a *attempt) becomes(state string) *page {
	a.t.Helper()
	a.reaches(a.v, a.path, state)
	p := a.v.read(a.path)
	a.check(p, state)
	return p
}

// check is what holds of the page in every state: its words are the state's, and none claims more than is known.
func (a *attempt) check(p *page, state string) {
	a.t.Helper()
	region := p.the("submission-state")
	if got := attr(a.t, region, "data-state"); got != state {
		a.t.Fatalf("%s instead of %s: %s", got, state, text(region))
	}
	words := text(region)
	if !regexp.MustCompile(said[state]).MatchString(words) {
		a.t.Errorf("%s says %q", state, words)
	}
	if strings.Contains(words, "Заказ не создан") && state != "REJECTED" {
		a.t.Errorf("%s says that no order was made: %q", state, words)
	}
	again := strings.Contains(words, "Отправить ещё раз")
	if again != (state == "PROBABLY_NOT_CREATED") {
		a.t.Errorf("%s offers to send it again: %t", state, again)
	}
	if polls := region.AttrOr("hx-get", "") != ""; (state == "SENDING" || state == "UNKNOWN") && (!polls || region.Find("#reload").Length() != 1) {
		a.t.Errorf("%s goes on by itself: %t", state, polls)
	}
	if state == "SENDING" || state == "UNKNOWN" || state == "NEEDS_BUYER" {
		if cart := a.v.read("/cart"); cart.Find(`form[action^="/cart/items/"]`).Length() != 0 {
			a.t.Errorf("in %s the cart can be changed", state)
		}
	}
}

// says checks that the page says words.
func (a *attempt) says(p *page, words string) {
	a.t.Helper()
	if got := text(p.the("submission-state")); !strings.Contains(got, words) {
		a.t.Errorf("it says %q, want %q", got, words)
	}
}

// after lets time pass, with all the reads that become due, and checks the state then, or as soon as one more read has been made.
func (a *attempt) after(d time.Duration, state string) *page {
	a.t.Helper()
	for left := d; left > 0; left -= readEvery {
		a.clock.pass(min(left, readEvery))
		a.swept()
	}
	a.swept()
	for range 6 { // a read that was under way at that moment makes the next one later
		if attr(a.t, a.v.read(a.path).the("submission-state"), "data-state") == state {
			break
		}
		a.clock.pass(10 * time.Second)
		a.swept()
	}
	return a.becomes(state)
}

// stays is after, with the state checked after each minute.
func (a *attempt) stays(state string, d time.Duration) (p *page) {
	a.t.Helper()
	p = a.becomes(state)
	for left := d; left > 0; left -= readEvery {
		a.clock.pass(min(left, readEvery))
		a.swept()
		p = a.v.read(a.path)
		a.check(p, state)
	}
	return p
}

// called waits until CreateOrder has come to the distributor.
func (a *attempt) called() {
	a.t.Helper()
	a.eventually("the call", func() bool { return a.emulator.Received()["CreateOrder"] > a.calls })
}

// givesUpWaiting is the connection that ends while the answer is waited for.
func (a *attempt) givesUpWaiting() {
	a.t.Helper()
	a.becomes("SENDING")
	a.clock.pass(110 * time.Second)
	a.way.cut()
	a.way.mend()
	a.becomes("UNKNOWN")
}

// found checks that the order is unknown first, and found in the list as soon as that can be read.
func (a *attempt) found() {
	a.t.Helper()
	a.becomes("UNKNOWN")
	a.executed(1)
	a.behave()
	a.says(a.after(5*time.Second, "CONFIRMED"), "появился в его списке")
	a.executed(1)
	a.cartIsEmpty()
}

// probablyNot checks what comes after the quiet period when nothing is found.
func (a *attempt) probablyNot(executed int) {
	a.t.Helper()
	a.after(5*readEvery, "PROBABLY_NOT_CREATED")
	a.says(a.v.read(a.path), "Я уточню у менеджера")
	a.executed(executed)
	a.cartIsBack()
}

func (a *attempt) executed(want int) {
	a.t.Helper()
	if got := a.executions("CreateOrder") - a.made; got != want {
		a.t.Errorf("CreateOrder was performed %d times, want %d", got, want)
	}
}

func (a *attempt) cartIsBack() {
	a.t.Helper()
	line := a.v.read("/cart").item("cart-line", plain)
	if got := line.Find("[name=quantity]").AttrOr("value", "nothing"); got != strconv.Itoa(a.pieces) {
		a.t.Errorf("the cart holds %s, want %d to change", got, a.pieces)
	}
}

func (a *attempt) cartIsEmpty() {
	a.t.Helper()
	if n := a.v.read("/cart").named("cart-line").Length(); n != 0 {
		a.t.Errorf("the cart still has %d lines", n)
	}
}

// loud checks that today's page and the log speak of an order that turned up late.
func (a *attempt) loud() {
	a.t.Helper()
	if n := a.v.read("/").Find(named("attention") + `[data-state=LATE_FOUND][href="` + a.path + `"]`).Length(); n != 1 {
		a.t.Errorf("today's page speaks of it %d times", n)
	}
	if !a.logged("order_late_found") {
		a.t.Error("the log does not speak of it")
	}
}

// text is what a person reads.
func text(s *goquery.Selection) string { return strings.Join(strings.Fields(s.Text()), " ") }

// lines counts the lines of the log that hold some words.
func (h *house) lines(words string) int {
	content, err := os.ReadFile(h.logFile())
	if err != nil {
		h.t.Fatal(err)
	}
	return strings.Count(string(content), words)
}

// colleagueOrders places an order of the same dealer past the storefront.
func (h *house) colleagueOrders(t *testing.T, item string, quantity int) {
	t.Helper()
	a := h.manager()
	body := `<s:Envelope xmlns:s="http://schemas.xmlsoap.org/soap/envelope/"><s:Body><CreateOrder xmlns="http://portal.vtt.ru">` +
		`<login>` + a.login + `</login><password>` + a.password + `</password><lines xmlns:a="http://portal.vtt.ru/data"><a:OrderLineCreationDto>` +
		`<a:ItemId>` + item + `</a:ItemId><a:Quantity>` + strconv.Itoa(quantity) + `</a:Quantity></a:OrderLineCreationDto></lines></CreateOrder></s:Body></s:Envelope>`
	request, err := http.NewRequestWithContext(t.Context(), http.MethodPost, h.portal+"/Portal.svc", strings.NewReader(body))
	if err != nil {
		t.Fatal(err)
	}
	request.Header.Set("Content-Type", "text/xml; charset=utf-8")
	request.Header.Set("SOAPAction", `"http://portal.vtt.ru/IPortalService/CreateOrder"`)
	answer, err := http.DefaultClient.Do(request)
	if err != nil {
		t.Fatal(err)
	}
	defer answer.Body.Close()
	if content, _ := io.ReadAll(answer.Body); answer.StatusCode != http.StatusOK {
		t.Fatalf("the colleague is answered %s: %s", answer.Status, content)
	}
}

// certificate is one that nobody vouches for, of a host, that ends a while from now.
func certificate(t *testing.T, host string, ends time.Duration) tls.Certificate {
	t.Helper()
	key, err := ecdsa.GenerateKey(elliptic.P256(), rand.Reader)
	if err != nil {
		t.Fatal(err)
	}
	plan := &x509.Certificate{
		SerialNumber: big.NewInt(1), NotBefore: time.Now().Add(-48 * time.Hour), NotAfter: time.Now().Add(ends), IPAddresses: []net.IP{net.ParseIP(host)},
	}
	der, err := x509.CreateCertificate(rand.Reader, plan, plan, &key.PublicKey, key)
	if err != nil {
		t.Fatal(err)
	}
	return tls.Certificate{Certificate: [][]byte{der}, PrivateKey: key}
}

// impostor is a service with a certificate; it counts the requests that reach it.
func impostor(cert tls.Certificate) (address string, heard *atomic.Int32, end func()) {
	heard = new(atomic.Int32)
	s := httptest.NewUnstartedServer(http.HandlerFunc(func(http.ResponseWriter, *http.Request) { heard.Add(1) }))
	s.TLS = &tls.Config{Certificates: []tls.Certificate{cert}}
	s.Config.ErrorLog = log.New(io.Discard, "", 0)
	s.StartTLS()
	return s.URL + "/Portal.svc", heard, s.Close
}
