// Package order holds carts, submissions and orders: our rules for ordering at a distributor whose CreateOrder takes no
// reference of ours and is not idempotent. It does no input or output; storage and the distributor are small interfaces
// declared beside their use.
package order

import (
	"time"

	"github.com/shopspring/decimal"

	"storefront/internal/catalog"
	"storefront/internal/money"
)

// ID is the distributor's order number: opaque text.
type ID string

// Status is an order's status as on the wire.
type Status string

const (
	Reserving Status = "Резервирование"
	Assembly  Status = "Сборка"
	Shipped   Status = "Отгружен"
	Cancelled Status = "Отменён"
	Unknown   Status = "Неизвестный статус"
)

// Statuses lists the dictionary in the order of an order's life.
var Statuses = [...]Status{Reserving, Assembly, Shipped, Cancelled, Unknown}

// Code returns a Latin name for the status, for message keys and styles; a status outside the dictionary is "unknown".
func (s Status) Code() string {
	switch s {
	case Reserving:
		return "reserving"
	case Assembly:
		return "assembly"
	case Shipped:
		return "shipped"
	case Cancelled:
		return "cancelled"
	}
	return "unknown"
}

// Open tells whether the order can still change by itself.
func (s Status) Open() bool { return s == Reserving || s == Assembly }

// Document is a number and a date: an invoice of either kind.
type Document struct {
	Number string
	Date   time.Time // zero where the service gave none
}

// Exists tells whether the document has been issued.
func (d Document) Exists() bool { return d.Number != "" }

// Order is an order as the distributor tells it (OrderDto), with its lines where they were read (OrderFullDto).
type Order struct {
	ID             ID
	CreatedAt      time.Time
	Status         Status
	Currency       money.Currency
	Type           string // no dictionary is published: shown as it is
	LineCount      int
	GoodsCount     decimal.Decimal
	Sum            decimal.Decimal
	Invoice        Document // ТОРГ-12
	PaymentInvoice Document // счёт на оплату
	Transfer       []string // УПД or УКД: http and https links only
	Note           string

	Wishes Wishes // the buyer's own, kept here

	Lines  []Line
	ReadAt time.Time // when the order was last read
	// LinesReadAt is zero while the lines are not known.
	LinesReadAt time.Time
	// Edited says that this was read right after a change of the buyer's own: lines that shrank were not cut. It is not kept.
	Edited bool
}

// Editable tells whether lines may be added, changed and removed, given the right.
func (o Order) Editable() bool { return o.Status == Reserving }

// Line is one position of an order (OrderLineDto).
type Line struct {
	ItemID     catalog.ItemID
	Name       string
	Quantity   decimal.Decimal
	Reserved   decimal.Decimal
	UnitPrice  decimal.Decimal
	TotalPrice decimal.Decimal
	Customs    []Customs
}

// Missing is what was ordered and not reserved.
func (l Line) Missing() decimal.Decimal {
	return decimal.Max(l.Quantity.Sub(l.Reserved), decimal.Zero)
}

// Customs is a ГТД: the number of a customs declaration and the country of origin in it.
type Customs struct{ Number, Country string }

// NewLine is what is asked for: OrderLineCreationDto. Quantity is a positive whole number.
type NewLine struct {
	ItemID   catalog.ItemID
	Quantity decimal.Decimal
}

// LineResult is the answer to AddItem: OrderLineStatusDto.
type LineResult struct {
	Ordered, Reserved, LinesDeleted, GoodsDeleted decimal.Decimal
}

// NoteResult is the answer to SetOrderNote. Error is the service's text, empty where it gave none.
type NoteResult struct {
	Error   string
	Updated bool
}
