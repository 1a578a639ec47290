package soap_test

import (
	"errors"
	"io"
	"strings"
	"testing"
	"testing/iotest"

	"github.com/google/go-cmp/cmp"

	"storefront/internal/soap"
)

// shape is the answer that the tests of this file expect: <AskResponse><AskResult>…</AskResult></AskResponse>.
var shape = soap.Shape{Namespace: "urn:test", Response: "AskResponse", Result: "AskResult"}

// read reads an answer and returns the text of its result.
func read(body string, status int) (string, error) {
	return readFrom(strings.NewReader(body), status)
}

func readFrom(r io.Reader, status int) (text string, err error) {
	err = soap.ReadAnswer(r, status, 1<<20, shape, func(d *soap.Decoder, e soap.Element) error {
		if e.Nil {
			text = "nil"
			return nil
		}
		text, err = d.Text()
		return err
	})
	return text, err
}

const (
	envelope = `<s:Envelope xmlns:s="http://schemas.xmlsoap.org/soap/envelope/"><s:Body>`
	response = `<AskResponse xmlns="urn:test">`
	result   = `<AskResult>да</AskResult>`
	closing  = `</AskResponse></s:Body></s:Envelope>`
	good     = envelope + response + result + closing
)

func TestAnswersInEveryDress(t *testing.T) {
	for name, c := range map[string]struct{ body, want string }{
		"plain":               {good, "да"},
		"a declaration":       {`<?xml version="1.0" encoding="utf-8"?>` + "\n" + good, "да"},
		"a byte order mark":   {"\xef\xbb\xbf" + good, "да"},
		"white space around":  {"\r\n " + good + "\n\t ", "да"},
		"an empty header":     {strings.Replace(good, "<s:Body>", "<s:Header/><s:Body>", 1), "да"},
		"a full header":       {strings.Replace(good, "<s:Body>", `<s:Header><a xmlns="urn:a">x<b/></a></s:Header><s:Body>`, 1), "да"},
		"comments":            {`<!-- a -->` + envelope + `<!-- b -->` + response + `<AskResult>д<!-- c -->а</AskResult>` + closing, "да"},
		"CDATA":               {envelope + response + `<AskResult>д<![CDATA[<а>]]>!</AskResult>` + closing, "д<а>!"},
		"references":          {envelope + response + `<AskResult>&#1076;&amp;&#x430;</AskResult>` + closing, "д&а"},
		"an empty result":     {envelope + response + `<AskResult/>` + closing, ""},
		"a nil result":        {envelope + response + `<AskResult xmlns:i="http://www.w3.org/2001/XMLSchema-instance" i:nil="true"/>` + closing, "nil"},
		"nil spelt 1":         {envelope + response + `<AskResult xmlns:i="http://www.w3.org/2001/XMLSchema-instance" i:nil=" 1 "/>` + closing, "nil"},
		"a foreign nil":       {envelope + response + `<AskResult xmlns:i="urn:not-it" i:nil="true">да</AskResult>` + closing, "да"},
		"elements in text":    {envelope + response + `<AskResult>д<b>x<c/></b>а</AskResult>` + closing, "да"},
		"strangers beside":    {envelope + response + `<Other>1</Other>` + result + `<AskResult xmlns="urn:other">нет</AskResult>` + closing, "да"},
		"a sibling's default": {envelope + response + `<Other xmlns="urn:other"><x xmlns=""/></Other>` + result + closing, "да"},
		"prefixes everywhere": {`<e:Envelope xmlns:e="http://schemas.xmlsoap.org/soap/envelope/" xmlns:q="urn:test"><e:Body><q:AskResponse><q:AskResult>да</q:AskResult></q:AskResponse></e:Body></e:Envelope>`, "да"},
		"a default namespace": {`<Envelope xmlns="http://schemas.xmlsoap.org/soap/envelope/"><Body><AskResponse xmlns="urn:test"><AskResult>да</AskResult></AskResponse></Body></Envelope>`, "да"},
		"a rebound prefix":    {`<s:Envelope xmlns:s="http://schemas.xmlsoap.org/soap/envelope/"><s:Body><s:AskResponse xmlns:s="urn:test"><s:AskResult>да</s:AskResult></s:AskResponse></s:Body></s:Envelope>`, "да"},
	} {
		t.Run(name, func(t *testing.T) {
			got, err := read(c.body, 200)
			if err != nil || got != c.want {
				t.Errorf("read %q, %v; want %q", got, err, c.want)
			}
		})
	}
}

