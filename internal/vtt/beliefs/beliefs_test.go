package beliefs_test

import (
	"context"
	"errors"
	"io"
	"os"
	"regexp"
	"slices"
	"strings"
	"testing"

	"github.com/google/go-cmp/cmp"
	"go.uber.org/goleak"

	"storefront/internal/order"
	"storefront/internal/secret"
	"storefront/internal/soap"
	"storefront/internal/vtt/beliefs"
	"storefront/internal/vtt/emulator"
	"storefront/internal/vtt/emulator/emulatortest"
	"storefront/internal/vtt/portal"
)

func TestMain(m *testing.M) { goleak.VerifyTestMain(m) }

// other is a way in which the service may be otherwise than believed.
type other struct {
	belief   string
	switches string // names of emulator.Answers, separated by spaces
	set      func(*emulator.Options)
	answer   string
	prepare  func(*shop) // makes what the question is about, under both answers
	survive  func(*shop) // what the client must get right under both answers; shop.other tells which one it is
}

func others() []other {
	return []other{
		{belief: "orders-belong-to-the-dealer", switches: "orders-per-login", answer: "login", survive: seeOrdersOfWhoMaySeeThem},
		{belief: "items-carry-local-price-photos-and-group", switches: "documented-items", answer: "none", survive: doWithoutUndocumentedMembers},
		{belief: "items-carry-reserved-and-rest", switches: "documented-items", answer: "none", survive: doWithoutUndocumentedMembers},
		{belief: "utd-url-comes-with-list-and-status", switches: "no-utd-url-in-list", answer: "status", survive: keepLinksFromEitherAnswer},
		{belief: "utd-url-is-missing-with-lines", switches: "utd-url-in-full", answer: "carried", survive: keepLinksFromEitherAnswer},
		{belief: "links-stand-apart-by-space-comma-or-semicolon", switches: "utd-url-bars", answer: "other", survive: openEveryDocument},
		{belief: "customs-lists-have-brackets", switches: "bare-customs", answer: "bare", survive: readCustomsWithoutBrackets},
		{belief: "note-answer-is-text", switches: "note-codes", answer: "code", survive: tellNotesTakenFromNotesRefused},
		{belief: "note-is-replaced", switches: "notes-append", answer: "joined", survive: showTheNoteThatBecameOfTwo},
		{belief: "note-length-is-limited", switches: "notes-cut", answer: "cut", survive: showTheNoteThatWasCut},
		{belief: "unknown-item-is-business-logic", switches: "unknown-item-contract", answer: "contract", survive: takeUnknownItemsForMissing},
		{belief: "wrong-lines-are-contract-errors", switches: "wrong-lines-business", answer: "business", survive: knowHowFarARefusedOrderGot},
		{belief: "business-logic-error-is-spelled-right", switches: "business-logic-typo", answer: "BUSINESS_LOGIC_ERRROR", survive: understandRefusals},
		{belief: "fault-codes-have-prefix-s", switches: "fault-prefix-a", answer: "a", survive: understandRefusals},
		{belief: "fault-codes-have-prefix-s", switches: "fault-prefix-none", answer: "none", survive: understandRefusals},
		{belief: "new-order-has-the-accounts-currency", switches: "mixed-currencies", answer: "several", prepare: makeTwoOrders, survive: tellEachOrderInItsCurrency},
		{belief: "orders-list-is-the-whole-history", switches: "recent-orders", answer: "recent", survive: readOrdersThatLeftTheList},
		{belief: "returns-are-a-type-of-their-own", switches: "untyped-orders", answer: "0", survive: neverTakeAReturnForAnOrder},
		{belief: "items-carry-two-barcodes", switches: "one-barcode", answer: "Barcode", survive: readTheSameCatalogue},
		{belief: "life-time-comes-once", switches: "life-time-twice", answer: "twice", survive: readTheSameCatalogue},
		{belief: "group-id-is-a-category", switches: "foreign-group-ids", answer: "foreign", survive: findEveryCategory},
		{belief: "group-id-is-a-category", switches: "documented-items", answer: "missing", survive: findEveryCategory},
		{belief: "roots-share-childrens-names", switches: "unique-group-names", answer: "no", survive: findEveryCategory},
		{belief: "add-item-adds", switches: "add-item-sets", answer: "sets", survive: tellWhatAddingDid},
		{belief: "remove-item-count-is-removed", switches: "remove-item-leaves", answer: "stays", survive: tellWhatRemovingDid},
		{belief: "usd-rub-rate-is-published", switches: "no-usd-rub-rate", answer: "missing", survive: proveLogins},
		{belief: "rate-is-date-then-rate", switches: "rate-first", answer: "Course,Day", survive: readTheSameRate},
		{belief: "portion-beyond-the-end-is-empty", switches: "beyond-end-faults", answer: "fault", survive: readTheSameCatalogue},
		{belief: "portions-include-both-ends", set: func(o *emulator.Options) { o.Portions = emulator.PortionsObserved }, answer: "observed", survive: readTheSameCatalogue},
		{belief: "total-count-is-the-size", switches: "total-is-last-index", answer: "last", survive: readTheSameCatalogue},
		{belief: "creation-date-has-no-offset", switches: "dates-with-offset", answer: "offset", survive: readTheSameMoments},
		{belief: "quantities-are-whole", switches: "decimal-quantities", answer: "decimals", survive: readAndWriteTheSameQuantities},
		{belief: "compatibility-rows-are-compatibility-dto", switches: "fits-named-as-list", answer: "ArrayOfCompatibilityDto", survive: readTheSameFits},
		{belief: "nothing-has-three-forms", switches: "nulls-absent", answer: "absent", survive: readTheSameCatalogue},
		{belief: "optional-operations-are-missing", switches: "optional-operations", answer: "published", survive: useOptionalOperationsWhereTheyAre},
	}
}

