package state_test

import (
	"errors"
	"fmt"
	"sync"
	"sync/atomic"
	"testing"
	"time"

	"storefront/internal/buyer"
	"storefront/internal/order"
	"storefront/store/storetest"
)

// Fifty buyers write at once, and others read all the while: nobody is told that the database is busy, nothing written is
// lost, and readers see whole carts.
func TestManyWritersAndReaders(t *testing.T) {
	const writers, edits, readers = 50, 8, 8
	s := storetest.State(t, time.Now)
	id := func(n int) buyer.ID { return buyer.ID(fmt.Sprintf("buyer-%d", n%writers)) }
	var done atomic.Bool
	var reading, writing sync.WaitGroup
	for n := range readers {
		reading.Go(func() {
			for i := n; !done.Load(); i++ {
				cart, err := s.Cart(t.Context(), id(i))
				if err != nil {
					t.Errorf("reading: %v", err)
					return
				}
				if len(cart.Lines) > 0 && cart.Version < int64(len(cart.Lines)) {
					t.Errorf("a cart of version %d has %d lines", cart.Version, len(cart.Lines))
				}
				if _, _, err := s.Orders(t.Context(), id(i), order.Filter{Text: "картридж"}); err != nil {
					t.Errorf("searching: %v", err)
				}
			}
		})
	}
	for n := range writers {
		writing.Go(func() {
			for i := range edits {
				_, err := s.AddLine(t.Context(), id(n), storetest.ItemID(i%4), pieces(1))
				err = errors.Join(err, s.SaveAccount(t.Context(), buyer.Account{ID: id(n), Right: buyer.RightEdit}))
				if err != nil {
					t.Errorf("writing: %v", err)
				}
			}
		})
	}
	writing.Wait()
	done.Store(true)
	reading.Wait()
	for n := range writers {
		cart, total := getCart(t, s, id(n)), pieces(0)
		for _, line := range cart.Lines {
			total = total.Add(line.Quantity)
		}
		if !total.Equal(pieces(edits)) {
			t.Errorf("%s has %s of %d pieces", id(n), total, edits)
		}
	}
}
