package vtt_test

import (
	"context"
	"errors"
	"io"
	"net"
	"net/http"
	"net/http/httptest"
	"strings"
	"testing"
	"time"

	"github.com/shopspring/decimal"

	"storefront/internal/buyer"
	"storefront/internal/catalog"
	"storefront/internal/errkind"
	"storefront/internal/order"
	"storefront/internal/secret"
	"storefront/internal/vtt"
	"storefront/internal/vtt/portal"
)

var twoPieces = []order.NewLine{{ItemID: "2C918150", Quantity: decimal.NewFromInt(2)}}

// writes are the operations that change an order.
var writes = map[string]func(context.Context, *vtt.Distributor) error{
	"CreateOrder": func(ctx context.Context, d *vtt.Distributor) error {
		_, err := d.CreateOrder(ctx, cred, twoPieces)
		return err
	},
	"AddItem": func(ctx context.Context, d *vtt.Distributor) error {
		_, err := d.AddLine(ctx, cred, "4711", twoPieces[0])
		return err
	},
	"RemoveItem": func(ctx context.Context, d *vtt.Distributor) error {
		return d.RemoveLine(ctx, cred, "4711", "2C918150", decimal.Zero)
	},
	"SetOrderNote": func(ctx context.Context, d *vtt.Distributor) error {
		_, err := d.SetNote(ctx, cred, "4711", "звонок за час")
		return err
	},
}

const soapHead = `<s:Envelope xmlns:s="http://schemas.xmlsoap.org/soap/envelope/"><s:Body>`

// status answers with a status and a body of no particular kind.
func status(code int, kind, body string) func(http.ResponseWriter, string) {
	return func(w http.ResponseWriter, _ string) {
		w.Header().Set("Content-Type", kind)
		w.WriteHeader(code)
		_, _ = io.WriteString(w, body)
	}
}

func faulty(code string) func(http.ResponseWriter, string) {
	return func(w http.ResponseWriter, _ string) { fault(w, code, "причина") }
}

func broken(bytes string) func(http.ResponseWriter, string) {
	return func(w http.ResponseWriter, _ string) { hangUp(w, bytes) }
}

