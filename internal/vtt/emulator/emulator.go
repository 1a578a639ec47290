// Package emulator is the Portal service as it is seen on the wire: a real HTTP server with its WSDL, accounts, a catalogue,
// stock, orders that live by a clock, and rules that make it misbehave on purpose.
//
// It stands in for a service of Windows Communication Foundation, so it is strict where WCF is strict (elements out of order
// are silently lost, an unknown SOAPAction is a fault) and writes envelopes as WCF writes them. Of the client's code it
// shares only the wire types and the table of operations in package portal: reader, writer and rules are its own, so
// that the two cannot agree on a mistake.
//
//	/Portal.svc    SOAP (POST), WSDL (GET ?singleWsdl, ?wsdl)
//	/photos/       pictures of goods, drawn on demand
//	/documents/    sample УПД and УКД
//	/_emulator/    a page for people; rules, executions, clock, market, accounts, orders, reset for programs
package emulator

import (
	"errors"
	"fmt"
	"net/http"
	"slices"
	"sync"
	"time"

	"storefront/internal/vtt/portal"
)

// Portions names what GetItemPortion and its runtime sibling do with their bounds.
const (
	PortionsDocumented = "documented" // items[from..to] inclusive; TotalCount is the size of the catalogue
	PortionsObserved   = "observed"   // rows counted from one, TotalCount is the index of the last row: as met on the live service
)

// Defaults of Options.
const (
	DefaultItems = 13000
	DefaultSeed  = 1
)

// Options sets an emulator up. The zero value is the current service with 13,000 generated items.
type Options struct {
	Items         int              // size of the generated catalogue; 0 is DefaultItems
	Seed          uint64           // of everything generated; 0 is DefaultSeed
	CatalogFile   string           // JSON Lines of ItemDto fields, instead of the generated catalogue
	Age           string           // "current" (also ""), or "2016"
	Portions      string           // PortionsDocumented (also ""), or PortionsObserved
	Delay         time.Duration    // added to every answer, after the operation is performed
	ClockRate     int              // how many times faster than real the emulated time goes; 0 is 1
	Moving        bool             // prices, stock and transit change by the clock; else only orders change anything
	Now           func() time.Time // real time; nil is time.Now
	StateFile     string           // where orders, notes, the market and the clock are kept between runs; "" keeps nothing
	ExtraAccounts []Account        // stand between the built-in accounts and the manager, who is always last
	Answers       Answers          // to what nobody here can know
}

// Server is an emulator. It is an http.Handler and safe for concurrent use.
type Server struct {
	options    Options
	age        portal.Age
	operations map[string]portal.Operation // by name on the wire
	handlers   map[portal.Op]handler
	accounts   []Account
	catalogue  *catalogue // as it was before the market moved anything
	market     *market
	clock      *clock
	book       *book
	rules      *rules
	counts     *counts
	late       late
	photos     *photographer
	state      stateFile
	saving     sync.Mutex
	mux        *http.ServeMux
	closing    chan struct{}
	close      sync.Once
}

// New makes an emulator, continuing from Options.StateFile where that exists.
func New(o Options) (*Server, error) {
	o = o.withDefaults()
	age, err := o.age()
	if err != nil {
		return nil, err
	}
	accounts, err := newAccounts(o.ExtraAccounts)
	if err != nil {
		return nil, err
	}
	state := stateFile(o.StateFile)
	saved, found, err := state.read()
	if err != nil {
		return nil, err
	}
	today := o.Now()
	if o.Moving && saved.Market != nil { // dates of what is on its way are those they were
		today = saved.Market.Day
	}
	goods, err := openCatalogue(o, today)
	if err != nil {
		return nil, err
	}
	s := &Server{
		options: o, age: age, accounts: accounts, catalogue: goods,
		operations: make(map[string]portal.Operation), handlers: handlers(),
		clock: newClock(o.Now, o.ClockRate), rules: new(rules), counts: newCounts(),
		photos: newPhotographer(), state: state, closing: make(chan struct{}),
	}
	for _, op := range o.publishes(age) {
		s.operations[op.Name] = op
	}
	s.market = newMarket(goods, s.clock.Now, o, today)
	s.book = newBook(s.market.goods, s.clock.Now, o.Answers)
	if err := s.restore(saved, found); err != nil {
		return nil, err
	}
	s.mux = s.routes()
	return s, nil
}

