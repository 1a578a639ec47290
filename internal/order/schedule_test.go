package order_test

import (
	"context"
	"flag"
	"fmt"
	"hash/fnv"
	"math/rand/v2"
	"runtime"
	"slices"
	"strings"
	"sync"
	"sync/atomic"
	"testing"
	"testing/synctest"
	"time"

	"storefront/internal/buyer"
	"storefront/internal/catalog"
	"storefront/internal/order"
	"storefront/store/state"
)

var (
	schedules = flag.Int("schedules", ordinary, "how many random schedules to run")
	onlySeed  = flag.Int64("seed", -1, "run one random schedule alone, and tell what happens in it")
)

// onDisk is how many schedules there are to one that runs on the real storage, which is slower.
const onDisk = 100

// A random schedule is some buyers with scripts of random acts, one or two processes of the shop that crash at random steps,
// a distributor where everything goes wrong, colleagues who order alike, and clocks that are set. All of it follows from
// a seed. In the end all is well again, and what is known here is held against what really happened there.
type simulation struct {
	t      *testing.T
	seed   int64
	mutant mutant
	counts *figures
	start  time.Time
	replay bool

	store    keeps
	up       *upstream
	clients  []*client
	dealerOf map[string]string
	clockSet bool
	offset   atomic.Int64 // by which the wall's clock is wrong
	calm     atomic.Bool  // nobody dies any more

	hostMu   sync.Mutex
	hosts    []*host
	all      []*host
	starts   int
	peaceful bool

	mu          sync.Mutex
	records     map[order.SubmissionID]*record
	sequence    []*record
	submissions map[string]int
	carts       map[buyer.ID]map[catalog.ItemID]int64 // as the buyers filled them
	knows       map[cartKey][]order.ID
	knowsOf     map[cartKey][]order.SubmissionID

	logMu      sync.Mutex
	log        []string
	violations []string
}

type cartKey struct {
	login   string
	cart    order.CartID
	version int64
}

func nth(login string, n int) string { return fmt.Sprint(login, "#", n) }

// dice returns random numbers that depend on the seed and on what they are for, and on nobody else's.
func (s *simulation) dice(what ...any) *rand.Rand {
	h := fnv.New64a()
	fmt.Fprint(h, s.seed, what)
	return rand.New(rand.NewPCG(uint64(s.seed), h.Sum64()))
}

// now is the time on the wall, which may be wrong.
func (s *simulation) now() time.Time { return time.Now().Add(time.Duration(s.offset.Load())) }

func (s *simulation) note(format string, args ...any) {
	s.logMu.Lock()
	defer s.logMu.Unlock()
	s.log = append(s.log, fmt.Sprintf("%16.9f s  ", time.Since(s.start).Seconds())+fmt.Sprintf(format, args...))
}

// broken says that a promise is broken.
func (s *simulation) broken(format string, args ...any) {
	s.note("BROKEN: "+format, args...)
	s.logMu.Lock()
	defer s.logMu.Unlock()
	s.violations = append(s.violations, fmt.Sprintf(format, args...))
}

func (s *simulation) nameOf(id order.SubmissionID) string {
	if rec := s.records[id]; rec != nil {
		return rec.name
	}
	return string(id)
}

// simulate runs a schedule in a bubble of time.
func simulate(t *testing.T, seed int64, m mutant, counts *figures, replay bool) (s *simulation) {
	synctest.Test(t, func(t *testing.T) {
		s = &simulation{
			t: t, seed: seed, mutant: m, counts: counts, start: time.Now(), replay: replay, dealerOf: map[string]string{},
			records: map[order.SubmissionID]*record{}, submissions: map[string]int{}, carts: map[buyer.ID]map[catalog.ItemID]int64{},
			knows: map[cartKey][]order.ID{}, knowsOf: map[cartKey][]order.SubmissionID{},
		}
		s.openStore()
		s.populate()
		s.run(t.Context())
	})
	return s
}