// Each belief holds at the emulator, is found to differ at an emulator set to another answer, and is survived by the client
// under both. Nothing that was asked leaves a trace.
func TestBeliefs(t *testing.T) {
	for _, b := range beliefs.All() {
		t.Run(b.Name, func(t *testing.T) {
			asked := 0
			for _, o := range others() {
				if o.belief != b.Name {
					continue
				}
				asked++
				t.Run("as believed, beside "+o.switches, func(t *testing.T) { o.ask(t, b, false) })
				t.Run("otherwise, by "+o.switches, func(t *testing.T) { o.ask(t, b, true) })
			}
			if asked == 0 {
				t.Error("no other answer is known: a question that can't fail asks nothing")
			}
		})
	}
}

func (o other) ask(t *testing.T, b beliefs.Belief, otherwise bool) {
	want, options := b.Believed, func(*emulator.Options) {}
	if otherwise {
		want, options = o.answer, o.options(t)
	}
	s := open(t, options)
	s.other = otherwise
	if o.prepare != nil {
		o.prepare(s)
	}
	before := s.server.Orders()
	for range 2 { // the second time as the first
		if got, err := b.Ask(t.Context(), s.service()); err != nil || got != want {
			t.Errorf("the answer is %q, %v; want %q", got, err, want)
		}
	}
	s.same(before, s.server.Orders())
	if n := s.server.Executions()["CreateOrder"]; n != 0 && o.prepare == nil {
		t.Errorf("%d orders were created", n)
	}
	o.survive(s)
}

// options sets an emulator to the other answer.
func (o other) options(t *testing.T) func(*emulator.Options) {
	t.Helper()
	if o.set != nil {
		return o.set
	}
	answers, err := emulator.ParseAnswers(strings.Fields(o.switches))
	if err != nil || answers == (emulator.Answers{}) {
		t.Fatalf("switches %q: %v", o.switches, err)
	}
	return func(options *emulator.Options) { options.Answers = answers }
}

// A switch that no question tells apart from the best guess would be a behaviour that nobody asks about.
func TestEverySwitchIsAskedAbout(t *testing.T) {
	var used []string
	for _, o := range others() {
		used = append(used, strings.Fields(o.switches)...)
	}
	for _, name := range emulator.AnswerNames() {
		if !slices.Contains(used, name) {
			t.Errorf("no belief is about %s", name)
		}
	}
}

