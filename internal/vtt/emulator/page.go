package emulator

import (
	"embed"
	"html/template"
	"maps"
	"net/http"
	"slices"
	"strconv"
)

//go:embed page
var pageFiles embed.FS

// routePage serves the emulator's page for people. Its forms do what the JSON endpoints do and lead back to it.
func (s *Server) routePage(mux *http.ServeMux) {
	page := template.Must(template.ParseFS(pageFiles, "page/page.html"))
	mux.HandleFunc("GET /_emulator/{$}", func(w http.ResponseWriter, _ *http.Request) {
		pageHeaders(w.Header())
		_ = page.Execute(w, s.pageData()) // the reader has gone
	})
	mux.HandleFunc("GET /_emulator/page.css", func(w http.ResponseWriter, r *http.Request) {
		http.ServeFileFS(w, r, pageFiles, "page/page.css")
	})
	form := func(pattern string, act func(*http.Request) error) {
		mux.HandleFunc(pattern, func(w http.ResponseWriter, r *http.Request) {
			if err := act(r); err != nil {
				http.Error(w, err.Error(), http.StatusBadRequest)
				return
			}
			http.Redirect(w, r, "/_emulator/", http.StatusSeeOther)
		})
	}
	form("POST /_emulator/page/clock", s.formClock)
	form("POST /_emulator/page/market", s.formMarket)
	form("POST /_emulator/page/reset", func(*http.Request) error { return s.Reset() })
	form("POST /_emulator/page/rules", s.formRule)
	form("POST /_emulator/page/stories", s.formStory)
	form("POST /_emulator/page/rules/clear", func(*http.Request) error { s.ClearRules(); return nil })
}

func pageHeaders(h http.Header) {
	h.Set("Content-Type", "text/html; charset=utf-8")
	h.Set("Content-Security-Policy", "default-src 'none'; style-src 'self'; form-action 'self'; base-uri 'none'; frame-ancestors 'none'")
	h.Set("Cache-Control", "no-store")
}

// pageData is what the page shows.
type pageData struct {
	Age, Portions string
	Items         int
	Clock         clockState
	Market        Market
	Accounts      []Account
	Rules         []Rule
	Operations    []string
	Effects       []Effect
	Stories       []story
	Pending       int
	Calls         []callCount
	Orders        []Order
}

type callCount struct {
	Operation           string
	Received, Performed int
}

func (s *Server) pageData() pageData {
	d := pageData{
		Age: string(s.age), Portions: s.options.Portions, Items: len(s.catalogue.items),
		Clock: s.clockState(), Market: s.Market(), Accounts: s.Accounts(), Rules: s.rules.all(),
		Operations: slices.Sorted(maps.Keys(s.operations)), Effects: effects(), Stories: stories(), Pending: s.Pending(), Orders: s.Orders(),
	}
	slices.Reverse(d.Orders)
	received, performed := s.Received(), s.Executions()
	for _, op := range d.Operations {
		d.Calls = append(d.Calls, callCount{op, received[op], performed[op]})
	}
	return d
}

func (s *Server) formClock(r *http.Request) error {
	by, err := parseDuration(r.PostFormValue("advance"))
	if err != nil {
		return err
	}
	return s.Advance(by)
}

func (s *Server) formMarket(r *http.Request) error {
	steps, err := strconv.Atoi(r.PostFormValue("steps"))
	if err != nil {
		return err
	}
	return s.MoveMarket(steps)
}

func (s *Server) formRule(r *http.Request) error {
	rule := Rule{
		Operation: r.PostFormValue("operation"), Login: r.PostFormValue("login"),
		Effect: Effect(r.PostFormValue("effect")), Code: r.PostFormValue("code"),
	}
	for name, target := range map[string]*int{"nth": &rule.Nth, "count": &rule.Count} {
		if text := r.PostFormValue(name); text != "" {
			n, err := strconv.Atoi(text)
			if err != nil {
				return err
			}
			*target = n
		}
	}
	if text := r.PostFormValue("delay"); text != "" {
		delay, err := parseDuration(text)
		if err != nil {
			return err
		}
		rule.Delay = Duration(delay)
	}
	return s.AddRules(rule)
}
