package state_test

import (
	"errors"
	"fmt"
	"strings"
	"testing"
	"time"

	"github.com/google/go-cmp/cmp"
	"pgregory.net/rapid"

	"storefront/internal/buyer"
	"storefront/internal/money"
	"storefront/internal/order"
	"storefront/store/sqlite"
	"storefront/store/state"
	"storefront/store/storetest"
)

func saveOrder(t testing.TB, s *state.Store, b buyer.ID, o order.Order) {
	t.Helper()
	if err := s.SaveOrder(t.Context(), b, o); err != nil {
		t.Fatal(err)
	}
}

func getOrder(t testing.TB, s *state.Store, id order.ID) order.Order {
	t.Helper()
	o, err := s.Order(t.Context(), "ivan", id)
	if err != nil {
		t.Fatal(err)
	}
	return o
}

// full builds the n-th order with everything that can be known of it.
func full(n int) order.Order {
	o := storetest.Order(n)
	o.Status, o.Currency = order.Shipped, money.KZN
	o.GoodsCount, o.Sum = storetest.Dec("3.125"), storetest.Dec("-1234567890.1234567891")
	o.Invoice = order.Document{Number: "ТН-7", Date: storetest.Start}
	o.PaymentInvoice = order.Document{Number: "СЧ-8"}
	o.Transfer = []string{"https://example/1.pdf", "https://example/2.pdf"}
	o.Note = "к пятнице"
	o.Lines = []order.Line{storetest.OrderLine(1, 2), storetest.OrderLine(1, 3), storetest.OrderLine(2, 1)} // one item twice
	o.Lines[0].Reserved = storetest.Dec("0.5")
	o.LinesReadAt = o.ReadAt
	return o
}

func TestAnOrderComesBackAsItWasRead(t *testing.T) {
	s := storetest.State(t, time.Now)
	want := full(1)
	saveOrder(t, s, "ivan", want)
	if diff := cmp.Diff(want, getOrder(t, s, want.ID)); diff != "" {
		t.Error(diff)
	}
	list, total, err := s.Orders(t.Context(), "ivan", order.Filter{})
	want.Lines = nil
	if diff := cmp.Diff([]order.Order{want}, list); err != nil || total != 1 || diff != "" {
		t.Error(err, total, diff)
	}
	if _, err := s.Order(t.Context(), "ivan", "missing"); !errors.Is(err, order.ErrNoOrder) {
		t.Errorf("a missing order: %v", err)
	}
}

func TestEveryDecimalIsKeptExactly(t *testing.T) {
	s := storetest.State(t, time.Now)
	rapid.Check(t, func(r *rapid.T) {
		text := rapid.StringMatching(`-?[0-9]{1,20}(\.[0-9]{1,12})?`).Draw(r, "sum")
		o := storetest.Order(1)
		o.Sum = storetest.Dec(text)
		saveOrder(t, s, "ivan", o)
		if got := getOrder(t, s, o.ID).Sum; !got.Equal(o.Sum) {
			r.Errorf("%s came back as %s", text, got)
		}
	})
}

