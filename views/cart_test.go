package views_test

import (
	"testing"
	"time"

	"storefront/internal/catalog"
	"storefront/internal/money"
	"storefront/internal/order"
	"storefront/views"
)

func cartLineOf(t *testing.T, p views.Cart, id string) views.CartLine {
	t.Helper()
	for _, l := range p.Lines {
		if l.ItemID == id {
			return l
		}
	}
	t.Fatalf("no line of %s", id)
	return views.CartLine{}
}

func TestTheTotalIsExactAndOfWhatCanBeOrdered(t *testing.T) {
	p := views.NewCart(russian(t), fullCart())
	// 24 × 6.35 + 10 × 71.90 + 2 × 2.10; the item on request and the one that is gone cost nothing.
	if p.Total.Plain != "875.6" || p.Total.Text != "875,60\u00a0$" {
		t.Errorf("total = %+v", p.Total)
	}
	if p.TotalRUB.Plain != "80955.09" {
		t.Errorf("total in roubles = %+v", p.TotalRUB)
	}
	if p.Left != 2 || !p.Orderable {
		t.Errorf("left = %d, orderable = %v", p.Left, p.Orderable)
	}
}

func TestEveryLineSaysWhatStandsInItsWay(t *testing.T) {
	p := views.NewCart(russian(t), fullCart())
	for id, want := range map[string]struct{ blocked, short bool }{
		"2C918150": {}, "0609-001174": {short: true}, "023-28422-401": {short: true}, "A/1": {blocked: true}, "ZZ99": {blocked: true},
	} {
		l := cartLineOf(t, p, id)
		if (l.Blocked != "") != want.blocked || (l.Short != "") != want.short {
			t.Errorf("%s: blocked %q, short %q", id, l.Blocked, l.Short)
		}
	}
	if short := cartLineOf(t, p, "0609-001174").Short; short != "В филиале только 3, не хватает 7." {
		t.Errorf("the three stocks are never added up: %q", short)
	}
}

func TestAShortageIsOfTheBranchAlone(t *testing.T) {
	for _, c := range []struct{ available, main, transit, want string }{
		{"10", "0", "0", ""},
		{"9", "500", "0", "В филиале только 9, не хватает 1."},
		{"0", "500", "0", "В филиале нет, зарезервировать сразу могут не всё."},
		{"0", "0", "7", "В филиале нет, зарезервировать сразу могут не всё."},
		{"-2", "0", "0", "Нет ни в филиале, ни в Москве, ни в пути."},
	} {
		s := cartWith(func(s *views.CartSource) {
			s.Cart = cartOf(cartLine("2C918150", "10"))
			s.Offer = func(id catalog.ItemID) (catalog.Offer, time.Time, bool) {
				return catalog.Offer{ItemID: id, Price: known("1"), Available: dec(c.available), MainOffice: dec(c.main), Transit: dec(c.transit)}, now, true
			}
		})
		if got := views.NewCart(russian(t), s).Lines[0].Short; got != c.want {
			t.Errorf("10 wanted of %s, %s, %s: %q, want %q", c.available, c.main, c.transit, got, c.want)
		}
	}
}

func TestQuantitiesAreRoundedUpToWholePackages(t *testing.T) {
	for quantity, want := range map[string]string{"1": "10", "9": "10", "10": "", "11": "20", "100": "", "99999": "100000", "100000": ""} {
		s := cartWith(func(s *views.CartSource) { s.Cart = cartOf(cartLine("2C918150", quantity)) })
		if got := views.NewCart(russian(t), s).Lines[0].Pack.RoundTo; got != want {
			t.Errorf("%s of 10 in a package rounds to %q, want %q", quantity, got, want)
		}
	}
	s := cartWith(func(s *views.CartSource) { s.Cart = cartOf(cartLine("0609-001174", "3")) })
	if pack := views.NewCart(russian(t), s).Lines[0].Pack; pack.Text != "" || pack.RoundTo != "" {
		t.Errorf("a package of one piece needs no hint: %+v", pack)
	}
}

func TestWeightAndPackagesSayHowMuchIsKnown(t *testing.T) {
	p := views.NewCart(russian(t), fullCart())
	// 24 × 0.82 + 10 × 1.1 gross, and 2 of 20 pieces that weigh 4.2 together.
	if want := "≈ 31,1 кг (известно для 3 из 5)"; p.Weight != want {
		t.Errorf("weight %q, want %q", p.Weight, want)
	}
	if want := "12 упаковок + 6 штук (известно для 3 из 5)"; p.Boxes != want {
		t.Errorf("packages %q, want %q", p.Boxes, want)
	}
	s := cartWith(func(s *views.CartSource) { s.Cart = cartOf(cartLine("2C918150", "20")) })
	if p := views.NewCart(russian(t), s); p.Weight != "≈ 16,4 кг" || p.Boxes != "2 упаковки" {
		t.Errorf("all known: %q, %q", p.Weight, p.Boxes)
	}
	s.Cart = cartOf(cartLine("2C918150", "5"))
	if p := views.NewCart(russian(t), s); p.Boxes != "5 штук" {
		t.Errorf("no whole package: %q", p.Boxes)
	}
}

