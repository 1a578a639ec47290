package app_test

import (
	"bytes"
	"compress/gzip"
	"encoding/base64"
	"encoding/hex"
	"html"
	"io"
	"io/fs"
	"net/http"
	"net/url"
	"os"
	"path/filepath"
	"testing"
	"unicode/utf16"
)

// Passwords are nowhere in what the program writes: databases and their journals, temporary files, log, and the dump of the
// traffic, which is on. A walk with every kind of trouble comes first.
func TestPasswordsAreNowhere(t *testing.T) {
	dump := filepath.Join(t.TempDir(), "dump")
	d := startDemo(t, stocked(t, goods()), "VTT_DUMP="+dump)
	v := d.signedIn(t, d.manager())
	d.catalogueArrives(v)
	v.addToCart(plain, 2)
	order := d.order(v).url.Path
	v.post(order+"/note", url.Values{"note": {"x"}})
	for _, effect := range []string{"drop", "garble", "truncate", "perform-and-fault"} {
		d.misbehave(fault{Effect: effect})
		v.get("/")
		v.get(order)
		v.post(order+"/lines", url.Values{"itemId": {lookAlike}, "quantity": {"1"}})
		d.visitor(t).signIn(d.stranger())
		d.behave()
	}
	mistyped := d.buyer()
	mistyped.password += "~mistyped"
	d.visitor(t).signIn(mistyped)
	d.signedIn(t, d.buyer())
	d.eventually("a service that is no longer left alone", func() bool {
		return v.post(order+"/note", url.Values{"note": {"y"}}).status == http.StatusOK
	})

	// An order whose fate is not known keeps a sealed copy of the credentials.
	v.addToCart(plain, 2)
	review := v.read("/checkout")
	d.misbehave(fault{Operation: "CreateOrder", Effect: "perform-and-drop"})
	d.misbehave(fault{Operation: "GetOrders", Nth: 2, Count: 100, Effect: "drop"})
	d.reaches(v, v.press(review, "/checkout", nil).url.Path, "UNKNOWN")

	secrets := []string{mistyped.password}
	for _, a := range d.accounts {
		secrets = append(secrets, a.password)
	}
	for _, dir := range []string{d.home, dump} {
		scan(t, dir, secrets) // while it runs
	}
	d.stop()
	for _, dir := range []string{d.home, dump} {
		scan(t, dir, secrets)
	}
	wantDump(t, dump)
	if !d.logged("calls to the distributor are dumped") {
		t.Error("the log does not say that there is a dump")
	}
}

// wantDump checks that calls were dumped at all: passwords are not in what nobody wrote.
func wantDump(t *testing.T, dir string) {
	t.Helper()
	calls, err := filepath.Glob(filepath.Join(dir, "call-*.txt"))
	if err != nil || len(calls) < 10 {
		t.Fatalf("%d calls were dumped, %v", len(calls), err)
	}
	for _, name := range calls {
		content, err := os.ReadFile(name)
		if bytes.Contains(content, []byte("GET ")) {
			continue // the contract, which is asked for without credentials
		}
		if err != nil || !bytes.Contains(content, []byte("password>[redacted]</")) {
			t.Errorf("%s, %v: nothing was taken out of\n%.500s", name, err, content)
		}
	}
}

// The scanner must find what it looks for.
func TestScannerFinds(t *testing.T) {
	const secret = "tarragon&<x>"
	for name, spelled := range spellings(secret) {
		dir := t.TempDir()
		if err := os.WriteFile(filepath.Join(dir, "file"), append([]byte("before "), append(spelled, " after"...)...), 0o600); err != nil {
			t.Fatal(err)
		}
		if len(finds(t, dir, []string{secret})) == 0 {
			t.Errorf("a password spelled in %s is not found", name)
		}
	}
	var packed bytes.Buffer
	z := gzip.NewWriter(&packed)
	_, _ = z.Write([]byte("the password is " + secret))
	_ = z.Close()
	dir := t.TempDir()
	if err := os.WriteFile(filepath.Join(dir, "file"), append([]byte("before"), packed.Bytes()...), 0o600); err != nil {
		t.Fatal(err)
	}
	if len(finds(t, dir, []string{secret})) == 0 {
		t.Error("a compressed password is not found")
	}
}

func scan(t *testing.T, dir string, secrets []string) {
	t.Helper()
	for _, found := range finds(t, dir, secrets) {
		t.Error(found)
	}
}

// finds looks for secrets in every file under dir, in every spelling, and inside what is compressed.
func finds(t *testing.T, dir string, secrets []string) []string {
	t.Helper()
	var found []string
	files := 0
	err := filepath.WalkDir(dir, func(path string, entry fs.DirEntry, err error) error {
		if err != nil || !entry.Type().IsRegular() {
			return err
		}
		content, err := os.ReadFile(path)
		if os.IsNotExist(err) { // a temporary file came and went
			return nil
		}
		files++
		for _, text := range append(inflated(content), content) {
			for _, secret := range secrets {
				for name, spelled := range spellings(secret) {
					if bytes.Contains(text, spelled) {
						found = append(found, filepath.Base(path)+" holds the password "+secret+" in "+name)
					}
				}
			}
		}
		return err
	})
	if err != nil {
		t.Fatal(err)
	}
	if files == 0 {
		t.Fatal("no file was read")
	}
	return found
}

// spellings are the ways a text may be written down.
func spellings(s string) map[string][]byte {
	wide := utf16.Encode([]rune(s))
	little, big := make([]byte, 0, 2*len(wide)), make([]byte, 0, 2*len(wide))
	for _, u := range wide {
		little, big = append(little, byte(u), byte(u>>8)), append(big, byte(u>>8), byte(u))
	}
	all := map[string][]byte{
		"clear": []byte(s), "hex": []byte(hex.EncodeToString([]byte(s))), "HEX": bytes.ToUpper([]byte(hex.EncodeToString([]byte(s)))),
		"a URL": []byte(url.QueryEscape(s)), "XML": []byte(html.EscapeString(s)), "UTF-16LE": little, "UTF-16BE": big,
	}
	for shift := range 3 { // base64 depends on what stands before; the ragged ends are cut off
		encoded := base64.StdEncoding.EncodeToString(append(make([]byte, shift), s...))
		from := (shift*8 + 5) / 6
		to := (shift + len(s)) * 8 / 6
		all["base64+"+string(rune('0'+shift))] = []byte(encoded[from:to])
	}
	return all
}

// inflated returns what every gzip stream inside content holds.
func inflated(content []byte) [][]byte {
	var all [][]byte
	for rest := content; ; {
		i := bytes.Index(rest, []byte{0x1f, 0x8b, 0x08})
		if i < 0 {
			return all
		}
		rest = rest[i:]
		if z, err := gzip.NewReader(bytes.NewReader(rest)); err == nil {
			text, _ := io.ReadAll(z) // as far as it goes
			all = append(all, text)
		}
		rest = rest[3:]
	}
}
