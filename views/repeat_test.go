package views_test

import (
	"context"
	"strings"
	"testing"

	"github.com/a-h/templ"

	"storefront/internal/catalog"
	"storefront/internal/money"
	"storefront/internal/order"
	"storefront/views"
)

// repeatSource is an order with a line of each fate: the same, short with more elsewhere, nowhere, on request, gone.
func repeatSource() views.RepeatSource {
	o := shippedOrder()
	o.Currency = money.USD
	o.Lines = []order.Line{
		orderedLine("2C918150", "24", "24", "6.35"), orderedLine("0609-001174", "10", "10", "70"), orderedLine("023-28422-401", "2", "2", "2.5"),
		orderedLine("A/1", "1", "1", "3"), orderedLine("ZZ99", "1", "1", "40"),
	}
	offered := func(id catalog.ItemID) (catalog.Offer, bool) {
		found, _, ok := offer(id)
		return found, ok
	}
	return views.RepeatSource{
		Order: o, Lines: order.Repeat(o, offered, false, money.USD, rate), Items: items(),
		Shelf: views.Shelf{Offer: offer, Rate: rate, Now: now},
	}
}

func repeatWith(change func(*views.RepeatSource)) views.RepeatSource {
	s := repeatSource()
	change(&s)
	return s
}

func repeat(name string, s views.RepeatSource) page {
	return page{name, func(ctx context.Context) templ.Component {
		return views.RepeatPage(frame("", ""), views.NewRepeat(ctx, s))
	}}
}

func TestEveryDifferenceIsNamed(t *testing.T) {
	rows := views.NewRepeat(russian(t), repeatSource()).Rows
	for i, want := range []struct {
		words  []string
		chosen bool
	}{
		{[]string{"Без изменений"}, true},
		{[]string{"Дороже: было 70,00\u00a0$, сейчас 71,90\u00a0$", "В филиале 3, не хватает 7. Ещё есть: в Москве 120, в пути 500 (ждут 02.12.2026)."}, true},
		{[]string{"Дешевле: было 2,50\u00a0$, сейчас 2,10\u00a0$", "В филиале нет. Больше нигде нет."}, true},
		{[]string{"Цена по запросу: в корзину не положить, можно наблюдать"}, false},
		{[]string{"Нет в вашем прайс-листе"}, false},
	} {
		var got []string
		for _, n := range rows[i].Notes {
			got = append(got, n.Text)
		}
		if strings.Join(got, "|") != strings.Join(want.words, "|") || rows[i].Chosen != want.chosen {
			t.Errorf("%s: %q, chosen %v, want %q, %v", rows[i].ItemID, got, rows[i].Chosen, want.words, want.chosen)
		}
	}
}

func TestWhatWasTypedForARepetitionStays(t *testing.T) {
	s := repeatSource()
	s.Choice = views.ReadRepeat(s.Lines, map[string]string{"take:2C918150": "1", "quantity:2C918150": "пять", "quantity:0609-001174": "7", "take:НЕТ": "1"})
	page := document(t, russian(t), views.RepeatPage(frame("", ""), views.NewRepeat(russian(t), s)))
	for id, want := range map[string]struct {
		quantity string
		taken    bool
	}{"2C918150": {"пять", true}, "0609-001174": {"7", false}, "023-28422-401": {"2", false}} {
		row := page.Find(`[data-testid="repeat-line"][data-item-id="` + id + `"]`)
		_, taken := row.Find("[type=checkbox]").Attr("checked")
		if got := row.Find(`[name="quantity:`+id+`"]`).AttrOr("value", ""); got != want.quantity || taken != want.taken {
			t.Errorf("%s: %q, taken %v", id, got, taken)
		}
	}
	if len(s.Choice) != len(s.Lines) {
		t.Errorf("%d choices for %d lines", len(s.Choice), len(s.Lines))
	}
}

func TestWhatWasPutIsSaidOfItsOwnOrderOnly(t *testing.T) {
	put := views.Put{Order: "4650 Б", Watched: true, Lines: 3, Pieces: dec("17")}
	if got := views.ReadPut(put.String(), "4650 Б"); got.Order != put.Order || !got.Watched || got.Lines != 3 || !got.Pieces.Equal(put.Pieces) {
		t.Errorf("read back: %+v", got)
	}
	for _, kept := range []string{put.String(), "", "true x 1 4650", "true 3 x 4650", "true"} {
		if got := views.ReadPut(kept, "4650"); got.Lines != 0 {
			t.Errorf("%q is read as %+v", kept, got)
		}
	}
}
