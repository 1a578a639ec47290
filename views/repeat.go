package views

import (
	"context"
	"strconv"
	"strings"

	"github.com/shopspring/decimal"

	"storefront/internal/catalog"
	"storefront/internal/i18n"
	"storefront/internal/money"
	"storefront/internal/order"
)

// RepeatToCart and RepeatToWatch say where the chosen lines go: the values of the form's two buttons.
const (
	RepeatToCart  = "cart"
	RepeatToWatch = "watch"
)

// RepeatSource is what the page that repeats an order is made from.
type RepeatSource struct {
	Order order.Order
	Lines []order.RepeatLine
	Items []catalog.Item // descriptions of the lines, in any order; an item may be missing
	// Choice is what was sent; nil before the form was used: then everything that can be ordered is chosen.
	Choice  map[catalog.ItemID]RepeatChoice
	Put     Put
	Problem *Problem
	Shelf
}

// RepeatChoice is what was chosen for a line.
type RepeatChoice struct {
	Taken    bool
	Quantity string // as typed
	Wrong    bool   // why nothing was put
}

// RepeatFields names the form's fields. There are none but of the order's own lines.
func RepeatFields(lines []order.RepeatLine) []string {
	names := []string{"to"}
	for _, l := range lines {
		names = append(names, takeField(l.ItemID), quantityField(l.ItemID))
	}
	return names
}

func takeField(id catalog.ItemID) string     { return "take:" + string(id) }
func quantityField(id catalog.ItemID) string { return "quantity:" + string(id) }

// ReadRepeat reads what was chosen.
func ReadRepeat(lines []order.RepeatLine, fields map[string]string) map[catalog.ItemID]RepeatChoice {
	choice := make(map[catalog.ItemID]RepeatChoice, len(lines))
	for _, l := range lines {
		choice[l.ItemID] = RepeatChoice{Taken: fields[takeField(l.ItemID)] != "", Quantity: fields[quantityField(l.ItemID)]}
	}
	return choice
}

// ItemsOf lists the items of an order, each once.
func ItemsOf(o order.Order) []catalog.ItemID {
	ids := make([]catalog.ItemID, 0, len(o.Lines))
	listed := make(map[catalog.ItemID]bool, len(o.Lines))
	for _, l := range o.Lines {
		if !listed[l.ItemID] {
			ids, listed[l.ItemID] = append(ids, l.ItemID), true
		}
	}
	return ids
}

// Put is what was put from an order into the cart or onto the watch list; zero: nothing.
type Put struct {
	Order   order.ID
	Watched bool
	Lines   int
	Pieces  decimal.Decimal
}

// String writes it as a session keeps it.
func (p Put) String() string {
	return strings.Join([]string{strconv.FormatBool(p.Watched), strconv.Itoa(p.Lines), p.Pieces.String(), string(p.Order)}, " ")
}

// ReadPut reads what was put from an order; nothing where that is not what is kept.
func ReadPut(kept string, id order.ID) Put {
	parts := strings.SplitN(kept, " ", 4)
	if len(parts) != 4 || parts[3] != string(id) {
		return Put{}
	}
	lines, err := strconv.Atoi(parts[1])
	pieces, wrong := decimal.NewFromString(parts[2])
	if err != nil || wrong != nil {
		return Put{}
	}
	return Put{Order: id, Watched: parts[0] == "true", Lines: lines, Pieces: pieces}
}

// Repeat is the page that repeats an order.
type Repeat struct {
	ID, OrderURL, Action string
	Created              Moment
	Rows                 []RepeatRow
	Summary              string // «6 позиций: 4 как было, 2 изменились»
	Loading              bool   // the order's lines have never been read
	Done                 string // what was put
	DoneURL, DoneLink    string
	Problem              *Problem
}

// RepeatRow is an item of the order beside today's offer.
type RepeatRow struct {
	ItemID, Name, URL  string
	Take, QuantityName string // names of its fields
	Ordered            string
	Was                Amount
	Offer              LineOffer
	Gone               bool
	Chosen, Wrong      bool
	Quantity           string
	Pack, InCart       string
	Notes              []RepeatNote
}

// RepeatNote names a difference: class picks its colour, code is for tests.
type RepeatNote struct{ Class, Code, Text string }

