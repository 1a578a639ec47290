package jobs_test

import (
	"context"
	"io"
	"log/slog"
	"os"
	"path/filepath"
	"slices"
	"testing"
	"testing/synctest"
	"time"

	"go.uber.org/goleak"

	"storefront/internal/buyer"
	"storefront/internal/catalog"
	"storefront/internal/errkind"
	"storefront/internal/jobs"
	"storefront/internal/order"
	"storefront/internal/search"
	"storefront/internal/secret"
	"storefront/store/cache"
	"storefront/store/state"
	"storefront/store/storetest"
)

func TestMain(m *testing.M) { goleak.VerifyTestMain(m) }

var (
	anna  = buyer.Credentials{Login: "anna", Password: secret.New("а")}
	boris = buyer.Credentials{Login: "boris", Password: secret.New("б")}
)

const items = 400

// house is the jobs with everything around them. Time stands still but for sleeping.
type house struct {
	*testing.T
	*fakeDistributor
	dir      string
	cache    *cache.Store
	state    *state.Store
	engine   *search.Engine
	register *buyer.Register
	deps     jobs.Deps
	jobs     *jobs.Jobs
	stop     func()
}

// in runs a test in a bubble of time, with the jobs running and nobody here.
func in(t *testing.T, test func(h *house)) {
	synctest.Test(t, func(t *testing.T) {
		h := &house{T: t, fakeDistributor: newFake(items), dir: t.TempDir(), register: buyer.NewRegister(time.Now)}
		h.level["anna"], h.level["boris"] = 3, 7
		h.state = storetest.StateIn(t, h.dir, time.Now)
		h.open()
		defer func() { h.stop() }()
		test(h)
	})
}

// open starts the jobs on what is in the folder, as a restarted process would.
func (h *house) open() {
	h.cache = storetest.CacheAt(h, filepath.Join(h.dir, "cache.db"), time.Now)
	h.engine = search.NewEngine(search.Options{Load: func(ctx context.Context, b buyer.ID) (*search.PriceList, error) {
		chunks, complete, err := h.cache.Prices(ctx, b)
		return search.NewPriceList(chunks, complete), err
	}})
	h.deps.Distributor, h.deps.Cache, h.deps.Orders, h.deps.Accounts = h.fakeDistributor, h.cache, h.state, h.state
	h.deps.Engine, h.deps.Register, h.deps.Now = h.engine, h.register, time.Now
	h.deps.Log = slog.New(slog.NewTextHandler(io.Discard, nil))
	h.jobs = jobs.New(h.deps)
	h.cache.OnReopen(h.jobs.CacheReopened)
	ctx, cancel := context.WithCancel(h.Context())
	done := make(chan struct{})
	go func() {
		defer close(done)
		_ = h.jobs.Run(ctx)
	}()
	h.stop = func() {
		cancel()
		<-done
	}
}

// reopen restarts the jobs with other ages.
func (h *house) reopen(ages jobs.Ages) {
	h.stop()
	h.deps.Ages = ages
	h.open()
}

func (h *house) must(err error) {
	h.Helper()
	if err != nil {
		h.Fatal(err)
	}
}

// comes signs a buyer in.
func (h *house) comes(c buyer.Credentials) {
	h.register.Prove(c)
	h.jobs.SignedIn(c.Buyer())
}

// after lets time pass while buyers stay.
func (h *house) after(d time.Duration, staying ...buyer.Credentials) {
	for ; d > 0; d -= time.Minute {
		time.Sleep(min(d, time.Minute))
		for _, c := range staying {
			h.register.Put(c, time.Now())
		}
	}
	synctest.Wait()
}

func (h *house) view(c buyer.Credentials) *search.View {
	h.Helper()
	v, err := h.engine.View(h.Context(), c.Buyer())
	h.must(err)
	return v
}