func TestWhatIsKnownOfAnOrderGrows(t *testing.T) {
	known := full(1)
	later := known.ReadAt.Add(time.Minute)
	tests := map[string]struct {
		fresh func(*order.Order)
		want  func(*order.Order)
	}{
		"a list has no lines: they stay": {
			func(o *order.Order) { o.Status, o.Lines, o.LinesReadAt = order.Cancelled, nil, time.Time{} },
			func(o *order.Order) { o.Status, o.ReadAt = order.Cancelled, later },
		},
		"newer lines replace the old": {
			func(o *order.Order) { o.Lines, o.LinesReadAt = o.Lines[:1], later },
			func(o *order.Order) { o.Lines, o.LinesReadAt, o.ReadAt = o.Lines[:1], later, later },
		},
		"an order whose lines were all removed": {
			func(o *order.Order) { o.Lines, o.LinesReadAt = nil, later },
			func(o *order.Order) { o.Lines, o.LinesReadAt, o.ReadAt = nil, later, later },
		},
		"links that are left out stay": {
			func(o *order.Order) { o.Transfer = nil },
			func(o *order.Order) { o.ReadAt = later },
		},
		"other links replace them": {
			func(o *order.Order) { o.Transfer = []string{"https://example/3.pdf"} },
			func(o *order.Order) { o.Transfer, o.ReadAt = []string{"https://example/3.pdf"}, later },
		},
		"a note that was removed goes": {
			func(o *order.Order) { o.Note = "" },
			func(o *order.Order) { o.Note, o.ReadAt = "", later },
		},
		"an answer overtaken by a newer one changes nothing": {
			func(o *order.Order) {
				o.Status, o.ReadAt, o.Lines, o.LinesReadAt = order.Reserving, known.ReadAt.Add(-time.Hour), nil, known.ReadAt.Add(-time.Hour)
			},
			func(*order.Order) {},
		},
	}
	for name, test := range tests {
		t.Run(name, func(t *testing.T) {
			s := storetest.State(t, time.Now)
			saveOrder(t, s, "ivan", known)
			fresh, want := full(1), full(1)
			fresh.ReadAt = later
			test.fresh(&fresh)
			test.want(&want)
			saveOrder(t, s, "ivan", fresh)
			if diff := cmp.Diff(want, getOrder(t, s, known.ID)); diff != "" {
				t.Error(diff)
			}
		})
	}
}

func TestAListNeverRemovesCopies(t *testing.T) {
	clock := storetest.NewClock()
	s := storetest.State(t, clock.Now)
	if at, err := s.OrdersReadAt(t.Context(), "ivan"); !at.IsZero() || err != nil {
		t.Errorf("before any list: %v, %v", at, err)
	}
	for _, list := range [][]order.Order{{storetest.Order(1), storetest.Order(2)}, {storetest.Order(2)}, nil} {
		clock.Advance(time.Minute)
		if err := s.SaveOrders(t.Context(), "ivan", list); err != nil {
			t.Fatal(err)
		}
	}
	if _, total, err := s.Orders(t.Context(), "ivan", order.Filter{}); total != 2 || err != nil {
		t.Errorf("%d copies, %v", total, err)
	}
	if at, err := s.OrdersReadAt(t.Context(), "ivan"); !at.Equal(clock.Now()) || err != nil {
		t.Errorf("read at %v, want %v: %v", at, clock.Now(), err)
	}
}

func TestTheTimelineHoldsChangesOnly(t *testing.T) {
	s := storetest.State(t, time.Now)
	o := storetest.Order(1)
	var want []order.Observation
	for n, status := range []order.Status{order.Reserving, order.Reserving, order.Assembly, order.Assembly, "Новый статус", order.Shipped} {
		o.Status, o.ReadAt = status, storetest.Start.Add(time.Duration(n)*time.Hour)
		if err := s.SaveOrders(t.Context(), "ivan", []order.Order{o}); err != nil {
			t.Fatal(err)
		}
		if n == 0 || want[len(want)-1].Status != status {
			seen := order.Observation{Status: status, At: o.ReadAt}
			if n > 0 {
				seen.Before = o.ReadAt.Add(-time.Hour) // the reading before, whatever it showed
			}
			want = append(want, seen)
		}
	}
	got, err := s.Timeline(t.Context(), "ivan", o.ID)
	if diff := cmp.Diff(want, got); err != nil || diff != "" {
		t.Error(err, diff)
	}
}

