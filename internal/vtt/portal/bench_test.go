package portal_test

import (
	"bytes"
	"context"
	"encoding/xml"
	"fmt"
	"io"
	"reflect"
	"testing"
	"time"

	"github.com/google/go-cmp/cmp"

	"storefront/internal/soap"
	"storefront/internal/vtt/portal"
)

// catalogueSize is the size of a large real catalogue.
const catalogueSize = 13_000

// catalogueAnswer writes an answer to GetItems of n items as the service writes it.
func catalogueAnswer(n int) []byte {
	var rows bytes.Buffer
	for i := range n {
		catalogueRow(&rows, i)
	}
	return items(rows.String())
}

func catalogueRow(w io.Writer, i int) {
	fmt.Fprintf(w, `<a:ItemDto><a:AvailableQuantity>%d</a:AvailableQuantity><a:Barcode>46900%08d</a:Barcode><a:Brand>Hi-Black</a:Brand>`+
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

// itemsOf is a client of a service that answers with the document, whatever its size.
func itemsOf(document []byte) *portal.Client {
	return portal.NewClient(soap.RoundTripFunc(func(_ context.Context, call *soap.Call) error {
		return soap.ReadAnswer(bytes.NewReader(document), 200, 1<<30, call.Answer, call.Read)
	}), portal.DefaultContract())
}

// decode reads the catalogue as the program does: as a stream, one item at a time.
func decode(t testing.TB, client *portal.Client, want int) {
	rows := 0
	err := client.GetItems(t.Context(), dealer, func(i *portal.ItemDto) error {
		if i.Price.Filled() {
			rows++
		}
		return nil
	})
	if err != nil || rows != want {
		t.Fatalf("%d rows, %v", rows, err)
	}
}

// unmarshal reads the same into a tree with encoding/xml.
func unmarshal(t testing.TB, document []byte, want int) []plainItem {
	var envelope struct {
		Rows []plainItem `xml:"Body>GetItemsResponse>GetItemsResult>ItemDto"`
	}
	if err := xml.Unmarshal(document, &envelope); err != nil || len(envelope.Rows) != want {
		t.Fatalf("%d rows, %v", len(envelope.Rows), err)
	}
	return envelope.Rows
}

func BenchmarkDecodeItems(b *testing.B) {
	document := catalogueAnswer(catalogueSize)
	client := itemsOf(document)
	b.SetBytes(int64(len(document)))
	b.ReportAllocs()
	for b.Loop() {
		decode(b, client, catalogueSize)
	}
}

func BenchmarkUnmarshalItems(b *testing.B) {
	document := catalogueAnswer(catalogueSize)
	b.SetBytes(int64(len(document)))
	b.ReportAllocs()
	for b.Loop() {
		unmarshal(b, document, catalogueSize)
	}
}

// BenchmarkDecodeRatio does one after the other and reports how many times as fast the first is, so that a busy machine slows
// down both. One decoding is repeated until it takes about as long as one unmarshalling.
func BenchmarkDecodeRatio(b *testing.B) {
	const decodings = 8
	document := catalogueAnswer(catalogueSize)
	client := itemsOf(document)
	var decoding, unmarshalling time.Duration
	for b.Loop() {
		began := time.Now()
		for range decodings {
			decode(b, client, catalogueSize)
		}
		between := time.Now()
		unmarshal(b, document, catalogueSize)
		decoding += between.Sub(began)
		unmarshalling += time.Since(between)
	}
	b.ReportMetric(decodings*float64(unmarshalling)/float64(decoding), "x-unmarshal")
	b.ReportMetric(0, "ns/op")
}

// Every text of every item is what encoding/xml takes it for.
func TestItemsAreWhatEncodingXMLReads(t *testing.T) {
	documents := map[string][]byte{
		"a catalogue": catalogueAnswer(2000),
		"prefixed":    file(t, "answers", "prefixed", "GetItems.xml"),
		"default":     file(t, "answers", "default", "GetItems.xml"),
	}
	for name, document := range documents {
		var list []portal.ItemDto
		err := itemsOf(document).GetItems(t.Context(), dealer, func(i *portal.ItemDto) error { list = append(list, *i); return nil })
		if err != nil || len(list) == 0 {
			t.Fatalf("%s: %d rows, %v", name, len(list), err)
		}
		for i, plain := range unmarshal(t, document, len(list)) {
			if diff := cmp.Diff(plain, plainly(t, list[i])); diff != "" {
				t.Errorf("%s, item %d: %s", name, i, diff)
			}
		}
	}
}

// plainly copies every member of an item to the field of the same name.
func plainly(t *testing.T, i portal.ItemDto) (plain plainItem) {
	t.Helper()
	from, to := reflect.ValueOf(i), reflect.ValueOf(&plain).Elem()
	if from.NumField() != to.NumField() {
		t.Fatalf("%d members, but %d are compared", from.NumField(), to.NumField())
	}
	for n := range from.NumField() {
		field := to.FieldByName(from.Type().Field(n).Name)
		switch v := from.Field(n).Interface().(type) {
		case portal.Value:
			field.SetString(v.Text)
		case []string:
			if len(v) > 0 {
				field.Set(reflect.ValueOf(v))
			}
		}
	}
	return plain
}

// An item costs one allocation for each text that it holds, and nothing else.
func TestAnItemCostsItsTexts(t *testing.T) {
	const n = 1000
	texts := 0
	document := catalogueAnswer(n)
	client := itemsOf(document)
	err := client.GetItems(t.Context(), dealer, func(i *portal.ItemDto) error {
		for _, field := range reflect.ValueOf(plainly(t, *i)).Fields() {
			if field.Kind() == reflect.String && field.Len() > 0 {
				texts++
			}
		}
		return nil
	})
	if err != nil {
		t.Fatal(err)
	}
	few := testing.AllocsPerRun(2, func() { decode(t, client, n) }) - float64(texts)
	if few > n/2 {
		t.Errorf("%.0f allocations for %d items beside their %d texts", few, n, texts)
	}
}

// plainItem is ItemDto as encoding/xml likes it.
type plainItem struct {
	AvailableQuantity, BarCode, Barcode, Brand, ColorId, ColorName, Compatibility, Depth, Description              string
	GrossDepth, GrossHeight, GrossVolume, GrossWeight, GrossWidth, Group, GroupId, Height, Id, ItemLifeTime        string
	MainOfficeQuantity, Name, NameAlias, NetWeight, NumberInPackage, OriginalNumber, PhotoUrl, Price, PriceLocal   string
	PhotoUrls                                                                                                      []string `xml:"PhotoUrls>string"`
	PriceRetail, Reserved, RestQuantity, RootGroup, TnvedCode, TransitDate, TransitQuantity, Vendor, Weight, Width string
}
