package soap_test

import (
	"encoding/base64"
	"encoding/hex"
	"errors"
	"fmt"
	"html"
	"io"
	"net/http"
	"net/http/httptest"
	"net/url"
	"os"
	"path/filepath"
	"strconv"
	"strings"
	"sync"
	"testing"
	"time"
	"unicode/utf16"

	"storefront/internal/soap"
)

// password is one that every writing of texts writes otherwise.
const password = `тайна"<canary>'&Ab+1/ %`

// requestWith is an envelope with credentials, as our writer makes them.
func requestWith(t *testing.T, loginName, passwordName string) []byte {
	t.Helper()
	w := soap.NewWriter()
	w.Start("p:Ask", soap.Binding{Prefix: "p", URI: "urn:test"})
	w.Text(loginName, "dealer-canary")
	w.Text(passwordName, password)
	w.Text("note", "звонок за час")
	w.End()
	envelope, err := w.Envelope()
	if err != nil {
		t.Fatal(err)
	}
	return envelope
}

// bound is how much of an answer the tests keep, in bytes.
const bound = 4 << 10

// dumped starts a transport whose traffic is dumped, and returns what is in the dump.
func dumped(t *testing.T, url string, calls int) (*soap.Transport, func() []string) {
	t.Helper()
	folder := filepath.Join(t.TempDir(), "dump")
	dump, err := soap.OpenDump(soap.DumpOptions{
		Folder: folder, Calls: calls, Answer: bound, Now: func() time.Time { return time.Date(2026, 11, 1, 9, 0, 0, 0, time.UTC) }, Failed: func(err error) { t.Error(err) },
	})
	if err != nil {
		t.Fatal(err)
	}
	return dial(t, soap.TransportOptions{URL: url, Dump: dump}), func() []string { return files(t, folder) }
}

// files reads a folder's files, which must be their owner's alone.
func files(t *testing.T, folder string) (all []string) {
	t.Helper()
	entries, err := os.ReadDir(folder)
	if err != nil {
		t.Fatal(err)
	}
	for _, e := range entries {
		info, err := e.Info()
		if err != nil || info.Mode().Perm() != 0o600 {
			t.Errorf("%s has the mode %v, %v", e.Name(), info.Mode(), err)
		}
		content, err := os.ReadFile(filepath.Join(folder, e.Name()))
		if err != nil {
			t.Fatal(err)
		}
		all = append(all, string(content))
	}
	return all
}

// A dump tells what was sent and what came, and names nobody.
func TestDump(t *testing.T) {
	server := httptest.NewServer(http.HandlerFunc(func(w http.ResponseWriter, _ *http.Request) {
		w.Header().Set("Set-Cookie", "session=canary")
		answer(w, good)
	}))
	defer server.Close()
	transport, read := dumped(t, server.URL+"/Portal.svc", 0)
	for _, call := range []*soap.Call{ask(), tell()} {
		call.Envelope = requestWith(t, "login", "password")
		if err := transport.RoundTrip(t.Context(), call); err != nil {
			t.Fatal(err)
		}
	}
	all := read()
	if len(all) != 2 {
		t.Fatalf("%d files of two calls", len(all))
	}
	for _, text := range all {
		for _, want := range []string{
			"at 2026-11-01T09:00:00Z", "POST " + server.URL + "/Portal.svc", `Soapaction: "urn:test/Ask"`, ">[redacted]</login>", ">[redacted]</password>",
			"<note>звонок за час</note>", "HTTP/1.1 200 OK", "Set-Cookie: [redacted]", good,
		} {
			if !strings.Contains(text, want) {
				t.Errorf("the dump lacks %q:\n%s", want, text)
			}
		}
		if strings.Contains(text, "canary") {
			t.Errorf("the dump names somebody:\n%s", text)
		}
	}
}

// spellings are the ways a password may come back in an answer.
func spellings(s string) map[string]string {
	decimal, hexadecimal, percent, escaped := "", "", "", ""
	for _, r := range s {
		decimal += "&#" + strconv.Itoa(int(r)) + ";"
		hexadecimal += fmt.Sprintf("&#x%X;", r)
	}
	for _, b := range []byte(s) {
		percent += fmt.Sprintf("%%%02X", b)
	}
	var little, big []byte
	for _, u := range utf16.Encode([]rune(s)) {
		escaped += fmt.Sprintf(`\u%04X`, u)
		little, big = append(little, byte(u), byte(u>>8)), append(big, byte(u>>8), byte(u))
	}
	all := map[string]string{
		"literal": s, "upper case": strings.ToUpper(s), "XML": html.EscapeString(s),
		"XML, named":   strings.NewReplacer("&", "&amp;", "<", "&lt;", ">", "&gt;", `"`, "&quot;", "'", "&apos;").Replace(s),
		"XML, in text": strings.NewReplacer("&", "&amp;", "<", "&lt;", ">", "&gt;").Replace(s),
		"decimal":      decimal, "hexadecimal": hexadecimal, "hex": hex.EncodeToString([]byte(s)), "HEX": strings.ToUpper(hex.EncodeToString([]byte(s))),
		"a query": url.QueryEscape(s), "a path": url.PathEscape(s), "percent": percent, "UTF-16LE": string(little), "UTF-16BE": string(big),
	}
	for shift := range 3 {
		all["base64+"+strconv.Itoa(shift)] = base64.StdEncoding.EncodeToString([]byte("xyz"[:shift] + s + "?"))
		all["base64url+"+strconv.Itoa(shift)] = base64.URLEncoding.EncodeToString([]byte("xyz"[:shift] + s + "?"))
	}
	return all
}

