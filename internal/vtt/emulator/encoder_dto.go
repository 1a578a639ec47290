package emulator

import "storefront/internal/vtt/portal"

// The members of every type in the order of the wire: ordinal, the base type's first.

func (e *encoder) item(d *portal.ItemDto) {
	e.pieces("AvailableQuantity", d.AvailableQuantity)
	if !e.answers.OneBarcode {
		e.later("BarCode", d.BarCode)
	}
	e.value("Barcode", d.Barcode)
	e.value("Brand", d.Brand)
	e.later("ColorId", d.ColorId)
	e.later("ColorName", d.ColorName)
	e.value("Compatibility", d.Compatibility)
	e.value("Depth", d.Depth)
	e.value("Description", d.Description)
	e.later("GrossDepth", d.GrossDepth)
	e.later("GrossHeight", d.GrossHeight)
	e.later("GrossVolume", d.GrossVolume)
	e.later("GrossWeight", d.GrossWeight)
	e.later("GrossWidth", d.GrossWidth)
	e.value("Group", d.Group)
	e.undocumented("GroupId", d.GroupId)
	e.value("Height", d.Height)
	e.value("Id", d.Id)
	e.later("ItemLifeTime", d.ItemLifeTime)
	if e.answers.LifeTimeTwice {
		e.later("ItemLifeTime", portal.Text(""))
	}
	e.pieces("MainOfficeQuantity", d.MainOfficeQuantity)
	e.value("Name", d.Name)
	e.later("NameAlias", d.NameAlias)
	e.later("NetWeight", d.NetWeight)
	e.pieces("NumberInPackage", d.NumberInPackage)
	e.value("OriginalNumber", d.OriginalNumber)
	e.value("PhotoUrl", d.PhotoUrl)
	e.strings("PhotoUrls", d.PhotoUrls)
	e.value("Price", d.Price)
	e.undocumented("PriceLocal", d.PriceLocal)
	e.value("PriceRetail", d.PriceRetail)
	e.undocumentedPieces("Reserved", d.Reserved)
	e.undocumentedPieces("RestQuantity", d.RestQuantity)
	e.value("RootGroup", d.RootGroup)
	e.later("TnvedCode", d.TnvedCode)
	e.later("TransitDate", d.TransitDate)
	e.pieces("TransitQuantity", d.TransitQuantity)
	e.value("Vendor", d.Vendor)
	e.value("Weight", d.Weight)
	e.value("Width", d.Width)
}

func (e *encoder) runtime(d *portal.ItemRuntimeDto) {
	e.pieces("AvailableQuantity", d.AvailableQuantity)
	e.value("Id", d.Id)
	e.pieces("MainOfficeQuantity", d.MainOfficeQuantity)
	e.value("Price", d.Price)
	e.pieces("TransitQuantity", d.TransitQuantity)
}

func (e *encoder) category(d *portal.CategoryDto) {
	e.value("Id", d.Id)
	e.value("Name", d.Name)
	e.value("ParentId", d.ParentId)
}

func (e *encoder) order(d *portal.OrderDto) {
	e.value("CreationDate", d.CreationDate)
	e.value("Currency", d.Currency)
	e.value("GoodsCount", d.GoodsCount)
	e.value("Id", d.Id)
	e.value("InvoiceDate", d.InvoiceDate)
	e.value("InvoiceId", d.InvoiceId)
	e.value("LineCount", d.LineCount)
	e.later("Note", d.Note)
	e.later("PaymentInvoiceDate", d.PaymentInvoiceDate)
	e.later("PaymentInvoiceId", d.PaymentInvoiceId)
	e.value("Status", d.Status)
	e.value("Sum", d.Sum)
	e.value("Type", d.Type)
	e.later("UtdUrl", d.UtdUrl)
}

func (e *encoder) fullOrder(d *portal.OrderFullDto) {
	e.order(&d.OrderDto)
	e.element("Lines", func() {
		for i := range d.Lines {
			e.element("OrderLineDto", func() { e.line(&d.Lines[i]) })
		}
	})
}

func (e *encoder) line(d *portal.OrderLineDto) {
	e.value("GtdCountry", d.GtdCountry)
	e.value("GtdNumber", d.GtdNumber)
	e.value("ItemId", d.ItemId)
	e.value("Name", d.Name)
	e.pieces("Quantity", d.Quantity)
	e.pieces("ReservedQuantity", d.ReservedQuantity)
	e.value("TotalPrice", d.TotalPrice)
	e.value("UnitPrice", d.UnitPrice)
}

func (e *encoder) lineStatus(d *portal.OrderLineStatusDto) {
	e.pieces("GoodsDeleted", d.GoodsDeleted)
	e.pieces("LinesDeleted", d.LinesDeleted)
	e.pieces("OrderedQuantity", d.OrderedQuantity)
	e.pieces("ReservedQuantity", d.ReservedQuantity)
}

func (e *encoder) compatibility(d *portal.CompatibilityDto) {
	e.value("ItemId", d.ItemId)
	e.value("ModelBrand", d.ModelBrand)
	e.value("ModelCategoryName", d.ModelCategoryName)
	e.value("ModelName", d.ModelName)
}

func (e *encoder) noteResult(d *portal.SetOrderNoteDto) {
	e.value("Error", d.Error)
	e.value("NoteUpdated", d.NoteUpdated)
}

func (e *encoder) rate(d *portal.UsdRubRateDto) {
	if e.answers.RateFirst {
		e.value("Course", d.Rate)
		e.value("Day", d.Date)
		return
	}
	e.value("Date", d.Date)
	e.value("Rate", d.Rate)
}
