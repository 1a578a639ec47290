//go:build judges

package emulator_test

import (
	"maps"
	"strings"

	"storefront/internal/vtt/portal"
)

// pins are values of the scenario, typed by hand: "unit call/member/…", of each kind that stacks are known to mistake.
func pins(age portal.Age) map[string]any {
	if age == portal.Older {
		return both("int", olderPins())
	}
	return both("decimal", currentPins())
}

// both adds what the ages have in common; quantities are of another type in the older one.
func both(quantity string, own map[string]any) map[string]any {
	all := map[string]any{
		"GetItems 1/ItemDto":                                        judgedItems,
		"GetRuntimeItems 1/ItemRuntimeDto":                          judgedItems,
		"GetItemPortion 1/Items/ItemDto":                            10, // both bounds are included
		"GetItemPortion 2/Items/ItemDto":                            0,
		"GetItemPortion 2/TotalCount":                               "int 300",
		"GetItem 1/Id":                                              "string 209082016",
		"GetItem 1/OriginalNumber":                                  "string CF283A",
		"GetItem 1/RootGroup":                                       "string Картриджи лазерные",
		"GetItem 1/Name":                                            "string Картридж HP LJ Pro M125/M127/M201 (O) CF283A, 1,5К",
		"GetItem 1/Price":                                           "decimal 54.51",
		"GetItem 1/Depth":                                           "decimal 0.134",
		"GetItem 1/Height":                                          "decimal 0.150", // the zero is kept
		"GetItem 2/Id":                                              "string A/1",
		"GetRuntimeItem 1/Price":                                    "decimal 4.05",
		"GetOrders 1/OrderDto":                                      40,
		"GetOrderStatus 1/CreationDate":                             "dateTime 2026-11-23T15:00:00", // no offset: Moscow time
		"GetOrderStatus 1/Status":                                   "string Резервирование",
		"GetOrderStatus 1/InvoiceDate":                              nil,
		"GetOrderStatus 1/Sum":                                      "decimal 246804.05", // 40000 × 6.17 + 4.05
		"GetOrderStatus 2/InvoiceDate":                              "dateTime 2026-07-12T14:00:15+03:00",
		"GetOrderStatus 2/InvoiceId":                                "string ТН-417300",
		"GetOrderWithLines 1/LineCount":                             "int 2",
		"GetOrderWithLines 1/Lines/OrderLineDto":                    2,
		"GetOrderWithLines 1/Lines/OrderLineDto/0/ItemId":           "string A21101",
		"GetOrderWithLines 1/Lines/OrderLineDto/0/Quantity":         quantity + " 40000",
		"GetOrderWithLines 1/Lines/OrderLineDto/0/ReservedQuantity": quantity + " 49",
		"GetOrderWithLines 1/Lines/OrderLineDto/0/UnitPrice":        "decimal 6.17",
		"GetOrderWithLines 2/Lines/OrderLineDto/1/GtdCountry":       "string (МАЛАЙЗИЯ,КИТАЙ)",
		"AddItem 1/OrderedQuantity":                                 quantity + " 3",
		"AddItem 1/LinesDeleted":                                    quantity + " 0",
		"AddItem 2/Lines/OrderLineDto/1/Quantity":                   quantity + " 4", // added to what was there
		"AddItem 2/Sum":                                             "decimal 246816.20",
	}
	maps.Copy(all, own)
	return all
}

func currentPins() map[string]any {
	return map[string]any{
		"GetItem 1/PriceLocal":                                "decimal 4275.33", // 54.51 × 78.4321
		"GetItem 1/GroupId":                                   nil,
		"GetItem 2/PhotoUrls/string":                          2,
		"GetRuntimeItemsPortion 1/Items/ItemRuntimeDto":       1,
		"RemoveItem 1":                                        nil,
		"RemoveItem 2/Lines/OrderLineDto/1/Quantity":          "decimal 3",
		"RemoveItem 5/Lines/OrderLineDto":                     0,
		"RemoveItem 5/Sum":                                    "decimal 0.00",
		"SetOrderNote 1/NoteUpdated":                          "boolean true",
		"SetOrderNote 1/Error":                                nil,
		"SetOrderNote 2/Note":                                 "string Отгрузить до обеда: «Ёлка» & <срочно>",
		"SetOrderNote 3/NoteUpdated":                          "boolean false",
		"GetUsdRubRate 1/Rate":                                "decimal 78.4321",
		"GetUsdRubRate 1/Date":                                "dateTime 2026-11-23T00:00:00+03:00",
		"GetGoodsCompatibilityInformation 1/CompatibilityDto": 854,
	}
}

func olderPins() map[string]any {
	return map[string]any{
		"GetRuntimeItemPortion 1/Items/ItemRuntimeDto": 1,
		"RemoveItem 4/Lines/OrderLineDto":              0,
		"ExportInvoiceXml 1": "string " + strings.Join([]string{
			`<Invoice number="ТН-417300" date="2026-07-12T14:00:15+03:00">`,
			`<Line><ItemId>0313-539492</ItemId><Name>Вал тефлоновый (верхний) Hi-Color для Samsung Xpress C430/C480</Name><Quantity>4</Quantity><Price>7.46</Price></Line>`,
			`<Line><ItemId>0015-158923</ItemId><Name>Драм-юнит Brother HL-L2300DR/L2340DWR/DCP-L2500DR (Hi-Black) DR-2335, 12K</Name><Quantity>7</Quantity><Price>14.06</Price></Line>`,
			`<Line><ItemId>262803175</ItemId><Name>Пружина картриджа Hi-Black для HP CLJ CP5225</Name><Quantity>18</Quantity><Price>0.19</Price></Line>`,
			`<Line><ItemId>D97287</ItemId><Name>Чистящее лезвие (Wiper Blade) Hi-Black для Brother HL-L2300DR/L2340DWR/DCP-L2500DR</Name><Quantity>5</Quantity><Price>2.1</Price></Line>`,
			`<Line><ItemId>B46069</ItemId><Name>Ролик заряда (PCR) Hi-Black для Ricoh SP 3400/3410/3500</Name><Quantity>2</Quantity><Price>1.38</Price></Line></Invoice>`,
		}, ""),
	}
}