// outcomes is the table of what may come instead of a result, once the request was read, and what is certain then.
var outcomes = map[string]struct {
	answer func(w http.ResponseWriter, operation string)
	class  order.SendClass
	kind   errkind.Kind
}{
	// Refused before anything was done.
	"password not known":        {faulty("ACCESS_DENIED"), order.ClassRefused, errkind.AccessDenied},
	"no right":                  {faulty("NON_AUTHORIZED"), order.ClassRefused, errkind.NonAuthorized},
	"wrong argument":            {faulty("CONTRACT_ERROR"), order.ClassRefused, errkind.Contract},
	"operation not known":       {faulty("ActionNotSupported"), order.ClassRefused, errkind.Unsupported},
	"message not understood":    {faulty("DeserializationFailed"), order.ClassRefused, errkind.Contract},
	"another version":           {faulty("VersionMismatch"), order.ClassRefused, errkind.Technical},
	"header not understood":     {faulty("MustUnderstand"), order.ClassRefused, errkind.Technical},
	"status 401":                {status(401, "text/html", "<html/>"), order.ClassRefused, errkind.NotSOAP},
	"status 403":                {status(403, "text/html", "<html/>"), order.ClassRefused, errkind.NotSOAP},
	"status 404":                {status(404, "text/html", "<html/>"), order.ClassRefused, errkind.NotSOAP},
	"status 405":                {status(405, "", ""), order.ClassRefused, errkind.NotSOAP},
	"status 413":                {status(413, "", ""), order.ClassRefused, errkind.NotSOAP},
	"status 415":                {status(415, "", ""), order.ClassRefused, errkind.NotSOAP},
	"status 403 as an XML page": {status(403, "text/xml", "<denied/>"), order.ClassRefused, errkind.NotSOAP},

	// The service spoke, and it is not clear what it did.
	"against the rules":            {faulty("BUSINESS_LOGIC_ERROR"), order.ClassAnswered, errkind.BusinessLogic},
	"against the rules, misprint":  {faulty("BUSINESS_LOGIC_ERRROR"), order.ClassAnswered, errkind.BusinessLogic},
	"out of order":                 {faulty("TECHNICAL_ERROR"), order.ClassAnswered, errkind.Technical},
	"a general fault":              {faulty("InternalServiceFault"), order.ClassAnswered, errkind.Technical},
	"a fault nobody knows":         {faulty("Surprise"), order.ClassAnswered, errkind.Technical},
	"a fault without a code":       {status(500, "text/xml", soapHead+"<s:Fault/></s:Body></s:Envelope>"), order.ClassAnswered, errkind.Technical},
	"a fault under 200":            {status(200, "text/xml", soapHead+"<s:Fault><faultcode>X</faultcode></s:Fault></s:Body></s:Envelope>"), order.ClassAnswered, errkind.Technical},
	"a result under 500":           {status(500, "text/xml", soapHead+"<x/></s:Body></s:Envelope>"), order.ClassAnswered, errkind.NotSOAP},
	"another operation's response": {func(w http.ResponseWriter, _ string) { success(w, "GetItems", "") }, order.ClassAnswered, errkind.NotSOAP},
	"an empty envelope":            {status(200, "text/xml", soapHead+"</s:Body></s:Envelope>"), order.ClassAnswered, errkind.NotSOAP},
	"a foreign document":           {status(200, "text/xml", "<note/>"), order.ClassAnswered, errkind.NotSOAP},
	"no XML at all":                {status(200, "text/plain", "OK"), order.ClassAnswered, errkind.NotSOAP},
	"another charset":              {status(200, "text/xml; charset=koi8-r", "<a/>"), order.ClassAnswered, errkind.NotSOAP},
	"a document type":              {status(200, "text/xml", "<!DOCTYPE a><a/>"), order.ClassAnswered, errkind.NotSOAP},
	"more than allowed":            {status(200, "text/xml", soapHead+strings.Repeat("<x/>", 1<<19)), order.ClassAnswered, errkind.NotSOAP},

	// Nobody knows.
	"a page":                {status(200, "text/html", "<html/>"), order.ClassUnanswered, errkind.NotSOAP},
	"a page called XML":     {status(200, "text/xml", "<!DOCTYPE html><html/>"), order.ClassUnanswered, errkind.NotSOAP},
	"an empty 200":          {status(200, "text/xml", ""), order.ClassUnanswered, errkind.NotSOAP},
	"accepted":              {status(202, "", ""), order.ClassUnanswered, errkind.NotSOAP},
	"a redirect":            {status(307, "", ""), order.ClassUnanswered, errkind.NotSOAP},
	"a bad request":         {status(400, "", ""), order.ClassUnanswered, errkind.NotSOAP},
	"an empty 500":          {status(500, "", ""), order.ClassUnanswered, errkind.NotSOAP},
	"a page under 500":      {status(500, "text/html", "<html/>"), order.ClassUnanswered, errkind.NotSOAP},
	"status 502":            {status(502, "text/html", "<html/>"), order.ClassUnanswered, errkind.NotSOAP},
	"status 503":            {status(503, "", ""), order.ClassUnanswered, errkind.NotSOAP},
	"status 504":            {status(504, "text/html", "<html/>"), order.ClassUnanswered, errkind.NotSOAP},
	"half an envelope":      {status(200, "text/xml", soapHead), order.ClassUnanswered, errkind.Unreachable},
	"half a body":           {broken("HTTP/1.1 200 OK\r\nContent-Type: text/xml\r\nContent-Length: 500\r\n\r\n" + soapHead), order.ClassUnanswered, errkind.Unreachable},
	"half a header":         {broken("HTTP/1.1 200"), order.ClassUnanswered, errkind.Unreachable},
	"hung up":               {broken(""), order.ClassUnanswered, errkind.Unreachable},
	"reset":                 {reset, order.ClassUnanswered, errkind.Unreachable},
	"closed as idle":        {broken("HTTP/1.1 408 Request Timeout\r\nConnection: close\r\n\r\n"), order.ClassUnanswered, errkind.NotSOAP},
	"misdirected":           {status(421, "", ""), order.ClassUnanswered, errkind.NotSOAP},
	"too early":             {status(425, "", ""), order.ClassUnanswered, errkind.NotSOAP},
	"not HTTP":              {broken("220 ready\r\n\r\n"), order.ClassUnanswered, errkind.Unreachable},
	"a chunk that lies":     {broken("HTTP/1.1 200 OK\r\nTransfer-Encoding: chunked\r\n\r\nzz\r\n"), order.ClassUnanswered, errkind.Unreachable},
	"compression that lies": {broken("HTTP/1.1 200 OK\r\nContent-Encoding: gzip\r\nContent-Length: 21\r\n\r\nthis is not gzip at a"), order.ClassUnanswered, errkind.Unreachable},
}

