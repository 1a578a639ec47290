package portal

import "slices"

// Age names a published state of the contract.
type Age string

const (
	Current Age = "current"
	Older   Age = "2016" // 16 operations; strict clients of that age fail on any member they don't know
)

// Op names an operation in the program. It is the operation's current name on the wire.
type Op string

const (
	GetItems                         Op = "GetItems"
	GetRuntimeItems                  Op = "GetRuntimeItems"
	GetItemPortion                   Op = "GetItemPortion"
	GetRuntimeItemsPortion           Op = "GetRuntimeItemsPortion"
	GetItem                          Op = "GetItem"
	GetRuntimeItem                   Op = "GetRuntimeItem"
	GetCategories                    Op = "GetCategories"
	GetCategoryItems                 Op = "GetCategoryItems"
	GetCategoryRuntimeItems          Op = "GetCategoryRuntimeItems"
	GetOrders                        Op = "GetOrders"
	GetOrderStatus                   Op = "GetOrderStatus"
	GetOrderWithLines                Op = "GetOrderWithLines"
	CreateOrder                      Op = "CreateOrder"
	AddItem                          Op = "AddItem"
	RemoveItem                       Op = "RemoveItem"
	SetOrderNote                     Op = "SetOrderNote"
	GetGoodsCompatibilityInformation Op = "GetGoodsCompatibilityInformation"
	GetUsdRubRate                    Op = "GetUsdRubRate"
	ExportInvoiceXml                 Op = "ExportInvoiceXml"        // published in the older age, and at times
	GetRelatedItems                  Op = "GetRelatedItems"         // published at times
	GetAdditionalAttributes          Op = "GetAdditionalAttributes" // published at times; attributes without names: nothing to show
)

// Types of parameters and results, as the WSDL names them. DTOs and arrays of them live in DataNamespace, the rest in the
// XML Schema namespace.
const (
	TypeNone   = "" // RemoveItem's response has no result
	TypeString = "string"
	TypeInt    = "int"

	TypeItem        = "ItemDto"
	TypeItems       = "ArrayOfItemDto"
	TypeRuntime     = "ItemRuntimeDto"
	TypeRuntimes    = "ArrayOfItemRuntimeDto"
	TypePortion     = "ItemPortionDto"
	TypeRuntimePart = "ItemRuntimePortionDto"
	TypeCategories  = "ArrayOfCategoryDto"
	TypeOrder       = "OrderDto"
	TypeOrders      = "ArrayOfOrderDto"
	TypeOrderFull   = "OrderFullDto"
	TypeNewLine     = "OrderLineCreationDto"
	TypeNewLines    = "ArrayOfOrderLineCreationDto"
	TypeLineStatus  = "OrderLineStatusDto"
	TypeNoteResult  = "SetOrderNoteDto"
	TypeCompatibles = "ArrayOfCompatibilityDto"
	TypeUsdRubRate  = "UsdRubRateDto"
	TypeAttributes  = "ArrayOfAdditionalAttributeDto"
)

// Param is a parameter of an operation.
type Param struct {
	Name string
	Type string
	// Members are those of a line that is asked for, in the order of the wire; nil means ordinal order.
	Members []string
}

// Operation is one operation of a contract. Parameters stand in the order of the wire; login and password, which every
// operation takes, are the first two in every contract known so far.
type Operation struct {
	Op         Op
	Name       string // on the wire; differs from Op where an age called it otherwise
	Formerly   string // a name of another age, tried by a client that has not read the service's own contract
	Params     []Param
	SOAPAction string // "" is the usual one, made of Name
	Result     string // type of the result element; TypeNone where there is none
	ResultName string // "" is the usual one, made of Name
	NeedsRight bool   // only for accounts that may edit orders
	Writes     bool   // changes orders: sent at most once
}

// Action is the SOAPAction, without its quotes.
func (o Operation) Action() string {
	if o.SOAPAction != "" {
		return o.SOAPAction
	}
	return ActionPrefix + o.Name
}

// Response is the local name of the element in the body of the answer.
func (o Operation) Response() string { return o.Name + "Response" }

// ResultElement is the local name of the element inside Response, "" where there is none.
func (o Operation) ResultElement() string {
	switch {
	case o.Result == TypeNone:
		return ""
	case o.ResultName != "":
		return o.ResultName
	}
	return o.Name + "Result"
}

