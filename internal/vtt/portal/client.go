package portal

import (
	"context"
	"strings"

	"storefront/internal/soap"
)

// Client calls the service. Each method is one operation; errors are those of package soap, ErrUnpublished, *ParamError, and
// whatever a callback returned. Nothing is repeated here, but for an operation that another age calls by another name. A row
// that a callback is given is good until it returns: the next one takes its place.
type Client struct {
	next      soap.RoundTripper
	contracts Contracts
}

// NewClient makes a client that follows the contract in force.
func NewClient(next soap.RoundTripper, contracts Contracts) *Client {
	return &Client{next: next, contracts: contracts}
}

type reader = func(*soap.Decoder, soap.Element) error

// call performs an operation and gives its result to read.
func (c *Client) call(ctx context.Context, op Op, who Login, args Args, read reader) error {
	o, ok := c.contracts.Contract(ctx).Operation(op)
	if !ok {
		return ErrUnpublished
	}
	err := c.send(ctx, o, who, args, read)
	if o.Formerly != "" && unsupported(err) {
		o.Name = o.Formerly
		err = c.send(ctx, o, who, args, read)
	}
	if unsupported(err) {
		c.contracts.Doubt()
	}
	return mend(err, who)
}

func (c *Client) send(ctx context.Context, o Operation, who Login, args Args, read reader) error {
	envelope, err := o.Envelope(who, args)
	if err != nil {
		return err
	}
	return c.next.RoundTrip(ctx, &soap.Call{
		Operation: string(o.Op),
		Account:   who.Name,
		Action:    o.Action(),
		Envelope:  envelope,
		Write:     o.Writes,
		Answer:    soap.Shape{Namespace: Namespace, Response: o.Response(), Result: o.ResultElement()},
		Read:      read,
	})
}

// ignore reads nothing of a result that means nothing.
func ignore(*soap.Decoder, soap.Element) error { return nil }

// rows reads a result that is an array, row by row. A nil array is an empty one.
func rows[T any](name string, read func(*soap.Decoder, *T) error, yield func(*T) error) reader {
	return func(d *soap.Decoder, _ soap.Element) error { return eachRow(d, name, read, yield) }
}

// one reads a result that is a single DTO. A nil one is no result.
func one[T any](into *T, read func(*soap.Decoder, *T) error) reader {
	return func(d *soap.Decoder, e soap.Element) error {
		if e.Nil {
			return &soap.AnswerError{Flaw: soap.NoResult, Detail: e.Local + " is nil"}
		}
		return read(d, into)
	}
}

// GetItems streams the whole catalogue: the answer may take minutes.
func (c *Client) GetItems(ctx context.Context, who Login, yield func(*ItemDto) error) error {
	return c.call(ctx, GetItems, who, Args{}, rows("ItemDto", readItem, yield))
}

// GetRuntimeItems streams the runtime data of the whole catalogue.
func (c *Client) GetRuntimeItems(ctx context.Context, who Login, yield func(*ItemRuntimeDto) error) error {
	return c.call(ctx, GetRuntimeItems, who, Args{}, rows("ItemRuntimeDto", readRuntime, yield))
}

// GetItemPortion reads a window of the catalogue. What from and to mean varies between services.
func (c *Client) GetItemPortion(ctx context.Context, who Login, from, to int) (p ItemPortionDto, err error) {
	err = c.call(ctx, GetItemPortion, who, Args{From: from, To: to}, func(d *soap.Decoder, _ soap.Element) (err error) {
		p.Items, p.TotalCount, err = readPortion(d, "ItemDto", readItem)
		return err
	})
	return p, err
}

// GetRuntimeItemsPortion reads a window of the runtime data.
func (c *Client) GetRuntimeItemsPortion(ctx context.Context, who Login, from, to int) (p ItemRuntimePortionDto, err error) {
	err = c.call(ctx, GetRuntimeItemsPortion, who, Args{From: from, To: to}, func(d *soap.Decoder, _ soap.Element) (err error) {
		p.Items, p.TotalCount, err = readPortion(d, "ItemRuntimeDto", readRuntime)
		return err
	})
	return p, err
}

// GetItem reads one item.
func (c *Client) GetItem(ctx context.Context, who Login, itemID string) (i ItemDto, err error) {
	err = c.call(ctx, GetItem, who, Args{ItemId: itemID}, one(&i, readItem))
	return i, err
}

// GetRuntimeItem reads the runtime data of one item.
func (c *Client) GetRuntimeItem(ctx context.Context, who Login, itemID string) (i ItemRuntimeDto, err error) {
	err = c.call(ctx, GetRuntimeItem, who, Args{ItemId: itemID}, one(&i, readRuntime))
	return i, err
}

// GetCategories streams the tree of categories.
func (c *Client) GetCategories(ctx context.Context, who Login, yield func(*CategoryDto) error) error {
	return c.call(ctx, GetCategories, who, Args{}, rows("CategoryDto", readCategory, yield))
}

