package order_test

import (
	"context"
	"io"
	"log/slog"
	"maps"
	"slices"
	"testing"
	"testing/synctest"
	"time"

	"github.com/shopspring/decimal"
	"go.uber.org/goleak"

	"storefront/internal/buyer"
	"storefront/internal/catalog"
	"storefront/internal/errkind"
	"storefront/internal/order"
	"storefront/internal/secret"
	"storefront/store/state"
)

func TestMain(m *testing.M) { goleak.VerifyTestMain(m) }

const quiet = 15 * time.Minute

var (
	dealer  = buyer.Credentials{Login: "dealer", Password: secret.New("Пароль")}
	account = buyer.Account{ID: "dealer", Right: buyer.RightEdit}
)

// stores is everything the desk keeps.
type stores interface {
	order.CartStore
	order.SubmissionStore
	order.OrderStore
	order.WishStore
	order.EditStore
	order.RescueStore
	buyer.AccountStore
}

// shop is a desk with a buyer in front of it. Time stands still but for sleeping.
type shop struct {
	*testing.T
	*fakeDistributor
	store    stores
	desk     *order.Desk
	register *buyer.Register
	shown    map[catalog.ItemID]order.Shown
}

// open runs a test over each kind of store, in a bubble of time, with two items in the dealer's cart.
func open(t *testing.T, test func(s *shop)) {
	kinds := map[string]func(t *testing.T) stores{
		"memory": func(*testing.T) stores { return newMemory() },
		"sqlite": func(t *testing.T) stores {
			store, err := state.Open(t.Context(), t.TempDir(), time.Now)
			if err != nil {
				t.Fatal(err)
			}
			t.Cleanup(func() { _ = store.Close() })
			return store
		},
	}
	for _, kind := range slices.Sorted(maps.Keys(kinds)) {
		t.Run(kind, func(t *testing.T) {
			synctest.Test(t, func(t *testing.T) { test(newShop(t, kinds[kind](t))) })
		})
	}
}

func newShop(t *testing.T, store stores) *shop {
	s := &shop{T: t, fakeDistributor: newFake(), store: store, register: buyer.NewRegister(time.Now), shown: map[catalog.ItemID]order.Shown{}}
	s.desk = s.newDesk(store, s.fakeDistributor)
	s.price("2C918150", "12.50", 100)
	s.price("0609-001174", "3.10", 4)
	s.must(store.SaveAccount(t.Context(), account))
	s.add("2C918150", 2)
	s.add("0609-001174", 7)
	return s
}

func (s *shop) newDesk(store stores, distributor order.Distributor) *order.Desk {
	return order.NewDesk(order.DeskOptions{
		Carts: store, Submissions: store, Orders: store, Edits: store, Rescues: store, Wishes: store, Accounts: store, Distributor: distributor, Sealer: box{},
		Register: s.register, Quiet: quiet, Deviation: decimal.NewFromInt(1), Now: time.Now,
		Log: slog.New(slog.NewTextHandler(io.Discard, nil)),
		Shown: func(context.Context, buyer.ID, []catalog.ItemID) (map[catalog.ItemID]order.Shown, error) {
			return s.shown, nil
		},
	})
}

// box seals by writing the submission's id before the credentials: enough to see that they are bound to it.
type box struct{}

func (box) SealFor(id order.SubmissionID, c buyer.Credentials) ([]byte, error) {
	return append([]byte(id+"|"), c.Pack()...), nil
}

func (box) OpenFor(id order.SubmissionID, sealed []byte) (buyer.Credentials, error) {
	return buyer.Unpack(sealed[len(id)+1:])
}

func (s *shop) must(err error) {
	s.Helper()
	if err != nil {
		s.Fatal(err)
	}
}

// price sets what the service offers and what the buyer was shown.
func (s *shop) price(item catalog.ItemID, price string, available int64) {
	p := decimal.RequireFromString(price)
	s.offers[item] = catalog.Offer{ItemID: item, Price: &p, Available: decimal.NewFromInt(available)}
	s.shown[item] = order.Shown{Name: "Картридж " + string(item), Price: &p}
}

func (s *shop) add(item catalog.ItemID, quantity int64) {
	s.Helper()
	_, err := s.store.AddLine(s.Context(), dealer.Buyer(), item, decimal.NewFromInt(quantity))
	s.must(err)
}

func (s *shop) cart() order.Cart {
	s.Helper()
	c, err := s.store.Cart(s.Context(), dealer.Buyer())
	s.must(err)
	return c
}

// press reviews the cart and agrees to it.
func (s *shop) press(note string) order.SubmissionID {
	s.Helper()
	review, err := s.desk.Review(s.Context(), account, dealer)
	s.must(err)
	id, err := s.desk.Place(s.Context(), account, dealer, order.Agreement{CartVersion: review.Cart.Version, Token: review.Token, Note: note})
	s.must(err)
	return id
}

func (s *shop) submission(id order.SubmissionID) order.Submission {
	s.Helper()
	sub, err := s.store.Submission(s.Context(), dealer.Buyer(), id)
	s.must(err)
	return sub
}

// running runs the desk until the end of the test.
func (s *shop) running(desk *order.Desk) (stop func()) {
	ctx, cancel := context.WithCancel(s.Context())
	done := make(chan struct{})
	go func() {
		defer close(done)
		desk.Run(ctx)
	}()
	return func() {
		cancel()
		<-done
		s.must(desk.Close(s.Context()))
	}
}

func (s *shop) wantState(id order.SubmissionID, want order.State) {
	s.Helper()
	if got := s.submission(id).State; got != want {
		s.Errorf("after %s the submission is %s, want %s", time.Since(s.submission(id).CreatedAt), got, want)
	}
}

func (s *shop) wantCount(counts map[string]int, operation string, want int) {
	s.Helper()
	if got := s.count(counts, operation); got != want {
		s.Errorf("%s: %d times, want %d", operation, got, want)
	}
}

func wantKind(t *testing.T, err error, want errkind.Kind) {
	t.Helper()
	if got := errkind.Of(err); got != want {
		t.Errorf("error %v is of kind %q, want %q", err, got, want)
	}
}

func quantity(n int64) decimal.Decimal { return decimal.NewFromInt(n) }