func (h *house) wantPrice(c buyer.Credentials, n int) {
	h.Helper()
	offer, _, ok := h.view(c).Offer(storetest.ItemID(n))
	want := h.price(c.Buyer(), n)
	if !ok || offer.Price == nil || !offer.Price.Equal(want) {
		h.Errorf("%s is offered item %d at %v, want %s", c.Login, n, offer.Price, want)
	}
}

func (h *house) wantCalls(operation string, want int) {
	h.Helper()
	if got := h.count(operation); got != want {
		h.Errorf("%s was called %d times, want %d", operation, got, want)
	}
}

func (h *house) lastRun(job string) cache.Run {
	h.Helper()
	runs, err := h.cache.Runs(h.Context(), 50)
	h.must(err)
	i := slices.IndexFunc(runs, func(r cache.Run) bool { return r.Job == job && !r.FinishedAt.IsZero() })
	if i < 0 {
		h.Fatalf("no finished run of %q among %d", job, len(runs))
	}
	return runs[i]
}

func TestTheFirstBuyerFillsTheShop(t *testing.T) {
	in(t, func(h *house) {
		h.comes(anna)
		h.after(2500 * time.Millisecond) // the tree, and one portion of four
		if got := len(h.engine.Index().Categories().Roots()); got != 1 {
			h.Errorf("%d roots are shown before the items, want 1", got)
		}
		h.after(2 * time.Second)
		catalogue, prices := h.jobs.Progress("anna")
		if !catalogue.Running || catalogue.Done == 0 || catalogue.Total != items || !prices.Running {
			h.Errorf("progress: catalogue %+v, prices %+v", catalogue, prices)
		}
		if shown := h.engine.Index().Len(); shown == 0 || shown >= items {
			h.Errorf("%d items are shown half-way", shown)
		}
		if !h.view(anna).Loading() {
			h.Error("the prices are not marked as still loading")
		}
		h.wantPrice(anna, 101)

		h.after(time.Minute)
		catalogue, prices = h.jobs.Progress("anna")
		if catalogue.Running || prices.Running || catalogue.Failed+prices.Failed != "" {
			h.Errorf("progress: catalogue %+v, prices %+v", catalogue, prices)
		}
		if h.engine.Index().Len() != items || h.view(anna).Loading() {
			h.Errorf("%d items are shown, loading %v", h.engine.Index().Len(), h.view(anna).Loading())
		}
		h.wantPrice(anna, 399)
		h.wantCalls("EachListing whole", 1)
		h.wantCalls("EachOffer", 0) // the prices came with the catalogue
		if run := h.lastRun("catalogue"); run.Done != items || run.Detail != "added 400, changed 0, gone 0, total 400" {
			h.Errorf("the operator sees %+v", run)
		}
		if rate, err := h.cache.Rate(h.Context()); err != nil || !rate.Known() {
			h.Errorf("rate %+v, %v", rate, err)
		}
	})
}

func TestEachBuyerHasHisOwnPrices(t *testing.T) {
	in(t, func(h *house) {
		h.comes(anna)
		h.after(time.Second)
		h.comes(boris)
		h.after(time.Minute)
		for n := 1; n < items; n += 37 {
			if n%10 == 0 {
				continue // on request
			}
			h.wantPrice(anna, n)
			h.wantPrice(boris, n)
		}
		h.wantCalls("EachListing whole", 1)
		h.wantCalls("EachOffer whole", 1)
	})
}

func TestAShrunkCatalogueIsNotBelievedAtOnce(t *testing.T) {
	in(t, func(h *house) {
		h.reopen(jobs.Ages{Catalogue: 2 * time.Hour})
		h.comes(anna)
		h.after(time.Minute)
		h.set(func() { h.hidden = func(n int) bool { return n >= items/2 } })
		for range 15 { // until it has been read again, which is between two hours and a tenth more
			if h.lastRun("catalogue").Failed == "" {
				h.after(10*time.Minute, anna)
			}
		}
		if got := h.engine.Index().Len(); got != items {
			h.Errorf("%d items are left of %d", got, items)
		}
		if run := h.lastRun("catalogue"); run.Failed != errkind.NotSOAP {
			h.Errorf("the operator sees %+v", run)
		}
		if catalogue, _ := h.jobs.Progress("anna"); catalogue.Failed != string(errkind.NotSOAP) {
			h.Errorf("progress %+v", catalogue)
		}
		h.after(2*time.Hour, anna) // read alike for the third time, it is the assortment
		if got := h.engine.Index().Len(); got != items/2 {
			h.Errorf("%d items are shown, want %d", got, items/2)
		}
	})
}

