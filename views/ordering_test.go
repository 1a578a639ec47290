package views_test

import (
	"context"
	"slices"
	"time"

	"github.com/a-h/templ"
	"github.com/shopspring/decimal"

	"storefront/internal/buyer"
	"storefront/internal/catalog"
	"storefront/internal/errkind"
	"storefront/internal/money"
	"storefront/internal/order"
	"storefront/views"
)

// now is the moment every page of these tests is made at, in Moscow.
var now = time.Date(2026, time.November, 23, 14, 32, 20, 0, time.FixedZone("MSK", 3*60*60))

func ago(d time.Duration) time.Time { return now.Add(-d) }

func dec(s string) decimal.Decimal    { return decimal.RequireFromString(s) }
func known(s string) *decimal.Decimal { d := dec(s); return &d }

var rate = money.Rate{RUB: dec("92.4567"), SetAt: ago(5 * time.Hour)}

// The goods of these tests: one of each fate.
var goods = []catalog.Listing{
	{
		Item: catalog.Item{
			ID: "2C918150", Name: "Картридж HP LJ Pro M125/M127/M201 (Hi-Black) CF283A, 1,5K", Brand: "Hi-Black", OriginalNumber: "CF283A",
			NumberInPackage: known("10"), GrossWeight: known("0.82"), PhotoURLs: []string{"http://photos.example/2C918150.jpg"},
		},
		Offer: catalog.Offer{ItemID: "2C918150", Price: known("6.35"), Available: dec("48"), MainOffice: dec("1240")},
	},
	{
		Item: catalog.Item{
			ID: "0609-001174", Name: "Тонер-картридж Kyocera TK-1170 (O) M2040dn/M2540dn/M2640idw, 7,2К", Brand: "O", OriginalNumber: "TK-1170",
			NumberInPackage: known("1"), GrossWeight: known("1.1"), TransitDate: now.AddDate(0, 0, 9),
		},
		Offer: catalog.Offer{ItemID: "0609-001174", Price: known("71.9"), Available: dec("3"), MainOffice: dec("120"), Transit: dec("500")},
	},
	{
		Item:  catalog.Item{ID: "023-28422-401", Name: "Вал магнитный в сборе Samsung ML-2160/SCX-3400", Brand: "China", Weight: known("4.2"), NumberInPackage: known("20")},
		Offer: catalog.Offer{ItemID: "023-28422-401", Price: known("2.1")},
	},
	{
		Item:  catalog.Item{ID: "A/1", Name: "Чип Canon 054H (NetProduct), голубой, 2,3K"},
		Offer: catalog.Offer{ItemID: "A/1", Price: known("-1"), Available: dec("15")},
	},
}

func items() []catalog.Item {
	var out []catalog.Item
	for _, l := range goods {
		out = append(out, l.Item)
	}
	return out
}

func offer(id catalog.ItemID) (catalog.Offer, time.Time, bool) {
	for _, l := range goods {
		if l.Item.ID == id {
			return l.Offer, ago(4 * time.Hour), true
		}
	}
	return catalog.Offer{}, time.Time{}, false
}

func noOffer(catalog.ItemID) (catalog.Offer, time.Time, bool) {
	return catalog.Offer{}, time.Time{}, false
}

func cartOf(lines ...order.CartLine) order.Cart {
	return order.Cart{ID: "c1", Buyer: "dealer", Version: 7, Lines: lines, Note: "Доставка до 12:00, пропуск на Иванова"}
}

func cartLine(id catalog.ItemID, quantity string) order.CartLine {
	return order.CartLine{ItemID: id, Quantity: dec(quantity), AddedAt: ago(time.Hour)}
}

// fullCart holds a line of each fate: enough, short, nowhere, on request, not offered any more.
func fullCart() views.CartSource {
	return views.CartSource{
		Cart: cartOf(cartLine("2C918150", "24"), cartLine("0609-001174", "10"), cartLine("023-28422-401", "2"),
			cartLine("A/1", "1"), cartLine("ZZ99", "1")),
		Items: items(), Offer: offer, Rate: rate, Now: now,
	}
}

func cartWith(change func(*views.CartSource)) views.CartSource {
	s := fullCart()
	change(&s)
	return s
}

