package jobs_test

import (
	"context"
	"io"
	"sync/atomic"
	"testing"
	"time"

	"storefront/internal/buyer"
	"storefront/internal/catalog"
	"storefront/internal/jobs"
	"storefront/internal/pace"
)

// watcher counts calls made by work that steps aside, and by work that does not.
type watcher struct {
	*fakeDistributor
	aside, blunt atomic.Int64
}

func (w *watcher) look(ctx context.Context) {
	plain := io.NopCloser(nil)
	if pace.Reader(ctx, plain) == plain {
		w.blunt.Add(1)
	} else {
		w.aside.Add(1)
	}
}

func (w *watcher) Categories(ctx context.Context, c buyer.Credentials) ([]catalog.Category, error) {
	w.look(ctx)
	return w.fakeDistributor.Categories(ctx, c)
}

func (w *watcher) EachListing(ctx context.Context, c buyer.Credentials, yield func([]catalog.Listing, catalog.Progress) error) error {
	w.look(ctx)
	return w.fakeDistributor.EachListing(ctx, c, yield)
}

func (w *watcher) EachOffer(ctx context.Context, c buyer.Credentials, yield func([]catalog.Offer, catalog.Progress) error) error {
	w.look(ctx)
	return w.fakeDistributor.EachOffer(ctx, c, yield)
}

func TestWholeListsAreReadByWorkThatStepsAside(t *testing.T) {
	in(t, func(h *house) {
		h.stop()
		w := &watcher{fakeDistributor: h.fakeDistributor}
		h.deps.Distributor, h.deps.Gate = w, pace.New(time.Now)
		h.jobs = jobs.New(h.deps)
		ctx, cancel := context.WithCancel(h.Context())
		done := make(chan error)
		go func() { done <- h.jobs.Run(ctx) }()
		h.stop = func() {
			cancel()
			<-done
		}
		h.comes(anna)
		h.comes(boris)
		h.after(time.Minute, anna, boris)
		h.wantPrice(boris, 7)
		if w.aside.Load() < 3 || w.blunt.Load() > 0 {
			t.Errorf("%d readings step aside, %d don't", w.aside.Load(), w.blunt.Load())
		}
	})
}
