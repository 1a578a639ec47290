package state_test

import (
	"errors"
	"fmt"
	"sync"
	"testing"
	"time"

	"github.com/google/go-cmp/cmp"
	"github.com/shopspring/decimal"
	"pgregory.net/rapid"

	"storefront/internal/buyer"
	"storefront/internal/catalog"
	"storefront/internal/order"
	"storefront/store/state"
	"storefront/store/storetest"
)

func pieces(n int64) decimal.Decimal { return decimal.NewFromInt(n) }

// fillCart puts n lines into a buyer's cart.
func fillCart(t testing.TB, s *state.Store, b buyer.ID, n int) (cart order.Cart) {
	t.Helper()
	for i := range n {
		var err error
		if cart, err = s.AddLine(t.Context(), b, storetest.ItemID(i), pieces(int64(i+1))); err != nil {
			t.Fatal(err)
		}
	}
	return cart
}

func getCart(t testing.TB, s *state.Store, b buyer.ID) order.Cart {
	t.Helper()
	cart, err := s.Cart(t.Context(), b)
	if err != nil {
		t.Fatal(err)
	}
	return cart
}

func TestACartKeepsItsLinesInTheOrderTheyCame(t *testing.T) {
	clock := storetest.NewClock()
	s := storetest.State(t, clock.Now)
	if empty := getCart(t, s, "ivan"); !cmp.Equal(empty, order.Cart{Buyer: "ivan"}) {
		t.Errorf("before anything was added: %+v", empty)
	}
	for _, item := range []catalog.ItemID{"Z", "A", "M"} {
		if _, err := s.AddLine(t.Context(), "ivan", item, pieces(2)); err != nil {
			t.Fatal(err)
		}
	}
	if _, err := s.AddLine(t.Context(), "ivan", "Z", pieces(3)); err != nil {
		t.Fatal(err)
	}
	cart, err := s.SetCartNote(t.Context(), "ivan", "к пятнице")
	if err != nil {
		t.Fatal(err)
	}
	at := storetest.Start
	want := order.Cart{ID: cart.ID, Buyer: "ivan", Version: cart.Version, Note: "к пятнице", Lines: []order.CartLine{
		{ItemID: "Z", Quantity: pieces(5), AddedAt: at}, {ItemID: "A", Quantity: pieces(2), AddedAt: at}, {ItemID: "M", Quantity: pieces(2), AddedAt: at},
	}}
	if diff := cmp.Diff(want, getCart(t, s, "ivan")); diff != "" || cart.ID == "" {
		t.Error(diff)
	}
}

func TestTheVersionGrowsWithEveryChangeAndOnlyThen(t *testing.T) {
	s := storetest.State(t, time.Now)
	before := fillCart(t, s, "ivan", 2).Version
	edits := []struct {
		name    string
		edit    func() (order.Cart, error)
		changes bool
	}{
		{"more of a line", func() (order.Cart, error) { return s.AddLine(t.Context(), "ivan", storetest.ItemID(0), pieces(1)) }, true},
		{"another quantity", func() (order.Cart, error) { return s.SetLine(t.Context(), "ivan", storetest.ItemID(0), pieces(7)) }, true},
		{"the same quantity", func() (order.Cart, error) { return s.SetLine(t.Context(), "ivan", storetest.ItemID(0), pieces(7)) }, false},
		{"a note", func() (order.Cart, error) { return s.SetCartNote(t.Context(), "ivan", "n") }, true},
		{"the same note", func() (order.Cart, error) { return s.SetCartNote(t.Context(), "ivan", "n") }, false},
		{"removing", func() (order.Cart, error) { return s.SetLine(t.Context(), "ivan", storetest.ItemID(0), pieces(0)) }, true},
		{"removing what is not there", func() (order.Cart, error) { return s.SetLine(t.Context(), "ivan", storetest.ItemID(0), pieces(0)) }, false},
	}
	for _, e := range edits {
		cart, err := e.edit()
		if err != nil {
			t.Fatal(err)
		}
		if changed := cart.Version > before; changed != e.changes {
			t.Errorf("%s: version %d after %d", e.name, cart.Version, before)
		}
		before = cart.Version
	}
}

