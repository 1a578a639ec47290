package app_test

import (
	"bufio"
	"context"
	"io"
	"math/rand/v2"
	"net/http"
	"net/url"
	"os"
	"path"
	"regexp"
	"slices"
	"strings"
	"sync"
	"sync/atomic"
	"testing"

	"github.com/labstack/echo/v4"

	"storefront/internal/vtt/emulator"
	"storefront/web"
)

const (
	clients = 200
	errands = 4  // that each client does
	doors   = 5  // sessions of each buyer
	stir    = 40 // errands between one trouble and the next

	short = 200 // more of an item than anybody's branch has
)

// No byte of one buyer's ever reaches another. Two buyers of different dealers and price levels use every address of the shop
// at once, two hundred clients in all, whole pages and fragments, while the distributor fails in every way it can, what is
// known grows old over and over, and the cache is deleted under them. What an answer shows is its own buyer's, and it does show
// something of his where it is personal.
func TestEachBuyerSeesHisOwn(t *testing.T) {
	h, _ := furnished(t, func(o *emulator.Options) { o.Answers.OptionalOperations = true })
	seed := rand.Uint64()
	t.Logf("seed %d", seed)
	c := &crowd{house: h, t: t, worlds: []*world{h.world(t, h.buyer()), h.world(t, h.stranger())}, routes: addresses()}
	c.worlds[0].other, c.worlds[1].other = c.worlds[1], c.worlds[0]
	if shared := c.worlds[0].shared(c.worlds[1].markings); len(shared) > 0 {
		t.Fatalf("both buyers know %v: nothing could be told apart by it", shared)
	}
	var all sync.WaitGroup
	for i := range clients {
		random := rand.New(rand.NewPCG(seed, uint64(i)))
		all.Go(func() { c.client(i, random) })
	}
	all.Wait()
	h.behave()
	c.checkProved()
	h.settled(t)
}

// Every address has its errand: a new one fails this test until the crowd goes there, too.
func TestTheCrowdGoesEverywhere(t *testing.T) {
	routes := addresses()
	for _, route := range routes {
		if _, ok := everyErrand[route]; !ok {
			t.Errorf("nobody goes to %s", route)
		}
	}
	for route := range everyErrand {
		if !slices.Contains(routes, route) {
			t.Errorf("there is no %s any more", route)
		}
	}
}

// addresses lists what the shop answers: "GET /orders/:id".
func addresses() (list []string) {
	base, _ := url.Parse("http://127.0.0.1")
	server := &web.Server{BaseURL: base, Log: discard()}
	for _, route := range server.Handler().(*echo.Echo).Routes() {
		list = append(list, route.Method+" "+route.Path)
	}
	slices.Sort(list)
	return slices.Compact(list)
}

// world is what one buyer alone has.
type world struct {
	*markings
	other *world

	jars              []*visitor // one a session
	order, submission string     // paths
	category, asset   string
	text              string // path of a text for notes
	edit              string // number of a change that is half done

	mu   sync.Mutex
	seen map[string]int  // by route: answers with something of his
	ids  map[string]bool // numbers of orders and submissions that he was shown
}

// world signs a buyer in and gives him an order, a cart and a note.
func (h *house) world(t *testing.T, a account) *world {
	t.Helper()
	w := &world{seen: map[string]int{}, ids: map[string]bool{}}
	for range doors {
		w.jars = append(w.jars, h.signedIn(t, a))
	}
	v := w.jars[0]
	h.catalogueArrives(v)
	v.addToCart(plain, short)
	sent := v.press(v.read("/checkout"), "/checkout", nil)
	w.submission = sent.url.Path
	h.reaches(v, w.submission, "CONFIRMED")
	w.order = attr(t, v.read(w.submission).Find(`a[href^="/orders/"]`).First(), "href")
	h.eventually("the order's lines", func() bool { return v.get(w.order).named("order-line").Length() > 0 })
	v.addToCart(plain, 1)
	v.addToCart(lookAlike, 2)
	v.post("/lists/watch/items", url.Values{"itemId": {plain}})
	v.post("/lists/watch/items/"+plain, url.Values{"price": {priceFor(t, h.demo, a, plain)}})
	w.category = attr(t, v.read("/catalog").Find(`a[href^="/catalog/"]`).First(), "href")
	w.asset = assets(v.read("/"))[0]
	w.markings = h.markings(a)
	w.texts = append(w.texts, w.note(), w.submission)
	w.text = v.noteText(w.note())
	v.post("/cart/note", url.Values{"note": {w.note()}})
	return w
}

