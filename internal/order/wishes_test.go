package order_test

import (
	"errors"
	"strings"
	"testing"
	"time"

	"storefront/internal/buyer"
	"storefront/internal/order"
)

var moscow = time.FixedZone("MSK", 3*60*60)

func day(y int, m time.Month, d int) time.Time { return time.Date(y, m, d, 0, 0, 0, 0, time.UTC) }

func TestParseWishes(t *testing.T) {
	evening := time.Date(2026, time.November, 25, 23, 30, 0, 0, time.UTC).In(moscow) // the 26th there
	for name, c := range map[string]struct {
		number, day string
		want        order.Wishes
		err         error
	}{
		"nothing":                   {},
		"spaces are nothing":        {number: "  ", day: " "},
		"both":                      {number: " ЗК-17/2 ", day: "2026-12-01", want: order.Wishes{Number: "ЗК-17/2", Date: day(2026, time.December, 1)}},
		"today, where the buyer is": {day: "2026-11-26", want: order.Wishes{Date: day(2026, time.November, 26)}},
		"yesterday there":           {day: "2026-11-25", err: order.ErrWishPast},
		"no day":                    {day: "26.11.2026", err: order.ErrWishDate},
		"a day that is none":        {day: "2026-02-30", err: order.ErrWishDate},
		"as long as can be":         {number: strings.Repeat("я", 50), want: order.Wishes{Number: strings.Repeat("я", 50)}},
		"too long":                  {number: strings.Repeat("я", 51), err: order.ErrWishNumber},
		"a line that is no label":   {number: "1\nЖелаемая дата: 01.01.2027", err: order.ErrWishNumber},
		"Unicode's own new line":    {number: "1\u20282", err: order.ErrWishNumber},
		"not text":                  {number: "\xff", err: order.ErrWishNumber},
		"what the wire can't carry": {number: "a\x00", err: order.ErrWishNumber},
	} {
		t.Run(name, func(t *testing.T) {
			got, err := order.ParseWishes(c.number, c.day, evening)
			if !errors.Is(err, c.err) || got != c.want {
				t.Errorf("%+v, %v; want %+v, %v", got, err, c.want, c.err)
			}
		})
	}
}

func TestWishesStandAboveTheNote(t *testing.T) {
	both := order.Wishes{Number: "ЗК-17", Date: day(2026, time.November, 26)}
	above := "Номер заказа покупателя: ЗК-17\nЖелаемая дата: 26.11.2026"
	for name, c := range map[string]struct {
		wishes order.Wishes
		note   string
		want   string
		err    error
	}{
		"nothing":             {},
		"a note alone":        {note: " Самовывоз ", want: "Самовывоз"},
		"wishes alone":        {wishes: both, want: above},
		"a number and a note": {wishes: order.Wishes{Number: "7"}, note: "Самовывоз\r\nутром", want: "Номер заказа покупателя: 7\nСамовывоз\nутром"},
		"a day alone":         {wishes: order.Wishes{Date: both.Date}, want: "Желаемая дата: 26.11.2026"},
		"as long as can be":   {wishes: both, note: strings.Repeat("я", order.MaxNote-len([]rune(above))-1), want: above + "\n" + strings.Repeat("я", order.MaxNote-len([]rune(above))-1)},
		"too long together":   {wishes: both, note: strings.Repeat("я", order.MaxNote-len([]rune(above))), err: order.ErrWishesTooLong},
		"too long by itself":  {wishes: both, note: strings.Repeat("я", order.MaxNote+1), err: order.ErrNoteTooLong},
		"not to be sent":      {wishes: both, note: "\x00", err: order.ErrNoteCharacters},
	} {
		t.Run(name, func(t *testing.T) {
			got, err := c.wishes.Compose(c.note)
			if !errors.Is(err, c.err) || got != c.want {
				t.Errorf("%q, %v; want %q, %v", got, err, c.want, c.err)
			}
		})
	}
}

// Wishes go with the note where the account may write notes, and stay with the order here in any case.
func TestWishesFollowTheOrder(t *testing.T) {
	wishes := order.Wishes{Number: "ЗК-17", Date: day(2100, time.January, 31)}
	composed := "Номер заказа покупателя: ЗК-17\nЖелаемая дата: 31.01.2100\n" + text
	for _, c := range []struct {
		name  string
		right buyer.Right
		note  string // of the order at the distributor
	}{
		{"with the right", buyer.RightEdit, composed},
		{"not known yet", buyer.RightUnknown, composed},
		{"without it", buyer.RightNone, ""},
	} {
		t.Run(c.name, func(t *testing.T) {
			open(t, func(s *shop) {
				a := buyer.Account{ID: "dealer", Right: c.right}
				s.must(s.store.SaveAccount(s.Context(), a))
				review, err := s.desk.Review(s.Context(), a, dealer)
				s.must(err)
				id, err := s.desk.Place(s.Context(), a, dealer, order.Agreement{
					CartVersion: review.Cart.Version, Token: review.Token, Note: text, Wishes: wishes,
				})
				s.must(err)
				s.must(s.desk.Close(s.Context()))
				sub := s.submission(id)
				o, err := s.store.Order(s.Context(), dealer.Buyer(), sub.OrderID)
				s.must(err)
				if o.Wishes != wishes || o.Note != c.note {
					s.Errorf("the order has %+v and the note %q, want %q", o.Wishes, o.Note, c.note)
				}
			})
		})
	}
}

// What was wished is offered again when the order was not sent, until another try or another cart.
func TestWishesAreKeptForTheNextTry(t *testing.T) {
	open(t, func(s *shop) {
		place := func(w order.Wishes) {
			review, err := s.desk.Review(s.Context(), account, dealer)
			s.must(err)
			_, err = s.desk.Place(s.Context(), account, dealer, order.Agreement{CartVersion: review.Cart.Version, Token: review.Token, Wishes: w})
			s.must(err)
			s.must(s.desk.Close(s.Context()))
		}
		want := func(w order.Wishes) {
			s.Helper()
			if got, err := s.store.CartWishes(s.Context(), dealer.Buyer(), s.cart().ID); err != nil || got != w {
				s.Errorf("%+v, %v; want %+v", got, err, w)
			}
		}
		wishes := order.Wishes{Number: "ЗК-17"}
		want(order.Wishes{})
		s.next("Orders", fails(refusedTCP))
		place(wishes)
		want(wishes)
		s.next("Orders", fails(refusedTCP))
		place(order.Wishes{})
		want(order.Wishes{})
		place(wishes)
		want(order.Wishes{}) // a new cart
	})
}
