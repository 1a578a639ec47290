package views_test

import (
	"strings"
	"testing"
	"time"

	"storefront/internal/buyer"
	"storefront/internal/order"
	"storefront/views"
)

func checkoutOf(t *testing.T, r order.Review) views.Checkout {
	return views.NewCheckout(russian(t), views.CheckoutSource{Review: r, Rate: rate, Now: now, Right: buyer.RightEdit})
}

func TestDifferencesAreSaidLineByLine(t *testing.T) {
	p := checkoutOf(t, changedReview())
	for i, want := range []string{
		"Цена выросла, была 6,10\u00a0$.",
		"Цена снизилась, была 75,00\u00a0$. В филиале только 3, не хватает 7.",
		"Нет ни в филиале, ни в Москве, ни в пути.",
		"В заказ не войдёт: цена теперь «по запросу».",
		"В заказ не войдёт: в вашем прайс-листе его больше нет.",
	} {
		if got := p.Lines[i].Change; got != want {
			t.Errorf("%s: %q, want %q", p.Lines[i].ItemID, got, want)
		}
	}
	if p.Changed != 5 || p.Left != 2 || !p.Orderable {
		t.Errorf("changed %d, left %d, orderable %v", p.Changed, p.Left, p.Orderable)
	}
	if p.Total.Plain != "875.6" || p.Before.Text != "900,60\u00a0$" {
		t.Errorf("total %+v, before %+v", p.Total, p.Before)
	}
}

func TestTheTokenIsGivenOnlyWithConsent(t *testing.T) {
	ctx := russian(t)
	for name, c := range map[string]struct {
		review  order.Review
		consent bool
	}{
		"nothing differs":   {review(false, reviewLine("2C918150", "24", "6.35", nil)), false},
		"something differs": {changedReview(), true},
	} {
		t.Run(name, func(t *testing.T) {
			form := document(t, ctx, views.CheckoutPage(frame("", ""), checkoutOf(t, c.review))).Find("form.checkout")
			box, hidden := form.Find(`input[type="checkbox"][name="agree"]`), form.Find(`input[type="hidden"][name="token"]`)
			given := hidden
			if c.consent {
				given = box
			}
			if box.Length()+hidden.Length() != 1 || given.AttrOr("value", "") != "c1.0011223344556677" {
				t.Errorf("box %d, hidden token %d", box.Length(), hidden.Length())
			}
			if got := form.Find(`input[name="cart_version"]`).AttrOr("value", ""); got != "7" {
				t.Errorf("cart_version = %q", got)
			}
			if form.Find(`textarea[name="note"]`).Length() != 1 {
				t.Error("there is no note")
			}
		})
	}
}

// Enter in a field presses the form's first button. That one does nothing, so that nothing is sent or put in by a slip.
func TestEnterAtCheckoutPressesNothing(t *testing.T) {
	ctx := russian(t)
	p := views.NewCheckout(ctx, views.CheckoutSource{Review: changedReview(), NoteTexts: noteTemplates(), Now: now})
	first := document(t, ctx, views.CheckoutPage(frame("", ""), p)).Find("form.checkout").Find("button, input[type=submit]").First()
	if _, disabled := first.Attr("disabled"); !disabled || first.AttrOr("type", "") != "submit" {
		t.Errorf("the first button is %q", first.AttrOr("id", ""))
	}
}

// A day that has passed since it was wished can't be wished again.
func TestAPassedDayIsNotOfferedAgain(t *testing.T) {
	day := func(d int) time.Time { return time.Date(2026, time.November, d, 0, 0, 0, 0, time.UTC) }
	for d, want := range map[int]string{22: "", 23: "2026-11-23", 24: "2026-11-24"} {
		form := views.NewWishForm(order.Wishes{Number: "7", Date: day(d)}, now)
		if form.Day != want || form.Number != "7" || form.Today != "2026-11-23" {
			t.Errorf("the %d.: %+v", d, form)
		}
	}
}

func TestNothingIsSentUnread(t *testing.T) {
	ctx := russian(t)
	p := checkoutOf(t, order.Review{Cart: cartOf(cartLine("2C918150", "1"))})
	if p.Orderable || p.Empty() {
		t.Errorf("orderable %v, empty %v", p.Orderable, p.Empty())
	}
	if document(t, ctx, views.CheckoutPage(frame("", ""), p)).Find("main form").Length() != 0 {
		t.Error("an unread review can be sent")
	}
}

func TestWhoMayNotEditLearnsThatHisNoteStaysHere(t *testing.T) {
	for right, private := range map[buyer.Right]bool{buyer.RightNone: true, buyer.RightEdit: false, buyer.RightUnknown: false} {
		p := views.NewCheckout(russian(t), views.CheckoutSource{Right: right, Now: now})
		if got := strings.HasPrefix(p.Note.Hint, "Видна только вам"); got != private {
			t.Errorf("right %q: %q", right, p.Note.Hint)
		}
	}
}