// note is what this buyer writes, and nobody else.
func (w *world) note() string { return "заметка-" + w.account.login }

// crowd is everybody at once.
type crowd struct {
	*house
	t      *testing.T
	worlds []*world
	routes []string
	done   atomic.Int64
	moving sync.Mutex
	turn   int
}

// client does some of all errands, another part than the client before.
func (c *crowd) client(i int, random *rand.Rand) {
	w := c.worlds[i%len(c.worlds)]
	for n := range errands {
		route := c.routes[(i/len(c.worlds)*errands+n)%len(c.routes)]
		everyErrand[route](&caller{crowd: c, world: w, door: w.jars[random.IntN(doors)], random: random, route: route})
		if c.done.Add(1)%stir == 0 {
			c.stirUp()
		}
	}
}

// stirUp brings the next trouble, lets everything grow old, and takes the cache away once.
func (c *crowd) stirUp() {
	c.moving.Lock()
	defer c.moving.Unlock()
	troubles := []fault{
		{Effect: "drop"}, {}, {Effect: "refuse", Code: "TECHNICAL_ERROR"}, {Effect: "truncate"}, {}, {Effect: "garble"},
		{Effect: "slow", Delay: "20ms"}, {}, {Effect: "perform-and-drop"}, {Effect: "refuse", Code: "502"}, {},
	}
	c.behave()
	if next := troubles[c.turn%len(troubles)]; next.Effect != "" {
		c.misbehave(next)
	}
	c.expire()
	c.stayHere()
	if c.turn++; c.done.Load() >= clients*errands/2 && c.done.Load() < clients*errands/2+stir {
		for _, suffix := range []string{"", "-wal", "-shm"} {
			if err := os.Remove(c.file("cache.db" + suffix)); err != nil && !os.IsNotExist(err) {
				c.t.Error(err)
			}
		}
	}
}

// stayHere uses every session: time is made to pass so fast that some would otherwise end for want of a request.
func (c *crowd) stayHere() {
	var all sync.WaitGroup
	for _, w := range c.worlds {
		for _, door := range w.jars {
			all.Go(func() {
				if answer, err := door.http.Get(c.shop + "/lists"); err == nil {
					_ = answer.Body.Close()
				}
			})
		}
	}
	all.Wait()
}

// checkProved checks that the crowd has shown something at all: of each buyer on every address that is personal, and numbers
// of orders that the other never saw.
func (c *crowd) checkProved() {
	for _, w := range c.worlds {
		for _, route := range c.routes {
			if !impersonal[route] && w.seen[route] == 0 {
				c.t.Errorf("%s has shown nothing of %s's: it proves nothing", route, w.account.login)
			}
		}
		for id := range w.ids {
			if w.other.ids[id] {
				c.t.Errorf("both buyers were shown %s", id)
			}
		}
		if len(w.ids) < 3 {
			c.t.Errorf("%s was shown %d orders", w.account.login, len(w.ids))
		}
	}
}

// caller is one client on one errand.
type caller struct {
	*crowd
	*world
	door   *visitor
	random *rand.Rand
	route  string
}

// impersonal lists the addresses that show nothing of anybody's.
var impersonal = map[string]bool{
	"GET /healthz": true, "GET /readyz": true, "GET /static/*": true, "HEAD /static/*": true, "GET /photos/:id": true,
	"POST /logout": true, "POST /login": true,
	"GET /freshness":         true, // an age and how far reading has come
	"echo_route_not_found /": true, "echo_route_not_found /*": true,
}