// Nothing broken is ever taken for an answer, and each way of being broken has a name.
func TestBrokenAnswers(t *testing.T) {
	deep := strings.Repeat("<a>", 100) + strings.Repeat("</a>", 100)
	for name, c := range map[string]struct {
		body string
		want soap.Flaw
	}{
		"nothing":                      {"", soap.Empty},
		"only white space":             {" \r\n ", soap.Empty},
		"only a declaration":           {`<?xml version="1.0"?>`, soap.Empty},
		"only a byte order mark":       {"\xef\xbb\xbf", soap.Empty},
		"plain text":                   {"Service Unavailable", soap.Malformed},
		"JSON":                         {`{"error":"no"}`, soap.Malformed},
		"an HTML page":                 {"<html><head><title>502</title></head></html>", soap.HTML},
		"an HTML page in capitals":     {"<HTML><BODY>", soap.HTML},
		"an HTML document":             {"<!DOCTYPE html>\n<html lang=en>", soap.HTML},
		"another document type":        {`<!DOCTYPE lolz [<!ENTITY lol "lol">]>` + good, soap.Doctype},
		"a document type inside":       {envelope + `<!DOCTYPE x>` + response + result + closing, soap.Doctype},
		"an entity":                    {envelope + response + `<AskResult>&xxe;</AskResult>` + closing, soap.Malformed},
		"a forbidden character":        {envelope + response + "<AskResult>\x00</AskResult>" + closing, soap.Malformed},
		"a forbidden reference":        {envelope + response + "<AskResult>&#0;</AskResult>" + closing, soap.Malformed},
		"not UTF-8":                    {envelope + response + "<AskResult>\xe4\xe0</AskResult>" + closing, soap.Malformed},
		"declared windows-1251":        {`<?xml version="1.0" encoding="windows-1251"?>` + good, soap.Charset},
		"UTF-16, big end first":        {"\xfe\xff\x00<\x00a", soap.Charset},
		"UTF-16, little end first":     {"\xff\xfe<\x00a\x00", soap.Charset},
		"a second declaration":         {envelope + `<?xml version="1.0"?>` + response + result + closing, soap.Malformed},
		"another document":             {"<note>да</note>", soap.NotEnvelope},
		"SOAP 1.2":                     {strings.Replace(good, "http://schemas.xmlsoap.org/soap/envelope/", "http://www.w3.org/2003/05/soap-envelope", 1), soap.NotEnvelope},
		"an envelope of no namespace":  {"<Envelope><Body>" + response + result + "</AskResponse></Body></Envelope>", soap.NotEnvelope},
		"an undeclared prefix":         {"<s:Envelope><s:Body/></s:Envelope>", soap.Malformed},
		"a prefix of a sibling":        {envelope + response + `<q:a xmlns:q="urn:q"/><q:b/>` + result + closing, soap.Malformed},
		"no body":                      {strings.TrimSuffix(envelope, "<s:Body>") + "</s:Envelope>", soap.NotEnvelope},
		"an empty body":                {envelope + "</s:Body></s:Envelope>", soap.WrongBody},
		"two bodies":                   {strings.Replace(good, "</s:Envelope>", "<s:Body/></s:Envelope>", 1), soap.Duplicate},
		"two responses":                {envelope + response + result + "</AskResponse>" + response + result + closing, soap.Duplicate},
		"two results":                  {envelope + response + result + result + closing, soap.Duplicate},
		"a response and a fault":       {envelope + response + result + "</AskResponse><s:Fault/></s:Body></s:Envelope>", soap.Duplicate},
		"another response":             {envelope + `<TellResponse xmlns="urn:test">` + result + `</TellResponse></s:Body></s:Envelope>`, soap.WrongBody},
		"the response of a stranger":   {envelope + `<AskResponse xmlns="urn:other">` + result + closing, soap.WrongBody},
		"no result":                    {envelope + response + closing, soap.NoResult},
		"the result of a stranger":     {envelope + response + `<AskResult xmlns="">да</AskResult>` + closing, soap.NoResult},
		"text in the body":             {envelope + "oops" + response + result + closing, soap.Trailing},
		"text in the response":         {envelope + response + "oops" + result + closing, soap.Trailing},
		"an element after the body":    {strings.Replace(good, "</s:Envelope>", "<x/></s:Envelope>", 1), soap.NotEnvelope},
		"text after the envelope":      {good + "oops", soap.Trailing},
		"a comment after the envelope": {good + "<!-- served by x -->", soap.Trailing},
		"an instruction after it":      {good + "<?x y?>", soap.Trailing},
		"another envelope":             {good + good, soap.Trailing},
		"a tag that is not closed":     {envelope + response + "<AskResult>да</AskResponse></s:Body></s:Envelope>", soap.Malformed},
		"tags that cross":              {envelope + response + "<AskResult><a></AskResult></a>" + closing, soap.Malformed},
		"a tag closed by a namesake":   {envelope + response + `<AskResult><p:a xmlns:p="urn:p"></a></AskResult>` + closing, soap.Malformed},
		"an end without a beginning":   {"</s:Envelope>", soap.Malformed},
		"a naked bracket":              {envelope + response + "<AskResult>1 < 2</AskResult>" + closing, soap.Malformed},
		"too deep":                     {envelope + response + "<AskResult>" + deep + "</AskResult>" + closing, soap.TooDeep},
		"too large":                    {envelope + response + "<AskResult>" + strings.Repeat("<a/>", 1<<19) + "</AskResult>" + closing, soap.TooLarge},
	} {
		t.Run(name, func(t *testing.T) {
			got, err := read(c.body, 200)
			var bad *soap.AnswerError
			if !errors.As(err, &bad) || bad.Flaw != c.want {
				t.Fatalf("read %q, %v; want the flaw %q", got, err, c.want)
			}
			if bad.Status != 200 {
				t.Errorf("status %d, want 200", bad.Status)
			}
		})
	}
}

