// Package doctor examines a service before or while the storefront relies on it: the way to it, what it publishes, what the
// login may do, how long one call of each operation takes, and the numbered beliefs with their answers. It reads only, unless
// it is told that it may write.
package doctor

import (
	"context"
	"crypto/tls"
	"errors"
	"net/http"
	"strconv"
	"strings"
	"time"

	"storefront/internal/secret"
	"storefront/internal/soap"
	"storefront/internal/vtt"
	"storefront/internal/vtt/beliefs"
	"storefront/internal/vtt/portal"
)

// Options say whom to examine and how far to go.
type Options struct {
	URL   string      // of the service, without ?wsdl
	TLS   *tls.Config // nil verifies against the system's certificates
	Proxy secret.URL
	Login portal.Login
	// Colleague is another login of the same dealer, where there is one.
	Colleague *portal.Login
	// Full also calls what reads the whole catalogue in one answer, which may take minutes.
	Full bool
	// Write also asks the beliefs that change orders. They put back what they change.
	Write bool
	Now   func() time.Time
}

// Where a contract was read.
const (
	sourceTable = "table" // of the documentation: none could be read
	callBound   = 5 * time.Minute
	partLimit   = 4 << 20  // bytes of a part of the contract
	answerLimit = 64 << 20 // bytes of an answer that is held whole
)

// Examine looks at everything there is to look at. It never fails: what fails is in the report.
func Examine(ctx context.Context, o Options) Report {
	meter := &meter{now: o.Now}
	transport := soap.NewTransport(soap.TransportOptions{URL: o.URL, TLSConfig: o.TLS, Proxy: o.Proxy, Around: meter.around})
	defer transport.Close()
	r := Report{Address: o.URL, ExaminedAt: o.Now(), Account: Account{Login: o.Login.Name, MayEdit: isUnknown}}
	r.Channel.Plain, r.Channel.Proxy = vtt.Plaintext(o.URL, o.Proxy), !o.Proxy.Empty()
	contract := r.readContract(ctx, transport, meter)
	if r.Channel.Error == "" {
		client := portal.NewClient(beliefs.Bounded(transport), contract)
		r.examineAccount(ctx, client, o.Login)
		if r.Account.Accepted {
			r.Calls = (&round{client: client, who: o.Login, meter: meter, full: o.Full}).make(ctx)
			r.askBeliefs(ctx, transport, client, o)
		}
	}
	r.judge()
	return r
}

// readContract reads what the service publishes, which also shows whether it can be reached and what its clock says.
func (r *Report) readContract(ctx context.Context, transport *soap.Transport, m *meter) portal.Contract {
	published, source, err := portal.FetchPublished(func(query string) ([]byte, error) { return transport.Fetch(ctx, query, partLimit) })
	r.Channel.ClockDifference = m.clockDifference()
	r.Contract.Source = source
	contract := published.Contract()
	if err != nil {
		r.Contract.Source, r.Contract.Error = sourceTable, err.Error()
		contract, published = portal.DefaultContract(), portal.Expected(portal.Current)
		var lost *soap.TransportError
		if errors.As(err, &lost) {
			r.Channel.Error, r.Channel.Cause = lost.Err.Error(), string(lost.Cause)
		}
	}
	r.Contract.Operations = len(published.Operations)
	r.Contract.Missing, r.Contract.Strangers = contract.Missing(), contract.Strangers()
	r.Contract.Age, r.Contract.Differences = nearest(published)
	return contract
}

// nearest finds the known age that a contract differs from least.
func nearest(published portal.Published) (age portal.Age, differences []portal.Difference) {
	for _, known := range []portal.Age{portal.Current, portal.Older} {
		found := published.Differences(portal.Expected(known))
		if age == "" || weight(found) < weight(differences) {
			age, differences = known, found
		}
	}
	return age, differences
}

// weight counts differences; what was added counts least.
func weight(differences []portal.Difference) (w int) {
	for _, d := range differences {
		if w++; d.Kind != portal.Added {
			w += 9
		}
	}
	return w
}