func reviewLine(id catalog.ItemID, quantity, shown string, change func(*order.ReviewLine)) order.ReviewLine {
	o, _, _ := offer(id)
	l := order.ReviewLine{CartLine: cartLine(id, quantity), Offer: o, Shown: known(shown)}
	for _, g := range goods {
		if g.Item.ID == id {
			l.Name = g.Item.Name
		}
	}
	if change != nil {
		change(&l)
	}
	return l
}

func review(consent bool, lines ...order.ReviewLine) order.Review {
	r := order.Review{Cart: cartOf(), Lines: lines, Token: "c1.0011223344556677", ReadAt: ago(5 * time.Second), NeedsConsent: consent}
	for _, l := range lines {
		r.Total = r.Total.Add(l.Sum())
	}
	return r
}

// changedReview differs from the cart in every way there is.
func changedReview() order.Review {
	return review(true,
		reviewLine("2C918150", "24", "6.1", func(l *order.ReviewLine) { l.Deviates = true }),
		reviewLine("0609-001174", "10", "75", nil),
		reviewLine("023-28422-401", "2", "2.1", nil),
		reviewLine("A/1", "1", "3", nil),
		order.ReviewLine{CartLine: cartLine("ZZ99", "1"), Name: "Фьюзер в сборе Brother DCP-L2500", Shown: known("40"), Gone: true},
	)
}

func orderedLine(id catalog.ItemID, quantity, reserved, price string) order.Line {
	l := order.Line{ItemID: id, Quantity: dec(quantity), Reserved: dec(reserved), UnitPrice: dec(price), TotalPrice: dec(price).Mul(dec(quantity))}
	for _, g := range goods {
		if g.Item.ID == id {
			l.Name = g.Item.Name
		}
	}
	return l
}

// reservedOrder is still being filled, with one line short.
func reservedOrder() order.Order {
	o := order.Order{
		ID: "4711", CreatedAt: ago(26 * time.Hour), Status: order.Reserving, Currency: money.USD, Type: "1", LineCount: 2, GoodsCount: dec("34"),
		Sum: dec("871.4"), PaymentInvoice: order.Document{Number: "СЧ-2026/1187", Date: ago(25 * time.Hour)}, Note: "Доставка до 12:00",
		ReadAt: ago(2 * time.Minute), LinesReadAt: ago(2 * time.Minute),
		Lines: []order.Line{orderedLine("2C918150", "24", "24", "6.35"), orderedLine("0609-001174", "10", "3", "71.9")},
	}
	o.Lines[0].Customs = []order.Customs{{Number: "10702070/160424/3107898", Country: "Китай"}, {Number: "10013160/020926/3391245", Country: "Китай"}}
	return o
}

// shippedOrder has every document, one of whose links must not be followed.
func shippedOrder() order.Order {
	o := reservedOrder()
	o.ID, o.Status, o.Currency, o.Sum, o.Note = "4650", order.Shipped, money.KZN, dec("418230"), ""
	o.CreatedAt = ago(20 * 24 * time.Hour)
	o.Invoice = order.Document{Number: "Т-88120", Date: ago(18 * 24 * time.Hour)}
	o.Transfer = []string{"https://docs.example/upd/4650-1.pdf", "javascript:alert(1)", "http://docs.example/upd/4650-2.pdf"}
	return o
}

func orderAs(id order.ID, status order.Status, c money.Currency, sum string, age time.Duration) order.Order {
	return order.Order{
		ID: id, Status: status, Currency: c, Sum: dec(sum), CreatedAt: ago(age), LineCount: 3, GoodsCount: dec("41"), ReadAt: ago(time.Minute),
	}
}

func noteTemplates() []order.NoteTemplate {
	return []order.NoteTemplate{{ID: "T1", Text: "Самовывоз"}, {ID: "T2", Text: "Позвонить перед отгрузкой\nИванову"}, {ID: "T3", Text: "<b>Срочно</b>"}}
}

func ordersList() []order.Order {
	wished := reservedOrder()
	wished.Wishes = order.Wishes{Number: "ЗК-17/2", Date: time.Date(2026, time.November, 26, 0, 0, 0, 0, time.UTC)}
	return []order.Order{
		wished,
		orderAs("4702", order.Assembly, money.RUB, "184320.5", 50*time.Hour),
		shippedOrder(),
		orderAs("4633", order.Cancelled, money.USD, "19.05", 22*24*time.Hour),
		orderAs("4590/Б", order.Unknown, money.USD, "1204", 40*24*time.Hour),
	}
}