// NewRepeat makes the page that repeats an order.
func NewRepeat(ctx context.Context, s RepeatSource) Repeat {
	items := itemsByID(s.Items)
	page := Repeat{
		ID: string(s.Order.ID), OrderURL: OrderURL(s.Order.ID), Action: RepeatURL(s.Order.ID), Created: date(ctx, s.Order.CreatedAt, s.Now),
		Loading: s.Order.LinesReadAt.IsZero(), Problem: s.Problem,
	}
	same := 0
	for _, l := range s.Lines {
		page.Rows = append(page.Rows, newRepeatRow(ctx, s, l, items[l.ItemID]))
		if len(l.Differences) == 0 {
			same++
		}
	}
	page.Summary = i18n.N(ctx, "unit.lines", len(s.Lines)) + ": " + i18n.T(ctx, "repeat.summary", "Same", same, "Differ", len(s.Lines)-same)
	if s.Put.Lines > 0 && s.Put.Watched {
		page.Done, page.DoneURL, page.DoneLink = i18n.N(ctx, "repeat.watched", s.Put.Lines), WatchListURL, i18n.T(ctx, "repeat.to_watch_list")
	} else if s.Put.Lines > 0 {
		page.Done = i18n.T(ctx, "repeat.put", "Lines", i18n.N(ctx, "unit.lines", s.Put.Lines), "Pieces", i18n.N(ctx, "unit.pieces", int(s.Put.Pieces.IntPart())))
		page.DoneURL, page.DoneLink = CartURL, i18n.T(ctx, "repeat.to_cart")
	}
	return page
}

func newRepeatRow(ctx context.Context, s RepeatSource, l order.RepeatLine, item catalog.Item) RepeatRow {
	row := RepeatRow{
		ItemID: string(l.ItemID), Name: l.Name, Take: takeField(l.ItemID), QuantityName: quantityField(l.ItemID),
		Ordered: count(ctx, l.Ordered), Was: amount(ctx, l.Was, s.Order.Currency), Gone: !l.Offered && !s.Loading,
		Offer: newLineOffer(ctx, item, l.Offer, l.Offered, s.Rate, s.Now), Pack: packText(ctx, item.NumberInPackage),
		Chosen: l.Orderable(), Quantity: l.Quantity.String(),
	}
	if !row.Gone {
		row.URL = ItemURL(l.ItemID)
	}
	if already, ok := s.InCart[l.ItemID]; ok {
		row.InCart = i18n.T(ctx, "repeat.in_cart", "Count", count(ctx, already))
	}
	if s.Choice != nil {
		choice := s.Choice[l.ItemID]
		row.Chosen, row.Wrong = choice.Taken, choice.Wrong
		if choice.Quantity != "" {
			row.Quantity = choice.Quantity
		}
	}
	for _, d := range l.Differences {
		row.Notes = append(row.Notes, repeatNote(ctx, s, l, item, d))
	}
	if len(l.Differences) == 0 {
		row.Notes = []RepeatNote{{"is-same", "same", i18n.T(ctx, "repeat.same")}}
	}
	return row
}

func repeatNote(ctx context.Context, s RepeatSource, l order.RepeatLine, item catalog.Item, d order.Difference) RepeatNote {
	note := RepeatNote{Class: "is-warning", Code: string(d)}
	was := amount(ctx, l.Was, s.Order.Currency).Text
	switch d {
	case order.DiffersGone:
		note.Class = "is-error"
	case order.DiffersCheaper:
		note.Class = "is-success"
	case order.DiffersUnread:
		note.Class = "is-same"
	case order.DiffersCurrency:
		note.Text = i18n.T(ctx, "repeat.currency", "Was", was, "Is", amount(ctx, *l.Offer.Price, money.Units(ctx)).Text)
	case order.DiffersShort:
		note.Text = shortWords(ctx, s, l, item)
	}
	if d == order.DiffersDearer || d == order.DiffersCheaper {
		note.Text = i18n.T(ctx, "repeat."+string(d), "Was", was, "Is", amount(ctx, *l.Is, s.Order.Currency).Text)
	}
	if note.Text == "" {
		note.Text = i18n.T(ctx, "repeat."+string(d))
	}
	return note
}

// shortWords says what the branch has and where else there is some.
func shortWords(ctx context.Context, s RepeatSource, l order.RepeatLine, item catalog.Item) string {
	text := i18n.T(ctx, "repeat.short_none")
	if l.Offer.Available.IsPositive() {
		text = i18n.T(ctx, "repeat.short", "Available", count(ctx, l.Offer.Available), "Missing", count(ctx, l.Quantity.Sub(l.Offer.Available)))
	}
	var elsewhere []string
	if l.Offer.MainOffice.IsPositive() {
		elsewhere = append(elsewhere, i18n.T(ctx, "repeat.in_main", "Count", count(ctx, l.Offer.MainOffice)))
	}
	if l.Offer.Transit.IsPositive() && !item.TransitDate.IsZero() {
		elsewhere = append(elsewhere, i18n.T(ctx, "repeat.in_transit_due", "Count", count(ctx, l.Offer.Transit), "Date", date(ctx, item.TransitDate, s.Now).Text))
	} else if l.Offer.Transit.IsPositive() {
		elsewhere = append(elsewhere, i18n.T(ctx, "repeat.in_transit", "Count", count(ctx, l.Offer.Transit)))
	}
	if len(elsewhere) == 0 {
		return text + " " + i18n.T(ctx, "repeat.nowhere")
	}
	return text + " " + i18n.T(ctx, "repeat.elsewhere", "Places", strings.Join(elsewhere, ", "))
}
