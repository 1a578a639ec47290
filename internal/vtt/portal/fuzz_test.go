package portal_test

import (
	"bytes"
	"context"
	"encoding/xml"
	"testing"
	"testing/iotest"

	"github.com/google/go-cmp/cmp"

	"storefront/internal/vtt/portal"
)

// unmarshalled is what encoding/xml makes of an answer to GetItems or GetOrders.
type unmarshalled struct {
	XMLName xml.Name `xml:"http://schemas.xmlsoap.org/soap/envelope/ Envelope"`
	Body    struct {
		Items struct {
			Result struct {
				Rows []oracleItem `xml:"http://portal.vtt.ru/data ItemDto"`
			} `xml:"http://portal.vtt.ru GetItemsResult"`
		} `xml:"http://portal.vtt.ru GetItemsResponse"`
		Orders struct {
			Result struct {
				Rows []oracleOrder `xml:"http://portal.vtt.ru/data OrderDto"`
			} `xml:"http://portal.vtt.ru GetOrdersResult"`
		} `xml:"http://portal.vtt.ru GetOrdersResponse"`
	} `xml:"http://schemas.xmlsoap.org/soap/envelope/ Body"`
}

type oracleItem struct {
	ID    []string `xml:"http://portal.vtt.ru/data Id"`
	Name  []string `xml:"http://portal.vtt.ru/data Name"`
	Price []string `xml:"http://portal.vtt.ru/data Price"`
	Nil   string   `xml:"http://www.w3.org/2001/XMLSchema-instance nil,attr"`
}

type oracleOrder struct {
	ID  []string `xml:"http://portal.vtt.ru/data Id"`
	Sum []string `xml:"http://portal.vtt.ru/data Sum"`
	Nil string   `xml:"http://www.w3.org/2001/XMLSchema-instance nil,attr"`
}

// present counts rows that are not nil.
func present[T any](rows []T, isNil func(T) string) (n int) {
	for _, row := range rows {
		if v := string(bytes.TrimSpace([]byte(isNil(row)))); v != "true" && v != "1" {
			n++
		}
	}
	return n
}

// seedsOf are the golden answers of operations in both styles, and some ways of being broken.
func seedsOf(t testing.TB, ops ...portal.Op) (documents [][]byte) {
	t.Helper()
	for _, op := range ops {
		for _, style := range []string{"prefixed", "default"} {
			document := file(t, "answers", style, string(op)+".xml")
			documents = append(documents, document, document[:len(document)/2], bytes.Repeat(document, 2),
				append([]byte("\xef\xbb\xbf"), document...), bytes.ReplaceAll(document, []byte("\n"), []byte("\r\n<!-- -->")))
		}
	}
	return append(documents,
		[]byte("<html><body>502</body></html>"),
		[]byte("\xef\xbb\xbf<?xml version='1.0' encoding='windows-1251'?><a/>"),
		items(`<a:ItemDto i:nil="true"/><a:ItemDto><a:Id>1</a:Id><a:Id/><a:Price><![CDATA[5]]></a:Price></a:ItemDto>`))
}

// inOracle tells whether one of the values that encoding/xml saw is ours, as it may come several times.
func inOracle(v portal.Value, seen []string) bool {
	if v.Form != portal.Given {
		return true
	}
	for _, s := range seen {
		if s == v.Text {
			return true
		}
	}
	return false
}

// FuzzItems: the reader of items never panics, and what it accepts another reader accepts and sees the same rows in.
func FuzzItems(f *testing.F) {
	for _, document := range seedsOf(f, portal.GetItems, portal.GetCategories, portal.GetOrders) {
		f.Add(document)
	}
	f.Fuzz(func(t *testing.T, document []byte) {
		list, err := readItems(document)
		if err != nil {
			return
		}
		var oracle unmarshalled
		if err := xml.Unmarshal(document, &oracle); err != nil {
			t.Fatalf("accepted, but encoding/xml says %v", err)
		}
		rows := oracle.Body.Items.Result.Rows
		if want := present(rows, func(r oracleItem) string { return r.Nil }); want != len(list) {
			t.Fatalf("%d rows, encoding/xml sees %d", len(list), want)
		}
		if len(rows) != len(list) {
			return // rows that are nil shift the others
		}
		for i, row := range rows {
			if !inOracle(list[i].Id, row.ID) || !inOracle(list[i].Name, row.Name) || !inOracle(list[i].Price, row.Price) {
				t.Fatalf("row %d: %v %v %v, encoding/xml sees %v", i, list[i].Id, list[i].Name, list[i].Price, row)
			}
		}
	})
}

