package order_test

import (
	"context"
	"errors"
	"io"
	"log/slog"
	"sync"
	"sync/atomic"
	"time"

	"github.com/shopspring/decimal"

	"storefront/internal/buyer"
	"storefront/internal/catalog"
	"storefront/internal/errkind"
	"storefront/internal/order"
)

// host is one process of the shop: a desk that runs, and what is in its memory alone.
type host struct {
	*simulation
	slot     int
	desk     *order.Desk
	register *buyer.Register
	life     *process
	stop     func()
	dead     atomic.Bool

	mu       sync.Mutex
	failures int
	left     bool // the service is left alone for a while
}

// startHost starts a process in a slot, with a death of its own before it.
func (s *simulation) startHost(slot int) {
	s.hostMu.Lock()
	defer s.hostMu.Unlock()
	s.starts++
	r := s.dice("life", slot, s.starts)
	h := &host{simulation: s, slot: slot, register: buyer.NewRegister(s.now), life: &process{}}
	if !s.peaceful && r.IntN(2) == 0 {
		h.life.diesAt, h.life.doing = 1+r.IntN(60), r.IntN(2) == 0
	}
	ctx, cancel := context.WithCancel(context.Background())
	done := make(chan struct{})
	h.stop = func() {
		cancel()
		<-done
	}
	back := duration(r, 500*time.Millisecond, 10*time.Minute)
	h.life.ended = sync.OnceFunc(func() {
		h.dead.Store(true)
		cancel()
		s.counts.fault("crash")
		s.note("process %d dies", slot)
		time.AfterFunc(back, func() { s.startHost(slot) })
	})
	begins := time.Duration(r.Int64N(int64(time.Second))) // two processes never look at the same instant
	h.desk = s.newDesk(h)
	s.hosts[slot] = h
	s.all = append(s.all, h)
	go func() {
		defer close(done)
		sleep(ctx, begins)
		h.desk.Run(ctx)
	}()
	if !s.peaceful && r.IntN(5) == 0 {
		time.AfterFunc(duration(r, time.Minute, 3*time.Hour), func() {
			if !s.calm.Load() {
				h.kill()
			}
		})
	}
}

// kill ends a process at once.
func (h *host) kill() {
	h.life.mu.Lock()
	h.life.crashed = true
	h.life.mu.Unlock()
	h.life.ended()
}

func (s *simulation) newDesk(h *host) *order.Desk {
	var kept keeps = s.store
	if s.mutant.store != nil {
		kept = s.mutant.store(s, kept)
	}
	var wire order.Distributor = s.up
	if s.mutant.wire != nil {
		wire = s.mutant.wire(wire)
	}
	store := mortalStore{watched{kept, s, h.slot}, h.life}
	log := slog.New(slog.NewTextHandler(io.Discard, nil))
	if s.replay {
		log = slog.New(slog.NewTextHandler(s.t.Output(), nil))
	}
	return order.NewDesk(order.DeskOptions{
		Carts: store, Submissions: store, Orders: store, Edits: store, Rescues: store, Wishes: store, Accounts: store, Distributor: gate{wire, h}, Sealer: slowBox{box{}, h},
		Register: h.register, Quiet: quiet, Deviation: decimal.NewFromInt(1), Now: s.now, Log: log,
		Jitter: func(n time.Duration) time.Duration {
			return time.Duration(s.dice("jitter", h.slot, time.Since(s.start)).Int64N(int64(n)))
		},
		Shown: func(_ context.Context, _ buyer.ID, items []catalog.ItemID) (map[catalog.ItemID]order.Shown, error) {
			shown := map[catalog.ItemID]order.Shown{}
			for _, item := range items {
				price := decimal.NewFromInt(10)
				shown[item] = order.Shown{Name: string(item), Price: &price}
			}
			return shown, nil
		},
	})
}

// slowBox takes a moment of its own for each submission, so that those which are read in one go are read one after another, in
// an order that the seed knows.
type slowBox struct {
	box
	*host
}

func (b slowBox) OpenFor(id order.SubmissionID, sealed []byte) (buyer.Credentials, error) {
	b.simulation.mu.Lock()
	name := b.nameOf(id)
	b.simulation.mu.Unlock()
	time.Sleep(time.Duration(b.dice("box", b.slot, name, time.Since(b.start)).Int64N(int64(time.Millisecond))))
	return b.box.OpenFor(id, sealed)
}

// gate is the distributor as a process has it: calls end with the process, and a service that fails is left alone until
// something of the shop's other traffic gets through again, as the breaker of internal/vtt does.
type gate struct {
	order.Distributor
	*host
}

const (
	gateFailures = 5
	gatePause    = 5 * time.Second
)

func (g gate) call(deed func() error) error {
	g.host.mu.Lock()
	left := g.left
	g.host.mu.Unlock()
	if left {
		return errkind.New(errkind.Unreachable, "")
	}
	err := g.life.step(deed)
	if !errors.Is(err, context.Canceled) { // whoever called has had enough
		g.observe(err)
	}
	return err
}

func (g gate) observe(err error) {
	g.host.mu.Lock()
	defer g.host.mu.Unlock()
	switch errkind.Of(err) {
	case errkind.Unreachable, errkind.Timeout:
		g.failures++
	default:
		g.failures = 0
	}
	if g.failures >= gateFailures && !g.left {
		g.left = true
		time.AfterFunc(gatePause, g.probe)
	}
}

func (g gate) probe() {
	if g.dead.Load() {
		return
	}
	g.up.mu.Lock()
	_, out := g.up.bad(outage)
	g.up.mu.Unlock()
	if out {
		time.AfterFunc(gatePause, g.probe)
		return
	}
	g.host.mu.Lock()
	g.failures, g.left = 0, false
	g.host.mu.Unlock()
	g.desk.Recovered()
}

func (g gate) Offer(ctx context.Context, c buyer.Credentials, item catalog.ItemID) (offer catalog.Offer, err error) {
	err = g.call(func() error {
		offer, err = g.Distributor.Offer(ctx, c, item)
		return err
	})
	return offer, err
}

func (g gate) Orders(ctx context.Context, c buyer.Credentials) (list []order.Order, err error) {
	err = g.call(func() error {
		list, err = g.Distributor.Orders(ctx, c)
		return err
	})
	return list, err
}

func (g gate) OrderWithLines(ctx context.Context, c buyer.Credentials, id order.ID) (o order.Order, err error) {
	err = g.call(func() error {
		o, err = g.Distributor.OrderWithLines(ctx, c, id)
		return err
	})
	return o, err
}

func (g gate) CreateOrder(ctx context.Context, c buyer.Credentials, lines []order.NewLine) (id order.ID, err error) {
	sent := false
	err = g.call(func() error {
		sent = true
		id, err = g.Distributor.CreateOrder(ctx, c, lines)
		return err
	})
	if !sent && err != errDead {
		return "", class(order.ClassNotSent, errkind.Unreachable)
	}
	return id, err
}
