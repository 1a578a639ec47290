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
	ExportInvoiceXml                 Op = "ExportInvoiceXml" // published in the older age only
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
)

// Param is a parameter of an operation.
type Param struct {
	Name string
	Type string
}

// Operation is one operation of a contract. Parameters stand in the order of the wire, after login and password, which every
// operation takes first.
type Operation struct {
	Op         Op
	Name       string // on the wire; differs from Op where an age called it otherwise
	Formerly   string // a name of another age, tried by a client that has not read the service's own contract
	Params     []Param
	Result     string // type of the result element; TypeNone where there is none
	NeedsRight bool   // only for accounts that may edit orders
	Writes     bool   // changes orders: sent at most once
}

// Action is the SOAPAction, without its quotes.
func (o Operation) Action() string { return ActionPrefix + o.Name }

// Response is the local name of the element in the body of the answer.
func (o Operation) Response() string { return o.Name + "Response" }

// ResultElement is the local name of the element inside Response, "" where there is none.
func (o Operation) ResultElement() string {
	if o.Result == TypeNone {
		return ""
	}
	return o.Name + "Result"
}

// Param finds a parameter by name.
func (o Operation) Param(name string) (Param, bool) {
	i := slices.IndexFunc(o.Params, func(p Param) bool { return p.Name == name })
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
	window := []Param{{"from", TypeInt}, {"to", TypeInt}}
	item := []Param{{"itemId", TypeString}}
	category := []Param{{"categoryId", TypeString}}
	order := []Param{{"orderId", TypeString}}
	lines := Param{"lines", TypeNewLines}
	return []Operation{
		read(GetItems, TypeItems, nil),
		read(GetRuntimeItems, TypeRuntimes, nil),
		read(GetItemPortion, TypePortion, window),
		{Op: GetRuntimeItemsPortion, Name: "GetRuntimeItemsPortion", Formerly: "GetRuntimeItemPortion", Params: window, Result: TypeRuntimePart},
		read(GetItem, TypeItem, item),
		read(GetRuntimeItem, TypeRuntime, item),
		read(GetCategories, TypeCategories, nil),
		read(GetCategoryItems, TypeItems, category),
		read(GetCategoryRuntimeItems, TypeRuntimes, category),
		read(GetOrders, TypeOrders, nil),
		read(GetOrderStatus, TypeOrder, order),
		read(GetOrderWithLines, TypeOrderFull, order),
		{Op: CreateOrder, Name: "CreateOrder", Params: []Param{lines}, Result: TypeString, Writes: true},
		write(AddItem, TypeLineStatus, []Param{order[0], lines}),
		write(RemoveItem, TypeNone, []Param{order[0], item[0], {"count", TypeString}}),
		write(SetOrderNote, TypeNoteResult, []Param{order[0], {"note", TypeString}}),
		{Op: GetGoodsCompatibilityInformation, Name: "GetGoodsCompatibilityInformation", Result: TypeCompatibles, NeedsRight: true},
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
			o.Params = []Param{{"orderId", TypeString}, {"item", TypeNewLine}}
		case RemoveItem:
			o.Params = []Param{{"orderId", TypeString}, {"itemId", TypeString}}
		}
		out = append(out, o)
	}
	return append(out, read(ExportInvoiceXml, TypeString, []Param{{"orderId", TypeString}}))
}

func read(op Op, result string, params []Param) Operation {
	return Operation{Op: op, Name: string(op), Params: params, Result: result}
}

// write is an operation on an existing order: it needs the right.
func write(op Op, result string, params []Param) Operation {
	return Operation{Op: op, Name: string(op), Params: params, Result: result, NeedsRight: true, Writes: true}
}