func timeline() []order.Observation {
	return []order.Observation{
		{Status: order.Reserving, At: ago(26 * time.Hour)}, {Status: order.Assembly, At: ago(3 * time.Hour), Before: ago(4 * time.Hour)},
		{Status: order.Shipped, At: ago(20 * time.Minute)},
	}
}

func notes() []order.NoteRecord {
	return []order.NoteRecord{
		{Order: "4711", Text: "Доставка до 12:00", At: ago(time.Hour), Sent: true},
		{Order: "4711", Text: "Позвонить клиенту про чипы", At: ago(2 * time.Hour)},
		{Order: "4711", Text: "Самовывоз", At: ago(3 * time.Hour), Error: "Заказ заблокирован."},
	}
}

func submissionIn(state order.State, change func(*views.SubmissionSource)) views.SubmissionSource {
	s := views.SubmissionSource{
		Submission: order.Submission{
			ID: "k7q2m4", Buyer: "dealer", State: state, Note: "Доставка до 12:00", CreatedAt: ago(30 * time.Second), ChangedAt: ago(10 * time.Second),
			Lines: []order.SubmissionLine{
				{ItemID: "2C918150", Name: goods[0].Item.Name, Quantity: dec("24"), Price: dec("6.35")},
				{ItemID: "0609-001174", Name: goods[1].Item.Name, Quantity: dec("10"), Price: dec("71.9")},
			},
		},
		History: []order.Step{{State: order.Prepared, At: ago(30 * time.Second)}, {State: order.Baselined, At: ago(29 * time.Second)}},
		Now:     now,
	}
	if change != nil {
		change(&s)
	}
	return s
}

func frame(title string, section views.Section) views.Frame {
	return views.Frame{
		Title: title, Path: "/", Section: section, Login: "dealer", Right: buyer.RightEdit, Cart: views.CartBadge{Lines: 3},
		Fresh: views.Freshness{PricesAt: views.Moment{Text: "10:32", Machine: "2026-11-23T10:32:20+03:00"}},
	}
}

// doubtfulReview is of a cart that was sent before, and that an order equals; the branch has a part of it.
func doubtfulReview() order.Review {
	r := review(true, reviewLine("2C918150", "24", "6.35", nil))
	r.Twins = []order.Order{reservedOrder()}
	r.Unresolved = &order.Submission{ID: "f1rst", SentAt: ago(40 * time.Minute)}
	r.SplitToken = "8899aabb"
	return r
}

// page is a page in one of its states.
type page struct {
	name string
	make func(ctx context.Context) templ.Component
}

