package portal_test

import (
	"bytes"
	"context"
	"encoding/xml"
	"fmt"
	"testing"

	"storefront/internal/soap"
	"storefront/internal/vtt/portal"
)

// catalogueSize is the size of a large real catalogue.
const catalogueSize = 13_000

// catalogueAnswer writes an answer to GetItems of n items as the service writes it.
func catalogueAnswer(n int) []byte {
	var rows bytes.Buffer
	for i := range n {
		fmt.Fprintf(&rows, `<a:ItemDto><a:AvailableQuantity>%d</a:AvailableQuantity><a:Barcode>46900%08d</a:Barcode><a:Brand>Hi-Black</a:Brand>`+
			`<a:ColorId>1</a:ColorId><a:ColorName>Чёрный</a:ColorName><a:Compatibility>HP LaserJet Pro M125/M127/M201, M225 &amp; другие, с чипом</a:Compatibility>`+
			`<a:Depth>11.50</a:Depth><a:Description>Товары TOP80</a:Description><a:GrossDepth>10.5</a:GrossDepth><a:GrossHeight>9.25</a:GrossHeight>`+
			`<a:GrossVolume>0.0031</a:GrossVolume><a:GrossWeight>0.72</a:GrossWeight><a:GrossWidth>31</a:GrossWidth><a:Group>Картриджи лазерные совместимые</a:Group>`+
			`<a:GroupId>CARTLAS_COMP</a:GroupId><a:Height>10</a:Height><a:Id>2C%08d</a:Id><a:ItemLifeTime>1,5K</a:ItemLifeTime>`+
			`<a:MainOfficeQuantity>340</a:MainOfficeQuantity><a:Name>Картридж HP LJ Pro M125/M127/M201 (Hi-Black) CF283A, 1,5K</a:Name>`+
			`<a:NameAlias>HB-CF283A</a:NameAlias><a:NetWeight i:nil="true"/><a:NumberInPackage>1</a:NumberInPackage><a:OriginalNumber>CF283A</a:OriginalNumber>`+
			`<a:PhotoUrl>http://photos.vtt.ru/2C%08d.jpg</a:PhotoUrl><a:Price>%d.%02d</a:Price><a:PriceRetail>990</a:PriceRetail>`+
			`<a:RootGroup>Картриджи лазерные</a:RootGroup><a:TnvedCode>8443999009</a:TnvedCode><a:TransitDate i:nil="true"/><a:TransitQuantity>200</a:TransitQuantity>`+
			`<a:Vendor>HP</a:Vendor><a:Weight>0.8</a:Weight><a:Width>32</a:Width></a:ItemDto>`, i%90, i, i, i, i%500, i%100)
	}
	return items(rows.String())
}

// BenchmarkDecodeItems reads the catalogue as the program does: as a stream, one item at a time.
func BenchmarkDecodeItems(b *testing.B) {
	document := catalogueAnswer(catalogueSize)
	service := soap.RoundTripFunc(func(_ context.Context, call *soap.Call) error {
		return soap.ReadAnswer(bytes.NewReader(document), 200, 1<<30, call.Answer, call.Read)
	})
	client := portal.NewClient(service, portal.DefaultContract())
	b.SetBytes(int64(len(document)))
	b.ReportAllocs()
	for b.Loop() {
		rows := 0
		err := client.GetItems(b.Context(), dealer, func(i *portal.ItemDto) error {
			if i.Price.Filled() {
				rows++
			}
			return nil
		})
		if err != nil || rows != catalogueSize {
			b.Fatalf("%d rows, %v", rows, err)
		}
	}
}

// BenchmarkUnmarshalItems reads the same into a tree with encoding/xml.
func BenchmarkUnmarshalItems(b *testing.B) {
	document := catalogueAnswer(catalogueSize)
	b.SetBytes(int64(len(document)))
	b.ReportAllocs()
	for b.Loop() {
		var envelope struct {
			Rows []plainItem `xml:"Body>GetItemsResponse>GetItemsResult>ItemDto"`
		}
		if err := xml.Unmarshal(document, &envelope); err != nil || len(envelope.Rows) != catalogueSize {
			b.Fatalf("%d rows, %v", len(envelope.Rows), err)
		}
	}
}

// plainItem is ItemDto as encoding/xml likes it.
type plainItem struct {
	AvailableQuantity, BarCode, Barcode, Brand, ColorId, ColorName, Compatibility, Depth, Description              string
	GrossDepth, GrossHeight, GrossVolume, GrossWeight, GrossWidth, Group, GroupId, Height, Id, ItemLifeTime        string
	MainOfficeQuantity, Name, NameAlias, NetWeight, NumberInPackage, OriginalNumber, PhotoUrl, Price, PriceLocal   string
	PriceRetail, Reserved, RestQuantity, RootGroup, TnvedCode, TransitDate, TransitQuantity, Vendor, Weight, Width string
}