func TestAShrunkPriceListIsNotBelievedAtOnce(t *testing.T) {
	for name, shrink := range map[string]func(h *house){
		"half the offers": func(h *house) { h.hidden = func(n int) bool { return n%2 == 0 } },
		"no offers":       func(h *house) { h.hidden = func(int) bool { return true } },
		"no prices":       func(h *house) { h.priced = false },
	} {
		t.Run(name, func(t *testing.T) {
			in(t, func(h *house) {
				h.comes(anna)
				h.after(time.Minute)
				h.set(func() { shrink(h) })
				h.after(90*time.Minute, anna)
				h.wantPrice(anna, 2)
				h.wantPrice(anna, 3)
				if _, prices := h.jobs.Progress("anna"); prices.Failed != string(errkind.NotSOAP) {
					h.Errorf("progress %+v", prices)
				}
			})
		})
	}
}

func TestPricesAreReadHourlyForThoseWhoAreHere(t *testing.T) {
	in(t, func(h *house) {
		h.comes(anna)
		h.comes(boris)
		h.after(30 * time.Second)
		h.after(30*time.Minute, anna, boris)
		before := h.count("EachOffer whole")
		h.set(func() { h.level["anna"], h.level["boris"] = 4, 8 })
		h.after(3*time.Hour, anna) // Boris has left
		if got := h.count("EachOffer whole") - before; got < 2 || got > 4 {
			h.Errorf("%d lists were read in three hours for one buyer", got)
		}
		h.wantPrice(anna, 101)
		if _, ok := h.register.Get("boris"); ok {
			h.Error("the credentials of a buyer who left are still in memory")
		}
	})
}

func TestWhatIsOnScreenIsReadOnceAndNotTooOften(t *testing.T) {
	in(t, func(h *house) {
		h.comes(anna)
		h.after(20 * time.Minute)
		h.set(func() { h.level["anna"] = 9 })
		look := func() {
			for range 50 {
				h.jobs.RefreshCategory("anna", storetest.Category(3))
				h.jobs.RefreshItem("anna", storetest.ItemID(5))
			}
			h.after(5 * time.Second)
		}
		look()
		h.wantCalls("CategoryOffers", 1)
		h.wantCalls("Offer", 1)
		h.wantPrice(anna, 3)
		h.wantPrice(anna, 23)
		h.wantPrice(anna, 5)
		if offer, _, _ := h.view(anna).Offer(storetest.ItemID(25)); offer.Price.Equal(h.price("anna", 25)) {
			h.Error("an item that nobody looked at has a new price")
		}
		h.after(9*time.Minute, anna)
		look()
		h.wantCalls("CategoryOffers", 1)
		h.after(3*time.Minute, anna)
		look()
		h.wantCalls("CategoryOffers", 2)
		h.wantCalls("Offer", 2)
		h.wantCalls("CategoryListings", 0) // descriptions are young
		h.wantCalls("Listing", 0)
	})
}

func TestARootIsReadWithAllBelowIt(t *testing.T) {
	in(t, func(h *house) {
		h.comes(anna)
		h.after(20 * time.Minute)
		h.set(func() { h.level["anna"] = 9 })
		h.jobs.RefreshCategory("anna", "CARTLAS")
		h.after(5 * time.Second)
		for n := 1; n < 20; n++ {
			if n != 10 {
				h.wantPrice(anna, n)
			}
		}
	})
}