// GetCategoryItems streams the items of a category, or of all categories below a root.
func (c *Client) GetCategoryItems(ctx context.Context, who Login, categoryID string, yield func(*ItemDto) error) error {
	return c.call(ctx, GetCategoryItems, who, Args{CategoryId: categoryID}, rows("ItemDto", readItem, yield))
}

// GetCategoryRuntimeItems streams the runtime data of a category, or of all categories below a root.
func (c *Client) GetCategoryRuntimeItems(ctx context.Context, who Login, categoryID string, yield func(*ItemRuntimeDto) error) error {
	return c.call(ctx, GetCategoryRuntimeItems, who, Args{CategoryId: categoryID}, rows("ItemRuntimeDto", readRuntime, yield))
}

// GetOrders streams the orders of the account.
func (c *Client) GetOrders(ctx context.Context, who Login, yield func(*OrderDto) error) error {
	return c.call(ctx, GetOrders, who, Args{}, rows("OrderDto", readOrder, yield))
}

// GetOrderStatus reads an order without its lines.
func (c *Client) GetOrderStatus(ctx context.Context, who Login, orderID string) (o OrderDto, err error) {
	err = c.call(ctx, GetOrderStatus, who, Args{OrderId: orderID}, one(&o, readOrder))
	return o, err
}

// GetOrderWithLines reads an order with its lines.
func (c *Client) GetOrderWithLines(ctx context.Context, who Login, orderID string) (o OrderFullDto, err error) {
	err = c.call(ctx, GetOrderWithLines, who, Args{OrderId: orderID}, one(&o, readOrderFull))
	return o, err
}

// CreateOrder places an order and returns its number, which is never empty.
func (c *Client) CreateOrder(ctx context.Context, who Login, lines []OrderLineCreationDto) (orderID string, err error) {
	err = c.call(ctx, CreateOrder, who, Args{Lines: lines}, func(d *soap.Decoder, e soap.Element) error {
		text, err := d.Text()
		if orderID = strings.TrimSpace(text); err == nil && (e.Nil || orderID == "") {
			return &soap.AnswerError{Flaw: soap.NoResult, Detail: "an empty order number"}
		}
		return err
	})
	if err != nil {
		return "", err
	}
	return orderID, nil
}

// AddItem adds a line to an order. One line a call: one status comes back whatever was sent.
func (c *Client) AddItem(ctx context.Context, who Login, orderID string, line OrderLineCreationDto) (s OrderLineStatusDto, err error) {
	args := Args{OrderId: orderID, Lines: []OrderLineCreationDto{line}}
	err = c.call(ctx, AddItem, who, args, one(&s, readStatus))
	return s, err
}

// RemoveItem takes count pieces of an item out of an order, all of it for "0" or where the contract has no count.
func (c *Client) RemoveItem(ctx context.Context, who Login, orderID, itemID, count string) error {
	return c.call(ctx, RemoveItem, who, Args{OrderId: orderID, ItemId: itemID, Count: count}, ignore)
}

// CountsRemovals tells whether RemoveItem can take a part of a line.
func (c *Client) CountsRemovals(ctx context.Context) bool {
	o, _ := c.contracts.Contract(ctx).Operation(RemoveItem)
	_, ok := o.Param("count")
	return ok
}

// Publishes tells whether the service has an operation.
func (c *Client) Publishes(ctx context.Context, op Op) bool {
	_, ok := c.contracts.Contract(ctx).Operation(op)
	return ok
}

// GetRelatedItems streams the items that the service recommends beside one. It is published at times only.
func (c *Client) GetRelatedItems(ctx context.Context, who Login, itemID string, yield func(*ItemDto) error) error {
	return c.call(ctx, GetRelatedItems, who, Args{ItemId: itemID}, rows("ItemDto", readItem, yield))
}

// ExportInvoiceXml reads the invoice of an order as XML. It is published at times only.
func (c *Client) ExportInvoiceXml(ctx context.Context, who Login, orderID string) (document string, err error) {
	err = c.call(ctx, ExportInvoiceXml, who, Args{OrderId: orderID}, func(d *soap.Decoder, _ soap.Element) (err error) {
		document, err = d.Text()
		return err
	})
	return document, err
}

// SetOrderNote replaces the note of an order.
func (c *Client) SetOrderNote(ctx context.Context, who Login, orderID, note string) (n SetOrderNoteDto, err error) {
	err = c.call(ctx, SetOrderNote, who, Args{OrderId: orderID, Note: note}, one(&n, readNote))
	return n, err
}

// GetGoodsCompatibilityInformation streams which item fits which device.
func (c *Client) GetGoodsCompatibilityInformation(ctx context.Context, who Login, yield func(*CompatibilityDto) error) error {
	return c.call(ctx, GetGoodsCompatibilityInformation, who, Args{}, rows("CompatibilityDto", readFit, yield))
}

// GetUsdRubRate reads the texts of the answer in their order: the names of its elements are not published.
func (c *Client) GetUsdRubRate(ctx context.Context, who Login) (texts []string, err error) {
	err = c.call(ctx, GetUsdRubRate, who, Args{}, func(d *soap.Decoder, _ soap.Element) error {
		return d.Texts(func(text string) { texts = append(texts, text) })
	})
	return texts, err
}
