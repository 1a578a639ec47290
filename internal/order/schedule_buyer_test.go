package order_test

import (
	"context"
	"errors"
	"math/rand/v2"
	"slices"
	"sync"
	"time"

	"github.com/shopspring/decimal"

	"storefront/internal/buyer"
	"storefront/internal/errkind"
	"storefront/internal/order"
	"storefront/internal/secret"
)

// client is a buyer with a script of random acts. He tells the truth about orders: the simulation knows which is whose.
type client struct {
	*simulation
	login, dealer, password string
	r                       *rand.Rand
	signedIn                bool
	last                    *agreement // what he agreed to before: for stale tabs
	lines                   []order.CartLine
}

// agreement is what a buyer agreed to, with what he was shown.
type agreement struct {
	order.Agreement
	review order.Review
}

// press travels with a press of the button to the call that it leads to.
type press struct {
	host  *host
	sends *record
}

type pressKey struct{}

func (c *client) credentials() buyer.Credentials {
	return buyer.Credentials{Login: c.login, Password: secret.New(c.password)}
}

func (c *client) account() buyer.Account { return buyer.Account{ID: buyer.ID(c.login)} }

// at returns a process that serves the buyer, who is signed in there.
func (c *client) at() *host {
	for {
		c.hostMu.Lock()
		alive := slices.DeleteFunc(slices.Clone(c.hosts), func(h *host) bool { return h.dead.Load() })
		c.hostMu.Unlock()
		if len(alive) == 0 {
			time.Sleep(time.Second)
			continue
		}
		h := alive[c.r.IntN(len(alive))]
		if !c.signedIn || !h.register.Put(c.credentials(), c.now()) {
			c.signIn(h)
		}
		return h
	}
}

func (c *client) signIn(h *host) {
	c.up.mu.Lock()
	c.password = c.up.passwords[c.login]
	c.up.mu.Unlock()
	h.register.Prove(c.credentials())
	c.signedIn = true
}

// refused has the buyer sign in anew where his password is not taken.
func (c *client) refused(h *host, err error) {
	if errkind.Is(err, errkind.AccessDenied) {
		h.register.Refuse(c.credentials())
		c.signedIn = false
	}
}

func (c *client) play(ctx context.Context) {
	for range 4 + c.r.IntN(9) {
		time.Sleep(duration(c.r, 50*time.Millisecond, 25*time.Minute))
		switch n := c.r.IntN(20); {
		case n < 3:
			c.fill(ctx)
		case n < 12:
			c.order(ctx)
		case n < 16:
			c.settle(ctx)
		case n == 16:
			c.changeLine(ctx)
		case n == 17:
			c.signOut()
		case n == 18:
			c.stale(ctx)
		default:
			c.newPassword()
		}
	}
}

func (c *client) signOut() {
	c.hostMu.Lock()
	hosts := slices.Clone(c.hosts)
	c.hostMu.Unlock()
	for _, h := range hosts {
		h.register.Drop(buyer.ID(c.login))
	}
	c.signedIn = false
}

// newPassword is given to him at the distributor's own site: the shop still has the old one.
func (c *client) newPassword() {
	c.counts.fault("the password is changed")
	c.up.mu.Lock()
	defer c.up.mu.Unlock()
	c.up.passwords[c.login] += "1"
}

// fill adds to the cart: something, or what he ordered before.
func (c *client) fill(ctx context.Context) {
	store := watched{c.store, c.simulation, 0}
	if len(c.lines) > 0 && c.r.IntN(2) == 0 {
		for _, l := range c.lines {
			_, err := store.SetLine(ctx, buyer.ID(c.login), l.ItemID, l.Quantity)
			c.expect("filling", err, order.ErrFrozen)
		}
		return
	}
	for range 1 + c.r.IntN(3) {
		_, err := store.AddLine(ctx, buyer.ID(c.login), goods[c.r.IntN(len(goods))], decimal.NewFromInt(1+c.r.Int64N(4)))
		c.expect("filling", err, order.ErrFrozen)
	}
}

func (c *client) changeLine(ctx context.Context) {
	_, err := watched{c.store, c.simulation, 0}.SetLine(ctx, buyer.ID(c.login), goods[c.r.IntN(len(goods))], decimal.NewFromInt(c.r.Int64N(4)))
	c.expect("changing a line", err, order.ErrFrozen)
}

// expect reports an error that is none of those a buyer may meet.
func (c *client) expect(doing string, err error, allowed ...error) {
	if err == nil || errors.Is(err, errDead) || errors.Is(err, errDisk) || slices.ContainsFunc(allowed, func(a error) bool { return errors.Is(err, a) }) {
		return
	}
	c.broken("%s, %s meets %v", c.login, doing, err)
}

