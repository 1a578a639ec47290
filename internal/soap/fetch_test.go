package soap_test

import (
	"errors"
	"io"
	"net/http"
	"net/http/httptest"
	"strings"
	"testing"

	"storefront/internal/soap"
)

// A published document is fetched with the query asked for, whole or not at all, and from nowhere else.
func TestFetch(t *testing.T) {
	elsewhere := httptest.NewServer(http.HandlerFunc(func(http.ResponseWriter, *http.Request) { t.Error("a redirect was followed") }))
	defer elsewhere.Close()
	service := httptest.NewServer(http.HandlerFunc(func(w http.ResponseWriter, r *http.Request) {
		if r.Method != http.MethodGet || r.Header.Get("Authorization") != "" || r.ContentLength > 0 {
			t.Errorf("%s with a body of %d", r.Method, r.ContentLength)
		}
		switch r.URL.RawQuery {
		case "wsdl=wsdl0":
			_, _ = io.WriteString(w, "<a/>")
		case "large":
			_, _ = io.WriteString(w, strings.Repeat("x", 101))
		case "cut":
			hijacked, _, _ := w.(http.Hijacker).Hijack()
			_, _ = io.WriteString(hijacked, "HTTP/1.1 200 OK\r\nContent-Length: 90\r\n\r\n<a")
			_ = hijacked.Close()
		case "moved":
			http.Redirect(w, r, elsewhere.URL, http.StatusFound)
		default:
			http.NotFound(w, r)
		}
	}))
	defer service.Close()
	transport := soap.NewTransport(soap.TransportOptions{URL: service.URL + "/Portal.svc"})
	defer transport.Close()

	if body, err := transport.Fetch(t.Context(), "wsdl=wsdl0", 100); err != nil || string(body) != "<a/>" {
		t.Errorf("read %q, %v", body, err)
	}
	var status *soap.StatusError
	if _, err := transport.Fetch(t.Context(), "moved", 100); !errors.As(err, &status) || status.Status != http.StatusFound {
		t.Errorf("a redirect: %v", err)
	}
	if _, err := transport.Fetch(t.Context(), "none", 100); !errors.As(err, &status) || status.Status != http.StatusNotFound {
		t.Errorf("nothing there: %v", err)
	}
	if _, err := transport.Fetch(t.Context(), "large", 100); !errors.Is(err, soap.TooLarge) {
		t.Errorf("too large: %v", err)
	}
	var lost *soap.TransportError
	if _, err := transport.Fetch(t.Context(), "cut", 100); !errors.As(err, &lost) {
		t.Errorf("cut off: %v", err)
	}
}