// orderingPages are the pages of ordering in all their states.
func orderingPages() []page {
	cart := func(name string, s views.CartSource) page {
		return page{name, func(ctx context.Context) templ.Component {
			return views.CartPage(frame("Корзина", views.SectionCart), views.NewCart(ctx, s))
		}}
	}
	checkout := func(name string, s views.CheckoutSource) page {
		s.Rate, s.Now = rate, now
		return page{name, func(ctx context.Context) templ.Component {
			return views.CheckoutPage(frame("Проверка заказа", views.SectionCart), views.NewCheckout(ctx, s))
		}}
	}
	submission := func(name string, s views.SubmissionSource) page {
		return page{name, func(ctx context.Context) templ.Component {
			return views.SubmissionPage(frame("Заказ", views.SectionOrders), views.NewSubmission(ctx, s))
		}}
	}
	orders := func(name string, s views.OrdersSource) page {
		s.PerPage, s.Now = 50, now
		return page{name, func(ctx context.Context) templ.Component {
			return views.OrdersPage(frame("Заказы", views.SectionOrders), views.NewOrders(ctx, s))
		}}
	}
	one := func(name string, s views.OrderSource) page {
		s.Now = now
		return page{name, func(ctx context.Context) templ.Component {
			return views.OrderPage(frame("Заказ", views.SectionOrders), views.NewOrder(ctx, s))
		}}
	}
	rescue := func(name string, s views.RescueSource) page {
		return page{name, func(ctx context.Context) templ.Component {
			return views.RescuePage(frame("Заказ", views.SectionOrders), views.NewRescueChoices(ctx, s))
		}}
	}
	documents := func(name string, s views.DocumentsSource) page {
		s.PerPage, s.Now = 50, now
		return page{name, func(ctx context.Context) templ.Component {
			return views.DocumentsPage(frame("Документы", views.SectionDocuments), views.NewDocuments(ctx, s))
		}}
	}
	operator := func(name string, s views.OperatorSource) page {
		s.Now = now
		return page{name, func(ctx context.Context) templ.Component {
			return views.OperatorPage(views.Frame{Title: "Пульт"}, views.NewOperator(ctx, s))
		}}
	}
	busy := &views.Problem{Code: errkind.Unreachable, Title: "Поставщик не отвечает", Text: "Показано то, что известно здесь."}
	reserved, shipped := reservedOrder(), shippedOrder()
	texts := func(name string, s views.NoteTemplatesSource) page {
		return page{name, func(ctx context.Context) templ.Component {
			return views.NoteTemplatesPage(frame("Тексты для примечаний", views.SectionOrders), views.NewNoteTemplates(ctx, s))
		}}
	}
	wished := reserved
	wished.Wishes = order.Wishes{Number: "ЗК-17/2", Date: time.Date(2026, time.November, 26, 0, 0, 0, 0, time.UTC)}
	unread := reserved
	unread.Lines, unread.LinesReadAt = nil, time.Time{}
	return []page{
		cart("cart", fullCart()),
		cart("cart-empty", views.CartSource{Offer: noOffer, Now: now}),
		cart("cart-loading", cartWith(func(s *views.CartSource) { s.Offer, s.Loading = noOffer, true })),
		cart("cart-frozen", cartWith(func(s *views.CartSource) { s.Cart.Frozen, s.Open = true, "k7q2m4" })),
		cart("cart-error", cartWith(func(s *views.CartSource) {
			s.Problem = &views.Problem{Code: errkind.Invalid, Text: "Количество: целое число от 1 до 100 000."}
		})),
		checkout("checkout-same", views.CheckoutSource{Review: review(false, reviewLine("2C918150", "24", "6.35", nil)), Right: buyer.RightEdit}),
		checkout("checkout-changed", views.CheckoutSource{Review: changedReview(), Right: buyer.RightNone, Note: "Доставка до 12:00"}),
		checkout("checkout-doubts", views.CheckoutSource{Review: doubtfulReview(), Right: buyer.RightEdit}),
		checkout("checkout-texts", views.CheckoutSource{
			Review: review(false, reviewLine("2C918150", "24", "6.35", nil)), Right: buyer.RightNone, Note: "Позвонить\nСамовывоз", NoteFilled: true,
			NoteTexts: noteTemplates(), Wishes: views.WishForm{Number: "ЗК-17", Day: "2026-11-26", Today: "2026-11-23"},
		}),
		checkout("checkout-nothing", views.CheckoutSource{Review: review(true, reviewLine("A/1", "1", "3", nil))}),
		checkout("checkout-unread", views.CheckoutSource{Review: order.Review{Cart: cartOf(cartLine("2C918150", "1"))}, Problem: busy}),
		checkout("checkout-empty", views.CheckoutSource{Review: review(false)}),
		submission("submission-sending", submissionIn(order.Sending, nil)),
		submission("submission-confirmed", submissionIn(order.Confirmed, func(s *views.SubmissionSource) {
			s.Submission.OrderID, s.Submission.Evidence, s.Submission.NoteSent, s.Order = "4711", order.EvidenceAnswer, true, &reserved
		})),
		submission("submission-confirmed-unread", submissionIn(order.Confirmed, func(s *views.SubmissionSource) {
			s.Submission.OrderID, s.Submission.Evidence = "4711", order.EvidenceAnswer
		})),
		submission("submission-confirmed-list", submissionIn(order.Confirmed, func(s *views.SubmissionSource) {
			s.Submission.OrderID, s.Submission.Evidence, s.Order = "4711", order.EvidenceList, &reserved
		})),
		submission("submission-not-sent", submissionIn(order.NotSent, func(s *views.SubmissionSource) { s.Submission.FaultKind = string(errkind.Unreachable) })),
		submission("submission-rejected", submissionIn(order.Rejected, func(s *views.SubmissionSource) {
			s.Submission.FaultKind, s.Submission.FaultText = string(errkind.Contract), "Количество не может быть отрицательным."
		})),
		submission("submission-unknown", submissionIn(order.Uncertain, func(s *views.SubmissionSource) {
			s.Submission.ReadsOK, s.Submission.LastReadAt, s.Submission.NextReadAt = 3, ago(10*time.Second), now.Add(20*time.Second)
		})),
		submission("submission-needs-buyer", submissionIn(order.NeedsBuyer, func(s *views.SubmissionSource) {
			twin := reserved
			twin.ID, twin.Lines = "4712", twin.Lines[:1]
			s.Candidates = []order.Order{reserved, twin}
		})),
		submission("submission-probably-not", submissionIn(order.ProbablyNotCreated, func(s *views.SubmissionSource) {
			s.Submission.ReadsOK, s.Submission.LastReadAt, s.Submission.SentAt = 7, ago(20*time.Second), ago(15*time.Minute)
		})),
		submission("submission-probably-not-answered", submissionIn(order.ProbablyNotCreated, func(s *views.SubmissionSource) {
			s.Submission.ReadsOK, s.Submission.LastReadAt, s.Submission.SentAt = 3, ago(20*time.Second), ago(62*time.Second)
		})),
		submission("submission-twin", submissionIn(order.NotSent, func(s *views.SubmissionSource) {
			s.Submission.FaultKind, s.Submission.Twin = string(errkind.Conflict), "4711"
		})),
		submission("submission-answered", submissionIn(order.Sending, func(s *views.SubmissionSource) { s.Answered = "4711" })),
		submission("submission-again", submissionIn(order.Confirmed, func(s *views.SubmissionSource) {
			s.Submission.OrderID, s.Submission.Evidence, s.Order = "4711", order.EvidenceAnswer, &reserved
			s.Submission.Rest = []order.NewLine{{ItemID: "A/1", Quantity: dec("2")}}
			s.Parent = &order.Submission{ID: "f1rst", CreatedAt: ago(40 * time.Minute)}
		})),
		submission("submission-closed", submissionIn(order.Closed, func(s *views.SubmissionSource) { s.Submission.SentAt = ago(20 * time.Minute) })),
		submission("submission-late-found", submissionIn(order.LateFound, func(s *views.SubmissionSource) {
			s.Submission.OrderID, s.Child, s.Right = "4711", &order.Submission{ID: "r3p3at", OrderID: "4712"}, buyer.RightEdit
		})),
		orders("orders", views.OrdersSource{Orders: ordersList(), Total: 120, ReadAt: ago(time.Minute)}),
		orders("orders-filtered-none", views.OrdersSource{
			Query: views.OrderQuery{Text: "CF283", Statuses: []string{"shipped"}, From: "2026-11-01"}, ReadAt: ago(time.Hour), SearchedBack: ago(90 * 24 * time.Hour),
		}),
		orders("orders-loading", views.OrdersSource{}),
		orders("orders-empty", views.OrdersSource{ReadAt: ago(time.Minute)}),
		orders("orders-stale", views.OrdersSource{Orders: ordersList()[:2], Total: 2, ReadAt: ago(30 * time.Hour), Refreshing: true, Problem: busy}),
		orders("orders-with-item", views.OrdersSource{
			Query: views.OrderQuery{Item: "2C918150", Page: 2}, Orders: ordersList()[:1], Total: 31, PerPage: 30, ReadAt: ago(time.Minute), LinesUnread: true,
		}),
		repeat("repeat", repeatSource()),
		repeat("repeat-put", repeatWith(func(s *views.RepeatSource) {
			s.Put = views.Put{Order: "4650", Lines: 2, Pieces: dec("34")}
			s.InCart = map[catalog.ItemID]decimal.Decimal{"2C918150": dec("24")}
		})),
		repeat("repeat-refused", repeatWith(func(s *views.RepeatSource) {
			s.Choice = map[catalog.ItemID]views.RepeatChoice{"2C918150": {Taken: true, Quantity: "пять", Wrong: true}, "A/1": {Taken: true}}
			s.Problem = &views.Problem{Code: errkind.Invalid, Text: "Количество: целое число."}
		})),
		repeat("repeat-loading", repeatWith(func(s *views.RepeatSource) { s.Order, s.Lines = unread, nil })),
		one("order-editable", views.OrderSource{Order: reserved, Items: items(), Right: buyer.RightEdit, Timeline: timeline()[:1], Notes: notes()}),
		one("order-without-right", views.OrderSource{Order: reserved, Right: buyer.RightNone, Timeline: timeline()[:1], Notes: notes()[1:2], NoteForm: views.NoteForm{Open: true}}),
		one("order-shipped", views.OrderSource{Order: shipped, Right: buyer.RightEdit, Timeline: timeline(), Items: items()[:1]}),
		one("order-loading", views.OrderSource{Order: unread, Right: buyer.RightUnknown}),
		one("order-wished", views.OrderSource{Order: wished, Right: buyer.RightEdit}),
		one("order-note-filled", views.OrderSource{
			Order: reserved, Right: buyer.RightEdit, NoteTexts: noteTemplates(),
			NoteForm: views.NoteForm{Text: "Доставка до 12:00\nСамовывоз", Filled: true, Seen: order.MarkNote(reserved.Note)},
		}),
		texts("note-texts", views.NoteTemplatesSource{Texts: noteTemplates()}),
		texts("note-texts-empty", views.NoteTemplatesSource{}),
		texts("note-texts-full", views.NoteTemplatesSource{Texts: slices.Repeat(noteTemplates(), order.MaxNoteTemplates/3)}),
		texts("note-texts-refused", views.NoteTemplatesSource{
			Texts: noteTemplates(), Typed: "Слишком длинно", Problem: &views.Problem{Code: errkind.Invalid, Text: "Примечание длиннее 1000 знаков."},
		}),
		one("order-note-refused", views.OrderSource{
			Order: reserved, Right: buyer.RightEdit, Notes: notes(),
			NoteForm: views.NoteForm{Text: "Самовывоз", Outcome: &order.NoteOutcome{State: order.NoteRefused, Error: "Заказ заблокирован.", Shows: reserved.Note}},
		}),
		one("order-edit-unknown", views.OrderSource{Order: reserved, Right: buyer.RightEdit, Edits: orderEdits()[:1], Quiet: 15 * time.Minute}),
		one("order-edits", views.OrderSource{Order: reserved, Right: buyer.RightEdit, Edits: orderEdits()[1:], Rescues: orderRescues()}),
		one("order-edit-apart", views.OrderSource{Order: reserved, Right: buyer.RightEdit, LineForm: views.LineForm{Apart: &views.Apart{
			Item: "2C918150", Action: "/orders/4711/lines/2C918150", Cancel: "/orders/4711", Fields: [][2]string{{"quantity", "6"}},
		}}}),
		rescue("rescue", rescueSource(buyer.RightEdit)),
		rescue("rescue-without-right", rescueSource(buyer.RightNone)),
		one("order-line-refused", views.OrderSource{
			Order: reserved, Right: buyer.RightEdit,
			LineForm: views.LineForm{ItemID: "НЕТ-ТАКОГО", Quantity: "5", Problem: &views.Problem{
				Code: errkind.BusinessLogic, Text: "Поставщик отказал. Заказ не изменился.", Quote: "Товар не найден",
			}},
		}),
		documents("documents", views.DocumentsSource{
			Query: views.DocumentQuery{From: "2026-11-01", To: "2026-11-30"}, Orders: []order.Order{reserved, shipped}, Total: 2, ReadAt: ago(time.Minute),
		}),
		documents("documents-empty", views.DocumentsSource{ReadAt: ago(time.Minute)}),
		documents("documents-none", views.DocumentsSource{Query: views.DocumentQuery{Kind: order.TransferDocument, Number: "Т-9"}, ReadAt: ago(time.Minute)}),
		documents("documents-loading", views.DocumentsSource{}),
		operator("operator", operatorSource()),
		operator("operator-idle", views.OperatorSource{Version: "dev", StartedAt: ago(time.Minute), Upstream: "https://api.example/Portal.svc"}),
	}
}