// With the catalogue out of reach for longer than its age, what a page shows is described anew by itself.
func TestOldDescriptionsAreReadOnScreen(t *testing.T) {
	in(t, func(h *house) {
		h.reopen(jobs.Ages{Catalogue: 2 * time.Hour})
		h.comes(anna)
		h.after(time.Minute)
		down := errkind.New(errkind.Technical, "")
		h.set(func() { h.broken["EachListing"], h.broken["EachOffer"] = down, down })
		h.after(3*time.Hour, anna)
		h.jobs.RefreshCategory("anna", storetest.Category(3))
		h.jobs.RefreshItem("anna", storetest.ItemID(5))
		h.after(5 * time.Second)
		h.wantCalls("CategoryListings", 1)
		h.wantCalls("Listing", 1)
		h.after(11*time.Minute, anna)
		h.jobs.RefreshItem("anna", storetest.ItemID(5))
		h.after(5 * time.Second)
		h.wantCalls("Listing", 1)
		h.wantCalls("Offer", 1)
	})
}

// A category that was read while the whole list was on its way is not set back by it.
func TestASlowListDoesNotSetBackAFreshCategory(t *testing.T) {
	in(t, func(h *house) {
		h.comes(anna)
		h.after(time.Minute)
		h.set(func() { h.takes = 5 * time.Minute }) // the next list takes long
		h.after(71*time.Minute, anna)
		if _, prices := h.jobs.Progress("anna"); !prices.Running {
			h.Fatalf("the list is not being read: %+v", prices)
		}
		h.set(func() { h.level["anna"], h.takes = 9, time.Second })
		h.jobs.RefreshCategory("anna", storetest.Category(3))
		h.after(3 * time.Second)
		h.wantPrice(anna, 3)
		h.set(func() { h.level["anna"] = 3 }) // what the rest of the list still says
		h.after(8*time.Minute, anna)
		if _, prices := h.jobs.Progress("anna"); prices.Running || prices.Failed != "" {
			h.Errorf("progress %+v", prices)
		}
		h.set(func() { h.level["anna"] = 9 })
		h.wantPrice(anna, 3)
	})
}

func TestNobodyIsHereForAStranger(t *testing.T) {
	in(t, func(h *house) {
		h.jobs.RefreshCategory("stranger", storetest.Category(3))
		h.jobs.RefreshItem("stranger", storetest.ItemID(5))
		h.jobs.RefreshOrders("stranger")
		h.jobs.RefreshOrder("stranger", "4711")
		h.after(time.Hour)
		if len(h.calls) != 0 {
			h.Errorf("the distributor was asked: %v", h.calls)
		}
	})
}

func TestFailuresAreTriedAgainEverLater(t *testing.T) {
	in(t, func(h *house) {
		h.set(func() { h.broken["Categories"] = errkind.New(errkind.Unreachable, "") })
		h.comes(anna)
		h.after(time.Minute, anna)
		first := h.count("Categories")
		if first < 3 || first > 8 {
			h.Errorf("%d tries in the first minute", first)
		}
		if catalogue, _ := h.jobs.Progress("anna"); catalogue.Failed != string(errkind.Unreachable) {
			h.Errorf("progress %+v", catalogue)
		}
		h.after(time.Hour, anna)
		if tries := h.count("Categories") - first; tries < 20 || tries > 45 {
			h.Errorf("%d tries in an hour", tries)
		}
		h.set(func() { clear(h.broken) })
		h.after(4*time.Minute, anna)
		if h.engine.Index().Len() != items {
			h.Error("the shop did not fill after the service returned")
		}
		if catalogue, _ := h.jobs.Progress("anna"); catalogue.Failed != "" {
			h.Errorf("progress %+v", catalogue)
		}
	})
}

func TestAPanicEndsOnlyItsOwnWork(t *testing.T) {
	in(t, func(h *house) {
		h.set(func() { h.panics["Rate"], h.panics["Orders"] = true, true })
		h.comes(anna)
		h.after(time.Minute)
		if h.engine.Index().Len() != items {
			h.Error("the catalogue did not come")
		}
		if run := h.lastRun("rate"); run.Failed != errkind.Internal {
			h.Errorf("the operator sees %+v", run)
		}
	})
}

