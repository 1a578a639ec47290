package views

import (
	"context"
	"strconv"
	"time"

	"github.com/a-h/templ"

	"storefront/internal/buyer"
	"storefront/internal/catalog"
	"storefront/internal/i18n"
	"storefront/internal/money"
	"storefront/internal/order"
	"storefront/views/ui"
)

// Rescue is what can be done, and was chosen, about the missing part of an order's line.
type Rescue struct {
	Item, URL string // URL is empty where nothing is missing, or the order is closed
	Words     string // what was chosen last
	Tone      ui.Tone
	Wait      string // number of the wait that can be ended
}

// newRescue tells what was chosen about a line last, and where the next choice is.
func newRescue(ctx context.Context, s OrderSource, l order.Line) Rescue {
	r := Rescue{Item: string(l.ItemID), Tone: ui.Neutral}
	short := s.Order.Missing(l.ItemID).IsPositive() && s.Order.Editable()
	if short {
		r.URL = RescueURL(s.Order.ID, l.ItemID)
	}
	for _, chosen := range s.Rescues {
		if chosen.Item != l.ItemID || chosen.State == order.RescueClosed {
			continue
		}
		if waiting := chosen.State == order.RescueWaiting; !waiting || short {
			r.Words = rescueWords(ctx, chosen, s.Now)
			if waiting {
				r.Wait = strconv.FormatInt(chosen.ID, 10)
				if words, due := dueWords(ctx, chosen, s.Arrived != nil && s.Arrived(chosen), s.Now); due {
					r.Words, r.Tone = words, ui.Success
				}
			}
		}
		return r
	}
	return r
}

func rescueWords(ctx context.Context, r order.Rescue, now time.Time) string {
	words := []any{"Missing", count(ctx, r.Quantity), "Other", string(r.Other), "Date", date(ctx, r.Due, now).Text}
	switch {
	case r.Choice == order.RescueEquivalent:
		return i18n.T(ctx, "rescue.taken", words...)
	case r.Choice == order.RescueDrop:
		return i18n.T(ctx, "rescue.dropped", words...)
	case r.Choice == order.RescueCart && r.Other != "":
		return i18n.T(ctx, "rescue.carted_other", words...)
	case r.Choice == order.RescueCart:
		return i18n.T(ctx, "rescue.carted", words...)
	case r.Choice == order.RescueNote:
		return i18n.T(ctx, "rescue.noted", words...)
	case r.Due.IsZero():
		return i18n.T(ctx, "rescue.waiting_undated", words...)
	}
	return i18n.T(ctx, "rescue.waiting", words...)
}

// dueWords says that a wait is over, if it is: the branch has some, or the day has come.
func dueWords(ctx context.Context, r order.Rescue, arrived bool, now time.Time) (string, bool) {
	switch {
	case arrived:
		return i18n.T(ctx, "rescue.arrived"), true
	case !r.Due.IsZero() && !now.Before(r.Due):
		return i18n.T(ctx, "rescue.overdue"), true
	}
	return "", false
}

// RescueSource is what the choices about an order's line are made from.
type RescueSource struct {
	Order       order.Order
	Item        catalog.Item
	Right       buyer.Right
	Equivalents []catalog.Item // in stock in the branch
	Shelf
}

// RescueChoices is what can be done about the missing part of an order's line.
type RescueChoices struct {
	Order, OrderURL, Item, Name, Action string
	Missing, Ordered, Reserved          string
	MayEdit                             bool   // the order can be changed by this account now
	Closed                              bool   // nobody can change it
	Alone                               bool   // on a page of its own
	Wait                                string // what is known of goods in transit
	NoteText                            string
	Equivalents                         []Equivalent
}

// Equivalent is an item that may take the place of what is missing.
type Equivalent struct {
	ID, Name, URL, Stock string
	Price                Amount
}

