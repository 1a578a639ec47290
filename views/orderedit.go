package views

import (
	"context"
	"time"

	"github.com/shopspring/decimal"

	"storefront/internal/catalog"
	"storefront/internal/errkind"
	"storefront/internal/i18n"
	"storefront/internal/order"
	"storefront/views/ui"
)

// freshEdit is how long what became of a change is told above the lines.
const freshEdit = 2 * time.Minute

// EditEntry is a change of an order's line: what was wanted and what came of it.
type EditEntry struct {
	ID, State, Item string
	Mark            string // the state in a word
	Tone            ui.Tone
	Wish, Words     string
	At              Moment
	Action          string // where a waiting step is finished or given up; empty where there is none
	FinishLabel     string
	Again           string // where the same is asked for again; empty where it can't be
	Quantity        string // then
}

// Apart asks for the buyer's word before a line is taken out whole and added again.
type Apart struct {
	Item, Action, Cancel string
	Fields               [][2]string // of the form that was refused
}

// newEdits lists the changes of an order, newest first.
func newEdits(ctx context.Context, s OrderSource, allowed bool) []EditEntry {
	entries := make([]EditEntry, 0, len(s.Edits))
	latest := map[string]bool{}
	before := map[order.EditID]map[int]order.Edit{}
	for _, e := range s.Edits {
		if before[e.Plan] == nil {
			before[e.Plan] = map[int]order.Edit{}
		}
		before[e.Plan][e.Step+1] = e
	}
	for _, e := range s.Edits {
		entry := newEdit(ctx, e, before[e.Plan][e.Step], s.Now)
		if allowed && e.Again() && e.Step == 0 && !latest[entry.Item] && ordered(s.Order, e.Item).Equal(e.Before) {
			entry.Again, entry.Quantity = OrderLineURL(e.Order, e.Item), e.Wanted.String()
		}
		if entry.Action != "" && !allowed {
			entry.Action = ""
		}
		latest[entry.Item] = true
		entries = append(entries, entry)
	}
	return entries
}

func newEdit(ctx context.Context, e, before order.Edit, now time.Time) EditEntry {
	entry := EditEntry{
		ID: string(e.ID), State: string(e.State), Item: string(e.Item), Mark: i18n.T(ctx, "edit.state."+string(e.State)), At: clock(ctx, e.ChangedAt, now),
		Wish: i18n.T(ctx, "edit.wish", "Before", count(ctx, e.Before), "Wanted", count(ctx, e.Wanted)),
	}
	if e.Wanted.IsZero() {
		entry.Wish = i18n.T(ctx, "edit.wish_none", "Before", count(ctx, e.Before))
	}
	entry.Words, entry.Tone = editWords(ctx, e, now)
	if e.State != order.EditWaiting {
		return entry
	}
	words := []any{"Item", entry.Item, "Count", count(ctx, e.Count)}
	switch {
	case before.State != order.EditDone:
		entry.Mark, entry.Words, entry.Tone = i18n.T(ctx, "edit.state.later"), i18n.T(ctx, "edit.later", words...), ui.Neutral
	case before.Item == e.Item:
		entry.Words, entry.FinishLabel = i18n.T(ctx, "edit.half", words...), i18n.T(ctx, "edit.finish")
	default:
		entry.Words, entry.FinishLabel = i18n.T(ctx, "edit.half_other", words...), i18n.T(ctx, "edit.finish_other")
	}
	if before.State == order.EditDone {
		entry.Action = OrderEditURL(e.Order, e.ID)
	}
	return entry
}

// editWords says what the order shows after a change, and never that something happened which it does not show.
func editWords(ctx context.Context, e order.Edit, now time.Time) (string, ui.Tone) {
	words := []any{
		"Item", string(e.Item), "Before", count(ctx, e.Before), "Wanted", count(ctx, e.Wanted), "Shows", count(ctx, e.Shows),
		"Reserved", count(ctx, e.Reserved), "At", seconds(e.ReadAt, now).Text, "Reason", quoted(ctx, e.FaultText),
	}
	closed := e.Status != "" && e.Status != order.Reserving
	switch e.State {
	case order.EditDone:
		if e.Wanted.IsZero() {
			return i18n.T(ctx, "edit.removed", words...), ui.Success
		}
		return i18n.T(ctx, "edit.saved", words...), ui.Success
	case order.EditDiffers:
		return i18n.T(ctx, "edit.differs", words...), ui.Warning
	case order.EditUnchanged:
		if closed {
			return i18n.T(ctx, "edit.unchanged_closed", words...), ui.Warning
		}
		return i18n.T(ctx, "edit.unchanged", words...), ui.Warning
	case order.EditRefused:
		switch {
		case closed:
			return i18n.T(ctx, "edit.refused_closed", words...), ui.Danger
		case e.FaultText != "":
			return i18n.T(ctx, "edit.refused_because", words...), ui.Danger
		}
		return i18n.T(ctx, "edit.refused", words...), ui.Danger
	case order.EditNotSent:
		if e.Step > 0 && e.FaultKind == "" {
			return i18n.T(ctx, "edit.not_sent_step", words...), ui.Neutral
		}
		return i18n.T(ctx, "edit.not_sent", words...), ui.Warning
	case order.EditUnknown:
		if e.ReadAt.IsZero() {
			return i18n.T(ctx, "edit.unread", words...), ui.Warning
		}
		return i18n.T(ctx, "edit.unknown", words...), ui.Warning
	}
	return i18n.T(ctx, "edit.sending", words...), ui.Info
}

// ordered is how much of an item an order has, all its lines together.
func ordered(o order.Order, item catalog.ItemID) (sum decimal.Decimal) {
	for _, l := range o.Lines {
		if l.ItemID == item {
			sum = sum.Add(l.Quantity)
		}
	}
	return sum
}

// openEdit tells whether a change of the order is not settled: nothing else may be changed, and the page asks again.
func openEdit(edits []order.Edit) bool {
	for _, e := range edits {
		if e.State.Open() {
			return true
		}
	}
	return false
}

// newest is the change that is told above the lines, and whether there is one: the newest that is open, waits for the buyer,
// or was settled just now.
func newest(s OrderSource, entries []EditEntry) (EditEntry, bool) {
	for i, e := range s.Edits {
		told := e.State.Open() || entries[i].Action != "" || s.Now.Sub(e.ChangedAt) < freshEdit
		if told && (e.State != order.EditWaiting || entries[i].Action != "") {
			return entries[i], true
		}
	}
	return EditEntry{}, false
}

// refusedJustNow tells whether a problem is that of the newest change, whose words would only repeat it.
func refusedJustNow(p *Problem, e EditEntry) bool {
	return p != nil && (e.State == string(order.EditRefused) || e.State == string(order.EditNotSent)) && p.Code != errkind.Conflict
}