// One wrong stored password is tried once by each kind of work that has begun, and never again.
func TestAStalePasswordIsNotTriedOverAndOver(t *testing.T) {
	in(t, func(h *house) {
		h.comes(anna)
		h.after(time.Minute)
		denied := errkind.New(errkind.AccessDenied, "")
		before := h.count("Orders")
		h.set(func() { h.broken["Orders"], h.broken["EachOffer"] = denied, denied })
		h.after(3*time.Hour, anna)
		if tries := h.count("Orders") - before + h.count("EachOffer"); tries != 1 {
			h.Errorf("the password was tried %d times", tries)
		}
		if h.register.Put(anna, time.Now()) {
			h.Error("the session may go on with a password that was refused")
		}
	})
}

func TestTheServiceAccountKeepsTheCatalogueWarm(t *testing.T) {
	in(t, func(h *house) {
		h.deps.ServiceAccount = &buyer.Credentials{Login: "service", Password: secret.New("с")}
		h.set(func() { h.fits = []catalog.Fit{{ItemID: storetest.ItemID(1), Brand: "HP", Model: "M125"}} })
		h.reopen(jobs.Ages{Catalogue: 2 * time.Hour})
		h.after(time.Minute)
		if h.engine.Index().Len() != items {
			h.Errorf("%d items are shown", h.engine.Index().Len())
		}
		h.wantCalls("Orders", 0)
		h.wantCalls("EachFit", 1)
		h.after(135 * time.Minute)
		h.wantCalls("EachListing whole", 2)
	})
}

func TestCompatibilityIsReadByThoseWhoMay(t *testing.T) {
	in(t, func(h *house) {
		h.must(h.state.SaveAccount(h.Context(), buyer.Account{ID: "anna", Right: buyer.RightNone}))
		h.must(h.state.SaveAccount(h.Context(), buyer.Account{ID: "boris", Right: buyer.RightEdit}))
		h.set(func() { h.fits = []catalog.Fit{{ItemID: storetest.ItemID(1), Brand: "HP", Model: "M125"}} })
		h.comes(anna)
		h.after(10*time.Minute, anna)
		h.wantCalls("EachFit", 0)
		h.comes(boris)
		h.after(time.Minute)
		h.wantCalls("EachFit", 1)
		fits, err := h.cache.Fits(h.Context(), storetest.ItemID(1))
		if err != nil || len(fits) != 1 {
			h.Errorf("%d fits, %v", len(fits), err)
		}
		if !slices.Contains(h.asked, "EachFit boris") {
			h.Errorf("asked: %v", h.asked)
		}
	})
}

func TestARestartGoesOnWhereItStopped(t *testing.T) {
	in(t, func(h *house) {
		h.comes(anna)
		h.after(time.Minute)
		h.stop()
		h.register.Drop("anna")
		h.open()
		h.after(time.Second)
		if h.engine.Index().Len() != items {
			h.Error("the cache is not shown before anybody came")
		}
		h.comes(anna)
		h.after(10*time.Minute, anna)
		h.wantCalls("EachListing whole", 1)
		h.wantCalls("EachOffer whole", 0)
		h.wantCalls("Rate", 1)
		h.wantPrice(anna, 101)
	})
}

// A restart in the middle of the first load begins it anew when the buyer is back.
func TestARestartInTheMiddleOfTheFirstLoad(t *testing.T) {
	in(t, func(h *house) {
		h.comes(anna)
		h.after(3 * time.Second)
		h.stop()
		h.open()
		h.comes(anna)
		h.after(time.Minute)
		if h.engine.Index().Len() != items || h.view(anna).Loading() {
			h.Errorf("%d items are shown, loading %v", h.engine.Index().Len(), h.view(anna).Loading())
		}
		h.wantCalls("EachListing whole", 1)
	})
}

