package soap

import (
	"bytes"
	"errors"
	"fmt"
	"io"
	"os"
	"path/filepath"
	"slices"
	"strings"
	"testing"
	"testing/iotest"
)

// The scanner is measured against encoding/xml: whatever it is given, and in whatever pieces, a Decoder must see the same
// with it as without it, and end with the same error in the same place.

// newReference makes a Decoder that reads with encoding/xml from the beginning.
func newReference(src *source) *Decoder { return &Decoder{src: src} }

// wrapped is an envelope around the content of its result.
func wrapped(content string) string {
	return `<s:Envelope xmlns:s="http://schemas.xmlsoap.org/soap/envelope/"><s:Body><AskResponse xmlns="urn:test"><AskResult>` +
		content + `</AskResult></AskResponse></s:Body></s:Envelope>`
}

// usual are documents that the scanner reads to their end by itself.
var usual = map[string]string{
	"plain":                   wrapped("да"),
	"a declaration":           `<?xml version="1.0" encoding="utf-8"?>` + "\n" + wrapped("1"),
	"a short declaration":     `<?xml version='1.0'?>` + wrapped("1"),
	"a long declaration":      "<?xml  version='1.0'\r\nencoding=\"UTF-8\" standalone='yes' ?>\r\n" + wrapped("1"),
	"a byte order mark":       "\xef\xbb\xbf" + wrapped("1"),
	"both":                    "\xef\xbb\xbf" + `<?xml version="1.0"?>` + wrapped("1"),
	"a tag that closes":       wrapped(`<a/><b /><c x="1"/><d x='1' />`),
	"white space in tags":     wrapped("<a ></a ><b\n\tx='1'\r\n  y=\"2\" ></b\r\n>"),
	"quotes in quotes":        wrapped(`<a x="'" y='"'/>`),
	"brackets in quotes":      wrapped(`<a x=">" y='/>'/>`),
	"line feeds in quotes":    wrapped("<a x='\n\t'/>"),
	"entities":                wrapped("&lt;&gt;&amp;&apos;&quot;"),
	"references":              wrapped("&#1076;&#x430;&#x1F600;&#9;&#10;&#13;&#xD;\n&#00065;"),
	"the last references":     wrapped("&#xFFFD;&#x10000;&#x10FFFF;&#xD7FF;&#xE000;"),
	"carriage returns":        wrapped("a\r\nb\rc\r\r\nd\n\re\r"),
	"a carriage return alone": wrapped("\r"),
	"carriage and reference":  wrapped("\r&#10;\n&#13;\n"),
	"brackets":                wrapped("]] ]>]]&gt; ]]]"),
	"characters of all sizes": wrapped("aя€😀\u00a0\ufeff\uff0c\ufffd\U0010ffff\x7f"),
	"names of all letters":    wrapped("<A.b-c_1/><_x/><p.q-r_1:s.t xmlns:p.q-r_1='urn:p'/>"),
	"nil":                     wrapped(`<a xmlns:i="http://www.w3.org/2001/XMLSchema-instance" i:nil=" true "/><b xmlns:i="urn:i" i:nil="1"/>`),
	"names that begin alike":  wrapped(`<a/><ab/><a/><abc/><a/><a.b/><a/>`),
	"names inside themselves": wrapped(`<a><a/></a><a><a/>2</a><a>3<a/></a><a/>`),
	"a rebound prefix":        wrapped(`<p:a xmlns:p="urn:1"><p:a xmlns:p="urn:2"/><p:a/></p:a><p:a xmlns:p="urn:3"/>`),
	"a rebound default":       wrapped(`<a/><a xmlns="urn:1"><a/><a xmlns=""/></a><a/>`),
	"an empty text":           wrapped(""),
	"white space around":      "\r\n " + wrapped("1") + "\n\t \r\n",
}