func operatorSource() views.OperatorSource {
	return views.OperatorSource{
		Version: "v1.4.0", StartedAt: ago(51 * time.Hour), Upstream: "http://api.example:8048/Portal.svc", Plaintext: true,
		EmulatorURL: "http://127.0.0.1:8048/_emulator/", Unknown: 1, Open: 2, Sessions: 14, Buyers: 9,
		Runs: []views.Run{
			{Name: "prices", Buyer: "dealer", StartedAt: ago(20 * time.Second), Rows: 3200},
			{Name: "catalogue", StartedAt: ago(40 * time.Minute), FinishedAt: ago(39 * time.Minute), Rows: 13000, Detail: "+12 −3 ~240"},
			{Name: "orders", Buyer: "manager", StartedAt: ago(50 * time.Minute), FinishedAt: ago(50*time.Minute - 1400*time.Millisecond), Failed: errkind.Timeout},
		},
		Health: []views.Health{
			{Operation: "GetItemPortion", Calls: 130, Median: 480 * time.Millisecond, Slowest: 2300 * time.Millisecond},
			{Operation: "GetOrders", Calls: 88, Failures: 3, Median: 210 * time.Millisecond, Slowest: 30 * time.Second, LastFailure: errkind.Timeout, LastFailureAt: ago(50 * time.Minute)},
			{Operation: "CreateOrder", Calls: 2, Failures: 2, Median: 90 * time.Millisecond, Slowest: 120 * time.Millisecond, LastFailure: errkind.Technical, LastFailureAt: ago(3 * time.Minute)},
			{Operation: "SetOrderNote"},
		},
		Sizes: []views.StoreSize{{Name: "items", Rows: 13000, Bytes: 48 << 20}, {Name: "price chunks", Rows: 420}},
	}
}

