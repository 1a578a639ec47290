//go:build kill

package killtest

import (
	"bufio"
	"context"
	"errors"
	"fmt"
	"log/slog"
	"os"
	"path/filepath"
	"runtime"
	"slices"
	"strconv"
	"strings"
	"sync"
	"testing"
	"time"

	"storefront/internal/buyer"
	"storefront/internal/catalog"
	"storefront/internal/order"
	"storefront/internal/seal"
	"storefront/internal/secret"
	"storefront/internal/vtt"
	"storefront/store/state"
)

// What a child is told by its environment: the folder of its data, the distributor's address, the buyer, and how its clock goes.
const (
	homeEnv     = "KILLTEST_HOME"
	urlEnv      = "KILLTEST_URL"
	loginEnv    = "KILLTEST_LOGIN"
	passwordEnv = "KILLTEST_PASSWORD"
	speedEnv    = "KILLTEST_SPEED"
	epochEnv    = "KILLTEST_EPOCH"
	quietEnv    = "KILLTEST_QUIET"
)

func TestMain(m *testing.M) {
	if os.Getenv(homeEnv) == "" {
		code := m.Run()
		if furniture.home != "" {
			_ = os.RemoveAll(furniture.home)
		}
		os.Exit(code)
	}
	if err := child(); err != nil {
		fmt.Fprintln(os.Stderr, "child:", err)
		os.Exit(1)
	}
}

// child is a shop without pages: the real storage, desk and distributor, driven by lines on standard input.
//
//	look      look at the cart as it is ordered
//	press N   press the button in N tabs at once; when nothing is under way any more it says so
//	sweep     do what is done every now and then
//
// It ends when there is no more input and nothing is under way.
func child() error {
	saying.child = true
	credentials := buyer.Credentials{Login: os.Getenv(loginEnv), Password: secret.New(os.Getenv(passwordEnv))}
	c, err := openShop(os.Getenv(homeEnv), os.Getenv(urlEnv), credentials, fastClock(), slog.New(slog.NewJSONHandler(os.Stderr, nil)))
	if err != nil {
		return err
	}
	say("ready")
	var agreed order.Agreement
	for in := bufio.NewScanner(os.Stdin); in.Scan(); {
		command, argument, _ := strings.Cut(in.Text(), " ")
		switch command {
		case "look":
			agreed = c.look()
		case "press":
			tabs, _ := strconv.Atoi(argument)
			c.press(agreed, tabs)
		case "sweep":
			if err := c.desk.Recover(context.Background()); err != nil {
				say("failed sweep: %v", err)
			}
			c.report()
		}
	}
	if err := errors.Join(c.desk.Close(context.Background()), c.close()); err != nil {
		say("failed closing: %v", err)
	}
	return nil
}

// fastClock goes faster than real time from a moment that all processes share.
func fastClock() func() time.Time {
	speed, _ := strconv.Atoi(os.Getenv(speedEnv))
	epoch, _ := strconv.ParseInt(os.Getenv(epochEnv), 10, 64)
	start := time.Now()
	return func() time.Time {
		now := time.Now()
		ahead := time.Duration(speed-1) * (start.Sub(time.UnixMicro(epoch)) + now.Sub(start))
		return now.Add(ahead)
	}
}

// saying keeps lines whole. Only a child speaks.
var saying struct {
	sync.Mutex
	child bool
}

func say(format string, a ...any) {
	saying.Lock()
	defer saying.Unlock()
	if saying.child {
		fmt.Printf(format+"\n", a...)
	}
}

// shop is what takes part in an order, in a child and in the test itself.
type shop struct {
	desk        *order.Desk
	state       *state.Store
	distributor *vtt.Distributor
	credentials buyer.Credentials
	account     buyer.Account

	mu  sync.Mutex
	ids []order.SubmissionID // that were pressed or seen
}

func openShop(home, url string, c buyer.Credentials, now func() time.Time, log *slog.Logger) (*shop, error) {
	store, err := state.Open(context.Background(), home, now)
	if err != nil {
		return nil, err
	}
	keys, err := seal.Open(filepath.Join(home, "keys.json"))
	if err != nil {
		return nil, err
	}
	distributor, err := vtt.New(vtt.Options{URL: url, Now: now, Observe: func(operation string, _ time.Duration, err error) {
		say("called %s: %v", operation, err)
	}})
	if err != nil {
		return nil, err
	}
	account, err := store.Account(context.Background(), c.Buyer())
	if err != nil {
		return nil, err
	}
	quiet, err := time.ParseDuration(os.Getenv(quietEnv))
	if err != nil {
		quiet = 15 * time.Minute
	}
	disk := newDisk(store)
	return &shop{
		desk: order.NewDesk(order.DeskOptions{
			Carts: store, Submissions: disk, Orders: disk, Edits: store, Rescues: store, Wishes: store, Accounts: store, Distributor: distributor, Sealer: sealer{keys},
			Register: buyer.NewRegister(now), Quiet: quiet, Now: now, Log: log, Shown: nothingShown,
		}),
		state: store, distributor: distributor, credentials: c, account: account,
	}, nil
}