// Numbers go up from one, and a belief is where its name says, in one sentence each.
func TestBeliefsAreNumberedAndFiled(t *testing.T) {
	sentence := regexp.MustCompile(`^[A-Z][^?!]*[?.]$`)
	seen := map[string]bool{}
	for i, b := range beliefs.All() {
		if b.Number != i+1 || seen[b.Name] {
			t.Errorf("belief %d, %s, stands at place %d", b.Number, b.Name, i+1)
		}
		seen[b.Name] = true
		file := strings.ReplaceAll(b.Name, "-", "_") + ".go"
		text, err := os.ReadFile(file)
		if err != nil || !strings.Contains(string(text), `"`+b.Name+`"`) {
			t.Errorf("%s is not in %s: %v", b.Name, file, err)
		}
		if !sentence.MatchString(b.Question) || !strings.HasSuffix(b.Question, "?") || !sentence.MatchString(b.Otherwise) || b.Believed == "" {
			t.Errorf("%s: %q, %q, %q", b.Name, b.Question, b.Believed, b.Otherwise)
		}
	}
}

func names(findings []beliefs.Finding, which func(beliefs.Finding) bool) (list []string) {
	for _, f := range findings {
		if which(f) {
			list = append(list, f.Belief.Name)
		}
	}
	return list
}

// At an emulator as it comes everything holds; without leave to write, what writes is not asked.
func TestAskAll(t *testing.T) {
	s := open(t)
	for _, writes := range []bool{true, false} {
		findings := beliefs.Ask(t.Context(), s.service(), writes)
		if len(findings) != len(beliefs.All()) {
			t.Fatalf("%d findings", len(findings))
		}
		for _, f := range findings {
			asked := writes || !f.Belief.Writes
			if f.Asked != asked || f.Holds() != asked || f.Differs() || errors.Is(f.Err, beliefs.ErrNotAsked) == asked {
				t.Errorf("writes %v, %s: asked %v, holds %v, %q, %v", writes, f.Belief.Name, f.Asked, f.Holds(), f.Answer, f.Err)
			}
		}
		if n := s.server.Executions()["AddItem"] + s.server.Executions()["RemoveItem"] + s.server.Executions()["SetOrderNote"]; (n > 0) != writes {
			t.Errorf("writes %v: %d changes of orders", writes, n)
		}
		if err := s.server.Reset(); err != nil {
			t.Fatal(err)
		}
	}
}

// What can't be asked is said to be so, and neither holds nor differs.
func TestWhatCannotBeAsked(t *testing.T) {
	const second, bare, right = "orders-belong-to-the-dealer",
		"business-logic-error-is-spelled-right fault-codes-have-prefix-s life-time-comes-once rate-is-date-then-rate compatibility-rows-are-compatibility-dto optional-operations-are-missing",
		"note-answer-is-text note-is-replaced note-length-is-limited wrong-lines-are-contract-errors add-item-adds remove-item-count-is-removed compatibility-rows-are-compatibility-dto"
	for name, c := range map[string]struct {
		options func(*emulator.Options)
		change  func(*shop, *beliefs.Service)
		missing string
	}{
		"no second login":  {change: func(_ *shop, s *beliefs.Service) { s.Colleague = nil }, missing: second},
		"no bare answers":  {change: func(_ *shop, s *beliefs.Service) { s.Post = nil }, missing: bare},
		"no right to edit": {change: func(s *shop, ask *beliefs.Service) { ask.Editor, ask.Login = nil, s.login("buyer") }, missing: right},
		"no orders": {change: func(s *shop, ask *beliefs.Service) {
			service := s.login("service")
			ask.Login, ask.Editor = service, &service
		},
			missing: second + " utd-url-comes-with-list-and-status utd-url-is-missing-with-lines links-stand-apart-by-space-comma-or-semicolon customs-lists-have-brackets " +
				"note-answer-is-text note-is-replaced note-length-is-limited new-order-has-the-accounts-currency orders-list-is-the-whole-history " +
				"returns-are-a-type-of-their-own add-item-adds remove-item-count-is-removed creation-date-has-no-offset"},
	} {
		t.Run(name, func(t *testing.T) {
			s := open(t)
			ask := s.service()
			c.change(s, ask)
			findings := beliefs.Ask(t.Context(), ask, true)
			for _, f := range findings {
				if !f.Asked && (f.Answer != "" || f.Holds() || f.Differs() || !errors.Is(f.Err, beliefs.ErrNotAsked)) {
					t.Errorf("%s was not asked: %q, %v", f.Belief.Name, f.Answer, f.Err)
				}
			}
			missing := names(findings, func(f beliefs.Finding) bool { return !f.Asked })
			want := strings.Fields(c.missing)
			slices.Sort(missing)
			slices.Sort(want)
			if diff := cmp.Diff(want, missing); diff != "" {
				t.Error(diff)
			}
		})
	}
}