// NewRescueChoices makes the choices about an order's line.
func NewRescueChoices(ctx context.Context, s RescueSource) RescueChoices {
	id := s.Item.ID
	line := order.Line{ItemID: id}
	for _, l := range s.Order.Lines {
		if l.ItemID == id {
			line.Name, line.Quantity, line.Reserved = l.Name, line.Quantity.Add(l.Quantity), line.Reserved.Add(l.Reserved)
		}
	}
	r := RescueChoices{
		Order: string(s.Order.ID), OrderURL: OrderURL(s.Order.ID), Item: string(id), Name: line.Name, Action: RescueURL(s.Order.ID, id),
		Missing: count(ctx, s.Order.Missing(id)), Ordered: count(ctx, line.Quantity), Reserved: count(ctx, line.Reserved),
		MayEdit: s.Right != buyer.RightNone && s.Order.Editable(), Closed: !s.Order.Editable(), Wait: transitWords(ctx, s),
	}
	r.NoteText = i18n.T(ctx, "rescue.note.text", "Number", r.Order, "Item", r.Item, "Name", r.Name, "Ordered", r.Ordered, "Reserved", r.Reserved, "Missing", r.Missing)
	for _, item := range s.Equivalents {
		offer, _, _ := s.Offer(item.ID)
		e := Equivalent{ID: string(item.ID), Name: item.Name, URL: ItemURL(item.ID), Stock: i18n.T(ctx, "rescue.stock", "Count", count(ctx, offer.Available))}
		if offer.Price != nil {
			e.Price = amount(ctx, *offer.Price, money.Units(ctx))
		}
		r.Equivalents = append(r.Equivalents, e)
	}
	return r
}

func transitWords(ctx context.Context, s RescueSource) string {
	offer, _, _ := s.Offer(s.Item.ID)
	words := []any{"Count", count(ctx, offer.Transit), "Date", date(ctx, s.Item.TransitDate, s.Now).Text}
	switch {
	case !offer.Transit.IsPositive():
		return i18n.T(ctx, "rescue.wait.none", words...)
	case s.Item.TransitDate.IsZero():
		return i18n.T(ctx, "rescue.wait.transit", words...)
	}
	return i18n.T(ctx, "rescue.wait.due", words...)
}

// Reminder is a wait that is over: something to look at in an order.
type Reminder struct{ Item, Words, Order, URL string }

// NewReminders lists the waits that are over.
func NewReminders(ctx context.Context, waits []order.Rescue, arrived func(order.Rescue) bool, now time.Time) (due []Reminder) {
	for _, r := range waits {
		has := arrived(r)
		if _, over := dueWords(ctx, r, has, now); !over {
			continue
		}
		key := "rescue.home.overdue"
		if has {
			key = "rescue.home.arrived"
		}
		due = append(due, Reminder{
			Item: string(r.Item), URL: OrderURL(r.Order), Words: i18n.T(ctx, key, "Item", string(r.Item)),
			Order: i18n.T(ctx, "rescue.home.order", "Number", string(r.Order), "Missing", count(ctx, r.Quantity)),
		})
	}
	return due
}

func (r RescueChoices) intro(ctx context.Context) string {
	key := "rescue.intro"
	switch {
	case r.Closed:
		key = "rescue.closed"
	case !r.MayEdit:
		key = "rescue.intro_no_right"
	}
	return i18n.T(ctx, key, "Ordered", r.Ordered, "Reserved", r.Reserved)
}

func (r RescueChoices) equivalentsHint(ctx context.Context) string {
	if r.MayEdit {
		return i18n.T(ctx, "rescue.equivalents.hint")
	}
	return i18n.T(ctx, "rescue.equivalents.hint_cart")
}

func (r RescueChoices) takeLabel(ctx context.Context) string {
	if r.MayEdit {
		return i18n.T(ctx, "rescue.take", "Missing", r.Missing)
	}
	return i18n.T(ctx, "rescue.take_cart", "Missing", r.Missing)
}

// equivalentChoice is what choosing an equivalent means: into the order, or into the cart.
func (r RescueChoices) equivalentChoice() order.RescueChoice {
	if r.MayEdit {
		return order.RescueEquivalent
	}
	return order.RescueCart
}

// swaps makes a choice change the order's region; on a page of its own the form is posted as it is.
func (r RescueChoices) swaps() templ.Attributes {
	if r.Alone {
		return nil
	}
	return editsLines(r.Action)
}
