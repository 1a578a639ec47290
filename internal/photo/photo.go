// Package photo gives pictures of items: fetched by the server from the hosts that may be asked, checked, made small, encoded
// anew and kept on disk. A browser never learns where a picture comes from, and no address comes from a browser.
package photo

import (
	"cmp"
	"context"
	"crypto/sha256"
	"encoding/hex"
	"errors"
	"fmt"
	"net/http"
	"slices"
	"strconv"
	"sync"
	"time"

	"golang.org/x/sync/semaphore"
	"golang.org/x/sync/singleflight"

	"storefront/internal/catalog"
	"storefront/internal/errkind"
)

// ErrNone is returned where no picture can be had now: there is none, it is not allowed, or it failed a short while ago. It is
// compared with errors.Is.
var ErrNone = errkind.New(errkind.NotFound, "photo.missing")

// Widths are the sizes that are kept, in pixels: a picture fits a square of that side. Other sizes are rounded up to one of
// these, so that a browser can't fill the disk.
var Widths = [...]int{64, 128, 320, 640, 1280}

const (
	fetchers      = 4 // pictures fetched at a time
	defaultWithin = 5 * time.Second
)

// Options are what a Photos works with.
type Options struct {
	// Dir is a folder of its own for finished pictures; it may be emptied at any time.
	Dir string
	// Hosts may be asked for pictures: «photo.example» on the default ports, «photo.example:8080» on that one. They must
	// have public addresses.
	Hosts []string
	// Upstream is the host:port of the distributor's service, which may be asked too, whatever its address is.
	Upstream string
	// Within bounds fetching a picture: connecting, answering and the whole body. Zero means five seconds.
	Within time.Duration
	Now    func() time.Time
}

// Image is a finished picture: JPEG or PNG, encoded here.
type Image struct {
	Bytes []byte
	Type  string // image/jpeg or image/png
	ETag  string // in its quotes
}

// Photos fetches and keeps pictures. It is safe for concurrent use.
type Photos struct {
	disk    disk
	guard   guard
	client  *http.Client
	within  time.Duration
	misses  *misses
	flights singleflight.Group
	fetches *semaphore.Weighted // fetchers at a time
	pixels  *semaphore.Weighted // of the pictures in memory

	life    context.Context // ends with Close
	stop    context.CancelFunc
	running sync.WaitGroup
}

// New returns a Photos. Close it.
func New(o Options) *Photos {
	g := newGuard(o.Hosts, o.Upstream)
	life, stop := context.WithCancel(context.Background())
	return &Photos{
		disk:    disk{o.Dir},
		guard:   g,
		client:  g.client(),
		within:  cmp.Or(o.Within, defaultWithin),
		misses:  newMisses(o.Now),
		fetches: semaphore.NewWeighted(fetchers),
		pixels:  semaphore.NewWeighted(maxPixels),
		life:    life,
		stop:    stop,
	}
}

// Close abandons what is being fetched and waits for it to end. Nobody may ask for pictures any longer.
func (p *Photos) Close() {
	p.stop()
	p.running.Wait()
	p.client.CloseIdleConnections()
}

// Get returns the first picture of the item's urls that can be had, at most width wide and high. ErrNone.
func (p *Photos) Get(ctx context.Context, id catalog.ItemID, urls []string, width int) (Image, error) {
	width = rounded(width)
	for _, url := range urls {
		img, err := p.one(ctx, id, url, width)
		if err == nil || ctx.Err() != nil || !errors.Is(err, ErrNone) {
			return img, err
		}
	}
	return Image{}, ErrNone
}

func (p *Photos) one(ctx context.Context, id catalog.ItemID, url string, width int) (Image, error) {
	key := keyOf(id, url, width)
	if content, ok := p.disk.load(key); ok {
		return newImage(content), nil
	}
	if !p.guard.allows(url) || p.misses.has(url) || p.misses.has(hostOf(url)) {
		return Image{}, ErrNone
	}
	return p.share(ctx, key, url, width)
}

// share lets everybody who wants the same picture wait for one fetch. Who leaves does not take it from the others.
func (p *Photos) share(ctx context.Context, key, url string, width int) (Image, error) {
	p.running.Add(1)
	done := p.flights.DoChan(key, func() (any, error) {
		if content, ok := p.disk.load(key); ok { // the flight before has landed meanwhile
			return content, nil
		}
		content, err := p.make(url, width)
		if err == nil {
			_ = p.disk.save(key, content) // a full disk costs fetching again, not the picture
		}
		return content, err
	})
	select {
	case result := <-done:
		p.running.Done()
		if result.Err != nil {
			return Image{}, result.Err
		}
		return newImage(result.Val.([]byte)), nil
	case <-ctx.Done():
		go func() {
			<-done
			p.running.Done()
		}()
		return Image{}, ctx.Err()
	}
}

// make fetches a picture and makes it small. Whatever goes wrong is remembered for a while.
func (p *Photos) make(url string, width int) ([]byte, error) {
	raw, err := p.fetch(url)
	if err == nil {
		raw, err = p.shrink(raw, width)
	}
	switch {
	case err == nil:
		return raw, nil
	case p.life.Err() != nil:
		return nil, ErrNone
	case errors.Is(err, errNoAnswer):
		p.misses.add(hostOf(url), deadHostFor)
	default:
		p.misses.add(url, badPictureFor)
	}
	return nil, ErrNone
}

// fetch gets the bytes, waiting for its turn: the wait is not the host's fault and does not count against it.
func (p *Photos) fetch(url string) ([]byte, error) {
	if err := p.fetches.Acquire(p.life, 1); err != nil {
		return nil, err
	}
	defer p.fetches.Release(1)
	if p.misses.has(hostOf(url)) {
		return nil, errNoAnswer // found dead while this one waited
	}
	ctx, cancel := context.WithTimeout(p.life, p.within)
	defer cancel()
	return get(ctx, p.client, url)
}

// shrink decodes, scales and encodes. All pictures in memory together hold no more pixels than one may have. A decoder that
// panics on what a host sent is that picture's failure and nobody else's.
func (p *Photos) shrink(raw []byte, width int) (content []byte, err error) {
	defer func() {
		if cause := recover(); cause != nil {
			err = fmt.Errorf("%w: decoder panicked: %v", errAnswer, cause)
		}
	}()
	kind, size, err := inspect(raw)
	if err != nil {
		return nil, err
	}
	if err := p.pixels.Acquire(p.life, size); err != nil {
		return nil, err
	}
	defer p.pixels.Release(size)
	return redraw(kind, raw, width)
}

// rounded returns the kept width that is wide enough.
func rounded(width int) int {
	i, _ := slices.BinarySearch(Widths[:], width)
	return Widths[min(i, len(Widths)-1)]
}

// keyOf names a finished picture.
func keyOf(id catalog.ItemID, url string, width int) string {
	sum := sha256.Sum256([]byte(string(id) + "\x00" + url + "\x00" + strconv.Itoa(width)))
	return hex.EncodeToString(sum[:])
}

func newImage(content []byte) Image {
	sum := sha256.Sum256(content)
	return Image{Bytes: content, Type: http.DetectContentType(content), ETag: `"` + hex.EncodeToString(sum[:12]) + `"`}
}
