package views

import (
	"net/url"
	"strconv"
	"strings"

	"storefront/internal/catalog"
	"storefront/internal/order"
)

// Every address that a page links to is made here. Ids of items, categories and orders are the distributor's opaque text
// and may hold slashes: they are escaped as one path segment, and web decodes them in its own one helper.
const (
	HomeURL      = "/"
	LoginURL     = "/login"
	LogoutURL    = "/logout"
	SettingsURL  = "/settings" // POST only: language or theme, and next
	SearchURL    = "/search"
	SuggestURL   = "/suggest"
	FreshnessURL = "/freshness" // a stream of events: the Freshness region whenever it changes
	CartURL      = "/cart"
	CartItemsURL = "/cart/items"
	CartNoteURL  = "/cart/note"
	CheckoutURL  = "/checkout"
	// CheckoutNoteURL puts a text of the buyer's list into the note at checkout, by POST.
	CheckoutNoteURL = "/checkout/note"
	OrdersURL       = "/orders"
	DocumentsURL    = "/documents"
	ListsURL        = "/lists"
	WatchListURL    = "/lists/watch"
	WatchesURL      = "/lists/watch/items" // POST only: puts an item on the watch list
	ChangesURL      = "/changes"
	catalogURL      = "/catalog"
	// NoteTemplatesURL is the buyer's list of texts; a POST adds one.
	NoteTemplatesURL = "/settings/notes"
)

// CatalogURL is the list of a category; of everything for the empty id.
func CatalogURL(id catalog.CategoryID) string {
	if id == "" {
		return catalogURL
	}
	return catalogURL + "/" + url.PathEscape(string(id))
}

// ItemURL is an item's page.
func ItemURL(id catalog.ItemID) string { return "/items/" + url.PathEscape(string(id)) }

// PhotoURL is an item's first photo, small enough for a row.
func PhotoURL(id catalog.ItemID) string { return PhotoAt(id, 0, PhotoSmall) }

// Widths of photos in pixels; twice what the page shows, for dense screens.
const (
	PhotoSmall = 96
	PhotoLarge = 960
)

// PhotoAt is an item's n-th photo, counted from 0, at most width pixels wide.
func PhotoAt(id catalog.ItemID, n, width int) string {
	address := "/photos/" + url.PathEscape(string(id)) + "?w=" + strconv.Itoa(width)
	if n > 0 {
		address += "&n=" + strconv.Itoa(n)
	}
	return address
}

// CartLineURL takes the new quantity of a cart's line by POST; 0 removes it.
func CartLineURL(id catalog.ItemID) string { return CartItemsURL + "/" + url.PathEscape(string(id)) }

// SubmissionURL is the page of an attempt to order.
func SubmissionURL(id order.SubmissionID) string { return "/submissions/" + url.PathEscape(string(id)) }

// SettleURL takes the buyer's word on which order a submission became, by POST: an order, or those he has seen where it is none
// of them.
func SettleURL(id order.SubmissionID) string { return SubmissionURL(id) + "/settle" }

// GiveUpURL takes the buyer's word that he does not wait for a submission's order any more, by POST.
func GiveUpURL(id order.SubmissionID) string { return SubmissionURL(id) + "/give-up" }

// JoinOrders writes order numbers, which are opaque text, into one value of a form; SplitOrders reads them.
func JoinOrders(ids []order.ID) string {
	words := make([]string, len(ids))
	for i, id := range ids {
		words[i] = url.QueryEscape(string(id))
	}
	return strings.Join(words, " ")
}

// SplitOrders reads what JoinOrders wrote. What it did not write is left out.
func SplitOrders(text string) []order.ID {
	var ids []order.ID
	for word := range strings.FieldsSeq(text) {
		if id, err := url.QueryUnescape(word); err == nil {
			ids = append(ids, order.ID(id))
		}
	}
	return ids
}

// OrderURL is an order's page.
func OrderURL(id order.ID) string { return OrdersURL + "/" + url.PathEscape(string(id)) }

// RepeatURL shows what has changed since an order was placed, and takes by POST what of it to put into the cart.
func RepeatURL(id order.ID) string { return OrderURL(id) + "/repeat" }

// OrdersWith lists the orders that an item is in.
func OrdersWith(id catalog.ItemID) string { return OrderQuery{Item: string(id)}.URL(1) }

// OrdersFound lists the orders that a text is found in.
func OrdersFound(text string) string { return OrderQuery{Text: text}.URL(1) }

// OrderNoteURL shows and takes the manager's note of an order.
func OrderNoteURL(id order.ID) string { return OrderURL(id) + "/note" }

// NoteTemplateURL takes a text off the buyer's list by POST.
func NoteTemplateURL(id order.NoteTemplateID) string {
	return NoteTemplatesURL + "/" + url.PathEscape(string(id))
}

// OrderEmptyURL takes every line out of an order by POST.
func OrderEmptyURL(id order.ID) string { return OrderURL(id) + "/empty" }

// OrderLinesURL takes a new line of an order by POST.
func OrderLinesURL(id order.ID) string { return OrderURL(id) + "/lines" }

// OrderLineURL takes the new quantity of an order's line by POST; 0 removes it.
func OrderLineURL(id order.ID, item catalog.ItemID) string {
	return OrderLinesURL(id) + "/" + url.PathEscape(string(item))
}

// OrderEditURL takes by POST what to do about a step of a change that waits.
func OrderEditURL(id order.ID, edit order.EditID) string {
	return OrderURL(id) + "/edits/" + url.PathEscape(string(edit))
}

// RescueURL shows what can be done about the missing part of an order's line, and takes the choice by POST.
func RescueURL(id order.ID, item catalog.ItemID) string { return OrderLineURL(id, item) + "/rescue" }

// WatchURL takes the mark of an item on the watch list by POST, or the item off it.
func WatchURL(id catalog.ItemID) string { return WatchesURL + "/" + url.PathEscape(string(id)) }

// WatchListPage is a page of the watch list, from 1.
func WatchListPage(n int) string { return WatchListURL + "?page=" + strconv.Itoa(n) }

// WatchAt is an item on the watch list.
func WatchAt(id catalog.ItemID) string { return WatchListURL + "#" + url.PathEscape(watchAnchor(id)) }

// ChangesOf is a page of what changed, of one kind.
func ChangesOf(kind ChangeKind, n int) string {
	address := ChangesURL + "?kind=" + url.QueryEscape(string(kind))
	if n > 1 {
		address += "&page=" + strconv.Itoa(n)
	}
	return address
}

// SafeURL returns an address that came from data if a page may link to or load it, "" otherwise: absolute http and https,
// or a path of this site. templ checks schemes only in a few attributes and lets more through than these.
func SafeURL(raw string) string {
	if strings.ContainsFunc(raw, func(r rune) bool { return r <= ' ' || r == 0x7f || r == '\\' }) {
		return ""
	}
	u, err := url.Parse(raw)
	switch {
	case err != nil:
		return ""
	case u.Scheme == "http" || u.Scheme == "https":
		if u.Host == "" || u.User != nil || u.Opaque != "" {
			return ""
		}
		return raw
	case u.Scheme == "" && u.Host == "" && strings.HasPrefix(raw, "/") && !strings.HasPrefix(raw, "//"):
		return raw
	}
	return ""
}
