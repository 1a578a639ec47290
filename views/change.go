package views

import (
	"cmp"
	"context"
	"slices"
	"time"

	"github.com/shopspring/decimal"

	"storefront/internal/buyer"
	"storefront/internal/catalog"
	"storefront/internal/i18n"
	"storefront/internal/money"
	"storefront/internal/order"
	"storefront/views/ui"
)

// ChangeKind is a kind of what changed, as it stands in the address of ChangesURL.
type ChangeKind string

// The kinds that are not about a comparison of items: wishes that came true, and orders.
const (
	ChangeMarks    ChangeKind = "marks"
	ChangeStatuses ChangeKind = "statuses"
	ChangeCuts     ChangeKind = "cuts"
)

// changeKinds are all kinds in the order they are told in: what asks to be acted on comes first.
var changeKinds = [...]struct {
	kind ChangeKind
	icon string
	tone ui.Tone
}{
	{ChangeMarks, "star", ui.Success},
	{ChangeCuts, "alert", ui.Danger},
	{ChangeStatuses, "list", ui.Info},
	{ChangeKind(catalog.ChangeSlipped), "clock", ui.Warning},
	{ChangeKind(catalog.ChangeArrived), "truck", ui.Success},
	{ChangeKind(catalog.ChangeBranch), "box", ui.Success},
	{ChangeKind(catalog.ChangeMain), "box", ui.Success},
	{ChangeKind(catalog.ChangeCheaper), "down", ui.Success},
	{ChangeKind(catalog.ChangeDearer), "up", ui.Warning},
	{ChangeKind(catalog.ChangeNew), "plus", ui.Info},
}

// ChangesSource is what changed for a buyer since his last visit.
type ChangesSource struct {
	Since    time.Time        // zero at the first visit: nothing can be told
	Changes  []catalog.Change // of what he buys or watches
	New      []catalog.Newcomer
	Statuses []order.StatusChange
	Cuts     []order.Cut
	Marks    []buyer.Watch // wishes that hold now
	Now      time.Time
}

// of lists the changes of a kind, the latest first.
func (s ChangesSource) of(kind ChangeKind) []catalog.Change {
	var found []catalog.Change
	for _, c := range s.Changes {
		if slices.Contains(c.Kinds(), catalog.ChangeKind(kind)) {
			found = append(found, c)
		}
	}
	slices.SortStableFunc(found, func(a, b catalog.Change) int { return b.Now.At.Compare(a.Now.At) })
	return found
}

// Items lists the items of a kind; none for orders.
func (s ChangesSource) Items(kind ChangeKind) []catalog.ItemID {
	var ids []catalog.ItemID
	switch kind {
	case ChangeStatuses, ChangeCuts:
	case ChangeMarks:
		for _, w := range s.Marks {
			ids = append(ids, w.ItemID)
		}
	case ChangeKind(catalog.ChangeNew):
		for _, n := range s.New {
			ids = append(ids, n.Item.ID)
		}
	default:
		for _, c := range s.of(kind) {
			ids = append(ids, c.Now.ItemID)
		}
	}
	return ids
}

func (s ChangesSource) count(kind ChangeKind) int {
	switch kind {
	case ChangeStatuses:
		return len(s.Statuses)
	case ChangeCuts:
		return len(s.Cuts)
	}
	return len(s.Items(kind))
}

// Kind is the kind asked for, or the first that there is something of.
func (s ChangesSource) Kind(asked string) ChangeKind {
	first := changeKinds[0].kind
	found := false
	for _, k := range changeKinds {
		if string(k.kind) == asked {
			return k.kind
		}
		if !found && s.count(k.kind) > 0 {
			first, found = k.kind, true
		}
	}
	return first
}

// ChangeSummary says how much of each kind changed since the last visit.
type ChangeSummary struct {
	First  bool // the first visit: there is nothing to compare with
	Since  Moment
	Counts []ChangeCount // of kinds that there is something of
}

// ChangeCount is how much of a kind changed.
type ChangeCount struct {
	Kind    ChangeKind
	Icon    string
	Tone    ui.Tone
	Text    string // «Подешевело»
	Count   string
	URL     string
	Current bool
}

// NewChangeSummary counts what changed.
func NewChangeSummary(ctx context.Context, s ChangesSource) ChangeSummary {
	summary := ChangeSummary{First: s.Since.IsZero(), Since: clock(ctx, s.Since, s.Now)}
	for _, k := range changeKinds {
		if n := s.count(k.kind); n > 0 {
			summary.Counts = append(summary.Counts, ChangeCount{
				Kind: k.kind, Icon: k.icon, Tone: k.tone, Text: i18n.T(ctx, "change."+string(k.kind)), Count: whole(ctx, n), URL: ChangesOf(k.kind, 1),
			})
		}
	}
	return summary
}

// Changes lists what changed of one kind.
type Changes struct {
	ChangeSummary
	Heading string
	Rows    []ChangeRow      // of items
	Orders  []OrderChangeRow // or of orders
	Cuts    bool             // of lines of orders
	Paging  ui.Paging
}

// ChangeRow is an item that changed.
type ChangeRow struct {
	ItemRow
	Was, Is string // empty for what is new
	At      Moment
}