// Param finds a parameter by what it is for: its spelling does not matter.
func (o Operation) Param(name string) (Param, bool) {
	i := slices.IndexFunc(o.Params, func(p Param) bool { return argument(p.Name) == argument(name) })
	if i < 0 {
		return Param{}, false
	}
	return o.Params[i], true
}

// Operations lists the operations that an age publishes, in the documentation's order. The slice is the caller's own.
func Operations(age Age) []Operation {
	if age == Older {
		return olderOperations()
	}
	return currentOperations()
}

// currentOperations is the table of the documentation with its misprints mended: every parameter in lower camel case and
// Latin letters.
func currentOperations() []Operation {
	window := []Param{{Name: "from", Type: TypeInt}, {Name: "to", Type: TypeInt}}
	item := []Param{{Name: "itemId", Type: TypeString}}
	category := []Param{{Name: "categoryId", Type: TypeString}}
	order := []Param{{Name: "orderId", Type: TypeString}}
	lines := Param{Name: "lines", Type: TypeNewLines}
	return []Operation{
		read(GetItems, TypeItems, nil),
		read(GetRuntimeItems, TypeRuntimes, nil),
		read(GetItemPortion, TypePortion, window),
		formerly("GetRuntimeItemPortion", read(GetRuntimeItemsPortion, TypeRuntimePart, window)),
		read(GetItem, TypeItem, item),
		read(GetRuntimeItem, TypeRuntime, item),
		read(GetCategories, TypeCategories, nil),
		read(GetCategoryItems, TypeItems, category),
		read(GetCategoryRuntimeItems, TypeRuntimes, category),
		read(GetOrders, TypeOrders, nil),
		read(GetOrderStatus, TypeOrder, order),
		read(GetOrderWithLines, TypeOrderFull, order),
		open(write(CreateOrder, TypeString, []Param{lines})),
		write(AddItem, TypeLineStatus, []Param{order[0], lines}),
		write(RemoveItem, TypeNone, []Param{order[0], item[0], {Name: "count", Type: TypeString}}),
		write(SetOrderNote, TypeNoteResult, []Param{order[0], {Name: "note", Type: TypeString}}),
		privileged(read(GetGoodsCompatibilityInformation, TypeCompatibles, nil)),
		read(GetUsdRubRate, TypeUsdRubRate, nil),
	}
}

// olderOperations tells the older age by its differences.
func olderOperations() []Operation {
	var out []Operation
	for _, o := range currentOperations() {
		switch o.Op {
		case SetOrderNote, GetGoodsCompatibilityInformation, GetUsdRubRate:
			continue
		case GetRuntimeItemsPortion:
			o.Name, o.Formerly = o.Formerly, ""
		case AddItem:
			o.Params = params([]Param{{Name: "orderId", Type: TypeString}, {Name: "item", Type: TypeNewLine}})
		case RemoveItem:
			o.Params = params([]Param{{Name: "orderId", Type: TypeString}, {Name: "itemId", Type: TypeString}})
		}
		out = append(out, o)
	}
	return append(out, exportInvoice())
}

// OptionalOperations lists what has been published at some time beside the eighteen: a client uses one of them only where the
// service's own contract has it.
func OptionalOperations() []Operation {
	return []Operation{
		exportInvoice(),
		read(GetRelatedItems, TypeItems, []Param{{Name: "itemId", Type: TypeString}}),
		read(GetAdditionalAttributes, TypeAttributes, nil),
	}
}

func exportInvoice() Operation {
	return read(ExportInvoiceXml, TypeString, []Param{{Name: "orderId", Type: TypeString}})
}

// params puts login and password in front, as every operation has them.
func params(own []Param) []Param {
	return append([]Param{{Name: "login", Type: TypeString}, {Name: "password", Type: TypeString}}, own...)
}

func read(op Op, result string, own []Param) Operation {
	return Operation{Op: op, Name: string(op), Params: params(own), Result: result}
}

// write is an operation that changes an order, which needs the right to.
func write(op Op, result string, own []Param) Operation {
	o := privileged(read(op, result, own))
	o.Writes = true
	return o
}

func privileged(o Operation) Operation {
	o.NeedsRight = true
	return o
}

// open is an operation that anybody may call.
func open(o Operation) Operation {
	o.NeedsRight = false
	return o
}

func formerly(name string, o Operation) Operation {
	o.Formerly = name
	return o
}