func (o Options) withDefaults() Options {
	if o.Items == 0 {
		o.Items = DefaultItems
	}
	if o.Seed == 0 {
		o.Seed = DefaultSeed
	}
	if o.Age == "" {
		o.Age = string(portal.Current)
	}
	if o.Portions == "" {
		o.Portions = PortionsDocumented
	}
	if o.ClockRate == 0 {
		o.ClockRate = 1
	}
	if o.Now == nil {
		o.Now = time.Now
	}
	return o
}

// age checks the settings that are words and returns the contract's age.
func (o Options) age() (portal.Age, error) {
	switch age := portal.Age(o.Age); {
	case age != portal.Current && age != portal.Older:
		return "", fmt.Errorf("emulator: age %q is neither %q nor %q", o.Age, portal.Current, portal.Older)
	case o.Portions != PortionsDocumented && o.Portions != PortionsObserved:
		return "", fmt.Errorf("emulator: portions %q are neither %q nor %q", o.Portions, PortionsDocumented, PortionsObserved)
	case o.Items < 0 || o.ClockRate < 0 || o.Delay < 0:
		return "", errors.New("emulator: items, clock and delay can't be negative")
	default:
		return age, nil
	}
}

// publishes lists the operations that there are.
func (o Options) publishes(age portal.Age) []portal.Operation {
	list := portal.Operations(age)
	if age == portal.Older {
		return list
	}
	if o.Answers.OptionalOperations {
		list = append(list, portal.OptionalOperations()...)
	}
	if o.Answers.NoUsdRubRate {
		list = slices.DeleteFunc(list, func(op portal.Operation) bool { return op.Op == portal.GetUsdRubRate })
	}
	return list
}

// Accounts lists who may call: a buyer without the right to edit and with the catalogue's own prices comes first, a buyer
// of another dealer and price level second, a manager of the first buyer's dealer last.
func (s *Server) Accounts() []Account { return append([]Account(nil), s.accounts...) }

// Now is the emulated time.
func (s *Server) Now() time.Time { return s.clock.Now() }

// Executions tells how many times each operation was performed: an operation that was refused is not counted, one whose
// answer was lost is.
func (s *Server) Executions() map[string]int {
	s.catchUp()
	return s.counts.performed()
}

// Received tells how many calls of each operation arrived, refused ones included.
func (s *Server) Received() map[string]int { return s.counts.received() }

// Close lets calls that wait go, without performing what they waited for, and writes the state down.
func (s *Server) Close() error {
	s.close.Do(func() { close(s.closing) })
	return s.save()
}

// Reset returns to the seed: orders, stock, notes, market, clock; rules and counts are forgotten.
func (s *Server) Reset() error {
	s.clock.reset()
	s.rules.clear()
	s.late.clear()
	s.counts.clear()
	s.market.begin(s.clock.Now())
	s.book.replace(s.seedOrders())
	return s.save()
}

// ServeHTTP answers SOAP calls and everything else that the package comment lists.
func (s *Server) ServeHTTP(w http.ResponseWriter, r *http.Request) { s.mux.ServeHTTP(w, r) }

func (s *Server) routes() *http.ServeMux {
	mux := http.NewServeMux()
	mux.HandleFunc("POST /Portal.svc", s.serveCall)
	mux.HandleFunc("GET /Portal.svc", s.serveWSDL)
	mux.HandleFunc("GET /photos/", s.servePhoto)
	mux.HandleFunc("GET /documents/{name}", s.serveDocument)
	mux.Handle("/_emulator/", s.control())
	mux.Handle("GET /{$}", http.RedirectHandler("/_emulator/", http.StatusFound))
	return mux
}