// FuzzOrders: the same for orders.
func FuzzOrders(f *testing.F) {
	for _, document := range seedsOf(f, portal.GetOrders, portal.GetOrderWithLines) {
		f.Add(document)
	}
	f.Fuzz(func(t *testing.T, document []byte) {
		var list []portal.OrderDto
		client := portal.NewClient(&tape{answer: document}, portal.DefaultContract())
		err := client.GetOrders(context.Background(), dealer, func(o *portal.OrderDto) error { list = append(list, *o); return nil })
		if err != nil {
			return
		}
		var oracle unmarshalled
		if err := xml.Unmarshal(document, &oracle); err != nil {
			t.Fatalf("accepted, but encoding/xml says %v", err)
		}
		rows := oracle.Body.Orders.Result.Rows
		if want := present(rows, func(r oracleOrder) string { return r.Nil }); want != len(list) {
			t.Fatalf("%d rows, encoding/xml sees %d", len(list), want)
		}
		if len(rows) != len(list) {
			return
		}
		for i, row := range rows {
			if !inOracle(list[i].Id, row.ID) || !inOracle(list[i].Sum, row.Sum) {
				t.Fatalf("row %d: %v %v, encoding/xml sees %v", i, list[i].Id, list[i].Sum, row)
			}
		}
	})
}

// FuzzAnswer: whatever the operation, its reader never panics, reads the same from bytes that come one by one, takes no foreign
// answer for its own, and accepts nothing that encoding/xml would not.
func FuzzAnswer(f *testing.F) {
	for op := range exchanges {
		for _, document := range seedsOf(f, op) {
			f.Add(string(op), document)
		}
	}
	f.Fuzz(func(t *testing.T, op string, document []byte) {
		e, ok := exchanges[portal.Op(op)]
		if !ok {
			return
		}
		got, err := e.call(context.Background(), portal.NewClient(wire{200, bytes.NewReader(document)}, portal.DefaultContract()))
		again, errAgain := e.call(context.Background(), portal.NewClient(wire{200, iotest.OneByteReader(bytes.NewReader(document))}, portal.DefaultContract()))
		if diff := cmp.Diff(got, again); diff != "" || (err == nil) != (errAgain == nil) || err != nil && err.Error() != errAgain.Error() {
			t.Fatalf("%v, byte by byte %v\n%s", err, errAgain, diff)
		}
		if err != nil {
			return
		}
		if _, err := e.call(context.Background(), portal.NewClient(wire{500, bytes.NewReader(document)}, portal.DefaultContract())); err == nil {
			t.Fatal("a result was accepted under an HTTP error")
		}
		if !bytes.Contains(document, []byte(op+"Response")) {
			t.Fatalf("accepted for %s: %s", op, document)
		}
		var whole struct{}
		if err := xml.Unmarshal(document, &whole); err != nil {
			t.Fatalf("accepted, but encoding/xml says %v", err)
		}
	})
}

// The fuzzed operations are all that there are, and an answer of each, in either style, is among the seeds.
func TestEveryOperationIsFuzzed(t *testing.T) {
	for _, o := range portal.Operations(portal.Current) {
		if _, ok := exchanges[o.Op]; !ok {
			t.Errorf("%s is not fuzzed", o.Op)
		}
		if n := len(seedsOf(t, o.Op)); n < 8 {
			t.Errorf("%s has %d seeds, want both styles, whole and spoilt", o.Op, n)
		}
	}
}