// errEnough ends an answer of which enough was read.
var errEnough = errors.New("enough was read")

// examineAccount learns whether the login is accepted and whether it may edit orders, without side effects.
func (r *Report) examineAccount(ctx context.Context, client *portal.Client, who portal.Login) {
	err := prove(ctx, client, who)
	if r.Account.Accepted = err == nil; err != nil {
		r.Account.Error = err.Error()
		return
	}
	err = client.GetGoodsCompatibilityInformation(ctx, who, func(*portal.CompatibilityDto) error { return errEnough })
	var fault *soap.Fault
	switch {
	case err == nil, errors.Is(err, errEnough):
		r.Account.MayEdit = mayEdit
	case errors.As(err, &fault) && fault.Code == portal.CodeNonAuthorized:
		r.Account.MayEdit = mayNot
	}
}

// prove asks the cheapest authenticated question there is.
func prove(ctx context.Context, client *portal.Client, who portal.Login) error {
	_, err := client.GetUsdRubRate(ctx, who)
	var fault *soap.Fault
	if errors.Is(err, portal.ErrUnpublished) || errors.As(err, &fault) && fault.Code == portal.CodeActionNotSupported {
		err = client.GetCategories(ctx, who, func(*portal.CategoryDto) error { return nil })
	}
	return err
}

func (r *Report) askBeliefs(ctx context.Context, transport *soap.Transport, client *portal.Client, o Options) {
	service := &beliefs.Service{Client: client, Login: o.Login, Colleague: o.Colleague}
	service.Post = func(ctx context.Context, action string, envelope []byte) (int, []byte, error) {
		return transport.Post(ctx, action, envelope, answerLimit)
	}
	for _, f := range beliefs.Ask(ctx, service, o.Write) {
		r.Beliefs = append(r.Beliefs, belief(f))
	}
}

func belief(f beliefs.Finding) Belief {
	b := Belief{Number: f.Belief.Number, Name: f.Belief.Name, Question: f.Belief.Question, Believed: f.Belief.Believed, Answer: f.Answer}
	switch {
	case !f.Asked:
		b.Outcome = NotAsked
	case f.Holds():
		b.Outcome = Holds
	case f.Differs():
		b.Outcome, b.Otherwise = Other, f.Belief.Otherwise
	default:
		b.Outcome = Failed
	}
	if f.Err != nil {
		b.Detail = strings.TrimPrefix(f.Err.Error(), beliefs.ErrNotAsked.Error()+": ")
	}
	return b
}

// meter stands around the HTTP transport: it adds up the bytes of answers and notes the service's clock.
type meter struct {
	now   func() time.Time
	bytes int64
	clock *time.Duration // the service's, ahead of ours
}

func (m *meter) around(next http.RoundTripper) http.RoundTripper { return metered{next, m} }

// metered is a transport that a meter stands around.
type metered struct {
	http.RoundTripper
	meter *meter
}

func (t metered) RoundTrip(request *http.Request) (*http.Response, error) {
	response, err := t.RoundTripper.RoundTrip(request)
	if err != nil {
		return nil, err
	}
	if told, err := http.ParseTime(response.Header.Get("Date")); err == nil {
		ahead := told.Sub(t.meter.now()).Round(time.Second)
		t.meter.clock = &ahead
	}
	response.Body = counted{response.Body, &t.meter.bytes}
	return response, nil
}

// CloseIdleConnections passes on what the transport inside understands.
func (t metered) CloseIdleConnections() {
	if inside, ok := t.RoundTripper.(interface{ CloseIdleConnections() }); ok {
		inside.CloseIdleConnections()
	}
}

func (m *meter) clockDifference() *int64 {
	if m.clock == nil {
		return nil
	}
	ms := m.clock.Milliseconds()
	return &ms
}

func number(n int) string { return strconv.Itoa(n) }
