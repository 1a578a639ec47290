package emulator

import (
	"fmt"
	"slices"
	"strings"
)

// Answers chooses between behaviours of the service that nobody here can know. The zero value is our best guess; package
// beliefs asks which one is true. ParseAnswers has a name for each.
type Answers struct {
	// Faults.
	BusinessLogicTypo   bool   // faults carry BUSINESS_LOGIC_ERRROR, as the documentation's table prints it
	FaultPrefix         string // of fault codes: "" is "s:", "a" declares a namespace, "none" writes bare codes
	UnknownItemContract bool   // an item that does not exist is a CONTRACT_ERROR, not business logic
	WrongLinesBusiness  bool   // a quantity that can't be, or no lines at all, is business logic, not a CONTRACT_ERROR

	// The catalogue.
	BeyondEndFaults    bool // a portion beyond the end is a fault, not an empty list
	TotalIsLastIndex   bool // TotalCount is the index of the last row of the portion, whatever the portions are
	DocumentedItems    bool // ItemDto has no PriceLocal, PhotoUrls, GroupId, Reserved, RestQuantity
	ForeignGroupIds    bool // GroupId is of another system: no category has it
	UniqueGroupNames   bool // no two roots have children of the same name
	OneBarcode         bool // ItemDto has Barcode alone, not BarCode beside it
	LifeTimeTwice      bool // ItemLifeTime stands in ItemDto twice, the second time empty
	FitsNamedAsList    bool // rows of GetGoodsCompatibilityInformation are called ArrayOfCompatibilityDto
	NoUsdRubRate       bool // GetUsdRubRate is not published
	RateFirst          bool // GetUsdRubRate answers Course and Day instead of Date and Rate
	OptionalOperations bool // the current age publishes portal.OptionalOperations too

	// Orders.
	OrdersPerLogin  bool // an order is seen by the login that made it only, not by all of its dealer
	RecentOrders    bool // GetOrders lists the last 30 days only
	UntypedOrders   bool // every order is of type 0; a return shows in numbers below zero
	MixedCurrencies bool // an order with an odd number is in roubles, and one of who orders in roubles in dollars
	UtdUrlInFull    bool // GetOrderWithLines carries UtdUrl too
	NoUtdUrlInList  bool // GetOrders does not carry UtdUrl
	UtdUrlBars      bool // a bar stands between links
	BareCustoms     bool // lists of ГТД come without their brackets

	// Changes of orders.
	AddItemSets      bool // AddItem makes the quantity what it says
	RemoveItemLeaves bool // RemoveItem's count is how many pieces stay, zero still being none
	NoteCodes        bool // SetOrderNote answers with numbers: Error 0 and NoteUpdated 1
	NotesAppend      bool // a note comes after the one that is there
	NotesCut         bool // a note is cut to 255 characters without a word

	// Ways of writing.
	DatesWithOffset   bool // CreationDate has its offset
	DecimalQuantities bool // quantities have four decimals
	NullsAbsent       bool // what says nothing is never written
}

// answerSwitch is a switch by name.
type answerSwitch struct {
	name string
	set  func(*Answers)
}

// switches lists every one.
func switches() []answerSwitch {
	return []answerSwitch{
		{"business-logic-typo", func(a *Answers) { a.BusinessLogicTypo = true }},
		{"fault-prefix-a", func(a *Answers) { a.FaultPrefix = "a" }},
		{"fault-prefix-none", func(a *Answers) { a.FaultPrefix = "none" }},
		{"unknown-item-contract", func(a *Answers) { a.UnknownItemContract = true }},
		{"wrong-lines-business", func(a *Answers) { a.WrongLinesBusiness = true }},

		{"beyond-end-faults", func(a *Answers) { a.BeyondEndFaults = true }},
		{"total-is-last-index", func(a *Answers) { a.TotalIsLastIndex = true }},
		{"documented-items", func(a *Answers) { a.DocumentedItems = true }},
		{"foreign-group-ids", func(a *Answers) { a.ForeignGroupIds = true }},
		{"unique-group-names", func(a *Answers) { a.UniqueGroupNames = true }},
		{"one-barcode", func(a *Answers) { a.OneBarcode = true }},
		{"life-time-twice", func(a *Answers) { a.LifeTimeTwice = true }},
		{"fits-named-as-list", func(a *Answers) { a.FitsNamedAsList = true }},
		{"no-usd-rub-rate", func(a *Answers) { a.NoUsdRubRate = true }},
		{"rate-first", func(a *Answers) { a.RateFirst = true }},
		{"optional-operations", func(a *Answers) { a.OptionalOperations = true }},

		{"orders-per-login", func(a *Answers) { a.OrdersPerLogin = true }},
		{"recent-orders", func(a *Answers) { a.RecentOrders = true }},
		{"untyped-orders", func(a *Answers) { a.UntypedOrders = true }},
		{"mixed-currencies", func(a *Answers) { a.MixedCurrencies = true }},
		{"utd-url-in-full", func(a *Answers) { a.UtdUrlInFull = true }},
		{"no-utd-url-in-list", func(a *Answers) { a.NoUtdUrlInList = true }},
		{"utd-url-bars", func(a *Answers) { a.UtdUrlBars = true }},
		{"bare-customs", func(a *Answers) { a.BareCustoms = true }},

		{"add-item-sets", func(a *Answers) { a.AddItemSets = true }},
		{"remove-item-leaves", func(a *Answers) { a.RemoveItemLeaves = true }},
		{"note-codes", func(a *Answers) { a.NoteCodes = true }},
		{"notes-append", func(a *Answers) { a.NotesAppend = true }},
		{"notes-cut", func(a *Answers) { a.NotesCut = true }},

		{"dates-with-offset", func(a *Answers) { a.DatesWithOffset = true }},
		{"decimal-quantities", func(a *Answers) { a.DecimalQuantities = true }},
		{"nulls-absent", func(a *Answers) { a.NullsAbsent = true }},
	}
}

// AnswerNames lists what ParseAnswers knows.
func AnswerNames() []string {
	var names []string
	for _, a := range switches() {
		names = append(names, a.name)
	}
	return names
}

// ParseAnswers reads names of behaviours, such as "orders-per-login"; none is the best guess throughout.
func ParseAnswers(names []string) (Answers, error) {
	var chosen Answers
	known := switches()
	for _, name := range names {
		name = strings.TrimSpace(name)
		i := slices.IndexFunc(known, func(a answerSwitch) bool { return a.name == name })
		switch {
		case name == "":
		case i < 0:
			return Answers{}, fmt.Errorf("emulator: answer %q is none of %s", name, strings.Join(AnswerNames(), ", "))
		default:
			known[i].set(&chosen)
		}
	}
	return chosen, nil
}