// Of a service of 2016 everything is asked that it knows, and its orders stay as they are: its RemoveItem would take whole lines.
func TestAskingTheOlderAge(t *testing.T) {
	s := open(t, func(o *emulator.Options) { o.Age = string(portal.Older) })
	ask := s.service()
	ask.Client = portal.NewClient(beliefs.Bounded(s.transport), portal.NewContract(portal.Operations(portal.Older)))
	before := s.server.Orders()
	missing, different := map[string]bool{}, map[string]string{}
	for _, f := range beliefs.Ask(t.Context(), ask, true) {
		switch {
		case !f.Asked:
			missing[f.Belief.Name] = true
		case f.Err != nil:
			t.Errorf("%s: %v", f.Belief.Name, f.Err)
		case f.Differs():
			different[f.Belief.Name] = f.Answer
		}
	}
	s.same(before, s.server.Orders())
	s.same(map[string]bool{
		"utd-url-is-missing-with-lines": true, "links-stand-apart-by-space-comma-or-semicolon": true, "note-answer-is-text": true, "note-is-replaced": true,
		"note-length-is-limited": true, "life-time-comes-once": true, "add-item-adds": true, "remove-item-count-is-removed": true,
		"rate-is-date-then-rate": true, "compatibility-rows-are-compatibility-dto": true,
	}, missing)
	s.same(map[string]string{
		"items-carry-local-price-photos-and-group": "none", "items-carry-reserved-and-rest": "none", "utd-url-comes-with-list-and-status": "neither",
		"items-carry-two-barcodes": "Barcode", "group-id-is-a-category": "missing", "usd-rub-rate-is-published": "missing",
	}, different)
}

// An answer that did not come is neither a belief that holds nor one that differs, nor one that was not asked.
func TestAskingThatFails(t *testing.T) {
	s := open(t)
	if err := s.server.AddRules(emulator.Rule{Effect: emulator.Drop}); err != nil {
		t.Fatal(err)
	}
	ask := s.service()
	ask.Post = func(context.Context, string, []byte) (int, []byte, error) { return 0, nil, io.ErrUnexpectedEOF }
	for _, f := range beliefs.Ask(t.Context(), ask, true) {
		if f.Err == nil || !f.Asked || f.Holds() || f.Differs() || f.Answer != "" {
			t.Errorf("%s: asked %v, %q, %v", f.Belief.Name, f.Asked, f.Answer, f.Err)
		}
	}
	ended, end := context.WithCancel(t.Context())
	end()
	for _, f := range beliefs.Ask(ended, s.service(), true) {
		if !errors.Is(f.Err, context.Canceled) || f.Asked {
			t.Errorf("%s was asked after the end: %v", f.Belief.Name, f.Err)
		}
	}
}

// A wrong password is a failure of asking, but for the two questions that any fault answers.
func TestAskingAsNobody(t *testing.T) {
	s := open(t)
	ask := s.service()
	nobody := portal.Login{Name: ask.Login.Name, Password: secret.New("canary-wrong")}
	ask.Login, ask.Editor, ask.Colleague = nobody, nil, &nobody
	for _, f := range beliefs.Ask(t.Context(), ask, true) {
		if f.Belief.Name == "fault-codes-have-prefix-s" || f.Belief.Name == "optional-operations-are-missing" {
			if !f.Holds() {
				t.Errorf("%s: %q, %v", f.Belief.Name, f.Answer, f.Err)
			}
			continue
		}
		var fault *soap.Fault
		if !errors.As(f.Err, &fault) || fault.Code != portal.CodeAccessDenied || f.Holds() || f.Differs() {
			t.Errorf("%s: %q, %v", f.Belief.Name, f.Answer, f.Err)
		}
		if f.Err != nil && strings.Contains(f.Err.Error(), "canary") {
			t.Errorf("%s tells the password", f.Belief.Name)
		}
	}
}