// odd are documents that hold something that is not for the scanner, or wrong.
var odd = map[string]string{
	"nothing":                     "",
	"white space":                 " \r\n ",
	"half a mark":                 "\xef\xbb",
	"a mark":                      "\xef\xbb\xbf",
	"two marks":                   "\xef\xbb\xbf\xef\xbb\xbf" + wrapped("1"),
	"UTF-16":                      "\xff\xfe<\x00a\x00",
	"UTF-16, high end first":      "\xfe\xff\x00<",
	"UTF-16 without a mark":       "<\x00a\x00",
	"only a declaration":          `<?xml version="1.0"?>`,
	"half a declaration":          `<?xml version="1.0"`,
	"version 1.1":                 `<?xml version="1.1"?>` + wrapped("1"),
	"another charset":             `<?xml version="1.0" encoding="windows-1251"?>` + wrapped("1"),
	"a declaration of nothing":    `<?xml?>` + wrapped("1"),
	"a bracket in a declaration":  `<?xml version="1.0" x=">"?>` + wrapped("1"),
	"a late declaration":          " <?xml version='1.0'?>" + wrapped("1"),
	"two declarations":            `<?xml version="1.0"?><?xml version="1.0"?>` + wrapped("1"),
	"a declaration inside":        wrapped(`<?xml version="1.0"?>`),
	"a stylesheet":                `<?xml version="1.0"?><?xml-stylesheet href="a"?>` + wrapped("1"),
	"an instruction":              wrapped("a<?b c?>d"),
	"an instruction after":        wrapped("1") + "<?b c?>",
	"a comment":                   wrapped("a<!-- b -->c"),
	"a comment first":             "<!-- b -->" + wrapped("a"),
	"a comment after":             wrapped("a") + "<!-- b -->",
	"a wrong comment":             wrapped("a<!-- -- -->c"),
	"CDATA":                       wrapped("a<![CDATA[<b>&amp;\r\n]]>c"),
	"half CDATA":                  wrapped("a<![CDATA[<b>"),
	"an odd CDATA":                wrapped("a<![cdata[b]]>"),
	"a document type":             "<!DOCTYPE a>" + wrapped("1"),
	"an HTML document":            "<!DOCTYPE html><html></html>",
	"an unknown entity":           wrapped("&nbsp;"),
	"an entity of another case":   wrapped("&LT;"),
	"an entity without an end":    wrapped("a&amp b"),
	"an ampersand":                wrapped("a & b"),
	"an ampersand at the end":     wrapped("a&"),
	"an empty entity":             wrapped("&;"),
	"an empty reference":          wrapped("&#;&#x;"),
	"a reference to nothing":      wrapped("&#0;"),
	"a reference to half":         wrapped("&#xD800;"),
	"a reference to a control":    wrapped("&#8;"),
	"a reference beyond":          wrapped("&#x110000;"),
	"a reference far beyond":      wrapped("&#99999999999999999999;"),
	"a reference with a sign":     wrapped("&#+65;&#-65;&#6_5;"),
	"a capital X":                 wrapped("&#X41;"),
	"many zeros":                  wrapped("&#x00000000000041;"),
	"a reference in quotes":       wrapped(`<a x="&lt;&#x41;"/>`),
	"nil by a reference":          wrapped(`<a xmlns:i="http://www.w3.org/2001/XMLSchema-instance" i:nil="&#116;rue"/>`),
	"a reference in a namespace":  wrapped(`<p:a xmlns:p="urn:a&amp;b"/>`),
	"a line end in a namespace":   wrapped("<p:a xmlns:p='urn:a\r\nb'/>"),
	"a carriage return in quotes": wrapped("<a x='\r\n'/><b x='\r'/>"),
	"a bracket in quotes":         wrapped(`<a x="<"/>`),
	"an end of CDATA":             wrapped("a]]>b"),
	"an end of CDATA in quotes":   wrapped(`<a x="]]>"/>`),
	"a control":                   wrapped("\x01"),
	"a control in quotes":         wrapped("<a x='\x01'/>"),
	"a zero":                      wrapped("\x00"),
	"not UTF-8":                   wrapped("\xff"),
	"an overlong character":       wrapped("\xc0\x80"),
	"half a surrogate":            wrapped("\xed\xa0\x80"),
	"half a character":            wrapped("\xd0"),
	"a torn character":            wrapped("\xd0&amp;\x90"),
	"U+FFFE":                      wrapped("a\uFFFE"),
	"U+FFFF":                      wrapped("\uFFFFb"),
	"U+FFFF in quotes":            wrapped("<a x='\uFFFF'/>"),
	"a Russian name":              wrapped("<имя>1</имя>"),
	"a half Russian name":         wrapped("<aимя>1</aимя>"),
	"a Russian attribute":         wrapped("<a имя='1'/>"),
	"a name of a digit":           wrapped("<1/>"),
	"a name of a dash":            wrapped("<-a/>"),
	"a name of a colon":           wrapped("<:/>"),
	"a colon first":               wrapped("<:a></:a>"),
	"a colon last":                wrapped("<a:></a:>"),
	"two colons":                  wrapped("<a:b:c/>"),
	"no name":                     wrapped("<>"),
	"no name at an end":           wrapped("</>"),
	"a space before a name":       wrapped("< a/>"),
	"a space before an end":       wrapped("<a></ a>"),
	"a space after a slash":       wrapped("<a/ >"),
	"attributes without a space":  wrapped(`<a x="1"y="2"/>`),
	"an attribute at once":        wrapped(`<a"1"/>`),
	"spaces around =":             wrapped(`<a x = "1" y= '2' z ='3'/>`),
	"no quotes":                   wrapped(`<a x=1/>`),
	"no value":                    wrapped(`<a x/>`),
	"no value, but =":             wrapped(`<a x=/>`),
	"a quote without an end":      wrapped(`<a x="1/>`),
	"an attribute twice":          wrapped(`<a x="1" x="2"/>`),
	"nil twice":                   wrapped(`<a xmlns:i="http://www.w3.org/2001/XMLSchema-instance" i:nil="true" i:nil="false"/>`),
	"an attribute at an end":      wrapped(`<a></a x="1">`),
	"an undeclared prefix":        wrapped("<p:a/>"),
	"an unbound prefix":           wrapped("<p:a xmlns:p=''/>"),
	"a prefix of a sibling":       wrapped("<p:a xmlns:p='urn:p'/><p:a/>"),
	"xml as a prefix":             wrapped("<xml:a xml:lang='ru'/>"),
	"xmlns as a name":             wrapped("<xmlns xmlns:='urn:p'/>"),
	"crossing tags":               wrapped("<a><b></a></b>"),
	"an end of another prefix":    wrapped("<p:a xmlns:p='urn:p'></a>"),
	"an end of a longer name":     wrapped("<a></ab>"),
	"an end of a shorter name":    wrapped("<ab></a>"),
	"an end too many":             wrapped("</AskResult>"),
	"only an end":                 "</a>",
	"no end":                      strings.TrimSuffix(wrapped("1"), "</s:Envelope>"),
	"half an end":                 strings.TrimSuffix(wrapped("1"), "pe>"),
	"text first":                  "x" + wrapped("1"),
	"text after":                  wrapped("1") + "x",
	"a document after":            wrapped("1") + wrapped("2"),
	"half a tag after":            wrapped("1") + "<",
	"deep":                        wrapped(strings.Repeat("<a>", maxDepth) + strings.Repeat("</a>", maxDepth)),
	"a long text":                 wrapped(strings.Repeat("я", window/2+1)),
	"a text that fills":           wrapped(strings.Repeat("x", window-1)),
	"a long tag":                  wrapped("<a x='" + strings.Repeat("y", maxTag) + "'/>"),
	"a longer tag":                wrapped("<a x='" + strings.Repeat("y", window/2) + "'/>"),
	"a long white space":          wrapped("<a" + strings.Repeat(" ", 2*maxTag) + "/>"),
	"many names":                  wrapped(manyNames(maxNames + 10)),
	"odd, then usual":             wrapped("<a/><!-- --><b x='1'>&amp;\r\n</b><c/>"),
	"a usual tag after a text":    wrapped("<![CDATA[a]]>b<c/>d"),
}