// recognisable is the part of a spelling that does not depend on its neighbours.
func recognisable(name, spelled string) string {
	if strings.HasPrefix(name, "base64") {
		return spelled[4 : len(spelled)-8]
	}
	return spelled
}

// Whatever comes back, and wherever: in a result, in a fault, cut off, behind the end, in a header; the password is not kept.
func TestDumpsHoldNoPassword(t *testing.T) {
	for name, spelled := range spellings(password) {
		if n := len(spelled); n < 20 {
			t.Fatalf("%s has %d bytes", name, n)
		}
		word := recognisable(name, spelled)
		for place, body := range map[string]string{
			"a result":         envelope + response + "<AskResult>" + spelled + "</AskResult>" + closing,
			"an attribute":     envelope + response + `<AskResult x="` + spelled + `"/>` + closing,
			"a page":           "<html><p>Wrong: " + spelled + ", is it not?",
			"the end":          "Wrong: " + spelled,
			"cut off":          "Wrong: " + spelled[:len(spelled)*3/4],
			"cut by the bound": strings.Repeat("x", bound-len(spelled)*3/4) + spelled + "y",
			"an element":       "<a:Password xmlns:a='urn:a'>canary " + spelled + "</a:Password>",
			"half an element":  "<q:LOGIN>canary " + spelled,
		} {
			t.Run(name+"/"+place, func(t *testing.T) {
				transport, read := dumped(t, serveRaw(t, body), 0)
				call := ask()
				call.Envelope = requestWith(t, "login", "Password")
				_ = transport.RoundTrip(t.Context(), call)
				text := strings.Join(read(), "")
				if len(text) == 0 || !strings.Contains(text, "HTTP/1.1 500") {
					t.Fatalf("the answer is not in the dump:\n%.500s", text)
				}
				for _, bad := range []string{word, word[:len(word)*2/3], "canary", "c\ufffda\ufffdn\ufffda\ufffdr"} {
					if strings.Contains(text, bad) {
						t.Errorf("the dump holds %q:\n%.300s … %s", bad, text, text[max(0, len(text)-300):])
					}
				}
			})
		}
	}
}

// serveRaw answers 500 with a body as it is.
func serveRaw(t *testing.T, body string) string {
	t.Helper()
	server := httptest.NewServer(http.HandlerFunc(func(w http.ResponseWriter, r *http.Request) {
		_, _ = io.Copy(io.Discard, r.Body)
		w.Header().Set("Content-Type", "text/xml; charset=utf-8")
		w.WriteHeader(http.StatusInternalServerError)
		_, _ = io.WriteString(w, body)
	}))
	t.Cleanup(server.Close)
	return server.URL
}

// A dump is bounded: so many bytes of a call, so many calls.
func TestDumpsAreBounded(t *testing.T) {
	const flood = 64 << 10
	server := httptest.NewServer(http.HandlerFunc(func(w http.ResponseWriter, _ *http.Request) {
		answer(w, strings.Replace(good, "да", strings.Repeat("<a/>", flood/4), 1))
	}))
	defer server.Close()
	transport, read := dumped(t, server.URL, 3)
	for range 5 {
		call := ask()
		call.Limit = 2 * flood
		if err := transport.RoundTrip(t.Context(), call); err != nil {
			t.Fatal(err)
		}
	}
	all := read()
	if len(all) != 3 || !strings.HasPrefix(all[0], "call 3 ") || !strings.HasPrefix(all[1], "call 4 ") || !strings.HasPrefix(all[2], "call 5 ") {
		t.Fatalf("%d files", len(all))
	}
	for _, text := range all {
		if n := len(text); n > 2*bound || !strings.Contains(text, "bytes in all]") {
			t.Errorf("%d bytes of a call of %d", n, flood)
		}
	}
}

