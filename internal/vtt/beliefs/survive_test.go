package beliefs_test

import (
	"context"
	"errors"
	"io"
	"log/slog"
	"net/http"
	"reflect"
	"slices"
	"strings"
	"testing"
	"time"

	"github.com/google/go-cmp/cmp"
	"github.com/shopspring/decimal"

	"storefront/internal/buyer"
	"storefront/internal/catalog"
	"storefront/internal/errkind"
	"storefront/internal/order"
	"storefront/internal/secret"
	"storefront/internal/soap"
	"storefront/internal/vtt"
	"storefront/internal/vtt/emulator"
	"storefront/internal/vtt/emulator/emulatortest"
	"storefront/store/state"
)

// noon is the time at the emulator. It stands still, so that two emulators tell the same.
var noon = time.Date(2026, 11, 23, 12, 0, 0, 0, time.UTC)

const (
	portion = 23
	items   = 8 * portion // a full last portion: the end has to be found beyond it
)

// shop is a client of an emulator.
type shop struct {
	*testing.T
	server         *emulatortest.Server
	transport      *soap.Transport // for questions
	plain          *http.Transport // for documents
	d              *vtt.Distributor
	manager, buyer buyer.Credentials // of one dealer; the manager may edit orders
	other          bool              // the service is otherwise than believed
}

func open(t *testing.T, options ...func(*emulator.Options)) *shop {
	t.Helper()
	base := func(o *emulator.Options) { o.Items, o.Now = items, func() time.Time { return noon } }
	s := &shop{T: t, server: emulatortest.Start(t, append([]func(*emulator.Options){base}, options...)...), plain: &http.Transport{}}
	t.Cleanup(s.plain.CloseIdleConnections)
	s.transport = soap.NewTransport(soap.TransportOptions{URL: s.server.URL})
	t.Cleanup(s.transport.Close)
	d, err := vtt.New(vtt.Options{
		URL: s.server.URL, PortionSize: portion, Now: func() time.Time { return noon },
		Pause: func(ctx context.Context, _ time.Duration) error { return ctx.Err() },
	})
	if err != nil {
		t.Fatal(err)
	}
	t.Cleanup(d.Close)
	s.d, s.manager, s.buyer = d, s.credentials("manager"), s.credentials("buyer")
	return s
}

func (s *shop) credentials(login string) buyer.Credentials {
	a := s.server.Login(s.T, login)
	return buyer.Credentials{Login: a.Login, Password: secret.New(a.Password)}
}

func (s *shop) must(err error) {
	s.Helper()
	if err != nil {
		s.Fatal(err)
	}
}

func (s *shop) same(want, got any) {
	s.Helper()
	if reflect.DeepEqual(want, got) { // which is quick, where finding differences is not
		return
	}
	if diff := cmp.Diff(want, got); diff != "" {
		s.Error(diff)
	}
}

// believed is a client of an emulator that is in everything as believed, and otherwise the same.
func (s *shop) believed() *shop {
	s.Helper()
	return open(s.T)
}

// listings reads the catalogue. Photos are given without their host.
func (s *shop) listings() map[catalog.ItemID]catalog.Listing {
	s.Helper()
	all := map[catalog.ItemID]catalog.Listing{}
	s.must(s.d.EachListing(s.Context(), s.manager, func(list []catalog.Listing, _ catalog.Progress) error {
		for _, l := range list {
			for i, photo := range l.Item.PhotoURLs {
				l.Item.PhotoURLs[i] = strings.TrimPrefix(photo, s.server.Base)
			}
			if _, twice := all[l.Item.ID]; twice {
				s.Errorf("%s came twice", l.Item.ID)
			}
			all[l.Item.ID] = l
		}
		return nil
	}))
	if len(all) != items {
		s.Errorf("%d items of %d", len(all), items)
	}
	return all
}

func (s *shop) offers() map[catalog.ItemID]catalog.Offer {
	s.Helper()
	all := map[catalog.ItemID]catalog.Offer{}
	s.must(s.d.EachOffer(s.Context(), s.manager, func(list []catalog.Offer, _ catalog.Progress) error {
		for _, o := range list {
			all[o.ItemID] = o
		}
		return nil
	}))
	return all
}

func readTheSameCatalogue(s *shop) {
	known := s.believed()
	s.same(known.listings(), s.listings())
	s.same(known.offers(), s.offers())
}

