// Package emulatortest starts an emulator for a test in one line:
//
//	portal := emulatortest.Start(t)
package emulatortest

import (
	"net/http/httptest"
	"testing"

	"storefront/internal/vtt/emulator"
)

// Items is how many items the catalogue has unless a test asks for another number: enough for every kind, quick to make.
const Items = 400

// Server is a running emulator.
type Server struct {
	*emulator.Server
	URL  string // of the service: http://127.0.0.1:…/Portal.svc
	Base string // of everything else: http://127.0.0.1:…
}

// Start runs an emulator on loopback until the test ends.
func Start(t testing.TB, options ...func(*emulator.Options)) *Server {
	t.Helper()
	o := emulator.Options{Items: Items}
	for _, set := range options {
		set(&o)
	}
	server, err := emulator.New(o)
	if err != nil {
		t.Fatal(err)
	}
	web := httptest.NewServer(server)
	t.Cleanup(func() {
		if err := server.Close(); err != nil { // first, so that calls that wait are let go
			t.Error(err)
		}
		web.Close()
	})
	return &Server{Server: server, URL: web.URL + "/Portal.svc", Base: web.URL}
}

// Login returns the built-in account of that login.
func (s *Server) Login(t testing.TB, login string) emulator.Account {
	t.Helper()
	for _, a := range s.Accounts() {
		if a.Login == login {
			return a
		}
	}
	t.Fatalf("no account %q", login)
	return emulator.Account{}
}