func TestALostCacheIsFilledAgain(t *testing.T) {
	in(t, func(h *house) {
		h.comes(anna)
		h.comes(boris)
		h.after(time.Minute)
		for _, suffix := range []string{"", "-wal", "-shm"} {
			h.must(os.RemoveAll(filepath.Join(h.dir, "cache.db"+suffix)))
		}
		_, err := h.cache.Categories(h.Context()) // a page notices
		h.must(err)
		h.after(time.Minute, anna, boris)
		if h.engine.Index().Len() != items {
			h.Errorf("%d items are shown", h.engine.Index().Len())
		}
		for _, c := range []buyer.Credentials{anna, boris} {
			chunks, complete, err := h.cache.Prices(h.Context(), c.Buyer())
			chunks = slices.DeleteFunc(chunks, func(chunk catalog.PriceChunk) bool { return len(chunk.Offers) != items/20 })
			if err != nil || !complete || len(chunks) != 20 {
				h.Errorf("%s: %d chunks as they should be, complete %v, %v", c.Login, len(chunks), complete, err)
			}
			h.wantPrice(c, 101)
		}
	})
}

func TestOrdersAndTheirLines(t *testing.T) {
	in(t, func(h *house) {
		for n := range 30 {
			h.orders["anna"] = append(h.orders["anna"], storetest.Order(n))
		}
		h.comes(anna)
		h.after(time.Minute)
		list, total, err := h.state.Orders(h.Context(), "anna", order.Filter{})
		if err != nil || total != 30 {
			h.Fatalf("%d orders, %v", total, err)
		}
		if h.mostOnce["OrderWithLines"] != 2 {
			h.Errorf("%d orders were read at a time, want 2", h.mostOnce["OrderWithLines"])
		}
		h.wantCalls("OrderWithLines", 30)
		first := slices.IndexFunc(h.asked, func(s string) bool { return s == "OrderWithLines "+string(list[0].ID) })
		last := slices.IndexFunc(h.asked, func(s string) bool { return s == "OrderWithLines "+string(list[29].ID) })
		if first < 0 || first > last {
			h.Errorf("the newest order was read as number %d, the oldest as %d", first, last)
		}
		copied, err := h.state.Order(h.Context(), "anna", list[29].ID)
		if err != nil || len(copied.Lines) != 1 {
			h.Errorf("%d lines, %v", len(copied.Lines), err)
		}
	})
}

func TestAnOrderOnScreen(t *testing.T) {
	in(t, func(h *house) {
		o := storetest.Order(1)
		h.set(func() { h.orders["anna"] = []order.Order{o} })
		h.comes(anna)
		h.after(time.Minute)
		h.wantCalls("OrderWithLines", 1)
		look := func() {
			for range 10 {
				h.jobs.RefreshOrder("anna", o.ID)
				h.jobs.RefreshOrder("anna", "foreign")
			}
			h.after(3 * time.Second)
		}
		look()
		h.wantCalls("OrderStatus", 1)
		h.wantCalls("OrderWithLines", 1) // nothing changed
		h.set(func() { h.orders["anna"][0].Status = order.Assembly })
		look()
		h.wantCalls("OrderStatus", 1)
		h.after(70*time.Second, anna)
		look()
		h.wantCalls("OrderStatus", 2)
		h.wantCalls("OrderWithLines", 2)
		copied, err := h.state.Order(h.Context(), "anna", o.ID)
		if err != nil || copied.Status != order.Assembly {
			h.Errorf("the copy is %s, %v", copied.Status, err)
		}
	})
}

func TestStoppingWaitsForTheWork(t *testing.T) {
	in(t, func(h *house) {
		h.comes(anna)
		h.after(3 * time.Second)
		h.stop()
		h.jobs.RefreshItem("anna", storetest.ItemID(1)) // after the end nothing starts
		synctest.Wait()
		h.wantCalls("Offer", 0)
		h.wantCalls("Listing", 0)
	})
}