// order reviews the cart and presses: once, twice, in several tabs, in part.
func (c *client) order(ctx context.Context) {
	if cart, err := c.store.Cart(ctx, buyer.ID(c.login)); err == nil && len(cart.Lines) == 0 {
		c.fill(ctx)
	}
	h := c.at()
	review, err := h.desk.Review(ctx, c.account(), c.credentials())
	if err != nil {
		c.refused(h, err)
		return
	}
	if len(review.Cart.Lines) > 0 {
		c.lines = review.Cart.Lines
	}
	if review.NeedsConsent && c.r.IntN(5) == 0 {
		return // he thinks better of it
	}
	agreed := &agreement{order.Agreement{CartVersion: review.Cart.Version, Token: review.Token, Note: []string{"", "Срочно"}[c.r.IntN(2)]}, review}
	switch {
	case review.SplitToken != "" && c.r.IntN(2) == 0:
		agreed.Split = review.SplitToken
	case c.r.IntN(6) == 0:
		agreed.Token = ""
	}
	c.last = agreed
	time.Sleep(duration(c.r, 10*time.Millisecond, 2*time.Minute)) // he reads
	c.press(ctx, agreed, []int{1, 1, 1, 2, 2, 5}[c.r.IntN(6)])
}

// stale presses in a tab from before.
func (c *client) stale(ctx context.Context) {
	if c.last != nil {
		c.press(ctx, c.last, 1+c.r.IntN(2))
	}
}

// press presses some times at about once, at whichever process.
func (c *client) press(ctx context.Context, agreed *agreement, times int) {
	var presses sync.WaitGroup
	for range times {
		h, after := c.at(), time.Duration(c.r.Int64N(int64(50*time.Millisecond)))
		credentials := c.credentials()
		presses.Go(func() {
			time.Sleep(after)
			ctx := context.WithValue(ctx, pressKey{}, &press{host: h})
			h.consents(c.login, agreed)
			_, err := h.desk.Place(ctx, c.account(), credentials, agreed.Agreement)
			if errkind.Is(err, errkind.AccessDenied) {
				h.register.Refuse(credentials)
				return
			}
			c.expect("pressing", err, order.ErrNotAgreed, order.ErrCartChanged, order.ErrOpenSubmission, order.ErrNothingToOrder)
		})
	}
	presses.Wait()
}

// consents writes down what a buyer has seen when he presses: his word for all submissions that he makes from then on of the
// same cart.
func (s *simulation) consents(login string, agreed *agreement) {
	s.mu.Lock()
	defer s.mu.Unlock()
	if agreed.Token == "" {
		return
	}
	key := cartKey{login, agreed.review.Cart.ID, agreed.CartVersion}
	for _, twin := range agreed.review.Twins {
		s.knows[key] = append(s.knows[key], twin.ID)
	}
	if u := agreed.review.Unresolved; u != nil {
		s.knowsOf[key] = append(s.knowsOf[key], u.ID)
	}
}

// settle gives the buyer's word wherever it is asked for.
func (c *client) settle(ctx context.Context) {
	subs, err := c.store.Unsettled(ctx, buyer.ID(c.login), c.now().Add(-order.LateWatch))
	c.expect("looking at his orders", err)
	for _, sub := range subs {
		switch sub.State {
		case order.NeedsBuyer:
			c.judge(ctx, sub)
		case order.ProbablyNotCreated:
			switch c.r.IntN(3) {
			case 0:
				_, err := c.at().desk.GiveUp(ctx, buyer.ID(c.login), sub.ID)
				c.expect("giving up", err, order.ErrSettled, order.ErrMoved)
			case 1:
				c.order(ctx) // he sends it again
				return
			}
		}
	}
}

// judge looks at the candidates: his own is chosen, others are not his.
func (c *client) judge(ctx context.Context, sub order.Submission) {
	h := c.at()
	candidates, err := h.desk.Candidates(ctx, sub)
	c.expect("looking at candidates", err)
	c.mu.Lock()
	rec := c.records[sub.ID]
	c.mu.Unlock()
	time.Sleep(duration(c.r, 10*time.Millisecond, 20*time.Second))
	var seen []order.ID
	for _, o := range candidates {
		c.up.mu.Lock()
		his := rec.made(o.ID)
		c.up.mu.Unlock()
		if his {
			_, err := h.desk.Choose(ctx, c.account(), c.credentials(), sub.ID, o.ID)
			c.expect("choosing", err, order.ErrSettled, order.ErrMoved)
			return
		}
		seen = append(seen, o.ID)
	}
	_, err = h.desk.Dismiss(ctx, buyer.ID(c.login), sub.ID, seen)
	c.expect("dismissing", err, order.ErrSettled, order.ErrMoved)
}

// colleague orders at the distributor's own site what the buyers of a dealer order, some of it, or anything.
func (s *simulation) colleague(r *rand.Rand) {
	c := s.clients[r.IntN(len(s.clients))]
	s.mu.Lock()
	lines := amounts([]order.CartLine{})
	for item, n := range s.carts[buyer.ID(c.login)] {
		lines[item] = n
	}
	if i := slices.IndexFunc(s.sequence, func(r *record) bool { return r.login == c.login && r.sub.State.Open() }); i >= 0 {
		lines = s.sequence[i].lines
	}
	s.mu.Unlock()
	kind := max(0, r.IntN(4)-1)
	var wanted []order.NewLine
	for _, item := range goods {
		n := lines[item]
		switch {
		case kind == 1 && r.IntN(2) == 0, kind == 2:
			n = r.Int64N(3)
		}
		if n > 0 {
			wanted = append(wanted, order.NewLine{ItemID: item, Quantity: decimal.NewFromInt(n)})
		}
	}
	if len(wanted) > 0 {
		s.counts.fault([]string{"a colleague orders the same", "a colleague orders something like it", "a colleague orders"}[kind])
		s.up.make(c.dealer, nil, wanted, r)
	}
}