// Without the members that no documentation names an item keeps everything else.
func doWithoutUndocumentedMembers(s *shop) {
	got := s.listings()
	for id, want := range s.believed().listings() {
		have := got[id]
		if (have.Offer.PriceLocal != nil) != (want.Offer.PriceLocal != nil && !s.other) {
			s.Errorf("%s: price in roubles %v", id, have.Offer.PriceLocal)
		}
		if s.other {
			want.Offer.PriceLocal, want.Item.GroupID = nil, ""
			want.Item.PhotoURLs = want.Item.PhotoURLs[:min(len(want.Item.PhotoURLs), 1)]
		}
		s.same(want.Item, have.Item)
		s.same(want.Offer, have.Offer)
	}
	findEveryCategory(s)
}

// Every item stands under the category that the service itself lists it under.
func findEveryCategory(s *shop) {
	categories, err := s.d.Categories(s.Context(), s.manager)
	s.must(err)
	tree := catalog.NewTree(categories)
	placed := 0
	for _, root := range tree.Roots() {
		for _, child := range tree.Children(root.ID) {
			list, err := s.d.CategoryListings(s.Context(), s.manager, child.ID)
			s.must(err)
			for _, l := range list {
				placed++
				if got := tree.Resolve(l.Item); got != child.ID {
					s.Errorf("%s stands under %q, want %q", l.Item.ID, got, child.ID)
				}
			}
		}
	}
	if placed != items {
		s.Errorf("%d items stand in categories, want %d", placed, items)
	}
}

func readTheSameFits(s *shop) {
	fits := func(s *shop) (list []catalog.Fit) {
		s.must(s.d.EachFit(s.Context(), s.manager, func(f catalog.Fit) error { list = append(list, f); return nil }))
		return list
	}
	got := fits(s)
	s.same(fits(s.believed()), got)
	if len(got) == 0 {
		s.Error("nothing fits anything")
	}
	if right, err := s.d.EditRight(s.Context(), s.manager); right != buyer.RightEdit || err != nil {
		s.Errorf("the manager's right is %q, %v", right, err)
	}
}

func readTheSameRate(s *shop) {
	want, err := s.believed().d.Rate(s.Context(), s.manager)
	s.must(err)
	got, err := s.d.Rate(s.Context(), s.manager)
	s.must(err)
	s.same(want, got)
}

func proveLogins(s *shop) {
	s.must(s.d.ProveLogin(s.Context(), s.manager))
	wrong := buyer.Credentials{Login: "manager", Password: secret.New("wrong")}
	if err := s.d.ProveLogin(s.Context(), wrong); !errkind.Is(err, errkind.AccessDenied) {
		s.Errorf("a wrong password: %v", err)
	}
	rate, err := s.d.Rate(s.Context(), s.manager)
	if s.other != errkind.Is(err, errkind.Unsupported) || rate.Known() == s.other {
		s.Errorf("rate %v, %v", rate, err)
	}
}

func takeUnknownItemsForMissing(s *shop) {
	want := errkind.BusinessLogic
	if s.other {
		want = errkind.Contract
	}
	_, err := s.d.Listing(s.Context(), s.manager, "no such item")
	if !errkind.Is(err, want) {
		s.Errorf("listing: %v, want %s", err, want)
	}
	_, err = s.d.Offer(s.Context(), s.manager, "no such item")
	if !errkind.Is(err, want) {
		s.Errorf("offer: %v, want %s", err, want)
	}
	desk, _ := s.desk()
	_, err = desk.Carts.AddLine(s.Context(), s.manager.Buyer(), "no such item", decimal.NewFromInt(1))
	s.must(err)
	review, err := desk.Review(s.Context(), manager, s.manager)
	s.must(err)
	if len(review.Lines) != 1 || !review.Lines[0].Gone {
		s.Errorf("the review has %+v", review.Lines)
	}
}

// manager is the account of the manager, who may edit orders.
var manager = buyer.Account{ID: "manager", Right: buyer.RightEdit}

// box seals nothing: no order is placed through the desk here.
type box struct{}

func (box) SealFor(order.SubmissionID, buyer.Credentials) ([]byte, error) { return nil, nil }
func (box) OpenFor(order.SubmissionID, []byte) (buyer.Credentials, error) {
	return buyer.Credentials{}, nil
}

