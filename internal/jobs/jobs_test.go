package jobs_test

import (
	"context"
	"io"
	"log/slog"
	"path/filepath"
	"slices"
	"testing"
	"testing/synctest"
	"time"

	"go.uber.org/goleak"

	"storefront/internal/buyer"
	"storefront/internal/errkind"
	"storefront/internal/jobs"
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
	h.deps.Distributor, h.deps.Cache, h.deps.Orders, h.deps.Accounts, h.deps.History = h.fakeDistributor, h.cache, h.state, h.state, h.state
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
