package vtt_test

import (
	"encoding/base64"
	"encoding/hex"
	"encoding/xml"
	"net/http"
	"net/url"
	"os"
	"path/filepath"
	"strings"
	"testing"

	"storefront/internal/buyer"
	"storefront/internal/catalog"
	"storefront/internal/order"
	"storefront/internal/secret"
	"storefront/internal/vtt"
)

// With the dump on, and a service that tells everybody the password it was given, no file holds it in any spelling.
func TestDumpsOfAWholeWalkHoldNoPassword(t *testing.T) {
	const word = `tarragon "Эстрагон" <&'> 100%/+`
	who := buyer.Credentials{Login: "canary-login", Password: secret.New(word)}
	spelled := spellings(word)
	echo := strings.Join(spelled, " | ")
	last := len(spelled) - 1
	spelled[last] = spelled[last][:len(spelled[last])-1] // what comes after has a part in its last character
	var inXML strings.Builder
	if err := xml.EscapeText(&inXML, []byte(echo)); err != nil {
		t.Fatal(err)
	}
	faultCodes := map[string]bool{}
	u := newUpstream(t, func(w http.ResponseWriter, r request) {
		w.Header().Set("X-Trace", spelled[0]+" "+spelled[3])
		code, failing := strings.CutPrefix(r.param("orderId"), "fails with ")
		switch {
		case failing:
			faultCodes[code] = true
			fault(w, code, "пароль "+inXML.String()+", логин <login>canary-login</login>")
		case r.operation == "CreateOrder":
			success(w, r.operation, "4711")
		case r.operation == "GetUsdRubRate":
			success(w, r.operation, "<a:Rate>92.5</a:Rate><a:Password>canary-element</a:Password>")
		case strings.HasPrefix(r.operation, "GetItemPortion"):
			success(w, r.operation, "<a:Items><a:ItemDto><a:Id>1</a:Id><a:Description>"+inXML.String()+"</a:Description></a:ItemDto></a:Items>")
		case r.operation == "GetCategories":
			hangUp(w, "HTTP/1.1 200 OK\r\nContent-Length: 9999\r\n\r\n"+soapHead+`<GetCategoriesResponse xmlns="http://portal.vtt.ru"><GetCategoriesResult><a>`+spelled[1][:len(spelled[1])-3]) // in the middle of it
		default:
			w.WriteHeader(http.StatusBadGateway)
			_, _ = w.Write([]byte("<html>" + echo + "</html>"))
		}
	})
	folder := filepath.Join(t.TempDir(), "dump")
	d := u.distributor(t, func(o *vtt.Options) { o.Dump = folder; o.DumpFailed = func(err error) { t.Error(err) } })
	ctx := t.Context()

	if err := d.ProveLogin(ctx, who); err != nil {
		t.Fatal(err)
	}
	_, _ = d.EditRight(ctx, who)
	_, _ = d.Categories(ctx, who)
	_, _ = d.Listing(ctx, who, "1")
	_, _ = d.AllOffers(ctx, who)
	rows := 0
	_ = d.EachListing(ctx, who, func(list []catalog.Listing, _ catalog.Progress) error { rows += len(list); return nil })
	if rows == 0 {
		t.Error("no row of the catalogue came")
	}
	if id, err := d.CreateOrder(ctx, who, twoPieces); err != nil || id != "4711" {
		t.Fatalf("order %q, %v", id, err)
	}
	_, _ = d.SetNote(ctx, who, "4711", word)
	for _, code := range []string{"ACCESS_DENIED", "BUSINESS_LOGIC_ERROR", "CONTRACT_ERROR", "TECHNICAL_ERROR"} {
		_, _ = d.SetNote(ctx, who, order.ID("fails with "+code), "звонок")
		_, _ = d.OrderStatus(ctx, who, order.ID("fails with "+code))
	}
	if len(faultCodes) != 4 {
		t.Fatalf("faults %v came, want four", faultCodes)
	}

	files, err := filepath.Glob(filepath.Join(folder, "call-*.txt"))
	if err != nil || len(files) < u.times() {
		t.Fatalf("%d files of %d calls, %v", len(files), u.times(), err)
	}
	all := ""
	for _, name := range files {
		content, err := os.ReadFile(name)
		if err != nil {
			t.Fatal(err)
		}
		for i, s := range append(spelled, spelled[1][:len(spelled[1])-3], "canary") {
			if strings.Contains(string(content), s) {
				t.Errorf("%s holds spelling %d, %q:\n%s", filepath.Base(name), i, s, content)
			}
		}
		all += string(content)
	}
	for _, want := range []string{"4711", "ItemId>2C918150<", "BUSINESS_LOGIC_ERROR", "звонок", "502 Bad Gateway", "<html>[redacted] | ", "92.5", "ended by: unexpected EOF"} {
		if !strings.Contains(all, want) {
			t.Errorf("the dump lacks %q: it can't be used to look for errors", want)
		}
	}
}

// spellings are the ways a service or a proxy may write down what it was given; the first is the text itself.
func spellings(s string) []string {
	escaped := strings.NewReplacer("&", "&amp;", "<", "&lt;", ">", "&gt;", `"`, "&quot;", "'", "&#39;").Replace(s)
	return []string{
		s, escaped, hex.EncodeToString([]byte(s)), url.QueryEscape(s), url.PathEscape(s),
		base64.RawStdEncoding.EncodeToString([]byte(s)),
	}
}