// desk puts a desk with a store of its own in front of the distributor. Its clock goes on at every look.
func (s *shop) desk() (*order.Desk, *state.Store) {
	s.Helper()
	now := noon
	tick := func() time.Time { now = now.Add(time.Millisecond); return now }
	store, err := state.Open(s.Context(), s.TempDir(), tick)
	s.must(err)
	s.Cleanup(func() { _ = store.Close() })
	s.must(store.SaveAccount(s.Context(), manager))
	return order.NewDesk(order.DeskOptions{
		Carts: store, Submissions: store, Orders: store, Edits: store, Rescues: store, Wishes: store, Accounts: store, Distributor: s.d, Sealer: box{},
		Register: buyer.NewRegister(tick), Quiet: time.Minute, Now: tick, Log: slog.New(slog.NewTextHandler(io.Discard, nil)),
		Shown: func(context.Context, buyer.ID, []catalog.ItemID) (map[catalog.ItemID]order.Shown, error) {
			return nil, nil
		},
	}), store
}

// reserved makes an order of ten pieces of one item and keeps a copy of it, as the shop would have.
func (s *shop) reserved(store *state.Store) (order.ID, catalog.ItemID) {
	s.Helper()
	for id, o := range s.offers() {
		if !o.Orderable() || o.Available.LessThan(decimal.NewFromInt(40)) {
			continue
		}
		number, err := s.d.CreateOrder(s.Context(), s.manager, []order.NewLine{{ItemID: id, Quantity: decimal.NewFromInt(10)}})
		s.must(err)
		copied, err := s.d.OrderWithLines(s.Context(), s.manager, number)
		s.must(err)
		s.must(store.SaveOrder(s.Context(), s.manager.Buyer(), copied))
		return number, id
	}
	s.Fatal("there are no forty pieces of anything")
	return "", ""
}

// executed tells how often an operation was performed from now on.
func (s *shop) executed(operation string) func() int {
	before := s.server.Executions()[operation]
	return func() int { return s.server.Executions()[operation] - before }
}

// tellWhatAddingDid wants four pieces more than ten. Where adding sets the quantity the order has four, and that is what is
// told: nothing is sent a second time.
func tellWhatAddingDid(s *shop) {
	desk, store := s.desk()
	id, item := s.reserved(store)
	wantState, shows := order.EditDone, int64(14)
	if s.other {
		wantState, shows = order.EditDiffers, 4
	}
	added := s.executed("AddItem")
	edit, err := desk.AddLine(s.Context(), manager, s.manager, id, order.NewLine{ItemID: item, Quantity: decimal.NewFromInt(4)})
	s.wantEdit(edit, err, wantState, 10, 14, shows)
	if n := added(); n != 1 {
		s.Errorf("added %d times", n)
	}
}

// tellWhatRemovingDid wants four pieces of ten. Where the count is what stays the order has six.
func tellWhatRemovingDid(s *shop) {
	desk, store := s.desk()
	id, item := s.reserved(store)
	wantState, shows := order.EditDone, int64(4)
	if s.other {
		wantState, shows = order.EditDiffers, 6
	}
	removed := s.executed("RemoveItem")
	edit, err := desk.SetQuantity(s.Context(), manager, s.manager, id, order.Wish{Item: item, Quantity: decimal.NewFromInt(4)})
	s.wantEdit(edit, err, wantState, 10, 4, shows)
	if n := removed(); n != 1 {
		s.Errorf("removed %d times", n)
	}
	edit, err = desk.SetQuantity(s.Context(), manager, s.manager, id, order.Wish{Item: item})
	s.wantEdit(edit, err, order.EditDone, shows, 0, 0)
}

func (s *shop) wantEdit(e order.Edit, err error, state order.EditState, before, wanted, shows int64) {
	s.Helper()
	s.must(err)
	if e.State != state || e.Before.IntPart() != before || e.Wanted.IntPart() != wanted || e.Shows.IntPart() != shows {
		s.Errorf("%s: %s before, %s wanted, the order shows %s; want %s: %d, %d, %d", e.State, e.Before, e.Wanted, e.Shows, state, before, wanted, shows)
	}
	for _, o := range s.server.Orders() {
		var have int64
		for _, l := range o.Lines {
			if l.ItemID == string(e.Item) {
				have += l.Quantity
			}
		}
		if o.ID == string(e.Order) && have != shows {
			s.Errorf("the service has %d", have)
		}
	}
}

