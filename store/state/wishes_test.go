package state_test

import (
	"testing"
	"time"

	"storefront/internal/buyer"
	"storefront/internal/order"
	"storefront/store/state"
	"storefront/store/storetest"
)

var wished = order.Wishes{Number: "ЗК/17-Ё", Date: time.Date(2026, time.November, 26, 0, 0, 0, 0, time.UTC)}

func wish(t testing.TB, s *state.Store, b buyer.ID, id order.SubmissionID, w order.Wishes) {
	t.Helper()
	if err := s.SetWishes(t.Context(), b, id, w); err != nil {
		t.Fatal(err)
	}
}

func cartWishes(t testing.TB, s *state.Store, b buyer.ID, cart order.CartID) order.Wishes {
	t.Helper()
	w, err := s.CartWishes(t.Context(), b, cart)
	if err != nil {
		t.Fatal(err)
	}
	return w
}

// wishing prepares a submission of ivan's cart, with wishes.
func wishing(t testing.TB, s *state.Store, id order.SubmissionID, w order.Wishes) order.Submission {
	t.Helper()
	wish(t, s, "ivan", id, w)
	return prepared(t, s, id)
}

// Wishes become the order's with the very move that says which order it is, and are shown and found with it from then on.
func TestWishesBecomeTheOrders(t *testing.T) {
	s := storetest.State(t, time.Now)
	sub := wishing(t, s, "one", wished)
	o, other := storetest.Order(1), storetest.Order(2)
	o.ID = "ЗК-one"
	saveOrder(t, s, "ivan", o)
	saveOrder(t, s, "ivan", other)
	saveOrder(t, s, "maria", o) // who sees the same order, and wished nothing
	if w := getOrder(t, s, o.ID).Wishes; !w.None() {
		t.Errorf("before it is known which order it is: %+v", w)
	}
	move(t, s, sub, order.Baselined, order.Sending, order.Confirmed)
	if w := getOrder(t, s, o.ID).Wishes; w != wished {
		t.Errorf("on the order: %+v", w)
	}
	list, _, err := s.Orders(t.Context(), "ivan", order.Filter{})
	if err != nil || len(list) != 2 || !list[0].Wishes.None() || list[1].Wishes != wished {
		t.Errorf("in the list: %+v, %v", list, err)
	}
	for text, want := range map[string]int{"зк/17-е": 1, "26.11.2026": 1, "ЗК/17 26.11": 1, "27.11.2026": 0, "%": 0} {
		if found, _ := ids(t, s, order.Filter{Text: text}); len(found) != want {
			t.Errorf("%q finds %v", text, found)
		}
	}
	if found, _, err := s.Orders(t.Context(), "maria", order.Filter{Text: "ЗК/17"}); err != nil || len(found) != 0 {
		t.Errorf("another buyer finds %+v, %v", found, err)
	}
	if got, err := s.Order(t.Context(), "maria", o.ID); err != nil || !got.Wishes.None() {
		t.Errorf("another buyer is shown %+v, %v", got.Wishes, err)
	}
}

func TestWishesOfALaterTryReplaceTheFirst(t *testing.T) {
	s := storetest.State(t, time.Now)
	wish(t, s, "ivan", "one", order.Wishes{Number: "1"})
	sub := wishing(t, s, "one", wished)
	if w := cartWishes(t, s, "ivan", sub.Cart); w != wished {
		t.Errorf("%+v", w)
	}
	wish(t, s, "ivan", "one", order.Wishes{})
	if w := cartWishes(t, s, "ivan", sub.Cart); !w.None() {
		t.Errorf("taken back: %+v", w)
	}
}

func TestTheCartRemembersWhatWasWishedAtItsLastTry(t *testing.T) {
	s := storetest.State(t, time.Now)
	sub := wishing(t, s, "one", wished)
	move(t, s, sub, order.NotSent)
	if w := cartWishes(t, s, "ivan", sub.Cart); w != wished {
		t.Errorf("after it was not sent: %+v", w)
	}
	if w := cartWishes(t, s, "maria", sub.Cart); !w.None() {
		t.Errorf("another buyer's cart: %+v", w)
	}
	wishing(t, s, "two", order.Wishes{})
	if w := cartWishes(t, s, "ivan", sub.Cart); !w.None() {
		t.Errorf("after a try without: %+v", w)
	}
}