// Whatever happens, a write reaches the service once, and its outcome is no surer than what is known: the first thing that is
// said to it, and where a connection stands that a read has left and that could be reused.
func TestOutcomesOfWrites(t *testing.T) {
	for name, c := range outcomes {
		u := newUpstream(t, func(w http.ResponseWriter, r request) {
			if r.operation == "GetUsdRubRate" {
				success(w, r.operation, "<a:Rate>92.5</a:Rate>")
				return
			}
			c.answer(w, r.operation)
		})
		for operation, write := range writes {
			t.Run(name+"/"+operation, func(t *testing.T) {
				d := u.distributor(t)
				wantSendError(t, write(t.Context(), d), c.class, c.kind)
				wantTimes(t, u, operation, 1)
				if _, err := d.Rate(t.Context(), cred); err != nil {
					t.Fatalf("no connection is left: %v", err)
				}
				wantSendError(t, write(t.Context(), d), c.class, c.kind)
				wantTimes(t, u, operation, 2)
			})
		}
	}
}

func wantTimes(t *testing.T, u *upstream, operation string, want int) {
	t.Helper()
	if n := u.times(operation); n != want {
		t.Errorf("the service was asked %d times, want %d", n, want)
	}
}

// reset hangs up in a way that throws away what was not read yet.
func reset(w http.ResponseWriter, _ string) {
	conn, _, err := w.(http.Hijacker).Hijack()
	if err != nil {
		panic(err)
	}
	_ = conn.(*net.TCPConn).SetLinger(0)
	_ = conn.Close()
}

func wantSendError(t *testing.T, err error, class order.SendClass, kind errkind.Kind) {
	t.Helper()
	var got *order.SendError
	if !errors.As(err, &got) || got.Class != class {
		t.Errorf("%v, want the class %s", err, class)
	}
	wantKind(t, err, kind)
}

// An answer over its limit is told from other nonsense: it is not asked for again at once, by nobody.
func TestAnAnswerOverItsLimit(t *testing.T) {
	u := newUpstream(t, func(w http.ResponseWriter, r request) { success(w, r.operation, strings.Repeat("<x/>", 1<<19)) })
	_, err := u.distributor(t).Rate(t.Context(), cred)
	wantKind(t, err, errkind.NotSOAP)
	if cause := errkind.CauseOf(err); cause != errkind.Oversized {
		t.Errorf("the cause is %q", cause)
	}
	if n := u.times("GetUsdRubRate"); n != 1 {
		t.Errorf("it was asked for %d times", n)
	}
}

// Results that say nothing: the service acted, but not what it did.
func TestResultsThatSayNothing(t *testing.T) {
	for name, result := range map[string]string{
		"empty": "", "white space": " \n ", "nil": `<x i:nil="true"/>`,
	} {
		u := newUpstream(t, func(w http.ResponseWriter, r request) { success(w, r.operation, result) })
		id, err := u.distributor(t).CreateOrder(t.Context(), cred, twoPieces)
		wantSendError(t, err, order.ClassAnswered, errkind.NotSOAP)
		if id != "" || u.times() != 1 {
			t.Errorf("%s: order %q after %d calls", name, id, u.times())
		}
	}
}