// everyErrand is what there is to do at every address.
var everyErrand = map[string]func(*caller){
	"GET /healthz":   func(c *caller) { c.get("/healthz") },
	"GET /readyz":    func(c *caller) { c.get("/readyz") },
	"GET /static/*":  func(c *caller) { c.get(c.asset) },
	"HEAD /static/*": func(c *caller) { c.call(http.MethodHead, c.asset, nil, false) },

	"GET /login":     func(c *caller) { c.get("/login?next=/orders") }, // leads on
	"POST /login":    func(c *caller) { c.signInAndOut() },
	"POST /logout":   func(c *caller) { c.signInAndOut() },
	"POST /settings": func(c *caller) { c.post("/settings", url.Values{"theme": {"dark"}}) },

	"GET /": func(c *caller) { c.get("/") },
	"GET /catalog": func(c *caller) {
		c.both("/catalog?sort=" + c.one("price", "-price", "name", "stock") + "&price_from=1000&page=" + c.one("1", "2"))
	},
	"GET /catalog/:category": func(c *caller) { c.both(c.category) },
	"GET /search":            func(c *caller) { c.both("/search?sort=-price&q=" + c.one("HP", "CE285A", "Q2013X")) },
	"GET /suggest":           func(c *caller) { c.fragment("/suggest?q=" + c.one("HP", "CE285A", "Q2013X")) },
	"GET /items/:id":         func(c *caller) { c.both("/items/" + c.one(plain, lookAlike, onRequest, "nothing")) },
	"GET /photos/:id":        func(c *caller) { c.get("/photos/" + c.one(plain, "nothing")) },
	"GET /freshness":         func(c *caller) { c.listen("/freshness") },

	"GET /cart": func(c *caller) { c.both("/cart") },
	"POST /cart/items": func(c *caller) {
		c.change("/cart/items", url.Values{"itemId": {c.one(plain, lookAlike)}, "quantity": {"1"}})
	},
	"POST /cart/items/:id": func(c *caller) {
		c.change("/cart/items/"+c.one(plain, "nothing"), url.Values{"quantity": {c.one("2", "x")}})
	},
	"POST /cart/note":      func(c *caller) { c.change("/cart/note", url.Values{"note": {c.note()}}) },
	"GET /checkout":        func(c *caller) { c.get("/checkout") },
	"POST /checkout":       func(c *caller) { c.checkOut() },
	"GET /submissions/:id": func(c *caller) { c.both(c.submission); c.denied(c.world.other.submission) },
	"GET /orders":          func(c *caller) { c.both("/orders?" + c.one("", "item="+plain+"&") + "q=" + c.one("", c.note(), plain)) },
	"GET /orders/:id":      func(c *caller) { c.both(c.order); c.denied(c.world.other.order) },
	"GET /orders/:id/repeat": func(c *caller) {
		c.get(c.order + "/repeat")
		c.denied(c.world.other.order + "/repeat")
	},
	"POST /orders/:id/repeat": func(c *caller) {
		c.post(c.order+"/repeat", url.Values{"take:" + plain: {"1"}, "quantity:" + plain: {c.one("1", "x")}, "to": {c.one("cart", "watch")}})
	},
	"GET /documents": func(c *caller) { c.both("/documents?kind=" + c.one("", "payment", "nothing") + "&q=" + c.one("", "0")) },
	"POST /checkout/note": func(c *caller) {
		c.change("/checkout/note", url.Values{"note": {c.note()}, "template": {c.one("", path.Base(c.text))}})
		c.refused("/checkout/note", url.Values{"template": {path.Base(c.world.other.text)}})
	},
	"GET /orders/:id/note":  func(c *caller) { c.both(c.order + "/note?edit=1"); c.denied(c.world.other.order + "/note") },
	"POST /orders/:id/note": func(c *caller) { c.change(c.order+"/note", url.Values{"note": {c.note()}}) },
	"POST /orders/:id/lines": func(c *caller) {
		c.change(c.order+"/lines", url.Values{"itemId": {plain}, "quantity": {"1"}})
	},
	"POST /orders/:id/lines/:item": func(c *caller) { c.change(c.order+"/lines/"+plain, url.Values{"quantity": {c.one("200", "300")}}) },
	"POST /orders/:id/empty":       func(c *caller) { c.change(c.order+"/empty", nil) }, // not confirmed
	"GET /orders/:id/lines/:item/rescue": func(c *caller) {
		c.both(c.order + "/lines/" + plain + "/rescue")
		c.denied(c.world.other.order + "/lines/" + plain + "/rescue")
	},
	"POST /orders/:id/lines/:item/rescue": func(c *caller) {
		c.change(c.order+"/lines/"+plain+"/rescue", url.Values{"choice": {c.one("wait", "drop", "done", "nothing")}})
	},
	"POST /orders/:id/edits/:edit": func(c *caller) {
		c.change(c.order+"/edits/nothing", url.Values{"do": {c.one("finish", "drop")}})
	},
	"POST /submissions/:id/settle":  func(c *caller) { c.change(c.submission+"/settle", url.Values{"order": {""}}) },
	"POST /submissions/:id/give-up": func(c *caller) { c.change(c.submission+"/give-up", nil) },
	"GET /orders/:id/invoice.xml":   func(c *caller) { c.get(c.order + "/invoice.xml"); c.denied(c.world.other.order + "/invoice.xml") },

	"GET /settings/notes":      func(c *caller) { c.get("/settings/notes") },
	"POST /settings/notes":     func(c *caller) { c.post("/settings/notes", url.Values{"text": {c.one(c.note(), " ")}}) },
	"POST /settings/notes/:id": func(c *caller) { c.forgetText() },

	"GET /changes":     func(c *caller) { c.both("/changes?kind=" + c.one("cheaper", "marks", "new", "nothing")) },
	"GET /lists":       func(c *caller) { c.get("/lists") },
	"GET /lists/watch": func(c *caller) { c.get("/lists/watch") },
	"POST /lists/watch/items": func(c *caller) {
		c.change("/lists/watch/items", url.Values{"itemId": {c.one(plain, lookAlike, "nothing")}})
	},
	"POST /lists/watch/items/:id": func(c *caller) {
		c.change("/lists/watch/items/"+plain, url.Values{"price": {c.one("100,50", "x")}, "branch": {"1"}})
	},

	"echo_route_not_found /":  func(c *caller) { c.get("/nothing/here") },
	"echo_route_not_found /*": func(c *caller) { c.denied("/nothing/here") },
}

