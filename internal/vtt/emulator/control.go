package emulator

import (
	"encoding/json"
	"fmt"
	"io"
	"net/http"
	"time"

	"github.com/shopspring/decimal"
)

// control serves what people and programs steer the emulator by. It is not part of the Portal service. Pages of other sites
// can't steer it.
func (s *Server) control() http.Handler {
	mux := http.NewServeMux()
	mux.HandleFunc("GET /_emulator/rules", func(w http.ResponseWriter, _ *http.Request) { writeJSON(w, s.rules.all()) })
	mux.HandleFunc("POST /_emulator/rules", s.postRules)
	mux.HandleFunc("DELETE /_emulator/rules", s.deleteRules)
	mux.HandleFunc("GET /_emulator/executions", func(w http.ResponseWriter, _ *http.Request) { writeJSON(w, s.Executions()) })
	mux.HandleFunc("GET /_emulator/received", func(w http.ResponseWriter, _ *http.Request) { writeJSON(w, s.Received()) })
	mux.HandleFunc("GET /_emulator/accounts", func(w http.ResponseWriter, _ *http.Request) { writeJSON(w, s.Accounts()) })
	mux.HandleFunc("GET /_emulator/orders", func(w http.ResponseWriter, _ *http.Request) { writeJSON(w, s.Orders()) })
	mux.HandleFunc("GET /_emulator/clock", func(w http.ResponseWriter, _ *http.Request) { writeJSON(w, s.clockState()) })
	mux.HandleFunc("POST /_emulator/clock", s.postClock)
	mux.HandleFunc("GET /_emulator/market", func(w http.ResponseWriter, _ *http.Request) { writeJSON(w, s.Market()) })
	mux.HandleFunc("POST /_emulator/market", s.postMarket)
	mux.HandleFunc("POST /_emulator/reset", s.postReset)
	s.routePage(mux)
	return http.NewCrossOriginProtection().Handler(mux)
}

// postRules takes one rule or a list of them.
func (s *Server) postRules(w http.ResponseWriter, r *http.Request) {
	raw, err := io.ReadAll(http.MaxBytesReader(w, r.Body, 1<<20))
	if err != nil {
		http.Error(w, err.Error(), http.StatusBadRequest)
		return
	}
	list := make([]Rule, 1)
	if err = json.Unmarshal(raw, &list[0]); err != nil {
		err = json.Unmarshal(raw, &list)
	}
	if err == nil {
		err = s.AddRules(list...)
	}
	if err != nil {
		http.Error(w, err.Error(), http.StatusBadRequest)
		return
	}
	writeJSON(w, s.rules.all())
}

func (s *Server) deleteRules(w http.ResponseWriter, _ *http.Request) {
	s.ClearRules()
	writeJSON(w, s.rules.all())
}

// clockState is the emulated time and how it goes.
type clockState struct {
	Now  time.Time `json:"now"`
	Rate int       `json:"rate"`
	Lead Duration  `json:"lead"` // of emulated over real time
}

func (s *Server) clockState() clockState {
	return clockState{s.clock.Now(), s.options.ClockRate, Duration(s.clock.lead())}
}

// Advance moves the emulated time forward, so that orders grow older.
func (s *Server) Advance(by time.Duration) error {
	if by < 0 {
		return fmt.Errorf("emulator: the clock can't go back by %s", by)
	}
	s.clock.advance(by)
	return s.save()
}

func (s *Server) postClock(w http.ResponseWriter, r *http.Request) {
	var move struct {
		Advance Duration `json:"advance"`
	}
	err := json.NewDecoder(http.MaxBytesReader(w, r.Body, 1<<10)).Decode(&move)
	if err == nil {
		err = s.Advance(time.Duration(move.Advance))
	}
	if err != nil {
		http.Error(w, err.Error(), http.StatusBadRequest)
		return
	}
	writeJSON(w, s.clockState())
}

func (s *Server) postMarket(w http.ResponseWriter, r *http.Request) {
	var move struct {
		Steps int `json:"steps"`
	}
	err := json.NewDecoder(http.MaxBytesReader(w, r.Body, 1<<10)).Decode(&move)
	if err == nil {
		err = s.MoveMarket(move.Steps)
	}
	if err != nil {
		http.Error(w, err.Error(), http.StatusBadRequest)
		return
	}
	writeJSON(w, s.Market())
}

func (s *Server) postReset(w http.ResponseWriter, _ *http.Request) {
	if err := s.Reset(); err != nil {
		http.Error(w, err.Error(), http.StatusInternalServerError)
		return
	}
	w.WriteHeader(http.StatusNoContent)
}

// Order is an order as the emulator's own page and JSON tell it.
type Order struct {
	ID        string          `json:"id"`
	Dealer    string          `json:"dealer"`
	Login     string          `json:"login"`
	Branch    string          `json:"branch"`
	CreatedAt time.Time       `json:"created"`
	Status    string          `json:"status"`
	Currency  string          `json:"currency"`
	Type      int             `json:"type"`
	Sum       decimal.Decimal `json:"sum"`
	Note      string          `json:"note"`
	Lines     []OrderLine     `json:"lines"`
}

// OrderLine is a position of an Order; UnitPrice is in the order's currency.
type OrderLine struct {
	ItemID    string          `json:"itemId"`
	Name      string          `json:"name"`
	Quantity  int64           `json:"quantity"`
	Reserved  int64           `json:"reserved"`
	UnitPrice decimal.Decimal `json:"unitPrice"`
}

// Orders lists all orders of all dealers, oldest first.
func (s *Server) Orders() []Order {
	s.catchUp()
	now := s.clock.Now()
	list := []Order{}
	for _, o := range s.book.all() {
		told := Order{
			ID: o.id(), Dealer: o.Dealer, Login: o.Login, Branch: Branches()[o.Branch], CreatedAt: o.CreatedAt, Status: o.status(now),
			Currency: o.Currency, Type: o.Type, Sum: o.sum(), Note: o.Note, Lines: []OrderLine{},
		}
		for _, l := range o.Lines {
			told.Lines = append(told.Lines, OrderLine(l))
		}
		list = append(list, told)
	}
	return list
}

func writeJSON(w http.ResponseWriter, v any) {
	w.Header().Set("Content-Type", "application/json; charset=utf-8")
	encoder := json.NewEncoder(w)
	encoder.SetEscapeHTML(false)
	_ = encoder.Encode(v) // the caller has gone
}
