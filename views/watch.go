package views

import (
	"context"
	"slices"

	"storefront/internal/buyer"
	"storefront/internal/catalog"
	"storefront/internal/i18n"
	"storefront/internal/money"
	"storefront/views/ui"
)

// Star is the button that puts an item on the watch list and takes it off: a region that pressing replaces.
type Star struct {
	ItemID, Name string
	On           bool
	Wide         bool // with a word beside it
}

// NewStar makes the star of an item.
func NewStar(id catalog.ItemID, name string, on, wide bool) Star {
	return Star{ItemID: string(id), Name: name, On: on, Wide: wide}
}

// url is where pressing the star is posted to.
func (s Star) url() string {
	if s.On {
		return WatchURL(catalog.ItemID(s.ItemID))
	}
	return WatchesURL
}

func (s Star) class() string {
	c := "btn star-button"
	if s.Wide {
		c += " btn-plain"
	} else {
		c += " btn-ghost btn-square"
	}
	if s.On {
		c += " is-on"
	}
	return c
}

// key names the word beside a wide star.
func (s Star) key() string {
	if s.On {
		return "watch.on"
	}
	return "watch.off"
}

// StarredText says what became of a press of the star.
func StarredText(ctx context.Context, id catalog.ItemID, on bool) string {
	if on {
		return i18n.T(ctx, "watch.added", "Article", string(id))
	}
	return i18n.T(ctx, "watch.removed", "Article", string(id))
}

// marks are the badges of what of an item's mark holds.
func marks(ctx context.Context, w buyer.Watch, offer catalog.Offer) []Label {
	var held []Label
	for _, wanted := range w.Holds(offer) {
		held = append(held, Label{Code: "mark-" + string(wanted), Text: wantedText(ctx, wanted, w.Mark), Tone: ui.Success})
	}
	return held
}

func wantedText(ctx context.Context, wanted buyer.Wanted, m buyer.Mark) string {
	if wanted == buyer.WantedPrice {
		return i18n.T(ctx, "watch.wanted.price", "Price", money.Format(*m.Price, money.Units(ctx), i18n.Lang(ctx)))
	}
	return i18n.T(ctx, "watch.wanted."+string(wanted))
}

// Lists is the page that says what lists there are.
type Lists struct {
	Watched string // «12 товаров»
	Held    string // «сработало 3 отметки»; empty where none holds
	Empty   bool
}

// NewLists makes the page of lists.
func NewLists(ctx context.Context, watched, held int) Lists {
	p := Lists{Watched: i18n.N(ctx, "unit.items", watched), Empty: watched == 0}
	if held > 0 {
		p.Held = i18n.N(ctx, "watch.held", held)
	}
	return p
}

// WatchListSource is what the watch list is made from.
type WatchListSource struct {
	Watches     []buyer.Watch // of this page
	Items       []catalog.Item
	Total       int
	Page, Pages int
	// Typed is a price that was refused, of the item Wrong, and Problem says why.
	Typed   string
	Wrong   catalog.ItemID
	Problem *Problem
	Shelf
}

// WatchList is the watch list.
type WatchList struct {
	Count   string
	Rows    []WatchRow
	Paging  ui.Paging
	Problem *Problem
}

// WatchRow is an item on the watch list with the mark put on it.
type WatchRow struct {
	ItemRow
	Since        Moment
	Anchor       string // id of the row, to come back to
	Wish         string // «цена не выше 10,00 $, есть в филиале»; empty without a mark
	Price        string // as it is typed
	Error        string // what is wrong with it
	Branch, Main bool
}

// NewWatchList makes the watch list. Items that are not known any longer are shown by their number.
func NewWatchList(ctx context.Context, s WatchListSource) WatchList {
	items := itemsByID(s.Items)
	page := WatchList{
		Count: i18n.N(ctx, "unit.items", s.Total), Problem: s.Problem,
		Paging: ui.Paging{Page: s.Page, Pages: s.Pages, URL: WatchListPage},
	}
	for _, w := range s.Watches {
		item, known := items[w.ItemID]
		if !known {
			item = catalog.Item{ID: w.ItemID, Name: string(w.ItemID)}
		}
		page.Rows = append(page.Rows, newWatchRow(ctx, w, item, s))
	}
	return page
}

func newWatchRow(ctx context.Context, w buyer.Watch, item catalog.Item, s WatchListSource) WatchRow {
	row := WatchRow{
		ItemRow: newItemRow(ctx, item, s.Shelf), Since: date(ctx, w.Since, s.Now), Anchor: watchAnchor(w.ItemID),
		Branch: w.Branch, Main: w.Main,
	}
	if w.Mark.Price != nil {
		row.Price = money.Quantity(*w.Mark.Price, i18n.Lang(ctx))
	}
	if s.Problem != nil && w.ItemID == s.Wrong {
		row.Price, row.Error = s.Typed, s.Problem.Text
	}
	for _, wanted := range []struct {
		what buyer.Wanted
		is   bool
	}{{buyer.WantedPrice, w.Mark.Price != nil}, {buyer.WantedBranch, w.Branch}, {buyer.WantedMain, w.Main}} {
		if wanted.is {
			row.Wish = join(row.Wish, wantedText(ctx, wanted.what, w.Mark))
		}
	}
	return row
}

func join(list, next string) string {
	if list == "" {
		return next
	}
	return list + " · " + next
}

func watchAnchor(id catalog.ItemID) string { return elementID("watch-", string(id)) }

// HeldMarks lists the items on a watch list whose mark holds.
func HeldMarks(watches []buyer.Watch, shelf Shelf) []buyer.Watch {
	return slices.DeleteFunc(slices.Clone(watches), func(w buyer.Watch) bool {
		offer, _, known := shelf.Offer(w.ItemID)
		return !known || len(w.Holds(offer)) == 0
	})
}