func (c *caller) one(of ...string) string { return of[c.random.IntN(len(of))] }

func (c *caller) get(path string)                { c.call(http.MethodGet, path, nil, false) }
func (c *caller) fragment(path string)           { c.call(http.MethodGet, path, nil, true) }
func (c *caller) both(path string)               { c.get(path); c.fragment(path) }
func (c *caller) post(path string, v url.Values) { c.call(http.MethodPost, path, v, false) }

func (c *caller) change(path string, v url.Values) {
	c.call(http.MethodPost, path, v, c.random.IntN(2) == 0)
}

// denied asks for something of the other buyer's.
func (c *caller) denied(path string) {
	if status, _ := c.call(http.MethodGet, path, nil, false); status != http.StatusNotFound {
		c.crowd.t.Errorf("%s answers %s with %d", path, c.account.login, status)
	}
}

// refused posts something about what is the other buyer's.
func (c *caller) refused(path string, v url.Values) {
	if status, _ := c.call(http.MethodPost, path, v, true); status != http.StatusNotFound {
		c.crowd.t.Errorf("POST %s answers %s with %d", path, c.account.login, status)
	}
}

var keptText = regexp.MustCompile(`action="/([A-Z2-7]{26})"`) // its path begins with that of the page, which is left out

// forgetText takes a text off the buyer's list, but not the one of his world, and tries it with the other buyer's.
func (c *caller) forgetText() {
	_, list := c.call(http.MethodPost, "/settings/notes", url.Values{"text": {c.note() + c.one("1", "2", "3")}}, false)
	for _, found := range keptText.FindAllStringSubmatch(list, -1) {
		if path := "/settings/notes/" + found[1]; path != c.text {
			c.post(path, nil)
			break
		}
	}
	c.refused(c.world.other.text, nil)
}

var reviewed = regexp.MustCompile(`name="(cart_version|token|agree)" value="([^"]*)"`)

func (c *caller) checkOut() {
	_, review := c.call(http.MethodGet, "/checkout", nil, false)
	values := url.Values{"note": {c.note()}, "po": {c.note() + "-7"}, "wish_date": {"2100-01-31"}}
	for _, field := range reviewed.FindAllStringSubmatch(review, -1) {
		values.Set(field[1], field[2])
	}
	c.post("/checkout", values)
}

