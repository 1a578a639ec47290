package state_test

import (
	"io"
	"net/http"
	"net/http/cookiejar"
	"net/http/httptest"
	"strings"
	"sync"
	"testing"

	"github.com/alexedwards/scs/v2"

	"storefront/store/state"
)

// shop is the session library on the real store: /in signs in, /out signs out, / tells that a signed-in request has arrived,
// waits, and changes the session.
func shop(t *testing.T, s *state.Sessions, arrived *sync.WaitGroup, proceed <-chan struct{}) *httptest.Server {
	manager := scs.New()
	manager.Store = s
	mux := http.NewServeMux()
	mux.HandleFunc("/in", func(w http.ResponseWriter, r *http.Request) {
		if err := manager.RenewToken(r.Context()); err != nil {
			t.Error(err)
		}
		manager.Put(r.Context(), "who", "ivan")
	})
	mux.HandleFunc("/out", func(w http.ResponseWriter, r *http.Request) {
		if err := manager.Destroy(r.Context()); err != nil {
			t.Error(err)
		}
	})
	mux.HandleFunc("/who", func(w http.ResponseWriter, r *http.Request) {
		_, _ = io.WriteString(w, manager.GetString(r.Context(), "who"))
	})
	mux.HandleFunc("/", func(w http.ResponseWriter, r *http.Request) {
		if manager.GetString(r.Context(), "who") != "" {
			arrived.Done()
			<-proceed
		}
		manager.Put(r.Context(), "seen", r.URL.Path)
	})
	server := httptest.NewServer(manager.LoadAndSave(mux))
	t.Cleanup(server.Close)
	return server
}

func visit(t *testing.T, client *http.Client, url string) string {
	t.Helper()
	response, err := client.Get(url)
	if err != nil {
		t.Error(err)
		return ""
	}
	defer response.Body.Close()
	body, err := io.ReadAll(response.Body)
	if err != nil || response.StatusCode != http.StatusOK {
		t.Errorf("%s: %d, %v", url, response.StatusCode, err)
	}
	return string(body)
}

// Requests that are under way while the buyer signs out, or signs in again, must not bring the old session back.
func TestNoRequestUnderWayRevivesASession(t *testing.T) {
	for _, leaving := range []string{"/out", "/in"} {
		t.Run(strings.Trim(leaving, "/"), func(t *testing.T) {
			s, _ := openSessions(t)
			var underWay, arrived sync.WaitGroup
			proceed := make(chan struct{})
			server := shop(t, s, &arrived, proceed)
			jar, err := cookiejar.New(nil)
			if err != nil {
				t.Fatal(err)
			}
			browser := &http.Client{Jar: jar}
			visit(t, browser, server.URL+"/in")
			if got := visit(t, browser, server.URL+"/who"); got != "ivan" {
				t.Fatalf("signed in as %q", got)
			}
			request, err := http.NewRequest(http.MethodGet, server.URL, nil)
			if err != nil {
				t.Fatal(err)
			}
			oldCookie := jar.Cookies(request.URL)[0]

			tab := &http.Client{Transport: &http.Transport{}}
			defer tab.CloseIdleConnections()
			arrived.Add(200)
			for range 200 {
				underWay.Go(func() {
					r := request.Clone(t.Context())
					r.AddCookie(oldCookie)
					response, err := tab.Do(r)
					if err != nil {
						t.Error(err)
						return
					}
					_ = response.Body.Close()
				})
			}
			arrived.Wait()
			visit(t, browser, server.URL+leaving)
			close(proceed)
			underWay.Wait()

			thief := request.Clone(t.Context())
			thief.URL.Path = "/who"
			thief.AddCookie(oldCookie)
			response, err := http.DefaultTransport.RoundTrip(thief)
			if err != nil {
				t.Fatal(err)
			}
			defer response.Body.Close()
			if body, _ := io.ReadAll(response.Body); len(body) != 0 {
				t.Errorf("the old cookie is signed in as %q", body)
			}
			if found(t, s, oldCookie.Value) != nil {
				t.Error("the old session is stored again")
			}
			browser.CloseIdleConnections()
			http.DefaultTransport.(*http.Transport).CloseIdleConnections()
		})
	}
}