func (c *shop) close() error {
	c.distributor.Close()
	return c.state.Close()
}

func nothingShown(context.Context, buyer.ID, []catalog.ItemID) (map[catalog.ItemID]order.Shown, error) {
	return nil, nil
}

type sealer struct{ keys *seal.Keys }

func (s sealer) SealFor(id order.SubmissionID, c buyer.Credentials) ([]byte, error) {
	return s.keys.SealSubmission(string(id), c.Pack())
}

func (s sealer) OpenFor(id order.SubmissionID, sealed []byte) (buyer.Credentials, error) {
	packed, err := s.keys.OpenSubmission(string(id), sealed)
	if err != nil {
		return buyer.Credentials{}, err
	}
	return buyer.Unpack(packed)
}

// look returns what a buyer agrees to who presses the button below it.
func (c *shop) look() order.Agreement {
	review, err := c.desk.Review(context.Background(), c.account, c.credentials)
	if err != nil {
		say("failed review: %v", err)
	}
	say("looked")
	return order.Agreement{CartVersion: review.Cart.Version, Token: review.Token}
}

// press presses the button in several tabs and tells what is seen until nothing is under way.
func (c *shop) press(agreed order.Agreement, tabs int) {
	ctx := context.Background()
	var presses sync.WaitGroup
	for range tabs {
		presses.Go(func() {
			if id, err := c.desk.Place(ctx, c.account, c.credentials, agreed); err != nil {
				say("failed press: %v", err)
			} else {
				c.know(id)
				say("pressed %s", id)
			}
		})
	}
	presses.Wait()
	done := make(chan struct{})
	go func() {
		_ = c.desk.Close(ctx)
		close(done)
	}()
	for tick := time.NewTicker(10 * time.Millisecond); ; {
		select {
		case <-tick.C:
			c.report()
			continue
		case <-done:
		}
		tick.Stop()
		c.report()
		say("done")
		return
	}
}

// report tells what the buyer's page would say: how his submissions stand, and a number known from memory.
func (c *shop) report() {
	ctx := context.Background()
	_, err := c.state.Cart(ctx, c.account.ID)
	open, unread := c.state.Unsettled(ctx, c.account.ID, time.Time{})
	for _, s := range open {
		c.know(s.ID)
	}
	err = errors.Join(err, unread)
	for _, id := range c.known() {
		s, unread := c.state.Submission(ctx, c.account.ID, id)
		if unread == nil {
			say("state %s order=%s answered=%s", s.State, s.OrderID, c.desk.Answered(c.account.ID, s.ID))
		}
		err = errors.Join(err, unread)
	}
	if err != nil {
		say("failed reading: %v", err)
	}
}

func (c *shop) know(id order.SubmissionID) {
	c.mu.Lock()
	defer c.mu.Unlock()
	if !slices.Contains(c.ids, id) {
		c.ids = append(c.ids, id)
	}
}

func (c *shop) known() []order.SubmissionID {
	c.mu.Lock()
	defer c.mu.Unlock()
	return slices.Clone(c.ids)
}

// disk does all that writes on one thread of its own. strace counts calls by thread: on one they can be numbered.
type disk struct {
	*state.Store
	jobs chan func()
}

func newDisk(store *state.Store) *disk {
	d := &disk{store, make(chan func())}
	go func() {
		runtime.LockOSThread()
		for job := range d.jobs {
			job()
		}
	}()
	return d
}

func (d *disk) do(job func() error) error {
	done := make(chan error)
	d.jobs <- func() { done <- job() }
	return <-done
}

func (d *disk) Prepare(ctx context.Context, s order.Submission) error {
	err := d.do(func() error { return d.Store.Prepare(ctx, s) })
	told(order.Prepared, err)
	return err
}

func (d *disk) Move(ctx context.Context, id order.SubmissionID, at order.State, epoch int64, change func(*order.Submission)) (moved order.Submission, err error) {
	err = d.do(func() (err error) {
		moved, err = d.Store.Move(ctx, id, at, epoch, change)
		return err
	})
	var wanted order.Submission
	change(&wanted)
	told(wanted.State, err)
	return moved, err
}

func told(to order.State, err error) {
	if err != nil {
		say("unwritten %s: %v", to, err)
		return
	}
	say("written %s", to)
}

func (d *disk) Touch(ctx context.Context, s order.Submission) error {
	return d.do(func() error { return d.Store.Touch(ctx, s) })
}

func (d *disk) SaveOrders(ctx context.Context, b buyer.ID, orders []order.Order) error {
	return d.do(func() error { return d.Store.SaveOrders(ctx, b, orders) })
}

func (d *disk) SaveOrder(ctx context.Context, b buyer.ID, o order.Order) error {
	return d.do(func() error { return d.Store.SaveOrder(ctx, b, o) })
}