func TestWritesThatAreNotSent(t *testing.T) {
	older := portal.NewContract(portal.Operations(portal.Older))
	refusing := newUpstream(t, func(w http.ResponseWriter, _ request) { t.Error("a request came") })
	secure := httptest.NewTLSServer(http.HandlerFunc(func(http.ResponseWriter, *http.Request) { t.Error("a request came") }))
	defer secure.Close()
	down := newUpstream(t, func(http.ResponseWriter, request) {})
	down.Close()
	address := func(url string) func(*vtt.Options) { return func(o *vtt.Options) { o.URL = url } }
	ended, cancel := context.WithCancel(t.Context())
	cancel()
	create := func(lines ...order.NewLine) func(context.Context, *vtt.Distributor) error {
		return func(ctx context.Context, d *vtt.Distributor) error {
			_, err := d.CreateOrder(ctx, cred, lines)
			return err
		}
	}
	line := func(id string, quantity string) order.NewLine {
		return order.NewLine{ItemID: catalog.ItemID(id), Quantity: decimal.RequireFromString(quantity)}
	}
	for name, c := range map[string]struct {
		ctx     context.Context
		options func(*vtt.Options)
		write   func(context.Context, *vtt.Distributor) error
		kind    errkind.Kind
	}{
		"nobody there":         {t.Context(), address(down.URL), writes["CreateOrder"], errkind.Unreachable},
		"no such host":         {t.Context(), func(o *vtt.Options) { o.URL, o.Resolver = "https://portal.invalid/", noNames }, writes["CreateOrder"], errkind.Unreachable},
		"not trusted":          {t.Context(), address(secure.URL), writes["CreateOrder"], errkind.Unreachable},
		"the time was over":    {ended, address(refusing.URL), writes["CreateOrder"], errkind.Timeout},
		"no lines":             {t.Context(), address(refusing.URL), create(), errkind.Invalid},
		"no article":           {t.Context(), address(refusing.URL), create(line("", "1")), errkind.Invalid},
		"no pieces":            {t.Context(), address(refusing.URL), create(line("A", "0")), errkind.Invalid},
		"less than none":       {t.Context(), address(refusing.URL), create(line("A", "-1")), errkind.Invalid},
		"half a piece":         {t.Context(), address(refusing.URL), create(line("A", "1.5")), errkind.Invalid},
		"an unsendable one":    {t.Context(), address(refusing.URL), create(line("A\x01", "1")), errkind.Invalid},
		"a note of its own":    {t.Context(), func(o *vtt.Options) { o.URL = refusing.URL; o.Contract = &older }, writes["SetOrderNote"], errkind.Unsupported},
		"a part of a line":     {t.Context(), func(o *vtt.Options) { o.URL = refusing.URL; o.Contract = &older }, removeTwo, errkind.Unsupported},
		"half a piece removed": {t.Context(), address(refusing.URL), removeHalf, errkind.Invalid},
	} {
		t.Run(name, func(t *testing.T) {
			wantSendError(t, c.write(c.ctx, refusing.distributor(t, c.options)), order.ClassNotSent, c.kind)
		})
	}
}

func removeTwo(ctx context.Context, d *vtt.Distributor) error {
	return d.RemoveLine(ctx, cred, "4711", "A", decimal.NewFromInt(2))
}

func removeHalf(ctx context.Context, d *vtt.Distributor) error {
	return d.RemoveLine(ctx, cred, "4711", "A", decimal.RequireFromString("0.5"))
}

// A service that took the request and then says nothing may still be at work.
func TestSilenceAfterARequest(t *testing.T) {
	taken := make(chan struct{})
	release := make(chan struct{})
	u := newUpstream(t, func(http.ResponseWriter, request) { close(taken); <-release })
	defer close(release)
	ctx, cancel := context.WithCancel(t.Context())
	go func() { <-taken; cancel() }()
	_, err := u.distributor(t).CreateOrder(ctx, cred, twoPieces)
	wantSendError(t, err, order.ClassUnanswered, errkind.Timeout)
}