// An answer that breaks off anywhere is cut off, however it arrives, and never a shorter answer.
func TestAnswerCutAnywhere(t *testing.T) {
	for n := 1; n < len(good); n++ {
		if got, err := read(good[:n], 200); !errors.Is(err, soap.Truncated) {
			t.Errorf("cut at %d: %q, %v; want cut off", n, got, err)
		}
		_, err := readFrom(io.MultiReader(strings.NewReader(good[:n]), iotest.ErrReader(io.ErrUnexpectedEOF)), 200)
		if !errors.Is(err, soap.Truncated) {
			t.Errorf("cut short at %d: %v; want cut off", n, err)
		}
		_, err = readFrom(io.MultiReader(strings.NewReader(good[:n]), iotest.ErrReader(errReset)), 200)
		var lost *soap.TransportError
		if !errors.As(err, &lost) || !lost.Started || !errors.Is(err, errReset) {
			t.Errorf("reset at %d: %v; want a lost connection", n, err)
		}
	}
}

// Readers may tell an error together with the last bytes, and only once.
func TestAnErrorThatComesWithBytesIsNotLost(t *testing.T) {
	for n := 1; n < len(good); n++ {
		_, err := readFrom(&lastWords{text: good[:n], err: errReset}, 200)
		var lost *soap.TransportError
		if !errors.As(err, &lost) || !errors.Is(err, errReset) {
			t.Errorf("reset with the bytes up to %d: %v; want a lost connection", n, err)
		}
	}
}

// lastWords is a reader that returns its text together with its error, and io.EOF from then on.
type lastWords struct {
	text string
	err  error
}

func (r *lastWords) Read(p []byte) (int, error) {
	n := copy(p, r.text)
	r.text = r.text[n:]
	switch {
	case n == 0:
		return 0, io.EOF
	case r.text == "":
		return n, r.err
	}
	return n, nil
}

var errReset = errors.New("connection reset by peer")

// How the bytes are dealt out makes no difference.
func TestAnswerInSmallPieces(t *testing.T) {
	for name, r := range map[string]io.Reader{
		"byte by byte":      iotest.OneByteReader(strings.NewReader(good)),
		"halves":            iotest.HalfReader(strings.NewReader(good)),
		"data with the end": iotest.DataErrReader(strings.NewReader(good)),
	} {
		if got, err := readFrom(r, 200); err != nil || got != "да" {
			t.Errorf("%s: %q, %v", name, got, err)
		}
	}
}