// OrderChangeRow is an order that changed, or a line of one.
type OrderChangeRow struct {
	ID, URL       string
	Was, Is       StatusBadge // of the order
	Item, Name    string      // of a line that was cut
	ItemURL       string
	WasCut, IsCut string
	At            Moment
}

// ChangesPerPage is how many rows a page of changes shows.
const ChangesPerPage = 50

// NewChanges makes a page of changes of a kind. items are those of the page, as far as they are known.
func NewChanges(ctx context.Context, s ChangesSource, kind ChangeKind, number int, items []catalog.Item, shelf Shelf) Changes {
	page := Changes{
		ChangeSummary: NewChangeSummary(ctx, s), Heading: i18n.T(ctx, "change."+string(kind)), Cuts: kind == ChangeCuts,
		Paging: paging(number, ChangesPerPage, s.count(kind), func(n int) string { return ChangesOf(kind, n) }, ""),
	}
	for i := range page.Counts {
		page.Counts[i].Current = page.Counts[i].Kind == kind
	}
	told := s.told(ctx, kind)
	for _, item := range items {
		row := told[item.ID]
		row.ItemRow = newItemRow(ctx, item, shelf)
		page.Rows = append(page.Rows, row)
	}
	page.Orders = window(s.orders(ctx, kind), page.Paging.Page)
	return page
}

// OnPage lists the items of a kind that stand on a page.
func (s ChangesSource) OnPage(kind ChangeKind, number int) []catalog.ItemID {
	ids := s.Items(kind)
	return window(ids, paging(number, ChangesPerPage, len(ids), nil, "").Page)
}

func window[T any](all []T, page int) []T {
	from := min((page-1)*ChangesPerPage, len(all))
	return all[from:min(from+ChangesPerPage, len(all))]
}

// told puts into words what became of each item.
func (s ChangesSource) told(ctx context.Context, kind ChangeKind) map[catalog.ItemID]ChangeRow {
	rows := map[catalog.ItemID]ChangeRow{}
	for _, n := range s.New {
		if kind == ChangeKind(catalog.ChangeNew) {
			rows[n.Item.ID] = ChangeRow{At: clock(ctx, n.At, s.Now)}
		}
	}
	for _, c := range s.of(kind) {
		rows[c.Now.ItemID] = ChangeRow{Was: sightingText(ctx, kind, c.Before, s.Now), Is: sightingText(ctx, kind, c.Now, s.Now), At: clock(ctx, c.Now.At, s.Now)}
	}
	return rows
}

// sightingText is what of a sighting a kind of change is about.
func sightingText(ctx context.Context, kind ChangeKind, seen catalog.Sighting, now time.Time) string {
	switch catalog.ChangeKind(kind) {
	case catalog.ChangeBranch:
		return count(ctx, seen.Branch)
	case catalog.ChangeMain:
		return count(ctx, seen.Main)
	case catalog.ChangeSlipped:
		return date(ctx, seen.Due, now).Text
	case catalog.ChangeArrived:
		return i18n.T(ctx, "change.stocks", "Transit", count(ctx, seen.Transit), "Branch", count(ctx, seen.Branch), "Main", count(ctx, seen.Main))
	}
	return priceText(ctx, seen.Price)
}

// priceText is a price in conventional units, in words where there is none.
func priceText(ctx context.Context, price *decimal.Decimal) string {
	if price == nil {
		return i18n.T(ctx, "row.on_request")
	}
	return money.Format(*price, money.Units(ctx), i18n.Lang(ctx))
}

func (s ChangesSource) orders(ctx context.Context, kind ChangeKind) []OrderChangeRow {
	var rows []OrderChangeRow
	switch kind {
	case ChangeStatuses:
		latest := slices.SortedStableFunc(slices.Values(s.Statuses), func(a, b order.StatusChange) int { return cmp.Or(b.At.Compare(a.At), cmp.Compare(b.Order, a.Order)) })
		for _, c := range latest {
			rows = append(rows, OrderChangeRow{
				ID: string(c.Order), URL: OrderURL(c.Order), Was: newStatusBadge(ctx, c.Before), Is: newStatusBadge(ctx, c.Now), At: clock(ctx, c.At, s.Now),
			})
		}
	case ChangeCuts:
		for _, c := range s.Cuts {
			rows = append(rows, OrderChangeRow{
				ID: string(c.Order), URL: OrderURL(c.Order), Item: string(c.Item), ItemURL: ItemURL(c.Item), Name: c.Name,
				WasCut: cutText(ctx, c.Before), IsCut: cutText(ctx, c.Now), At: clock(ctx, c.At, s.Now),
			})
		}
	}
	return rows
}

func cutText(ctx context.Context, l order.CutLine) string {
	return i18n.T(ctx, "change.cut", "Quantity", count(ctx, l.Quantity), "Reserved", count(ctx, l.Reserved))
}

// toneClass colours the sign of a kind.
func toneClass(t ui.Tone) string {
	switch t {
	case ui.Success:
		return "tone-success"
	case ui.Warning:
		return "tone-warning"
	case ui.Danger:
		return "tone-error"
	}
	return "tone-info"
}