func TestALoadingPriceListPromisesNothing(t *testing.T) {
	p := views.NewCart(russian(t), cartWith(func(s *views.CartSource) { s.Offer, s.Loading = noOffer, true }))
	if !p.Pending || p.Left != 0 {
		t.Errorf("pending = %v, left = %d", p.Pending, p.Left)
	}
	for _, l := range p.Lines {
		if l.Offer.Known || l.Blocked != "" || l.Sum.Known() {
			t.Errorf("%s is shown as known: %+v", l.ItemID, l)
		}
	}
}

func TestThereIsNothingToOrder(t *testing.T) {
	for name, change := range map[string]func(*views.CartSource){
		"an empty cart":     func(s *views.CartSource) { s.Cart.Lines = nil },
		"only on request":   func(s *views.CartSource) { s.Cart = cartOf(cartLine("A/1", "1")) },
		"only what is gone": func(s *views.CartSource) { s.Cart = cartOf(cartLine("ZZ99", "1")) },
		"a frozen cart":     func(s *views.CartSource) { s.Cart.Frozen, s.Open = true, "k7q2m4" },
	} {
		t.Run(name, func(t *testing.T) {
			ctx := russian(t)
			p := views.NewCart(ctx, cartWith(change))
			if p.Orderable {
				t.Error("the cart is said to be orderable")
			}
			page := document(t, ctx, views.CartPage(frame("", ""), p))
			if page.Find(`main a[href="/checkout"]`).Length() != 0 {
				t.Error("the page leads to the checkout")
			}
		})
	}
}

func TestAFrozenCartCannotBeChangedAndLeadsToItsSubmission(t *testing.T) {
	ctx := russian(t)
	s := cartWith(func(s *views.CartSource) { s.Cart.Frozen, s.Open = true, "k7q2m4" })
	page := document(t, ctx, views.CartPage(frame("", ""), views.NewCart(ctx, s))).Find("main")
	if n := page.Find("form").Length(); n != 0 {
		t.Errorf("%d forms are left", n)
	}
	if page.Find(`a[href="/submissions/k7q2m4"]`).Length() != 1 {
		t.Error("there is no way to the submission")
	}
}

func TestTheOldestPriceDecidesTheAge(t *testing.T) {
	s := fullCart()
	s.Offer = func(id catalog.ItemID) (catalog.Offer, time.Time, bool) {
		o, _, ok := offer(id)
		if id == "A/1" {
			return o, ago(5 * time.Hour), ok
		}
		return o, ago(time.Hour), ok
	}
	if got := views.NewCart(russian(t), s).ReadAt.Text; got != "09:32" {
		t.Errorf("prices are said to be of %s", got)
	}
}

func TestLinesOfACartAreForms(t *testing.T) {
	ctx := russian(t)
	s := cartWith(func(s *views.CartSource) { s.Cart.Lines = []order.CartLine{cartLine("A/1", "4")} })
	line := document(t, ctx, views.CartPage(frame("", ""), views.NewCart(ctx, s))).Find(`[data-testid="cart-line"]`)
	if id, _ := line.Attr("data-item-id"); id != "A/1" {
		t.Errorf("data-item-id = %q", id)
	}
	form := line.Find("form.quantity")
	if action, _ := form.Attr("action"); action != "/cart/items/A%2F1" {
		t.Errorf("action = %q", action)
	}
	if value, _ := form.Find(`input[name="quantity"]`).Attr("value"); value != "4" {
		t.Errorf("quantity = %q", value)
	}
}

func TestWithoutARateTheServicesOwnRoublesAreShown(t *testing.T) {
	source := cartWith(func(s *views.CartSource) {
		s.Rate = money.Rate{}
		s.Offer = func(id catalog.ItemID) (catalog.Offer, time.Time, bool) {
			o, at, ok := offer(id)
			if id == "2C918150" {
				o.PriceLocal = known("587.12")
			}
			return o, at, ok
		}
	})
	p := views.NewCart(russian(t), source)
	if got := cartLineOf(t, p, "2C918150").Offer.PriceRUB.Plain; got != "587.12" {
		t.Errorf("roubles = %q, want those of the service", got)
	}
	if got := cartLineOf(t, p, "0609-001174").Offer.PriceRUB; got.Known() {
		t.Errorf("roubles = %q where nobody named any", got.Text)
	}
}

func TestPricesAreInTheUnitsOfTheService(t *testing.T) {
	p := views.NewCart(money.WithUnits(russian(t), money.KZN), fullCart())
	if p.Total.Text != "875,60\u00a0₸" || p.TotalRUB.Known() {
		t.Errorf("total = %+v, in roubles %+v: the rate is of dollars", p.Total, p.TotalRUB)
	}
}