// orderEdits are changes of the reserved order in every state there is something to say about, the newest first.
func orderEdits() []order.Edit {
	edit := func(id order.EditID, item catalog.ItemID, before, wanted string, state order.EditState, age time.Duration, change func(*order.Edit)) order.Edit {
		e := order.Edit{ID: id, Plan: id, Order: "4711", Item: item, Before: dec(before), Wanted: dec(wanted), State: state, CreatedAt: ago(age), ChangedAt: ago(age)}
		e.Act, e.Count = order.ActAdd, e.Wanted.Sub(e.Before)
		if change != nil {
			change(&e)
		}
		return e
	}
	read := func(shows, reserved string, status order.Status) func(*order.Edit) {
		return func(e *order.Edit) {
			e.Shows, e.Reserved, e.Status, e.ReadAt = dec(shows), dec(reserved), status, e.ChangedAt
		}
	}
	return []order.Edit{
		edit("e9", "2C918150", "24", "30", order.EditUnknown, 20*time.Second, read("24", "24", order.Reserving)),
		edit("e8", "2C918150", "0", "24", order.EditWaiting, 5*time.Minute, func(e *order.Edit) { e.Plan, e.Step = "e7", 1 }),
		edit("e7", "2C918150", "30", "0", order.EditDone, 5*time.Minute, read("0", "0", order.Reserving)),
		edit("e6", "0609-001174", "10", "12", order.EditUnchanged, 15*time.Minute, read("10", "3", order.Reserving)),
		edit("e5", "A/1", "0", "4", order.EditRefused, 20*time.Minute, func(e *order.Edit) {
			read("0", "0", order.Reserving)(e)
			e.FaultKind, e.FaultText = string(errkind.BusinessLogic), "Товар снят с продажи."
		}),
		edit("e4", "2C918150", "24", "30", order.EditDiffers, 40*time.Minute, read("36", "36", order.Reserving)),
		edit("e3", "2C918150", "20", "24", order.EditDone, time.Hour, read("24", "24", order.Reserving)),
		edit("e2", "2C918150", "20", "22", order.EditNotSent, 2*time.Hour, nil),
	}
}

func orderRescues() []order.Rescue {
	return []order.Rescue{{ID: 1, Order: "4711", Item: "0609-001174", Choice: order.RescueWait, Quantity: dec("7"), Due: now.Add(48 * time.Hour), State: order.RescueWaiting}}
}

// rescueSource is a line of which seven pieces are missing, with something in transit and two equivalents.
func rescueSource(right buyer.Right) views.RescueSource {
	item := goods[1].Item
	item.TransitDate = now.Add(48 * time.Hour)
	return views.RescueSource{
		Order: reservedOrder(), Item: item, Right: right, Equivalents: []catalog.Item{goods[0].Item, goods[2].Item},
		Shelf: views.Shelf{Offer: offer, Rate: rate, Now: now},
	}
}