func (s *simulation) openStore() {
	if s.seed%onDisk != onDisk-1 {
		s.store = newMemory()
		return
	}
	store, err := state.Open(s.t.Context(), s.t.TempDir(), s.now)
	if err != nil {
		s.t.Fatal(err)
	}
	s.t.Cleanup(func() { _ = store.Close() })
	s.store = store
}

// populate makes one to four buyers of one or two dealers, old orders, and the processes.
func (s *simulation) populate() {
	r := s.dice("people")
	s.up = newUpstream(s)
	for i := range 1 + r.IntN(4) {
		login := fmt.Sprintf("buyer%d", i)
		dealer := []string{"first", "second"}[r.IntN(2)]
		s.dealerOf[login], s.up.passwords[login], s.carts[buyer.ID(login)] = dealer, "p", map[catalog.ItemID]int64{}
		s.clients = append(s.clients, &client{simulation: s, login: login, dealer: dealer, password: "p", r: s.dice("client", login)})
		if err := s.store.SaveAccount(s.t.Context(), buyer.Account{ID: buyer.ID(login)}); err != nil {
			s.t.Fatal(err)
		}
		s.clients[i].fill(s.t.Context())
	}
	for range r.IntN(6) {
		s.colleague(r)
	}
	for _, o := range s.up.orders {
		age := duration(r, time.Hour, 48*time.Hour)
		o.made, o.CreatedAt, o.listedFrom, o.linesFrom = o.made.Add(-age), o.CreatedAt.Add(-age), o.made.Add(-age), o.made.Add(-age)
	}
	s.hosts = make([]*host, 1+r.IntN(5)/3)
	for slot := range s.hosts {
		s.startHost(slot)
	}
}

func (s *simulation) run(ctx context.Context) {
	r := s.dice("others")
	var others, buyers sync.WaitGroup
	for _, c := range s.clients {
		buyers.Go(func() { c.play(ctx) })
	}
	others.Go(func() {
		for range max(0, r.IntN(8)-3) {
			time.Sleep(duration(r, time.Second, time.Hour))
			s.colleague(r)
		}
	})
	if clock := s.dice("clock"); clock.IntN(10) == 0 {
		s.clockSet = true
		others.Go(func() { s.setClock(clock) })
	}
	buyers.Wait()
	others.Wait()
	time.Sleep(duration(r, time.Second, 40*time.Minute))
	s.heal()
	s.finish(ctx)
	s.watchLate(ctx)
	s.checkEnd(ctx)
}

// setClock sets the wall's clock, when nobody is between writing SENDING down and sending: the clock that runs only forward
// stands beside it there, and can't be told from it in a bubble.
func (s *simulation) setClock(r *rand.Rand) {
	for range 1 + r.IntN(3) {
		time.Sleep(duration(r, time.Minute, time.Hour))
		by := duration(r, time.Second, 10*time.Minute)
		if r.IntN(2) == 0 {
			by = -by
		}
		for s.sending() {
			time.Sleep(time.Second)
		}
		s.counts.fault("the clock is set")
		s.note("the clock is set by %s", by)
		s.offset.Add(int64(by))
	}
}

func (s *simulation) sending() bool {
	s.mu.Lock()
	defer s.mu.Unlock()
	return slices.ContainsFunc(s.sequence, func(r *record) bool { return time.Since(r.sentAt) < 2*time.Minute })
}

// heal ends all that is wrong: the weather, deaths, forgotten passwords.
func (s *simulation) heal() {
	s.calm.Store(true)
	s.hostMu.Lock()
	s.peaceful = true
	for _, h := range s.hosts {
		h.life.mu.Lock()
		h.life.diesAt = 0
		h.life.mu.Unlock()
	}
	s.hostMu.Unlock()
	time.Sleep(11 * time.Minute) // the dead are back
	s.up.heal()
	s.note("all is well again")
}

