// Package portal is the contract of the distributor's service ("the Portal") as data: wire types named one to one as on the
// wire, its operations, and a reader and a writer for a client. The emulator shares the types and the table of operations
// and nothing else, so that client and emulator cannot agree on a mistake.
package portal

// Namespaces of the contract. Prefixes mean nothing; these do.
const (
	Namespace       = "http://portal.vtt.ru"                                      // operations, their parameters and results
	DataNamespace   = "http://portal.vtt.ru/data"                                 // DTOs and their members
	ArraysNamespace = "http://schemas.microsoft.com/2003/10/Serialization/Arrays" // <string> in lists of strings
	ActionPrefix    = Namespace + "/IPortalService/"                              // SOAPAction is this and the operation's name
)

// In every type below the fields stand in the order of the wire, which is ordinal (BarCode before Barcode) with the base
// type's members first. The service reads members in that order only and takes what comes out of order for null.
// In lists, a nil slice is an absent or nil element and an empty slice an empty one.

// ItemDto is an item with everything known of it, as this buyer may order it.
type ItemDto struct {
	AvailableQuantity  Value // decimal
	BarCode            Value // the documentation has both BarCode and Barcode
	Barcode            Value
	Brand              Value
	ColorId            Value // decimal
	ColorName          Value
	Compatibility      Value
	Depth              Value // decimal, as all sizes and weights
	Description        Value
	GrossDepth         Value
	GrossHeight        Value
	GrossVolume        Value
	GrossWeight        Value
	GrossWidth         Value
	Group              Value
	GroupId            Value // not documented
	Height             Value
	Id                 Value
	ItemLifeTime       Value // documented twice, and may come twice
	MainOfficeQuantity Value // decimal
	Name               Value
	NameAlias          Value
	NetWeight          Value
	NumberInPackage    Value // decimal
	OriginalNumber     Value
	PhotoUrl           Value
	PhotoUrls          []string // not documented; <string> of ArraysNamespace
	Price              Value    // decimal, conventional units; -1 is "no price"
	PriceLocal         Value    // decimal, roubles; not documented
	PriceRetail        Value    // decimal
	Reserved           Value    // decimal; not documented
	RestQuantity       Value    // decimal; not documented
	RootGroup          Value
	TnvedCode          Value
	TransitDate        Value // date or dateTime
	TransitQuantity    Value // decimal
	Vendor             Value
	Weight             Value
	Width              Value
}

// ItemRuntimeDto is what changes during a day.
type ItemRuntimeDto struct {
	AvailableQuantity  Value // decimal
	Id                 Value
	MainOfficeQuantity Value // decimal
	Price              Value // decimal
	TransitQuantity    Value // decimal
}

// ItemPortionDto is a portion of the catalogue.
type ItemPortionDto struct {
	Items      []ItemDto
	TotalCount Value // int
}

// ItemRuntimePortionDto is a portion of the runtime data.
type ItemRuntimePortionDto struct {
	Items      []ItemRuntimeDto
	TotalCount Value // int
}

// CategoryDto is a node of the two-level tree of categories; ParentId is null at the top.
type CategoryDto struct {
	Id       Value
	Name     Value
	ParentId Value
}

// OrderDto is an order without its lines.
type OrderDto struct {
	CreationDate       Value // dateTime
	Currency           Value // USD, RUB, KZN
	GoodsCount         Value // int
	Id                 Value
	InvoiceDate        Value // dateTime
	InvoiceId          Value // ТОРГ-12
	LineCount          Value // int
	Note               Value
	PaymentInvoiceDate Value // dateTime
	PaymentInvoiceId   Value
	Status             Value
	Sum                Value // decimal
	Type               Value // int
	UtdUrl             Value // one or several links
}

// OrderFullDto is an order with its lines; the base type's members come first on the wire.
type OrderFullDto struct {
	OrderDto
	Lines []OrderLineDto
}

// OrderLineDto is a position of an order.
type OrderLineDto struct {
	GtdCountry       Value // "(Gtd1,Gtd2)", with or without brackets
	GtdNumber        Value
	ItemId           Value
	Name             Value
	Quantity         Value // decimal, int in older WSDLs
	ReservedQuantity Value
	TotalPrice       Value // decimal
	UnitPrice        Value // decimal
}

// OrderLineCreationDto is a position that is asked for.
type OrderLineCreationDto struct {
	ItemId   Value
	Quantity Value // written without a fraction
}

// OrderLineStatusDto is the answer to AddItem.
type OrderLineStatusDto struct {
	GoodsDeleted     Value // decimal, int in older WSDLs, as all here
	LinesDeleted     Value
	OrderedQuantity  Value
	ReservedQuantity Value
}

// CompatibilityDto says that an item fits a device.
type CompatibilityDto struct {
	ItemId            Value
	ModelBrand        Value
	ModelCategoryName Value
	ModelName         Value
}

// SetOrderNoteDto is the answer to SetOrderNote. The name of the type is not published; the members are.
type SetOrderNoteDto struct {
	Error       Value // string
	NoteUpdated Value // boolean
}

// UsdRubRateDto is the answer to GetUsdRubRate. Neither the type nor its members are published: these are names of ours, and
// the client goes by the first decimal and the first date whatever they are called.
type UsdRubRateDto struct {
	Date Value // dateTime
	Rate Value // decimal
}