func TestFilters(t *testing.T) {
	s := storetest.State(t, time.Now)
	orders := []order.Order{storetest.Order(1), storetest.Order(2), storetest.Order(3), storetest.Order(4)}
	orders[0].Invoice.Number = "ТН-000777"
	orders[1].PaymentInvoice.Number, orders[1].Status = "СЧ-42", order.Assembly
	orders[1].Note = " \r\n\t"
	orders[2].Note, orders[2].Status = "Ёлочные 100% скидки", order.Shipped
	orders[2].Transfer = []string{"https://example/1.pdf"}
	orders[3].Lines, orders[3].LinesReadAt = []order.Line{storetest.OrderLine(285, 1)}, orders[3].ReadAt
	for _, o := range orders {
		saveOrder(t, s, "ivan", o)
	}
	if err := s.AddNote(t.Context(), "ivan", order.NoteRecord{Order: orders[0].ID, Text: "Для бухгалтерии"}); err != nil {
		t.Fatal(err)
	}
	at := func(n int) time.Time { return storetest.Order(n).CreatedAt }
	tests := map[string]struct {
		filter order.Filter
		want   []int
	}{
		"everything, newest first":    {order.Filter{}, []int{4, 3, 2, 1}},
		"a status":                    {order.Filter{Statuses: []order.Status{order.Assembly}}, []int{2}},
		"two statuses":                {order.Filter{Statuses: []order.Status{order.Assembly, order.Shipped}}, []int{3, 2}},
		"from inclusive":              {order.Filter{From: at(3)}, []int{4, 3}},
		"to exclusive":                {order.Filter{To: at(3)}, []int{2, 1}},
		"no note at the distributor":  {order.Filter{WithoutNote: true}, []int{4, 2, 1}},
		"documents of any kind":       {order.Filter{Documents: order.AnyDocument}, []int{3, 2, 1}},
		"documents of one kind":       {order.Filter{Documents: order.PaymentDocument}, []int{2}},
		"of another":                  {order.Filter{Documents: order.InvoiceDocument}, []int{1}},
		"of the last":                 {order.Filter{Documents: order.TransferDocument}, []int{3}},
		"a document's number":         {order.Filter{Documents: order.AnyDocument, Number: "тн-0007"}, []int{1}},
		"numbers are not in notes":    {order.Filter{Number: "скидки"}, nil},
		"an item to the letter":       {order.Filter{Item: "0609-000285"}, []int{4}},
		"a part is no item":           {order.Filter{Item: "0609-00028"}, nil},
		"an item among others":        {order.Filter{Item: "0609-000285", Statuses: []order.Status{order.Shipped}}, nil},
		"a number":                    {order.Filter{Text: "зк-00002"}, []int{2}},
		"an invoice":                  {order.Filter{Text: "тн-000777"}, []int{1}},
		"a payment invoice":           {order.Filter{Text: "СЧ-42"}, []int{2}},
		"the note in another case":    {order.Filter{Text: "ЕЛОЧНЫЕ"}, []int{3}},
		"a note written here":         {order.Filter{Text: "бухгалтерии"}, []int{1}},
		"an article":                  {order.Filter{Text: "0609-000285"}, []int{4}},
		"a name in another alphabet":  {order.Filter{Text: "сF285а"}, []int{4}}, // с and а are Cyrillic
		"words in any order":          {order.Filter{Text: "  hi-black   КАРТРИДЖ "}, []int{4}},
		"words in different places":   {order.Filter{Text: "зк-00001 тн-000777 бухгалтерии"}, []int{1}},
		"a word over and over":        {order.Filter{Text: strings.Repeat("картридж ", 5000)}, []int{4}},
		"more words than make sense":  {order.Filter{Text: manyWords(5000)}, nil},
		"a word that is not there":    {order.Filter{Text: "картридж xerox"}, nil},
		"a per cent sign is a letter": {order.Filter{Text: "100%"}, []int{3}},
		"so is an underscore":         {order.Filter{Text: "_"}, nil},
		"and a backslash":             {order.Filter{Text: `\`}, nil},
		"a quote":                     {order.Filter{Text: `'`}, nil},
		"spaces only":                 {order.Filter{Text: "  "}, []int{4, 3, 2, 1}},
		"all at once":                 {order.Filter{Statuses: []order.Status{order.Shipped}, From: at(1), To: at(4), Text: "скидки", Documents: order.AnyDocument}, []int{3}},
	}
	for name, test := range tests {
		t.Run(name, func(t *testing.T) {
			var want []order.ID
			for _, n := range test.want {
				want = append(want, storetest.Order(n).ID)
			}
			if got, total := ids(t, s, test.filter); !cmp.Equal(got, want) || total != len(want) {
				t.Errorf("found %v of %d, want %v", got, total, want)
			}
		})
	}
}

func ids(t *testing.T, s *state.Store, f order.Filter) (ids []order.ID, total int) {
	t.Helper()
	list, total, err := s.Orders(t.Context(), "ivan", f)
	if err != nil {
		t.Fatal(err)
	}
	for _, o := range list {
		ids = append(ids, o.ID)
	}
	return ids, total
}

func TestPagesAddUpToTheList(t *testing.T) {
	s := storetest.State(t, time.Now)
	for n := range 25 {
		o := storetest.Order(n)
		o.CreatedAt = storetest.Start.Add(time.Duration(n/3) * time.Hour) // several of one moment
		saveOrder(t, s, "ivan", o)
	}
	all, _ := ids(t, s, order.Filter{})
	var paged []order.ID
	for offset := 0; offset < 30; offset += 10 {
		page, total := ids(t, s, order.Filter{Limit: 10, Offset: offset})
		if total != 25 {
			t.Errorf("total %d on the page at %d", total, offset)
		}
		paged = append(paged, page...)
	}
	if diff := cmp.Diff(all, paged); diff != "" || len(all) != 25 {
		t.Error(diff)
	}
	if page, total := ids(t, s, order.Filter{Limit: 10, Offset: 100}); len(page) != 0 || total != 25 {
		t.Errorf("beyond the end: %v of %d", page, total)
	}
}

func TestOrdersWithoutLinesAreListedNewestFirst(t *testing.T) {
	s := storetest.State(t, time.Now)
	for n := range 5 {
		o := storetest.Order(n)
		if n == 3 {
			o.Lines, o.LinesReadAt = []order.Line{storetest.OrderLine(1, 1)}, o.ReadAt
		}
		saveOrder(t, s, "ivan", o)
	}
	got, err := s.LinesDue(t.Context(), "ivan", time.Time{}, 3)
	want := []order.ID{storetest.Order(4).ID, storetest.Order(2).ID, storetest.Order(1).ID}
	if diff := cmp.Diff(want, got); err != nil || diff != "" {
		t.Error(err, diff)
	}
}

// The distributor may cut an order while it is open: its lines are due again after a while. Those of a shipped one are not.
func TestLinesOfOpenOrdersAreDueAgain(t *testing.T) {
	s := storetest.State(t, time.Now)
	for n, status := range []order.Status{order.Reserving, order.Assembly, order.Shipped, order.Cancelled} {
		o := storetest.Order(n)
		o.Status, o.Lines, o.LinesReadAt = status, []order.Line{storetest.OrderLine(1, 1)}, o.ReadAt
		saveOrder(t, s, "ivan", o)
	}
	for before, want := range map[time.Duration]int{-time.Minute: 0, 10000 * time.Hour: 2} {
		if got, err := s.LinesDue(t.Context(), "ivan", storetest.Start.Add(before), 10); err != nil || len(got) != want {
			t.Errorf("read before %s: %v, %v, want %d", before, got, err, want)
		}
	}
}

func TestNotesAreKeptNewestFirst(t *testing.T) {
	s := storetest.State(t, storetest.NewClock().Now)
	want := []order.NoteRecord{
		{Order: "ЗК-1", Text: "второе", At: storetest.Start, Error: "слишком длинно"},
		{Order: "ЗК-1", Text: "первое", At: storetest.Start, Sent: true},
	}
	for _, n := range []order.NoteRecord{want[1], want[0], {Order: "ЗК-2", Text: "другое"}} {
		if err := s.AddNote(t.Context(), "ivan", n); err != nil {
			t.Fatal(err)
		}
	}
	got, err := s.Notes(t.Context(), "ivan", "ЗК-1")
	if diff := cmp.Diff(want, got); err != nil || diff != "" {
		t.Error(err, diff)
	}
}

func TestAccounts(t *testing.T) {
	s := storetest.State(t, time.Now)
	if _, err := s.Account(t.Context(), "ivan"); !errors.Is(err, state.ErrNoAccount) {
		t.Errorf("somebody new: %v", err)
	}
	for _, want := range []buyer.Account{
		{ID: "ivan", SignedInAt: storetest.Start},
		{ID: "ivan", Right: buyer.RightEdit, SignedInAt: storetest.Start.Add(time.Hour), ActiveAt: storetest.Start.Add(time.Hour), LastSeen: storetest.Start},
	} {
		if err := s.SaveAccount(t.Context(), want); err != nil {
			t.Fatal(err)
		}
		got, err := s.Account(t.Context(), "ivan")
		if diff := cmp.Diff(want, got); err != nil || diff != "" {
			t.Error(err, diff)
		}
	}
}

// What was done last is kept by itself; a clock that went back does not take it back.
func TestWhenABuyerWasActive(t *testing.T) {
	s := storetest.State(t, time.Now)
	if err := s.SaveAccount(t.Context(), buyer.Account{ID: "ivan", Right: buyer.RightEdit}); err != nil {
		t.Fatal(err)
	}
	for _, at := range []time.Time{storetest.Start.Add(time.Hour), storetest.Start} {
		if err := s.Active(t.Context(), "ivan", at); err != nil {
			t.Fatal(err)
		}
	}
	got, err := s.Account(t.Context(), "ivan")
	if diff := cmp.Diff(buyer.Account{ID: "ivan", Right: buyer.RightEdit, ActiveAt: storetest.Start.Add(time.Hour)}, got); err != nil || diff != "" {
		t.Error(err, diff)
	}
}

func BenchmarkSaveOrdersUnchanged(b *testing.B) {
	s := storetest.State(b, time.Now)
	orders := make([]order.Order, 1000)
	for n := range orders {
		orders[n] = storetest.Order(n)
	}
	for b.Loop() {
		if err := s.SaveOrders(b.Context(), "ivan", orders); err != nil {
			b.Fatal(err)
		}
	}
}

// A word that is in the names of many items finds the same orders as one that is in few.
func TestCommonWordsFindEveryOrder(t *testing.T) {
	s := manyOrders(t, 120)
	for text, want := range map[string]int{"картридж": 120, "картридж договор": 120, "hi-black": 120, "заметка": 12, "картридж такого-нет": 0} {
		list, total, err := s.Orders(t.Context(), "ivan", order.Filter{Text: text, Limit: 30, Offset: 0})
		if err != nil || total != want || len(list) != min(30, want) {
			t.Errorf("%s: %d of %d, %v, want %d", text, len(list), total, err, want)
		}
	}
	if list, total, err := s.Orders(t.Context(), "ivan", order.Filter{Text: "картридж", Limit: 30, Offset: 300}); err != nil || total != 120 || len(list) != 0 {
		t.Errorf("beyond the last page: %d of %d, %v", len(list), total, err)
	}
}

// However many orders there are, no question reads all lines: words are looked for among items, and items lead to orders.
func TestNoSearchReadsEveryLine(t *testing.T) {
	s := manyOrders(t, 10)
	for name, query := range map[string]string{
		"of an item": `SELECT order_id FROM order_lines WHERE buyer_id = $1 AND item_id IN ('a', 'b')`,
		"of an order": `SELECT id FROM orders WHERE buyer_id = $1 AND EXISTS (SELECT 1 FROM order_lines AS l WHERE l.buyer_id = $1 AND l.order_id = orders.id
			AND l.item_id || '' IN (SELECT item_id FROM order_goods WHERE buyer_id = $1 AND search LIKE 'x'))`,
		"of a word":        `SELECT id FROM orders WHERE buyer_id = $1 AND search LIKE 'x' ORDER BY created_at DESC, id DESC LIMIT 30`,
		"of a status":      `SELECT COUNT(*) FROM orders WHERE buyer_id = $1 AND status IN ('a', 'b')`,
		"a page":           `SELECT status FROM orders WHERE buyer_id = $1 ORDER BY created_at DESC, id DESC LIMIT 30`,
		"lines not read":   `SELECT MAX(created_at) FROM orders WHERE buyer_id = $1 AND lines_read_at = 0`,
		"notes of a buyer": `SELECT order_id FROM order_notes WHERE buyer_id = $1 AND search LIKE 'x'`,
	} {
		for _, step := range plan(t, s, query) {
			if strings.Contains(step, "SCAN") || strings.Contains(step, "TEMP B-TREE") {
				t.Errorf("%s: %s", name, step)
			}
		}
	}
}

// plan is how the database answers a query about a buyer.
func plan(t *testing.T, s *state.Store, query string) []string {
	t.Helper()
	rows, err := s.DB().Read.QueryContext(t.Context(), `EXPLAIN QUERY PLAN `+query, "ivan")
	var id, parent, unused int
	steps, err := sqlite.Collect(rows, err, func(step *string) []any { return []any{&id, &parent, &unused, step} })
	if err != nil {
		t.Fatal(err)
	}
	return steps
}

// How far back the lines of all orders are known is told by the youngest order whose lines are not.
func TestHowFarBackLinesAreKnown(t *testing.T) {
	s := storetest.State(t, time.Now)
	read := func(n int) {
		o := storetest.Order(n)
		o.Lines, o.LinesReadAt = []order.Line{storetest.OrderLine(1, 1)}, o.ReadAt
		saveOrder(t, s, "ivan", o)
	}
	wants := func(after string, since time.Time, known bool) {
		t.Helper()
		if got, all, err := s.LinesReach(t.Context(), "ivan"); err != nil || !got.Equal(since) || all != known {
			t.Errorf("%s: %s %v %v", after, got, all, err)
		}
	}
	wants("no orders", time.Time{}, true)
	for n := range 4 {
		saveOrder(t, s, "ivan", storetest.Order(n))
	}
	wants("nothing read", time.Time{}, false)
	read(0)
	wants("the oldest read", time.Time{}, false)
	read(3)
	wants("the newest read", storetest.Order(3).CreatedAt, true)
	read(2)
	read(1)
	wants("all read", time.Time{}, true)
}

// BenchmarkOrders asks a buyer of 5,000 orders of 8 lines, of 1,200 items and with 500 notes of his own, for a page of 30.
func BenchmarkOrders(b *testing.B) {
	s := manyOrders(b, 5000)
	middle := storetest.Order(2500)
	for name, f := range map[string]order.Filter{
		"first page":    {},
		"last page":     {Offset: 4970},
		"status":        {Statuses: []order.Status{order.Reserving}},
		"statuses":      {Statuses: []order.Status{order.Assembly, order.Shipped}},
		"period":        {From: middle.CreatedAt, To: middle.CreatedAt.AddDate(0, 1, 0)},
		"article":       {Text: string(storetest.ItemID(777))},
		"item":          {Item: storetest.ItemID(777)},
		"part of name":  {Text: "hp m77"},
		"a common word": {Text: "картридж"},
		"one letter":    {Text: "к"},
		"note":          {Text: "перезвонить 4321"},
		"own note":      {Text: "заметка 4321"},
		"number":        {Text: string(middle.ID)},
		"nothing":       {Text: "такого нет"},
		"documents":     {Documents: order.TransferDocument, Number: "4321"},
	} {
		b.Run(name, func(b *testing.B) {
			f.Limit = 30
			for b.Loop() {
				if _, total, err := s.Orders(b.Context(), "ivan", f); err != nil || (total == 0) != (name == "nothing") {
					b.Fatal(total, err)
				}
			}
		})
	}
}

// manyOrders keeps n orders of 8 lines of one buyer, all shipped but the latest, with a note of his own on every tenth.
func manyOrders(t testing.TB, n int) *state.Store {
	t.Helper()
	s := storetest.State(t, time.Now)
	orders := make([]order.Order, n)
	for i := range orders {
		o := storetest.Order(i)
		o.Status, o.Note = order.Shipped, fmt.Sprintf("Отгрузить до пятницы и перезвонить Ивану, договор %d", i)
		if i > n-20 {
			o.Status = order.Reserving
		}
		o.Invoice, o.PaymentInvoice = order.Document{Number: fmt.Sprint("ТН-", i)}, order.Document{Number: fmt.Sprint("СЧ-", i)}
		o.Transfer = []string{fmt.Sprintf("https://documents.example/upd-%d.pdf", i)}
		for j := range 8 {
			o.Lines = append(o.Lines, storetest.OrderLine((i*7+j*151)%1200, 2))
		}
		o.LinesReadAt = o.ReadAt
		orders[i] = o
	}
	if err := s.SaveOrders(t.Context(), "ivan", orders); err != nil {
		t.Fatal(err)
	}
	for i := n - 1; i >= 0; i -= 10 {
		if err := s.AddNote(t.Context(), "ivan", order.NoteRecord{Order: orders[i].ID, Text: fmt.Sprintf("Моя заметка %d: позвонить в бухгалтерию", i-678)}); err != nil {
			t.Fatal(err)
		}
	}
	return s
}

// manyWords are n words, no two alike.
func manyWords(n int) string {
	var text strings.Builder
	for i := range n {
		fmt.Fprintf(&text, "слово%d ", i)
	}
	return text.String()
}