// listen follows a stream of events to the end of the first, and hangs up.
func (c *caller) listen(path string) {
	ctx, hangUp := context.WithCancel(c.crowd.t.Context())
	defer hangUp()
	request, err := http.NewRequestWithContext(ctx, http.MethodGet, c.shop+path, nil)
	if err != nil {
		c.crowd.t.Error(err)
		return
	}
	request.Header = c.door.headers.Clone()
	answer, err := c.door.http.Do(request)
	if err != nil {
		c.crowd.t.Errorf("%s: %v", path, err)
		return
	}
	defer answer.Body.Close()
	var first strings.Builder
	for lines := bufio.NewScanner(answer.Body); lines.Scan() && lines.Text() != ""; {
		first.WriteString(lines.Text())
	}
	c.check(path, answer, first.String(), true)
}

// signInAndOut uses a session of its own.
func (c *caller) signInAndOut() {
	c.door = c.house.visitor(c.crowd.t)
	c.post("/login", url.Values{"login": {c.account.login}, "password": {c.account.password}, "next": {"/cart"}})
	c.post("/logout", nil)
}

// call makes a request and checks whose answer it is.
func (c *caller) call(method, path string, values url.Values, partial bool) (status int, body string) {
	request, err := http.NewRequestWithContext(c.crowd.t.Context(), method, c.shop+path, strings.NewReader(values.Encode()))
	if err != nil {
		c.crowd.t.Error(err)
		return 0, ""
	}
	request.Header = c.door.headers.Clone()
	if partial {
		request.Header.Set("HX-Request", "true")
		request.Header.Set("HX-Request-Type", "partial")
	}
	if method == http.MethodPost {
		request.Header.Set("Content-Type", "application/x-www-form-urlencoded")
		request.Header.Set("Sec-Fetch-Site", "same-origin")
	}
	answer, err := c.door.http.Do(request)
	if err != nil {
		c.crowd.t.Errorf("%s %s: %v", method, path, err)
		return 0, ""
	}
	defer answer.Body.Close()
	content, err := io.ReadAll(answer.Body)
	if err != nil {
		c.crowd.t.Errorf("%s %s: %v", method, path, err)
	}
	body = strings.ReplaceAll(string(content), path, "") // what was asked for may be repeated
	c.check(method+" "+path, answer, body, partial)
	return answer.StatusCode, body
}

var shownID = regexp.MustCompile(`data-order-id="([^"]+)"|/submissions/([a-z2-7]{20,})`)

// check fails when an answer holds something of the other buyer's, or nothing of its own buyer's though it is personal, or is
// a failure of ours.
func (c *caller) check(what string, answer *http.Response, body string, partial bool) {
	t, own := c.crowd.t, []string(nil)
	if kind := answer.Header.Get("Content-Type"); !strings.HasPrefix(kind, "image/") && !strings.Contains(kind, "javascript") && !strings.Contains(kind, "css") {
		if foreign := c.world.other.within(body); len(foreign) > 0 {
			t.Errorf("%s of %s shows %v of %s", what, c.account.login, foreign, c.world.other.account.login)
		}
		if strings.Contains(body, ">"+c.world.other.account.login+"<") {
			t.Errorf("%s of %s names %s", what, c.account.login, c.world.other.account.login)
		}
		own = c.within(body)
	}
	if answer.StatusCode == http.StatusInternalServerError || answer.StatusCode > http.StatusGatewayTimeout {
		t.Errorf("%s: %d", what, answer.StatusCode)
	}
	whole := strings.Contains(body, "<html") && !impersonal[c.route] && answer.Request.URL.Path != "/login"
	if named := strings.Contains(body, ">"+c.account.login+"<"); named {
		own = append(own, c.account.login)
	} else if whole {
		t.Errorf("%s (%d) does not say whose page it is: it proves nothing", what, answer.StatusCode)
	}
	if partial && strings.Contains(body, `data-testid="price"`) && len(own) == 0 {
		t.Errorf("%s shows prices, and none that is known to be %s's", what, c.account.login)
	}
	if strings.HasPrefix(answer.Request.URL.Path, "/login") && c.route != "POST /login" && c.route != "POST /logout" {
		t.Errorf("%s: he was signed out", what)
	}
	c.remember(own, body)
}

func (c *caller) remember(own []string, body string) {
	c.world.mu.Lock()
	defer c.world.mu.Unlock()
	if len(own) > 0 {
		c.world.seen[c.route]++
	}
	if !strings.Contains(body, "data-order-id") && !strings.Contains(body, "/submissions/") {
		return
	}
	for _, id := range shownID.FindAllStringSubmatch(body, -1) {
		c.world.ids[id[1]+id[2]] = true
	}
}