func manyNames(n int) string {
	var b strings.Builder
	for i := range n {
		fmt.Fprintf(&b, "<n%d/>", i)
	}
	return b.String()
}

// dealt are ways of dealing out the bytes of a document.
var dealt = map[string]func(io.Reader) io.Reader{
	"at once":           func(r io.Reader) io.Reader { return r },
	"byte by byte":      iotest.OneByteReader,
	"seven at a time":   func(r io.Reader) io.Reader { return &pieces{r: r, size: 7} },
	"halves":            iotest.HalfReader,
	"data with the end": iotest.DataErrReader,
}

// pieces deals out size bytes at a time.
type pieces struct {
	r    io.Reader
	size int
}

func (p *pieces) Read(b []byte) (int, error) { return p.r.Read(b[:min(p.size, len(b))]) }

// walks are ways of reading a document; each tells all that it saw.
var walks = map[string]func(*Decoder) []string{
	"tokens":          tokens,
	"an answer":       func(d *Decoder) []string { return asAnswer(d, (*Decoder).Text) },
	"all texts":       func(d *Decoder) []string { return asAnswer(d, joinedTexts) },
	"skipping":        func(d *Decoder) []string { return asAnswer(d, skipped) },
	"text at depth 1": func(d *Decoder) []string { return elements(d, 1) },
	"text at depth 3": func(d *Decoder) []string { return elements(d, 3) },
	"text at depth 4": func(d *Decoder) []string { return elements(d, 4) },
	"text at depth 5": func(d *Decoder) []string { return elements(d, 5) },
}