// reads is a read of each kind: a whole list as it comes, a list, one thing.
var reads = map[string]func(context.Context, *vtt.Distributor) error{
	"GetItemPortion": func(ctx context.Context, d *vtt.Distributor) error {
		return d.EachListing(ctx, cred, func([]catalog.Listing, catalog.Progress) error { return nil })
	},
	"GetRuntimeItemsPortion": func(ctx context.Context, d *vtt.Distributor) error {
		return d.EachOffer(ctx, cred, func([]catalog.Offer, catalog.Progress) error { return nil })
	},
	"GetCategories": func(ctx context.Context, d *vtt.Distributor) error { _, err := d.Categories(ctx, cred); return err },
	"GetOrders":     func(ctx context.Context, d *vtt.Distributor) error { _, err := d.Orders(ctx, cred); return err },
	"GetItem":       func(ctx context.Context, d *vtt.Distributor) error { _, err := d.Listing(ctx, cred, "1"); return err },
	"GetOrderStatus": func(ctx context.Context, d *vtt.Distributor) error {
		_, err := d.OrderStatus(ctx, cred, "1")
		return err
	},
	"GetUsdRubRate": func(ctx context.Context, d *vtt.Distributor) error { _, err := d.Rate(ctx, cred); return err },
	"GetCategoryItems": func(ctx context.Context, d *vtt.Distributor) error {
		_, err := d.CategoryListings(ctx, cred, "1")
		return err
	},
}

// An answer that comes a byte at a time ends with the time for it, whatever was asked: with a kind, nothing of it is repeated,
// and the slots are free for the next. How long that time is, each operation's bounds say (TestEveryOperationHasAPolicy).
func TestATrickleEndsWithTheTime(t *testing.T) {
	const inAll = 12 // more than there are slots
	for operation, ask := range reads {
		t.Run(operation, func(t *testing.T) {
			trickles(t, operation, inAll, ask, func(err error) bool { return errkind.Is(err, errkind.Timeout) })
		})
	}
	for operation, ask := range writes {
		t.Run(operation, func(t *testing.T) {
			trickles(t, operation, inAll, ask, func(err error) bool {
				var send *order.SendError
				return errors.As(err, &send) && send.Class == order.ClassUnanswered && errkind.Is(err, errkind.Timeout)
			})
		})
	}
}

func trickles(t *testing.T, operation string, times int, ask func(context.Context, *vtt.Distributor) error, typed func(error) bool) {
	u := newUpstream(t, func(w http.ResponseWriter, r request) { trickle(w, r.operation) })
	d := u.distributor(t, minutesApart) // so that no pause for an outage comes between
	for range times {
		ctx, cancel := context.WithTimeout(t.Context(), 40*time.Millisecond)
		err := ask(ctx, d)
		cancel()
		if !typed(err) {
			t.Fatalf("error %v, want the end of the time", err)
		}
	}
	if n := u.times(operation); n > times || n < times/2 { // on a busy machine the time may end before the request began
		t.Errorf("%d requests for %d calls", n, times)
	}
}

// trickle begins an answer well and goes on with a byte now and then, for as long as somebody listens.
func trickle(w http.ResponseWriter, operation string) {
	conn, buffered, err := w.(http.Hijacker).Hijack()
	if err != nil {
		return
	}
	defer conn.Close()
	_, err = buffered.WriteString("HTTP/1.1 200 OK\r\nContent-Type: text/xml; charset=utf-8\r\n\r\n" + soapHead + "<" + operation + `Response xmlns="http://portal.vtt.ru">`)
	for tick := time.NewTicker(time.Millisecond); err == nil; <-tick.C {
		if _, err = buffered.WriteString(" "); err == nil {
			err = buffered.Flush()
		}
	}
}

// While others fill their slots with slow reads, an order goes through at once.
func TestAnOrderDoesNotWaitBehindReads(t *testing.T) {
	arrived := make(chan struct{}, 16)
	release := make(chan struct{})
	u := newUpstream(t, func(w http.ResponseWriter, r request) {
		if r.operation == "CreateOrder" {
			success(w, r.operation, "4711")
			return
		}
		arrived <- struct{}{}
		<-release
		success(w, r.operation, "<a:Id>1</a:Id>")
	})
	d := u.distributor(t)
	finished := make(chan struct{}, 16)
	for i := range 12 { // 12 buyers; six slots are for reading
		who := buyer.Credentials{Login: string(rune('a' + i)), Password: secret.New("x")}
		go func() { _, _ = d.Listing(context.Background(), who, "1"); finished <- struct{}{} }()
	}
	for range 6 {
		<-arrived
	}
	ctx, cancel := context.WithTimeout(t.Context(), 10*time.Second)
	defer cancel()
	if id, err := d.CreateOrder(ctx, cred, twoPieces); err != nil || id != "4711" {
		t.Errorf("order %q, %v", id, err)
	}
	close(release)
	for range 12 {
		<-finished
	}
}
