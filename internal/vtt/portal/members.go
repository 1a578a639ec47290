package portal

// The members of each DTO by their names on the wire. A map would need reflection or an allocation for each of the some
// thirteen thousand items of a catalogue; a switch needs neither.

func (i *ItemDto) member(name string) *Value {
	switch name {
	case "AvailableQuantity":
		return &i.AvailableQuantity
	case "BarCode":
		return &i.BarCode
	case "Barcode":
		return &i.Barcode
	case "Brand":
		return &i.Brand
	case "ColorId":
		return &i.ColorId
	case "ColorName":
		return &i.ColorName
	case "Compatibility":
		return &i.Compatibility
	case "Depth":
		return &i.Depth
	case "Description":
		return &i.Description
	case "GrossDepth":
		return &i.GrossDepth
	case "GrossHeight":
		return &i.GrossHeight
	case "GrossVolume":
		return &i.GrossVolume
	case "GrossWeight":
		return &i.GrossWeight
	case "GrossWidth":
		return &i.GrossWidth
	case "Group":
		return &i.Group
	case "GroupId":
		return &i.GroupId
	case "Height":
		return &i.Height
	case "Id":
		return &i.Id
	case "ItemLifeTime":
		return &i.ItemLifeTime
	case "MainOfficeQuantity":
		return &i.MainOfficeQuantity
	case "Name":
		return &i.Name
	case "NameAlias":
		return &i.NameAlias
	case "NetWeight":
		return &i.NetWeight
	case "NumberInPackage":
		return &i.NumberInPackage
	case "OriginalNumber":
		return &i.OriginalNumber
	case "PhotoUrl":
		return &i.PhotoUrl
	case "Price":
		return &i.Price
	case "PriceLocal":
		return &i.PriceLocal
	case "PriceRetail":
		return &i.PriceRetail
	case "Reserved":
		return &i.Reserved
	case "RestQuantity":
		return &i.RestQuantity
	case "RootGroup":
		return &i.RootGroup
	case "TnvedCode":
		return &i.TnvedCode
	case "TransitDate":
		return &i.TransitDate
	case "TransitQuantity":
		return &i.TransitQuantity
	case "Vendor":
		return &i.Vendor
	case "Weight":
		return &i.Weight
	case "Width":
		return &i.Width
	}
	return nil
}

func (i *ItemRuntimeDto) member(name string) *Value {
	switch name {
	case "AvailableQuantity":
		return &i.AvailableQuantity
	case "Id":
		return &i.Id
	case "MainOfficeQuantity":
		return &i.MainOfficeQuantity
	case "Price":
		return &i.Price
	case "TransitQuantity":
		return &i.TransitQuantity
	}
	return nil
}

func (c *CategoryDto) member(name string) *Value {
	switch name {
	case "Id":
		return &c.Id
	case "Name":
		return &c.Name
	case "ParentId":
		return &c.ParentId
	}
	return nil
}

func (o *OrderDto) member(name string) *Value {
	switch name {
	case "CreationDate":
		return &o.CreationDate
	case "Currency":
		return &o.Currency
	case "GoodsCount":
		return &o.GoodsCount
	case "Id":
		return &o.Id
	case "InvoiceDate":
		return &o.InvoiceDate
	case "InvoiceId":
		return &o.InvoiceId
	case "LineCount":
		return &o.LineCount
	case "Note":
		return &o.Note
	case "PaymentInvoiceDate":
		return &o.PaymentInvoiceDate
	case "PaymentInvoiceId":
		return &o.PaymentInvoiceId
	case "Status":
		return &o.Status
	case "Sum":
		return &o.Sum
	case "Type":
		return &o.Type
	case "UtdUrl":
		return &o.UtdUrl
	}
	return nil
}

func (o *OrderLineDto) member(name string) *Value {
	switch name {
	case "GtdCountry":
		return &o.GtdCountry
	case "GtdNumber":
		return &o.GtdNumber
	case "ItemId":
		return &o.ItemId
	case "Name":
		return &o.Name
	case "Quantity":
		return &o.Quantity
	case "ReservedQuantity":
		return &o.ReservedQuantity
	case "TotalPrice":
		return &o.TotalPrice
	case "UnitPrice":
		return &o.UnitPrice
	}
	return nil
}

func (o *OrderLineStatusDto) member(name string) *Value {
	switch name {
	case "GoodsDeleted":
		return &o.GoodsDeleted
	case "LinesDeleted":
		return &o.LinesDeleted
	case "OrderedQuantity":
		return &o.OrderedQuantity
	case "ReservedQuantity":
		return &o.ReservedQuantity
	}
	return nil
}

func (c *CompatibilityDto) member(name string) *Value {
	switch name {
	case "ItemId":
		return &c.ItemId
	case "ModelBrand":
		return &c.ModelBrand
	case "ModelCategoryName":
		return &c.ModelCategoryName
	case "ModelName":
		return &c.ModelName
	}
	return nil
}

func (s *SetOrderNoteDto) member(name string) *Value {
	switch name {
	case "Error":
		return &s.Error
	case "NoteUpdated":
		return &s.NoteUpdated
	}
	return nil
}