// An order is put back also where both operations mean something else, and where a second try is needed.
func TestOrdersArePutBackWhateverTheOperationsMean(t *testing.T) {
	for _, switches := range []string{"", "add-item-sets", "remove-item-leaves", "add-item-sets remove-item-leaves"} {
		t.Run(switches, func(t *testing.T) {
			answers, err := emulator.ParseAnswers(strings.Fields(switches))
			if err != nil {
				t.Fatal(err)
			}
			s := open(t, func(o *emulator.Options) { o.Answers = answers })
			before := quantities(s.server)
			for _, f := range beliefs.Ask(t.Context(), s.service(), true) {
				if f.Err != nil {
					t.Errorf("%s: %v", f.Belief.Name, f.Err)
				}
			}
			if diff := cmp.Diff(before, quantities(s.server)); diff != "" {
				t.Error(diff)
			}
		})
	}
}

// What could not be put back is an error beside the answer.
func TestAnOrderThatCouldNotBePutBackIsReported(t *testing.T) {
	s := open(t)
	if err := s.server.AddRules(emulator.Rule{Operation: "RemoveItem", Effect: emulator.Refuse, Code: portal.CodeBusinessLogic}); err != nil {
		t.Fatal(err)
	}
	for _, f := range beliefs.Ask(t.Context(), s.service(), true) {
		if f.Belief.Name == "add-item-adds" && (f.Answer != "adds" || f.Err == nil || f.Holds()) {
			t.Errorf("%q, %v, holds %v", f.Answer, f.Err, f.Holds())
		}
	}
}

func quantities(server *emulatortest.Server) map[string]int64 {
	all := map[string]int64{}
	for _, o := range server.Orders() {
		for _, l := range o.Lines {
			all[o.ID+" "+l.ItemID] += l.Quantity
		}
	}
	return all
}

// service asks as the manager, who may edit orders, with the buyer of the same dealer as colleague.
func (s *shop) service() *beliefs.Service {
	colleague := s.login("buyer")
	return &beliefs.Service{
		Client: portal.NewClient(beliefs.Bounded(s.transport), portal.DefaultContract()), Login: s.login("manager"), Colleague: &colleague,
		Post: func(ctx context.Context, action string, envelope []byte) (int, []byte, error) {
			return s.transport.Post(ctx, action, envelope, 64<<20)
		},
	}
}

func (s *shop) login(name string) portal.Login {
	a := s.server.Login(s.T, name)
	return portal.Login{Name: a.Login, Password: secret.New(a.Password)}
}

// A service that is otherwise in everything at once is still read whole, and what it does to orders is told as it is.
func TestEverythingOtherwiseAtOnce(t *testing.T) {
	answers, err := emulator.ParseAnswers(emulator.AnswerNames())
	if err != nil {
		t.Fatal(err)
	}
	answers.RecentOrders = false // a month has too few documents to look at
	s := open(t, func(o *emulator.Options) { o.Answers, o.Portions = answers, emulator.PortionsObserved })
	s.other = true
	for _, survive := range []func(*shop){
		findEveryCategory, readCustomsWithoutBrackets, openEveryDocument, understandRefusals, proveLogins, takeUnknownItemsForMissing,
		tellWhatAddingDid, tellWhatRemovingDid, tellNotesTakenFromNotesRefusedOrCut,
	} {
		survive(s)
	}
	if got := len(s.listings()); got != items {
		t.Errorf("%d items", got)
	}
}

// tellNotesTakenFromNotesRefusedOrCut leaves out the note that is too long: where notes are cut there is none.
func tellNotesTakenFromNotesRefusedOrCut(s *shop) {
	desk, store := s.desk()
	id, _ := s.reserved(store)
	s.note(desk, id, "Самовывоз", order.NoteOutcome{State: order.NoteSent, Shows: "Самовывоз"})
}