// note writes a note through the desk, which sends it once.
func (s *shop) note(desk *order.Desk, id order.ID, text string, want order.NoteOutcome) {
	s.Helper()
	sent := s.executed("SetOrderNote")
	got, err := desk.SaveNote(s.Context(), manager, s.manager, id, text, "")
	s.must(err)
	s.same(want, got)
	if n := sent(); n != 1 {
		s.Errorf("sent %d times", n)
	}
}

func showTheNoteThatBecameOfTwo(s *shop) {
	desk, store := s.desk()
	id, _ := s.reserved(store)
	s.note(desk, id, "Самовывоз", order.NoteOutcome{State: order.NoteSent, Shows: "Самовывоз"})
	want := order.NoteOutcome{State: order.NoteSent, Shows: "Позвонить"}
	if s.other {
		want = order.NoteOutcome{State: order.NoteDiffers, Shows: "Самовывоз\nПозвонить"}
	}
	s.note(desk, id, "Позвонить", want)
}

func showTheNoteThatWasCut(s *shop) {
	desk, store := s.desk()
	id, _ := s.reserved(store)
	long := strings.Repeat("ж", order.MaxNote)
	want := order.NoteOutcome{State: order.NoteSent, Shows: long}
	if s.other {
		want = order.NoteOutcome{State: order.NoteDiffers, Shows: strings.Repeat("ж", 255)}
	}
	s.note(desk, id, long, want)
	_, err := desk.SaveNote(s.Context(), manager, s.manager, id, long+"ж", "")
	if !errkind.Is(err, errkind.Invalid) {
		s.Errorf("a longer note: %v", err)
	}
}

// tellNotesTakenFromNotesRefused writes a note that is too long past the desk, which would not send it.
func tellNotesTakenFromNotesRefused(s *shop) {
	desk, store := s.desk()
	id, _ := s.reserved(store)
	s.note(desk, id, "Самовывоз", order.NoteOutcome{State: order.NoteSent, Shows: "Самовывоз"})
	got, err := s.d.SetNote(s.Context(), s.manager, id, strings.Repeat("ж", order.MaxNote+1))
	if err != nil || got.Updated || got.Error == "" {
		s.Errorf("a note that was refused: %+v, %v", got, err)
	}
}

func (s *shop) orders(who buyer.Credentials) []order.Order {
	s.Helper()
	list, err := s.d.Orders(s.Context(), who)
	s.must(err)
	if len(list) == 0 {
		s.Fatal("no orders")
	}
	return list
}

// seeOrdersOfWhoMaySeeThem compares what each login is shown with whose orders they are.
func seeOrdersOfWhoMaySeeThem(s *shop) {
	for _, who := range []buyer.Credentials{s.manager, s.buyer} {
		var want, got []string
		foreign := order.ID("")
		for _, o := range s.server.Orders() {
			switch {
			case o.Login == who.Login, o.Dealer == s.server.Login(s.T, who.Login).Dealer && !s.other:
				want = append(want, o.ID)
			default:
				foreign = order.ID(o.ID)
			}
		}
		for _, o := range s.orders(who) {
			got = append(got, string(o.ID))
		}
		slices.Sort(got)
		s.same(want, got)
		if _, err := s.d.OrderWithLines(s.Context(), who, foreign); !errkind.Is(err, errkind.BusinessLogic) {
			s.Errorf("%s and an order that is not his: %v", who.Login, err)
		}
	}
}

// keepLinksFromEitherAnswer copies shipped orders as the shop does: from the list, each by itself, with its lines, and from the
// list again.
func keepLinksFromEitherAnswer(s *shop) {
	_, store := s.desk()
	list := slices.DeleteFunc(s.orders(s.manager), func(o order.Order) bool { return o.Status != order.Shipped })
	list = list[:min(len(list), 5)]
	if len(list) == 0 {
		s.Fatal("nothing was shipped")
	}
	readAt := noon
	for _, o := range list {
		for _, read := range []func(context.Context, buyer.Credentials, order.ID) (order.Order, error){s.d.OrderStatus, s.d.OrderWithLines} {
			again, err := read(s.Context(), s.manager, o.ID)
			s.must(err)
			readAt = readAt.Add(time.Second)
			again.ReadAt = readAt
			s.must(store.SaveOrder(s.Context(), s.manager.Buyer(), again))
		}
	}
	for i := range list {
		list[i].ReadAt = readAt.Add(time.Minute)
	}
	s.must(store.SaveOrders(s.Context(), s.manager.Buyer(), list))
	for _, o := range list {
		if copied, err := store.Order(s.Context(), s.manager.Buyer(), o.ID); err != nil || len(copied.Transfer) == 0 {
			s.Errorf("%s has lost its links: %v", o.ID, err)
		}
	}
}