// tokens tells of each tag and text, and where it ends.
func tokens(d *Decoder) (seen []string) {
	if err := d.src.dropBOM(); err != nil {
		return []string{err.Error()}
	}
	for {
		var e Element
		err := d.next()
		switch {
		case err != nil:
		case d.token.kind == startTag:
			e, err = d.enter()
			seen = append(seen, fmt.Sprintf("<%+v", e))
		case d.token.kind == endTag:
			err = d.exit()
			seen = append(seen, ">")
		default:
			seen = append(seen, fmt.Sprintf("%q", d.token.text))
		}
		if err != nil {
			return append(seen, err.Error())
		}
		seen = append(seen, fmt.Sprint(d.offset()))
	}
}

// asAnswer reads an envelope and tells the text of its result.
func asAnswer(d *Decoder, read func(*Decoder) (string, error)) (seen []string) {
	a := &answer{Decoder: d, status: 200, shape: Shape{Namespace: "urn:test", Response: "AskResponse", Result: "AskResult"}}
	a.read = func(d *Decoder, e Element) error {
		text, err := read(d)
		seen = append(seen, fmt.Sprintf("%+v %q %v", e, text, err))
		return err
	}
	return append(seen, fmt.Sprint(a.document()))
}

func skipped(*Decoder) (string, error) { return "", nil }

func joinedTexts(d *Decoder) (joined string, err error) {
	err = d.Texts(func(text string) { joined += text + "|" })
	return joined, err
}

// elements tells of the elements down to a depth, and of the texts of those.
func elements(d *Decoder, depth int) (seen []string) {
	var visit func(left int) func(Element) error
	visit = func(left int) func(Element) error {
		return func(e Element) error {
			seen = append(seen, fmt.Sprintf("%d %+v", left, e))
			if left > 0 {
				return d.Children(visit(left - 1))
			}
			text, err := d.Text()
			seen = append(seen, fmt.Sprintf("%q", text))
			return err
		}
	}
	if err := d.src.dropBOM(); err != nil {
		return []string{err.Error()}
	}
	return append(seen, fmt.Sprint(d.Children(visit(depth))))
}

// differ reads a document with the scanner and without and compares what was seen.
func differ(t *testing.T, document string, limit int64) {
	t.Helper()
	for walk, tell := range walks {
		want := tell(newReference(newSource(strings.NewReader(document), limit)))
		for how, deal := range dealt {
			got := tell(newDecoder(newSource(deal(strings.NewReader(document)), limit)))
			if !slices.Equal(got, want) {
				t.Errorf("%s, %s: saw\n%.2000q\nbut encoding/xml sees\n%.2000q\nin %.2000q", walk, how, got, want, document)
			}
		}
	}
}

func TestScannerSeesWhatEncodingXMLSees(t *testing.T) {
	for _, documents := range []map[string]string{usual, odd, goldenAnswers(t)} {
		for name, document := range documents {
			t.Run(name, func(t *testing.T) { differ(t, document, 1<<20) })
		}
	}
}

// Wherever a document is cut off, by its end, by an error or by the limit, both stop in the same place for the same reason.
func TestScannerStopsWhereEncodingXMLStops(t *testing.T) {
	for _, documents := range []map[string]string{usual, odd} {
		for name, document := range documents {
			from := max(0, strings.Index(document, "<AskResult>")) // what stands before is the same in all but two
			if name == "both" || name == "a long declaration" {
				from = 0
			}
			for n := from; n < len(document) && len(document) < 1000; n++ {
				stopAlike(t, document, n)
			}
		}
	}
}

var errLost = errors.New("reset")