// finish lets everything come to its end, with buyers who answer when they are asked.
func (s *simulation) finish(ctx context.Context) {
	for range 3 * 60 {
		for _, c := range s.clients {
			for range s.hosts {
				c.at()
			}
			c.answer(ctx)
		}
		if !s.anyOpen() {
			return
		}
		time.Sleep(time.Minute)
	}
}

// answer is what a buyer says when he is asked, and nothing more.
func (c *client) answer(ctx context.Context) {
	sub, found, err := c.store.OpenSubmission(ctx, buyer.ID(c.login))
	c.expect("looking at his order", err)
	if found && sub.State == order.NeedsBuyer {
		c.judge(ctx, sub)
	}
}

func (s *simulation) anyOpen() bool {
	s.mu.Lock()
	defer s.mu.Unlock()
	return slices.ContainsFunc(s.sequence, func(r *record) bool { return r.sub.State.Open() })
}

// watchLate passes the time of the late watch, at the pace of its readings: nothing else goes on.
func (s *simulation) watchLate(ctx context.Context) {
	for _, h := range s.all {
		h.stop()
		_ = h.desk.Close(ctx)
	}
	end := time.Now().Add(order.LateWatch + time.Hour)
	for s.anyWatched() && time.Now().Before(end) {
		if err := s.hosts[0].desk.Recover(ctx); err != nil {
			s.note("recovering: %v", err)
		}
		for _, c := range s.clients { // who come by
			for range s.hosts {
				c.at()
			}
		}
		time.Sleep(quiet/3 + time.Second)
	}
	time.Sleep(time.Until(end))
	if _, err := s.store.WipeSealed(ctx, s.now().Add(-order.LateWatch)); err != nil {
		s.broken("wiping credentials: %v", err)
	}
}

func (s *simulation) anyWatched() bool {
	s.mu.Lock()
	defer s.mu.Unlock()
	return slices.ContainsFunc(s.sequence, func(r *record) bool { return r.sub.State.Watched() })
}

// TestSchedules is the proof by random schedules: no duplicate without the buyer's word, no submission lost, no words that
// are not true. go test ./internal/order -run TestSchedules -schedules 10000 runs ten thousand.
func TestSchedules(t *testing.T) {
	if *onlySeed >= 0 {
		s := simulate(t, *onlySeed, mutant{}, newFigures(), true)
		t.Logf("what happened:\n%s", strings.Join(s.log, "\n"))
		s.report(t)
		return
	}
	counts := newFigures()
	var next atomic.Int64
	t.Run("seeds", func(t *testing.T) {
		for part := range runtime.GOMAXPROCS(0) {
			t.Run(fmt.Sprint(part), func(t *testing.T) {
				t.Parallel()
				for seed := next.Add(1) - 1; seed < int64(*schedules); seed = next.Add(1) - 1 {
					simulate(t, seed, mutant{}, counts, false).report(t)
				}
			})
		}
	})
	counts.judge(t, *schedules)
}

func (s *simulation) report(t *testing.T) {
	t.Helper()
	for _, v := range s.violations {
		t.Errorf("seed %d: %s\n\tgo test ./internal/order -run 'TestSchedules$' -v -seed %d", s.seed, v, s.seed)
	}
}

// A seed replays: what happens in it follows from nothing else, but for who goes first of those who act at the same instant.
func TestSchedulesReplay(t *testing.T) {
	const seeds, mayDiffer = 40, 4
	differ := 0
	for seed := range int64(seeds) {
		first, second := simulate(t, seed, mutant{}, newFigures(), false), simulate(t, seed, mutant{}, newFigures(), false)
		slices.Sort(first.log)
		slices.Sort(second.log)
		if !slices.Equal(first.log, second.log) {
			differ++
		}
	}
	if differ > mayDiffer {
		t.Errorf("%d of %d seeds do not replay", differ, seeds)
	}
}
