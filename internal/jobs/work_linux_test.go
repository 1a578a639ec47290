package jobs_test

import (
	"context"
	"sync/atomic"
	"syscall"
	"testing"
	"time"

	"storefront/internal/buyer"
	"storefront/internal/catalog"
	"storefront/internal/jobs"
	"storefront/store/storetest"
)

// An index is built anew when something has changed, and not otherwise.
func TestACatalogueThatIsAsItWasIsNotIndexedAgain(t *testing.T) {
	in(t, func(h *house) {
		h.reopen(jobs.Ages{Catalogue: 2 * time.Hour})
		h.comes(anna)
		h.after(time.Minute)
		shown := h.engine.Index()
		h.after(135*time.Minute, anna)
		h.wantCalls("EachListing whole", 2)
		if h.engine.Index() != shown {
			h.Error("the same catalogue was indexed twice")
		}
		h.set(func() { h.hidden = func(n int) bool { return n == 1 } })
		h.after(135*time.Minute, anna)
		h.wantCalls("EachListing whole", 3)
		if got := h.engine.Index().Len(); got != items-1 {
			h.Errorf("%d items are shown after one has gone", got)
		}
	})
}

// nice notes the niceness of the threads that read lists, as the system call tells it: 20 is the usual one, less is less urgent.
type nice struct {
	*fakeDistributor
	listings, categories atomic.Int64
}

func note(at *atomic.Int64) {
	if priority, err := syscall.Getpriority(syscall.PRIO_PROCESS, syscall.Gettid()); err == nil {
		at.Store(int64(priority))
	}
}

func (n *nice) EachListing(ctx context.Context, c buyer.Credentials, yield func([]catalog.Listing, catalog.Progress) error) error {
	note(&n.listings)
	return n.fakeDistributor.EachListing(ctx, c, yield)
}

func (n *nice) CategoryOffers(ctx context.Context, c buyer.Credentials, id catalog.CategoryID) ([]catalog.Offer, error) {
	note(&n.categories)
	return n.fakeDistributor.CategoryOffers(ctx, c, id)
}

func TestWholeListsAreReadByAThreadOfLowPriority(t *testing.T) {
	in(t, func(h *house) {
		h.stop()
		n := &nice{fakeDistributor: h.fakeDistributor}
		h.deps.Distributor = n
		h.jobs = jobs.New(h.deps)
		ctx, cancel := context.WithCancel(h.Context())
		done := make(chan error)
		go func() { done <- h.jobs.Run(ctx) }()
		h.stop = func() {
			cancel()
			<-done
		}
		h.comes(anna)
		h.after(12*time.Minute, anna)
		h.jobs.RefreshCategory("anna", storetest.Category(3))
		h.after(time.Minute, anna)
		if whole, small := n.listings.Load(), n.categories.Load(); whole == 0 || small == 0 || whole >= small {
			h.Errorf("a whole list is read at %d, a category at %d", whole, small)
		}
	})
}