// stopAlike cuts a document off at n in three ways.
func stopAlike(t *testing.T, document string, n int) {
	t.Helper()
	head := func() io.Reader { return strings.NewReader(document[:n]) }
	for how, cut := range map[string]struct {
		reader func() io.Reader
		limit  int64
	}{
		"cut off": {head, 1 << 20},
		"lost":    {func() io.Reader { return io.MultiReader(head(), iotest.ErrReader(errLost)) }, 1 << 20},
		"limited": {func() io.Reader { return strings.NewReader(document) }, int64(n)},
	} {
		want := tokens(newReference(newSource(iotest.OneByteReader(cut.reader()), cut.limit)))
		if got := tokens(newDecoder(newSource(cut.reader(), cut.limit))); !slices.Equal(got, want) {
			t.Errorf("%s at %d: saw\n%q\nbut encoding/xml sees\n%q\nin %q", how, n, got, want, document)
		}
	}
}

// The bound on a token is the same for both, to the byte: encoding/xml looks one byte beyond a text.
func TestScannerKeepsTheBoundOnTokens(t *testing.T) {
	for n := maxToken; n <= maxToken+2; n++ {
		text := strings.Repeat("x", n)
		tag := "<a x='" + text[len("<a x=''>"):] + "'>"
		for _, c := range []struct {
			document string
			tooLong  bool
		}{
			{wrapped(text), n > maxToken},
			{wrapped(tag), n > maxToken+1},
		} {
			want := tokens(newReference(newSource(strings.NewReader(c.document), 8<<20)))
			got := tokens(newDecoder(newSource(&pieces{strings.NewReader(c.document), 1000}, 8<<20)))
			if !slices.Equal(got, want) {
				t.Errorf("%d bytes: ended with %.100q, want %.100q", n, got[len(got)-1], want[len(want)-1])
			}
			if tooLong := strings.Contains(want[len(want)-1], string(TooLong)); tooLong != c.tooLong {
				t.Errorf("%d bytes: too long is %v", n, tooLong)
			}
		}
	}
}

// What services usually write is read without encoding/xml. What stands behind the last tag may be left to it.
func TestScannerReadsTheUsualByItself(t *testing.T) {
	for _, documents := range []map[string]string{usual, goldenAnswers(t)} {
		for name, document := range documents {
			d := newDecoder(newSource(strings.NewReader(document), 1<<20))
			tokens(d)
			if end := int64(strings.LastIndexByte(document, '>') + 1); d.rawBegun < end {
				t.Errorf("%s: encoding/xml took over at %d, before %.40q", name, d.rawBegun, document[d.rawBegun:])
			}
		}
	}
}

// What is odd is left to encoding/xml, or the table above would not be one of odd documents.
func TestScannerLeavesTheOddAlone(t *testing.T) {
	for _, name := range []string{"CDATA", "a comment", "a late declaration", "a Russian name", "spaces around =", "a long text", "many names", "U+FFFF"} {
		document := odd[name]
		d := newDecoder(newSource(strings.NewReader(document), 1<<20))
		tokens(d)
		if end := int64(strings.LastIndexByte(document, '>') + 1); d.rawBegun >= end {
			t.Errorf("%s: the scanner read all of it", name)
		}
	}
}

// The scanner may be handed anything: it agrees with encoding/xml or leaves it alone.
func FuzzScanner(f *testing.F) {
	for _, documents := range []map[string]string{usual, odd, goldenAnswers(f)} {
		for _, document := range documents {
			if len(document) < 8<<10 {
				f.Add([]byte(document), uint8(len(document)), uint16(0))
			}
		}
	}
	f.Fuzz(func(t *testing.T, document []byte, size uint8, limit uint16) {
		bound := int64(limit)
		if bound == 0 {
			bound = 1 << 20
		}
		for walk, tell := range walks {
			want := tell(newReference(newSource(bytes.NewReader(document), bound)))
			for _, r := range []io.Reader{bytes.NewReader(document), &pieces{bytes.NewReader(document), 1 + int(size)}} {
				if got := tell(newDecoder(newSource(r, bound))); !slices.Equal(got, want) {
					t.Errorf("%s: saw\n%q\nbut encoding/xml sees\n%q", walk, got, want)
				}
			}
		}
	})
}

// goldenAnswers are the hand-typed answers of the contract, in both styles.
func goldenAnswers(t testing.TB) map[string]string {
	t.Helper()
	names, err := filepath.Glob("../vtt/portal/testdata/answers/*/*.xml")
	if err != nil || len(names) < 36 {
		t.Fatalf("%d golden answers, %v; want both styles of 18", len(names), err)
	}
	golden := map[string]string{}
	for _, name := range names {
		document, err := os.ReadFile(name)
		if err != nil {
			t.Fatal(err)
		}
		golden[name] = string(document)
	}
	return golden
}