// Calls that end without an answer are in the dump too, and it keeps up with many at once.
func TestDumpOfTrouble(t *testing.T) {
	transport, read := dumped(t, raw(t, "HTTP/1.1 200 OK\r\nContent-Length: 99\r\n\r\n<s:Env"), 50)
	var group sync.WaitGroup
	for range 16 {
		group.Go(func() { _ = transport.RoundTrip(t.Context(), ask()) })
	}
	group.Wait()
	if all := read(); len(all) != 16 || !strings.Contains(all[0], "ended by: unexpected EOF") || !strings.Contains(all[0], "<s:Env") {
		t.Errorf("%d files; %q", len(all), all)
	}
	transport, read = dumped(t, refused(t), 0)
	_ = transport.RoundTrip(t.Context(), tell())
	if all := read(); len(all) != 1 || !strings.Contains(all[0], "ended by: dial tcp") {
		t.Errorf("%q", all)
	}
}

// A dump that can't be written is told of at start, and never ends a call later.
func TestDumpsThatCannotBe(t *testing.T) {
	file := filepath.Join(t.TempDir(), "file")
	if err := os.WriteFile(file, nil, 0o600); err != nil {
		t.Fatal(err)
	}
	if _, err := soap.OpenDump(soap.DumpOptions{Folder: file, Now: time.Now}); err == nil {
		t.Error("a file was taken for a folder")
	}
	folder := filepath.Join(t.TempDir(), "dump")
	var failed error
	dump, err := soap.OpenDump(soap.DumpOptions{Folder: folder, Now: time.Now, Failed: func(err error) { failed = err }})
	if err != nil || os.Remove(folder) != nil {
		t.Fatal(err)
	}
	server := httptest.NewServer(http.HandlerFunc(func(w http.ResponseWriter, _ *http.Request) { answer(w, good) }))
	defer server.Close()
	if err := dial(t, soap.TransportOptions{URL: server.URL, Dump: dump}).RoundTrip(t.Context(), ask()); err != nil {
		t.Error(err)
	}
	if !errors.Is(failed, os.ErrNotExist) {
		t.Errorf("told of %v", failed)
	}
}

// A proxy that repeats what it was told does not get its own password into the dump.
func TestDumpsHoldNoPasswordOfAProxy(t *testing.T) {
	proxy := server(t, func(w http.ResponseWriter, r *http.Request) {
		w.WriteHeader(http.StatusProxyAuthRequired)
		_, _ = io.WriteString(w, "Wrong: "+r.Header.Get("Proxy-Authorization")+" or shop:tarragon-canary")
	})
	folder := filepath.Join(t.TempDir(), "dump")
	dump, err := soap.OpenDump(soap.DumpOptions{Folder: folder, Now: time.Now})
	if err != nil {
		t.Fatal(err)
	}
	transport := dial(t, soap.TransportOptions{
		URL: "http://" + outside, Proxy: through(t, strings.Replace(proxy, "://", "://shop:tarragon-canary@", 1)), Dump: dump,
	})
	_ = transport.RoundTrip(t.Context(), ask())
	encoded := base64.StdEncoding.EncodeToString([]byte("shop:tarragon-canary"))
	if text := strings.Join(files(t, folder), ""); strings.Contains(text, "canary") || strings.Contains(text, encoded[8:24]) || !strings.Contains(text, "Wrong: Basic") {
		t.Errorf("%s", text)
	}
}

// Passwords of every length and of any characters are taken out; of one too long to be looked for nothing is shown around it.
func TestDumpsKnowPasswordsOfEveryLength(t *testing.T) {
	for _, word := range []string{
		"q", "qz", "q&", "ъ", "😀😀", "qz(canary", "canary[.*+?]{}^$|\\Q", strings.Repeat("канарейка & ", 12), strings.Repeat("ъ", 150), strings.Repeat("ъ", 151), strings.Repeat("canary ", 20000),
	} {
		transport, read := dumped(t, serveRaw(t, "Wrong: ["+word+"] and so on"), 0)
		call := ask()
		w := soap.NewWriter()
		w.Text("password", word)
		call.Envelope, _ = w.Envelope()
		_ = transport.RoundTrip(t.Context(), call)
		text := strings.Join(read(), "")
		if _, answered, _ := strings.Cut(text, "\n\nWrong: "); strings.Contains(answered, word) || strings.Contains(text, "канар") || strings.Contains(text, "canary") || text == "" {
			t.Errorf("%.20q: %.600s", word, text)
		}
	}
}

// What is written of bytes that are no text can't be unpacked.
func TestDumpsHoldNothingPacked(t *testing.T) {
	transport, read := dumped(t, serveRaw(t, "\x1f\x8b\x08\x00\x00packed"), 0)
	_ = transport.RoundTrip(t.Context(), ask())
	if text := strings.Join(read(), ""); strings.IndexByte(text, 0x1f) >= 0 || strings.IndexByte(text, 0) >= 0 || !strings.Contains(text, "packed") {
		t.Errorf("%q", text)
	}
}