// openEveryDocument follows every link.
func openEveryDocument(s *shop) {
	client := &http.Client{Transport: s.plain}
	several := false
	for _, o := range s.orders(s.manager) {
		if o.Status == order.Shipped && len(o.Transfer) == 0 { // as on the order's own page
			var err error
			o, err = s.d.OrderStatus(s.Context(), s.manager, o.ID)
			s.must(err)
		}
		several = several || len(o.Transfer) > 1
		for _, link := range o.Transfer {
			response, err := client.Get(link)
			s.must(err)
			_ = response.Body.Close()
			if response.StatusCode != http.StatusOK {
				s.Errorf("%s of %s: status %d", link, o.ID, response.StatusCode)
			}
		}
		if o.Status == order.Shipped && len(o.Transfer) == 0 {
			s.Errorf("%s has no documents", o.ID)
		}
	}
	if !several {
		s.Error("no order has several documents")
	}
}

func readCustomsWithoutBrackets(s *shop) {
	pairs := 0
	for _, o := range s.orders(s.manager) {
		full, err := s.d.OrderWithLines(s.Context(), s.manager, o.ID)
		s.must(err)
		for _, l := range full.Lines {
			for _, c := range l.Customs {
				if strings.ContainsAny(c.Number+c.Country, "(),") || c.Country == "" {
					s.Errorf("customs %+v", c)
				}
			}
			if len(l.Customs) > 1 {
				pairs++
			}
		}
	}
	if pairs == 0 {
		s.Error("no line came in by two declarations")
	}
}

func understandRefusals(s *shop) {
	_, err := s.d.OrderStatus(s.Context(), s.manager, "no such order")
	var refusal *errkind.Error
	if !errors.As(err, &refusal) || refusal.Kind != errkind.BusinessLogic || refusal.Text == "" {
		s.Errorf("%v is not told with the service's words", err)
	}
	_, err = s.d.SetNote(s.Context(), s.buyer, "1", "x")
	if !errkind.Is(err, errkind.NonAuthorized) {
		s.Errorf("without the right: %v", err)
	}
}

// knowHowFarARefusedOrderGot: a contract error is proof that nothing was made, business logic is not.
func knowHowFarARefusedOrderGot(s *shop) {
	want := order.ClassRefused
	if s.other {
		want = order.ClassAnswered
	}
	before := len(s.server.Orders())
	item := s.server.Orders()[0].Lines[0].ItemID
	_, err := s.d.CreateOrder(s.Context(), s.manager, []order.NewLine{{ItemID: catalog.ItemID(item), Quantity: decimal.NewFromInt(2_000_000)}})
	var sent *order.SendError
	if !errors.As(err, &sent) || sent.Class != want {
		s.Errorf("%v, want an error of the class %v", err, want)
	}
	if after := len(s.server.Orders()); after != before {
		s.Errorf("%d orders were made", after-before)
	}
}

func makeTwoOrders(s *shop) {
	_, store := s.desk()
	s.reserved(store)
	s.reserved(store)
}

func tellEachOrderInItsCurrency(s *shop) {
	truth := map[string]emulator.Order{}
	for _, o := range s.server.Orders() {
		truth[o.ID] = o
	}
	for _, o := range s.orders(s.manager) {
		want := truth[string(o.ID)]
		full, err := s.d.OrderWithLines(s.Context(), s.manager, o.ID)
		s.must(err)
		sum := decimal.Zero
		for _, l := range full.Lines {
			sum = sum.Add(l.TotalPrice)
		}
		if string(o.Currency) != want.Currency || full.Currency != o.Currency || !o.Sum.Equal(want.Sum.Round(2)) || sum.Sub(o.Sum).Abs().GreaterThan(decimal.New(10, -2)) {
			s.Errorf("%s: %s %s in the list, %s %s in lines, %s %s", o.ID, o.Sum, o.Currency, sum, full.Currency, want.Sum, want.Currency)
		}
	}
}