func TestQuantitiesAreWholeAndBounded(t *testing.T) {
	tests := map[string]struct {
		quantity string
		add, set error
	}{
		"one":               {"1", nil, nil},
		"the most":          {"100000", nil, nil},
		"one too many":      {"100001", order.ErrQuantity, order.ErrQuantity},
		"half":              {"1.5", order.ErrQuantity, order.ErrQuantity},
		"a minus":           {"-1", order.ErrQuantity, order.ErrQuantity},
		"nothing":           {"0", order.ErrQuantity, nil},
		"beyond any number": {"1e300", order.ErrQuantity, order.ErrQuantity},
	}
	for name, test := range tests {
		t.Run(name, func(t *testing.T) {
			s := storetest.State(t, time.Now)
			if _, err := s.AddLine(t.Context(), "ivan", "A", storetest.Dec(test.quantity)); !errors.Is(err, test.add) {
				t.Errorf("AddLine: %v, want %v", err, test.add)
			}
			if _, err := s.SetLine(t.Context(), "ivan", "B", storetest.Dec(test.quantity)); !errors.Is(err, test.set) {
				t.Errorf("SetLine: %v, want %v", err, test.set)
			}
		})
	}
	s := storetest.State(t, time.Now)
	if _, err := s.AddLine(t.Context(), "ivan", "A", pieces(99_999)); err != nil {
		t.Fatal(err)
	}
	if _, err := s.AddLine(t.Context(), "ivan", "A", pieces(2)); !errors.Is(err, order.ErrQuantity) {
		t.Errorf("adding up beyond the bound: %v", err)
	}
	if got := getCart(t, s, "ivan").Lines[0].Quantity; !got.Equal(pieces(99_999)) {
		t.Errorf("a refused edit left %s", got)
	}
}

// Several lines are added all together or not at all.
func TestLinesAreAddedTogether(t *testing.T) {
	s := storetest.State(t, time.Now)
	before := fillCart(t, s, "ivan", 1)
	lines := []order.NewLine{{ItemID: storetest.ItemID(0), Quantity: pieces(3)}, {ItemID: "B", Quantity: pieces(2)}}
	cart, err := s.AddLines(t.Context(), "ivan", lines)
	if err != nil || cart.Version != before.Version+1 || len(cart.Lines) != 2 || !cart.Lines[0].Quantity.Equal(before.Lines[0].Quantity.Add(pieces(3))) {
		t.Errorf("%+v, %v", cart, err)
	}
	for name, wrong := range map[string]order.NewLine{"half a piece": {ItemID: "D", Quantity: storetest.Dec("0.5")}, "too many": {ItemID: "B", Quantity: pieces(order.MaxQuantity)}} {
		if _, err := s.AddLines(t.Context(), "ivan", []order.NewLine{{ItemID: "C", Quantity: pieces(1)}, wrong}); !errors.Is(err, order.ErrQuantity) {
			t.Errorf("%s: %v", name, err)
		}
	}
	many := make([]order.NewLine, order.MaxLines)
	for i := range many {
		many[i] = order.NewLine{ItemID: storetest.ItemID(100 + i), Quantity: pieces(1)}
	}
	if _, err := s.AddLines(t.Context(), "ivan", many); !errors.Is(err, order.ErrCartFull) {
		t.Errorf("more than a cart holds: %v", err)
	}
	if diff := cmp.Diff(cart, getCart(t, s, "ivan")); diff != "" {
		t.Errorf("a refused addition left something: %s", diff)
	}
}