// A text is bounded even where the whole answer may be large.
func TestHugeTextIsRefusedBeforeItIsRead(t *testing.T) {
	flood := &countingReader{r: io.MultiReader(strings.NewReader(envelope+response+"<AskResult>"), endless{})}
	err := soap.ReadAnswer(flood, 200, 64<<20, shape, func(d *soap.Decoder, _ soap.Element) error {
		_, err := d.Text()
		return err
	})
	if !errors.Is(err, soap.TooLong) {
		t.Fatalf("error %v, want too long", err)
	}
	if flood.n > 2<<20 {
		t.Errorf("%d bytes were read of an endless text", flood.n)
	}
}

type endless struct{}

func (endless) Read(p []byte) (int, error) {
	for i := range p {
		p[i] = 'x'
	}
	return len(p), nil
}

type countingReader struct {
	r io.Reader
	n int
}

func (c *countingReader) Read(p []byte) (int, error) {
	n, err := c.r.Read(p)
	c.n += n
	return n, err
}

func TestFaults(t *testing.T) {
	fault := func(inner string) string { return envelope + "<s:Fault>" + inner + "</s:Fault></s:Body></s:Envelope>" }
	for name, c := range map[string]struct {
		body string
		want soap.Fault
	}{
		"a bare code":     {fault("<faultcode>ACCESS_DENIED</faultcode><faultstring>нет</faultstring>"), soap.Fault{Code: "ACCESS_DENIED", String: "нет", Status: 500}},
		"a prefixed code": {fault("<faultcode>s:ACCESS_DENIED</faultcode><faultstring xml:lang=\"ru-RU\">нет</faultstring><detail><x>1</x></detail>"), soap.Fault{Code: "ACCESS_DENIED", String: "нет", Status: 500}},
		"a bound prefix":  {fault("<faultcode xmlns:a=\"urn:codes\"> a:NON_AUTHORIZED </faultcode>"), soap.Fault{Code: "NON_AUTHORIZED", Status: 500}},
		"qualified":       {fault("<s:faultcode>a:X</s:faultcode><s:faultstring>y</s:faultstring>"), soap.Fault{Code: "X", String: "y", Status: 500}},
		"nothing in it":   {fault(""), soap.Fault{Status: 500}},
	} {
		t.Run(name, func(t *testing.T) {
			_, err := read(c.body, 500)
			var got *soap.Fault
			if !errors.As(err, &got) {
				t.Fatalf("error %v, want a fault", err)
			}
			if diff := cmp.Diff(c.want, *got); diff != "" {
				t.Error(diff)
			}
		})
	}
}

func TestAFaultCountsUnderAnyStatusAndAResultUnderOneOnly(t *testing.T) {
	_, err := read(envelope+"<s:Fault><faultcode>X</faultcode></s:Fault></s:Body></s:Envelope>", 200)
	var fault *soap.Fault
	if !errors.As(err, &fault) {
		t.Errorf("a fault under 200: %v", err)
	}
	if got, err := read(good, 500); !errors.Is(err, soap.NoFault) {
		t.Errorf("a result under 500: %q, %v", got, err)
	}
}

// The reader's own error is returned as it is, and at once.
func TestTheCallersErrorEndsTheReading(t *testing.T) {
	own := errors.New("enough")
	err := soap.ReadAnswer(io.MultiReader(strings.NewReader(envelope+response+result), endless{}), 200, 1<<30, shape,
		func(*soap.Decoder, soap.Element) error { return own })
	if err != own {
		t.Errorf("error %v, want the caller's own", err)
	}
}

func TestTextsGoInOrderWhateverTheNames(t *testing.T) {
	body := envelope + response + `<AskResult>a<x>b<y>c</y> d </x><z/>e<![CDATA[f]]></AskResult>` + closing
	var got []string
	err := soap.ReadAnswer(strings.NewReader(body), 200, 1<<20, shape, func(d *soap.Decoder, _ soap.Element) error {
		return d.Texts(func(text string) { got = append(got, text) })
	})
	if diff := cmp.Diff([]string{"a", "b", "c", " d ", "ef"}, got); err != nil || diff != "" {
		t.Errorf("%v\n%s", err, diff)
	}
}
