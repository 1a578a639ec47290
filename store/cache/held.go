package cache

import (
	"sync"

	"storefront/internal/catalog"
	"storefront/store/sqlite"
)

// held keeps items that pages have shown, decoded: they are the same for all buyers, and pages show few of them again and
// again. It holds what one file says; a write to the file's items forgets them all.
type held struct {
	mu      sync.Mutex
	db      *sqlite.DB
	edition int // of the file's items: counts their changes
	items   map[catalog.ItemID]catalog.Item
}

const (
	heldItems = 4_000 // at most, of about 2 kB each
	fewItems  = 100   // who asks for more at once reads through everything, and would only push out what pages show
)

// find returns which of the items are held, and the edition to give to keep with those that had to be read.
func (h *held) find(db *sqlite.DB, ids []catalog.ItemID) (found map[catalog.ItemID]catalog.Item, missing []catalog.ItemID, edition int) {
	h.mu.Lock()
	defer h.mu.Unlock()
	found = make(map[catalog.ItemID]catalog.Item, len(ids))
	for _, id := range ids {
		if item, is := h.items[id]; is && h.db == db {
			found[id] = item
		} else {
			missing = append(missing, id)
		}
	}
	return found, missing, h.edition
}

// keep holds items that were read after find, unless others have been written since.
func (h *held) keep(db *sqlite.DB, edition int, items map[catalog.ItemID]catalog.Item) {
	h.mu.Lock()
	defer h.mu.Unlock()
	if h.edition != edition {
		return
	}
	if h.db != db || h.items == nil || len(h.items)+len(items) > heldItems {
		h.db, h.items = db, make(map[catalog.ItemID]catalog.Item)
	}
	for id, item := range items {
		h.items[id] = item
	}
}

// forget is called after items were written.
func (h *held) forget() {
	h.mu.Lock()
	defer h.mu.Unlock()
	h.edition++
	h.items = nil
}
