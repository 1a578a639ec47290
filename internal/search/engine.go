package search

import (
	"container/list"
	"context"
	"sync"

	"storefront/internal/buyer"
	"storefront/internal/catalog"
)

// Options of an Engine.
type Options struct {
	// MaxBytes is about how much the kept buyers' lists and views may take, 0 stands for DefaultMaxBytes. The buyers not seen
	// for longest make room; the one who asks is always kept.
	MaxBytes int
	// Load reads a buyer's stored price list. It is called once at a time for a buyer, outlives the request that asked for
	// it, and may return nil for a buyer of whom nothing is stored yet.
	Load func(context.Context, buyer.ID) (*PriceList, error)
}

// DefaultMaxBytes is what an Engine keeps if its options don't say. Of 13,000 items a list takes about 0.7 MB, once for all
// buyers who are offered the same, and a buyer's view 0.2 MB.
const DefaultMaxBytes = 256 << 20

// Engine hands out views: of the current index, with the current price list of each buyer. It is safe for concurrent use.
type Engine struct {
	load func(context.Context, buyer.ID) (*PriceList, error)
	max  int

	mu     sync.Mutex
	bodies *bodies
	index  *Index
	desks  map[buyer.ID]*list.Element // of *desk
	recent *list.List                 // used last first
}

// desk is what the engine keeps of a buyer. Its fields are guarded by Engine.mu, but for ready.
type desk struct {
	buyer buyer.ID
	ready chan struct{} // closed when the list is there or could not be loaded
	done  bool
	list  *PriceList
	err   error
	late  []catalog.PriceChunk // read while the list was being loaded

	view  *View
	build *sync.Mutex // held while the view is built, so that it is built once
}

// NewEngine makes an engine with an empty index.
func NewEngine(o Options) *Engine {
	e := &Engine{
		load: o.Load, max: o.MaxBytes, bodies: newBodies(), index: Build(Corpus{}), desks: make(map[buyer.ID]*list.Element), recent: list.New(),
	}
	if e.max <= 0 {
		e.max = DefaultMaxBytes
	}
	return e
}

// Publish makes an index the current one. Views handed out before go on with the one they were made of.
func (e *Engine) Publish(x *Index) {
	e.mu.Lock()
	defer e.mu.Unlock()
	e.index = x
	for at := e.recent.Front(); at != nil; at = at.Next() {
		at.Value.(*desk).view = nil // not to keep the old index alive for buyers who are away
	}
	e.makeRoom() // views of a bigger index take more
}

// Index returns the current index, which is empty before the first Publish.
func (e *Engine) Index() *Index {
	e.mu.Lock()
	defer e.mu.Unlock()
	return e.index
}

// Replace puts a buyer's newly read price list in the place of the one kept.
func (e *Engine) Replace(id buyer.ID, prices *PriceList) {
	e.mu.Lock()
	defer e.mu.Unlock()
	e.settle(e.desk(id), prices, nil)
	e.makeRoom()
}

// Refresh puts a newly read chunk, already stored, into a buyer's price list. Where no list is kept nothing happens: it will
// be loaded.
func (e *Engine) Refresh(id buyer.ID, chunk catalog.PriceChunk) {
	e.mu.Lock()
	defer e.mu.Unlock()
	at, kept := e.desks[id]
	if !kept {
		return
	}
	if d := at.Value.(*desk); d.done {
		e.settle(d, d.list.With(chunk), nil)
		e.makeRoom()
	} else {
		d.late = append(d.late, chunk)
	}
}

// Forget drops what is kept of a buyer. A load under way still serves those who wait for it, and is dropped then.
func (e *Engine) Forget(id buyer.ID) {
	e.mu.Lock()
	defer e.mu.Unlock()
	if at, kept := e.desks[id]; kept {
		e.drop(at)
	}
}

// View returns the catalogue as a buyer sees it now. It loads his price list if it is not kept; the error is that of Load,
// or of ctx.
func (e *Engine) View(ctx context.Context, id buyer.ID) (*View, error) {
	d := e.open(ctx, id)
	select {
	case <-d.ready:
	case <-ctx.Done():
		return nil, context.Cause(ctx)
	}
	return e.viewOf(d)
}

// open returns a buyer's desk and sees to it that his list is being loaded.
func (e *Engine) open(ctx context.Context, id buyer.ID) *desk {
	e.mu.Lock()
	defer e.mu.Unlock()
	_, kept := e.desks[id]
	d := e.desk(id)
	switch {
	case kept:
	case e.load == nil:
		e.settle(d, nil, nil)
	default:
		go e.fetch(context.WithoutCancel(ctx), d)
	}
	return d
}

// fetch loads the list of a desk. What was put there meanwhile is newer and stays.
func (e *Engine) fetch(ctx context.Context, d *desk) {
	prices, err := e.load(ctx, d.buyer)
	e.mu.Lock()
	defer e.mu.Unlock()
	if d.done {
		return
	}
	for _, chunk := range d.late {
		prices = prices.With(chunk)
	}
	at, kept := e.desks[d.buyer]
	if !kept || at.Value != d { // forgotten meanwhile: it still serves those who wait
		d.list, d.err = prices, err
		d.settled()
		return
	}
	e.settle(d, prices, err)
	if err != nil {
		e.drop(at) // the next one who asks tries again
	}
	e.makeRoom()
}

// viewOf returns the view of a desk, built anew if the index or the list has changed.
func (e *Engine) viewOf(d *desk) (*View, error) {
	d.build.Lock()
	defer d.build.Unlock()
	e.mu.Lock()
	view, index, prices, err := d.view, e.index, d.list, d.err
	e.mu.Unlock()
	if err != nil {
		return nil, err
	}
	if view != nil {
		return view, nil
	}
	view = newView(index, prices)
	e.mu.Lock()
	if e.index == index && d.list == prices {
		d.view = view
	}
	e.mu.Unlock()
	return view, nil
}

// settle gives a kept desk its list and lets those go on who wait for it.
func (e *Engine) settle(d *desk, prices *PriceList, err error) {
	prices = e.bodies.take(prices) // before the old one goes: they may be alike
	e.bodies.release(d.list)
	d.list, d.err, d.view = prices, err, nil
	d.settled()
}

func (d *desk) settled() {
	if !d.done {
		d.done = true
		close(d.ready)
	}
}

// desk returns a buyer's desk as the one used last, a new one if there is none.
func (e *Engine) desk(id buyer.ID) *desk {
	if at, kept := e.desks[id]; kept {
		e.recent.MoveToFront(at)
		return at.Value.(*desk)
	}
	d := &desk{buyer: id, ready: make(chan struct{}), build: new(sync.Mutex)}
	e.desks[id] = e.recent.PushFront(d)
	e.makeRoom()
	return d
}

// makeRoom drops the desks not used for longest, until the others fit.
func (e *Engine) makeRoom() {
	for e.recent.Len() > 1 && e.size() > e.max {
		e.drop(e.recent.Back())
	}
}

// size is about how many bytes lists and views take.
func (e *Engine) size() int {
	return e.bodies.bytes + e.recent.Len()*(deskBytes+viewBytes*e.index.Len())
}

const (
	deskBytes = 1 << 10
	viewBytes = 4 + 8 + 1 // for each item: row, price, marks
)

func (e *Engine) drop(at *list.Element) {
	d := at.Value.(*desk)
	e.bodies.release(d.list)
	e.recent.Remove(at)
	delete(e.desks, d.buyer)
}