// readOrdersThatLeftTheList: an order that is not listed any more can still be read by its number, and its copy stays.
func readOrdersThatLeftTheList(s *shop) {
	_, store := s.desk()
	oldest := order.ID("")
	for _, o := range s.server.Orders() {
		if o.Dealer == s.server.Login(s.T, "manager").Dealer {
			oldest = order.ID(o.ID)
			break
		}
	}
	old, err := s.d.OrderWithLines(s.Context(), s.manager, oldest)
	s.must(err)
	s.must(store.SaveOrder(s.Context(), s.manager.Buyer(), old))
	list := s.orders(s.manager)
	if listed := slices.ContainsFunc(list, func(o order.Order) bool { return o.ID == oldest }); listed == s.other {
		s.Errorf("the oldest order is listed: %v", listed)
	}
	s.must(store.SaveOrders(s.Context(), s.manager.Buyer(), list))
	if copied, err := store.Order(s.Context(), s.manager.Buyer(), oldest); err != nil || len(copied.Lines) == 0 {
		s.Errorf("the copy: %v", err)
	}
}

// neverTakeAReturnForAnOrder: a type is told as it is, and what a return has is below zero where no type tells it.
func neverTakeAReturnForAnOrder(s *shop) {
	returns := map[string]bool{}
	for _, o := range s.server.Orders() {
		returns[o.ID] = o.Type == 2
	}
	found := 0
	for _, o := range s.orders(s.manager) {
		want := map[bool]string{true: "2", false: "1"}[returns[string(o.ID)]]
		if s.other {
			want = "0"
		}
		below := o.GoodsCount.IsNegative() && o.Sum.IsNegative()
		if o.Type != want || below != (s.other && returns[string(o.ID)]) {
			s.Errorf("%s: type %q, %s goods for %s", o.ID, o.Type, o.GoodsCount, o.Sum)
		}
		if returns[string(o.ID)] {
			found++
		}
	}
	if found == 0 {
		s.Error("there are no returns")
	}
}

func readTheSameMoments(s *shop) {
	known := map[order.ID]order.Order{}
	for _, o := range s.believed().orders(s.manager) {
		known[o.ID] = o
	}
	for _, o := range s.orders(s.manager) {
		if want := known[o.ID].CreatedAt; !o.CreatedAt.Equal(want) || o.CreatedAt.IsZero() {
			s.Errorf("%s was made at %s, want %s", o.ID, o.CreatedAt, want)
		}
	}
}

// readAndWriteTheSameQuantities also orders: what is sent has no decimals, whatever comes.
func readAndWriteTheSameQuantities(s *shop) {
	known := s.believed()
	s.same(known.offers(), s.offers())
	desk, store := s.desk()
	id, item := s.reserved(store)
	edit, err := desk.SetQuantity(s.Context(), manager, s.manager, id, order.Wish{Item: item, Quantity: decimal.NewFromInt(7)})
	s.wantEdit(edit, err, order.EditDone, 10, 7, 7)
	if !edit.Reserved.Equal(decimal.NewFromInt(7)) {
		s.Errorf("%s pieces are reserved", edit.Reserved)
	}
}

// useOptionalOperationsWhereTheyAre: without them nothing is sent.
func useOptionalOperationsWhereTheyAre(s *shop) {
	_, err := s.d.Categories(s.Context(), s.manager) // the contract has been read
	s.must(err)
	found := 0
	for id := range s.listings() {
		related, err := s.d.Related(s.Context(), s.manager, id)
		if s.other != (err == nil) || err != nil && !errkind.Is(err, errkind.Unsupported) {
			s.Fatalf("beside %s: %v", id, err)
		}
		found += len(related)
	}
	if s.d.PublishesInvoices() != s.other || found > 0 != s.other {
		s.Errorf("invoices %v, %d related items", s.d.PublishesInvoices(), found)
	}
	var shipped order.ID
	for _, o := range s.orders(s.manager) {
		if o.Status == order.Shipped {
			shipped = o.ID
		}
	}
	document, err := s.d.InvoiceXML(s.Context(), s.manager, shipped)
	if s.other != strings.Contains(document, "<Invoice") || !s.other && !errkind.Is(err, errkind.Unsupported) {
		s.Errorf("invoice %q, %v", document, err)
	}
	for _, operation := range []string{"GetRelatedItems", "ExportInvoiceXml"} {
		if n := s.server.Received()[operation]; n > 0 != s.other {
			s.Errorf("%s was sent %d times", operation, n)
		}
	}
}