func TestACartHoldsOnlySoManyLines(t *testing.T) {
	s := storetest.State(t, time.Now)
	fillCart(t, s, "ivan", 1)
	_, err := s.DB().Exec(t.Context(), `WITH RECURSIVE n (i) AS (SELECT 2 UNION ALL SELECT i + 1 FROM n WHERE i < $1)
		INSERT INTO cart_lines (buyer_id, item_id, quantity, added_in, added_at) SELECT 'ivan', 'item ' || i, 1, i, 0 FROM n`, order.MaxLines)
	if err != nil {
		t.Fatal(err)
	}
	if _, err := s.AddLine(t.Context(), "ivan", "one more", pieces(1)); !errors.Is(err, order.ErrCartFull) {
		t.Errorf("a new line: %v", err)
	}
	if _, err := s.AddLine(t.Context(), "ivan", storetest.ItemID(0), pieces(1)); err != nil {
		t.Errorf("more of an old line: %v", err)
	}
	if got := len(getCart(t, s, "ivan").Lines); got != order.MaxLines {
		t.Errorf("%d lines", got)
	}
}

func TestTwoTabsLoseNothing(t *testing.T) {
	s := storetest.State(t, time.Now)
	const edits = 100
	var tabs sync.WaitGroup
	for tab := range 2 {
		tabs.Go(func() {
			for n := range edits {
				if _, err := s.AddLine(t.Context(), "ivan", "shared", pieces(1)); err != nil {
					t.Error(err)
				}
				if _, err := s.SetLine(t.Context(), "ivan", catalog.ItemID(fmt.Sprintf("%d-%d", tab, n)), pieces(int64(n+1))); err != nil {
					t.Error(err)
				}
			}
		})
	}
	tabs.Wait()
	cart := getCart(t, s, "ivan")
	if len(cart.Lines) != 1+2*edits {
		t.Errorf("%d lines, want %d", len(cart.Lines), 1+2*edits)
	}
	for _, line := range cart.Lines {
		if line.ItemID == "shared" && !line.Quantity.Equal(pieces(2*edits)) {
			t.Errorf("%s pieces of the shared line, want %d", line.Quantity, 2*edits)
		}
	}
	if cart.Version != 1+4*edits {
		t.Errorf("version %d, want one for each of %d edits", cart.Version, 4*edits)
	}
}

// Whatever is done to a cart, it is what a simple model says.
func TestACartIsWhatWasDoneToIt(t *testing.T) {
	type edit struct {
		Item     catalog.ItemID
		Quantity int64
		Add      bool
	}
	edits := rapid.SliceOfN(rapid.Custom(func(r *rapid.T) edit {
		return edit{
			Item:     rapid.SampledFrom([]catalog.ItemID{"A", "B", "a", "Б"}).Draw(r, "item"),
			Quantity: rapid.OneOf(rapid.Int64Range(-1, 2), rapid.Int64Range(0, order.MaxQuantity+1)).Draw(r, "quantity"),
			Add:      rapid.Bool().Draw(r, "add"),
		}
	}), 1, 12)
	s := storetest.State(t, time.Now)
	buyers := 0
	rapid.Check(t, func(r *rapid.T) {
		buyers++
		b := buyer.ID(fmt.Sprintf("buyer %d", buyers))
		model := map[catalog.ItemID]int64{}
		for _, e := range edits.Draw(r, "edits") {
			change, want := s.SetLine, e.Quantity
			if e.Add {
				change, want = s.AddLine, model[e.Item]+e.Quantity
			}
			_, err := change(t.Context(), b, e.Item, pieces(e.Quantity))
			allowed := want <= order.MaxQuantity && (e.Quantity > 0 || e.Quantity == 0 && !e.Add)
			if allowed != (err == nil) {
				r.Fatalf("%+v on %v: %v", e, model, err)
			}
			if allowed {
				model[e.Item] = want
			}
			if model[e.Item] == 0 {
				delete(model, e.Item)
			}
		}
		got := map[catalog.ItemID]int64{}
		for _, line := range getCart(t, s, b).Lines {
			got[line.ItemID] = line.Quantity.IntPart()
		}
		if diff := cmp.Diff(model, got); diff != "" {
			r.Fatal(diff)
		}
	})
}
